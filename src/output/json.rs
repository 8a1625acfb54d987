//! Events as JSON Lines (`design.md` section 3). Other programs depend on these names: they may be added to, but never
//! changed or removed.

use std::time::Duration;

use serde::Serialize;

use super::pace::Pace;
use super::tally::{Snapshot, Total};
use crate::event::{Event, Summary};
use crate::model::{FileKind, FileName};
use crate::problem::Problem;

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    Start {
        org: Option<&'a str>,
        job: Option<&'a str>,
        folder: String,
        expiry_date: Option<&'a str>,
        files: Vec<FileOfSet<'a>>,
        resumed_files: usize,
        resumed_bytes: u64,
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
    /// A file that `--dry-run` found missing.
    WouldFetch {
        kind: FileKind,
        name: &'a FileName,
        size: Option<u64>,
    },
    Summary {
        files: Counts,
        bytes: u64,
        fetched_bytes: u64,
        fetched_files: usize,
        seconds: f64,
        folder: String,
        /// What ended the run as a whole, if anything did.
        error: Option<Told<'a>>,
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
    unverified: usize,
    not_selected: usize,
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
            kept,
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
            expiry_date: expires.as_ref().map(|expiry| expiry.text.as_str()),
            files: files.collect(),
            resumed_files: kept.len(),
            resumed_bytes: kept.iter().map(|kept| kept.bytes).sum(),
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
                unverified: summary.unverified,
                not_selected: summary.not_selected,
            },
            bytes: summary.bytes,
            fetched_bytes: summary.fetched_bytes,
            fetched_files: summary.fetched_files,
            seconds: seconds(summary.took),
            folder: summary.folder.to_string_lossy().into_owned(),
            error: summary.ended_by.as_ref().map(Told::of),
            failures: failures.collect(),
            exit_code: summary.exit.code(),
        }
    }

    /// The last line of any other run that failed.
    pub(super) fn error(failure: &'a Problem) -> Line<'a> {
        Line::Error(Told::of(failure))
    }
}

impl<'a> Told<'a> {
    pub(super) fn of(failure: &'a Problem) -> Told<'a> {
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

#[cfg(test)]
mod tests {
    use super::super::tally::Tally;
    use super::super::tests::{
        advanced, failure, file_done, file_start, name, retry, start, summary,
    };
    use super::*;

    fn json(line: &Line) -> String {
        serde_json::to_string(line).unwrap()
    }

    fn of(event: &Event) -> String {
        json(&Line::of(event).unwrap())
    }

    #[test]
    fn events_look_as_the_contract_says() {
        assert_eq!(
            of(&start(&["Data_001.zip"])),
            r#"{"event":"start","org":"757345985","job":"42","folder":"/backups/757345985-42","expiry_date":"2022-06-30T17:31:03+05:30","files":[{"kind":"data","name":"Data_001.zip"}],"resumed_files":0,"resumed_bytes":0,"already_verified":0}"#
        );
        assert_eq!(
            of(&file_start("Data_001.zip", 7)),
            r#"{"event":"file_start","name":"Data_001.zip","resumed_bytes":7}"#
        );
        assert_eq!(
            of(&retry("Data_001.zip")),
            r#"{"event":"retry","name":"Data_001.zip","attempt":2,"attempts":10,"wait_seconds":8.25,"reason":"connection reset"}"#
        );
        assert_eq!(
            of(&file_done("Data_001.zip", 300)),
            r#"{"event":"file_done","name":"Data_001.zip","size":734003200,"sha256":"c0ffee","seconds":41.5,"resumed_bytes":300}"#
        );
    }

    #[test]
    fn failures_carry_code_hint_and_exit_code() {
        let failed = Event::FileFailed {
            name: name("Data_001.zip"),
            failure: failure(),
        };
        let told = r#""code":"corrupt","message":"Data_001.zip: bad CRC-32 after 2 attempts","hint":"run it again","exit_code":6}"#;
        assert_eq!(
            of(&failed),
            format!(r#"{{"event":"file_failed","name":"Data_001.zip",{told}"#)
        );
        assert_eq!(
            json(&Line::error(&failure())),
            format!(r#"{{"event":"error",{told}"#)
        );
    }

    #[test]
    fn a_summary_counts_files_by_state() {
        assert_eq!(
            json(&Line::summary(&summary())),
            r#"{"event":"summary","files":{"verified":6,"missing":0,"corrupt":0,"unverified":0,"not_selected":0},"bytes":2900000000,"fetched_bytes":2100000000,"fetched_files":4,"seconds":90.0,"folder":"/backups/757345985-42","error":null,"failures":[],"exit_code":0}"#
        );
    }

    #[test]
    fn frequent_events_have_no_line_and_progress_adds_them_up() {
        let tally = Tally::default();
        for event in [
            start(&["a.zip", "b.zip"]),
            file_start("a.zip", 7),
            advanced("a.zip", 50),
        ] {
            tally.apply(&event);
        }
        assert!(Line::of(&advanced("a.zip", 50)).is_none());
        let now = tally.snapshot().unwrap();
        let pace = Pace {
            rate: Some(25.9),
            left: None,
            life: None,
        };
        assert_eq!(
            json(&Line::progress(&now, &pace)),
            r#"{"event":"progress","files_done":0,"files":2,"bytes":57,"total_bytes":null,"fetched_bytes":50,"bytes_per_second":25,"seconds_left":null,"active":[{"name":"a.zip","bytes":57,"size":null,"verifying":false}]}"#
        );
    }
}
