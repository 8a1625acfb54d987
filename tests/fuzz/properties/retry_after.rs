//! `Retry-After`: seconds are taken by their number, a date ends the wait at that date, and no wait is without end.

use std::time::Duration;

use crate::http::retry::{Backoff, RetryPolicy, parse_retry_after};
use chrono::{DateTime, TimeDelta, Utc};

const POLICY: RetryPolicy = RetryPolicy {
    retries: 10,
    first_wait: Duration::from_secs(1),
    longest_wait: Duration::from_secs(60),
    until: None,
};

/// Longer than any server means.
const ENDLESS: Duration = Duration::from_secs(366 * 24 * 3600);

pub fn retry_after(text: &str) {
    let now = DateTime::from_timestamp(1_795_507_200, 0).unwrap();
    let Some(asked) = parse_retry_after(text, now) else {
        return;
    };
    assert!(asked <= ENDLESS);
    let backoff = Backoff {
        retry_after: Some(asked),
        is_pushback: true,
    };
    assert!(POLICY.wait(1, backoff, 0.5) > asked);
    let trimmed = text.trim();
    if trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        match trimmed.parse() {
            Ok(seconds) => assert_eq!(asked, Duration::from_secs(seconds).min(ENDLESS)),
            Err(_) => assert_eq!(asked, ENDLESS),
        }
        return;
    }
    if asked == ENDLESS {
        return;
    }
    // A date says the same when it is read at another moment.
    assert_eq!(asked.subsec_nanos(), 0, "{text:?}");
    let at: DateTime<Utc> = now + TimeDelta::from_std(asked).unwrap();
    assert_eq!(
        parse_retry_after(text, at),
        Some(Duration::ZERO),
        "{text:?}"
    );
    if !asked.is_zero() {
        let earlier = now - TimeDelta::seconds(7);
        assert_eq!(
            parse_retry_after(text, earlier),
            Some((asked + Duration::from_secs(7)).min(ENDLESS))
        );
    }
}
