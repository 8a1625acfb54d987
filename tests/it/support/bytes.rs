//! Repeatable bytes with no repeating pattern: a piece that lands in the wrong place, or twice, always shows.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::zips::{Method, ZipWriter};

pub const KIB: u64 = 1024;
pub const MIB: u64 = 1024 * KIB;

/// `len` bytes that depend on nothing but `seed` and their place.
pub fn random(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    fill(seed, 0, &mut bytes);
    bytes
}

/// The bytes at `offset` of the endless sequence named `seed`.
pub fn fill(seed: u64, offset: u64, buffer: &mut [u8]) {
    let skip = usize::try_from(offset % 8).expect("less than 8");
    let mut index = offset / 8;
    let (head, rest) = buffer.split_at_mut(buffer.len().min((8 - skip) % 8));
    if !head.is_empty() {
        head.copy_from_slice(&word(seed, index)[skip..skip + head.len()]);
        index += 1;
    }
    for chunk in rest.chunks_mut(8) {
        chunk.copy_from_slice(&word(seed, index)[..chunk.len()]);
        index += 1;
    }
}

/// `SplitMix64` as a function of the place, so that any stretch of a large file is made without the ones before it.
fn word(seed: u64, index: u64) -> [u8; 8] {
    let mut z = seed
        .wrapping_mul(0xd134_2543_de82_ef95)
        .wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)).to_le_bytes()
}

/// The bytes of a file, wherever they are; only what is asked for is ever in memory.
#[derive(Debug, Clone, Default)]
pub struct Content {
    parts: Vec<(u64, Part)>,
}

#[derive(Debug, Clone)]
enum Part {
    Memory(Bytes),
    Generated(u64),
    Disk(Arc<File>),
}

impl Content {
    /// Bytes made on the fly: no zip, only bytes.
    pub fn generated(seed: u64, len: u64) -> Content {
        Content {
            parts: vec![(len, Part::Generated(seed))],
        }
    }

    /// A sound zip with one stored entry of `len` bytes that are made on the fly, for tests with large files.
    pub fn stored_zip(seed: u64, len: u64) -> Content {
        let mut zip = ZipWriter::new(Vec::new());
        let name = format!("Attachments/{}_Video.mp4", 510_000_000_000_000 + seed);
        zip.stored_elsewhere(&name, checksum(seed, len), len);
        let header = std::mem::take(zip.out());
        let end = zip.finish().expect("memory takes every byte");
        Content {
            parts: vec![
                (header.len() as u64, Part::Memory(header.into())),
                (len, Part::Generated(seed)),
                (end.len() as u64, Part::Memory(end.into())),
            ],
        }
    }

    /// A file on disk, read piece by piece. It may be deleted meanwhile.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn disk(path: &Path) -> io::Result<Content> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Content {
            parts: vec![(len, Part::Disk(Arc::new(file)))],
        })
    }

    pub fn len(&self) -> u64 {
        self.parts.iter().map(|(len, _)| len).sum()
    }

    /// Fills the whole `buffer` from `offset`.
    ///
    /// # Errors
    /// When the file on disk cannot be read, or the content ends before.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut begin = 0;
        let mut filled = 0;
        for (len, part) in &self.parts {
            let at = offset + filled as u64;
            let end = begin + len;
            if filled < buffer.len() && at < end {
                let room = usize::try_from(end - at).unwrap_or(usize::MAX);
                let stop = buffer.len().min(filled.saturating_add(room));
                let piece = &mut buffer[filled..stop];
                match part {
                    Part::Memory(bytes) => {
                        let from = usize::try_from(at - begin).expect("it is in memory");
                        piece.copy_from_slice(&bytes[from..from + piece.len()]);
                    }
                    Part::Generated(seed) => fill(*seed, at - begin, piece),
                    Part::Disk(file) => read_exact_at(file, piece, at - begin)?,
                }
                filled = stop;
            }
            begin = end;
        }
        if filled == buffer.len() {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// All of it, for comparisons.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = vec![0; usize::try_from(self.len()).expect("it fits in memory")];
        self.read_at(0, &mut all).expect("the content is readable");
        all
    }
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Content {
        let bytes = bytes.into();
        Content {
            parts: vec![(bytes.len() as u64, Part::Memory(bytes))],
        }
    }
}

fn checksum(seed: u64, len: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut done = 0;
    while done < len {
        let piece = usize::try_from(len - done)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        fill(seed, done, &mut buffer[..piece]);
        hasher.update(&buffer[..piece]);
        done += piece as u64;
    }
    hasher.finalize()
}

/// A small sound zip with one stored entry; about `len` bytes long.
pub fn small_zip(seed: u64, len: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    let name = format!("Attachments/{}_Photo.jpg", 510_000_000_000_000 + seed);
    zip.add(&name, Method::Stored, &random(seed, len))
        .expect("memory takes every byte");
    zip.finish().expect("memory takes every byte")
}

#[cfg(unix)]
fn read_exact_at(file: &File, piece: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, piece, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut piece: &mut [u8], mut at: u64) -> io::Result<()> {
    while !piece.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, piece, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        piece = &mut piece[read..];
        at += read as u64;
    }
    Ok(())
}
