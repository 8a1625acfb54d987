//! Going on with what an earlier run left of a file: never without proof that the server still has that version
//! (`design.md` section 7 rule 6).

use std::sync::Arc;

use super::DownloadError;
use super::links::Link;
use super::plan::Leftover;
use super::queue::Opening;
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
        if version.validator().if_range().is_none() && held.total() > 0 {
            self.compare_tail(link, &version, held.end()).await?;
        }
        let missing = held.missing(version.length().unwrap_or_default());
        let Some(piece) = self
            .engine
            .queue()
            .opened(self.index, missing, true, Opening::Nothing)
        else {
            return Ok(());
        };
        self.engine.queue_changed();
        let claim = Claim {
            at: piece.start(),
            end: Some(piece.end()),
        };
        self.aim = Aim::Fetch(Arc::clone(&version), claim);
        self.fetch(link, version, claim).await
    }

    /// With no validator to bind the part file to the remote version, the end of what is on disk is asked for again.
    async fn compare_tail(
        &mut self,
        link: &Link,
        version: &Arc<Version>,
        end: u64,
    ) -> Result<(), Trouble> {
        let start = end.saturating_sub(TAIL);
        let Some(range) = ByteRange::new(start, end) else {
            return Ok(());
        };
        let mut reply = self.ask(link, Some(range), None).await?;
        let total = version.length();
        match (reply.status, reply.content_range) {
            (
                206,
                Some(ContentRange::Part {
                    range: sent,
                    total: said,
                }),
            ) if sent == range && said == total => {}
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
            if !fits || version.part().read_at(at, &mut ours).is_err() || ours != chunk {
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
