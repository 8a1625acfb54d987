//! How far a long read of what is saved is: one bar on a terminal, a line a minute elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::lines;
use super::progress::{Snapshot, Total};
use super::rate::Rate;
use super::renderer::View;
use super::streams::Streams;
use super::ticker::{Every, STATUS, Ticker};

/// What was read so far. Clones count for the same read, from any thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    total: u64,
    bytes: AtomicU64,
    done: AtomicUsize,
    failed: AtomicUsize,
}

/// A read that is shown, until this is dropped.
pub(super) struct Shown {
    ticker: Option<Ticker>,
    view: Arc<View>,
}

impl Reading {
    pub(super) fn new(files: usize, total: u64) -> Reading {
        Reading(Arc::new(Counts {
            files,
            total,
            ..Counts::default()
        }))
    }

    /// So many more bytes were read.
    pub(crate) fn advance(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A file was read to its end, and is sound.
    pub(crate) fn file_done(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// A file is not sound, or could not be read.
    pub(crate) fn file_failed(&self) {
        self.0.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn show(&self, streams: Arc<Streams>, view: View, timed: bool) -> Shown {
        let (counts, view) = (Arc::clone(&self.0), Arc::new(view));
        let (shared, mut rate, mut status) =
            (Arc::clone(&view), Rate::default(), Every::new(STATUS));
        let tick = move |at| {
            let now = counts.snapshot(at, &mut rate);
            match &*shared {
                View::Bars(bars) => bars.draw(&now, at),
                View::Lines if status.is_due(at) => {
                    streams.talk_of_progress(&lines::status(&now), timed);
                }
                View::Lines | View::Nothing => {}
            }
        };
        Shown {
            ticker: Some(Ticker::start(view.period(), tick)),
            view,
        }
    }
}

impl Counts {
    fn snapshot(&self, at: Duration, rate: &mut Rate) -> Snapshot {
        let bytes = self.bytes.load(Ordering::Relaxed);
        rate.sample(at, bytes);
        let mut now = Snapshot {
            files_done: self.done.load(Ordering::Relaxed),
            files: self.files,
            bytes,
            total: Some(Total {
                bytes: self.total,
                is_guessed: false,
            }),
            rate: rate.a_second(),
            failed: self.failed.load(Ordering::Relaxed),
            ..Snapshot::default()
        };
        now.tell_time_left();
        now
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.ticker.take());
        if let View::Bars(bars) = &*self.view {
            bars.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_tells_what_is_done_how_fast_it_goes_and_how_long_the_rest_takes() {
        let reading = Reading::new(3, 1_000_000_000);
        let mut rate = Rate::default();
        reading.0.snapshot(Duration::ZERO, &mut rate);
        for second in 1..=4 {
            reading.clone().advance(50_000_000);
            reading.0.snapshot(Duration::from_secs(second), &mut rate);
        }
        reading.file_done();
        reading.file_failed();
        let now = reading.0.snapshot(Duration::from_secs(4), &mut rate);
        assert_eq!(
            lines::status(&now),
            "1 of 3 files, 200.0 MB of 1.0 GB (20%), 50.0 MB/s, 16s left, 1 failed"
        );
    }
}
