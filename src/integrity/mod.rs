//! What "verified" means: every byte went through SHA-256, every entry of the zip was unpacked in memory and its size
//! and CRC-32 compared, and the central directory names exactly the entries that are there (`design.md` section 7
//! rule 8). Nothing is extracted.
//!
//! A [`Verifier`] is fed the file in order, in pieces of any size, so that it can run beside the download and reads
//! each byte once for both the digest and the zip (`zip/stream`). When that refuses the zip, the digest goes on alone, and in
//! the end the zip is judged once more by its directory (`zip/bounded`). Memory does not depend on the size of the file, only
//! (by some 70 bytes each) on the number of entries.

pub(crate) mod digest;
mod opening;
mod read_at;
mod verifier;
mod zip;

pub(crate) use opening::Opening;
pub(crate) use read_at::{ReadAt, ReadInOrder};
pub(crate) use verifier::{
    Corrupt, Judgement, Untested, Verified, Verifier, check_directory, verify_counting, verify_file,
};
pub(crate) use zip::Scratch;
#[allow(unused_imports)]
pub(crate) use zip::{Archive, ArchiveError, Member, Unpacker};
