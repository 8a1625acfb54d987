//! One connection: takes a task from the state and attempts it until it is done or hopeless.

use std::sync::Arc;

use super::attempt::Attempt;
use super::engine::{Engine, Task};
use super::error::{AttemptError, DownloadError};
use super::links::Link;
use super::throttle::Permit;
use crate::event::Event;
use crate::http::retry::Backoff;
use crate::zoho::ZohoError;

/// Without ranges every attempt fetches all of it again, so only so much of the file farther than ever before is progress:
/// a line that breaks a little later each time must end some time.
const PROGRESS_WITHOUT_RANGES: u64 = 8;

/// Works until nothing is left to do.
pub(super) async fn work(engine: Arc<Engine>) {
    while let Some((index, task)) = engine.next().await {
        let mut worker = Worker {
            engine: &engine,
            attempt: Attempt::new(&engine, index, task),
            failures: 0,
            looked: false,
        };
        match worker.run().await {
            Ok(()) | Err(AttemptError::Superseded | AttemptError::Stopped) => {}
            Err(error) => {
                let only_whole = engine.state().file(index).one_stream;
                engine.fail(index, error.into_error(worker.failures, only_whole));
            }
        }
        engine.changed();
    }
}

/// The attempts of one connection at one task.
struct Worker<'a> {
    engine: &'a Arc<Engine>,
    attempt: Attempt<'a>,
    /// Since it came farther than ever before.
    failures: u32,
    /// The list of links was looked at since it came farther than ever before.
    looked: bool,
}

impl<'a> Worker<'a> {
    async fn run(&mut self) -> Result<(), AttemptError> {
        loop {
            let outcome = self.attempt().await;
            self.attempt.is_retry = true;
            let at = self.attempt.task.at();
            if at > self.attempt.reached + self.least_progress() {
                (self.failures, self.looked) = (0, false);
                self.attempt.reached = at;
            }
            let Err(error) = outcome else {
                return Ok(());
            };
            self.engine.no_answer_about_ranges();
            // What happens to requests for a part that counts no more means nothing for the file.
            if let Some(part) = self.attempt.task.part() {
                drop(self.engine.state_of(self.attempt.index, part)?);
            }
            self.react(error).await?;
        }
    }

    fn least_progress(&self) -> u64 {
        let state = self.engine.state();
        let file = state.file(self.attempt.index);
        let length = file.length.filter(|_| file.one_stream);
        length.map_or(0, |length| length / PROGRESS_WITHOUT_RANGES)
    }

    async fn attempt(&mut self) -> Result<(), AttemptError> {
        let engine = self.engine;
        let name = engine.name(self.attempt.index);
        loop {
            if self.goes_with_the_stream() {
                return Ok(());
            }
            let permit = self.permit().await?;
            self.attempt.link = engine.plan.links.of(&name);
            self.attempt.is_last = self.failures >= engine.plan.retry.retries;
            let outcome = self.attempt.run().await;
            drop(permit);
            match (outcome, self.attempt.link.take()) {
                (Err(AttemptError::Zoho(error)), Some(link))
                    if error.wants_fresh_links() && !error.is_temporary() =>
                {
                    self.look_for_a_fresh_link(&link, &error).await?;
                }
                (outcome, _) => return outcome,
            }
        }
    }

    fn goes_with_the_stream(&self) -> bool {
        let Task::Fetch(part, claim) = &self.attempt.task else {
            return false;
        };
        let index = self.attempt.index;
        let state = self.engine.state_of(index, part);
        let rest = claim.rest();
        state
            .is_ok_and(|mut state| rest.is_some_and(|rest| state.goes_with_the_stream(index, rest)))
    }

    async fn permit(&self) -> Result<Permit<'a>, AttemptError> {
        let engine = self.engine;
        if let Some(permit) = engine.permits.try_acquire() {
            return Ok(permit);
        }
        // Who holds a permit may wait for what this request would tell.
        engine.no_answer_about_ranges();
        engine.unless_stopped(engine.permits.acquire()).await
    }

    /// A refused link may have moved: one fresh look at the list, and another attempt if it has (`design.md` rule 7).
    async fn look_for_a_fresh_link(
        &mut self,
        link: &Link,
        refusal: &ZohoError,
    ) -> Result<(), AttemptError> {
        let Engine { plan, .. } = &**self.engine;
        let name = self.engine.name(self.attempt.index);
        let refreshed = plan.links.refresh(&name, link);
        let better = self.engine.unless_stopped(refreshed).await??;
        // Links that are signed anew on each list are other ones each time, and no better.
        if better && !std::mem::replace(&mut self.looked, true) {
            self.failures += 1;
            return Ok(());
        }
        Err(DownloadError::refused(refusal, plan.links.have_expired()).into())
    }

    /// Waits where another attempt is worth it, turns to zero where the file has to start over, gives up otherwise.
    async fn react(&mut self, error: AttemptError) -> Result<(), AttemptError> {
        match &error {
            AttemptError::Zoho(cause) if !cause.is_temporary() => Err(error),
            AttemptError::Zoho(_) | AttemptError::Short { .. } => {
                self.wait_before_retry(error).await
            }
            AttemptError::BadRange(reason) => self.attempt.start_over(reason, true),
            AttemptError::Changed(reason) => self.attempt.start_over(reason, false),
            _ => Err(error),
        }
    }

    async fn wait_before_retry(&mut self, error: AttemptError) -> Result<(), AttemptError> {
        let Engine { plan, permits, .. } = &**self.engine;
        self.failures += 1;
        let backoff = match &error {
            AttemptError::Zoho(error) => error.backoff().unwrap_or_default(),
            _ => Backoff::default(),
        };
        let wait = plan.retry.wait(self.failures, backoff, fastrand::f64());
        if backoff.is_pushback {
            permits.pushback(wait);
        }
        if self.failures > plan.retry.retries {
            return Err(error);
        }
        if let (Some(_), Some(first)) = (backoff.retry_after, self.engine.comes_before(wait)) {
            return Err(match error {
                AttemptError::Zoho(error) => error.too_long(wait, first).into(),
                error => error,
            });
        }
        self.engine.event(Event::Retry {
            name: Some(self.engine.name(self.attempt.index)),
            attempt: self.failures,
            attempts: plan.retry.retries,
            wait,
            reason: error.to_string(),
        });
        self.engine.unless_stopped(tokio::time::sleep(wait)).await
    }
}
