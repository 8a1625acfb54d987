//! What is to become of everything in an output folder.

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, Local, Utc};

use crate::commands::fault::Fault;
use crate::model::Expiry;
use crate::model::retention::{self, Dated, Rules};
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::store::local_removal::LocalRemoval;
use crate::store::manifest::SetState;
use crate::store::object::ObjectRemoval;
use crate::store::readings::Readings;
use crate::store::removal::{GoOn, Removal, is_of};
use crate::store::{Kind, Location, StorageError, at_once};

/// What may go.
pub(in crate::commands) struct Request<'a> {
    pub(in crate::commands) out: &'a Location,
    pub(in crate::commands) rules: Rules,
    pub(in crate::commands) of: Organisation,
    /// The name of a set that stays whatever the rules and the dates say: the run that asks has just saved or found it.
    pub(in crate::commands) just_saved: Option<&'a str>,
    /// A set that is known to be damaged is not complete.
    pub(in crate::commands) readings: Readings,
}

/// Whose backups the rules are for.
#[derive(PartialEq, Eq)]
pub(in crate::commands) enum Organisation {
    /// Everybody's, each by itself.
    Any,
    /// Nobody's, where the links carry no id.
    Only(Option<String>),
}

pub(super) struct Plan {
    pub(super) rows: Vec<Row>,
    pub(super) removal: Box<dyn Removal>,
}

/// One thing in the folder.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) action: Action,
    pub(super) reasons: Vec<String>,
    /// With a manifest that can be read.
    pub(super) set: Option<SavedSet>,
    pub(super) bytes: Option<u64>,
    /// A rule would have it go, and it can't.
    pub(super) is_in_the_way: bool,
    /// How many bytes its removal freed, or why it failed.
    pub(super) removed: Option<Result<u64, Problem>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Keep,
    Remove,
    /// Not looked at by any rule, and never touched.
    Skip,
}

impl Action {
    pub(super) fn word(self) -> &'static str {
        match self {
            Action::Keep => "keep",
            Action::Remove => "remove",
            Action::Skip => "skip",
        }
    }
}

impl Plan {
    pub(super) fn of(request: &Request<'_>) -> Result<Plan, StorageError> {
        let out = request.out;
        let listing = || -> io::Result<_> {
            let there = out.listing()?;
            let mut names = there.names()?;
            names.sort();
            Ok((there, names))
        };
        let (there, mut names) = listing().map_err(|error| out.failed("reading", error))?;
        let removal = removal_from(out, &names)?;
        let begun_before = removal.begun()?;
        let look = |name: &String| begun(removal.as_ref(), name);
        let mut rows = at_once::map(&begun_before, out.at_once(), look);
        names.retain(|name| !name.starts_with('.') && !begun_before.contains(name));
        let judged = at_once::map(&names, out.at_once(), |name| {
            let kind = there.look(name).unwrap_or(Kind::Other);
            judge(request, removal.as_ref(), name, kind)
        });
        let mut skipped = Vec::new();
        let mut by_org: BTreeMap<Option<String>, Vec<Candidate>> = BTreeMap::new();
        for (name, judged) in names.into_iter().zip(judged) {
            match judged {
                Judged::Candidate(candidate) => {
                    let org = candidate.set.manifest.org.clone();
                    by_org.entry(org).or_default().push(candidate);
                }
                Judged::Skipped(set, why) => {
                    skipped.push(Row::new(name, Action::Skip, vec![why], set));
                }
            }
        }
        for candidates in by_org.into_values() {
            rows.extend(apply(request, candidates));
        }
        rows.extend(skipped);
        Ok(Plan { rows, removal })
    }

    /// Removes what is to go: first what an earlier run began, then the oldest. `go_on` is asked before each. One that can't
    /// be removed does not keep the others.
    pub(super) fn carry_out(&mut self, go_on: GoOn<'_>) -> Result<(), Problem> {
        self.removal.tidy(go_on);
        let rows = self.rows.iter_mut();
        let mut due: Vec<&mut Row> = rows.filter(|row| row.action == Action::Remove).collect();
        due.sort_by_key(|row| row.saved());
        for row in due {
            go_on()?;
            let removed = match &row.set {
                Some(set) => self.removal.remove(set, go_on),
                None => self.removal.finish(&row.name),
            };
            row.removed = Some(removed.map_err(|error| error.problem()));
        }
        Ok(())
    }
}

impl Row {
    fn new(name: String, action: Action, reasons: Vec<String>, set: Option<SavedSet>) -> Row {
        Row {
            name,
            action,
            reasons,
            bytes: set.as_ref().map(|set| set.manifest.saved_bytes()),
            set,
            is_in_the_way: false,
            removed: None,
        }
    }

    /// When it became complete.
    pub(super) fn saved(&self) -> Option<DateTime<Utc>> {
        self.set.as_ref()?.manifest.completed()
    }
}

/// A set that was removed in part.
fn begun(removal: &dyn Removal, name: &str) -> Row {
    let why = "left over: its removal was interrupted".to_owned();
    let mut row = Row::new(name.to_owned(), Action::Remove, vec![why], None);
    match removal.look_at_rest(&row.name) {
        Ok(held) => match held.foreign {
            Some(why) => row.stays(why),
            None => row.bytes = Some(held.bytes),
        },
        Err(error) => row.stays(error.to_string()),
    }
    row
}

impl Row {
    /// It should go, and can't.
    fn stays(&mut self, why: String) {
        self.action = Action::Skip;
        self.reasons = vec![why];
        self.is_in_the_way = true;
    }
}

/// A complete set that the rules are for.
struct Candidate {
    name: String,
    set: SavedSet,
    dated: Dated,
    bytes: u64,
    foreign: Option<String>,
}

enum Judged {
    Candidate(Candidate),
    /// Never touched, and why.
    Skipped(Option<SavedSet>, String),
}

/// `names`: of everything that is there.
fn removal_from(out: &Location, names: &[String]) -> Result<Box<dyn Removal>, StorageError> {
    Ok(match out {
        Location::Local(path) => Box::new(LocalRemoval::from(path)?),
        Location::Object(folder) => Box::new(ObjectRemoval::from(folder, names)?),
    })
}

fn judge(request: &Request<'_>, removal: &dyn Removal, name: &str, kind: Kind) -> Judged {
    let skipped = |set, why: &str| Judged::Skipped(set, why.to_owned());
    match kind {
        Kind::Folder => {}
        Kind::Link => return skipped(None, "a symbolic link"),
        Kind::File { .. } | Kind::Other => return skipped(None, "not a backup"),
    }
    let set = match catalog::read(&request.out.join(name)) {
        Ok(Some(set)) => set,
        Ok(None) => return skipped(None, "not a backup: it has no manifest"),
        Err(StorageError::ManifestDamaged(_)) => return skipped(None, "its manifest is damaged"),
        Err(error) => return skipped(None, &error.to_string()),
    };
    if !is_of(&set.name, &set.manifest) {
        return skipped(Some(set), "not a name that backup-fetch gives");
    }
    if let Organisation::Only(org) = &request.of
        && *org != set.manifest.org
    {
        return skipped(Some(set), "of another organisation");
    }
    if set.manifest.state == SetState::Incomplete {
        let missing = set.manifest.files.iter().filter(|file| !file.is_saved());
        let (missing, all) = (missing.count(), set.manifest.files.len());
        return skipped(
            Some(set),
            &format!("incomplete: {missing} of {all} missing"),
        );
    }
    let Some(at) = set.manifest.completed() else {
        return skipped(Some(set), "its manifest does not say when it was saved");
    };
    let held = match removal.look(&set) {
        Ok(held) => held,
        Err(error) => return skipped(Some(set), &error.to_string()),
    };
    if let Some(damage) = &held.damage {
        return skipped(Some(set), damage);
    }
    // What is not there was told by the look at the open folder.
    let known = request.readings.of(&set.folder);
    if let Some(fault) = Fault::damaged(&set.manifest, &known) {
        return skipped(Some(set), &fault.to_string());
    }
    let expiry = set.manifest.expiry_date.as_deref();
    let expiry = expiry.and_then(|text| Expiry::parse(text).ok());
    Judged::Candidate(Candidate {
        name: set.name.clone(),
        dated: Dated {
            at,
            expiry: expiry.map(|expiry| expiry.at.to_utc()),
        },
        bytes: held.bytes,
        foreign: held.foreign,
        set,
    })
}

/// The sets of one organisation, the newest first.
fn apply(request: &Request<'_>, mut candidates: Vec<Candidate>) -> Vec<Row> {
    candidates.sort_by_key(|candidate| candidate.dated.at);
    let dates: Vec<Dated> = candidates.iter().map(|candidate| candidate.dated).collect();
    let reasons = retention::reasons(&request.rules, &dates, Utc::now(), &Local);
    let rows = candidates.into_iter().zip(reasons).rev();
    rows.map(|(candidate, mut reasons)| {
        if request.just_saved == Some(&candidate.name) {
            reasons.insert(0, "just saved".to_owned());
        }
        let action = if reasons.is_empty() {
            Action::Remove
        } else {
            Action::Keep
        };
        let mut row = Row::new(candidate.name, action, reasons, Some(candidate.set));
        row.bytes = Some(candidate.bytes);
        match (action, candidate.foreign) {
            (Action::Remove, Some(why)) => row.stays(why),
            (Action::Remove, None) => row.reasons.push("no rule keeps it".to_owned()),
            _ => {}
        }
        row
    })
    .collect()
}
