//! `download`: every file of the latest backup, verified, in its own folder.
//!
//! `selection` looks at the list before anything is created or fetched, `fetch` brings the files home until nothing new is
//! listed, `dry_run` only says what that would do; `room` knows whether it fits on the disk, and `report` counts how it
//! went.

mod dry_run;
mod fetch;
mod report;
mod room;
mod selection;

use std::time::{Duration, Instant};

use crate::cli::DownloadOptions;
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::model::{Backup, Listing};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::{check_folder, sys};
use crate::untrusted::printable;
use crate::zoho::{ZohoApi, ZohoError};

use super::context::{Context, connect};
use super::links;
use super::outcome::Outcome;
use super::request::Request;
use super::wait::Wait;
use fetch::Fetch;
use report::Report;

pub(super) async fn download(context: &Context) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let sources = context.sources()?;
    let mut settings = sources.settings()?;
    let options: DownloadOptions = sources.options()?;
    let out = options.folder()?;
    let max_duration = options.max_duration.map(|time| time.0);
    let until = max_duration.map(|time| started.checked_add(time));
    settings.retry.until = until.flatten();
    check_folder(out)?;
    sys::let_large_writes_fail();
    let observer = context.terminal.observer();
    let mut api = connect(&settings, &observer)?;
    if options.no_ranges {
        api = api.without_ranges();
    }
    context.watch_signals();
    if let Some(time) = max_duration {
        end_after(time, context.stop.clone());
    }
    let listing = context.until_stopped(listing(context, &options, &settings, &api));
    let listing = listing.await?;
    links::compare_clocks(&api, context);
    let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
    let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
        if options.require_new {
            return Err(nothing_new("Zoho offers none").into());
        }
        let why = async { Ok::<_, ZohoError>(links::explain_none(&api).await) };
        let why = context.until_stopped(why).await?;
        let report = Report::new(out, started);
        return Ok(Outcome::download(report.summary()).note(why));
    };
    selection::check(&settings, &backup, context)?;
    let expired = selection::expired(&options, out, &backup, &api, context)?;
    let fetch = Fetch {
        wanted: selection::wanted(&options, &backup)?,
        settings: &settings,
        options: &options,
        out,
        backup: &backup,
        expired: expired.as_ref(),
        api,
        observer,
        context,
    };
    if options.dry_run {
        let dry_run = dry_run::dry_run(&fetch, started);
        return context.until_stopped(dry_run).await;
    }
    let mut report = fetch.run(started).await?;
    if options.require_new && report.tried.is_empty() && report.is_good() {
        report.ended_by(nothing_new("the latest one is already saved"));
    }
    let outcome = Outcome::download(report.summary());
    Ok(match &expired {
        None => outcome,
        Some(expiry) => outcome.note(format!(
            "the links expired on {}; nothing is left to fetch from them",
            printable(&expiry.text)
        )),
    })
}

/// The links, those of a backup that is asked or waited for first if that is wanted.
async fn listing(
    context: &Context,
    options: &DownloadOptions,
    settings: &Settings,
    api: &ZohoApi,
) -> anyhow::Result<Option<Listing>> {
    let mut wait = Wait::new(options.waiting, api, context);
    if options.request {
        let request = Request::new(context, api, settings, true, options.yes);
        let (before, _) = request.make().await?;
        return Ok(Some(wait.for_new_links(&before).await?));
    }
    if options.waiting.wait.is_some() {
        wait.until_idle().await?;
    }
    Ok(api.listing().await?)
}

/// `--max-duration`, counted from the start of the command.
fn end_after(time: Duration, stop: Stop) {
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        stop.request(Exit::TimeUp);
    });
}

/// With `--require-new`, that there is no new backup is a failure.
fn nothing_new(why: &str) -> Problem {
    let message = format!("no new backup: {why}");
    Problem::new(Exit::NothingNew, "nothing_new", message)
        .hint("see whether the backup is still scheduled (`backup-fetch status`)")
}
