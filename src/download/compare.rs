//! What is on disk against what the server sends, where no validator tells that it is the same file
//! (`design.md` section 7 rule 6).

use super::engine::Engine;
use super::error::AttemptError;
use super::part::Part;
use super::ranges::RangeSet;
use crate::http::Reply;
use crate::http::range::ByteRange;

/// With no validator at all, this much of what is on disk is compared with the server's.
const TAIL: u64 = 64 << 10;

/// Compares what a body begins with to what is on disk there.
pub(super) async fn compare(
    engine: &Engine,
    part: &Part,
    range: ByteRange,
    reply: &mut Reply,
) -> Result<(), AttemptError> {
    let mut at = range.start();
    while at < range.end() {
        let Some(mut chunk) = engine.chunk(reply).await? else {
            let want = range.end();
            return Err(AttemptError::Short { got: at, want });
        };
        let known = usize::try_from(range.end() - at).unwrap_or(usize::MAX);
        let beyond = chunk.split_off(known.min(chunk.len()));
        let mut ours = vec![0; chunk.len()];
        part.file().read_at(at, &mut ours)?;
        if ours != chunk {
            let reason = "what is on disk is not what the server has";
            return Err(AttemptError::Changed(reason.into()));
        }
        at += chunk.len() as u64;
        reply.unread(beyond);
    }
    Ok(())
}

/// Where a request begins that goes on at `at` and compares what lies before it.
pub(super) fn overlap(held: &RangeSet, at: u64) -> u64 {
    let before = held
        .iter()
        .find(|stretch| stretch.start() < at && at <= stretch.end());
    before.map_or(at, |stretch| stretch.start().max(at.saturating_sub(TAIL)))
}

/// The end of what is there, where that is enough to tell by its bytes whether it is the same file. Where it is less, little
/// is lost by starting over.
pub(super) fn long_tail(held: &RangeSet) -> Option<ByteRange> {
    tail(held).filter(|tail| tail.len() >= TAIL)
}

/// The end of what is there, as far as it is there without a gap: of the last stretch that is long enough, else of the
/// longest.
pub(super) fn tail(held: &RangeSet) -> Option<ByteRange> {
    let long_enough = held.iter().filter(|stretch| stretch.len() >= TAIL).last();
    let stretch = long_enough.or_else(|| held.iter().max_by_key(|stretch| stretch.len()))?;
    let start = stretch.start().max(stretch.end().saturating_sub(TAIL));
    ByteRange::new(start, stretch.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(stretches: &[(u64, u64)]) -> RangeSet {
        let mut held = RangeSet::default();
        for (start, end) in stretches {
            held.insert(ByteRange::new(*start, *end).unwrap());
        }
        held
    }

    #[test]
    fn what_is_compared_has_no_gap_in_it() {
        let range = |start, end| ByteRange::new(start, end);
        assert_eq!(tail(&held(&[])), None);
        assert_eq!(tail(&held(&[(0, 10)])), range(0, 10));
        assert_eq!(tail(&held(&[(0, 2 * TAIL)])), range(TAIL, 2 * TAIL));
        assert_eq!(
            tail(&held(&[(0, 3 * TAIL), (4 * TAIL, 4 * TAIL + 10)])),
            range(2 * TAIL, 3 * TAIL)
        );
        assert_eq!(tail(&held(&[(0, 20), (30, 40)])), range(0, 20));
    }
}
