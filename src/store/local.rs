//! The folder of one set: final names, the manifest, and what is kept aside.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::{During, StorageError};
use super::folder::Folder;
use super::interface::{Staged, Store};
use super::lock::Lock;
use super::manifest::{self, Manifest};
use super::named::{Named, rename_new};
use super::sys::Stamp;
use super::{catalog, own};
use crate::integrity::digest;
use crate::model::FileName;

#[derive(Debug)]
pub(crate) struct LocalStore {
    folder: Arc<Folder>,
    /// On the output folder, unless the user said that there is none.
    lock: Option<Lock>,
}

/// Why a file has not its final name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside {
    Corrupt,
    Unverified,
}

impl Store for LocalStore {
    fn publish(&self, files: &[Staged<'_>]) -> Result<(), StorageError> {
        self.check_lock()?;
        for staged in files {
            self.give_name(staged)?;
        }
        self.folder.sync()?;
        for staged in files {
            staged.named.must_be_at(&self.file(staged.name))?;
        }
        Ok(())
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
}

impl LocalStore {
    pub(crate) fn new(folder: Folder, lock: Option<Lock>) -> LocalStore {
        LocalStore {
            folder: Arc::new(folder),
            lock,
        }
    }

    /// Where parts and journals are, too.
    pub(crate) fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    /// Path of a final name.
    pub(crate) fn file(&self, name: &FileName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    /// Whether this run is still alone in the output folder.
    pub(crate) fn check_lock(&self) -> Result<(), StorageError> {
        self.lock.as_ref().map_or(Ok(()), Lock::check)
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

    /// After a crash in the middle of [`publish`](Store::publish) a file may have its old name, `second`, beside the final one:
    /// takes the old one away. False: another file has that name, or the final one has none.
    pub(crate) fn drop_second_name(
        &self,
        name: &FileName,
        second: &str,
    ) -> Result<bool, StorageError> {
        let Some(file) = self.folder.open_file(second)? else {
            return Ok(true);
        };
        let is_same = Named::new(&file, &self.file(name)).is_there()?;
        if is_same {
            self.folder.remove(second)?;
        }
        Ok(is_same)
    }

    /// Path of a file that was kept aside.
    pub(crate) fn aside(&self, name: &FileName, kind: Aside) -> PathBuf {
        let suffix = match kind {
            Aside::Corrupt => "corrupt",
            Aside::Unverified => "unverified",
        };
        self.folder.join(&format!("{name}.{suffix}"))
    }

    /// Keeps a file that is not to have its final name for who wants to look at it, as `NAME.corrupt` or
    /// `NAME.unverified`, in the place of an older one.
    pub(crate) fn keep_aside(
        &self,
        staged: &Staged<'_>,
        kind: Aside,
    ) -> Result<PathBuf, StorageError> {
        let path = self.aside(staged.name, kind);
        own::refuse_unless_file(&path)?;
        staged.named.move_over(&path)?;
        // One that only can't be tested may be all that there is of the file: it outlives a corrupt one.
        if kind == Aside::Unverified {
            self.remove_aside(staged.name, Aside::Corrupt)?;
        }
        Ok(path)
    }

    /// Gives a file that was kept aside, and is open, its final name. Never replaces anything.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when another file has the name, or what the disk says.
    pub(crate) fn accept_aside(&self, name: &FileName, file: &File) -> Result<(), StorageError> {
        let path = self.file(name);
        Named::new(file, &self.aside(name, Aside::Unverified)).move_to_free(&path)?;
        self.folder.sync_names(&path, file)
    }

    /// Removes what was kept aside of a file that is saved now. What else stands there is not ours.
    pub(crate) fn remove_all_aside(&self, name: &FileName) -> Result<(), StorageError> {
        self.remove_aside(name, Aside::Corrupt)?;
        self.remove_aside(name, Aside::Unverified)
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
        match (self.publish(&[*staged]), &kept) {
            (Err(error), Some(kept)) => {
                // Damaged is better than gone.
                let _ = rename_new(&self.folder.join(kept), &path);
                Err(error)
            }
            (published, _) => published.map(|()| kept),
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
