//! What is done once a set is complete: what it holds is counted, noted in its manifest, and held against the set before.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::commands::context::Context;
use crate::commands::failure;
use crate::commands::inspect::{contents_of, judge, previous, table, warnings};
use crate::contents::{Change, Contents};
use crate::download::publisher::Publisher;
use crate::problem::{self, Problem};
use crate::store::catalog::{self, SavedSet};
use crate::store::manifest::SetState;
use crate::store::{Folder, LocalStore, StorageError};

use super::report::Report;
use super::setup::Setup;

/// What a set was found to hold.
struct Inspected {
    contents: Contents,
    /// What is odd about that; nothing where the manifest knew it.
    warnings: Option<Vec<String>>,
    /// The set before, and what changed since then.
    change: Option<(String, Change)>,
    /// The set before, if it can't be compared.
    not_compared: Option<String>,
}

/// The run still has the lock of the folder. Gives back why nothing may be pruned, if nothing may.
pub(super) async fn inspect(
    setup: &Setup<'_>,
    publisher: &Arc<Publisher>,
    report: &mut Report,
) -> Option<String> {
    let (options, context) = (&setup.options, setup.context);
    let is_wanted = options.inspect || options.max_drop.is_some();
    if !is_wanted || !report.is_good() {
        return None;
    }
    if publisher.manifest().state != SetState::Complete {
        context.note("what the backup holds is not counted before all of it is there");
        return None;
    }
    // A run that is stopped commits the set all the same, and what goes on to count holds nothing of it.
    let found = match context.until_stopped(count(publisher, context)).await {
        Ok(found) => found,
        Err(error) => {
            report.ended_by(failure::problem(&error));
            return None;
        }
    };
    if let Some(warnings) = &found.warnings {
        let change = found.change.as_ref().map(|(_, change)| change);
        for line in table(&found.contents, change) {
            context.note(&line);
        }
        for warning in warnings {
            context.warn(warning);
        }
    }
    let lost = options.max_drop.zip(found.change.as_ref());
    if let Some(problem) = lost.and_then(|(most, (before, change))| judge(change, most, before)) {
        report.ended_by(problem);
    }
    report.holds(found.contents);
    // The older set may be the one that has what is lost.
    let not_compared = found.not_compared.filter(|_| options.max_drop.is_some())?;
    Some(format!(
        "nothing is pruned: it can't be told whether records were lost since {not_compared}"
    ))
}

/// What is not noted in the manifest yet is.
async fn count(publisher: &Arc<Publisher>, context: &Context) -> Result<Inspected, Problem> {
    let (set, reading) = (publisher.as_saved(), context.clone());
    let found = tokio::task::spawn_blocking(move || look(set, &reading));
    let found = found.await.map_err(problem::unexpected)??;
    if found.warnings.is_some() {
        let (publisher, contents) = (Arc::clone(publisher), found.contents.clone());
        let noted = tokio::task::spawn_blocking(move || publisher.note_contents(contents));
        let noted = noted.await.map_err(problem::unexpected)?;
        noted.map_err(|error| error.problem())?;
    }
    Ok(found)
}

/// Where Zoho lists nothing the sets that are saved stay the newest, and so does an alarm about them. Only what their manifests
/// know is compared.
pub(super) fn lost_before(setup: &Setup<'_>) -> Option<Problem> {
    let most = setup.options.max_drop?;
    let org = setup.settings.org.as_deref();
    let sets = catalog::all(&setup.out).filter_map(Result::ok);
    let ours = sets.filter(|set| org.is_none_or(|org| set.manifest.org.as_deref() == Some(org)));
    let mut newest = BTreeMap::<_, (DateTime<Utc>, SavedSet)>::new();
    for set in ours {
        let Some(at) = set.manifest.completed() else {
            continue;
        };
        let org = set.manifest.org.clone();
        if newest.get(&org).is_none_or(|(other, _)| *other < at) {
            newest.insert(org, (at, set));
        }
    }
    newest.into_values().find_map(|(_, set)| {
        let before = previous(&set)?;
        let change = Change::between(before.manifest.contents()?, set.manifest.contents()?);
        judge(&change, most, &before.folder.to_string())
    })
}

fn look(set: SavedSet, context: &Context) -> Result<Inspected, Problem> {
    let before = previous(&set);
    let (contents, warnings) = if let Some(known) = set.manifest.contents() {
        (known.clone(), None)
    } else {
        let counted = contents_of(set, context)?;
        (counted.contents.clone(), Some(warnings(&counted)))
    };
    let (mut change, mut not_compared) = (None, None);
    if let Some(before) = before {
        let path = before.folder.to_string();
        match contents_before(before, context) {
            Ok(old) => change = Some((path, Change::between(&old, &contents))),
            Err(problem) => {
                context.warn(&format!("nothing can be compared with {path}: {problem}"));
                not_compared = Some(path);
            }
        }
    }
    Ok(Inspected {
        contents,
        warnings,
        change,
        not_compared,
    })
}

/// What the set before holds. It is counted once, and then known.
fn contents_before(set: SavedSet, context: &Context) -> Result<Contents, Problem> {
    if let Some(known) = set.manifest.contents() {
        return Ok(known.clone());
    }
    let (folder, manifest, digest) = (set.folder.clone(), set.manifest.clone(), set.digest.clone());
    context.note(&format!("counting what {} holds, too", set.name));
    let contents = contents_of(set, context)?.contents;
    // A store is not written to for a note: it is counted again the next time.
    let Some(folder) = folder.local() else {
        return Ok(contents);
    };
    let noted = || -> Result<(), StorageError> {
        // The lock of this run is on the folder of all sets.
        let store = LocalStore::new(Folder::create(folder)?, None);
        Publisher::new(Arc::new(store), manifest, Some(digest)).note_contents(contents.clone())
    };
    noted().map_err(|error| error.problem())?;
    Ok(contents)
}
