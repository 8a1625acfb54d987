//! What becomes of a file that was verified: its final name, another attempt, or a place beside the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::context::Context;
use super::error::{self, DownloadError};
use super::part::Part;
use super::publisher::{Finished, Refused};
use super::state::AfterCorrupt;
use super::verifier::{Judged, Verdict};
use crate::event::Event;
use crate::integrity::{Corrupt, Untested, Verified};
use crate::store::manifest::FileState;

/// Files that are published together at most.
const PUBLISHED_AT_ONCE: usize = 64;

/// Settles what was verified, in batches, until nothing more can come.
pub(super) async fn settle_all(context: Arc<Context>, mut judged: UnboundedReceiver<Judged>) {
    let mut batch = Vec::new();
    while judged.recv_many(&mut batch, PUBLISHED_AT_ONCE).await > 0 {
        let (mut indexes, mut files) = (Vec::new(), Vec::new());
        for judged in batch.drain(..) {
            let index = judged.index;
            if let Some(file) = settle(&context, judged).await {
                indexes.push(index);
                files.push(file);
            }
        }
        if !files.is_empty() {
            publish(&context, &indexes, files).await;
        }
    }
}

/// Settles what is not to get its final name, and gives back what is.
async fn settle(context: &Context, judged: Judged) -> Option<(Arc<Part>, Finished)> {
    let Judged {
        index,
        part,
        verdict,
    } = judged;
    match verdict {
        Ok(Verdict::Sound(verified)) => seal(context, index, part, verified, None),
        Ok(Verdict::Untested(zip)) if context.job.allow_unverified => {
            let message = format!("accepted without verification: {}", zip.reason);
            context.warn(Some(part.name()), message);
            seal(context, index, part, zip.file, Some(zip.reason))
        }
        Ok(Verdict::Untested(zip)) => {
            untested(context, index, part, *zip).await;
            None
        }
        Ok(Verdict::Corrupt(found)) => {
            corrupt(context, index, part, found).await;
            None
        }
        Ok(Verdict::Abandoned) => None,
        Err(error) => {
            context.end(error);
            None
        }
    }
}

/// Unless another connection started the file over while its last bytes were read: what lies under the part's name then is
/// not what was verified.
fn seal(
    context: &Context,
    index: usize,
    part: Arc<Part>,
    verified: Verified,
    untested: Option<String>,
) -> Option<(Arc<Part>, Finished)> {
    if !context.state().seal(index, &part) {
        return None;
    }
    for warning in &verified.warnings {
        context.warn(Some(part.name()), warning.clone());
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
async fn untested(context: &Context, index: usize, part: Arc<Part>, zip: Untested) {
    if context.state().take_back(index, &part) {
        let refused = Refused {
            state: FileState::Unverified,
            reason: zip.reason,
            sha256: Some(zip.file.sha256),
            repeated: false,
        };
        keep_aside(context, index, part, refused).await;
    }
}

/// A corrupt file is fetched again from the start, unless these very bytes came before; then it is kept beside the others
/// (`design.md` rule 8).
async fn corrupt(context: &Context, index: usize, part: Arc<Part>, found: Corrupt) {
    let in_an_earlier_run = {
        let manifest = context.job.publisher.manifest();
        let entry = manifest.entry(part.name());
        let entry = entry.filter(|entry| entry.state == FileState::Corrupt);
        entry.and_then(|entry| entry.sha256.clone())
    };
    let next = context
        .state()
        .corrupt(index, &part, &found, in_an_earlier_run);
    match next {
        None => {}
        Some(AfterCorrupt::FetchAgain) => {
            context.discard(&part, format!("corrupt: {}", found.reason));
            context.state().wait_again(index);
            context.changed();
        }
        Some(AfterCorrupt::GiveUp { repeated }) => {
            let refused = Refused {
                state: FileState::Corrupt,
                reason: found.reason,
                sha256: found.sha256,
                repeated,
            };
            keep_aside(context, index, part, refused).await;
        }
    }
}

async fn keep_aside(context: &Context, index: usize, part: Arc<Part>, refused: Refused) {
    part.abandon();
    let publisher = context.job.publisher.clone();
    let (state, reason, repeated) = (refused.state, refused.reason.clone(), refused.repeated);
    let kept = tokio::task::spawn_blocking(move || publisher.keep_aside(&part, refused));
    match kept.await {
        Ok(Ok(kept)) => {
            let problem = match state {
                FileState::Unverified => error::unverified(&reason, &kept),
                _ => error::corrupt(&reason, &kept, repeated),
            };
            context.fail(index, DownloadError::File(problem));
        }
        Ok(Err(error)) => context.end(error.into()),
        Err(panic) => context.end(DownloadError::unexpected(&panic.to_string())),
    }
}

async fn publish(context: &Context, indexes: &[usize], files: Vec<(Arc<Part>, Finished)>) {
    let publisher = context.job.publisher.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        let saved = publisher.publish(&files);
        (files, saved)
    });
    match outcome.await {
        Ok((files, Ok(()))) => {
            for (index, (part, finished)) in indexes.iter().zip(&files) {
                let started = context.state().file(*index).started;
                context.event(Event::FileDone {
                    name: finished.name.clone(),
                    size: finished.verified.size,
                    sha256: finished.verified.sha256.clone(),
                    took: started.map_or(Duration::ZERO, |started| started.elapsed()),
                    resumed: part.resumed_bytes(),
                });
                context.state().published(*index);
            }
            context.changed();
        }
        Ok((_, Err(error))) => context.end(error.into()),
        Err(panic) => context.end(DownloadError::unexpected(&panic.to_string())),
    }
}
