//! How a judgement ends.

use std::io;

use crate::untrusted::printable;

/// A zip that passed, as far as it could be tested.
pub(in crate::integrity) struct Passed {
    pub(in crate::integrity) entries: u64,
    pub(in crate::integrity) warnings: Vec<String>,
    /// Why not all of it could be tested.
    pub(in crate::integrity) untested: Option<String>,
}

/// Why a zip did not pass; safe for a terminal.
#[derive(Debug)]
pub(in crate::integrity) enum Refused {
    Zip(String),
    Io(io::Error),
}

impl Refused {
    pub(super) fn new(why: impl Into<String>) -> Refused {
        Refused::Zip(why.into())
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Io(error)
    }
}

pub(super) fn require(right: bool, otherwise: &str) -> Result<(), Refused> {
    if right {
        Ok(())
    } else {
        Err(Refused::new(otherwise))
    }
}

/// A name as it is shown.
pub(super) fn quoted(name: &[u8]) -> String {
    format!("\"{}\"", printable(&String::from_utf8_lossy(name)))
}
