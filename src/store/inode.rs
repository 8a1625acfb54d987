//! Which file it is that is open or lies under a name, however names are moved about.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file at one moment: another inode, length or time of change, and it is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Stamp {
    pub(super) fn of(file: &File) -> io::Result<Stamp> {
        let found = file.metadata()?;
        Ok(Stamp {
            device: found.dev(),
            inode: found.ino(),
            length: found.size(),
            changed: (found.mtime(), found.mtime_nsec()),
        })
    }
}

/// Whether the file that is open is the one that lies under this name. A handle keeps its inode, so no other file can
/// have the same number meanwhile.
pub(super) fn is_at(path: &Path, file: &File) -> io::Result<bool> {
    let same =
        |open: &Metadata, named: &Metadata| (open.dev(), open.ino()) == (named.dev(), named.ino());
    match path.symlink_metadata() {
        Ok(named) => Ok(same(&file.metadata()?, &named)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
