//! Verification beside the download: reads behind the connections, in order, each byte once (`engine.md`).
//!
//! Nobody waits for a certain file: a thread reads what is there of the first file, in the order of the set, that has
//! something to read, and then looks anew. So a file that hangs, or whose turn comes late, costs no other one anything.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::error::{self, DownloadError};
use super::part::{Growth, Part};
use crate::integrity::{Corrupt, Judgement, Scratch, Verifier};
use crate::problem::Problem;
use crate::store::{During, StorageError};

/// Read at a time. Fits in the second-level cache together with what the inflater puts out.
const STEP: usize = 128 << 10;

/// So much of one file is read before a file that comes before it gets its turn.
const TURN: u64 = 4 << 20;

/// What was verified, and what came of it.
pub(super) struct Judged {
    /// Its place in the set.
    pub(super) index: usize,
    pub(super) part: Arc<Part>,
    pub(super) judgement: Result<Judgement, DownloadError>,
}

/// The threads that verify. They end when nothing is left to verify after [`Verifiers::finish`].
pub(super) struct Verifiers {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Counts what has changed. Apart from the queue, which is held while parts are looked at: who writes to one must not wait
    /// for the disk of another.
    changes: Mutex<u64>,
    /// Of one thread for each part that has grown or is new here, and of all at the end.
    grown: Condvar,
}

#[derive(Default)]
struct Queue {
    /// In the order of the set. What a thread is at is not among them.
    followed: Vec<Followed>,
    /// No more parts will come.
    finished: bool,
}

/// A part that is being verified.
struct Followed {
    index: usize,
    part: Arc<Part>,
    verifier: Verifier,
    /// The next byte to read.
    at: u64,
}

impl Verifiers {
    /// At most this many parts are read at once. What they say comes out of the receiver, until all is said.
    pub(super) fn start(threads: usize) -> Result<(Verifiers, UnboundedReceiver<Judged>), Problem> {
        let (judged, judgements) = mpsc::unbounded_channel();
        let shared = Arc::<Shared>::default();
        let start = |_: &usize| {
            let (shared, judged) = (Arc::clone(&shared), judged.clone());
            let thread = std::thread::Builder::new().name("verify".into());
            thread.spawn(move || shared.verify_all(&judged)).is_ok()
        };
        match (0..threads).filter(start).count() {
            0 => Err(error::no_thread()),
            _ => Ok((Verifiers { shared }, judgements)),
        }
    }

    /// Follows a part to its end.
    pub(super) fn follow(&self, index: usize, part: &Arc<Part>) {
        let shared = Arc::clone(&self.shared);
        part.on_growth(move || shared.wake());
        self.shared.put(Followed {
            index,
            part: Arc::clone(part),
            verifier: Verifier::default(),
            at: 0,
        });
        self.shared.wake();
    }

    /// Nothing more will come, and what is there is brought to its end.
    pub(super) fn finish(&self) {
        self.shared.queue().finished = true;
        self.shared.wake_all();
    }
}

impl Drop for Verifiers {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changes(&self) -> MutexGuard<'_, u64> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        *self.changes() += 1;
        self.grown.notify_one();
    }

    fn wake_all(&self) {
        *self.changes() += 1;
        self.grown.notify_all();
    }

    fn put(&self, followed: Followed) {
        let files = &mut self.queue().followed;
        let place = files.partition_point(|other| other.index <= followed.index);
        files.insert(place, followed);
    }

    fn verify_all(&self, judged: &UnboundedSender<Judged>) {
        let (mut buffer, mut scratch) = (vec![0; STEP], Scratch::default());
        while let Some((mut followed, growth)) = self.next() {
            let advance = || followed.advance(growth, &mut buffer, &mut scratch);
            let judgement = match catch_unwind(AssertUnwindSafe(advance)) {
                // Nobody wants to know any more, and what was thrown away can't be read.
                Ok(_) if followed.part.is_abandoned() => continue,
                Ok(Ok(None)) => {
                    self.put(followed);
                    continue;
                }
                Ok(Ok(Some(judgement))) => Ok(judgement),
                Ok(Err(error)) => Err(error.into()),
                // A bug of ours must not look like a file that is merely missing.
                Err(_) => Err(DownloadError::unexpected("no thread verifies any more")),
            };
            let Followed { index, part, .. } = followed;
            let _ = judged.send(Judged {
                index,
                part,
                judgement,
            });
        }
        // The others may wait for what this one has brought to its end.
        self.wake_all();
    }

    /// The first that has something to read, once there is one. Blocks.
    fn next(&self) -> Option<(Followed, Growth)> {
        loop {
            let seen = *self.changes();
            let mut queue = self.queue();
            let mut files = queue.followed.iter().enumerate();
            let ready =
                |(place, file): (usize, &Followed)| Some((place, file.part.growth(file.at)?));
            if let Some((place, growth)) = files.find_map(ready) {
                return Some((queue.followed.remove(place), growth));
            }
            if queue.finished && queue.followed.is_empty() {
                return None;
            }
            drop(queue);
            let same = |changes: &mut u64| *changes == seen;
            drop(self.grown.wait_while(self.changes(), same));
        }
    }
}

impl Followed {
    /// Reads on. Nothing: the end is not reached.
    fn advance(
        &mut self,
        growth: Growth,
        buffer: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<Option<Judgement>, StorageError> {
        match growth {
            Growth::To(upto) => {
                let corrupt = self.read(upto.min(self.at + TURN), buffer, scratch)?;
                Ok(corrupt.map(Judgement::Corrupt))
            }
            Growth::Whole(length) => self.finish(length).map(Some),
            Growth::Abandoned => Ok(None),
        }
    }

    /// Says what is corrupt as soon as no further byte could mend it: when it does not begin like a zip.
    fn read(
        &mut self,
        upto: u64,
        buffer: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<Option<Corrupt>, StorageError> {
        while self.at < upto {
            let most = buffer.len();
            let step = usize::try_from(upto - self.at).map_or(most, |left| left.min(most));
            let bytes = &mut buffer[..step];
            self.part.file().read_at(self.at, bytes)?;
            if let Err(corrupt) = self.verifier.feed(bytes, scratch) {
                return Ok(Some(corrupt));
            }
            self.at += step as u64;
        }
        Ok(None)
    }

    fn finish(&mut self, length: u64) -> Result<Judgement, StorageError> {
        let file = self.part.file();
        let judgement = std::mem::take(&mut self.verifier).finish(file.file(), length);
        judgement.during("reading", file.path())
    }
}
