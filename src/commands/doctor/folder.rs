//! Where backups go: the folder, its lock, and what is saved there.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::Expiry;
use crate::output::units;
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::store::manifest::{Entry, Manifest, SetState};
use crate::store::{Destination, Lock, StorageError, check_mount};

use super::report::{Found, Report, ok, span};

/// A weekly backup that is older was missed.
const OLDEST: TimeDelta = TimeDelta::days(8);

/// Free space to have where nothing is saved yet that could tell.
const ENOUGH: u64 = 5_000_000_000;

/// The disk that `--require-mount` names.
pub(super) fn mount(out: &Path, required: &Path) -> anyhow::Result<Found> {
    check_mount(out, required)?;
    Ok(ok(format!("{}: the disk is there", required.display())))
}

/// Everything about the output folder; `org`: whose backups are looked at; `locks`: whether runs lock it; `selects`:
/// whether a run of the profile would fetch a file.
pub(super) fn look(
    report: &mut Report,
    out: Option<&Path>,
    org: Option<&str>,
    locks: bool,
    selects: &dyn Fn(&Entry) -> bool,
) -> anyhow::Result<()> {
    let Some(out) = out else {
        let found = ok("no output folder is given, so none was checked")
            .warn("name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile");
        return Ok(report.add("folder", Ok(found))?);
    };
    let destination = match Destination::look(out) {
        Ok(destination) => destination,
        Err(error) => return Ok(report.add("folder", Err(error.into()))?),
    };
    let saved = Saved::below(out, org, selects);
    let lock = locks.then(|| Lock::is_held(&destination.nearest));
    let is_held = matches!(lock, Some(Ok(true)));
    report.add("folder", Ok(folder(out, &destination)))?;
    report.add("space", Ok(space(destination.free, saved.newest_size())))?;
    report.add("lock", lock_state(lock))?;
    Ok(report.add("saved", saved.check(is_held))?)
}

fn folder(out: &Path, destination: &Destination) -> Found {
    let path = out.display();
    let text = if destination.exists {
        format!("{path}: writable")
    } else {
        format!(
            "{path}: would be created in {}",
            destination.nearest.display()
        )
    };
    match destination.no_sync() {
        None => ok(text),
        Some(error) => ok(format!("{text}; but its file system can't sync ({error})"))
            .warn("a power failure may lose the files saved last; a local disk is safer"),
    }
}

/// Twice the last backup: the next one beside it, larger than it was.
fn space(free: Option<u64>, last: Option<u64>) -> Found {
    let Some(free) = free else {
        return ok("the file system does not report its free space");
    };
    let (wanted, of) = match last {
        Some(size) => (size.saturating_mul(2), "twice the last saved backup"),
        None => (ENOUGH, "what a first backup may need"),
    };
    let text = format!("{} free", units::size(free));
    if free >= wanted {
        return ok(text);
    }
    ok(format!("{text}, less than {of} ({})", units::size(wanted)))
        .warn("free some space, or choose another folder")
}

fn lock_state(is_held: Option<Result<bool, StorageError>>) -> anyhow::Result<Found> {
    match is_held.transpose()? {
        None => Ok(ok("not used, as the profile says")),
        Some(false) => Ok(ok("free")),
        Some(true) => Ok(ok("held: another run is working in this folder")),
    }
}

/// What is saved in a folder.
#[derive(Default)]
struct Saved {
    /// In the order in which they were begun.
    sets: Vec<Set>,
    broken: Option<StorageError>,
}

struct Set {
    name: String,
    manifest: Manifest,
    /// Nothing is left to fetch of it.
    is_done: bool,
}

impl Set {
    fn new(saved: SavedSet, selects: &dyn Fn(&Entry) -> bool) -> Set {
        let manifest = saved.manifest;
        // Of a set that the profile selects from, the rest is never fetched.
        let (selected, rest): (Vec<_>, Vec<_>) =
            manifest.files.iter().partition(|file| selects(file));
        let is_done = manifest.state == SetState::Complete
            || (!manifest.is_mixed
                && !rest.is_empty()
                && !selected.is_empty()
                && selected.iter().all(|file| file.is_saved()));
        Set {
            name: saved.name,
            manifest,
            is_done,
        }
    }

    /// When it was finished; of a set that the profile selects from, only the start is known.
    fn done_at(&self) -> Option<DateTime<Utc>> {
        let manifest = &self.manifest;
        let at = manifest.finished_at.as_ref();
        self.is_done
            .then(|| instant(at.unwrap_or(&manifest.started_at)))
            .flatten()
    }

    fn describe(&self) -> String {
        let set = &self.manifest;
        let state = match set.state {
            SetState::Complete => "complete",
            SetState::Incomplete => "complete as far as the profile selects",
        };
        let saved = set.files.iter().filter(|file| file.is_saved()).count();
        let (files, size) = (units::files(saved), units::size(set.saved_bytes()));
        format!("{}: {state}, {files}, {size}", self.name)
    }

    fn has_expired(&self) -> bool {
        let expiry = self.manifest.expiry_date.as_deref();
        let expiry = expiry.and_then(|text| Expiry::parse(text).ok());
        expiry.is_some_and(|expiry| expiry.is_past(Utc::now()))
    }
}

impl Saved {
    fn below(out: &Path, org: Option<&str>, selects: &dyn Fn(&Entry) -> bool) -> Saved {
        let mut saved = Saved::default();
        for set in catalog::all(out) {
            match set {
                Ok(set) if org.is_none_or(|org| set.manifest.org.as_deref() == Some(org)) => {
                    saved.sets.push(Set::new(set, selects));
                }
                Ok(_) => {}
                Err(error) => saved.broken = Some(error),
            }
        }
        saved
            .sets
            .sort_by_key(|set| instant(&set.manifest.started_at));
        saved
    }

    fn newest_done(&self) -> Option<(&Set, DateTime<Utc>)> {
        let sets = self.sets.iter();
        let done = sets.filter_map(|set| Some((set, set.done_at()?)));
        done.max_by_key(|(_, at)| *at)
    }

    fn newest_size(&self) -> Option<u64> {
        let (set, _) = self.newest_done()?;
        Some(set.manifest.saved_bytes())
    }

    /// `is_held`: a run is at work in the folder.
    fn check(self, is_held: bool) -> anyhow::Result<Found> {
        match self.broken {
            Some(StorageError::ManifestDamaged(Problem { message, hint, .. })) => {
                return Ok(ok(message).warn(hint.unwrap_or_default()));
            }
            Some(error) => return Err(error.into()),
            None => {}
        }
        let Some(last) = self.sets.last() else {
            return Ok(ok("no backup is saved here yet"));
        };
        if !last.is_done && is_held {
            let name = &last.name;
            return Ok(ok(format!(
                "{name} is incomplete: another run is working here"
            )));
        }
        let fetch = if last.has_expired() {
            "its links have expired: run `backup-fetch download` when there is a new backup; `backup-fetch request` requests one"
        } else {
            "run `backup-fetch download` for this folder"
        };
        let Some((newest, done)) = self.newest_done() else {
            let name = &last.name;
            return Ok(ok(format!(
                "{name} is incomplete, and no complete backup is saved here"
            ))
            .warn(fetch));
        };
        let age = Utc::now() - done;
        let text = format!("{}, {} old", newest.describe(), span(age));
        Ok(if !last.is_done {
            ok(format!("{text}; but {} is incomplete", last.name)).warn(fetch)
        } else if age > OLDEST {
            ok(text).warn("check that backups are scheduled (`backup-fetch status`), and that `backup-fetch download` runs")
        } else {
            ok(text)
        })
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.with_timezone(&Utc))
}
