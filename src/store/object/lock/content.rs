//! What the lock object of a store says: who has it, and whether that keeps others out.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::sys;
use crate::untrusted::printable;

const SCHEMA: u32 = 1;

/// Larger than any that we write.
pub(super) const LARGEST: u64 = 4 << 10;

/// After so long without being renewed a lock is nobody's any more.
pub(super) const LEASE: Duration = Duration::from_secs(5 * 60);

/// How much more than that where the store does not tell its time: no store answers a machine whose clock is more wrong.
pub(super) const CLOCK_ERROR: Duration = Duration::from_secs(15 * 60);

/// Who takes a lock.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    run: String,
    predecessor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LockContent {
    schema: u32,
    /// Grows by one with every owner.
    pub(super) token: u64,
    run: String,
    host: String,
    pid: u32,
    state: State,
    /// Makes each renewal another content, and so another `ETag`: in S3 that is a digest of the content, and whoever takes over
    /// on condition of it must not meet a lock that was renewed meanwhile.
    renewals: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Held,
    Free,
}

impl Owner {
    pub(crate) fn new() -> Owner {
        Owner::after(None)
    }

    /// Takes over at once what `predecessor` has: whoever calls this knows that that run is dead.
    pub(crate) fn after(predecessor: Option<String>) -> Owner {
        Owner {
            run: format!("{:032x}", fastrand::u128(..)),
            predecessor,
        }
    }

    /// The name of this run, unlike that of any other.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }
}

impl LockContent {
    /// Held by this owner, after `before`.
    pub(super) fn held_by(owner: &Owner, before: Option<&LockContent>) -> LockContent {
        LockContent {
            schema: SCHEMA,
            token: before.map_or(0, |before| before.token).saturating_add(1),
            run: owner.run.clone(),
            host: sys::host_name(),
            pid: std::process::id(),
            state: State::Held,
            renewals: 0,
        }
    }

    /// Why it can't be read goes on from its address.
    pub(super) fn parse(content: &[u8]) -> Result<LockContent, &'static str> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        const FOREIGN: &str = "not a lock of backup-fetch, but in the place of one";
        match serde_json::from_slice(content) {
            Ok(Version { schema: SCHEMA }) => {
                serde_json::from_slice(content).map_err(|_| "a lock that is damaged")
            }
            Ok(Version { schema }) if schema > SCHEMA => {
                Err("a lock of a later version of backup-fetch")
            }
            _ => Err(FOREIGN),
        }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn renewed(&self) -> LockContent {
        LockContent {
            renewals: self.renewals.saturating_add(1),
            ..self.clone()
        }
    }

    pub(super) fn freed(&self) -> LockContent {
        LockContent {
            state: State::Free,
            ..self.renewed()
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.state == State::Held
    }

    /// Whether this owner has it, be it after renewals.
    pub(super) fn is_of(&self, owner: &Owner) -> bool {
        self.is_held() && self.run == owner.run
    }

    /// Whether it keeps this owner out, so long after it was written.
    pub(super) fn keeps_out(&self, owner: &Owner, age: Age) -> bool {
        self.is_held() && !age.is_stale() && owner.predecessor.as_ref() != Some(&self.run)
    }
}

/// How long ago the lock was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// By the store's own clock.
    Exact(Duration),
    /// By ours.
    Guessed(Duration),
}

impl Age {
    pub(super) fn is_stale(self) -> bool {
        match self {
            Age::Exact(age) => age > LEASE,
            Age::Guessed(age) => age > LEASE + CLOCK_ERROR,
        }
    }

    /// What is left of it would not do for a request that takes its time.
    pub(super) fn is_to_be_renewed(self) -> bool {
        let (Age::Exact(age) | Age::Guessed(age)) = self;
        age > LEASE / 2
    }
}

/// Who has it, in a message.
impl fmt::Display for LockContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {}", self.pid, printable(&self.host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> LockContent {
        LockContent::held_by(&Owner::new(), None)
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(60 * n)
    }

    #[test]
    fn it_keeps_others_out_until_its_lease_has_run_out() {
        let owner = Owner::new();
        assert!(lock().keeps_out(&owner, Age::Exact(minutes(5))));
        assert!(!lock().keeps_out(&owner, Age::Exact(minutes(5) + Duration::from_secs(1))));
        assert!(lock().keeps_out(&owner, Age::Guessed(minutes(20))));
        assert!(!lock().keeps_out(&owner, Age::Guessed(minutes(21))));
        assert!(!lock().freed().keeps_out(&owner, Age::Exact(minutes(0))));
    }

    #[test]
    fn that_of_a_run_that_is_dead_keeps_nobody_out() {
        let lock = lock();
        let heir = Owner::after(Some(lock.run.clone()));
        assert!(!lock.keeps_out(&heir, Age::Exact(minutes(0))));
        let other = Owner::after(Some("another".to_owned()));
        assert!(lock.keeps_out(&other, Age::Exact(minutes(0))));
    }

    #[test]
    fn the_token_grows_with_every_owner_and_stays_when_the_lock_is_freed() {
        let first = lock();
        let second = LockContent::held_by(&Owner::new(), Some(&first.renewed().freed()));
        assert_eq!((first.token, second.token), (1, 2));
    }

    #[test]
    fn each_renewal_is_another_content() {
        let lock = lock();
        assert_ne!(lock.to_json(), lock.renewed().to_json());
        assert_ne!(lock.renewed().to_json(), lock.renewed().renewed().to_json());
    }

    #[test]
    fn what_is_no_lock_is_told_from_a_later_one_and_a_damaged_one() {
        let lock = lock();
        assert_eq!(LockContent::parse(&lock.to_json()), Ok(lock));
        for (content, why) in [
            ("", "not a lock of backup-fetch"),
            ("{}", "not a lock of backup-fetch"),
            ("held", "not a lock of backup-fetch"),
            (r#"{"schema":2,"owner":{}}"#, "a later version"),
            (r#"{"schema":1,"token":-1}"#, "damaged"),
        ] {
            let found = LockContent::parse(content.as_bytes()).expect_err("it is none");
            assert!(found.contains(why), "{content}: {found}");
        }
    }
}
