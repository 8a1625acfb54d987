//! The file of the page. One that was written before is replaced, whatever else has the name is not.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::manifest;
use crate::store::{Export, StorageError, open_own};

/// What a page begins with, by which it is known again.
const MARK: &str =
    "<!DOCTYPE html>\n<!-- Written by backup-fetch inspect --html, which may replace it. -->\n";

pub(in crate::commands) struct PageFile {
    path: PathBuf,
    export: Export,
    may_replace: bool,
}

impl PageFile {
    /// Finds out whether it can be written before anything is read that takes time.
    pub(in crate::commands) fn create(path: &Path, force: bool) -> Result<PageFile, Problem> {
        refuse_stdout(path)?;
        refuse_in_backup(path)?;
        let may_replace = force || is_ours(path);
        let export = Export::create(path, may_replace).map_err(|error| error.problem())?;
        Ok(PageFile {
            path: path.to_owned(),
            export,
            may_replace,
        })
    }

    pub(in crate::commands) fn path(&self) -> &Path {
        &self.path
    }

    /// `html`: what comes after the document type.
    pub(in crate::commands) fn write(self, html: &str) -> Result<(), Problem> {
        let PageFile {
            mut export,
            may_replace,
            ..
        } = self;
        let mut write = || {
            export.write(MARK.as_bytes())?;
            export.write(html.as_bytes())?;
            // Who was let to read the page of last night is to read that of this night.
            export.keep_permissions()
        };
        let written: Result<(), StorageError> = write();
        let published = written.and_then(|()| export.publish(may_replace));
        published.map_err(|error| error.problem())
    }
}

fn is_ours(path: &Path) -> bool {
    let mut start = Vec::new();
    open_own(path).is_ok_and(|file| {
        let read = file.take(MARK.len() as u64).read_to_end(&mut start);
        read.is_ok() && start == MARK.as_bytes()
    })
}

fn refuse_stdout(path: &Path) -> Result<(), Problem> {
    if path != Path::new("-") {
        return Ok(());
    }
    let message = "--html writes to a file, because the table goes to stdout";
    let problem = Problem::new(Exit::Usage, "usage", message);
    Err(problem.hint("name the file, such as --html backup.html"))
}

/// In the folder of a backup it would be a file too many, or in the place of one that belongs there.
fn refuse_in_backup(path: &Path) -> Result<(), Problem> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    if fs::symlink_metadata(folder.join(manifest::NAME)).is_err() {
        return Ok(());
    }
    let message = format!(
        "{}: the page can't be in the folder of a backup, where it would be a file that does not belong there",
        path.display()
    );
    let problem = Problem::new(Exit::Usage, "usage", message);
    Err(problem.hint("write it to another folder, such as the one that holds the backups"))
}
