//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::inode::is_at;
use super::{StorageError, no_follow, only_a_file};

/// Name of the file that carries the lock.
const NAME: &str = ".backup-fetch.lock";

/// How often a lock that is waited for is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A kernel lock on the output folder. It goes with the process, however that ends, so it can't go stale.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
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
        let since = Instant::now();
        loop {
            let file = open(&path)?;
            match file.try_lock() {
                // Who deletes the file while it is waited for, or just before, leaves a lock that nobody else can see.
                Ok(()) if is_at(&path, &file).map_err(|error| failed(&path, error))? => {
                    return Ok(Lock { file, path });
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    tokio::time::sleep(LOOK_AGAIN.min(patience)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StorageError::Locked {
                        path: folder.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(failed(&path, error)),
            }
        }
    }

    /// Whether this is still the lock that other runs see.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when somebody deleted or replaced the file: another run may be at work by now.
    pub fn check(&self) -> Result<(), StorageError> {
        match is_at(&self.path, &self.file) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StorageError::disturbed(&self.path)),
            Err(error) => Err(failed(&self.path, error)),
        }
    }
}

fn open(path: &Path) -> Result<File, StorageError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
        .and_then(only_a_file)
        .map_err(|error| StorageError::new(path, "opening", error))
}

fn failed(path: &Path, error: std::io::Error) -> StorageError {
    StorageError::new(path, "locking", error)
}
