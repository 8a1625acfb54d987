//! Whether what is to be fetched fits on the disk, before the first byte of it.

use std::path::Path;

use crate::download::Part;
use crate::store::{Destination, StorageError};

pub(super) fn check(needed: u64, path: &Path) -> Result<(), StorageError> {
    match Destination::look(path)?.free {
        Some(free) if free < needed => Err(StorageError::too_small(path, needed, free)),
        _ => Ok(()),
    }
}

/// What begun files of these lengths still need.
pub(super) fn needed<'a>(
    files: impl Iterator<Item = (&'a Part, Option<u64>)>,
) -> Result<u64, StorageError> {
    let mut needed = 0_u64;
    for (part, length) in files {
        let there = part.allocated()?;
        needed = needed.saturating_add(length.unwrap_or_default().saturating_sub(there));
    }
    Ok(needed)
}
