//! What is to be looked at: a set, or a single zip.

use chrono::{DateTime, Local, SecondsFormat, Utc};

use crate::commands::context::Context;
use crate::exit::Exit;
use crate::model::FileKind;
use crate::problem::Problem;
use crate::store::catalog::{self, Saved, SavedSet};
use crate::store::manifest::SetState;
use crate::store::{Listing, Location, StorageError, at_once};
use crate::untrusted::printable;

pub(in crate::commands) struct Subject {
    /// The folder of a set, or a zip.
    pub(super) path: Location,
    pub(super) name: String,
    /// Nothing of a single zip.
    pub(super) set: Option<SavedSet>,
}

/// One of its zips.
pub(super) struct ZipFile {
    pub(super) name: String,
    pub(super) path: Location,
    pub(super) kind: Option<FileKind>,
    /// As the manifest has it.
    pub(super) size: Option<u64>,
}

impl Subject {
    /// What this path leads to; of several sets the newest complete one.
    pub(super) fn find(path: &Location, context: &Context) -> Result<Subject, Problem> {
        match catalog::find(path)? {
            Saved::Zip(path) => Ok(Subject {
                name: path.name(),
                path,
                set: None,
            }),
            Saved::Set(folder) => {
                let set = catalog::read(&folder).map_err(|error| error.problem())?;
                set.map(Subject::of_set).ok_or_else(|| none_complete(path))
            }
            Saved::Sets(folders) => {
                let sets = at_once::map(&folders, path.at_once(), catalog::read);
                let sets = sets.into_iter().filter_map(|set| {
                    let warn = |error: StorageError| context.warn(&error.problem().message);
                    set.map_err(warn).ok().flatten()
                });
                let newest = sets
                    .filter_map(|set| Some((set.manifest.completed()?, set)))
                    .max_by_key(|(completed, _)| *completed);
                let newest = newest.map(|(_, set)| Subject::of_set(set));
                newest.ok_or_else(|| none_complete(path))
            }
        }
    }

    pub(super) fn of_set(set: SavedSet) -> Subject {
        Subject {
            path: set.folder.clone(),
            name: set.name.clone(),
            set: Some(set),
        }
    }

    /// Which one it is.
    pub(super) fn introduction(&self) -> String {
        let Some(SavedSet { manifest, .. }) = &self.set else {
            return format!("{}: a single zip", self.path);
        };
        let org = manifest.org.as_deref().map(printable);
        let org = org.map_or_else(String::new, |org| format!(" of organisation {org}"));
        let state = match (manifest.state, manifest.completed()) {
            (SetState::Complete, Some(at)) => format!("complete since {}", date(at)),
            (SetState::Complete, None) => "complete".to_owned(),
            (SetState::Incomplete, _) => "incomplete".to_owned(),
        };
        format!("{}{org}, {state}", self.path)
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        let incomplete = self.set.as_ref().filter(|_| !self.is_whole());
        let warning = incomplete.map(|set| {
            let files = &set.manifest.files;
            let saved = set.manifest.saved_files().count();
            format!(
                "{}: the set is incomplete: only {saved} of {} files are there to be looked at",
                self.name,
                files.len()
            )
        });
        warning.into_iter().collect()
    }

    /// All zips of the backup are there.
    pub(super) fn is_whole(&self) -> bool {
        let set = self.set.as_ref();
        set.is_some_and(|set| set.manifest.state == SetState::Complete)
    }

    /// What is in the folder of a set in a store, which is asked once for all of it.
    pub(super) fn listing(&self) -> Result<Option<Listing>, Problem> {
        let stored = self.set.as_ref().map(|set| &set.folder);
        let Some(folder) = stored.filter(|folder| folder.local().is_none()) else {
            return Ok(None);
        };
        let there = folder.listing();
        let there = there.map_err(|error| folder.failed("listing", error).problem())?;
        Ok(Some(there))
    }

    pub(super) fn zips(&self) -> Vec<ZipFile> {
        let Some(set) = &self.set else {
            let is_attachments = self.name.to_lowercase().starts_with("attachments");
            return vec![ZipFile {
                name: self.name.clone(),
                path: self.path.clone(),
                kind: is_attachments.then_some(FileKind::Attachments),
                size: None,
            }];
        };
        let files = set.manifest.saved_files();
        let files = files.map(|entry| ZipFile {
            name: entry.name.to_string(),
            path: set.folder.join(entry.name.as_str()),
            kind: Some(entry.kind),
            size: entry.size,
        });
        files.collect()
    }
}

/// The complete set of the same organisation that was saved last before this one, in the same folder.
pub(in crate::commands) fn previous(set: &SavedSet) -> Option<SavedSet> {
    let manifest = &set.manifest;
    let (out, completed) = (set.folder.parent()?, manifest.completed());
    let others = catalog::all(&out).filter_map(Result::ok);
    let others = others.filter(|other| {
        other.name != set.name && other.manifest.org == manifest.org && manifest.org.is_some()
    });
    let complete = others.filter_map(|other| Some((other.manifest.completed()?, other)));
    // One that is not complete comes after all that are.
    let before = complete.filter(|(at, _)| completed.is_none_or(|completed| *at < completed));
    let newest = before.max_by_key(|(at, _)| *at)?;
    Some(newest.1)
}

/// As the clock on the wall shows it.
pub(super) fn date(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Local);
    local.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn none_complete(path: &Location) -> Problem {
    let message = format!("{path}: none of the backups there is complete");
    Problem::new(Exit::Usage, "none_complete", message)
        .hint("name the folder of one to look at it all the same")
}
