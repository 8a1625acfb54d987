//! How a download went, on its way to the closing words and the exit code.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::download::Set;
use crate::download::run::Outcome;
use crate::download::{plan, vanished};
use crate::event::Summary;
use crate::exit::Exit;
use crate::model::FileName;
use crate::output::units;
use crate::problem::{self, Problem};
use crate::store::manifest::{FileState, Manifest};

/// How a run went, on its way to the closing words.
pub(super) struct Report {
    pub(super) folder: PathBuf,
    pub(super) started: Instant,
    pub(super) verified: usize,
    pub(super) missing: usize,
    pub(super) not_selected: usize,
    pub(super) corrupt: usize,
    pub(super) unverified: usize,
    pub(super) bytes: u64,
    pub(super) fetched: u64,
    pub(super) kept: (usize, u64),
    /// The files that this run asked for.
    pub(super) tried: Vec<FileName>,
    pub(super) fetched_files: usize,
    pub(super) failures: Vec<(FileName, Problem)>,
    pub(super) ended_by: Option<Problem>,
}

impl Report {
    pub(super) fn nothing(folder: &Path, started: Instant) -> Report {
        Report {
            folder: folder.to_owned(),
            started,
            verified: 0,
            missing: 0,
            not_selected: 0,
            corrupt: 0,
            unverified: 0,
            bytes: 0,
            fetched: 0,
            kept: (0, 0),
            tried: Vec::new(),
            fetched_files: 0,
            failures: Vec::new(),
            ended_by: None,
        }
    }

    pub(super) fn failed(&self, name: &FileName) -> bool {
        self.failures.iter().any(|(failed, _)| failed == name)
    }

    pub(super) fn take_in(&mut self, outcome: Outcome) {
        let failures = outcome
            .failed
            .iter()
            .map(|(file, error)| (file.name.clone(), error.problem()));
        self.failures.extend(failures);
        self.fetched += outcome.fetched;
        self.kept = (outcome.kept_files, outcome.kept_bytes);
        self.ended_by = outcome.fatal.map(|error| error.problem());
    }

    /// Counts what the manifest vouches for, and says what is missing without a reason that is known yet.
    pub(super) fn close(&mut self, set: &Set, stopped: Option<Exit>) {
        let manifest = set.publisher.manifest();
        let saved = |name: &FileName| manifest.saved(name).is_some();
        self.verified = manifest.count(FileState::Verified);
        self.not_selected = not_selected(set, &manifest);
        self.missing = manifest.count(FileState::Missing) - self.not_selected;
        self.corrupt = manifest.count(FileState::Corrupt);
        self.unverified = manifest.count(FileState::Unverified);
        self.bytes = manifest.saved_bytes();
        self.fetched_files = self.tried.iter().filter(|name| saved(name)).count();
        if let (Some(exit), None) = (stopped, &self.ended_by) {
            self.ended_by = Some(self.stopped(exit));
        }
        for name in plan::vanished(&manifest, &set.listed) {
            if !self.failed(&name) {
                self.failures.push((name, vanished()));
            }
        }
        // Exit 0 is a promise. That it can't be kept without a failure being known would be a bug of ours, and must not
        // be green.
        let kept = set.wanted.iter().all(|file| saved(&file.name));
        if !kept && self.is_good() {
            self.ended_by = Some(problem::unexpected(
                "files are missing for an unknown reason",
            ));
        }
    }

    /// Nothing went wrong as far as is known.
    pub(super) fn is_good(&self) -> bool {
        self.failures.is_empty() && self.ended_by.is_none()
    }

    fn stopped(&self, exit: Exit) -> Problem {
        let by = problem::stopped(exit).message;
        let verified = units::files(self.verified);
        let message = if self.missing + self.corrupt + self.unverified == 0 {
            format!("{by}: {verified} verified, nothing is missing; the list was not read again")
        } else if self.kept.0 == 0 {
            format!("{by}: {verified} verified")
        } else {
            format!(
                "{by}: {verified} verified, {} of {} in progress kept",
                units::size(self.kept.1),
                units::files(self.kept.0),
            )
        };
        Problem {
            message,
            hint: Some("run the same command again: it resumes where it stopped".into()),
            ..problem::stopped(exit)
        }
    }

    pub(super) fn summary(self) -> Summary {
        let exit = self
            .failures
            .iter()
            .map(|(_, failure)| failure.exit)
            .chain(self.ended_by.as_ref().map(|failure| failure.exit))
            .fold(Exit::Done, Exit::worst);
        Summary {
            folder: self.folder,
            verified: self.verified,
            missing: self.missing,
            not_selected: self.not_selected,
            corrupt: self.corrupt,
            unverified: self.unverified,
            bytes: self.bytes,
            fetched_bytes: self.fetched,
            fetched_files: self.fetched_files,
            kept: self.kept,
            took: self.started.elapsed(),
            failures: self.failures,
            ended_by: self.ended_by,
            exit,
        }
    }
}

/// How many files of the list are not there because nobody asked for them.
fn not_selected(set: &Set, manifest: &Manifest) -> usize {
    let wanted: HashSet<&FileName> = set.wanted.iter().map(|file| &file.name).collect();
    let listed: HashSet<&FileName> = set.listed.files.iter().map(|file| &file.name).collect();
    let left_out = manifest.files.iter().filter(|entry| {
        entry.state == FileState::Missing
            && listed.contains(&entry.name)
            && !wanted.contains(&entry.name)
    });
    left_out.count()
}
