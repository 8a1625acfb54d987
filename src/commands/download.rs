//! `download`: every file of the latest backup, verified, in its own folder.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::profiles::Turn;
use super::report::Report;
use super::request::Asking;
use super::sizes::{self, Sizes};
use super::wait::Wait;
use crate::cli::{DownloadArgs, LockMode};
use crate::download::identity::Place;
use crate::download::links::Links;
use crate::download::plan::Leftover;
use crate::download::publisher::Publisher;
use crate::download::run::{self, Job, Outcome};
use crate::download::stop::Stop;
use crate::download::{DownloadError, identity, plan, rebuild};
use crate::event::{Event, Kept, Observer, Summary};
use crate::exit::Exit;
use crate::model::{Backup, BackupFile, Expiry, FileName, Listing};
use crate::output::{Terminal, units};
use crate::problem::{self, Problem};
use crate::settings::{DownloadSettings, Settings, SettingsError, selects};
use crate::store::{Folder, Lock, Prospect, StorageError, check_folder};
use crate::untrusted::printable;
use crate::zoho::ZohoApi;

/// See the module's front page.
pub(super) async fn download(
    turn: &Turn,
    args: &DownloadArgs,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let sources = super::sources(&turn.global)?;
    let mut settings = sources.settings()?;
    let wishes = sources.download(args)?;
    settings.retry.until = wishes
        .max_duration
        .and_then(|time| started.checked_add(time));
    check_folder(&wishes.out)?;
    crate::store::sys::let_large_writes_fail();
    let observer = terminal.observer();
    let mut api = super::connect(&settings, &observer)?;
    if wishes.no_ranges {
        api = api.without_ranges();
    }
    let stop = turn.stop.clone();
    turn.watch_signals();
    if let Some(time) = wishes.max_duration {
        end_after(time, stop.clone());
    }
    let mut wait = Wait::new(args.waiting, &api, terminal, &stop, turn.global.json);
    let listing = if args.request {
        Some(ask_and_wait(&api, wait, &settings, args.yes).await?)
    } else {
        if args.waiting.wait.is_some() {
            wait.until_idle().await?;
        }
        tokio::select! {
            listing = api.listing() => listing?,
            exit = stop.wait() => return Err(problem::stopped(exit).into()),
        }
    };
    super::compare_clocks(&api, terminal);
    let backup = listing.as_ref().map(Backup::from_listing).transpose()?;
    let Some(backup) = backup.filter(|backup| !backup.files.is_empty()) else {
        if wishes.require_new {
            return Err(nothing_new("Zoho offers none").into());
        }
        tokio::select! {
            why = super::explain_no_links(&api) => terminal.note(&why),
            exit = stop.wait() => return Err(problem::stopped(exit).into()),
        }
        return close(terminal, &Report::nothing(&wishes.out, started).summary());
    };
    check(&settings, &backup, terminal)?;
    let dead = dead(&wishes, &backup, &api, terminal)?;
    let wanted = select(&wishes, &backup)?;
    let run = Run {
        settings: &settings,
        wishes: &wishes,
        backup: &backup,
        wanted: &wanted,
        dead: dead.as_ref(),
        api,
        observer,
        stop,
    };
    if wishes.dry_run {
        return run.dry_run(terminal, started).await;
    }
    let report = run.go(started).await?;
    if let Some(expiry) = &dead {
        let at = printable(&expiry.text);
        terminal.note(&format!(
            "the links expired on {at}; nothing is left to fetch from them"
        ));
    }
    close(terminal, &report.summary())
}

/// `--request`: asks Zoho for a backup and waits for its links.
async fn ask_and_wait(
    api: &ZohoApi,
    wait: Wait<'_>,
    settings: &Settings,
    yes: bool,
) -> anyhow::Result<Listing> {
    let asking = Asking {
        api,
        terminal: wait.terminal,
        retry: settings.retry,
        org: settings.org.as_deref(),
        joins: true,
        yes,
    };
    let (before, _) = asking.ask_unless_stopped(wait.stop).await?;
    wait.for_new_links(&before).await
}

/// `--max-duration`, counted from the start of the command.
fn end_after(time: Duration, stop: Stop) {
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        stop.request(Exit::TimeUp);
    });
}

/// Everything that can be refused before anything is created or fetched.
fn check(settings: &Settings, backup: &Backup, terminal: &Terminal) -> anyhow::Result<()> {
    super::check_organisation(
        settings.org.as_deref(),
        backup.id.as_ref().map(|id| id.org.as_str()),
    )?;
    super::check_hosts(settings, backup)?;
    super::warn_of_guess(backup.expiry.as_ref(), terminal);
    if backup.expiry.is_none() {
        terminal.warning(None, "Zoho does not say when the links expire");
    }
    if backup.id.is_none() {
        terminal.warning(
            None,
            &format!("the links contain no organisation and job id, so the folder is named after the links: {}", backup.folder_name()),
        );
    }
    Ok(())
}

/// When the links died, if nothing may be fetched with them any more: then a set that is saved already is a good end,
/// and everything else is none.
fn dead(
    wishes: &DownloadSettings,
    backup: &Backup,
    api: &ZohoApi,
    terminal: &Terminal,
) -> anyhow::Result<Option<Expiry>> {
    let past = |expiry: &&Expiry| expiry.is_past(api.now());
    let Some(expiry) = backup.expiry.as_ref().filter(past) else {
        return Ok(None);
    };
    if wishes.ignore_expiry {
        let text = printable(&expiry.text);
        terminal.warning(
            None,
            &format!("the links expired on {text}; trying them anyway"),
        );
        return Ok(None);
    }
    if identity::is_begun(&wishes.out, backup)? {
        Ok(Some(expiry.clone()))
    } else {
        Err(super::expired(expiry).into())
    }
}

/// Names that are shown when none was meant.
const SHOWN_NAMES: usize = 5;

/// The files that were asked for. That none is left is a mistake, not a good end.
fn select(wishes: &DownloadSettings, backup: &Backup) -> anyhow::Result<Vec<BackupFile>> {
    let wanted = chosen(wishes, backup);
    if wanted.is_empty() {
        let names: Vec<&str> = backup
            .files
            .iter()
            .take(SHOWN_NAMES)
            .map(|file| file.name.as_str())
            .collect();
        let given = match (wishes.only, &wishes.pattern) {
            (Some(_), None) => "--only",
            (None, _) => "--match",
            (Some(_), Some(_)) => "both --only and --match",
        };
        let more = if backup.files.len() > SHOWN_NAMES {
            ", …"
        } else {
            ""
        };
        return Err(SettingsError::new(
            format!(
                "no file matches {given} (the backup has {})",
                units::files(backup.files.len())
            ),
            format!("the files are named like {}{more}", names.join(", ")),
        )
        .into());
    }
    Ok(wanted)
}

fn chosen(wishes: &DownloadSettings, backup: &Backup) -> Vec<BackupFile> {
    let pattern = wishes.pattern.as_ref();
    let fits = |file: &&BackupFile| selects(wishes.only, pattern, file.kind, &file.name);
    backup.files.iter().filter(fits).cloned().collect()
}

/// All that a run needs, checked.
struct Run<'a> {
    settings: &'a Settings,
    wishes: &'a DownloadSettings,
    backup: &'a Backup,
    wanted: &'a [BackupFile],
    /// When the links died, if they did.
    dead: Option<&'a Expiry>,
    api: ZohoApi,
    observer: Arc<dyn Observer>,
    stop: Stop,
}

impl Run<'_> {
    async fn go(&self, started: Instant) -> anyhow::Result<Report> {
        let out = Folder::create(&self.wishes.out)?;
        let lock = match self.wishes.lock {
            LockMode::None => None,
            LockMode::Flock => tokio::select! {
                lock = Lock::take(out.path(), self.wishes.wait_lock) => Some(Arc::new(lock?)),
                exit = self.stop.wait() => return Err(problem::stopped(exit).into()),
            },
        };
        self.rebuild().await?;
        if let Some(expiry) = self.dead
            && !identity::is_begun(&self.wishes.out, self.backup)?
        {
            return Err(super::expired(expiry).into());
        }
        let place = self.place().await?;
        let folder = Arc::new(out.subfolder(&place.name)?);
        if folder.is_exposed() {
            self.warn(format!(
                "others can read what is saved in {}: its file system ignores file modes; mount it with umask=077 or similar",
                folder.path().display()
            ));
        }
        let publisher = Publisher::new(folder, place.manifest, place.known, lock);
        let mut set = Set {
            links: Links::new(
                self.api.clone(),
                self.settings.client.trusted.clone(),
                self.backup.clone(),
                publisher.clone(),
                Arc::clone(&self.observer),
            ),
            publisher,
            wanted: self.wanted.to_vec(),
            listed: self.backup.clone(),
        };
        let mut report = Report::nothing(set.publisher.folder().path(), started);
        loop {
            let outcome = self.fetch(&set, &mut report).await?;
            let fetched_any = outcome.fetched > 0;
            report.take_in(outcome);
            if !fetched_any || self.stop.requested().is_some() {
                break;
            }
            // The list may have been read before it was whole: what appeared meanwhile belongs to this set, too.
            match self.list_again(&mut set).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    report.ended_by = Some(error.problem());
                    break;
                }
            }
        }
        if set.publisher.folder().does_not_sync() {
            self.warn(format!(
                "the file system of {} can't sync: a power failure may lose the files saved last",
                set.publisher.folder().path().display()
            ));
        }
        if let (None, Err(error)) = (&report.ended_by, set.publisher.confirm()) {
            report.ended_by = Some(DownloadError::from(error).problem());
        }
        report.close(&set, self.stop.requested());
        if self.wishes.require_new && report.tried.is_empty() && report.is_good() {
            report.ended_by = Some(nothing_new("the latest one is already saved"));
        }
        Ok(report)
    }

    /// What a run would fetch; creates nothing.
    async fn dry_run(&self, terminal: &Terminal, started: Instant) -> anyhow::Result<Exit> {
        let Place { name, manifest, .. } = self.place().await?;
        let folder = self.wishes.out.join(name);
        let is_saved = |file: &BackupFile| {
            manifest.saved(&file.name).is_some() && folder.join(file.name.as_str()).is_file()
        };
        let missing: Vec<&BackupFile> = self.wanted.iter().filter(|it| !is_saved(it)).collect();
        self.needs_links(missing.len())?;
        let files = missing
            .iter()
            .map(|file| Some((file.name.clone(), file.url.clone())));
        let sizes = tokio::select! {
            sizes = sizes::ask(&self.api, files.collect(), self.wishes.jobs) => sizes,
            exit = self.stop.wait() => return Err(problem::stopped(exit).into()),
        };
        for (file, size) in missing.iter().zip(&sizes.each) {
            terminal
                .dry_run(&file.name, file.kind, *size)
                .map_err(problem::output)?;
        }
        sizes.warn(terminal);
        let left = self.left(&folder, &missing, &sizes)?;
        terminal.note(&format!(
            "{}{}; nothing was created",
            left.words(&folder, &sizes),
            match self.wanted.len() - missing.len() {
                0 => String::new(),
                saved => format!("; {} already there", units::files(saved)),
            },
        ));
        room_for(left.need, &self.wishes.out)?;
        let verified = self.backup.files.iter().filter(|it| is_saved(it)).count();
        let report = Report {
            verified,
            missing: missing.len(),
            not_selected: self.backup.files.len() - verified - missing.len(),
            ..Report::nothing(&folder, started)
        };
        terminal
            .summary_event(&report.summary())
            .map_err(problem::output)?;
        Ok(Exit::Done)
    }

    /// What a run would still have to fetch of these files.
    fn left(
        &self,
        folder: &Path,
        missing: &[&BackupFile],
        sizes: &Sizes,
    ) -> Result<Left, DownloadError> {
        let mut left = Left::default();
        for (file, size) in missing.iter().zip(&sizes.each) {
            let kept = if self.resumes() {
                plan::resumable(folder, file)?
            } else {
                None
            };
            // Of another length it is another version, which begins at zero.
            let kept = kept.filter(|kept| size.is_none_or(|size| size == kept.length));
            let (there, room) = kept.map_or((0, 0), |kept| (kept.kept, kept.allocated));
            left.resumed += usize::from(kept.is_some());
            left.fresh += usize::from(kept.is_none());
            left.kept += there;
            let size = size.unwrap_or_default();
            left.missing = left.missing.saturating_add(size.saturating_sub(there));
            left.need = left.need.saturating_add(size.saturating_sub(room));
        }
        Ok(left)
    }

    /// Whether what earlier runs left is gone on with.
    fn resumes(&self) -> bool {
        !self.wishes.no_resume && !self.wishes.no_ranges
    }

    /// Manifests that a power cut has damaged are made anew from the files. Their verification takes its time.
    async fn rebuild(&self) -> anyhow::Result<()> {
        let (out, backup) = (self.wishes.out.clone(), self.backup.clone());
        let observer = Arc::clone(&self.observer);
        let rebuilt =
            tokio::task::spawn_blocking(move || rebuild::rebuild(&out, &backup, observer.as_ref()));
        tokio::select! {
            rebuilt = rebuilt => Ok(rebuilt.map_err(anyhow::Error::from)??),
            exit = self.stop.wait() => Err(problem::stopped(exit).into()),
        }
    }

    fn warn(&self, message: String) {
        self.observer.event(Event::Warning {
            name: None,
            message,
        });
    }

    /// Where this set belongs, and what is known of it.
    async fn place(&self) -> anyhow::Result<Place> {
        let observer = self.observer.as_ref();
        tokio::select! {
            place = identity::place_for(&self.wishes.out, self.backup, &self.api, observer) => Ok(place?),
            exit = self.stop.wait() => Err(problem::stopped(exit).into()),
        }
    }

    /// One pass over the wanted files.
    async fn fetch(&self, set: &Set, report: &mut Report) -> anyhow::Result<Outcome> {
        let folder = set.publisher.folder();
        let to_fetch = self.survey(set).await?;
        self.needs_links(to_fetch.len())?;
        let is_saved = plan::read_manifest(folder.path())?.as_ref()
            == Some(&*set.publisher.manifest())
            && set.publisher.has_sums()?;
        if !is_saved {
            set.publisher.save()?;
        }
        let resumes = self.resumes();
        let to_fetch: Vec<_> = to_fetch
            .into_iter()
            .filter(|(file, _)| !report.failed(&file.name))
            .map(|(file, leftover)| (file, leftover.filter(|_| resumes)))
            .collect();
        let to_fetch = self.without_refused(set, to_fetch, report).await?;
        if to_fetch.is_empty() {
            return Ok(Outcome::default());
        }
        self.has_room(&to_fetch, folder.path()).await?;
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
            kept: kept(&to_fetch),
            already: set.wanted.len() - to_fetch.len(),
            expires: set.listed.expiry.as_ref().map(|expiry| {
                let ahead = self.api.clock_ahead().unwrap_or_default();
                expiry.by_a_clock_behind(ahead)
            }),
        });
        Ok(run::run(Job {
            api: self.api.clone(),
            links: set.links.clone(),
            publisher: set.publisher.clone(),
            files: to_fetch,
            jobs: self.wishes.jobs,
            retry: self.settings.retry,
            limit_rate: self.wishes.limit_rate,
            ignore_expiry: self.wishes.ignore_expiry,
            no_ranges: self.wishes.no_ranges,
            allow_unverified: self.wishes.allow_unverified,
            observer: Arc::clone(&self.observer),
            stop: self.stop.clone(),
        })
        .await)
    }

    /// Whether the rest of what earlier runs began fits, as far as that is known; the engine looks at each file as it learns
    /// its length. A journal that says that it does not fit is not believed before the server has confirmed the lengths.
    async fn has_room(
        &self,
        files: &[(BackupFile, Option<Leftover>)],
        path: &Path,
    ) -> anyhow::Result<()> {
        let begun = || {
            let begun = files.iter();
            begun.filter_map(|(file, leftover)| Some((file, leftover.as_ref()?)))
        };
        let told = begun().map(|(_, leftover)| (leftover, Some(leftover.length)));
        if room_for(need(told)?, path).is_ok() {
            return Ok(());
        }
        let asked = begun().map(|(file, _)| Some((file.name.clone(), file.url.clone())));
        let sizes = tokio::select! {
            sizes = sizes::ask(&self.api, asked.collect(), self.wishes.jobs) => sizes,
            exit = self.stop.wait() => return Err(problem::stopped(exit).into()),
        };
        let confirmed = begun().zip(sizes.each);
        room_for(
            need(confirmed.map(|((_, leftover), size)| (leftover, size)))?,
            path,
        )
    }

    /// Nothing is fetched with links that are dead.
    fn needs_links(&self, files: usize) -> anyhow::Result<()> {
        match self.dead {
            Some(expiry) if files > 0 => Err(super::expired(expiry).into()),
            _ => Ok(()),
        }
    }

    /// Without the files that came before and were refused, and that the server still has as they were.
    async fn without_refused(
        &self,
        set: &Set,
        files: Vec<(BackupFile, Option<Leftover>)>,
        report: &mut Report,
    ) -> anyhow::Result<Vec<(BackupFile, Option<Leftover>)>> {
        if self.wishes.refetch {
            return Ok(files);
        }
        let mut to_fetch = Vec::new();
        for (file, leftover) in files {
            let known = set.publisher.manifest().entry(&file.name).cloned();
            let refused = match &known {
                Some(entry) => tokio::select! {
                    refused = identity::still_refused(entry, &file, self.wishes.allow_unverified, &self.api) => refused,
                    exit = self.stop.wait() => return Err(problem::stopped(exit).into()),
                },
                None => None,
            };
            match refused {
                Some(problem) => report.failures.push((file.name, problem)),
                None => to_fetch.push((file, leftover)),
            }
        }
        Ok(to_fetch)
    }

    /// What there is of the wanted files. What a crash left is verified, which may take its time.
    async fn survey(&self, set: &Set) -> anyhow::Result<Vec<(BackupFile, Option<Leftover>)>> {
        let (publisher, wanted) = (set.publisher.clone(), set.wanted.clone());
        let observer = Arc::clone(&self.observer);
        let allow_unverified = self.wishes.allow_unverified;
        let survey = tokio::task::spawn_blocking(move || {
            plan::survey(&publisher, &wanted, allow_unverified, observer.as_ref())
        });
        tokio::select! {
            found = survey => Ok(found.map_err(anyhow::Error::from)??),
            exit = self.stop.wait() => Err(problem::stopped(exit).into()),
        }
    }

    /// Reads the list once more. True: it has files that are new.
    async fn list_again(&self, set: &mut Set) -> Result<bool, DownloadError> {
        let listed = tokio::select! {
            listed = set.links.ask() => listed,
            _ = self.stop.wait() => return Ok(false),
        };
        let listed = match listed {
            Ok(listed) => listed,
            // A file that is listed and refused is a file that is not here: this run must not end green.
            Err(error) if error.problem().exit == Exit::Integrity => return Err(error),
            Err(error @ DownloadError::Newer(_)) => {
                self.observer.event(Event::Warning {
                    name: None,
                    message: format!("{error}: run again to fetch that one"),
                });
                return Ok(false);
            }
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
        let taken = tokio::select! {
            taken = set.links.take_in(listed.clone()) => taken,
            _ = self.stop.wait() => return Ok(false),
        };
        if listed != set.listed {
            set.publisher.save()?;
        }
        taken?;
        set.wanted = chosen(self.wishes, &listed);
        let known: HashSet<&FileName> = set.listed.files.iter().map(|file| &file.name).collect();
        let grown = listed.files.iter().any(|file| !known.contains(&file.name));
        set.listed = listed;
        Ok(grown)
    }
}

/// What a dry run finds to be done.
#[derive(Default)]
struct Left {
    /// Files of which a part is kept.
    resumed: usize,
    /// Bytes of those parts.
    kept: u64,
    /// Files of which there is nothing.
    fresh: usize,
    /// Bytes that would come, as far as sizes are known.
    missing: u64,
    /// Bytes that must find room on the disk.
    need: u64,
}

impl Left {
    fn words(&self, folder: &Path, sizes: &Sizes) -> String {
        let (fresh, folder) = (units::files(self.fresh), folder.display());
        if self.resumed == 0 {
            return format!("{fresh} would be fetched into {folder}, {}", sizes.in_all());
        }
        let others = match self.fresh {
            0 => String::new(),
            fresh => format!(", {fresh} fetched"),
        };
        format!(
            "{} would be resumed ({} kept){others} into {folder}, {}",
            units::files(self.resumed),
            units::size(self.kept),
            sizes.to_fetch(self.missing)
        )
    }
}

/// What earlier runs left of the files.
fn kept(files: &[(BackupFile, Option<Leftover>)]) -> Vec<Kept> {
    let kept = files.iter().filter_map(|(file, leftover)| {
        leftover.as_ref().map(|leftover| Kept {
            name: file.name.clone(),
            bytes: leftover.held.total(),
            length: leftover.length,
        })
    });
    kept.collect()
}

/// What begun files of these lengths still need on disk.
fn need<'a>(files: impl Iterator<Item = (&'a Leftover, Option<u64>)>) -> anyhow::Result<u64> {
    let mut need = 0_u64;
    for (leftover, length) in files {
        let there = leftover.part.allocated()?;
        need = need.saturating_add(length.unwrap_or_default().saturating_sub(there));
    }
    Ok(need)
}

/// Whether so many bytes fit, before the first of them is fetched.
fn room_for(needed: u64, path: &Path) -> anyhow::Result<()> {
    match Prospect::look(path)?.free {
        Some(free) if free < needed => Err(StorageError::TooSmall {
            path: path.to_owned(),
            needed,
            free,
        }
        .into()),
        _ => Ok(()),
    }
}

/// The set that a run works on. It may grow.
pub(super) struct Set {
    pub(super) publisher: Publisher,
    links: Links,
    pub(super) wanted: Vec<BackupFile>,
    pub(super) listed: Backup,
}

fn close(terminal: &Terminal, summary: &Summary) -> anyhow::Result<Exit> {
    terminal.summary(summary).map_err(problem::output)?;
    Ok(summary.exit)
}

/// With `--require-new`, that there is no new backup is a failure.
fn nothing_new(why: &str) -> Problem {
    Problem::new(
        Exit::NothingNew,
        "nothing_new",
        format!("no new backup: {why}"),
    )
    .hint("see whether the backup is still scheduled (`backup-fetch status`)")
}
