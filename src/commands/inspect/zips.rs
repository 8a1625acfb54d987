//! The zips of a saved backup, opened to look into.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::exit::Exit;
use crate::integrity::{Archive, ArchiveError, ReadAt};
use crate::model::FileKind;
use crate::problem::Problem;
use crate::store::{Location, StorageError, at_once};

use super::subject::{Subject, ZipFile};

/// One zip, as far as it could be opened.
pub(super) struct Zip {
    pub(super) name: String,
    /// Nothing where no manifest tells.
    pub(super) kind: Option<FileKind>,
    pub(super) archive: Result<Archive, Problem>,
}

impl Zip {
    /// The zips of a backup that are of use, in their order, also those that are not there.
    pub(super) fn all_of(
        subject: &Subject,
        is_of_use: impl Fn(Option<FileKind>) -> bool,
    ) -> Result<Vec<Zip>, Problem> {
        let there = subject.listing()?;
        let mut zips = subject.zips();
        zips.retain(|zip| is_of_use(zip.kind));
        // A path that was given may be a link.
        let open = |zip: &ZipFile| match (&subject.set, zip.path.local()) {
            (None, Some(path)) => File::open(path).map(|file| Box::new(file) as _),
            _ => zip.path.open_listed(there.as_ref()),
        };
        let open = |zip: &ZipFile| opened(open(zip), &zip.path, &zip.name);
        let archives = at_once::map(&zips, subject.path.at_once(), open);
        let saved = zips.into_iter().zip(archives).map(|(zip, archive)| Zip {
            name: zip.name,
            kind: zip.kind,
            archive,
        });
        let files = subject.set.iter().flat_map(|set| &set.manifest.files);
        let absent = files.filter(|file| !file.is_saved() && is_of_use(Some(file.kind)));
        let absent = absent.map(|file| Zip {
            name: file.name.to_string(),
            kind: Some(file.kind),
            archive: Err(missing(file.name.as_str())),
        });
        Ok(saved.chain(absent).collect())
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
