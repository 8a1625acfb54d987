//! Will the links die before the download is through? (`design.md` section 7 rule 1)

use std::time::Duration;

/// Before this much time has passed, the speed says nothing yet.
const SETTLED: Duration = Duration::from_secs(5);

/// What is known in the middle of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Bytes that came over the line.
    pub(crate) fetched: u64,
    /// In this time.
    pub(crate) took: Duration,
    /// Bytes that are missing of the files whose length is known.
    pub(crate) missing: u64,
    /// The lengths that are known, added up, and of how many files.
    pub(crate) known: (u64, u64),
    /// Files whose length is not known yet.
    pub(crate) unknown: u64,
}

impl Standing {
    /// How long the rest takes at the speed so far; files of unknown length count as the mean of the others. Nothing
    /// while that can't be told.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        if self.took < SETTLED || self.fetched == 0 || self.known.1 == 0 {
            return None;
        }
        let left = self.missing + self.known.0 / self.known.1 * self.unknown;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a forecast needs no more than 52 bits"
        )]
        let seconds = left as f64 * self.took.as_secs_f64() / self.fetched as f64;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_held_against_the_speed_so_far() {
        let standing = Standing {
            fetched: 100,
            took: Duration::from_secs(10),
            missing: 50,
            known: (200, 2),
            unknown: 3,
        };
        assert_eq!(standing.time_left(), Some(Duration::from_secs(35)));
    }

    #[test]
    fn nothing_is_foretold_from_nothing() {
        let standing = Standing {
            fetched: 100,
            took: Duration::from_secs(4),
            missing: 50,
            known: (200, 2),
            unknown: 0,
        };
        assert_eq!(standing.time_left(), None, "too early");
        let stalled = Standing {
            fetched: 0,
            took: Duration::from_secs(60),
            ..standing
        };
        assert_eq!(stalled.time_left(), None);
    }
}
