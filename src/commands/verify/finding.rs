//! What is wrong with a saved backup.

use std::io;

use serde::Serialize;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::{Location, StorageError, sys};

/// What kind of thing is wrong, for scripts; the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// The manifest can't be read: nothing is known of the set.
    ManifestDamaged,
    /// A file that is said to be saved is not there.
    Missing,
    /// A zip is not sound.
    Corrupt,
    /// A file is shorter or longer than it was.
    Size,
    /// A file is a sound zip, and not the one that was saved.
    Digest,
    /// The disk does not give a file back, or what has its name is no file.
    Unreadable,
    /// A zip that nothing vouches for is encrypted, or packed in a way that can't be tested.
    Untested,
    /// The manifest and the list of digests contradict each other.
    Sums,
    /// A zip that the manifest does not know.
    Extra,
    /// Not all of the backup was ever saved.
    Incomplete,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    #[serde(rename = "code")]
    pub(super) kind: Kind,
    /// In the folder of the set; nothing where it is about the set as a whole.
    pub(super) file: Option<String>,
    /// With the path; safe for a terminal.
    pub(super) message: String,
    #[serde(skip)]
    exit: Exit,
    #[serde(skip)]
    hint: String,
}

impl Finding {
    /// About the set as a whole, or about the zip, at `path`.
    pub(super) fn new(kind: Kind, path: &Location, what: &str) -> Finding {
        Finding::told(kind, path, format!("{path}: {what}"))
    }

    /// The same with a message that names the path.
    pub(super) fn told(kind: Kind, path: &Location, message: String) -> Finding {
        let hint = match path {
            Location::Local(_) => kind.hint(),
            Location::Object(_) => kind.hint_in_store(),
        };
        Finding {
            kind,
            file: None,
            message,
            exit: Exit::Integrity,
            hint: hint.to_owned(),
        }
    }

    /// What a store says, and not what is there.
    pub(super) fn of_store(problem: Problem) -> Finding {
        Finding {
            kind: Kind::Unreadable,
            file: None,
            message: problem.message,
            exit: problem.exit,
            hint: problem.hint.unwrap_or_default(),
        }
    }

    /// About a file that the disk or the store does not give back.
    pub(super) fn unreadable(path: &Location, error: &io::Error) -> Finding {
        if sys::is_refused_link(error) {
            return Finding::new(
                Kind::Unreadable,
                path,
                "a symbolic link has its name, and is not followed",
            );
        }
        match (path, StorageError::told(error)) {
            (Location::Object(_), Some(told)) => Finding::of_store(told.problem()),
            _ => Finding::new(Kind::Unreadable, path, &format!("can't be read: {error}")),
        }
    }

    /// About this file in it.
    pub(super) fn of(mut self, file: &str) -> Finding {
        self.file = Some(file.to_owned());
        self
    }

    /// As it is said at the end.
    pub(super) fn problem(&self) -> Problem {
        let problem = Problem::new(self.exit, self.kind.code(), self.message.clone());
        problem.hint(&self.hint)
    }
}

impl Kind {
    /// The bytes of a file are others than were saved. That they can't be read now need not be so the next time.
    pub(super) fn is_damage(self) -> bool {
        matches!(self, Kind::Corrupt | Kind::Digest)
    }

    fn code(self) -> &'static str {
        match self {
            Kind::ManifestDamaged => "manifest_damaged",
            Kind::Missing => "missing",
            Kind::Corrupt => "corrupt",
            Kind::Size => "size",
            Kind::Digest => "digest",
            Kind::Unreadable => "unreadable",
            Kind::Untested => "untested",
            Kind::Sums => "sums",
            Kind::Extra => "extra",
            Kind::Incomplete => "incomplete",
        }
    }

    /// What to do about it in a store, where nothing is repaired in its place.
    fn hint_in_store(self) -> &'static str {
        match self {
            Kind::ManifestDamaged => {
                "restore manifest.json from another copy or an older version of the object; or remove it: `backup-fetch download` writes it anew, while the links of this backup live"
            }
            Kind::Missing | Kind::Incomplete => {
                "`backup-fetch download` fetches what is missing while the links of this backup live"
            }
            Kind::Corrupt | Kind::Size | Kind::Digest => {
                "remove the object: `backup-fetch download` fetches the file again while the links of this backup live; else restore it from another copy or an older version of the object"
            }
            Kind::Unreadable => "look what it is, and verify again",
            Kind::Untested => self.hint(),
            Kind::Sums => {
                "one of manifest.json and SHA256SUMS was changed: compare them with another copy or an older version of the objects"
            }
            Kind::Extra => "move it elsewhere: nothing vouches for it",
        }
    }

    /// What to do about it.
    fn hint(self) -> &'static str {
        match self {
            Kind::ManifestDamaged => {
                "`backup-fetch verify --repair` rebuilds it from the files that are there, while the links of this backup live"
            }
            Kind::Missing | Kind::Incomplete => {
                "`backup-fetch verify --repair` fetches what is missing while the links of this backup live"
            }
            Kind::Corrupt | Kind::Size | Kind::Digest => {
                "`backup-fetch verify --repair` fetches the file again while the links of this backup live; else restore it from another copy; then check the disk"
            }
            Kind::Unreadable => {
                "check the permissions, and the system log for disk errors; move away what is not a file; then verify again"
            }
            Kind::Untested => {
                "test it with the program that made it; nothing here can tell whether it is sound"
            }
            Kind::Sums => {
                "one of manifest.json and SHA256SUMS was changed: compare them with another copy, or let `backup-fetch verify --repair` write what is damaged anew"
            }
            Kind::Extra => "move it out of the folder of the backup: nothing vouches for it",
        }
    }
}
