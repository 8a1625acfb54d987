//! Which sets are saved below an output folder.

use std::io;
use std::path::Path;

use super::location::{Kind, Location};
use super::manifest::{self, Entry, Manifest};
use super::names::REMOVED;
use super::{StorageError, at_once};
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
    let Some(content) = content(&at)? else {
        return Ok(None);
    };
    Ok(Some(SavedSet {
        folder: folder.clone(),
        name: folder.name(),
        manifest: Manifest::parse(&content, &at.to_string())?,
        digest: digest::of(&content),
    }))
}

/// Of the manifest in this folder, also of one that is damaged.
pub(crate) fn digest(folder: &Location) -> Result<Option<String>, StorageError> {
    let content = content(&folder.join(manifest::NAME))?;
    Ok(content.map(|content| digest::of(&content)))
}

fn content(manifest: &Location) -> Result<Option<Vec<u8>>, StorageError> {
    let content = manifest.read(manifest::LARGEST);
    content.map_err(|error| manifest.failed("reading", error))
}

impl SavedSet {
    /// Files that the manifest vouches for and that are not there with all their bytes. Nothing is read.
    ///
    /// # Errors
    /// The store does not say what is there.
    pub(crate) fn not_there(&self) -> Result<Vec<&FileName>, StorageError> {
        let there = self.folder.listing();
        let there = there.map_err(|error| self.folder.failed("listing", error))?;
        let is_gone = |entry: &&Entry| {
            let found = there.look(entry.name.as_str());
            !found.is_ok_and(|found| entry.size.is_some_and(|size| found == Kind::File { size }))
        };
        let gone = self.manifest.saved_files().filter(is_gone);
        Ok(gone.map(|entry| &entry.name).collect())
    }
}

/// A folder that holds a set, or is called as if it did.
pub(crate) struct Candidate {
    pub(crate) folder: Location,
    /// Nothing where there is no manifest.
    pub(crate) set: Result<Option<SavedSet>, StorageError>,
}

/// Everything below `out` that is a set or should be one, in the order of the names; or the one set that `out` itself is.
/// Nothing: there is no such folder.
///
/// # Errors
/// `out` is no folder (exit code 2), or can't be read.
pub(crate) fn look(out: &Location) -> Result<Option<Vec<Candidate>>, Problem> {
    let folders = match place(out)? {
        Place::Nothing => return Ok(None),
        Place::File => {
            let message = format!("{out}: is a file, not a folder with backups");
            return Err(no_backup(message));
        }
        Place::Set => vec![out.clone()],
        Place::Folder(folders) => folders,
    };
    let look = |folder: &Location| Candidate {
        set: read(folder),
        folder: folder.clone(),
    };
    let mut candidates = at_once::map(&folders, out.at_once(), look);
    if let Some(problem) = candidates.iter().find_map(Candidate::not_answered) {
        return Err(problem);
    }
    candidates.retain(|it| it.folder == *out || it.is_or_should_be_a_set());
    candidates.retain(|it| !matches!(it.set, Ok(None)) || !is_half_removed(&it.folder));
    Ok(Some(candidates))
}

impl Candidate {
    /// That the store does not answer says nothing about the set.
    fn not_answered(&self) -> Option<Problem> {
        match (&self.set, &self.folder) {
            // A manifest of a later version is of no wrong place (exit code 2).
            (Err(StorageError::Other(problem)), Location::Object(_)) => {
                (problem.exit != Exit::Usage).then(|| problem.clone())
            }
            _ => None,
        }
    }

    /// A set that can't be looked into is no reason to pass it over in silence; a `lost+found` of root is.
    fn is_or_should_be_a_set(&self) -> bool {
        let is_set = match &self.set {
            Ok(set) => set.is_some(),
            Err(_) => has_manifest(&self.folder).unwrap_or_default(),
        };
        is_set || has_name_of_a_set(&self.folder)
    }
}

/// `NAME`, or a [`sibling`] of it.
pub(super) fn has_name_of_a_set(folder: &Location) -> bool {
    let name = folder.name();
    match name.rsplit_once('.') {
        Some((job, at)) => at.parse::<usize>().is_ok() && is_folder_name(job),
        None => is_folder_name(&name),
    }
}

/// Whether what is there, without a manifest, is left of a set whose removal was begun. On a disk it is hidden by then.
pub(crate) fn is_half_removed(folder: &Location) -> bool {
    matches!(folder, Location::Object(_)) && folder.join(REMOVED).look().is_ok()
}

/// All sets below `out`, in no order. There are none where it can't be read.
pub(crate) fn all(out: &Location) -> impl Iterator<Item = Result<SavedSet, StorageError>> {
    let folders = out.folders().unwrap_or_default();
    let sets = at_once::map(&folders, out.at_once(), read);
    sets.into_iter().filter_map(Result::transpose)
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
    let folders = match place(path)? {
        Place::Nothing => return Err(not_there(path)),
        Place::File => return Ok(Saved::Zip(path.clone())),
        Place::Set => return Ok(Saved::Set(path.clone())),
        Place::Folder(folders) => folders,
    };
    let have = at_once::map(&folders, path.at_once(), has_manifest);
    let mut with = Vec::new();
    for (folder, has) in folders.into_iter().zip(have) {
        if has.map_err(|error| error.problem())? {
            with.push(folder);
        }
    }
    if with.is_empty() {
        return Err(no_backup(format!("{path}: no backup is saved there")));
    }
    Ok(Saved::Sets(with))
}

/// What is at a place that was given.
enum Place {
    Nothing,
    File,
    /// The folder of one set.
    Set,
    /// The real folders in a folder: a link to one is none, and a hidden one is no set.
    Folder(Vec<Location>),
}

fn place(at: &Location) -> Result<Place, Problem> {
    let found = match at {
        Location::Local(path) => place_on_disk(at, path),
        Location::Object(_) => place_in_store(at),
    };
    found.map_err(|error| at.failed("reading", error).problem())
}

/// Links are followed.
fn place_on_disk(at: &Location, path: &Path) -> io::Result<Place> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Place::Nothing),
        Err(error) => Err(error),
        Ok(found) if found.is_file() => Ok(Place::File),
        _ if has_manifest(at)? => Ok(Place::Set),
        _ => folders_in(at),
    }
}

/// A name that ends like that of a zip is looked at first: who may read it need not be allowed to list.
fn place_in_store(at: &Location) -> io::Result<Place> {
    let is_object = || match at.look() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        found => found.map(|_| true),
    };
    let name = at.name();
    let is_zip = Path::new(&name)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if is_zip && at.parent().is_some() && is_object()? {
        return Ok(Place::File);
    }
    let there = at.listing()?;
    if there.look(manifest::NAME).is_ok() {
        return Ok(Place::Set);
    }
    if !there.names()?.is_empty() || at.parent().is_none() {
        return folders_in(at);
    }
    Ok(if is_object()? {
        Place::File
    } else {
        Place::Nothing
    })
}

fn folders_in(at: &Location) -> io::Result<Place> {
    let mut folders = at.folders()?;
    folders.sort();
    Ok(Place::Folder(folders))
}

/// A set that can't be looked into is no reason to pass it over in silence; a `lost+found` of root is.
fn has_manifest(folder: &Location) -> Result<bool, StorageError> {
    let manifest = folder.join(manifest::NAME);
    match (manifest.look(), folder) {
        (Ok(_), _) => Ok(true),
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        (Err(_), Location::Local(_)) => Ok(has_name_of_a_set(folder)),
        (Err(error), Location::Object(_)) => Err(manifest.failed("reading", error)),
    }
}

/// The other folders below `out` that have a list of digests or the name of a set, in the order of their names.
pub(crate) fn without_manifest(out: &Location, with: &[Location]) -> Vec<Location> {
    let mut folders = out.folders().unwrap_or_default();
    folders.retain(|folder| !with.contains(folder));
    folders.sort();
    let is_of_set = |folder: &Location| {
        let is_of_set =
            has_name_of_a_set(folder) || folder.join(manifest::SUMS_NAME).look().is_ok();
        is_of_set && !is_half_removed(folder)
    };
    let of_set = at_once::map(&folders, out.at_once(), is_of_set);
    let of_set = folders.into_iter().zip(of_set).filter(|(_, is)| *is);
    of_set.map(|(folder, _)| folder).collect()
}

pub(crate) fn not_there(place: &Location) -> Problem {
    no_backup(match place {
        Location::Local(_) => format!("{place}: does not exist"),
        Location::Object(_) => format!("{place}: nothing is stored there"),
    })
}

fn no_backup(message: String) -> Problem {
    Problem::new(Exit::Usage, "no_backup", message).hint(
        "name a backup (what holds a manifest.json), the folder or store that `download --out` saves to, or one zip",
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

/// The places of a job's sets below `out`, in their order, whether they have a manifest or not.
pub(crate) fn places(out: &Location, name: &str) -> Result<Vec<usize>, StorageError> {
    let folders = out
        .folders()
        .map_err(|error| out.failed("listing", error))?;
    let places = folders.iter();
    let mut places: Vec<usize> = places.filter_map(|it| place_of(&it.name(), name)).collect();
    places.sort_unstable();
    Ok(places)
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
