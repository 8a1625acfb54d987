//! Where a backup is kept: a folder on a local disk that only its owner can read.
//!
//! Nothing here follows a symbolic link under a name that is about to be written, and nothing replaces a file that is
//! not ours: what stands in the way is named and left alone (`design.md` section 4).

mod disk;
mod error;
mod folder;
mod lock;
pub(crate) mod manifest;
mod naming;
mod prospect;
pub(crate) mod sys;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

pub(crate) use disk::Disk;
pub(crate) use error::StorageError;
pub(crate) use folder::{Aside, Folder, Staged};
pub(crate) use lock::{Lock, LockState};
pub(crate) use naming::Named;
pub(crate) use prospect::{Prospect, check_folder};

/// Reads a whole file of ours, at most `largest` bytes; nothing when it is not there. A symbolic link is refused.
///
/// # Errors
/// The I/O error; [`io::ErrorKind::InvalidData`] when the file is too long.
pub(crate) fn read_own(path: &Path, largest: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match open_own(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    file.take(largest + 1).read_to_end(&mut content)?;
    if content.len() as u64 > largest {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the file is too long",
        ));
    }
    Ok(Some(content))
}

/// Opens a file to read, without following a symbolic link in its last part.
///
/// # Errors
/// The I/O error; [`io::ErrorKind::AlreadyExists`] when it is no file.
pub(crate) fn open_own(path: &Path) -> io::Result<File> {
    only_a_file(sys::no_follow(OpenOptions::new().read(true)).open(path)?)
}

/// What was opened under a name of ours must be a plain file: a pipe or a device there is not ours.
fn only_a_file(file: File) -> io::Result<File> {
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if kind.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::AlreadyExists.into())
    }
}
