//! `request`: asks Zoho for a backup now, and waits for its links if that is wanted.

use chrono::Datelike;
use serde::Serialize;

use super::wait::{Before, Wait};
use crate::cli::{Global, RequestArgs};
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::http::retry::RetryPolicy;
use crate::model::job::{Job, LogEntry, Status};
use crate::model::rrule::Rule;
use crate::model::{Listing, parse_link, set_id};
use crate::output::Terminal;
use crate::problem::{self, Problem};
use crate::settings::SettingsError;
use crate::untrusted::printable;
use crate::zoho::{Asked, ZohoApi, ZohoError};

/// Backups that most editions have free each month (`zoho-api.md` section 2.3).
const FREE: usize = 2;

/// An event of `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    WouldRequest {
        /// Nothing when the log can't be read.
        made_this_month: Option<usize>,
        may_cost: Option<bool>,
    },
    Requested {
        id: Option<&'a str>,
    },
    Summary {
        id: Option<&'a str>,
        /// Of the links that were waited for.
        org: Option<String>,
        job: Option<String>,
        files: Option<usize>,
        expiry_date: Option<String>,
        exit_code: u8,
    },
}

/// See the module's front page.
pub(super) async fn request(
    global: &Global,
    args: &RequestArgs,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let settings = super::sources(global)?.settings()?;
    let api = super::connect(&settings, &terminal.notices())?;
    let stop = Stop::default();
    super::signals::watch(stop.clone());
    let asking = Asking {
        api: &api,
        terminal,
        retry: settings.retry,
        org: settings.org.as_deref(),
        joins: args.waiting.wait.is_some(),
        yes: args.yes,
    };
    if args.dry_run {
        return tokio::select! {
            done = asking.dry_run(global.json) => done,
            exit = stop.wait() => Err(problem::stopped(exit).into()),
        };
    }
    let (before, id) = asking.ask_unless_stopped(&stop).await?;
    if global.json {
        let line = Line::Requested { id: id.as_deref() };
        terminal.event(&line).map_err(problem::output)?;
    } else if let Some(id) = &id {
        terminal.data(&printable(id)).map_err(problem::output)?;
    }
    let listing = if args.waiting.wait.is_some() {
        let wait = Wait::new(args.waiting, &api, terminal, &stop, global.json);
        Some(wait.for_new_links(&before).await?)
    } else {
        terminal.note("Zoho is making the backup, which takes minutes to hours: see `backup-fetch status`, or fetch it with `backup-fetch download --wait`");
        None
    };
    close(global.json, terminal, id.as_deref(), listing.as_ref())
}

/// The request itself, by the rule that it is never repeated blindly: each backup may cost money.
pub(super) struct Asking<'a> {
    pub(super) api: &'a ZohoApi,
    pub(super) terminal: &'a Terminal,
    pub(super) retry: RetryPolicy,
    /// The organisation that the profile names: another one's backup must not be spent.
    pub(super) org: Option<&'a str>,
    /// A backup that is under way already is as good as a new one.
    pub(super) joins: bool,
    /// It may be bought without a question.
    pub(super) yes: bool,
}

impl Asking<'_> {
    /// What was there before, and the id of the job.
    pub(super) async fn ask_unless_stopped(
        &self,
        stop: &Stop,
    ) -> anyhow::Result<(Before, Option<String>)> {
        let (before, joined) = tokio::select! {
            ready = self.get_ready() => ready?,
            exit = stop.wait() => return Err(problem::stopped(exit).into()),
        };
        if joined.is_some() {
            return Ok((before, joined));
        }
        let asked = tokio::select! {
            asked = self.ask_until_known(None, |job| before.differs_from(job)) => asked?,
            exit = stop.wait() => {
                self.terminal.warning(
                    None,
                    "Zoho may have accepted the request: see `backup-fetch status` before you repeat it, because each backup may cost money",
                );
                return Err(problem::stopped(exit).into());
            }
        };
        Ok((before, asked))
    }

    /// All that comes before the request, and the id of a run that is joined in its place.
    async fn get_ready(&self) -> anyhow::Result<(Before, Option<String>)> {
        let before = Before::read(self.api).await?;
        // Without former links nobody can tell whose backup it would be.
        if let Some(theirs) = before.org() {
            super::check_organisation(self.org, Some(theirs))?;
        }
        let job = before.job.as_ref().filter(|job| self.may_join(&job.status));
        let joined = job.map(|job| job.id.clone());
        if joined.is_none() {
            let made = self.made_this_month().await;
            self.tell_of_allowance(made);
            self.consent(made).await?;
        }
        Ok((before, joined))
    }

    /// Whoever pays for a backup must have said so.
    async fn consent(&self, made: Option<usize>) -> anyhow::Result<()> {
        if self.yes || !may_cost(made) {
            return Ok(());
        }
        if !self.terminal.can_ask() {
            return Err(not_asked_for(
                "no backup was requested: it may have to be paid for, and there is no terminal to ask on",
            )
            .into());
        }
        let answer = self.terminal.ask("Request it anyway? [y/N] ");
        let answer = answer.await.map_err(anyhow::Error::from)?;
        match answer.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("y" | "yes") => Ok(()),
            _ => Err(not_asked_for("no backup was requested").into()),
        }
    }

    /// What a request would meet, without one.
    async fn dry_run(&self, json: bool) -> anyhow::Result<Exit> {
        let before = Before::read(self.api).await?;
        if let Some(theirs) = before.org() {
            super::check_organisation(self.org, Some(theirs))?;
        }
        let made = self.made_this_month().await;
        self.tell_of_allowance(made);
        let pending = before
            .job
            .filter(|job| matches!(job.status, Status::Scheduled | Status::InProgress));
        let word = match pending {
            Some(job) => format!(
                "{}: Zoho accepts no other request until it is done; nothing was requested",
                job.status.meaning()
            ),
            None if !self.yes && may_cost(made) && !self.terminal.can_ask() => {
                "without --yes the request would be refused, because it may have to be paid for and there is no terminal to ask on; nothing was requested".to_owned()
            }
            None => "a backup would be requested; nothing was requested".to_owned(),
        };
        self.terminal.note(&word);
        if json {
            let would = Line::WouldRequest {
                made_this_month: made,
                may_cost: made.map(|made| may_cost(Some(made))),
            };
            self.terminal.event(&would).map_err(problem::output)?;
        }
        close(json, self.terminal, None, None)
    }

    fn may_join(&self, status: &Status) -> bool {
        let joins = self.joins && *status == Status::InProgress;
        if joins {
            self.terminal.note(
                "a backup is already under way at Zoho: waiting for it instead of requesting one",
            );
        }
        joins
    }

    /// Asks for a backup, now or by a rule, until Zoho surely took or refused it. `is_ours` knows the job that came of it.
    pub(super) async fn ask_until_known(
        &self,
        rule: Option<&Rule>,
        is_ours: impl Fn(&Job) -> bool,
    ) -> anyhow::Result<Option<String>> {
        let mut tries = 0;
        let mut may_be_there = false;
        loop {
            let error = match self.api.ask_for_backup(rule).await {
                Ok(Asked::Taken(id)) => return Ok(id),
                Ok(Asked::Unknown(error)) => {
                    may_be_there = true;
                    error
                }
                Err(error) if error.is_temporary() => error,
                Err(error) if is_pending(&error) => {
                    let job = self.api.job().await?;
                    return match job {
                        Some(job) if may_be_there && is_ours(&job) => Ok(Some(self.found(job))),
                        Some(job) if self.may_join(&job.status) => Ok(Some(job.id)),
                        _ => Err(error.into()),
                    };
                }
                Err(error) => return Err(error.into()),
            };
            tries += 1;
            let is_last = tries > self.retry.retries;
            if is_last && !may_be_there {
                return Err(given_up(error, tries).into());
            }
            self.pause(tries, &error, is_last).await;
            match self.api.job().await {
                Ok(Some(job)) if is_ours(&job) => return Ok(Some(self.found(job))),
                Ok(_) if !is_last => {}
                Ok(_) => return Err(unanswered(&given_up(error, tries).to_string()).into()),
                Err(unread) if may_be_there => {
                    let reason = format!("{error}; and its state can't be read: {unread}");
                    return Err(unanswered(&reason).into());
                }
                Err(unread) => return Err(unread.into()),
            }
        }
    }

    fn found(&self, job: Job) -> String {
        self.terminal
            .note("the reply was lost, but Zoho has the request");
        job.id
    }

    async fn pause(&self, tries: u32, error: &ZohoError, is_last: bool) {
        let pause = self.retry.wait(
            tries,
            error.retry_after(),
            error.is_pushback(),
            fastrand::f64(),
        );
        let next = if is_last {
            "checking at Zoho whether it has the request"
        } else {
            "checking the state at Zoho before repeating the request"
        };
        self.terminal.warning(None, &format!("{error}; {next}"));
        tokio::time::sleep(pause).await;
    }

    /// Zoho has no call that tells what is left of the allowance; the log tells what was used. Nothing when it can't be read.
    async fn made_this_month(&self) -> Option<usize> {
        let log = match self.api.history_now().await {
            Ok(log) => log,
            Err(error) => {
                tracing::info!("the history could not be read: {error}");
                return None;
            }
        };
        let today = self.api.now();
        let this_month = |entry: &&LogEntry| {
            entry.is_done()
                && entry
                    .at()
                    .map(|at| at.to_utc())
                    .is_some_and(|at| (at.year(), at.month()) == (today.year(), today.month()))
        };
        Some(log.iter().filter(this_month).count())
    }

    fn tell_of_allowance(&self, made: Option<usize>) {
        let Some(made) = made else { return };
        let text = format!(
            "{}; two a month are free (four with Ultimate, none with the free edition); further ones must be paid for",
            match made {
                0 => "no backup has been made this month yet".to_owned(),
                1 => "1 backup has been made this month".to_owned(),
                made => format!("{made} backups have been made this month"),
            }
        );
        if may_cost(Some(made)) {
            self.terminal.warning(None, &text);
        } else {
            self.terminal.note(&text);
        }
    }
}

/// A log that can't be read keeps nobody from asking.
fn may_cost(made: Option<usize>) -> bool {
    made.is_some_and(|made| made >= FREE)
}

fn not_asked_for(what: &str) -> SettingsError {
    SettingsError::new(
        what,
        "--yes requests it without asking; `backup-fetch history` shows what was made",
    )
}

fn given_up(error: ZohoError, tries: u32) -> ZohoError {
    if tries == 1 {
        return error;
    }
    ZohoError::GaveUp {
        source: Box::new(error),
        tries,
    }
}

fn is_pending(error: &ZohoError) -> bool {
    matches!(error, ZohoError::Refusal(refusal) if refusal.code == "BACKUP_ALREADY_SCHEDULED")
}

fn close(
    json: bool,
    terminal: &Terminal,
    id: Option<&str>,
    listing: Option<&Listing>,
) -> anyhow::Result<Exit> {
    let set = listing
        .and_then(|listing| listing.links.first())
        .and_then(|link| parse_link(&link.text).ok())
        .and_then(|url| set_id(&url));
    let files = listing.map(|listing| listing.distinct_links().len());
    if let Some(files) = files {
        terminal.note(&format!(
            "the backup is ready: {}; fetch it with `backup-fetch download`",
            crate::output::units::files(files)
        ));
    }
    if json {
        let line = Line::Summary {
            id,
            org: set.as_ref().map(|set| set.org.clone()),
            job: set.as_ref().map(|set| set.job.clone()),
            files,
            expiry_date: listing
                .and_then(|listing| listing.expiry.as_ref())
                .map(|expiry| expiry.text.clone()),
            exit_code: 0,
        };
        terminal.event(&line).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

/// Whether the request was taken can't be told, and it must not be sent twice.
fn unanswered(why: &str) -> Problem {
    let message = format!("it is not known whether Zoho accepted the request: {why}");
    Problem::new(Exit::Remote, "request_unanswered", message).hint(
        "the request was not repeated, because each backup may cost money: see `backup-fetch status` in a few minutes",
    )
}
