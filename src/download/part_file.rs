//! A file on its way to its final name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::ranges::RangeSet;
use crate::model::FileName;
use crate::store::manifest::Entry;
use crate::store::sys::{self, Stamp};
use crate::store::{Disk, During, Folder, Named, Staged, StorageError};

/// Below this a file is not worth a call that reserves its space.
const WORTH_RESERVING: u64 = 1 << 20;

/// A file that is being fetched, under a hidden name.
#[derive(Debug)]
pub(super) struct PartFile {
    file: File,
    path: PathBuf,
    disk: Arc<Disk>,
    /// As it was when its last byte had been verified.
    settled: OnceLock<Stamp>,
    /// A sync failed. The kernel tells that once: a later one would say that all is well, and the bytes are lost all the same.
    has_lost: AtomicBool,
}

impl PartFile {
    fn new(folder: &Folder, name: &FileName, file: File) -> PartFile {
        PartFile {
            file,
            path: folder.join(&file_name(name)),
            disk: Arc::clone(folder.disk()),
            settled: OnceLock::new(),
            has_lost: AtomicBool::new(false),
        }
    }

    /// A new, empty part file in the place of an older one. Who still writes to the older one writes to a file that
    /// has no name any more, and can do no harm.
    pub(super) fn create(folder: &Folder, name: &FileName) -> Result<PartFile, StorageError> {
        let file = folder.create_file(&file_name(name))?;
        Ok(PartFile::new(folder, name, file))
    }

    /// The part file that an earlier run left; nothing when there is none.
    pub(super) fn reopen(
        folder: &Folder,
        name: &FileName,
    ) -> Result<Option<PartFile>, StorageError> {
        let file = folder.open_file(&file_name(name))?;
        Ok(file.map(|file| PartFile::new(folder, name, file)))
    }

    /// A copy of what is held of a part that a run may still write to, under the part's name. That run goes on with a file
    /// that has no name any more, and can do no harm. Nothing: there is no room for it.
    pub(super) fn copy(
        &self,
        folder: &Folder,
        name: &FileName,
        held: &RangeSet,
    ) -> Result<Option<PartFile>, StorageError> {
        if folder.free()?.is_some_and(|free| free < held.total()) {
            return Ok(None);
        }
        let (temporary, file) = folder.create_replacement(&file_name(name))?;
        let copy = PartFile::new(folder, name, file);
        for range in held.iter() {
            copy.take_over(self, range.start(), range.end())?;
        }
        copy.sync()?;
        Named::new(&copy.file, &temporary).move_over(&copy.path)?;
        let synced = copy.disk.sync_name(&copy.file);
        synced.during("syncing", &copy.path)?;
        Ok(Some(copy))
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn length(&self) -> Result<u64, StorageError> {
        Ok(self.metadata()?.len())
    }

    /// Bytes of the disk that the file takes up already, reserved ones included.
    pub(super) fn allocated(&self) -> Result<u64, StorageError> {
        Ok(sys::allocated(&self.metadata()?))
    }

    fn metadata(&self) -> Result<std::fs::Metadata, StorageError> {
        self.file.metadata().during("reading", &self.path)
    }

    /// Reserves the room for `length` bytes where the file system can, so that a full disk is met now and not after an
    /// hour, and the file lies in one piece.
    pub(super) fn reserve(&self, length: u64) -> Result<(), StorageError> {
        let reserve = || {
            sys::check_length(length)?;
            if length < WORTH_RESERVING {
                return Ok(());
            }
            sys::reserve(&self.file, length)
        };
        reserve().during("reserving space", &self.path)
    }

    /// Gives back the room that was reserved beyond what was written, as far as the file system can.
    pub(super) fn give_room_back(&self) {
        if let Ok(length) = self.length() {
            let _ = self.file.set_len(length);
        }
    }

    /// Throws away what was written, as far as the file system can. What has another name by now is left alone.
    pub(super) fn empty(&self) {
        if self.named().is_there().unwrap_or(false) {
            let _ = self.file.set_len(0);
        }
    }

    /// Whether it has one name, and that is its own: a file with a second one may be somebody else's, too.
    pub(super) fn is_alone(&self) -> Result<bool, StorageError> {
        Ok(self.named().is_there()?
            && sys::has_one_name(&self.file).during("reading", &self.path)?)
    }

    fn named(&self) -> Named<'_> {
        Named::new(&self.file, &self.path)
    }

    /// Copies a stretch of another part, which shares its blocks where the file system can.
    fn take_over(&self, from: &PartFile, start: u64, end: u64) -> Result<(), StorageError> {
        let copy = || {
            let (mut source, mut target) = (&from.file, &self.file);
            source.seek(SeekFrom::Start(start))?;
            target.seek(SeekFrom::Start(start))?;
            io::copy(&mut source.take(end - start), &mut target)
        };
        if copy().during("copying", &self.path)? == end - start {
            Ok(())
        } else {
            Err(StorageError::disturbed(&from.path))
        }
    }

    /// It is verified: makes it durable, and remembers it as it is now. Only as such it gets a final name.
    pub(super) fn settle(&self) -> Result<(), StorageError> {
        self.sync()?;
        let stamp = Stamp::of(&self.file).during("reading", &self.path)?;
        self.settled.get_or_init(|| stamp);
        Ok(())
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled.get().is_some()
    }

    pub(super) fn staged<'a>(
        &'a self,
        name: &'a FileName,
        entry: &'a Entry,
        is_known: bool,
    ) -> Staged<'a> {
        Staged {
            name,
            entry,
            named: self.named(),
            verified: self.settled.get().copied(),
            is_known,
        }
    }

    /// Writes all of the pieces, one after the other, from `at` on.
    pub(super) fn write_at(&self, at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        sys::write_all_at(&self.file, pieces, at).during("writing", &self.path)
    }

    pub(super) fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), StorageError> {
        sys::read_exact_at(&self.file, buffer, at).during("reading", &self.path)
    }

    /// Waits until what was written is on the disk itself.
    pub(super) fn sync(&self) -> Result<(), StorageError> {
        let mut synced = self.disk.sync_data(&self.file);
        if synced.is_err() {
            self.has_lost.store(true, Ordering::Relaxed);
        } else if self.has_lost.load(Ordering::Relaxed) {
            synced = Err(io::Error::other("an earlier sync failed"));
        }
        synced.during("syncing", &self.path)
    }

    pub(super) fn sync_journal(&self, journal: &File) -> Result<(), StorageError> {
        let synced = self.disk.sync_data(journal);
        synced.during("writing the journal", &self.path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

pub(super) fn file_name(name: &FileName) -> String {
    format!(".{name}.part")
}
