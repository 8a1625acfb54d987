//! Which sets are saved below an output folder.

use std::io;

use super::StorageError;
use super::location::{Kind, Location};
use super::manifest::{self, Entry, Manifest};
use crate::exit::Exit;
use crate::integrity::digest;
use crate::model::{FileName, is_folder_name};
use crate::problem::Problem;

/// A set with a manifest. A folder without one is as good as none: nothing in it is vouched for.
pub(crate) struct SavedSet {
    pub(crate) folder: Location,
    /// Of its folder.
    pub(crate) name: String,
    pub(crate) manifest: Manifest,
    /// Of the manifest, by which it is known again.
    pub(crate) digest: String,
}

/// The set in this folder, if there is one.
pub(crate) fn read(folder: &Location) -> Result<Option<SavedSet>, StorageError> {
    let at = folder.join(manifest::NAME);
    let content = at.read(manifest::LARGEST);
    let Some(content) = content.map_err(|error| at.failed("reading", error))? else {
        return Ok(None);
    };
    Ok(Some(SavedSet {
        folder: folder.clone(),
        name: folder.name(),
        manifest: Manifest::parse(&content, &at.to_string())?,
        digest: digest::of(&content),
    }))
}

impl SavedSet {
    /// Files that the manifest vouches for and that are not there with all their bytes. Nothing is read.
    pub(crate) fn not_there(&self) -> Vec<&FileName> {
        let is_gone = |entry: &&Entry| {
            let found = self.folder.join(entry.name.as_str()).look();
            !found.is_ok_and(|found| entry.size.is_some_and(|size| found == Kind::File { size }))
        };
        let gone = self.manifest.saved_files().filter(is_gone);
        gone.map(|entry| &entry.name).collect()
    }
}

/// A folder that holds a set, or is called as if it did.
pub(crate) struct Candidate {
    pub(crate) folder: Location,
    /// Nothing where there is no manifest.
    pub(crate) set: Result<Option<SavedSet>, StorageError>,
}

/// Everything below `out` that is a set or should be one, in the order of the names; or the one set that `out` itself is.
///
/// # Errors
/// `out` is not there (exit code 2), is no folder, or can't be read.
pub(crate) fn look(out: &Location) -> Result<Vec<Candidate>, Problem> {
    if kind(out)? != Kind::Folder {
        let message = format!("{out}: is a file, not a folder with backups");
        return Err(no_backup(message));
    }
    let folders = if has_manifest(out) {
        vec![out.clone()]
    } else {
        let mut folders = folders_in(out).map_err(|error| error.problem())?;
        folders.retain(|folder| has_manifest(folder) || has_name_of_a_set(folder));
        folders.sort();
        folders
    };
    let look = |folder: Location| Candidate {
        set: read(&folder),
        folder,
    };
    Ok(folders.into_iter().map(look).collect())
}

/// A set that can't be looked into is no reason to pass it over in silence; a `lost+found` of root is.
fn has_manifest(folder: &Location) -> bool {
    match folder.join(manifest::NAME).look() {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(_) => has_name_of_a_set(folder),
    }
}

/// `NAME`, or a [`sibling`] of it.
fn has_name_of_a_set(folder: &Location) -> bool {
    let name = folder.name();
    match name.rsplit_once('.') {
        Some((job, at)) => at.parse::<usize>().is_ok() && is_folder_name(job),
        None => is_folder_name(&name),
    }
}

/// All sets below `out`, in no order. There are none where it can't be read.
pub(crate) fn all(out: &Location) -> impl Iterator<Item = Result<SavedSet, StorageError>> {
    let folders = out.folders().unwrap_or_default();
    folders
        .into_iter()
        .filter_map(|folder| read(&folder).transpose())
}

/// The real folders below `out`; a link to one is none, and a hidden one is no set.
fn folders_in(out: &Location) -> Result<Vec<Location>, StorageError> {
    out.folders().map_err(|error| out.failed("reading", error))
}

/// What a path that somebody gave leads to.
#[derive(Debug)]
pub(crate) enum Saved {
    /// The folder of one set.
    Set(Location),
    /// The folders of the sets below it, in the order of their names. Never empty.
    Sets(Vec<Location>),
    /// One zip.
    Zip(Location),
}

/// Looks at a path that was given as a saved backup, or as a folder of them. A manifest is not read yet.
///
/// # Errors
/// It is no backup (exit code 2), or can't be read.
pub(crate) fn find(path: &Location) -> Result<Saved, Problem> {
    if matches!(kind(path)?, Kind::File { .. }) {
        return Ok(Saved::Zip(path.clone()));
    }
    if has_manifest(path) {
        return Ok(Saved::Set(path.clone()));
    }
    let mut folders = folders_in(path).map_err(|error| error.problem())?;
    folders.retain(has_manifest);
    folders.sort();
    if folders.is_empty() {
        return Err(no_backup(format!("{path}: no backup is saved there")));
    }
    Ok(Saved::Sets(folders))
}

/// Of what was given, links followed; there must be something.
fn kind(path: &Location) -> Result<Kind, Problem> {
    let found = match path {
        Location::Local(local) => local.metadata().map(|found| {
            if found.is_file() {
                Kind::File { size: found.len() }
            } else if found.is_dir() {
                Kind::Folder
            } else {
                Kind::Other
            }
        }),
        // Where there is no object there may be a folder: one that holds nothing is not told from none.
        Location::Object(_) => match path.look() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kind::Folder),
            found => found,
        },
    };
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(no_backup(format!("{path}: does not exist")))
        }
        found => found.map_err(|error| path.failed("reading", error).problem()),
    }
}

/// The folders below `out` that have no manifest, and a list of digests or the name of a set, in the order of their names.
pub(crate) fn without_manifest(out: &Location) -> Vec<Location> {
    let has = |folder: &Location, name: &str| folder.join(name).look().is_ok();
    let mut folders = out.folders().unwrap_or_default();
    folders.retain(|folder| {
        let is_of_set = has(folder, manifest::SUMS_NAME) || has_name_of_a_set(folder);
        is_of_set && !has(folder, manifest::NAME)
    });
    folders.sort();
    folders
}

fn no_backup(message: String) -> Problem {
    Problem::new(Exit::Usage, "no_backup", message).hint(
        "name the folder of a backup (it holds a manifest.json), the folder that `download --out` saves to, or one zip",
    )
}

/// The sets of one job, in the order in which they were saved: those in `NAME`, `NAME.2`, `NAME.3`… that are still there. Each
/// after its place among them.
pub(crate) fn of_job(
    out: &Location,
    name: &str,
) -> impl Iterator<Item = (usize, Result<SavedSet, StorageError>)> {
    let folders = out.folders().unwrap_or_default();
    let place = |folder: &Location| place_of(&folder.name(), name);
    let mut places: Vec<usize> = folders.iter().filter_map(place).collect();
    places.sort_unstable();
    let read = move |at| Some((at, read(&out.join(&sibling(name, at))).transpose()?));
    places.into_iter().filter_map(read)
}

/// The place of a folder among those of a job's sets, if it is one of them.
pub(crate) fn place_of(folder: &str, name: &str) -> Option<usize> {
    let at = match folder.strip_prefix(name)? {
        "" => 0,
        number => number
            .strip_prefix('.')?
            .parse::<usize>()
            .ok()?
            .checked_sub(1)?,
    };
    (sibling(name, at) == folder).then_some(at)
}

/// The name of the folder of a job's set that was saved after `at` others.
pub(crate) fn sibling(name: &str, at: usize) -> String {
    match at {
        0 => name.to_owned(),
        _ => format!("{name}.{}", at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_that_sets_of_a_job_get_are_places() {
        for at in [0, 1, 9, 99] {
            assert_eq!(place_of(&sibling("1-2", at), "1-2"), Some(at));
        }
        for other in [
            "1-2.", "1-2.0", "1-2.1", "1-2.02", "1-2.x", "1-2.-2", "1-23", "1-", "",
        ] {
            assert_eq!(place_of(other, "1-2"), None, "{other}");
        }
    }
}
