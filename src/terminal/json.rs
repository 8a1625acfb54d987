//! Events as JSON Lines (`design.md` section 3). Other programs depend on these names: they may be added to, but never
//! changed or removed.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::pace::Pace;
use super::tally::{Snapshot, Total};
use crate::backup::{FileKind, FileName};
use crate::event::{Event, Failure, Summary};

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    Start {
        org: Option<&'a str>,
        job: Option<&'a str>,
        folder: String,
        expiry_date: Option<DateTime<FixedOffset>>,
        files: Vec<FileOfSet<'a>>,
        already_verified: usize,
    },
    FileStart {
        name: &'a FileName,
        resumed_bytes: u64,
    },
    Progress {
        files_done: usize,
        files: usize,
        bytes: u64,
        /// Nothing until the length of every file is known.
        total_bytes: Option<u64>,
        fetched_bytes: u64,
        bytes_per_second: Option<u64>,
        seconds_left: Option<u64>,
        active: Vec<Active<'a>>,
    },
    Retry {
        name: Option<&'a FileName>,
        attempt: u32,
        attempts: u32,
        wait_seconds: f64,
        reason: &'a str,
    },
    FileDone {
        name: &'a FileName,
        size: u64,
        sha256: &'a str,
        seconds: f64,
        resumed_bytes: u64,
    },
    FileFailed {
        name: &'a FileName,
        #[serde(flatten)]
        failure: Told<'a>,
    },
    Warning {
        name: Option<&'a FileName>,
        message: &'a str,
    },
    Summary {
        files: Counts,
        bytes: u64,
        fetched_bytes: u64,
        fetched_files: usize,
        seconds: f64,
        folder: String,
        failures: Vec<FailedFile<'a>>,
        exit_code: u8,
    },
    Error(Told<'a>),
}

/// A file to fetch.
#[derive(Debug, Serialize)]
pub(super) struct FileOfSet<'a> {
    kind: FileKind,
    name: &'a FileName,
}

/// A file in work.
#[derive(Debug, Serialize)]
pub(super) struct Active<'a> {
    name: &'a FileName,
    bytes: u64,
    size: Option<u64>,
    verifying: bool,
}

/// Files of the set by their state.
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    verified: usize,
    missing: usize,
    corrupt: usize,
}

/// A failure.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
    exit_code: u8,
}

/// A failure of a file.
#[derive(Debug, Serialize)]
pub(super) struct FailedFile<'a> {
    name: &'a FileName,
    #[serde(flatten)]
    failure: Told<'a>,
}

impl<'a> Line<'a> {
    /// The line of an event; the frequent ones have none of their own, they are added up in `progress`.
    pub(super) fn of(event: &'a Event) -> Option<Line<'a>> {
        Some(match event {
            Event::Start { .. } => return Line::start(event),
            Event::FileStart { name, resumed } => Line::FileStart {
                name,
                resumed_bytes: *resumed,
            },
            Event::Retry {
                name,
                attempt,
                attempts,
                wait,
                reason,
            } => Line::Retry {
                name: name.as_ref(),
                attempt: *attempt,
                attempts: *attempts,
                wait_seconds: seconds(*wait),
                reason,
            },
            Event::FileDone {
                name,
                size,
                sha256,
                took,
                resumed,
            } => Line::FileDone {
                name,
                size: *size,
                sha256,
                seconds: seconds(*took),
                resumed_bytes: *resumed,
            },
            Event::FileFailed { name, failure } => Line::FileFailed {
                name,
                failure: Told::of(failure),
            },
            Event::Warning { name, message } => Line::Warning {
                name: name.as_ref(),
                message,
            },
            Event::FileSize { .. }
            | Event::Advanced { .. }
            | Event::Discarded { .. }
            | Event::Verifying { .. } => return None,
        })
    }

    fn start(event: &'a Event) -> Option<Line<'a>> {
        let Event::Start {
            org,
            job,
            folder,
            files,
            already,
            expires,
        } = event
        else {
            return None;
        };
        let files = files
            .iter()
            .map(|(name, kind)| FileOfSet { kind: *kind, name });
        Some(Line::Start {
            org: org.as_deref(),
            job: job.as_deref(),
            folder: folder.to_string_lossy().into_owned(),
            expiry_date: *expires,
            files: files.collect(),
            already_verified: *already,
        })
    }

    /// Where the run stands.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are positive and the cast saturates"
    )]
    pub(super) fn progress(now: &'a Snapshot, pace: &Pace) -> Line<'a> {
        let active = now.active.iter().map(|file| Active {
            name: &file.name,
            bytes: file.bytes,
            size: file.size,
            verifying: file.verifying,
        });
        Line::Progress {
            files_done: now.done,
            files: now.files,
            bytes: now.bytes,
            total_bytes: match now.total {
                Total::Exact(total) => Some(total),
                Total::Rough(_) | Total::Unknown => None,
            },
            fetched_bytes: now.fetched,
            bytes_per_second: pace.rate.map(|rate| rate as u64),
            seconds_left: pace.left.map(|left| left.time.as_secs()),
            active: active.collect(),
        }
    }

    /// The last line of a run that got as far as a set of files.
    pub(super) fn summary(summary: &'a Summary) -> Line<'a> {
        let failures = summary.failures.iter().map(|(name, failure)| FailedFile {
            name,
            failure: Told::of(failure),
        });
        Line::Summary {
            files: Counts {
                verified: summary.verified,
                missing: summary.missing,
                corrupt: summary.corrupt,
            },
            bytes: summary.bytes,
            fetched_bytes: summary.fetched_bytes,
            fetched_files: summary.fetched_files,
            seconds: seconds(summary.took),
            folder: summary.folder.to_string_lossy().into_owned(),
            failures: failures.collect(),
            exit_code: summary.exit.code(),
        }
    }

    /// The last line of any other run that failed.
    pub(super) fn error(failure: &'a Failure) -> Line<'a> {
        Line::Error(Told::of(failure))
    }
}

impl<'a> Told<'a> {
    fn of(failure: &'a Failure) -> Told<'a> {
        Told {
            code: failure.code,
            message: &failure.message,
            hint: failure.hint.as_deref(),
            exit_code: failure.exit.code(),
        }
    }
}

/// Seconds to the millisecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact for 285,000 years of milliseconds"
)]
fn seconds(time: Duration) -> f64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX) as f64 / 1000.0
}
