//! The second judgement, for a zip that the strict one refused: entry after entry where the central directory says that it
//! is, and bounded by what it says. Stranger headers pass here than there, but no stranger data: every byte of the file
//! belongs to an entry that unpacks to the size and CRC-32 in the directory, to a record about it, or is a NUL.

use std::convert::Infallible;
use std::fmt::Display;
use std::ops::ControlFlow;

use super::directory::{Directory, Said};
use super::local::LocalHeader;
use super::names::{Names, slashed};
use super::oddities::Oddities;
use super::outcome::{Passed, Refused, quoted, require};
use super::reader::Reader;
use super::record::{
    CENTRAL, DESCRIPTOR, DESCRIPTOR_LENGTH, FLAG_DESCRIPTOR, FLAG_UTF8, LOCAL, Measured,
    descriptors,
};
use super::unpack::{Unpacker, is_bomb};
use crate::integrity::read_at::ReadAt;

/// White space, a byte order mark or a split marker before the first entry have no more than this.
const MOST_BEFORE: usize = 8;

/// How well the packer tried, which says nothing about the bytes.
const FLAGS_LEVEL: u16 = 1 << 1 | 1 << 2;

/// An entry of the directory.
struct Listed {
    said: Said,
    /// CRC-32 of its name with slashes of one kind.
    slashed_crc: u32,
}

/// Judges a whole file by its directory.
pub(in crate::integrity) fn judge(
    file: &dyn ReadAt,
    length: u64,
    directory: &Directory,
) -> Result<Passed, Refused> {
    let mut listed: Vec<Listed> = Vec::new();
    let (mut names, mut odd) = (Names::default(), Oddities::default());
    directory.walk(file, |said, name| {
        names.look_at(&said, name, &mut odd);
        let slashed_crc = crc32fast::hash(&slashed(name));
        listed.push(Listed { said, slashed_crc });
        Ok(())
    })?;
    drop(names);
    listed.sort_unstable_by_key(|entry| entry.said.offset);
    let sizes = listed.iter().map(|entry| entry.said.measured.unpacked);
    require(
        !is_bomb(length, sizes.fold(0, u64::saturating_add)),
        "it unpacks to far more than any backup does (a zip bomb)",
    )?;
    let mut judge = Judge {
        reader: Reader::new(file, 0, directory.start),
        directory,
        file,
        unpacker: Unpacker::default(),
        warnings: Vec::new(),
        odd,
        first_untested: None,
        untested: 0,
    };
    let start = |place: usize| {
        listed
            .get(place)
            .map_or(directory.start, |entry| entry.said.offset)
    };
    judge.before_the_first(start(0))?;
    for (place, entry) in listed.iter().enumerate() {
        judge.entry(entry, start(place + 1))?;
    }
    let entries = listed.len() as u64;
    let untested = judge.first_untested.map(|first| match judge.untested {
        1 => format!("its data can't be tested: {first}"),
        several => format!("{several} of {entries} entries can't be tested: {first}"),
    });
    let mut warnings = judge.warnings;
    warnings.extend(judge.odd.into_warnings());
    Ok(Passed {
        entries,
        warnings,
        untested,
    })
}

struct Judge<'a> {
    /// Everything before the directory.
    reader: Reader<'a>,
    directory: &'a Directory,
    file: &'a dyn ReadAt,
    unpacker: Unpacker,
    /// What is strange about the file, but sound.
    warnings: Vec<String>,
    /// And about entries.
    odd: Oddities,
    first_untested: Option<String>,
    untested: u64,
}

impl Judge<'_> {
    fn before_the_first(&mut self, offset: u64) -> Result<(), Refused> {
        let bytes = self.reader.peek(MOST_BEFORE)?;
        let length = usize::try_from(offset).unwrap_or(usize::MAX);
        if !bytes.get(..length).is_some_and(is_harmless) {
            return Err(Refused::new(if bytes.starts_with(&LOCAL) {
                unnamed(0, offset)
            } else {
                format!("{offset} bytes before the first entry belong to no entry")
            }));
        }
        if offset > 0 {
            self.warnings.push(format!(
                "{offset} bytes of white space or of a mark come before the first entry"
            ));
        }
        self.reader.skip(offset);
        Ok(())
    }

    /// One entry, with all that stands before the `next` one.
    fn entry(&mut self, entry: &Listed, next: u64) -> Result<(), Refused> {
        let said = &entry.said;
        let header = LocalHeader::read(&mut self.reader, said.offset)?;
        let wrong = |what: &str| Refused::new(header.wrong(said.offset, what));
        if next == said.offset {
            return Err(wrong("is listed twice in the central directory"));
        }
        self.compare_names(entry, &header)?;
        self.compare_fields(said, &header)?;
        let data_end = self.reader.at().checked_add(said.measured.packed);
        if data_end.is_none_or(|end| end > next) {
            return Err(wrong("overlaps with what follows it"));
        }
        if let Some(why) = header.untestable() {
            self.untested += 1;
            self.first_untested
                .get_or_insert_with(|| format!("entry {} {why}", quoted(&header.name)));
            self.reader.skip(said.measured.packed);
        } else {
            let pass = |_: &[u8]| ControlFlow::<Infallible>::Continue(());
            let ControlFlow::Continue(found) =
                self.unpacker
                    .unpack(&mut self.reader, header.method, said.measured, pass)?;
            if let Some(what) = found.differs(said.measured) {
                return Err(wrong(&what));
            }
        }
        self.behind(said, &header, next)
    }

    /// The header before the data must have the name that the directory has.
    fn compare_names(&mut self, entry: &Listed, header: &LocalHeader) -> Result<(), Refused> {
        let said = &entry.said;
        if crc32fast::hash(&header.name) != said.name_crc {
            if crc32fast::hash(&slashed(&header.name)) != entry.slashed_crc {
                let listed = self.listed_name(said.offset)?;
                let names = (quoted(&header.name), quoted(&listed));
                return Err(disagree(said, header, "name", names));
            }
            self.odd.note(
                "entries whose names have other slashes in the central directory",
                &header.name,
            );
        }
        if header.path_crc != said.path_crc {
            if header.path_crc != 0 && said.path_crc != 0 {
                let what = "and the central directory disagree in the name in Unicode";
                return Err(Refused::new(header.wrong(said.offset, what)));
            }
            self.odd.note(
                "entries that have a name in Unicode in one of two places only",
                &header.name,
            );
        }
        Ok(())
    }

    /// And say what the directory says, or leave it open.
    fn compare_fields(&mut self, said: &Said, header: &LocalHeader) -> Result<(), Refused> {
        let differing = header.flags ^ said.flags;
        if differing & !(FLAGS_LEVEL | FLAG_UTF8 | FLAG_DESCRIPTOR) != 0 {
            let flags = [header.flags, said.flags].map(|flags| format!("{flags:#06x}"));
            return Err(disagree(said, header, "flags", flags.into()));
        }
        if differing != 0 {
            self.odd.note(
                "entries that have other flags in the central directory, which change nothing about the data",
                &header.name,
            );
        }
        if header.method != said.method {
            let methods = (header.method, said.method);
            return Err(disagree(said, header, "method", methods));
        }
        let (here, there) = (header.measured, said.measured);
        // Without a descriptor what packing makes is left open together, or not at all: one alone is damage. The size
        // may be known before.
        let announced = announces_descriptor(said, header);
        let all_open = is_open(here.packed) && is_open(here.crc.into());
        let agree =
            |here: u64, there: u64| here == there || (is_open(here) && (announced || all_open));
        if !agree(here.packed, there.packed) {
            let sizes = (here.packed, there.packed);
            return Err(disagree(said, header, "packed size", sizes));
        }
        if !agree(here.unpacked, there.unpacked) {
            let sizes = (here.unpacked, there.unpacked);
            return Err(disagree(said, header, "size", sizes));
        }
        if !agree(here.crc.into(), there.crc.into()) {
            let crcs = [here.crc, there.crc].map(|crc| format!("{crc:08x}"));
            return Err(disagree(said, header, "CRC-32", crcs.into()));
        }
        if here != there && !announced {
            self.odd.note(
                "entries whose size and CRC-32 are in the central directory only",
                &header.name,
            );
        }
        Ok(())
    }

    /// What stands between the data of an entry and the next one: a descriptor where one is announced, and NULs.
    fn behind(&mut self, said: &Said, header: &LocalHeader, next: u64) -> Result<(), Refused> {
        let gap = next - self.reader.at();
        let announced = announces_descriptor(said, header);
        let longest =
            usize::try_from(gap).map_or(DESCRIPTOR_LENGTH, |gap| gap.min(DESCRIPTOR_LENGTH));
        let start = self.reader.peek(longest)?;
        let found = announced
            .then(|| descriptor(start, said.measured))
            .flatten();
        let (length, exact) = found.unwrap_or((0, !announced));
        let hides_entry = start.starts_with(&LOCAL) || start.starts_with(&CENTRAL);
        self.reader.skip(length as u64);
        let (at, behind) = (self.reader.at(), gap - length as u64);
        let is_nul = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        if !self.reader.pass(behind, is_nul)? {
            return Err(Refused::new(if hides_entry && length == 0 {
                unnamed(at, behind)
            } else if announced && length == 0 {
                let what = "does not have the size or CRC-32 that follows it";
                header.wrong(said.offset, what)
            } else {
                format!("{behind} bytes at byte {at} belong to no entry")
            }));
        }
        if behind > 0 {
            self.odd.note("entries with NULs after them", &header.name);
        }
        if !exact {
            self.odd.note(
                "entries that announce their size and CRC-32 after their data, where not all of it is",
                &header.name,
            );
        }
        Ok(())
    }

    /// The name that the directory has for the entry at `offset`.
    fn listed_name(&self, offset: u64) -> Result<Vec<u8>, Refused> {
        let mut listed = Vec::new();
        self.directory.walk(self.file, |said, name| {
            if said.offset == offset {
                listed = name.to_vec();
            }
            Ok(())
        })?;
        Ok(listed)
    }
}

fn disagree(
    said: &Said,
    header: &LocalHeader,
    what: &str,
    (here, there): (impl Display, impl Display),
) -> Refused {
    let what = format!("and the central directory disagree in the {what}: {here}, {there}");
    Refused::new(header.wrong(said.offset, &what))
}

fn unnamed(at: u64, length: u64) -> String {
    format!("{length} bytes at byte {at} hold an entry that the central directory does not name")
}

fn announces_descriptor(said: &Said, header: &LocalHeader) -> bool {
    (header.flags | said.flags) & FLAG_DESCRIPTOR != 0
}

/// Whether a header leaves a size or a CRC-32 to the other records.
fn is_open(value: u64) -> bool {
    value == 0 || value == u64::from(u32::MAX) || value == u64::MAX
}

/// White space, a byte order mark, and the markers of a split zip that fits in one part.
fn is_harmless(mut bytes: &[u8]) -> bool {
    let marks: [&[u8]; 7] = [
        &DESCRIPTOR,
        b"PK00",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\t",
        b" ",
    ];
    while !bytes.is_empty() {
        let Some(rest) = marks.iter().find_map(|mark| bytes.strip_prefix(*mark)) else {
            return false;
        };
        bytes = rest;
    }
    true
}

/// Length of the data descriptor at the start of `bytes`, and whether it leaves nothing open. Nothing where no form fits.
fn descriptor(bytes: &[u8], said: Measured) -> Option<(usize, bool)> {
    descriptors(bytes).find_map(|(length, found)| {
        // One of them alone is damage.
        let open = is_open(found.packed) && is_open(found.unpacked);
        let fits = found.crc == said.crc && (found == said || open);
        fits.then_some((length, found == said))
    })
}
