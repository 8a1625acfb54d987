//! What a zip is read from: a file on a disk, or an object in a store.

use std::fs::File;
use std::io;

use crate::store::sys;

/// Several threads may read at the same time.
pub(crate) trait ReadAt: Send + Sync {
    /// In bytes.
    fn length(&self) -> io::Result<u64>;

    /// Fills the buffer with what is there from `at` on.
    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        sys::read_exact_at(self, buffer, at)
    }
}
