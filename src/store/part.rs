//! A file on its way to its final name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::StorageError;
use super::disk::Disk;
use super::naming::Named;
use super::sys::{self, Stamp, is_at};

/// Below this a file is not worth a call that reserves its space.
const WORTH_RESERVING: u64 = 1 << 20;

/// A file that is being fetched, under a hidden name.
#[derive(Debug)]
pub(crate) struct Part {
    file: File,
    path: PathBuf,
    disk: Arc<Disk>,
    /// As it was when its last byte had been verified.
    settled: OnceLock<Stamp>,
}

impl Part {
    pub(super) fn new(file: File, path: PathBuf, disk: &Arc<Disk>) -> Part {
        Part {
            file,
            path,
            disk: Arc::clone(disk),
            settled: OnceLock::new(),
        }
    }

    /// The open file, to read from.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Length in bytes.
    pub(crate) fn length(&self) -> Result<u64, StorageError> {
        Ok(self.metadata()?.len())
    }

    /// Bytes of the disk that the file takes up already, reserved ones included.
    pub(crate) fn allocated(&self) -> Result<u64, StorageError> {
        Ok(sys::allocated(&self.metadata()?))
    }

    fn metadata(&self) -> Result<std::fs::Metadata, StorageError> {
        self.file
            .metadata()
            .map_err(|error| StorageError::new(&self.path, "reading", error))
    }

    /// Reserves the room for `length` bytes where the file system can, so that a full disk is met now and not after an
    /// hour, and the file lies in one piece.
    ///
    /// # Errors
    /// [`StorageError::Full`]; [`StorageError::TooLarge`], also by the limit of the process.
    pub(crate) fn reserve(&self, length: u64) -> Result<(), StorageError> {
        let reserve = || {
            sys::check_length(length)?;
            if length < WORTH_RESERVING {
                return Ok(());
            }
            sys::reserve(&self.file, length)
        };
        reserve().map_err(|error| self.failed("reserving space", error))
    }

    /// Gives back the room that was reserved beyond what was written, as far as the file system can.
    pub(crate) fn give_room_back(&self) {
        if let Ok(length) = self.length() {
            let _ = self.file.set_len(length);
        }
    }

    /// Throws away what was written, as far as the file system can. What has another name by now is left alone.
    pub(crate) fn empty(&self) {
        if self.is_named().unwrap_or(false) {
            let _ = self.file.set_len(0);
        }
    }

    /// Whether its name is still its own.
    pub(super) fn is_named(&self) -> Result<bool, StorageError> {
        is_at(&self.path, &self.file).map_err(|error| self.failed("checking", error))
    }

    /// Whether it has one name, and that is its own: a file with a second one may be somebody else's, too.
    pub(crate) fn is_alone(&self) -> Result<bool, StorageError> {
        Ok(self.is_named()? && sys::has_one_name(&self.metadata()?))
    }

    pub(super) fn named(&self) -> Named<'_> {
        Named {
            file: &self.file,
            path: &self.path,
        }
    }

    /// Copies a stretch of another part, which shares its blocks where the file system can.
    pub(super) fn take_over(&self, from: &Part, start: u64, end: u64) -> Result<(), StorageError> {
        let copy = || {
            let (mut source, mut target) = (&from.file, &self.file);
            source.seek(SeekFrom::Start(start))?;
            target.seek(SeekFrom::Start(start))?;
            io::copy(&mut source.take(end - start), &mut target)
        };
        match copy() {
            Ok(bytes) if bytes == end - start => Ok(()),
            Ok(_) => Err(StorageError::disturbed(&from.path)),
            Err(error) => Err(self.failed("copying", error)),
        }
    }

    /// It is verified: makes it durable, and remembers it as it is now. Only as such it gets a final name.
    pub(crate) fn settle(&self) -> Result<(), StorageError> {
        self.sync()?;
        let stamp = Stamp::of(&self.file).map_err(|error| self.failed("reading", error))?;
        self.settled.get_or_init(|| stamp);
        Ok(())
    }

    /// Whether it is still as it was when it was verified.
    pub(super) fn is_as_settled(&self) -> Result<bool, StorageError> {
        let stamp = Stamp::of(&self.file).map_err(|error| self.failed("reading", error))?;
        Ok(self.settled.get() == Some(&stamp))
    }

    fn failed(&self, doing: &'static str, error: io::Error) -> StorageError {
        StorageError::new(&self.path, doing, error)
    }

    /// Writes all of the pieces, one after the other, from `at` on.
    pub(crate) fn write_at(&self, at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        sys::write_all_at(&self.file, pieces, at).map_err(|error| self.failed("writing", error))
    }

    /// Fills the buffer from `at` on.
    pub(crate) fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), StorageError> {
        sys::read_exact_at(&self.file, buffer, at).map_err(|error| self.failed("reading", error))
    }

    /// Waits until what was written is on the disk itself.
    pub(crate) fn sync(&self) -> Result<(), StorageError> {
        self.disk
            .sync_data(&self.file)
            .map_err(|error| self.failed("syncing", error))
    }

    /// The same for the journal beside it.
    pub(crate) fn sync_journal(&self, journal: &File) -> io::Result<()> {
        self.disk.sync_data(journal)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
