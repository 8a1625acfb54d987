//! When to try again. Pure: no clock and no randomness of its own, and it never sleeps.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// A server that asks for more than this is tried again anyway: an unattended run must end some time, and asking once
/// a quarter of an hour hurts nobody.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// Without `Retry-After`, pushback waits this many times longer than a plain failure, because Zoho counts over minutes
/// (`zoho-api.md` section 8: 5 s doubling to 5 min).
const PUSHBACK_FACTOR: u32 = 5;

/// How often something is tried again, and how long apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Further tries after the first, counted since the last progress.
    pub retries: u32,
    /// Upper bound of the first wait. It doubles with each try.
    pub first_wait: Duration,
    /// Upper bound of every wait.
    pub longest_wait: Duration,
}

impl RetryPolicy {
    /// The wait before try number `attempt` (from 1): what the server asked for, else a random part (`jitter`, from 0
    /// to 1) of the exponential backoff, so that many clients do not come back at the same moment.
    #[must_use]
    pub fn wait(
        &self,
        attempt: u32,
        retry_after: Option<Duration>,
        pushback: bool,
        jitter: f64,
    ) -> Duration {
        if let Some(asked) = retry_after {
            return asked.min(LONGEST_RETRY_AFTER);
        }
        let factor = if pushback { PUSHBACK_FACTOR } else { 1 };
        let doubled = 2u32.saturating_pow(attempt.saturating_sub(1).min(20));
        let bound = self
            .first_wait
            .saturating_mul(doubled)
            .saturating_mul(factor)
            .min(self.longest_wait.saturating_mul(factor));
        bound.mul_f64(jitter.clamp(0.0, 1.0))
    }
}

/// Reads a `Retry-After` header: seconds, or a date (RFC 9110 section 10.2.3). A date in the past means now.
#[must_use]
pub fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(
            value
                .parse()
                .map_or(LONGEST_RETRY_AFTER, Duration::from_secs),
        );
    }
    let at: DateTime<Utc> = httpdate::parse_http_date(value).ok()?.into();
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

/// Whether a status is worth another try (`design.md` section 7 rule 7).
#[must_use]
pub fn is_temporary_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        retries: 10,
        first_wait: Duration::from_secs(1),
        longest_wait: Duration::from_secs(60),
    };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> = (1..=8)
            .map(|attempt| POLICY.wait(attempt, None, false, 1.0).as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(POLICY.wait(3, None, false, 0.5), Duration::from_secs(2));
        assert_eq!(
            POLICY.wait(u32::MAX, None, false, 1.0),
            Duration::from_secs(60)
        );
    }

    #[test]
    fn pushback_waits_longer_and_retry_after_is_obeyed_up_to_a_cap() {
        assert_eq!(POLICY.wait(1, None, true, 1.0), Duration::from_secs(5));
        assert_eq!(POLICY.wait(20, None, true, 1.0), Duration::from_secs(300));
        assert_eq!(
            POLICY.wait(1, Some(Duration::from_secs(7)), true, 0.0),
            Duration::from_secs(7)
        );
        assert_eq!(
            POLICY.wait(1, Some(Duration::from_secs(86_400)), true, 0.0),
            LONGEST_RETRY_AFTER
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        assert_eq!(
            parse_retry_after("120", now),
            Some(Duration::from_secs(120))
        );
        assert_eq!(
            parse_retry_after("Tue, 24 Nov 2026 08:00:30 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            parse_retry_after("Tue, 24 Nov 2026 07:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(
            parse_retry_after("99999999999999999999999", now),
            Some(LONGEST_RETRY_AFTER)
        );
        for wrong in ["", "soon", "-5", "1.5"] {
            assert_eq!(parse_retry_after(wrong, now), None, "{wrong}");
        }
    }
}
