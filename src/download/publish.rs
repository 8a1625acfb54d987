//! Final names, and the manifest that vouches for them.
//!
//! Files that were verified at about the same time are published together: one sync of the folder and one manifest
//! serve all of them, which is what makes hundreds of small files fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;

use crate::backup::FileName;
use crate::destination::{Folder, StorageError};
use crate::http::range::Validator;
use crate::integrity::Verified;
use crate::integrity::manifest::{self, FileState, Manifest};

/// The manifest of the set as it grows, and the folder it describes.
#[derive(Debug, Clone)]
pub struct Publisher {
    folder: Arc<Folder>,
    manifest: Arc<Mutex<Manifest>>,
    /// Held while the manifest is written: one at a time, and the newest last.
    writing: Arc<Mutex<()>>,
}

/// A file that is verified, durable, and has no final name yet.
#[derive(Debug)]
pub struct Finished {
    /// Which file.
    pub name: FileName,
    /// What the verification found.
    pub verified: Verified,
    /// Of which remote version it is.
    pub validator: Validator,
}

impl Publisher {
    /// For a set of which the manifest says what is there.
    #[must_use]
    pub fn new(folder: Arc<Folder>, manifest: Manifest) -> Publisher {
        Publisher {
            folder,
            manifest: Arc::new(Mutex::new(manifest)),
            writing: Arc::default(),
        }
    }

    /// The folder of the set.
    #[must_use]
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    /// The manifest as it is now.
    pub fn manifest(&self) -> MutexGuard<'_, Manifest> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the files their final names, then notes them in the manifest, then forgets their journals: in this order,
    /// so that a crash at any step leaves a file that is either still a part, or has its journal beside it, or stands
    /// in the manifest. Blocks.
    ///
    /// # Errors
    /// What the disk says. Files before the one that failed are published all the same.
    pub fn publish(&self, files: &[Finished]) -> Result<(), StorageError> {
        for file in files {
            self.folder.publish(&file.name)?;
        }
        self.folder.sync()?;
        self.adopt(files)
    }

    /// Notes files that have their final names already.
    ///
    /// # Errors
    /// What the disk says.
    pub fn adopt(&self, files: &[Finished]) -> Result<(), StorageError> {
        {
            let mut manifest = self.manifest();
            for file in files {
                if let Some(entry) = manifest.entry_mut(&file.name) {
                    entry.state = FileState::Verified;
                    entry.size = Some(file.verified.size);
                    entry.sha256 = Some(file.verified.sha256.clone());
                    entry.entries = Some(file.verified.entries);
                    entry.etag.clone_from(&file.validator.etag);
                    entry
                        .last_modified
                        .clone_from(&file.validator.last_modified);
                }
            }
        }
        self.save()?;
        for file in files {
            self.folder.remove_journal(&file.name)?;
        }
        Ok(())
    }

    /// Notes that a file arrived corrupt, and keeps it beside the others for who wants to look at it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep_corrupt(&self, name: &FileName) -> Result<String, StorageError> {
        let path = self.folder.keep_corrupt(name)?;
        if let Some(entry) = self.manifest().entry_mut(name) {
            entry.state = FileState::Corrupt;
        }
        self.save()?;
        Ok(path.display().to_string())
    }

    /// Writes the manifest and the list of digests. Only what is on disk under its final name stands in them.
    ///
    /// # Errors
    /// What the disk says.
    pub fn save(&self) -> Result<(), StorageError> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (json, sums) = {
            let mut manifest = self.manifest();
            manifest.settle(Utc::now());
            (manifest.to_json(), manifest.to_sums())
        };
        self.folder.replace(manifest::SUMS_NAME, sums.as_bytes())?;
        self.folder.replace(manifest::NAME, json.as_bytes())
    }
}
