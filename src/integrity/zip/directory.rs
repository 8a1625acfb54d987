//! The central directory and the records behind it (APPNOTE 6.3.10 sections 4.3.12 to 4.3.16), read from the file in the
//! end. Both judgements rest on it, so that neither believes a directory that the other one refuses.

use super::outcome::{Refused, quoted, require};
use super::reader::Reader;
use super::record::{
    CENTRAL, END, END_64, FLAG_UTF8, MOST_ENTRIES, Measured, path_crc, u16_at, u32_at, u64_at,
    widen,
};
use crate::integrity::read_at::ReadAt;

/// Length of the fixed part of a directory entry.
const FIXED: usize = 46;

/// Length of the end record without the comment behind it.
const END_FIXED: usize = 22;

const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
const END_64_LENGTH: usize = 56;
const SIGNATURE: [u8; 4] = *b"PK\x05\x05";

/// The latest version of the format, 6.3, in the way in which records name it.
const LATEST: u16 = 63;

/// Where the directory of one zip is, and how many entries it is said to have.
#[derive(Debug)]
pub(in crate::integrity) struct Directory {
    /// First byte.
    pub(super) start: u64,
    /// First byte of the records behind it.
    end: u64,
    pub(in crate::integrity) announced: u64,
    /// Whether a zip64 record says so.
    is_wide: bool,
    /// NUL, CR and LF behind the end of the zip.
    pub(in crate::integrity) trailing: u64,
}

/// What the directory says of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::integrity) struct Said {
    /// Of its local header.
    pub(super) offset: u64,
    pub(super) measured: Measured,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// CRC-32 of its name, to compare it with the other one without keeping it.
    pub(super) name_crc: u32,
    /// CRC-32 of its Unicode path field, 0 where it has none.
    pub(super) path_crc: u32,
}

impl Directory {
    /// Finds the end record: the last one that tells exactly where it is itself, with nothing behind it but its comment
    /// and NUL, CR, LF. A program that looks for any end record takes a zip that was cut off inside another zip stored in
    /// it for that one.
    pub(in crate::integrity) fn find(file: &dyn ReadAt, length: u64) -> Result<Directory, Refused> {
        let behind = end_of_content(file, length)?;
        let low = behind.saturating_sub(END_FIXED as u64 + u64::from(u16::MAX));
        let high = length.min(behind + END_FIXED as u64);
        let mut window = vec![0; usize::try_from(high - low).unwrap_or_default()];
        file.read_exact_at(&mut window, low)?;
        let mut first_refusal = None;
        for (at, fixed) in window.windows(END_FIXED).enumerate().rev() {
            let end = low + (at + END_FIXED) as u64 + u64::from(u16_at(fixed, 20));
            if !fixed.starts_with(&END) || end < behind || end > length {
                continue;
            }
            match Directory::read(file, low + at as u64, fixed) {
                Ok(directory) => {
                    return Ok(Directory {
                        trailing: length - end,
                        ..directory
                    });
                }
                Err(Refused::Io(error)) => return Err(error.into()),
                Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
            }
        }
        Err(first_refusal.unwrap_or_else(|| {
            Refused::new("no central directory is found: the file is cut off, or not a zip")
        }))
    }

    /// From the end record at `at`.
    fn read(file: &dyn ReadAt, at: u64, end: &[u8]) -> Result<Directory, Refused> {
        let wide = Wide::before(file, at)?;
        let is_wide = wide.is_some();
        let found = wide.unwrap_or_else(|| Wide {
            at,
            entries: u16_at(end, 10).into(),
            size: u32_at(end, 12).into(),
            start: u32_at(end, 16).into(),
        });
        // Where a zip64 record says it, the fields that are too narrow for it are all ones.
        let is = |said: u64, most: u64, found: u64| said == found || (is_wide && said == most);
        let says = |at, found| is(u16_at(end, at).into(), u16::MAX.into(), found);
        let says_wide = |at, found| is(u32_at(end, at).into(), u32::MAX.into(), found);
        require(
            says(4, 0) && says(6, 0),
            "the end record says that it is one disk of several",
        )?;
        let (here, in_all) = (u16_at(end, 8), u16_at(end, 10));
        if here != in_all {
            return Err(Refused::new(format!(
                "the end record announces {here} entries on this disk, and {in_all} in all"
            )));
        }
        require(
            says(10, found.entries) && says_wide(12, found.size) && says_wide(16, found.start),
            "the two end records disagree",
        )?;
        if found.start.checked_add(found.size) != Some(found.at) {
            return Err(Refused::new(format!(
                "the central directory is not where the end record says: {} bytes from byte {} on, and the end record is at byte {}",
                found.size, found.start, found.at
            )));
        }
        Ok(Directory {
            start: found.start,
            end: found.at,
            announced: found.entries,
            is_wide,
            trailing: 0,
        })
    }

    /// Every entry in its order: what it says, and its name.
    pub(in crate::integrity) fn walk(
        &self,
        file: &dyn ReadAt,
        mut take: impl FnMut(Said, &[u8]) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        self.walk_with_extra(file, |said, name, _| take(said, name))
    }

    /// The same, with the extra fields of each.
    pub(super) fn walk_with_extra(
        &self,
        file: &dyn ReadAt,
        mut take: impl FnMut(Said, &[u8], &[u8]) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let mut reader = Reader::new(file, self.start, self.end);
        let mut count = 0u64;
        while reader.left() > 0 {
            let (said, length) = {
                let fixed = reader.peek(FIXED)?;
                let length = record_length(fixed, count)?;
                let record = reader.peek(length)?;
                require(record.len() == length, "the central directory is cut off")?;
                let name = &record[FIXED..FIXED + usize::from(u16_at(record, 28))];
                let extra = &record[FIXED + name.len()..][..usize::from(u16_at(record, 30))];
                let said = parse(record, name, extra).map_err(|what| {
                    Refused::new(format!(
                        "entry {} of the central directory: {what}",
                        quoted(name)
                    ))
                })?;
                take(said, name, extra)?;
                (said, length)
            };
            count += 1;
            if count > MOST_ENTRIES as u64 {
                return Err(Refused::new(format!("more than {MOST_ENTRIES} entries")));
            }
            require(
                said.offset < self.start,
                "the central directory names an entry after the entries",
            )?;
            reader.skip(length as u64);
        }
        // Some programs write no zip64 records: when they come to more entries than 16 bits can count, they stay there.
        let outgrown = !self.is_wide && self.announced == u64::from(u16::MAX);
        if count != self.announced && !(outgrown && count > self.announced) {
            return Err(Refused::new(format!(
                "the end record announces {} entries, the central directory has {count}",
                self.announced
            )));
        }
        Ok(())
    }
}

/// What the zip64 end record says. Where there is none, the end record itself takes its place.
struct Wide {
    /// Where the records behind the directory begin.
    at: u64,
    entries: u64,
    size: u64,
    start: u64,
}

impl Wide {
    /// The zip64 records before the end record at `end`, if there are any.
    fn before(file: &dyn ReadAt, end: u64) -> Result<Option<Wide>, Refused> {
        let Some(place) = end.checked_sub(LOCATOR_LENGTH) else {
            return Ok(None);
        };
        let mut locator = [0; 20];
        file.read_exact_at(&mut locator, place)?;
        if !locator.starts_with(&LOCATOR) {
            return Ok(None);
        }
        require(
            (u32_at(&locator, 4), u32_at(&locator, 16)) == (0, 1),
            "the zip64 locator says that it is one disk of several",
        )?;
        let misplaced = "the zip64 end record is not where its locator says";
        let at = u64_at(&locator, 8);
        let behind = at.checked_add(END_64_LENGTH as u64);
        require(behind.is_some_and(|behind| behind <= place), misplaced)?;
        let mut record = [0; END_64_LENGTH];
        file.read_exact_at(&mut record, at)?;
        // Its length does not count the signature and itself.
        let behind = u64_at(&record, 4).checked_add(at + 12);
        require(
            record.starts_with(&END_64) && behind == Some(place),
            misplaced,
        )?;
        require(
            u16_at(&record, 14) & 0xff <= LATEST,
            "the zip64 end record is of a version that does not exist",
        )?;
        require(
            (u32_at(&record, 16), u32_at(&record, 20)) == (0, 0),
            "the zip64 end record says that it is one disk of several",
        )?;
        let (here, entries) = (u64_at(&record, 24), u64_at(&record, 32));
        if here != entries {
            return Err(Refused::new(format!(
                "the zip64 end record announces {here} entries on this disk, and {entries} in all"
            )));
        }
        Ok(Some(Wide {
            at,
            entries,
            size: u64_at(&record, 40),
            start: u64_at(&record, 48),
        }))
    }
}

/// Where the NUL, CR and LF begin that the file ends with.
fn end_of_content(file: &dyn ReadAt, length: u64) -> Result<u64, Refused> {
    const STEP: u64 = 64 << 10;
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(STEP);
        let mut bytes = vec![0; usize::try_from(end - start).unwrap_or_default()];
        file.read_exact_at(&mut bytes, start)?;
        if let Some(last) = bytes.iter().rposition(|byte| !b"\0\r\n".contains(byte)) {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// From the fixed part of the entry that comes after `count` others.
fn record_length(fixed: &[u8], count: u64) -> Result<usize, Refused> {
    require(
        !fixed.starts_with(&SIGNATURE),
        "the central directory has a digital signature, which can't be checked",
    )?;
    if fixed.len() < FIXED || !fixed.starts_with(&CENTRAL) {
        return Err(Refused::new(format!(
            "the central directory is damaged after {count} entries"
        )));
    }
    let fields = [28, 30, 32].map(|field| usize::from(u16_at(fixed, field)));
    Ok(FIXED + fields.iter().sum::<usize>())
}

fn parse(record: &[u8], name: &[u8], extra: &[u8]) -> Result<Said, String> {
    let flags = u16_at(record, 8);
    let zip64 = zip64_field(extra)?;
    let mut fields = [
        u64::from(u32_at(record, 24)),
        u64::from(u32_at(record, 20)),
        u64::from(u32_at(record, 42)),
    ];
    let mut disk = u32::from(u16_at(record, 34));
    if let Some(mut field) = zip64 {
        widen(&mut fields, &mut field).ok_or("its zip64 field is too short")?;
        if disk == u32::from(u16::MAX) && field.len() >= 4 {
            disk = u32_at(field, 0);
        }
    }
    if disk != 0 {
        return Err(format!("it is said to be on disk {disk}"));
    }
    if flags & FLAG_UTF8 != 0 && std::str::from_utf8(name).is_err() {
        return Err("its name is said to be UTF-8, and is not".into());
    }
    let [unpacked, packed, offset] = fields;
    Ok(Said {
        offset,
        measured: Measured {
            crc: u32_at(record, 16),
            packed,
            unpacked,
        },
        flags,
        method: u16_at(record, 10),
        name_crc: crc32fast::hash(name),
        path_crc: path_crc(extra),
    })
}

/// The zip64 field among the extra fields. All of them have to parse: what does not is damage, for nothing else vouches for
/// these bytes.
fn zip64_field(mut extra: &[u8]) -> Result<Option<&[u8]>, String> {
    let mut found = None;
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else {
            return Err(format!("its extra field {id:04x} overruns"));
        };
        if id == 1 && found.replace(field).is_some() {
            return Err("it has two zip64 fields".into());
        }
        extra = &extra[4 + length..];
    }
    if extra.iter().any(|byte| *byte != 0) {
        return Err("its extra fields are damaged".into());
    }
    Ok(found)
}
