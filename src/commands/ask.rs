//! Asking Zoho for a backup, now or by a rule. Each may cost money, so a request is never repeated blindly.

use crate::exit::Exit;
use crate::http::retry::RetryPolicy;
use crate::model::job::{Job, Status};
use crate::model::rrule::Rule;
use crate::problem::Problem;
use crate::zoho::{Asked, ZohoApi, ZohoError};

use super::context::Context;

pub(super) struct Ask<'a> {
    pub(super) context: &'a Context,
    pub(super) api: &'a ZohoApi,
    pub(super) retry: RetryPolicy,
    /// A backup that is under way already is as good as a new one.
    pub(super) joins: bool,
}

impl Ask<'_> {
    /// Asks until Zoho surely took or refused it, and gives the id of the job. `is_ours` knows the job that came of it.
    pub(super) async fn until_known(
        &self,
        rule: Option<&Rule>,
        is_ours: impl Fn(&Job) -> bool,
    ) -> anyhow::Result<Option<String>> {
        let mut attempt = 0;
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
                    return match self.api.job().await? {
                        Some(job) if may_be_there && is_ours(&job) => Ok(Some(self.found(job))),
                        Some(job) if self.may_join(&job.status) => Ok(Some(job.id)),
                        _ => Err(error.into()),
                    };
                }
                Err(error) => return Err(error.into()),
            };
            attempt += 1;
            let is_last = attempt > self.retry.retries;
            if is_last && !may_be_there {
                return Err(error.after(attempt).into());
            }
            self.pause(attempt, &error, is_last).await;
            match self.api.job().await {
                Ok(Some(job)) if is_ours(&job) => return Ok(Some(self.found(job))),
                Ok(_) if !is_last => {}
                Ok(_) => return Err(unanswered(&error.after(attempt).to_string()).into()),
                Err(unread) if may_be_there => {
                    let reason = format!("{error}; and its state can't be read: {unread}");
                    return Err(unanswered(&reason).into());
                }
                Err(unread) => return Err(unread.into()),
            }
        }
    }

    pub(super) fn may_join(&self, status: &Status) -> bool {
        let joins = self.joins && *status == Status::InProgress;
        if joins {
            self.context.note(
                "a backup is already under way at Zoho: waiting for it instead of requesting one",
            );
        }
        joins
    }

    fn found(&self, job: Job) -> String {
        self.context
            .note("the reply was lost, but Zoho has the request");
        job.id
    }

    async fn pause(&self, attempt: u32, error: &ZohoError, is_last: bool) {
        let backoff = error.backoff().unwrap_or_default();
        let pause = self.retry.wait(attempt, backoff, fastrand::f64());
        let next = if is_last {
            "checking at Zoho whether it has the request"
        } else {
            "checking the state at Zoho before repeating the request"
        };
        self.context.warn(&format!("{error}; {next}"));
        tokio::time::sleep(pause).await;
    }
}

fn is_pending(error: &ZohoError) -> bool {
    matches!(error, ZohoError::Refusal(refusal) if refusal.code == "BACKUP_ALREADY_SCHEDULED")
}

/// Whether the request was taken can't be told, and it must not be sent twice.
fn unanswered(why: &str) -> Problem {
    let message = format!("it is not known whether Zoho accepted the request: {why}");
    Problem::new(Exit::Remote, "request_unanswered", message).hint(
        "the request was not repeated, because each backup may cost money: see `backup-fetch status` in a few minutes",
    )
}
