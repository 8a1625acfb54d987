//! The folder of one set: part files, journals, final names.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, RenameFlags};

use super::{StorageError, no_follow};
use crate::backup::FileName;

/// Below this a file is not worth a call that reserves its space.
const WORTH_RESERVING: u64 = 1 << 20;

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
            Ok(file) => Ok(Some(Part { file, path })),
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
        Ok(Part { file, path })
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

/// A file that is being fetched, under a hidden name.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
}

impl Part {
    /// The open file, to read from.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Length in bytes.
    ///
    /// # Errors
    /// What the disk says.
    pub fn length(&self) -> Result<u64, StorageError> {
        Ok(self.metadata()?.size())
    }

    /// Bytes of the disk that the file takes up already, reserved ones included.
    ///
    /// # Errors
    /// What the disk says.
    pub fn allocated(&self) -> Result<u64, StorageError> {
        // In units of 512 bytes whatever the file system's block size (stat(2)).
        Ok(self.metadata()?.blocks().saturating_mul(512))
    }

    fn metadata(&self) -> Result<std::fs::Metadata, StorageError> {
        self.file
            .metadata()
            .map_err(|error| StorageError::new(&self.path, "reading", error))
    }

    /// Reserves the room for `length` bytes where the file system can, so that a full disk is met now and not after an
    /// hour, and the file lies in one piece.
    ///
    /// # Errors
    /// [`StorageError::Full`].
    pub fn reserve(&self, length: u64) -> Result<(), StorageError> {
        if length < WORTH_RESERVING {
            return Ok(());
        }
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, 0, length) {
            Err(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) => Err(StorageError::new(
                &self.path,
                "reserving space",
                rustix::io::Errno::NOSPC.into(),
            )),
            // Not every file system can; then the writes will tell.
            _ => Ok(()),
        }
    }

    /// Gives back the room that was reserved beyond what was written, as far as the file system can.
    pub fn give_room_back(&self) {
        if let Ok(length) = self.length() {
            let _ = self.file.set_len(length);
        }
    }

    /// Throws away what was written, as far as the file system can.
    pub fn empty(&self) {
        let _ = self.file.set_len(0);
    }

    /// Writes all of the pieces, one after the other, from `at` on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write_at(&self, mut at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        let failed = |error| StorageError::new(&self.path, "writing", error);
        let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut left = slices.as_mut_slice();
        while !left.is_empty() {
            match rustix::io::pwritev(&self.file, left, at) {
                Ok(0) => return Err(failed(io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    at += written as u64;
                    IoSlice::advance_slices(&mut left, written);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(failed(error.into())),
            }
        }
        Ok(())
    }

    /// Fills the buffer from `at` on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), StorageError> {
        self.file
            .read_exact_at(buffer, at)
            .map_err(|error| StorageError::new(&self.path, "reading", error))
    }

    /// Waits until what was written is on the disk itself.
    ///
    /// # Errors
    /// What the disk says.
    pub fn sync(&self) -> Result<(), StorageError> {
        self.file
            .sync_data()
            .map_err(|error| StorageError::new(&self.path, "syncing", error))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
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
