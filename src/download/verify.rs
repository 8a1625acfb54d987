//! Verification beside the download: reads behind the connections, in order, each byte once (`engine.md`).

use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::oneshot;

use super::DownloadError;
use super::version::{Growth, Version};
use crate::destination::StorageError;
use crate::integrity::{FinishError, Verified, Verifier};

/// Read at a time. Fits in the second-level cache together with what the inflater puts out.
const STEP: usize = 128 << 10;

/// How a verification ended.
#[derive(Debug)]
pub enum Verdict {
    /// The file is whole and a sound zip.
    Sound(Verified),
    /// It is not, and more bytes can't mend it.
    Corrupt(String),
    /// Nobody wants to know any more.
    Abandoned,
}

/// A version to follow, and who wants to know.
type Task = (Arc<Version>, oneshot::Sender<Result<Verdict, StorageError>>);

/// The threads that verify. They end with it.
pub struct Verifiers {
    tasks: mpsc::Sender<Task>,
}

impl Verifiers {
    /// At most this many versions are followed at once.
    #[must_use]
    pub fn start(threads: usize) -> Verifiers {
        let (tasks, waiting) = mpsc::channel::<Task>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            let thread = std::thread::Builder::new().name("verify".into());
            // Where none can be started, the first file says so.
            let _ = thread.spawn(move || verify_all(&waiting));
        }
        Verifiers { tasks }
    }

    /// Follows a version to its end.
    ///
    /// # Errors
    /// What the disk says; [`DownloadError::Unexpected`] for a thread that could not be started, or panicked.
    pub async fn follow(&self, version: Arc<Version>) -> Result<Verdict, DownloadError> {
        // A bug of ours must not look like a file that is merely missing.
        let broken = || DownloadError::Unexpected("no thread verifies any more".into());
        let (told, verdict) = oneshot::channel();
        self.tasks.send((version, told)).map_err(|_| broken())?;
        Ok(verdict.await.map_err(|_| broken())??)
    }
}

fn verify_all(waiting: &Mutex<mpsc::Receiver<Task>>) {
    loop {
        let task = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok((version, told)) = task else {
            return;
        };
        let _ = told.send(follow(&version));
    }
}

/// Follows a version until it is whole, or shown to be corrupt, which may be long before that. Blocks.
///
/// # Errors
/// What the disk says.
fn follow(version: &Version) -> Result<Verdict, StorageError> {
    let mut verifier = Verifier::new();
    let mut buffer = vec![0; STEP];
    let mut at = 0;
    loop {
        let upto = match version.wait_for_growth(at) {
            Growth::To(upto) => upto,
            Growth::Whole(length) => return finish(verifier, version, length),
            Growth::Abandoned => return Ok(Verdict::Abandoned),
        };
        while at < upto {
            let step = usize::try_from(upto - at).map_or(STEP, |left| left.min(STEP));
            version.part().read_at(at, &mut buffer[..step])?;
            if let Err(corrupt) = verifier.feed(&buffer[..step]) {
                return Ok(Verdict::Corrupt(corrupt.to_string()));
            }
            at += step as u64;
            if version.is_abandoned() {
                return Ok(Verdict::Abandoned);
            }
        }
    }
}

fn finish(verifier: Verifier, version: &Version, length: u64) -> Result<Verdict, StorageError> {
    match verifier.finish(version.part().file(), length) {
        Ok(sound) => {
            // A final name promises bytes that survive a power cut.
            version.part().sync()?;
            Ok(Verdict::Sound(sound))
        }
        Err(FinishError::Corrupt(corrupt)) => Ok(Verdict::Corrupt(corrupt.to_string())),
        Err(FinishError::Io(error)) => {
            Err(StorageError::new(version.part().path(), "reading", error))
        }
    }
}
