//! What may be done in a store, and what it can do: tried on one object, which is removed again.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use object_store::Error;

use super::bucket::{Bucket, Known, Object, Put};
use super::client::key::path;
use super::folder::ObjectFolder;
use crate::store::StorageError;

/// What the names of all of them begin with.
const NAME: &str = ".backup-fetch.probe";

/// One of a `doctor` that was killed. A younger one may be in use.
const LEFT_BEHIND: TimeDelta = TimeDelta::hours(1);

/// An object that is there as long as this is.
pub(crate) struct Probe {
    bucket: Arc<Bucket>,
    key: String,
    may_remove: Result<(), StorageError>,
    /// By what its content of now is known, once it was written.
    known: Option<Known>,
    /// It could be put only where none was, as far as that was tried.
    is_conditional: bool,
}

/// Conditions that the store observes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conditions {
    /// An object is put only where there is none.
    pub(crate) put: bool,
    /// An object is replaced only as long as it is the known one.
    pub(crate) update: bool,
}

impl Probe {
    /// Tries a removal first, of nothing: where that is not allowed the object will stay, under a name of which there is only one.
    pub(crate) fn new(folder: &ObjectFolder, found: &[Object]) -> Probe {
        let bucket = Arc::clone(&folder.bucket);
        let random: String = (0..8).map(|_| fastrand::alphanumeric()).collect();
        let key = folder.key(&format!("{NAME}-{random}"));
        let may_remove = bucket.delete(&key);
        if may_remove.is_ok() {
            sweep(&bucket, found);
        }
        Probe {
            key: match may_remove {
                Ok(()) => key,
                Err(_) => folder.key(NAME),
            },
            bucket,
            may_remove,
            known: None,
            is_conditional: true,
        }
    }

    pub(crate) fn address(&self) -> String {
        self.bucket.address(&self.key)
    }

    pub(crate) fn may_remove(&self) -> &Result<(), StorageError> {
        &self.may_remove
    }

    pub(crate) fn write(&mut self) -> Result<(), StorageError> {
        self.known = Some(match self.put(None)? {
            Put::Done(known) => known,
            refused => {
                self.is_conditional = matches!(refused, Put::Refused);
                self.bucket.put_any(&self.key, content())?
            }
        });
        Ok(())
    }

    /// Gives back what the store's clock says.
    pub(crate) fn read(&self) -> Result<Option<DateTime<Utc>>, StorageError> {
        let read = self.bucket.read(&self.key, 1 << 20)?;
        Ok(read.and_then(|(_, object)| object.asked))
    }

    /// After it was written.
    pub(crate) fn conditions(&self) -> Result<Conditions, StorageError> {
        let put = self.is_conditional && matches!(self.put(None)?, Put::Refused);
        let update = match &self.known {
            Some(known) => self.is_updated_as_known(known)?,
            None => false,
        };
        Ok(Conditions { put, update })
    }

    fn is_updated_as_known(&self, known: &Known) -> Result<bool, StorageError> {
        let update = || self.put(Some(known));
        // The second time it is another one.
        Ok(matches!(update()?, Put::Done(_)) && matches!(update()?, Put::Refused))
    }

    /// Begins an upload of one part. Nothing: files are uploaded in another way.
    pub(crate) fn begin_upload(&self) -> Result<Option<String>, StorageError> {
        let Some(store) = self.bucket.multipart().map(Arc::clone) else {
            return Ok(None);
        };
        let (path, content) = (path(&self.key), content());
        let begun = self.ask("beginning an upload", async move {
            let id = store.create_multipart(&path).await?;
            let sent = store.put_part(&path, &id, 0, content.into()).await;
            Ok((id, sent))
        })?;
        match begun {
            (id, Ok(_)) => Ok(Some(id)),
            (id, Err(error)) => {
                let _ = self.abort_upload(id);
                Err(self.bucket.failed(&self.key, "uploading", &error))
            }
        }
    }

    pub(crate) fn abort_upload(&self, id: String) -> Result<(), StorageError> {
        let Some(store) = self.bucket.multipart().map(Arc::clone) else {
            return Ok(());
        };
        let path = path(&self.key);
        self.ask("aborting an upload", async move {
            store.abort_multipart(&path, &id).await
        })
    }

    /// Whether it is there when this ends.
    pub(crate) fn stays(&self) -> bool {
        self.known.is_some() && self.may_remove.is_err()
    }

    fn put(&self, known: Option<&Known>) -> Result<Put, StorageError> {
        self.bucket.put_strictly(&self.key, content(), known)
    }

    fn ask<T: Send + 'static>(
        &self,
        doing: &str,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, StorageError> {
        let done = self.bucket.wait(work)?;
        done.map_err(|error| self.bucket.failed(&self.key, doing, &error))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if self.may_remove.is_ok() {
            // Also where a write failed: it may have arrived all the same.
            let _ = self.bucket.delete(&self.key);
        }
    }
}

/// Never the same twice, so that no two versions of the object are known by the same tag.
fn content() -> Bytes {
    let number = fastrand::u64(..);
    format!("Written by `backup-fetch doctor` to see whether it can: {number:016x}\n").into()
}

fn sweep(bucket: &Bucket, found: &[Object]) {
    let is_left = |object: &&Object| {
        object.name().starts_with(NAME) && Utc::now() - object.modified > LEFT_BEHIND
    };
    for object in found.iter().filter(is_left) {
        let _ = bucket.delete(&object.key);
    }
}
