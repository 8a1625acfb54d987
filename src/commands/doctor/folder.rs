//! Where backups go: the folder, its lock, and what is saved there.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::report::{Check, span};
use crate::model::Expiry;
use crate::output::units;
use crate::problem::Problem;
use crate::store::catalog;
use crate::store::manifest::{Entry, Manifest, SetState};
use crate::store::{Destination, Lock, LockState, StorageError};

/// A weekly backup that is older was missed.
const OLDEST: TimeDelta = TimeDelta::days(8);

/// Free space to have where nothing is saved yet that could tell.
const ENOUGH: u64 = 5_000_000_000;

/// Everything about the output folder; `org`: whose backups are looked at; `locks`: whether runs lock it; `selects`:
/// whether a run of the profile would fetch a file.
pub(super) fn look(
    out: Option<&Path>,
    org: Option<&str>,
    locks: bool,
    selects: &dyn Fn(&Entry) -> bool,
) -> Vec<Check> {
    let Some(out) = out else {
        return vec![Check::warning(
            "folder",
            "no output folder is given, so none was checked",
            "name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile",
        )];
    };
    let destination = match Destination::look(out) {
        Ok(destination) => destination,
        Err(error) => return vec![Check::failed("folder", error)],
    };
    let path = out.display();
    let text = if destination.exists {
        format!("{path}: writable")
    } else {
        format!(
            "{path}: would be created in {}",
            destination.nearest.display()
        )
    };
    let folder = match destination.no_sync() {
        None => Check::ok("folder", text),
        Some(error) => Check::warning(
            "folder",
            format!("{text}; but its file system can't sync ({error})"),
            "a power failure may lose the files saved last; a local disk is safer",
        ),
    };
    let saved = Saved::in_folder(out, org, selects);
    let state = locks.then(|| Lock::look(&destination.nearest));
    let is_held = matches!(state, Some(Ok(LockState::Held)));
    vec![
        folder,
        space(destination.free, saved.newest_size()),
        lock(state),
        saved.check(is_held),
    ]
}

/// Twice the last backup: the next one beside it, larger than it was.
fn space(free: Option<u64>, last: Option<u64>) -> Check {
    let name = "space";
    let Some(free) = free else {
        return Check::ok(name, "the file system does not report its free space");
    };
    let (wanted, of) = match last {
        Some(size) => (size.saturating_mul(2), "twice the last saved backup"),
        None => (ENOUGH, "what a first backup may need"),
    };
    let free_text = format!("{} free", units::size(free));
    if free < wanted {
        return Check::warning(
            name,
            format!("{free_text}, less than {of} ({})", units::size(wanted)),
            "free some space, or choose another folder",
        );
    }
    Check::ok(name, free_text)
}

fn lock(state: Option<Result<LockState, StorageError>>) -> Check {
    let name = "lock";
    match state {
        None => Check::ok(name, "not used, as the profile says"),
        Some(Ok(LockState::Free)) => Check::ok(name, "free"),
        Some(Ok(LockState::Held)) => Check::ok(name, "held: another run is working in this folder"),
        Some(Ok(LockState::Unsupported(error)) | Err(error)) => Check::failed(name, error),
    }
}

/// What is saved in a folder.
#[derive(Default)]
struct Saved {
    sets: Vec<SavedSet>,
    broken: Option<StorageError>,
}

struct SavedSet {
    name: String,
    manifest: Manifest,
    /// Nothing is left to fetch of it.
    is_done: bool,
}

impl SavedSet {
    fn new(name: String, manifest: Manifest, selects: &dyn Fn(&Entry) -> bool) -> SavedSet {
        // Of a set that the profile selects from, the rest is never fetched.
        let (selected, rest): (Vec<_>, Vec<_>) =
            manifest.files.iter().partition(|file| selects(file));
        let is_done = manifest.state == SetState::Complete
            || (!manifest.is_mixed
                && !rest.is_empty()
                && !selected.is_empty()
                && selected.iter().all(|file| file.is_saved()));
        SavedSet {
            name,
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

    fn has_expired(&self) -> bool {
        let expiry = self.manifest.expiry_date.as_deref();
        expiry
            .and_then(|text| Expiry::parse(text).ok())
            .is_some_and(|expiry| expiry.is_past(Utc::now()))
    }
}

impl Saved {
    fn in_folder(out: &Path, org: Option<&str>, selects: &dyn Fn(&Entry) -> bool) -> Saved {
        let mut saved = Saved::default();
        for set in catalog::all(out) {
            match set {
                Ok(set) if org.is_none_or(|org| set.manifest.org.as_deref() == Some(org)) => {
                    saved
                        .sets
                        .push(SavedSet::new(set.name, set.manifest, selects));
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

    fn newest_done(&self) -> Option<(&SavedSet, DateTime<Utc>)> {
        let done = self
            .sets
            .iter()
            .filter_map(|set| Some((set, set.done_at()?)));
        done.max_by_key(|(_, at)| *at)
    }

    fn newest_size(&self) -> Option<u64> {
        self.newest_done()
            .map(|(set, _)| set.manifest.saved_bytes())
    }

    /// `is_held`: a run is at work in the folder.
    fn check(self, is_held: bool) -> Check {
        let name = "saved";
        match self.broken {
            Some(StorageError::ManifestDamaged(Problem { message, hint, .. })) => {
                return Check::warning(name, message, hint.unwrap_or_default());
            }
            Some(error) => return Check::failed(name, error),
            None => {}
        }
        let Some(last) = self.sets.last() else {
            return Check::ok(name, "no backup is saved here yet");
        };
        if !last.is_done && is_held {
            let text = format!("{} is incomplete: another run is working here", last.name);
            return Check::ok(name, text);
        }
        let fetch = if last.has_expired() {
            "its links have expired: run `backup-fetch download` when there is a new backup; `backup-fetch request` requests one"
        } else {
            "run `backup-fetch download` for this folder"
        };
        let Some((newest, done)) = self.newest_done() else {
            let text = format!(
                "{} is incomplete, and no complete backup is saved here",
                last.name
            );
            return Check::warning(name, text, fetch);
        };
        let age = Utc::now() - done;
        let set = &newest.manifest;
        let text = format!(
            "{}: {}, {}, {}, {} old",
            newest.name,
            match set.state {
                SetState::Complete => "complete",
                SetState::Incomplete => "complete as far as the profile selects",
            },
            units::files(set.files.iter().filter(|file| file.is_saved()).count()),
            units::size(set.saved_bytes()),
            span(age)
        );
        if !last.is_done {
            let text = format!("{text}; but {} is incomplete", last.name);
            return Check::warning(name, text, fetch);
        }
        if age > OLDEST {
            return Check::warning(
                name,
                text,
                "check that backups are scheduled (`backup-fetch status`), and that `backup-fetch download` runs",
            );
        }
        Check::ok(name, text)
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.with_timezone(&Utc))
}
