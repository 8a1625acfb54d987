//! The body of one reply on its way to disk: collects chunks, writes them in batches, and says how far it came.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::engine::Engine;
use super::error::AttemptError;
use super::part::Part;
use super::ranges::Claim;
use super::state::Extension;
use crate::event::Event;
use crate::http::Reply;

/// Written at a time. Smaller batches cost a call per TLS record, larger ones leave the cache of the processor
/// (`engine.md`: 256 KB to 1 MB are alike, 4 MB costs more than twice as much).
const BATCH: usize = 256 << 10;

/// A process that is killed loses what it holds: so much is written as soon as the line pauses.
const PAUSE: usize = 64 << 10;

/// And less than that when it has waited this long for more.
const PATIENCE: Duration = Duration::from_secs(1);

/// Bytes that wait to be written together.
#[derive(Debug, Default)]
struct Batch {
    /// Copied out of small chunks. A chunk keeps the whole buffer that the line was read into, up to 400 KB however few
    /// bytes of it are used, and several that wait would keep several, for each connection.
    collected: Vec<u8>,
    /// The chunk that filled the batch. On a fast line that is nearly every one, and none is copied.
    last: Bytes,
    /// When the first of them came.
    since: Option<Instant>,
}

impl Batch {
    fn push(&mut self, chunk: Bytes) {
        self.since.get_or_insert_with(Instant::now);
        if self.collected.len() + chunk.len() < BATCH {
            self.collected.extend_from_slice(&chunk);
        } else {
            self.last = chunk;
        }
    }

    fn bytes(&self) -> usize {
        self.collected.len() + self.last.len()
    }

    /// How long it may still wait for more; nothing when there is nothing that waits.
    fn may_wait(&self, pause: usize) -> Option<Duration> {
        let since = self.since?;
        if self.bytes() >= pause {
            return Some(Duration::ZERO);
        }
        Some(PATIENCE.saturating_sub(since.elapsed()))
    }

    /// The line may never pause, and still fill a batch slowly.
    fn is_due(&self) -> bool {
        self.bytes() >= BATCH || self.since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }
}

/// What takes the body of a reply.
pub(super) struct Transfer<'a> {
    pub(super) engine: &'a Arc<Engine>,
    pub(super) index: usize,
    pub(super) part: &'a Arc<Part>,
    pub(super) claim: &'a mut Claim,
    /// Where the reply ends, at the latest with the file. The claim may grow up to there by what nobody else took.
    pub(super) upto: u64,
}

impl Transfer<'_> {
    /// Reads the body until the claim is done, the body ends, or something fails. What arrived is written in every case,
    /// and `claim.at` tells how far it is on disk.
    pub(super) async fn run(mut self, reply: &mut Reply) -> Result<(), AttemptError> {
        let mut batch = Batch::default();
        let outcome = self.receive(reply, &mut batch).await;
        let flushed = self.flush(&mut batch).await;
        let outcome = outcome.and(flushed);
        if outcome.is_ok() && self.claim.end.is_none() && !self.part.is_abandoned() {
            self.part.set_length(self.claim.at);
            self.claim.end = Some(self.claim.at);
            self.engine.length_known(self.index, self.claim.at);
        }
        outcome
    }

    async fn receive(&mut self, reply: &mut Reply, batch: &mut Batch) -> Result<(), AttemptError> {
        loop {
            // What lies in the batch is not on disk yet, but belongs to the claim.
            let at = self.claim.at + batch.bytes() as u64;
            if self.claim.end == Some(at) {
                if at >= self.upto || !self.extend(at).await? {
                    reply.give_back().await;
                    return Ok(());
                }
                continue;
            }
            let Some(mut chunk) = self.next_chunk(reply, batch).await? else {
                return match self.claim.end {
                    None => Ok(()),
                    Some(want) => Err(AttemptError::Short { got: at, want }),
                };
            };
            // What lies beyond the claim belongs to it only if it grows, and that is asked at its end.
            let left = self.claim.end.map_or(u64::MAX, |end| end - at);
            let belongs = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
            reply.unread(chunk.split_off(belongs));
            batch.push(chunk);
            self.engine.count(belongs).await?;
            if batch.is_due() {
                self.flush(batch).await?;
                if self.part.is_abandoned() {
                    return Ok(());
                }
            }
        }
    }

    /// The next bytes of the body, as soon as they come; while they don't, what was collected is written.
    async fn next_chunk(
        &mut self,
        reply: &mut Reply,
        batch: &mut Batch,
    ) -> Result<Option<Bytes>, AttemptError> {
        let next = reply.chunk();
        tokio::pin!(next);
        // What is here already is taken without a look at the clock.
        tokio::select! {
            biased;
            chunk = &mut next => return Ok(chunk?),
            () = std::future::ready(()) => {}
        }
        // Without a journal nothing is gained by it.
        let pause = if self.part.has_journal() {
            PAUSE
        } else {
            BATCH
        };
        if let Some(wait) = batch.may_wait(pause) {
            if !wait.is_zero() {
                let waited = tokio::time::timeout(wait, &mut next);
                if let Ok(chunk) = self.engine.unless_stopped(waited).await? {
                    return Ok(chunk?);
                }
            }
            self.flush(batch).await?;
        }
        Ok(self.engine.unless_stopped(next).await??)
    }

    /// Lets the claim of an open reply grow. False: it is at its end.
    async fn extend(&mut self, at: u64) -> Result<bool, AttemptError> {
        let extension = self.engine.when(|state| {
            // What the queue hands out may belong to a newer part by now.
            if !state.is_current(self.index, self.part) {
                return Some(Err(AttemptError::Superseded));
            }
            match state.extend(self.index, at, self.upto) {
                Extension::Piece(more) => Some(Ok(Some(more))),
                Extension::End => Some(Ok(None)),
                Extension::Wait => None,
            }
        });
        let more = extension.await??;
        if let Some(more) = more {
            self.claim.end = Some(more.end());
        }
        Ok(more.is_some())
    }

    async fn flush(&mut self, batch: &mut Batch) -> Result<(), AttemptError> {
        if batch.bytes() == 0 || self.part.is_abandoned() {
            return Ok(());
        }
        self.part
            .write(self.claim.at, &[&batch.collected, &batch.last])?;
        let bytes = batch.bytes() as u64;
        self.claim.at += bytes;
        *batch = Batch::default();
        self.engine.event(Event::Advanced {
            name: self.part.name().clone(),
            bytes,
        });
        if self.part.wants_sync() {
            self.engine.sync_soon(self.part);
        }
        // A sync that takes long, or has failed, must not hold up the end of the run.
        let _ = self.engine.unless_stopped(self.part.room()).await;
        Ok(())
    }
}
