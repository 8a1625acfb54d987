//! Whether a zip is sound. Two judgements: the strict one (`stream`), entry after entry as the bytes come, and the second one
//! (`bounded`), from the file at rest, where the strict one refuses. Both rest on one reading of the central `directory`.
//!
//! `archive` is what saved zips are read with. `local` is the header before an entry, `record` what all records have in common, `unpack` the
//! inflater, `reader` a file read once, `names` and `oddities` what is worth a warning, `outcome` how a judgement ends.

mod archive;
mod bounded;
mod directory;
mod local;
mod names;
mod oddities;
mod outcome;
mod reader;
mod record;
mod stream;
mod unpack;

#[allow(unused_imports)]
pub(crate) use archive::{Archive, ArchiveError, Member};
pub(super) use bounded::judge as judge_by_directory;
pub(super) use directory::Directory;
pub(super) use outcome::{Passed, Refused};
pub(super) use stream::ZipStream;
pub(crate) use unpack::{Scratch, Unpacker};

#[cfg(test)]
pub(super) use {
    local::LocalHeader,
    record::{u16_at, u32_at},
};
