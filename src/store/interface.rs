//! What a place must be able to do to keep a set. The engine downloads and verifies in a local staging folder, and hands over
//! what is verified; for a folder on a disk that is the staging folder itself, and publishing is no more than a new name.

use super::error::StorageError;
use super::manifest::Manifest;
use super::named::Named;
use super::sys::Stamp;
use crate::model::FileName;

/// A file that was fetched and waits for its final name.
#[derive(Clone, Copy)]
pub(crate) struct Staged<'a> {
    /// The name that it is to get.
    pub(crate) name: &'a FileName,
    /// Where it is now.
    pub(crate) named: Named<'a>,
    /// As it was when its last byte had been verified, if it was.
    pub(crate) verified: Option<Stamp>,
}

/// The place of one set.
pub(crate) trait Store {
    /// Gives verified files their final names, for good: what gets a name is the file that was verified, and nothing is ever
    /// replaced. Files before one that fails may be published all the same.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when a file or a name is not what it was, or another run may be at work.
    fn publish(&self, files: &[Staged<'_>]) -> Result<(), StorageError>;

    /// Replaces the manifest and the list of digests. `known`: the digest of the manifest that is there, or that there is none. Gives
    /// back the digest of the new one.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when another one is there, and then it stays.
    fn write_manifest(
        &self,
        manifest: &Manifest,
        known: Option<&str>,
    ) -> Result<String, StorageError>;

    /// Whether this is the manifest that is there, with its list of digests. After a power cut that may be an older or an
    /// empty one.
    fn holds(&self, manifest: &Manifest) -> Result<bool, StorageError>;

    /// Whether this run may still promise something: it holds the lock, and the manifest that is there is the known one.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when it may not.
    fn confirm(&self, known: Option<&str>) -> Result<(), StorageError>;
}
