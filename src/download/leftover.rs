//! What an earlier run left of a file, and whether it can be gone on with (`design.md` section 7 rule 6).

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::journal::{self, Header, Journal, Promise};
use super::part::{Part, is_one_piece};
use super::part_file::{self, PartFile};
use super::writer::Standing;
use crate::model::{BackupFile, FileName};
use crate::store::{Folder, StorageError, sys};
use crate::untrusted::safe_url;

/// What a run would find of a file, and go on with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resumable {
    /// Bytes that are there.
    pub(crate) kept: u64,
    /// Length of the whole file, as the server told it then.
    pub(crate) length: u64,
    /// Bytes that the part takes on disk, those reserved included.
    pub(crate) allocated: u64,
}

/// Changes nothing and takes nothing over, whoever writes it now.
pub(crate) fn resumable(
    folder: &Path,
    file: &BackupFile,
) -> Result<Option<Resumable>, StorageError> {
    let part = folder.join(part_file::file_name(&file.name));
    let found = match part.symlink_metadata() {
        Ok(found) if found.is_file() => found,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StorageError::new(&part, "checking", error)),
    };
    let Some(Ok(mut promise)) = journal::load(folder, &file.name)? else {
        return Ok(None);
    };
    drop_what_was_lost(&mut promise, found.len());
    let fits = mismatch(found.len(), &promise, file).is_none();
    let kept = promise.held.total();
    let length = promise.header.length.filter(|_| fits && kept > 0);
    Ok(length.map(|length| Resumable {
        kept,
        length,
        allocated: sys::allocated(&found),
    }))
}

/// The journal of a file that no other run writes.
pub(super) fn own_journal(
    folder: &Folder,
    name: &FileName,
) -> Result<Option<Result<Promise, String>>, StorageError> {
    let read = journal::load(folder.path(), name)?;
    match &read {
        Some(Ok(promise)) if promise.header.writer() == Standing::AtWork => {
            Err(StorageError::locked(folder.path(), Duration::ZERO))
        }
        _ => Ok(read),
    }
}

/// Takes over the part file and its journal, if they go together and with the link.
pub(super) fn take(
    folder: &Arc<Folder>,
    file: &BackupFile,
    warn: impl Fn(String),
) -> Result<Option<Part>, StorageError> {
    let read = own_journal(folder, &file.name)?;
    let Some(part) = PartFile::reopen(folder, &file.name)? else {
        return Ok(None);
    };
    // Made just before the run before this one ended: no loss, and no word.
    let on_disk = part.length()?;
    if on_disk == 0 {
        return Ok(None);
    }
    let reason = match read {
        // It was not worth one.
        None if is_one_piece(on_disk) => return Ok(None),
        None => "there is no journal beside it".to_owned(),
        Some(Err(unusable)) => unusable,
        Some(Ok(mut promise)) => {
            let lost = drop_what_was_lost(&mut promise, on_disk);
            if lost > 0 {
                warn(format!(
                    "the disk has lost {lost} bytes that were not synced: resuming from those that were"
                ));
            }
            match mismatch(on_disk, &promise, file) {
                Some(reason) => reason.to_owned(),
                None if promise.held.total() == 0 => return Ok(None),
                None => match claim(folder, part, promise)? {
                    Some(part) => return Ok(Some(part)),
                    None => {
                        "it may belong to a run on another machine, and there is no room for a copy"
                            .to_owned()
                    }
                },
            }
        }
    };
    warn(format!(
        "the partial file of an earlier run is not used: {reason}"
    ));
    Ok(None)
}

/// A disk may lose what was not synced without a new start of the machine: one that was pulled, a share or its server that
/// went away. Then only what was synced is left; gives how much is not.
fn drop_what_was_lost(promise: &mut Promise, on_disk: u64) -> u64 {
    if on_disk >= promise.held.end() || on_disk < promise.synced.end() {
        return 0;
    }
    let lost = promise.held.total() - promise.synced.total();
    promise.held = promise.synced.clone();
    lost
}

/// Why a part file can't be gone on with.
fn mismatch(on_disk: u64, promise: &Promise, file: &BackupFile) -> Option<&'static str> {
    let Promise { header, held, .. } = promise;
    let Some(length) = header.length else {
        return Some("the server did not report its length");
    };
    if on_disk > length {
        return Some("it is longer than the file on the server");
    }
    if on_disk < held.end() {
        return Some("it is shorter than its journal says");
    }
    // With a validator the server itself judges whether it is the same file; without one the link has to.
    let by_link = header.validator.if_range().is_none();
    (by_link && header.link != safe_url(&file.url)).then_some("it came from another link")
}

/// Makes a part and its journal those of this run. A run that thinks them its own finds out before it publishes anything.
fn claim(
    folder: &Arc<Folder>,
    part: PartFile,
    promise: Promise,
) -> Result<Option<Part>, StorageError> {
    let Promise {
        header,
        held,
        digest,
        ..
    } = promise;
    // Two runs must never write to one file. What may have another writer still is copied, which costs less than that.
    let is_gone = sys::OPENS_ALONE || header.writer() == Standing::Gone;
    let part = if is_gone && part.is_alone()? {
        part
    } else {
        match part.copy(folder, &header.name, &held)? {
            Some(copy) => copy,
            None => return Ok(None),
        }
    };
    // The new journal calls all of it synced, so that must be true whoever wrote it. The old one vouches for it until the
    // new one is on the disk.
    part.sync()?;
    let header = Header::new(header.name, header.link, header.length, header.validator);
    let journal = Journal::replace(folder, &header, &held, &digest)?;
    Ok(Some(Part::resumed(folder, part, header, held, journal)))
}
