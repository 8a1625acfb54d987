//! The header before the data of an entry (APPNOTE 6.3.10 section 4.3.7).

use super::outcome::{Refused, quoted};
use super::reader::Reader;
use super::record::{
    DEFLATED, FLAG_DESCRIPTOR, LOCAL, Measured, extra_field, path_crc, u16_at, u32_at, widen,
};

/// Length of its fixed part.
pub(super) const FIXED: usize = 30;

/// Encryption, strong encryption, and headers that are masked for it.
const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

const STORED: u16 = 0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::integrity) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) measured: Measured,
    pub(super) name: Vec<u8>,
    /// CRC-32 of its Unicode path field, 0 where it has none.
    pub(super) path_crc: u32,
}

impl LocalHeader {
    /// Length of the whole header, from its fixed part.
    pub(in crate::integrity) fn length(fixed: &[u8]) -> usize {
        FIXED + usize::from(u16_at(fixed, 26)) + usize::from(u16_at(fixed, 28))
    }

    /// The header that the central directory says to begin at `offset`, where the reader is.
    pub(super) fn read(reader: &mut Reader, offset: u64) -> Result<LocalHeader, Refused> {
        let none = || {
            Refused::new(format!(
                "the central directory names an entry at byte {offset}, and none begins there"
            ))
        };
        let fixed = reader.peek(FIXED)?;
        if fixed.len() < FIXED || !fixed.starts_with(&LOCAL) {
            return Err(none());
        }
        let length = LocalHeader::length(fixed);
        let bytes = reader.peek(length)?;
        if bytes.len() < length {
            return Err(none());
        }
        let header = LocalHeader::parse(bytes).ok_or_else(none)?;
        reader.skip(length as u64);
        Ok(header)
    }

    /// Reads a whole header, its signature included. Nothing: the zip64 field is too short for what it should hold.
    pub(super) fn parse(bytes: &[u8]) -> Option<LocalHeader> {
        let (name, extra) = bytes[FIXED..].split_at(usize::from(u16_at(bytes, 26)));
        let mut sizes = [u32_at(bytes, 22), u32_at(bytes, 18)].map(u64::from);
        if let Some(mut field) = extra_field(extra, 1) {
            widen(&mut sizes, &mut field)?;
        }
        let [unpacked, packed] = sizes;
        Some(LocalHeader {
            flags: u16_at(bytes, 6),
            method: u16_at(bytes, 8),
            measured: Measured {
                crc: u32_at(bytes, 14),
                packed,
                unpacked,
            },
            name: name.to_vec(),
            path_crc: path_crc(extra),
        })
    }

    /// Why the data can't be tested; nothing where it can.
    pub(super) fn untestable(&self) -> Option<String> {
        if self.flags & FLAGS_ENCRYPTED != 0 {
            return Some("is encrypted".to_owned());
        }
        let known = match self.method {
            STORED | DEFLATED => return None,
            9 => " (Deflate64)",
            12 => " (bzip2)",
            14 => " (LZMA)",
            20 | 93 => " (Zstandard)",
            95 => " (XZ)",
            98 => " (PPMd)",
            _ => "",
        };
        Some(format!("is packed by method {}{known}", self.method))
    }

    /// Whether sizes and CRC stand behind the data.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & FLAG_DESCRIPTOR != 0
    }

    /// What to say about this entry.
    pub(super) fn wrong(&self, offset: u64, what: &str) -> String {
        format!("entry {} at byte {offset} {what}", quoted(&self.name))
    }
}
