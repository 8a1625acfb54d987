//! What is verified, a set or a single zip, and what can be told of it before any data is read.

use std::collections::{HashMap, HashSet};
use std::io;

use crate::integrity::digest;
use crate::model::FileName;
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::store::manifest::{self, Entry, FileState, SetState};
use crate::store::names::{self, Role};
use crate::store::{self, Listing, Location, StorageError, publishing};
use crate::untrusted::printable;

use super::finding::{Finding, Kind};
use super::sums;

/// More names than this in one line help nobody.
const MOST_NAMES: usize = 5;

/// A set, or a zip that was named by itself.
pub(super) struct Subject {
    /// The folder of the set, or the zip.
    pub(super) path: Location,
    /// Of a set whose manifest can be read.
    pub(super) set: Option<SavedSet>,
    pub(super) is_zip: bool,
    /// It was named, and not found in a folder that was.
    pub(super) is_named: bool,
    /// It has no manifest any more, or not yet.
    pub(super) is_gone: bool,
    /// What is there to be read.
    pub(super) files: Vec<ToRead>,
    pub(super) findings: Vec<Finding>,
    pub(super) warnings: Vec<String>,
}

/// A file that is there, in the size that it should have.
pub(super) struct ToRead {
    /// In the folder of the set.
    pub(super) name: String,
    pub(super) path: Location,
    pub(super) size: u64,
    /// What the manifest says of it, if one does.
    pub(super) entry: Option<Entry>,
    /// What reading it showed, if it is sound; else there is a finding.
    pub(super) sound: Option<Sound>,
}

/// A file that was read and is sound.
#[derive(Default)]
pub(super) struct Sound {
    /// SHA-256, if all of it was read.
    pub(super) sha256: Option<String>,
    pub(super) entries: u64,
    /// Why not all of it can be tested. It is what was saved, and was accepted so.
    pub(super) untested: Option<String>,
    /// What is odd about it, and no reason to doubt the bytes.
    pub(super) warnings: Vec<String>,
}

impl Subject {
    fn new(path: &Location, is_named: bool) -> Subject {
        Subject {
            path: path.clone(),
            set: None,
            is_zip: false,
            is_named,
            is_gone: false,
            files: Vec::new(),
            findings: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Looks at the folder of a set.
    ///
    /// # Errors
    /// Its manifest is of a later version of this program.
    pub(super) fn set(path: &Location, is_named: bool) -> Result<Subject, Problem> {
        let mut subject = Subject::new(path, is_named);
        // The manifest comes first: who writes meanwhile writes it last.
        let set = catalog::read(path);
        let list = path.join(manifest::SUMS_NAME).read(manifest::LARGEST);
        let there = match path.listing() {
            Ok(there) => there,
            Err(error) => {
                subject.findings.push(Finding::unreadable(path, &error));
                return Ok(subject);
            }
        };
        match set {
            Ok(None) => subject.look_for_manifest(list, &there),
            Ok(Some(set)) => {
                let names = subject.names(&there);
                subject.look_at_files(&set, &there);
                let unfinished = subject.look_at_names(&set, &names);
                subject.look_at_sums(&set, list, &unfinished);
                subject.look_at_state(&set);
                subject.set = Some(set);
            }
            Err(error) => subject.refuse(&error, list)?,
        }
        Ok(subject)
    }

    /// Looks at a zip, and at the manifest beside it, if that knows it.
    pub(super) fn zip(path: &Location) -> Subject {
        let mut subject = Subject::new(path, true);
        subject.is_zip = true;
        let name = path.name();
        let set = FileName::parse(&name).ok().and_then(|name| {
            let set = catalog::read(&path.parent()?).transpose()?;
            Some((name, set))
        });
        let entry = match &set {
            Some((name, Ok(set))) => {
                let entry = set.manifest.saved(name).cloned();
                if entry.is_none() {
                    subject.warnings.push(format!(
                        "{path}: the manifest beside it does not know it: only the zip itself was checked"
                    ));
                }
                entry
            }
            Some((_, Err(error))) => {
                subject.warnings.push(format!(
                    "{error}: so nothing is known of the zip but itself"
                ));
                None
            }
            None => None,
        };
        subject.look_at_file(&name, path, path.look(), entry);
        subject
    }

    /// What is known of a set is damaged.
    fn refuse(
        &mut self,
        error: &StorageError,
        list: io::Result<Option<Vec<u8>>>,
    ) -> Result<(), Problem> {
        let problem = error.problem();
        let kind = match error {
            StorageError::ManifestDamaged(_) => Kind::ManifestDamaged,
            StorageError::Other(later) if later.code == "manifest_too_new" => {
                // Unless the list of digests shows that it was written by no later version, but is damaged.
                if !self.contradicts_manifest(list) {
                    return Err(problem);
                }
                Kind::ManifestDamaged
            }
            _ => Kind::Unreadable,
        };
        let message = match kind {
            Kind::ManifestDamaged => format!("{}; its files were not read", problem.message),
            _ => problem.message,
        };
        let finding = match (kind, &self.path) {
            (Kind::Unreadable, Location::Object(_)) => Finding::of_store(error.problem()),
            _ => Finding::told(kind, &self.path, message),
        };
        self.findings.push(finding.of(manifest::NAME));
        Ok(())
    }

    /// There is none. What has digests had one, unless it is the very first that a download is about to write.
    fn look_for_manifest(&mut self, list: io::Result<Option<Vec<u8>>>, there: &Listing) {
        let names = self.names(there);
        if let (Location::Object(_), Err(error)) = (&self.path, &list) {
            let path = self.path.join(manifest::SUMS_NAME);
            self.findings.push(Finding::unreadable(&path, error));
            return;
        }
        let is_journal = |name: &String| name.ends_with(".journal");
        let has_digests = list.is_ok_and(|list| list.is_some_and(|list| !list.is_empty()));
        if !has_digests || names.iter().any(is_journal) || self.is_being_written() {
            self.findings.clear();
            self.is_gone = true;
            return;
        }
        let what = "missing: nothing vouches for the files beside it any more";
        let finding = Finding::new(Kind::Missing, &self.path.join(manifest::NAME), what);
        self.findings.push(finding.of(manifest::NAME));
    }

    /// Whether the list of digests was written for another manifest.
    pub(super) fn contradicts_manifest(&self, list: io::Result<Option<Vec<u8>>>) -> bool {
        let list = list.ok().flatten().unwrap_or_default();
        let list = String::from_utf8_lossy(&list);
        let end = format!("  {}", manifest::NAME);
        let told = list.lines().find_map(|line| line.strip_suffix(&end));
        let path = self.path.join(manifest::NAME);
        let content = path.read(manifest::LARGEST).ok().flatten();
        told.zip(content)
            .is_some_and(|(told, content)| told != digest::of(&content))
    }

    /// A run that writes to a store leaves no journal there, and the list of digests comes before the manifest.
    fn is_being_written(&self) -> bool {
        let out = self.path.parent().filter(|out| out.local().is_none());
        out.is_some_and(|out| out.is_locked().unwrap_or(false))
    }

    fn look_at_files(&mut self, set: &SavedSet, there: &Listing) {
        for entry in set.manifest.files.iter().filter(|entry| entry.is_saved()) {
            let name = entry.name.as_str();
            let path = self.path.join(name);
            self.look_at_file(name, &path, there.look(name), Some(entry.clone()));
        }
    }

    fn look_at_file(
        &mut self,
        name: &str,
        path: &Location,
        there: io::Result<store::Kind>,
        entry: Option<Entry>,
    ) {
        let mut found = |kind, what: &str| {
            self.findings.push(Finding::new(kind, path, what).of(name));
        };
        let size = match there {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return found(Kind::Missing, "missing");
            }
            Err(error) => {
                self.findings
                    .push(Finding::unreadable(path, &error).of(name));
                return;
            }
            Ok(store::Kind::Link) => {
                return found(
                    Kind::Unreadable,
                    "a symbolic link has its name, and is not followed",
                );
            }
            Ok(store::Kind::Folder | store::Kind::Other) => {
                return found(
                    Kind::Unreadable,
                    "something that is not a file has its name",
                );
            }
            Ok(store::Kind::File { size }) => size,
        };
        let expected = entry.as_ref().and_then(|entry| entry.size);
        if let Some(expected) = expected.filter(|expected| *expected != size) {
            return found(
                Kind::Size,
                &format!("has {size} bytes, the manifest says {expected}"),
            );
        }
        self.files.push(ToRead {
            name: printable(name),
            path: path.clone(),
            size,
            entry,
            sound: None,
        });
    }

    /// The names in the folder. That they can't be read is a finding.
    fn names(&mut self, there: &Listing) -> Vec<String> {
        there.names().unwrap_or_else(|error| {
            let what = format!("the folder can't be read: {error}");
            self.findings
                .push(Finding::new(Kind::Unreadable, &self.path, &what));
            Vec::new()
        })
    }

    /// What is there and should not be. Gives back what a download has not noted in the manifest yet.
    fn look_at_names(&mut self, set: &SavedSet, names: &[String]) -> HashSet<FileName> {
        let known: HashSet<_> = names.iter().collect();
        let (mut foreign, mut unfinished) = (Vec::new(), HashSet::new());
        let noted = match &self.path {
            Location::Local(folder) => publishing::noted(folder).unwrap_or_default(),
            Location::Object(_) => HashMap::new(),
        };
        let is_unfinished = |name: &FileName| {
            // What can't be looked at is said to be strange, for nobody vouches for it.
            let is_marked = || self.path.join(name.as_str()).is_marked().unwrap_or(false);
            known.contains(&names::journal(name)) || noted.contains_key(name) || is_marked()
        };
        for name in names {
            let text = name;
            match names::role(text) {
                Role::Record | Role::Beside => {}
                Role::Final(name) if set.manifest.saved(&name).is_some() => {}
                Role::Final(name) if is_unfinished(&name) => {
                    self.warnings.push(format!(
                        "{}: not verified, because no download has noted it in the manifest yet",
                        self.path.join(name.as_str())
                    ));
                    unfinished.insert(name);
                }
                Role::Final(_) | Role::Foreign if is_zip(text) => {
                    let what = "a zip that the manifest does not know";
                    let path = self.path.join(&printable(text));
                    let finding = Finding::new(Kind::Extra, &path, what);
                    self.findings.push(finding.of(&printable(text)));
                }
                Role::Final(_) | Role::Foreign => foreign.push(printable(text)),
            }
        }
        if !foreign.is_empty() {
            foreign.sort();
            let what = format!("not part of the backup: {}", listed(&foreign));
            self.warnings.push(format!("{}: {what}", self.path));
        }
        unfinished
    }

    fn look_at_sums(
        &mut self,
        set: &SavedSet,
        list: io::Result<Option<Vec<u8>>>,
        unfinished: &HashSet<FileName>,
    ) {
        let path = self.path.join(manifest::SUMS_NAME);
        let mut found = |finding: Finding| self.findings.push(finding.of(manifest::SUMS_NAME));
        let list = match list {
            Ok(Some(list)) => list,
            Ok(None) => return found(Finding::new(Kind::Sums, &path, "missing")),
            Err(error) => return found(Finding::unreadable(&path, &error)),
        };
        let list = String::from_utf8_lossy(&list);
        let difference = sums::difference(set, &list, |name| unfinished.contains(name));
        let Some(difference) = difference else {
            return;
        };
        let what = format!("does not agree with manifest.json: {difference}");
        if self.path.local().is_none() && !unfinished.is_empty() {
            // In a store it is written first.
            self.warnings
                .push(format!("{path}: {what}; no download has finished yet"));
        } else {
            found(Finding::new(Kind::Sums, &path, &what));
        }
    }

    /// That not all of it was ever saved; whether that matters depends on the sets beside it.
    fn look_at_state(&mut self, set: &SavedSet) {
        let files = set.manifest.files.iter();
        let missing: Vec<String> = files
            .filter(|file| !file.is_saved())
            .map(|file| format!("{} ({})", file.name, word(file.state)))
            .collect();
        let what = match (missing.len(), set.manifest.state) {
            (0, SetState::Complete) => return,
            (0, SetState::Incomplete) => "incomplete: its files are not of one backup".to_owned(),
            (count, _) => format!(
                "incomplete: {count} of {} files are not saved: {}",
                set.manifest.files.len(),
                listed(&missing)
            ),
        };
        self.findings
            .push(Finding::new(Kind::Incomplete, &self.path, &what));
    }

    /// That it is not complete is no more than a warning, for this reason.
    pub(super) fn excuse(&mut self, why: &str) {
        let (incomplete, others) = std::mem::take(&mut self.findings)
            .into_iter()
            .partition(|finding: &Finding| finding.kind == Kind::Incomplete);
        self.findings = others;
        let messages = incomplete.into_iter().map(|finding| finding.message);
        self.warnings
            .extend(messages.map(|message| format!("{message}; {why}")));
    }

    /// Whether all of it was saved.
    pub(super) fn is_complete(&self) -> bool {
        let set = self.set.as_ref().map(|set| &set.manifest);
        set.is_some_and(|set| {
            set.state == SetState::Complete && set.files.iter().all(Entry::is_saved)
        })
    }
}

/// By its name, in any case: not every zip has a name that a backup could have.
fn is_zip(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".zip")
}

fn word(state: FileState) -> &'static str {
    match state {
        FileState::Verified => "verified",
        FileState::Missing => "missing",
        FileState::Corrupt => "corrupt",
        FileState::Unverified => "unverified",
    }
}

/// The first of them.
pub(super) fn listed(names: &[String]) -> String {
    let shown = &names[..names.len().min(MOST_NAMES)];
    let list = shown.join(", ");
    match names.len() - shown.len() {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}
