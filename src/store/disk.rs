//! What a file system can do, and what it makes of a sync.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::sys;

/// The file system of a folder.
#[derive(Debug)]
pub(crate) struct Disk {
    is_orderly: bool,
    does_not_sync: AtomicBool,
}

impl Disk {
    pub(super) fn of(folder: &File) -> Disk {
        Disk {
            is_orderly: sys::is_orderly(folder),
            does_not_sync: AtomicBool::new(false),
        }
    }

    /// Waits until a file is on the disk, where the file system can. That it can't is no failure: it is told in
    /// the end by [`does_not_sync`](Disk::does_not_sync).
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.judge(file.sync_all())
    }

    /// The same for the names in a folder.
    pub(super) fn sync_folder(&self, folder: &File) -> io::Result<()> {
        self.judge(sys::sync_folder(folder))
    }

    /// As [`sync`](Disk::sync), without what only times and permissions need.
    pub(crate) fn sync_data(&self, file: &File) -> io::Result<()> {
        self.judge(file.sync_data())
    }

    /// For a file that has a new name and was synced before: on FAT the new name comes with a length of 0, which is on the disk
    /// only after one more sync of the file. Elsewhere that would cost a flush for nothing.
    pub(crate) fn sync_name(&self, file: &File) -> io::Result<()> {
        if self.is_orderly {
            return Ok(());
        }
        self.sync(file)
    }

    pub(super) fn does_not_sync(&self) -> bool {
        self.does_not_sync.load(Ordering::Relaxed)
    }

    fn judge(&self, outcome: io::Result<()>) -> io::Result<()> {
        match outcome {
            Err(error) if sys::is_unknown_sync(&error) => {
                self.does_not_sync.store(true, Ordering::Relaxed);
                Ok(())
            }
            outcome => outcome,
        }
    }
}
