//! What a file system can do, and what it makes of a sync.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::StatVfs;
use rustix::io::Errno;

/// File systems that write a name to the disk only after the bytes and the length of the file it is for, once both were
/// synced: ext2 to ext4, XFS, Btrfs, ZFS, F2FS, bcachefs, overlayfs (which lies on one of them), tmpfs. The numbers are the kernel's
/// (`linux/magic.h`).
const ORDERLY: [u32; 8] = [
    0x0000_ef53,
    0x5846_5342,
    0x9123_683e,
    0x2fc1_2fc1,
    0xf2f5_2010,
    0xca45_1a4e,
    0x794c_7630,
    0x0102_1994,
];

/// The file system of a folder.
#[derive(Debug)]
pub(super) struct Disk {
    is_orderly: bool,
    does_not_sync: AtomicBool,
}

impl Disk {
    pub(super) fn of(folder: &File) -> Disk {
        let is_orderly = rustix::fs::fstatfs(folder).is_ok_and(|found| {
            // A signed word on some machines, and the numbers have 32 bits.
            let magic = (found.f_type & 0xffff_ffff).cast_unsigned();
            ORDERLY.iter().any(|known| u64::from(*known) == magic)
        });
        Disk {
            is_orderly,
            does_not_sync: AtomicBool::new(false),
        }
    }

    /// Waits until a file or a folder is on the disk, where the file system can. That it can't is no failure: it is told in
    /// the end by [`does_not_sync`](Disk::does_not_sync).
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.judge(file.sync_all())
    }

    /// As [`sync`](Disk::sync), without what only times and permissions need.
    pub(super) fn sync_data(&self, file: &File) -> io::Result<()> {
        self.judge(file.sync_data())
    }

    /// For a file that has a new name and was synced before: on FAT the new name comes with a length of 0, which is on the disk
    /// only after one more sync of the file. Elsewhere that would cost a flush for nothing.
    pub(super) fn sync_name(&self, file: &File) -> io::Result<()> {
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
            Err(error) if is_unknown_sync(&error) => {
                self.does_not_sync.store(true, Ordering::Relaxed);
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// What a file system answers that has no sync (some shares, FUSE).
pub(super) fn is_unknown_sync(error: &io::Error) -> bool {
    let unknown = [Errno::INVAL, Errno::NOTSUP, Errno::NOSYS];
    unknown
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Bytes that this user may still write; nothing where the file system does not count blocks, or has no such call.
pub(super) fn free(found: Result<StatVfs, Errno>) -> io::Result<Option<u64>> {
    match found {
        Ok(found) if found.f_blocks == 0 => Ok(None),
        Ok(found) => Ok(Some(found.f_bavail.saturating_mul(found.f_frsize))),
        Err(Errno::NOSYS | Errno::NOTSUP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
