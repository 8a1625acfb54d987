//! What of a set is on disk already, and what is to be done about the rest (`design.md` section 4).

use std::collections::HashSet;

use super::error::{self, DownloadError};
use super::part::Part;
use super::publisher::{Finished, Publisher};
use super::{identity, journal, leftover, part_file};
use crate::event::{Event, Observer};
use crate::http::range::Validator;
use crate::integrity::{Judgement, ReadAt, verify_file};
use crate::model::{Backup, BackupFile, FileName};
use crate::store::manifest::{FileState, Manifest};
use crate::store::{Kind, Location, StorageError};

/// Looks at every wanted file of a set. Files that are saved are left out; what a crash left between its final name
/// and the manifest is verified and taken in; the rest comes back with what there is of it, in its order. Blocks.
///
/// # Errors
/// A file that is not ours, or not what the manifest says, stands under a final name: then nothing is fetched.
pub(crate) fn survey(
    publisher: &Publisher,
    wanted: &[BackupFile],
    allow_unverified: bool,
    observer: &dyn Observer,
) -> Result<Vec<(BackupFile, Option<Part>)>, DownloadError> {
    let mut to_fetch = Vec::new();
    let look = publisher.store().look()?;
    for file in wanted {
        let survey = FileSurvey {
            publisher,
            file,
            allow_unverified,
            observer,
        };
        if !survey.is_saved(look(&file.name)?)? {
            let warn = |message| survey.warn(message);
            let left = leftover::take(publisher.folder(), file, warn)?;
            to_fetch.push((file.clone(), left));
        }
    }
    publisher.record()?;
    let manifest = publisher.manifest();
    let is_saved = |name: &FileName| manifest.saved(name).is_some();
    publisher.store().forget_staged(&is_saved)?;
    Ok(to_fetch)
}

/// What of one file is on disk.
struct FileSurvey<'a> {
    publisher: &'a Publisher,
    file: &'a BackupFile,
    allow_unverified: bool,
    observer: &'a dyn Observer,
}

impl FileSurvey<'_> {
    /// Whether it has its final name by now. `found`: what has it.
    fn is_saved(&self, found: Option<Kind>) -> Result<bool, DownloadError> {
        let place = self.place();
        let saved = self.publisher.manifest().saved(&self.file.name).cloned();
        let length = match found {
            Some(Kind::File { size }) => size,
            Some(Kind::Link) => return Err(place.in_the_way("a symbolic link").into()),
            Some(_) => return Err(place.in_the_way("something that is not a file").into()),
            None => {
                if saved.is_some() {
                    self.note_gone();
                }
                return Ok(self.allow_unverified && self.accept()?);
            }
        };
        if let Some(entry) = saved {
            let size = entry.size.unwrap_or_default();
            if length == size {
                return Ok(true);
            }
            let reason = format!("it has {length} bytes, not {size}");
            return Err(error::not_as_manifest(&place, &reason).into());
        }
        let is_ours = self.was_published(length)?
            || self.was_being_accepted(length)
            || self.publisher.store().is_marked(&self.file.name)?;
        if is_ours {
            self.adopt()?;
            return Ok(true);
        }
        // Unless another run has saved it since the manifest was read.
        self.publisher.confirm()?;
        let what = "a file that backup-fetch did not write";
        Err(place.in_the_way(what).into())
    }

    /// Where it is, or is to be.
    fn place(&self) -> Location {
        self.publisher.location().join(self.file.name.as_str())
    }

    fn note_gone(&self) {
        self.warn("was saved and verified, but is gone: fetching it again".into());
        self.publisher.change(|manifest| {
            if let Some(entry) = manifest.entry_mut(&self.file.name) {
                entry.state = FileState::Missing;
                entry.accepted = false;
                entry.forget_verified();
            }
        });
    }

    /// Whether a final name without an entry in the manifest is what a crash left: the journal beside it is of a whole file of
    /// this length, and the part is gone, or has this name, too.
    fn was_published(&self, length: u64) -> Result<bool, StorageError> {
        let name = &self.file.name;
        let fits = match leftover::own_journal(self.publisher.folder(), name)? {
            Some(Ok(promise)) => promise.header.length.is_none_or(|told| told == length),
            // A damaged one was ours all the same, and the file is verified before it is taken in.
            Some(Err(_)) => true,
            None => false,
        };
        let store = self.publisher.store();
        Ok(fits && store.drop_second_name(name, &part_file::file_name(name))?)
    }

    /// Whether a final name without a journal is what a crash left of [`accept`](FileSurvey::accept).
    fn was_being_accepted(&self, length: u64) -> bool {
        let manifest = self.publisher.manifest();
        let entry = manifest.entry(&self.file.name);
        entry.is_some_and(|it| it.state == FileState::Unverified && it.size == Some(length))
    }

    /// Verifies a file that has its final name but is not in the manifest, and notes it there.
    fn adopt(&self) -> Result<(), DownloadError> {
        let name = &self.file.name;
        let place = self.place();
        let found = place.open().and_then(|file| verify_file(&*file));
        let found = found.map_err(|error| place.failed("reading", error))?;
        let (verified, untested) = match found {
            Judgement::Sound(verified) => (verified, None),
            Judgement::Untested(zip) if self.allow_unverified => (zip.file, Some(zip.reason)),
            Judgement::Untested(zip) => {
                return Err(error::unverified(&zip.reason, &place.to_string()).into());
            }
            Judgement::Corrupt(corrupt) => {
                return Err(error::not_as_manifest(&place, &corrupt.reason).into());
            }
        };
        let validator = match journal::load(self.publisher.folder().path(), name) {
            Ok(Some(Ok(promise))) => promise.header.validator,
            _ => match self.publisher.store().noted(name)? {
                Some(entry) => identity::validator(entry),
                None => Validator::default(),
            },
        };
        let finished = Finished {
            name: name.clone(),
            verified,
            validator,
            untested,
        };
        self.publisher.note(&finished);
        Ok(())
    }

    /// Gives a file that an earlier run kept as unverified its final name, if it is still what it was. False: there is none.
    fn accept(&self) -> Result<bool, DownloadError> {
        let name = &self.file.name;
        let known = self.publisher.manifest().entry(name).cloned();
        let Some(entry) = known.filter(|entry| entry.state == FileState::Unverified) else {
            return Ok(false);
        };
        let mut known = None;
        let mut is_it = |kept: &dyn ReadAt| {
            let found = verify_file(kept).map_err(|error| self.place().failed("reading", error))?;
            known = match found {
                Judgement::Untested(zip) if entry.sha256.as_ref() == Some(&zip.file.sha256) => {
                    Some(zip)
                }
                _ => None,
            };
            Ok(known.is_some())
        };
        self.publisher.store().accept_aside(name, &mut is_it)?;
        let Some(zip) = known else {
            return Ok(false);
        };
        self.warn(format!("accepted without verification: {}", zip.reason));
        let finished = Finished {
            name: name.clone(),
            verified: zip.file,
            validator: identity::validator(&entry),
            untested: Some(zip.reason),
        };
        self.publisher.note(&finished);
        Ok(true)
    }

    fn warn(&self, message: String) {
        let name = Some(self.file.name.clone());
        self.observer.event(Event::Warning { name, message });
    }
}

/// Files that were on an earlier list, were never saved, and are not on this one.
pub(crate) fn vanished(manifest: &Manifest, backup: &Backup) -> Vec<FileName> {
    let listed: HashSet<&FileName> = backup.files.iter().map(|file| &file.name).collect();
    let gone = manifest
        .files
        .iter()
        .filter(|entry| !entry.is_saved() && !listed.contains(&entry.name));
    gone.map(|entry| entry.name.clone()).collect()
}
