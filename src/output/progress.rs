//! Where a run stands: what its events add up to, how fast it goes, how long the rest takes, and whether the links live
//! that long. One count for bars, lines, JSON and warnings, so that none contradicts another. It has no clock: who asks
//! brings the time.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::paint::Tint;
use super::rate::{Average, Pace};
use super::units;
use crate::event::Event;
use crate::model::FileName;

/// Times left beyond this are noise of a stall.
const LONGEST_LEFT: u64 = 30 * 24 * 3600;

/// Links that expire sooner are shown as a warning.
const SOON: TimeDelta = TimeDelta::hours(1);

/// What a rate is told for.
const SECOND: Duration = Duration::from_secs(1);

/// Before this much time has passed, the speed of the whole run says nothing yet.
const SETTLED: Duration = Duration::from_secs(5);

/// Events of files that no [`Event::Start`] named count for nothing.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// In the order of the list.
    files: Vec<File>,
    places: HashMap<FileName, usize>,
    /// How often a file began.
    begun: usize,
    /// Bytes that came in this run; only grows.
    fetched: u64,
    /// At which `fetched` grows.
    pace: Pace,
    /// The same for what was uploaded. It arrives a part at a time.
    sent: u64,
    upload_pace: Average,
    /// Each file is uploaded once it is verified.
    is_uploaded: bool,
    expires: Option<DateTime<FixedOffset>>,
    /// When the first file was known.
    since: Option<Duration>,
    warned: bool,
}

#[derive(Debug)]
struct File {
    name: FileName,
    stage: Stage,
    /// Bytes on disk, those of earlier runs included.
    bytes: u64,
    /// Bytes that are where the set is. Nothing before any of them is known to be.
    uploaded: Option<u64>,
    size: Option<u64>,
    /// Bars keep the order in which files began.
    order: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Active,
    Verifying,
    Uploading,
    Done,
    Failed,
}

/// The counts at one moment. Serialized they are the `progress` of `--json`, with names that other programs depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename = "progress")]
pub(super) struct Snapshot {
    /// Verified in this run.
    pub(super) files_done: usize,
    /// Of this run.
    pub(super) files: usize,
    /// On disk of the files of this run, resumed ones included.
    pub(super) bytes: u64,
    /// Nothing while no length is known.
    #[serde(rename = "total_bytes", serialize_with = "if_exact")]
    pub(super) total: Option<Total>,
    pub(super) fetched_bytes: u64,
    /// Of the last seconds; nothing while too little is known.
    #[serde(rename = "bytes_per_second")]
    pub(super) rate: Option<u64>,
    /// Where files are uploaded.
    #[serde(flatten)]
    pub(super) upload: Option<Upload>,
    /// Until the last byte is where it is to be, at this rate.
    pub(super) seconds_left: Option<u64>,
    /// In the order in which they began.
    pub(super) active: Vec<ActiveFile>,
    #[serde(skip)]
    pub(super) failed: usize,
    /// Negative when the links have expired, nothing when Zoho gave no date.
    #[serde(skip)]
    pub(super) expires_in: Option<TimeDelta>,
}

/// A file in work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ActiveFile {
    pub(super) name: FileName,
    pub(super) bytes: u64,
    pub(super) size: Option<u64>,
    pub(super) verifying: bool,
    /// Of one that is being uploaded.
    #[serde(rename = "uploaded_bytes", skip_serializing_if = "Option::is_none")]
    pub(super) uploaded: Option<u64>,
}

/// What is in the store of the files of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Upload {
    #[serde(rename = "uploaded_bytes")]
    pub(super) bytes: u64,
    #[serde(rename = "upload_bytes_per_second")]
    pub(super) rate: Option<u64>,
}

/// How far the upload of a file is: the `upload` of `--json`.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename = "upload")]
pub(super) struct FileUpload<'a> {
    name: &'a FileName,
    bytes: u64,
    size: Option<u64>,
}

/// Length of all files together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) bytes: u64,
    /// Some lengths are not known: those files are taken to be as long as the others on average.
    pub(super) is_guessed: bool,
}

impl Progress {
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Start {
                files,
                kept,
                expires,
                is_uploaded,
                ..
            } => {
                self.is_uploaded = *is_uploaded;
                self.expires = expires.as_ref().map(|expiry| expiry.at);
                for file in files {
                    self.add(&file.name);
                }
                // What an earlier run left counts before the file's turn comes.
                for part in kept {
                    self.change(&part.name, |file| {
                        if file.stage == Stage::Waiting {
                            (file.bytes, file.size) = (part.bytes, Some(part.length));
                        }
                    });
                }
            }
            Event::LinksRenewed { expires } => {
                self.expires = expires.as_ref().map(|expiry| expiry.at);
            }
            Event::FileStart { name, resumed } => {
                self.begun += 1;
                let order = self.begun;
                self.change(name, |file| {
                    (file.stage, file.bytes, file.order) = (Stage::Active, *resumed, order);
                });
            }
            Event::FileSize { name, size } => self.change(name, |file| file.size = Some(*size)),
            Event::Advanced { name, bytes } => {
                self.fetched += bytes;
                self.change(name, |file| file.bytes += bytes);
            }
            Event::Discarded { name, bytes, .. } => self.change(name, |file| {
                file.bytes = file.bytes.saturating_sub(*bytes);
                file.stage = Stage::Active;
            }),
            // Who says so may be late.
            Event::Verifying { name } => self.change(name, |file| {
                if file.stage == Stage::Active {
                    file.stage = Stage::Verifying;
                }
            }),
            Event::Uploading { name } => self.change(name, |file| file.stage = Stage::Uploading),
            Event::Uploaded { name, bytes } => self.uploaded(name, *bytes),
            Event::FileDone { name, size, .. } => {
                self.uploaded(name, *size);
                self.change(name, |file| {
                    (file.stage, file.bytes, file.size) = (Stage::Done, *size, Some(*size));
                });
            }
            Event::FileFailed { name, .. } => self.change(name, |file| file.stage = Stage::Failed),
            Event::Retry { .. } | Event::Warning { .. } => {}
        }
    }

    /// An upload that began anew has less than before, and what was there before did not come now.
    fn uploaded(&mut self, name: &FileName, bytes: u64) {
        let mut more = 0;
        self.change(name, |file| {
            let before = file.uploaded.replace(bytes);
            more = bytes.saturating_sub(before.unwrap_or(bytes));
        });
        self.sent += more;
    }

    fn add(&mut self, name: &FileName) {
        if self.places.contains_key(name) {
            return;
        }
        self.places.insert(name.clone(), self.files.len());
        self.files.push(File {
            name: name.clone(),
            stage: Stage::Waiting,
            bytes: 0,
            uploaded: None,
            size: None,
            order: 0,
        });
    }

    fn change(&mut self, name: &FileName, change: impl FnOnce(&mut File)) {
        if let Some(&place) = self.places.get(name) {
            change(&mut self.files[place]);
        }
    }

    /// The counts at a moment, counted from the beginning; moments come in order. Nothing before [`Event::Start`].
    pub(super) fn snapshot(&mut self, at: Duration, wall: DateTime<Utc>) -> Option<Snapshot> {
        if self.files.is_empty() {
            return None;
        }
        self.since.get_or_insert(at);
        let count = |stage| self.files.iter().filter(|file| file.stage == stage).count();
        let is_fetching = !self.is_uploaded || count(Stage::Active) > 0;
        let is_uploading = count(Stage::Uploading) > 0;
        self.pace.sample(at, is_fetching, self.fetched);
        self.upload_pace.sample(at, is_uploading, self.sent);
        let uploaded = self.files.iter().filter_map(|file| file.uploaded);
        let mut now = Snapshot {
            files_done: count(Stage::Done),
            files: self.files.len(),
            bytes: self.files.iter().map(|file| file.bytes).sum(),
            total: self.total(),
            fetched_bytes: self.fetched,
            rate: self.pace.a_second(),
            upload: self.is_uploaded.then(|| Upload {
                bytes: uploaded.sum(),
                rate: self.upload_pace.a_second(),
            }),
            seconds_left: None,
            active: self.active(),
            failed: count(Stage::Failed),
            expires_in: self.expires.map(|at| at.with_timezone(&Utc) - wall),
        };
        now.tell_time_left();
        if !is_fetching {
            now.rate = None;
        }
        if let Some(upload) = now.upload.as_mut().filter(|_| !is_uploading) {
            upload.rate = None;
        }
        Some(now)
    }

    fn total(&self) -> Option<Total> {
        // Of a file that was given up nothing more will come.
        let length = |file: &File| match file.stage {
            Stage::Failed => Some(file.bytes),
            _ => file.size,
        };
        let known: Vec<u64> = self.files.iter().filter_map(length).collect();
        let mean = sum(known.iter().copied()).checked_div(known.len() as u64)?;
        let lengths = self.files.iter();
        let lengths = lengths.map(|file| length(file).unwrap_or(mean.max(file.bytes)));
        Some(Total {
            bytes: sum(lengths),
            is_guessed: known.len() < self.files.len(),
        })
    }

    fn active(&self) -> Vec<ActiveFile> {
        let in_work = |file: &&File| {
            matches!(
                file.stage,
                Stage::Active | Stage::Verifying | Stage::Uploading
            )
        };
        let mut active: Vec<&File> = self.files.iter().filter(in_work).collect();
        active.sort_by_key(|file| file.order);
        let shown = active.into_iter().map(|file| ActiveFile {
            name: file.name.clone(),
            bytes: file.bytes,
            size: file.size,
            verifying: file.stage == Stage::Verifying,
            uploaded: (file.stage == Stage::Uploading).then(|| file.uploaded.unwrap_or_default()),
        });
        shown.collect()
    }

    /// Says once that the links will expire before the rest is through (`design.md` section 7 rule 1). It goes by the
    /// speed since the beginning and not by that of the last seconds, after each pause of which it would cry wolf.
    pub(super) fn warning(&mut self, now: &Snapshot, at: Duration) -> Option<String> {
        let (took, left) = (at.saturating_sub(self.since?), now.expires_in?);
        if self.warned || took < SETTLED {
            return None;
        }
        let needed = Duration::from_secs(now.seconds_to_fetch(self.fetched, took)?);
        let left = Duration::from_secs(left.num_seconds().max(0).unsigned_abs());
        self.warned = needed > left;
        self.warned.then(|| {
            format!(
                "the links expire in {} and the rest takes {} at this speed: not all of it will arrive in time",
                humantime::format_duration(left),
                humantime::format_duration(needed)
            )
        })
    }
}

impl Snapshot {
    /// From the rates and what is missing.
    pub(super) fn tell_time_left(&mut self) {
        let left = match self.upload {
            None => self
                .rate
                .and_then(|rate| self.seconds_to_fetch(rate, SECOND)),
            Some(upload) => self.seconds_to_upload(upload),
        };
        self.seconds_left = left.filter(|left| (1..=LONGEST_LEFT).contains(left));
    }

    /// How long the rest takes when so many bytes come in a time. Nothing while that can't be told.
    fn seconds_to_fetch(&self, bytes: u64, time: Duration) -> Option<u64> {
        seconds_for(self.total?.bytes.saturating_sub(self.bytes), bytes, time)
    }

    /// How long it takes until all is in the store: as long as the slower of both takes, and behind the last byte that is
    /// fetched a whole file has still to go.
    fn seconds_to_upload(&self, upload: Upload) -> Option<u64> {
        let (total, rate) = (self.total?.bytes, upload.rate?);
        let to_upload = seconds_for(total.saturating_sub(upload.bytes), rate, SECOND)?;
        if self.bytes >= total {
            return Some(to_upload);
        }
        let to_fetch = self.seconds_to_fetch(self.rate?, SECOND)?;
        let last = seconds_for(total / self.files.max(1) as u64, rate, SECOND)?;
        Some(to_upload.max(to_fetch.saturating_add(last)))
    }

    /// Bytes that are where they are to be.
    pub(super) fn arrived(&self) -> u64 {
        self.upload.map_or(self.bytes, |upload| upload.bytes)
    }

    /// Of each file whose upload is under way.
    pub(super) fn uploads(&self) -> impl Iterator<Item = FileUpload<'_>> {
        let active = self.active.iter();
        active.filter_map(|file| {
            let bytes = file.uploaded.filter(|bytes| *bytes > 0)?;
            Some(FileUpload {
                name: &file.name,
                bytes,
                size: file.size,
            })
        })
    }

    /// A mark for what was guessed.
    pub(super) fn mark(&self) -> &'static str {
        match self.total {
            Some(total) if total.is_guessed => "~",
            _ => "",
        }
    }

    /// Rate, time left, how long the links live, and how many files failed: `23.4 MB/s`, `~1m 12s left`,
    /// `links expire in 6d 4h`, `2 failed`.
    pub(super) fn outlook(&self) -> Vec<(String, Tint)> {
        let rate =
            |rate: Option<u64>, way: &str| rate.map(|rate| (units::rate(rate) + way, Tint::None));
        let rates = match self.upload {
            None => [rate(self.rate, ""), None],
            Some(upload) => [rate(self.rate, " down"), rate(upload.rate, " up")],
        };
        let left = self.seconds_left.map(|seconds| {
            let time = units::span(Duration::from_secs(seconds));
            (format!("{}{time} left", self.mark()), Tint::None)
        });
        let failed = (self.failed > 0).then(|| (format!("{} failed", self.failed), Tint::Error));
        let others = [left, self.expiry(), failed];
        rates.into_iter().chain(others).flatten().collect()
    }

    fn expiry(&self) -> Option<(String, Tint)> {
        let left = self.expires_in?;
        let Some(time) = left.to_std().ok().filter(|time| !time.is_zero()) else {
            return Some(("the links have expired".to_owned(), Tint::Error));
        };
        let is_too_soon = self
            .seconds_left
            .is_some_and(|needed| needed > time.as_secs());
        let tint = if is_too_soon || left < SOON {
            Tint::Warning
        } else {
            Tint::None
        };
        Some((format!("links expire in {}", units::span(time)), tint))
    }
}

/// How long so many bytes take when others took a time, rounded up: "0s left" while bytes are missing would be a lie.
fn seconds_for(missing: u64, bytes: u64, time: Duration) -> Option<u64> {
    let (needed, bytes) = (u128::from(missing) * time.as_millis(), u128::from(bytes));
    (bytes > 0).then(|| u64::try_from(needed.div_ceil(bytes * 1000)).unwrap_or(u64::MAX))
}

/// A length is what a server says, and need not be sane.
fn sum(lengths: impl Iterator<Item = u64>) -> u64 {
    lengths.fold(0, u64::saturating_add)
}

#[expect(clippy::ref_option, reason = "what serde hands over")]
fn if_exact<S: Serializer>(total: &Option<Total>, serializer: S) -> Result<S::Ok, S::Error> {
    let exact = total.filter(|total| !total.is_guessed);
    exact.map(|total| total.bytes).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Kept;
    use crate::event::samples::{advanced, failure, file_done, file_start, name, size, start};

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn noon() -> DateTime<Utc> {
        "2022-06-24T08:00:00Z".parse().unwrap()
    }

    fn progress(events: &[Event]) -> Progress {
        let mut progress = Progress::default();
        for event in events {
            progress.apply(event);
        }
        progress
    }

    fn now(events: &[Event]) -> Snapshot {
        progress(events).snapshot(Duration::ZERO, noon()).unwrap()
    }

    fn exact(bytes: u64) -> Total {
        Total {
            bytes,
            is_guessed: false,
        }
    }

    fn guessed(bytes: u64) -> Total {
        Total {
            bytes,
            is_guessed: true,
        }
    }

    fn discarded(file: &str, bytes: u64) -> Event {
        let (name, reason) = (name(file), "test".to_owned());
        Event::Discarded {
            name,
            bytes,
            reason,
        }
    }

    fn verifying(file: &str) -> Event {
        Event::Verifying { name: name(file) }
    }

    #[test]
    fn progress_looks_as_the_contract_says() {
        let mut now = now(&[
            start(&["a.zip", "b.zip"]),
            file_start("a.zip", 7),
            advanced("a.zip", 50),
        ]);
        now.rate = Some(25);
        assert_eq!(
            serde_json::to_string(&now).unwrap(),
            r#"{"event":"progress","files_done":0,"files":2,"bytes":57,"total_bytes":null,"fetched_bytes":50,"bytes_per_second":25,"seconds_left":null,"active":[{"name":"a.zip","bytes":57,"size":null,"verifying":false}]}"#
        );
        now.total = Some(exact(100));
        assert!(
            serde_json::to_string(&now)
                .unwrap()
                .contains(r#""total_bytes":100"#)
        );
    }

    #[test]
    fn files_that_are_named_later_count_too() {
        let now = now(&[
            start(&["a.zip"]),
            size("a.zip", 10),
            start(&["b.zip"]),
            file_start("b.zip", 0),
            advanced("b.zip", 7),
        ]);
        assert_eq!((now.files, now.bytes, now.active.len()), (2, 7, 1));
    }

    #[test]
    fn resumed_bytes_count_as_done_but_not_as_fetched() {
        let now = now(&[
            start(&["a.zip"]),
            file_start("a.zip", 700),
            advanced("a.zip", 50),
        ]);
        assert_eq!((now.bytes, now.fetched_bytes), (750, 50));
    }

    #[test]
    fn what_is_kept_of_files_that_wait_for_their_turn_counts() {
        let mut begin = start(&["a.zip", "b.zip"]);
        if let Event::Start { kept, .. } = &mut begin {
            kept.extend([("a.zip", 700), ("b.zip", 300)].map(|(file, bytes)| Kept {
                name: name(file),
                bytes,
                length: 1000,
            }));
        }
        let now = now(&[begin, file_start("a.zip", 700), advanced("a.zip", 50)]);
        assert_eq!((now.bytes, now.fetched_bytes), (1050, 50));
        assert_eq!((now.total, now.active.len()), (Some(exact(2000)), 1));
    }

    #[test]
    fn discarded_bytes_are_taken_back_and_never_below_zero() {
        let begin = [
            start(&["a.zip"]),
            file_start("a.zip", 0),
            advanced("a.zip", 50),
        ];
        let some = [&begin[..], &[discarded("a.zip", 30)]].concat();
        assert_eq!(now(&some).bytes, 20);
        let more = [
            &begin[..],
            &[discarded("a.zip", 31), discarded("a.zip", 31)],
        ]
        .concat();
        assert_eq!(now(&more).bytes, 0);
        assert_eq!(now(&more).fetched_bytes, 50);
    }

    #[test]
    fn a_file_that_starts_over_is_no_longer_being_verified() {
        let now = now(&[
            start(&["a.zip"]),
            file_start("a.zip", 0),
            verifying("a.zip"),
            discarded("a.zip", 9),
        ]);
        assert!(!now.active[0].verifying);
    }

    #[test]
    fn the_total_is_exact_only_when_every_length_is_known() {
        let begin = [start(&["a.zip", "b.zip", "c.zip"]), file_start("a.zip", 0)];
        assert_eq!(now(&begin).total, None);
        let two = [&begin[..], &[size("a.zip", 100), size("b.zip", 300)]].concat();
        assert_eq!(now(&two).total, Some(guessed(600)));
        let all = [&two[..], &[size("c.zip", 5)]].concat();
        assert_eq!(now(&all).total, Some(exact(405)));
    }

    #[test]
    fn of_a_file_that_failed_nothing_more_is_expected() {
        let failed = Event::FileFailed {
            name: name("a.zip"),
            failure: failure(),
        };
        let sizes = [size("a.zip", 1000), size("b.zip", 300)];
        let begin = [
            start(&["a.zip", "b.zip"]),
            file_start("a.zip", 0),
            advanced("a.zip", 50),
        ];
        let now = now(&[&begin[..], &sizes, &[failed]].concat());
        assert_eq!(
            (now.total, now.failed, now.active.len()),
            (Some(exact(350)), 1, 0)
        );
    }

    #[test]
    fn a_length_that_is_not_sane_stops_nothing() {
        let sizes = [size("a.zip", u64::MAX), size("b.zip", u64::MAX)];
        let now = now(&[&[start(&["a.zip", "b.zip"])], &sizes[..]].concat());
        assert_eq!(now.total, Some(exact(u64::MAX)));
    }

    #[test]
    fn files_in_work_stand_in_the_order_in_which_they_began() {
        let now = now(&[
            start(&["a.zip", "b.zip", "c.zip"]),
            file_start("c.zip", 0),
            file_start("a.zip", 0),
            verifying("c.zip"),
        ]);
        let shown: Vec<_> = now
            .active
            .iter()
            .map(|file| (file.name.as_str(), file.verifying))
            .collect();
        assert_eq!(shown, [("c.zip", true), ("a.zip", false)]);
    }

    fn uploading(file: &str) -> Event {
        Event::Uploading { name: name(file) }
    }

    fn uploaded(file: &str, bytes: u64) -> Event {
        let name = name(file);
        Event::Uploaded { name, bytes }
    }

    /// A run into a store with two files of 1000 bytes. The first is there, and its upload has begun.
    fn into_a_store() -> Progress {
        let mut begin = start(&["a.zip", "b.zip"]);
        if let Event::Start { is_uploaded, .. } = &mut begin {
            *is_uploaded = true;
        }
        progress(&[
            begin,
            size("a.zip", 1000),
            size("b.zip", 1000),
            file_start("a.zip", 0),
            advanced("a.zip", 1000),
            uploading("a.zip"),
            uploaded("a.zip", 0),
        ])
    }

    #[test]
    fn what_is_uploaded_is_told_beside_what_is_fetched() {
        let mut run = into_a_store();
        run.snapshot(seconds(1), noon());
        run.apply(&uploaded("a.zip", 400));
        let now = run.snapshot(seconds(3), noon()).unwrap();
        assert_eq!((now.bytes, now.arrived()), (1000, 400));
        assert_eq!(
            serde_json::to_string(&now).unwrap(),
            r#"{"event":"progress","files_done":0,"files":2,"bytes":1000,"total_bytes":2000,"fetched_bytes":1000,"bytes_per_second":null,"uploaded_bytes":400,"upload_bytes_per_second":200,"seconds_left":null,"active":[{"name":"a.zip","bytes":1000,"size":1000,"verifying":false,"uploaded_bytes":400}]}"#
        );
        let upload = now.uploads().next().unwrap();
        assert_eq!(
            serde_json::to_string(&upload).unwrap(),
            r#"{"event":"upload","name":"a.zip","bytes":400,"size":1000}"#
        );
    }

    #[test]
    fn no_time_is_promised_before_an_upload_was_measured() {
        let mut run = into_a_store();
        run.apply(&file_start("b.zip", 0));
        run.snapshot(seconds(1), noon());
        run.apply(&advanced("b.zip", 500));
        let now = run.snapshot(seconds(3), noon()).unwrap();
        assert_eq!((now.rate, now.seconds_left), (Some(250), None));
    }

    /// Without the pauses of either.
    #[test]
    fn behind_the_last_byte_that_is_fetched_a_file_has_still_to_be_uploaded() {
        let mut run = into_a_store();
        run.apply(&file_start("b.zip", 0));
        run.snapshot(seconds(1), noon());
        run.apply(&advanced("b.zip", 100));
        run.apply(&uploaded("a.zip", 1000));
        run.snapshot(seconds(3), noon());
        let mut done = file_done("a.zip", 0);
        if let Event::FileDone { size, .. } = &mut done {
            *size = 1000;
        }
        run.apply(&done);
        run.apply(&advanced("b.zip", 400));
        let now = run.snapshot(seconds(11), noon()).unwrap();
        assert_eq!(now.rate, Some(50));
        assert_eq!(now.upload.unwrap().rate, None, "nothing goes up now");
        assert_eq!(now.seconds_left, Some(500 / 50 + 1000 / 500));
    }

    #[test]
    fn parts_that_arrive_together_are_no_burst_of_speed() {
        let mut run = into_a_store();
        for second in 1..11 {
            run.snapshot(seconds(second), noon());
        }
        run.apply(&uploaded("a.zip", 800));
        let now = run.snapshot(seconds(11), noon()).unwrap();
        assert_eq!(now.upload.unwrap().rate, Some(80));
    }

    #[test]
    fn what_an_earlier_run_uploaded_is_no_speed() {
        let mut run = into_a_store();
        run.apply(&uploading("b.zip"));
        run.snapshot(seconds(1), noon());
        run.apply(&uploaded("b.zip", 800));
        let now = run.snapshot(seconds(3), noon()).unwrap();
        assert_eq!(now.arrived(), 800);
        assert_eq!(now.seconds_left, None);
    }

    /// A run in which so many bytes more have come at each second.
    fn rate_after(per_second: impl IntoIterator<Item = u64>) -> Option<u64> {
        let mut progress = progress(&[start(&["a.zip"]), file_start("a.zip", 0)]);
        let mut rate = None;
        for (second, bytes) in per_second.into_iter().enumerate() {
            progress.apply(&advanced("a.zip", bytes));
            rate = progress
                .snapshot(seconds(second as u64), noon())
                .unwrap()
                .rate;
        }
        rate
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds_and_not_of_the_whole_run() {
        let slower = [1000; 60].into_iter().chain([10; 30]);
        assert_eq!(rate_after(slower), Some(10));
    }

    #[test]
    fn a_stall_brings_the_rate_to_zero() {
        assert_eq!(rate_after([1000; 5].into_iter().chain([0; 25])), Some(0));
    }

    #[test]
    fn the_time_to_connect_is_no_part_of_the_rate() {
        assert_eq!(rate_after([0; 10]), None);
        assert_eq!(rate_after([0; 10].into_iter().chain([2000; 2])), Some(2000));
    }

    /// One that has so many bytes of so many, at this rate, with links that live so long.
    fn at_rate(
        bytes: u64,
        total: impl Into<Option<Total>>,
        rate: u64,
        life: TimeDelta,
    ) -> Snapshot {
        let mut now = Snapshot {
            bytes,
            total: total.into(),
            rate: Some(rate),
            expires_in: Some(life),
            ..Snapshot::default()
        };
        now.tell_time_left();
        now
    }

    #[test]
    fn time_left_is_rounded_up_and_marked_when_guessed() {
        let left = |total| {
            at_rate(500, total, 300, TimeDelta::days(6)).outlook()[1]
                .0
                .clone()
        };
        assert_eq!(left(exact(1000)), "2s left");
        assert_eq!(left(guessed(1000)), "~2s left");
    }

    #[test]
    fn nothing_is_promised_without_lengths_or_while_nothing_comes() {
        let left = |total, rate| at_rate(500, total, rate, TimeDelta::days(6)).seconds_left;
        assert_eq!(left(None, 300), None);
        assert_eq!(left(Some(exact(1000)), 0), None);
        assert_eq!(left(Some(exact(500)), 300), None, "all is there");
        assert_eq!(left(Some(exact(u64::MAX)), 1), None, "noise");
    }

    #[test]
    fn links_that_expire_soon_are_a_warning() {
        let expiry = |bytes, life| at_rate(bytes, exact(10_000), 1, life).expiry().unwrap();
        assert_eq!(
            expiry(9000, TimeDelta::hours(148)),
            ("links expire in 6d 4h".to_owned(), Tint::None)
        );
        assert_eq!(expiry(9000, TimeDelta::minutes(59)).1, Tint::Warning);
        assert_eq!(expiry(0, TimeDelta::hours(2)).1, Tint::Warning);
        assert_eq!(expiry(9000, TimeDelta::seconds(-1)).1, Tint::Error);
    }

    /// What is warned of after so many seconds, in which half of 1000 bytes came of links that live 20 seconds more.
    fn warned_after(took: u64) -> Option<String> {
        let mut progress = progress(&[
            start(&["a.zip", "b.zip"]),
            size("a.zip", 500),
            file_start("a.zip", 0),
        ]);
        let expires = progress.expires.unwrap().with_timezone(&Utc);
        let wall = expires - TimeDelta::seconds(20);
        progress.snapshot(Duration::ZERO, wall).unwrap();
        progress.apply(&advanced("a.zip", 500));
        let now = progress.snapshot(seconds(took), wall).unwrap();
        let warning = progress.warning(&now, seconds(took));
        assert_eq!(progress.warning(&now, seconds(took + 1)), None, "once");
        warning
    }

    #[test]
    fn links_that_will_expire_before_the_rest_is_through_are_warned_of_once() {
        assert_eq!(
            warned_after(21).unwrap(),
            "the links expire in 20s and the rest takes 21s at this speed: not all of it will arrive in time"
        );
        assert_eq!(warned_after(19), None);
        assert_eq!(warned_after(4), None, "too early");
    }

    #[test]
    fn nothing_is_foretold_from_nothing() {
        let mut stalled = progress(&[start(&["a.zip"]), size("a.zip", 500)]);
        stalled.snapshot(Duration::ZERO, noon()).unwrap();
        let later = stalled
            .snapshot(seconds(60), noon() + TimeDelta::days(30))
            .unwrap();
        assert_eq!(stalled.warning(&later, seconds(60)), None);
        let done = [start(&["a.zip"]), file_done("a.zip", 0)];
        assert_eq!(now(&done).seconds_left, None);
    }
}
