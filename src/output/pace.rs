//! How fast it goes and how long it will take: an estimate of our own, because a rate that counts resumed bytes or
//! smooths over a whole run says nothing about the next minutes.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::tally::{Snapshot, Total};
use super::units;

/// Long enough that a burst does not make the time left jump, short enough that a stall shows.
const WINDOW: Duration = Duration::from_secs(12);

/// Two samples a second are enough for a window of twelve.
const SPACING: Duration = Duration::from_millis(500);

/// From less than this no rate is told.
const SHORTEST: Duration = Duration::from_secs(1);

/// Links with less life than this are shown as a warning.
const SHORT_LIFE: TimeDelta = TimeDelta::hours(1);

/// Times left beyond this are noise of a stall.
const LONGEST_LEFT: Duration = Duration::from_hours(30 * 24);

/// The rate over the last seconds, from samples of a counter that only grows.
#[derive(Debug, Default)]
pub(super) struct Estimate {
    samples: VecDeque<(Duration, u64)>,
}

impl Estimate {
    /// Takes the counter at a moment; moments come in order.
    pub(super) fn sample(&mut self, at: Duration, bytes: u64) {
        // Before the first byte there is only the time it took to connect, which is no rate.
        if let [(only, same)] = self.samples.make_contiguous()
            && *same == bytes
        {
            *only = at;
            return;
        }
        if let Some((last, _)) = self.samples.back()
            && at < *last + SPACING
        {
            return;
        }
        self.samples.push_back((at, bytes));
        while self
            .samples
            .get(1)
            .is_some_and(|(second, _)| *second + WINDOW <= at)
        {
            self.samples.pop_front();
        }
    }

    /// Bytes a second; nothing while too little is known.
    #[expect(clippy::cast_precision_loss, reason = "an estimate of four digits")]
    pub(super) fn rate(&self) -> Option<f64> {
        let (from, before) = self.samples.front()?;
        let (to, after) = self.samples.back()?;
        let time = to.saturating_sub(*from);
        (time >= SHORTEST).then(|| (after - before) as f64 / time.as_secs_f64())
    }
}

/// What the numbers of this moment say about the rest of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    /// Bytes a second.
    pub(super) rate: Option<f64>,
    /// Until the last byte is there.
    pub(super) left: Option<Left>,
    /// Until the links expire; negative when they have, nothing when Zoho gave no date.
    pub(super) life: Option<TimeDelta>,
}

/// Time until the last byte is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) time: Duration,
    /// Some lengths were not known and had to be guessed.
    pub(super) rough: bool,
}

/// How near the death of the links is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Fine,
    /// Less than an hour, or less than the download still needs.
    Short,
    Dead,
}

impl Pace {
    pub(super) fn of(snapshot: &Snapshot, rate: Option<f64>, now: DateTime<Utc>) -> Pace {
        Pace {
            rate,
            left: rate.and_then(|rate| time_left(snapshot, rate)),
            life: snapshot.expires.map(|at| at.with_timezone(&Utc) - now),
        }
    }

    /// `1m 12s left`; with a `~` where lengths had to be guessed.
    pub(super) fn left_text(&self) -> Option<String> {
        let left = self.left?;
        let mark = if left.rough { "~" } else { "" };
        Some(format!("{mark}{} left", units::span(left.time)))
    }

    /// `links expire in 6d 4h`, and how near that is.
    pub(super) fn life_text(&self) -> Option<(String, Life)> {
        let life = self.life?;
        let Some(time) = life.to_std().ok().filter(|time| !time.is_zero()) else {
            return Some(("the links have expired".to_owned(), Life::Dead));
        };
        let too_short = self.left.is_some_and(|left| left.time > time);
        let state = if too_short || life < SHORT_LIFE {
            Life::Short
        } else {
            Life::Fine
        };
        Some((format!("links expire in {}", units::span(time)), state))
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate of four digits")]
fn time_left(snapshot: &Snapshot, rate: f64) -> Option<Left> {
    let (total, rough) = match snapshot.total {
        Total::Exact(total) => (total, false),
        Total::Rough(total) => (total, true),
        Total::Unknown => return None,
    };
    let bytes = total.saturating_sub(snapshot.bytes);
    if bytes == 0 || rate <= 0.0 {
        return None;
    }
    let time = Duration::try_from_secs_f64(bytes as f64 / rate).ok()?;
    // Whole seconds, rounded up: "0s left" while bytes are missing would be a lie.
    let time = Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0));
    (time <= LONGEST_LEFT).then_some(Left { time, rough })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn pace(total: Total, bytes: u64, rate: f64, life: TimeDelta) -> Pace {
        let now = Utc::now();
        let snapshot = Snapshot {
            total,
            bytes,
            expires: Some((now + life).fixed_offset()),
            ..Snapshot::default()
        };
        Pace::of(&snapshot, Some(rate), now)
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds_and_not_of_the_whole_run() {
        let mut estimate = Estimate::default();
        for second in 0..60 {
            estimate.sample(seconds(second), second * 1000);
        }
        for second in 60..90 {
            estimate.sample(seconds(second), 59_000 + (second - 59) * 10);
        }
        assert_eq!(estimate.rate(), Some(10.0));
    }

    #[test]
    fn a_stall_brings_the_rate_to_zero() {
        let mut estimate = Estimate::default();
        for second in 0..5 {
            estimate.sample(seconds(second), second * 1000);
        }
        for second in 5..30 {
            estimate.sample(seconds(second), 4000);
        }
        assert_eq!(estimate.rate(), Some(0.0));
    }

    #[test]
    fn the_time_to_connect_is_no_part_of_the_rate() {
        let mut estimate = Estimate::default();
        for second in 0..10 {
            estimate.sample(seconds(second), 0);
        }
        assert_eq!(estimate.rate(), None);
        estimate.sample(seconds(11), 4000);
        assert_eq!(estimate.rate(), Some(2000.0));
    }

    #[test]
    fn time_left_is_rounded_up_and_marked_when_guessed() {
        let life = TimeDelta::days(6);
        let exact = pace(Total::Exact(1000), 500, 300.0, life);
        assert_eq!(exact.left_text().unwrap(), "2s left");
        let rough = pace(Total::Rough(1000), 500, 300.0, life);
        assert_eq!(rough.left_text().unwrap(), "~2s left");
    }

    #[test]
    fn nothing_is_promised_without_lengths_or_while_nothing_comes() {
        let life = TimeDelta::days(6);
        assert_eq!(pace(Total::Unknown, 500, 300.0, life).left, None);
        assert_eq!(pace(Total::Exact(1000), 500, 0.0, life).left, None);
        assert_eq!(pace(Total::Exact(1000), 500, 1e-9, life).left, None);
    }

    #[test]
    fn a_short_life_of_the_links_is_a_warning() {
        let life_of = |bytes, life| pace(Total::Exact(10_000), bytes, 1.0, life).life_text();
        assert_eq!(
            life_of(9000, TimeDelta::hours(148)),
            Some(("links expire in 6d 4h".to_owned(), Life::Fine))
        );
        assert_eq!(
            life_of(9000, TimeDelta::minutes(59)).unwrap().1,
            Life::Short
        );
        assert_eq!(life_of(0, TimeDelta::hours(2)).unwrap().1, Life::Short);
        assert_eq!(life_of(9000, TimeDelta::seconds(-1)).unwrap().1, Life::Dead);
    }
}
