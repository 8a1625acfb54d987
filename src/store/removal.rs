//! The removal of saved sets, of which a kill at any step leaves a whole one or none; and what of a set's place is ours to remove.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::catalog::{self, SavedSet};
use super::error::StorageError;
use super::manifest::{self, Manifest};
use super::names::{self, Role};
use crate::problem::Problem;
use crate::untrusted::printable;

/// Where sets are, some of which are removed.
pub(crate) trait Removal: Sync {
    /// What a set holds. Nothing is changed.
    fn look(&self, set: &SavedSet) -> Result<Holdings, StorageError>;

    /// Removes a set. Says how many bytes that freed. Where it takes long, `go_on` is asked once more before the set is none.
    fn remove(&self, set: &SavedSet, go_on: GoOn<'_>) -> Result<u64, StorageError>;

    /// The names of what is left of sets whose removal was begun.
    fn begun(&self) -> Result<Vec<String>, StorageError>;

    /// What is left of such a set. Nothing is changed.
    fn look_at_rest(&self, name: &str) -> Result<Holdings, StorageError>;

    /// Goes on with a removal that was begun. Says how many bytes that freed.
    fn finish(&self, name: &str) -> Result<u64, StorageError>;

    /// Takes away what was left by removals of which nothing came: the sets are whole. `go_on` is asked if there is any.
    fn tidy(&self, _: GoOn<'_>) {}

    /// Whether what is removed is kept as an old version, so that nothing is freed.
    fn keeps_versions(&self) -> bool {
        false
    }
}

/// Whether who removes is still alone, and was not told to stop.
pub(crate) type GoOn<'a> = &'a dyn Fn() -> Result<(), Problem>;

/// What the place of a set holds.
pub(crate) struct Holdings {
    /// Bytes that its removal would free.
    pub(crate) bytes: u64,
    /// What of the set is not there as the manifest has it.
    pub(crate) damage: Option<String>,
    /// What is not ours, and keeps the set from being removed.
    pub(crate) foreign: Option<String>,
}

/// A file at the place of a set.
pub(super) trait Piece {
    fn length(&self) -> u64;

    /// Bytes that its removal would free.
    fn frees(&self) -> u64;

    /// Whether it carries a mark that says it is ours.
    fn is_marked(&self) -> bool;
}

/// [`Holdings`], and the files themselves.
pub(super) struct Held<P> {
    pub(super) files: Vec<(OsString, P)>,
    damage: Option<String>,
    foreign: Option<String>,
}

impl<P: Piece> Held<P> {
    /// `found`: everything that is there. Nothing instead of a piece: it is no file.
    pub(super) fn of(
        found: impl IntoIterator<Item = (OsString, Option<P>)>,
        manifest: &Manifest,
    ) -> Held<P> {
        let mut held = Held::unproven_if(None);
        for (name, piece) in found {
            let is_ours = |piece: &P| {
                let name = name.to_str();
                name.is_some_and(|name| is_ours(name, piece.is_marked(), manifest))
            };
            match piece.filter(is_ours) {
                Some(piece) => held.files.push((name, piece)),
                None if held.foreign.is_none() => {
                    let name = printable(&name.to_string_lossy());
                    held.foreign = Some(format!("it holds {name}, which is not ours"));
                }
                None => {}
            }
        }
        held.damage = held.damage(manifest);
        held
    }

    pub(super) fn unproven(why: &str) -> Held<P> {
        Held::unproven_if(Some(why))
    }

    pub(super) fn unproven_if(foreign: Option<&str>) -> Held<P> {
        Held {
            files: Vec::new(),
            damage: None,
            foreign: foreign.map(str::to_owned),
        }
    }

    pub(super) fn refuse_foreign(&self, path: &Path) -> Result<(), StorageError> {
        match &self.foreign {
            None => Ok(()),
            Some(why) => Err(StorageError::not_removable(path, why)),
        }
    }

    /// The first saved file that is missing, or has not the length that was verified.
    fn damage(&self, manifest: &Manifest) -> Option<String> {
        let lengths = self.files.iter();
        let lengths: HashMap<&OsStr, u64> = lengths
            .map(|(name, piece)| (name.as_os_str(), piece.length()))
            .collect();
        let mut saved = manifest.files.iter().filter(|entry| entry.is_saved());
        saved.find_map(|entry| {
            let name = &entry.name;
            match lengths.get(OsStr::new(name.as_str())) {
                None => Some(format!("damaged: {name} is missing")),
                length if length.copied() != entry.size => {
                    Some(format!("damaged: {name} has another size"))
                }
                _ => None,
            }
        })
    }
}

impl<P: Piece> From<Held<P>> for Holdings {
    fn from(held: Held<P>) -> Holdings {
        let freed = held.files.iter().map(|(_, piece)| piece.frees());
        Holdings {
            bytes: freed.fold(0, u64::saturating_add),
            damage: held.damage,
            foreign: held.foreign,
        }
    }
}

/// Whether a set with this manifest has, or had while it was downloaded or removed, a file of this name.
fn is_ours(name: &str, is_marked: bool, manifest: &Manifest) -> bool {
    match names::role(name) {
        Role::Final(zip) => is_marked || manifest.saved(&zip).is_some(),
        Role::Record => true,
        Role::Beside if name == names::REMOVED => true,
        Role::Beside => {
            let of = name.trim_start_matches('.');
            let zips = manifest.files.iter().map(|entry| entry.name.as_str());
            let records = [manifest::NAME, manifest::SUMS_NAME].into_iter();
            records.chain(zips).any(|known| of.starts_with(known))
        }
        Role::Foreign => false,
    }
}

/// Whether this is a name that a set with this manifest gets. One under another name was put there by somebody.
pub(crate) fn is_of(folder: &str, manifest: &Manifest) -> bool {
    match (&manifest.org, &manifest.job) {
        (Some(org), Some(job)) => catalog::place_of(folder, &format!("{org}-{job}")).is_some(),
        // A hash of the links as they were at the beginning.
        _ => folder.strip_prefix("links-").is_some_and(|hash| {
            let hash = hash.split('.').next().unwrap_or_default();
            let is_hash = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash && catalog::place_of(folder, &format!("links-{hash}")).is_some()
        }),
    }
}
