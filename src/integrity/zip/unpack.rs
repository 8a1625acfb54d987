//! Unpacking in memory, in steps of bounded size.

use std::io;
use std::ops::ControlFlow;

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};

use super::reader::Reader;
use super::record::{DEFLATED, Measured};

/// Unpacked at a time: all that a step of packed bytes usually becomes. The inflater saves its window each time that it
/// runs out of room: with 64 KB here a test of CSV files took 1.13 of the time, with 2 MB no less than with this.
const ROOM: usize = 512 << 10;

/// Where unpacked bytes begin to be held against packed ones. Below this a bomb costs no more than seconds.
const RATIO_FROM: u64 = 1 << 30;

/// CSV files of empty columns pack at 100:1 and above, one at a time; a whole archive of more than this is no backup.
const MOST_RATIO: u64 = 600;

/// Whether so few bytes that unpack to so many are a zip bomb.
pub(super) fn is_bomb(packed: u64, unpacked: u64) -> bool {
    unpacked > RATIO_FROM && unpacked / MOST_RATIO > packed
}

/// Room for what is unpacked, one for each thread: what is in it is of no use after a call.
#[derive(Debug)]
pub(crate) struct Scratch(Box<[u8]>);

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch(vec![0; ROOM].into())
    }
}

/// The next of the packed bytes, unpacked.
pub(super) struct Step<'a> {
    /// How many packed bytes were used up.
    pub(super) taken: usize,
    pub(super) unpacked: &'a [u8],
    pub(super) is_last: bool,
}

/// Nothing: the bytes can't be unpacked, or would be asked for again for ever.
pub(super) fn step<'a>(
    inflate: &mut Decompress,
    packed: &[u8],
    scratch: &'a mut Scratch,
) -> Option<Step<'a>> {
    let (before, unpacked_before) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(packed, &mut scratch.0, FlushDecompress::None);
    let is_last = matches!(status.ok()?, Status::StreamEnd);
    let taken = usize::try_from(inflate.total_in() - before).ok()?;
    let unpacked = usize::try_from(inflate.total_out() - unpacked_before).ok()?;
    (is_last || taken + unpacked > 0).then(|| Step {
        taken,
        unpacked: &scratch.0[..unpacked],
        is_last,
    })
}

/// Unpacks the data of entries, one after the other; one for each thread.
pub(crate) struct Unpacker {
    inflate: Decompress,
    scratch: Scratch,
}

impl Default for Unpacker {
    fn default() -> Unpacker {
        Unpacker {
            inflate: Decompress::new(false),
            scratch: Scratch::default(),
        }
    }
}

/// What the data of an entry turned out to be.
pub(super) enum Found {
    /// Of the size that it should have, with this CRC-32.
    Crc(u32),
    OtherSize,
}

impl Found {
    /// In what it differs from what the directory says; nothing where it does not.
    pub(super) fn differs(self, said: Measured) -> Option<String> {
        let there = said.crc;
        match self {
            Found::Crc(here) if here == there => None,
            Found::Crc(here) => Some(format!(
                "has the CRC-32 {here:08x}, the central directory says {there:08x}"
            )),
            Found::OtherSize => Some(format!(
                "does not unpack to the {} bytes that the central directory says",
                said.unpacked
            )),
        }
    }
}

impl Unpacker {
    /// Reads data of a known `method` and hands out what is in it, never more than one step beyond what is `said` of it, until
    /// `take` has enough.
    pub(super) fn unpack<B>(
        &mut self,
        reader: &mut Reader,
        method: u16,
        said: Measured,
        mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
    ) -> io::Result<ControlFlow<B, Found>> {
        let mut crc = Hasher::new();
        let take = |bytes: &[u8]| {
            crc.update(bytes);
            take(bytes)
        };
        let whole = if method == DEFLATED {
            self.inflate(reader, said, take)?
        } else {
            copy(reader, said, take)?
        };
        Ok(whole.map_continue(|is_whole| {
            if is_whole {
                Found::Crc(crc.finalize())
            } else {
                Found::OtherSize
            }
        }))
    }

    /// Whether both sizes are what they should be.
    fn inflate<B>(
        &mut self,
        reader: &mut Reader,
        said: Measured,
        mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
    ) -> io::Result<ControlFlow<B, bool>> {
        self.inflate.reset(false);
        loop {
            let left = said.packed - self.inflate.total_in();
            // At the end the inflater may still hold what it has not put out.
            let bytes = match left {
                0 => &[][..],
                left => reader.some(left)?,
            };
            let Some(step) = step(&mut self.inflate, bytes, &mut self.scratch) else {
                return Ok(ControlFlow::Continue(false));
            };
            if let ControlFlow::Break(enough) = take(step.unpacked) {
                return Ok(ControlFlow::Break(enough));
            }
            reader.skip(step.taken as u64);
            if step.is_last {
                break;
            }
            if self.inflate.total_out() > said.unpacked {
                return Ok(ControlFlow::Continue(false));
            }
        }
        let sizes = (self.inflate.total_in(), self.inflate.total_out());
        Ok(ControlFlow::Continue(sizes == (said.packed, said.unpacked)))
    }
}

/// Stored data. Whether it has the size that it should have.
fn copy<B>(
    reader: &mut Reader,
    said: Measured,
    mut take: impl FnMut(&[u8]) -> ControlFlow<B>,
) -> io::Result<ControlFlow<B, bool>> {
    if said.packed != said.unpacked {
        return Ok(ControlFlow::Continue(false));
    }
    let mut enough = None;
    reader.pass(said.packed, |bytes| match take(bytes) {
        ControlFlow::Continue(()) => true,
        ControlFlow::Break(value) => {
            enough = Some(value);
            false
        }
    })?;
    Ok(enough.map_or(ControlFlow::Continue(true), ControlFlow::Break))
}
