//! What is at Zoho: its clock, the token, the calls.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;

use crate::auth::{InForce, Origin, TokenSource};
use crate::commands::context::{api, tokens};
use crate::event::Observer;
use crate::exit::Exit;
use crate::http::{Authorize, Client};
use crate::model::Listing;
use crate::model::job::{Job, LogEntry, Status, explain_no_links};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::untrusted::printable;
use crate::zoho::ZohoError;

use super::links;
use super::report::{Found, Report, ok, skipped, span};

/// A clock that is off by more makes a token look fresh, or links look valid, that are not.
pub(super) const CLOCK_WARNING: TimeDelta = TimeDelta::seconds(60);
const CLOCK_FAILURE: TimeDelta = TimeDelta::minutes(5);

const READ: &str = "ZohoCRM.bulk.backup.READ";
const ALL: &str = "ZohoCRM.bulk.backup.ALL";
const FILES: &str = "ZohoFiles.files.ALL";

const NEW_TOKEN: &str = "create a new refresh token with `backup-fetch login` and the scopes ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL: they are enough for list, download, status and history; with ALL instead of READ (`--scope all`) also for request, schedule and cancel";

/// Everything that is asked of Zoho. Gives the organisation of the links, where they tell one.
pub(super) async fn examine(
    report: &mut Report,
    settings: &Settings,
    observer: &Arc<dyn Observer>,
) -> anyhow::Result<Option<String>> {
    // One try each: whoever asks a doctor is waiting.
    let mut settings = settings.clone();
    settings.retry.retries = 0;
    let client = Client::new(settings.client.clone());
    report.add("clock", clock(&client, &settings).await)?;
    let credentials = &settings.credentials;
    if credentials.access_token.is_none() && credentials.refresh.is_none() {
        report.add("calls", Ok(skipped("there are no usable credentials")))?;
        return Ok(None);
    }
    let tokens = Arc::new(tokens(&settings, &client, observer)?);
    let in_force = match tokens.in_force().await {
        Ok(in_force) => in_force,
        Err(error) => {
            report.add("token", Err(error.into()))?;
            report.add("calls", Ok(skipped("there is no token")))?;
            return Ok(None);
        }
    };
    hide(&tokens, report).await;
    report.add("token", Ok(token(&in_force)))?;
    if let Some(told) = &in_force.scopes {
        report.add("scopes", Ok(scopes(told)))?;
    }
    let api = api(&settings, &client, Arc::clone(&tokens) as _, observer);
    let (listing, job, log) = tokio::join!(api.listing(), api.job(), api.history_now());
    // It may have been refused and renewed.
    hide(&tokens, report).await;
    report.add("urls", urls(&listing, &job, &log))?;
    let schedule = match (&listing, &job, &log) {
        (Ok(listing), Ok(job), Ok(log)) => {
            Some(schedule(listing.as_ref(), job.as_ref(), log, Utc::now()))
        }
        _ => None,
    };
    let lists = listing.is_ok();
    report.add("job", told(job, lists, |job| state(job.as_ref())))?;
    report.add("history", told(log, lists, |log| history(&log)))?;
    if let Some(schedule) = schedule {
        report.add("schedule", Ok(schedule))?;
    }
    match listing {
        Ok(Some(listing)) if !listing.links.is_empty() => {
            links::examine(report, &settings, &api, &listing).await
        }
        _ => Ok(None),
    }
}

async fn hide(tokens: &TokenSource, report: &mut Report) {
    if let Ok(token) = tokens.token().await {
        report.hide(token.expose_secret(), "(hidden)");
    }
}

/// Compares this machine's clock with the one of the accounts server; any reply tells it.
async fn clock(client: &Client, settings: &Settings) -> anyhow::Result<Found> {
    let mut url = settings.accounts.clone();
    url.set_path("/oauth/serverinfo");
    let Some(date) = client.get(&url).await?.date else {
        return Ok(ok("the accounts server does not report its time")
            .warn("compare this machine's clock with another one"));
    };
    let ahead = Utc::now() - date;
    let (off, text) = (ahead.abs(), difference(ahead));
    let hint =
        "set this machine's clock (NTP): whether tokens and links are still valid is judged by it";
    if off >= CLOCK_FAILURE {
        Err(Problem::new(Exit::Remote, "clock", text).hint(hint).into())
    } else if off >= CLOCK_WARNING {
        Ok(ok(text).warn(hint))
    } else {
        Ok(ok(text))
    }
}

/// How this machine's clock is set against a server's.
pub(super) fn difference(ahead: TimeDelta) -> String {
    // The server's date has no fractions.
    if ahead.abs() < TimeDelta::seconds(2) {
        return "matches the server's".to_owned();
    }
    let side = if ahead > TimeDelta::zero() {
        "ahead of"
    } else {
        "behind"
    };
    format!("{} {side} the server's", span(ahead))
}

fn token(in_force: &InForce) -> Found {
    let origin = match in_force.origin {
        Origin::Given => "as given",
        Origin::Cached => "from the cache",
        Origin::Made => "issued now",
    };
    let left = match (in_force.expires, in_force.origin) {
        (Some(expires), _) => format!("{} left", span(expires - Utc::now())),
        (None, Origin::Given) => "its lifetime is unknown".to_owned(),
        (None, _) => "Zoho does not report its lifetime".to_owned(),
    };
    let scopes = match in_force.scopes {
        None => ", its scopes are unknown",
        Some(_) => "",
    };
    ok(format!("{origin}, {left}{scopes}"))
}

/// What the token opens, as far as Zoho's words are understood.
fn scopes(told: &str) -> Found {
    let all = told.split([' ', ',']).filter(|scope| !scope.is_empty());
    let all: Vec<&str> = all.collect();
    let has = |scope: &str| all.iter().any(|its| its.eq_ignore_ascii_case(scope));
    let listed = all.join(", ");
    match (has(READ) || has(ALL), has(FILES)) {
        (true, true) if has(ALL) => ok(format!("{listed}: enough for every command")),
        (true, true) => ok(format!(
            "{listed}: enough for list, download, status and history; request, schedule and cancel need {ALL}"
        )),
        (true, false) => ok(format!(
            "{listed}: list, status and history work; download needs {FILES}"
        ))
        .warn(NEW_TOKEN),
        (false, _) => ok(format!(
            "{listed}: without {READ} or {ALL} nothing can be listed"
        ))
        .warn(NEW_TOKEN),
    }
}

type Told<T> = Result<T, ZohoError>;

fn urls(
    listing: &Told<Option<Listing>>,
    job: &Told<Option<Job>>,
    log: &Told<Vec<LogEntry>>,
) -> anyhow::Result<Found> {
    let listing = listing.as_ref().map_err(refused)?;
    let links = listing.as_ref().map_or(0, |it| it.distinct_links().len());
    let why = match (links, job, log) {
        (1, ..) => return Ok(ok("GET backup/urls: 1 link")),
        (2.., ..) => return Ok(ok(format!("GET backup/urls: {links} links"))),
        (0, Ok(job), Ok(log)) => explain_no_links(job.as_ref(), log, Utc::now()),
        (0, ..) => "none was requested, none is ready yet, or they expired".to_owned(),
    };
    let why = printable(&why);
    Ok(ok(format!("GET backup/urls: no links (HTTP 204): {why}")))
}

fn state(job: Option<&Job>) -> Found {
    let Some(job) = job else {
        return ok("GET backup: no backup has been requested or scheduled yet (HTTP 204)");
    };
    let word = printable(&job.status.to_string());
    let found = ok(format!("GET backup: {} ({word})", job.status.meaning()));
    if job.status.yields_nothing() {
        return found.warn(
            "see `backup-fetch history`, and Zoho's Setup > Data Administration > Data Backup",
        );
    }
    found
}

fn history(log: &[LogEntry]) -> Found {
    match log.iter().find(|entry| entry.is_done()) {
        Some(last) => ok(format!(
            "GET backup/history: last backup made on {}",
            printable(last.when())
        )),
        None => ok("GET backup/history: no backup of the last year is listed"),
    }
}

/// The longest month: who asks for a backup by hand each month is not warned.
const LONG_AGO: TimeDelta = TimeDelta::days(31);

/// Whether backups are still made: nothing else would notice that they silently stopped.
fn schedule(
    listing: Option<&Listing>,
    job: Option<&Job>,
    log: &[LogEntry],
    now: DateTime<Utc>,
) -> Found {
    let is_on = |job: &Job| match job.status {
        Status::Scheduled | Status::InProgress => true,
        Status::Stopped => false,
        _ => job.rule.is_some(),
    };
    if job.is_some_and(is_on) {
        return ok("backups are scheduled or under way");
    }
    // Links that are valid are of a backup of this week, whatever the log says.
    let expiry = listing.and_then(|listing| listing.expiry.as_ref());
    if expiry.is_some_and(|expiry| !expiry.is_past(now)) {
        return ok("nothing is scheduled, but there are links that have not expired");
    }
    let done = log.iter().filter(|entry| entry.is_done());
    let newest = done.filter_map(LogEntry::at).max();
    if newest.is_some_and(|at| now - at.to_utc() < LONG_AGO) {
        return ok("nothing is scheduled, but the last backup is recent");
    }
    ok(format!(
        "nothing is scheduled, and no backup was made in the last {} days",
        LONG_AGO.num_days()
    ))
    .warn("`backup-fetch schedule --weekly mon` makes one every week; `backup-fetch request` makes one now")
}

fn refused(error: &ZohoError) -> Problem {
    let problem = error.problem();
    match problem.code {
        "scope_missing" => problem.hint(NEW_TOKEN),
        _ => problem,
    }
}

/// A call whose failure is only a warning if the links are listed: `list` and `download` need no more.
fn told<T>(reply: Told<T>, lists: bool, found: impl FnOnce(T) -> Found) -> anyhow::Result<Found> {
    match reply.map_err(|error| refused(&error)) {
        Ok(reply) => Ok(found(reply)),
        Err(problem) if lists => Ok(ok(format!(
            "{problem}; list and download work without it, status, history, request and --wait do not"
        ))
        .warn(problem.hint.unwrap_or_default())),
        Err(problem) => Err(problem.into()),
    }
}
