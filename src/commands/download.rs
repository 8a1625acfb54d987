//! `download`: every file of the latest backup, verified, in its own folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;

use crate::backup::{Backup, BackupFile};
use crate::cli::{DownloadArgs, Global};
use crate::destination::{Folder, Lock};
use crate::download::engine::{self, Job, Outcome};
use crate::download::links::Links;
use crate::download::publish::Publisher;
use crate::download::stop::Stop;
use crate::download::{DownloadError, plan};
use crate::error::Error;
use crate::event::{Event, Failure, Observer, Summary};
use crate::exit::Exit;
use crate::integrity::manifest::{FileState, Manifest, SetState};
use crate::settings::{DownloadSettings, Settings, SettingsError};
use crate::terminal::{Terminal, units};
use crate::zoho::ZohoApi;

/// See the module's front page.
pub(super) async fn download(
    global: &Global,
    args: &DownloadArgs,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let started = Instant::now();
    let sources = super::sources(global)?;
    let settings = sources.settings()?;
    let wishes = sources.download(args)?;
    let observer = terminal.observer();
    let api = super::connect(&settings, &observer)?;
    let stop = Stop::default();
    super::signals::watch(stop.clone());
    let listing = tokio::select! {
        listing = api.listing() => listing?,
        exit = stop.wait() => return Err(Error::Stopped(exit)),
    };
    let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
    let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
        terminal.note("no backup to fetch: Zoho lists no links (none was requested, none is ready yet, or they expired)");
        return close(terminal, &Report::nothing(&wishes.out, started).summary());
    };
    check(&settings, &wishes, &backup, terminal)?;
    let wanted = select(&wishes, &backup)?;
    if wishes.dry_run {
        return dry_run(&wishes, &backup, &wanted, terminal, started);
    }
    let run = Run {
        settings: &settings,
        wishes: &wishes,
        backup: &backup,
        wanted: &wanted,
        api,
        observer,
        stop,
    };
    let report = run.go(started).await?;
    close(terminal, &report.summary())
}

/// Everything that can be refused before anything is created or fetched.
fn check(
    settings: &Settings,
    wishes: &DownloadSettings,
    backup: &Backup,
    terminal: &Terminal,
) -> Result<(), Error> {
    super::check_organisation(settings, backup.id.as_ref().map(|id| id.org.as_str()))?;
    super::check_hosts(settings, backup)?;
    match &backup.expiry {
        Some(expiry) if expiry.is_past(Utc::now()) => {
            if !wishes.ignore_expiry {
                return Err(super::expired(expiry));
            }
            terminal.warning(
                None,
                &format!(
                    "the links expired on {}; they are tried all the same",
                    expiry.text
                ),
            );
        }
        Some(_) => {}
        None => terminal.warning(None, "Zoho does not say when the links expire"),
    }
    if backup.id.is_none() {
        terminal.warning(
            None,
            &format!("the links carry no organisation and job id; the folder is named after the links: {}", backup.folder_name()),
        );
    }
    Ok(())
}

/// The files that were asked for. That none is left is a mistake, not a good end.
fn select(wishes: &DownloadSettings, backup: &Backup) -> Result<Vec<BackupFile>, Error> {
    let wanted: Vec<BackupFile> = backup
        .files
        .iter()
        .filter(|file| wishes.only.is_none_or(|only| only == file.kind))
        .filter(|file| {
            wishes
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.matches(file.name.as_str()))
        })
        .cloned()
        .collect();
    if wanted.is_empty() {
        let names: Vec<&str> = backup
            .files
            .iter()
            .take(5)
            .map(|file| file.name.as_str())
            .collect();
        return Err(SettingsError::new(
            format!(
                "none of the {} of the backup is selected by --only or --match",
                units::files(backup.files.len())
            ),
            format!("the files are named like {}", names.join(", ")),
        )
        .into());
    }
    Ok(wanted)
}

/// What a run would fetch; creates nothing.
fn dry_run(
    wishes: &DownloadSettings,
    backup: &Backup,
    wanted: &[BackupFile],
    terminal: &Terminal,
    started: Instant,
) -> Result<Exit, Error> {
    let path = wishes.out.join(backup.folder_name());
    let manifest = if path.is_dir() {
        plan::read_manifest(&path)?
    } else {
        None
    };
    let is_saved = |file: &BackupFile| {
        let entry = manifest
            .as_ref()
            .and_then(|manifest| manifest.entry(&file.name));
        entry.is_some_and(|entry| entry.state == FileState::Verified)
            && path.join(file.name.as_str()).is_file()
    };
    let missing: Vec<&BackupFile> = wanted.iter().filter(|file| !is_saved(file)).collect();
    for file in &missing {
        terminal
            .dry_run(&file.name, file.kind)
            .map_err(Error::Output)?;
    }
    terminal.note(&format!(
        "{} would be fetched into {}, {} there already; nothing was created",
        units::files(missing.len()),
        path.display(),
        units::files(wanted.len() - missing.len()),
    ));
    let report = Report {
        verified: backup.files.iter().filter(|file| is_saved(file)).count(),
        missing: backup.files.iter().filter(|file| !is_saved(file)).count(),
        ..Report::nothing(&path, started)
    };
    terminal
        .summary_event(&report.summary())
        .map_err(Error::Output)?;
    Ok(Exit::Done)
}

/// All that a run needs, checked.
struct Run<'a> {
    settings: &'a Settings,
    wishes: &'a DownloadSettings,
    backup: &'a Backup,
    wanted: &'a [BackupFile],
    api: ZohoApi,
    observer: Arc<dyn Observer>,
    stop: Stop,
}

impl Run<'_> {
    async fn go(&self, started: Instant) -> Result<Report, Error> {
        let out = Folder::create(&self.wishes.out)?;
        let _lock = Lock::take(out.path())?;
        let folder = Arc::new(out.subfolder(&self.backup.folder_name())?);
        let manifest = self.manifest(&folder)?;
        let was_complete = manifest.state == SetState::Complete;
        let publisher = Publisher::new(Arc::clone(&folder), manifest);
        let to_fetch = plan::survey(&folder, &publisher, self.wanted, self.observer.as_ref())?;
        if !was_complete || !to_fetch.is_empty() {
            publisher.save()?;
        }
        self.observer.event(Event::Start {
            org: self.backup.id.as_ref().map(|id| id.org.clone()),
            job: self.backup.id.as_ref().map(|id| id.job.clone()),
            folder: folder.path().to_owned(),
            files: to_fetch
                .iter()
                .map(|(file, _)| (file.name.clone(), file.kind))
                .collect(),
            already: self.wanted.len() - to_fetch.len(),
            expires: self.backup.expiry.as_ref().map(|expiry| expiry.at),
        });
        let names: Vec<_> = to_fetch.iter().map(|(file, _)| file.name.clone()).collect();
        let outcome = if to_fetch.is_empty() {
            Outcome::default()
        } else {
            engine::run(Job {
                api: self.api.clone(),
                links: Links::new(
                    self.api.clone(),
                    self.settings.client.trusted.clone(),
                    self.backup.clone(),
                ),
                folder: Arc::clone(&folder),
                publisher: publisher.clone(),
                files: to_fetch,
                jobs: self.wishes.jobs,
                retry: self.settings.retry,
                ignore_expiry: self.wishes.ignore_expiry,
                observer: Arc::clone(&self.observer),
                stop: self.stop.clone(),
            })
            .await
        };
        let manifest = publisher.manifest().clone();
        let verified = |name: &_| {
            manifest
                .entry(name)
                .is_some_and(|entry| entry.state == FileState::Verified)
        };
        let mut report = Report {
            folder: folder.path().to_owned(),
            started,
            verified: manifest.count(FileState::Verified),
            missing: manifest.count(FileState::Missing),
            corrupt: manifest.count(FileState::Corrupt),
            bytes: manifest.verified_bytes(),
            fetched: outcome.fetched,
            fetched_files: names.iter().filter(|name| verified(name)).count(),
            failures: Vec::new(),
            ended_by: None,
        };
        report.take_in(outcome, self.stop.requested());
        for name in plan::vanished(&manifest, self.backup) {
            report
                .failures
                .push((name, DownloadError::Vanished.failure()));
        }
        report.hold_to_promise(self.wanted.iter().all(|file| verified(&file.name)));
        Ok(report)
    }

    /// What is known of the folder, with the list of links taken over.
    fn manifest(&self, folder: &Folder) -> Result<Manifest, Error> {
        let Some(mut manifest) = plan::read_manifest(folder.path())? else {
            return Ok(Manifest::new(self.backup, Utc::now()));
        };
        let expiry = self
            .backup
            .expiry
            .as_ref()
            .map(|expiry| expiry.text.as_str());
        if manifest.expiry_date.as_deref() != expiry {
            return Err(DownloadError::OtherSet {
                path: folder.path().display().to_string(),
                reason: format!(
                    "its links expired on {}, these expire on {}",
                    manifest.expiry_date.as_deref().unwrap_or("an unknown date"),
                    expiry.unwrap_or("an unknown date")
                ),
            }
            .into());
        }
        manifest.take_in(self.backup);
        Ok(manifest)
    }
}

/// How a run went, on its way to the closing words.
struct Report {
    folder: PathBuf,
    started: Instant,
    verified: usize,
    missing: usize,
    corrupt: usize,
    bytes: u64,
    fetched: u64,
    fetched_files: usize,
    failures: Vec<(crate::backup::FileName, Failure)>,
    ended_by: Option<Failure>,
}

impl Report {
    fn nothing(folder: &std::path::Path, started: Instant) -> Report {
        Report {
            folder: folder.to_owned(),
            started,
            verified: 0,
            missing: 0,
            corrupt: 0,
            bytes: 0,
            fetched: 0,
            fetched_files: 0,
            failures: Vec::new(),
            ended_by: None,
        }
    }

    fn take_in(&mut self, outcome: Outcome, stopped: Option<Exit>) {
        self.failures.extend(
            outcome
                .failed
                .iter()
                .map(|(file, error)| (file.name.clone(), error.failure())),
        );
        self.ended_by = match (outcome.fatal, stopped) {
            (Some(error), _) => Some(error.failure()),
            (None, Some(exit)) => Some(Failure {
                exit,
                code: "stopped",
                message: format!(
                    "{}: {} verified, {} of {} that is unfinished kept",
                    if exit == Exit::Interrupted {
                        "stopped by SIGINT"
                    } else {
                        "stopped by SIGTERM"
                    },
                    units::files(self.verified),
                    units::size(outcome.kept_bytes),
                    units::files(outcome.kept_files),
                ),
                hint: Some("run the same command again: it goes on where it stopped".into()),
            }),
            (None, None) => None,
        };
    }

    /// Exit 0 is a promise. That it can't be kept without any failure being known would be a bug of ours, and must not
    /// be green.
    fn hold_to_promise(&mut self, all_verified: bool) {
        if !all_verified && self.failures.is_empty() && self.ended_by.is_none() {
            self.ended_by = Some(
                DownloadError::Unexpected("files are missing, and nothing says why".into())
                    .failure(),
            );
        }
    }

    fn summary(self) -> Summary {
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
            corrupt: self.corrupt,
            bytes: self.bytes,
            fetched_bytes: self.fetched,
            fetched_files: self.fetched_files,
            took: self.started.elapsed(),
            failures: self.failures,
            ended_by: self.ended_by,
            exit,
        }
    }
}

fn close(terminal: &Terminal, summary: &Summary) -> Result<Exit, Error> {
    terminal.summary(summary).map_err(Error::Output)?;
    Ok(summary.exit)
}
