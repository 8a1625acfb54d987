//! How fast something goes: over the last seconds, because a rate over a whole run says nothing about the next minutes.

use std::collections::VecDeque;
use std::time::Duration;

/// Long enough that a burst does not make the time left jump, short enough that a stall shows.
const WINDOW: Duration = Duration::from_secs(12);

/// From less than this no rate is told.
const SHORTEST: Duration = Duration::from_secs(1);

/// A count at the moments of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Rate(VecDeque<(Duration, u64)>);

impl Rate {
    /// The count at a moment; both only grow.
    pub(super) fn sample(&mut self, at: Duration, count: u64) {
        // Before the first byte there is only the time it took to connect, which is no rate.
        if count == 0 {
            self.0.clear();
        }
        self.0.push_back((at, count));
        let is_old = |second: &(Duration, u64)| second.0 + WINDOW <= at;
        while self.0.get(1).is_some_and(is_old) {
            self.0.pop_front();
        }
    }

    /// In a second; nothing while too little is known.
    pub(super) fn a_second(&self) -> Option<u64> {
        let ((from, before), (to, after)) = (self.0.front()?, self.0.back()?);
        let time = to.saturating_sub(*from);
        (time >= SHORTEST).then(|| (after - before).saturating_mul(1000) / millis(time))
    }
}

/// How fast something goes while it is gone on with: a pause is no stall.
#[derive(Debug, Default)]
pub(super) struct Pace {
    rate: Rate,
    /// How long it was gone on with.
    worked: Duration,
    at: Duration,
    count: u64,
}

impl Pace {
    /// The count at a moment; both only grow.
    pub(super) fn sample(&mut self, at: Duration, is_at_work: bool, count: u64) {
        let before = std::mem::replace(&mut self.at, at);
        let has_grown = std::mem::replace(&mut self.count, count) < count;
        if is_at_work || has_grown {
            self.worked += at.saturating_sub(before);
            self.rate.sample(self.worked, count);
        }
    }

    /// In a second; nothing while too little is known.
    pub(super) fn a_second(&self) -> Option<u64> {
        self.rate.a_second()
    }
}

/// How fast something goes on the whole while it is gone on with: for what arrives in large pieces, of which the last seconds may
/// have seen none, or several.
#[derive(Debug, Default)]
pub(super) struct Average {
    worked: Duration,
    at: Option<Duration>,
    count: u64,
}

impl Average {
    /// The count at a moment; both only grow.
    pub(super) fn sample(&mut self, at: Duration, is_at_work: bool, count: u64) {
        let before = self.at.replace(at).unwrap_or(at);
        let has_grown = std::mem::replace(&mut self.count, count) < count;
        if is_at_work || has_grown {
            self.worked += at.saturating_sub(before);
        }
    }

    /// In a second; nothing while too little is known.
    pub(super) fn a_second(&self) -> Option<u64> {
        let is_known = self.count > 0 && self.worked >= SHORTEST;
        is_known.then(|| self.count.saturating_mul(1000) / millis(self.worked))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
