//! How a download went, on its way to the closing words and the exit code.

use std::collections::HashSet;
use std::time::Instant;

use crate::commands::context::readings;
use crate::commands::fault::{Fault, repair};
use crate::contents::Contents;
use crate::download::run::RunResult;
use crate::download::{survey, vanished};
use crate::event::Already;
use crate::exit::Exit;
use crate::model::{Backup, BackupFile, FileName};
use crate::output::{Counts, Summary, units, verified};
use crate::problem::{self, Problem};
use crate::store::Location;
use crate::store::manifest::{Entry, FileState, Manifest};
use crate::store::readings::SetReadings;

use super::room::with_staging;
use super::setup::Setup;

pub(super) struct Report {
    started: Instant,
    /// The files that this run asked for.
    pub(super) tried: Vec<FileName>,
    readings: SetReadings,
    summary: Summary,
}

impl Report {
    /// Of a run that did nothing yet.
    pub(super) fn new(folder: &Location, setup: &Setup<'_>) -> Report {
        Report {
            started: setup.started,
            tried: Vec::new(),
            readings: readings().of(folder),
            summary: Summary {
                folder: folder.clone(),
                ..Summary::default()
            },
        }
    }

    pub(super) fn failed(&mut self, name: FileName, problem: Problem) {
        self.summary.failures.push((name, problem));
    }

    pub(super) fn has_failed(&self, name: &FileName) -> bool {
        self.summary
            .failures
            .iter()
            .any(|(failed, _)| failed == name)
    }

    /// The run as a whole ends because of this; the first reason counts.
    pub(super) fn ended_by(&mut self, problem: Problem) {
        let problem = with_staging(&self.summary.folder, problem);
        self.summary.ended_by.get_or_insert(problem);
    }

    /// This run vouches for nothing of what is there. That is more than that somebody stopped it.
    pub(super) fn not_committed(&mut self, problem: Problem) {
        let summary = &mut self.summary;
        summary.is_unfinished = matches!(summary.folder, Location::Object(_));
        let is_stopped = |before: &Problem| before.exit.is_stop();
        if summary.ended_by.as_ref().is_none_or(is_stopped) {
            summary.ended_by = Some(problem);
        }
    }

    pub(super) fn holds(&mut self, contents: Contents) {
        self.summary.contents = Some(contents);
    }

    /// Nothing went wrong as far as is known.
    pub(super) fn is_good(&self) -> bool {
        self.summary.failures.is_empty() && self.summary.ended_by.is_none()
    }

    pub(super) fn take_in(&mut self, outcome: RunResult) {
        for (name, problem) in outcome.failed {
            self.failed(name, problem);
        }
        self.summary.fetched_bytes += outcome.fetched;
        self.summary.kept = (outcome.kept_files, outcome.kept_bytes);
        if let Some(problem) = outcome.ended_by {
            self.ended_by(problem);
        }
    }

    pub(super) fn count_dry_run(&mut self, already: Already, missing: usize, listed: usize) {
        self.summary.files = Counts {
            verified: already.files,
            missing,
            not_selected: listed - already.files - missing,
            ..Counts::default()
        };
        self.summary.already = already;
    }

    /// That files are damaged which are there, and which no run of this command reads.
    pub(super) fn damage(&self, manifest: &Manifest) -> Option<String> {
        let fault = Fault::damaged(manifest, &self.readings)?;
        Some(format!("{fault}; {}", repair(&self.summary.folder)))
    }

    /// What is known of files that are there, and that this run has not read.
    pub(super) fn already<'a>(
        &self,
        manifest: &Manifest,
        files: impl Iterator<Item = &'a Entry> + Clone,
    ) -> Already {
        Already {
            files: files.clone().count(),
            verified_at: manifest.verified_since(files, &self.readings),
        }
    }

    /// Counts what the manifest vouches for, and says what is missing without a reason that is known yet.
    pub(super) fn close(
        &mut self,
        manifest: &Manifest,
        listed: &Backup,
        selected: &[BackupFile],
        stopped: Option<Exit>,
    ) {
        let is_saved = |name: &FileName| manifest.saved(name).is_some();
        let left_out = not_selected(manifest, listed, selected);
        let verified = manifest.files.iter();
        let verified = verified.filter(|entry| entry.state == FileState::Verified);
        let already = self.already(manifest, verified.filter(|entry| !entry.is_fresh));
        let summary = &mut self.summary;
        summary.files = Counts {
            verified: manifest.count(FileState::Verified),
            missing: manifest.count(FileState::Missing) - left_out,
            corrupt: manifest.count(FileState::Corrupt),
            unverified: manifest.count(FileState::Unverified),
            not_selected: left_out,
        };
        summary.already = already;
        summary.bytes = manifest.saved_bytes();
        summary.completed = manifest.completed();
        summary.fetched_files = self.tried.iter().filter(|name| is_saved(name)).count();
        if let Some(by) = stopped {
            self.ended_by(self.stopped(by));
        }
        for name in survey::vanished(manifest, listed) {
            if !self.has_failed(&name) {
                self.failed(name, vanished());
            }
        }
        // Exit 0 is a promise. That it can't be kept without a failure being known would be a bug of ours, and must not
        // be green.
        if self.is_good() && !selected.iter().all(|file| is_saved(&file.name)) {
            self.ended_by(problem::unexpected(
                "files are missing for an unknown reason",
            ));
        }
    }

    fn stopped(&self, by: Exit) -> Problem {
        let summary = &self.summary;
        let problem = problem::stopped(by);
        let files = summary.files;
        let verified = verified(files.verified, None, &summary.already);
        let what = if files.missing + files.corrupt + files.unverified == 0 {
            format!("{verified}, nothing is missing; the list was not read again")
        } else if summary.kept.0 == 0 {
            verified
        } else {
            format!(
                "{verified}, {} of {} in progress kept",
                units::size(summary.kept.1),
                units::files(summary.kept.0),
            )
        };
        Problem {
            message: format!("{}: {what}", problem.message),
            ..problem
        }
        .hint("run the same command again: it resumes where it stopped")
    }

    pub(super) fn summary(mut self) -> Summary {
        let summary = &mut self.summary;
        let failures = summary.failures.iter().map(|(_, problem)| problem.exit);
        let ended_by = summary.ended_by.iter().map(|problem| problem.exit);
        summary.exit = failures.chain(ended_by).fold(Exit::Done, Exit::worst);
        summary.took = self.started.elapsed();
        self.summary
    }
}

/// How many files of the list are not there because nobody asked for them.
fn not_selected(manifest: &Manifest, listed: &Backup, selected: &[BackupFile]) -> usize {
    let selected: HashSet<&FileName> = selected.iter().map(|file| &file.name).collect();
    let listed: HashSet<&FileName> = listed.files.iter().map(|file| &file.name).collect();
    let left_out = manifest.files.iter().filter(|entry| {
        entry.state == FileState::Missing
            && listed.contains(&entry.name)
            && !selected.contains(&entry.name)
    });
    left_out.count()
}
