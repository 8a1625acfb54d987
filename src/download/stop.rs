//! The one way in which a run is told to end early.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::exit::Exit;

/// Shared by everybody who waits or works during a run. The first request to stop counts.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    cause: watch::Sender<Option<(Exit, Instant)>>,
}

impl Default for Stop {
    fn default() -> Stop {
        Stop {
            cause: watch::Sender::new(None),
        }
    }
}

impl Stop {
    pub(crate) fn request(&self, cause: Exit) {
        self.cause.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some((cause, Instant::now()));
            }
            first
        });
    }

    /// Why the run ends early, if it does.
    pub(crate) fn requested(&self) -> Option<Exit> {
        self.cause.borrow().map(|(cause, _)| cause)
    }

    pub(super) fn elapsed(&self) -> Option<Duration> {
        self.cause.borrow().map(|(_, at)| at.elapsed())
    }

    pub(crate) async fn wait(&self) -> Exit {
        let mut cause = self.cause.subscribe();
        match cause.wait_for(Option::is_some).await.map(|cause| *cause) {
            Ok(Some((cause, _))) => cause,
            // The sender is ours, so it is there, and what was waited for is some.
            _ => std::future::pending().await,
        }
    }
}
