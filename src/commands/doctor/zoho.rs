//! What is at Zoho: its clock, the token, the calls.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use secrecy::ExposeSecret;

use super::links;
use super::report::{Check, Report, span};
use crate::auth::{InForce, Origin, TokenSource};
use crate::event::Observer;
use crate::exit::Exit;
use crate::http::retry::RetryPolicy;
use crate::http::{Authorize, Client};
use crate::model::Listing;
use crate::model::job::{Job, LogEntry, Status, explain_no_links};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::untrusted::printable;
use crate::zoho::{ZohoApi, ZohoError};

/// A clock that is off by more makes a token look fresh, or links look alive, that are not.
const CLOCK_WARNING: TimeDelta = TimeDelta::seconds(60);
const CLOCK_FAILURE: TimeDelta = TimeDelta::minutes(5);

const READ: &str = "ZohoCRM.bulk.backup.READ";
const ALL: &str = "ZohoCRM.bulk.backup.ALL";
const FILES: &str = "ZohoFiles.files.ALL";

const NEW_TOKEN: &str = "create a new refresh token with `backup-fetch login` and the scopes ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL: they are enough for list, download, status and history; with ALL instead of READ (`--scope all`) also for request, schedule and cancel";

/// Everything that is asked of Zoho. Gives the organisation of the links, where they tell one.
pub(super) async fn examine(
    report: &mut Report,
    settings: &Settings,
    observer: Arc<dyn Observer>,
) -> anyhow::Result<Option<String>> {
    let client = Client::new(settings.client.clone());
    report.add(clock(&client, settings).await)?;
    let credentials = &settings.credentials;
    if credentials.access_token.is_none() && credentials.refresh.is_none() {
        report.add(Check::untried("calls", "there are no usable credentials"))?;
        return Ok(None);
    }
    // One try each: whoever asks a doctor is waiting.
    let retry = RetryPolicy {
        retries: 0,
        ..settings.retry
    };
    let tokens = Arc::new(TokenSource::new(
        credentials.clone(),
        client.clone(),
        &settings.accounts,
        settings.state_folder.clone(),
        retry,
        Arc::clone(&observer),
    )?);
    let in_force = match tokens.in_force().await {
        Ok(in_force) => in_force,
        Err(error) => {
            report.add(Check::failed("token", error))?;
            report.add(Check::untried("calls", "there is no token"))?;
            return Ok(None);
        }
    };
    hide(&tokens, report).await;
    report.add(token(&in_force))?;
    report.add_all(in_force.scopes.iter().map(|told| scopes(told)).collect())?;
    let client = client.authorized_by(Arc::clone(&tokens) as _);
    let api = ZohoApi::new(
        client,
        &settings.api,
        &settings.api_version,
        retry,
        observer,
    );
    let (listing, job, log) = tokio::join!(api.listing(), api.job(), api.history_now());
    // It may have been refused and renewed.
    hide(&tokens, report).await;
    report.add(urls(&listing, &job, &log))?;
    let schedule = match (&listing, &job, &log) {
        (Ok(listing), Ok(job), Ok(log)) => {
            vec![schedule(listing.as_ref(), job.as_ref(), log, Utc::now())]
        }
        _ => Vec::new(),
    };
    let lists = listing.is_ok();
    report.add(state(job, lists))?;
    report.add(history(log, lists))?;
    report.add_all(schedule)?;
    match listing {
        Ok(Some(listing)) if !listing.links.is_empty() => {
            let (checks, org) = links::examine(settings, &api, &listing).await;
            report.add_all(checks)?;
            Ok(org)
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
async fn clock(client: &Client, settings: &Settings) -> Check {
    let name = "clock";
    let mut url = settings.accounts.clone();
    url.set_path("/oauth/serverinfo");
    let date = match client.get(&url).await {
        Ok(reply) => reply.date,
        Err(error) => return Check::failed(name, error),
    };
    let Some(date) = date else {
        return Check::warning(
            name,
            "the accounts server does not report its time",
            "compare this machine's clock with another one",
        );
    };
    let ahead = Utc::now() - date;
    let off = ahead.abs();
    // The server's date has no fractions.
    if off < TimeDelta::seconds(2) {
        return Check::ok(name, "matches the server's");
    }
    let span = span(off);
    let text = if ahead > TimeDelta::zero() {
        format!("{span} ahead of the server's")
    } else {
        format!("{span} behind the server's")
    };
    let hint =
        "set this machine's clock (NTP): whether tokens and links are still valid is judged by it";
    if off >= CLOCK_FAILURE {
        Check::problem(name, Problem::new(Exit::Remote, name, text).hint(hint))
    } else if off >= CLOCK_WARNING {
        Check::warning(name, text, hint)
    } else {
        Check::ok(name, text)
    }
}

fn token(in_force: &InForce) -> Check {
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
    let scopes = if in_force.scopes.is_none() {
        ", its scopes are unknown"
    } else {
        ""
    };
    Check::ok("token", format!("{origin}, {left}{scopes}"))
}

/// What the token opens, as far as Zoho's words are understood.
fn scopes(told: &str) -> Check {
    let name = "scopes";
    let all: Vec<&str> = told
        .split([' ', ','])
        .filter(|scope| !scope.is_empty())
        .collect();
    let has = |scope: &str| all.iter().any(|its| its.eq_ignore_ascii_case(scope));
    let listed = all.join(", ");
    match (has(READ) || has(ALL), has(FILES)) {
        (true, true) if has(ALL) => Check::ok(name, format!("{listed}: enough for every command")),
        (true, true) => Check::ok(
            name,
            format!(
                "{listed}: enough for list, download, status and history; request, schedule and cancel need {ALL}"
            ),
        ),
        (true, false) => Check::warning(
            name,
            format!("{listed}: list, status and history work; download needs {FILES}"),
            NEW_TOKEN,
        ),
        (false, _) => Check::warning(
            name,
            format!("{listed}: without {READ} or {ALL} nothing can be listed"),
            NEW_TOKEN,
        ),
    }
}

type Log = Result<Vec<LogEntry>, ZohoError>;

fn urls(
    listing: &Result<Option<Listing>, ZohoError>,
    job: &Result<Option<Job>, ZohoError>,
    log: &Log,
) -> Check {
    let name = "urls";
    match listing {
        Ok(Some(listing)) if !listing.links.is_empty() => {
            let links = listing.distinct_links().len();
            let plural = if links == 1 { "link" } else { "links" };
            Check::ok(name, format!("GET backup/urls: {links} {plural}"))
        }
        Ok(_) => {
            let why = match (job, log) {
                (Ok(job), Ok(log)) => explain_no_links(job.as_ref(), log, Utc::now()),
                _ => "none was requested, none is ready yet, or they expired".to_owned(),
            };
            let why = printable(&why);
            Check::ok(name, format!("GET backup/urls: no links (HTTP 204): {why}"))
        }
        Err(error) => refused(name, error),
    }
}

fn state(job: Result<Option<Job>, ZohoError>, lists: bool) -> Check {
    let name = "job";
    match job {
        Ok(None) => Check::ok(
            name,
            "GET backup: no backup has been requested or scheduled yet (HTTP 204)",
        ),
        Ok(Some(job)) => {
            let word = printable(&job.status.to_string());
            let text = format!("GET backup: {} ({word})", job.status.meaning());
            if job.status.is_dead() {
                let hint = "see `backup-fetch history`, and Zoho's Setup > Data Administration > Data Backup";
                return Check::warning(name, text, hint);
            }
            Check::ok(name, text)
        }
        Err(error) => only_told(refused(name, &error), lists),
    }
}

fn history(log: Log, lists: bool) -> Check {
    let name = "history";
    match log {
        Ok(log) => Check::ok(
            name,
            match log.iter().find(|entry| entry.is_done()) {
                Some(last) => format!(
                    "GET backup/history: last backup made on {}",
                    printable(last.when())
                ),
                None => "GET backup/history: no backup of the last year is listed".to_owned(),
            },
        ),
        Err(error) => only_told(refused(name, &error), lists),
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
) -> Check {
    let name = "schedule";
    let is_on = |job: &Job| match job.status {
        Status::Scheduled | Status::InProgress => true,
        Status::Stopped => false,
        _ => job.rule.is_some(),
    };
    if job.is_some_and(is_on) {
        return Check::ok(name, "backups are scheduled or under way");
    }
    // Links that live are of a backup of this week, whatever the log says.
    let has_links = listing
        .and_then(|listing| listing.expiry.as_ref())
        .is_some_and(|expiry| !expiry.is_past(now));
    let newest = log
        .iter()
        .filter(|entry| entry.is_done())
        .filter_map(LogEntry::at)
        .max();
    let is_recent = |at: DateTime<FixedOffset>| now - at.to_utc() < LONG_AGO;
    if has_links {
        let text = "nothing is scheduled, but there are links that have not expired";
        return Check::ok(name, text);
    }
    if newest.is_some_and(is_recent) {
        return Check::ok(name, "nothing is scheduled, but the last backup is recent");
    }
    Check::warning(
        name,
        format!(
            "nothing is scheduled, and no backup was made in the last {} days",
            LONG_AGO.num_days()
        ),
        "`backup-fetch schedule --weekly mon` makes one every week; `backup-fetch request` makes one now",
    )
}

fn refused(name: &'static str, error: &ZohoError) -> Check {
    let check = Check::problem(name, error.problem());
    if error.problem().code == "scope_missing" {
        return check.hint(NEW_TOKEN);
    }
    check
}

/// `list` and `download` need no more than the links.
fn only_told(check: Check, lists: bool) -> Check {
    if !lists {
        return check;
    }
    let text = format!(
        "{}; list and download work without it, status, history, request and --wait do not",
        check.message
    );
    Check::warning(check.name, text, check.hint.unwrap_or_default())
}
