//! A stretch of a file, read once from its beginning to its end.

use std::io;

use crate::integrity::read_at::{ReadAt, ReadInOrder};

/// Holds the longest record, 46 bytes and three fields of up to 65,535, and is no burden to the processor's cache.
const BUFFER: usize = 256 << 10;

pub(super) struct Reader<'a> {
    file: Box<dyn ReadInOrder + 'a>,
    /// Offset of the next byte.
    at: u64,
    /// First byte after the stretch.
    end: u64,
    /// As far as is read if nothing unexpected comes.
    expected: u64,
    buffer: Box<[u8]>,
    /// What of the buffer was read from the file and not taken yet.
    held: std::ops::Range<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a dyn ReadAt, start: u64, end: u64) -> Reader<'a> {
        Reader::expecting(file, start, end, end)
    }

    /// Of a stretch that will hardly be read beyond `expected`.
    pub(super) fn expecting(
        file: &'a dyn ReadAt,
        start: u64,
        expected: u64,
        end: u64,
    ) -> Reader<'a> {
        Reader {
            file: file.in_order(start..expected),
            at: start,
            end,
            expected,
            buffer: vec![0; BUFFER].into(),
            held: 0..0,
        }
    }

    /// Offset of the next byte.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes are left of the stretch.
    pub(super) fn left(&self) -> u64 {
        self.end - self.at
    }

    /// The next `count` bytes, which stay the next ones; fewer where the stretch ends before.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let wanted = usize::try_from(self.left()).map_or(count, |left| left.min(count));
        while self.held.len() < wanted {
            self.fill()?;
        }
        Ok(&self.buffer[self.held.start..][..wanted])
    }

    /// The next bytes, as many as are at hand, but no more than `most`.
    pub(super) fn some(&mut self, most: u64) -> io::Result<&[u8]> {
        if self.held.is_empty() {
            self.fill()?;
        }
        let count = usize::try_from(most).map_or(self.held.len(), |most| most.min(self.held.len()));
        Ok(&self.buffer[self.held.start..][..count])
    }

    /// Passes over so many bytes of the stretch, as long as they are `right`. Whether all were.
    pub(super) fn pass(
        &mut self,
        count: u64,
        mut right: impl FnMut(&[u8]) -> bool,
    ) -> io::Result<bool> {
        let mut left = count;
        while left > 0 {
            let bytes = self.some(left)?;
            if !right(bytes) {
                return Ok(false);
            }
            let count = bytes.len() as u64;
            left -= count;
            self.skip(count);
        }
        Ok(true)
    }

    /// Passes over bytes of the stretch.
    pub(super) fn skip(&mut self, count: u64) {
        let count = count.min(self.left());
        self.at += count;
        self.held = match usize::try_from(count) {
            Ok(count) if count <= self.held.len() => self.held.start + count..self.held.end,
            _ => 0..0,
        };
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.held.clone(), 0);
        let held = self.held.len();
        let room = self.buffer.len() - held;
        let at = self.at + held as u64;
        let end = if at < self.expected {
            self.expected
        } else {
            self.end
        };
        let count = usize::try_from(end - at).map_or(room, |behind| behind.min(room));
        let place = &mut self.buffer[held..held + count];
        self.file.read_exact_at(place, at)?;
        self.held = 0..held + count;
        Ok(())
    }
}
