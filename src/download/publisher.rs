//! Final names, and the manifest that vouches for them.
//!
//! Files that were verified at about the same time are published together: one sync of the folder and one manifest
//! serve all of them, which is what makes hundreds of small files fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;

use super::journal;
use super::part::Part;
use crate::contents::Contents;
use crate::http::range::Validator;
use crate::integrity::Verified;
use crate::model::FileName;
use crate::problem;
use crate::store::catalog::SavedSet;
use crate::store::manifest::{Entry, FileState, Manifest};
use crate::store::{Aside, Folder, Location, Progress, Staged, StorageError, Store};

/// The manifest of the set as it grows, and the place it describes.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Arc<dyn Store>,
    manifest: Mutex<Arc<Manifest>>,
    /// The digest of the manifest as this run knows it on the disk; nothing when there is none. Held while it is written: one
    /// at a time, and the newest last.
    known: Mutex<Option<String>>,
    /// Files that have their final names, and maybe do not stand in the manifest on the disk.
    unrecorded: Mutex<Vec<FileName>>,
}

/// A verified file that gets its final name, or has it already.
pub(super) struct Finished {
    pub(super) name: FileName,
    pub(super) verified: Verified,
    /// Of which version on the server it is.
    pub(super) validator: Validator,
    /// Why not all of it could be tested; it is accepted as it is.
    pub(super) untested: Option<String>,
}

/// A file that came, and is not to have its final name.
pub(super) struct Rejected {
    pub(super) state: FileState,
    pub(super) reason: String,
    /// If all of it came.
    pub(super) sha256: Option<String>,
    pub(super) repeated: bool,
}

impl Publisher {
    /// For a set of which the manifest says what is there. `known`: the digest of the manifest on the disk, if there is one.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        manifest: Manifest,
        known: Option<String>,
    ) -> Publisher {
        Publisher {
            store,
            manifest: Mutex::new(Arc::new(manifest)),
            known: Mutex::new(known),
            unrecorded: Mutex::default(),
        }
    }

    /// Where parts and journals are.
    pub(crate) fn folder(&self) -> &Arc<Folder> {
        self.store.folder()
    }

    /// Where the set is.
    pub(crate) fn location(&self) -> Location {
        self.store.location()
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// As it is now.
    pub(crate) fn manifest(&self) -> Arc<Manifest> {
        Arc::clone(&self.latest())
    }

    /// Copies the manifest only if somebody still looks at an older one.
    pub(super) fn change(&self, change: impl FnOnce(&mut Manifest)) {
        change(Arc::make_mut(&mut self.latest()));
    }

    fn latest(&self) -> MutexGuard<'_, Arc<Manifest>> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the files their final names, for good. [`record`](Publisher::record) is to follow: only then the manifest vouches for
    /// them, and their journals go, so that a crash at any step leaves a file that is either still a part, or known from a journal,
    /// or stands in the manifest. False: somebody is in a hurry, and it was not done. Blocks.
    pub(super) fn publish(
        &self,
        files: &[(Arc<Part>, Finished)],
        progress: Progress<'_>,
    ) -> Result<bool, StorageError> {
        // A final name promises bytes that survive a power cut.
        for (part, _) in files {
            part.file().settle()?;
        }
        let manifest = self.manifest();
        let entries = files.iter().filter_map(|(_, finished)| {
            let mut entry = manifest.entry(&finished.name)?.clone();
            finished.note_in(&mut entry);
            Some(entry)
        });
        let entries: Vec<Entry> = entries.collect();
        // Who changes it meanwhile would have to copy it.
        drop(manifest);
        let staged = files.iter().zip(&entries);
        let staged: Vec<Staged> = staged
            .map(|((part, _), entry)| part.staged(entry))
            .collect();
        if !self.store.publish(&staged, progress)? {
            return Ok(false);
        }
        for (_, finished) in files {
            self.note(finished);
        }
        Ok(true)
    }

    /// Notes that a file has its final name, in the manifest that is to be written.
    pub(super) fn note(&self, file: &Finished) {
        self.change(|manifest| {
            if let Some(entry) = manifest.entry_mut(&file.name) {
                file.note_in(entry);
            }
        });
        self.unrecorded().push(file.name.clone());
    }

    fn unrecorded(&self) -> MutexGuard<'_, Vec<FileName>> {
        let unrecorded = self.unrecorded.lock();
        unrecorded.unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the manifest if it is to name another file, and removes what is of no use any more of those. Blocks.
    pub(super) fn record(&self) -> Result<(), StorageError> {
        let names = std::mem::take(&mut *self.unrecorded());
        if names.is_empty() {
            return Ok(());
        }
        self.save()?;
        for name in names {
            self.folder().remove(&journal::file_name(&name))?;
            self.store.remove_all_aside(&name)?;
        }
        Ok(())
    }

    /// Notes that a file came and why it is not saved, and keeps it beside the others for who wants to look at it.
    pub(super) fn keep_aside(
        &self,
        part: &Part,
        refused: Rejected,
    ) -> Result<String, StorageError> {
        let kind = match refused.state {
            FileState::Unverified => Aside::Unverified,
            _ => Aside::Corrupt,
        };
        // It may get its final name after all.
        if kind == Aside::Unverified {
            part.file().settle()?;
        }
        let name = part.name();
        let Some(mut entry) = self.manifest().entry(name).cloned() else {
            let bug = problem::unexpected("a file that came is not on the list");
            return Err(StorageError::Other(bug));
        };
        refused.note_in(&mut entry, part);
        let place = self.store.keep_aside(&part.staged(&entry), kind)?;
        self.folder().remove(&journal::file_name(name))?;
        self.change(|manifest| {
            if let Some(known) = manifest.entry_mut(name) {
                *known = entry;
            }
        });
        self.save()?;
        Ok(place.to_string())
    }

    /// Notes what the files of the set hold.
    pub(crate) fn note_contents(&self, contents: Contents) -> Result<(), StorageError> {
        self.change(|manifest| manifest.note_contents(contents, Utc::now()));
        self.save()
    }

    /// As it is now, whether it is written or not.
    pub(crate) fn as_saved(&self) -> SavedSet {
        let folder = self.location();
        SavedSet {
            name: folder.name(),
            folder,
            manifest: Manifest::clone(&self.manifest()),
            digest: self.known().clone().unwrap_or_default(),
        }
    }

    /// Writes the manifest and the list of digests, unless they come at the end. Only what has its final name stands in them.
    pub(crate) fn save(&self) -> Result<(), StorageError> {
        let known = self.known();
        self.change(|manifest| manifest.settle(Utc::now()));
        if self.store.is_elsewhere() {
            return Ok(());
        }
        self.write(known)
    }

    /// Writes them where they come at the end, if there is anything new in them.
    pub(crate) fn commit(&self) -> Result<(), StorageError> {
        if !self.store.is_elsewhere() {
            return Ok(());
        }
        let known = self.known();
        self.change(|manifest| manifest.settle(Utc::now()));
        if self.is_saved()? {
            return Ok(());
        }
        self.write(known)
    }

    fn write(&self, mut known: MutexGuard<'_, Option<String>>) -> Result<(), StorageError> {
        let manifest = self.manifest();
        let written = self.store.write_manifest(&manifest, known.as_deref())?;
        *known = Some(written);
        Ok(())
    }

    pub(crate) fn is_saved(&self) -> Result<bool, StorageError> {
        self.store.holds(&self.manifest())
    }

    pub(crate) fn confirm(&self) -> Result<(), StorageError> {
        self.store.confirm(self.known().as_deref())
    }

    fn known(&self) -> MutexGuard<'_, Option<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finished {
    fn note_in(&self, entry: &mut Entry) {
        note_saved(entry, &self.verified, self.untested.as_deref());
        entry.etag.clone_from(&self.validator.etag);
        entry
            .last_modified
            .clone_from(&self.validator.last_modified);
    }
}

impl Rejected {
    fn note_in(self, entry: &mut Entry, part: &Part) {
        entry.state = self.state;
        entry.size = part.length();
        entry.sha256 = self.sha256;
        entry.etag.clone_from(&part.validator().etag);
        entry
            .last_modified
            .clone_from(&part.validator().last_modified);
        entry.entries = None;
        entry.forget_verified();
        entry.warnings = Vec::new();
        entry.reason = Some(self.reason);
        entry.repeated = self.repeated;
        entry.accepted = false;
    }
}

/// What the manifest says of a saved file. `untested`: why it could not be verified, and is accepted all the same.
pub(super) fn note_saved(entry: &mut Entry, verified: &Verified, untested: Option<&str>) {
    entry.state = match untested {
        None => FileState::Verified,
        Some(_) => FileState::Unverified,
    };
    entry.accepted = untested.is_some();
    entry.reason = untested.map(str::to_owned);
    entry.repeated = false;
    entry.warnings.clone_from(&verified.warnings);
    entry.size = Some(verified.size);
    entry.sha256 = Some(verified.sha256.clone());
    entry.entries = Some(verified.entries);
    match untested {
        None => entry.note_verified(Utc::now()),
        Some(_) => entry.forget_verified(),
    }
}
