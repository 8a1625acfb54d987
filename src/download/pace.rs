//! How many requests may be under way, and when: all connections heed what the server told one of them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Without pushback for this long the limit doubles again. Zoho's limits are counted over a minute or so; a shorter
/// time would run into the same wall at once.
const RECOVERY: Duration = Duration::from_secs(30);

/// The limit on requests at one time, lowered for a while by 429 and 503 (`design.md` section 7 rule 7).
#[derive(Debug)]
pub(crate) struct Pace {
    jobs: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    active: usize,
    limit: usize,
    /// Nothing is sent before this.
    not_before: Option<Instant>,
    /// When the limit last changed.
    since: Instant,
}

impl Pace {
    /// At most `jobs` requests at one time.
    pub(crate) fn new(jobs: usize) -> Pace {
        Pace {
            jobs,
            state: Mutex::new(State {
                active: 0,
                limit: jobs,
                not_before: None,
                since: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }

    /// Waits until a request may go out. The place is taken until the guard is dropped.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let again = match self.try_turn(Instant::now()) {
                Ok(()) => return Turn { pace: self },
                Err(again) => again,
            };
            tokio::select! {
                () = &mut changed => {}
                () = tokio::time::sleep_until(again) => {}
            }
        }
    }

    /// As [`turn`](Pace::turn), if that is now.
    pub(crate) fn turn_now(&self) -> Option<Turn<'_>> {
        let taken = self.try_turn(Instant::now()).is_ok();
        // Not made before it is taken: it gives the place back when it is dropped.
        taken.then(|| Turn { pace: self })
    }

    /// Takes a place, or tells when it is worth asking again.
    fn try_turn(&self, now: Instant) -> Result<(), Instant> {
        let mut state = self.lock();
        while state.limit < self.jobs && now.duration_since(state.since) >= RECOVERY {
            state.limit = (state.limit * 2).min(self.jobs);
            state.since += RECOVERY;
        }
        if let Some(not_before) = state.not_before.filter(|at| *at > now) {
            return Err(not_before);
        }
        if state.active >= state.limit {
            return Err(now + RECOVERY);
        }
        state.active += 1;
        Ok(())
    }

    /// The server said that it is too much: everybody waits, and then fewer go on for a while.
    pub(crate) fn pushback(&self, wait: Duration) {
        let now = Instant::now();
        let mut state = self.lock();
        let until = now + wait;
        // Several connections meet the same wall at the same time; that halves the number once.
        if state.not_before.is_none_or(|at| at <= now) {
            state.limit = (state.limit / 2).max(1);
        }
        state.since = until;
        state.not_before = Some(state.not_before.map_or(until, |at| at.max(until)));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the requests that are under way.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pace: &'a Pace,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pace.lock().active -= 1;
        self.pace.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pushback_halves_once_and_recovers_after_a_while() {
        let pace = Pace::new(8);
        pace.pushback(Duration::from_secs(5));
        pace.pushback(Duration::from_secs(5));
        let start = Instant::now();
        let turns = [
            pace.turn().await,
            pace.turn().await,
            pace.turn().await,
            pace.turn().await,
        ];
        assert_eq!(start.elapsed(), Duration::from_secs(5), "all wait together");
        let fifth = pace.turn().await;
        assert_eq!(
            start.elapsed(),
            Duration::from_secs(35),
            "only half go on until it has been quiet"
        );
        drop((turns, fifth));
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_gets_free_is_taken_at_once() {
        let pace = Pace::new(1);
        let first = pace.turn().await;
        let start = Instant::now();
        let (_second, ()) = tokio::join!(pace.turn(), async { drop(first) });
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
