//! Alone in an output folder, as `--lock` and `--wait-lock` say.

use std::time::Duration;

use crate::cli::{LockMode, Time};
use crate::store::{Location, Lock, StorageError};

/// Nothing where whoever starts the runs keeps them apart. The folder must exist.
pub(super) async fn take(
    folder: &Location,
    mode: Option<LockMode>,
    patience: Option<Time>,
) -> Result<Option<Lock>, StorageError> {
    match mode.unwrap_or_default() {
        LockMode::None => Ok(None),
        LockMode::Flock => {
            let patience = patience.map_or(Duration::ZERO, |time| time.0);
            Lock::take(folder.on_this_machine()?, patience)
                .await
                .map(Some)
        }
    }
}
