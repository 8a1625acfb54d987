//! Going on with what an earlier run left of a file: never without proof that the server still has that version
//! (`design.md` section 7 rule 6).

use std::sync::Arc;

use super::error::{AttemptError, DownloadError};
use super::links::Link;
use super::plan::Leftover;
use super::queue::Opening;
use super::ranges::RangeSet;
use super::transfer::Claim;
use super::version::Version;
use super::worker::{Aim, Chain};
use crate::http::Reply;
use crate::http::range::{ByteRange, ContentRange};

/// With no validator at all, this much of what is on disk is compared with the server's (`design.md` rule 6).
const TAIL: u64 = 64 << 10;

impl Chain<'_> {
    /// Makes what an earlier run left the version that is written now.
    pub(super) async fn resume(
        &mut self,
        link: &Link,
        leftover: Leftover,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        let length = leftover.length;
        let version = Version::resumed(leftover, engine.verifiers.bell());
        let version = engine.install(self.index, version);
        engine.length_known(self.index, length);
        self.aim = Aim::Resume(Arc::clone(&version));
        self.go_on(link, version).await
    }

    /// Goes on with a version of which an earlier run left something.
    pub(super) async fn go_on(
        &mut self,
        link: &Link,
        version: Arc<Version>,
    ) -> Result<(), AttemptError> {
        let held = version.held();
        let missing = held.missing(version.length().unwrap_or_default());
        // With a validator the next range tells whether the server still has this version; where none is missing, nothing
        // would.
        let nothing_tells = version.validator().if_range().is_none() || missing.is_empty();
        if let Some(tail) = tail(&held).filter(|_| nothing_tells) {
            let if_range = version.validator().if_range();
            if let Some(reply) = self.compare_tail(link, &version, tail, if_range).await? {
                let reason = "the server sent the whole file instead of the end of what is here";
                let same = reply.content_length == version.length();
                return self.begin_anew(link, reply, reason, same).await;
            }
            self.compared = true;
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

    /// Where nothing else binds the part file to the remote version, the end of what is on disk is asked for again. Gives
    /// back the whole file where that is what comes.
    pub(super) async fn compare_tail(
        &mut self,
        link: &Link,
        version: &Arc<Version>,
        range: ByteRange,
        if_range: Option<&str>,
    ) -> Result<Option<Reply>, AttemptError> {
        let asked = self.ask(link, Some(range), if_range).await;
        let is_refused = match &asked {
            Err(AttemptError::Zoho(error)) => self.is_about_ranges(error),
            Ok(reply) => is_outside(reply, version.length()),
            Err(_) => false,
        };
        let mut reply = if is_refused {
            self.ask(link, None, None).await?
        } else {
            asked?
        };
        let unlike = if_range.is_some() && version.validator().contradicts(&reply.validator);
        match (reply.status, reply.content_range) {
            (206, Some(ContentRange::Part { range: sent, total }))
                if sent == range && total == version.length() && !unlike => {}
            (200, _) => return Ok(Some(reply)),
            _ => {
                return Err(AttemptError::Changed(
                    "the server does not confirm what is on disk".into(),
                ));
            }
        }
        self.engine.queue().ranges_proven();
        self.engine.queue_changed();
        self.compare(version, range, &mut reply).await?;
        Ok(None)
    }

    /// Compares what a body begins with to what is on disk there.
    pub(super) async fn compare(
        &self,
        version: &Version,
        range: ByteRange,
        reply: &mut Reply,
    ) -> Result<(), AttemptError> {
        let mut at = range.start();
        while at < range.end() {
            let Some(mut chunk) = self.chunk(reply).await? else {
                let want = range.end();
                return Err(AttemptError::Short { got: at, want });
            };
            let known = usize::try_from(range.end() - at).unwrap_or(usize::MAX);
            let beyond = chunk.split_off(known.min(chunk.len()));
            let mut ours = vec![0; chunk.len()];
            let read = version.part().read_at(at, &mut ours);
            read.map_err(DownloadError::from)?;
            if ours != chunk {
                return Err(AttemptError::Changed(
                    "what is on disk is not what the server has".into(),
                ));
            }
            at += chunk.len() as u64;
            reply.unread(beyond);
        }
        Ok(())
    }
}

/// Whether the server calls a range outside of the file that is inside of it.
fn is_outside(reply: &Reply, length: Option<u64>) -> bool {
    match reply.content_range {
        Some(ContentRange::Outside { total }) => reply.status == 416 && Some(total) == length,
        _ => reply.status == 416,
    }
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
pub(super) fn worth(version: &Version) -> Option<ByteRange> {
    tail(&version.held()).filter(|tail| tail.len() >= TAIL)
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
