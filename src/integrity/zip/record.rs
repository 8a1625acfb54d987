//! What the records of a zip have in common: signatures, flags, numbers, extra fields, data descriptors (APPNOTE 6.3.10).

pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
pub(super) const END_64: [u8; 4] = *b"PK\x06\x06";
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

pub(super) const FLAG_DESCRIPTOR: u16 = 1 << 3;
pub(super) const FLAG_UTF8: u16 = 1 << 11;

pub(super) const DEFLATED: u16 = 8;

/// The longest data descriptor.
pub(super) const DESCRIPTOR_LENGTH: usize = 24;

/// More entries than any real backup has; bounds the memory, 48 bytes for each.
pub(super) const MOST_ENTRIES: usize = 4_000_000;

/// CRC-32 and sizes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

/// What may be a data descriptor at the start of `bytes` (APPNOTE 4.3.9), and its length: with or without its signature, with
/// sizes of 64 or 32 bits.
pub(super) fn descriptors(bytes: &[u8]) -> impl Iterator<Item = (usize, Measured)> {
    let forms = [(4, 8), (0, 8), (4, 4), (0, 4)];
    forms.into_iter().filter_map(move |(signature, width)| {
        let length = signature + 4 + 2 * width;
        let form = bytes
            .get(..length)?
            .strip_prefix(&DESCRIPTOR[..signature])?;
        let size = |at: usize| match width {
            8 => u64_at(form, at),
            _ => u32_at(form, at).into(),
        };
        let measured = Measured {
            crc: u32_at(form, 0),
            packed: size(4),
            unpacked: size(4 + width),
        };
        Some((length, measured))
    })
}

/// The first extra field with this id; nothing where it stands behind damage.
pub(super) fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = extra.get(4..4 + length)?;
        if id == wanted {
            return Some(field);
        }
        extra = &extra[4 + length..];
    }
    None
}

/// The extra field with the name in UTF-8 (APPNOTE 4.6.9).
pub(super) const UNICODE_PATH: u16 = 0x7075;

/// CRC-32 of the extra field with the name in UTF-8, by which many programs call the entry; 0 where there is none. Some
/// programs read the one before the data, some that in the directory.
pub(super) fn path_crc(extra: &[u8]) -> u32 {
    extra_field(extra, UNICODE_PATH).map_or(0, crc32fast::hash)
}

/// The name in UTF-8, unless the name with this CRC-32 was changed since by who does not know the field.
pub(super) fn unicode_path(extra: &[u8], name_crc: u32) -> Option<&str> {
    let (version, rest) = extra_field(extra, UNICODE_PATH)?.split_first()?;
    let (crc, name) = rest.split_first_chunk::<4>()?;
    let is_current = *version == 1 && u32::from_le_bytes(*crc) == name_crc;
    let text = std::str::from_utf8(name).ok()?;
    (is_current && !text.is_empty()).then_some(text)
}

/// Numbers that do not fit in 32 bits stand in the zip64 field, in this order, and no others. Leaves the rest of the
/// field. Nothing: it is too short.
pub(super) fn widen(numbers: &mut [u64], field: &mut &[u8]) -> Option<()> {
    for number in numbers {
        if *number == u64::from(u32::MAX) {
            let (eight, rest) = field.split_first_chunk::<8>()?;
            *number = u64::from_le_bytes(*eight);
            *field = rest;
        }
    }
    Some(())
}

pub(in crate::integrity) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(in crate::integrity) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
