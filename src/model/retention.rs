//! Which saved backups are kept: the rules of `restic forget`, on dates alone.
//!
//! Each rule goes over the backups from the newest to the oldest. A rule of a period keeps the newest of each day, week, month
//! or year, as many as it counts, in the local time zone; and where it has some left, the oldest of all. Whatever one rule keeps
//! is kept. Beyond restic the newest is kept whatever the rules say, and so is a backup whose date can't be right.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};

/// How many a rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Of(u32),
    Unlimited,
}

impl FromStr for Count {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Count, &'static str> {
        match text {
            "unlimited" => Ok(Count::Unlimited),
            text => text
                .parse()
                .map(Count::Of)
                .map_err(|_| "write a whole number, or unlimited"),
        }
    }
}

/// A time by the calendar, such as `1y6m` or `2y5m7d3h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Years, months, days and hours.
    parts: [u32; 4],
}

const UNITS: [char; 4] = ['y', 'm', 'd', 'h'];

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Span, &'static str> {
        let wrong = "write it like 30d, 1y or 2y5m7d3h (years, months, days, hours)";
        let mut parts = [None; 4];
        for piece in text.split_inclusive(UNITS) {
            let unit = UNITS.iter().position(|unit| piece.ends_with(*unit));
            let part = &mut parts[unit.ok_or(wrong)?];
            let number = &piece[..piece.len() - 1];
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            if part.is_some() || !is_number {
                return Err(wrong);
            }
            *part = Some(number.parse().map_err(|_| wrong)?);
        }
        let parts = parts.map(Option::unwrap_or_default);
        if parts == [0; 4] {
            return Err(wrong);
        }
        Ok(Span { parts })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().zip(UNITS);
        let mut some = parts.filter(|(number, _)| **number > 0);
        some.try_for_each(|(number, unit)| write!(formatter, "{number}{unit}"))
    }
}

impl Span {
    /// The moment so long before `at`; nothing where the calendar does not reach. A day that a month has not is counted on into
    /// the next month, as restic does.
    fn before<Z: TimeZone>(self, at: &DateTime<Z>) -> Option<DateTime<Z>> {
        let [years, months, days, hours] = self.parts.map(i64::from);
        let local = at.naive_local();
        let month = i64::from(local.year()) * 12 + i64::from(local.month0()) - years * 12 - months;
        let year = i32::try_from(month.div_euclid(12)).ok()?;
        let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let day = first.checked_add_days(Days::new(u64::from(local.day0())))?;
        let day = day.checked_sub_days(Days::new(u64::try_from(days).ok()?))?;
        let local = day.and_time(local.time());
        let zone = at.timezone();
        let found = zone.from_local_datetime(&local).earliest();
        // An hour that a summer time leaves out is counted from the day before.
        let found = found.or_else(|| {
            let before = local.checked_sub_days(Days::new(1))?;
            let before = zone.from_local_datetime(&before).earliest()?;
            before.checked_add_signed(TimeDelta::days(1))
        });
        found?.checked_sub_signed(TimeDelta::try_hours(hours)?)
    }
}

/// What is to be kept. A rule that is not given keeps nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) last: Option<Count>,
    pub(crate) daily: Option<Count>,
    pub(crate) weekly: Option<Count>,
    pub(crate) monthly: Option<Count>,
    pub(crate) yearly: Option<Count>,
    pub(crate) within: Option<Span>,
}

impl Rules {
    /// Whether they would keep nothing at all.
    pub(crate) fn are_empty(&self) -> bool {
        let counts = [
            self.last,
            self.daily,
            self.weekly,
            self.monthly,
            self.yearly,
        ];
        let keeps_none = |count: Option<Count>| matches!(count, None | Some(Count::Of(0)));
        self.within.is_none() && counts.into_iter().all(keeps_none)
    }
}

/// A complete backup of one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dated {
    /// When it became complete, by the clock of this machine.
    pub(crate) at: DateTime<Utc>,
    /// When its links expire, which is by Zoho's clock.
    pub(crate) expiry: Option<DateTime<Utc>>,
}

/// Why each of the backups of one organisation is kept, in their order; one without a reason is not.
pub(crate) fn reasons<Z: TimeZone>(
    rules: &Rules,
    backups: &[Dated],
    now: DateTime<Utc>,
    zone: &Z,
) -> Vec<Vec<String>> {
    let mut reasons = vec![Vec::new(); backups.len()];
    let mut order = Vec::new();
    for (index, backup) in backups.iter().enumerate() {
        if backup.at <= now {
            order.push(index);
        } else {
            // As the newest it would stand in the place of the one that is.
            reasons[index].push("dated in the future".to_owned());
        }
    }
    // Of two of one second the later in the list.
    order.sort_by_key(|index| Reverse((backups[*index].at, *index)));
    let Some(newest) = order.first().copied() else {
        return reasons;
    };
    let local = |index: usize| backups[index].at.with_timezone(zone);
    reasons[newest].push("newest".to_owned());
    for (name, count, period) in periods(rules) {
        let mut left = count;
        let mut latest = None;
        for (place, index) in order.iter().enumerate() {
            if left == Count::Of(0) {
                break;
            }
            let (this, is_oldest) = (
                period(&local(*index).naive_local().date(), place),
                place + 1 == order.len(),
            );
            let is_new = latest.as_ref() != Some(&this);
            if is_new || is_oldest {
                let oldest = if is_new { "" } else { "oldest " };
                let shown = if name == "last" { "" } else { &this };
                let reason = format!("{oldest}{name} {shown}");
                reasons[*index].push(reason.trim_end().to_owned());
                latest = Some(this);
                left = match left {
                    Count::Of(count) => Count::Of(count - 1),
                    Count::Unlimited => Count::Unlimited,
                };
            }
        }
    }
    if let Some(within) = rules.within {
        let since = within.before(&local(newest));
        for index in &order {
            if since.as_ref().is_none_or(|since| local(*index) > *since) {
                reasons[*index].push(format!("within {within}"));
            }
        }
    }
    keep_latest_links(backups, &mut reasons);
    reasons
}

type Period = fn(&NaiveDate, usize) -> String;

/// The rules that count, each with the period of which it keeps one. The place of a backup is a period of its own.
fn periods(rules: &Rules) -> impl Iterator<Item = (&'static str, Count, Period)> {
    let all: [(&str, Option<Count>, Period); 5] = [
        ("last", rules.last, |_, place| place.to_string()),
        ("daily", rules.daily, |date, _| date.to_string()),
        ("weekly", rules.weekly, |date, _| {
            date.format("%G-W%V").to_string()
        }),
        ("monthly", rules.monthly, |date, _| {
            date.format("%Y-%m").to_string()
        }),
        ("yearly", rules.yearly, |date, _| {
            date.format("%Y").to_string()
        }),
    ];
    all.into_iter()
        .filter_map(|(name, count, period)| Some((name, count?, period)))
}

/// A clock that was wrong dates a backup in the past: which one is the newest is told by its links, too.
fn keep_latest_links(backups: &[Dated], reasons: &mut [Vec<String>]) {
    let Some(latest) = backups.iter().filter_map(|backup| backup.expiry).max() else {
        return;
    };
    let all = backups.iter().zip(reasons);
    let mut with_latest: Vec<_> = all
        .filter(|(backup, _)| backup.expiry == Some(latest))
        .collect();
    if with_latest.iter().all(|(_, reasons)| reasons.is_empty()) {
        let newest = with_latest.iter_mut().max_by_key(|(backup, _)| backup.at);
        if let Some((_, reasons)) = newest {
            reasons.push("latest links".to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
