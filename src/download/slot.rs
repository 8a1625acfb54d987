//! One file of the run, and how far it is.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::plan::Leftover;
use super::version::Version;
use crate::integrity::Corrupt;
use crate::model::BackupFile;

/// One file of the run.
pub(super) struct Slot {
    pub(super) file: BackupFile,
    pub(super) progress: Mutex<Progress>,
}

/// How far a file is.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) leftover: Option<Leftover>,
    pub(super) version: Option<Arc<Version>>,
    pub(super) restarts: u32,
    /// Arrived corrupt once: the next time in one stream from zero, the plainest way there is. Only where that breaks off a
    /// range goes on, for on a line that always breaks the file would never come otherwise.
    pub(super) corrupt_before: Option<Corrupt>,
    /// The server was caught lying about ranges of this file.
    pub(super) one_stream: bool,
    /// Its validators say nothing: they differ where the bytes are the same.
    pub(super) by_bytes: bool,
    pub(super) started: Option<Instant>,
    /// Length, once it was known; stays known when the file starts over or is done.
    pub(super) length: Option<u64>,
    pub(super) fate: Fate,
}

/// What can still become of a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Anything.
    #[default]
    Open,
    /// It is verified as it is, and on its way to its final name.
    Sealed,
    /// Nothing of it is missing any more, or it was given up.
    Settled,
}

impl Progress {
    /// Whether several connections may fetch it at once.
    pub(super) fn may_split(&self) -> bool {
        !self.one_stream && self.corrupt_before.is_none()
    }

    /// Bytes that are there of a file without a final name.
    pub(super) fn held(&self) -> u64 {
        let leftover = self.leftover.as_ref().map(|leftover| leftover.held.total());
        let version = self.version.as_ref().map(|version| version.held().total());
        version.or(leftover).unwrap_or(0)
    }

    /// Whether this version is the one that counts.
    pub(super) fn is_at(&self, version: &Arc<Version>) -> bool {
        let current = self.version.as_ref();
        self.fate == Fate::Open && current.is_some_and(|current| Arc::ptr_eq(current, version))
    }
}
