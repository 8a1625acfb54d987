//! What several commands check and say of the links that Zoho lists.

use std::time::Duration;

use chrono::TimeDelta;

use crate::download::host_refused;
use crate::exit::Exit;
use crate::model::job;
use crate::model::{Backup, Expiry};
use crate::output::units;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::untrusted::{printable, safe_url};
use crate::zoho::{ZohoApi, ZohoError};

use super::context::Context;

/// So long a good end may be held up by what is only nice to know.
const EXPLANATION: Duration = Duration::from_secs(5);

/// Clocks that differ by less do no harm.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// Two organisations must never mix: a profile may say which one it is for.
pub(super) fn check_organisation(ours: Option<&str>, theirs: Option<&str>) -> Result<(), Problem> {
    match (ours, theirs) {
        (Some(ours), theirs) if theirs != Some(ours) => {
            let theirs = theirs.unwrap_or("unknown");
            let message =
                format!("the links belong to organisation {theirs}, but the profile names {ours}");
            Err(Problem::new(Exit::Integrity, "other_organisation", message)
                .hint("nothing was fetched: check the credentials and the `org` of the profile"))
        }
        _ => Ok(()),
    }
}

/// Every link must point to a host that may get the token (`design.md` section 7 rule 10).
pub(super) fn check_hosts(settings: &Settings, backup: &Backup) -> Result<(), Problem> {
    let trusted = &settings.client.trusted;
    let foreign = backup.files.iter().find(|file| !trusted.trusts(&file.url));
    foreign.map_or(Ok(()), |file| Err(host_refused(&safe_url(&file.url))))
}

/// The links have expired.
pub(super) fn expired(expiry: &Expiry) -> Problem {
    let message = format!("the links expired on {}", expiry.text);
    Problem::new(Exit::Expired, "links_expired", message).hint(
        "links are valid for seven days: request a new backup with `backup-fetch request` or at Zoho (Setup > Data Administration > Data Backup), then run again",
    )
}

/// A saved set can't be fetched from any more.
pub(super) fn gone(why: impl std::fmt::Display) -> Problem {
    let message = format!("the links of this backup are gone: {why}");
    Problem::new(Exit::Expired, "links_gone", message).hint(
        "restore what is damaged from another copy, if there is one; `backup-fetch download` saves the newest backup",
    )
}

/// What Zoho lists for a job is not what was saved of it.
pub(super) fn other_content() -> Problem {
    let message = "Zoho has other content for this job now, which is not mixed into what is saved";
    Problem::new(Exit::Integrity, "other_content", message)
        .hint("`backup-fetch download` saves it beside this one")
}

/// Says when the time zone of the expiry date is a guess.
pub(super) fn warn_of_guess(expiry: Option<&Expiry>, context: &Context) {
    if let Some(expiry) = expiry.filter(|expiry| expiry.is_guessed) {
        context.warn(&format!(
            "Zoho's expiry date {} has no time zone: taken as UTC",
            printable(&expiry.text)
        ));
    }
}

/// Says when this machine's clock is off: whoever reads when links expire compares that with it.
pub(super) fn compare_clocks(api: &ZohoApi, context: &Context) {
    let Some(ahead) = api
        .clock_ahead()
        .filter(|ahead| ahead.abs() > CLOCKS_DIFFER)
    else {
        return;
    };
    // To the minute: a reply takes its time, and its date has no fractions.
    let minutes = (ahead.abs() + TimeDelta::seconds(30)).num_minutes();
    let span = units::span(Duration::from_secs(minutes.unsigned_abs() * 60));
    let side = if ahead > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    context.warn(&format!(
        "this machine's clock is {span} {side} Zoho's, which decides when links expire: set it (NTP)"
    ));
}

/// Why Zoho lists no links, in one line. What the token may not ask, or what fails, is left out.
pub(super) async fn explain_none(api: &ZohoApi) -> String {
    let told = async {
        let job = api.job_now().await?;
        let log = api.history_now().await?;
        Ok::<_, ZohoError>(job::explain_no_links(job.as_ref(), &log, api.now()))
    };
    let unknown = |error: &str| {
        tracing::info!("it is not known why there are no links: {error}");
        "none was requested, none is ready yet, or they expired".to_owned()
    };
    let why = match tokio::time::timeout(EXPLANATION, told).await {
        Ok(told) => told.unwrap_or_else(|error| unknown(&error.to_string())),
        Err(_) => unknown("no answer in time"),
    };
    format!(
        "no backup to fetch: Zoho lists no links ({})",
        printable(&why)
    )
}
