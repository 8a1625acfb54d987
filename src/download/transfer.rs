//! Pumps the body of one reply to disk: collects chunks, writes them in batches, and says how far it came.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::error::AttemptError;
use super::queue::Extension;
use super::run::Engine;
use super::version::Version;
use crate::event::Event;
use crate::http::Reply;
use crate::http::range::ByteRange;

/// Written at a time. Smaller batches cost a call per TLS record, larger ones leave the cache of the processor
/// (`engine.md`: 256 KB to 1 MB are alike, 4 MB costs more than twice as much).
const BATCH: usize = 256 << 10;

/// A process that is killed loses what it holds: so much is written as soon as the line pauses.
const PAUSE: usize = 64 << 10;

/// And less than that when it has waited this long for more.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stretch of a file that one connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The next byte to come.
    pub(crate) at: u64,
    /// First byte after the stretch; nothing when the length of the file is not known.
    pub(crate) end: Option<u64>,
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
    /// Whether all of it is there.
    pub(crate) fn is_done(self) -> bool {
        self.end == Some(self.at)
    }

    /// How many of `bytes` belong to it.
    fn takes(self, bytes: usize) -> usize {
        match self.end {
            Some(end) => usize::try_from(end - self.at).map_or(bytes, |left| left.min(bytes)),
            None => bytes,
        }
    }
}

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
    fn may_wait(&self) -> Option<Duration> {
        let since = self.since?;
        if self.bytes() >= PAUSE {
            return Some(Duration::ZERO);
        }
        Some(PATIENCE.saturating_sub(since.elapsed()))
    }

    fn is_old(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    fn is_full(&self) -> bool {
        self.bytes() >= BATCH
    }
}

/// Reads the body until the claim is done, the body ends, or something fails. What arrived is written in every case,
/// and `claim.at` tells how far it is on disk.
///
/// `upto`: where the reply ends, at the latest with the file. The claim may grow up to there by what nobody else took.
pub(crate) async fn pump(
    engine: &Arc<Engine>,
    index: usize,
    version: &Arc<Version>,
    claim: &mut Claim,
    reply: &mut Reply,
    upto: u64,
) -> Result<(), AttemptError> {
    let mut batch = Batch::default();
    let outcome = receive(engine, index, version, claim, reply, upto, &mut batch).await;
    let flushed = flush(engine, version, claim, &mut batch).await;
    let outcome = outcome.and(flushed);
    if let Ok(()) = outcome
        && claim.end.is_none()
        && !version.is_abandoned()
    {
        version.set_length(claim.at);
        claim.end = Some(claim.at);
        engine.length_known(index, claim.at);
    }
    outcome
}

async fn receive(
    engine: &Arc<Engine>,
    index: usize,
    version: &Arc<Version>,
    claim: &mut Claim,
    reply: &mut Reply,
    upto: u64,
    batch: &mut Batch,
) -> Result<(), AttemptError> {
    loop {
        // What lies in the batch is not on disk yet, but belongs to the claim.
        let ahead = Claim {
            at: claim.at + batch.bytes() as u64,
            end: claim.end,
        };
        if ahead.is_done() {
            if ahead.at >= upto || !extend(engine, index, version, claim, ahead.at, upto).await? {
                reply.give_back().await;
                return Ok(());
            }
            continue;
        }
        let chunk = next_chunk(engine, version, claim, reply, batch).await?;
        let Some(mut chunk) = chunk else {
            return match claim.end {
                None => Ok(()),
                Some(want) => Err(AttemptError::Short {
                    got: ahead.at,
                    want,
                }),
            };
        };
        // What lies beyond the claim belongs to it only if it grows, and that is asked at its end.
        let beyond = chunk.split_off(ahead.takes(chunk.len()));
        reply.unread(beyond);
        engine.count_fetched(chunk.len());
        let bytes = chunk.len();
        batch.push(chunk);
        tokio::select! {
            () = engine.limit.pay(bytes) => {}
            _ = engine.stop.wait() => return Err(AttemptError::Stopped),
        }
        // The line may never pause, and still fill a batch slowly.
        if batch.is_full() || batch.is_old() {
            flush(engine, version, claim, batch).await?;
            if version.is_abandoned() {
                return Ok(());
            }
        }
    }
}

/// The next bytes of the body, as soon as they come; while they don't, what was collected is written.
async fn next_chunk(
    engine: &Arc<Engine>,
    version: &Arc<Version>,
    claim: &mut Claim,
    reply: &mut Reply,
    batch: &mut Batch,
) -> Result<Option<Bytes>, AttemptError> {
    let next = reply.chunk();
    tokio::pin!(next);
    if let Some(chunk) = ready(next.as_mut()).await {
        return chunk.map_err(AttemptError::from);
    }
    if let Some(wait) = batch.may_wait() {
        if !wait.is_zero() {
            tokio::select! {
                chunk = next.as_mut() => return chunk.map_err(AttemptError::from),
                () = tokio::time::sleep(wait) => {}
                _ = engine.stop.wait() => return Err(AttemptError::Stopped),
            }
        }
        flush(engine, version, claim, batch).await?;
    }
    tokio::select! {
        chunk = next => chunk.map_err(AttemptError::from),
        _ = engine.stop.wait() => Err(AttemptError::Stopped),
    }
}

/// What a future has to say without waiting for it.
async fn ready<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| match Pin::new(&mut future).poll(context) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Lets the claim of an open reply grow. False: it is at its end.
async fn extend(
    engine: &Arc<Engine>,
    index: usize,
    version: &Version,
    claim: &mut Claim,
    at: u64,
    upto: u64,
) -> Result<bool, AttemptError> {
    loop {
        let changed = engine.when_queue_changes();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let extension = {
            let mut queue = engine.queue();
            // What the queue hands out may belong to a newer version by now; whoever opens that one abandons this one first.
            if version.is_abandoned() {
                return Err(AttemptError::Superseded);
            }
            queue.extend(index, at, upto)
        };
        match extension {
            Extension::Piece(more) => {
                claim.end = Some(more.end());
                return Ok(true);
            }
            Extension::End => return Ok(false),
            Extension::Wait => {}
        }
        tokio::select! {
            () = &mut changed => {}
            _ = engine.stop.wait() => return Err(AttemptError::Stopped),
        }
    }
}

async fn flush(
    engine: &Arc<Engine>,
    version: &Arc<Version>,
    claim: &mut Claim,
    batch: &mut Batch,
) -> Result<(), AttemptError> {
    if batch.bytes() == 0 || version.is_abandoned() {
        return Ok(());
    }
    version
        .write(claim.at, &[&batch.collected, &batch.last])
        .map_err(AttemptError::from)?;
    let bytes = batch.bytes() as u64;
    claim.at += bytes;
    *batch = Batch::default();
    engine.observer.event(Event::Advanced {
        name: version.name().clone(),
        bytes,
    });
    if version.wants_sync() {
        engine.sync_soon(version);
    }
    // A sync that takes long, or has failed, must not hold up the end of the run.
    tokio::select! {
        () = version.room() => {}
        _ = engine.stop.wait() => {}
    }
    Ok(())
}
