//! What keeps a saved set from counting, whatever its manifest says. Nothing is read for it.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::output::units;
use crate::store::Location;
use crate::store::StorageError;
use crate::store::catalog::SavedSet;
use crate::store::manifest::Manifest;
use crate::store::readings::{Readings, SetReadings};

/// What helps where files are damaged.
pub(super) fn repair(set: &Location) -> &'static str {
    match set {
        Location::Local(_) => {
            "`backup-fetch verify --repair` fetches what is damaged again while the links of this backup live; else restore it from another copy, and verify again"
        }
        Location::Object(_) => {
            "remove the damaged objects: `backup-fetch download` fetches them again while the links of this backup live; else restore them from another copy or an older version, and verify again"
        }
    }
}

pub(super) enum Fault {
    /// These files are not there with all their bytes.
    NotThere(Vec<String>),
    /// `verify` found these damaged, the last of them then.
    Damaged(Vec<String>, DateTime<Utc>),
}

impl Fault {
    /// # Errors
    /// The store does not say what is there.
    pub(super) fn of(set: &SavedSet, readings: &Readings) -> Result<Option<Fault>, StorageError> {
        let not_there = set.not_there()?;
        if !not_there.is_empty() {
            let names = not_there.into_iter().map(ToString::to_string);
            return Ok(Some(Fault::NotThere(names.collect())));
        }
        let known = readings.of(&set.folder);
        Ok(Fault::damaged(&set.manifest, &known))
    }

    /// What `verify` found.
    pub(super) fn damaged(manifest: &Manifest, known: &SetReadings) -> Option<Fault> {
        let damaged = manifest.saved_files();
        let damaged = damaged.filter_map(|entry| {
            Some((
                entry.name.to_string(),
                manifest.damaged_since(entry, known)?,
            ))
        });
        let (names, found): (Vec<_>, Vec<_>) = damaged.unzip();
        let last = found.into_iter().max()?;
        Some(Fault::Damaged(names, last))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotThere(names) => write!(
                f,
                "not there, or not of the size that the manifest says: {}",
                units::names(names)
            ),
            Fault::Damaged(names, found) => write!(
                f,
                "damaged, as `verify` found on {}: {}",
                units::date(*found),
                units::names(names)
            ),
        }
    }
}
