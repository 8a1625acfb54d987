//! When the links of a backup expire.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::refused_listing;
use crate::problem::Problem;

/// When the links of a backup expire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// As Zoho wrote it.
    pub(crate) text: String,
    pub(crate) at: DateTime<FixedOffset>,
    /// Zoho named no time zone, and UTC is a guess.
    pub(crate) is_guessed: bool,
}

impl Expiry {
    pub(crate) fn parse(text: &str) -> Result<Expiry, Problem> {
        let (at, is_guessed) = read_date(text).ok_or_else(|| refused_listing::not_a_date(text))?;
        Ok(Expiry {
            text: text.to_owned(),
            at,
            is_guessed,
        })
    }

    /// The same by a clock that Zoho's is so far `ahead` of.
    pub(crate) fn by_a_clock_behind(&self, ahead: TimeDelta) -> Expiry {
        Expiry {
            at: self.at.checked_sub_signed(ahead).unwrap_or(self.at),
            ..self.clone()
        }
    }

    pub(crate) fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.at <= now
    }

    /// How long the links are valid from `now`; negative when they have expired.
    pub(crate) fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        self.at.with_timezone(&Utc) - now
    }
}

/// Until then a day lasts that is named without a time.
const LAST_SECOND: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of the day");

/// Reads an ISO 8601 date: with a numeric offset, with or without its colon, as Zoho's pages show it; or without one,
/// which is then guessed to be UTC (true). A bare day lasts until its end.
pub(crate) fn read_date(text: &str) -> Option<(DateTime<FixedOffset>, bool)> {
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"));
    if let Ok(at) = with_offset {
        return Some((at, false));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|_| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
            day.map(|day| day.and_time(LAST_SECOND))
        });
    Some((local.ok()?.and_utc().fixed_offset(), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_zone_is_guessed_and_a_bare_day_lasts_until_its_end() {
        let read = |text| read_date(text).map(|(at, guessed)| (at.to_rfc3339(), guessed));
        for (text, at, guessed) in [
            (
                "2022-06-30T17:31:03+0530",
                "2022-06-30T17:31:03+05:30",
                false,
            ),
            ("2022-06-30T17:31:03", "2022-06-30T17:31:03+00:00", true),
            ("2022-06-30", "2022-06-30T23:59:59+00:00", true),
        ] {
            assert_eq!(read(text), Some((at.to_owned(), guessed)), "{text}");
        }
        for wrong in [
            "",
            "next week",
            "20220630",
            "2022-06-31",
            "2022-06-30T25:00:00",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_expiry_with_offset_is_an_instant() {
        let expiry = Expiry::parse("2022-06-30T17:31:03+05:30").unwrap();
        let noon: DateTime<Utc> = "2022-06-30T12:01:03Z".parse().unwrap();
        assert!(expiry.is_past(noon));
        assert!(!expiry.is_past(noon - TimeDelta::seconds(1)));
        assert!(Expiry::parse("next week").is_err());
    }
}
