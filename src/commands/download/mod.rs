//! `download`: every file of the latest backup, verified, in its own folder.
//!
//! `setup` settles what is to be done; `selection` looks at the list before anything is created or fetched; `fetch` brings
//! the files home until nothing new is listed, and `dry_run` only says what that would do; `after` looks at what they hold,
//! and `prune` removes old sets, at the end; `report` counts how it went,
//! `room` whether the disk has enough. `again` is for `verify --repair`, which fetches
//! once more what is damaged.

mod after;
mod again;
mod dry_run;
mod fetch;
mod prune;
mod report;
mod room;
mod selection;
mod setup;

use crate::exit::Exit;
use crate::model::Backup;
use crate::problem::Problem;
use crate::untrusted::printable;

use super::context::{AboutBackup, Context};
use super::links;
use super::outcome::Outcome;
pub(super) use again::Again;
use fetch::Fetch;
use report::Report;
use setup::Setup;
pub(super) use setup::lock;
#[cfg(feature = "object-store")]
pub(super) use setup::{check_staging, staging};

pub(super) async fn download(context: &Context) -> anyhow::Result<Outcome> {
    let setup = Setup::new(context)?;
    let listing = context.until_stopped(setup.listing()).await?;
    links::compare_clocks(&setup.api, context);
    let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
    let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
        return no_backup(&setup).await;
    };
    let id = backup.id.as_ref();
    let _ = context.backup.set(AboutBackup {
        org: id.map(|id| id.org.clone()),
        job: id.map(|id| id.job.clone()),
        expires: backup.expiry.as_ref().map(|expiry| expiry.at),
    });
    selection::check(&setup, &backup)?;
    let expired = context
        .until_stopped(selection::expired(&setup, &backup))
        .await?;
    let selected = selection::selected(&setup, &backup);
    if selected.is_empty() {
        return Err(selection::none_selected(&setup.options, &backup).into());
    }
    let fetch = Fetch {
        setup: &setup,
        selected,
        backup: &backup,
        into: None,
        expired: expired.as_ref(),
    };
    if setup.options.dry_run {
        return context.until_stopped(dry_run::dry_run(&fetch)).await;
    }
    let (mut report, publisher) = fetch.run().await?;
    let unprunable = after::inspect(&setup, &publisher, &mut report).await;
    fetch.commit(&publisher, &mut report).await;
    if setup.options.require_new && report.tried.is_empty() && report.is_good() {
        report.ended_by(nothing_new("the latest one is already saved"));
    }
    let note = expired.as_ref().map(|expiry| {
        let date = printable(&expiry.text);
        format!("the links expired on {date}; nothing is left to fetch from them")
    });
    let pruned = prune::prune(&setup, &publisher, &mut report, unprunable).await?;
    let outcome = Outcome::download(note, &report.summary());
    Ok(pruned.into_iter().fold(outcome, Outcome::note))
}

/// Zoho lists nothing, which is a good end unless something new was asked for.
async fn no_backup(setup: &Setup<'_>) -> anyhow::Result<Outcome> {
    if setup.options.require_new {
        return Err(nothing_new("Zoho offers none").into());
    }
    let why = async { anyhow::Ok(links::explain_none(&setup.api).await) };
    let why = setup.context.until_stopped(why).await?;
    let mut report = Report::new(&setup.out, setup);
    if !setup.options.dry_run
        && let Some(problem) = after::lost_before(setup)
    {
        report.ended_by(problem);
    }
    Ok(Outcome::download(Some(why), &report.summary()))
}

/// With `--require-new`, that there is no new backup is a failure.
fn nothing_new(why: &str) -> Problem {
    let message = format!("no new backup: {why}");
    Problem::new(Exit::NothingNew, "nothing_new", message)
        .hint("see whether the backup is still scheduled (`backup-fetch status`)")
}
