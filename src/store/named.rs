//! Names for a file that is open, whatever another run or a person does to the names meanwhile.
//!
//! A lock may lie (NFS without its lock service, sshfs, a lock file that was deleted), so each step here looks at the file
//! itself: a name that was given is the name of the file at hand, or the step failed.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::error::{During, StorageError};
use super::own::remove;
use super::sys::{self, is_at};

/// An open file and the name it was made under.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) file: &'a File,
    pub(crate) path: &'a Path,
}

impl<'a> Named<'a> {
    pub(crate) fn new(file: &'a File, path: &'a Path) -> Named<'a> {
        Named { file, path }
    }

    /// Moves it to a name that must be free.
    pub(super) fn move_to_free(self, to: &Path) -> Result<(), StorageError> {
        // A link through the handle names the file itself, and never replaces anything.
        match sys::link_new(self.file, to) {
            Ok(()) => {
                if self.is_at(self.path)? {
                    remove(self.path)?;
                }
                self.must_be_at(to)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(StorageError::disturbed(to))
            }
            // No links on this file system (FAT, some shares), no /proc, or the file has lost its name: renaming will tell.
            Err(_) => self.rename_to_free(to),
        }
    }

    fn rename_to_free(self, to: &Path) -> Result<(), StorageError> {
        self.must_be_at(self.path)?;
        rename_new(self.path, to)?;
        if self.is_at(to)? {
            return Ok(());
        }
        // Between the look and the rename the old name came to another file. That one gets it back.
        let _ = rename_new(to, self.path);
        Err(StorageError::disturbed(self.path))
    }

    /// Moves it to a name that may be taken, and takes it from who has it.
    pub(crate) fn move_over(self, to: &Path) -> Result<(), StorageError> {
        self.must_be_at(self.path)?;
        // It was there a moment ago.
        disturbed_if(ErrorKind::NotFound, sys::rename_over(self.path, to), to)?;
        self.must_be_at(to)
    }

    /// As [`move_over`](Named::move_over), if `is_known` recognises what has the name. Where the file system can exchange two
    /// names, nobody's newer file is lost even if it comes at the last moment.
    pub(super) fn move_over_known(
        self,
        to: &Path,
        is_known: impl Fn(&Path) -> Result<bool, StorageError>,
    ) -> Result<(), StorageError> {
        match sys::exchange(self.path, to) {
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                if !is_known(to)? {
                    return Err(StorageError::disturbed(to));
                }
                return self.move_over(to);
            }
            outcome => disturbed_if(ErrorKind::NotFound, outcome, to)?,
        }
        if self.is_at(to)? && is_known(self.path)? {
            return remove(self.path);
        }
        let _ = sys::exchange(self.path, to);
        Err(StorageError::disturbed(to))
    }

    /// Takes its name away, if that is still its own: what came to nothing leaves no litter.
    pub(super) fn forget(self) {
        if self.is_at(self.path).unwrap_or(false) {
            let _ = remove(self.path);
        }
    }

    /// Whether the name is still its own.
    pub(crate) fn is_there(self) -> Result<bool, StorageError> {
        self.is_at(self.path)
    }

    pub(super) fn must_be_at(self, path: &Path) -> Result<(), StorageError> {
        if self.is_at(path)? {
            Ok(())
        } else {
            Err(StorageError::disturbed(path))
        }
    }

    fn is_at(self, path: &Path) -> Result<bool, StorageError> {
        is_at(path, self.file).during("checking", path)
    }
}

/// Renames, and refuses to replace.
pub(super) fn rename_new(from: &Path, to: &Path) -> Result<(), StorageError> {
    disturbed_if(ErrorKind::AlreadyExists, sys::rename_new(from, to), to)
}

/// One kind of failure shows that somebody else is at work.
fn disturbed_if(kind: ErrorKind, outcome: io::Result<()>, to: &Path) -> Result<(), StorageError> {
    match outcome {
        Err(error) if error.kind() == kind => Err(StorageError::disturbed(to)),
        outcome => outcome.during("renaming", to),
    }
}
