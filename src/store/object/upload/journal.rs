//! The side file that makes an upload in parts resumable, `.NAME.upload` beside the staged file: which upload it is, and which of
//! its parts the store has.
//!
//! Lines of JSON. The first says what is to be uploaded, as which parts, and is on the disk before the store is asked for an
//! upload; the second names the upload that the store has made; then comes one line for each part that has arrived. A torn last
//! line is dropped: it promises nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};

use crate::store::object::mark::Mark;
use crate::store::{During, Folder, StorageError, names, read_own};

/// Raised when a reader of this version could misread the file.
const SCHEMA: u32 = 1;

/// 10,000 parts, each with its checksum, are less.
const LARGEST: u64 = 8 << 20;

/// What is uploaded, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    schema: u32,
    pub(super) key: String,
    pub(super) part_size: u64,
    size: u64,
    sha256: String,
}

impl Header {
    pub(super) fn new(key: &str, part_size: u64, mark: &Mark) -> Header {
        Header {
            schema: SCHEMA,
            key: key.to_owned(),
            part_size,
            size: mark.size,
            sha256: mark.sha256.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Line {
    /// What the store calls the upload.
    Upload(String),
    /// The number of a part, from 0, and what the store calls it.
    Part(usize, String),
}

/// What a journal says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) header: Header,
    /// Nothing: whoever wrote it ended before the store's answer was on the disk.
    pub(super) id: Option<String>,
    pub(super) parts: BTreeMap<usize, String>,
    /// Length of all that is sound.
    length: u64,
}

/// Nothing: it is damaged, or of a later version.
fn parse(content: &[u8]) -> Option<Left> {
    let mut lines = content.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().filter(|line| line.ends_with(b"\n"))?;
    let header: Header = serde_json::from_slice(first).ok()?;
    if header.schema > SCHEMA {
        return None;
    }
    let mut left = Left {
        header,
        id: None,
        parts: BTreeMap::new(),
        length: first.len() as u64,
    };
    for line in lines.filter(|line| line.ends_with(b"\n")) {
        match serde_json::from_slice(line) {
            Ok(Line::Upload(id)) => left.id = Some(id),
            Ok(Line::Part(number, part)) => _ = left.parts.insert(number, part),
            Err(_) => break,
        }
        left.length += line.len() as u64;
    }
    Some(left)
}

/// Reads the journal of a file; nothing when there is none, or none that can be read.
pub(super) fn load(folder: &Folder, name: &str) -> Result<Option<Left>, StorageError> {
    let path = folder.join(&names::upload_journal(name));
    match read_own(&path, LARGEST) {
        Ok(content) => Ok(content.and_then(|content| parse(&content))),
        Err(error) if error.kind() == ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(StorageError::new(&path, "reading", error)),
    }
}

pub(super) fn remove(folder: &Folder, name: &str) -> Result<(), StorageError> {
    folder.remove(&names::upload_journal(name))
}

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct UploadJournal<'a> {
    file: File,
    folder: &'a Folder,
    name: String,
}

impl<'a> UploadJournal<'a> {
    /// A new journal in the place of an older one. It is on the disk: whatever the store makes from here on is found again.
    pub(super) fn create(
        folder: &'a Folder,
        name: &str,
        header: &Header,
    ) -> Result<UploadJournal<'a>, StorageError> {
        let name = names::upload_journal(name);
        let file = folder.create_file(&name)?;
        let mut journal = UploadJournal { file, folder, name };
        journal.write(|journal| {
            journal.append(header)?;
            journal.folder.disk().sync(&journal.file)
        })?;
        folder.sync()?;
        Ok(journal)
    }

    /// Goes on with the one that is there; nothing when there is none any more.
    pub(super) fn reopen(
        folder: &'a Folder,
        name: &str,
        left: &Left,
    ) -> Result<Option<UploadJournal<'a>>, StorageError> {
        let name = names::upload_journal(name);
        let Some(file) = folder.open_file(&name)? else {
            return Ok(None);
        };
        let mut journal = UploadJournal { file, folder, name };
        journal.write(|journal| {
            journal.file.set_len(left.length)?;
            journal.file.seek(SeekFrom::End(0)).map(|_| ())
        })?;
        Ok(Some(journal))
    }

    /// The store has made an upload of this id.
    pub(super) fn began(&mut self, id: &str) -> Result<(), StorageError> {
        self.write(|journal| {
            journal.append(&Line::Upload(id.to_owned()))?;
            journal.folder.disk().sync(&journal.file)
        })
    }

    /// The store has this part. Not synced: a part that a power cut makes forgotten is sent again.
    pub(super) fn arrived(&mut self, number: usize, part: &str) -> Result<(), StorageError> {
        self.write(|journal| journal.append(&Line::Part(number, part.to_owned())))
    }

    pub(super) fn remove(self) -> Result<(), StorageError> {
        self.folder.remove(&self.name)
    }

    fn append(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), StorageError> {
        write(self).during("writing", &self.folder.join(&self.name))
    }
}
