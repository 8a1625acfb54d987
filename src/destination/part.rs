//! A file on its way to its final name.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;

use super::StorageError;

/// Below this a file is not worth a call that reserves its space.
const WORTH_RESERVING: u64 = 1 << 20;

/// A file that is being fetched, under a hidden name.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
}

impl Part {
    pub(super) fn new(file: File, path: PathBuf) -> Part {
        Part { file, path }
    }

    /// The open file, to read from.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Length in bytes.
    ///
    /// # Errors
    /// What the disk says.
    pub fn length(&self) -> Result<u64, StorageError> {
        Ok(self.metadata()?.size())
    }

    /// Bytes of the disk that the file takes up already, reserved ones included.
    ///
    /// # Errors
    /// What the disk says.
    pub fn allocated(&self) -> Result<u64, StorageError> {
        // In units of 512 bytes whatever the file system's block size (stat(2)).
        Ok(self.metadata()?.blocks().saturating_mul(512))
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
    /// [`StorageError::Full`].
    pub fn reserve(&self, length: u64) -> Result<(), StorageError> {
        if length < WORTH_RESERVING {
            return Ok(());
        }
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, 0, length) {
            Err(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) => Err(StorageError::new(
                &self.path,
                "reserving space",
                rustix::io::Errno::NOSPC.into(),
            )),
            // Not every file system can; then the writes will tell.
            _ => Ok(()),
        }
    }

    /// Gives back the room that was reserved beyond what was written, as far as the file system can.
    pub fn give_room_back(&self) {
        if let Ok(length) = self.length() {
            let _ = self.file.set_len(length);
        }
    }

    /// Throws away what was written, as far as the file system can.
    pub fn empty(&self) {
        let _ = self.file.set_len(0);
    }

    /// Writes all of the pieces, one after the other, from `at` on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write_at(&self, mut at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        let failed = |error| StorageError::new(&self.path, "writing", error);
        let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut left = slices.as_mut_slice();
        while !left.is_empty() {
            match rustix::io::pwritev(&self.file, left, at) {
                Ok(0) => return Err(failed(io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    at += written as u64;
                    IoSlice::advance_slices(&mut left, written);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(failed(error.into())),
            }
        }
        Ok(())
    }

    /// Fills the buffer from `at` on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), StorageError> {
        self.file
            .read_exact_at(buffer, at)
            .map_err(|error| StorageError::new(&self.path, "reading", error))
    }

    /// Waits until what was written is on the disk itself.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync(&self) -> Result<(), StorageError> {
        self.file
            .sync_data()
            .map_err(|error| StorageError::new(&self.path, "syncing", error))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
