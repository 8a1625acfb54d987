//! `verify`: what was saved, read again. It needs no network and no lock, and changes nothing.
//!
//! `subject` looks at a set before any of its data is read, and `sums` holds its two lists against each other; `read` reads on all
//! cores; `checked` brings both together, and looks again at what was written meanwhile; `sample` chooses what is read of it;
//! `finding` is what is wrong, `report` how it is said.

mod checked;
mod finding;
mod read;
mod report;
mod sample;
mod subject;
mod sums;

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::time::Instant;

use crate::cli::{OutFolder, Percent, VerifyOptions};
use crate::problem::Problem;
use crate::settings::{Environment, state_folder};
use crate::store::During;
use crate::store::catalog::{self, Saved};
use crate::store::readings::Readings;

use self::checked::{Check, Extent, Target};
use super::context::Context;
use super::outcome::Outcome;

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
    let state_folder = state_folder(&Environment::of_process());
    let readings = Readings::new(state_folder.as_deref());
    let (terminal, begun) = (context.terminal.clone(), Instant::now());
    let check = tokio::task::spawn_blocking(move || {
        let check = Check {
            extent,
            readings: &readings,
            terminal: &terminal,
        };
        check.run(&targets)
    });
    let checked = check
        .await
        .unwrap_or_else(|panic| resume_unwind(panic.into_panic()))?;
    let took = begun.elapsed();
    Ok(report::outcome(&checked, extent, took, context))
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
    for OutFolder(path) in &paths {
        let set = |is_named| move |folder| Target::Set { folder, is_named };
        let found = match catalog::find(path)? {
            Saved::Sets(folders) => folders.into_iter().map(set(false)).collect(),
            Saved::Set(folder) => vec![set(true)(folder)],
            Saved::Zip(zip) => {
                // By its real name: a link that a person named is followed.
                let zip = zip.canonicalize().during("reading", &zip)?;
                vec![Target::Zip(zip)]
            }
        };
        let is_new = |target: &Target| {
            let path = target.path();
            known.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
        };
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
