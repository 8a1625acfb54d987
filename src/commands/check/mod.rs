//! `check`: whether the newest complete set of each organisation is young enough. Asks nobody, and reads no zip.

mod plugin;
mod standing;

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::{CheckOptions, selects};
use crate::exit::Exit;
use crate::output::{already_there, units};
use crate::problem::Problem;
use crate::store::catalog;
use crate::store::manifest::Entry;
use crate::untrusted::printable;

use super::context::{Context, readings};
use super::outcome::Outcome;
pub(crate) use plugin::{check as plugin, unknown};
use standing::{Newest, Standing, standings};

/// What is known of a folder.
struct Report {
    folder: String,
    max_age: Duration,
    /// Never empty.
    standings: Vec<Standing>,
    /// What was not counted, and why.
    warnings: Vec<String>,
}

pub(super) fn check(context: &Context) -> anyhow::Result<Outcome> {
    let report = examine(context)?;
    let newest = report.standings.iter().filter_map(|it| it.newest.as_ref());
    let lines = newest.map(line).collect();
    let faults: Vec<Problem> = report.faults().collect();
    let exit = faults.first().map_or(Exit::Done, |fault| fault.exit);
    let organisations: Vec<Value> = report
        .standings
        .iter()
        .map(|it| document(it, &report))
        .collect();
    let outcome = Outcome::report(
        lines,
        json!({
            "schema": 1,
            "folder": report.folder,
            "max_age_seconds": report.max_age.as_secs(),
            "organisations": organisations,
            "warnings": report.warnings,
            "exit_code": exit.code(),
        }),
    );
    let gist = report.gist();
    let outcome = report.warnings.into_iter().fold(outcome, Outcome::warning);
    Ok(faults.into_iter().fold(outcome, Outcome::error).gist(gist))
}

fn examine(context: &Context) -> anyhow::Result<Report> {
    let options: CheckOptions = context.sources()?.options()?;
    let (folder, max_age) = (context.location(options.folder()?)?, options.max_age()?);
    let selects = |file: &Entry| {
        let pattern = options.r#match.as_ref();
        selects(options.only, pattern, file.kind, &file.name)
    };
    let mut warnings = Vec::new();
    // A folder that is not there holds no backup, which is what is asked.
    let candidates = catalog::look(&folder)?.unwrap_or_else(|| {
        warnings.push(catalog::not_there(&folder).message);
        Vec::new()
    });
    let org = options.org.as_ref().map(|org| org.0.as_str());
    Ok(Report {
        folder: folder.to_string(),
        max_age,
        standings: standings(candidates, org, &selects, &readings(), &mut warnings)?,
        warnings,
    })
}

impl Report {
    fn is_fine(&self, standing: &Standing) -> bool {
        let newest = standing.newest.as_ref();
        newest.is_some_and(|newest| newest.age <= self.max_age)
    }

    fn faults(&self) -> impl Iterator<Item = Problem> {
        let bad = self.standings.iter().filter(|it| !self.is_fine(it));
        bad.map(|standing| {
            let code = match standing.newest {
                Some(_) => "backup_too_old",
                None => "no_complete_backup",
            };
            Problem::new(Exit::NothingNew, code, self.words(standing)).hint(
                "check that backups are scheduled (`backup-fetch status`), and that `backup-fetch download` runs",
            )
        })
    }

    fn words(&self, standing: &Standing) -> String {
        let Some(Newest { name, age, .. }) = &standing.newest else {
            let of = standing.org.as_ref();
            let of = of.map(|org| format!(" of organisation {}", printable(org)));
            let (of, folder) = (of.unwrap_or_default(), printable(&self.folder));
            return format!("no complete backup{of} in {folder}");
        };
        let (name, age) = (printable(name), units::span(*age));
        if self.is_fine(standing) {
            return format!("{name} is {age} old");
        }
        let most = units::span(self.max_age);
        format!("{name} is the newest complete backup, and {age} old: more than {most}")
    }

    /// What is wrong, or else what is there.
    fn gist(&self) -> String {
        let (fine, bad): (Vec<_>, Vec<_>) = self.standings.iter().partition(|it| self.is_fine(it));
        let all = bad.into_iter().chain(fine);
        all.map(|it| self.words(it)).collect::<Vec<_>>().join("; ")
    }
}

fn line(newest: &Newest) -> String {
    format!(
        "{}: complete since {}, {} old, {}, {}, {}",
        printable(&newest.name),
        units::minute(newest.at),
        units::span(newest.age),
        units::files(newest.already.files),
        units::size(newest.bytes),
        already_there(&newest.already),
    )
}

fn document(standing: &Standing, report: &Report) -> Value {
    let newest = standing.newest.as_ref();
    let state = match newest {
        None => "none",
        Some(_) if report.is_fine(standing) => "ok",
        Some(_) => "too_old",
    };
    json!({
        "org": standing.org,
        "state": state,
        "name": newest.map(|it| &it.name),
        "completed_at": newest.map(|it| it.at),
        "age_seconds": newest.map(|it| it.age.as_secs()),
        "files": newest.map(|it| it.already.files),
        "bytes": newest.map(|it| it.bytes),
        "verified_at": newest.and_then(|it| it.already.verified_at),
    })
}
