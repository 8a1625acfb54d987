//! What is said of a pruning, for people and for scripts.

use chrono::Local;
use serde_json::{Value, json};

use crate::output::{table, units};
use crate::problem::Problem;
use crate::store::Location;
use crate::untrusted::printable;

use super::plan::{Action, Plan, Row};

pub(in crate::commands) struct Report {
    out: Location,
    rows: Vec<Row>,
    is_dry: bool,
    /// What is removed stays as an old version.
    keeps_versions: bool,
    /// What ended it before its time.
    ended_by: Option<Problem>,
}

impl Report {
    pub(super) fn new(
        out: &Location,
        plan: Plan,
        is_dry: bool,
        ended_by: Option<Problem>,
    ) -> Report {
        Report {
            out: out.clone(),
            keeps_versions: plan.removal.keeps_versions(),
            rows: plan.rows,
            is_dry,
            ended_by,
        }
    }

    /// A table of everything that is in the folder.
    pub(super) fn lines(&self) -> Vec<String> {
        let head = ["ACTION", "SAVED", "SIZE", "BACKUP", "REASON"].map(str::to_owned);
        let dash = || "-".to_owned();
        let row = |row: &Row| {
            let saved = row.saved().map(|at| at.with_timezone(&Local));
            [
                row.action.word().to_owned(),
                saved.map_or_else(dash, |at| at.format("%Y-%m-%d %H:%M").to_string()),
                row.bytes.map_or_else(dash, units::size),
                printable(&row.name),
                row.reasons.join(", "),
            ]
        };
        if self.rows.is_empty() {
            return Vec::new();
        }
        let rows: Vec<_> = std::iter::once(head)
            .chain(self.rows.iter().map(row))
            .collect();
        table(&rows)
    }

    pub(in crate::commands) fn document(&self) -> Value {
        let backup = |row: &Row| {
            let manifest = row.set.as_ref().map(|set| &set.manifest);
            json!({
                "name": row.name,
                "org": manifest.and_then(|manifest| manifest.org.as_ref()),
                "job": manifest.and_then(|manifest| manifest.job.as_ref()),
                "finished_at": manifest.and_then(|manifest| manifest.finished_at.as_ref()),
                "bytes": row.bytes,
                "action": row.action.word(),
                "reasons": row.reasons,
                "removed": matches!(row.removed, Some(Ok(_))),
                "error": row.removed.as_ref().and_then(|removed| removed.as_ref().err()),
            })
        };
        let (removed, freed) = self.removed();
        json!({
            "schema": 1,
            "folder": self.out.to_string(),
            "dry_run": self.is_dry,
            "backups": self.rows.iter().map(backup).collect::<Vec<_>>(),
            "kept": self.kept(),
            "removed": removed,
            "freed_bytes": if self.keeps_versions { 0 } else { freed },
            "keeps_versions": self.keeps_versions,
        })
    }

    /// In one line.
    pub(in crate::commands) fn note(&self) -> String {
        let backups = |count| match count {
            1 => "1 backup".to_owned(),
            several => format!("{several} backups"),
        };
        let ((removed, freed), kept) = (self.removed(), self.kept());
        let freed = if self.keeps_versions {
            "nothing freed while the bucket keeps old versions".to_owned()
        } else {
            format!("{} freed", units::size(freed))
        };
        match (self.is_dry, removed) {
            _ if self.rows.is_empty() => {
                format!("{}: no backup is saved there", self.out)
            }
            (_, 0) => format!("nothing to remove: {} kept", backups(kept)),
            (true, _) => format!(
                "{} would be removed and {freed}, {kept} kept; nothing was changed",
                backups(removed)
            ),
            (false, _) => format!("{} removed, {freed}, {kept} kept", backups(removed)),
        }
    }

    /// What should go and is kept, because not all of it is ours.
    pub(in crate::commands) fn warnings(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|row| row.is_in_the_way);
        rows.map(|row| {
            let path = self.out.join(&row.name);
            let why = row.reasons.join(", ");
            format!("{} is not removed: {why}", printable(&path.to_string()))
        })
        .collect()
    }

    /// Why something that was to go is still there, or half there.
    pub(in crate::commands) fn problems(&self) -> Vec<Problem> {
        let failed = self
            .rows
            .iter()
            .filter_map(|row| row.removed.as_ref()?.as_ref().err());
        failed.chain(&self.ended_by).cloned().collect()
    }

    /// How many backups went, or would go, and how many bytes with them.
    fn removed(&self) -> (usize, u64) {
        let freed = |row: &Row| match &row.removed {
            Some(Ok(freed)) => Some(*freed),
            None if self.is_dry && row.action == Action::Remove => Some(row.bytes.unwrap_or(0)),
            _ => None,
        };
        let freed: Vec<u64> = self.rows.iter().filter_map(freed).collect();
        (freed.len(), freed.into_iter().fold(0, u64::saturating_add))
    }

    fn kept(&self) -> usize {
        let kept = self.rows.iter().filter(|row| row.action == Action::Keep);
        kept.count()
    }
}
