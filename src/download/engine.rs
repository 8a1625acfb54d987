//! What the connections of a run share: the state of its files, behind one lock, and what never changes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore};
use url::Url;

use super::error::{AttemptError, DownloadError};
use super::links::Links;
use super::part::Part;
use super::publisher::Publisher;
use super::ranges::Claim;
use super::state::{Next, State};
use super::stop::Stop;
use super::throttle::{Permits, RateLimit};
use super::verifier::Verifiers;
use crate::event::{Event, Observer};
use crate::http::range::ByteRange;
use crate::http::retry::RetryPolicy;
use crate::http::{FileRequest, Reply};
use crate::model::{BackupFile, FileName};
use crate::zoho::ZohoApi;

/// What a run needs.
pub(crate) struct Plan {
    pub(crate) api: ZohoApi,
    pub(crate) links: Arc<Links>,
    pub(crate) publisher: Arc<Publisher>,
    /// The files to fetch, in their order, with what earlier runs left of them.
    pub(crate) files: Vec<(BackupFile, Option<Part>)>,
    /// Connections at most.
    pub(crate) jobs: usize,
    pub(crate) retry: RetryPolicy,
    /// Bytes a second at most.
    pub(crate) limit_rate: Option<u64>,
    /// Fetch though the links should have expired.
    pub(crate) ignore_expiry: bool,
    /// Never ask for a part of a file.
    pub(crate) no_ranges: bool,
    /// Save also what can't be tested.
    pub(crate) allow_unverified: bool,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) stop: Stop,
}

/// What a connection is to do about a file.
#[derive(Clone)]
pub(super) enum Task {
    /// The first request of the file.
    Open,
    /// Go on with what an earlier run left, before it is known whether the server still has it.
    Resume(Arc<Part>),
    /// Fetch the rest of a stretch.
    Fetch(Arc<Part>, Claim),
}

impl Task {
    pub(super) fn part(&self) -> Option<&Arc<Part>> {
        match self {
            Task::Open => None,
            Task::Resume(part) | Task::Fetch(part, _) => Some(part),
        }
    }

    /// The next byte to come.
    pub(super) fn at(&self) -> u64 {
        match self {
            Task::Open | Task::Resume(_) => 0,
            Task::Fetch(_, claim) => claim.at,
        }
    }
}

pub(super) struct Engine {
    pub(super) plan: Plan,
    pub(super) permits: Permits,
    /// One for each file that is uploaded at a time.
    pub(super) uploads: Semaphore,
    rate: RateLimit,
    pub(super) verifiers: Verifiers,
    /// Bytes that came over the line.
    fetched: AtomicU64,
    state: Mutex<State<Part>>,
    changed: Notify,
}

impl Engine {
    /// Over at most `connections`, with at most `room` files begun at a time.
    pub(super) fn new(
        mut plan: Plan,
        connections: usize,
        room: usize,
        verifiers: Verifiers,
    ) -> Engine {
        let files = std::mem::take(&mut plan.files).into_iter();
        let files = files.map(|(file, part)| (file.name, part.map(Arc::new)));
        let mut state = State::new(files, connections, room);
        if plan.no_ranges {
            state = state.without_ranges();
        }
        if plan.publisher.store().is_elsewhere() {
            state = state.staged();
        }
        Engine {
            permits: Permits::new(connections),
            // While the last part of one is on its way the next one begins.
            uploads: Semaphore::new(connections.max(2)),
            rate: RateLimit::new(plan.limit_rate),
            plan,
            verifiers,
            fetched: AtomicU64::new(0),
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// To be held for a moment, never over a call to disk or network.
    pub(super) fn state(&self) -> MutexGuard<'_, State<Part>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for who works on this part, unless it counts no more: what is said of it then means nothing for the file.
    pub(super) fn state_of(
        &self,
        index: usize,
        part: &Arc<Part>,
    ) -> Result<MutexGuard<'_, State<Part>>, AttemptError> {
        let state = self.state();
        if state.is_current(index, part) {
            Ok(state)
        } else {
            Err(AttemptError::Superseded)
        }
    }

    /// What is there of all files, now.
    pub(super) fn parts(&self) -> Vec<Arc<Part>> {
        self.state().parts()
    }

    /// Wakes every connection that waits for the state to change.
    pub(super) fn changed(&self) {
        self.changed.notify_waiters();
    }

    /// Looks at the state, and again after each change, until there is what is looked for.
    pub(super) async fn when<T>(
        &self,
        mut look: impl FnMut(&mut State<Part>) -> Option<T>,
    ) -> Result<T, AttemptError> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&mut self.state()) {
                return Ok(found);
            }
            self.unless_stopped(changed).await?;
        }
    }

    /// A file and what to do about it, once there is something; nothing when all is done or the run ends.
    pub(super) async fn next(&self) -> Option<(usize, Task)> {
        let next = self.when(|state| {
            if self.plan.stop.requested().is_some() {
                return Some(None);
            }
            match state.next_task() {
                Next::Nothing => Some(None),
                Next::Wait => None,
                Next::Open(index) => {
                    let left = state.file(index).part().cloned();
                    Some(Some((index, left.map_or(Task::Open, Task::Resume))))
                }
                // In the same moment: a piece belongs to the part that it was taken from.
                Next::Piece(index, piece) => {
                    let part = Arc::clone(state.file(index).part()?);
                    Some(Some((index, Task::Fetch(part, piece.into()))))
                }
            }
        });
        next.await.ok().flatten()
    }

    /// What was asked about ranges goes unanswered for now: whoever comes next may ask again.
    pub(super) fn no_answer_about_ranges(&self) {
        self.state().ranges_unanswered();
        self.changed();
    }

    pub(super) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, AttemptError> {
        tokio::select! {
            done = work => Ok(done),
            _ = self.plan.stop.wait() => Err(AttemptError::Stopped),
        }
    }

    pub(super) async fn ask(
        &self,
        url: &Url,
        range: Option<ByteRange>,
        if_range: Option<&str>,
    ) -> Result<Reply, AttemptError> {
        let request = FileRequest {
            url,
            range,
            if_range,
        };
        Ok(self.unless_stopped(self.plan.api.open(request)).await??)
    }

    pub(super) async fn chunk(&self, reply: &mut Reply) -> Result<Option<Bytes>, AttemptError> {
        Ok(self.unless_stopped(reply.chunk()).await??)
    }

    /// Counts bytes that came over the line, and waits until the limit lets more of them come.
    pub(super) async fn count(&self, bytes: usize) -> Result<(), AttemptError> {
        self.fetched.fetch_add(bytes as u64, Ordering::Relaxed);
        self.unless_stopped(self.rate.pay(bytes)).await
    }

    pub(super) fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// Files only pass through this machine.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.plan.publisher.store().is_elsewhere()
    }

    pub(super) fn name(&self, index: usize) -> FileName {
        self.state().file(index).name.clone()
    }

    pub(super) fn event(&self, event: Event) {
        self.plan.observer.event(event);
    }

    pub(super) fn warn(&self, name: Option<&FileName>, message: String) {
        let name = name.cloned();
        self.event(Event::Warning { name, message });
    }

    /// The length of a file was told.
    pub(super) fn length_known(&self, index: usize, size: u64) {
        self.state().file_mut(index).length = Some(size);
        let name = self.name(index);
        self.event(Event::FileSize { name, size });
    }

    /// Takes what is there of it from who waits for it: its room is free for what comes in its place.
    pub(super) fn discard(&self, part: &Part, reason: String) {
        part.throw_away();
        self.event(Event::Discarded {
            name: part.name().clone(),
            bytes: part.held().total(),
            reason,
        });
    }

    /// What ends sooner than a wait, so that it is not worth it.
    pub(super) fn comes_before(&self, wait: Duration) -> Option<&'static str> {
        let Plan { links, retry, .. } = &self.plan;
        if !retry.has_time_for(wait) {
            return Some("--max-duration ends this run first");
        }
        let left = links.expiry()?.left(links.now());
        let expire = !self.plan.ignore_expiry && left.to_std().is_ok_and(|left| left < wait);
        expire.then_some("the links expire earlier: a new backup will be needed by then")
    }

    /// Gives a file up for this run, or the whole run.
    pub(super) fn fail(&self, index: usize, error: DownloadError) {
        if error.ends_the_run() {
            return self.end(error);
        }
        let failure = error.problem();
        let (name, part) = {
            let mut state = self.state();
            if !state.give_up(index, failure.clone()) {
                return;
            }
            let file = state.file(index);
            (file.name.clone(), file.part().cloned())
        };
        if let Some(part) = part {
            self.give_up(index, &part);
        }
        self.event(Event::FileFailed { name, failure });
        self.changed();
    }

    fn give_up(&self, index: usize, part: &Part) {
        part.abandon();
        if self.is_elsewhere() {
            part.file().give_room_back();
        }
        let bytes = part.allocated().unwrap_or_default();
        if !self.state().keep_given_up(index, bytes)
            && let Err(error) = part.remove()
        {
            tracing::warn!("{error}");
        }
    }

    /// Ends the run: what went wrong would hit every other file, too.
    pub(super) fn end(&self, error: DownloadError) {
        let exit = error.problem().exit;
        self.state().fatal.get_or_insert(error);
        self.plan.stop.request(exit);
    }

    /// Syncs a part on another thread, and again while enough was written meanwhile.
    pub(super) fn sync_soon(self: &Arc<Engine>, part: &Arc<Part>) {
        let (engine, part) = (Arc::clone(self), Arc::clone(part));
        tokio::task::spawn_blocking(move || {
            while part.wants_sync() {
                if let Err(error) = part.sync() {
                    return engine.end(error.into());
                }
            }
        });
    }
}
