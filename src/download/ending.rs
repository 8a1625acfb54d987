//! How a run ends: the last syncs, and what is still verified.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use super::DownloadError;
use super::run::Engine;
use super::version::Version;
use crate::store::StorageError;

/// So long after a signal the last sync of parts and journals is not waited for any more: the kernel has to do it by itself.
const LAST_SYNC: Duration = Duration::from_millis(1800);

impl Engine {
    /// Waits for the connections. One that is stuck in a write does not hold up a stop for long.
    pub(super) async fn until_all_end(&self, connections: &mut JoinSet<()>) {
        loop {
            let ended = tokio::select! {
                ended = connections.join_next() => ended,
                () = self.out_of_patience() => return,
            };
            match ended {
                None => return,
                Some(Ok(())) => {}
                Some(Err(panic)) => self.end(DownloadError::unexpected(&panic.to_string())),
            }
        }
    }

    /// All connections have ended: either everything is settled, or the run was stopped.
    pub(super) async fn wind_down(self: &Arc<Engine>) {
        let versions: Vec<Arc<Version>> = (0..self.files.len())
            .filter_map(|index| self.version(index))
            .filter(|version| !version.is_whole())
            .collect();
        for version in &versions {
            version.abandon();
        }
        let is_full = self
            .fatal()
            .as_ref()
            .is_some_and(|error| matches!(error, DownloadError::Storage(StorageError::Full(_))));
        // What fails here was only to be kept, and the journal does not promise it.
        let last_sync = tokio::task::spawn_blocking(move || {
            for version in versions {
                // Who is told that the disk is full should not find it full of what is not there yet.
                if is_full {
                    version.part().give_room_back();
                }
                let _ = version.last_sync();
            }
        });
        self.unless_out_of_patience(last_sync).await;
        if self.is_in_a_hurry() {
            for index in 0..self.files.len() {
                if let Some(version) = self.version(index) {
                    version.abandon();
                }
            }
        }
        // One may be at the sync of a whole file, which the next run verifies again.
        self.unless_out_of_patience(self.verified()).await;
    }

    /// Waits for the final names of what is verified. After a stop not for long: whatever step it is at, the next run takes
    /// it up there.
    pub(super) async fn published_all(&self, publishing: JoinHandle<()>) {
        self.unless_out_of_patience(publishing).await;
    }

    async fn unless_out_of_patience<T>(&self, work: impl Future<Output = T>) {
        tokio::select! {
            biased;
            _ = work => {}
            () = self.out_of_patience() => {}
        }
    }

    /// Ends when the disk has had its time since somebody asked the run to stop.
    async fn out_of_patience(&self) {
        self.stop.wait().await;
        if !self.is_in_a_hurry() {
            return std::future::pending().await;
        }
        let elapsed = self.stop.elapsed().unwrap_or_default();
        tokio::time::sleep(LAST_SYNC.saturating_sub(elapsed)).await;
    }

    /// Whether it was a signal, the clock or the disk that ended the run. If not, whatever is whole is brought to its end:
    /// after a newer backup nobody would come back for it.
    fn is_in_a_hurry(&self) -> bool {
        let by_disk = |error: &DownloadError| matches!(error, DownloadError::Storage(_));
        self.stop.requested().is_some() && self.fatal().as_ref().is_none_or(by_disk)
    }

    /// Ends when nothing is verified any more.
    async fn verified(&self) {
        loop {
            let mut tasks =
                std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            if tasks.is_empty() {
                break;
            }
            while tasks.join_next().await.is_some() {}
        }
    }
}
