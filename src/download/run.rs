//! What the connections of one run share: the queue, the links, the pace, and the files on their way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::error::{self, DownloadError};
use super::limit::Limit;
use super::links::Links;
use super::pace::Pace;
use super::plan::Leftover;
use super::publisher::{Publisher, Whole};
use super::queue::{Next, Queue};
use super::slot::{Fate, Progress, Slot};
use super::stop::Stop;
use super::verifier::Verifiers;
use super::version::Version;
use super::worker::Aim;
use super::{background, worker};
use crate::event::{Event, Observer};
use crate::http::retry::RetryPolicy;
use crate::limits;
use crate::model::BackupFile;
use crate::store::Folder;
use crate::zoho::ZohoApi;

/// A file that changed so often on the server is fetched in one stream from then on.
const SPLIT_AGAIN: u32 = 2;

/// A file that changes once more after this is given up: each time all of it may have been fetched for nothing.
const MOST_CHANGES: u32 = 3;

/// See the module's front page.
pub(crate) struct Engine {
    pub(super) api: ZohoApi,
    pub(super) links: Links,
    pub(super) folder: Arc<Folder>,
    pub(super) retry: RetryPolicy,
    pub(super) ignore_expiry: bool,
    pub(super) no_ranges: bool,
    pub(super) allow_unverified: bool,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) stop: Stop,
    pub(super) pace: Pace,
    pub(super) limit: Limit,
    pub(super) publisher: Publisher,
    pub(super) files: Vec<Slot>,
    queue: Mutex<Queue>,
    queue_changed: Notify,
    pub(super) verifiers: Verifiers,
    /// Taken away when nothing more can come.
    finished: Mutex<Option<mpsc::UnboundedSender<(usize, Whole)>>>,
    pub(super) tasks: Mutex<JoinSet<()>>,
    pub(super) fetched: AtomicU64,
    failed: Mutex<Vec<(usize, DownloadError)>>,
    fatal: Mutex<Option<DownloadError>>,
}

/// What a run needs.
pub(crate) struct Job {
    /// The calls to Zoho.
    pub(crate) api: ZohoApi,
    /// The links in force.
    pub(crate) links: Links,
    /// Notes what is verified.
    pub(crate) publisher: Publisher,
    /// The files to fetch, in their order, with what earlier runs left of them.
    pub(crate) files: Vec<(BackupFile, Option<Leftover>)>,
    /// Connections at most.
    pub(crate) jobs: usize,
    /// How often and how long apart something is tried again.
    pub(crate) retry: RetryPolicy,
    /// Fetch though the links should be dead.
    pub(crate) ignore_expiry: bool,
    /// Never ask for a part of a file.
    pub(crate) no_ranges: bool,
    /// Save also what can't be tested.
    pub(crate) allow_unverified: bool,
    /// Told of all that happens.
    pub(crate) observer: Arc<dyn Observer>,
    /// Bytes a second at most.
    pub(crate) limit_rate: Option<u64>,
    /// Ends the run early.
    pub(crate) stop: Stop,
}

/// How a run went.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Files that were given up, and why.
    pub(crate) failed: Vec<(BackupFile, DownloadError)>,
    /// What ended the run as a whole.
    pub(crate) fatal: Option<DownloadError>,
    /// Bytes that came over the line.
    pub(crate) fetched: u64,
    /// Files of which a part stays for the next run.
    pub(crate) kept_files: usize,
    /// How much of them.
    pub(crate) kept_bytes: u64,
}

/// Fetches, verifies and publishes the files of a job; ends when each is settled or the run is stopped.
pub(crate) async fn run(job: Job) -> Outcome {
    let room = limits::room_for(job.jobs);
    let jobs = room.connections;
    if jobs < job.jobs {
        job.observer.event(Event::Warning {
            name: None,
            message: format!(
                "using --jobs {jobs} instead of {}: the limit on open files is too low ({})",
                job.jobs,
                limits::open_files()
            ),
        });
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (finished, to_publish) = mpsc::unbounded_channel();
    let slots: Vec<Slot> = job
        .files
        .into_iter()
        .map(|(file, leftover)| Slot {
            file,
            progress: Mutex::new(Progress {
                leftover,
                one_stream: job.no_ranges,
                ..Progress::default()
            }),
        })
        .collect();
    let mut queue = Queue::new(slots.len(), jobs).with_room_for(room.files);
    if job.no_ranges {
        queue = queue.without_ranges();
    }
    let engine = Arc::new(Engine {
        api: job.api,
        links: job.links,
        folder: Arc::clone(job.publisher.folder()),
        retry: job.retry,
        ignore_expiry: job.ignore_expiry,
        observer: job.observer,
        stop: job.stop,
        pace: Pace::new(jobs),
        limit: Limit::new(job.limit_rate),
        publisher: job.publisher,
        queue: Mutex::new(queue),
        no_ranges: job.no_ranges,
        allow_unverified: job.allow_unverified,
        files: slots,
        queue_changed: Notify::new(),
        verifiers: Verifiers::start(cores),
        finished: Mutex::new(Some(finished)),
        tasks: Mutex::new(JoinSet::new()),
        fetched: AtomicU64::new(0),
        failed: Mutex::new(Vec::new()),
        fatal: Mutex::new(None),
    });
    let publishing = tokio::spawn(background::publish_all(Arc::clone(&engine), to_publish));
    let looking_after = tokio::spawn(background::look_after(Arc::clone(&engine)));
    let mut connections = JoinSet::new();
    for _ in 0..jobs {
        connections.spawn(worker::work(Arc::clone(&engine)));
    }
    engine.until_all_end(&mut connections).await;
    looking_after.abort();
    engine.wind_down().await;
    engine.finished().take();
    engine.published_all(publishing).await;
    engine.outcome()
}

impl Engine {
    /// The file of a place in the queue.
    pub(super) fn file(&self, index: usize) -> &BackupFile {
        &self.files[index].file
    }

    /// How far a file is.
    pub(super) fn progress(&self, index: usize) -> MutexGuard<'_, Progress> {
        self.files[index]
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The queue, for a moment.
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes every connection that found nothing to do.
    pub(super) fn queue_changed(&self) {
        self.queue_changed.notify_waiters();
    }

    /// Ends when a connection has changed what there is to do.
    pub(super) fn when_queue_changes(&self) -> Notified<'_> {
        self.queue_changed.notified()
    }

    /// What ends sooner than a wait, so that it is not worth it.
    pub(super) fn comes_before(&self, wait: Duration) -> Option<&'static str> {
        if !self.retry.has_time_for(wait) {
            return Some("--max-duration ends this run first");
        }
        let left = self.links.expiry()?.left(self.links.now());
        let expire = !self.ignore_expiry && left.to_std().is_ok_and(|left| left < wait);
        expire.then_some("the links expire earlier: a new backup will be needed by then")
    }

    /// What was asked about ranges goes unanswered for now: whoever comes next may ask again.
    pub(super) fn no_answer_about_ranges(&self) {
        self.queue().ranges_unanswered();
        self.queue_changed();
    }

    /// A file and what to do about it, once there is something; nothing when all is done or the run ends.
    pub(super) async fn next(&self) -> Option<(usize, Aim)> {
        loop {
            let changed = self.queue_changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.stop.requested().is_some() {
                return None;
            }
            {
                // Looked up before anybody can start the file over: a piece belongs to the version it was taken from.
                let mut queue = self.queue();
                match queue.next_task() {
                    Next::Nothing => return None,
                    Next::Wait => {}
                    Next::Open(index) => return Some((index, Aim::Open)),
                    Next::Piece(index, piece) => {
                        if let Some(version) = self.version(index) {
                            return Some((index, Aim::Fetch(version, piece.into())));
                        }
                        // It was thrown away a moment ago, and what it lacked with it.
                        queue.ranges_unanswered();
                    }
                }
            }
            tokio::select! {
                () = &mut changed => {}
                _ = self.stop.wait() => return None,
            }
        }
    }

    /// Counts bytes that came over the line.
    pub(super) fn count_fetched(&self, bytes: usize) {
        self.fetched.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The first request of a file goes out. True the first time.
    pub(super) fn begin(&self, index: usize) -> bool {
        let mut progress = self.progress(index);
        let first = progress.started.is_none();
        progress.started.get_or_insert_with(Instant::now);
        first
    }

    /// A version of the file that is being written now, in the place of an older one, if any.
    pub(super) fn install(&self, index: usize, version: Version) -> Arc<Version> {
        let version = Arc::new(version);
        self.progress(index).version = Some(Arc::clone(&version));
        version
    }

    /// Begins to verify a version, which the server is known to have and the queue to hand out.
    pub(super) fn verify_beside(self: &Arc<Engine>, index: usize, version: &Arc<Version>) {
        let (engine, followed) = (Arc::clone(self), Arc::clone(version));
        self.tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(async move { engine.verify(index, followed).await });
    }

    /// The version that is being written now.
    pub(super) fn version(&self, index: usize) -> Option<Arc<Version>> {
        self.progress(index).version.clone()
    }

    /// The length of a file was told.
    pub(super) fn length_known(&self, index: usize, size: u64) {
        self.progress(index).length = Some(size);
        self.observer.event(Event::FileSize {
            name: self.file(index).name.clone(),
            size,
        });
    }

    /// From now on the version can't be thrown away. False: it was, already.
    pub(super) fn seal(&self, index: usize, version: &Arc<Version>) -> bool {
        let mut progress = self.progress(index);
        let current = progress.is_at(version);
        if current {
            progress.fate = Fate::Sealed;
        }
        current
    }

    /// Throws a version away because the file has to start over. True: the caller is the one to do that. False:
    /// another connection was first.
    ///
    /// # Errors
    /// It changed too often.
    pub(super) fn start_over(
        &self,
        index: usize,
        old: &Arc<Version>,
        reason: &str,
        changed: bool,
    ) -> Result<bool, DownloadError> {
        let mut progress = self.progress(index);
        if !progress.is_at(old) {
            return Ok(false);
        }
        progress.version = None;
        progress.restarts += 1;
        let restarts = progress.restarts;
        // Several servers behind one name, each with a validator of its own, would never agree on two pieces.
        progress.one_stream |= restarts >= SPLIT_AGAIN;
        drop(progress);
        old.throw_away();
        self.observer.event(Event::Discarded {
            name: old.name().clone(),
            bytes: old.held().total(),
            reason: reason.to_owned(),
        });
        if changed && restarts > self.retry.retries.min(MOST_CHANGES) {
            return Err(error::keeps_changing(restarts).into());
        }
        self.queue().reopening(index);
        Ok(true)
    }

    /// Gives a file up for this run. What is there of it stays for the next one.
    pub(super) fn fail(&self, index: usize, error: DownloadError) {
        if error.ends_the_run() {
            self.end(error);
            return;
        }
        let version = {
            let mut progress = self.progress(index);
            // Each connection that is at the file comes here with the same bad news.
            if progress.fate != Fate::Open {
                return;
            }
            progress.fate = Fate::Settled;
            progress.version.clone()
        };
        if let Some(version) = version {
            version.abandon();
        }
        self.observer.event(Event::FileFailed {
            name: self.file(index).name.clone(),
            failure: error.problem(),
        });
        self.failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((index, error));
        self.queue().settle(index);
        self.queue_changed();
    }

    /// Ends the run: what went wrong would hit every other file, too.
    pub(super) fn end(&self, error: DownloadError) {
        let exit = error.problem().exit;
        self.fatal().get_or_insert(error);
        self.stop.request(exit);
    }

    /// Syncs a version on another thread, and again while enough was written meanwhile.
    pub(super) fn sync_soon(self: &Arc<Engine>, version: &Arc<Version>) {
        let (engine, version) = (Arc::clone(self), Arc::clone(version));
        tokio::task::spawn_blocking(move || {
            loop {
                if let Err(error) = version.sync() {
                    return engine.end(error.into());
                }
                if !version.wants_sync() {
                    return;
                }
            }
        });
    }

    /// What ended the run as a whole.
    pub(super) fn fatal(&self) -> MutexGuard<'_, Option<DownloadError>> {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn finished(&self) -> MutexGuard<'_, Option<mpsc::UnboundedSender<(usize, Whole)>>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcome(&self) -> Outcome {
        let failed =
            std::mem::take(&mut *self.failed.lock().unwrap_or_else(PoisonError::into_inner));
        let kept: Vec<u64> = (0..self.files.len())
            .map(|index| self.progress(index).held())
            .filter(|bytes| *bytes > 0)
            .collect();
        Outcome {
            failed: failed
                .into_iter()
                .map(|(index, error)| (self.file(index).clone(), error))
                .collect(),
            fatal: self.fatal().take(),
            fetched: self.fetched.load(Ordering::Relaxed),
            kept_files: kept.len(),
            kept_bytes: kept.iter().sum(),
        }
    }
}
