//! What a place must be able to do to keep a set. The engine downloads and verifies in a local staging folder, and hands over
//! what is verified; for a folder on a disk that is the staging folder itself, and publishing is no more than a new name.

use std::fmt::Debug;
use std::sync::Arc;

use super::error::StorageError;
use super::folder::Folder;
use super::location::{Kind, Location};
use super::manifest::{Entry, Manifest};
use super::named::Named;
use super::sys::Stamp;
use crate::integrity::ReadAt;
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
    /// What the manifest is going to say of it.
    pub(crate) entry: &'a Entry,
    /// Until then something else tells whose it is.
    pub(crate) is_known: bool,
}

/// Why a file has not its final name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside {
    Corrupt,
    Unverified,
}

impl Aside {
    /// What a file that was kept aside is called.
    pub(super) fn name_of(self, name: &FileName) -> String {
        let suffix = match self {
            Aside::Corrupt => "corrupt",
            Aside::Unverified => "unverified",
        };
        format!("{name}.{suffix}")
    }
}

/// Hears how many bytes of a file have arrived where it is to be.
pub(crate) type Progress<'a> = &'a dyn Fn(u64);

/// Says what is there under a final name.
pub(crate) type Look<'a> = Box<dyn Fn(&FileName) -> Result<Option<Kind>, StorageError> + 'a>;

/// The place of one set.
pub(crate) trait Store: Debug + Send + Sync {
    /// Where files are fetched and verified.
    fn folder(&self) -> &Arc<Folder>;

    /// Where the set is.
    fn location(&self) -> Location;

    /// Whether files only pass through the folder on their way to the set. There is room in it for a few, and the manifest is written
    /// once, at the end.
    fn is_elsewhere(&self) -> bool;

    /// Nobody waits any more for what is being published.
    fn hurry(&self) {}

    /// Whether this run is still alone.
    fn check_lock(&self) -> Result<(), StorageError>;

    /// A look at the set as it is now.
    fn look(&self) -> Result<Look<'_>, StorageError>;

    /// Gives verified files their final names, for good: what gets a name is the file that was verified, and nothing is ever
    /// replaced. Files before one that fails may be published all the same. False: somebody is in a hurry, and not all of it was done.
    ///
    /// # Errors
    /// [`StorageError::Disturbed`] when a file or a name is not what it was, or another run may be at work.
    fn publish(&self, files: &[Staged<'_>], progress: Progress<'_>) -> Result<bool, StorageError>;

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

    /// After a crash in the middle of [`publish`](Store::publish) a file may have its old name, `second`, beside the final one:
    /// takes the old one away. False: another file has that name, or the final one has none.
    fn drop_second_name(&self, name: &FileName, second: &str) -> Result<bool, StorageError>;

    /// Whether what has this final name is known to be of this set: it may have come after the manifest was put together.
    fn is_marked(&self, name: &FileName) -> Result<bool, StorageError>;

    /// What the manifest was about to say of such a file, where that is known.
    fn noted(&self, _: &FileName) -> Result<Option<&Entry>, StorageError> {
        Ok(None)
    }

    /// Keeps a file that is not to have its final name for who wants to look at it, as `NAME.corrupt` or
    /// `NAME.unverified`, in the place of an older one. Says where.
    fn keep_aside(&self, staged: &Staged<'_>, kind: Aside) -> Result<Location, StorageError>;

    /// Gives a file that was kept as unverified its final name, if `is_it` recognises it. Never replaces anything. False: there
    /// is none.
    fn accept_aside(
        &self,
        name: &FileName,
        is_it: &mut dyn FnMut(&dyn ReadAt) -> Result<bool, StorageError>,
    ) -> Result<bool, StorageError>;

    /// Removes what was kept aside of a file that is saved now. What else stands there is not ours.
    fn remove_all_aside(&self, name: &FileName) -> Result<(), StorageError>;

    /// Removes what earlier runs have left of files that have their final names, and stand in the manifest, by now.
    fn forget_staged(&self, is_saved: &dyn Fn(&FileName) -> bool) -> Result<(), StorageError>;
}
