//! Is what Zoho lists the same set that is saved already? (`design.md` section 4)
//!
//! The same organisation, job and `expiry_date`: yes, without asking. Another `expiry_date`: the saved files are asked
//! for, a byte each; all as the manifest has them: yes. Otherwise the job was made anew, and what was verified must not
//! be touched: the new set goes to a folder beside the old one.

use chrono::Utc;

use super::error::{self, DownloadError};
use crate::event::{Event, Observer};
use crate::http::range::Validator;
use crate::model::{Backup, BackupFile};
use crate::problem::Problem;
use crate::store::catalog::{self, sibling};
use crate::store::manifest::{Entry, FileState, Manifest};
use crate::store::object::{ObjectFolder, Unrecorded};
use crate::store::{Kind, Location, StorageError};
use crate::zoho::{Probe, ZohoApi};

/// Where a set is saved, or is to be.
pub(crate) struct Place {
    pub(crate) name: String,
    /// Its manifest, with the list taken in.
    pub(crate) manifest: Manifest,
    /// The digest of the manifest on the disk, if there is one.
    pub(crate) known: Option<String>,
}

pub(crate) async fn place_for(
    out: &Location,
    backup: &Backup,
    api: &ZohoApi,
    observer: &dyn Observer,
) -> Result<Place, DownloadError> {
    let name = backup.folder_name();
    let begun = begun_in_background(out, backup).await?;
    let mut begun = begun.into_iter().collect::<Result<Vec<_>, _>>()?;
    let same = same_set(&begun, backup, api, observer).await?;
    // Behind the last, also where an older one was removed: never in the place of a set that somebody may remember.
    let at = match same {
        Some(index) => begun[index].at,
        None => free_place(out, &name, begun.last().map_or(0, |last| last.at + 1)).await?,
    };
    if let (None, Some(last)) = (same, begun.last()) {
        let (other, beside) = (sibling(&name, last.at), sibling(&name, at));
        let message = format!(
            "the folder {other} holds the same job with different content: this set is saved beside it, in {beside}"
        );
        observer.event(Event::Warning {
            name: None,
            message,
        });
    }
    let (mut manifest, known) = match same.map(|index| begun.swap_remove(index)) {
        Some(set) => {
            if let Some(damage) = &set.damage {
                observer.event(rebuilding(damage, &set.manifest));
            }
            (set.manifest, set.known)
        }
        None => (Manifest::new(backup, Utc::now()), None),
    };
    manifest.take_in(backup);
    Ok(Place {
        name: sibling(&name, at),
        manifest,
        known,
    })
}

/// Whether a set of this job and `expiry_date` has been begun below `out`, so that what is saved of it can be told without
/// a question to the server. A manifest that is damaged may be of such a one.
pub(crate) async fn is_begun(out: &Location, backup: &Backup) -> Result<bool, DownloadError> {
    for begun in begun_in_background(out, backup).await? {
        match begun {
            Ok(set) if !is_dated_alike(&set.manifest, backup) => {}
            Ok(_) | Err(StorageError::ManifestDamaged(_)) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// A set of the listed job.
struct Begun {
    /// Its place among them.
    at: usize,
    manifest: Manifest,
    /// The digest of the manifest, if there is one.
    known: Option<String>,
    /// A listed file is there that the manifest does not know as saved.
    has_unrecorded: bool,
    /// Why the manifest is not the one that is there.
    damage: Option<StorageError>,
}

/// The first place from `at` on that is not of a set whose removal was begun: whoever removes what is left there would not know
/// the new files from the old ones.
async fn free_place(out: &Location, name: &str, at: usize) -> Result<usize, DownloadError> {
    let (out, name) = (out.clone(), name.to_owned());
    let find = move || {
        let mut at = at;
        while catalog::is_half_removed(&out.join(&sibling(&name, at))) {
            at += 1;
        }
        at
    };
    let found = tokio::task::spawn_blocking(find).await;
    found.map_err(|panic| DownloadError::unexpected(&panic.to_string()))
}

/// A store may take its time to say what is there.
async fn begun_in_background(
    out: &Location,
    backup: &Backup,
) -> Result<Vec<Result<Begun, StorageError>>, DownloadError> {
    let (out, backup) = (out.clone(), backup.clone());
    let begun = tokio::task::spawn_blocking(move || begun(&out, &backup)).await;
    Ok(begun.map_err(|panic| DownloadError::unexpected(&panic.to_string()))??)
}

fn begun(
    out: &Location,
    backup: &Backup,
) -> Result<Vec<Result<Begun, StorageError>>, StorageError> {
    let name = backup.folder_name();
    if let Location::Object(out) = out {
        let places = catalog::places(&Location::Object(out.clone()), &name)?;
        let begun = places.into_iter().filter_map(|at| {
            let folder = out.join(&sibling(&name, at));
            if catalog::is_half_removed(&Location::Object(folder.clone())) {
                return None;
            }
            begun_in_store(at, &folder, backup).transpose()
        });
        return Ok(begun.collect());
    }
    let begun = catalog::of_job(out, &name).map(|(at, set)| {
        let set = set?;
        Ok(Begun {
            at,
            has_unrecorded: has_unrecorded(&set.folder, &set.manifest, backup),
            manifest: set.manifest,
            known: Some(set.digest),
            damage: None,
        })
    });
    Ok(begun.collect())
}

/// A run that was killed has left no manifest, and one may be damaged: then the objects say of themselves what they are.
fn begun_in_store(
    at: usize,
    folder: &ObjectFolder,
    backup: &Backup,
) -> Result<Option<Begun>, StorageError> {
    let place = Location::Object(folder.clone());
    let new = || Manifest::new(backup, Utc::now());
    let (mut manifest, known, damage) = match catalog::read(&place) {
        Ok(Some(set)) => (set.manifest, Some(set.digest), None),
        Ok(None) => (new(), None, None),
        Err(damage @ StorageError::ManifestDamaged(_)) => {
            (new(), catalog::digest(&place)?, Some(damage))
        }
        Err(error) => return Err(error),
    };
    let is_told = known.is_some() && damage.is_none();
    let expiry = manifest.expiry_date.clone();
    manifest.take_in(backup);
    let unrecorded = Unrecorded::look(folder, &manifest)?;
    let saved = is_told.then_some(expiry);
    let mut dates = saved.into_iter().chain(unrecorded.dates()).peekable();
    match (dates.peek(), &damage) {
        (None, None) => return Ok(None),
        (None, Some(damage)) if !unrecorded.is_empty() => return Err(without_marks(damage)),
        _ => {}
    }
    // One file of another date is enough for all of them to be asked for.
    let other = dates.find(|date| *date != manifest.expiry_date);
    drop(dates);
    manifest.expiry_date = other.unwrap_or(manifest.expiry_date);
    let has_unrecorded = unrecorded.take_in(&mut manifest)?;
    Ok(Some(Begun {
        at,
        manifest,
        known,
        has_unrecorded,
        damage,
    }))
}

fn without_marks(damage: &StorageError) -> StorageError {
    StorageError::ManifestDamaged(damage.problem().hint(
        "it can't be rebuilt: its objects do not say what they are, as when they came there by a copy; move the set elsewhere, and run again to fetch it anew",
    ))
}

/// The word about a manifest in a store that is made anew.
fn rebuilding(damage: &StorageError, manifest: &Manifest) -> Event {
    let saved = manifest.files.iter().filter(|file| file.is_saved()).count();
    let message = format!(
        "{damage}: rebuilding it, with {saved} of {} files verified before they were uploaded; the damaged one is kept beside it",
        manifest.files.len()
    );
    Event::Warning {
        name: None,
        message,
    }
}

/// Which of the saved sets is the listed one. The newest is asked first.
async fn same_set(
    begun: &[Begun],
    backup: &Backup,
    api: &ZohoApi,
    observer: &dyn Observer,
) -> Result<Option<usize>, DownloadError> {
    let alike = |set: &Begun| is_dated_alike(&set.manifest, backup);
    if let Some(index) = begun.iter().rposition(alike) {
        return Ok(Some(index));
    }
    for (index, set) in begun.iter().enumerate().rev() {
        // Of what a crash left without an entry nobody can tell to which list it belongs.
        if !set.has_unrecorded && compare(&set.manifest, backup, api).await? == Likeness::Same {
            observer.event(dated_anew(&set.manifest, backup));
            return Ok(Some(index));
        }
    }
    Ok(None)
}

pub(super) fn is_dated_alike(manifest: &Manifest, backup: &Backup) -> bool {
    let expiry = backup.expiry.as_ref().map(|expiry| expiry.text.as_str());
    manifest.expiry_date.as_deref() == expiry
}

fn has_unrecorded(folder: &Location, manifest: &Manifest, backup: &Backup) -> bool {
    backup.files.iter().any(|file| {
        manifest.saved(&file.name).is_none()
            && matches!(
                folder.join(file.name.as_str()).look(),
                Ok(Kind::File { .. })
            )
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Every file that is saved is the listed one, as far as the server tells; or none is saved.
    Same,
    /// None is, or none of them is listed.
    Other,
    /// Some are: the set was made anew while it was fetched.
    Mixed,
}

/// Asks the server about each file that is saved and listed, until the answer is clear.
pub(super) async fn compare(
    manifest: &Manifest,
    backup: &Backup,
    api: &ZohoApi,
) -> Result<Likeness, DownloadError> {
    let (mut same, mut other) = (false, false);
    for file in &backup.files {
        if let Some(entry) = manifest.saved(&file.name) {
            let probe = api.probe(&file.name, &file.url).await;
            let probe = probe.map_err(|source| DownloadError::zoho(&source, 1))?;
            let is_unchanged = is_unchanged(entry, &probe);
            same |= is_unchanged;
            other |= !is_unchanged;
        }
        if same && other {
            return Ok(Likeness::Mixed);
        }
    }
    let nothing_saved = !manifest.files.iter().any(Entry::is_saved);
    if same || nothing_saved {
        Ok(Likeness::Same)
    } else {
        Ok(Likeness::Other)
    }
}

/// Whether the server still has the file that came, as far as length and validator tell.
fn is_unchanged(entry: &Entry, probe: &Probe) -> bool {
    probe.length.is_some()
        && probe.length == entry.size
        && !validator(entry).contradicts(&probe.validator)
}

/// Asks about a file that came and is not saved, because it is corrupt or can't be tested: fetching it again makes no sense
/// while the server has the same one. Nothing: it is worth another fetch, which will also tell what is wrong with the link.
pub(crate) async fn still_refused(
    entry: &Entry,
    file: &BackupFile,
    allow_unverified: bool,
    api: &ZohoApi,
) -> Option<Problem> {
    let is_known = match entry.state {
        FileState::Unverified => !allow_unverified,
        // Where two fetches differed, it was the way here that spoilt them.
        FileState::Corrupt => entry.repeated,
        FileState::Verified | FileState::Missing => false,
    };
    if !is_known {
        return None;
    }
    let probe = api.probe(&file.name, &file.url).await.ok()?;
    is_unchanged(entry, &probe)
        .then(|| error::still_refused(entry.state, entry.reason.as_deref().unwrap_or_default()))
}

/// The word about another `expiry_date` for the same files.
pub(super) fn dated_anew(manifest: &Manifest, backup: &Backup) -> Event {
    let now = backup.expiry.as_ref().map(|expiry| expiry.text.as_str());
    let message = format!(
        "the links now expire on another date ({}, not {}), but the files are the same",
        now.unwrap_or("unknown"),
        manifest.expiry_date.as_deref().unwrap_or("unknown")
    );
    Event::Warning {
        name: None,
        message,
    }
}

/// Of the version that came.
pub(super) fn validator(entry: &Entry) -> Validator {
    Validator {
        etag: entry.etag.clone(),
        last_modified: entry.last_modified.clone(),
        date_is_strong: false,
    }
}
