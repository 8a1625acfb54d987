//! Reads files on all cores.

use std::io;
use std::num::NonZero;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

use chrono::Utc;

use crate::integrity::{Judgement, Verified, check_directory, verify_counting};
use crate::output::Reading;
use crate::store::readings::Readings;

use super::finding::{Finding, Kind};
use super::subject::{Sound, ToRead};

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
}

/// Reads all of the files, the largest first, and notes at once how each is: who stops the run has gained something.
pub(super) fn on_all_cores(
    files: &[(&ToRead, Depth)],
    reading: &Reading,
    readings: &Readings,
) -> Vec<Verdict> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(files[*place].0.size));
    let verdicts: Vec<OnceLock<Verdict>> = files.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(place) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (file, depth) = files[*place];
            let verdict = read(file, depth, reading);
            match &verdict {
                Verdict::Sound(_) => {
                    reading.file_done();
                }
                Verdict::Wrong(_) => reading.file_failed(),
            }
            note(readings, file, &verdict);
            let _ = verdicts[*place].set(verdict);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 1..cores.min(files.len()) {
            // Where there is no further thread to be had, those that are there do all of it.
            let _ = Builder::new()
                .name("verify".to_owned())
                .spawn_scoped(scope, work);
        }
        work();
    });
    let taken = verdicts.into_iter().map(OnceLock::into_inner);
    taken
        .map(|verdict| verdict.expect("every file was read"))
        .collect()
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

fn read(file: &ToRead, depth: Depth, reading: &Reading) -> Verdict {
    let judged = match depth {
        Depth::Directory => look(file),
        Depth::Whole => judge(file, reading),
    };
    judged.unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => wrong(file, Kind::Missing, "missing"),
        _ => Verdict::Wrong(Finding::unreadable(&file.path, &error).of(&file.name)),
    })
}

fn look(file: &ToRead) -> io::Result<Verdict> {
    let opened = file.path.open()?;
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
    let opened = file.path.open()?;
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
