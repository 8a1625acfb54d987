//! Where files wait on this machine until they are in the store: a private folder for all sets below one prefix, and in it one
//! for each set that is not finished.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::folder::ObjectFolder;
use super::upload::Uploader;
use crate::integrity::digest;
use crate::model::FileName;
use crate::store::names::{self, Role};
use crate::store::{Folder, Lock, StorageError};

/// Name of the file that says which run is at work here.
const RUN: &str = "run";

/// A run identifies itself by less.
const LONGEST_RUN: u64 = 1 << 10;

/// So much of the digest of an address tells it from all others.
const NAME_LENGTH: usize = 16;

/// Nobody else on this machine works for the same prefix while this is held.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: Folder,
    lock: Option<Lock>,
}

impl Staging {
    /// Where the files of the sets below `out` are staged.
    pub(crate) fn place(base: &Path, out: &ObjectFolder) -> PathBuf {
        let name = digest::of(out.identity().as_bytes());
        base.join(&name[..NAME_LENGTH])
    }

    /// Waits for another run up to `patience`. Without a lock whoever starts the runs keeps them apart.
    pub(crate) async fn open(
        base: &Path,
        out: &ObjectFolder,
        patience: Option<Duration>,
    ) -> Result<Staging, StorageError> {
        let place = Staging::place(base, out);
        let begun = Instant::now();
        loop {
            let folder = Folder::create(&place)?;
            let Some(patience) = patience else {
                return Ok(Staging { folder, lock: None });
            };
            match Lock::take(&place, patience.saturating_sub(begun.elapsed())).await {
                // Who was waited for had nothing left in there, and took it along.
                Err(_) if !place.exists() => {}
                // Nobody has named this folder, but the place in the store.
                Err(StorageError::Other(problem)) if problem.code == "locked" => {
                    let out = out.to_string();
                    return Err(StorageError::at_work(Path::new(&out), "there", patience));
                }
                lock => {
                    let lock = Some(lock?);
                    return Ok(Staging { folder, lock });
                }
            }
        }
    }

    /// The run that was at work here before, and is dead: this one has its lock.
    pub(crate) fn predecessor(&self) -> Option<String> {
        self.lock.as_ref()?;
        let run = crate::store::read_own(&self.folder.join(RUN), LONGEST_RUN);
        String::from_utf8(run.ok()??).ok()
    }

    /// Leaves the name of this run to the next one.
    pub(crate) fn note_run(&self, run: &str) -> Result<(), StorageError> {
        self.folder.replace(RUN, run.as_bytes())
    }

    /// For the files of one set.
    pub(crate) fn of_set(&self, set: &str) -> Result<Folder, StorageError> {
        self.folder.subfolder(set)
    }

    /// Removes what dead runs have left of other sets of this organisation: their links are gone, or were replaced.
    pub(crate) fn sweep(&self, set: &str, uploader: &Uploader) -> Result<(), StorageError> {
        let org = organisation(set);
        for other in self.sets() {
            if other != set && organisation(&other) == org {
                let folder = self.folder.subfolder(&other)?;
                clear(&folder, uploader, |_| true)?;
                let _ = fs::remove_dir(folder.path());
            }
        }
        Ok(())
    }

    fn sets(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).into_iter().flatten();
        let folders = entries.flatten().filter(|entry| {
            let kind = entry.file_type();
            kind.is_ok_and(|kind| kind.is_dir())
        });
        let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
        names.collect()
    }
}

/// A folder that nothing is left in goes. The lock file is the last, and nobody waits for one that has lost its name.
impl Drop for Staging {
    fn drop(&mut self) {
        for set in self.sets() {
            let _ = fs::remove_dir(self.folder.join(&set));
        }
        if self.lock.is_some() && self.sets().is_empty() {
            let _ = self.folder.remove(RUN);
            let _ = self.lock.take().map(Lock::remove);
            let _ = fs::remove_dir(self.folder.path());
        }
    }
}

/// Removes what is in the folder of each file that `is_done`, and ends its upload if the store does.
pub(super) fn clear(
    folder: &Folder,
    uploader: &Uploader,
    is_done: impl Fn(&FileName) -> bool,
) -> Result<(), StorageError> {
    let entries = fs::read_dir(folder.path()).into_iter().flatten();
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let Some(of) = names::unfinished(&name).filter(|of| is_done(of)) else {
            continue;
        };
        if name == names::upload_journal(of.as_str()) {
            uploader.try_to_end_left(folder, of.as_str());
        } else if names::role(&name) == Role::Beside {
            folder.remove(&name)?;
        }
    }
    Ok(())
}

/// The sets of one begin alike.
fn organisation(set: &str) -> &str {
    set.split_once('-').map_or(set, |(org, _)| org)
}
