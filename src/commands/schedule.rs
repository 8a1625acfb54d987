//! `schedule` and `cancel`: sets and stops the recurring backup.

use chrono::{Datelike, Local};
use serde_json::json;

use crate::cli::ScheduleOptions;
use crate::model::job::{Job, Status};
use crate::model::rrule::Rule;
use crate::problem::Problem;
use crate::untrusted::printable;
use crate::zoho::{ZohoApi, ZohoError};

use super::ask::Ask;
use super::context::Context;
use super::outcome::Outcome;

/// Dates that are shown of a new rule.
const SHOWN: usize = 3;

/// Sets the recurring backup.
pub(super) async fn schedule(context: &Context, args: &ScheduleOptions) -> anyhow::Result<Outcome> {
    let rule = rule(args)?;
    let dates = rule.next(Local::now().date_naive()).take(SHOWN);
    let dates: Vec<String> = dates
        .map(|date| format!("{} {date}", date.weekday()))
        .collect();
    if dates.is_empty() {
        return Err(Problem::configuration(
            format!("{rule}: no such day ever comes"),
            "use a day up to 28, which every month has, or a shorter interval",
        )
        .into());
    }
    context.note(&format!(
        "{}; by the calendar the next dates are {} (Zoho chooses the hour and the first date)",
        rule.describe(),
        dates.join(", ")
    ));
    let id = if args.dry_run {
        None
    } else {
        set(context, &rule).await?
    };
    let text = rule.to_string();
    let document = json!({
        "schema": 1,
        "id": id,
        "rrule": text,
        "rule": rule.describe(),
        "next_dates": dates,
        "dry_run": args.dry_run,
    });
    let note = if args.dry_run {
        "nothing was sent to Zoho"
    } else {
        "the schedule is set"
    };
    Ok(Outcome::report(vec![text], document).note(note))
}

fn rule(args: &ScheduleOptions) -> Result<Rule, Problem> {
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

/// Sends the rule, and gives the id of the job.
async fn set(context: &Context, rule: &Rule) -> anyhow::Result<Option<String>> {
    let (settings, api) = context.api()?;
    let ask = Ask {
        context,
        api: &api,
        retry: settings.retry,
        joins: false,
    };
    let has_rule = |job: &Job| {
        let theirs = job.rule.as_deref().map(str::parse::<Rule>);
        theirs.is_some_and(|theirs| theirs.is_ok_and(|theirs| theirs == *rule))
    };
    let is_ours = |job: &Job| job.status == Status::Scheduled && has_rule(job);
    let asked = ask.until_known(Some(rule), is_ours).await;
    asked.map_err(|error| match error.downcast_ref() {
        Some(ZohoError::Refusal(refusal)) if refusal.code == "INVALID_DATA" => Problem::configuration(
            format!("Zoho rejects the rule {rule}: {}", printable(&refusal.text)),
            "Zoho's own pages offer weekly, every two weeks, and monthly by date or by the nth weekday",
        )
        .into(),
        _ => error,
    })
}

/// Stops the recurring backup.
pub(super) async fn cancel(context: &Context, id: Option<&str>) -> anyhow::Result<Outcome> {
    let (_, api) = context.api()?;
    let id = match id {
        Some(id) if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(Problem::configuration(
                format!("{id:?} is not a job id"),
                "it is the number that `backup-fetch status` shows",
            )
            .into());
        }
        Some(id) => Some(id.to_owned()),
        None => scheduled(&api).await?,
    };
    let note = match &id {
        Some(id) => {
            api.cancel(id).await?;
            format!("the schedule {} is cancelled", printable(id))
        }
        None => "nothing is scheduled, so there is nothing to cancel".to_owned(),
    };
    Ok(Outcome::document(json!({ "schema": 1, "cancelled": id })).note(note))
}

/// The job that Zoho knows of, unless there is nothing left of it to cancel.
async fn scheduled(api: &ZohoApi) -> anyhow::Result<Option<String>> {
    let is_left = |job: &Job| match job.status {
        Status::Stopped => false,
        Status::Failed | Status::PaymentFailed | Status::Completed => job.rule.is_some(),
        Status::Scheduled | Status::InProgress | Status::Other(_) => true,
    };
    let job = api.job().await?.filter(is_left);
    Ok(job.map(|job| job.id))
}
