//! `prune`: old saved backups go, by the rules of restic (`model::retention`).
//!
//! `plan` says what is to become of everything in the folder, `store::removal` removes it, `report` tells.

mod plan;
mod report;

use crate::cli::{Global, MountPath, PruneOptions};
use crate::exit::Exit;
use crate::problem::{self, Problem};
use crate::store::catalog::{self, Saved};
use crate::store::manifest;
use crate::store::object::Owner;
use crate::store::{Location, Lock, check_mount};

use super::context::{Context, readings};
use super::lock;
use super::outcome::Outcome;
use plan::Plan;
pub(super) use plan::{Organisation, Request};
pub(super) use report::Report;

pub(super) async fn prune(context: &Context) -> anyhow::Result<Outcome> {
    let sources = context.sources()?;
    let options: PruneOptions = sources.options()?;
    let profile: Global = sources.options()?;
    let rules = options.keep.rules()?;
    let out = &context.location(options.folder()?)?;
    if let Some(MountPath(required)) = &options.require_mount {
        check_mount(out, required)?;
    }
    check(out)?;
    let request = Request {
        out,
        rules,
        // What another profile saves in the same folder is kept by its own rules.
        of: profile
            .org
            .map_or(Organisation::Any, |org| Organisation::Only(Some(org.0))),
        just_saved: None,
        readings: readings(),
    };
    let report = if options.dry_run {
        Report::new(out, Plan::of(&request)?, true, None)
    } else {
        if out.local().is_none() {
            // A lock in a store does not go with the process.
            context.watch_signals();
        }
        let owner = Owner::new();
        let lock = lock::take(out, options.lock, options.wait_lock, &owner);
        let lock = context.until_stopped(lock).await?;
        run(&request, &|| {
            let alone = lock.as_ref().map_or(Ok(()), Lock::check);
            alone.map_err(|error| error.problem())?;
            let stopped = context.stop.requested();
            stopped.map_or(Ok(()), |by| Err(problem::stopped(by)))
        })?
    };
    let mut outcome = Outcome::report(report.lines(), report.document()).note(report.note());
    outcome = report
        .warnings()
        .into_iter()
        .fold(outcome, Outcome::warning);
    Ok(report.problems().into_iter().fold(outcome, Outcome::error))
}

/// Removes what is to go, for who is alone in the folder. `go_on` is asked before each removal. Blocks.
pub(super) fn run(
    request: &Request<'_>,
    go_on: &dyn Fn() -> Result<(), Problem>,
) -> Result<Report, Problem> {
    let mut plan = Plan::of(request).map_err(|error| error.problem())?;
    let ended_by = plan.carry_out(go_on).err();
    Ok(Report::new(request.out, plan, false, ended_by))
}

/// It must be a folder in which backups are saved, and not one of them. There may be none yet, or none any more.
fn check(out: &Location) -> Result<(), Problem> {
    let is_one = match out {
        Location::Local(path) => match catalog::find(out) {
            Ok(Saved::Sets(_)) => false,
            Ok(Saved::Set(_) | Saved::Zip(_)) => true,
            Err(_) if path.is_dir() => false,
            Err(problem) => return Err(problem),
        },
        Location::Object(_) => {
            let failed = |error| out.failed("listing", error).problem();
            let there = out.listing().map_err(failed)?;
            if there.names().map_err(failed)?.is_empty() && out.parent().is_some() {
                return Err(catalog::not_there(out));
            }
            there.look(manifest::NAME).is_ok()
        }
    };
    if !is_one {
        return Ok(());
    }
    let message = format!("{out}: not a folder of backups, but one of them");
    let problem = Problem::new(Exit::Usage, "not_a_folder_of_backups", message);
    Err(problem.hint("name the folder or store that `download --out` saves to"))
}
