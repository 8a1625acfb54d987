//! `status` and `history`: where the backup at Zoho stands, and the log of the last year.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cli::Global;
use crate::exit::Exit;
use crate::model::job::{Job, LogEntry, Status};
use crate::model::rrule::Rule;
use crate::output::Terminal;
use crate::problem::{self, Problem};
use crate::untrusted::printable;

/// Entries that are read to find the last run: as many as come with one call.
const RECENT: usize = 200;

/// The document of `status --json`.
#[derive(Serialize)]
struct StatusDocument<'a> {
    schema: u32,
    job: Option<JobDocument<'a>>,
    last_backup: Option<EntryDocument<'a>>,
}

#[derive(Serialize)]
struct JobDocument<'a> {
    id: &'a str,
    status: String,
    meaning: &'a str,
    rrule: Option<&'a str>,
    rule: Option<String>,
    start_date: Option<&'a str>,
    scheduled_date: Option<&'a str>,
    requester: Option<&'a str>,
}

/// The document of `history --json`.
#[derive(Serialize)]
struct HistoryDocument<'a> {
    schema: u32,
    entries: Vec<EntryDocument<'a>>,
}

#[derive(Serialize)]
struct EntryDocument<'a> {
    id: &'a str,
    log_time: Option<&'a str>,
    meaning: String,
    state: Option<&'a str>,
    action: Option<&'a str>,
    repeat_type: Option<&'a str>,
    done_by: Option<&'a str>,
    file_name: Option<&'a str>,
    count: Option<u64>,
}

impl<'a> From<&'a Job> for JobDocument<'a> {
    fn from(job: &'a Job) -> JobDocument<'a> {
        JobDocument {
            id: &job.id,
            status: job.status.to_string(),
            meaning: job.status.meaning(),
            rrule: job.rule.as_deref(),
            rule: job.rule.as_deref().and_then(in_words),
            start_date: job.start.as_deref(),
            scheduled_date: job.scheduled.as_deref(),
            requester: job.requester.as_deref(),
        }
    }
}

impl<'a> From<&'a LogEntry> for EntryDocument<'a> {
    fn from(entry: &'a LogEntry) -> EntryDocument<'a> {
        EntryDocument {
            id: &entry.id,
            log_time: entry.time.as_deref(),
            meaning: entry.meaning(),
            state: entry.state.as_deref(),
            action: entry.action.as_deref(),
            repeat_type: entry.repeat.as_deref(),
            done_by: entry.by.as_deref(),
            file_name: entry.file_name.as_deref(),
            count: entry.bought,
        }
    }
}

/// A rule in plain words; nothing for one that Zoho knows and we don't.
fn in_words(rule: &str) -> Option<String> {
    rule.parse::<Rule>().ok().map(|rule| rule.describe())
}

/// Where the backup at Zoho stands.
pub(super) async fn status(global: &Global, terminal: &Terminal) -> anyhow::Result<Exit> {
    let settings = super::sources(global)?.settings()?;
    let api = super::connect(&settings, &terminal.notices())?;
    let job = api.job().await?;
    let log = api.history(RECENT).await?;
    let last = log.iter().find(|entry| entry.state.is_some());
    terminal.found(&printable(&in_short(job.as_ref(), last)));
    if global.json {
        let document = StatusDocument {
            schema: 1,
            job: job.as_ref().map(JobDocument::from),
            last_backup: last.map(EntryDocument::from),
        };
        print(terminal, &document)?;
        return Ok(Exit::Done);
    }
    for (label, text) in rows(job.as_ref(), last, api.now()) {
        terminal
            .data(&format!("{label:<13}{}", printable(&text)))
            .map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

/// State and last backup in one line.
fn in_short(job: Option<&Job>, last: Option<&LogEntry>) -> String {
    let state = job.map_or("no backup has been requested or scheduled yet", |job| {
        job.status.meaning()
    });
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
    let mut rows = Vec::new();
    match job {
        None => rows.push((
            "state",
            "no backup has been requested or scheduled yet".to_owned(),
        )),
        Some(job) => {
            rows.push((
                "state",
                format!("{} ({})", job.status.meaning(), job.status),
            ));
            rows.push(("job", job.id.clone()));
            if let Some(rule) = &job.rule {
                let words = in_words(rule).map_or_else(String::new, |words| format!("{words}: "));
                rows.push(("rule", format!("{words}{rule}")));
            }
            // Of what was cancelled, Zoho still tells the dates.
            let is_on = job.status != Status::Stopped;
            let further = [
                ("first run", job.start.as_ref().filter(|_| is_on)),
                ("next run", job.scheduled.as_ref().filter(|_| is_on)),
                ("requested by", job.requester.as_ref()),
            ];
            for (label, text) in further {
                rows.extend(text.map(|text| (label, text.clone())));
            }
        }
    }
    let Some(last) = last else {
        rows.push(("last backup", "none in the last year".to_owned()));
        return rows;
    };
    rows.push((
        "last backup",
        format!("{}, {}", last.when(), last.meaning()),
    ));
    if let Some(death) = last.links_expire() {
        let die = if death <= now { "expired" } else { "expire" };
        rows.push(("its links", format!("{die} on {}", death.to_rfc3339())));
    }
    rows
}

/// The log of the last year.
pub(super) async fn history(
    global: &Global,
    limit: Option<u32>,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let settings = super::sources(global)?.settings()?;
    let api = super::connect(&settings, &terminal.notices())?;
    let most = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let log = api.history(most).await?;
    if global.json {
        let document = HistoryDocument {
            schema: 1,
            entries: log.iter().map(EntryDocument::from).collect(),
        };
        print(terminal, &document)?;
        return Ok(Exit::Done);
    }
    if log.is_empty() {
        terminal.note("Zoho's log of the last year is empty");
        return Ok(Exit::Done);
    }
    for line in table(&log) {
        terminal.data(&line).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

fn table(log: &[LogEntry]) -> Vec<String> {
    let none = || "-".to_owned();
    let mut rows = vec![["TIME", "EVENT", "KIND", "BY"].map(str::to_owned)];
    rows.extend(log.iter().map(|entry| {
        [
            entry.when().to_owned(),
            entry.meaning(),
            entry.repeat.clone().unwrap_or_else(none),
            entry.by.clone().unwrap_or_else(none),
        ]
        .map(|text| printable(&text))
    }));
    let width = |column: usize| {
        rows.iter()
            .map(|row| console::measure_text_width(&row[column]))
            .max()
            .unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2)];
    let line = |row: &[String; 4]| {
        let mut line = String::new();
        for (text, width) in row.iter().zip(widths) {
            line.push_str(&console::pad_str(
                text,
                width,
                console::Alignment::Left,
                None,
            ));
            line.push_str("  ");
        }
        line + &row[3]
    };
    rows.iter().map(line).collect()
}

fn print(terminal: &Terminal, document: &impl Serialize) -> Result<(), Problem> {
    terminal.document(document).map_err(problem::output)
}
