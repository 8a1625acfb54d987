//! `request`: asks Zoho for a backup now, and waits for its links if that is wanted.

use chrono::{DateTime, Datelike, Utc};
use serde_json::json;

use crate::cli::RequestOptions;
use crate::model::Listing;
use crate::model::job::{LogEntry, Status};
use crate::output::units;
use crate::problem::{self, Problem};
use crate::settings::Settings;
use crate::untrusted::printable;
use crate::zoho::ZohoApi;

use super::ask::Ask;
use super::context::Context;
use super::links;
use super::outcome::Outcome;
use super::wait::{Before, Wait, id_of};

/// Backups that most editions have free each month (`zoho-api.md` section 2.3).
const FREE: usize = 2;

pub(super) async fn request(context: &Context, args: &RequestOptions) -> anyhow::Result<Outcome> {
    let (settings, api) = context.api()?;
    context.watch_signals();
    let waits = args.waiting.wait.is_some();
    let request = Request::new(context, &api, &settings, waits, args.yes);
    if args.dry_run {
        return request.dry_run().await;
    }
    let terminal = &context.terminal;
    let (before, id) = request.make().await?;
    context.event(&json!({ "event": "requested", "id": id }))?;
    if let (Some(id), false) = (&id, terminal.is_json()) {
        terminal.data(&printable(id)).map_err(problem::output)?;
    }
    if !waits {
        context.note("Zoho is making the backup, which takes minutes to hours: see `backup-fetch status`, or fetch it with `backup-fetch download --wait`");
        return Ok(close(id.as_deref(), None));
    }
    let wait = Wait::new(args.waiting, &api, context);
    let listing = wait.for_new_links(&before).await?;
    Ok(close(id.as_deref(), Some(&listing)))
}

/// `listing`: the links that were waited for.
fn close(id: Option<&str>, listing: Option<&Listing>) -> Outcome {
    let set = listing.and_then(id_of);
    let files = listing.map(|listing| listing.distinct_links().len());
    let expiry = listing.and_then(|listing| listing.expiry.as_ref());
    let outcome = Outcome::last_line(json!({
        "event": "summary",
        "id": id,
        "org": set.as_ref().map(|set| &set.org),
        "job": set.as_ref().map(|set| &set.job),
        "files": files,
        "expiry_date": expiry.map(|expiry| &expiry.text),
        "exit_code": 0,
    }));
    match files {
        None => outcome,
        Some(files) => outcome.note(format!(
            "the backup is ready: {}; fetch it with `backup-fetch download`",
            units::files(files)
        )),
    }
}

/// A backup to be asked for, and who pays for it.
pub(super) struct Request<'a> {
    ask: Ask<'a>,
    /// The organisation that the profile names: another one's backup must not be spent.
    org: Option<&'a str>,
    /// It may be bought without a question.
    yes: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(
        context: &'a Context,
        api: &'a ZohoApi,
        settings: &'a Settings,
        joins: bool,
        yes: bool,
    ) -> Request<'a> {
        Request {
            ask: Ask {
                context,
                api,
                retry: settings.retry,
                joins,
            },
            org: settings.org.as_deref(),
            yes,
        }
    }

    /// Asks for it. Gives what was there before, and the id of the job: of the new one, or of one that is joined.
    pub(super) async fn make(&self) -> anyhow::Result<(Before, Option<String>)> {
        let before = self.read().await?;
        let job = before.job.as_ref();
        if let Some(job) = job.filter(|job| self.ask.may_join(&job.status)) {
            let id = job.id.clone();
            return Ok((before, Some(id)));
        }
        let made = self.made_this_month().await;
        self.tell_of_allowance(made);
        self.consent(made).await?;
        let context = self.ask.context;
        // Nothing has been asked for yet.
        if let Some(by) = context.stop.requested() {
            return Err(problem::stopped(by).into());
        }
        let asked = self.ask.until_known(None, |job| before.differs_from(job));
        let id = tokio::select! {
            id = asked => id?,
            by = context.stop.wait() => {
                context.warn("Zoho may have accepted the request: see `backup-fetch status` before you repeat it, because each backup may cost money");
                return Err(problem::stopped(by).into());
            }
        };
        Ok((before, id))
    }

    /// What is there, of the organisation that is meant. Without former links nobody can tell whose backup it would be.
    async fn read(&self) -> anyhow::Result<Before> {
        let before = Before::read(self.ask.api).await?;
        if let Some(theirs) = before.org() {
            links::check_organisation(self.org, Some(&theirs))?;
        }
        Ok(before)
    }

    /// Whoever pays for a backup must have said so.
    async fn consent(&self, made: Option<usize>) -> anyhow::Result<()> {
        if self.yes || !may_cost(made) {
            return Ok(());
        }
        let terminal = &self.ask.context.terminal;
        let why = if terminal.can_ask() {
            let answer = terminal.ask("Request it anyway? [y/N] ").await?;
            let answer = answer.unwrap_or_default().to_ascii_lowercase();
            if ["y", "yes"].contains(&&*answer) {
                return Ok(());
            }
            "no backup was requested"
        } else {
            "no backup was requested: it may have to be paid for, and there is no terminal to ask on"
        };
        let hint = "--yes requests it without asking; `backup-fetch history` shows what was made";
        Err(Problem::configuration(why, hint).into())
    }

    /// What a request would meet, without one.
    async fn dry_run(&self) -> anyhow::Result<Outcome> {
        let context = self.ask.context;
        let before = self.read().await?;
        let made = self.made_this_month().await;
        self.tell_of_allowance(made);
        let is_pending = |status: &Status| matches!(status, Status::Scheduled | Status::InProgress);
        let status = before.job.map(|job| job.status);
        let word = match status.filter(is_pending) {
            Some(status) => format!(
                "{}: Zoho accepts no other request until it is done",
                status.meaning()
            ),
            None if !self.yes && may_cost(made) && !context.terminal.can_ask() => {
                "without --yes the request would be refused, because it may have to be paid for and there is no terminal to ask on".to_owned()
            }
            None => "a backup would be requested".to_owned(),
        };
        context.note(&format!("{word}; nothing was requested"));
        context.event(&json!({
            "event": "would_request",
            // Nothing when the log can't be read.
            "made_this_month": made,
            "may_cost": made.map(|_| may_cost(made)),
        }))?;
        Ok(close(None, None))
    }

    /// Zoho has no call that tells what is left of the allowance; the log tells what was used. Nothing when it can't be read.
    async fn made_this_month(&self) -> Option<usize> {
        let api = self.ask.api;
        let log = api.history_now().await.inspect_err(|error| {
            tracing::info!("the history could not be read: {error}");
        });
        let month = |at: DateTime<Utc>| (at.year(), at.month());
        let this_month = month(api.now());
        let is_of_it = |entry: &&LogEntry| {
            let at = entry.at().map(|at| month(at.to_utc()));
            entry.is_done() && at == Some(this_month)
        };
        Some(log.ok()?.iter().filter(is_of_it).count())
    }

    fn tell_of_allowance(&self, made: Option<usize>) {
        let made_words = match made {
            None => return,
            Some(0) => "no backup has been made this month yet".to_owned(),
            Some(1) => "1 backup has been made this month".to_owned(),
            Some(made) => format!("{made} backups have been made this month"),
        };
        let text = format!(
            "{made_words}; two a month are free (four with Ultimate, none with the free edition); further ones must be paid for"
        );
        if may_cost(made) {
            self.ask.context.warn(&text);
        } else {
            self.ask.context.note(&text);
        }
    }
}

/// A log that can't be read keeps nobody from asking.
fn may_cost(made: Option<usize>) -> bool {
    made.is_some_and(|made| made >= FREE)
}
