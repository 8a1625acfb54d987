//! Damaged files of a saved set, and the same files fetched once more, which take their places.

use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use chrono::Utc;

use super::error::DownloadError;
use super::publisher::Publisher;
use crate::integrity::{Judgement, verify_file};
use crate::model::FileName;
use crate::store::manifest::Entry;
use crate::store::sys::Stamp;
use crate::store::{
    During, Folder, LocalStore, Lock, Named, Staged, StorageError, catalog, open_own,
};

/// A set of which something is damaged, and whose manifest is not.
pub(crate) struct Repair {
    store: Arc<LocalStore>,
    publisher: Publisher,
}

/// What became of a damaged file.
pub(crate) enum Replaced {
    /// Another one has its place. The damaged one, if there was one, is kept under this name.
    Yes(Option<String>),
    /// Nothing that could take its place was fetched.
    NotFetched,
    /// What was fetched is another file than the one that was saved.
    Other,
}

impl Repair {
    /// `lock`: on the output folder.
    pub(crate) fn open(set: &Path, lock: Option<Lock>) -> Result<Repair, StorageError> {
        let saved = catalog::read(&set.into())?;
        let gone = || io::Error::from(ErrorKind::NotFound);
        let saved = saved.ok_or_else(gone).during("reading", set)?;
        let store = Arc::new(LocalStore::new(Folder::create(set)?, lock));
        let publisher = Publisher::new(store.clone(), saved.manifest, Some(saved.digest));
        Ok(Repair { store, publisher })
    }

    /// Those of the files that are not what they should be. Somebody may have repaired one since it was read. Blocks.
    pub(crate) fn still_damaged(&self, files: &HashSet<FileName>) -> HashSet<FileName> {
        let manifest = self.publisher.manifest();
        let is_sound = |name: &&FileName| {
            let judgement = open_own(&self.store.file(name));
            let judgement = judgement.and_then(|file| verify_file(&file));
            let entry = manifest.saved(name);
            entry.is_some_and(|entry| judgement.is_ok_and(|judgement| is_same(&judgement, entry)))
        };
        files
            .iter()
            .filter(|name| !is_sound(name))
            .cloned()
            .collect()
    }

    /// Puts what was fetched into this folder in the place of a damaged file, if it is what the manifest says. Blocks.
    pub(crate) fn replace(
        &self,
        name: &FileName,
        fetched: &Path,
    ) -> Result<Replaced, DownloadError> {
        let entry = self.publisher.manifest().saved(name).cloned();
        let file = Folder::create(fetched)?.open_file(name.as_str())?;
        let (Some(entry), Some(file)) = (entry, file) else {
            return Ok(Replaced::NotFetched);
        };
        let path = fetched.join(name.as_str());
        // An earlier run may have fetched it, and the disk that damaged one file can damage another.
        let before = Stamp::of(&file).during("reading", &path)?;
        let judgement = verify_file(&file).during("reading", &path)?;
        if !is_same(&judgement, &entry) {
            return Ok(Replaced::Other);
        }
        let staged = Staged {
            name,
            entry: &entry,
            named: Named::new(&file, &path),
            verified: Some(before),
            is_known: true,
        };
        let kept = self.store.replace(&staged)?;
        self.publisher.change(|manifest| {
            if let Some(entry) = manifest.entry_mut(name)
                && matches!(judgement, Judgement::Sound(_))
            {
                entry.note_verified(Utc::now());
            }
        });
        self.publisher.save()?;
        Ok(Replaced::Yes(kept))
    }

    /// Writes the manifest and the list of digests as they should be. Blocks.
    pub(crate) fn write_records(&self) -> Result<(), StorageError> {
        self.publisher.save()
    }
}

fn is_same(found: &Judgement, entry: &Entry) -> bool {
    let digest = match found {
        Judgement::Sound(verified) => &verified.sha256,
        Judgement::Untested(zip) => &zip.file.sha256,
        Judgement::Corrupt(_) => return false,
    };
    entry.sha256.as_ref() == Some(digest)
}
