//! Going on with what an earlier run left of a file: never without proof that the server still has that version
//! (`design.md` section 7 rule 6).

use std::sync::Arc;

use super::DownloadError;
use super::links::Link;
use super::plan::Leftover;
use super::queue::Opening;
use super::ranges::RangeSet;
use super::transfer::Claim;
use super::version::Version;
use super::worker::{Aim, Chain, Trouble};
use crate::http::range::{ByteRange, ContentRange};

/// With no validator at all, this much of what is on disk is compared with the server's (`design.md` rule 6).
const TAIL: u64 = 64 << 10;

impl Chain<'_> {
    /// Makes what an earlier run left the version that is written now.
    pub(super) async fn resume(&mut self, link: &Link, leftover: Leftover) -> Result<(), Trouble> {
        let engine = self.engine;
        let version = Version::resumed(
            &engine.folder,
            leftover.part,
            &leftover.header,
            leftover.held,
            engine.verifiers.bell(),
        )
        .map_err(DownloadError::from)?;
        let version = engine.install(self.index, version);
        engine.length_known(self.index, leftover.length);
        self.aim = Aim::Resume(Arc::clone(&version));
        self.go_on(link, version).await
    }

    /// Goes on with a version of which an earlier run left something.
    pub(super) async fn go_on(
        &mut self,
        link: &Link,
        version: Arc<Version>,
    ) -> Result<(), Trouble> {
        let held = version.held();
        let missing = held.missing(version.length().unwrap_or_default());
        // With a validator the next range tells whether the server still has this version; where none is missing, nothing
        // would.
        let nothing_tells = version.validator().if_range().is_none() || missing.is_empty();
        if let Some(tail) = tail(&held).filter(|_| nothing_tells) {
            self.compare_tail(link, &version, tail).await?;
        }
        let engine = self.engine;
        let piece = engine
            .queue()
            .opened(self.index, missing, true, Opening::Nothing);
        engine.queue_changed();
        engine.verify_beside(self.index, &version);
        let Some(piece) = piece else {
            return Ok(());
        };
        let claim = Claim::from(piece);
        self.aim = Aim::Fetch(Arc::clone(&version), claim);
        self.fetch(link, version, claim).await
    }

    /// Where nothing else binds the part file to the remote version, the end of what is on disk is asked for again.
    async fn compare_tail(
        &mut self,
        link: &Link,
        version: &Arc<Version>,
        range: ByteRange,
    ) -> Result<(), Trouble> {
        let (start, end) = (range.start(), range.end());
        let if_range = version.validator().if_range();
        let mut reply = self.ask(link, Some(range), if_range).await?;
        let total = version.length();
        match (reply.status, reply.content_range) {
            (
                206,
                Some(ContentRange::Part {
                    range: sent,
                    total: said,
                }),
            ) if sent == range
                && said == total
                && !version.validator().contradicts(&reply.validator) => {}
            _ => {
                return Err(Trouble::Changed(
                    "the server does not confirm what is on disk".into(),
                ));
            }
        }
        let mut at = start;
        while let Some(chunk) = self.chunk(&mut reply).await? {
            let mut ours = vec![0; chunk.len()];
            let fits = at + chunk.len() as u64 <= end;
            if fits {
                let read = version.part().read_at(at, &mut ours);
                read.map_err(DownloadError::from)?;
            }
            if !fits || ours != chunk {
                return Err(Trouble::Changed(
                    "what is on disk is not what the server has".into(),
                ));
            }
            at += chunk.len() as u64;
        }
        if at == end {
            Ok(())
        } else {
            Err(Trouble::Short { got: at, want: end })
        }
    }
}

/// The end of what is there, as far as it is there without a gap: of the last stretch that is long enough, else of the
/// longest.
fn tail(held: &RangeSet) -> Option<ByteRange> {
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
