//! What keeps the connections from going as fast as they could: what the server asked for, and `--limit-rate`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Without pushback for this long the limit doubles again. Zoho's limits are counted over a minute or so; a shorter
/// time would run into the same wall at once.
const RECOVERY: Duration = Duration::from_secs(30);

/// What may be made up for after a pause. Without a bound, an hour without a line would be followed by a burst.
const CREDIT: Duration = Duration::from_millis(200);

/// The limit on requests at one time, lowered for a while by 429 and 503 (`design.md` section 7 rule 7).
#[derive(Debug)]
pub(super) struct Permits {
    jobs: usize,
    state: Mutex<Granted>,
    changed: Notify,
}

#[derive(Debug)]
struct Granted {
    active: usize,
    limit: usize,
    /// Nothing is sent before this.
    not_before: Option<Instant>,
    /// When the limit last changed.
    since: Instant,
}

impl Permits {
    /// At most `jobs` requests at one time.
    pub(super) fn new(jobs: usize) -> Permits {
        Permits {
            jobs,
            state: Mutex::new(Granted {
                active: 0,
                limit: jobs,
                not_before: None,
                since: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }

    /// Waits until a request may go out. It counts as under way until the permit is dropped.
    pub(super) async fn acquire(&self) -> Permit<'_> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let again = match self.try_at(Instant::now()) {
                Ok(permit) => return permit,
                Err(again) => again,
            };
            tokio::select! {
                () = &mut changed => {}
                () = tokio::time::sleep_until(again) => {}
            }
        }
    }

    pub(super) fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_at(Instant::now()).ok()
    }

    /// A permit, or when it is worth asking again.
    fn try_at(&self, now: Instant) -> Result<Permit<'_>, Instant> {
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
        Ok(Permit { permits: self })
    }

    /// The server said that it is too much: everybody waits, and then fewer go on for a while.
    pub(super) fn pushback(&self, wait: Duration) {
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

    fn lock(&self) -> MutexGuard<'_, Granted> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the requests that are under way.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    permits: &'a Permits,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.permits.lock().active -= 1;
        self.permits.changed.notify_waiters();
    }
}

/// An upper bound on the bytes of all connections together.
#[derive(Debug)]
pub(super) struct RateLimit {
    bytes_per_second: Option<u64>,
    /// When the bytes that were let through so far are paid for.
    paid: Mutex<Instant>,
}

impl RateLimit {
    /// No bound where `bytes_per_second` is nothing.
    pub(super) fn new(bytes_per_second: Option<u64>) -> RateLimit {
        RateLimit {
            bytes_per_second,
            paid: Mutex::new(Instant::now()),
        }
    }

    /// Waits until these bytes, which have arrived, are paid for. The server is slowed down by their not being read.
    pub(super) async fn pay(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else {
            return;
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "a chunk is far below 2^52 bytes"
        )]
        let price = Duration::from_secs_f64(bytes as f64 / rate as f64);
        let until = {
            let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            *paid = (*paid).max(now.checked_sub(CREDIT).unwrap_or(now)) + price;
            *paid
        };
        tokio::time::sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pushback_halves_once_and_recovers_after_a_while() {
        let permits = Permits::new(8);
        permits.pushback(Duration::from_secs(5));
        permits.pushback(Duration::from_secs(5));
        let start = Instant::now();
        let held = [
            permits.acquire().await,
            permits.acquire().await,
            permits.acquire().await,
            permits.acquire().await,
        ];
        assert_eq!(start.elapsed(), Duration::from_secs(5), "all wait together");
        let fifth = permits.acquire().await;
        assert_eq!(
            start.elapsed(),
            Duration::from_secs(35),
            "only half go on until it has been quiet"
        );
        drop((held, fifth));
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_gets_free_is_taken_at_once() {
        let permits = Permits::new(1);
        let first = permits.acquire().await;
        let start = Instant::now();
        let (_second, ()) = tokio::join!(permits.acquire(), async { drop(first) });
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_take_the_time_they_should_however_many_share_the_line() {
        let limit = RateLimit::new(Some(1000));
        let start = Instant::now();
        tokio::join!(limit.pay(1000), limit.pay(1000), limit.pay(1000));
        let took = start.elapsed();
        assert!(
            took > Duration::from_millis(2700) && took <= Duration::from_secs(3),
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_not_made_up_for_by_a_burst() {
        let limit = RateLimit::new(Some(1000));
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        limit.pay(1000).await;
        assert!(start.elapsed() >= Duration::from_millis(800));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let start = Instant::now();
        RateLimit::new(None).pay(usize::MAX).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
