//! A stretch of an object that comes in one answer, read ahead of whoever takes it, and asked for anew from where it broke off.

use std::io;
use std::ops::Range;
use std::sync::{Arc, mpsc};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use object_store::{Error, GetOptions, GetRange, GetResult, ObjectMeta};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::client::key::path;
use super::folder::ObjectFolder;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::StorageError;

/// So many bytes of a stream wait in memory for who takes them.
const AHEAD: u32 = 2 << 20;

/// An object as it was when it was opened.
#[derive(Clone)]
pub(super) struct Source {
    object: ObjectFolder,
    meta: ObjectMeta,
}

impl Source {
    pub(super) fn new(object: &ObjectFolder, meta: ObjectMeta) -> Source {
        Source {
            object: object.clone(),
            meta,
        }
    }

    pub(super) fn failed(object: &ObjectFolder, error: &Error) -> io::Error {
        match error {
            Error::NotFound { .. } => io::ErrorKind::NotFound.into(),
            Error::Precondition { .. } => changed(object),
            _ => object
                .bucket
                .failed(&object.prefix, "reading", error)
                .into(),
        }
    }

    async fn get(&self, range: Range<u64>) -> Result<GetResult, io::Error> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            if_match: self.meta.e_tag.clone(),
            ..GetOptions::default()
        };
        let path = path(&self.object.prefix);
        let found = self.object.bucket.store().get_opts(&path, options).await;
        let found = found.map_err(|error| Source::failed(&self.object, &error))?;
        // Not every store looks at the condition.
        let is_same = found.meta.e_tag == self.meta.e_tag && found.meta.size == self.meta.size;
        if is_same {
            Ok(found)
        } else {
            Err(changed(&self.object))
        }
    }
}

/// It was replaced while it was read.
fn changed(object: &ObjectFolder) -> io::Error {
    let message = format!("{object}: another object took its place while it was read");
    let problem = Problem::new(Exit::Storage, "object_changed", message);
    let hint = "something else writes there: run again when it has finished";
    StorageError::Disturbed(problem.hint(hint)).into()
}

pub(super) struct Stream {
    chunks: mpsc::Receiver<io::Result<Chunk>>,
    held: Bytes,
    /// What the bytes that are held take of the room.
    room: Option<OwnedSemaphorePermit>,
    at: u64,
    end: u64,
    /// What fetches it ends with it.
    _task: JoinSet<()>,
}

type Chunk = (Bytes, OwnedSemaphorePermit);

impl Stream {
    pub(super) fn start(source: &Source, range: Range<u64>) -> Stream {
        let (sender, chunks) = mpsc::channel();
        let fetch = fetch(source.clone(), range.clone(), sender);
        let mut task = JoinSet::new();
        source.object.bucket.spawn(&mut task, fetch);
        Stream {
            chunks,
            held: Bytes::new(),
            room: None,
            at: range.start,
            end: range.end,
            _task: task,
        }
    }

    /// Offset of the next byte.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Passes over what comes before `at`.
    pub(super) fn skip_to(&mut self, at: u64) -> io::Result<()> {
        while self.at < at {
            self.receive()?;
            let gap = usize::try_from(at - self.at).unwrap_or(usize::MAX);
            self.take(gap.min(self.held.len()));
        }
        Ok(())
    }

    pub(super) fn read_exact(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            self.receive()?;
            let count = buffer.len().min(self.held.len());
            let (now, rest) = buffer.split_at_mut(count);
            now.copy_from_slice(&self.held[..count]);
            self.take(count);
            buffer = rest;
        }
        Ok(())
    }

    fn take(&mut self, count: usize) {
        self.held.advance(count);
        self.at += count as u64;
    }

    /// Makes sure that something is held.
    fn receive(&mut self) -> io::Result<()> {
        while self.held.is_empty() {
            self.room = None;
            let chunk = self.chunks.recv();
            let (held, room) = chunk.map_err(|_| io::ErrorKind::UnexpectedEof)??;
            (self.held, self.room) = (held, Some(room));
        }
        Ok(())
    }
}

/// Hands on the bytes of the range. The library asks again when an answer breaks off, but only so often and for so long: as
/// long as anything comes, it is told to.
async fn fetch(source: Source, range: Range<u64>, to: mpsc::Sender<io::Result<Chunk>>) {
    let room = Arc::new(Semaphore::new(AHEAD as usize));
    let mut at = range.start;
    while at < range.end {
        let before = at;
        let broken = match source.get(at..range.end).await {
            Ok(found) => match hand_on(found, &room, &mut at, &to).await {
                Some(broken) => broken.map(|error| Source::failed(&source.object, &error)),
                // Nobody takes any more.
                None => return,
            },
            Err(error) => {
                let _ = to.send(Err(error));
                return;
            }
        };
        if at == before {
            let error = broken.unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into());
            let _ = to.send(Err(error));
            return;
        }
    }
}

/// Until the answer ends, or breaks off for the reason that is given back. Nothing: nobody takes it.
async fn hand_on(
    found: GetResult,
    room: &Arc<Semaphore>,
    at: &mut u64,
    to: &mpsc::Sender<io::Result<Chunk>>,
) -> Option<Option<Error>> {
    let mut chunks = found.into_stream();
    while let Some(chunk) = chunks.next().await {
        let bytes = match chunk {
            Ok(bytes) => bytes,
            Err(error) => return Some(Some(error)),
        };
        let length = u32::try_from(bytes.len()).map_or(AHEAD, |length| length.min(AHEAD));
        let permit = Arc::clone(room).acquire_many_owned(length).await.ok()?;
        *at += bytes.len() as u64;
        to.send(Ok((bytes, permit))).ok()?;
    }
    Some(None)
}
