//! How a verified file becomes an object.
//!
//! ```text
//! uploader   uploads it: as a whole or in parts, and goes on with what a killed run left
//! multipart  an upload in parts, as the library has it
//! journal    which upload that is, and which parts have arrived
//! unheard    uploads whose id a killed run has not heard
//! e_tag      what S3 calls an object, which is a checksum
//! verdict    what an object is that an upload finds in its place
//! ```

mod e_tag;
mod journal;
mod multipart;
mod unheard;
mod uploader;
mod verdict;

pub(super) use uploader::{Upload, Uploader};
