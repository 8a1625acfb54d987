//! `verify`: what was saved, read again. It needs no network and no lock, and changes nothing.
//!
//! `subject` looks at a set before any of its data is read, and `sums` holds its two lists against each other; `read` reads on all
//! cores; `checked` brings both together, and looks again at what was written meanwhile; `sample` chooses what is read of it;
//! `finding` is what is wrong, `report` how it is said. `repair`, which is asked for, changes what the rest only looks at.

mod checked;
mod finding;
mod read;
mod repair;
mod report;
mod sample;
mod subject;
mod sums;

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::time::Instant;

use crate::cli::{OutFolder, Percent, VerifyOptions};
use crate::problem::{self, Problem};
use crate::store::catalog::{self, Saved};

use self::checked::{Check, Checked, Extent, Target};
use self::finding::Finding;
use super::context::{Context, readings};
use super::outcome::Outcome;
use super::runtime;

pub(super) async fn verify(context: &Context, typed: &VerifyOptions) -> anyhow::Result<Outcome> {
    context.watch_signals();
    if typed.sample == Some(Percent(0)) {
        return Err(Problem::configuration(
            "--sample 0% would never read anything",
            "write a share such as --sample 10%, or leave the data out with --quick",
        )
        .into());
    }
    let targets = targets(context, typed)?;
    let extent = match typed.sample {
        Some(share) => Extent::Sample(share),
        None if typed.quick => Extent::Directories,
        None => Extent::All,
    };
    let begun = Instant::now();
    let mut checked = check(context, targets.clone(), extent).await?;
    let mut failed = Vec::new();
    if typed.repair {
        failed = repair::repair(context, &checked.subjects).await?;
        if let Some(by) = context.stop.requested() {
            return Err(problem::stopped(by).into());
        }
        check_again(context, &targets, &mut checked).await?;
    }
    let outcome = report::outcome(&checked, extent, begun.elapsed(), context);
    // What is sound all the same needs no repair.
    failed.retain(|(place, _)| !checked.subjects[*place].findings.is_empty());
    let failed = failed.into_iter().map(|(_, problem)| problem);
    Ok(failed.fold(outcome, Outcome::error))
}

async fn check(context: &Context, targets: Vec<Target>, extent: Extent) -> anyhow::Result<Checked> {
    let readings = readings();
    let terminal = context.terminal.clone();
    runtime::check_thread()?;
    let check = tokio::task::spawn_blocking(move || {
        let check = Check {
            extent,
            readings: &readings,
            terminal: &terminal,
        };
        check.run(&targets)
    });
    let check = async {
        check
            .await
            .unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
    };
    context.until_stopped(check).await
}

/// Reads those once more of which something was wrong before their repair.
async fn check_again(
    context: &Context,
    targets: &[Target],
    checked: &mut Checked,
) -> anyhow::Result<()> {
    let findings = |checked: &Checked| -> Vec<Finding> {
        let subjects = checked.subjects.iter();
        subjects
            .flat_map(|subject| subject.findings.clone())
            .collect()
    };
    let before = findings(checked);
    let subjects = checked.subjects.iter().enumerate();
    let wrong = subjects.filter(|(_, subject)| !subject.findings.is_empty());
    let places: Vec<usize> = wrong.map(|(place, _)| place).collect();
    let wrong = places.iter().map(|place| targets[*place].clone());
    let again = check(context, wrong.collect(), Extent::All).await?;
    for (place, subject) in places.into_iter().zip(again.subjects) {
        checked.subjects[place] = subject;
    }
    checked::excuse(&mut checked.subjects);
    let after = findings(checked);
    checked.repaired = before;
    checked.repaired.retain(|finding| !after.contains(finding));
    Ok(())
}

/// What was named, or else the output folder: each set and zip once.
fn targets(context: &Context, typed: &VerifyOptions) -> anyhow::Result<Vec<Target>> {
    let paths = if typed.paths.is_empty() {
        let options: VerifyOptions = context.sources()?.options()?;
        vec![options.out.ok_or_else(nothing_named)?]
    } else {
        typed.paths.clone()
    };
    let mut known = HashSet::new();
    let mut targets = Vec::new();
    let stores = paths
        .iter()
        .find(|OutFolder(address)| address.local().is_none());
    if let (true, Some(OutFolder(store))) = (typed.repair, stores) {
        return Err(repair::not_in_a_store(store).into());
    }
    for OutFolder(address) in &paths {
        let path = &context.location(address)?;
        let set = |is_named| move |folder| Target::Set { folder, is_named };
        let found = match catalog::find(path)? {
            Saved::Sets(folders) => {
                let others = catalog::without_manifest(path, &folders);
                folders.into_iter().chain(others).map(set(false)).collect()
            }
            Saved::Set(folder) => vec![set(true)(folder)],
            Saved::Zip(zip) => {
                // By its real name: a link that a person named is followed.
                vec![Target::Zip(zip.real())]
            }
        };
        let is_new = |target: &Target| known.insert(target.path().real().to_string());
        targets.extend(found.into_iter().filter(is_new));
    }
    Ok(targets)
}

fn nothing_named() -> Problem {
    Problem::configuration(
        "no backup is named, and no output folder is given",
        "name the folder of a backup, a folder of backups or a zip; or set BACKUP_FETCH_OUT, or `out` in the profile",
    )
}
