//! How a run ends: the last syncs, and what is still verified.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::DownloadError;
use super::engine::Engine;
use super::version::Version;

/// So long after a signal the last sync of parts and journals is not waited for any more: the kernel has to do it by itself.
const LAST_SYNC: Duration = Duration::from_millis(1800);

impl Engine {
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
            .is_some_and(DownloadError::is_about_room);
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
        let _ = tokio::time::timeout(self.patience(), last_sync).await;
        if self.stop.requested().is_none() {
            return self.verified().await;
        }
        for index in 0..self.files.len() {
            if let Some(version) = self.version(index) {
                version.abandon();
            }
        }
        // One may be at the sync of a whole file, which the next run verifies again.
        let _ = tokio::time::timeout(self.patience(), self.verified()).await;
    }

    /// Waits for the final names of what is verified. After a stop not for long: whatever step it is at, the next run takes
    /// it up there.
    pub(super) async fn published_all(&self, mut publishing: JoinHandle<()>) {
        tokio::select! {
            _ = &mut publishing => {}
            () = self.out_of_patience() => {}
        }
    }

    async fn out_of_patience(&self) {
        self.stop.wait().await;
        tokio::time::sleep(self.patience()).await;
    }

    /// How long the disk may still take for what need not be.
    fn patience(&self) -> Duration {
        LAST_SYNC.saturating_sub(self.stop.elapsed().unwrap_or_default())
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
