//! The lock object of a store: how it is read and written, and what a person is told about it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};

use super::content::{Age, LARGEST, LEASE, LockContent, Owner};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::StorageError;
use crate::store::error::working;
use crate::store::object::bucket::{Bucket, Known, Object, Put};
use crate::store::object::folder::ObjectFolder;
use crate::store::object::url::Scheme;

pub(super) const NAME: &str = ".backup-fetch.lock";

/// Where a store knows no conditions, the last of several that write at the same time has the lock: each looks again after so
/// long, and begins anew if it took more than half as long to write.
const SETTLING: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub(super) struct LockObject {
    bucket: Arc<Bucket>,
    key: String,
    /// What is locked, to be shown.
    folder: String,
}

/// The lock as it was read.
pub(super) struct Found {
    pub(super) content: LockContent,
    pub(super) known: Known,
    pub(super) age: Age,
    modified: DateTime<Utc>,
}

impl Found {
    pub(super) fn keeps_out(&self, owner: &Owner) -> bool {
        self.content.keeps_out(owner, self.age)
    }
}

impl LockObject {
    pub(super) fn of(folder: &ObjectFolder) -> LockObject {
        LockObject {
            bucket: Arc::clone(&folder.bucket),
            key: folder.key(NAME),
            folder: folder.to_string(),
        }
    }

    pub(super) fn read(&self) -> Result<Option<Found>, StorageError> {
        let Some((content, at)) = self.bucket.read(&self.key, LARGEST)? else {
            return Ok(None);
        };
        let content = LockContent::parse(&content).map_err(|why| self.in_the_way(why))?;
        Ok(Some(Found {
            content,
            age: age(&at),
            modified: at.modified,
            known: at.known,
        }))
    }

    /// Nothing: it is not there as it is known.
    pub(super) fn age_of(&self, known: &Known) -> Result<Option<Age>, StorageError> {
        let at = self.bucket.head(&self.key)?;
        let at = at.filter(|at| at.known.e_tag.is_some() && at.known.e_tag == known.e_tag);
        Ok(at.as_ref().map(age))
    }

    /// Writes it in the place of the known one, or where there is none. Nothing: somebody else was faster. Says too whether the
    /// store writes on a condition only when it is met.
    pub(super) fn write(
        &self,
        content: &LockContent,
        before: Option<Known>,
    ) -> Result<Option<(Known, bool)>, StorageError> {
        let json = Bytes::from(content.to_json());
        let put = |known: Option<&Known>| self.bucket.put_strictly(&self.key, json.clone(), known);
        let written = match put(before.as_ref())? {
            Put::Refused => return Ok(None),
            Put::Unsupported => (self.overwrite(content)?, false),
            // Some that speak as S3 does take no notice of a condition. This one is not met.
            Put::Done(known) if self.bucket.url().scheme == Scheme::S3 => {
                match put(Some(&before.unwrap_or_else(Known::of_another)))? {
                    Put::Refused => (known, true),
                    Put::Unsupported => (known, false),
                    Put::Done(known) => (known, false),
                }
            }
            Put::Done(known) => (known, true),
        };
        if !written.1 {
            self.bucket.lacks_conditions();
        }
        Ok(Some(written))
    }

    /// Writes it in the place of the known one. Nothing: that is not there any more.
    pub(super) fn replace(
        &self,
        content: &LockContent,
        known: &Known,
    ) -> Result<Option<Known>, StorageError> {
        let json = Bytes::from(content.to_json());
        self.bucket.put(&self.key, json, Some(known))
    }

    /// Writes it whatever is there.
    pub(super) fn overwrite(&self, content: &LockContent) -> Result<Known, StorageError> {
        let json = Bytes::from(content.to_json());
        self.bucket.put_any(&self.key, json)
    }

    /// Whether this owner was the last of all that wrote it at the same time, after it `began` to look at it.
    pub(super) fn has_settled(&self, owner: &Owner, began: Instant) -> Result<bool, StorageError> {
        if began.elapsed() > SETTLING / 2 {
            return Ok(false);
        }
        thread::sleep(SETTLING);
        Ok(self.read()?.is_some_and(|found| found.content.is_of(owner)))
    }

    /// Another run has it, and had it for as long as it was waited for.
    pub(super) fn held(&self, by: &Found, waited: Duration) -> StorageError {
        let working = working("there", waited);
        let until = (by.modified + LEASE).to_rfc3339_opts(SecondsFormat::Secs, true);
        let message = format!(
            "{}: {working}: {}; its lock lasts until {until} unless it is renewed",
            self.folder, by.content
        );
        let hint = "wait until it has finished, or use --wait-lock to wait for it; a lock that a dead run left ends by itself, there is nothing to delete";
        StorageError::Other(Problem::new(Exit::Locked, "locked", message).hint(hint))
    }

    /// It was this run's.
    pub(super) fn lost(&self, to: Option<&LockContent>) -> Problem {
        let to = match to {
            None => "it ran out, or somebody removed it".to_owned(),
            Some(other) if other.is_held() => format!("{other} has it now"),
            Some(other) => format!("{other} had it meanwhile"),
        };
        let message = format!("{}: this run has lost the lock: {to}", self.address());
        let hint = "a run must reach the store at least every 5 minutes to keep its lock; once no other run is at work, run the same command again: verified files are kept";
        Problem::new(Exit::Locked, "lock_lost", message).hint(hint)
    }

    pub(super) fn contended(&self) -> StorageError {
        let message = format!(
            "{}: other runs of backup-fetch write the lock at the same time",
            self.address()
        );
        let hint = "run the same command again, not at the same moment as others";
        StorageError::Other(Problem::new(Exit::Locked, "locked", message).hint(hint))
    }

    /// `why` goes on from its address.
    fn in_the_way(&self, why: &str) -> StorageError {
        let message = format!("{}: {why}", self.address());
        let hint = "look what it is, and remove it if no run is at work; or use --lock none if no other run can work there at the same time";
        StorageError::InTheWay(Problem::new(Exit::Storage, "in_the_way", message).hint(hint))
    }

    fn address(&self) -> String {
        self.bucket.address(&self.key)
    }
}

/// By the clock of the machine that tells when it was written: that of another may be wrong.
fn age(at: &Object) -> Age {
    let since = |now: DateTime<Utc>| (now - at.modified).to_std().unwrap_or_default();
    match at.asked {
        Some(now) => Age::Exact(since(now)),
        None => Age::Guessed(since(Utc::now())),
    }
}
