//! The removal of sets that are folders on a disk.
//!
//! What is in the folder of a set is looked at first: one file that is not ours, and nothing is touched. Then the folder gets a
//! hidden name, in one step, and is no set any more. Its files go one by one; the manifest goes last, because it proves that the
//! others are ours, to the next run as well, which finishes what this one could not. The folder is held all the while, so
//! that a link or another folder in its place is never what is emptied.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::catalog::SavedSet;
use super::disk::Disk;
use super::error::{During, StorageError};
use super::manifest::{self, Manifest};
use super::own::only_a_file;
use super::removal::{GoOn, Held, Holdings, Piece, Removal, is_of};
use super::sys::{Found, HeldFolder};
use crate::integrity::digest;

/// A folder of sets from which some are removed.
pub(crate) struct LocalRemoval {
    path: PathBuf,
    folder: HeldFolder,
    disk: Disk,
}

impl LocalRemoval {
    pub(crate) fn from(out: &Path) -> Result<LocalRemoval, StorageError> {
        let folder = HeldFolder::open(out).during("opening", out)?;
        Ok(LocalRemoval {
            path: out.to_owned(),
            disk: Disk::of(folder.handle()),
            folder,
        })
    }

    fn rest(&self, hidden: &str) -> Result<(HeldFolder, Held<Found>), StorageError> {
        let path = self.path.join(hidden);
        let folder = self.open(hidden)?;
        let content = read_manifest(&folder, &path)?;
        let held = match content.map(|content| Manifest::parse(&content, "")) {
            Some(Ok(manifest)) if is_of(set_of(hidden).unwrap_or_default(), &manifest) => {
                held(&folder, &manifest)
            }
            Some(_) => Ok(Held::unproven(
                "its manifest is not that of a removed backup",
            )),
            None => folder.names().map(|names| match names.first() {
                None => Held::unproven_if(None),
                Some(_) => Held::unproven("it holds files, and no manifest"),
            }),
        };
        let held = held.and_then(|held| self.refuse_mount(&folder, held));
        Ok((folder, held.during("reading", &path)?))
    }

    fn open(&self, name: &str) -> Result<HeldFolder, StorageError> {
        let opened = self.folder.open_folder(name.as_ref());
        opened.during("opening", &self.path.join(name))
    }

    /// Whoever mounted something there did not mean it to be emptied.
    fn refuse_mount(&self, folder: &HeldFolder, held: Held<Found>) -> io::Result<Held<Found>> {
        let is_here = folder.found()?.device == self.folder.found()?.device;
        Ok(if is_here {
            held
        } else {
            Held::unproven("another file system is mounted there")
        })
    }

    /// Gives the folder its hidden name.
    fn hide(
        &self,
        name: &str,
        hidden: &str,
        folder: HeldFolder,
    ) -> Result<HeldFolder, StorageError> {
        let path = self.path.join(name);
        let renamed = self
            .folder
            .rename_folder(folder, name.as_ref(), hidden.as_ref());
        let folder = match renamed {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let there = self.path.join(hidden);
                return Err(StorageError::in_the_way(&there, "something else"));
            }
            renamed => renamed.during("renaming", &path)?,
        };
        let folder = folder.ok_or_else(|| StorageError::disturbed(&path))?;
        // Before a file goes, or a power cut could bring the name back to half a set.
        self.sync()?;
        Ok(folder)
    }

    fn empty(
        &self,
        folder: HeldFolder,
        hidden: &str,
        held: &Held<Found>,
    ) -> Result<u64, StorageError> {
        let path = self.path.join(hidden);
        let (proof, others): (Vec<_>, Vec<_>) = held
            .files
            .iter()
            .partition(|(name, _)| name == manifest::NAME);
        let mut freed = 0;
        for (name, found) in others {
            freed += unlink(&folder, name, *found, &path)?;
        }
        let synced = self.disk.sync_folder(folder.handle());
        synced.during("syncing the folder", &path)?;
        let left = folder.names().during("reading", &path)?;
        if let Some(new) = left.iter().find(|name| *name != manifest::NAME) {
            return Err(StorageError::disturbed(&path.join(new)));
        }
        for (name, found) in proof {
            freed += unlink(&folder, name, *found, &path)?;
        }
        drop(folder);
        let removed = self.folder.remove_folder(hidden.as_ref());
        removed.during("removing", &path)?;
        self.sync()?;
        Ok(freed)
    }

    fn sync(&self) -> Result<(), StorageError> {
        let synced = self.disk.sync_folder(self.folder.handle());
        synced.during("syncing the folder", &self.path)
    }
}

impl Removal for LocalRemoval {
    fn look(&self, set: &SavedSet) -> Result<Holdings, StorageError> {
        let (folder, name) = (self.open(&set.name)?, &set.name);
        held(&folder, &set.manifest)
            .and_then(|held| self.refuse_mount(&folder, held))
            .during("reading", &self.path.join(name))
            .map(Holdings::from)
    }

    fn remove(&self, set: &SavedSet, _: GoOn<'_>) -> Result<u64, StorageError> {
        let path = self.path.join(&set.name);
        let folder = self.open(&set.name)?;
        if read_manifest(&folder, &path)?.as_deref().map(digest::of) != Some(set.digest.clone()) {
            return Err(StorageError::disturbed(&path.join(manifest::NAME)));
        }
        let held = held(&folder, &set.manifest);
        let held = held.and_then(|held| self.refuse_mount(&folder, held));
        let held = held.during("reading", &path)?;
        held.refuse_foreign(&path)?;
        folder.check_writable().during("removing", &path)?;
        let hidden = hidden(&set.name);
        let folder = self.hide(&set.name, &hidden, folder)?;
        self.empty(folder, &hidden, &held)
    }

    fn begun(&self) -> Result<Vec<String>, StorageError> {
        let names = self.folder.names().during("reading", &self.path)?;
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let is_folder = |name: &String| {
            let found = self.folder.look(name.as_ref());
            found.is_ok_and(|found| found.is_folder)
        };
        Ok(names
            .filter(|name| set_of(name).is_some() && is_folder(name))
            .collect())
    }

    fn look_at_rest(&self, hidden: &str) -> Result<Holdings, StorageError> {
        self.rest(hidden).map(|(_, held)| held.into())
    }

    fn finish(&self, hidden: &str) -> Result<u64, StorageError> {
        let (folder, held) = self.rest(hidden)?;
        held.refuse_foreign(&self.path.join(hidden))?;
        self.empty(folder, hidden, &held)
    }
}

/// What the folder of a set holds.
fn held(folder: &HeldFolder, manifest: &Manifest) -> io::Result<Held<Found>> {
    let mut found = Vec::new();
    for name in folder.names()? {
        let file = folder.look(&name)?;
        found.push((name, file.is_file.then_some(file)));
    }
    Ok(Held::of(found, manifest))
}

impl Piece for Found {
    fn length(&self) -> u64 {
        self.length
    }

    /// What has a second name stays there.
    fn frees(&self) -> u64 {
        if self.names == 1 { self.length } else { 0 }
    }

    fn is_marked(&self) -> bool {
        false
    }
}

/// The name of a set's folder while it is removed.
fn hidden(name: &str) -> String {
    format!(".{name}.removed")
}

/// Which set such a folder was.
fn set_of(hidden: &str) -> Option<&str> {
    hidden.strip_prefix('.')?.strip_suffix(".removed")
}

/// Takes a name away that is still that of the file that was looked at. Says how many bytes that freed.
fn unlink(
    folder: &HeldFolder,
    name: &OsStr,
    looked_at: Found,
    path: &Path,
) -> Result<u64, StorageError> {
    let path = path.join(name);
    match folder.look(name) {
        Ok(found) if found.is_file && found.is_same_as(looked_at) => {}
        Ok(_) => return Err(StorageError::disturbed(&path)),
        Err(error) => return Err(error).during("removing", &path),
    }
    folder.remove_file(name).during("removing", &path)?;
    Ok(looked_at.frees())
}

fn read_manifest(folder: &HeldFolder, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    let path = path.join(manifest::NAME);
    let opened = folder.open_file(manifest::NAME.as_ref());
    let opened = opened.and_then(only_a_file);
    let file = match opened {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.during("opening", &path)?,
    };
    let mut content = Vec::new();
    let read = file.take(manifest::LARGEST).read_to_end(&mut content);
    read.during("reading", &path)?;
    Ok(Some(content))
}
