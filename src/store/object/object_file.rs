//! An object that is read as a file is: by its end, where a zip has its directory, and by stretches that come in one answer each.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};

use super::client::key::path;
use super::folder::ObjectFolder;
use super::stream::{Source, Stream};
use crate::integrity::digest::Digester;
use crate::integrity::{ReadAt, ReadInOrder};

/// Comes with the first answer. Most directories of zips are shorter, and so are small files altogether.
const TAIL: u64 = 80 << 10;

/// A directory of some 40,000 entries.
const MOST_AT_HAND: u64 = 4 << 20;

/// Rather passed over than asked for anew.
const SMALL_GAP: u64 = 256 << 10;

/// Bytes that are hashed at a time.
const STEP: usize = 256 << 10;

/// It stays the same from the first byte to the last, or reading fails.
pub(crate) struct ObjectFile {
    source: Source,
    size: u64,
    /// Its last bytes, until a stretch of them was read; or all of it.
    tail: Mutex<Bytes>,
}

impl ObjectFile {
    /// Asks for its end. Where its `size` is known, that is all it takes.
    pub(crate) fn open(object: &ObjectFolder, size: Option<u64>) -> io::Result<ObjectFile> {
        let store = object.bucket.store().clone();
        let path = path(&object.prefix);
        let opened = object.bucket.wait(async move {
            if let Some(size) = size
                && let (meta, tail) = end_of(&*store, &path, size).await?
                && meta.size == size
            {
                return Ok((meta, tail));
            }
            let size = store.head(&path).await?.size;
            end_of(&*store, &path, size).await
        })?;
        let (meta, tail) = opened.map_err(|error| Source::failed(object, &error))?;
        Ok(ObjectFile {
            size: meta.size,
            source: Source::new(object, meta),
            tail: Mutex::new(tail),
        })
    }

    /// SHA-256 of all of it, for which it is read.
    pub(super) fn sha256(&self) -> io::Result<String> {
        let mut reader = self.in_order(0..self.size);
        let (mut digest, mut buffer, mut at) = (Digester::default(), vec![0; STEP], 0);
        while at < self.size {
            let step = usize::try_from(self.size - at).map_or(STEP, |left| left.min(STEP));
            reader.read_exact_at(&mut buffer[..step], at)?;
            digest.update(&buffer[..step]);
            at += step as u64;
        }
        Ok(digest.finish())
    }

    fn tail(&self) -> Bytes {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.clone()
    }
}

/// Not every store has the last bytes of an object without being told where they begin (Azure).
async fn end_of(
    store: &dyn ObjectStore,
    path: &Path,
    size: u64,
) -> Result<(ObjectMeta, Bytes), Error> {
    if size == 0 {
        return Ok((store.head(path).await?, Bytes::new()));
    }
    let options = GetOptions {
        range: Some(GetRange::Bounded(size.saturating_sub(TAIL)..size)),
        ..GetOptions::default()
    };
    let found = store.get_opts(path, options).await?;
    Ok((found.meta.clone(), found.bytes().await?))
}

impl ReadAt for ObjectFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_exact_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let end = at + buffer.len() as u64;
        InOrder::of(self, at..end, self.tail()).read_exact_at(buffer, at)
    }

    fn have_at_hand(&self, stretch: Range<u64>) -> io::Result<()> {
        let tail = self.tail();
        let held_from = self.size - tail.len() as u64;
        if stretch.start >= held_from || self.size - stretch.start > MOST_AT_HAND {
            return Ok(());
        }
        let missing = usize::try_from(held_from - stretch.start).map_err(io::Error::other)?;
        let mut all = vec![0; missing];
        Stream::start(&self.source, stretch.start..held_from).read_exact(&mut all)?;
        all.extend_from_slice(&tail);
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner) = all.into();
        Ok(())
    }

    fn in_order(&self, stretch: Range<u64>) -> Box<dyn ReadInOrder + '_> {
        let mut tail = self.tail();
        let held = tail.len() as u64;
        if held < self.size && stretch.start >= self.size - held && !stretch.is_empty() {
            // A directory is read once, and there may be hundreds of files.
            let mut kept = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            tail = std::mem::take(&mut *kept);
        }
        Box::new(InOrder::of(self, stretch, tail))
    }
}

struct InOrder<'a> {
    file: &'a ObjectFile,
    stretch: Range<u64>,
    tail: Bytes,
    stream: Option<Stream>,
}

impl InOrder<'_> {
    fn of(file: &ObjectFile, stretch: Range<u64>, tail: Bytes) -> InOrder<'_> {
        InOrder {
            file,
            stretch,
            tail,
            stream: None,
        }
    }

    fn tail_start(&self) -> u64 {
        self.file.size - self.tail.len() as u64
    }

    /// From a stream that is there already, or a new one.
    fn read_streamed(&mut self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let end = at + buffer.len() as u64;
        let follows = |stream: &Stream| {
            stream.at() <= at && at - stream.at() <= SMALL_GAP && end <= stream.end()
        };
        let stream = match &mut self.stream {
            Some(stream) if follows(stream) => stream,
            _ => {
                let until = self.stretch.end.min(self.tail_start()).max(end);
                let stream = Stream::start(&self.file.source, at..until);
                self.stream.insert(stream)
            }
        };
        stream.skip_to(at)?;
        stream.read_exact(buffer)
    }

    fn tail_start_in(&self, buffer: &[u8], at: u64) -> usize {
        let before = self.tail_start().saturating_sub(at);
        usize::try_from(before).map_or(buffer.len(), |before| before.min(buffer.len()))
    }
}

impl ReadInOrder for InOrder<'_> {
    fn read_exact_at(&mut self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let end = at.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.file.size) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let streamed = self.tail_start_in(buffer, at);
        let (streamed, kept) = buffer.split_at_mut(streamed);
        if !streamed.is_empty() {
            self.read_streamed(streamed, at)?;
        }
        if !kept.is_empty() {
            let from = at + streamed.len() as u64 - self.tail_start();
            let from = usize::try_from(from).map_err(io::Error::other)?;
            kept.copy_from_slice(&self.tail[from..from + kept.len()]);
        }
        Ok(())
    }
}
