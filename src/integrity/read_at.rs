//! What a zip is read from: a file on a disk, or an object in a store.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::store::sys;

/// Several threads may read at the same time.
pub(crate) trait ReadAt: Send + Sync {
    /// In bytes.
    fn length(&self) -> io::Result<u64>;

    /// Fills the buffer with what is there from `at` on.
    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()>;

    /// This will be read soon, and once. Too much of it is better read when it is.
    fn have_at_hand(&self, stretch: Range<u64>) -> io::Result<()> {
        let _ = stretch;
        Ok(())
    }

    /// For who reads this stretch from its beginning to its end: a store is asked for it once, and not for each piece. What
    /// follows it can be read, too.
    fn in_order(&self, stretch: Range<u64>) -> Box<dyn ReadInOrder + '_>;
}

pub(crate) trait ReadInOrder {
    /// Fills the buffer with what is there from `at` on, which should not be before what was read last.
    fn read_exact_at(&mut self, buffer: &mut [u8], at: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        sys::read_exact_at(self, buffer, at)
    }

    fn in_order(&self, _: Range<u64>) -> Box<dyn ReadInOrder + '_> {
        Box::new(self)
    }
}

impl ReadInOrder for &File {
    fn read_exact_at(&mut self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        sys::read_exact_at(self, buffer, at)
    }
}
