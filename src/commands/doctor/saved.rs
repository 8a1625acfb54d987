//! What is saved already, in a folder or in a store.

use chrono::{DateTime, TimeDelta, Utc};

use crate::commands::context::readings;
use crate::commands::fault::{Fault, repair};
use crate::commands::finished::finished_at;
use crate::event::Already;
use crate::model::Expiry;
use crate::output::{already_there, units};
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::store::manifest::{Entry, SetState};
use crate::store::readings::Readings;
use crate::store::{Location, StorageError};
use crate::untrusted::printable;

use super::report::{Found, ok, span};

/// A weekly backup that is older was missed.
const OLDEST: TimeDelta = TimeDelta::days(8);

/// What a run would do with the output folder or store.
pub(super) struct Wanted<'a> {
    /// What is saved there, as far as the profile is about it.
    pub(super) saved: &'a dyn Fn(&Location) -> Saved,
    /// It keeps other runs out.
    pub(super) locks: bool,
    /// It removes old backups.
    #[cfg_attr(
        not(feature = "object-store"),
        expect(dead_code, reason = "asked of stores only")
    )]
    pub(super) prunes: bool,
}

/// The sets below an output folder.
#[derive(Default)]
pub(super) struct Saved {
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
    fn new(
        saved: SavedSet,
        selects: &dyn Fn(&Entry) -> bool,
        readings: &Readings,
    ) -> Result<Set, StorageError> {
        let (manifest, known) = (&saved.manifest, readings.of(&saved.folder));
        let fault = Fault::of(&saved, readings)?;
        Ok(Set {
            name: printable(&saved.name),
            already: Already {
                files: manifest.saved_files().count(),
                verified_at: manifest.verified_since(manifest.saved_files(), &known),
            },
            done: finished_at(manifest, selects).filter(|_| fault.is_none()),
            fault,
            saved,
        })
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
            repair(&self.saved.folder)
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
    pub(super) fn below(
        out: &Location,
        org: Option<&str>,
        selects: &dyn Fn(&Entry) -> bool,
    ) -> Saved {
        let mut saved = Saved::default();
        let readings = readings();
        for set in catalog::all(out) {
            match set {
                Ok(set) if org.is_some_and(|org| set.manifest.org.as_deref() != Some(org)) => {}
                Ok(set) => match Set::new(set, selects, &readings) {
                    Ok(set) => saved.sets.push(set),
                    Err(error) => saved.broken = Some(error),
                },
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

    /// Bytes of the newest that is done.
    pub(super) fn newest_size(&self) -> Option<u64> {
        let (set, _) = self.newest_done()?;
        Some(set.saved.manifest.saved_bytes())
    }

    /// Bytes of the largest file of it.
    #[cfg(feature = "object-store")]
    pub(super) fn largest_of_newest(&self) -> Option<u64> {
        let (set, _) = self.newest_done()?;
        let files = set.saved.manifest.saved_files();
        files.filter_map(|file| file.size).max()
    }

    /// `is_held`: a run is at work in the folder.
    pub(super) fn check(self, is_held: bool) -> anyhow::Result<Found> {
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
