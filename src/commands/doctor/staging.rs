//! Where files wait on this machine until they are in the store.

use crate::cli::FolderPath;
use crate::commands::download;
use crate::output::units;

use super::report::{Found, ok};

/// Two that are fetched, and one that is uploaded.
const FILES: u64 = 3;

/// `largest`: bytes of the largest file of the last backup.
pub(super) fn check(named: Option<&FolderPath>, largest: Option<u64>) -> anyhow::Result<Found> {
    let folder = download::staging(named)?;
    let destination = download::check_staging(&folder)?;
    let path = folder.display();
    let Some(free) = destination.free else {
        return Ok(ok(format!("{path}: writable")));
    };
    let found = ok(format!("{path}: writable, {} free", units::size(free)));
    let needed = largest.map(|size| size.saturating_mul(FILES));
    Ok(match needed.filter(|needed| free < *needed) {
        None => found,
        Some(needed) => {
            let (free, needed) = (units::size(free), units::size(needed));
            let text = format!(
                "{path}: {free} free, less than the three largest files may need ({needed})"
            );
            ok(text).warn("free some space, or name a folder on another disk with --staging or `staging` in the profile")
        }
    })
}
