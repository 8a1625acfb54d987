//! Waiting for a backup at Zoho, whose run takes minutes to hours: what was there before, and when something new is.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::WaitOptions;
use crate::exit::Exit;
use crate::model::job::{Job, Status};
use crate::model::{Listing, SetId, parse_link, set_id};
use crate::output::units;
use crate::problem::Problem;
use crate::untrusted::printable;
use crate::zoho::ZohoApi;

use super::context::Context;

/// First pause between two looks (`zoho-api.md` section 8: 1 to 10 min).
const FIRST_PAUSE: Duration = Duration::from_secs(60);

/// The pause grows to so many times the first.
const MOST_GROWTH: u32 = 10;

/// Looks for the links of a run that is over, for a caller that can do without them: a quarter of an hour
/// to an hour by the usual pauses. Zoho does not say how soon they follow, nor what becomes of a schedule whose run failed.
const PATIENCE: u32 = 5;

/// What Zoho told before a backup was asked for. A new one is told from it by the job in the links, as the ids of jobs
/// and links have nothing to do with each other.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) job: Option<Job>,
    /// The links, if there were any.
    listing: Option<Listing>,
}

impl Before {
    /// Reads both, the links first: those of a run that ends in between would else be taken for the former ones, and
    /// waited for in vain.
    pub(super) async fn read(api: &ZohoApi) -> anyhow::Result<Before> {
        let listing = api.listing().await?;
        let job = api.job().await?;
        Ok(Before {
            job,
            listing: listing.filter(|listing| !listing.links.is_empty()),
        })
    }

    /// Whose links they are.
    pub(super) fn org(&self) -> Option<String> {
        Some(id_of(self.listing.as_ref()?)?.org)
    }

    /// Whether this job was not there before, or has begun anew. The end of a run that was under way is nothing new.
    pub(super) fn differs_from(&self, job: &Job) -> bool {
        self.job.as_ref().is_none_or(|old| {
            old.id != job.id || (old.status != job.status && old.status != Status::InProgress)
        })
    }

    fn is_under_way(&self) -> bool {
        let job = self.job.as_ref();
        job.is_some_and(|job| job.status == Status::InProgress)
    }

    fn is_older_than(&self, new: &Listing) -> bool {
        let Some(old) = &self.listing else {
            return !new.links.is_empty();
        };
        let expires = |listing: &Listing| listing.expiry.as_ref().map(|expiry| expiry.at);
        match (id_of(new), id_of(old)) {
            _ if new.links.is_empty() => false,
            (Some(ours), Some(theirs)) if ours == theirs => expires(new) > expires(old),
            (Some(_), Some(_)) => true,
            _ => new.links != old.links,
        }
    }
}

/// Organisation and job of a set, as its first link tells them.
pub(super) fn id_of(listing: &Listing) -> Option<SetId> {
    let first = parse_link(&listing.links.first()?.text).ok()?;
    set_id(&first)
}

/// A wait with an end.
pub(super) struct Wait<'a> {
    api: &'a ZohoApi,
    context: &'a Context,
    longest: Duration,
    pause: Duration,
    longest_pause: Duration,
    began: Instant,
}

impl<'a> Wait<'a> {
    pub(super) fn new(args: WaitOptions, api: &'a ZohoApi, context: &'a Context) -> Wait<'a> {
        let pause = args.poll_wait.map_or(FIRST_PAUSE, |time| time.0);
        Wait {
            api,
            context,
            longest: args.wait.map_or(WaitOptions::LONGEST, |time| time.0),
            pause,
            longest_pause: pause * MOST_GROWTH,
            began: Instant::now(),
        }
    }

    /// Waits for links that were not there before.
    pub(super) async fn for_new_links(mut self, before: &Before) -> anyhow::Result<Listing> {
        loop {
            if let Some(listing) = self.new_links(before, u32::MAX).await? {
                return Ok(listing);
            }
        }
    }

    /// Waits for the end of a backup that is under way and, for some looks more, for its links.
    pub(super) async fn until_idle(&mut self) -> anyhow::Result<()> {
        let before = Before::read(self.api).await?;
        if before.is_under_way() && self.new_links(&before, PATIENCE).await?.is_none() {
            self.context.warn(
                "the backup at Zoho is over, but there are no new links: those listed are older",
            );
        }
        Ok(())
    }

    /// Nothing when the run has been over for so many looks, and no links came of it.
    async fn new_links(
        &mut self,
        before: &Before,
        patience: u32,
    ) -> anyhow::Result<Option<Listing>> {
        let mut seen_under_way = before.is_under_way();
        let mut looks = 0;
        loop {
            let job = self.api.job().await?;
            let status = job.as_ref().map(|job| job.status.clone());
            seen_under_way |= status == Some(Status::InProgress);
            if let Some(job) = job.filter(|job| job.status.yields_nothing())
                // Before the new run is seen, it may still be the end of the former one.
                && (seen_under_way || before.differs_from(&job))
            {
                return Err(no_backup_to_come(&job.status).into());
            }
            if status != Some(Status::InProgress) {
                match self.api.listing().await? {
                    Some(listing) if before.is_older_than(&listing) => return Ok(Some(listing)),
                    _ if looks == patience => return Ok(None),
                    _ => looks += u32::from(seen_under_way),
                }
            }
            self.pause(status.as_ref()).await?;
        }
    }

    /// Says what is waited for, and waits.
    async fn pause(&mut self, status: Option<&Status>) -> anyhow::Result<()> {
        let waited = self.began.elapsed();
        let left = self.longest.saturating_sub(waited);
        if left.is_zero() {
            let longest = humantime::format_duration(self.longest);
            let message = format!("the backup is not ready after {longest}");
            return Err(Problem::new(Exit::Remote, "not_ready", message).hint("Zoho is still working on it: see `backup-fetch status`, and fetch it later with `backup-fetch download --wait`")
            .into());
        }
        let pause = self.pause.min(left);
        self.say(status, waited, pause)?;
        tokio::time::sleep(pause).await;
        self.pause = (self.pause * 3 / 2).min(self.longest_pause);
        Ok(())
    }

    fn say(
        &self,
        status: Option<&Status>,
        waited: Duration,
        pause: Duration,
    ) -> Result<(), Problem> {
        self.context.event(&json!({
            "event": "waiting",
            "status": status.map(ToString::to_string),
            "waited_seconds": waited.as_secs(),
            "next_seconds": pause.as_secs(),
        }))?;
        let state = match status {
            Some(Status::InProgress) => "a backup is under way at Zoho (INPROGRESS)".to_owned(),
            Some(status) => format!(
                "the links of the new backup are not available yet ({})",
                printable(&status.to_string())
            ),
            None => "Zoho does not show the backup yet".to_owned(),
        };
        self.context.note(&format!(
            "{state}; waited {}, checking again in {}",
            units::span(waited),
            units::span(pause)
        ));
        Ok(())
    }
}

/// The job that was waited for has ended without a backup.
fn no_backup_to_come(status: &Status) -> Problem {
    let message = format!(
        "there will be no backup: {} ({})",
        status.meaning(),
        printable(&status.to_string())
    );
    let hint = match status {
        Status::PaymentFailed => {
            "see Zoho: Setup > Data Administration > Data Backup; the month's allowance may be used up"
        }
        _ => {
            "see `backup-fetch history` and Zoho's Setup > Data Administration > Data Backup, then ask again with `backup-fetch request`"
        }
    };
    Problem::new(Exit::Remote, "backup_failed", message).hint(hint)
}
