//! `list --saved`: what is saved in a folder, as restic's `snapshots` shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{OutFolder, SavedOptions};
use crate::output::{table, units};
use crate::problem::Problem;
use crate::store::catalog::{self, Candidate, SavedSet};
use crate::store::manifest::{Manifest, SetState};
use crate::store::readings::Readings;
use crate::store::{Location, StorageError, at_once};
use crate::untrusted::printable;

use super::context::{Context, readings};
use super::fault::Fault;
use super::outcome::Outcome;

/// `folder`: where to look, if that was typed.
pub(super) fn saved(context: &Context, folder: Option<&OutFolder>) -> anyhow::Result<Outcome> {
    let (folder, is_typed) = match folder {
        Some(OutFolder(folder)) => (folder.clone(), true),
        None => (
            context.sources()?.options::<SavedOptions>()?.folder()?,
            false,
        ),
    };
    let folder = context.location(&folder)?;
    // A folder of the profile that no run has created yet is no mistake.
    let candidates = match catalog::look(&folder)? {
        None if is_typed => return Err(catalog::not_there(&folder).into()),
        found => found.unwrap_or_default(),
    };
    let readings = readings();
    let fault = |candidate: &Candidate| match &candidate.set {
        Ok(Some(set)) => Fault::of(set, &readings),
        _ => Ok(None),
    };
    let faults = at_once::map(&candidates, folder.at_once(), fault);
    let mut rows = Vec::new();
    for (candidate, fault) in candidates.into_iter().zip(faults) {
        let fault = fault.map_err(|error| error.problem())?;
        rows.push(Row::new(candidate, fault, &readings));
    }
    // What has no date comes last, where it is seen.
    rows.sort_by_key(|row| (row.date.is_none(), row.date));
    let bytes = rows.iter().map(Row::bytes).fold(0, u64::saturating_add);
    let lines = match rows.len() {
        0 => Vec::new(),
        _ => table(
            &[HEAD.map(str::to_owned)]
                .into_iter()
                .chain(rows.iter().map(Row::cells))
                .collect::<Vec<_>>(),
        ),
    };
    let sets: Vec<Value> = rows.iter().map(Row::document).collect();
    let document = json!({
        "schema": 1,
        "folder": folder.to_string(),
        "sets": sets,
        "bytes": bytes,
    });
    let place = printable(&folder.to_string());
    let counted = match rows.len() {
        0 => format!("nothing is saved in {place}"),
        1 => format!("1 backup, {}, in {place}", units::size(bytes)),
        several => format!("{several} backups, {}, in {place}", units::size(bytes)),
    };
    let outcome = Outcome::report(lines, document);
    let warnings = rows.iter().filter_map(Row::warning);
    Ok(warnings.fold(outcome, Outcome::warning).note(counted))
}

const HEAD: [&str; 7] = [
    "ORGANISATION",
    "DATE",
    "STATE",
    "FILES",
    "    SIZE",
    "VERIFIED",
    "FOLDER",
];

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Complete,
    Incomplete,
    /// By its manifest it has files that are not there.
    FilesMissing,
    /// Its manifest is, or `verify` found that a file is.
    Damaged,
    /// Its manifest can't be read for another reason.
    Unreadable,
    NoManifest,
}

impl State {
    fn label(self) -> &'static str {
        match self {
            State::Complete => "complete",
            State::Incomplete => "incomplete",
            State::FilesMissing => "files missing",
            State::Damaged => "damaged",
            State::Unreadable => "unreadable",
            State::NoManifest => "no manifest",
        }
    }
}

struct Row {
    folder: Location,
    state: State,
    /// When it was complete, or else begun.
    date: Option<DateTime<Utc>>,
    set: Option<SavedSet>,
    verified_at: Option<DateTime<Utc>>,
    fault: Option<Fault>,
    problem: Option<Problem>,
}

impl Row {
    fn new(candidate: Candidate, fault: Option<Fault>, readings: &Readings) -> Row {
        let bare = |state| Row {
            folder: candidate.folder,
            state,
            date: None,
            set: None,
            verified_at: None,
            fault: None,
            problem: None,
        };
        match candidate.set {
            Ok(Some(set)) => {
                let (manifest, known) = (&set.manifest, readings.of(&set.folder));
                let state = match (&fault, manifest.state) {
                    (Some(Fault::NotThere(_)), _) => State::FilesMissing,
                    (Some(Fault::Damaged(..)), _) => State::Damaged,
                    (None, SetState::Complete) => State::Complete,
                    (None, SetState::Incomplete) => State::Incomplete,
                };
                Row {
                    date: manifest.date(),
                    verified_at: manifest.verified_since(manifest.saved_files(), &known),
                    fault,
                    set: Some(set),
                    ..bare(state)
                }
            }
            Ok(None) => bare(State::NoManifest),
            Err(error) => Row {
                problem: Some(error.problem()),
                ..bare(match error {
                    StorageError::ManifestDamaged(_) => State::Damaged,
                    _ => State::Unreadable,
                })
            },
        }
    }

    fn name(&self) -> String {
        self.folder.name()
    }

    fn bytes(&self) -> u64 {
        let set = self.set.as_ref();
        set.map_or(0, |set| set.manifest.saved_bytes())
    }

    /// Saved files, and all that are listed.
    fn files(&self) -> Option<(usize, usize)> {
        let manifest = &self.set.as_ref()?.manifest;
        Some((manifest.saved_files().count(), manifest.files.len()))
    }

    fn cells(&self) -> [String; HEAD.len()] {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let org = self
            .set
            .as_ref()
            .and_then(|set| set.manifest.org.as_deref());
        [
            or_dash(org.map(printable)),
            or_dash(self.date.map(units::minute)),
            self.state.label().to_owned(),
            or_dash(self.files().map(|(saved, all)| match saved {
                saved if saved == all => saved.to_string(),
                saved => format!("{saved} of {all}"),
            })),
            match self.set {
                Some(_) => units::size_column(Some(self.bytes())),
                None => format!("{:>8}", "-"),
            },
            or_dash(self.verified_at.map(units::date)),
            printable(&self.name()),
        ]
    }

    fn document(&self) -> Value {
        let manifest = self.set.as_ref().map(|set| &set.manifest);
        let (saved, listed) = self.files().unzip();
        let (not_there, damaged) = match &self.fault {
            None => (&[][..], &[][..]),
            Some(Fault::NotThere(names)) => (&names[..], &[][..]),
            Some(Fault::Damaged(names, _)) => (&[][..], &names[..]),
        };
        json!({
            "name": self.name(),
            "folder": self.folder.to_string(),
            "org": manifest.and_then(|it| it.org.as_ref()),
            "job": manifest.and_then(|it| it.job.as_ref()),
            "state": self.state,
            "started_at": manifest.map(|it| &it.started_at),
            "finished_at": manifest.and_then(|it| it.finished_at.as_ref()),
            "files": { "saved": saved, "listed": listed, "not_there": not_there, "damaged": damaged },
            "bytes": manifest.map(Manifest::saved_bytes),
            "verified_at": self.verified_at,
            "error": self.problem,
        })
    }

    /// What is wrong with it beyond what a later run completes.
    fn warning(&self) -> Option<String> {
        let name = printable(&self.name());
        if let Some(problem) = &self.problem {
            return Some(problem.message.clone());
        }
        if self.state == State::NoManifest {
            return Some(format!(
                "{name}: has no manifest.json, so nothing in it is vouched for"
            ));
        }
        let fault = self.fault.as_ref()?;
        Some(format!("{name}: {fault}"))
    }
}
