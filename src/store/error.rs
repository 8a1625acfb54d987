//! What goes wrong on the local disk, in words that say how to mend it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;

use super::sys;
use crate::exit::Exit;
use crate::limits;
use crate::problem::Problem;

/// A failure of the local disk. It ends the run: the other files would meet it, too.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    /// Exit: Storage.
    #[error("{}: the disk is full", path.display())]
    Full {
        /// What was to be written.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Exit: Storage.
    #[error("{}: larger than files may be here", path.display())]
    TooLarge {
        /// What was to be written.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Exit: Storage.
    #[error(
        "{}: not enough free space: needs {}, {} free",
        path.display(),
        ByteSize(*needed).display().si(),
        ByteSize(*free).display().si()
    )]
    TooSmall {
        /// Where.
        path: PathBuf,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free to this user.
        free: u64,
    },
    /// Exit: Storage.
    #[error("{}: not writable ({source})", path.display())]
    NotWritable {
        /// What was to be written.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Exit: Storage.
    #[error("{}: {what} is in the way", path.display())]
    InTheWay {
        /// What stands there.
        path: PathBuf,
        /// What it is, such as "a symbolic link".
        what: &'static str,
    },
    /// Exit: Storage.
    #[error("{}: {doing} failed: {source}", path.display())]
    Io {
        /// On what.
        path: PathBuf,
        /// What was tried, such as "reading".
        doing: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// Exit: Storage.
    #[error("{}: can't be locked ({source})", path.display())]
    NoLocks {
        /// The file that was to carry the lock.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Exit: Storage. Nothing of ours, and nothing to move: the wrong thing was named.
    #[error("{}: not a folder but {what}", path.display())]
    NotAFolder {
        /// What was named, or a part of its path.
        path: PathBuf,
        /// What it is, such as "a file".
        what: &'static str,
    },
    /// Exit: Locked. What was to be published or replaced is not what it was: nothing is promised of it.
    #[error("{}: changed by another run or program during this run", path.display())]
    Disturbed {
        /// What is not as this run left it.
        path: PathBuf,
    },
    /// Exit: Storage.
    #[error("{}: too many open files ({})", path.display(), limits::open_files())]
    OpenFiles {
        /// Which one was to be opened.
        path: PathBuf,
    },
    /// Exit: Locked.
    #[error("{}: another run of backup-fetch is {}working in this folder{}", path.display(), if waited.is_zero() { "" } else { "still " }, after(*waited))]
    Locked {
        /// The folder.
        path: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
}

/// A step that fails on account of the parent folder, not of the disk.
pub(super) const CREATING_FOLDER: &str = "creating the folder";

fn after(waited: Duration) -> String {
    if waited.is_zero() {
        return String::new();
    }
    format!(" after {}", humantime::format_duration(waited))
}

impl StorageError {
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: Some(self.hint()),
        }
    }

    /// Sorts an I/O error by what a person can do about it. `doing` names the step, such as "writing".
    pub(crate) fn new(path: &Path, doing: &'static str, source: io::Error) -> StorageError {
        let path = path.to_owned();
        if sys::is_refused_link(&source) {
            return StorageError::InTheWay {
                path,
                what: "a symbolic link",
            };
        }
        if sys::is_about_open_files(&source) {
            return StorageError::OpenFiles { path };
        }
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StorageError::Full { path, source }
            }
            io::ErrorKind::FileTooLarge => StorageError::TooLarge { path, source },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                StorageError::NotWritable { path, source }
            }
            io::ErrorKind::IsADirectory => StorageError::InTheWay {
                path,
                what: "a folder",
            },
            io::ErrorKind::NotADirectory => StorageError::InTheWay {
                path,
                what: "something that is not a folder",
            },
            io::ErrorKind::AlreadyExists => StorageError::InTheWay {
                path,
                what: "a file that backup-fetch did not write",
            },
            _ => StorageError::Io {
                path,
                doing,
                source,
            },
        }
    }

    /// Something of ours was changed by somebody else.
    pub(crate) fn disturbed(path: &Path) -> StorageError {
        StorageError::Disturbed {
            path: path.to_owned(),
        }
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            StorageError::Locked { .. } | StorageError::Disturbed { .. } => Exit::Locked,
            _ => Exit::Storage,
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            StorageError::Full { .. } | StorageError::TooSmall { .. } => "disk_full",
            StorageError::TooLarge { .. } => "file_too_large",
            StorageError::NotWritable { .. } => "not_writable",
            StorageError::InTheWay { .. } => "in_the_way",
            StorageError::Io { .. } => "storage_failed",
            StorageError::OpenFiles { .. } => "too_many_open_files",
            StorageError::NoLocks { .. } => "no_locks",
            StorageError::NotAFolder { .. } => "not_a_folder",
            StorageError::Locked { .. } => "locked",
            StorageError::Disturbed { .. } => "folder_disturbed",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            StorageError::Full { .. } | StorageError::TooSmall { .. } => {
                "free some space, then run the same command again: nothing saved is lost".into()
            }
            StorageError::TooLarge { .. } => {
                "see `ulimit -f`; FAT32 can't hold files over 4 GiB: choose a folder on another file system, such as ext4 or exFAT".into()
            }
            StorageError::NotWritable { .. } => {
                "check who owns the folder and how it is mounted; it must be writable by the user who runs backup-fetch".into()
            }
            StorageError::InTheWay { path, .. } => format!(
                "check what it is, move it elsewhere, and run again: mv -- '{0}' '{0}.moved'",
                path.display()
            ),
            StorageError::Io { doing: CREATING_FOLDER, .. } => {
                "check that the parent folder exists and is writable".into()
            }
            StorageError::Io { .. } => {
                "check the system log for disk errors; nothing saved is lost".into()
            }
            StorageError::NoLocks { .. } => {
                "if no other run can work in this folder at the same time, use --lock none (`lock = \"none\"` in the profile); on NFS, check its lock service".into()
            }
            StorageError::NotAFolder { .. } => {
                "name a folder with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile; it is created if it does not exist".into()
            }
            StorageError::Disturbed { .. } => {
                "let only one run at a time use this folder, and leave .backup-fetch.lock alone; then run the same command again: verified files are kept".into()
            }
            StorageError::OpenFiles { .. } => limits::MORE_FILES.into(),
            StorageError::Locked { .. } => {
                "wait until it has finished, or use --wait-lock to wait for it; the lock goes with the process, there is nothing to delete".into()
            }
        }
    }
}
