//! A run: connections that fetch, a thread for each core that verifies, and the care that all of it ends well.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::engine::{Engine, Plan};
use super::error::DownloadError;
use super::settle::settle_all;
use super::verifier::{Judged, Verifiers};
use super::worker;
use crate::limits;
use crate::model::FileName;
use crate::problem::Problem;
use crate::store::StorageError;

/// How often parts are looked at that nobody writes to at the moment.
const TICK: Duration = Duration::from_millis(500);

/// So long after a signal the last sync of parts and journals is not waited for any more: the kernel has to do it by itself.
const LAST_SYNC: Duration = Duration::from_millis(1800);

/// How a run went.
#[derive(Default)]
pub(crate) struct RunResult {
    /// Files that were given up, and why.
    pub(crate) failed: Vec<(FileName, Problem)>,
    /// What ended the run as a whole.
    pub(crate) ended_by: Option<Problem>,
    /// Bytes that came over the line.
    pub(crate) fetched: u64,
    /// Files of which a part stays for the next run.
    pub(crate) kept_files: usize,
    /// How much of them.
    pub(crate) kept_bytes: u64,
}

/// Fetches, verifies and publishes the files of a plan; ends when each is settled or the run is stopped.
pub(crate) async fn run(plan: Plan) -> RunResult {
    let room = limits::room_for(plan.jobs, plan.publisher.store().is_elsewhere());
    let too_many = (room.connections < plan.jobs).then_some(plan.jobs);
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let (verifiers, judged) = match Verifiers::start(cores) {
        Ok(started) => started,
        Err(problem) => {
            return RunResult {
                ended_by: Some(problem),
                ..RunResult::default()
            };
        }
    };
    let engine = Engine::new(plan, room.connections, room.files, verifiers);
    let engine = Arc::new(engine);
    if let Some(jobs) = too_many {
        let message = format!(
            "using --jobs {} instead of {jobs}: the limit on open files is too low ({})",
            room.connections,
            limits::open_files()
        );
        engine.warn(None, message);
    }
    let settling = tokio::spawn(all_settled(Arc::clone(&engine), judged));
    let looking_after = tokio::spawn(look_after(Arc::clone(&engine)));
    let hurrying = tokio::spawn(hurry(Arc::clone(&engine)));
    let mut connections = JoinSet::new();
    for _ in 0..room.connections {
        connections.spawn(worker::work(Arc::clone(&engine)));
    }
    // One that is stuck in a write does not hold up a stop for long.
    unless_out_of_patience(&engine, all_end(&engine, &mut connections)).await;
    looking_after.abort();
    unless_out_of_patience(&engine, keep_parts(&engine)).await;
    if is_in_a_hurry(&engine) {
        // One may be at the sync of a whole file, which the next run verifies again.
        for part in engine.parts() {
            part.abandon();
        }
    }
    // What is verified gets its final name. Whatever step it is at after a stop, the next run takes it up there.
    engine.verifiers.finish();
    unless_out_of_patience(&engine, settling).await;
    hurrying.abort();
    result(&engine)
}

fn result(engine: &Engine) -> RunResult {
    let mut state = engine.state();
    // Without a journal the next run can't go on with it.
    let kept = state.parts().into_iter().filter(|part| part.has_journal());
    let kept = kept.map(|part| part.held().total());
    let kept: Vec<u64> = kept.filter(|bytes| *bytes > 0).collect();
    RunResult {
        failed: std::mem::take(&mut state.failed),
        ended_by: state.fatal.take().map(|error| error.problem()),
        fetched: engine.fetched(),
        kept_files: kept.len(),
        kept_bytes: kept.iter().sum(),
    }
}

/// The connections wait for what is settled here, so a panic must end the run.
async fn all_settled(engine: Arc<Engine>, judged: UnboundedReceiver<Judged>) {
    let settling = tokio::spawn(settle_all(Arc::clone(&engine), judged));
    if let Err(panic) = settling.await {
        engine.end(DownloadError::unexpected(&panic.to_string()));
    }
}

async fn all_end(engine: &Engine, connections: &mut JoinSet<()>) {
    while let Some(ended) = connections.join_next().await {
        if let Err(panic) = ended {
            engine.end(DownloadError::unexpected(&panic.to_string()));
        }
    }
}

/// Nobody writes any more: syncs what is unfinished for the next run.
async fn keep_parts(engine: &Engine) {
    let mut parts = engine.parts();
    let all = parts.clone();
    let begin = move || all.iter().try_for_each(|part| part.begin_journal());
    // What fails here was only to be kept.
    let _ = tokio::task::spawn_blocking(begin).await;
    parts.retain(|part| !part.is_whole());
    for part in &parts {
        part.abandon();
    }
    let is_full = matches!(
        engine.state().fatal,
        Some(DownloadError::Storage(StorageError::Full(_)))
    );
    for part in parts {
        // Who is told that the disk is full should not find it full of what is not there yet.
        part.keep(is_full).await;
    }
}

async fn unless_out_of_patience<T>(engine: &Engine, work: impl Future<Output = T>) {
    tokio::select! {
        biased;
        _ = work => {}
        () = out_of_patience(engine) => {}
    }
}

/// Ends when the disk has had its time since somebody asked the run to stop.
async fn out_of_patience(engine: &Engine) {
    let stop = &engine.plan.stop;
    stop.wait().await;
    if !is_in_a_hurry(engine) {
        return std::future::pending().await;
    }
    let elapsed = stop.elapsed().unwrap_or_default();
    tokio::time::sleep(LAST_SYNC.saturating_sub(elapsed)).await;
}

/// Whether it was a signal, the clock or the disk that ended the run. If not, whatever is whole is brought to its end:
/// after a newer backup nobody would come back for it.
fn is_in_a_hurry(engine: &Engine) -> bool {
    let state = engine.state();
    let by_us = state.fatal.as_ref();
    let by_disk = |error: &DownloadError| matches!(error, DownloadError::Storage(_));
    engine.plan.stop.requested().is_some() && by_us.is_none_or(by_disk)
}

/// What is under way to another place stops there, when the run is to end at once.
async fn hurry(engine: Arc<Engine>) {
    engine.plan.stop.wait().await;
    if is_in_a_hurry(&engine) {
        engine.plan.publisher.store().hurry();
    }
}

/// Looks after what no connection looks after: bytes that would stay at risk because nothing follows them.
async fn look_after(engine: Arc<Engine>) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        for part in engine.parts() {
            if part.wants_sync() {
                engine.sync_soon(&part);
            }
        }
    }
}
