//! The side file that makes resuming safe: of which remote version the part file is, and which bytes of it are there.
//!
//! The first line is a JSON header; after it come lines that are only ever appended:
//! - `w START END`: these bytes were handed to the kernel. They survive the death of the process, not a power cut.
//! - `s LENGTH`: what the first LENGTH bytes of this journal promise is on the disk itself; the data was synced before
//!   the line was written.
//!
//! So after `kill -9` nothing that was written is lost, and after a power cut (told by the id of this start of the machine) only
//! what the last `s` covers counts. A torn last line is dropped: it promises nothing.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::part_file;
use super::ranges::RangeSet;
use super::writer::{Standing, Writer};
use crate::http::range::{ByteRange, Validator};
use crate::integrity::digest;
use crate::model::FileName;
use crate::store::names;
use crate::store::sys::boot_id;
use crate::store::{During, Folder, StorageError, read_own};

/// Raised when a reader of this version could misread the file.
const SCHEMA: u32 = 1;

/// No journal of ours is longer: a 10 GB file in steps of 256 KB takes 1.5 MB. Anything longer is not read.
const LARGEST: u64 = 64 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    schema: u32,
    pub(crate) name: FileName,
    /// The link without its query.
    pub(super) link: String,
    /// Length of the whole file, where the server told it.
    pub(crate) length: Option<u64>,
    pub(super) validator: Validator,
    /// The start of the machine; where it is empty only what was synced counts.
    boot: String,
    #[serde(default)]
    writer: Option<Writer>,
}

impl Header {
    /// Describes the version that a part file is about to hold.
    pub(super) fn new(
        name: FileName,
        link: String,
        length: Option<u64>,
        validator: Validator,
    ) -> Header {
        Header {
            schema: SCHEMA,
            name,
            link,
            length,
            validator,
            boot: boot().to_owned(),
            writer: Writer::this(),
        }
    }

    pub(super) fn writer(&self) -> Standing {
        match &self.writer {
            Some(writer) if !self.boot.is_empty() && self.boot == boot() => writer.standing(),
            _ => Standing::Unknown,
        }
    }
}

/// The start of the machine, which this process does not outlive.
fn boot() -> &'static str {
    static BOOT: OnceLock<String> = OnceLock::new();
    BOOT.get_or_init(boot_id)
}

/// What a journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// Of which remote version the part file is.
    pub(crate) header: Header,
    /// The bytes that should be there.
    pub(crate) held: RangeSet,
    /// Those of them that were synced, which no power cut can have cost.
    pub(crate) synced: RangeSet,
    pub(super) digest: String,
}

const DAMAGED: &str = "its journal is damaged";

/// All of a header that another version of this program is sure to understand.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

/// Reads a journal. `boot` is the id of this start of the machine.
///
/// # Errors
/// Why it can't be used. The part file beside it is then of no use either.
pub(crate) fn parse(content: &[u8], name: &FileName, boot: &str) -> Result<Promise, String> {
    let mut lines = content.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().ok_or(DAMAGED)?;
    let Schema { schema } = serde_json::from_slice(first).map_err(|_| DAMAGED)?;
    if schema > SCHEMA {
        return Err(format!(
            "its journal was written by a later version (schema {schema})"
        ));
    }
    let header: Header = serde_json::from_slice(first).map_err(|_| DAMAGED)?;
    if header.name != *name {
        return Err(format!("its journal is of another file ({})", header.name));
    }
    let survives = !boot.is_empty() && header.boot == boot;
    let mut written = Vec::new();
    let mut synced_upto = 0;
    let mut at = first.len();
    for line in lines {
        at += line.len();
        match parse_line(line) {
            Some(Line::Written(range))
                if header.length.is_none_or(|length| range.end() <= length) =>
            {
                written.push((at, range));
            }
            // It can only speak of what stands above it.
            Some(Line::Synced(upto)) if upto <= at - line.len() => synced_upto = upto,
            // Torn by a crash, or zeros where a power cut lost a block: nothing after it can be believed.
            _ => break,
        }
    }
    let (mut all, mut synced) = (RangeSet::default(), RangeSet::default());
    for (end, range) in written {
        all.insert(range);
        if end <= synced_upto {
            synced.insert(range);
        }
    }
    Ok(Promise {
        header,
        held: if survives { all } else { synced.clone() },
        synced,
        digest: digest::of(content),
    })
}

enum Line {
    Written(ByteRange),
    Synced(usize),
}

fn parse_line(line: &[u8]) -> Option<Line> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    if let Some(upto) = text.strip_prefix("s ") {
        return upto.parse().ok().map(Line::Synced);
    }
    let (start, end) = text.strip_prefix("w ")?.split_once(' ')?;
    ByteRange::new(start.parse().ok()?, end.parse().ok()?).map(Line::Written)
}

/// Reads the journal of a file; nothing when there is none.
pub(super) fn load(
    folder: &Path,
    name: &FileName,
) -> Result<Option<Result<Promise, String>>, StorageError> {
    let path = folder.join(file_name(name));
    match read_own(&path, LARGEST) {
        Ok(content) => Ok(content.map(|content| parse(&content, name, boot()))),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Ok(Some(Err(DAMAGED.to_owned())))
        }
        Err(error) => Err(StorageError::new(&path, "reading", error)),
    }
}

pub(super) fn file_name(name: &FileName) -> String {
    names::journal(name)
}

/// What a journal begins with. `held` must be on the disk already.
fn opening(header: &Header, held: &RangeSet) -> std::io::Result<String> {
    let mut text = serde_json::to_string(header)?;
    text.push('\n');
    for range in held.iter() {
        text.push_str(&written_line(range));
    }
    let promised = text.len() as u64;
    text.push_str(&synced_line(promised));
    Ok(text)
}

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    length: u64,
}

impl Journal {
    /// A new journal in the place of an older one, of a part of which nothing is there.
    pub(super) fn create(folder: &Folder, header: &Header) -> Result<Journal, StorageError> {
        let name = file_name(&header.name);
        // A crash may have left what was to replace the older ones.
        folder.remove_replacement(&name)?;
        folder.remove_replacement(&part_file::file_name(&header.name))?;
        let file = folder.create_file(&name)?;
        Journal::start(file, header).during("writing", &folder.join(&name))
    }

    fn start(file: File, header: &Header) -> std::io::Result<Journal> {
        let mut journal = Journal { file, length: 0 };
        journal.append(&opening(header, &RangeSet::default())?)?;
        Ok(journal)
    }

    /// A new journal in the place of the one with this digest, of a part of which `held` is on the disk already. The old one
    /// is there until the new one is on the disk.
    pub(super) fn replace(
        folder: &Folder,
        header: &Header,
        held: &RangeSet,
        digest: &str,
    ) -> Result<Journal, StorageError> {
        let name = file_name(&header.name);
        let opening = opening(header, held).during("writing", &folder.join(&name))?;
        Ok(Journal {
            file: folder.replace_known(&name, opening.as_bytes(), Some(digest))?,
            length: opening.len() as u64,
        })
    }

    /// Notes bytes that were handed to the kernel.
    pub(super) fn written(&mut self, range: ByteRange) -> std::io::Result<()> {
        self.append(&written_line(range))
    }

    /// How long the journal is now: what [`synced`](Journal::synced) takes once the data that it promises is synced.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Notes that what the first `length` bytes of the journal promise is on the disk itself.
    pub(super) fn synced(&mut self, length: u64) -> std::io::Result<()> {
        self.append(&synced_line(length))
    }

    /// Another handle on the same file, to sync it without holding up who writes.
    pub(super) fn handle(&self) -> std::io::Result<File> {
        self.file.try_clone()
    }

    fn append(&mut self, text: &str) -> std::io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.length += text.len() as u64;
        Ok(())
    }
}

fn synced_line(length: u64) -> String {
    format!("s {length}\n")
}

fn written_line(range: ByteRange) -> String {
    format!("w {} {}\n", range.start(), range.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek, SeekFrom};

    fn name() -> FileName {
        FileName::parse("Data_001.zip").unwrap()
    }

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).unwrap()
    }

    /// A journal with 0..10 synced and 20..30 only written.
    fn written_journal() -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        let header = Header::new(
            name(),
            "https://h/Data_001.zip".into(),
            Some(100),
            Validator::default(),
        );
        let mut journal = Journal::start(file.try_clone().unwrap(), &header).unwrap();
        journal.written(range(0, 10)).unwrap();
        let length = journal.length();
        journal.written(range(20, 30)).unwrap();
        journal.synced(length).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn what_was_written_survives_the_process_and_what_was_synced_survives_the_power() {
        let content = written_journal();
        let held = |boot: &str| parse(&content, &name(), boot).unwrap().held;
        assert_eq!(held(&boot_id()).total(), 20);
        assert_eq!(
            held("another boot").iter().collect::<Vec<_>>(),
            [range(0, 10)]
        );
        assert_eq!(
            held("").total(),
            10,
            "without a boot id only what was synced counts"
        );
    }

    #[test]
    fn a_torn_end_promises_nothing_and_spoils_nothing() {
        let content = written_journal();
        for cut in content.iter().position(|byte| *byte == b'\n').unwrap() + 1..content.len() {
            let torn = parse(&content[..cut], &name(), &boot_id()).unwrap();
            assert!(
                torn.held
                    .iter()
                    .all(|held| held == range(0, 10) || held == range(20, 30)),
                "cut at {cut}"
            );
        }
        let mut zeros = content.clone();
        zeros.extend([0; 64]);
        zeros.extend(b"\nw 30 40\n");
        assert_eq!(parse(&zeros, &name(), &boot_id()).unwrap().held.total(), 20);
    }

    #[test]
    fn garbage_other_files_and_later_versions_are_told_apart() {
        let text = String::from_utf8(written_journal()).unwrap();
        let why = |text: &str| parse(text.as_bytes(), &name(), "").unwrap_err();
        assert_eq!(why(""), DAMAGED);
        assert_eq!(why("{}\n"), DAMAGED);
        let other = why(&text.replace("Data_001", "Data_002"));
        assert_eq!(other, "its journal is of another file (Data_002.zip)");
        let later = why(&text.replace("\"schema\":1", "\"schema\":2"));
        assert!(later.ends_with("by a later version (schema 2)"), "{later}");
    }

    #[test]
    fn a_sync_vouches_for_nothing_that_stands_below_it() {
        let content = String::from_utf8(written_journal()).unwrap();
        let (header, _) = content.split_once('\n').unwrap();
        let lying = format!("{header}\ns 9999\nw 0 10\n");
        let lie = parse(lying.as_bytes(), &name(), "another boot").unwrap();
        assert_eq!(lie.held.total(), 0);
    }

    #[test]
    fn a_promise_beyond_the_end_of_the_file_is_not_believed() {
        let mut content = written_journal();
        content.extend(b"w 90 101\n");
        assert_eq!(parse(&content, &name(), &boot_id()).unwrap().held.end(), 30);
    }
}
