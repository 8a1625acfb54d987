//! `status` and `history`: where the backup at Zoho stands, and the log of the last year.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::model::job::{Job, LogEntry, Status};
use crate::model::rrule::Rule;
use crate::output::table;
use crate::untrusted::printable;

use super::context::Context;
use super::outcome::Outcome;

/// Entries that are read to find the last run: as many as come with one call.
const RECENT: usize = 200;

const NO_JOB: &str = "no backup has been requested or scheduled yet";

/// Where the backup at Zoho stands.
pub(super) async fn status(context: &Context) -> anyhow::Result<Outcome> {
    let (_, api) = context.api()?;
    let job = api.job().await?;
    let log = api.history(RECENT).await?;
    let (job, last) = (job.as_ref(), log.iter().find(|entry| entry.state.is_some()));
    let lines = rows(job, last, api.now())
        .into_iter()
        .map(|(label, text)| format!("{label:<13}{}", printable(&text)))
        .collect();
    let document = json!({
        "schema": 1,
        "job": job.map(job_document),
        "last_backup": last.map(entry_document),
    });
    Ok(Outcome::report(lines, document).gist(printable(&in_short(job, last))))
}

fn job_document(job: &Job) -> Value {
    json!({
        "id": job.id,
        "status": job.status.to_string(),
        "meaning": job.status.meaning(),
        "rrule": job.rule,
        "rule": job.rule.as_deref().and_then(in_words),
        "start_date": job.start,
        "scheduled_date": job.scheduled,
        "requester": job.requester,
    })
}

fn entry_document(entry: &LogEntry) -> Value {
    json!({
        "id": entry.id,
        "log_time": entry.time,
        "meaning": entry.meaning(),
        "state": entry.state,
        "action": entry.action,
        "repeat_type": entry.repeat,
        "done_by": entry.by,
        "file_name": entry.file_name,
        "count": entry.bought,
    })
}

/// A rule in plain words; nothing for one that Zoho knows and we don't.
fn in_words(rule: &str) -> Option<String> {
    rule.parse::<Rule>().ok().map(|rule| rule.describe())
}

/// State and last backup in one line.
fn in_short(job: Option<&Job>, last: Option<&LogEntry>) -> String {
    let state = job.map_or(NO_JOB, |job| job.status.meaning());
    match last {
        Some(last) => format!("{state}; last: {}, {}", last.when(), last.meaning()),
        None => format!("{state}; none was made in the last year"),
    }
}

fn rows(
    job: Option<&Job>,
    last: Option<&LogEntry>,
    now: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let mut rows = match job {
        None => vec![("state", NO_JOB.to_owned())],
        Some(job) => job_rows(job),
    };
    let Some(last) = last else {
        rows.push(("last backup", "none in the last year".to_owned()));
        return rows;
    };
    let made = format!("{}, {}", last.when(), last.meaning());
    rows.push(("last backup", made));
    if let Some(expiry) = last.links_expire() {
        let expire = if expiry <= now { "expired" } else { "expire" };
        rows.push(("its links", format!("{expire} on {}", expiry.to_rfc3339())));
    }
    rows
}

fn job_rows(job: &Job) -> Vec<(&'static str, String)> {
    // Of what was cancelled, Zoho still tells the dates.
    let is_on = job.status != Status::Stopped;
    let rule = job.rule.as_ref().map(|rule| match in_words(rule) {
        Some(words) => format!("{words}: {rule}"),
        None => rule.clone(),
    });
    let state = format!("{} ({})", job.status.meaning(), job.status);
    let rows = [
        ("state", Some(state)),
        ("job", Some(job.id.clone())),
        ("rule", rule),
        ("first run", job.start.clone().filter(|_| is_on)),
        ("next run", job.scheduled.clone().filter(|_| is_on)),
        ("requested by", job.requester.clone()),
    ];
    let rows = rows.into_iter();
    rows.filter_map(|(label, text)| Some((label, text?)))
        .collect()
}

/// The log of the last year.
pub(super) async fn history(context: &Context, limit: Option<u32>) -> anyhow::Result<Outcome> {
    let (_, api) = context.api()?;
    let most = limit.and_then(|limit| usize::try_from(limit).ok());
    let log = api.history(most.unwrap_or(usize::MAX)).await?;
    let entries: Vec<Value> = log.iter().map(entry_document).collect();
    let document = json!({ "schema": 1, "entries": entries });
    if log.is_empty() && !context.global.output.json {
        return Ok(Outcome::nothing().note("Zoho's log of the last year is empty"));
    }
    Ok(Outcome::report(log_lines(&log), document))
}

fn log_lines(log: &[LogEntry]) -> Vec<String> {
    let head = ["TIME", "EVENT", "KIND", "BY"].map(str::to_owned);
    let row = |entry: &LogEntry| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        [
            entry.when().to_owned(),
            entry.meaning(),
            or_dash(&entry.repeat),
            or_dash(&entry.by),
        ]
        .map(|text| printable(&text))
    };
    let rows: Vec<_> = std::iter::once(head).chain(log.iter().map(row)).collect();
    table(&rows)
}
