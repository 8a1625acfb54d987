//! Sizes, rates and times as people read them. Every size the program shows is decimal (1 MB = 1,000,000 bytes), as
//! disks and networks count, and is written here.

use std::time::Duration;

use chrono::{DateTime, Local, SecondsFormat, Utc};

const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];

/// A size: `532 B`, `441.2 MB`, `1.3 TB`.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Counted in tenths of a kB, so that 999,950 bytes round up into the next unit and not to "1000.0 kB".
    let mut tenths = (u128::from(bytes) + 50) / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// A size in a column; `?` for one that is not known.
pub(crate) fn size_column(bytes: Option<u64>) -> String {
    format!("{:>8}", bytes.map_or_else(|| "?".to_owned(), size))
}

/// A rate: `23.4 MB/s`.
pub(super) fn rate(bytes_per_second: u64) -> String {
    format!("{}/s", size(bytes_per_second))
}

/// The rate at which `bytes` came in `took`; nothing for a time too short to divide by.
pub(super) fn rate_of(bytes: u64, took: Duration) -> Option<String> {
    let millis = took.as_millis();
    let per_second = (u128::from(bytes) * 1000).checked_div(millis)?;
    (millis > 1).then(|| rate(u64::try_from(per_second).unwrap_or(u64::MAX)))
}

/// A span of time in its two largest units: `0.4s`, `41s`, `1m 12s`, `2h 05m`, `6d 4h`.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if time.is_zero() {
        "0s".to_owned()
    } else if seconds == 0 {
        format!("0.{}s", (time.subsec_millis() / 100).max(1))
    } else if minutes == 0 {
        format!("{seconds}s")
    } else if hours == 0 {
        format!("{minutes}m {:02}s", seconds % 60)
    } else if days == 0 {
        format!("{hours}h {:02}m", minutes % 60)
    } else {
        format!("{days}d {}h", hours % 24)
    }
}

/// How long something took, rounded to the nearest tenth below ten seconds and to the nearest second above, so that size,
/// time and rate of one line fit together: `2.0s`, `42s`, `1m 12s`.
pub(crate) fn took(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    if tenths < 100 {
        format!("{}.{}s", tenths / 10, tenths % 10)
    } else {
        span(Duration::from_secs(
            (time + Duration::from_millis(500)).as_secs(),
        ))
    }
}

/// The time of a line in a log: that of this place, with its distance from UTC, so that it can be compared with the clock
/// on the wall and with other logs. RFC 3339: `2026-11-26T19:05:12+01:00`.
pub(super) fn now() -> String {
    Local::now().to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A day, in the time of this place: `2026-11-26`.
pub(crate) fn date(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d").to_string()
}

/// The same with the minute: `2026-11-26 19:05`.
pub(crate) fn minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// A count as people read it: `12,345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `6 files`.
pub(crate) fn files(count: usize) -> String {
    if count == 1 {
        "1 file".to_owned()
    } else {
        format!("{count} files")
    }
}

/// Of many names so many are shown: a mail about three hundred files must stay one that is read.
const NAMED: usize = 8;

/// `a.zip, b.zip and 291 more`.
pub(crate) fn names<T: AsRef<str>>(all: &[T]) -> String {
    let (shown, rest) = all.split_at(all.len().min(NAMED));
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    let rest = match rest.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("{}{rest}", shown.join(", "))
}

/// How much of `total` is done, from 0 to 100; 100 only when nothing is missing.
pub(super) fn percent(done: u64, total: u64) -> u64 {
    match u128::from(total) {
        0 => 100,
        total => u64::try_from(u128::from(done) * 100 / total).map_or(100, |share| share.min(100)),
    }
}

/// The text in at most `width` characters, cut in the middle, where `mark` stands then: names of one set differ at their end.
pub(super) fn shorten(text: &str, width: usize, mark: char) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let head = kept / 2;
    text.chars()
        .take(head)
        .chain((width > 0).then_some(mark))
        .chain(text.chars().skip(length - (kept - head)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_and_round_into_the_next_unit() {
        let shown = [
            0,
            999,
            1000,
            999_949,
            999_950,
            734_003_200,
            1 << 40,
            u64::MAX,
        ]
        .map(size);
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "734.0 MB", "1.1 TB", "18.4 EB"
            ]
        );
    }

    #[test]
    fn counts_have_a_comma_before_each_three_digits() {
        let shown = [0, 999, 1000, 123_456, u64::MAX].map(count);
        let expected = ["0", "999", "1,000", "123,456", "18,446,744,073,709,551,615"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn times_have_two_units_at_most() {
        let shown = [0, 50, 400, 41_900, 72_000, 7_500_000, 532_800_000]
            .map(|millis| span(Duration::from_millis(millis)));
        assert_eq!(
            shown,
            ["0s", "0.1s", "0.4s", "41s", "1m 12s", "2h 05m", "6d 4h"]
        );
    }

    #[test]
    fn what_was_measured_is_rounded_to_the_nearest() {
        let shown = [0, 40, 1970, 9940, 9960, 41_500, 59_700, 7_500_000]
            .map(|millis| took(Duration::from_millis(millis)));
        assert_eq!(
            shown,
            [
                "0.0s", "0.0s", "2.0s", "9.9s", "10s", "42s", "1m 00s", "2h 05m"
            ]
        );
    }

    #[test]
    fn a_rate_needs_time_to_divide_by() {
        assert_eq!(
            rate_of(50_000_000, Duration::from_secs(2)).unwrap(),
            "25.0 MB/s"
        );
        assert_eq!(rate_of(50_000_000, Duration::ZERO), None);
    }

    #[test]
    fn a_hundred_percent_means_all_of_it() {
        assert_eq!(percent(999_999, 1_000_000), 99);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
        assert_eq!(percent(12, 10), 100);
        assert_eq!(percent(0, 0), 100);
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(
            shorten("Attachments_000012.zip", 16, '…'),
            "Attachm…0012.zip"
        );
        assert_eq!(shorten("Data_001.zip", 12, '…'), "Data_001.zip");
        assert_eq!(shorten("Data_001.zip", 1, '…'), "…");
        assert_eq!(shorten("Data_001.zip", 0, '…'), "");
    }
}
