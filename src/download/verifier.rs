//! Verification beside the download: reads behind the connections, in order, each byte once (`engine.md`).
//!
//! Nobody waits for a certain file: a thread reads what is there of the first file, in the order of the set, that has
//! something to read, and then looks anew. So a file that hangs, or whose turn comes late, costs no other one anything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::error::{self, DownloadError};
use super::growth::{Bell, Growth};
use super::version::Version;
use crate::integrity::{Corrupt, FinishError, Scratch, Untested, Verified, Verifier};
use crate::store::StorageError;

/// Read at a time. Fits in the second-level cache together with what the inflater puts out.
const STEP: usize = 128 << 10;

/// So much of one file is read before a file that comes before it gets its turn.
const TURN: u64 = 4 << 20;

/// How a verification ended.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The file is whole and a sound zip.
    Sound(Verified),
    /// It is whole and nothing is wrong with it, but not all of it can be tested.
    Untested(Box<Untested>),
    /// It is not, and more bytes can't mend it.
    Corrupt(Corrupt),
    /// Nobody wants to know any more.
    Abandoned,
}

/// The threads that verify. They end with it.
pub(crate) struct Verifiers {
    shared: Arc<Shared>,
    threads: usize,
}

struct Shared {
    /// Rung for a version that has grown or is new here, and at the end.
    bell: Arc<Bell>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// In the order of the set. Whom a thread is at is not among them.
    files: Vec<Followed>,
    closed: bool,
}

/// A version that is being verified.
struct Followed {
    /// Its place in the set.
    index: usize,
    version: Arc<Version>,
    verifier: Verifier,
    /// The next byte to read.
    at: u64,
    told: oneshot::Sender<Result<Verdict, StorageError>>,
}

impl Verifiers {
    /// At most this many versions are read at once.
    pub(crate) fn start(threads: usize) -> Verifiers {
        let shared = Arc::new(Shared {
            bell: Arc::default(),
            waiting: Mutex::default(),
        });
        let start = |_: &usize| {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name("verify".into());
            thread.spawn(move || shared.verify_all()).is_ok()
        };
        let threads = (0..threads).filter(start).count();
        Verifiers { shared, threads }
    }

    /// What a version is to ring when it has grown.
    pub(crate) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.shared.bell)
    }

    /// Follows a version to its end.
    ///
    /// # Errors
    /// What the disk says; that no thread could be started, or that one panicked.
    pub(crate) async fn follow(
        &self,
        index: usize,
        version: Arc<Version>,
    ) -> Result<Verdict, DownloadError> {
        // A bug of ours must not look like a file that is merely missing.
        let broken = || DownloadError::unexpected("no thread verifies any more");
        if self.threads == 0 {
            return Err(DownloadError::Run(error::no_thread()));
        }
        let (told, verdict) = oneshot::channel();
        self.shared.put(Followed {
            index,
            version,
            verifier: Verifier::new(),
            at: 0,
            told,
        });
        self.shared.bell.ring();
        Ok(verdict.await.map_err(|_| broken())??)
    }
}

impl Drop for Verifiers {
    fn drop(&mut self) {
        self.shared.waiting().closed = true;
        self.shared.bell.ring();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, followed: Followed) {
        let files = &mut self.waiting().files;
        let place = files.partition_point(|other| other.index <= followed.index);
        files.insert(place, followed);
    }

    fn verify_all(&self) {
        let (mut buffer, mut scratch) = (vec![0; STEP], Scratch::default());
        while let Some((followed, growth)) = self.next() {
            if let Some(followed) = followed.advance(growth, &mut buffer, &mut scratch) {
                self.put(followed);
            }
        }
        // One ring wakes one thread.
        self.bell.ring();
    }

    /// The first that has something to read, once there is one. Blocks.
    fn next(&self) -> Option<(Followed, Growth)> {
        loop {
            let heard = self.bell.rung();
            {
                let mut waiting = self.waiting();
                if waiting.closed {
                    return None;
                }
                let mut files = waiting.files.iter().enumerate();
                let ready = |(place, file): (usize, &Followed)| {
                    Some((place, file.version.growth(file.at)?))
                };
                if let Some((place, growth)) = files.find_map(ready) {
                    return Some((waiting.files.remove(place), growth));
                }
            }
            self.bell.wait(heard);
        }
    }
}

impl Followed {
    /// Reads on, and gives itself back unless that was the end of it.
    fn advance(
        mut self,
        growth: Growth,
        buffer: &mut [u8],
        scratch: &mut Scratch,
    ) -> Option<Followed> {
        let verdict = match growth {
            Growth::To(upto) => match self.read(upto.min(self.at + TURN), buffer, scratch) {
                Ok(None) => return Some(self),
                Ok(Some(corrupt)) => Ok(Verdict::Corrupt(corrupt)),
                Err(error) => Err(error),
            },
            Growth::Whole(length) => finish(self.verifier, &self.version, length),
            Growth::Abandoned => Ok(Verdict::Abandoned),
        };
        // What was thrown away can't be read any more.
        let verdict = if self.version.is_abandoned() {
            Ok(Verdict::Abandoned)
        } else {
            verdict
        };
        let _ = self.told.send(verdict);
        None
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
            self.version.part().read_at(self.at, bytes)?;
            if let Err(corrupt) = self.verifier.feed(bytes, scratch) {
                return Ok(Some(corrupt));
            }
            self.at += step as u64;
        }
        Ok(None)
    }
}

fn finish(verifier: Verifier, version: &Version, length: u64) -> Result<Verdict, StorageError> {
    match verifier.finish(version.part().file(), length) {
        Ok(sound) => {
            // A final name promises bytes that survive a power cut.
            version.part().settle()?;
            Ok(Verdict::Sound(sound))
        }
        Err(FinishError::Untested(untested)) => {
            // It may get its final name all the same.
            version.part().settle()?;
            Ok(Verdict::Untested(untested))
        }
        Err(FinishError::Corrupt(corrupt)) => Ok(Verdict::Corrupt(corrupt)),
        Err(FinishError::Io(error)) => {
            Err(StorageError::new(version.part().path(), "reading", error))
        }
    }
}
