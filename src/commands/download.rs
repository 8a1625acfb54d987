//! `download`: every file of the latest backup, verified, in its own folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;

use crate::backup::{Backup, BackupFile, FileName};
use crate::cli::{DownloadArgs, Global};
use crate::destination::{Folder, Lock};
use crate::download::engine::{self, Job, Outcome};
use crate::download::links::Links;
use crate::download::publish::Publisher;
use crate::download::stop::Stop;
use crate::download::{DownloadError, identity, plan};
use crate::error::Error;
use crate::event::{Event, Failure, Observer, Summary};
use crate::exit::Exit;
use crate::integrity::manifest::FileState;
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
    if let Some(time) = wishes.max_duration {
        end_after(time, stop.clone());
    }
    let listing = tokio::select! {
        listing = api.listing() => listing?,
        exit = stop.wait() => return Err(Error::Stopped(exit)),
    };
    let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
    let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
        if wishes.require_new {
            return Err(Error::NothingNew);
        }
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

/// `--max-duration`, counted from the start of the command.
fn end_after(time: Duration, stop: Stop) {
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        stop.request(Exit::TimeUp);
    });
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
    let wanted = chosen(wishes, backup);
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

fn chosen(wishes: &DownloadSettings, backup: &Backup) -> Vec<BackupFile> {
    let fits = |file: &&BackupFile| {
        let pattern = wishes.pattern.as_ref();
        wishes.only.is_none_or(|only| only == file.kind)
            && pattern.is_none_or(|pattern| pattern.matches(file.name.as_str()))
    };
    backup.files.iter().filter(fits).cloned().collect()
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
        let _lock = tokio::select! {
            lock = Lock::take(out.path(), self.wishes.wait_lock) => lock?,
            exit = self.stop.wait() => return Err(Error::Stopped(exit)),
        };
        let (folder, manifest) = tokio::select! {
            found = identity::folder_for(&out, self.backup, &self.api, self.observer.as_ref()) => found?,
            exit = self.stop.wait() => return Err(Error::Stopped(exit)),
        };
        let mut set = Set {
            publisher: Publisher::new(Arc::new(folder), manifest),
            links: Links::new(
                self.api.clone(),
                self.settings.client.trusted.clone(),
                self.backup.clone(),
            ),
            wanted: self.wanted.to_vec(),
            listed: self.backup.clone(),
        };
        let mut report = Report::nothing(set.publisher.folder().path(), started);
        loop {
            let outcome = self.fetch(&set, &mut report).await?;
            let fetched_any = outcome.fetched > 0;
            report.take_in(outcome);
            // The list may have been read before it was whole: what appeared meanwhile belongs to this set, too.
            if !fetched_any || self.stop.requested().is_some() || !self.list_again(&mut set).await?
            {
                break;
            }
        }
        report.close(&set, self.stop.requested());
        if self.wishes.require_new && report.tried.is_empty() && report.is_good() {
            report.ended_by = Some(Error::NothingNew.failure());
        }
        Ok(report)
    }

    /// One pass over the wanted files.
    async fn fetch(&self, set: &Set, report: &mut Report) -> Result<Outcome, Error> {
        let folder = set.publisher.folder();
        let to_fetch = plan::survey(folder, &set.publisher, &set.wanted, self.observer.as_ref())?;
        if plan::read_manifest(folder.path())?.as_ref() != Some(&*set.publisher.manifest()) {
            set.publisher.save()?;
        }
        let to_fetch: Vec<_> = to_fetch
            .into_iter()
            .filter(|(file, _)| !report.failed(&file.name))
            .collect();
        if to_fetch.is_empty() {
            return Ok(Outcome::default());
        }
        report
            .tried
            .extend(to_fetch.iter().map(|(file, _)| file.name.clone()));
        self.observer.event(Event::Start {
            org: set.listed.id.as_ref().map(|id| id.org.clone()),
            job: set.listed.id.as_ref().map(|id| id.job.clone()),
            folder: folder.path().to_owned(),
            files: to_fetch
                .iter()
                .map(|(file, _)| (file.name.clone(), file.kind))
                .collect(),
            already: set.wanted.len() - to_fetch.len(),
            expires: set.listed.expiry.as_ref().map(|expiry| expiry.at),
        });
        Ok(engine::run(Job {
            api: self.api.clone(),
            links: set.links.clone(),
            publisher: set.publisher.clone(),
            files: to_fetch,
            jobs: self.wishes.jobs,
            retry: self.settings.retry,
            limit_rate: self.wishes.limit_rate,
            ignore_expiry: self.wishes.ignore_expiry,
            observer: Arc::clone(&self.observer),
            stop: self.stop.clone(),
        })
        .await)
    }

    /// Reads the list once more. True: it has files that are new.
    async fn list_again(&self, set: &mut Set) -> Result<bool, Error> {
        let listed = tokio::select! {
            listed = set.links.ask() => listed,
            _ = self.stop.wait() => return Ok(false),
        };
        let listed = match listed {
            Ok(listed) => listed,
            Err(error) => {
                self.observer.event(Event::Warning {
                    name: None,
                    message: format!(
                        "the list of links could not be read again at the end: {error}"
                    ),
                });
                return Ok(false);
            }
        };
        set.publisher.manifest().take_in(&listed);
        set.links.take_in(listed.clone());
        set.wanted = chosen(self.wishes, &listed);
        let grown = listed
            .files
            .iter()
            .any(|file| !set.listed.files.iter().any(|known| known.name == file.name));
        set.listed = listed;
        Ok(grown)
    }
}

/// The set that a run works on. It may grow.
struct Set {
    publisher: Publisher,
    links: Links,
    wanted: Vec<BackupFile>,
    listed: Backup,
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
    kept: (usize, u64),
    /// The files that this run asked for.
    tried: Vec<FileName>,
    fetched_files: usize,
    failures: Vec<(FileName, Failure)>,
    ended_by: Option<Failure>,
}

impl Report {
    fn nothing(folder: &Path, started: Instant) -> Report {
        Report {
            folder: folder.to_owned(),
            started,
            verified: 0,
            missing: 0,
            corrupt: 0,
            bytes: 0,
            fetched: 0,
            kept: (0, 0),
            tried: Vec::new(),
            fetched_files: 0,
            failures: Vec::new(),
            ended_by: None,
        }
    }

    fn failed(&self, name: &FileName) -> bool {
        self.failures.iter().any(|(failed, _)| failed == name)
    }

    fn take_in(&mut self, outcome: Outcome) {
        let failures = outcome
            .failed
            .iter()
            .map(|(file, error)| (file.name.clone(), error.failure()));
        self.failures.extend(failures);
        self.fetched += outcome.fetched;
        self.kept = (outcome.kept_files, outcome.kept_bytes);
        self.ended_by = outcome.fatal.map(|error| error.failure());
    }

    /// Counts what the manifest vouches for, and says what is missing without a reason that is known yet.
    fn close(&mut self, set: &Set, stopped: Option<Exit>) {
        let manifest = set.publisher.manifest();
        let verified = |name: &FileName| {
            manifest
                .entry(name)
                .is_some_and(|entry| entry.state == FileState::Verified)
        };
        self.verified = manifest.count(FileState::Verified);
        self.missing = manifest.count(FileState::Missing);
        self.corrupt = manifest.count(FileState::Corrupt);
        self.bytes = manifest.verified_bytes();
        self.fetched_files = self.tried.iter().filter(|name| verified(name)).count();
        if let (Some(exit), None) = (stopped, &self.ended_by) {
            self.ended_by = Some(self.stopped(exit));
        }
        for name in plan::vanished(&manifest, &set.listed) {
            if !self.failed(&name) {
                self.failures
                    .push((name, DownloadError::Vanished.failure()));
            }
        }
        // Exit 0 is a promise. That it can't be kept without a failure being known would be a bug of ours, and must not
        // be green.
        let kept = set.wanted.iter().all(|file| verified(&file.name));
        if !kept && self.is_good() {
            let error = DownloadError::Unexpected("files are missing, and nothing says why".into());
            self.ended_by = Some(error.failure());
        }
    }

    /// Nothing went wrong as far as is known.
    fn is_good(&self) -> bool {
        self.failures.is_empty() && self.ended_by.is_none()
    }

    fn stopped(&self, exit: Exit) -> Failure {
        let (code, by) = match exit {
            Exit::TimeUp => ("time_up", "--max-duration is reached"),
            Exit::Interrupted => ("stopped", "stopped by SIGINT"),
            _ => ("stopped", "stopped by SIGTERM"),
        };
        Failure {
            exit,
            code,
            message: format!(
                "{by}: {} verified, and {} kept of {} that are not through",
                units::files(self.verified),
                units::size(self.kept.1),
                units::files(self.kept.0),
            ),
            hint: Some("run the same command again: it goes on where it stopped".into()),
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
