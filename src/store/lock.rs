//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::StorageError;
use super::own::{only_a_file, open_own};
use super::sys::{self, is_at};

/// Name of the file that carries the lock.
const NAME: &str = ".backup-fetch.lock";

/// How often a lock that is waited for is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A kernel lock on the output folder. It goes with the process, however that ends, so it can't go stale.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

/// What can be told of the lock without taking it.
#[derive(Debug)]
pub(crate) enum LockState {
    /// A run could take it.
    Free,
    /// A run holds it.
    Held,
    /// It can't be taken.
    Unsupported(StorageError),
}

impl Lock {
    /// Looks at the lock of a folder that exists; makes nothing. Where there is no lock file yet, the folder itself shows
    /// whether the file system has locks.
    ///
    /// # Errors
    /// Something else stands under the name of the lock, or can't be opened.
    pub(crate) fn look(folder: &Path) -> Result<LockState, StorageError> {
        let path = folder.join(NAME);
        let file = match open_own(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => File::open(folder),
            opened => opened,
        };
        let file = file.map_err(|error| StorageError::new(&path, "opening", error))?;
        // Shared, so that two that only look don't take each other for a run. It is given back at once.
        Ok(match attempt(&path, file.try_lock_shared()) {
            Ok(true) => LockState::Free,
            Ok(false) => LockState::Held,
            Err(error) => LockState::Unsupported(error),
        })
    }

    /// Takes the lock; waits for another run up to `patience`. The folder must exist.
    pub(crate) async fn take(folder: &Path, patience: Duration) -> Result<Lock, StorageError> {
        let path = folder.join(NAME);
        let since = Instant::now();
        loop {
            let file = open(&path)?;
            if attempt(&path, file.try_lock())? {
                // Who deletes the file while it is waited for, or just before, leaves a lock that nobody else can see.
                if is_at(&path, &file).map_err(|error| failed(&path, error))? {
                    return Ok(Lock { file, path });
                }
            } else if since.elapsed() < patience {
                tokio::time::sleep(LOOK_AGAIN.min(patience)).await;
            } else {
                return Err(StorageError::locked(folder, patience));
            }
        }
    }

    /// Whether this is still the lock that other runs see.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when somebody deleted or replaced the file: another run may be at work by now.
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        match is_at(&self.path, &self.file) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StorageError::disturbed(&self.path)),
            Err(error) => Err(failed(&self.path, error)),
        }
    }
}

fn open(path: &Path) -> Result<File, StorageError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    sys::no_follow(sys::private(&mut options))
        .open(path)
        .and_then(only_a_file)
        .map_err(|error| StorageError::new(path, "opening", error))
}

/// Whether a lock was got. False: somebody has it.
fn attempt(path: &Path, outcome: Result<(), TryLockError>) -> Result<bool, StorageError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        // What CIFS says of a lock that is held.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::PermissionDenied => Ok(false),
        Err(TryLockError::Error(source)) if sys::is_unknown_lock(&source) => {
            Err(StorageError::no_locks(path, &source))
        }
        Err(TryLockError::Error(error)) => Err(failed(path, error)),
    }
}

fn failed(path: &Path, error: io::Error) -> StorageError {
    StorageError::new(path, "locking", error)
}
