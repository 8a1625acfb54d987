//! `expiry_date`: what is read keeps its text, is one instant however it is written, and is past or not, never both.

use crate::model::Expiry;
use chrono::{DateTime, TimeDelta, Utc};

pub fn expiry(text: &str) {
    let Ok(expiry) = Expiry::parse(text) else {
        return;
    };
    assert_eq!(expiry.text, text);
    let again = Expiry::parse(&expiry.at.to_rfc3339()).unwrap();
    assert_eq!(again.at, expiry.at, "{text:?}");
    assert_eq!(again.at.offset(), expiry.at.offset(), "{text:?}");
    let at = expiry.at.with_timezone(&Utc);
    assert!(expiry.is_past(at), "{text:?}");
    let second = TimeDelta::seconds(1);
    for now in [at - second, at, at + second, DateTime::UNIX_EPOCH] {
        assert_eq!(
            expiry.is_past(now),
            expiry.left(now) <= TimeDelta::zero(),
            "{text:?} at {now}"
        );
    }
}
