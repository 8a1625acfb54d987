//! A file that is made for somebody, at a path that they named: it is there when it is whole, or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::{During, StorageError};
use super::{own, sys};
use crate::exit::Exit;
use crate::problem::Problem;

pub(crate) struct Export {
    path: PathBuf,
    /// Beside it, readable by its owner only, and gone when this is dropped.
    temporary: NamedTempFile,
}

impl Export {
    /// Begins the file. What has the name already is refused, unless it is a file and `may_replace`.
    pub(crate) fn create(path: &Path, may_replace: bool) -> Result<Export, StorageError> {
        if may_replace {
            own::refuse_unless_file(path)?;
        } else if path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
        let folder = folder_of(path);
        if !folder.is_dir() {
            return Err(no_folder(path, folder));
        }
        let temporary = tempfile::Builder::new()
            .prefix(".backup-fetch-")
            .tempfile_in(sys::however_long(folder))
            .during("creating", path)?;
        Ok(Export {
            path: path.to_owned(),
            temporary,
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        let written = self.temporary.write_all(bytes);
        written.during("writing", &self.path)
    }

    /// Whoever could read the file that it replaces can read this one.
    pub(crate) fn keep_permissions(&self) -> Result<(), StorageError> {
        let Export { path, temporary } = self;
        let Ok(replaced) = path.symlink_metadata() else {
            return Ok(());
        };
        let kept = temporary.as_file().set_permissions(replaced.permissions());
        kept.during("setting the permissions of", path)
    }

    /// Gives it its name.
    pub(crate) fn publish(self, may_replace: bool) -> Result<(), StorageError> {
        let Export { path, temporary } = self;
        temporary.as_file().sync_all().during("writing", &path)?;
        if may_replace {
            sys::persist(temporary, &path).during("renaming", &path)?;
        } else if let Err(error) = temporary.persist_noclobber(sys::however_long(&path)) {
            if path.symlink_metadata().is_ok() {
                return Err(exists(&path));
            }
            return Err(StorageError::new(&path, "renaming", error.error));
        }
        // Where folders can't be synced, the name is as durable as it gets.
        let folder = sys::open_folder(folder_of(&path));
        let _ = folder.and_then(|folder| sys::sync_folder(&folder));
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn no_folder(path: &Path, folder: &Path) -> StorageError {
    let message = format!(
        "{} can't be made: there is no folder {}",
        path.display(),
        folder.display()
    );
    let problem = Problem::new(Exit::Storage, "no_folder", message);
    StorageError::InTheWay(problem.hint("create that folder, or name a file in another one"))
}

fn exists(path: &Path) -> StorageError {
    let (message, hint) = if path.is_dir() {
        (
            format!("{} is a folder", path.display()),
            "name the file that is to be made in it",
        )
    } else {
        (
            format!(
                "{} is there already, and is not overwritten",
                path.display()
            ),
            "name another file, or replace that one with --force",
        )
    };
    StorageError::InTheWay(Problem::new(Exit::Storage, "in_the_way", message).hint(hint))
}
