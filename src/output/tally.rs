//! Adds up the events of a run. Thousands of [`Event::Advanced`] a second come from many threads: each costs one look
//! into a map that hardly ever changes and two atomic additions, and waits for nobody.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, RwLock};

use chrono::{DateTime, FixedOffset};

use super::lock::locked;
use crate::event::{Event, Kept};
use crate::model::FileName;

/// Counts of one run. Events of files that no [`Event::Start`] named count for nothing.
#[derive(Debug, Default)]
pub(super) struct Tally {
    set: RwLock<Option<Set>>,
    fetched: AtomicU64,
}

#[derive(Debug, Default)]
struct Set {
    index: HashMap<FileName, usize>,
    bytes: Vec<AtomicU64>,
    facts: Mutex<Vec<Facts>>,
    expires: Option<DateTime<FixedOffset>>,
}

/// What changes a few times in a file's life.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    stage: Stage,
    size: Option<u64>,
    /// How many files began before it: bars keep the order in which files began.
    place: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Active,
    Verifying,
    Done,
    Failed,
}

/// The counts at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// Files of this run.
    pub(super) files: usize,
    /// Those verified in this run.
    pub(super) done: usize,
    /// Those given up.
    pub(super) failed: usize,
    /// Bytes on disk of the files of this run, resumed ones included.
    pub(super) bytes: u64,
    /// Bytes that came in this run; only grows.
    pub(super) fetched: u64,
    /// Length of all files of this run.
    pub(super) total: Total,
    /// Files in work, in the order in which they began.
    pub(super) active: Vec<ActiveFile>,
    /// When the links expire.
    pub(super) expires: Option<DateTime<FixedOffset>>,
}

/// A file in work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActiveFile {
    pub(super) name: FileName,
    pub(super) bytes: u64,
    pub(super) size: Option<u64>,
    pub(super) verifying: bool,
}

/// Length of all files together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Total {
    /// No length is known yet.
    #[default]
    Unknown,
    /// Some are; the others are taken to be as long as these are on average.
    Rough(u64),
    /// All are.
    Exact(u64),
}

impl Tally {
    /// Counts an event.
    pub(super) fn apply(&self, event: &Event) {
        match event {
            Event::Advanced { name, bytes } => {
                self.fetched.fetch_add(*bytes, Relaxed);
                self.look(name, |set, index| {
                    set.bytes[index].fetch_add(*bytes, Relaxed);
                });
            }
            // A second one names what was listed only after the first.
            Event::Start {
                files,
                kept,
                expires,
                ..
            } => {
                let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
                let set = set.get_or_insert_default();
                set.expires = expires.as_ref().map(|expiry| expiry.at);
                for (name, _) in files {
                    set.add(name);
                }
                for part in kept {
                    set.begun_before(part);
                }
            }
            Event::FileStart { name, resumed } => self.change(name, |bytes, facts, place| {
                bytes.store(*resumed, Relaxed);
                (facts.stage, facts.place) = (Stage::Active, place);
            }),
            Event::FileSize { name, size } => {
                self.change(name, |_, facts, _| facts.size = Some(*size));
            }
            Event::Discarded { name, bytes, .. } => self.change(name, |counted, facts, _| {
                let _ =
                    counted.fetch_update(Relaxed, Relaxed, |all| Some(all.saturating_sub(*bytes)));
                facts.stage = Stage::Active;
            }),
            Event::Verifying { name } => {
                self.change(name, |_, facts, _| facts.stage = Stage::Verifying);
            }
            Event::FileDone { name, size, .. } => self.change(name, |bytes, facts, _| {
                bytes.store(*size, Relaxed);
                (facts.stage, facts.size) = (Stage::Done, Some(*size));
            }),
            Event::FileFailed { name, .. } => {
                self.change(name, |_, facts, _| facts.stage = Stage::Failed);
            }
            Event::Retry { .. } | Event::Warning { .. } => {}
        }
    }

    /// The counts now; nothing before [`Event::Start`].
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        let set = set.as_ref()?;
        let facts = locked(&set.facts).clone();
        let mut now = Snapshot {
            files: facts.len(),
            fetched: self.fetched.load(Relaxed),
            expires: set.expires,
            ..Snapshot::default()
        };
        let mut active = Vec::new();
        let mut lengths = Lengths::default();
        for (name, &index) in &set.index {
            let bytes = set.bytes[index].load(Relaxed);
            let facts = facts[index];
            now.bytes += bytes;
            now.done += usize::from(facts.stage == Stage::Done);
            now.failed += usize::from(facts.stage == Stage::Failed);
            // Of a file that was given up nothing more will come.
            let failed = facts.stage == Stage::Failed;
            lengths.add(if failed { Some(bytes) } else { facts.size }, bytes);
            if matches!(facts.stage, Stage::Active | Stage::Verifying) {
                let verifying = facts.stage == Stage::Verifying;
                let (name, size) = (name.clone(), facts.size);
                let file = ActiveFile {
                    name,
                    bytes,
                    size,
                    verifying,
                };
                active.push((facts.place, index, file));
            }
        }
        active.sort_by_key(|(place, index, _)| (*place, *index));
        now.active = active.into_iter().map(|(_, _, file)| file).collect();
        now.total = lengths.total();
        Some(now)
    }

    fn look(&self, name: &FileName, look: impl FnOnce(&Set, usize)) {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = set.as_ref()
            && let Some(index) = set.index.get(name)
        {
            look(set, *index);
        }
    }

    /// Changes what is known of a file. The last argument is how many files began before.
    fn change(&self, name: &FileName, change: impl FnOnce(&AtomicU64, &mut Facts, usize)) {
        self.look(name, |set, index| {
            let mut facts = locked(&set.facts);
            let begun = facts
                .iter()
                .filter(|facts| facts.stage != Stage::Waiting)
                .count();
            change(&set.bytes[index], &mut facts[index], begun);
        });
    }
}

impl Set {
    fn add(&mut self, name: &FileName) {
        if self.index.contains_key(name) {
            return;
        }
        self.index.insert(name.clone(), self.bytes.len());
        self.bytes.push(AtomicU64::new(0));
        locked(&self.facts).push(Facts::default());
    }

    /// What an earlier run left counts before the file's turn comes.
    fn begun_before(&mut self, part: &Kept) {
        if let Some(&index) = self.index.get(&part.name)
            && let facts = &mut locked(&self.facts)[index]
            && facts.stage == Stage::Waiting
        {
            facts.size = Some(part.length);
            self.bytes[index].store(part.bytes, Relaxed);
        }
    }
}

/// Adds up lengths of which some are not known.
#[derive(Debug, Default)]
struct Lengths {
    known: u64,
    known_files: u64,
    /// Of the files without a known length: what is there of each.
    others: Vec<u64>,
}

impl Lengths {
    fn add(&mut self, size: Option<u64>, bytes: u64) {
        if let Some(size) = size {
            self.known = self.known.saturating_add(size);
            self.known_files += 1;
        } else {
            self.others.push(bytes);
        }
    }

    fn total(&self) -> Total {
        match self.known.checked_div(self.known_files) {
            _ if self.others.is_empty() => Total::Exact(self.known),
            None => Total::Unknown,
            Some(mean) => {
                let guessed = self.others.iter().map(|bytes| mean.max(*bytes));
                Total::Rough(guessed.fold(self.known, u64::saturating_add))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{advanced, file_start, name, size, start};
    use super::*;

    fn discarded(file: &str, bytes: u64) -> Event {
        let (name, reason) = (name(file), "test".to_owned());
        Event::Discarded {
            name,
            bytes,
            reason,
        }
    }

    #[test]
    fn files_that_are_named_later_count_too() {
        let now = tally(&[
            start(&["a.zip"]),
            size("a.zip", 10),
            start(&["b.zip"]),
            file_start("b.zip", 0),
            advanced("b.zip", 7),
        ]);
        assert_eq!((now.files, now.bytes, now.active.len()), (2, 7, 1));
    }

    fn tally(events: &[Event]) -> Snapshot {
        let tally = Tally::default();
        for event in events {
            tally.apply(event);
        }
        tally.snapshot().unwrap()
    }

    #[test]
    fn resumed_bytes_count_as_done_but_not_as_fetched() {
        let now = tally(&[
            start(&["a.zip"]),
            file_start("a.zip", 700),
            advanced("a.zip", 50),
        ]);
        assert_eq!((now.bytes, now.fetched), (750, 50));
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
        let now = tally(&[begin, file_start("a.zip", 700), advanced("a.zip", 50)]);
        assert_eq!((now.bytes, now.fetched), (1050, 50));
        assert_eq!((now.total, now.active.len()), (Total::Exact(2000), 1));
    }

    #[test]
    fn discarded_bytes_are_taken_back_and_never_below_zero() {
        let begin = [
            start(&["a.zip"]),
            file_start("a.zip", 0),
            advanced("a.zip", 50),
        ];
        let some = [&begin[..], &[discarded("a.zip", 30)]].concat();
        assert_eq!(tally(&some).bytes, 20);
        let more = [
            &begin[..],
            &[discarded("a.zip", 31), discarded("a.zip", 31)],
        ]
        .concat();
        assert_eq!(tally(&more).bytes, 0);
        assert_eq!(tally(&more).fetched, 50);
    }

    #[test]
    fn a_file_that_starts_over_is_no_longer_being_verified() {
        let verifying = Event::Verifying {
            name: name("a.zip"),
        };
        let now = tally(&[
            start(&["a.zip"]),
            file_start("a.zip", 0),
            verifying,
            discarded("a.zip", 9),
        ]);
        assert!(!now.active[0].verifying);
    }

    #[test]
    fn the_total_is_exact_only_when_every_length_is_known() {
        let begin = [start(&["a.zip", "b.zip", "c.zip"]), file_start("a.zip", 0)];
        assert_eq!(tally(&begin).total, Total::Unknown);
        let two = [&begin[..], &[size("a.zip", 100), size("b.zip", 300)]].concat();
        assert_eq!(tally(&two).total, Total::Rough(600));
        let all = [&two[..], &[size("c.zip", 5)]].concat();
        assert_eq!(tally(&all).total, Total::Exact(405));
    }

    #[test]
    fn of_a_file_that_failed_nothing_more_is_expected() {
        let failed = Event::FileFailed {
            name: name("a.zip"),
            failure: super::super::tests::failure(),
        };
        let sizes = [size("a.zip", 1000), size("b.zip", 300)];
        let begin = [
            start(&["a.zip", "b.zip"]),
            file_start("a.zip", 0),
            advanced("a.zip", 50),
        ];
        let now = tally(&[&begin[..], &sizes, &[failed]].concat());
        assert_eq!(
            (now.total, now.failed, now.active.len()),
            (Total::Exact(350), 1, 0)
        );
    }

    #[test]
    fn files_in_work_stand_in_the_order_in_which_they_began() {
        let now = tally(&[
            start(&["a.zip", "b.zip", "c.zip"]),
            file_start("c.zip", 0),
            file_start("a.zip", 0),
            Event::Verifying {
                name: name("c.zip"),
            },
        ]);
        let shown: Vec<_> = now
            .active
            .iter()
            .map(|file| (file.name.as_str(), file.verifying))
            .collect();
        assert_eq!(shown, [("c.zip", true), ("a.zip", false)]);
    }
}
