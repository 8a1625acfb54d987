//! The removal of saved sets, of which a kill at any step leaves a whole one or none.
//!
//! What is in the folder of a set is looked at first: one file that is not ours, and nothing is touched. Then the folder gets a
//! hidden name, in one step, and is no set any more. Its files go one by one; the manifest goes last, because it proves that the
//! others are ours, to the next run as well, which finishes what this one could not. The folder is held open all the while, so
//! that a link or another folder in its place is never what is emptied.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::catalog::{self, SavedSet};
use super::disk::Disk;
use super::error::{During, StorageError};
use super::manifest::{self, Manifest};
use super::names::{self, Role};
use super::own::only_a_file;
use super::sys::{self, Found};
use crate::integrity::digest;
use crate::untrusted::printable;

/// A folder of sets from which some are removed.
pub(crate) struct Removal {
    path: PathBuf,
    handle: File,
    disk: Disk,
}

/// What the folder of a set holds.
pub(crate) struct Holdings {
    files: Vec<(OsString, Found)>,
    /// What of the set is not there as the manifest has it.
    pub(crate) damage: Option<String>,
    /// What is not ours, and keeps the set from being removed.
    pub(crate) foreign: Option<String>,
}

impl Removal {
    pub(crate) fn from(out: &Path) -> Result<Removal, StorageError> {
        let handle = File::open(out).during("opening", out)?;
        Ok(Removal {
            path: out.to_owned(),
            disk: Disk::of(&handle),
            handle,
        })
    }

    /// What a set holds. Nothing is changed.
    pub(crate) fn look(&self, set: &SavedSet) -> Result<Holdings, StorageError> {
        let (folder, name) = (self.open(&set.name)?, &set.name);
        Holdings::of(&folder, &set.manifest)
            .and_then(|held| self.refuse_mount(&folder, held))
            .during("reading", &self.path.join(name))
    }

    /// Removes a set. Says how many bytes that freed.
    pub(crate) fn remove(&self, set: &SavedSet) -> Result<u64, StorageError> {
        let path = self.path.join(&set.name);
        let folder = self.open(&set.name)?;
        if read_manifest(&folder, &path)?.as_deref().map(digest::of) != Some(set.digest.clone()) {
            return Err(StorageError::disturbed(&path.join(manifest::NAME)));
        }
        let held = Holdings::of(&folder, &set.manifest);
        let held = held.and_then(|held| self.refuse_mount(&folder, held));
        let held = held.during("reading", &path)?;
        held.refuse_foreign(&path)?;
        let dot = OsStr::new(".");
        sys::check_writable_in(&folder, dot).during("removing", &path)?;
        let hidden = hidden(&set.name);
        self.hide(&set.name, &hidden, &folder)?;
        self.empty(&folder, &hidden, &held)
    }

    /// The hidden folders of sets whose removal was begun.
    pub(crate) fn begun(&self) -> Result<Vec<String>, StorageError> {
        let names = sys::names_in(&self.handle).during("reading", &self.path)?;
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let is_folder = |name: &String| {
            Found::at(&self.handle, name.as_ref()).is_ok_and(|found| found.is_folder)
        };
        Ok(names
            .filter(|name| set_of(name).is_some() && is_folder(name))
            .collect())
    }

    /// What is left of a set whose removal was begun. Nothing is changed.
    pub(crate) fn look_at_rest(&self, hidden: &str) -> Result<Holdings, StorageError> {
        self.rest(hidden).map(|(_, held)| held)
    }

    /// Goes on with a removal that was begun. Says how many bytes that freed.
    pub(crate) fn finish(&self, hidden: &str) -> Result<u64, StorageError> {
        let (folder, held) = self.rest(hidden)?;
        held.refuse_foreign(&self.path.join(hidden))?;
        self.empty(&folder, hidden, &held)
    }

    fn rest(&self, hidden: &str) -> Result<(File, Holdings), StorageError> {
        let path = self.path.join(hidden);
        let folder = self.open(hidden)?;
        let content = read_manifest(&folder, &path)?;
        let held = match content.map(|content| Manifest::parse(&content, "")) {
            Some(Ok(manifest)) if is_of(set_of(hidden).unwrap_or_default(), &manifest) => {
                Holdings::of(&folder, &manifest)
            }
            Some(_) => Ok(Holdings::unproven(
                "its manifest is not that of a removed backup",
            )),
            None => sys::names_in(&folder).map(|names| match names.first() {
                None => Holdings::unproven_if(None),
                Some(_) => Holdings::unproven("it holds files, and no manifest"),
            }),
        };
        let held = held.and_then(|held| self.refuse_mount(&folder, held));
        Ok((folder, held.during("reading", &path)?))
    }

    fn open(&self, name: &str) -> Result<File, StorageError> {
        let opened = sys::open_folder_in(&self.handle, name.as_ref());
        opened.during("opening", &self.path.join(name))
    }

    /// Whoever mounted something there did not mean it to be emptied.
    fn refuse_mount(&self, folder: &File, held: Holdings) -> std::io::Result<Holdings> {
        let is_here = Found::of(folder)?.device == Found::of(&self.handle)?.device;
        Ok(if is_here {
            held
        } else {
            Holdings::unproven("another file system is mounted there")
        })
    }

    /// Gives the folder that is open its hidden name.
    fn hide(&self, name: &str, hidden: &str, folder: &File) -> Result<(), StorageError> {
        let path = self.path.join(name);
        let renamed = sys::rename_new_in(&self.handle, name.as_ref(), hidden.as_ref());
        match renamed {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let there = self.path.join(hidden);
                return Err(StorageError::in_the_way(&there, "something else"));
            }
            renamed => renamed.during("renaming", &path)?,
        }
        let moved = Found::at(&self.handle, hidden.as_ref());
        let is_it = moved.and_then(|moved| Ok(moved.is_same_as(Found::of(folder)?)));
        if !is_it.during("renaming", &path)? {
            // It came to that name between the look and the rename, and gets it back.
            let _ = sys::rename_new_in(&self.handle, hidden.as_ref(), name.as_ref());
            return Err(StorageError::disturbed(&path));
        }
        // Before a file goes, or a power cut could bring the name back to half a set.
        self.sync()
    }

    fn empty(&self, folder: &File, hidden: &str, held: &Holdings) -> Result<u64, StorageError> {
        let path = self.path.join(hidden);
        let (proof, others): (Vec<_>, Vec<_>) = held
            .files
            .iter()
            .partition(|(name, _)| name == manifest::NAME);
        let mut freed = 0;
        for (name, found) in others {
            freed += unlink(folder, name, *found, &path)?;
        }
        let synced = self.disk.sync(folder);
        synced.during("syncing the folder", &path)?;
        let left = sys::names_in(folder).during("reading", &path)?;
        if let Some(new) = left.iter().find(|name| *name != manifest::NAME) {
            return Err(StorageError::disturbed(&path.join(new)));
        }
        for (name, found) in proof {
            freed += unlink(folder, name, *found, &path)?;
        }
        let removed = sys::remove_folder_in(&self.handle, hidden.as_ref());
        removed.during("removing", &path)?;
        self.sync()?;
        Ok(freed)
    }

    fn sync(&self) -> Result<(), StorageError> {
        let synced = self.disk.sync(&self.handle);
        synced.during("syncing the folder", &self.path)
    }
}

impl Holdings {
    fn of(folder: &File, manifest: &Manifest) -> std::io::Result<Holdings> {
        let mut held = Holdings::unproven_if(None);
        for name in sys::names_in(folder)? {
            let found = Found::at(folder, &name)?;
            let is_ours = name.to_str().is_some_and(|name| is_ours(name, manifest));
            if is_ours && found.is_file {
                held.files.push((name, found));
            } else if held.foreign.is_none() {
                let name = printable(&name.to_string_lossy());
                held.foreign = Some(format!("it holds {name}, which is not ours"));
            }
        }
        held.damage = held.damage(manifest);
        Ok(held)
    }

    fn unproven(why: &str) -> Holdings {
        Holdings::unproven_if(Some(why))
    }

    fn unproven_if(foreign: Option<&str>) -> Holdings {
        Holdings {
            files: Vec::new(),
            damage: None,
            foreign: foreign.map(str::to_owned),
        }
    }

    /// The first saved file that is missing, or has not the length that was verified.
    fn damage(&self, manifest: &Manifest) -> Option<String> {
        let lengths: HashMap<&OsStr, u64> = self
            .files
            .iter()
            .map(|(name, found)| (name.as_os_str(), found.length))
            .collect();
        let mut saved = manifest.files.iter().filter(|entry| entry.is_saved());
        saved.find_map(|entry| {
            let name = &entry.name;
            match lengths.get(OsStr::new(name.as_str())) {
                None => Some(format!("damaged: {name} is missing")),
                length if length.copied() != entry.size => {
                    Some(format!("damaged: {name} has another size"))
                }
                _ => None,
            }
        })
    }

    /// Bytes that its removal would free. What has a second name stays there.
    pub(crate) fn bytes(&self) -> u64 {
        let lengths = self.files.iter().map(|(_, found)| freed_by(*found));
        lengths.fold(0, u64::saturating_add)
    }

    fn refuse_foreign(&self, path: &Path) -> Result<(), StorageError> {
        match &self.foreign {
            None => Ok(()),
            Some(why) => Err(StorageError::not_removable(path, why)),
        }
    }
}

/// Whether a set with this manifest has, or had while it was downloaded, a file of this name.
fn is_ours(name: &str, manifest: &Manifest) -> bool {
    match names::role(name) {
        Role::Final(zip) => manifest.saved(&zip).is_some(),
        Role::Record => true,
        Role::Beside => {
            let of = name.trim_start_matches('.');
            let zips = manifest.files.iter().map(|entry| entry.name.as_str());
            let records = [manifest::NAME, manifest::SUMS_NAME].into_iter();
            records.chain(zips).any(|known| of.starts_with(known))
        }
        Role::Foreign => false,
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

/// Whether this is a name that a set with this manifest gets. One under another name was put there by somebody.
pub(crate) fn is_of(folder: &str, manifest: &Manifest) -> bool {
    match (&manifest.org, &manifest.job) {
        (Some(org), Some(job)) => catalog::place_of(folder, &format!("{org}-{job}")).is_some(),
        // A hash of the links as they were at the beginning.
        _ => folder.strip_prefix("links-").is_some_and(|hash| {
            let hash = hash.split('.').next().unwrap_or_default();
            let is_hash = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash && catalog::place_of(folder, &format!("links-{hash}")).is_some()
        }),
    }
}

fn freed_by(found: Found) -> u64 {
    if found.names == 1 { found.length } else { 0 }
}

/// Takes a name away that is still that of the file that was looked at. Says how many bytes that freed.
fn unlink(folder: &File, name: &OsStr, looked_at: Found, path: &Path) -> Result<u64, StorageError> {
    let path = path.join(name);
    match Found::at(folder, name) {
        Ok(found) if found.is_file && found.is_same_as(looked_at) => {}
        Ok(_) => return Err(StorageError::disturbed(&path)),
        Err(error) => return Err(error).during("removing", &path),
    }
    sys::remove_file_in(folder, name).during("removing", &path)?;
    Ok(freed_by(looked_at))
}

fn read_manifest(folder: &File, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    let path = path.join(manifest::NAME);
    let opened = sys::open_file_in(folder, manifest::NAME.as_ref()).and_then(only_a_file);
    let file = match opened {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.during("opening", &path)?,
    };
    let mut content = Vec::new();
    let read = file.take(manifest::LARGEST).read_to_end(&mut content);
    read.during("reading", &path)?;
    Ok(Some(content))
}
