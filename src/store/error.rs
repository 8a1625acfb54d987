//! What goes wrong on the local disk, in words that say what to do about it.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;

use super::sys;
use crate::exit::Exit;
use crate::limits;
use crate::problem::Problem;

const FREE_SOME_SPACE: &str =
    "free some space, then run the same command again: nothing saved is lost";

/// What a store refuses of one object, and perhaps grants of the next.
const OF_ONE_OBJECT: [&str; 4] = [
    "object_changed",
    "store_denied",
    "store_archived",
    "store_key_refused",
];

/// Whether other objects of the same store may be read all the same.
pub(crate) fn is_about_one_object(problem: &Problem) -> bool {
    OF_ONE_OBJECT.contains(&problem.code)
}

/// A failure of the local disk. It ends the run: the other files would meet it, too.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum StorageError {
    /// There is no room, or it would not be enough.
    #[error(transparent)]
    Full(Problem),
    /// Something that is not ours has the name.
    #[error(transparent)]
    InTheWay(Problem),
    /// What was to be published or replaced is not what it was: nothing is promised of it.
    #[error(transparent)]
    Disturbed(Problem),
    /// What a manifest vouched for can't be told any more; a download makes it anew from the files.
    #[error(transparent)]
    ManifestDamaged(Problem),
    #[error(transparent)]
    Other(Problem),
}

impl StorageError {
    pub(crate) fn problem(&self) -> Problem {
        match self {
            StorageError::Full(problem)
            | StorageError::InTheWay(problem)
            | StorageError::Disturbed(problem)
            | StorageError::ManifestDamaged(problem)
            | StorageError::Other(problem) => problem.clone(),
        }
    }

    /// What has the words already.
    pub(crate) fn told(error: &io::Error) -> Option<&StorageError> {
        error.get_ref()?.downcast_ref()
    }

    /// Sorts an I/O error by what a person can do about it. `doing` names the step, such as "writing".
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn new(path: &Path, doing: &str, source: io::Error) -> StorageError {
        use io::ErrorKind as Kind;
        if let Some(told) = StorageError::told(&source) {
            return told.clone();
        }
        if sys::is_refused_link(&source) {
            return StorageError::in_the_way(path, "a symbolic link");
        }
        if sys::is_about_open_files(&source) {
            let what = limits::too_many_open_files();
            return other(path, "too_many_open_files", what, limits::MORE_FILES);
        }
        if sys::is_held(&source) {
            let what = "another run of backup-fetch, or another program, has it open";
            let hint = "wait until that has finished, or close it, and run the same command again: nothing saved is lost";
            return StorageError::Other(Problem {
                exit: Exit::Locked,
                ..problem(path, "locked", what, hint)
            });
        }
        match source.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => full(path, "the disk is full"),
            Kind::FileTooLarge => other(
                path,
                "file_too_large",
                "larger than files may be here",
                sys::LARGER_FILES,
            ),
            Kind::PermissionDenied if doing == "reading" => other(
                path,
                "not_readable",
                format!("not readable ({source})"),
                "check who owns it; it must be readable by the user who runs backup-fetch",
            ),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => other(
                path,
                "not_writable",
                format!("not writable ({source})"),
                "check who owns the folder and how it is mounted; it must be writable by the user who runs backup-fetch",
            ),
            Kind::InvalidFilename => other(
                path,
                "invalid_name",
                format!("{doing} failed: {source}"),
                "choose another name: one in this path is too long, or has a character that none can have here",
            ),
            Kind::IsADirectory => StorageError::in_the_way(path, "a folder"),
            Kind::NotADirectory => StorageError::in_the_way(path, "something that is not a folder"),
            Kind::AlreadyExists => {
                StorageError::in_the_way(path, "a file that backup-fetch did not write")
            }
            _ => other(
                path,
                "storage_failed",
                format!("{doing} failed: {source}"),
                "check the system log for disk errors; nothing saved is lost",
            ),
        }
    }

    /// As [`new`](StorageError::new), of a step that may fail on account of the parent folder.
    pub(super) fn creating_folder(path: &Path, source: io::Error) -> StorageError {
        match StorageError::new(path, "creating the folder", source) {
            StorageError::Other(problem) if problem.code == "storage_failed" => {
                let hint = "check that the parent folder exists and is writable";
                StorageError::Other(problem.hint(hint))
            }
            error => error,
        }
    }

    /// The set can't be removed, because not all of it is ours; `why` goes on from its path.
    pub(super) fn not_removable(path: &Path, why: &str) -> StorageError {
        let hint = "look what it is, and move it elsewhere if nobody needs it here";
        StorageError::InTheWay(problem(path, "not_removable", why, hint))
    }

    /// `what` stands there, such as "a symbolic link".
    pub(crate) fn in_the_way(path: &Path, what: &str) -> StorageError {
        let path_text = path.display().to_string();
        let command = sys::rename_command(&path_text, &format!("{path_text}.moved"));
        let hint = format!("check what it is, move it elsewhere, and run again: {command}");
        let what = format!("{what} is in the way");
        StorageError::InTheWay(problem(path, "in_the_way", what, hint))
    }

    /// `free`: bytes that are free to this user.
    pub(crate) fn too_small(path: &Path, needed: u64, free: u64) -> StorageError {
        let [needed, free] = [needed, free].map(|bytes| ByteSize(bytes).display().si());
        full(
            path,
            format!("not enough free space: needs {needed}, {free} free"),
        )
    }

    /// Something of ours was changed by somebody else.
    pub(crate) fn disturbed(path: &Path) -> StorageError {
        let changed = problem(
            path,
            "folder_disturbed",
            "changed by another run or program during this run",
            "let only one run at a time use this folder, and leave .backup-fetch.lock alone; then run the same command again: verified files are kept",
        );
        StorageError::Disturbed(Problem {
            exit: Exit::Locked,
            ..changed
        })
    }

    /// Another run works in the folder, and did so for as long as it was waited for.
    pub(crate) fn locked(folder: &Path, waited: Duration) -> StorageError {
        StorageError::at_work(folder, "in this folder", waited)
    }

    /// The same of a `place` on this machine, in which it works `there`, such as "in this folder".
    pub(super) fn at_work(place: &Path, there: &str, waited: Duration) -> StorageError {
        let what = working(there, waited);
        let hint = "wait until it has finished, or use --wait-lock to wait for it; the lock goes with the process, there is nothing to delete";
        StorageError::Other(Problem {
            exit: Exit::Locked,
            ..problem(place, "locked", what, hint)
        })
    }

    pub(super) fn no_locks(path: &Path, source: &io::Error) -> StorageError {
        other(
            path,
            "no_locks",
            format!("can't be locked ({source})"),
            "if no other run can work in this folder at the same time, use --lock none (`lock = \"none\"` in the profile); on NFS, check its lock service",
        )
    }

    /// Nothing of ours, and nothing to move: the wrong thing was named. It is `what`, such as "a file".
    /// Nothing above the path is there, not even what it begins with.
    pub(super) fn no_drive(path: &Path) -> StorageError {
        let what = "its drive or share is not there";
        let hint = "check the path, and whether the drive is connected for the user who runs this";
        other(path, "no_drive", what, hint)
    }

    pub(super) fn not_a_folder(path: &Path, what: &str) -> StorageError {
        other(
            path,
            "not_a_folder",
            format!("not a folder but {what}"),
            "name a folder with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile; it is created if it does not exist",
        )
    }
}

/// What reads an object knows no more than that reading failed; `StorageError::new` finds the words again.
impl From<StorageError> for io::Error {
    fn from(error: StorageError) -> io::Error {
        io::Error::other(error)
    }
}

/// That another run works somewhere, and still did after it was waited for.
pub(super) fn working(there: &str, waited: Duration) -> String {
    if waited.is_zero() {
        return format!("another run of backup-fetch is working {there}");
    }
    let waited = humantime::format_duration(waited);
    format!("another run of backup-fetch is still working {there} after {waited}")
}

/// Says on what a step failed.
pub(crate) trait During<T> {
    fn during(self, doing: &str, path: &Path) -> Result<T, StorageError>;
}

impl<T> During<T> for io::Result<T> {
    fn during(self, doing: &str, path: &Path) -> Result<T, StorageError> {
        self.map_err(|error| StorageError::new(path, doing, error))
    }
}

fn problem(
    path: &Path,
    code: &'static str,
    what: impl Display,
    hint: impl Into<String>,
) -> Problem {
    Problem::new(Exit::Storage, code, format!("{}: {what}", path.display())).hint(hint)
}

fn other(path: &Path, code: &'static str, what: impl Display, hint: &str) -> StorageError {
    StorageError::Other(problem(path, code, what, hint))
}

fn full(path: &Path, what: impl Display) -> StorageError {
    StorageError::Full(problem(path, "disk_full", what, FREE_SOME_SPACE))
}
