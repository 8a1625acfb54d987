//! Where backups go: the folder, its lock, and what is saved there.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use crate::commands::context::readings;
use crate::commands::fault::{Fault, REPAIR};
use crate::commands::finished::finished_at;
use crate::event::Already;
use crate::model::Expiry;
use crate::output::{already_there, units};
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::store::manifest::{Entry, SetState};
use crate::store::readings::Readings;
use crate::store::{Destination, Lock, StorageError, check_mount};
use crate::untrusted::printable;

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
    saved: SavedSet,
    already: Already,
    fault: Option<Fault>,
    /// When nothing was left to fetch of it, if so, and nothing is wrong with it.
    done: Option<DateTime<Utc>>,
}

impl Set {
    fn new(saved: SavedSet, selects: &dyn Fn(&Entry) -> bool, readings: &Readings) -> Set {
        let (manifest, known) = (&saved.manifest, readings.of(&saved.folder));
        // On a disk it is never unknown.
        let fault = Fault::of(&saved, readings).unwrap_or_default();
        Set {
            name: printable(&saved.name),
            already: Already {
                files: manifest.saved_files().count(),
                verified_at: manifest.verified_since(manifest.saved_files(), &known),
            },
            done: finished_at(manifest, selects).filter(|_| fault.is_none()),
            fault,
            saved,
        }
    }

    fn describe(&self, done: DateTime<Utc>) -> String {
        let set = &self.saved.manifest;
        let state = match set.state {
            SetState::Complete => "complete",
            SetState::Incomplete => "complete as far as the profile selects",
        };
        let (files, size) = (
            units::files(self.already.files),
            units::size(set.saved_bytes()),
        );
        let (age, there) = (span(Utc::now() - done), already_there(&self.already));
        format!(
            "{}: {state}, {age} old, {files}, {size}, {there}",
            self.name
        )
    }

    /// Why it does not count.
    fn complaint(&self) -> String {
        match &self.fault {
            Some(fault) => format!("{}: {fault}", self.name),
            None => format!("{} is incomplete", self.name),
        }
    }

    /// What to do then.
    fn remedy(&self) -> &'static str {
        if matches!(self.fault, Some(Fault::Damaged(..))) {
            REPAIR
        } else if self.has_expired() {
            "its links have expired: run `backup-fetch download` when there is a new backup; `backup-fetch request` requests one"
        } else {
            "run `backup-fetch download` for this folder"
        }
    }

    fn has_expired(&self) -> bool {
        let expiry = self.saved.manifest.expiry_date.as_deref();
        let expiry = expiry.and_then(|text| Expiry::parse(text).ok());
        expiry.is_some_and(|expiry| expiry.is_past(Utc::now()))
    }
}

impl Saved {
    fn below(out: &Path, org: Option<&str>, selects: &dyn Fn(&Entry) -> bool) -> Saved {
        let mut saved = Saved::default();
        let readings = readings();
        for set in catalog::all(&out.into()) {
            match set {
                Ok(set) if org.is_none_or(|org| set.manifest.org.as_deref() == Some(org)) => {
                    saved.sets.push(Set::new(set, selects, &readings));
                }
                Ok(_) => {}
                Err(error) => saved.broken = Some(error),
            }
        }
        saved
            .sets
            .sort_by_key(|set| instant(&set.saved.manifest.started_at));
        saved
    }

    fn newest_done(&self) -> Option<(&Set, DateTime<Utc>)> {
        let sets = self.sets.iter();
        let done = sets.filter_map(|set| Some((set, set.done?)));
        done.max_by_key(|(_, at)| *at)
    }

    fn newest_size(&self) -> Option<u64> {
        let (set, _) = self.newest_done()?;
        Some(set.saved.manifest.saved_bytes())
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
        if last.done.is_none() && last.fault.is_none() && is_held {
            let name = &last.name;
            return Ok(ok(format!(
                "{name} is incomplete: another run is working here"
            )));
        }
        let Some((newest, done)) = self.newest_done() else {
            let complaint = last.complaint();
            return Ok(
                ok(format!("{complaint}, and no complete backup is saved here"))
                    .warn(last.remedy()),
            );
        };
        let text = newest.describe(done);
        Ok(if last.done.is_none() {
            ok(format!("{text}; but {}", last.complaint())).warn(last.remedy())
        } else if Utc::now() - done > OLDEST {
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
