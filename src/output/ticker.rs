//! What moves progress on: a thread that wakes up at regular moments, and what is due only at some of them.

use std::convert::Infallible;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// How often bars are drawn: their movement is smooth, and the work not measurable.
pub(super) const FRAME: Duration = Duration::from_millis(100);

/// How often the clock is looked at where there are no bars; it also paces the samples of the rate.
pub(super) const TICK: Duration = Duration::from_millis(500);

/// `design.md` section 7, rule 11.
pub(super) const STATUS: Duration = Duration::from_mins(1);

/// Does something once in a period, until it is dropped. Where no thread can be had, nothing is done.
pub(super) struct Ticker(Option<(Sender<Infallible>, JoinHandle<()>)>);

impl Ticker {
    /// `tick` is told how long ago this was.
    pub(super) fn start(
        period: Duration,
        mut tick: impl FnMut(Duration) + Send + 'static,
    ) -> Ticker {
        let (stop, stopped) = mpsc::channel();
        let begun = Instant::now();
        let run = move || {
            // Waits on the channel and not in a sleep: the end waits for no period.
            while stopped.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                tick(begun.elapsed());
            }
        };
        let thread = Builder::new().name("progress".to_owned()).spawn(run);
        Ticker(thread.ok().map(|thread| (stop, thread)))
    }
}

/// After this nothing is done any more.
impl Drop for Ticker {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            // The other end of the channel hears that this one is gone.
            drop(stop);
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

/// Says when something that happens at most once in a period is due: for the first time one period after the beginning.
pub(super) struct Every {
    period: Duration,
    next: Duration,
}

impl Every {
    pub(super) fn new(period: Duration) -> Every {
        Every {
            period,
            next: period,
        }
    }

    /// A yes starts the next period.
    pub(super) fn is_due(&mut self, at: Duration) -> bool {
        let is_due = at >= self.next;
        if is_due {
            self.next = at + self.period;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_does_not_wait_for_the_period() {
        let begun = Instant::now();
        for _ in 0..20 {
            drop(Ticker::start(TICK, |_| ()));
        }
        assert!(begun.elapsed() < TICK * 20);
    }

    #[test]
    fn what_happens_once_a_minute_is_due_once_a_minute() {
        let mut every = Every::new(Duration::from_mins(1));
        let due: Vec<u64> = (0..200)
            .filter(|second| every.is_due(Duration::from_secs(*second)))
            .collect();
        assert_eq!(due, [60, 120, 180]);
        // After a pause (a laptop that slept) there is one line, not one for each minute missed.
        assert!(every.is_due(Duration::from_secs(1000)));
        assert!(!every.is_due(Duration::from_secs(1059)));
    }
}
