//! What goes on beside the connections: verification, publication, the care for what nobody writes to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::{self, DownloadError};
use super::publisher::{Refused, Whole};
use super::run::Engine;
use super::slot::Fate;
use super::verifier::Verdict;
use super::version::Version;
use crate::event::Event;
use crate::integrity::{Corrupt, Untested, Verified};
use crate::store::manifest::FileState;

/// How often versions are looked at that nobody writes to at the moment.
const TICK: Duration = Duration::from_millis(500);

/// Files that are published together at most.
const PUBLISHED_AT_ONCE: usize = 64;

impl Engine {
    pub(super) async fn verify(self: Arc<Engine>, index: usize, version: Arc<Version>) {
        match self.verifiers.follow(index, Arc::clone(&version)).await {
            Ok(Verdict::Sound(verified)) => self.sound(index, &version, verified, None),
            Ok(Verdict::Untested(zip)) if self.allow_unverified => {
                let message = format!("accepted without verification: {}", zip.reason);
                self.warn(&version, message);
                self.sound(index, &version, zip.file, Some(zip.reason));
            }
            Ok(Verdict::Untested(zip)) => self.untested(index, &version, *zip).await,
            Ok(Verdict::Corrupt(corrupt)) => self.corrupt(index, &version, corrupt).await,
            Ok(Verdict::Abandoned) => {}
            Err(error) => self.end(error),
        }
    }

    /// On its way to the final name, unless another connection started the file over while its last bytes were read: what
    /// lies under the part's name then is not what was verified.
    fn sound(
        &self,
        index: usize,
        version: &Arc<Version>,
        verified: Verified,
        untested: Option<String>,
    ) {
        if !self.seal(index, version) {
            return;
        }
        for warning in &verified.warnings {
            self.warn(version, warning.clone());
        }
        let file = Whole {
            version: Arc::clone(version),
            verified,
            untested,
        };
        if let Some(finished) = self.finished().as_ref() {
            let _ = finished.send((index, file));
        }
    }

    fn warn(&self, version: &Version, message: String) {
        self.observer.event(Event::Warning {
            name: Some(version.name().clone()),
            message,
        });
    }

    /// Another fetch would bring the same, so it is kept beside the others at once.
    async fn untested(&self, index: usize, version: &Arc<Version>, zip: Untested) {
        if !self.is_given_back(index, version) {
            return;
        }
        let refused = Refused {
            state: FileState::Unverified,
            reason: zip.reason,
            sha256: Some(zip.file.sha256),
            repeated: false,
        };
        self.keep_aside(index, version, refused).await;
    }

    /// A corrupt file is fetched again from the start, unless these very bytes came before; then it is kept beside the others
    /// (`design.md` rule 8).
    async fn corrupt(self: &Arc<Engine>, index: usize, version: &Arc<Version>, corrupt: Corrupt) {
        if !self.is_given_back(index, version) {
            return;
        }
        let in_an_earlier_run = {
            let manifest = self.publisher.manifest();
            let entry = manifest.entry(version.name());
            let entry = entry.filter(|entry| entry.state == FileState::Corrupt);
            entry.and_then(|entry| entry.sha256.clone())
        };
        let before = self.progress(index).corrupt_before.replace(corrupt.clone());
        let is_first = before.is_none();
        let came_before = [in_an_earlier_run, before.and_then(|before| before.sha256)];
        let repeated = corrupt.sha256.is_some() && came_before.contains(&corrupt.sha256);
        if repeated || !is_first {
            let refused = Refused {
                state: FileState::Corrupt,
                reason: corrupt.reason,
                sha256: corrupt.sha256,
                repeated,
            };
            return self.keep_aside(index, version, refused).await;
        }
        version.throw_away();
        self.observer.event(Event::Discarded {
            name: version.name().clone(),
            bytes: version.held().total(),
            reason: format!("corrupt: {}", corrupt.reason),
        });
        self.queue().wait_again(index);
        self.queue_changed();
    }

    /// Takes a version from the file, unless another connection started the file over.
    fn is_given_back(&self, index: usize, version: &Arc<Version>) -> bool {
        let mut progress = self.progress(index);
        let is_current = progress.is_at(version);
        if is_current {
            progress.version = None;
        }
        is_current
    }

    async fn keep_aside(&self, index: usize, version: &Arc<Version>, refused: Refused) {
        version.abandon();
        let (publisher, version) = (self.publisher.clone(), Arc::clone(version));
        let refusal = (refused.state, refused.reason.clone(), refused.repeated);
        let kept = tokio::task::spawn_blocking(move || publisher.keep_aside(&version, refused));
        match kept.await {
            Ok(Ok(kept)) => self.fail(
                index,
                DownloadError::File(match refusal {
                    (FileState::Unverified, reason, _) => error::unverified(&reason, &kept),
                    (_, reason, repeated) => error::corrupt(&reason, &kept, repeated),
                }),
            ),
            Ok(Err(error)) => self.end(error.into()),
            Err(panic) => self.end(DownloadError::unexpected(&panic.to_string())),
        }
    }

    fn published(&self, index: usize, file: &Whole) {
        let (took, resumed) = {
            let progress = self.progress(index);
            let resumed = progress
                .version
                .as_ref()
                .map_or(0, |version| version.resumed_bytes());
            (
                progress
                    .started
                    .map_or(Duration::ZERO, |started| started.elapsed()),
                resumed,
            )
        };
        self.observer.event(Event::FileDone {
            name: file.version.name().clone(),
            size: file.verified.size,
            sha256: file.verified.sha256.clone(),
            took,
            resumed,
        });
        {
            let mut progress = self.progress(index);
            progress.version = None;
            progress.fate = Fate::Settled;
        }
        self.queue().settle(index);
        self.queue_changed();
    }
}

/// Publishes what was verified, in batches, until nothing more can come.
pub(super) async fn publish_all(
    engine: Arc<Engine>,
    mut finished: mpsc::UnboundedReceiver<(usize, Whole)>,
) {
    let mut batch = Vec::new();
    while finished.recv_many(&mut batch, PUBLISHED_AT_ONCE).await > 0 {
        let (indexes, files): (Vec<usize>, Vec<Whole>) = batch.drain(..).unzip();
        let publisher = engine.publisher.clone();
        let outcome = tokio::task::spawn_blocking(move || {
            let saved = publisher.publish(&files);
            (files, saved)
        });
        match outcome.await {
            Ok((files, Ok(()))) => {
                for (index, file) in indexes.into_iter().zip(&files) {
                    engine.published(index, file);
                }
            }
            Ok((_, Err(error))) => engine.end(error.into()),
            Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
        }
    }
}

/// Looks after what no connection looks after: bytes that would stay at risk because nothing follows them.
pub(super) async fn look_after(engine: Arc<Engine>) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        for index in 0..engine.files.len() {
            if let Some(version) = engine.version(index).filter(|version| version.wants_sync()) {
                engine.sync_soon(&version);
            }
        }
    }
}
