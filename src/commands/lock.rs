//! Alone in an output folder, as `--lock` and `--wait-lock` say.

use std::time::Duration;

use crate::cli::{LockMode, Time};
use crate::store::object::Owner;
use crate::store::{Location, Lock, StorageError};

/// Nothing where whoever starts the runs keeps them apart. The folder must exist on a disk; in a store it need not.
pub(super) async fn take(
    folder: &Location,
    mode: Option<LockMode>,
    patience: Option<Time>,
    owner: &Owner,
) -> Result<Option<Lock>, StorageError> {
    let patience = patience.map_or(Duration::ZERO, |time| time.0);
    let lock = match (mode.unwrap_or_default(), folder) {
        (LockMode::None, _) => return Ok(None),
        (LockMode::Flock, Location::Local(path)) => Lock::take(path, patience).await,
        (LockMode::Flock, Location::Object(folder)) => {
            Lock::take_in_store(folder, patience, owner).await
        }
    };
    lock.map(Some)
}
