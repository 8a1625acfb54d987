//! `--limit-rate`: an upper bound on the bytes of all connections together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What may be made up for after a pause. Without a bound, an hour without a line would be followed by a burst.
const CREDIT: Duration = Duration::from_millis(200);

/// Shared by all connections.
#[derive(Debug)]
pub(crate) struct Limit {
    bytes_per_second: Option<u64>,
    /// When the bytes that were let through so far are paid for.
    paid: Mutex<Instant>,
}

impl Limit {
    /// No bound where `bytes_per_second` is nothing.
    pub(crate) fn new(bytes_per_second: Option<u64>) -> Limit {
        Limit {
            bytes_per_second,
            paid: Mutex::new(Instant::now()),
        }
    }

    /// Waits until these bytes, which have arrived, are paid for. The server is slowed down by their not being read.
    pub(crate) async fn pay(&self, bytes: usize) {
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
    async fn bytes_take_the_time_they_should_however_many_share_the_line() {
        let limit = Limit::new(Some(1000));
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
        let limit = Limit::new(Some(1000));
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let start = Instant::now();
        limit.pay(1000).await;
        assert!(start.elapsed() >= Duration::from_millis(800));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let start = Instant::now();
        Limit::new(None).pay(usize::MAX).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
