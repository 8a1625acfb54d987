//! One run at a time in an output folder, here or in a store.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::{During, StorageError};
use super::object::{Lease, ObjectFolder, Owner};
use super::own::{only_a_file, open_own};
use super::sys::{self, is_at};

/// Name of the file that carries the lock.
const NAME: &str = ".backup-fetch.lock";

/// How often a lock that is waited for is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What this run holds for as long as it works in an output folder.
#[derive(Debug)]
pub(crate) enum Lock {
    /// Goes with the process, however that ends, so it can't go stale.
    Kernel(KernelLock),
    /// In a store. Ends by itself when nobody renews it.
    Lease(Lease),
}

/// On a file in the folder.
#[derive(Debug)]
pub(crate) struct KernelLock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Gives back a lock on a folder that is to go, and removes its file.
    #[cfg_attr(not(feature = "object-store"), expect(dead_code))]
    pub(super) fn remove(self) {
        if let Lock::Kernel(KernelLock { path, .. }) = &self
            && self.check().is_ok()
        {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Whether a run holds the lock of a folder that exists. Makes nothing: where there is no lock file yet, the folder itself shows
    /// whether the file system has locks.
    pub(crate) fn is_held(folder: &Path) -> Result<bool, StorageError> {
        let path = folder.join(NAME);
        let file = match open_own(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => sys::open_to_try_locks(folder),
            opened => opened.map(Some),
        };
        let Some(file) = file.during("opening", &path)? else {
            return Ok(false);
        };
        // Shared, so that two that only look don't take each other for a run. It is given back at once.
        Ok(!attempt(&path, file.try_lock_shared())?)
    }

    /// Takes the lock; waits for another run up to `patience`. The folder must exist.
    pub(crate) async fn take(folder: &Path, patience: Duration) -> Result<Lock, StorageError> {
        let path = folder.join(NAME);
        let since = Instant::now();
        loop {
            let file = open(&path)?;
            if attempt(&path, file.try_lock())? {
                // Who deletes the file while it is waited for, or just before, leaves a lock that nobody else can see.
                if is_at(&path, &file).during("locking", &path)? {
                    return Ok(Lock::Kernel(KernelLock { file, path }));
                }
            } else if since.elapsed() < patience {
                tokio::time::sleep(LOOK_AGAIN.min(patience)).await;
            } else {
                return Err(StorageError::locked(folder, patience));
            }
        }
    }

    /// The same in a store.
    pub(crate) async fn take_in_store(
        folder: &ObjectFolder,
        patience: Duration,
        owner: &Owner,
    ) -> Result<Lock, StorageError> {
        let lease = Lease::take(folder, patience, owner).await?;
        Ok(Lock::Lease(lease))
    }

    /// Whether this is still the lock that other runs see. In a store it is asked, which takes its time.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when somebody deleted or replaced it, or took it over: another run may be at work by now.
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        let KernelLock { file, path } = match self {
            Lock::Kernel(lock) => lock,
            Lock::Lease(lease) => return lease.check(),
        };
        if is_at(path, file).during("locking", path)? {
            Ok(())
        } else {
            Err(StorageError::disturbed(path))
        }
    }
}

fn open(path: &Path) -> Result<File, StorageError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    sys::open_no_follow(sys::private(&mut options), path)
        .and_then(only_a_file)
        .during("opening", path)
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
        Err(TryLockError::Error(error)) => Err(error).during("locking", path),
    }
}
