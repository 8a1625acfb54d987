//! A folder that only its owner can read, and files of ours in it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::Disk;
use super::error::{During, StorageError};
use super::named::Named;
use super::{own, sys};

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    handle: File,
    disk: Arc<Disk>,
    is_exposed: bool,
}

impl Folder {
    /// Opens the folder, made 0700 with its parents where it is missing.
    pub(crate) fn create(path: &Path) -> Result<Folder, StorageError> {
        let handle = sys::create_private_folders(path).and_then(|()| sys::open_folder(path));
        let handle = handle.map_err(|error| StorageError::creating_folder(path, error))?;
        Ok(Folder {
            path: path.to_owned(),
            disk: Arc::new(Disk::of(&handle)),
            is_exposed: false,
            handle,
        })
    }

    /// The folder of a set inside of this one. It must be a real folder: a symbolic link is refused.
    pub(crate) fn subfolder(&self, name: &str) -> Result<Folder, StorageError> {
        let path = self.join(name);
        own::refuse_unless_folder(&path)?;
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

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// An empty file of ours, to read and write, in the place of an older one.
    pub(crate) fn create_file(&self, name: &str) -> Result<File, StorageError> {
        own::create(&self.join(name))
    }

    /// A file of ours, to read and write; nothing when there is none.
    pub(crate) fn open_file(&self, name: &str) -> Result<Option<File>, StorageError> {
        own::reopen(&self.join(name))
    }

    /// An empty file that is to get this name when it is whole, and where it is until then. One place for that is enough, and
    /// leaves no litter behind after a crash.
    pub(crate) fn create_replacement(&self, name: &str) -> Result<(PathBuf, File), StorageError> {
        let temporary = self.replacement(name);
        let file = own::create(&temporary)?;
        Ok((temporary, file))
    }

    /// Removes what a crash may have left that was to replace the file.
    pub(crate) fn remove_replacement(&self, name: &str) -> Result<(), StorageError> {
        own::remove(&self.replacement(name))
    }

    fn replacement(&self, name: &str) -> PathBuf {
        self.join(&format!(".{name}.new"))
    }

    /// Removes a file of ours; that it was not there is fine.
    pub(crate) fn remove(&self, name: &str) -> Result<(), StorageError> {
        own::remove(&self.join(name))
    }

    /// The digest of a file; nothing when it is not there.
    pub(super) fn digest(&self, name: &str) -> Result<Option<String>, StorageError> {
        own::digest(&self.join(name))
    }

    /// Replaces a small file of ours in one step: who reads it sees the old text or the new one, also after a crash.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> Result<(), StorageError> {
        let path = self.join(name);
        let (temporary, file) = self.write_replacement(name, content)?;
        Named::new(&file, &temporary).move_over(&path)?;
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
        let path = self.join(name);
        let (temporary, file) = self.write_replacement(name, content)?;
        let named = Named::new(&file, &temporary);
        let is_known = |path: &Path| Ok(own::digest(path)?.as_deref() == known);
        let moved = match known {
            Some(_) => named.move_over_known(&path, is_known),
            None => named.move_to_free(&path),
        };
        moved.inspect_err(|_| named.forget())?;
        self.sync_names(&path, &file)?;
        Ok(file)
    }

    fn write_replacement(
        &self,
        name: &str,
        content: &[u8],
    ) -> Result<(PathBuf, File), StorageError> {
        let path = self.join(name);
        own::refuse_unless_file(&path)?;
        let (temporary, mut file) = self.create_replacement(name)?;
        file.write_all(content)
            .and_then(|()| self.disk.sync(&file))
            .during("writing", &path)?;
        Ok((temporary, file))
    }

    /// Makes the names in the folder durable.
    pub(crate) fn sync(&self) -> Result<(), StorageError> {
        let synced = self.disk.sync_folder(&self.handle);
        synced.during("syncing the folder", &self.path)
    }

    /// Makes the new name of a file durable.
    pub(super) fn sync_names(&self, path: &Path, file: &File) -> Result<(), StorageError> {
        let synced = self.disk.sync_name(file);
        synced.during("syncing", path)?;
        self.sync()
    }

    /// Bytes that this user may still write; nothing where the file system does not tell.
    pub(crate) fn free(&self) -> Result<Option<u64>, StorageError> {
        sys::free_beside(&self.handle, &self.path).during("reading the free space", &self.path)
    }

    /// Whether a sync was asked for that the file system does not know.
    pub(crate) fn does_not_sync(&self) -> bool {
        self.disk.does_not_sync()
    }
}
