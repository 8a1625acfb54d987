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
use crate::integrity::digest;
use crate::model::FileName;
use crate::store::manifest::{self, FileState, Manifest};
use crate::store::{Aside, Folder, Lock, StorageError};

/// The manifest of the set as it grows, and the folder it describes.
#[derive(Debug, Clone)]
pub(crate) struct Publisher {
    folder: Arc<Folder>,
    manifest: Arc<Mutex<Manifest>>,
    /// The digest of the manifest as this run knows it on the disk; nothing when there is none. Held while it is written: one
    /// at a time, and the newest last.
    known: Arc<Mutex<Option<String>>>,
    /// The lock on the output folder, unless the user said that there is none.
    lock: Option<Arc<Lock>>,
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
    pub(crate) fn new(
        folder: Arc<Folder>,
        manifest: Manifest,
        known: Option<String>,
        lock: Option<Arc<Lock>>,
    ) -> Publisher {
        Publisher {
            folder,
            manifest: Arc::new(Mutex::new(manifest)),
            known: Arc::new(Mutex::new(known)),
            lock,
        }
    }

    /// The folder of the set.
    pub(crate) fn folder(&self) -> &Arc<Folder> {
        &self.folder
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
        self.check_lock()?;
        for file in files {
            self.folder.publish(&file.version.staged())?;
        }
        self.folder.sync()?;
        for file in files {
            self.folder.must_hold(&file.version.staged())?;
        }
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
            self.folder.remove(&journal::file_name(&file.name))?;
            self.folder.remove_aside(&file.name)?;
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
        let path = self.folder.keep_aside(&version.staged(), kind)?;
        self.folder.remove(&journal::file_name(name))?;
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
    /// What the disk says; [`StorageError::Disturbed`] when the manifest on the disk is not the one that this run knows.
    pub(crate) fn save(&self) -> Result<(), StorageError> {
        let mut known = self.known();
        self.check(known.as_deref())?;
        let (json, sums) = {
            let mut manifest = self.manifest();
            manifest.settle(Utc::now());
            (manifest.to_json(), manifest.to_sums())
        };
        self.folder.replace(manifest::SUMS_NAME, sums.as_bytes())?;
        self.folder
            .replace_known(manifest::NAME, json.as_bytes(), known.as_deref())?;
        *known = Some(digest::of(json.as_bytes()));
        Ok(())
    }

    /// Whether the list of digests on the disk is that of the manifest. After a power cut it may be an older or an empty one.
    pub(crate) fn has_sums(&self) -> Result<bool, StorageError> {
        let sums = self.manifest().to_sums();
        let found = self.folder.digest(manifest::SUMS_NAME)?;
        Ok(found == Some(digest::of(sums.as_bytes())))
    }

    /// Whether this run may still promise something: it holds the lock, and the manifest on the disk is the one that it knows.
    ///
    /// # Errors
    /// What the disk says; [`StorageError::Disturbed`].
    pub(crate) fn confirm(&self) -> Result<(), StorageError> {
        self.check(self.known().as_deref())
    }

    fn check(&self, known: Option<&str>) -> Result<(), StorageError> {
        self.check_lock()?;
        if self.folder.digest(manifest::NAME)?.as_deref() == known {
            Ok(())
        } else {
            let path = self.folder.path().join(manifest::NAME);
            Err(StorageError::Disturbed { path })
        }
    }

    fn check_lock(&self) -> Result<(), StorageError> {
        self.lock.as_ref().map_or(Ok(()), |lock| lock.check())
    }

    fn known(&self) -> MutexGuard<'_, Option<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
