//! The folder of one set: part files, journals, final names.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::RenameFlags;

use super::{Part, StorageError, no_follow};
use crate::backup::FileName;

/// A folder that only its owner can read.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: File,
}

impl Folder {
    /// Opens the folder, made 0700 with its parents where it is missing.
    ///
    /// # Errors
    /// What the disk says.
    pub fn create(path: &Path) -> Result<Folder, StorageError> {
        let failed = |error| StorageError::new(path, "creating the folder", error);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed)?;
        Ok(Folder {
            path: path.to_owned(),
            handle: File::open(path).map_err(failed)?,
        })
    }

    /// The folder of a set inside of this one. It must be a real folder: a symbolic link is refused.
    ///
    /// # Errors
    /// What the disk says.
    pub fn subfolder(&self, name: &str) -> Result<Folder, StorageError> {
        let path = self.path.join(name);
        refuse_unless(
            &path,
            std::fs::Metadata::is_dir,
            "something that is no folder",
        )?;
        let folder = Folder::create(&path)?;
        self.sync()?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of a final name.
    #[must_use]
    pub fn file(&self, name: &FileName) -> PathBuf {
        self.path.join(name.as_str())
    }

    /// Path of the journal of a file.
    #[must_use]
    pub fn journal(&self, name: &FileName) -> PathBuf {
        self.path.join(journal_name(name))
    }

    /// Path of the part of a file.
    #[must_use]
    pub fn part(&self, name: &FileName) -> PathBuf {
        self.path.join(format!(".{name}.part"))
    }

    /// Opens the part file that an earlier run left; nothing when there is none.
    ///
    /// # Errors
    /// What the disk says.
    pub fn reopen_part(&self, name: &FileName) -> Result<Option<Part>, StorageError> {
        let path = self.part(name);
        match OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(no_follow())
            .open(&path)
        {
            Ok(file) => Ok(Some(Part::new(file, path))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::new(&path, "opening", error)),
        }
    }

    /// A new, empty part file in the place of an older one. Who still writes to the older one writes to a file that
    /// has no name any more, and can do no harm.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new_part(&self, name: &FileName) -> Result<Part, StorageError> {
        let path = self.part(name);
        let file = new_file(&path)?;
        Ok(Part::new(file, path))
    }

    /// A new, empty journal in the place of an older one.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new_journal(&self, name: &FileName) -> Result<File, StorageError> {
        // A crash may have left what was to replace the older one.
        remove(&self.replacement(&journal_name(name)))?;
        new_file(&self.journal(name))
    }

    /// A journal that begins with `opening`, in the place of an older one, which is there until this one is on the disk.
    /// What is written to it comes at its end.
    ///
    /// # Errors
    /// What the disk says.
    pub fn replace_journal(&self, name: &FileName, opening: &[u8]) -> Result<File, StorageError> {
        self.replace(&journal_name(name), opening)?;
        let path = self.journal(name);
        OpenOptions::new()
            .append(true)
            .custom_flags(no_follow())
            .open(&path)
            .map_err(|error| StorageError::new(&path, "opening", error))
    }

    /// Gives a verified part file its final name. Never replaces anything.
    ///
    /// # Errors
    /// [`StorageError::InTheWay`] when the name is taken, or what the disk says.
    pub fn publish(&self, name: &FileName) -> Result<(), StorageError> {
        rename_new(&self.part(name), &self.file(name))
    }

    /// Keeps a corrupt file for who wants to look at it, as `NAME.corrupt`, in the place of an older one.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep_corrupt(&self, name: &FileName) -> Result<PathBuf, StorageError> {
        let path = self.path.join(format!("{name}.corrupt"));
        refuse_unless(
            &path,
            std::fs::Metadata::is_file,
            "something that is no file",
        )?;
        std::fs::rename(self.part(name), &path)
            .map_err(|error| StorageError::new(&path, "renaming", error))?;
        self.remove_journal(name)?;
        Ok(path)
    }

    /// Forgets the journal of a file that is published and in the manifest, or given up.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_journal(&self, name: &FileName) -> Result<(), StorageError> {
        remove(&self.journal(name))
    }

    /// Makes the names in the folder durable.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync(&self) -> Result<(), StorageError> {
        self.handle
            .sync_all()
            .map_err(|error| StorageError::new(&self.path, "syncing the folder", error))
    }

    /// Replaces a small file of ours in one step: who reads it sees the old text or the new one, also after a crash.
    ///
    /// # Errors
    /// What the disk says.
    pub fn replace(&self, name: &str, content: &[u8]) -> Result<(), StorageError> {
        let path = self.path.join(name);
        refuse_unless(
            &path,
            std::fs::Metadata::is_file,
            "something that is no file",
        )?;
        // One name is enough, and leaves no litter behind after a crash: the folder is locked against other runs.
        let temporary = self.replacement(name);
        let failed = |error| StorageError::new(&path, "writing", error);
        let mut file = new_file(&temporary)?;
        file.write_all(content).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        std::fs::rename(&temporary, &path).map_err(failed)?;
        self.sync()
    }

    /// Under which name a file of ours is written that is to replace another.
    fn replacement(&self, name: &str) -> PathBuf {
        self.path.join(format!(".{name}.new"))
    }

    /// Bytes that this user may still write.
    ///
    /// # Errors
    /// What the disk says.
    pub fn free(&self) -> Result<u64, StorageError> {
        let found = rustix::fs::fstatvfs(&self.handle).map_err(|error| {
            StorageError::new(&self.path, "asking for free space", error.into())
        })?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

/// Renames, and refuses to replace. Where the file system has no such rename, a look before it has to do: the folder
/// is locked against other runs.
fn rename_new(from: &Path, to: &Path) -> Result<(), StorageError> {
    let here = rustix::fs::CWD;
    match rustix::fs::renameat_with(here, from, here, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            if to.symlink_metadata().is_ok() {
                return Err(StorageError::new(
                    to,
                    "renaming",
                    io::ErrorKind::AlreadyExists.into(),
                ));
            }
            std::fs::rename(from, to).map_err(|error| StorageError::new(to, "renaming", error))
        }
        Err(error) => Err(StorageError::new(to, "renaming", error.into())),
    }
}

/// Removes a file or a symbolic link of ours; that it was not there is fine.
fn remove(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::new(path, "removing", error))
        }
        _ => Ok(()),
    }
}

fn journal_name(name: &FileName) -> String {
    format!(".{name}.journal")
}

/// An empty file of ours in the place of an older one. Anything but a plain file in its place is refused.
fn new_file(path: &Path) -> Result<File, StorageError> {
    refuse_unless(
        path,
        std::fs::Metadata::is_file,
        "something that is no file",
    )?;
    remove(path)?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
        .map_err(|error| StorageError::new(path, "creating", error))
}

/// Refuses what stands at `path` unless it is of the right kind, or nothing.
fn refuse_unless(
    path: &Path,
    right: fn(&std::fs::Metadata) -> bool,
    otherwise: &'static str,
) -> Result<(), StorageError> {
    match path.symlink_metadata() {
        Ok(found) if !right(&found) => Err(StorageError::InTheWay {
            path: path.to_owned(),
            what: if found.is_symlink() {
                "a symbolic link"
            } else {
                otherwise
            },
        }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StorageError::new(path, "looking at", error)),
    }
}
