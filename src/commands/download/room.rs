//! Whether there is room for what a run fetches, as far as that can be told before it begins. The engine looks at each file as it
//! learns its length.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::commands::sizes;
use crate::download::publisher::Publisher;
use crate::download::{Part, STAGED_FILES};
use crate::model::BackupFile;
use crate::problem::{self, Problem};
use crate::store::{Location, StorageError, catalog, check_space};

use super::setup::Setup;

/// A file to fetch, with what earlier runs left of it.
pub(super) type ToFetch = (BackupFile, Option<Part>);

/// Into a folder the rest of what earlier runs began must fit, and where files are staged as many as wait there at once. What a
/// journal or another set makes believe ends no run: where that does not fit, the server is asked.
pub(super) async fn check(
    setup: &Setup<'_>,
    publisher: &Arc<Publisher>,
    files: &[ToFetch],
) -> anyhow::Result<()> {
    let folder = publisher.folder().path();
    let is_staged = publisher.store().is_elsewhere();
    let at_once = if is_staged { STAGED_FILES } else { usize::MAX };
    let mut believed: Vec<Option<u64>> = files
        .iter()
        .map(|(_, leftover)| leftover.as_ref().and_then(Part::length))
        .collect();
    if is_staged {
        let shared = Arc::clone(publisher);
        let before = tokio::task::spawn_blocking(move || longest_before(&shared.location()));
        let before = before.await.map_err(problem::unexpected)?;
        let longest = believed.iter().copied().flatten().chain(before).max();
        believed.fill(longest);
    }
    if check_space(folder, needed(files, &believed, at_once)?).is_ok() {
        return Ok(());
    }
    let asked = files.iter().map(|(file, leftover)| {
        (is_staged || leftover.is_some()).then(|| (file.name.clone(), file.url.clone()))
    });
    let sizes = sizes::ask(&setup.api, asked.collect(), setup.jobs()).await;
    let fits = check_space(folder, needed(files, &sizes.each, at_once)?);
    Ok(fits.map_err(|error| with_staging(&setup.out, error.problem()))?)
}

/// What is to be done about a full disk, where it is not the one that is to hold the set.
pub(super) fn with_staging(out: &Location, problem: Problem) -> Problem {
    match out {
        Location::Object(_) if problem.code == "disk_full" => problem.hint(
            "free some space there, or name a folder on a larger disk with --staging: three files at a time wait there until they are in the store",
        ),
        _ => problem,
    }
}

/// Bytes that so many of the files still need, if they are as long as that: the most.
fn needed(files: &[ToFetch], lengths: &[Option<u64>], at_once: usize) -> Result<u64, StorageError> {
    let mut rests = Vec::new();
    for ((_, leftover), length) in files.iter().zip(lengths) {
        let there = leftover.as_ref().map_or(Ok(0), Part::allocated)?;
        rests.push(length.unwrap_or_default().saturating_sub(there));
    }
    rests.sort_unstable_by_key(|rest| Reverse(*rest));
    let rests = rests.iter().take(at_once);
    Ok(rests.fold(0, |sum, rest| sum.saturating_add(*rest)))
}

/// The length of the longest file of the organisation's newest other set.
fn longest_before(set: &Location) -> Option<u64> {
    let name = set.name();
    let (org, _) = name.split_once('-')?;
    let folders = set.parent()?.folders().ok()?;
    let others = folders.iter().filter(|other| {
        let other = other.name();
        other != name && other.split_once('-').is_some_and(|(its, _)| its == org)
    });
    // Ids of jobs grow.
    let newest = others.max_by_key(|other| (other.name().len(), other.name()))?;
    let newest = catalog::read(newest).ok()??;
    let sizes = newest.manifest.saved_files().filter_map(|entry| entry.size);
    sizes.max()
}
