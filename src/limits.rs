//! What the system lets this process have: open files and threads.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::sys::{most_open_files, running_threads};

pub(crate) use crate::store::sys::{MORE_FILES, MORE_THREADS};

/// Files that are open whatever is fetched: the three streams, folders, locks, the runtime's own, and some to spare.
const OPEN_ANYWAY: usize = 24;

/// A connection has one socket, and for a moment its next one beside it.
const OPEN_FOR_A_CONNECTION: usize = 2;

/// Until a file is published it has a part and a journal, which is opened once more to be synced, and the part to be published.
const OPEN_FOR_A_FILE: usize = 4;

/// Where files are uploaded as many parts are on their way as there are connections, each with its own socket; and a file that is
/// uploaded has a journal of that.
const OPEN_FOR_AN_UPLOAD: usize = 2;
const OPEN_FOR_AN_UPLOADED_FILE: usize = 1;

/// What the threads that speak to a store wait with, its lock, and what is asked beside all that.
const OPEN_FOR_A_STORE: usize = 10;

/// How much can be under way at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Connections.
    pub(crate) connections: usize,
    /// Files that are begun and not yet published.
    pub(crate) files: usize,
}

/// What a runtime opens for itself, which panics where it can't, beside the three streams and what is told by it.
const OPEN_FOR_A_RUNTIME: u64 = 16;

/// Whether there can be a runtime at all.
pub(crate) fn enough_for_a_runtime() -> bool {
    most_open_files().is_none_or(|files| files >= OPEN_FOR_A_RUNTIME)
}

/// Whether one connection can have what it needs. Less would fail wherever the next file happens to be opened, in words about
/// that file.
pub(crate) fn enough_open_files() -> bool {
    let least = OPEN_ANYWAY + OPEN_FOR_A_CONNECTION + OPEN_FOR_A_FILE;
    most_open_files().is_none_or(|files| files >= least as u64)
}

/// What `jobs` connections, or fewer, can have open.
pub(crate) fn room_for(jobs: usize, uploads: bool) -> Room {
    match most_open_files() {
        Some(files) => room_in(usize::try_from(files).unwrap_or(usize::MAX), jobs, uploads),
        None => Room {
            connections: jobs,
            files: usize::MAX,
        },
    }
}

fn room_in(open_files: usize, jobs: usize, uploads: bool) -> Room {
    let (mut anyway, mut connection, mut file) =
        (OPEN_ANYWAY, OPEN_FOR_A_CONNECTION, OPEN_FOR_A_FILE);
    if uploads {
        anyway += OPEN_FOR_A_STORE;
        connection += OPEN_FOR_AN_UPLOAD;
        file += OPEN_FOR_AN_UPLOADED_FILE;
    }
    let left = open_files.saturating_sub(anyway);
    let connections = jobs.min(left / (connection + file)).max(1);
    let left = left.saturating_sub(connections * connection);
    Room {
        connections,
        files: (left / file).max(1),
    }
}

/// What is said of an error that [`sys::is_about_open_files`](crate::store::sys::is_about_open_files).
pub(crate) fn too_many_open_files() -> String {
    format!("too many open files ({})", open_files())
}

/// The limit on open files, in words.
pub(crate) fn open_files() -> String {
    match most_open_files() {
        Some(files) => format!("the limit is {files}"),
        None => "the limit of the whole system".to_owned(),
    }
}

/// How many of `wanted` threads can be there at once, found out by starting them. One that can't be started later would
/// be a panic or a wait without an end.
pub(crate) fn threads(wanted: usize) -> usize {
    let before = running_threads();
    let mut parked = Vec::new();
    for _ in 0..wanted {
        let (release, released) = mpsc::channel::<()>();
        let idle = move || {
            // Ends when the other side is dropped.
            let _ = released.recv();
        };
        match thread::Builder::new().spawn(idle) {
            Ok(thread) => parked.push((release, thread)),
            Err(_) => break,
        }
    }
    let there = parked.len();
    for (release, thread) in parked {
        drop(release);
        let _ = thread.join();
    }
    // The limit still counts a thread for a moment after it was joined, until it has gone from this list.
    let end = Instant::now() + Duration::from_secs(1);
    while running_threads() > before && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_open_files_leave_one_connection_at_least_and_many_leave_all() {
        let room = |connections, files| Room { connections, files };
        assert_eq!(room_in(0, 8, false), room(1, 1));
        assert_eq!(room_in(40, 8, false), room(2, 3));
        assert_eq!(room_in(256, 8, false), room(8, 54));
        assert_eq!(room_in(1024, 64, false), room(64, 218));
    }

    #[test]
    fn uploads_leave_less_room() {
        let room = |connections, files| Room { connections, files };
        assert_eq!(room_in(0, 8, true), room(1, 1));
        assert_eq!(room_in(64, 8, true), room(3, 3));
        assert_eq!(room_in(256, 8, true), room(8, 38));
    }

    #[test]
    fn threads_that_can_be_had_are_counted() {
        assert_eq!(threads(3), 3);
        assert_eq!(threads(0), 0);
    }
}
