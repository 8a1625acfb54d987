//! What is there of one version of a file: its part file, its journal, and which bytes both promise.
//!
//! Several connections write to it at once, and a verifier reads behind them. When a file starts over it gets a new
//! part; who still holds the old one writes into a file without a name.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OnceCell};

use super::journal::{self, Header, Journal};
use super::part_file::{self, PartFile};
use super::ranges::RangeSet;
use super::state::SMALLEST;
use crate::http::range::{ByteRange, Validator};
use crate::model::FileName;
use crate::store::manifest::Entry;
use crate::store::{During, Folder, Staged, StorageError};

/// A power cut costs at most this much of a file (`design.md`: at most 16 MiB). Writers wait when it is reached.
const MOST_UNSYNCED: u64 = 16 << 20;

/// A sync begins at half of that, so that as much can come while it runs; and a process that is killed has its sockets open, and
/// what comes is lost, until its sync returns. Each costs a commit of the file system, so earlier is dearer.
const SYNC_FROM: u64 = MOST_UNSYNCED / 2;

/// And what was written is synced after this time, so that a slow line loses at most 5 s of work together with the
/// time that the sync itself takes.
const SYNC_AFTER: Duration = Duration::from_millis(2500);

/// Who verifies is woken for so much, or for the end of the file: on a slow line each write would cost a wake for a few bytes.
const WORTH_A_LOOK: u64 = 256 << 10;

pub(crate) struct Part {
    folder: Arc<Folder>,
    header: Header,
    file: PartFile,
    resumed: u64,
    /// There once the room for all of it was found.
    room: OnceCell<()>,
    written: Mutex<Written>,
    /// Tells who verifies it.
    grown: OnceLock<Box<dyn Fn() + Send + Sync>>,
    /// For writers that wait for a sync.
    synced: Notify,
}

struct Written {
    length: Option<u64>,
    held: RangeSet,
    /// How far it was there without a gap when who verifies was told last.
    told: u64,
    /// Nothing: it is not worth one yet. The first sync begins one.
    journal: Option<Journal>,
    unsynced: u64,
    oldest_unsynced: Option<Instant>,
    syncing: bool,
    abandoned: bool,
}

impl Written {
    fn is_whole(&self) -> bool {
        let prefix = self.held.prefix();
        self.length.is_some_and(|length| prefix >= length)
    }
}

/// What can be done next with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// Bytes up to here can be read.
    To(u64),
    /// All bytes were read; this is the length of the file.
    Whole(u64),
    /// Nobody wants the outcome any more.
    Abandoned,
}

impl Part {
    /// One of which nothing is there yet, in the place of what was there.
    pub(super) fn fresh(folder: &Arc<Folder>, header: Header) -> Result<Part, StorageError> {
        let file = PartFile::create(folder, &header.name)?;
        let length = header.length;
        if let Some(length) = length {
            check_room(folder, &file, length)?;
        }
        let journal = if length.is_some_and(is_one_piece) {
            // It would promise bytes of another part.
            folder.remove(&journal::file_name(&header.name))?;
            None
        } else {
            Some(Journal::create(folder, &header)?)
        };
        let part = Part::new(folder, file, header, RangeSet::default(), journal);
        Ok(Part {
            room: OnceCell::new_with(length.map(|_| ())),
            ..part
        })
    }

    /// One of which an earlier run left something. Room for the rest is made when the server has confirmed the length: see
    /// [`make_room`](Part::make_room).
    pub(super) fn resumed(
        folder: &Arc<Folder>,
        file: PartFile,
        header: Header,
        held: RangeSet,
        journal: Journal,
    ) -> Part {
        Part::new(folder, file, header, held, Some(journal))
    }

    fn new(
        folder: &Arc<Folder>,
        file: PartFile,
        header: Header,
        held: RangeSet,
        journal: Option<Journal>,
    ) -> Part {
        Part {
            folder: Arc::clone(folder),
            file,
            resumed: held.total(),
            room: OnceCell::new(),
            written: Mutex::new(Written {
                length: header.length,
                told: 0,
                held,
                journal,
                unsynced: 0,
                oldest_unsynced: None,
                syncing: false,
                abandoned: false,
            }),
            header,
            grown: OnceLock::new(),
            synced: Notify::new(),
        }
    }

    pub(super) fn name(&self) -> &FileName {
        &self.header.name
    }

    pub(super) fn file(&self) -> &PartFile {
        &self.file
    }

    /// `entry`: what the manifest is going to say of it.
    pub(super) fn staged<'a>(&'a self, entry: &'a Entry) -> Staged<'a> {
        self.file.staged(self.name(), entry, self.has_journal())
    }

    pub(super) fn validator(&self) -> &Validator {
        &self.header.validator
    }

    pub(super) fn has_journal(&self) -> bool {
        self.written().journal.is_some()
    }

    /// Bytes that an earlier run left.
    pub(crate) fn resumed_bytes(&self) -> u64 {
        self.resumed
    }

    /// Bytes of the disk that it takes up already, reserved ones included.
    pub(crate) fn allocated(&self) -> Result<u64, StorageError> {
        self.file.allocated()
    }

    /// Length of the whole file, once known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.written().length
    }

    /// Sets the length of a file whose server did not announce it, at the clean end of its body.
    pub(super) fn set_length(&self, length: u64) {
        self.written().length = Some(length);
        self.grown();
    }

    /// Which bytes are there.
    pub(super) fn held(&self) -> RangeSet {
        self.written().held.clone()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.written().is_whole()
    }

    /// Nobody is to write to it any more: the file starts over, is given up, or the run ends.
    pub(super) fn abandon(&self) {
        self.written().abandoned = true;
        self.grown();
        self.synced.notify_waiters();
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.written().abandoned
    }

    /// As [`abandon`](Part::abandon), and nobody is to have its bytes: their room is given back while others still hold
    /// the file open, for what comes in its place may need it.
    pub(super) fn throw_away(&self) {
        self.abandon();
        self.file.empty();
    }

    /// As [`throw_away`](Part::throw_away), and its names go, too.
    pub(super) fn remove(&self) -> Result<(), StorageError> {
        self.throw_away();
        self.folder.remove(&journal::file_name(self.name()))?;
        self.folder.remove(&part_file::file_name(self.name()))
    }

    /// Writes the pieces one after the other from `at` on, then notes them in the journal. Called from the task that
    /// received them: another thread would cost more than the write itself (`engine.md`).
    pub(super) fn write(&self, at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        let bytes: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
        let Some(range) = ByteRange::new(at, at + bytes) else {
            return Ok(());
        };
        self.file.write_at(at, pieces)?;
        let mut written = self.written();
        if let Some(journal) = &mut written.journal {
            let noted = journal.written(range);
            noted.during("writing the journal", self.file.path())?;
        }
        written.held.insert(range);
        written.unsynced += bytes;
        written.oldest_unsynced.get_or_insert_with(Instant::now);
        let prefix = written.held.prefix();
        let has_grown = prefix >= written.told + WORTH_A_LOOK;
        if has_grown || written.is_whole() {
            written.told = prefix;
            drop(written);
            self.grown();
        }
        Ok(())
    }

    /// Gives it a journal for the next run, if anything is there that has no final name yet.
    pub(super) fn begin_journal(&self) -> Result<(), StorageError> {
        let mut written = self.written();
        if written.held.total() > 0 && !self.file.is_settled() {
            self.journal(&mut written)?;
        }
        Ok(())
    }

    /// Its journal, begun with what is there where it had none so far.
    fn journal<'a>(&self, written: &'a mut Written) -> Result<&'a mut Journal, StorageError> {
        let journal = if let Some(journal) = written.journal.take() {
            journal
        } else {
            let mut journal = Journal::create(&self.folder, &self.header)?;
            for range in written.held.iter() {
                let noted = journal.written(range);
                noted.during("writing the journal", self.file.path())?;
            }
            journal
        };
        Ok(written.journal.insert(journal))
    }

    /// Looks, the first time, whether the rest of the file fits. For when the server has confirmed the length that the
    /// journal of an earlier run tells. Who comes meanwhile waits for the outcome.
    pub(super) async fn make_room(&self) -> Result<(), StorageError> {
        let Some(length) = self.length() else {
            return Ok(());
        };
        let check = || async { check_room(&self.folder, &self.file, length) };
        self.room.get_or_try_init(check).await.copied()
    }

    /// Waits until a crash could cost no more than it may. Ends at once in nearly every case.
    pub(super) async fn room(&self) {
        loop {
            let synced = self.synced.notified();
            tokio::pin!(synced);
            synced.as_mut().enable();
            {
                let written = self.written();
                if written.unsynced < MOST_UNSYNCED || written.abandoned {
                    return;
                }
            }
            synced.await;
        }
    }

    /// Whether it is time to [`sync`](Part::sync), and that is not under way.
    pub(super) fn wants_sync(&self) -> bool {
        let written = self.written();
        let is_old = |since: Instant| since.elapsed() >= SYNC_AFTER;
        !written.syncing
            && (written.unsynced >= SYNC_FROM || written.oldest_unsynced.is_some_and(is_old))
    }

    /// Makes what was written durable, then promises it in the journal. False: that is under way already. Blocks.
    pub(super) fn sync(&self) -> Result<bool, StorageError> {
        if std::mem::replace(&mut self.written().syncing, true) {
            return Ok(false);
        }
        let outcome = self.sync_both();
        self.written().syncing = false;
        self.synced.notify_waiters();
        outcome.map(|()| true)
    }

    /// For the next run: as [`sync`](Part::sync), and also what was written since one that is under way began. Where the disk
    /// `is_full`, the room that was reserved and not written to is given back.
    pub(super) async fn keep(self: Arc<Part>, is_full: bool) {
        loop {
            let synced = self.synced.notified();
            tokio::pin!(synced);
            synced.as_mut().enable();
            let part = Arc::clone(&self);
            let keep = move || {
                if is_full {
                    part.file.give_room_back();
                }
                Ok::<_, StorageError>(part.is_synced() || part.sync()?)
            };
            match tokio::task::spawn_blocking(keep).await {
                Ok(Ok(false)) => synced.await,
                // What fails here was only to be kept, and the journal does not promise it.
                _ => return,
            }
        }
    }

    fn is_synced(&self) -> bool {
        let written = self.written();
        written.unsynced == 0 && !written.syncing
    }

    /// First the data, then the journal that promises it.
    fn sync_both(&self) -> Result<(), StorageError> {
        let (promised, bytes, handle) = {
            let mut written = self.written();
            written.oldest_unsynced = None;
            // It is on the disk, and is about to get its final name: one that is begun now would stay for good.
            if self.file.is_settled() {
                written.unsynced = 0;
                return Ok(());
            }
            let journal = self.journal(&mut written)?;
            let promised = journal.length();
            let handle = journal.handle();
            let handle = handle.during("writing the journal", self.file.path())?;
            (promised, written.unsynced, handle)
        };
        self.file.sync()?;
        {
            let mut written = self.written();
            let noted = self.journal(&mut written)?.synced(promised);
            noted.during("writing the journal", self.file.path())?;
            written.unsynced -= bytes;
        }
        self.file.sync_journal(&handle)
    }

    /// What there is to do for who has read up to `read`; nothing at the moment.
    pub(super) fn growth(&self, read: u64) -> Option<Growth> {
        let written = self.written();
        if written.abandoned {
            return Some(Growth::Abandoned);
        }
        let prefix = written.held.prefix();
        if prefix > read {
            return Some(Growth::To(prefix));
        }
        let length = written.length.filter(|length| prefix >= *length);
        length.map(Growth::Whole)
    }

    /// Has `tell` called whenever there may be more to do for who verifies it.
    pub(super) fn on_growth(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.grown.set(Box::new(tell));
    }

    fn grown(&self) {
        if let Some(tell) = self.grown.get() {
            tell();
        }
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a file of this length is fetched in one piece whatever happens. Then it has no journal unless its line pauses: all that
/// a crash could cost is that piece, and to make a journal and remove it again costs more than to write the file.
pub(super) fn is_one_piece(length: u64) -> bool {
    length <= SMALLEST
}

/// Looks whether the rest of the file fits, before its first byte is fetched, and reserves the room where the file
/// system can.
fn check_room(folder: &Folder, file: &PartFile, length: u64) -> Result<(), StorageError> {
    let needed = length.saturating_sub(file.allocated()?);
    if let Some(free) = folder.free()?.filter(|free| needed > *free) {
        return Err(StorageError::too_small(folder.path(), needed, free));
    }
    // One that fails may have taken all that there was.
    file.reserve(length).inspect_err(|_| file.give_room_back())
}
