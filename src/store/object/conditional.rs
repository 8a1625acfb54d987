//! Objects are put only where there is none, or in the place of the known one; also in a store that has no such conditions, by a
//! look before and one after. Between the two another writer may come; the lock is there to keep it away.

use std::sync::atomic::{AtomicBool, Ordering};

use object_store::path::Path;
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, PutResult,
};

use super::client::error::is_unsupported;

/// Whether a store writes on a condition only when it is met. Until something else is known, it does.
#[derive(Debug)]
pub(super) struct Conditions(AtomicBool);

impl Default for Conditions {
    fn default() -> Conditions {
        Conditions(AtomicBool::new(true))
    }
}

impl Conditions {
    /// It was found out that it does not.
    pub(super) fn are_missing(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// # Errors
    /// [`Error::AlreadyExists`] or [`Error::Precondition`] when the condition is not met.
    pub(super) async fn put(
        &self,
        store: &dyn ObjectStore,
        path: &Path,
        content: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult, Error> {
        if self.0.load(Ordering::Relaxed) {
            match store.put_opts(path, content.clone(), options.clone()).await {
                Err(error) if is_unsupported(&error) => self.are_missing(),
                put => return put,
            }
        }
        let before = e_tag(store, path).await?;
        let known = match &options.mode {
            PutMode::Update(known) => Some(known.e_tag.clone().unwrap_or_default()),
            _ => None,
        };
        if before != known {
            return Err(not_met(path));
        }
        let options = PutOptions {
            mode: PutMode::Overwrite,
            ..options
        };
        let put = store.put_opts(path, content, options).await?;
        if e_tag(store, path).await? == Some(put.e_tag.clone().unwrap_or_default()) {
            Ok(put)
        } else {
            Err(not_met(path))
        }
    }
}

/// What the object is known by. Nothing: there is none.
async fn e_tag(store: &dyn ObjectStore, path: &Path) -> Result<Option<String>, Error> {
    match store.head(path).await {
        Ok(found) => Ok(Some(found.e_tag.unwrap_or_default())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn not_met(path: &Path) -> Error {
    Error::Precondition {
        path: path.to_string(),
        source: "another writer was faster".into(),
    }
}
