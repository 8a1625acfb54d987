//! Writes zips by hand, as a Java program streams them: sizes and checksum after the data of a deflated entry. It shares
//! no code with the program under test, so that the two cannot be wrong together.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// How the bytes of an entry are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Stored,
    Deflated,
    /// Stored, with its sizes in the 64-bit extra field although they would fit; makes the whole archive a zip64 one.
    Zip64,
}

/// Flag bit 11: the name is UTF-8.
const UTF8: u16 = 1 << 11;
/// Flag bit 3: sizes and checksum follow the data.
const DESCRIPTOR: u16 = 1 << 3;
/// 24 November 2026, 08:00, as MS-DOS keeps time and date.
const MODIFIED: [u16; 2] = [8 * 2048, (2026 - 1980) * 512 + 11 * 32 + 24];
const IN_EXTRA_FIELD: u32 = u32::MAX;

/// Writes entries one after the other; `finish` writes the directory.
pub struct ZipWriter<W> {
    out: W,
    offset: u64,
    directory: Vec<u8>,
    entries: u16,
    zip64: bool,
}

struct Header<'a> {
    name: &'a str,
    method: Method,
    flags: u16,
    crc: u32,
    packed: u64,
    size: u64,
}

impl<W: Write> ZipWriter<W> {
    pub fn new(out: W) -> ZipWriter<W> {
        ZipWriter {
            out,
            offset: 0,
            directory: Vec::new(),
            entries: 0,
            zip64: false,
        }
    }

    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// # Errors
    /// When `out` fails.
    pub fn add(&mut self, name: &str, method: Method, data: &[u8]) -> io::Result<()> {
        let crc = crc32fast::hash(data);
        let mut header = Header {
            name,
            method,
            flags: UTF8,
            crc,
            packed: data.len() as u64,
            size: data.len() as u64,
        };
        let begin = self.offset;
        if method != Method::Deflated {
            self.write(&local(&header))?;
            self.write(data)?;
            self.remember(&header, begin);
            return Ok(());
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data)?;
        let packed = encoder.finish()?;
        header.flags |= DESCRIPTOR;
        header.packed = packed.len() as u64;
        self.write(&local(&header))?;
        self.write(&packed)?;
        let mut descriptor = b"PK\x07\x08".to_vec();
        put32(
            &mut descriptor,
            [crc, small(header.packed), small(header.size)],
        );
        self.write(&descriptor)?;
        self.remember(&header, begin);
        Ok(())
    }

    /// The header of a stored entry whose bytes the caller puts behind it by other means.
    pub fn stored_elsewhere(&mut self, name: &str, crc: u32, size: u64) {
        let header = Header {
            name,
            method: Method::Stored,
            flags: UTF8,
            crc,
            packed: size,
            size,
        };
        let begin = self.offset;
        self.write(&local(&header))
            .expect("memory takes every byte");
        self.offset += size;
        self.remember(&header, begin);
    }

    /// # Errors
    /// When `out` fails.
    pub fn finish(mut self) -> io::Result<W> {
        let begin = self.offset;
        let directory = std::mem::take(&mut self.directory);
        let len = directory.len() as u64;
        self.write(&directory)?;
        if self.zip64 {
            let end = self.end_of_zip64(begin, len);
            self.write(&end)?;
        }
        let mut end = b"PK\x05\x06".to_vec();
        let entries = if self.zip64 { u16::MAX } else { self.entries };
        put16(&mut end, [0, 0, entries, entries]);
        if self.zip64 {
            put32(&mut end, [IN_EXTRA_FIELD, IN_EXTRA_FIELD]);
        } else {
            put32(&mut end, [small(len), small(begin)]);
        }
        put16(&mut end, [0]);
        self.write(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn end_of_zip64(&self, begin: u64, len: u64) -> Vec<u8> {
        let mut end = b"PK\x06\x06".to_vec();
        put64(&mut end, [44]);
        put16(&mut end, [45, 45]);
        put32(&mut end, [0, 0]);
        let entries = u64::from(self.entries);
        put64(&mut end, [entries, entries, len, begin]);
        end.extend(b"PK\x06\x07");
        put32(&mut end, [0]);
        put64(&mut end, [begin + len]);
        put32(&mut end, [1]);
        end
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Adds the entry that began at `begin` to the directory.
    fn remember(&mut self, header: &Header<'_>, begin: u64) {
        let to = &mut self.directory;
        to.extend(b"PK\x01\x02");
        put16(to, [version(header.method)]);
        common(to, header, (header.crc, header.packed, header.size));
        put16(to, [0, 0, 0]);
        put32(to, [0, small(begin)]);
        to.extend(header.name.as_bytes());
        to.extend(extra(header));
        self.entries += 1;
        self.zip64 |= header.method == Method::Zip64;
    }
}

fn local(header: &Header<'_>) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    let known = if header.flags & DESCRIPTOR == 0 {
        (header.crc, header.packed, header.size)
    } else {
        (0, 0, 0)
    };
    common(&mut bytes, header, known);
    bytes.extend(header.name.as_bytes());
    bytes.extend(extra(header));
    bytes
}

/// The fields that local header and directory share, from the version needed to the length of the extra field.
fn common(to: &mut Vec<u8>, header: &Header<'_>, (crc, packed, size): (u32, u64, u64)) {
    let method = if header.method == Method::Deflated {
        8
    } else {
        0
    };
    put16(to, [version(header.method), header.flags, method]);
    put16(to, MODIFIED);
    if header.method == Method::Zip64 {
        put32(to, [crc, IN_EXTRA_FIELD, IN_EXTRA_FIELD]);
    } else {
        put32(to, [crc, small(packed), small(size)]);
    }
    let name = u16::try_from(header.name.len()).expect("names are short");
    let extra = u16::try_from(extra(header).len()).expect("it has 20 bytes at most");
    put16(to, [name, extra]);
}

fn extra(header: &Header<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if header.method == Method::Zip64 {
        put16(&mut bytes, [1, 16]);
        put64(&mut bytes, [header.size, header.packed]);
    }
    bytes
}

fn version(method: Method) -> u16 {
    if method == Method::Zip64 { 45 } else { 20 }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).expect("larger sizes need Method::Zip64")
}

fn put16<const N: usize>(to: &mut Vec<u8>, numbers: [u16; N]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put32<const N: usize>(to: &mut Vec<u8>, numbers: [u32; N]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn put64<const N: usize>(to: &mut Vec<u8>, numbers: [u64; N]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}
