//! The records that stand before and after the data of an entry (APPNOTE 6.3.10 sections 4.3.7 and 4.3.9).

use super::quoted;

/// Length of the fixed part of a local header.
pub(super) const FIXED: usize = 30;

/// The longest data descriptor, and the signature of the next record behind it.
pub(super) const DESCRIPTOR_LOOK: usize = 24 + 4;

pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
pub(super) const END_64: [u8; 4] = *b"PK\x06\x06";
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

pub(super) const FLAG_DESCRIPTOR: u16 = 1 << 3;
pub(super) const FLAG_UTF8: u16 = 1 << 11;

/// How well the packer tried, which says nothing about the bytes.
pub(super) const FLAGS_LEVEL: u16 = 1 << 1 | 1 << 2;

/// Encryption, strong encryption, and headers that are masked for it.
pub(super) const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// What a local header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) measured: Measured,
    pub(super) name: Vec<u8>,
    /// CRC-32 of its Unicode path field, 0 where it has none.
    pub(super) path_crc: u32,
}

impl LocalHeader {
    /// Length of the whole header, from its fixed part.
    pub(super) fn length(fixed: &[u8]) -> usize {
        FIXED + usize::from(u16_at(fixed, 26)) + usize::from(u16_at(fixed, 28))
    }

    /// Reads a whole header, its signature included. Nothing: an extra field is too short for what it should hold.
    pub(super) fn parse(bytes: &[u8]) -> Option<LocalHeader> {
        let name_end = FIXED + usize::from(u16_at(bytes, 26));
        let mut sizes = [u32_at(bytes, 22), u32_at(bytes, 18)].map(u64::from);
        let mut extra = &bytes[name_end..];
        while extra.len() >= 4 {
            let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(mut field) = extra.get(4..4 + length) else {
                break;
            };
            if id == 1 {
                if !zip64_sizes(&mut sizes, &mut field) {
                    return None;
                }
                break;
            }
            extra = &extra[4 + length..];
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
            name: bytes[FIXED..name_end].to_vec(),
            path_crc: path_crc(&bytes[name_end..]),
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

/// CRC-32 of the extra field with the name in UTF-8 (APPNOTE 4.6.9), by which many programs call the entry; 0 where there
/// is none. Some programs read the one before the data, some that in the directory.
pub(super) fn path_crc(mut extra: &[u8]) -> u32 {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else {
            break;
        };
        if id == 0x7075 {
            return crc32fast::hash(field);
        }
        extra = &extra[4 + length..];
    }
    0
}

/// Numbers that do not fit in 32 bits stand in the zip64 field, in this order, and no others. Leaves the rest of the
/// field. False: it is too short.
pub(super) fn zip64_sizes(numbers: &mut [u64], field: &mut &[u8]) -> bool {
    for number in numbers {
        if *number != u64::from(u32::MAX) {
            continue;
        }
        let Some((eight, rest)) = field.split_first_chunk::<8>() else {
            return false;
        };
        *number = u64::from_le_bytes(*eight);
        *field = rest;
    }
    true
}

/// CRC-32 and sizes of an entry.
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

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
