//! The folder of one set: final names, the manifest, and what is kept aside.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::error::{During, StorageError};
use super::folder::Folder;
use super::interface::{Aside, Look, Progress, Staged, Store};
use super::location::Location;
use super::lock::Lock;
use super::manifest::{self, Entry, Manifest};
use super::named::{Named, rename_new};
use super::publishing;
use super::sys::Stamp;
use super::{catalog, own};
use crate::integrity::{ReadAt, digest};
use crate::model::FileName;

#[derive(Debug)]
pub(crate) struct LocalStore {
    folder: Arc<Folder>,
    /// On the output folder, unless the user said that there is none.
    lock: Option<Lock>,
    /// Held while the journal of what is published is written or removed.
    publishing: Mutex<()>,
    /// What earlier runs were about to publish.
    noted: OnceLock<HashMap<FileName, Entry>>,
}

impl Store for LocalStore {
    /// The folder of the set itself.
    fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    fn location(&self) -> Location {
        self.folder.path().into()
    }

    fn is_elsewhere(&self) -> bool {
        false
    }

    fn check_lock(&self) -> Result<(), StorageError> {
        self.lock.as_ref().map_or(Ok(()), Lock::check)
    }

    fn look(&self) -> Result<Look<'_>, StorageError> {
        Ok(Box::new(|name| {
            let path = Location::Local(self.file(name));
            match path.look() {
                Ok(found) => Ok(Some(found)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(path.failed("checking", error)),
            }
        }))
    }

    fn publish(&self, files: &[Staged<'_>], _: Progress<'_>) -> Result<bool, StorageError> {
        self.check_lock()?;
        let unknown = files.iter().filter(|staged| !staged.is_known);
        let unknown = unknown.map(|staged| staged.entry);
        let one_at_a_time = self.publishing();
        publishing::note(&self.folder, unknown)?;
        drop(one_at_a_time);
        for staged in files {
            self.give_name(staged)?;
        }
        self.folder.sync()?;
        for staged in files {
            staged.named.must_be_at(&self.file(staged.name))?;
        }
        Ok(true)
    }

    fn write_manifest(
        &self,
        manifest: &Manifest,
        known: Option<&str>,
    ) -> Result<String, StorageError> {
        // Before the list of digests, which has no other protection.
        self.confirm(known)?;
        let (json, sums) = (manifest.to_json(), manifest.to_sums());
        let digest = digest::of(json.as_bytes());
        // In between it says nothing of the manifest: whenever a crash comes, it says nothing wrong.
        self.folder.replace(manifest::SUMS_NAME, sums.as_bytes())?;
        self.folder
            .replace_known(manifest::NAME, json.as_bytes(), known)?;
        let sealed = manifest.to_sealed_sums(&digest);
        if sealed != sums {
            self.folder
                .replace(manifest::SUMS_NAME, sealed.as_bytes())?;
        }
        self.forget_staged(&|name| manifest.saved(name).is_some())?;
        Ok(digest)
    }

    fn holds(&self, manifest: &Manifest) -> Result<bool, StorageError> {
        let found = catalog::read(&self.folder.path().into())?;
        let Some(found) = found.filter(|found| found.manifest == *manifest) else {
            return Ok(false);
        };
        let sums = self.folder.digest(manifest::SUMS_NAME)?;
        let sealed = manifest.to_sealed_sums(&found.digest);
        Ok(sums == Some(digest::of(sealed.as_bytes())))
    }

    fn confirm(&self, known: Option<&str>) -> Result<(), StorageError> {
        self.check_lock()?;
        if self.folder.digest(manifest::NAME)?.as_deref() == known {
            Ok(())
        } else {
            Err(StorageError::disturbed(&self.folder.join(manifest::NAME)))
        }
    }

    fn drop_second_name(&self, name: &FileName, second: &str) -> Result<bool, StorageError> {
        let Some(file) = self.folder.open_file(second)? else {
            return Ok(true);
        };
        let is_same = Named::new(&file, &self.file(name)).is_there()?;
        if is_same {
            self.folder.remove(second)?;
        }
        Ok(is_same)
    }

    fn is_marked(&self, name: &FileName) -> Result<bool, StorageError> {
        Ok(self.noted(name)?.is_some())
    }

    fn noted(&self, name: &FileName) -> Result<Option<&Entry>, StorageError> {
        if self.noted.get().is_none() {
            let noted = publishing::noted(self.folder.path());
            let noted = noted.during("reading a journal in", self.folder.path())?;
            let _ = self.noted.set(noted);
        }
        Ok(self.noted.get().and_then(|noted| noted.get(name)))
    }

    fn keep_aside(&self, staged: &Staged<'_>, kind: Aside) -> Result<Location, StorageError> {
        let path = self.aside(staged.name, kind);
        own::refuse_unless_file(&path)?;
        staged.named.move_over(&path)?;
        // One that only can't be tested may be all that there is of the file: it outlives a corrupt one.
        if kind == Aside::Unverified {
            self.remove_aside(staged.name, Aside::Corrupt)?;
        }
        Ok(Location::Local(path))
    }

    fn accept_aside(
        &self,
        name: &FileName,
        is_it: &mut dyn FnMut(&dyn ReadAt) -> Result<bool, StorageError>,
    ) -> Result<bool, StorageError> {
        let kept = self.aside(name, Aside::Unverified);
        own::refuse_unless_file(&kept)?;
        // To write, too: on Windows who only reads can't sync.
        let Some(file) = self.folder.open_file(&Aside::Unverified.name_of(name))? else {
            return Ok(false);
        };
        if !is_it(&file)? {
            return Ok(false);
        }
        let path = self.file(name);
        Named::new(&file, &kept).move_to_free(&path)?;
        self.folder.sync_names(&path, &file)?;
        Ok(true)
    }

    fn remove_all_aside(&self, name: &FileName) -> Result<(), StorageError> {
        self.remove_aside(name, Aside::Corrupt)?;
        self.remove_aside(name, Aside::Unverified)
    }

    fn forget_staged(&self, is_saved: &dyn Fn(&FileName) -> bool) -> Result<(), StorageError> {
        let _one_at_a_time = self.publishing();
        publishing::forget(&self.folder, is_saved)
    }
}

impl LocalStore {
    pub(crate) fn new(folder: Folder, lock: Option<Lock>) -> LocalStore {
        LocalStore {
            folder: Arc::new(folder),
            lock,
            publishing: Mutex::default(),
            noted: OnceLock::new(),
        }
    }

    fn publishing(&self) -> MutexGuard<'_, ()> {
        self.publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Path of a final name.
    pub(crate) fn file(&self, name: &FileName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    fn give_name(&self, staged: &Staged<'_>) -> Result<(), StorageError> {
        let Named { file, path } = staged.named;
        let now = Stamp::of(file).during("reading", path)?;
        if staged.verified != Some(now) {
            return Err(StorageError::disturbed(path));
        }
        staged.named.move_to_free(&self.file(staged.name))?;
        let synced = self.folder.disk().sync_name(file);
        synced.during("syncing", path)
    }

    /// Path of a file that was kept aside.
    fn aside(&self, name: &FileName, kind: Aside) -> PathBuf {
        self.folder.join(&kind.name_of(name))
    }

    fn remove_aside(&self, name: &FileName, kind: Aside) -> Result<(), StorageError> {
        let path = self.aside(name, kind);
        if path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            own::remove(&path)?;
        }
        Ok(())
    }

    /// Moves what lies under a final name aside, as `NAME.damaged`, or with a number where that is taken. Says which.
    pub(crate) fn set_aside(&self, name: &FileName) -> Result<String, StorageError> {
        at_free_name(&format!("{name}.damaged"), |to| {
            rename_new(&self.file(name), &self.folder.join(to))
        })
    }

    /// Gives a verified file its final name, which a damaged one may have: that is set aside first, and this says as what.
    pub(crate) fn replace(&self, staged: &Staged<'_>) -> Result<Option<String>, StorageError> {
        let path = self.file(staged.name);
        own::refuse_unless_file(&path)?;
        self.check_lock()?;
        let kept = if path.symlink_metadata().is_ok() {
            Some(self.set_aside(staged.name)?)
        } else {
            None
        };
        match (self.publish(&[*staged], &|_| ()), &kept) {
            (Err(error), Some(kept)) => {
                // Damaged is better than gone.
                let _ = rename_new(&self.folder.join(kept), &path);
                Err(error)
            }
            (published, _) => published.map(|_| kept),
        }
    }

    /// Keeps a text under this name, or with a number where that is taken. Says which.
    pub(crate) fn keep_beside(&self, name: &str, content: &[u8]) -> Result<String, StorageError> {
        at_free_name(name, |to| {
            self.folder.replace_known(to, content, None).map(|_| ())
        })
    }
}

/// Puts something under a name, or under that with a number where it is taken. Says which.
fn at_free_name(
    name: &str,
    put: impl Fn(&str) -> Result<(), StorageError>,
) -> Result<String, StorageError> {
    let (mut to, mut number) = (name.to_owned(), 1);
    loop {
        match put(&to) {
            Err(StorageError::Disturbed(_) | StorageError::InTheWay(_)) => {
                number += 1;
                to = format!("{name}.{number}");
            }
            outcome => return outcome.map(|()| to),
        }
    }
}
