//! Keeps the lock object of a store for as long as a run lasts: renews it, and gives it back.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::content::{Age, LockContent, Owner};
use super::object::LockObject;
use crate::problem::Problem;
use crate::store::StorageError;
use crate::store::object::bucket::Known;
use crate::store::object::client::error;

const RENEW_EVERY: Duration = Duration::from_secs(60);

/// A renewal that fails is tried again after a part of that.
const TRIES: u32 = 6;

/// How long the end of a run may be held up by giving the lock back. It runs out by itself.
const LAST_WORD: Duration = Duration::from_millis(1500);

#[derive(Debug)]
pub(super) struct Keeper {
    lock: LockObject,
    owner: Owner,
    /// Whoever talks to the store about the lock holds this meanwhile.
    held: Mutex<Held>,
    phase: Mutex<Phase>,
    phase_changed: Condvar,
}

/// The lock as the store has it.
#[derive(Debug)]
pub(super) struct Held {
    content: LockContent,
    known: Known,
    /// Whether the store writes on a condition only when it is met.
    is_conditional: bool,
    /// Before the store was last asked, and said that it is ours.
    seen: Instant,
    /// It is ours no more.
    lost: Option<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Held,
    Ending,
    Over,
}

impl Held {
    pub(super) fn new(content: LockContent, known: Known, is_conditional: bool) -> Held {
        Held {
            content,
            known,
            is_conditional,
            seen: Instant::now(),
            lost: None,
        }
    }
}

impl Keeper {
    /// Keeps it on a thread of its own until the [`end`](Keeper::end).
    pub(super) fn begin(
        lock: LockObject,
        owner: Owner,
        held: Held,
    ) -> Result<Arc<Keeper>, StorageError> {
        Keeper::begin_renewing(lock, owner, held, RENEW_EVERY)
    }

    fn begin_renewing(
        lock: LockObject,
        owner: Owner,
        held: Held,
        every: Duration,
    ) -> Result<Arc<Keeper>, StorageError> {
        let keeper = Arc::new(Keeper {
            lock,
            owner,
            held: Mutex::new(held),
            phase: Mutex::new(Phase::Held),
            phase_changed: Condvar::new(),
        });
        let keeping = Arc::clone(&keeper);
        let thread = thread::Builder::new().name("lease".to_owned());
        match thread.spawn(move || keeping.keep(every)) {
            Ok(_) => Ok(keeper),
            Err(error) => {
                keeper.free();
                Err(StorageError::Other(error::not_started(&error)))
            }
        }
    }

    fn keep(&self, every: Duration) {
        let mut pause = every;
        while self.goes_on_for(pause) {
            let mut held = self.held();
            let renewed = self
                .look(&mut held)
                .and_then(|age| self.renew(&mut held, age));
            pause = if renewed.is_ok() {
                every
            } else {
                every / TRIES
            };
            if let Err(error) = renewed {
                tracing::warn!("{error}");
            }
            if held.lost.is_some() {
                break;
            }
        }
        self.free();
        *self.phase() = Phase::Over;
        self.phase_changed.notify_all();
    }

    /// Whether the run goes on for so long.
    fn goes_on_for(&self, pause: Duration) -> bool {
        let changed = &self.phase_changed;
        let waited = changed.wait_timeout_while(self.phase(), pause, |it| *it == Phase::Held);
        *waited.unwrap_or_else(PoisonError::into_inner).0 == Phase::Held
    }

    /// Gives it back, or leaves that to the thread if the store takes its time.
    pub(super) fn end(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Held {
            *phase = Phase::Ending;
        }
        let changed = &self.phase_changed;
        changed.notify_all();
        drop(changed.wait_timeout_while(phase, LAST_WORD, |phase| *phase != Phase::Over));
    }

    pub(super) fn check(&self) -> Result<(), StorageError> {
        let since = Instant::now();
        let mut held = self.held();
        if let Some(lost) = &held.lost {
            return Err(StorageError::Disturbed(lost.clone()));
        }
        // Another thread asked while this one waited for it.
        if held.seen >= since {
            return Ok(());
        }
        let age = self.look(&mut held)?;
        if age.is_to_be_renewed() {
            self.renew(&mut held, age)?;
        }
        Ok(())
    }

    /// How old the lock is, if it is still ours.
    fn look(&self, held: &mut Held) -> Result<Age, StorageError> {
        let asked = Instant::now();
        let age = match self.lock.age_of(&held.known)? {
            Some(age) => age,
            // Not as we know it. It may be ours all the same: the answer to a renewal may be lost.
            None => match self.lock.read()? {
                Some(found) if found.content.is_of(&self.owner) => {
                    held.content = found.content;
                    held.known = found.known;
                    found.age
                }
                found => return Err(self.lose(held, found.as_ref().map(|found| &found.content))),
            },
        };
        held.seen = asked;
        Ok(age)
    }

    /// Of this age, as it was just looked at.
    fn renew(&self, held: &mut Held, age: Age) -> Result<(), StorageError> {
        // Whoever takes over such a one at this moment would not be told that it was renewed.
        if !held.is_conditional && age.is_stale() {
            return Err(self.lose(held, None));
        }
        let renewed = held.content.renewed();
        if let Some(known) = self.lock.replace(&renewed, &held.known)? {
            held.content = renewed;
            held.known = known;
            return Ok(());
        }
        self.look(held)?;
        if held.content == renewed {
            Ok(())
        } else {
            Err(self.lock.contended())
        }
    }

    fn free(&self) {
        let held = self.held();
        if held.lost.is_some() {
            return;
        }
        if let Err(error) = self.lock.replace(&held.content.freed(), &held.known) {
            tracing::warn!("{error}");
        }
    }

    fn lose(&self, held: &mut Held, to: Option<&LockContent>) -> StorageError {
        let lost = self.lock.lost(to);
        held.lost = Some(lost.clone());
        StorageError::Disturbed(lost)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::object::bucket::Bucket;
    use crate::store::object::folder::ObjectFolder;

    /// A lock that was just taken, in a store of its own.
    fn taken(every: Duration) -> Arc<Keeper> {
        let lock = LockObject::of(&ObjectFolder::new(Bucket::in_memory(), "backups"));
        let owner = Owner::new();
        let content = LockContent::held_by(&owner, None);
        let written = lock.write(&content, None).expect("memory works");
        let (known, is_conditional) = written.expect("nobody has it");
        assert!(is_conditional);
        let held = Held::new(content, known, true);
        Keeper::begin_renewing(lock, owner, held, every).expect("a thread")
    }

    fn content(keeper: &Keeper) -> LockContent {
        let found = keeper.lock.read().expect("memory works");
        found.expect("it is there").content
    }

    #[test]
    fn it_is_renewed_again_and_again_and_stays_ours() {
        let keeper = taken(Duration::from_millis(1));
        let mut seen = vec![content(&keeper)];
        while seen.len() < 4 {
            let now = content(&keeper);
            if seen.last() != Some(&now) {
                seen.push(now);
            }
        }
        keeper.check().expect("it is ours");
        keeper.end();
        assert!(!content(&keeper).is_held());
    }

    #[test]
    fn a_renewal_whose_answer_was_lost_is_ours() {
        let keeper = taken(RENEW_EVERY);
        let renewed = content(&keeper).renewed();
        keeper.lock.overwrite(&renewed).expect("memory works");
        keeper.check().expect("it is ours");
        assert_eq!(keeper.held().content, renewed);
        let mut held = keeper.held();
        keeper
            .renew(&mut held, Age::Exact(Duration::ZERO))
            .expect("it is ours");
    }

    #[test]
    fn without_conditions_one_that_has_run_out_is_not_renewed() {
        let keeper = taken(RENEW_EVERY);
        let mut held = keeper.held();
        held.is_conditional = false;
        keeper
            .renew(&mut held, Age::Exact(Duration::from_secs(299)))
            .expect("it is ours");
        let before = content(&keeper);
        let lost = keeper.renew(&mut held, Age::Exact(Duration::from_secs(301)));
        assert!(matches!(lost, Err(StorageError::Disturbed(_))));
        assert_eq!(content(&keeper), before);
    }
}
