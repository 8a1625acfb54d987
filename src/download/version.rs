//! One remote version of a file on its way to disk: its part file, its journal, and which bytes are there.
//!
//! Several connections write to it at once, and a verifier reads behind them. When a file starts over it gets a new
//! version with a part file of its own; who still holds the old one writes into a file without a name.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::growth::{Bell, Growth};
use super::journal::{Header, Journal};
use super::part::Part;
use super::plan::Leftover;
use super::ranges::RangeSet;
use crate::http::range::{ByteRange, Validator};
use crate::model::FileName;
use crate::store::{Folder, Staged, StorageError};

/// A power cut costs at most this much of a file (`design.md`: at most 16 MiB). Writers wait when it is reached.
const MOST_UNSYNCED: u64 = 16 << 20;

/// A sync begins before that, so that it is mostly through before a writer has to wait. Each costs a commit of the file
/// system, so earlier is dearer.
const SYNC_FROM: u64 = MOST_UNSYNCED / 4 * 3;

/// And what was written is synced after this time, so that a slow line loses at most 5 s of work together with the
/// time that the sync itself takes.
const SYNC_AFTER: Duration = Duration::from_millis(2500);

/// See the module's front page.
#[derive(Debug)]
pub(crate) struct Version {
    name: FileName,
    part: Part,
    validator: Validator,
    resumed: u64,
    /// Whether the room for all of it was looked for.
    has_room: Mutex<bool>,
    state: Mutex<State>,
    /// For those who verify.
    grown: Arc<Bell>,
    /// For writers that wait for a sync.
    synced: Notify,
    /// Held by who syncs.
    syncing: Mutex<()>,
}

#[derive(Debug)]
struct State {
    length: Option<u64>,
    held: RangeSet,
    journal: Journal,
    unsynced: u64,
    oldest_unsynced: Option<Instant>,
    abandoned: bool,
}

impl Version {
    /// A version of which nothing is there yet, in the place of what was there. `grown` is rung for those who verify it.
    pub(crate) fn fresh(
        folder: &Folder,
        header: &Header,
        grown: Arc<Bell>,
    ) -> Result<Version, StorageError> {
        let part = Part::create(folder, &header.name)?;
        if let Some(length) = header.length {
            check_room(folder, &part, length)?;
        }
        let journal = Journal::create(folder, header)?;
        Ok(Version::new(
            part,
            header,
            RangeSet::default(),
            journal,
            grown,
            header.length.is_some(),
        ))
    }

    /// A version of which an earlier run left something. Room for the rest is made when the server has confirmed the length:
    /// see [`make_room`](Version::make_room).
    pub(crate) fn resumed(leftover: Leftover, grown: Arc<Bell>) -> Version {
        let Leftover {
            part,
            header,
            held,
            journal,
            ..
        } = leftover;
        Version::new(part, &header, held, journal, grown, false)
    }

    fn new(
        part: Part,
        header: &Header,
        held: RangeSet,
        journal: Journal,
        grown: Arc<Bell>,
        has_room: bool,
    ) -> Version {
        Version {
            name: header.name.clone(),
            part,
            validator: header.validator.clone(),
            resumed: held.total(),
            has_room: Mutex::new(has_room),
            state: Mutex::new(State {
                length: header.length,
                held,
                journal,
                unsynced: 0,
                oldest_unsynced: None,
                abandoned: false,
            }),
            grown,
            synced: Notify::new(),
            syncing: Mutex::default(),
        }
    }

    /// The file's final name.
    pub(crate) fn name(&self) -> &FileName {
        &self.name
    }

    /// The part file, to be published or kept aside.
    pub(crate) fn staged(&self) -> Staged<'_> {
        self.part.staged(&self.name)
    }

    /// The part file.
    pub(crate) fn part(&self) -> &Part {
        &self.part
    }

    /// What the server said about this version.
    pub(crate) fn validator(&self) -> &Validator {
        &self.validator
    }

    /// Bytes that an earlier run left.
    pub(crate) fn resumed_bytes(&self) -> u64 {
        self.resumed
    }

    /// Length of the whole file, once known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.lock().length
    }

    /// Sets the length of a file whose server did not announce it, at the clean end of its body.
    pub(crate) fn set_length(&self, length: u64) {
        self.lock().length = Some(length);
        self.grown.ring();
    }

    /// Which bytes are there.
    pub(crate) fn held(&self) -> RangeSet {
        self.lock().held.clone()
    }

    /// Whether every byte is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.lock().is_whole()
    }

    /// Nobody is to write to this version any more: the file starts over, is given up, or the run ends.
    pub(crate) fn abandon(&self) {
        self.lock().abandoned = true;
        self.grown.ring();
        self.synced.notify_waiters();
    }

    /// As [`abandon`](Version::abandon), and nobody is to have its bytes: their room is given back while others still hold
    /// the file open, for what comes in its place may need it.
    pub(crate) fn throw_away(&self) {
        self.abandon();
        self.part.empty();
    }

    /// Whether [`abandon`](Version::abandon) was called.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    /// Writes the pieces one after the other from `at` on, then notes them in the journal. Called from the task that
    /// received them: another thread would cost more than the write itself (`engine.md`).
    pub(crate) fn write(&self, at: u64, pieces: &[&[u8]]) -> Result<(), StorageError> {
        let bytes: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
        let Some(range) = ByteRange::new(at, at + bytes) else {
            return Ok(());
        };
        self.part.write_at(at, pieces)?;
        let mut state = self.lock();
        state
            .journal
            .written(range)
            .map_err(|error| StorageError::new(self.part.path(), "writing the journal", error))?;
        let prefix = state.held.prefix();
        state.held.insert(range);
        state.unsynced += bytes;
        state.oldest_unsynced.get_or_insert_with(Instant::now);
        let grown = state.held.prefix() > prefix;
        drop(state);
        if grown {
            self.grown.ring();
        }
        Ok(())
    }

    /// Whether it is time to [`sync`](Version::sync), and that is not under way.
    pub(crate) fn wants_sync(&self) -> bool {
        let state = self.lock();
        if matches!(self.syncing.try_lock(), Err(TryLockError::WouldBlock)) {
            return false;
        }
        state.unsynced >= SYNC_FROM
            || state
                .oldest_unsynced
                .is_some_and(|since| since.elapsed() >= SYNC_AFTER)
    }

    /// Looks, the first time, whether the rest of the file fits. For when the server has confirmed the length that the
    /// journal of an earlier run tells.
    pub(crate) fn make_room(&self, folder: &Folder) -> Result<(), StorageError> {
        let mut has_room = self.has_room.lock().unwrap_or_else(PoisonError::into_inner);
        if let (false, Some(length)) = (*has_room, self.length()) {
            check_room(folder, &self.part, length)?;
            *has_room = true;
        }
        Ok(())
    }

    /// Waits until a crash could cost no more than it may. Ends at once in nearly every case.
    pub(crate) async fn room(&self) {
        loop {
            let synced = self.synced.notified();
            tokio::pin!(synced);
            synced.as_mut().enable();
            {
                let state = self.lock();
                if state.unsynced < MOST_UNSYNCED || state.abandoned {
                    return;
                }
            }
            synced.await;
        }
    }

    /// Makes what was written durable, then promises it in the journal. Blocks; one at a time, a second call returns
    /// at once.
    pub(crate) fn sync(&self) -> Result<(), StorageError> {
        match self.syncing.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(()),
            Ok(turn) => self.sync_now(turn),
            Err(TryLockError::Poisoned(turn)) => self.sync_now(turn.into_inner()),
        }
    }

    /// As [`sync`](Version::sync), and waits for one that is under way: for what was written since that one began.
    pub(crate) fn last_sync(&self) -> Result<(), StorageError> {
        self.sync_now(self.syncing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn sync_now(&self, turn: MutexGuard<'_, ()>) -> Result<(), StorageError> {
        let outcome = self.sync_both();
        drop(turn);
        self.synced.notify_waiters();
        outcome
    }

    /// First the data, then the journal that promises it.
    fn sync_both(&self) -> Result<(), StorageError> {
        let (promised, bytes, handle) = {
            let mut state = self.lock();
            state.oldest_unsynced = None;
            (
                state.journal.length(),
                state.unsynced,
                state.journal.handle(),
            )
        };
        let failed = |error| StorageError::new(self.part.path(), "writing the journal", error);
        let handle = handle.map_err(failed)?;
        self.part.sync()?;
        {
            let mut state = self.lock();
            state.journal.synced(promised).map_err(failed)?;
            state.unsynced -= bytes;
        }
        self.part.sync_journal(&handle).map_err(failed)
    }

    /// What there is to do for who has read up to `read`; nothing at the moment.
    pub(crate) fn growth(&self, read: u64) -> Option<Growth> {
        let state = self.lock();
        if state.abandoned {
            return Some(Growth::Abandoned);
        }
        let prefix = state.held.prefix();
        if prefix > read {
            return Some(Growth::To(prefix));
        }
        state
            .length
            .filter(|length| prefix >= *length)
            .map(Growth::Whole)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_whole(&self) -> bool {
        self.length
            .is_some_and(|length| self.held.prefix() >= length)
    }
}

/// Looks whether the rest of the file fits, before its first byte is fetched, and reserves the room where the file
/// system can.
fn check_room(folder: &Folder, part: &Part, length: u64) -> Result<(), StorageError> {
    let needed = length.saturating_sub(part.allocated()?);
    if let Some(free) = folder.free()?.filter(|free| needed > *free) {
        return Err(StorageError::too_small(folder.path(), needed, free));
    }
    // One that fails may have taken all that there was.
    part.reserve(length).inspect_err(|_| part.give_room_back())
}
