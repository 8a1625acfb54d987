//! The strict judgement: reads a zip from its first byte on, entry after entry, as the bytes come.

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};

use super::Scratch;
use super::directory::Said;
use super::local::{
    CENTRAL, DEFLATED, DESCRIPTOR_LOOK, END, END_64, FIXED, LOCAL, LocalHeader, Measured,
    descriptor_length,
};

/// More entries than any real backup has; bounds the memory, 48 bytes for each.
pub(super) const MOST_ENTRIES: usize = 4_000_000;

/// Where unpacked bytes begin to be held against packed ones. Below this a bomb costs no more than seconds.
pub(super) const RATIO_FROM: u64 = 1 << 30;

/// CSV files of empty columns pack at 100:1 and above, one at a time; a whole archive of more than this is no backup.
pub(super) const MOST_RATIO: u64 = 600;

/// Everything before the central directory.
#[derive(Debug)]
pub(super) struct Entries {
    /// In the order of their offsets.
    pub(super) seen: Vec<Said>,
    /// Where the central directory begins.
    pub(super) end: u64,
}

/// What the next bytes are.
enum Stage {
    /// The signature of a record.
    Signature,
    /// The rest of a local header.
    Header,
    /// Stored data, of which so much is left.
    Stored { left: u64 },
    /// Deflated data.
    Deflated,
    /// Behind the data of an entry that announced a descriptor.
    Descriptor,
    /// The central directory and what follows: read in the end, from the file.
    Directory,
}

/// See the module's front page.
pub(super) struct ZipStream {
    stage: Stage,
    /// Bytes of a record that is not whole yet.
    pending: Vec<u8>,
    /// Offset of the next byte.
    at: u64,
    entry: Option<Entry>,
    seen: Vec<Said>,
    directory: u64,
    inflate: Decompress,
    unpacked_in_all: u64,
}

/// The entry whose data is being read.
struct Entry {
    offset: u64,
    header: LocalHeader,
    crc: Hasher,
    packed: u64,
    unpacked: u64,
}

impl std::fmt::Debug for ZipStream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ZipStream")
            .field("at", &self.at)
            .field("entries", &self.seen.len())
            .finish_non_exhaustive()
    }
}

impl Default for ZipStream {
    fn default() -> ZipStream {
        ZipStream {
            stage: Stage::Signature,
            pending: Vec::new(),
            at: 0,
            entry: None,
            seen: Vec::new(),
            directory: 0,
            inflate: Decompress::new(false),
            unpacked_in_all: 0,
        }
    }
}

impl ZipStream {
    /// The next bytes. What they unpack to goes through `scratch`.
    pub(super) fn feed(&mut self, mut bytes: &[u8], scratch: &mut Scratch) -> Result<(), String> {
        while !bytes.is_empty() {
            let taken = match self.stage {
                Stage::Signature => self.take_signature(bytes)?,
                Stage::Header => self.take_header(bytes)?,
                Stage::Stored { left } => self.take_stored(bytes, left)?,
                Stage::Deflated => self.take_deflated(bytes, &mut scratch.0)?,
                Stage::Descriptor => self.take_descriptor(bytes)?,
                Stage::Directory => bytes.len(),
            };
            self.at += taken as u64;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// All bytes were fed.
    pub(super) fn finish(self) -> Result<Entries, String> {
        match (self.stage, self.entry) {
            (Stage::Directory, _) => Ok(Entries {
                seen: self.seen,
                end: self.directory,
            }),
            (_, Some(entry)) => Err(entry.header.wrong(entry.offset, "is cut off")),
            _ => Err(format!("it is cut off at byte {}", self.at)),
        }
    }

    /// Collects up to `wanted` bytes of a record. How many were taken, and whether they are all there.
    fn collect(&mut self, bytes: &[u8], wanted: usize) -> (usize, bool) {
        let missing = wanted.saturating_sub(self.pending.len());
        let taken = missing.min(bytes.len());
        self.pending.extend_from_slice(&bytes[..taken]);
        (taken, self.pending.len() >= wanted)
    }

    fn take_signature(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let (taken, whole) = self.collect(bytes, 4);
        if !whole {
            return Ok(taken);
        }
        let offset = self.at + taken as u64 - self.pending.len() as u64;
        if self.pending.starts_with(&LOCAL) {
            self.stage = Stage::Header;
        } else if [CENTRAL, END, END_64]
            .iter()
            .any(|record| self.pending.starts_with(record))
        {
            self.directory = offset;
            self.pending.clear();
            self.stage = Stage::Directory;
        } else {
            return Err(format!("bytes that belong to no entry, at byte {offset}"));
        }
        Ok(taken)
    }

    fn take_header(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let (mut taken, whole) = self.collect(bytes, FIXED);
        if !whole {
            return Ok(taken);
        }
        let (more, whole) = self.collect(&bytes[taken..], LocalHeader::length(&self.pending));
        taken += more;
        if !whole {
            return Ok(taken);
        }
        let offset = self.at + taken as u64 - self.pending.len() as u64;
        let Some(header) = LocalHeader::parse(&self.pending) else {
            return Err(format!("the header at byte {offset} is damaged"));
        };
        self.pending.clear();
        if let Some(why) = header.untestable() {
            return Err(header.wrong(offset, &why));
        }
        if self.seen.len() >= MOST_ENTRIES {
            return Err(format!("more than {MOST_ENTRIES} entries"));
        }
        self.begin(offset, header);
        Ok(taken)
    }

    fn begin(&mut self, offset: u64, header: LocalHeader) {
        self.stage = match header.method {
            DEFLATED => {
                self.inflate.reset(false);
                Stage::Deflated
            }
            // With a descriptor the length may stand behind the data: then nobody can tell here where that is.
            _ => Stage::Stored {
                left: header.measured.packed,
            },
        };
        self.entry = Some(Entry {
            offset,
            header,
            crc: Hasher::new(),
            packed: 0,
            unpacked: 0,
        });
        if matches!(self.stage, Stage::Stored { left: 0 }) {
            self.stage = Stage::Descriptor;
        }
    }

    fn take_stored(&mut self, bytes: &[u8], left: u64) -> Result<usize, String> {
        let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.count(taken as u64, taken as u64)?;
        if let Some(entry) = &mut self.entry {
            entry.crc.update(&bytes[..taken]);
        }
        let left = left - taken as u64;
        self.stage = if left == 0 {
            Stage::Descriptor
        } else {
            Stage::Stored { left }
        };
        Ok(taken)
    }

    fn take_deflated(&mut self, bytes: &[u8], unpacked_bytes: &mut [u8]) -> Result<usize, String> {
        let (packed_before, unpacked_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(bytes, unpacked_bytes, FlushDecompress::None);
        let packed = self.inflate.total_in() - packed_before;
        let unpacked = self.inflate.total_out() - unpacked_before;
        let (Ok(taken), Ok(put_out)) = (usize::try_from(packed), usize::try_from(unpacked)) else {
            return Err(self.wrong("can't be unpacked"));
        };
        match status {
            // Nothing in and nothing out though there is room for both: it would stay like this for ever.
            Ok(Status::Ok | Status::BufError) if taken == 0 && put_out == 0 => {
                return Err(self.wrong("can't be unpacked"));
            }
            Ok(Status::StreamEnd) => self.stage = Stage::Descriptor,
            Ok(_) => {}
            Err(_) => return Err(self.wrong("can't be unpacked")),
        }
        if let Some(entry) = &mut self.entry {
            entry.crc.update(&unpacked_bytes[..put_out]);
        }
        self.count(packed, unpacked)?;
        Ok(taken)
    }

    fn count(&mut self, packed: u64, unpacked: u64) -> Result<(), String> {
        if let Some(entry) = &mut self.entry {
            entry.packed += packed;
            entry.unpacked += unpacked;
        }
        self.unpacked_in_all += unpacked;
        if self.unpacked_in_all > RATIO_FROM && self.unpacked_in_all / MOST_RATIO > self.at + packed
        {
            return Err(self.wrong("unpacks to far more than any backup does (a zip bomb)"));
        }
        Ok(())
    }

    /// Behind the data. Without a descriptor nothing is taken, and the next record begins here.
    fn take_descriptor(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let Some(entry) = &self.entry else {
            return Ok(0);
        };
        let measured = entry.measured();
        entry.compare()?;
        if !entry.header.has_descriptor() {
            self.end_entry(measured);
            return Ok(0);
        }
        let (taken, whole) = self.collect(bytes, DESCRIPTOR_LOOK);
        if !whole {
            return Ok(taken);
        }
        let mut look = [0; DESCRIPTOR_LOOK];
        look.copy_from_slice(&self.pending);
        let Some(length) = descriptor_length(&look, measured) else {
            return Err(self.wrong("does not have the size or CRC-32 that follows it"));
        };
        self.end_entry(measured);
        // What was looked at beyond the descriptor stays pending: it is the start of the next record.
        self.pending.drain(..length);
        Ok(taken)
    }

    fn end_entry(&mut self, measured: Measured) {
        if let Some(entry) = self.entry.take() {
            self.seen.push(Said {
                offset: entry.offset,
                measured,
                flags: entry.header.flags,
                method: entry.header.method,
                name_crc: crc32fast::hash(&entry.header.name),
                path_crc: entry.header.path_crc,
            });
        }
        self.stage = Stage::Signature;
    }

    fn wrong(&self, what: &str) -> String {
        match &self.entry {
            Some(entry) => entry.header.wrong(entry.offset, what),
            None => what.to_owned(),
        }
    }
}

impl Entry {
    fn measured(&self) -> Measured {
        Measured {
            crc: self.crc.clone().finalize(),
            packed: self.packed,
            unpacked: self.unpacked,
        }
    }

    /// Against the header before the data. With a descriptor behind the data, what the header leaves open is fine.
    fn compare(&self) -> Result<(), String> {
        let found = self.measured();
        let said = self.header.measured;
        let open =
            |said: u64| self.header.has_descriptor() && (said == 0 || said == u64::from(u32::MAX));
        let right = |said: u64, found: u64| said == found || open(said);
        let what = if !right(said.packed, found.packed) || !right(said.unpacked, found.unpacked) {
            "does not have the size that its header says"
        } else if !right(said.crc.into(), found.crc.into()) {
            "does not have the CRC-32 that its header says"
        } else {
            return Ok(());
        };
        Err(self.header.wrong(self.offset, what))
    }
}
