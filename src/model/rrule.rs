//! When Zoho makes a backup by itself: its part of RFC 5545's recurrence rules, and the plain words for it.
//!
//! Zoho knows weeks and months, one weekday or one day of the month, and no time of day. What it would refuse is
//! refused here, before a request that may cost one of the few backups of a month.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::problem::Problem;

/// Zoho's limit for weeks and months alike.
const LONGEST_INTERVAL: u8 = 52;

/// Only the weeks that every month has: Zoho's samples end there, and a fifth one would make gaps nobody asked for.
const LAST_WEEK: u8 = 4;

/// RFC 5545's week, unless a rule says otherwise, and Zoho's can't. An interval of two weeks depends on it.
const WEEK_START: Weekday = Weekday::Mon;

const RAW_HINT: &str = "write it like RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO, RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1TH or RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5";
const WEEKDAY_HINT: &str = "write one of mon tue wed thu fri sat sun";
const MONTHLY_HINT: &str =
    "write a day of the month like 5, or a weekday with its week like 1st-thu, up to 4th-thu";
const END_HINT: &str = "Zoho counts from the start of a month: 28 is the last day that every month has, 4th-fri the last Friday";
const EVERY_HINT: &str = "write it like --every '2 weeks' --on thu or --every '3 months' --on 5";
const DAILY_HINT: &str = "weekly is the most often: --weekly mon, or FREQ=WEEKLY";

/// No rule that Zoho would take: which part is wrong, why, and what to write instead.
fn refused(message: impl Into<String>, hint: &str) -> Problem {
    Problem::configuration(message, hint)
}

fn daily() -> Problem {
    let message = "Zoho makes no daily backups since version 3 of its API";
    refused(message, DAILY_HINT)
}

/// A recurrence that Zoho takes. Read with `parse` from the raw form, which `Display` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    interval: u8,
    day: Day,
}

/// The day in each week or month; it says by itself which of the two is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    OfWeek(Weekday),
    NthOfMonth(u8, Weekday),
    OfMonth(u8),
}

impl Rule {
    /// Every week on this weekday: `mon`.
    pub(crate) fn weekly(on: &str) -> Result<Rule, Problem> {
        let day = day_of_week(on)?;
        Ok(Rule { interval: 1, day })
    }

    /// Every month on this day: `5`, `5th` or `1st-thu`.
    pub(crate) fn monthly(on: &str) -> Result<Rule, Problem> {
        let day = day_of_month(on)?;
        Ok(Rule { interval: 1, day })
    }

    /// Every few weeks or months: `2 weeks`, `2weeks` or `2w` on `thu`, `3 months` on `5` or `1st-thu`.
    pub(crate) fn every(pace: &str, on: &str) -> Result<Rule, Problem> {
        let lower = pace.trim().to_ascii_lowercase();
        let (count, unit) = split_number(&lower);
        let day = match unit.trim_start() {
            "w" | "week" | "weeks" => day_of_week(on)?,
            "m" | "month" | "months" => day_of_month(on)?,
            "d" | "day" | "days" => return Err(daily()),
            _ => {
                let message = format!("{pace:?} is not a number of weeks or months");
                return Err(refused(message, EVERY_HINT));
            }
        };
        let count = if count.is_empty() { "1" } else { count };
        let interval = number("the number of weeks or months", count, LONGEST_INTERVAL)
            .map_err(|message| refused(message, EVERY_HINT))?;
        Ok(Rule { interval, day })
    }

    /// The rule in plain words, without a full stop.
    pub(crate) fn describe(&self) -> String {
        let (once, many) = match self.day {
            Day::OfWeek(_) => ("weekly", "weeks"),
            Day::NthOfMonth(..) | Day::OfMonth(_) => ("monthly", "months"),
        };
        let pace = match self.interval {
            1 => once.to_owned(),
            count => format!("every {count} {many}"),
        };
        let day = match self.day {
            Day::OfWeek(weekday) => name(weekday).to_owned(),
            Day::NthOfMonth(week, weekday) => format!("the {} {}", ordinal(week), name(weekday)),
            Day::OfMonth(day @ ..=28) => format!("the {}", ordinal(day)),
            Day::OfMonth(day) => format!("the {} (months without it are skipped)", ordinal(day)),
        };
        format!("{pace} on {day}")
    }

    /// The dates after a start, which is not among them, by RFC 5545.
    ///
    /// An interval counts from the start's own week, Monday to Sunday, or month, even when its day there is over. So
    /// the dates of a rule with an interval are only right from the day on which it was set. There may be none:
    /// every 12 months on the 30th, set in February.
    pub(crate) fn next(&self, after: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let Rule { interval, day } = *self;
        let first = match day {
            Day::OfWeek(_) => after.week(WEEK_START).checked_first_day(),
            Day::NthOfMonth(..) | Day::OfMonth(_) => after.with_day(1),
        };
        std::iter::successors(first, move |period| match day {
            Day::OfWeek(_) => period.checked_add_days(Days::new(u64::from(interval) * 7)),
            Day::NthOfMonth(..) | Day::OfMonth(_) => {
                period.checked_add_months(Months::new(u32::from(interval)))
            }
        })
        .filter_map(move |period| day.within(period))
        .filter(move |date| *date > after)
    }
}

impl Day {
    /// Its date in the week or month that begins here, if there is one.
    fn within(self, period: NaiveDate) -> Option<NaiveDate> {
        match self {
            Day::OfWeek(weekday) => {
                let later = weekday.days_since(WEEK_START);
                period.checked_add_days(Days::new(u64::from(later)))
            }
            Day::NthOfMonth(week, weekday) => {
                NaiveDate::from_weekday_of_month_opt(period.year(), period.month(), weekday, week)
            }
            Day::OfMonth(day) => period.with_day(u32::from(day)),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (freq, by) = match self.day {
            Day::OfWeek(weekday) => ("WEEKLY", format!("BYDAY={}", code(weekday))),
            Day::NthOfMonth(week, weekday) => ("MONTHLY", format!("BYDAY={week}{}", code(weekday))),
            Day::OfMonth(day) => ("MONTHLY", format!("BYMONTHDAY={day}")),
        };
        let interval = self.interval;
        write!(f, "RRULE:FREQ={freq};INTERVAL={interval};{by}")
    }
}

/// Reads the raw form: parts in any order and either case, with or without `RRULE:` in front.
impl FromStr for Rule {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Rule, Problem> {
        let upper = text.trim().to_ascii_uppercase();
        let parts = Parts::read(upper.strip_prefix("RRULE:").unwrap_or(&upper))?;
        let raw = |message: &str| refused(message, RAW_HINT);
        let is_weekly = match parts.freq.ok_or_else(|| raw("the rule has no FREQ"))? {
            "WEEKLY" => true,
            "MONTHLY" => false,
            "DAILY" => return Err(daily()),
            other => {
                return Err(raw(&format!(
                    "FREQ must be WEEKLY or MONTHLY, not {other:?}"
                )));
            }
        };
        let interval = parts.interval.ok_or_else(|| {
            raw("the rule has no INTERVAL, which Zoho requires even though RFC 5545 has a default")
        })?;
        let interval = number("INTERVAL", interval, LONGEST_INTERVAL).map_err(|m| raw(&m))?;
        let day = match (is_weekly, parts.by_day, parts.by_month_day) {
            (_, None, None) => Err(raw("the rule has neither BYDAY nor BYMONTHDAY")),
            (_, Some(_), Some(_)) => Err(raw(
                "the rule has both BYDAY and BYMONTHDAY: use one of them",
            )),
            (true, Some(text), None) => raw_weekday(text).map(Day::OfWeek),
            (true, None, Some(_)) => Err(raw("BYMONTHDAY works only with FREQ=MONTHLY")),
            (false, Some(text), None) => raw_nth_weekday(text),
            (false, None, Some(text)) => number("BYMONTHDAY", text, 31)
                .map(Day::OfMonth)
                .map_err(|message| refused(message, END_HINT)),
        }?;
        Ok(Rule { interval, day })
    }
}

/// The parts of a raw rule, not yet judged.
#[derive(Default)]
struct Parts<'a> {
    freq: Option<&'a str>,
    interval: Option<&'a str>,
    by_day: Option<&'a str>,
    by_month_day: Option<&'a str>,
}

impl Parts<'_> {
    /// Takes a rule in upper case and without its prefix.
    fn read(text: &str) -> Result<Parts<'_>, Problem> {
        let mut parts = Parts::default();
        for part in text.split(';') {
            let (key, value) = part.split_once('=').ok_or_else(|| {
                refused(format!("{part:?} is not a part like FREQ=WEEKLY"), RAW_HINT)
            })?;
            let place = match key {
                "FREQ" => &mut parts.freq,
                "INTERVAL" => &mut parts.interval,
                "BYDAY" => &mut parts.by_day,
                "BYMONTHDAY" => &mut parts.by_month_day,
                _ => return Err(unknown(key)),
            };
            if place.replace(value).is_some() {
                return Err(refused(format!("{key} is given twice"), RAW_HINT));
            }
        }
        Ok(parts)
    }
}

/// A part that Zoho does not have, or no longer.
fn unknown(key: &str) -> Problem {
    match key {
        "COUNT" | "UNTIL" => refused(
            format!("Zoho accepts no {key}: a schedule has no end of its own"),
            "leave it out, and stop the schedule with `backup-fetch cancel`",
        ),
        "BYHOUR" | "BYMINUTE" | "BYSECOND" => refused(
            format!("Zoho accepts no {key}: it chooses the time of day"),
            "leave it out",
        ),
        _ => refused(format!("Zoho accepts no {key:?} in a rule"), RAW_HINT),
    }
}

/// `TH`; RFC 5545 would take a list.
fn raw_weekday(text: &str) -> Result<Weekday, Problem> {
    let message = format!("BYDAY must be one of MO TU WE TH FR SA SU, not {text:?}");
    week()
        .find(|weekday| code(*weekday) == text)
        .ok_or_else(|| refused(message, RAW_HINT))
}

/// `1TH`. RFC 5545 reads `TH` as all Thursdays and `-1TH` as the last one; Zoho has neither.
fn raw_nth_weekday(text: &str) -> Result<Day, Problem> {
    if text.starts_with('-') {
        let message = format!("BYDAY={text} counts from the end of the month");
        return Err(refused(message, END_HINT));
    }
    let (week, weekday) = split_number(text.strip_prefix('+').unwrap_or(text));
    let week = number("the week in a monthly BYDAY", week, LAST_WEEK)
        .map_err(|message| refused(message, RAW_HINT))?;
    Ok(Day::NthOfMonth(week, raw_weekday(weekday)?))
}

/// `thu`.
fn day_of_week(text: &str) -> Result<Day, Problem> {
    let message = || {
        if text.contains(',') {
            format!("Zoho accepts only one weekday, not {text:?}")
        } else {
            format!("{text:?} is not a weekday")
        }
    };
    weekday(text)
        .map(Day::OfWeek)
        .ok_or_else(|| refused(message(), WEEKDAY_HINT))
}

/// `5`, `5th` or `1st-thu`. Whoever writes `1th` may mean the raw form's first Thursday: that is refused, not guessed.
fn day_of_month(text: &str) -> Result<Day, Problem> {
    let lower = text.trim().to_ascii_lowercase();
    if lower.starts_with("last") {
        let message = format!("{text:?} counts from the end of the month");
        return Err(refused(message, END_HINT));
    }
    if let Some(weekday) = weekday(&lower) {
        let message = format!("which {} of the month?", name(weekday));
        return Err(refused(message, MONTHLY_HINT));
    }
    let wrong = |message: String| refused(message, MONTHLY_HINT);
    let no_day = || wrong(format!("{text:?} is not a day of the month"));
    let (nth, in_week) = match lower.split_once(['-', ' ']) {
        Some((nth, name)) => (nth, Some(weekday(name).ok_or_else(no_day)?)),
        None => (lower.as_str(), None),
    };
    let (digits, suffix) = split_number(nth);
    let (what, most) = match in_week {
        Some(_) => ("the week of the month", LAST_WEEK),
        None => ("the day of the month", 31),
    };
    if digits.is_empty() {
        return Err(no_day());
    }
    let count = number(what, digits, most).map_err(wrong)?;
    if !suffix.is_empty() && ordinal(count) != format!("{count}{suffix}") {
        return Err(no_day());
    }
    Ok(in_week.map_or(Day::OfMonth(count), |weekday| {
        Day::NthOfMonth(count, weekday)
    }))
}

/// A weekday by the start of its English name, two letters or more, in either case.
fn weekday(text: &str) -> Option<Weekday> {
    let lower = text.trim().to_ascii_lowercase();
    week()
        .find(|weekday| lower.len() >= 2 && name(*weekday).to_ascii_lowercase().starts_with(&lower))
}

/// A number from 1 on, or what is wrong with it.
fn number(what: &str, digits: &str, most: u8) -> Result<u8, String> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits
        .parse()
        .ok()
        .filter(|value| (1..=most).contains(value));
    value
        .filter(|_| plain) // parse takes a plus sign, too
        .ok_or_else(|| format!("{what} must be a number from 1 to {most}, not {digits:?}"))
}

/// The digits in front, and the rest.
fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

/// `1st`.
fn ordinal(number: u8) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// Monday to Sunday.
fn week() -> impl Iterator<Item = Weekday> {
    std::iter::successors(Some(Weekday::Mon), |weekday| Some(weekday.succ())).take(7)
}

fn name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// RFC 5545's two letters, which are those of the English name.
fn code(weekday: Weekday) -> String {
    name(weekday)[..2].to_ascii_uppercase()
}

#[cfg(test)]
mod tests;
