//! What happens during a run, as plain data. The engine emits events and never draws; an [`Observer`] draws and never
//! decides.
//!
//! Serialized, events are the JSON Lines of `download` (`design.md` section 3). Other programs depend on the names: they
//! may be added to, but never changed or removed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::model::{Expiry, FileKind, FileName};
use crate::problem::Problem;

/// One thing that happened during a run.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The links are known, the folder is open: fetching begins. A second one names what was listed only after the first.
    Start {
        /// Organisation id of the links, where they carry one.
        org: Option<String>,
        /// Job id of the links, where they carry one.
        job: Option<String>,
        folder: String,
        /// Whether each file is uploaded once it is verified.
        #[serde(skip)]
        is_uploaded: bool,
        /// When the links expire, by the clock of this machine.
        #[serde(rename = "expiry_date", serialize_with = "as_zoho_wrote_it")]
        expires: Option<Expiry>,
        /// The files to fetch in this run, in their order. Files that are already saved are not among them.
        files: Vec<ListedFile>,
        /// What an earlier run left of some of them.
        #[serde(flatten, serialize_with = "resumed")]
        kept: Vec<Kept>,
        /// The further files.
        #[serde(flatten)]
        already: Already,
    },
    /// The list was read again.
    #[serde(skip)]
    LinksRenewed {
        /// When its links expire, by the clock of this machine.
        expires: Option<Expiry>,
    },
    /// The first request of a file goes out.
    FileStart {
        name: FileName,
        /// Bytes that an earlier run left and that are used.
        #[serde(rename = "resumed_bytes")]
        resumed: u64,
    },
    /// The server told a file's length.
    #[serde(skip)]
    FileSize { name: FileName, size: u64 },
    /// Bytes of a file reached the disk, counted once each. Comes up to a few thousand times a second.
    #[serde(skip)]
    Advanced { name: FileName, bytes: u64 },
    /// Bytes of a file that were counted are thrown away: it starts over.
    #[serde(skip)]
    Discarded {
        name: FileName,
        bytes: u64,
        /// Why, for the person who wonders.
        reason: String,
    },
    /// All bytes are there; their verification goes on.
    #[serde(skip)]
    Verifying { name: FileName },
    /// It is verified, and on its way to where the set is.
    #[serde(skip)]
    Uploading { name: FileName },
    /// So many bytes of it are there. The first time it says what was there before.
    #[serde(skip)]
    Uploaded { name: FileName, bytes: u64 },
    /// Something failed that is worth another attempt.
    Retry {
        /// The file, or nothing for a call to the API.
        name: Option<FileName>,
        /// Which attempt comes next, counted since the last progress.
        attempt: u32,
        attempts: u32,
        /// How long until then.
        #[serde(rename = "wait_seconds", serialize_with = "seconds")]
        wait: Duration,
        /// What failed; safe for a terminal.
        reason: String,
    },
    /// A file is verified and has its final name.
    FileDone {
        name: FileName,
        size: u64,
        /// In lower-case hexadecimal.
        sha256: String,
        /// From its first request to its final name.
        #[serde(rename = "seconds", serialize_with = "seconds")]
        took: Duration,
        /// Bytes that came from an earlier run.
        #[serde(rename = "resumed_bytes")]
        resumed: u64,
    },
    /// A file is given up for this run.
    FileFailed {
        name: FileName,
        #[serde(flatten)]
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

impl Event {
    /// Whether it is only counted, and has no line of JSON of its own.
    pub(crate) fn is_counted_only(&self) -> bool {
        matches!(
            self,
            Event::LinksRenewed { .. }
                | Event::FileSize { .. }
                | Event::Advanced { .. }
                | Event::Discarded { .. }
                | Event::Verifying { .. }
                | Event::Uploading { .. }
                | Event::Uploaded { .. }
        )
    }
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ListedFile {
    pub(crate) kind: FileKind,
    pub(crate) name: FileName,
}

/// Files that earlier runs saved, and that nobody has read since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Already {
    #[serde(rename = "already_verified")]
    pub(crate) files: usize,
    /// When they were verified: the first of them. Nothing where that is not known.
    pub(crate) verified_at: Option<DateTime<Utc>>,
}

/// What an earlier run left of a file, and what it knew of it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) name: FileName,
    /// How many bytes are there.
    pub(crate) bytes: u64,
    /// The length of the whole file.
    pub(crate) length: u64,
}

/// Takes the events of a run. Called from many threads, and must return at once.
pub(crate) trait Observer: Send + Sync {
    fn event(&self, event: Event);
}

/// To the millisecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact for 285,000 years of milliseconds"
)]
pub(crate) fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    serializer.serialize_f64(millis as f64 / 1000.0)
}

#[expect(clippy::ref_option, reason = "what serde hands over")]
fn as_zoho_wrote_it<S: Serializer>(
    expiry: &Option<Expiry>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = expiry.as_ref().map(|expiry| &expiry.text);
    text.serialize(serializer)
}

fn resumed<S: Serializer>(kept: &[Kept], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Resumed {
        resumed_files: usize,
        resumed_bytes: u64,
    }
    let resumed = Resumed {
        resumed_files: kept.len(),
        resumed_bytes: kept.iter().map(|kept| kept.bytes).sum(),
    };
    resumed.serialize(serializer)
}

/// Values that tests share.
#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::exit::Exit;

    pub(crate) fn name(file: &str) -> FileName {
        FileName::parse(file).unwrap()
    }

    pub(crate) fn start(files: &[&str]) -> Event {
        Event::Start {
            org: Some("757345985".to_owned()),
            job: Some("42".to_owned()),
            folder: "/backups/757345985-42".to_owned(),
            is_uploaded: false,
            files: files
                .iter()
                .map(|file| ListedFile {
                    kind: FileKind::Data,
                    name: name(file),
                })
                .collect(),
            kept: Vec::new(),
            already: Already::default(),
            expires: Some(Expiry::parse("2022-06-30T17:31:03+05:30").unwrap()),
        }
    }

    pub(crate) fn already(files: usize) -> Already {
        Already {
            files,
            verified_at: "2026-11-20T12:00:00Z".parse().ok(),
        }
    }

    pub(crate) fn file_start(file: &str, resumed: u64) -> Event {
        Event::FileStart {
            name: name(file),
            resumed,
        }
    }

    pub(crate) fn size(file: &str, size: u64) -> Event {
        Event::FileSize {
            name: name(file),
            size,
        }
    }

    pub(crate) fn advanced(file: &str, bytes: u64) -> Event {
        Event::Advanced {
            name: name(file),
            bytes,
        }
    }

    pub(crate) fn retry(file: &str) -> Event {
        Event::Retry {
            name: Some(name(file)),
            attempt: 2,
            attempts: 10,
            wait: Duration::from_millis(8250),
            reason: "connection reset".to_owned(),
        }
    }

    pub(crate) fn file_done(file: &str, resumed: u64) -> Event {
        Event::FileDone {
            name: name(file),
            size: 734_003_200,
            sha256: "c0ffee".to_owned(),
            took: Duration::from_millis(41_500),
            resumed,
        }
    }

    pub(crate) fn failure() -> Problem {
        let message = "Data_001.zip: bad CRC-32 after 2 attempts";
        Problem::new(Exit::Integrity, "corrupt", message).hint("run it again")
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{already, failure, file_done, file_start, name, retry, start};
    use super::*;

    fn json(event: &Event) -> String {
        serde_json::to_string(event).unwrap()
    }

    #[test]
    fn events_look_as_the_contract_says() {
        assert_eq!(
            json(&start(&["Data_001.zip"])),
            r#"{"event":"start","org":"757345985","job":"42","folder":"/backups/757345985-42","expiry_date":"2022-06-30T17:31:03+05:30","files":[{"kind":"data","name":"Data_001.zip"}],"resumed_files":0,"resumed_bytes":0,"already_verified":0,"verified_at":null}"#
        );
        assert_eq!(
            serde_json::to_string(&already(2)).unwrap(),
            r#"{"already_verified":2,"verified_at":"2026-11-20T12:00:00Z"}"#
        );
        assert_eq!(
            json(&file_start("Data_001.zip", 7)),
            r#"{"event":"file_start","name":"Data_001.zip","resumed_bytes":7}"#
        );
        assert_eq!(
            json(&retry("Data_001.zip")),
            r#"{"event":"retry","name":"Data_001.zip","attempt":2,"attempts":10,"wait_seconds":8.25,"reason":"connection reset"}"#
        );
        assert_eq!(
            json(&file_done("Data_001.zip", 300)),
            r#"{"event":"file_done","name":"Data_001.zip","size":734003200,"sha256":"c0ffee","seconds":41.5,"resumed_bytes":300}"#
        );
        let failed = Event::FileFailed {
            name: name("Data_001.zip"),
            failure: failure(),
        };
        assert_eq!(
            json(&failed),
            r#"{"event":"file_failed","name":"Data_001.zip","code":"corrupt","message":"Data_001.zip: bad CRC-32 after 2 attempts","hint":"run it again","exit_code":6}"#
        );
    }
}
