//! Times and rates as people write them, behind a flag or in a profile.

use std::ffi::OsStr;
use std::time::Duration;

use bytesize::ByteSize;
use clap::ValueEnum;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::{LockMode, Only};

/// Any text, where completions offer these. What is wrong with it is said with what else depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suggested(pub(super) &'static [&'static str]);

impl TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// A rule in Zoho's words, which have a `=` at least.
pub(super) fn rule(text: &str) -> Result<String, String> {
    if text.contains('=') {
        Ok(text.to_owned())
    } else {
        Err("it is not a rule like RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO".to_owned())
    }
}

/// `30s`, `5m`, `2h30m`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 30s, 5m or 2h30m"))
}

/// `500K`, `10M`, `1MiB`: bytes a second.
pub(crate) fn rate(text: &str) -> Result<u64, String> {
    let wrong = || "write it like 500K, 10M or 1MiB (bytes a second)".to_owned();
    let rate: ByteSize = text.trim_end_matches("/s").parse().map_err(|_| wrong())?;
    match rate.as_u64() {
        0 => Err(format!("it must be greater than zero; {}", wrong())),
        rate => Ok(rate),
    }
}

/// A time that is not zero.
pub(crate) fn positive_time(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("it must be greater than zero".into()),
        time => Ok(time),
    }
}

/// `flock` or `none`.
pub(crate) fn lock(text: &str) -> Result<LockMode, String> {
    LockMode::from_str(text, false).map_err(|_| "it must be flock or none".to_owned())
}

/// `data` or `attachments`.
pub(crate) fn only(text: &str) -> Result<Only, String> {
    Only::from_str(text, false).map_err(|_| "it must be data or attachments".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_like_people_write_them() {
        assert_eq!(rate("500K"), Ok(500_000));
        assert_eq!(rate("10M"), Ok(10_000_000));
        assert_eq!(rate("1MiB"), Ok(1_048_576));
        assert_eq!(rate("1MiB/s"), Ok(1_048_576));
        assert!(rate("0").is_err());
        assert!(rate("fast").is_err());
    }

    #[test]
    fn times_are_written_like_people_write_them() {
        assert_eq!(time("2h30m").unwrap(), Duration::from_secs(9000));
        assert!(time("30").is_err());
        assert!(positive_time("0s").is_err());
    }
}
