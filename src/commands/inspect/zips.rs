//! The zips of a saved backup, opened to look into.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::exit::Exit;
use crate::integrity::{Archive, ArchiveError, ReadAt};
use crate::model::FileKind;
use crate::problem::Problem;
use crate::store::{Location, StorageError};

use super::subject::Subject;

/// One zip, as far as it could be opened.
pub(super) struct Zip {
    pub(super) name: String,
    /// Nothing where no manifest tells.
    pub(super) kind: Option<FileKind>,
    pub(super) archive: Result<Archive, Problem>,
}

impl Zip {
    /// The zips of a backup in their order, also those that are not there.
    pub(super) fn all_of(subject: &Subject) -> Vec<Zip> {
        let saved = subject.zips().into_iter().map(|zip| Zip {
            // A path that was given may be a link.
            archive: opened(
                match (&subject.set, zip.path.local()) {
                    (None, Some(path)) => File::open(path).map(|file| Box::new(file) as _),
                    _ => zip.path.open(),
                },
                &zip.path,
                &zip.name,
            ),
            name: zip.name,
            kind: zip.kind,
        });
        let files = subject.set.iter().flat_map(|set| &set.manifest.files);
        let missing = files.filter(|file| !file.is_saved()).map(|file| Zip {
            name: file.name.to_string(),
            kind: Some(file.kind),
            archive: Err(missing(file.name.as_str())),
        });
        saved.chain(missing).collect()
    }
}

fn opened(
    file: io::Result<Box<dyn ReadAt>>,
    path: &Location,
    name: &str,
) -> Result<Archive, Problem> {
    match file {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing(name)),
        file => {
            let file = file.map_err(|error| path.failed("opening", error).problem())?;
            Archive::open(file).map_err(|error| unreadable(name, error))
        }
    }
}

fn missing(name: &str) -> Problem {
    let message = format!("{name} is not there, so what it holds is not looked at");
    Problem::new(Exit::Integrity, "missing", message)
        .hint("`backup-fetch download` fetches it, as long as its link is valid")
}

/// Of a zip, or of an entry in it.
pub(super) fn unreadable(zip: &str, error: ArchiveError) -> Problem {
    let message = format!("{zip}: {error}");
    match error {
        ArchiveError::Damaged(_) => Problem::new(Exit::Integrity, "corrupt", message)
            .hint("`backup-fetch verify` tells what else is damaged; look into an older backup"),
        ArchiveError::Unknown(_) => Problem::new(Exit::Integrity, "unreadable", message)
            .hint("unpack it with a program that can: 7z x"),
        ArchiveError::Io(source) => StorageError::new(Path::new(zip), "reading", source).problem(),
    }
}
