//! What stands in for object stores in a build without them: the same names, of which none can ever be. Only the address is
//! understood, so that it is refused in words.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::access::Access;
use super::folder::ObjectFolder;
use super::lock::Owner;
use super::url::StoreUrl;
use crate::integrity::{ReadAt, ReadInOrder};
use crate::problem::Problem;
use crate::store::catalog::SavedSet;
use crate::store::manifest::Manifest;
use crate::store::removal::{GoOn, Holdings, Removal};
use crate::store::{Lock, StorageError, Store};

const HINT: &str =
    "use a build with the feature object-store, which is on unless it was switched off";

#[derive(Debug)]
pub(crate) enum Bucket {}

pub(crate) struct Object {
    name: String,
    pub(crate) size: u64,
    pub(crate) mark: Option<String>,
}

impl Object {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Bucket {
    pub(crate) fn open(url: &StoreUrl, _: &Access) -> Result<Arc<Bucket>, Problem> {
        Err(Problem::configuration(
            format!("{url}: this build has no object stores"),
            HINT,
        ))
    }

    pub(crate) fn url(&self) -> &StoreUrl {
        match *self {}
    }

    pub(super) fn origin(&self) -> &str {
        match *self {}
    }

    pub(crate) fn head(&self, _: &str) -> Result<Option<Object>, StorageError> {
        match *self {}
    }

    pub(crate) fn read(&self, _: &str, _: u64) -> Result<Option<(Bytes, Object)>, StorageError> {
        match *self {}
    }

    pub(crate) fn list_folder(&self, _: &str) -> Result<(Vec<String>, Vec<Object>), StorageError> {
        match *self {}
    }
}

#[derive(Debug)]
pub(crate) enum Lease {}

impl Lease {
    pub(crate) fn is_held(folder: &ObjectFolder) -> Result<bool, StorageError> {
        match *folder.bucket {}
    }

    #[expect(clippy::unused_async, reason = "as the real one")]
    pub(crate) async fn take(
        folder: &ObjectFolder,
        _: Duration,
        _: &Owner,
    ) -> Result<Lease, StorageError> {
        match *folder.bucket {}
    }

    pub(crate) fn check(&self) -> Result<(), StorageError> {
        match *self {}
    }
}

pub(crate) enum ObjectFile {}

impl ObjectFile {
    pub(crate) fn open(object: &ObjectFolder, _: Option<u64>) -> io::Result<ObjectFile> {
        match *object.bucket {}
    }
}

impl ReadAt for ObjectFile {
    fn length(&self) -> io::Result<u64> {
        match *self {}
    }

    fn read_exact_at(&self, _: &mut [u8], _: u64) -> io::Result<()> {
        match *self {}
    }

    fn in_order(&self, _: Range<u64>) -> Box<dyn ReadInOrder + '_> {
        match *self {}
    }
}

pub(crate) enum ObjectRemoval {}

impl ObjectRemoval {
    pub(crate) fn from(out: &ObjectFolder, _: &[String]) -> Result<ObjectRemoval, StorageError> {
        match *out.bucket {}
    }
}

impl Removal for ObjectRemoval {
    fn look(&self, _: &SavedSet) -> Result<Holdings, StorageError> {
        match *self {}
    }

    fn remove(&self, _: &SavedSet, _: GoOn<'_>) -> Result<u64, StorageError> {
        match *self {}
    }

    fn begun(&self) -> Result<Vec<String>, StorageError> {
        match *self {}
    }

    fn look_at_rest(&self, _: &str) -> Result<Holdings, StorageError> {
        match *self {}
    }

    fn finish(&self, _: &str) -> Result<u64, StorageError> {
        match *self {}
    }
}

pub(crate) enum ObjectSet {}

impl ObjectSet {
    pub(crate) fn open(
        folder: &ObjectFolder,
        _: Staging,
        _: Option<Lock>,
        _: usize,
        _: Option<String>,
    ) -> Result<Arc<dyn Store>, StorageError> {
        match *folder.bucket {}
    }
}

pub(crate) enum Staging {}

impl Staging {
    pub(crate) fn place(_: &Path, out: &ObjectFolder) -> PathBuf {
        match *out.bucket {}
    }

    #[expect(clippy::unused_async, reason = "as the real one")]
    pub(crate) async fn open(
        _: &Path,
        out: &ObjectFolder,
        _: Option<Duration>,
    ) -> Result<Staging, StorageError> {
        match *out.bucket {}
    }

    pub(crate) fn predecessor(&self) -> Option<String> {
        match *self {}
    }

    pub(crate) fn note_run(&self, _: &str) -> Result<(), StorageError> {
        match *self {}
    }
}

pub(crate) enum Unrecorded {}

impl Unrecorded {
    pub(crate) fn look(folder: &ObjectFolder, _: &Manifest) -> Result<Unrecorded, StorageError> {
        match *folder.bucket {}
    }

    pub(crate) fn is_empty(&self) -> bool {
        match *self {}
    }

    pub(crate) fn dates(&self) -> std::iter::Empty<Option<String>> {
        match *self {}
    }

    pub(crate) fn take_in(self, _: &mut Manifest) -> Result<bool, StorageError> {
        match self {}
    }
}

/// Why an option is refused: what goes on from its name, and a hint.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: String,
    pub(crate) hint: String,
}

pub(crate) fn checked_key(_: &str) -> Result<String, Refused> {
    Err(Refused {
        why: "is for object stores, which this build does not have".to_owned(),
        hint: HINT.to_owned(),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as the real one")]
pub(crate) fn check_value(_: &str, _: &str) -> Result<(), Refused> {
    Ok(())
}

pub(crate) fn is_secret(_: &str) -> bool {
    false
}
