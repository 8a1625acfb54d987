//! One connection: takes a task from the queue and tries until it is done or hopeless.

use std::sync::Arc;

use super::error::{self, AttemptError, DownloadError};
use super::links::Link;
use super::pace::Turn;
use super::run::Engine;
use super::transfer::Claim;
use super::version::Version;
use crate::event::Event;
use crate::http::range::ByteRange;
use crate::http::retry::Backoff;
use crate::zoho::ZohoError;

/// What a connection is after.
#[derive(Debug)]
pub(super) enum Aim {
    /// The first request of the file.
    Open,
    /// What an earlier run left, before it is known whether the server still has it.
    Resume(Arc<Version>),
    /// The rest of a stretch.
    Fetch(Arc<Version>, Claim),
}

/// Works until nothing is left to do.
pub(crate) async fn work(engine: Arc<Engine>) {
    while let Some((index, aim)) = engine.next().await {
        let mut chain = Chain {
            engine: &engine,
            index,
            aim,
            tries: 0,
            reached: 0,
            comes_again: false,
            compared: false,
            put_off: 0,
            looked: false,
        };
        match chain.run().await {
            Ok(()) | Err(AttemptError::Superseded | AttemptError::Stopped) => {}
            Err(trouble) => {
                let only_whole = engine.progress(index).one_stream;
                engine.fail(index, trouble.into_error(chain.tries, only_whole));
            }
        }
        engine.queue_changed();
    }
}

/// The tries of one connection at one task.
pub(super) struct Chain<'a> {
    pub(super) engine: &'a Arc<Engine>,
    pub(super) index: usize,
    pub(super) aim: Aim,
    /// Failures since it came farther than ever before.
    pub(super) tries: u32,
    /// How far that was. Without ranges each try begins at zero, and what was there already is no progress.
    reached: u64,
    /// This is not the first try.
    pub(super) comes_again: bool,
    /// What is on disk was compared with what the server has, just before this request.
    pub(super) compared: bool,
    /// Ranges that were refused with a status that may pass by itself.
    pub(super) put_off: u32,
    /// The list of links was looked at since it came farther than ever before.
    looked: bool,
}

/// Without ranges every try fetches all of it again, so only so much of the file farther than ever before is progress: a line
/// that breaks a little later each time must end some time.
const PROGRESS_WITHOUT_RANGES: u64 = 8;

impl<'a> Chain<'a> {
    async fn run(&mut self) -> Result<(), AttemptError> {
        self.reached = self.at();
        loop {
            let outcome = self.attempt().await;
            self.comes_again = true;
            if self.at() > self.reached + self.least_progress() {
                (self.tries, self.looked) = (0, false);
                self.reached = self.at();
            }
            match outcome {
                Ok(()) => return Ok(()),
                Err(trouble) => {
                    self.engine.no_answer_about_ranges();
                    if self.is_superseded() {
                        return Err(AttemptError::Superseded);
                    }
                    self.react(trouble).await?;
                }
            }
        }
    }

    /// Whether another connection threw the version away: what happens to requests for it means nothing for the file.
    fn is_superseded(&self) -> bool {
        match &self.aim {
            Aim::Open => false,
            Aim::Resume(version) | Aim::Fetch(version, _) => version.is_abandoned(),
        }
    }

    /// Whether starting over costs nothing.
    pub(super) fn has_nothing(&self) -> bool {
        match &self.aim {
            Aim::Open => true,
            Aim::Resume(version) | Aim::Fetch(version, _) => version.held().total() == 0,
        }
    }

    /// How far this connection is, to tell tries with progress from those without.
    fn at(&self) -> u64 {
        match &self.aim {
            Aim::Open | Aim::Resume(_) => 0,
            Aim::Fetch(_, claim) => claim.at,
        }
    }

    fn least_progress(&self) -> u64 {
        let progress = self.engine.progress(self.index);
        match progress.length {
            Some(length) if progress.one_stream => length / PROGRESS_WITHOUT_RANGES,
            _ => 0,
        }
    }

    async fn attempt(&mut self) -> Result<(), AttemptError> {
        if self.goes_with_the_stream() {
            return Ok(());
        }
        let turn = self.turn().await?;
        let name = &self.engine.file(self.index).name;
        let link = self
            .engine
            .links
            .of(name)
            .ok_or_else(|| DownloadError::File(error::vanished()))?;
        let outcome = match &self.aim {
            Aim::Open => self.open(&link).await,
            Aim::Resume(version) => {
                let version = Arc::clone(version);
                self.go_on(&link, version).await
            }
            Aim::Fetch(version, claim) => {
                let (version, claim) = (Arc::clone(version), *claim);
                self.fetch(&link, version, claim).await
            }
        };
        drop(turn);
        match outcome {
            Err(AttemptError::Zoho(error))
                if error.wants_fresh_links() && !error.is_temporary() =>
            {
                self.look_for_fresh_links(&link, error).await
            }
            other => other,
        }
    }

    fn goes_with_the_stream(&self) -> bool {
        let Aim::Fetch(version, claim) = &self.aim else {
            return false;
        };
        let rest = claim.end.and_then(|end| ByteRange::new(claim.at, end));
        let mut queue = self.engine.queue();
        rest.is_some_and(|rest| {
            !version.is_abandoned() && queue.goes_with_the_stream(self.index, rest)
        })
    }

    /// Waits for a place among the requests that are under way.
    async fn turn(&self) -> Result<Turn<'a>, AttemptError> {
        let engine = self.engine;
        if let Some(turn) = engine.pace.turn_now() {
            return Ok(turn);
        }
        // Who holds a place may wait for what this request would tell.
        engine.no_answer_about_ranges();
        tokio::select! {
            turn = engine.pace.turn() => Ok(turn),
            _ = engine.stop.wait() => Err(AttemptError::Stopped),
        }
    }

    /// A refused link may have moved: one fresh look at the list, and another try if it has (`design.md` rule 7).
    async fn look_for_fresh_links(
        &mut self,
        link: &Link,
        error: ZohoError,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        let better = tokio::select! {
            better = engine.links.refresh(&engine.file(self.index).name, link) => better?,
            _ = engine.stop.wait() => return Err(AttemptError::Stopped),
        };
        // Links that are signed anew on each list are other ones each time, and no better.
        if better && !std::mem::replace(&mut self.looked, true) {
            self.tries += 1;
            return Box::pin(self.attempt()).await;
        }
        let expired = engine.links.are_dead();
        Err(DownloadError::refused(&error, expired).into())
    }

    /// Waits where another try is worth it, turns to zero where the file has to start over, gives up otherwise.
    async fn react(&mut self, trouble: AttemptError) -> Result<(), AttemptError> {
        match trouble {
            AttemptError::Zoho(error) if error.is_temporary() => {
                let reason = error.to_string();
                self.wait_before_retry(reason, AttemptError::Zoho(error))
                    .await
            }
            AttemptError::Short { got, want } => {
                let reason = format!("the connection was closed at {got} of {want} bytes");
                self.wait_before_retry(reason, AttemptError::Short { got, want })
                    .await
            }
            AttemptError::BadRange(reason) => self.start_over(&reason, true),
            AttemptError::Changed(reason) => self.start_over(&reason, false),
            hopeless => Err(hopeless),
        }
    }

    async fn wait_before_retry(
        &mut self,
        reason: String,
        trouble: AttemptError,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        self.tries += 1;
        let backoff = match &trouble {
            AttemptError::Zoho(error) => error.backoff().unwrap_or_default(),
            _ => Backoff::default(),
        };
        let wait = engine.retry.wait(self.tries, backoff, fastrand::f64());
        if backoff.is_pushback {
            engine.pace.pushback(wait);
        }
        if self.tries > engine.retry.retries {
            return Err(trouble);
        }
        if let (Some(_), Some(first)) = (backoff.retry_after, engine.comes_before(wait)) {
            return Err(match trouble {
                AttemptError::Zoho(error) => AttemptError::Zoho(error.too_long(wait, first)),
                other => other,
            });
        }
        engine.observer.event(Event::Retry {
            name: Some(engine.file(self.index).name.clone()),
            attempt: self.tries,
            attempts: engine.retry.retries,
            wait,
            reason,
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            _ = engine.stop.wait() => Err(AttemptError::Stopped),
        }
    }

    pub(super) fn start_over(
        &mut self,
        reason: &str,
        one_stream: bool,
    ) -> Result<(), AttemptError> {
        if let Aim::Fetch(version, _) | Aim::Resume(version) = &self.aim {
            if one_stream {
                self.engine.progress(self.index).one_stream = true;
            }
            let changed = !one_stream;
            if !self
                .engine
                .start_over(self.index, version, reason, changed)?
            {
                return Err(AttemptError::Superseded);
            }
            if changed {
                self.reached = 0;
            }
        }
        self.aim = Aim::Open;
        Ok(())
    }
}
