//! Which sets are saved below an output folder.

use std::path::Path;

use super::error::{During, StorageError};
use super::manifest::{self, Manifest};
use super::own::read_own;
use crate::integrity::digest;

/// A set with a manifest. A folder without one is as good as none: nothing in it is vouched for.
pub(crate) struct SavedSet {
    /// Of its folder.
    pub(crate) name: String,
    pub(crate) manifest: Manifest,
    /// Of the manifest, by which it is known again.
    pub(crate) digest: String,
}

/// The set in this folder, if there is one.
pub(crate) fn read(folder: &Path) -> Result<Option<SavedSet>, StorageError> {
    let path = folder.join(manifest::NAME);
    let content = read_own(&path, manifest::LARGEST).during("reading", &path)?;
    let Some(content) = content else {
        return Ok(None);
    };
    let name = folder.file_name().unwrap_or_default();
    Ok(Some(SavedSet {
        name: name.to_string_lossy().into_owned(),
        manifest: Manifest::parse(&content, &path.display().to_string())?,
        digest: digest::of(&content),
    }))
}

/// All sets below `out`, in no order. There are none where it can't be read.
pub(crate) fn all(out: &Path) -> impl Iterator<Item = Result<SavedSet, StorageError>> {
    let entries = std::fs::read_dir(out).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| read(&entry.path()).transpose())
}

/// The sets of one job, which are there under `NAME`, `NAME.2`, `NAME.3`… up to the first that is not.
pub(crate) fn of_job(
    out: &Path,
    name: &str,
) -> impl Iterator<Item = Result<SavedSet, StorageError>> {
    let paths = (0..).map(move |at| out.join(sibling(name, at)));
    paths
        .take_while(|path| path.symlink_metadata().is_ok_and(|found| found.is_dir()))
        .map_while(|path| read(&path).transpose())
}

/// The name of the folder of a job's set that was saved after `at` others.
pub(crate) fn sibling(name: &str, at: usize) -> String {
    match at {
        0 => name.to_owned(),
        _ => format!("{name}.{}", at + 1),
    }
}
