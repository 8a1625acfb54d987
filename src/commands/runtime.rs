//! The threads on which a command runs, as many as this process may have.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::exit::Exit;
use crate::limits;
use crate::problem::Problem;
use crate::store::sys;

/// Threads without which nothing works: one for what blocks, one that verifies.
const FEWEST_THREADS: usize = 2;

/// Threads that a place in a store takes: one speaks to it, and one keeps the lock.
const STORE_THREADS: usize = 2;

/// Threads besides the workers and those that verify: for signals, for progress, and two for what blocks.
const FURTHER_THREADS: usize = 4 + STORE_THREADS;

/// For a command that talks to nobody, which also works where next to nothing does.
pub(super) fn offline() -> anyhow::Result<Runtime> {
    Ok(Builder::new_current_thread().enable_time().build()?)
}

/// For a command that talks to the network.
pub(super) fn online() -> anyhow::Result<Runtime> {
    if !limits::enough_open_files() {
        return Err(too_many_open_files().into());
    }
    let runtime = builder()?
        .enable_all()
        .thread_keep_alive(Duration::from_secs(24 * 3600))
        .build();
    let runtime = runtime.map_err(|error| match error {
        error if sys::is_about_open_files(&error) => too_many_open_files().into(),
        error => anyhow::Error::from(error),
    })?;
    // The first thread for what blocks is started while there is one to be had, and then stays.
    let _ = runtime.block_on(runtime.spawn_blocking(|| {}));
    Ok(runtime)
}

/// For a command that at most tells how it went, also one that could not begin for want of files or threads.
pub(super) fn smallest() -> anyhow::Result<Runtime> {
    if !limits::enough_for_a_runtime() {
        return Err(too_many_open_files().into());
    }
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn builder() -> Result<Builder, Problem> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // A write blocks its worker for as long as the disk takes, so there are two even on a single core (`engine.md`).
    let workers = cores.max(2);
    let wanted = workers + cores + FURTHER_THREADS;
    let there = limits::threads(wanted);
    if there == wanted {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers);
        return Ok(builder);
    }
    if there < FEWEST_THREADS {
        return Err(too_few_threads(there));
    }
    tracing::info!(threads = there, "few threads: one does all the work");
    let mut builder = Builder::new_current_thread();
    // Those that block come and go; one for signals, one for progress, one that verifies, and a store's must find their place.
    let others = 3 + STORE_THREADS;
    builder.max_blocking_threads((there / 2).min(there.saturating_sub(others)).max(1));
    Ok(builder)
}

/// Makes sure that a command which does its work on a thread of its own can have one.
pub(super) fn check_thread() -> Result<(), Problem> {
    match limits::threads(1) {
        0 => Err(too_few_threads(0)),
        _ => Ok(()),
    }
}

fn too_few_threads(there: usize) -> Problem {
    let threads = if there == 1 { "thread" } else { "threads" };
    let message = format!("this process can start only {there} more {threads}, which is too few");
    Problem::new(Exit::Storage, "too_few_threads", message).hint(limits::MORE_THREADS)
}

fn too_many_open_files() -> Problem {
    let message = limits::too_many_open_files();
    Problem::new(Exit::Storage, "too_many_open_files", message).hint(limits::MORE_FILES)
}
