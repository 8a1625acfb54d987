//! When to try again: one policy for files, calls to the API and tokens, and one loop for all but the files, whose
//! attempts count only without progress. The policy never sleeps, and has no randomness of its own.

use std::fmt::Display;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::event::{Event, Observer};
use crate::model::FileName;

/// No server means more than this, and a clock can't count much more.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(366 * 24 * 3600);

/// What a server asks for is rounded down, by it or on its way, and who comes early is made to wait longer the next time.
const GRACE: Duration = Duration::from_secs(1);

/// Without `Retry-After`, pushback waits this many times the first wait: Zoho counts calls over a minute, and asking on
/// within it raises its penalty. It doubles with each try, up to [`LONGEST_PUSHBACK`] times the first wait.
const PUSHBACK: u32 = 30;
const LONGEST_PUSHBACK: u32 = 300;

/// What an error that is temporary says about the next attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// When the server wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
    /// The server wants fewer requests from everybody.
    pub(crate) is_pushback: bool,
}

impl Backoff {
    /// That of a status; nothing when another attempt is not worth it.
    pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> Option<Backoff> {
        is_temporary_status(status).then_some(Backoff {
            retry_after,
            is_pushback: is_pushback_status(status),
        })
    }
}

/// The last error, after which there is no further attempt.
#[derive(Debug)]
pub(crate) struct GaveUp<E> {
    pub(crate) error: E,
    pub(crate) attempts: u32,
    /// The server asks for this wait, and the run ends before it is over.
    pub(crate) too_long: Option<Duration>,
}

/// How often something is tried again, and how long apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// Further tries after the first, counted since the last progress.
    pub(crate) retries: u32,
    /// Upper bound of the first wait. It doubles with each try.
    pub(crate) first_wait: Duration,
    /// Upper bound of every wait.
    pub(crate) longest_wait: Duration,
    /// When the run has to end, if it has to.
    pub(crate) until: Option<Instant>,
}

impl RetryPolicy {
    /// The wait before try number `attempt` (from 1): a random part (`jitter`, from 0 to 1) of the exponential backoff, so
    /// that many clients do not come back at the same moment; and never less than the server asks for. Pushback that asks
    /// for nothing is not shortened by the jitter but lengthened.
    pub(crate) fn wait(&self, attempt: u32, backoff: Backoff, jitter: f64) -> Duration {
        let Backoff {
            retry_after,
            is_pushback,
        } = backoff;
        let doubled = 2u32.saturating_pow(attempt.saturating_sub(1).min(20));
        let jitter = jitter.clamp(0.0, 1.0);
        if is_pushback && retry_after.is_none() {
            let first = self.first_wait.saturating_mul(PUSHBACK);
            let longest = self.first_wait.saturating_mul(LONGEST_PUSHBACK);
            let floor = first.saturating_mul(doubled).min(longest);
            return floor.saturating_add(floor.mul_f64(jitter / 4.0));
        }
        let bound = self.first_wait.saturating_mul(doubled);
        let own = bound.min(self.longest_wait).mul_f64(jitter);
        let asked = retry_after.map(|asked| asked.saturating_add(GRACE));
        asked.map_or(own, |asked| asked.max(own))
    }

    /// Whether the run goes on for longer than this wait.
    pub(crate) fn has_time_for(&self, wait: Duration) -> bool {
        let now = Instant::now();
        self.until
            .is_none_or(|until| wait < until.saturating_duration_since(now))
    }
}

/// Calls until it succeeds, fails for good, or fails too often. The call is told how many attempts were made before;
/// `backoff` gives nothing for an error that is final, and `name` is the file that it is about.
pub(crate) async fn run<T, E: Display, F: Future<Output = Result<T, E>>>(
    policy: &RetryPolicy,
    observer: &dyn Observer,
    name: Option<&FileName>,
    backoff: impl Fn(&E) -> Option<Backoff>,
    call: impl Fn(u32) -> F,
) -> Result<T, GaveUp<E>> {
    let mut attempts = 0;
    loop {
        let error = match call(attempts).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        attempts += 1;
        let gave_up = |error, too_long| GaveUp {
            error,
            attempts,
            too_long,
        };
        let Some(backoff) = backoff(&error).filter(|_| attempts <= policy.retries) else {
            return Err(gave_up(error, None));
        };
        let wait = policy.wait(attempts, backoff, fastrand::f64());
        if backoff.retry_after.is_some() && !policy.has_time_for(wait) {
            return Err(gave_up(error, Some(wait)));
        }
        observer.event(Event::Retry {
            name: name.cloned(),
            attempt: attempts,
            attempts: policy.retries,
            wait,
            reason: error.to_string(),
        });
        tokio::time::sleep(wait).await;
    }
}

/// Reads a `Retry-After` header: seconds, or a date (RFC 9110 section 10.2.3), which is held against the server's own clock,
/// `now`. A date in the past means now.
pub(crate) fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    let asked = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value
            .parse()
            .map_or(LONGEST_RETRY_AFTER, Duration::from_secs)
    } else {
        let at: DateTime<Utc> = httpdate::parse_http_date(value).ok()?.into();
        (at - now).to_std().unwrap_or(Duration::ZERO)
    };
    Some(asked.min(LONGEST_RETRY_AFTER))
}

/// Whether a status is worth another try (`design.md` section 7 rule 7). 509 is a hoster's "bandwidth exceeded", 52x are a
/// gateway's words about the server behind it, 529 and 530 are "overloaded" and "frozen".
fn is_temporary_status(status: u16) -> bool {
    matches!(
        status,
        408 | 425 | 429 | 500 | 502..=504 | 509 | 520..=524 | 529 | 530
    )
}

/// Whether a status asks for fewer requests.
fn is_pushback_status(status: u16) -> bool {
    matches!(status, 429 | 503 | 509 | 529)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        retries: 10,
        first_wait: Duration::from_secs(1),
        longest_wait: Duration::from_secs(60),
        until: None,
    };

    /// The server asks for nothing, but for fewer requests where it pushes back.
    fn own(is_pushback: bool) -> Backoff {
        Backoff {
            retry_after: None,
            is_pushback,
        }
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> = (1..=8)
            .map(|attempt| POLICY.wait(attempt, own(false), 1.0).as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(POLICY.wait(3, own(false), 0.5), seconds(2));
        assert_eq!(POLICY.wait(u32::MAX, own(false), 1.0), seconds(60));
    }

    #[test]
    fn pushback_waits_half_a_minute_at_least_and_doubles_up_to_five() {
        let waits: Vec<u64> = (1..=6)
            .map(|attempt| POLICY.wait(attempt, own(true), 0.0).as_secs())
            .collect();
        assert_eq!(waits, [30, 60, 120, 240, 300, 300]);
        assert!(POLICY.wait(1, own(true), 1.0) > seconds(30));
    }

    #[test]
    fn what_the_server_asks_for_is_obeyed_in_full_and_a_second_more() {
        for is_pushback in [true, false] {
            let wait = |asked, jitter| {
                let backoff = Backoff {
                    retry_after: Some(seconds(asked)),
                    is_pushback,
                };
                POLICY.wait(4, backoff, jitter)
            };
            assert_eq!(wait(7, 0.0), seconds(8));
            assert_eq!(wait(86_400, 1.0), seconds(86_401));
            assert_eq!(wait(0, 1.0), seconds(8), "not less than the own backoff");
        }
    }

    #[test]
    fn a_run_that_ends_before_has_no_time_to_wait() {
        assert!(POLICY.has_time_for(Duration::MAX));
        let until = Instant::now().checked_add(seconds(600));
        let short = RetryPolicy { until, ..POLICY };
        assert!(short.has_time_for(seconds(60)));
        assert!(!short.has_time_for(seconds(601)));
    }

    struct Silent;

    impl Observer for Silent {
        fn event(&self, _: Event) {}
    }

    /// The outcome of a call that fails `failures` times: its attempts, or those after which it was given up.
    async fn attempts_of(
        policy: RetryPolicy,
        failures: u32,
        backoff: Option<Backoff>,
    ) -> Result<u32, GaveUp<u32>> {
        let call = |before| async move {
            if before < failures {
                Err(before)
            } else {
                Ok(before + 1)
            }
        };
        run(&policy, &Silent, None, |_| backoff, call).await
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_temporary_is_tried_again_and_no_more_often_than_allowed() {
        let temporary = Some(own(false));
        assert_eq!(attempts_of(POLICY, 0, temporary).await.unwrap(), 1);
        assert_eq!(attempts_of(POLICY, 10, temporary).await.unwrap(), 11);
        let last = attempts_of(POLICY, 11, temporary).await.unwrap_err();
        assert_eq!((last.error, last.attempts, last.too_long), (10, 11, None));
        let last = attempts_of(POLICY, 11, None).await.unwrap_err();
        assert_eq!((last.error, last.attempts), (0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_longer_than_the_run_is_not_begun() {
        let until = Instant::now().checked_add(seconds(600));
        let short = RetryPolicy { until, ..POLICY };
        let asked = |time| {
            let retry_after = Some(seconds(time));
            Some(Backoff {
                retry_after,
                is_pushback: true,
            })
        };
        let last = attempts_of(short, 1, asked(3600)).await.unwrap_err();
        assert_eq!((last.attempts, last.too_long), (1, Some(seconds(3601))));
        assert_eq!(attempts_of(short, 1, asked(60)).await.unwrap(), 2);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        assert_eq!(parse_retry_after("120", now), Some(seconds(120)));
        assert_eq!(
            parse_retry_after("Tue, 24 Nov 2026 08:00:30 GMT", now),
            Some(seconds(30))
        );
        assert_eq!(
            parse_retry_after("Tue, 24 Nov 2026 07:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        for endless in [
            "99999999999999999999999",
            "18446744073709551615",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            assert_eq!(parse_retry_after(endless, now), Some(LONGEST_RETRY_AFTER));
        }
        for wrong in ["", "soon", "-5", "1.5"] {
            assert_eq!(parse_retry_after(wrong, now), None, "{wrong}");
        }
    }
}
