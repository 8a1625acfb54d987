//! The records that stand before and after the data of an entry (APPNOTE 6.3.10 sections 4.3.7 and 4.3.9).

use super::Corrupt;
use crate::untrusted::printable;

/// Length of the fixed part of a local header.
pub(super) const FIXED: usize = 30;

/// The longest data descriptor, and the signature of the next record behind it.
pub(super) const DESCRIPTOR_LOOK: usize = 24 + 4;

pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
pub(super) const END_64: [u8; 4] = *b"PK\x06\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
const FLAG_STRONG_ENCRYPTION: u16 = 1 << 6;
const FLAG_MASKED: u16 = 1 << 13;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// What a local header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    pub(super) name: Vec<u8>,
}

impl LocalHeader {
    /// Length of the whole header, from its fixed part.
    pub(super) fn length(fixed: &[u8]) -> usize {
        FIXED + usize::from(u16_at(fixed, 26)) + usize::from(u16_at(fixed, 28))
    }

    /// Reads a whole header, its signature included.
    pub(super) fn parse(bytes: &[u8], offset: u64) -> Result<LocalHeader, Corrupt> {
        let name_end = FIXED + usize::from(u16_at(bytes, 26));
        let mut header = LocalHeader {
            flags: u16_at(bytes, 6),
            method: u16_at(bytes, 8),
            crc: u32_at(bytes, 14),
            packed: u64::from(u32_at(bytes, 18)),
            unpacked: u64::from(u32_at(bytes, 22)),
            name: bytes[FIXED..name_end].to_vec(),
        };
        if header.flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED) != 0 {
            return Err(header.wrong(offset, "is encrypted, so it can't be verified"));
        }
        if !matches!(header.method, STORED | DEFLATED) {
            let what = format!(
                "is packed by method {}, which can't be verified",
                header.method
            );
            return Err(header.wrong(offset, &what));
        }
        if header.read_zip64(&bytes[name_end..]) {
            Ok(header)
        } else {
            Err(header.wrong(offset, "has an extra field that is too short"))
        }
    }

    /// Sizes that do not fit in 32 bits stand in the extra field 1, in the order unpacked, packed. False: it is too
    /// short to hold them.
    fn read_zip64(&mut self, mut extra: &[u8]) -> bool {
        const TOO_LARGE: u64 = 0xffff_ffff;
        if self.unpacked != TOO_LARGE && self.packed != TOO_LARGE {
            return true;
        }
        while extra.len() >= 4 {
            let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(mut field) = extra.get(4..4 + length) else {
                break;
            };
            extra = &extra[4 + length..];
            if id != 1 {
                continue;
            }
            for size in [&mut self.unpacked, &mut self.packed] {
                if *size != TOO_LARGE {
                    continue;
                }
                let Some((eight, rest)) = field.split_first_chunk::<8>() else {
                    return false;
                };
                *size = u64::from_le_bytes(*eight);
                field = rest;
            }
            return true;
        }
        true
    }

    /// Whether sizes and CRC stand behind the data.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & FLAG_DESCRIPTOR != 0
    }

    /// An error about this entry.
    pub(super) fn wrong(&self, offset: u64, what: &str) -> Corrupt {
        let name = printable(&String::from_utf8_lossy(&self.name));
        Corrupt::new(format!("entry \"{name}\" at byte {offset} {what}"))
    }
}

/// What was found of an entry's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

/// Length of the data descriptor at the start of `bytes`: with or without its signature, with sizes of 32 or 64 bits.
/// It must say exactly what was measured, and be followed by another record. Nothing when no form fits.
pub(super) fn descriptor_length(
    bytes: &[u8; DESCRIPTOR_LOOK],
    measured: Measured,
) -> Option<usize> {
    let starts = if bytes[..4] == DESCRIPTOR {
        [Some(4), Some(0)]
    } else {
        [Some(0), None]
    };
    for start in starts.into_iter().flatten() {
        if u32_at(bytes, start) != measured.crc {
            continue;
        }
        let (packed, unpacked) = (u64_at(bytes, start + 4), u64_at(bytes, start + 12));
        if packed == measured.packed
            && unpacked == measured.unpacked
            && is_record(&bytes[start + 20..])
        {
            return Some(start + 20);
        }
        let (packed, unpacked) = (u32_at(bytes, start + 4), u32_at(bytes, start + 8));
        if u64::from(packed) == measured.packed
            && u64::from(unpacked) == measured.unpacked
            && is_record(&bytes[start + 12..])
        {
            return Some(start + 12);
        }
    }
    None
}

fn is_record(bytes: &[u8]) -> bool {
    [LOCAL, CENTRAL]
        .iter()
        .any(|signature| bytes.starts_with(signature))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
