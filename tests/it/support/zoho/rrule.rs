//! The rules of a recurring backup that Zoho takes (`zoho-api.md` section 1.4), and the days they mean.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("SU", Weekday::Sun),
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
];

/// Which day of its week or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    OfWeek(Weekday),
    /// The first to fourth such day of a month.
    NthOfMonth(u32, Weekday),
    OfMonth(u32),
}

/// A rule that Zoho takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As it was sent.
    pub text: String,
    interval: u32,
    day: Day,
}

impl Rule {
    /// Nothing when Zoho would reject it: no prefix, a part that is missing, doubled, unknown or out of its range.
    pub fn parse(text: &str) -> Option<Rule> {
        let (mut freq, mut interval, mut by_day, mut by_month_day) = (None, None, None, None);
        for part in text.strip_prefix("RRULE:")?.split(';') {
            let (name, value) = part.split_once('=')?;
            let place = match name {
                "FREQ" => &mut freq,
                "INTERVAL" => &mut interval,
                "BYDAY" => &mut by_day,
                "BYMONTHDAY" => &mut by_month_day,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let day = match (freq?, by_day, by_month_day) {
            ("WEEKLY", Some(day), None) => Day::OfWeek(weekday(day)?),
            ("MONTHLY", Some(day), None) => {
                let (number, day) = day.split_at_checked(1)?;
                Day::NthOfMonth(number_in(number, 4)?, weekday(day)?)
            }
            ("MONTHLY", None, Some(day)) => Day::OfMonth(number_in(day, 31)?),
            _ => return None,
        };
        Some(Rule {
            text: text.to_owned(),
            interval: number_in(interval?, 52)?,
            day,
        })
    }

    /// As the history words it.
    pub fn repeat_type(&self) -> Option<&'static str> {
        match (self.day, self.interval) {
            (Day::OfWeek(_), 1) => Some("weekly"),
            (Day::OfWeek(_), 2) => Some("biweekly"),
            (Day::OfWeek(_), _) => None,
            (Day::NthOfMonth(..) | Day::OfMonth(_), _) => Some("monthly"),
        }
    }

    /// The first time after this moment's day, at one o'clock.
    pub fn first_after(&self, moment: DateTime<Utc>) -> DateTime<Utc> {
        self.match_from(moment.date_naive() + Days::new(1))
    }

    /// The time after the one at `last`.
    pub fn next_after(&self, last: DateTime<Utc>) -> DateTime<Utc> {
        let last = last.date_naive();
        let from = match self.day {
            Day::OfWeek(_) => last + Days::new(7 * u64::from(self.interval)),
            Day::NthOfMonth(..) | Day::OfMonth(_) => {
                last.with_day(1).expect("each month has one") + Months::new(self.interval)
            }
        };
        self.match_from(from)
    }

    fn match_from(&self, from: NaiveDate) -> DateTime<Utc> {
        let date = from
            .iter_days()
            .find(|date| self.is_met_by(*date))
            .expect("dates do not end");
        let hour = NaiveTime::from_hms_opt(1, 0, 0).expect("a time of day");
        date.and_time(hour).and_utc()
    }

    fn is_met_by(&self, date: NaiveDate) -> bool {
        match self.day {
            Day::OfWeek(day) => date.weekday() == day,
            Day::NthOfMonth(nth, day) => date.weekday() == day && date.day0() / 7 + 1 == nth,
            Day::OfMonth(day) => date.day() == day,
        }
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let (_, day) = WEEKDAYS.iter().find(|(name, _)| *name == text)?;
    Some(*day)
}

/// From 1 to `most`, as digits.
fn number_in(text: &str, most: u32) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| is_plain && (1..=most).contains(number))
}
