//! The newest complete set of each organisation in a folder.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::commands::fault::Fault;
use crate::commands::finished::finished_at;
use crate::event::Already;
use crate::output::units;
use crate::problem::Problem;
use crate::store::catalog::{Candidate, SavedSet};
use crate::store::manifest::Entry;
use crate::store::readings::Readings;
use crate::untrusted::printable;

/// A clock that is set right now and then is off by less.
const SKEW: TimeDelta = TimeDelta::minutes(5);

pub(super) struct Standing {
    /// Nothing where links carried none, or nothing at all is saved.
    pub(super) org: Option<String>,
    pub(super) newest: Option<Newest>,
}

/// A complete set.
pub(super) struct Newest {
    /// Of its folder.
    pub(super) name: String,
    pub(super) at: DateTime<Utc>,
    pub(super) age: Duration,
    pub(super) already: Already,
    pub(super) bytes: u64,
}

/// `org`: the only one to look at, which then has a standing in any case. Otherwise at least one has.
pub(super) fn standings(
    candidates: Vec<Candidate>,
    org: Option<&str>,
    selects: &dyn Fn(&Entry) -> bool,
    readings: &Readings,
    warnings: &mut Vec<String>,
) -> Result<Vec<Standing>, Problem> {
    let mut by_org: BTreeMap<Option<String>, Vec<SavedSet>> = BTreeMap::new();
    for candidate in candidates {
        match candidate.set {
            Ok(Some(set)) if org.is_none_or(|org| set.manifest.org.as_deref() == Some(org)) => {
                by_org
                    .entry(set.manifest.org.clone())
                    .or_default()
                    .push(set);
            }
            // Without a manifest it is as good as none; another organisation is not asked for.
            Ok(_) => {}
            Err(error) => warnings.push(error.problem().message),
        }
    }
    if let Some(org) = org {
        by_org.entry(Some(org.to_owned())).or_default();
    } else if by_org.is_empty() {
        by_org.insert(None, Vec::new());
    }
    let standing = |(org, sets)| {
        Ok(Standing {
            org,
            newest: newest(sets, selects, readings, warnings)?,
        })
    };
    by_org.into_iter().map(standing).collect()
}

fn newest(
    sets: Vec<SavedSet>,
    selects: &dyn Fn(&Entry) -> bool,
    readings: &Readings,
    warnings: &mut Vec<String>,
) -> Result<Option<Newest>, Problem> {
    let now = Utc::now();
    let sets = sets.into_iter();
    let finished = sets.filter_map(|set| Some((finished_at(&set.manifest, selects)?, set)));
    let mut finished: Vec<_> = finished.collect();
    finished.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, set) in finished {
        let name = printable(&set.name);
        // What says that it is of tomorrow would be young for ever, were the clock wrong by years.
        if at > now + SKEW {
            let ahead = units::span((at - now).to_std().unwrap_or_default());
            warnings.push(format!(
                "{name} does not count: its date, {}, is {ahead} ahead of the clock of this machine",
                units::minute(at)
            ));
        } else if let Some(fault) = Fault::of(&set, readings).map_err(|error| error.problem())? {
            warnings.push(format!("{name} does not count: {fault}"));
        } else {
            let (manifest, known) = (&set.manifest, readings.of(&set.folder));
            return Ok(Some(Newest {
                at,
                age: Duration::from_secs((now - at).num_seconds().max(0).unsigned_abs()),
                already: Already {
                    files: manifest.saved_files().count(),
                    verified_at: manifest.verified_since(manifest.saved_files(), &known),
                },
                bytes: manifest.saved_bytes(),
                name: set.name,
            }));
        }
    }
    Ok(None)
}
