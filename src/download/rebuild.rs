//! A damaged manifest, made anew from the files that are there.
//!
//! A power cut may leave a manifest empty or cut, and files with it (`design.md` section 4). What it vouched for is verified
//! once more. Nothing is deleted: what can't be read any more is moved aside, and fetched again.

use std::path::Path;

use chrono::Utc;

use super::DownloadError;
use super::identity::sibling;
use super::journal;
use super::plan::known_manifest;
use crate::event::{Event, Observer};
use crate::integrity::digest;
use crate::integrity::{FinishError, Verified, verify_file};
use crate::model::{Backup, BackupFile};
use crate::store::manifest::{self, Entry, FileState, Manifest, ManifestError};
use crate::store::{Folder, StorageError, open_own, read_own};

/// Makes the damaged manifests of a backup's folders below `out` anew. Blocks.
///
/// # Errors
/// What the disk says, and a file that backup-fetch did not write.
pub(crate) fn rebuild(
    out: &Path,
    backup: &Backup,
    observer: &dyn Observer,
) -> Result<(), DownloadError> {
    for at in 0.. {
        let path = out.join(sibling(&backup.folder_name(), at));
        if !path.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            break;
        }
        match known_manifest(&path) {
            Ok(Some(_)) => {}
            Err(DownloadError::Manifest(error @ ManifestError::Damaged { .. })) => {
                let set = DamagedSet::open(&path)?;
                set.rebuild(backup, &error, observer)?;
            }
            Ok(None) | Err(_) => break,
        }
    }
    Ok(())
}

/// A folder whose manifest can't be read.
struct DamagedSet {
    folder: Folder,
    /// The manifest as it is.
    content: Vec<u8>,
    /// What can be read of it and of the list of digests.
    told: String,
}

impl DamagedSet {
    fn open(path: &Path) -> Result<DamagedSet, DownloadError> {
        let read = |name: &str| {
            let path = path.join(name);
            let content = read_own(&path, manifest::LARGEST)
                .map_err(|error| StorageError::new(&path, "reading", error))?;
            Ok::<_, StorageError>(content.unwrap_or_default())
        };
        let content = read(manifest::NAME)?;
        let sums = read(manifest::SUMS_NAME)?;
        Ok(DamagedSet {
            folder: Folder::create(path)?,
            told: [&content, &sums]
                .map(|text| String::from_utf8_lossy(text))
                .concat(),
            content,
        })
    }

    fn rebuild(
        &self,
        backup: &Backup,
        damage: &ManifestError,
        observer: &dyn Observer,
    ) -> Result<(), DownloadError> {
        let mut manifest = Manifest::new(backup, Utc::now());
        // With no date the files are held against those on the server before they are taken for the same set.
        let expiry = manifest.expiry_date.take();
        manifest.expiry_date = expiry.filter(|expiry| self.told.contains(&format!("\"{expiry}\"")));
        for file in &backup.files {
            let found = self.verify(file, observer)?;
            if let (Some(found), Some(entry)) = (found, manifest.entry_mut(&file.name)) {
                take_in(entry, found);
            }
        }
        let again = manifest.files.iter().filter(|file| file.is_saved()).count();
        manifest.settle(Utc::now());
        let kept = self
            .folder
            .keep_beside(&format!("{}.damaged", manifest::NAME), &self.content)?;
        let (json, sums) = (manifest.to_json(), manifest.to_sums());
        self.folder.replace(manifest::SUMS_NAME, sums.as_bytes())?;
        let known = digest::of(&self.content);
        self.folder
            .replace_known(manifest::NAME, json.as_bytes(), Some(&known))?;
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
    ) -> Result<Option<Found>, DownloadError> {
        let path = self.folder.file(&file.name);
        if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let reading = |error| StorageError::new(&path, "reading", error);
        let reason = match verify_file(&open_own(&path).map_err(reading)?) {
            Ok(verified) => match self.digest_of(file) {
                Some(known) if known != verified.sha256 => {
                    "it is not what SHA256SUMS says".to_owned()
                }
                _ => return Ok(Some((verified, None))),
            },
            Err(FinishError::Corrupt(corrupt)) => corrupt.to_string(),
            // It was accepted as it is, or its digest would stand nowhere.
            Err(FinishError::Untested(zip)) if self.digest_of(file) == Some(&zip.file.sha256) => {
                return Ok(Some((zip.file, Some(zip.reason))));
            }
            Err(FinishError::Untested(zip)) => zip.reason,
            Err(FinishError::Io(error)) => return Err(reading(error).into()),
        };
        if !self.is_ours(file) {
            let what = "a file that backup-fetch did not write";
            return Err(StorageError::InTheWay { path, what }.into());
        }
        let kept = self.folder.set_aside(&file.name)?;
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
        self.told.contains(file.name.as_str())
            || !self.told.contains(".zip")
            || self.folder.join(&journal::file_name(&file.name)).is_file()
    }
}

/// What is saved, and why not all of it can be tested.
type Found = (Verified, Option<String>);

fn take_in(entry: &mut Entry, (verified, untested): Found) {
    entry.state = match untested {
        None => FileState::Verified,
        Some(_) => FileState::Unverified,
    };
    entry.accepted = untested.is_some();
    entry.reason = untested;
    entry.warnings = verified.warnings;
    entry.size = Some(verified.size);
    entry.sha256 = Some(verified.sha256);
    entry.entries = Some(verified.entries);
}
