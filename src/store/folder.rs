//! The folder of one set: part files, journals, final names.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Disk;
use super::error::CREATING_FOLDER;
use super::naming::{Named, rename_new};
use super::sys::{self, Stamp, is_at};
use super::{StorageError, open_own};
use crate::integrity::digest::Digester;
use crate::model::FileName;

/// A folder that only its owner can read.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    handle: File,
    disk: Arc<Disk>,
    /// It was made, and others can read it all the same.
    is_exposed: bool,
}

/// A file that was fetched and waits for its final name.
#[derive(Clone, Copy)]
pub(crate) struct Staged<'a> {
    /// The name that it is to get.
    pub(crate) name: &'a FileName,
    /// Where it is now.
    pub(crate) named: Named<'a>,
    /// As it was when its last byte had been verified, if it was.
    pub(crate) verified: Option<Stamp>,
}

/// Why a file has not its final name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside {
    /// It is no sound zip.
    Corrupt,
    /// It can't be tested.
    Unverified,
}

impl Folder {
    /// Opens the folder, made 0700 with its parents where it is missing.
    pub(crate) fn create(path: &Path) -> Result<Folder, StorageError> {
        let failed = |error| StorageError::new(path, CREATING_FOLDER, error);
        sys::create_private_folders(path).map_err(failed)?;
        let handle = File::open(path).map_err(failed)?;
        Ok(Folder {
            path: path.to_owned(),
            disk: Arc::new(Disk::of(&handle)),
            is_exposed: false,
            handle,
        })
    }

    /// The folder of a set inside of this one. It must be a real folder: a symbolic link is refused.
    pub(crate) fn subfolder(&self, name: &str) -> Result<Folder, StorageError> {
        let path = self.path.join(name);
        refuse_unless(
            &path,
            std::fs::Metadata::is_dir,
            "something that is not a folder",
        )?;
        let is_new = path.symlink_metadata().is_err();
        let mut folder = Folder::create(&path)?;
        let found = folder.handle.metadata();
        folder.is_exposed =
            is_new && found.is_ok_and(|found| sys::exposed_to_others(&found).is_some());
        self.sync()?;
        Ok(folder)
    }

    /// Whether it was made just now, and others can read it all the same, as on file systems that have modes of their own.
    pub(crate) fn is_exposed(&self) -> bool {
        self.is_exposed
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Path of a final name.
    pub(crate) fn file(&self, name: &FileName) -> PathBuf {
        self.path.join(name.as_str())
    }

    /// Path of what has this name.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// How it syncs.
    pub(crate) fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// An empty file of ours, to read and write, in the place of an older one.
    pub(crate) fn create_file(&self, name: &str) -> Result<File, StorageError> {
        new_file(&self.join(name))
    }

    /// A file of ours, to read and write; nothing when there is none.
    pub(crate) fn open_file(&self, name: &str) -> Result<Option<File>, StorageError> {
        let path = self.join(name);
        match sys::no_follow(OpenOptions::new().read(true).write(true)).open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::new(&path, "opening", error)),
        }
    }

    /// An empty file that is to get this name when it is whole, and where it is until then. One place for that is enough, and
    /// leaves no litter behind after a crash.
    pub(crate) fn create_replacement(&self, name: &str) -> Result<(PathBuf, File), StorageError> {
        let temporary = self.replacement(name);
        let file = new_file(&temporary)?;
        Ok((temporary, file))
    }

    /// Removes what a crash may have left that was to replace the file.
    pub(crate) fn remove_replacement(&self, name: &str) -> Result<(), StorageError> {
        remove(&self.replacement(name))
    }

    /// Removes a file of ours; that it was not there is fine.
    pub(crate) fn remove(&self, name: &str) -> Result<(), StorageError> {
        remove(&self.join(name))
    }

    /// Gives a verified file its final name. Never replaces anything; what gets the name is the file that was verified.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when the file or the name is not what it was, or what the disk says.
    pub(crate) fn publish(&self, staged: &Staged<'_>) -> Result<(), StorageError> {
        let Named { file, path } = staged.named;
        let now = Stamp::of(file).map_err(|error| StorageError::new(path, "reading", error))?;
        if staged.verified != Some(now) {
            return Err(StorageError::disturbed(path));
        }
        staged.named.move_to_free(&self.file(staged.name))?;
        self.disk
            .sync_name(file)
            .map_err(|error| StorageError::new(path, "syncing", error))
    }

    /// Whether the final name is still that of this file.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it is not, or what the disk says.
    pub(crate) fn must_hold(&self, staged: &Staged<'_>) -> Result<(), StorageError> {
        staged.named.must_be_at(&self.file(staged.name))
    }

    /// After a crash in the middle of [`publish`](Folder::publish) a file may have its old name, `second`, beside the final one:
    /// takes the old one away. False: another file has that name, or the final one has none.
    pub(crate) fn drop_second_name(
        &self,
        name: &FileName,
        second: &str,
    ) -> Result<bool, StorageError> {
        let Some(file) = self.open_file(second)? else {
            return Ok(true);
        };
        let path = self.file(name);
        let is_same =
            is_at(&path, &file).map_err(|error| StorageError::new(&path, "checking", error))?;
        if is_same {
            self.remove(second)?;
        }
        Ok(is_same)
    }

    /// Keeps a file that is not to have its final name for who wants to look at it, as `NAME.corrupt` or
    /// `NAME.unverified`, in the place of an older one.
    pub(crate) fn keep_aside(
        &self,
        staged: &Staged<'_>,
        kind: Aside,
    ) -> Result<PathBuf, StorageError> {
        let name = staged.name;
        let path = self.aside(name, kind);
        refuse_unless(
            &path,
            std::fs::Metadata::is_file,
            "something that is not a file",
        )?;
        staged.named.move_over(&path)?;
        // One that only can't be tested may be all that there is of the file: it outlives a corrupt one.
        if kind == Aside::Unverified {
            remove_file_at(&self.aside(name, Aside::Corrupt))?;
        }
        Ok(path)
    }

    /// Moves what lies under a final name aside, as `NAME.damaged`, or with a number where that is taken. Says which.
    pub(crate) fn set_aside(&self, name: &FileName) -> Result<String, StorageError> {
        at_free_name(&format!("{name}.damaged"), |to| {
            rename_new(&self.file(name), &self.path.join(to))
        })
    }

    /// Keeps a text under this name, or with a number where that is taken. Says which.
    pub(crate) fn keep_beside(&self, name: &str, content: &[u8]) -> Result<String, StorageError> {
        at_free_name(name, |to| self.replace_known(to, content, None).map(|_| ()))
    }

    /// Path of a file that was kept aside.
    pub(crate) fn aside(&self, name: &FileName, kind: Aside) -> PathBuf {
        let suffix = match kind {
            Aside::Corrupt => "corrupt",
            Aside::Unverified => "unverified",
        };
        self.path.join(format!("{name}.{suffix}"))
    }

    /// Gives a file that was kept aside, and is open, its final name. Never replaces anything.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when another file has the name, or what the disk says.
    pub(crate) fn accept_aside(&self, name: &FileName, file: &File) -> Result<(), StorageError> {
        let from = self.aside(name, Aside::Unverified);
        let path = self.file(name);
        Named { file, path: &from }.move_to_free(&path)?;
        self.sync_names(&path, file)
    }

    /// Removes what was kept aside of a file that is saved now.
    pub(crate) fn remove_aside(&self, name: &FileName) -> Result<(), StorageError> {
        for kind in [Aside::Corrupt, Aside::Unverified] {
            remove_file_at(&self.aside(name, kind))?;
        }
        Ok(())
    }

    /// Makes the names in the folder durable.
    pub(crate) fn sync(&self) -> Result<(), StorageError> {
        self.disk
            .sync(&self.handle)
            .map_err(|error| StorageError::new(&self.path, "syncing the folder", error))
    }

    /// Replaces a small file of ours in one step: who reads it sees the old text or the new one, also after a crash.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> Result<(), StorageError> {
        let (temporary, file) = self.write_beside(name, content)?;
        let named = Named {
            file: &file,
            path: &temporary,
        };
        let path = self.path.join(name);
        named.move_over(&path)?;
        self.sync_names(&path, &file)
    }

    /// As [`replace`](Folder::replace), if what is there is still what it was: the text with this digest, or nothing.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it is not, or what the disk says.
    pub(crate) fn replace_known(
        &self,
        name: &str,
        content: &[u8],
        known: Option<&str>,
    ) -> Result<File, StorageError> {
        let path = self.path.join(name);
        let (temporary, file) = self.write_beside(name, content)?;
        let named = Named {
            file: &file,
            path: &temporary,
        };
        let is_known = |path: &Path| Ok(digest_of(path)?.as_deref() == known);
        let moved = match known {
            Some(_) => named.move_over_known(&path, is_known),
            None => named.move_to_free(&path),
        };
        moved.inspect_err(|_| named.forget())?;
        self.sync_names(&path, &file)?;
        Ok(file)
    }

    /// Makes the new name of a file durable.
    fn sync_names(&self, path: &Path, file: &File) -> Result<(), StorageError> {
        self.disk
            .sync_name(file)
            .map_err(|error| StorageError::new(path, "syncing", error))?;
        self.sync()
    }

    /// The digest of a small file; nothing when it is not there.
    pub(crate) fn digest(&self, name: &str) -> Result<Option<String>, StorageError> {
        digest_of(&self.path.join(name))
    }

    /// Writes what is to get this name.
    fn write_beside(&self, name: &str, content: &[u8]) -> Result<(PathBuf, File), StorageError> {
        let path = self.path.join(name);
        refuse_unless(
            &path,
            std::fs::Metadata::is_file,
            "something that is not a file",
        )?;
        let (temporary, mut file) = self.create_replacement(name)?;
        let failed = |error| StorageError::new(&path, "writing", error);
        file.write_all(content).map_err(failed)?;
        self.disk.sync(&file).map_err(failed)?;
        Ok((temporary, file))
    }

    /// Under which name a file of ours is written that is to replace another.
    fn replacement(&self, name: &str) -> PathBuf {
        self.path.join(format!(".{name}.new"))
    }

    /// Bytes that this user may still write; nothing where the file system does not tell.
    pub(crate) fn free(&self) -> Result<Option<u64>, StorageError> {
        sys::free_beside(&self.handle)
            .map_err(|error| StorageError::new(&self.path, "reading the free space", error))
    }

    /// Whether a sync was asked for that the file system does not know.
    pub(crate) fn does_not_sync(&self) -> bool {
        self.disk.does_not_sync()
    }
}

/// Puts something under a name, or under that with a number where it is taken. Says which.
fn at_free_name(
    name: &str,
    put: impl Fn(&str) -> Result<(), StorageError>,
) -> Result<String, StorageError> {
    let (mut to, mut number) = (name.to_owned(), 1);
    loop {
        match put(&to) {
            Err(StorageError::Disturbed { .. } | StorageError::InTheWay { .. }) => {
                number += 1;
                to = format!("{name}.{number}");
            }
            outcome => return outcome.map(|()| to),
        }
    }
}

/// Removes a file or a symbolic link of ours; that it was not there is fine.
pub(super) fn remove(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::new(path, "removing", error))
        }
        _ => Ok(()),
    }
}

/// Removes a plain file; what else stands there is not ours.
fn remove_file_at(path: &Path) -> Result<(), StorageError> {
    if path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        remove(path)?;
    }
    Ok(())
}

/// The digest of a file that may be there.
fn digest_of(path: &Path) -> Result<Option<String>, StorageError> {
    let failed = |error| StorageError::new(path, "reading", error);
    let mut file = match open_own(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut digest = Digester::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(digest.finish())),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// An empty file of ours in the place of an older one. Anything but a plain file in its place is refused.
fn new_file(path: &Path) -> Result<File, StorageError> {
    refuse_unless(
        path,
        std::fs::Metadata::is_file,
        "something that is not a file",
    )?;
    remove(path)?;
    let mut options = OpenOptions::new();
    sys::private(options.read(true).write(true).create_new(true));
    sys::no_follow(&mut options)
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
        Err(error) => Err(StorageError::new(path, "checking", error)),
    }
}
