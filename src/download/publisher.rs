//! Final names, and the manifest that vouches for them.
//!
//! Files that were verified at about the same time are published together: one sync of the folder and one manifest
//! serve all of them, which is what makes hundreds of small files fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;

use super::journal;
use super::version::Version;
use crate::http::range::Validator;
use crate::integrity::Verified;
use crate::model::FileName;
use crate::store::manifest::{FileState, Manifest};
use crate::store::{Aside, Folder, LocalStore, StorageError, Store};

/// The manifest of the set as it grows, and the place it describes.
#[derive(Debug, Clone)]
pub(crate) struct Publisher {
    store: Arc<LocalStore>,
    manifest: Arc<Mutex<Manifest>>,
    /// The digest of the manifest as this run knows it on the disk; nothing when there is none. Held while it is written: one
    /// at a time, and the newest last.
    known: Arc<Mutex<Option<String>>>,
}

/// A part that is verified, durable, and has no final name yet.
#[derive(Debug)]
pub(crate) struct Whole {
    /// Its bytes, and of which remote version they are.
    pub(crate) version: Arc<Version>,
    /// What the verification found.
    pub(crate) verified: Verified,
    /// Why not all of it could be tested; it is accepted as it is.
    pub(crate) untested: Option<String>,
}

/// A verified file under its final name.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Which file.
    pub(crate) name: FileName,
    /// What the verification found.
    pub(crate) verified: Verified,
    /// Of which remote version it is.
    pub(crate) validator: Validator,
    /// Why not all of it could be tested; it is accepted as it is.
    pub(crate) untested: Option<String>,
}

/// A file that came, and is not to have its final name.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Corrupt or unverified.
    pub(crate) state: FileState,
    /// Why.
    pub(crate) reason: String,
    /// SHA-256 in lower-case hexadecimal, if all of it came.
    pub(crate) sha256: Option<String>,
    /// Two fetches brought the same bytes.
    pub(crate) repeated: bool,
}

impl Publisher {
    /// For a set of which the manifest says what is there. `known`: the digest of the manifest on the disk, if there is one.
    pub(crate) fn new(store: LocalStore, manifest: Manifest, known: Option<String>) -> Publisher {
        Publisher {
            store: Arc::new(store),
            manifest: Arc::new(Mutex::new(manifest)),
            known: Arc::new(Mutex::new(known)),
        }
    }

    /// The folder of the set.
    pub(crate) fn folder(&self) -> &Arc<Folder> {
        self.store.folder()
    }

    pub(super) fn store(&self) -> &LocalStore {
        &self.store
    }

    /// The manifest as it is now.
    pub(crate) fn manifest(&self) -> MutexGuard<'_, Manifest> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the files their final names, then notes them in the manifest, then forgets their journals: in this order,
    /// so that a crash at any step leaves a file that is either still a part, or has its journal beside it, or stands
    /// in the manifest. Blocks.
    ///
    /// # Errors
    /// What the disk says, [`StorageError::Disturbed`] among it when somebody else is at work in the folder. Files before the
    /// one that failed are published all the same.
    pub(crate) fn publish(&self, files: &[Whole]) -> Result<(), StorageError> {
        let staged = files.iter().map(|file| file.version.staged());
        self.store.publish(&staged.collect::<Vec<_>>())?;
        let finished = files.iter().map(|file| Finished {
            name: file.version.name().clone(),
            verified: file.verified.clone(),
            validator: file.version.validator().clone(),
            untested: file.untested.clone(),
        });
        self.adopt(&finished.collect::<Vec<_>>())
    }

    /// Notes files that have their final names already.
    pub(crate) fn adopt(&self, files: &[Finished]) -> Result<(), StorageError> {
        {
            let mut manifest = self.manifest();
            for file in files {
                if let Some(entry) = manifest.entry_mut(&file.name) {
                    entry.state = match file.untested {
                        None => FileState::Verified,
                        Some(_) => FileState::Unverified,
                    };
                    entry.accepted = file.untested.is_some();
                    entry.reason.clone_from(&file.untested);
                    entry.warnings.clone_from(&file.verified.warnings);
                    entry.repeated = false;
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
            self.folder().remove(&journal::file_name(&file.name))?;
            self.store.remove_all_aside(&file.name)?;
        }
        Ok(())
    }

    /// Notes that a file came and why it is not saved, and keeps it beside the others for who wants to look at it.
    pub(crate) fn keep_aside(
        &self,
        version: &Version,
        refused: Refused,
    ) -> Result<String, StorageError> {
        let kind = match refused.state {
            FileState::Unverified => Aside::Unverified,
            _ => Aside::Corrupt,
        };
        let name = version.name();
        let path = self.store.keep_aside(&version.staged(), kind)?;
        self.folder().remove(&journal::file_name(name))?;
        if let Some(entry) = self.manifest().entry_mut(name) {
            entry.state = refused.state;
            entry.size = version.length();
            entry.sha256 = refused.sha256;
            entry.etag.clone_from(&version.validator().etag);
            entry
                .last_modified
                .clone_from(&version.validator().last_modified);
            entry.entries = None;
            entry.warnings = Vec::new();
            entry.reason = Some(refused.reason);
            entry.repeated = refused.repeated;
            entry.accepted = false;
        }
        self.save()?;
        Ok(path.display().to_string())
    }

    /// Writes the manifest and the list of digests. Only what is on disk under its final name stands in them.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when the manifest on the disk is not the one that this run knows.
    pub(crate) fn save(&self) -> Result<(), StorageError> {
        let mut known = self.known();
        let manifest = {
            let mut manifest = self.manifest();
            manifest.settle(Utc::now());
            manifest.clone()
        };
        *known = Some(self.store.write_manifest(&manifest, known.as_deref())?);
        Ok(())
    }

    /// Whether the manifest stands on the disk as it is now.
    pub(crate) fn is_saved(&self) -> Result<bool, StorageError> {
        self.store.holds(&self.manifest())
    }

    /// Whether this run may still promise something.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it may not.
    pub(crate) fn confirm(&self) -> Result<(), StorageError> {
        self.store.confirm(self.known().as_deref())
    }

    fn known(&self) -> MutexGuard<'_, Option<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
