//! What becomes of a file that was verified: its final name, another attempt, or a place beside the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::engine::Engine;
use super::error::{self, DownloadError};
use super::part::Part;
use super::publisher::{Finished, Rejected};
use super::state::AfterCorrupt;
use super::verifier::Judged;
use crate::event::Event;
use crate::integrity::{Corrupt, Judgement, Untested, Verified};
use crate::store::manifest::FileState;

/// Files that are published together at most.
const PUBLISHED_AT_ONCE: usize = 64;

/// Settles what was verified, in batches, until nothing more can come.
pub(super) async fn settle_all(engine: Arc<Engine>, mut judged: UnboundedReceiver<Judged>) {
    let mut batch = Vec::new();
    let mut under_way = JoinSet::new();
    while judged.recv_many(&mut batch, PUBLISHED_AT_ONCE).await > 0 {
        let mut files = Vec::new();
        for judged in batch.drain(..) {
            let index = judged.index;
            let settle = Settle {
                engine: &engine,
                index,
                part: judged.part,
            };
            match judged.judgement {
                Err(error) => engine.end(error),
                Ok(judgement) => {
                    if let Some((part, finished)) = settle.run(judgement).await {
                        files.push((index, (part, finished)));
                    }
                }
            }
        }
        if engine.plan.publisher.store().is_elsewhere() {
            // Each takes its time, and the next ones are verified and on their way meanwhile.
            for file in files {
                under_way.spawn(publish(Arc::clone(&engine), vec![file]));
            }
        } else if !files.is_empty() {
            publish(Arc::clone(&engine), files).await;
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// A part that was verified.
struct Settle<'a> {
    engine: &'a Engine,
    index: usize,
    part: Arc<Part>,
}

impl Settle<'_> {
    /// Settles what is not to get its final name, and gives back what is.
    async fn run(self, judgement: Judgement) -> Option<(Arc<Part>, Finished)> {
        match judgement {
            Judgement::Sound(verified) => return self.seal(verified, None),
            Judgement::Untested(zip) if self.engine.plan.allow_unverified => {
                let message = format!("accepted without verification: {}", zip.reason);
                self.engine.warn(Some(self.part.name()), message);
                return self.seal(zip.file, Some(zip.reason));
            }
            Judgement::Untested(zip) => self.untested(*zip).await,
            Judgement::Corrupt(found) => self.corrupt(found).await,
        }
        None
    }

    /// Unless another connection started the file over while its last bytes were read: what lies under the part's name then is
    /// not what was verified.
    fn seal(self, verified: Verified, untested: Option<String>) -> Option<(Arc<Part>, Finished)> {
        let part = self.part;
        if !self.engine.state().seal(self.index, &part) {
            return None;
        }
        for warning in &verified.warnings {
            self.engine.warn(Some(part.name()), warning.clone());
        }
        let finished = Finished {
            name: part.name().clone(),
            validator: part.validator().clone(),
            verified,
            untested,
        };
        Some((part, finished))
    }

    /// Another fetch would bring the same, so it is kept beside the others at once.
    async fn untested(self, zip: Untested) {
        if self.engine.state().take_back(self.index, &self.part) {
            self.keep_aside(Rejected {
                state: FileState::Unverified,
                reason: zip.reason,
                sha256: Some(zip.file.sha256),
                repeated: false,
            })
            .await;
        }
    }

    /// A corrupt file is fetched again from the start, unless these very bytes came before; then it is kept beside the others
    /// (`design.md` rule 8).
    async fn corrupt(self, found: Corrupt) {
        let manifest = self.engine.plan.publisher.manifest();
        let entry = manifest.entry(self.part.name());
        let entry = entry.filter(|entry| entry.state == FileState::Corrupt);
        let in_an_earlier_run = entry.and_then(|entry| entry.sha256.clone());
        drop(manifest);
        let (index, part) = (self.index, &self.part);
        let next = (self.engine.state()).corrupt(index, part, &found, in_an_earlier_run);
        match next {
            None => {}
            Some(AfterCorrupt::FetchAgain) => {
                let reason = format!("corrupt: {}", found.reason);
                self.engine.discard(&self.part, reason);
                self.engine.state().wait_again(self.index);
                self.engine.changed();
            }
            Some(AfterCorrupt::GiveUp { repeated }) => {
                self.keep_aside(Rejected {
                    state: FileState::Corrupt,
                    reason: found.reason,
                    sha256: found.sha256,
                    repeated,
                })
                .await;
            }
        }
    }

    async fn keep_aside(self, refused: Rejected) {
        let Settle {
            engine,
            index,
            part,
        } = self;
        part.abandon();
        let publisher = Arc::clone(&engine.plan.publisher);
        let (state, reason, repeated) = (refused.state, refused.reason.clone(), refused.repeated);
        let kept = tokio::task::spawn_blocking(move || publisher.keep_aside(&part, refused));
        match kept.await {
            Ok(Ok(kept)) => {
                let problem = match state {
                    FileState::Unverified => error::unverified(&reason, &kept),
                    _ => error::corrupt(&reason, &kept, repeated),
                };
                engine.fail(index, problem.into());
            }
            Ok(Err(error)) => engine.end(error.into()),
            Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
        }
    }
}

/// Files and their places in the set.
async fn publish(engine: Arc<Engine>, files: Vec<(usize, (Arc<Part>, Finished))>) {
    let publisher = Arc::clone(&engine.plan.publisher);
    let (indexes, files): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let outcome = tokio::task::spawn_blocking(move || {
        let saved = publisher.publish(&files, &|_| ());
        (files, saved)
    });
    match outcome.await {
        // The run ends, and the next one goes on with them.
        Ok((_, Ok(false))) => {}
        Ok((files, Ok(true))) => {
            for (index, (part, finished)) in indexes.iter().zip(&files) {
                let started = engine.state().file(*index).started;
                engine.event(Event::FileDone {
                    name: finished.name.clone(),
                    size: finished.verified.size,
                    sha256: finished.verified.sha256.clone(),
                    took: started.map_or(Duration::ZERO, |started| started.elapsed()),
                    resumed: part.resumed_bytes(),
                });
                engine.state().published(*index);
            }
            engine.changed();
        }
        Ok((_, Err(error))) => engine.end(error.into()),
        Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
    }
}
