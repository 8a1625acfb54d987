//! The door for what stands outside the crate but has to see inside: the fuzz targets, and the comparison with other
//! readers of zips (`tests/zips`). Nothing here is a promise to anybody else.

#[cfg(fuzzing)]
#[path = "../tests/fuzz/properties/mod.rs"]
mod properties;

use std::fs::File;
use std::io;

use crate::integrity::{Judgement, verify_file};

#[cfg(fuzzing)]
pub use properties::*;

/// What is thought of a zip: `ok|warn|unverified|bad`, its number of entries, its SHA-256, and what is odd or wrong.
pub fn judge_zip(file: &File) -> io::Result<(&'static str, u64, String, String)> {
    Ok(match verify_file(file)? {
        Judgement::Sound(sound) if sound.warnings.is_empty() => {
            ("ok", sound.entries, sound.sha256, String::new())
        }
        Judgement::Sound(sound) => (
            "warn",
            sound.entries,
            sound.sha256,
            sound.warnings.join("; "),
        ),
        Judgement::Untested(zip) => ("unverified", zip.file.entries, zip.file.sha256, zip.reason),
        Judgement::Corrupt(corrupt) => {
            ("bad", 0, corrupt.sha256.unwrap_or_default(), corrupt.reason)
        }
    })
}
