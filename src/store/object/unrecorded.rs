//! What a run that was killed has left in the store: objects that carry our mark, and that no manifest knows.

use std::collections::HashMap;
use std::num::NonZero;
use std::thread;

use super::bucket::Object;
use super::folder::ObjectFolder;
use super::mark::Mark;
use crate::integrity::{Judgement, verify_file};
use crate::model::FileName;
use crate::store::manifest::Manifest;
use crate::store::{Location, StorageError};

/// So many objects are looked at at the same time.
const AT_ONCE: usize = 16;

pub(crate) struct Unrecorded {
    folder: ObjectFolder,
    /// By their names; those without a mark are not ours.
    found: Vec<(FileName, Object, Option<Mark>)>,
}

impl Unrecorded {
    /// Looks at what is there of the files that the manifest has not as saved.
    pub(crate) fn look(folder: &ObjectFolder, manifest: &Manifest) -> Result<Self, StorageError> {
        let (_, objects) = folder.bucket.list_folder(&folder.prefix)?;
        let sizes: HashMap<&str, u64> = objects.iter().map(|it| (it.name(), it.size)).collect();
        let names = manifest.files.iter().filter(|entry| !entry.is_saved());
        let names = names.map(|entry| entry.name.clone());
        let names: Vec<FileName> = names.filter(|it| sizes.contains_key(it.as_str())).collect();
        let found = heads(folder, &names)?.into_iter().map(|(name, object)| {
            let mark = object.mark.as_deref().and_then(Mark::parse);
            let mark = mark.filter(|it| it.set == folder.name() && it.size == object.size);
            (name, object, mark)
        });
        Ok(Unrecorded {
            folder: folder.clone(),
            found: found.collect(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// When the links expire by which those with a mark came.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Option<String>> {
        let marks = self.found.iter().filter_map(|(.., mark)| mark.as_ref());
        marks.map(|mark| mark.expiry.clone())
    }

    /// Takes those with a mark into the manifest. True: there are others.
    pub(crate) fn take_in(self, manifest: &mut Manifest) -> Result<bool, StorageError> {
        let mut is_rest = false;
        for (name, object, mark) in self.found {
            let mark = match mark {
                Some(mark) if mark.is_cut => read_again(&self.folder.join(name.as_str()), mark)?,
                mark => mark,
            };
            match (mark, manifest.entry_mut(&name)) {
                (Some(mark), Some(entry)) => mark.note_in(entry, object.modified),
                _ => is_rest = true,
            }
        }
        Ok(is_rest)
    }
}

/// Looks at several objects, several at a time. What is gone by now is left out.
fn heads(
    folder: &ObjectFolder,
    names: &[FileName],
) -> Result<Vec<(FileName, Object)>, StorageError> {
    let share = NonZero::new(names.len().div_ceil(AT_ONCE)).map_or(1, NonZero::get);
    let look = |names: &[FileName]| {
        let heads = names.iter().filter_map(|name| {
            let head = folder.bucket.head(&folder.key(name.as_str())).transpose()?;
            Some(head.map(|object| (name.clone(), object)))
        });
        heads.collect::<Result<Vec<_>, _>>()
    };
    thread::scope(|scope| {
        let shares = names.chunks(share);
        let looking: Vec<_> = shares
            .map(|names| scope.spawn(move || look(names)))
            .collect();
        let mut found = Vec::new();
        for looked in looking {
            let gone = |_| StorageError::Other(crate::problem::unexpected("a thread has ended"));
            found.extend(looked.join().map_err(gone)??);
        }
        Ok(found)
    })
}

/// What had no room in the mark. Nothing: it is not what its mark says.
fn read_again(object: &ObjectFolder, mut mark: Mark) -> Result<Option<Mark>, StorageError> {
    let place = Location::Object(object.clone());
    let judged = place.open().and_then(|file| verify_file(&*file));
    let (file, untested) = match judged.map_err(|error| place.failed("reading", error))? {
        Judgement::Sound(file) => (file, None),
        Judgement::Untested(zip) => (zip.file, Some(zip.reason)),
        Judgement::Corrupt(_) => return Ok(None),
    };
    if file.sha256 != mark.sha256 {
        return Ok(None);
    }
    mark.warnings = file.warnings;
    mark.untested = untested;
    Ok(Some(mark))
}
