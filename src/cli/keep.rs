//! Which saved backups are kept: the rules of restic, as flags and as the table `keep` of a profile.

use std::fmt;

use clap::Args;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::value_error::ValueError;
use crate::model::retention::{Count, Rules, Span};
use crate::problem::Problem;

/// Any flag of these takes the place of the whole table: the key of a profile is the name of the group.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a table such as { last = 4, monthly = 12 }"
)]
#[group(id = "keep")]
pub(crate) struct KeepOptions {
    /// Keep the last N backups
    #[arg(id = "keep_last", long = "keep-last", value_name = "N")]
    last: Option<KeepCount>,

    /// Keep the last backup of each of the last N days that have one
    #[arg(id = "keep_daily", long = "keep-daily", value_name = "N")]
    daily: Option<KeepCount>,

    /// Keep the last backup of each of the last N weeks that have one
    #[arg(id = "keep_weekly", long = "keep-weekly", value_name = "N")]
    weekly: Option<KeepCount>,

    /// Keep the last backup of each of the last N months that have one
    #[arg(id = "keep_monthly", long = "keep-monthly", value_name = "N")]
    monthly: Option<KeepCount>,

    /// Keep the last backup of each of the last N years that have one
    #[arg(id = "keep_yearly", long = "keep-yearly", value_name = "N")]
    yearly: Option<KeepCount>,

    /// Keep every backup that is at most this much older than the newest, such as 30d or 2y5m7d3h
    #[arg(id = "keep_within", long = "keep-within", value_name = "DURATION")]
    within: Option<KeepWithin>,
}

impl KeepOptions {
    /// # Errors
    /// They would keep nothing.
    pub(crate) fn rules(&self) -> Result<Rules, Problem> {
        let count = |given: Option<KeepCount>| given.map(|KeepCount(count)| count);
        let rules = Rules {
            last: count(self.last),
            daily: count(self.daily),
            weekly: count(self.weekly),
            monthly: count(self.monthly),
            yearly: count(self.yearly),
            within: self.within.map(|KeepWithin(span)| span),
        };
        if rules.are_empty() {
            return Err(Problem::configuration(
                "nothing says which backups to keep",
                "give at least one rule, such as --keep-last 4 or --keep-monthly 12, or `keep = { last = 4, monthly = 12 }` in the profile",
            ));
        }
        Ok(rules)
    }
}

/// A whole number, or `unlimited`.
#[derive(Debug, Clone, Copy)]
struct KeepCount(Count);

impl std::str::FromStr for KeepCount {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<KeepCount, ValueError> {
        text.parse().map(KeepCount).map_err(ValueError::bare)
    }
}

impl<'de> Deserialize<'de> for KeepCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeepCount, D::Error> {
        struct NumberOrWord;

        impl Visitor<'_> for NumberOrWord {
            type Value = KeepCount;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a whole number or \"unlimited\"")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<KeepCount, E> {
                let wrong = || E::invalid_value(serde::de::Unexpected::Signed(number), &self);
                let number = u32::try_from(number).map_err(|_| wrong())?;
                Ok(KeepCount(Count::Of(number)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<KeepCount, E> {
                let is_word = text == "unlimited";
                let wrong = || E::invalid_type(serde::de::Unexpected::Str(text), &self);
                is_word
                    .then_some(KeepCount(Count::Unlimited))
                    .ok_or_else(wrong)
            }
        }

        deserializer.deserialize_any(NumberOrWord)
    }
}

/// By the calendar.
#[derive(Debug, Clone, Copy)]
struct KeepWithin(Span);

impl std::str::FromStr for KeepWithin {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<KeepWithin, ValueError> {
        text.parse().map(KeepWithin).map_err(ValueError::bare)
    }
}

impl<'de> Deserialize<'de> for KeepWithin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeepWithin, D::Error> {
        super::values::from_text(deserializer, str::parse)
    }
}
