//! Progress as plain data. The engine emits events and never draws; an [`Observer`] draws and never decides.

use std::path::PathBuf;
use std::time::Duration;

use crate::exit::Exit;
use crate::model::{Expiry, FileKind, FileName};
use crate::problem::Problem;

/// One thing that happened during a run.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The links are known, the folder is open: fetching begins.
    Start {
        /// Organisation id of the links, where they carry one.
        org: Option<String>,
        /// Job id of the links, where they carry one.
        job: Option<String>,
        /// Where the set is saved.
        folder: PathBuf,
        /// The files to fetch in this run, in their order. Files that are already saved are not among them.
        files: Vec<(FileName, FileKind)>,
        /// What an earlier run left of some of them.
        kept: Vec<Kept>,
        /// How many further files are saved and verified already.
        already: usize,
        /// When the links expire.
        expires: Option<Expiry>,
    },
    /// The first request of a file goes out.
    FileStart {
        /// Which file.
        name: FileName,
        /// Bytes that an earlier run left and that are used.
        resumed: u64,
    },
    /// The server told a file's length.
    FileSize {
        /// Which file.
        name: FileName,
        /// Its length in bytes.
        size: u64,
    },
    /// Bytes of a file reached the disk. Comes up to a few thousand times a second.
    Advanced {
        /// Which file.
        name: FileName,
        /// How many bytes, counted once each.
        bytes: u64,
    },
    /// Bytes of a file that were counted are thrown away: it starts over.
    Discarded {
        /// Which file.
        name: FileName,
        /// How many bytes.
        bytes: u64,
        /// Why, for the person who wonders.
        reason: String,
    },
    /// All bytes are there; their verification goes on.
    Verifying {
        /// Which file.
        name: FileName,
    },
    /// Something failed that is worth another try.
    Retry {
        /// The file, or nothing for a call to the API.
        name: Option<FileName>,
        /// Which try comes next, counted since the last progress.
        attempt: u32,
        /// How many tries there are.
        attempts: u32,
        /// How long until then.
        wait: Duration,
        /// What failed; safe for a terminal.
        reason: String,
    },
    /// A file is verified and has its final name.
    FileDone {
        /// Which file.
        name: FileName,
        /// Its length in bytes.
        size: u64,
        /// Its SHA-256 in lower-case hexadecimal.
        sha256: String,
        /// From its first request to its final name.
        took: Duration,
        /// Bytes that came from an earlier run.
        resumed: u64,
    },
    /// A file is given up for this run.
    FileFailed {
        /// Which file.
        name: FileName,
        /// Why.
        failure: Problem,
    },
    /// Something a person should know, that stops nothing.
    Warning {
        /// The file it is about, if any.
        name: Option<FileName>,
        /// Safe for a terminal.
        message: String,
    },
}

/// What an earlier run left of a file, and what it knew of it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Which file.
    pub(crate) name: FileName,
    /// How many bytes are there.
    pub(crate) bytes: u64,
    /// The length of the whole file.
    pub(crate) length: u64,
}

/// Takes the events of a run. Called from many threads, and must return at once.
pub(crate) trait Observer: Send + Sync {
    /// Takes one event.
    fn event(&self, event: Event);
}

/// How a download ended, for the closing lines and the `summary` event.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    /// Where the set is saved.
    pub(crate) folder: PathBuf,
    /// Files of the set that are on disk and verified, whoever fetched them and when.
    pub(crate) verified: usize,
    /// Files that were asked for and are not on disk.
    pub(crate) missing: usize,
    /// Files of the set that are not on disk because `--only` or `--match` left them out.
    pub(crate) not_selected: usize,
    /// Files of the set that arrived corrupt.
    pub(crate) corrupt: usize,
    /// Files of the set that can't be verified, accepted or not.
    pub(crate) unverified: usize,
    /// Bytes of the verified files.
    pub(crate) bytes: u64,
    /// Bytes that came over the line in this run, those thrown away included.
    pub(crate) fetched_bytes: u64,
    /// How many files this run itself fetched and verified; 0 with exit 0 means that all was there already.
    pub(crate) fetched_files: usize,
    /// Of how many missing files a part is kept for the next run, and how many bytes.
    pub(crate) kept: (usize, u64),
    /// From the start of the command to here.
    pub(crate) took: Duration,
    /// What ended the run as a whole, if anything did.
    pub(crate) ended_by: Option<Problem>,
    /// The files this run gave up.
    pub(crate) failures: Vec<(FileName, Problem)>,
    /// How the process ends.
    pub(crate) exit: Exit,
}
