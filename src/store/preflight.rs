//! What can be told of a folder without writing anything.

use std::fs::FileType;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::{During, StorageError};
use super::sys;

/// A folder that a run could save to.
#[derive(Debug)]
pub(crate) struct Destination {
    /// The folder, or the nearest one above it that exists: the rest would be made there.
    pub(crate) nearest: PathBuf,
    /// Whether the folder itself exists.
    pub(crate) exists: bool,
    /// Bytes that this user may still write there, where that is told.
    pub(crate) free: Option<u64>,
}

impl Destination {
    /// Fails when the folder can't be written, or could not be made; or something else stands in its place.
    pub(crate) fn look(folder: &Path) -> Result<Destination, StorageError> {
        let nearest = nearest(folder)?;
        sys::check_writable_folder(&nearest).during("checking", &nearest)?;
        let free = sys::free(&nearest).during("reading the free space", &nearest)?;
        Ok(Destination {
            exists: nearest == folder,
            free,
            nearest,
        })
    }

    /// What a sync says there, where the file system has none. It is tried, so this is not for a run, which must not miss the
    /// error that a failed write leaves for the next sync.
    pub(crate) fn no_sync(&self) -> Option<io::Error> {
        let synced = sys::open_folder(&self.nearest);
        let synced = synced.and_then(|folder| sys::sync_folder(&folder));
        synced.err().filter(sys::is_unknown_sync)
    }
}

/// Whether a folder is there or could be made, as far as its path tells.
pub(crate) fn check_folder(folder: &Path) -> Result<(), StorageError> {
    nearest(folder).map(|_| ())
}

/// Whether so many bytes still fit into a folder.
pub(crate) fn check_space(folder: &Path, needed: u64) -> Result<(), StorageError> {
    match Destination::look(folder)?.free {
        Some(free) if free < needed => Err(StorageError::too_small(folder, needed, free)),
        _ => Ok(()),
    }
}

fn nearest(folder: &Path) -> Result<PathBuf, StorageError> {
    for path in folder.ancestors() {
        // Above a relative path is the working folder.
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        match path.metadata() {
            Ok(found) if found.is_dir() => return Ok(path.to_owned()),
            Ok(found) => return Err(StorageError::not_a_folder(path, kind(found.file_type()))),
            Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
                let what = "a symbolic link that points nowhere";
                return Err(StorageError::not_a_folder(path, what));
            }
            // Further up it is seen what is no folder there.
            Err(error) if is_about_its_parent(error.kind()) => {}
            Err(error) => return Err(StorageError::new(path, "checking", error)),
        }
    }
    Err(StorageError::no_drive(folder))
}

fn is_about_its_parent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn kind(found: FileType) -> &'static str {
    if found.is_file() {
        "a file"
    } else if sys::is_device(found) {
        "a device"
    } else {
        "a pipe or a socket"
    }
}
