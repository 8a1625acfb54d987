//! Files of ours: read, created and removed, and whatever else has their names is refused.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::error::{During, StorageError};
use super::sys;
use crate::integrity::digest::Digester;

/// Reads a whole file of ours; nothing when it is not there.
///
/// # Errors
/// [`ErrorKind::InvalidData`] when it is longer than `largest` bytes.
pub(crate) fn read_own(path: &Path, largest: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = unless_missing(open_own(path))? else {
        return Ok(None);
    };
    let mut content = Vec::new();
    file.take(largest + 1).read_to_end(&mut content)?;
    if content.len() as u64 > largest {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "the file is too long",
        ));
    }
    Ok(Some(content))
}

/// Opens a file to read. A symbolic link is refused.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] when it is no file.
pub(crate) fn open_own(path: &Path) -> io::Result<File> {
    only_a_file(sys::open_no_follow(OpenOptions::new().read(true), path)?)
}

/// What was opened under a name of ours must be a plain file: a pipe or a device there is not ours.
pub(super) fn only_a_file(file: File) -> io::Result<File> {
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        Ok(file)
    } else if kind.is_dir() {
        Err(ErrorKind::IsADirectory.into())
    } else {
        Err(ErrorKind::AlreadyExists.into())
    }
}

/// Opens a file of ours to read and write; nothing when it is not there.
pub(super) fn reopen(path: &Path) -> Result<Option<File>, StorageError> {
    let mut options = OpenOptions::new();
    sys::alone(options.read(true).write(true));
    unless_missing(sys::open_no_follow(&options, path)).during("opening", path)
}

/// An empty file, to read and write, in the place of an older one.
pub(super) fn create(path: &Path) -> Result<File, StorageError> {
    refuse_unless_file(path)?;
    remove(path)?;
    let mut options = OpenOptions::new();
    sys::private(options.read(true).write(true).create_new(true));
    sys::open_no_follow(sys::alone(&mut options), path).during("creating", path)
}

/// Removes a file or a symbolic link of ours; that it was not there is fine.
pub(super) fn remove(path: &Path) -> Result<(), StorageError> {
    unless_missing(sys::remove_file(path))
        .map(|_| ())
        .during("removing", path)
}

/// The digest of a file; nothing when it is not there.
pub(super) fn digest(path: &Path) -> Result<Option<String>, StorageError> {
    let digest = || {
        let Some(mut file) = unless_missing(open_own(path))? else {
            return Ok(None);
        };
        let mut digester = Digester::default();
        io::copy(&mut file, &mut digester)?;
        Ok(Some(digester.finish()))
    };
    digest().during("reading", path)
}

/// Refuses what stands at `path` unless it is a plain file, or nothing.
pub(super) fn refuse_unless_file(path: &Path) -> Result<(), StorageError> {
    refuse_unless(path, Metadata::is_file, "something that is not a file")
}

/// Refuses what stands at `path` unless it is a real folder, or nothing.
pub(super) fn refuse_unless_folder(path: &Path) -> Result<(), StorageError> {
    refuse_unless(path, Metadata::is_dir, "something that is not a folder")
}

fn refuse_unless(
    path: &Path,
    right: fn(&Metadata) -> bool,
    otherwise: &str,
) -> Result<(), StorageError> {
    match unless_missing(path.symlink_metadata()) {
        Ok(Some(found)) if found.is_symlink() => {
            Err(StorageError::in_the_way(path, "a symbolic link"))
        }
        Ok(Some(found)) if !right(&found) => Err(StorageError::in_the_way(path, otherwise)),
        Ok(_) => Ok(()),
        Err(error) => Err(StorageError::new(path, "checking", error)),
    }
}

fn unless_missing<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
