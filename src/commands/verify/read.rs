//! Reads files, several at once.

use std::cmp::Reverse;
use std::io;
use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

use chrono::Utc;

use crate::integrity::{Judgement, Verified, check_directory, verify_counting};
use crate::output::Reading;
use crate::problem::Problem;
use crate::store::readings::Readings;
use crate::store::{self, StorageError, at_once};

use super::finding::{Finding, Kind};
use super::subject::{Sound, ToRead};

/// So many objects of a store are read at once.
const FROM_STORE: usize = 8;

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The directory of its zip.
    Directory,
    /// Every byte.
    Whole,
}

/// What reading a file showed.
pub(super) enum Verdict {
    Sound(Sound),
    Wrong(Finding),
    /// It was not read any more, because the store failed for this reason.
    NotRead(Problem),
}

/// Reads all of the files, the largest first, and notes at once how each is: who stops the run has gained something.
pub(super) fn all_of(
    files: &[(&ToRead, Depth)],
    reading: &Reading,
    readings: &Readings,
) -> Vec<Verdict> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|place| Reverse(files[*place].0.size));
    let failed = OnceLock::new();
    let verdicts = at_once::map(&order, threads(files), |place| {
        let (file, depth) = files[*place];
        let verdict = match failed.get() {
            Some(problem) => Verdict::NotRead(Problem::clone(problem)),
            None => read(file, depth, reading, &failed),
        };
        match &verdict {
            Verdict::Sound(_) => {
                reading.file_done();
            }
            Verdict::Wrong(_) | Verdict::NotRead(_) => reading.file_failed(),
        }
        note(readings, file, &verdict);
        verdict
    });
    let mut placed: Vec<_> = order.into_iter().zip(verdicts).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, verdict)| verdict).collect()
}

/// As many as there are cores; from a store more, but not so many that what is read ahead for each fills the memory.
fn threads(files: &[(&ToRead, Depth)]) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let is_in_store = |(file, _): &(&ToRead, Depth)| file.path.local().is_none();
    if files.iter().any(is_in_store) {
        cores.max(FROM_STORE)
    } else {
        cores
    }
}

/// Notes how a file is which a manifest vouches for. That this can't be done makes no file less sound.
fn note(readings: &Readings, file: &ToRead, verdict: &Verdict) {
    let (Some(set), Some(entry)) = (file.path.parent(), &file.entry) else {
        return;
    };
    let (name, expected) = (&entry.name, entry.sha256.as_deref());
    let noted = match (verdict, expected) {
        (Verdict::Sound(sound), _) => match &sound.sha256 {
            Some(digest) => readings.note_sound(&set, name, digest, Utc::now()),
            None => return,
        },
        (Verdict::Wrong(finding), Some(digest)) if finding.kind.is_damage() => {
            readings.note_damaged(&set, name, digest, Utc::now())
        }
        _ => return,
    };
    if let Err(error) = noted {
        tracing::info!(%error, "the reading is not noted");
    }
}

fn read(file: &ToRead, depth: Depth, reading: &Reading, failed: &OnceLock<Problem>) -> Verdict {
    let once = || match depth {
        Depth::Directory => look(file),
        Depth::Whole => judge(file, reading),
    };
    let is_disturbed =
        |error: &io::Error| matches!(StorageError::told(error), Some(StorageError::Disturbed(_)));
    // What took the place of another object while that was read is read from its beginning.
    let judged = match once() {
        Err(error) if is_disturbed(&error) => once(),
        judged => judged,
    };
    judged.unwrap_or_else(|error| {
        let told = StorageError::told(&error).filter(|_| file.path.local().is_none());
        let problem = told.map(StorageError::problem);
        if let Some(problem) = problem.filter(|it| !store::is_about_one_object(it)) {
            // Nor would the next file be read.
            let _ = failed.set(problem);
        }
        match error.kind() {
            io::ErrorKind::NotFound => wrong(file, Kind::Missing, "missing"),
            _ => Verdict::Wrong(Finding::unreadable(&file.path, &error).of(&file.name)),
        }
    })
}

fn look(file: &ToRead) -> io::Result<Verdict> {
    let opened = file.path.open_sized(file.size)?;
    Ok(match check_directory(&*opened)? {
        Err(why) => wrong(file, Kind::Corrupt, &why),
        Ok(entries) => match file.entry.as_ref().and_then(|entry| entry.entries) {
            Some(said) if said != entries => {
                let what = format!("has {entries} entries, the manifest says {said}");
                wrong(file, Kind::Digest, &what)
            }
            _ => Verdict::Sound(Sound {
                entries,
                ..Sound::default()
            }),
        },
    })
}

fn judge(file: &ToRead, reading: &Reading) -> io::Result<Verdict> {
    let opened = file.path.open_sized(file.size)?;
    let expected = file
        .entry
        .as_ref()
        .and_then(|entry| entry.sha256.as_deref());
    let (zip, untested) = match verify_counting(&*opened, |bytes| reading.advance(bytes))? {
        Judgement::Sound(zip) => (zip, None),
        Judgement::Untested(zip) => (zip.file, Some(zip.reason)),
        Judgement::Corrupt(corrupt) => {
            let changed = match (&corrupt.sha256, expected) {
                (Some(found), Some(expected)) if found == expected => {
                    ", and so it was when it was saved"
                }
                (_, Some(_)) => "; it is not what was saved",
                _ => "",
            };
            let what = format!("corrupt: {}{changed}", corrupt.reason);
            return Ok(wrong(file, Kind::Corrupt, &what));
        }
    };
    let changed = expected.filter(|expected| *expected != zip.sha256);
    Ok(match (changed, untested) {
        (Some(expected), _) => {
            let found = &zip.sha256;
            let what = format!("changed: its SHA-256 is {found}, the manifest says {expected}");
            wrong(file, Kind::Digest, &what)
        }
        (None, Some(why)) if expected.is_none() => {
            wrong(file, Kind::Untested, &format!("can't be verified: {why}"))
        }
        (None, untested) => sound(file, zip, untested),
    })
}

fn sound(file: &ToRead, zip: Verified, untested: Option<String>) -> Verdict {
    // What was odd when it was saved was said then, and stands in the manifest.
    let known = file.entry.as_ref().map(|entry| &entry.warnings[..]);
    let mut warnings = zip.warnings;
    warnings.retain(|warning| !known.unwrap_or_default().contains(warning));
    Verdict::Sound(Sound {
        sha256: Some(zip.sha256),
        entries: zip.entries,
        untested,
        warnings,
    })
}

fn wrong(file: &ToRead, kind: Kind, what: &str) -> Verdict {
    Verdict::Wrong(Finding::new(kind, &file.path, what).of(&file.name))
}
