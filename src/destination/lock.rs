//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{StorageError, no_follow};

/// Name of the file that carries the lock.
const NAME: &str = ".backup-fetch.lock";

/// A kernel lock on the output folder. It goes with the process, however that ends, so it can't go stale.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says that another run has it. The folder must exist.
    ///
    /// # Errors
    /// [`StorageError::Locked`], or what the disk says.
    pub fn take(folder: &Path) -> Result<Lock, StorageError> {
        let path = folder.join(NAME);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(no_follow())
            .open(&path)
            .map_err(|error| StorageError::new(&path, "opening", error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StorageError::Locked {
                path: folder.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(StorageError::new(&path, "locking", error)),
        }
    }
}
