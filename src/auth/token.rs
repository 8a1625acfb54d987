//! An access token, and how long it is good for.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

/// A token is renewed when less than this is left of it, so that it does not expire while a file is opened with it.
const RENEW_BEFORE: TimeDelta = TimeDelta::minutes(10);

/// And less than this part of its life: a token that is good for minutes would be renewed all the time otherwise.
const RENEW_PART: i32 = 6;

#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    pub(crate) secret: SecretString,
    pub(crate) issued: DateTime<Utc>,
    /// Nothing when Zoho did not say: then it is good for this run, and not to be cached.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// What it opens, in Zoho's words, where Zoho said so.
    pub(crate) scopes: Option<String>,
}

impl AccessToken {
    /// Whether it is this one.
    pub(super) fn is(&self, secret: &SecretString) -> bool {
        self.secret.expose_secret() == secret.expose_secret()
    }

    /// Whether enough of its life is left to start a file with.
    pub(super) fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let Some(expires) = self.expires else {
            return true;
        };
        let left = expires - now;
        // An issue time in the future means that the clock was set back: nothing about this token is known.
        self.issued <= now
            && (left >= RENEW_BEFORE || left >= (expires - self.issued) / RENEW_PART)
            && left > TimeDelta::zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn token(issued: i64, expires: i64) -> AccessToken {
        AccessToken {
            secret: "t".into(),
            issued: at(issued),
            expires: Some(at(expires)),
            scopes: None,
        }
    }

    #[test]
    fn an_hour_token_is_renewed_ten_minutes_before_its_end() {
        let token = token(1000, 4600);
        assert!(token.is_fresh(at(1000)));
        assert!(token.is_fresh(at(4000)));
        assert!(!token.is_fresh(at(4001)));
    }

    #[test]
    fn a_short_token_is_used_for_most_of_its_life() {
        let token = token(1000, 1060);
        assert!(token.is_fresh(at(1050)));
        assert!(!token.is_fresh(at(1051)));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_a_token_stale() {
        assert!(!token(1000, 4600).is_fresh(at(999)));
    }
}
