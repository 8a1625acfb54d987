//! One run at a time below a prefix of a store: a lock object that its owner renews, and that is anybody's when it was not
//! renewed for five minutes, by the store's own clock.
//!
//! A lock that runs out can't keep its owner from going on, who may have slept for an hour in a closed laptop and know
//! nothing of it. So the owner asks the store right before each step that others see ([`Lease::check`]), and each of those steps
//! is conditional, so that whatever comes between the question and the step overwrites nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::content::{LockContent, Owner};
use super::keeper::{Held, Keeper};
use super::object::{Found, LockObject};
use crate::problem;
use crate::store::StorageError;
use crate::store::object::bucket::Bucket;
use crate::store::object::folder::ObjectFolder;

/// A lock that is waited for is looked at after one second, then less and less often.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How often somebody else may be faster before it is for the user to try again.
const ATTEMPTS: u32 = 5;

/// A lock that this run has until this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    keeper: Arc<Keeper>,
}

/// What came of an attempt to take the lock.
enum Attempt {
    Taken(Lease),
    /// By another run, before.
    Held(Found),
}

impl Lease {
    /// Whether a run has the lock. Makes nothing.
    pub(crate) fn is_held(folder: &ObjectFolder) -> Result<bool, StorageError> {
        Ok(Lease::holder(folder)?.is_some())
    }

    /// Which run has the lock, and until when, in words. Makes nothing.
    pub(crate) fn holder(folder: &ObjectFolder) -> Result<Option<String>, StorageError> {
        let lock = LockObject::of(folder);
        let found = lock.read()?;
        let held = found.filter(|found| found.keeps_out(&Owner::new()));
        let told = held.map(|found| lock.held(&found, Duration::ZERO));
        Ok(told.map(|told| told.problem().message))
    }

    /// Takes the lock; waits for another run up to `patience`.
    pub(crate) async fn take(
        folder: &ObjectFolder,
        patience: Duration,
        owner: &Owner,
    ) -> Result<Lease, StorageError> {
        let since = Instant::now();
        let mut pause = FIRST_LOOK;
        let lock = LockObject::of(folder);
        loop {
            let attempt = {
                let (lock, owner) = (lock.clone(), owner.clone());
                tokio::task::spawn_blocking(move || attempt(&lock, &owner)).await
            };
            let attempt = attempt.map_err(|error| StorageError::Other(problem::unexpected(error)));
            let holder = match attempt?? {
                Attempt::Taken(lease) => return Ok(lease),
                Attempt::Held(holder) => holder,
            };
            let left = patience.saturating_sub(since.elapsed());
            if left.is_zero() {
                return Err(lock.held(&holder, patience));
            }
            // Not all at the same moment.
            let next = pause.mul_f64(0.5 + fastrand::f64());
            tokio::time::sleep(next.min(left)).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Asks the store whether the lock is still ours, and will be for the next minutes.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it is not: another run may be at work.
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        self.keeper.check()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.end();
    }
}

fn attempt(lock: &LockObject, owner: &Owner) -> Result<Attempt, StorageError> {
    for _ in 0..ATTEMPTS {
        let began = Instant::now();
        let (before, refusal) = match lock.read() {
            // Who may not list the bucket is refused what is not there.
            Err(refusal) if Bucket::is_denied(&refusal) => (None, Some(refusal)),
            read => (read?, None),
        };
        match before {
            // The answer that we had got it was lost.
            Some(found) if found.content.is_of(owner) => {
                return keep(lock, owner, Held::new(found.content, found.known, true));
            }
            Some(found) if found.keeps_out(owner) => return Ok(Attempt::Held(found)),
            _ => {}
        }
        let content = LockContent::held_by(owner, before.as_ref().map(|before| &before.content));
        match lock.write(&content, before.map(|before| before.known)) {
            Ok(Some((known, is_conditional))) => {
                if is_conditional || lock.has_settled(owner, began)? {
                    return keep(lock, owner, Held::new(content, known, is_conditional));
                }
            }
            Ok(None) => {
                if let Some(refusal) = refusal {
                    return Err(refusal);
                }
            }
            // The store may have done it all the same. Left so, the lock would keep everybody out until it runs out.
            Err(error) => match lock.read() {
                Ok(Some(found)) if found.content.is_of(owner) => {
                    return keep(lock, owner, Held::new(found.content, found.known, true));
                }
                _ => return Err(error),
            },
        }
    }
    Err(lock.contended())
}

fn keep(lock: &LockObject, owner: &Owner, held: Held) -> Result<Attempt, StorageError> {
    let keeper = Keeper::begin(lock.clone(), owner.clone(), held)?;
    Ok(Attempt::Taken(Lease { keeper }))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::object::NAME;
    use super::*;
    use crate::exit::Exit;

    fn folder() -> ObjectFolder {
        ObjectFolder::new(Bucket::in_memory(), "backups")
    }

    fn take(folder: &ObjectFolder, owner: &Owner) -> Option<Lease> {
        match attempt(&LockObject::of(folder), owner).expect("memory works") {
            Attempt::Taken(lease) => Some(lease),
            Attempt::Held(_) => None,
        }
    }

    fn content(folder: &ObjectFolder) -> LockContent {
        let found = LockObject::of(folder).read().expect("memory works");
        found.expect("it is there").content
    }

    /// How many of ten that want it at the same time get it.
    fn race(folder: &ObjectFolder, owner: &(impl Fn() -> Owner + Sync)) -> usize {
        thread::scope(|scope| {
            let runs = [(); 10].map(|()| scope.spawn(|| take(folder, &owner())));
            // Kept until the last one has tried.
            let leases = runs.map(|run| run.join().expect("no panic"));
            leases.iter().flatten().count()
        })
    }

    #[test]
    fn of_ten_that_want_it_at_once_one_gets_it() {
        let folder = folder();
        assert_eq!(race(&folder, &Owner::new), 1);
        assert_eq!(race(&folder, &Owner::new), 1);
        assert_eq!(content(&folder).token, 2);
    }

    #[test]
    fn of_ten_that_take_over_from_a_dead_run_one_gets_it() {
        let (folder, dead) = (folder(), Owner::new());
        let _never_given_back = take(&folder, &dead).expect("nobody has it");
        let heir = || Owner::after(Some(dead.run().to_owned()));
        assert_eq!(race(&folder, &heir), 1);
    }

    #[test]
    fn it_is_given_back_with_its_token_and_never_deleted() {
        let folder = folder();
        let lease = take(&folder, &Owner::new()).expect("nobody has it");
        assert!(Lease::is_held(&folder).expect("memory works"));
        assert!(take(&folder, &Owner::new()).is_none());
        lease.check().expect("it is ours");
        drop(lease);
        assert!(!Lease::is_held(&folder).expect("memory works"));
        let freed = content(&folder);
        assert!(!freed.is_held());
        assert_eq!(freed.token, 1);
    }

    #[test]
    fn who_has_lost_it_is_told_for_good_and_leaves_the_other_alone() {
        let (folder, owner) = (folder(), Owner::new());
        let lease = take(&folder, &owner).expect("nobody has it");
        let heir = Owner::after(Some(owner.run().to_owned()));
        let other = take(&folder, &heir).expect("the other is dead");
        let lost = lease.check().expect_err("it is the other's").problem();
        assert_eq!((lost.exit, lost.code), (Exit::Locked, "lock_lost"));
        drop(lease);
        other.check().expect("it is the other's");
        drop(other);
        assert_eq!(content(&folder).token, 2);
    }

    #[test]
    fn who_lost_it_meanwhile_is_told_so_though_it_is_free_again() {
        let (folder, owner) = (folder(), Owner::new());
        let lease = take(&folder, &owner).expect("nobody has it");
        let heir = Owner::after(Some(owner.run().to_owned()));
        drop(take(&folder, &heir).expect("the other is dead"));
        let lost = lease.check().expect_err("another had it").problem();
        assert!(
            lost.message.contains("had it meanwhile"),
            "{}",
            lost.message
        );
    }

    #[test]
    fn that_somebody_removed_it_is_noticed() {
        let folder = folder();
        let lease = take(&folder, &Owner::new()).expect("nobody has it");
        folder
            .bucket
            .delete(&folder.key(NAME))
            .expect("memory works");
        assert_eq!(
            lease.check().expect_err("it is gone").problem().exit,
            Exit::Locked
        );
    }

    #[test]
    fn what_is_no_lock_is_in_the_way_and_stays() {
        let (folder, note) = (folder(), "buy milk");
        let key = folder.key(NAME);
        folder
            .bucket
            .put(&key, note.into(), None)
            .expect("memory works");
        let Err(error) = attempt(&LockObject::of(&folder), &Owner::new()) else {
            panic!("it is in the way");
        };
        let problem = error.problem();
        assert_eq!((problem.exit, problem.code), (Exit::Storage, "in_the_way"));
        assert!(
            problem
                .message
                .starts_with("s3://memory/backups/.backup-fetch.lock: not a lock")
        );
        let (content, _) = folder
            .bucket
            .read(&key, 100)
            .expect("memory works")
            .expect("there");
        assert_eq!(content, note);
    }
}
