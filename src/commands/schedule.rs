//! `schedule` and `cancel`: sets and stops the recurring backup.

use chrono::{Datelike, Local};
use serde::Serialize;

use super::request::Asking;
use crate::cli::{Global, ScheduleArgs};
use crate::exit::Exit;
use crate::http::retry::RetryPolicy;
use crate::model::job::{Job, Status};
use crate::model::rrule::{Rule, RuleError};
use crate::output::Terminal;
use crate::problem;
use crate::settings::SettingsError;
use crate::untrusted::printable;
use crate::zoho::{ZohoApi, ZohoError};

/// Dates that are shown of a new rule.
const SHOWN: usize = 3;

/// The document of `schedule --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    id: Option<&'a str>,
    rrule: String,
    rule: String,
    next_dates: Vec<String>,
    dry_run: bool,
}

/// The document of `cancel --json`.
#[derive(Serialize)]
struct Cancelled<'a> {
    schema: u32,
    /// Nothing when there was nothing to cancel.
    cancelled: Option<&'a str>,
}

/// Sets the recurring backup.
pub(super) async fn schedule(
    global: &Global,
    args: &ScheduleArgs,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let rule = wanted(args)
        .map_err(|error| SettingsError::new(error.to_string(), error.hint().to_owned()))?;
    let dates: Vec<_> = rule.next(Local::now().date_naive()).take(SHOWN).collect();
    if dates.is_empty() {
        return Err(SettingsError::new(
            format!("{rule}: no such day ever comes"),
            "use a day up to 28, which every month has, or a shorter interval",
        )
        .into());
    }
    let dates: Vec<String> = dates
        .iter()
        .map(|date| format!("{} {date}", date.weekday()))
        .collect();
    terminal.note(&format!(
        "{}; by the calendar the next dates are {} (Zoho chooses the hour and the first date)",
        rule.describe(),
        dates.join(", ")
    ));
    let id = if args.dry_run {
        terminal.note("nothing was sent to Zoho");
        None
    } else {
        let settings = super::sources(global)?.settings()?;
        let api = super::connect(&settings, &terminal.notices())?;
        set(&api, &rule, settings.retry, terminal).await?
    };
    if global.json {
        let document = Document {
            schema: 1,
            id: id.as_deref(),
            rrule: rule.to_string(),
            rule: rule.describe(),
            next_dates: dates,
            dry_run: args.dry_run,
        };
        terminal.document(&document).map_err(problem::output)?;
    } else {
        terminal.data(&rule.to_string()).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

fn wanted(args: &ScheduleArgs) -> Result<Rule, RuleError> {
    if let Some(day) = &args.weekly {
        return Rule::weekly(day);
    }
    if let Some(day) = &args.monthly {
        return Rule::monthly(day);
    }
    match (&args.every, &args.on) {
        (Some(pace), Some(day)) => Rule::every(pace, day),
        _ => args.rule.as_deref().unwrap_or_default().parse(),
    }
}

/// Sends the rule. A reply that got lost is made good by looking what Zoho has.
async fn set(
    api: &ZohoApi,
    rule: &Rule,
    retry: RetryPolicy,
    terminal: &Terminal,
) -> anyhow::Result<Option<String>> {
    let asking = Asking {
        org: None,
        api,
        terminal,
        retry,
        joins: false,
        yes: false,
    };
    let is_ours =
        |job: &Job| job.status == Status::Scheduled && has_rule(job.rule.as_deref(), *rule);
    match asking.ask_until_known(Some(rule), is_ours).await {
        Err(error) => match rejected(&error) {
            None => Err(error),
            Some(said) => Err(SettingsError::new(
                format!("Zoho rejects the rule {rule}: {said}"),
                "Zoho's own pages offer weekly, every two weeks, and monthly by date or by the nth weekday",
            ).into())
        }
        Ok(id) => {
            terminal.note("the schedule is set");
            Ok(id)
        }
    }
}

fn has_rule(theirs: Option<&str>, ours: Rule) -> bool {
    theirs.is_some_and(|theirs| theirs.parse().is_ok_and(|theirs: Rule| theirs == ours))
}

/// Stops the recurring backup.
pub(super) async fn cancel(
    global: &Global,
    id: Option<&str>,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let settings = super::sources(global)?.settings()?;
    let api = super::connect(&settings, &terminal.notices())?;
    let id = match id {
        Some(id) if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(SettingsError::new(
                format!("{id:?} is not a job id"),
                "it is the number that `backup-fetch status` shows",
            )
            .into());
        }
        Some(id) => Some(id.to_owned()),
        None => to_cancel(&api, terminal).await?,
    };
    if let Some(id) = &id {
        api.cancel(id).await?;
        terminal.note(&format!("the schedule {} is cancelled", printable(id)));
    }
    if global.json {
        let document = Cancelled {
            schema: 1,
            cancelled: id.as_deref(),
        };
        terminal.document(&document).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

/// The job that Zoho knows of, unless there is nothing left of it to cancel.
async fn to_cancel(api: &ZohoApi, terminal: &Terminal) -> anyhow::Result<Option<String>> {
    let job = api.job().await?;
    let ended = |status: &Status| status.is_dead() || *status == Status::Completed;
    match job {
        Some(job)
            if !(ended(&job.status) && job.rule.is_none()) && job.status != Status::Stopped =>
        {
            Ok(Some(job.id))
        }
        _ => {
            terminal.note("nothing is scheduled, so there is nothing to cancel");
            Ok(None)
        }
    }
}

/// What Zoho says of a rule that it does not take.
fn rejected(error: &anyhow::Error) -> Option<String> {
    match error.downcast_ref()? {
        ZohoError::Refusal(refusal) if refusal.code == "INVALID_DATA" => {
            Some(printable(&refusal.text))
        }
        _ => None,
    }
}
