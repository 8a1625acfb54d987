//! Which bytes of a file are there, which are missing, and which a connection is at.

use crate::http::range::ByteRange;

/// A set of bytes, kept as stretches that are in order, apart from each other, and never touching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RangeSet {
    ranges: Vec<ByteRange>,
}

impl RangeSet {
    /// Adds a stretch; what is already there stays as it is.
    pub(crate) fn insert(&mut self, range: ByteRange) {
        let from = self
            .ranges
            .partition_point(|held| held.end() < range.start());
        let to = self
            .ranges
            .partition_point(|held| held.start() <= range.end());
        let touching = &self.ranges[from..to];
        let start = touching
            .first()
            .map_or(range.start(), |held| held.start().min(range.start()));
        let end = touching
            .last()
            .map_or(range.end(), |held| held.end().max(range.end()));
        self.ranges.splice(from..to, ByteRange::new(start, end));
    }

    pub(crate) fn total(&self) -> u64 {
        self.ranges.iter().map(|range| range.len()).sum()
    }

    /// How many bytes are there from the first on without a gap.
    pub(crate) fn prefix(&self) -> u64 {
        match self.ranges.first() {
            Some(first) if first.start() == 0 => first.end(),
            _ => 0,
        }
    }

    pub(crate) fn end(&self) -> u64 {
        self.ranges.last().map_or(0, |last| last.end())
    }

    /// The gaps of a file of this length, in order.
    pub(crate) fn missing(&self, length: u64) -> Vec<ByteRange> {
        let mut gaps = Vec::new();
        let mut at = 0;
        for range in &self.ranges {
            gaps.extend(ByteRange::new(at, range.start().min(length)));
            at = range.end();
        }
        gaps.extend(ByteRange::new(at, length));
        gaps
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = ByteRange> + '_ {
        self.ranges.iter().copied()
    }
}

/// The stretch of a file that one connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// The next byte to come.
    pub(super) at: u64,
    /// First byte after the stretch; nothing when the length of the file is not known.
    pub(super) end: Option<u64>,
}

impl From<ByteRange> for Claim {
    fn from(range: ByteRange) -> Claim {
        Claim {
            at: range.start(),
            end: Some(range.end()),
        }
    }
}

impl Claim {
    /// What is left of it, if that is known.
    pub(super) fn rest(self) -> Option<ByteRange> {
        ByteRange::new(self.at, self.end?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).unwrap()
    }

    #[test]
    fn stretches_that_touch_become_one() {
        let mut set = RangeSet::default();
        set.insert(range(10, 20));
        set.insert(range(0, 5));
        assert_eq!(set.missing(30), [range(5, 10), range(20, 30)]);
        set.insert(range(5, 10));
        assert_eq!(set.prefix(), 20);
        assert_eq!(set.iter().collect::<Vec<_>>(), [range(0, 20)]);
    }

    proptest! {
        #[test]
        fn held_and_missing_are_disjoint_and_cover_the_file(
            pieces in proptest::collection::vec((0u64..200, 1u64..50), 0..20)
        ) {
            let mut set = RangeSet::default();
            let mut model = [false; 250];
            for (start, length) in pieces {
                set.insert(range(start, start + length));
                model[usize::try_from(start).unwrap()..usize::try_from(start + length).unwrap()].fill(true);
            }
            let mut seen = [0u8; 250];
            for held in set.iter() {
                for byte in held.start()..held.end() { seen[usize::try_from(byte).unwrap()] += 1; }
            }
            for gap in set.missing(250) {
                for byte in gap.start()..gap.end() { seen[usize::try_from(byte).unwrap()] += 10; }
            }
            for (byte, held) in model.iter().enumerate() {
                prop_assert_eq!(seen[byte], if *held { 1 } else { 10 });
            }
            prop_assert_eq!(set.total(), model.iter().filter(|held| **held).count() as u64);
            prop_assert_eq!(set.prefix(), model.iter().take_while(|held| **held).count() as u64);
        }
    }
}
