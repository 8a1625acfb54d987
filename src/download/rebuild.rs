//! A damaged manifest, made anew from the files that are there.
//!
//! A power cut may leave a manifest empty or cut, and files with it (`design.md` section 4). What it vouched for is verified
//! once more. Nothing is deleted: what can't be read any more is moved aside, and fetched again.

use std::path::Path;

use chrono::Utc;

use super::error::DownloadError;
use super::journal;
use super::publisher::note_saved;
use crate::event::{Event, Observer};
use crate::integrity::digest;
use crate::integrity::{Judgement, Verified, verify_file};
use crate::model::{Backup, BackupFile};
use crate::store::catalog::{self, sibling};
use crate::store::manifest::{self, Manifest};
use crate::store::{During, Folder, LocalStore, StorageError, Store, open_own, read_own};

/// Makes the damaged manifests of a backup's folders below `out` anew. Blocks.
pub(crate) fn rebuild(
    out: &Path,
    backup: &Backup,
    observer: &dyn Observer,
) -> Result<(), DownloadError> {
    let name = backup.folder_name();
    for (at, saved) in catalog::of_job(&out.into(), &name) {
        match saved {
            Ok(_) => {}
            Err(damage @ StorageError::ManifestDamaged(_)) => {
                let set = DamagedSet::open(&out.join(sibling(&name, at)))?;
                set.rebuild(backup, &damage, observer)?;
            }
            Err(_) => break,
        }
    }
    Ok(())
}

/// The same of one set whose manifest can be read, and is not the one that the list of digests was written with. Blocks.
pub(crate) fn rebuild_contradicted(
    set: &Path,
    backup: &Backup,
    observer: &dyn Observer,
) -> Result<(), DownloadError> {
    let path = set.join(manifest::NAME);
    let damage = manifest::damaged(&path.display().to_string(), "SHA256SUMS knows another one");
    DamagedSet::open(set)?.rebuild(backup, &damage, observer)
}

/// A folder whose manifest can't be read.
struct DamagedSet {
    store: LocalStore,
    /// The manifest as it is.
    content: Vec<u8>,
    /// What can be read of it and of the list of digests.
    told: String,
}

impl DamagedSet {
    fn open(path: &Path) -> Result<DamagedSet, DownloadError> {
        let read = |name: &str| {
            let path = path.join(name);
            let content = read_own(&path, manifest::LARGEST).during("reading", &path)?;
            Ok::<_, StorageError>(content.unwrap_or_default())
        };
        let content = read(manifest::NAME)?;
        let sums = read(manifest::SUMS_NAME)?;
        Ok(DamagedSet {
            store: LocalStore::new(Folder::create(path)?, None),
            told: [&content, &sums]
                .map(|text| String::from_utf8_lossy(text))
                .concat(),
            content,
        })
    }

    fn rebuild(
        &self,
        backup: &Backup,
        damage: &StorageError,
        observer: &dyn Observer,
    ) -> Result<(), DownloadError> {
        let mut manifest = Manifest::new(backup, Utc::now());
        // With no date the files are held against those on the server before they are taken for the same set.
        let expiry = manifest.expiry_date.take();
        manifest.expiry_date = expiry.filter(|expiry| self.told.contains(&format!("\"{expiry}\"")));
        for file in &backup.files {
            let found = self.verify(file, observer)?;
            if let (Some((verified, untested)), Some(entry)) =
                (found, manifest.entry_mut(&file.name))
            {
                note_saved(entry, &verified, untested.as_deref());
            }
        }
        let again = manifest.files.iter().filter(|file| file.is_saved()).count();
        manifest.settle(Utc::now());
        let kept = self
            .store
            .keep_beside(&format!("{}.damaged", manifest::NAME), &self.content)?;
        let known = digest::of(&self.content);
        self.store.write_manifest(&manifest, Some(&known))?;
        observer.event(Event::Warning {
            name: None,
            message: format!(
                "{damage}: rebuilt, with {again} of {} files verified again; the damaged one is kept as {kept}",
                backup.files.len()
            ),
        });
        Ok(())
    }

    /// What the verification of a file finds, if it is there. What is not sound is moved aside.
    fn verify(
        &self,
        file: &BackupFile,
        observer: &dyn Observer,
    ) -> Result<Option<Saved>, DownloadError> {
        let path = self.store.file(&file.name);
        if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let found = open_own(&path).and_then(|file| verify_file(&file));
        let reason = match found.during("reading", &path)? {
            Judgement::Sound(verified) => match self.digest_of(file) {
                Some(known) if known != verified.sha256 => {
                    "it is not what SHA256SUMS says".to_owned()
                }
                _ => return Ok(Some((verified, None))),
            },
            Judgement::Corrupt(corrupt) => corrupt.reason,
            // It was accepted as it is, or its digest would stand nowhere.
            Judgement::Untested(zip) if self.digest_of(file) == Some(&zip.file.sha256) => {
                return Ok(Some((zip.file, Some(zip.reason))));
            }
            Judgement::Untested(zip) => zip.reason,
        };
        if !self.is_ours(file) {
            let what = "a file that backup-fetch did not write";
            return Err(StorageError::in_the_way(&path, what).into());
        }
        let kept = self.store.set_aside(&file.name)?;
        observer.event(Event::Warning {
            name: Some(file.name.clone()),
            message: format!("damaged ({reason}): kept as {kept}, and fetched again"),
        });
        Ok(None)
    }

    /// What the list of digests knows of the file.
    fn digest_of(&self, file: &BackupFile) -> Option<&str> {
        let end = format!("  {}", file.name);
        let known = self.told.lines().find_map(|line| line.strip_suffix(&end));
        known.filter(|digest| digest.len() == 64)
    }

    /// The folder is ours, and so is what lies under a name that we would give; unless what can be read names other files only.
    fn is_ours(&self, file: &BackupFile) -> bool {
        let journal = journal::file_name(&file.name);
        self.told.contains(file.name.as_str())
            || !self.told.contains(".zip")
            || self.store.folder().join(&journal).is_file()
            || self.store.is_marked(&file.name).unwrap_or(false)
    }
}

/// What is saved, and why not all of it can be tested.
type Saved = (Verified, Option<String>);
