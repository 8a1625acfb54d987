//! What goes wrong with a store, in words that say what to do about it.

use object_store::Error;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::StorageError;
use crate::untrusted::printable;

/// `at` names the key, such as `s3://bucket/key`; `doing` the step, such as "reading".
pub(super) fn failed(at: &str, doing: &str, error: &Error) -> StorageError {
    let message = format!("{at}: {doing} failed: {}", printable(&error.to_string()));
    StorageError::Other(Problem::new(Exit::Storage, "store_failed", message))
}
