//! What of a set is on disk already, and what is to be done about the rest (`design.md` section 4).

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::error::{self, DownloadError};
use super::journal::{self, Header, Journal, Promise, Unusable};
use super::part::Part;
use super::part_file::{self, PartFile};
use super::publisher::{Finished, Publisher};
use super::writer::Standing;
use crate::event::{Event, Observer};
use crate::http::range::Validator;
use crate::integrity::{FinishError, verify_file};
use crate::model::{Backup, BackupFile, FileName};
use crate::store::manifest::{FileState, Manifest};
use crate::store::{Aside, Folder, LocalStore, StorageError, open_own, sys};
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

/// What there is of one file.
enum Found {
    /// Verified, under its final name, in the manifest.
    Saved,
    /// Under its final name with its journal beside it: a crash came between the rename and the manifest.
    Unrecorded,
    /// A part of it.
    Part(Box<Part>),
    /// Nothing that is of use.
    Nothing,
}

/// Looks at every wanted file of a set. Files that are saved are left out; what a crash left between its final name
/// and the manifest is verified and taken in; the rest comes back with what there is of it, in its order. Blocks.
///
/// # Errors
/// A file that is not ours, or not what the manifest says, stands under a final name: then nothing is fetched.
pub(crate) fn survey(
    publisher: &Publisher,
    wanted: &[BackupFile],
    allow_unverified: bool,
    observer: &dyn Observer,
) -> Result<Vec<(BackupFile, Option<Part>)>, DownloadError> {
    let mut to_fetch = Vec::new();
    for file in wanted {
        match look(publisher, file, allow_unverified, observer)? {
            Found::Saved => {}
            Found::Unrecorded => adopt(publisher, file, allow_unverified)?,
            Found::Part(part) => to_fetch.push((file.clone(), Some(*part))),
            Found::Nothing => to_fetch.push((file.clone(), None)),
        }
    }
    Ok(to_fetch)
}

fn look(
    publisher: &Publisher,
    file: &BackupFile,
    allow_unverified: bool,
    observer: &dyn Observer,
) -> Result<Found, DownloadError> {
    let path = publisher.store().file(&file.name);
    let saved = publisher.manifest().saved(&file.name).cloned();
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if saved.is_some() {
                warn(
                    observer,
                    file,
                    "was saved and verified, but is gone: fetching it again".into(),
                );
                if let Some(entry) = publisher.manifest().entry_mut(&file.name) {
                    entry.state = FileState::Missing;
                    entry.accepted = false;
                }
            }
            if allow_unverified && accept(publisher, file, observer)? {
                return Ok(Found::Saved);
            }
            return leftover(publisher.folder(), file, observer);
        }
        Err(error) => return Err(StorageError::new(&path, "checking", error).into()),
    };
    if !found.is_file() {
        let what = if found.is_symlink() {
            "a symbolic link"
        } else {
            "something that is not a file"
        };
        return Err(StorageError::in_the_way(&path, what).into());
    }
    match saved {
        Some(entry) if entry.size == Some(found.len()) => Ok(Found::Saved),
        Some(entry) => {
            let (len, size) = (found.len(), entry.size.unwrap_or(0));
            let reason = format!("it has {len} bytes, not {size}");
            Err(error::not_as_manifest(&path.display().to_string(), &reason).into())
        }
        None if was_published(publisher.store(), file, found.len())?
            || is_being_accepted(publisher, file, found.len()) =>
        {
            Ok(Found::Unrecorded)
        }
        None => {
            // Unless another run has saved it since the manifest was read.
            publisher.confirm()?;
            let what = "a file that backup-fetch did not write";
            Err(StorageError::in_the_way(&path, what).into())
        }
    }
}

/// Whether a final name without an entry in the manifest is what a crash left: the journal beside it is of a whole file of
/// this length, and the part is gone, or has this name, too.
fn was_published(
    store: &LocalStore,
    file: &BackupFile,
    length: u64,
) -> Result<bool, DownloadError> {
    let fits = match read_journal(store.folder(), file)? {
        Some(Ok(promise)) => promise.header.length.is_none_or(|told| told == length),
        // A damaged one was ours all the same, and the file is verified before it is taken in.
        Some(Err(_)) => true,
        None => false,
    };
    Ok(fits && store.drop_second_name(&file.name, &part_file::file_name(&file.name))?)
}

/// The journal of a file.
fn read_journal(
    folder: &Folder,
    file: &BackupFile,
) -> Result<Option<Result<Promise, Unusable>>, DownloadError> {
    let path = folder.join(&journal::file_name(&file.name));
    let read = journal::load(&path, &file.name)
        .map_err(|error| StorageError::new(&path, "reading", error))?;
    match &read {
        Some(Ok(promise)) if promise.header.writer() == Standing::AtWork => {
            Err(StorageError::locked(folder.path(), Duration::ZERO).into())
        }
        _ => Ok(read),
    }
}

/// The part file and its journal, if they go together and with the link.
fn leftover(
    folder: &Folder,
    file: &BackupFile,
    observer: &dyn Observer,
) -> Result<Found, DownloadError> {
    let read = read_journal(folder, file)?;
    let Some(part) = PartFile::reopen(folder, &file.name)? else {
        return Ok(Found::Nothing);
    };
    // Made just before the run before this one ended: no loss, and no word.
    let on_disk = part.length()?;
    if on_disk == 0 {
        return Ok(Found::Nothing);
    }
    let read = read.map(|read| read.map(|promise| what_is_left(promise, on_disk, file, observer)));
    let reason = match read {
        None => "there is no journal beside it".to_owned(),
        Some(Err(unusable)) => unusable.to_string(),
        Some(Ok(promise)) => match mismatch(on_disk, &promise, file) {
            Some(reason) => reason,
            None if promise.held.total() == 0 => return Ok(Found::Nothing),
            None => match claim(folder, file, part, promise)? {
                Some(part) => return Ok(Found::Part(Box::new(part))),
                None => {
                    "it may belong to a run on another machine, and there is no room for a copy"
                        .to_owned()
                }
            },
        },
    };
    warn(
        observer,
        file,
        format!("the partial file of an earlier run is not used: {reason}"),
    );
    Ok(Found::Nothing)
}

/// What a run would go on with of a file. Changes nothing and takes nothing over, whoever writes it now.
pub(crate) fn resumable(
    folder: &Path,
    file: &BackupFile,
) -> Result<Option<Resumable>, DownloadError> {
    let part = folder.join(part_file::file_name(&file.name));
    let journal = folder.join(journal::file_name(&file.name));
    let found = match part.symlink_metadata() {
        Ok(found) if found.is_file() => found,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StorageError::new(&part, "checking", error).into()),
    };
    let read = journal::load(&journal, &file.name)
        .map_err(|error| StorageError::new(&journal, "reading", error))?;
    let Some(Ok(promise)) = read else {
        return Ok(None);
    };
    let promise = if has_lost(&promise, found.len()) {
        synced_only(promise)
    } else {
        promise
    };
    let fits = mismatch(found.len(), &promise, file).is_none();
    let kept = promise.held.total();
    let length = promise.header.length.filter(|_| fits && kept > 0);
    Ok(length.map(|length| Resumable {
        kept,
        length,
        allocated: sys::allocated(&found),
    }))
}

/// Whether the disk has less of a part than was written, but all that was synced.
fn has_lost(promise: &Promise, on_disk: u64) -> bool {
    on_disk < promise.held.end() && on_disk >= promise.synced.end()
}

fn synced_only(promise: Promise) -> Promise {
    Promise {
        held: promise.synced.clone(),
        ..promise
    }
}

/// The promise that can be kept when the disk has lost what was not synced without a new start of the machine: a disk that
/// was pulled, a share or its server that went away.
fn what_is_left(
    promise: Promise,
    on_disk: u64,
    file: &BackupFile,
    observer: &dyn Observer,
) -> Promise {
    if !has_lost(&promise, on_disk) {
        return promise;
    }
    let lost = promise.held.total() - promise.synced.total();
    warn(
        observer,
        file,
        format!(
            "the disk has lost {lost} bytes that were not synced: resuming from those that were"
        ),
    );
    synced_only(promise)
}

/// Makes a part and its journal those of this run. A run that thinks them its own finds out before it publishes anything.
///
/// # Errors
/// What the disk says, [`StorageError::Disturbed`] among it when another run was first.
fn claim(
    folder: &Folder,
    file: &BackupFile,
    part: PartFile,
    promise: Promise,
) -> Result<Option<Part>, DownloadError> {
    let Promise {
        header,
        held,
        digest,
        ..
    } = promise;
    // Two runs must never write to one file. What may have another writer still is copied, which costs less than that.
    let part = if header.writer() == Standing::Gone && part.is_alone()? {
        part
    } else {
        let stretches: Vec<_> = held
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect();
        match part.copy(folder, &file.name, &stretches)? {
            Some(copy) => copy,
            None => return Ok(None),
        }
    };
    // The new journal calls all of it synced, so that must be true whoever wrote it. The old one vouches for it until the
    // new one is on the disk.
    part.sync()?;
    let header = Header::new(header.name, header.link, header.length, header.validator);
    let name = journal::file_name(&file.name);
    let writing = |error| StorageError::new(&folder.join(&name), "writing", error);
    let opening = journal::opening(&header, &held).map_err(writing)?;
    let journal = folder.replace_known(&name, opening.as_bytes(), Some(&digest))?;
    let journal = Journal::go_on(journal, opening.len() as u64);
    Ok(Some(Part::resumed(part, &header, held, journal)))
}

/// Why a part file can't be gone on with.
fn mismatch(on_disk: u64, promise: &Promise, file: &BackupFile) -> Option<String> {
    let Promise { header, held, .. } = promise;
    let Some(length) = header.length else {
        return Some("the server did not report its length".into());
    };
    if on_disk > length {
        return Some("it is longer than the file on the server".into());
    }
    if on_disk < held.end() {
        return Some("it is shorter than its journal says".into());
    }
    // With a validator the server itself judges whether it is the same file; without one the link has to.
    if header.validator.if_range().is_none() && header.link != safe_url(&file.url) {
        return Some("it came from another link".into());
    }
    None
}

/// Verifies a file that has its final name but is not in the manifest, and notes it there.
fn adopt(
    publisher: &Publisher,
    file: &BackupFile,
    allow_unverified: bool,
) -> Result<(), DownloadError> {
    let path = publisher.store().file(&file.name);
    let reading = |error| StorageError::new(&path, "reading", error);
    let saved: File = open_own(&path).map_err(reading)?;
    let (verified, untested) = match verify_file(&saved) {
        Ok(verified) => (verified, None),
        Err(FinishError::Untested(zip)) if allow_unverified => (zip.file, Some(zip.reason)),
        Err(FinishError::Untested(zip)) => {
            return Err(error::unverified(&zip.reason, &path.display().to_string()).into());
        }
        Err(FinishError::Corrupt(corrupt)) => {
            return Err(
                error::not_as_manifest(&path.display().to_string(), &corrupt.reason).into(),
            );
        }
        Err(FinishError::Io(error)) => return Err(reading(error).into()),
    };
    let journal = publisher.folder().join(&journal::file_name(&file.name));
    let validator = match journal::load(&journal, &file.name) {
        Ok(Some(Ok(promise))) => promise.header.validator,
        _ => Validator::default(),
    };
    let finished = Finished {
        name: file.name.clone(),
        verified,
        validator,
        untested,
    };
    publisher.adopt([&finished].into_iter())?;
    Ok(())
}

/// Whether a final name without a journal is what a crash left of [`accept`].
fn is_being_accepted(publisher: &Publisher, file: &BackupFile, length: u64) -> bool {
    publisher
        .manifest()
        .entry(&file.name)
        .is_some_and(|entry| entry.state == FileState::Unverified && entry.size == Some(length))
}

/// Gives a file that an earlier run kept as unverified its final name, if it is still what it was. False: there is none.
fn accept(
    publisher: &Publisher,
    file: &BackupFile,
    observer: &dyn Observer,
) -> Result<bool, DownloadError> {
    let known = publisher.manifest().entry(&file.name).cloned();
    let Some(entry) = known.filter(|entry| entry.state == FileState::Unverified) else {
        return Ok(false);
    };
    let store = publisher.store();
    let path = store.aside(&file.name, Aside::Unverified);
    let kept = match open_own(&path) {
        Ok(kept) => kept,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StorageError::new(&path, "opening", error).into()),
    };
    let zip = match verify_file(&kept) {
        Err(FinishError::Untested(zip)) if entry.sha256.as_ref() == Some(&zip.file.sha256) => zip,
        Err(FinishError::Io(error)) => {
            return Err(StorageError::new(&path, "reading", error).into());
        }
        _ => return Ok(false),
    };
    store.accept_aside(&file.name, &kept)?;
    let message = format!("accepted without verification: {}", zip.reason);
    warn(observer, file, message);
    let finished = Finished {
        name: file.name.clone(),
        verified: zip.file,
        validator: Validator {
            etag: entry.etag,
            last_modified: entry.last_modified,
            ..Validator::default()
        },
        untested: Some(zip.reason),
    };
    publisher.adopt([&finished].into_iter())?;
    Ok(true)
}

/// Files that were on an earlier list, were never saved, and are not on this one.
pub(crate) fn vanished(manifest: &Manifest, backup: &Backup) -> Vec<FileName> {
    let listed: HashSet<&FileName> = backup.files.iter().map(|file| &file.name).collect();
    manifest
        .files
        .iter()
        .filter(|entry| !entry.is_saved())
        .filter(|entry| !listed.contains(&entry.name))
        .map(|entry| entry.name.clone())
        .collect()
}

fn warn(observer: &dyn Observer, file: &BackupFile, message: String) {
    observer.event(Event::Warning {
        name: Some(file.name.clone()),
        message,
    });
}
