//! The removal of sets from a store, where nothing moves in one step.
//!
//! What a set consists of is listed first: one object that is not ours, and nothing is touched. Then a copy of its manifest is put
//! beside it, and the manifest goes: from here on it is no set. Its other objects go, and the copy last, because it proves that
//! they are ours, to the next run as well, which finishes what this one could not. A copy beside a manifest counts for nothing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::bucket::{Known, Object};
use super::folder::ObjectFolder;
use super::url::Scheme;
use crate::integrity::digest;
use crate::model::FileName;
use crate::problem::Problem;
use crate::store::catalog::{SavedSet, has_name_of_a_set};
use crate::store::manifest::{self, Manifest};
use crate::store::names::REMOVED;
use crate::store::removal::{GoOn, Held, Holdings, Piece, Removal, is_of};
use crate::store::{Location, StorageError, at_once};

/// What the store says of an object that is held back by a lock or a retention time.
const RETAINED: &str = "store_retention";

/// A prefix of sets from which some are removed.
pub(crate) struct ObjectRemoval {
    out: ObjectFolder,
    /// What is at each place of a set, as of the beginning.
    sets: BTreeMap<String, Result<Vec<Object>, StorageError>>,
    keeps_versions: AtomicBool,
}

impl ObjectRemoval {
    /// Of what is there by these names.
    pub(crate) fn from(
        out: &ObjectFolder,
        names: &[String],
    ) -> Result<ObjectRemoval, StorageError> {
        let folder = |name: &String| Location::Object(out.join(name));
        let places = names.iter().filter(|name| has_name_of_a_set(&folder(name)));
        let places: Vec<String> = places.cloned().collect();
        let all = Location::Object(out.clone());
        let listed = at_once::map(&places, all.at_once(), |name| list(&out.join(name)));
        let removal = ObjectRemoval {
            out: out.clone(),
            sets: places.into_iter().zip(listed).collect(),
            keeps_versions: AtomicBool::new(false),
        };
        removal.look_for_versions()?;
        Ok(removal)
    }

    /// One object tells for all, of the newest set.
    fn look_for_versions(&self) -> Result<(), StorageError> {
        let mut objects = self.sets.values().rev().flatten().flatten();
        let Some(object) = objects.next() else {
            return Ok(());
        };
        if let Some(found) = self.out.bucket.head(&object.key)? {
            self.note_versions(&found.known);
        }
        Ok(())
    }

    /// The places that hold a copy of a manifest, and whether the manifest is there, too.
    fn marked(&self) -> impl Iterator<Item = (&String, bool)> {
        self.sets.iter().filter_map(|(name, objects)| {
            let place = self.out.join(name);
            let has = |name| {
                let key = place.key(name);
                objects.iter().flatten().any(|object| object.key == key)
            };
            has(REMOVED).then(|| (name, has(manifest::NAME)))
        })
    }

    /// Puts the copy of the manifest in place, for whoever goes on.
    fn mark(&self, place: &ObjectFolder, manifest: &Bytes) -> Result<(), StorageError> {
        let (bucket, key) = (&place.bucket, place.key(REMOVED));
        let put = match bucket.put(&key, manifest.clone(), None)? {
            Some(put) => put,
            None => match bucket.read(&key, manifest::LARGEST)? {
                Some((content, _)) if content == *manifest => return Ok(()),
                Some((_, old)) => {
                    let put = bucket.put(&key, manifest.clone(), Some(&old.known))?;
                    put.ok_or_else(|| disturbed(place, REMOVED))?
                }
                None => return Err(disturbed(place, REMOVED)),
            },
        };
        self.note_versions(&put);
        Ok(())
    }

    /// Google's objects always have one.
    fn note_versions(&self, known: &Known) {
        let version = known.version.as_deref();
        let keeps = version.is_some_and(|version| !version.is_empty() && version != "null");
        if keeps && self.out.bucket.url().scheme != Scheme::Gs {
            self.keeps_versions.store(true, Ordering::Relaxed);
        }
    }

    /// What is left of a set, if the copy of its manifest says what that was.
    fn rest(&self, name: &str) -> Result<Held<Object>, StorageError> {
        let place = self.out.join(name);
        let Some((copy, _)) = place.bucket.read(&place.key(REMOVED), manifest::LARGEST)? else {
            return Err(disturbed(&place, REMOVED));
        };
        match Manifest::parse(&copy, "") {
            Ok(manifest) if is_of(name, &manifest) => held(&place, list(&place)?, &manifest),
            _ => Ok(Held::unproven(
                "its manifest is not that of a removed backup",
            )),
        }
    }
}

impl Removal for ObjectRemoval {
    fn look(&self, set: &SavedSet) -> Result<Holdings, StorageError> {
        let place = self.out.join(&set.name);
        let objects = match self.sets.get(&set.name) {
            Some(objects) => objects.clone(),
            None => list(&place),
        };
        held(&place, objects?, &set.manifest).map(Holdings::from)
    }

    fn remove(&self, set: &SavedSet, go_on: GoOn<'_>) -> Result<u64, StorageError> {
        let place = self.out.join(&set.name);
        let (bucket, key) = (&place.bucket, place.key(manifest::NAME));
        let Some((content, found)) = bucket.read(&key, manifest::LARGEST)? else {
            return Err(disturbed(&place, manifest::NAME));
        };
        if digest::of(&content) != set.digest {
            return Err(disturbed(&place, manifest::NAME));
        }
        let held = held(&place, list(&place)?, &set.manifest)?;
        held.refuse_foreign(Path::new(&place.to_string()))?;
        self.mark(&place, &content)?;
        // It took a while to come here, and there is no way back from what follows.
        go_on().map_err(StorageError::Other)?;
        let is_same = bucket
            .head(&key)?
            .is_some_and(|now| now.known == found.known);
        if !is_same {
            return Err(disturbed(&place, manifest::NAME));
        }
        bucket.delete(&key).map_err(not_yet)?;
        empty(&place, held)
    }

    fn begun(&self) -> Result<Vec<String>, StorageError> {
        let begun = self.marked().filter(|(_, is_set)| !is_set);
        Ok(begun.map(|(name, _)| name.clone()).collect())
    }

    fn look_at_rest(&self, name: &str) -> Result<Holdings, StorageError> {
        self.rest(name).map(Holdings::from)
    }

    fn finish(&self, name: &str) -> Result<u64, StorageError> {
        let (place, held) = (self.out.join(name), self.rest(name)?);
        held.refuse_foreign(Path::new(&place.to_string()))?;
        let is_set = |(name, _): &(OsString, Object)| name == manifest::NAME;
        if held.files.iter().any(is_set) {
            return Err(disturbed(&place, manifest::NAME));
        }
        empty(&place, held)
    }

    fn tidy(&self, go_on: GoOn<'_>) {
        let of_whole = self.marked().filter(|(_, is_set)| *is_set);
        let keys: Vec<String> = of_whole
            .map(|(name, _)| self.out.join(name).key(REMOVED))
            .collect();
        if !keys.is_empty() && go_on().is_ok() {
            // It says nothing while the manifest is there; what can't be removed today goes another time.
            let _ = self.out.bucket.delete_all(&keys);
        }
    }

    fn keeps_versions(&self) -> bool {
        self.keeps_versions.load(Ordering::Relaxed)
    }
}

impl Piece for Object {
    fn length(&self) -> u64 {
        self.size
    }

    fn frees(&self) -> u64 {
        self.size
    }

    fn is_marked(&self) -> bool {
        self.mark.is_some()
    }
}

/// Everything below the place of a set.
fn list(place: &ObjectFolder) -> Result<Vec<Object>, StorageError> {
    place.bucket.list(&place.prefix)
}

/// What the place of a set holds.
fn held(
    place: &ObjectFolder,
    objects: Vec<Object>,
    manifest: &Manifest,
) -> Result<Held<Object>, StorageError> {
    let mut found = Vec::new();
    for mut object in objects {
        // Without a name it stands for the folder itself, as the consoles of the clouds make them.
        let Some(name) = object.key.strip_prefix(&place.key("")).map(str::to_owned) else {
            continue;
        };
        let zip = FileName::parse(&name).ok();
        if zip.is_some_and(|zip| manifest.saved(&zip).is_none()) {
            // What a killed run left of ours carries a mark, which no list shows.
            object.mark = place
                .bucket
                .head(&object.key)?
                .and_then(|looked| looked.mark);
        }
        found.push((OsString::from(name), Some(object)));
    }
    Ok(Held::of(found, manifest))
}

/// Removes everything, the copy of the manifest last.
fn empty(place: &ObjectFolder, held: Held<Object>) -> Result<u64, StorageError> {
    let bucket = &place.bucket;
    let proof = place.key(REMOVED);
    let keys = held.files.iter().map(|(_, object)| object.key.clone());
    // A manifest that came again would not be the one that went.
    let last = [&proof, &place.key(manifest::NAME)];
    let others: Vec<String> = keys.filter(|key| !last.contains(&key)).collect();
    bucket.delete_all(&others).map_err(not_yet)?;
    if let Some(new) = list(place)?.iter().find(|object| object.key != proof) {
        return Err(disturbed(place, new.name()));
    }
    bucket.delete(&proof).map_err(not_yet)?;
    Ok(Holdings::from(held).bytes)
}

fn disturbed(place: &ObjectFolder, name: &str) -> StorageError {
    StorageError::disturbed(Path::new(&place.join(name).to_string()))
}

/// What is held back by a retention time goes another time.
fn not_yet(error: StorageError) -> StorageError {
    match error {
        StorageError::Other(problem) if problem.code == RETAINED => StorageError::Other(Problem {
            message: format!("can't be removed yet: {}", problem.message),
            ..problem
        }),
        error => error,
    }
}
