//! The strict judgement: reads a zip from its first byte on, entry after entry, as the bytes come.

use crc32fast::Hasher;
use flate2::Decompress;

use super::directory::{Directory, Said};
use super::local::{FIXED, LocalHeader};
use super::names::Names;
use super::oddities::Oddities;
use super::outcome::{Passed, Refused};
use super::record::{
    CENTRAL, DEFLATED, DESCRIPTOR_LENGTH, END, END_64, LOCAL, MOST_ENTRIES, Measured, descriptors,
};
use super::unpack::{self, Scratch, is_bomb};
use crate::integrity::read_at::ReadAt;

/// The longest data descriptor, and the signature of the next record behind it.
const DESCRIPTOR_LOOK: usize = DESCRIPTOR_LENGTH + 4;

/// Everything before the central directory.
#[derive(Debug)]
pub(in crate::integrity) struct Entries {
    /// In the order of their offsets.
    seen: Vec<Said>,
    /// Where the central directory begins.
    end: u64,
}

/// What the next bytes are.
#[derive(Debug)]
enum Stage {
    /// The signature of a record.
    Signature,
    /// The rest of a local header.
    Header,
    /// Stored data, of which so much is left.
    Stored {
        left: u64,
    },
    Deflated,
    /// Behind the data of an entry that announced a descriptor.
    Descriptor,
    /// The central directory and what follows: read in the end, from the file.
    Directory,
}

#[derive(Debug)]
pub(in crate::integrity) struct ZipStream {
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
#[derive(Debug)]
struct Entry {
    offset: u64,
    header: LocalHeader,
    crc: Hasher,
    packed: u64,
    unpacked: u64,
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
    pub(in crate::integrity) fn feed(
        &mut self,
        mut bytes: &[u8],
        scratch: &mut Scratch,
    ) -> Result<(), String> {
        while !bytes.is_empty() {
            let taken = match self.stage {
                Stage::Signature => self.take_signature(bytes)?,
                Stage::Header => self.take_header(bytes)?,
                Stage::Stored { left } => self.take_stored(bytes, left)?,
                Stage::Deflated => self.take_deflated(bytes, scratch)?,
                Stage::Descriptor => self.take_descriptor(bytes)?,
                Stage::Directory => bytes.len(),
            };
            self.at += taken as u64;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// All bytes were fed.
    pub(in crate::integrity) fn finish(self) -> Result<Entries, String> {
        match (self.stage, self.entry) {
            (Stage::Directory, _) => Ok(Entries {
                seen: self.seen,
                end: self.directory,
            }),
            (_, Some(entry)) => Err(entry.wrong("is cut off")),
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
        let begins = |signature: &[u8; 4]| self.pending.starts_with(signature);
        if begins(&LOCAL) {
            self.stage = Stage::Header;
        } else if [CENTRAL, END, END_64].iter().any(begins) {
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
        self.stage = match (header.method, header.measured.packed) {
            (DEFLATED, _) => {
                self.inflate.reset(false);
                Stage::Deflated
            }
            // With a descriptor the length may stand behind the data: then nobody can tell here where that is.
            (_, 0) => Stage::Descriptor,
            (_, left) => Stage::Stored { left },
        };
        self.entry = Some(Entry {
            offset,
            header,
            crc: Hasher::new(),
            packed: 0,
            unpacked: 0,
        });
    }

    fn take_stored(&mut self, bytes: &[u8], left: u64) -> Result<usize, String> {
        let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.count(taken, &bytes[..taken])?;
        self.stage = match left - taken as u64 {
            0 => Stage::Descriptor,
            left => Stage::Stored { left },
        };
        Ok(taken)
    }

    fn take_deflated(&mut self, bytes: &[u8], scratch: &mut Scratch) -> Result<usize, String> {
        let Some(step) = unpack::step(&mut self.inflate, bytes, scratch) else {
            return Err(self.wrong("can't be unpacked"));
        };
        if step.is_last {
            self.stage = Stage::Descriptor;
        }
        self.count(step.taken, step.unpacked)?;
        Ok(step.taken)
    }

    fn count(&mut self, packed: usize, unpacked: &[u8]) -> Result<(), String> {
        if let Some(entry) = &mut self.entry {
            entry.crc.update(unpacked);
            entry.packed += packed as u64;
            entry.unpacked += unpacked.len() as u64;
        }
        self.unpacked_in_all += unpacked.len() as u64;
        if is_bomb(self.at + packed as u64, self.unpacked_in_all) {
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
        entry.compare(measured)?;
        if !entry.header.has_descriptor() {
            self.end_entry(measured);
            return Ok(0);
        }
        let (taken, whole) = self.collect(bytes, DESCRIPTOR_LOOK);
        if !whole {
            return Ok(taken);
        }
        // It must say exactly what was measured, and be followed by another record.
        let right = descriptors(&self.pending).find(|(length, found)| {
            let behind = &self.pending[*length..];
            *found == measured && (behind.starts_with(&LOCAL) || behind.starts_with(&CENTRAL))
        });
        let Some((length, _)) = right else {
            return Err(self.wrong("does not have the size or CRC-32 that follows it"));
        };
        self.end_entry(measured);
        // What was looked at beyond the descriptor stays pending: it is the start of the next record.
        self.pending.drain(..length);
        Ok(taken)
    }

    fn end_entry(&mut self, measured: Measured) {
        if let Some(Entry { offset, header, .. }) = self.entry.take() {
            self.seen.push(Said {
                offset,
                measured,
                flags: header.flags,
                method: header.method,
                name_crc: crc32fast::hash(&header.name),
                path_crc: header.path_crc,
            });
        }
        self.stage = Stage::Signature;
    }

    fn wrong(&self, what: &str) -> String {
        let entry = self.entry.as_ref();
        entry.map_or_else(|| what.to_owned(), |entry| entry.wrong(what))
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
    fn compare(&self, found: Measured) -> Result<(), String> {
        let said = self.header.measured;
        let open =
            |said: u64| self.header.has_descriptor() && (said == 0 || said == u64::from(u32::MAX));
        let right = |said: u64, found: u64| said == found || open(said);
        if !right(said.packed, found.packed) || !right(said.unpacked, found.unpacked) {
            return Err(self.wrong("does not have the size that its header says"));
        }
        if !right(said.crc.into(), found.crc.into()) {
            return Err(self.wrong("does not have the CRC-32 that its header says"));
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> String {
        self.header.wrong(self.offset, what)
    }
}

impl Entries {
    /// Every entry of the directory must be one that was seen, as it was seen, and none may be left over: so nothing overlaps,
    /// nothing is hidden, and the counts do not lie. Nothing: not all is so.
    pub(in crate::integrity) fn compare(
        self,
        file: &dyn ReadAt,
        directory: &Directory,
    ) -> Result<Option<Passed>, Refused> {
        let (mut names, mut odd) = (Names::default(), Oddities::default());
        let mut listed = vec![false; self.seen.len()];
        let mut agree = directory.start == self.end;
        directory.walk(file, |said, name| {
            let place = self
                .seen
                .binary_search_by_key(&said.offset, |seen| seen.offset);
            agree &= place.is_ok_and(|place| {
                self.seen[place] == said && !std::mem::replace(&mut listed[place], true)
            });
            names.look_at(&said, name, &mut odd);
            Ok(())
        })?;
        agree &= !listed.contains(&false);
        Ok(agree.then(|| Passed {
            entries: listed.len() as u64,
            warnings: odd.into_warnings().collect(),
            untested: None,
        }))
    }
}
