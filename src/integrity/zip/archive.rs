//! A saved zip, read by its central directory: which entries it has, and what one of them holds, without unpacking it to
//! disk. Its size and CRC-32 are compared on the way.

use std::io;
use std::ops::ControlFlow;

use super::directory::{Directory, Said};
use super::local::LocalHeader;
use super::names::{decoded, slashed};
use super::outcome::{Refused, require};
use super::reader::Reader;
use super::unpack::{Unpacker, is_bomb};
use crate::integrity::read_at::ReadAt;

/// Why a zip can't be read; safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It is damaged, or no zip.
    #[error("{0}")]
    Damaged(String),
    /// An entry is encrypted, or packed by a method that is not known here.
    #[error("{0}")]
    Unknown(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<Refused> for ArchiveError {
    fn from(refused: Refused) -> ArchiveError {
        match refused {
            Refused::Zip(why) => ArchiveError::Damaged(why),
            Refused::Io(error) => ArchiveError::Io(error),
        }
    }
}

/// The local header of an entry is hardly ever longer: it holds a name, and a few fields.
const MOST_BEFORE_DATA: u64 = 1 << 10;

/// Several threads may read entries of one archive at the same time.
pub(crate) struct Archive {
    file: Box<dyn ReadAt>,
    length: u64,
    directory: Directory,
}

/// An entry of an archive.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// As text, whatever charset it is written in. It is foreign: neither fit to be shown nor a path.
    pub(crate) name: String,
    said: Said,
    /// CRC-32 of the name with slashes of one kind.
    slashed_crc: u32,
}

impl Member {
    /// How many bytes it holds.
    pub(crate) fn size(&self) -> u64 {
        self.said.measured.unpacked
    }

    /// CRC-32 of what it holds.
    pub(crate) fn crc(&self) -> u32 {
        self.said.measured.crc
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with(['/', '\\'])
    }
}

impl Archive {
    pub(crate) fn open(file: Box<dyn ReadAt>) -> Result<Archive, ArchiveError> {
        let length = file.length()?;
        let directory = Directory::find(&*file, length)?;
        Ok(Archive {
            file,
            length,
            directory,
        })
    }

    /// The same for who looks through the directory next: from a store all of it comes with this.
    pub(crate) fn open_to_list(file: Box<dyn ReadAt>) -> Result<Archive, ArchiveError> {
        let archive = Archive::open(file)?;
        let (start, length) = (archive.directory.start, archive.length);
        archive.file.have_at_hand(start..length)?;
        Ok(archive)
    }

    /// Every entry in the order of the directory; `take` keeps what it needs, for there may be millions.
    pub(crate) fn members(&self, mut take: impl FnMut(Member)) -> Result<(), ArchiveError> {
        let mut in_all = 0u64;
        self.directory
            .walk_with_extra(&*self.file, |said, name, extra| {
                in_all = in_all.saturating_add(said.measured.unpacked);
                take(Member {
                    name: decoded(name, extra),
                    said,
                    slashed_crc: crc32fast::hash(&slashed(name)),
                });
                Ok(())
            })?;
        require(
            !is_bomb(self.length, in_all),
            "it unpacks to far more than any backup does (a zip bomb)",
        )?;
        Ok(())
    }

    /// Unpacks an entry piece by piece until `take` has enough of it. When it comes to the end, all of the entry is sound.
    pub(crate) fn unpack<B>(
        &self,
        member: &Member,
        unpacker: &mut Unpacker,
        take: impl FnMut(&[u8]) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, ArchiveError> {
        let (said, end) = (&member.said, self.directory.start);
        let start = said.offset.min(end);
        let expected = said
            .measured
            .packed
            .saturating_add(start + MOST_BEFORE_DATA);
        let mut reader = Reader::expecting(&*self.file, start, expected.min(end), end);
        let header = LocalHeader::read(&mut reader, said.offset)?;
        let wrong = |what: &str| ArchiveError::Damaged(header.wrong(said.offset, what));
        if header.method != said.method
            || crc32fast::hash(&slashed(&header.name)) != member.slashed_crc
        {
            return Err(wrong("is another one in the central directory"));
        }
        if let Some(why) = header.untestable() {
            return Err(ArchiveError::Unknown(header.wrong(said.offset, &why)));
        }
        if said.measured.packed > reader.left() {
            return Err(wrong("is cut off"));
        }
        match unpacker.unpack(&mut reader, header.method, said.measured, take)? {
            ControlFlow::Break(enough) => Ok(ControlFlow::Break(enough)),
            ControlFlow::Continue(found) => match found.differs(said.measured) {
                Some(what) => Err(wrong(&what)),
                None => Ok(ControlFlow::Continue(())),
            },
        }
    }
}

#[cfg(test)]
mod tests;
