//! The central directory, read from the file in the end and compared with what was seen on the way.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use rawzip::{FileReader, ZipArchive};

use super::local::{END_64, STORED};
use super::stream::{Entries, Seen};
use super::{Corrupt, FinishError};
use crate::untrusted::printable;

/// Must hold the longest record: 46 bytes and three fields of up to 65,535.
const BUFFER: usize = 256 << 10;

/// More warnings than this about one zip help nobody.
const MOST_WARNINGS: usize = 5;

const DAMAGED: &str = "the central directory is damaged";

/// The directory of one zip.
pub(super) struct Directory {
    archive: ZipArchive<FileReader>,
    buffer: Vec<u8>,
    odd_names: u64,
    warnings: Vec<String>,
}

impl Directory {
    /// Finds the end record. It must be the last thing in the file.
    pub(super) fn read(file: &File, length: u64) -> Result<Directory, FinishError> {
        let mut buffer = vec![0; BUFFER];
        let archive = ZipArchive::from_file(file.try_clone()?, &mut buffer)
            .map_err(|error| failed("no central directory is found", &error))?;
        if archive.end_offset() != length {
            return Err(Corrupt::new(format!(
                "{} bytes stand behind the end of the zip",
                length.abs_diff(archive.end_offset())
            ))
            .into());
        }
        check_end(file, &archive)?;
        Ok(Directory {
            archive,
            buffer,
            odd_names: 0,
            warnings: Vec::new(),
        })
    }

    /// Packed sizes of the stored entries, by the offset of their local headers.
    ///
    /// # Errors
    /// The directory is damaged, or what the disk says.
    pub(super) fn stored_sizes(&mut self) -> Result<HashMap<u64, u64>, FinishError> {
        let mut sizes = HashMap::new();
        let mut entries = self.archive.entries(&mut self.buffer);
        while let Some(entry) = entries
            .next_entry()
            .map_err(|error| failed(DAMAGED, &error))?
        {
            if entry.compression_method().as_u16() == STORED {
                sizes.insert(entry.local_header_offset(), entry.compressed_size_hint());
            }
        }
        Ok(sizes)
    }

    /// Every entry of the directory must be one that was seen, as it was seen, and none may be left over: so nothing
    /// overlaps, nothing is hidden, and the counts do not lie.
    pub(super) fn compare(&mut self, found: &Entries) -> Result<(), FinishError> {
        if self.archive.directory_offset() != found.end {
            return Err(Corrupt::new(format!(
                "the central directory should begin at byte {}, the entries end at byte {}",
                self.archive.directory_offset(),
                found.end
            ))
            .into());
        }
        let announced = self.archive.entries_hint();
        let mut listed = vec![false; found.seen.len()];
        let mut count = 0u64;
        let mut entries = self.archive.entries(&mut self.buffer);
        while let Some(entry) = entries
            .next_entry()
            .map_err(|error| failed(DAMAGED, &error))?
        {
            count += 1;
            let path = entry.file_path();
            let name = path.as_bytes();
            let wrong = |what: &str| {
                let name = printable(&String::from_utf8_lossy(name));
                Corrupt::new(format!("entry \"{name}\": {what}"))
            };
            let offset = entry.local_header_offset();
            let index = found
                .seen
                .binary_search_by_key(&offset, |seen| seen.offset)
                .map_err(|_| wrong("the central directory names it where no entry begins"))?;
            if std::mem::replace(&mut listed[index], true) {
                return Err(wrong("the central directory names the same bytes twice").into());
            }
            let said = Seen {
                offset,
                measured: super::local::Measured {
                    crc: entry.crc32(),
                    packed: entry.compressed_size_hint(),
                    unpacked: entry.uncompressed_size_hint(),
                },
                flags: entry.flags().bits(),
                method: entry.compression_method().as_u16(),
                name_crc: crc32fast::hash(name),
            };
            if said != found.seen[index] {
                return Err(wrong("the central directory and the entry itself disagree").into());
            }
            if is_odd(name) {
                self.odd_names += 1;
                if self.warnings.len() < MOST_WARNINGS {
                    let name = printable(&String::from_utf8_lossy(name));
                    self.warnings.push(format!(
                        "an entry has a name that is not safe to unpack: \"{name}\""
                    ));
                }
            }
        }
        if count != announced || listed.contains(&false) {
            return Err(Corrupt::new(format!(
                "the end record announces {announced} entries, the central directory has {count}, the file has {}",
                found.seen.len()
            ))
            .into());
        }
        Ok(())
    }

    /// What is odd about it.
    pub(super) fn into_warnings(mut self) -> Vec<String> {
        let more = self.odd_names.saturating_sub(self.warnings.len() as u64);
        if more > 0 {
            self.warnings
                .push(format!("and {more} more entries with such names"));
        }
        self.warnings
    }
}

/// What the library passes over in the end record: disk numbers, and where exactly the directory is.
fn check_end(file: &File, archive: &ZipArchive<FileReader>) -> Result<(), FinishError> {
    let mut end = [0; 20];
    file.read_exact_at(&mut end, archive.eocd_offset())?;
    let in_one_piece = [[0; 4], [0xff; 4]].contains(&[end[4], end[5], end[6], end[7]]);
    if !in_one_piece || end[8..10] != end[10..12] {
        return Err(Corrupt::new("it is one disk of several").into());
    }
    let offset = u32::from_le_bytes([end[16], end[17], end[18], end[19]]);
    if offset != u32::MAX && u64::from(offset) != archive.directory_offset() {
        return Err(Corrupt::new("the central directory is not where the end record says").into());
    }
    let length = u32::from_le_bytes([end[12], end[13], end[14], end[15]]);
    let behind = archive.directory_offset().saturating_add(length.into());
    if length == u32::MAX || behind == archive.eocd_offset() {
        return Ok(());
    }
    let mut record = [0; 4];
    if behind > archive.eocd_offset()
        || file.read_exact_at(&mut record, behind).is_err()
        || record != END_64
    {
        return Err(Corrupt::new(
            "the central directory has another length than the end record says",
        )
        .into());
    }
    Ok(())
}

/// A name that would be dangerous, or at least a surprise, to who unpacks it.
fn is_odd(name: &[u8]) -> bool {
    name.is_empty()
        || name.starts_with(b"/")
        || name
            .iter()
            .any(|byte| *byte < 0x20 || *byte == 0x7f || *byte == b'\\')
        || name.split(|byte| *byte == b'/').any(|part| part == b"..")
        || (name.len() > 1 && name[1] == b':' && name[0].is_ascii_alphabetic())
}

/// An I/O error stays one, except for the end of the file and a place that no file can have, to which only a wrong offset
/// can lead; everything else is the zip's fault, too.
fn failed(what: &str, error: &rawzip::Error) -> FinishError {
    use io::ErrorKind::{InvalidInput, UnexpectedEof};
    match error.kind() {
        rawzip::ErrorKind::IO(source)
            if ![InvalidInput, UnexpectedEof].contains(&source.kind()) =>
        {
            FinishError::Io(io::Error::new(source.kind(), source.to_string()))
        }
        _ => Corrupt::new(format!("{what} ({})", printable(&error.to_string()))).into(),
    }
}
