//! Where backups go: the folder, its lock, and what is saved there.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::check::Check;
use super::zoho::span;
use crate::destination::{Lock, LockState, Prospect};
use crate::download::DownloadError;
use crate::download::plan::read_manifest;
use crate::integrity::manifest::{Manifest, ManifestError, SetState};
use crate::terminal::units;

/// A weekly backup that is older was missed.
const OLDEST: TimeDelta = TimeDelta::days(8);

/// Free space to have where nothing is saved yet that could tell.
const ENOUGH: u64 = 5_000_000_000;

/// Everything about the output folder; `org`: whose backups are looked at; `locks`: whether runs lock it.
pub(super) fn look(out: Option<&Path>, org: Option<&str>, locks: bool) -> Vec<Check> {
    let Some(out) = out else {
        return vec![Check::warning(
            "folder",
            "no output folder is given, so none was checked",
            "name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile",
        )];
    };
    let prospect = match Prospect::look(out) {
        Ok(prospect) => prospect,
        Err(error) => return vec![Check::failed("folder", error)],
    };
    let path = out.display();
    let text = if prospect.exists {
        format!("{path}: writable")
    } else {
        format!("{path}: would be created in {}", prospect.nearest.display())
    };
    let folder = match prospect.no_sync() {
        None => Check::ok("folder", text),
        Some(error) => Check::warning(
            "folder",
            format!("{text}; but its file system can't sync ({error})"),
            "a power failure may lose the files saved last; a local disk is safer",
        ),
    };
    let saved = Saved::in_folder(out, org);
    vec![
        folder,
        space(prospect.free, saved.newest_size()),
        lock(&prospect.nearest, locks),
        saved.check(),
    ]
}

/// Twice the last backup: the next one beside it, larger than it was.
fn space(free: Option<u64>, last: Option<u64>) -> Check {
    let name = "space";
    let Some(free) = free else {
        return Check::ok(name, "the file system does not report its free space");
    };
    let (wanted, of) = match last {
        Some(size) => (size.saturating_mul(2), "twice the last saved backup"),
        None => (ENOUGH, "what a first backup may need"),
    };
    let free_text = format!("{} free", units::size(free));
    if free < wanted {
        return Check::warning(
            name,
            format!("{free_text}, less than {of} ({})", units::size(wanted)),
            "free some space, or choose another folder",
        );
    }
    Check::ok(name, free_text)
}

fn lock(folder: &Path, locks: bool) -> Check {
    let name = "lock";
    if !locks {
        return Check::ok(name, "not used, as the profile says");
    }
    match Lock::look(folder) {
        Ok(LockState::Free) => Check::ok(name, "free"),
        Ok(LockState::Held) => Check::ok(name, "held: another run is working in this folder"),
        Ok(LockState::Unsupported(error)) | Err(error) => Check::failed(name, error),
    }
}

/// What is saved in a folder.
#[derive(Default)]
struct Saved {
    sets: Vec<(String, Manifest)>,
    broken: Option<DownloadError>,
}

impl Saved {
    fn in_folder(out: &Path, org: Option<&str>) -> Saved {
        let mut saved = Saved::default();
        for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            match read_manifest(&entry.path()) {
                Ok(Some(manifest))
                    if org.is_none_or(|org| manifest.org.as_deref() == Some(org)) =>
                {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    saved.sets.push((name, manifest));
                }
                Ok(_) => {}
                Err(error) => saved.broken = Some(error),
            }
        }
        saved.sets.sort_by_key(|(_, set)| instant(&set.started_at));
        saved
    }

    fn newest_complete(&self) -> Option<(&str, &Manifest, DateTime<Utc>)> {
        let complete = self.sets.iter().filter_map(|(name, set)| {
            let done = set.finished_at.as_deref().and_then(instant)?;
            (set.state == SetState::Complete).then_some((name.as_str(), set, done))
        });
        complete.max_by_key(|(_, _, done)| *done)
    }

    fn newest_size(&self) -> Option<u64> {
        self.newest_complete().map(|(_, set, _)| set.saved_bytes())
    }

    fn check(self) -> Check {
        let name = "saved";
        match self.broken {
            Some(DownloadError::Manifest(error @ ManifestError::Damaged { .. })) => {
                return Check::warning(name, error.to_string(), error.hint());
            }
            Some(error) => return Check::failed(name, error),
            None => {}
        }
        let Some((last_name, last)) = self.sets.last() else {
            return Check::ok(name, "no backup is saved here yet");
        };
        let fetch = "run `backup-fetch download` for this folder";
        let Some((complete_name, set, done)) = self.newest_complete() else {
            let text = format!("{last_name} is incomplete, and no complete backup is saved here");
            return Check::warning(name, text, fetch);
        };
        let age = Utc::now() - done;
        let text = format!(
            "{complete_name}: complete, {}, {}, {} old",
            units::files(set.files.iter().filter(|file| file.is_saved()).count()),
            units::size(set.saved_bytes()),
            span(age)
        );
        if last.state == SetState::Incomplete {
            return Check::warning(
                name,
                format!("{text}; but {last_name} is incomplete"),
                fetch,
            );
        }
        if age > OLDEST {
            return Check::warning(
                name,
                text,
                "check that backups are scheduled (`backup-fetch status`), and that `backup-fetch download` runs",
            );
        }
        Check::ok(name, text)
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.with_timezone(&Utc))
}
