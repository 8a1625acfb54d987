//! What becomes of a file that was verified: its final name, another attempt, or a place beside the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::engine::Engine;
use super::error::{self, DownloadError};
use super::part::Part;
use super::publisher::{Finished, Rejected};
use super::state::AfterCorrupt;
use super::verifier::Judged;
use crate::event::Event;
use crate::integrity::{Corrupt, Judgement, Untested, Verified};
use crate::model::FileName;
use crate::store::manifest::FileState;

/// Files that are published together at most.
const PUBLISHED_AT_ONCE: usize = 64;

/// The manifest is not written more often than this while files get their names: all of it is written each time.
const RECORD_EVERY: Duration = Duration::from_secs(1);

/// Settles what was verified, in batches, until nothing more can come.
pub(super) async fn settle_all(engine: Arc<Engine>, mut judged: UnboundedReceiver<Judged>) {
    let mut batch = Vec::new();
    let mut recorder = Recorder::default();
    let mut under_way = JoinSet::new();
    loop {
        let received = tokio::select! {
            biased;
            () = recorder.is_due() => {
                recorder.record(&engine).await;
                continue;
            }
            received = judged.recv_many(&mut batch, PUBLISHED_AT_ONCE) => received,
        };
        if received == 0 {
            break;
        }
        let mut files = Vec::new();
        for judged in batch.drain(..) {
            let index = judged.index;
            let settle = Settle {
                engine: &engine,
                index,
                part: judged.part,
            };
            match judged.judgement.map(|judgement| settle.run(judgement)) {
                Err(error) => engine.end(error),
                Ok(Some(Next::Publish(part, finished))) => files.push((index, (part, finished))),
                Ok(Some(Next::KeepAside(part, refused))) => {
                    under_way.spawn(keep_aside(Arc::clone(&engine), index, part, refused));
                }
                Ok(None) => {}
            }
        }
        if engine.is_elsewhere() {
            // Each takes its time, and the next ones are verified and on their way meanwhile.
            for file in files {
                under_way.spawn(upload(Arc::clone(&engine), file));
            }
        } else if !files.is_empty() {
            recorder.files.extend(publish(&engine, files).await);
        }
    }
    recorder.record(&engine).await;
    while under_way.join_next().await.is_some() {}
}

/// Tells of files that have their final names once the manifest vouches for them.
#[derive(Default)]
struct Recorder {
    files: Vec<Event>,
    last: Option<Instant>,
}

impl Recorder {
    async fn is_due(&self) {
        if self.files.is_empty() {
            return std::future::pending().await;
        }
        if let Some(last) = self.last {
            tokio::time::sleep_until(last + RECORD_EVERY).await;
        }
    }

    async fn record(&mut self, engine: &Engine) {
        let files = std::mem::take(&mut self.files);
        if files.is_empty() {
            return;
        }
        let publisher = Arc::clone(&engine.plan.publisher);
        match tokio::task::spawn_blocking(move || publisher.record()).await {
            Ok(Ok(())) => files.into_iter().for_each(|file| engine.event(file)),
            Ok(Err(error)) => engine.end(error.into()),
            Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
        }
        self.last = Some(Instant::now());
    }
}

/// What becomes of a part that nobody fetches again.
enum Next {
    /// It gets its final name.
    Publish(Arc<Part>, Finished),
    KeepAside(Arc<Part>, Rejected),
}

/// A part that was verified.
struct Settle<'a> {
    engine: &'a Engine,
    index: usize,
    part: Arc<Part>,
}

impl Settle<'_> {
    fn run(self, judgement: Judgement) -> Option<Next> {
        match judgement {
            Judgement::Sound(verified) => self.seal(verified, None),
            Judgement::Untested(zip) if self.engine.plan.allow_unverified => {
                let message = format!("accepted without verification: {}", zip.reason);
                self.engine.warn(Some(self.part.name()), message);
                self.seal(zip.file, Some(zip.reason))
            }
            Judgement::Untested(zip) => self.untested(*zip),
            Judgement::Corrupt(found) => self.corrupt(found),
        }
    }

    /// Unless another connection started the file over while its last bytes were read: what lies under the part's name then is
    /// not what was verified.
    fn seal(self, verified: Verified, untested: Option<String>) -> Option<Next> {
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
        Some(Next::Publish(part, finished))
    }

    /// Another fetch would bring the same, so it is kept beside the others at once.
    fn untested(self, zip: Untested) -> Option<Next> {
        let refused = Rejected {
            state: FileState::Unverified,
            reason: zip.reason,
            sha256: Some(zip.file.sha256),
            repeated: false,
        };
        let is_ours = self.engine.state().take_back(self.index, &self.part);
        is_ours.then(|| Next::KeepAside(self.part, refused))
    }

    /// A corrupt file is fetched again from the start, unless these very bytes came before; then it is kept beside the others
    /// (`design.md` rule 8).
    fn corrupt(self, found: Corrupt) -> Option<Next> {
        let manifest = self.engine.plan.publisher.manifest();
        let entry = manifest.entry(self.part.name());
        let entry = entry.filter(|entry| entry.state == FileState::Corrupt);
        let in_an_earlier_run = entry.and_then(|entry| entry.sha256.clone());
        drop(manifest);
        let (index, part) = (self.index, &self.part);
        let next = (self.engine.state()).corrupt(index, part, &found, in_an_earlier_run);
        match next? {
            AfterCorrupt::FetchAgain => {
                let reason = format!("corrupt: {}", found.reason);
                self.engine.discard(&self.part, reason);
                self.engine.state().wait_again(self.index);
                self.engine.changed();
                None
            }
            AfterCorrupt::GiveUp { repeated } => {
                let refused = Rejected {
                    state: FileState::Corrupt,
                    reason: found.reason,
                    sha256: found.sha256,
                    repeated,
                };
                Some(Next::KeepAside(self.part, refused))
            }
        }
    }
}

async fn keep_aside(engine: Arc<Engine>, index: usize, part: Arc<Part>, refused: Rejected) {
    part.abandon();
    let _turn = turn_to_upload(&engine, part.name()).await;
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
        // Where it was stopped the next run comes to the same.
        Ok(Err(_)) if engine.plan.stop.requested().is_some() => {}
        Ok(Err(error)) => engine.end(error.into()),
        Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
    }
}

/// A file that was verified, and its place in the set.
type ToPublish = (usize, (Arc<Part>, Finished));

async fn upload(engine: Arc<Engine>, file: ToPublish) {
    let _turn = turn_to_upload(&engine, &file.1.1.name).await;
    let files = publish(&engine, vec![file]).await;
    let mut recorder = Recorder { files, last: None };
    recorder.record(&engine).await;
}

/// Until this is dropped one more file is uploaded: each takes a thread that waits. Nothing where nothing is uploaded.
async fn turn_to_upload<'a>(engine: &'a Engine, name: &FileName) -> Option<SemaphorePermit<'a>> {
    if !engine.is_elsewhere() {
        return None;
    }
    engine.event(Event::Uploading { name: name.clone() });
    engine.uploads.acquire().await.ok()
}

/// Gives files their final names. What is to be told of those that have them.
async fn publish(engine: &Arc<Engine>, files: Vec<ToPublish>) -> Vec<Event> {
    let shared = Arc::clone(engine);
    let (indexes, files): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let outcome = tokio::task::spawn_blocking(move || {
        let uploaded = |bytes| {
            if let [(part, _)] = &files[..] {
                let name = part.name().clone();
                shared.event(Event::Uploaded { name, bytes });
            }
        };
        let named = shared.plan.publisher.publish(&files, &uploaded);
        (files, named)
    });
    let mut events = Vec::new();
    match outcome.await {
        // The run ends, and the next one goes on with them.
        Ok((_, Ok(false))) => {}
        Ok((files, Ok(true))) => {
            for (index, (part, finished)) in indexes.into_iter().zip(files) {
                let started = engine.state().file(index).started;
                events.push(Event::FileDone {
                    name: finished.name,
                    size: finished.verified.size,
                    sha256: finished.verified.sha256,
                    took: started.map_or(Duration::ZERO, |started| started.elapsed()),
                    resumed: part.resumed_bytes(),
                });
                engine.state().published(index);
            }
            engine.changed();
        }
        Ok((_, Err(error))) => engine.end(error.into()),
        Err(panic) => engine.end(DownloadError::unexpected(&panic.to_string())),
    }
    events
}
