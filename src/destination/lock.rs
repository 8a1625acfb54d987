//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{StorageError, no_follow, only_a_file};

/// Name of the file that carries the lock.
const NAME: &str = ".backup-fetch.lock";

/// How often a lock that is waited for is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A kernel lock on the output folder. It goes with the process, however that ends, so it can't go stale.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What can be told of the lock without taking it.
#[derive(Debug)]
pub enum LockState {
    /// A run could take it.
    Free,
    /// A run holds it.
    Held,
    /// The file system can't tell.
    Unsupported(std::io::Error),
}

impl Lock {
    /// Looks at the lock of a folder that exists; makes nothing. Where there is no lock file yet, the folder itself shows
    /// whether the file system has locks.
    ///
    /// # Errors
    /// Something else stands under the name of the lock, or can't be opened.
    pub fn look(folder: &Path) -> Result<LockState, StorageError> {
        let path = folder.join(NAME);
        let file = match super::open_own(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::open(folder),
            opened => opened,
        };
        let file = file.map_err(|error| StorageError::new(&path, "opening", error))?;
        // Shared, so that two that only look don't take each other for a run. It is given back at once.
        Ok(match file.try_lock_shared() {
            Ok(()) => LockState::Free,
            Err(TryLockError::WouldBlock) => LockState::Held,
            Err(TryLockError::Error(error)) => LockState::Unsupported(error),
        })
    }

    /// Takes the lock; waits for another run up to `patience`. The folder must exist.
    ///
    /// # Errors
    /// [`StorageError::Locked`], or what the disk says.
    pub async fn take(folder: &Path, patience: Duration) -> Result<Lock, StorageError> {
        let path = folder.join(NAME);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(no_follow())
            .open(&path)
            .and_then(only_a_file)
            .map_err(|error| StorageError::new(&path, "opening", error))?;
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    tokio::time::sleep(LOOK_AGAIN.min(patience)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StorageError::Locked {
                        path: folder.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(StorageError::new(&path, "locking", error));
                }
            }
        }
    }
}
