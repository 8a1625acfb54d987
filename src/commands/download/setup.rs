//! What a download is to do and with what, as far as that is settled before the list is read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cli::{DownloadOptions, FolderPath, LockMode, MountPath, PositiveTime, TellOptions};
use crate::commands::context::{Context, connect};
use crate::commands::lock;
use crate::commands::request::Request;
use crate::commands::wait::Wait;
use crate::download::stop::Stop;
use crate::event::Observer;
use crate::exit::Exit;
use crate::model::{FileName, Listing};
use crate::problem::Problem;
use crate::settings::{Environment, Settings, cache_folder};
use crate::store::object::Owner;
use crate::store::{self, Destination, Location, Lock, StorageError, check_folder, sys};
use crate::zoho::ZohoApi;

pub(super) struct Setup<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: Settings,
    pub(super) options: DownloadOptions,
    /// These files alone, whatever else the options select.
    pub(super) only: Option<HashSet<FileName>>,
    pub(super) out: Location,
    pub(super) api: ZohoApi,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) started: Instant,
}

impl Setup<'_> {
    /// From here on the clock of `--max-duration` runs, and signals are watched for.
    pub(super) fn new(context: &Context) -> anyhow::Result<Setup<'_>> {
        let sources = context.sources()?;
        let settings = sources.settings()?;
        let options: DownloadOptions = sources.options()?;
        // Who tells how the run went makes do with what can be read; here what is wrong is said.
        let _: TellOptions = sources.options()?;
        let out = context.location(options.folder()?)?;
        if sources.is_typed("keep") && !options.prune {
            return Err(keep_without_prune().into());
        }
        if options.prune {
            options.keep.rules()?;
        }
        check_mount(&options, &out)?;
        match out.local() {
            Some(folder) => check_folder(folder)?,
            None => drop(check_staging(&staging(options.staging.as_ref())?)?),
        }
        let observer = context.terminal.observer();
        let setup = Setup::connected(context, settings, options, out, observer)?;
        context.watch_signals();
        if let Some(PositiveTime(time)) = setup.options.max_duration {
            end_after(time, context.stop.clone());
        }
        Ok(setup)
    }

    pub(super) fn connected(
        context: &Context,
        mut settings: Settings,
        options: DownloadOptions,
        out: Location,
        observer: Arc<dyn Observer>,
    ) -> anyhow::Result<Setup<'_>> {
        let started = Instant::now();
        let max_duration = options.max_duration.map(|time| time.0);
        settings.retry.until = max_duration.and_then(|time| started.checked_add(time));
        sys::let_large_writes_fail();
        let mut api = connect(&settings, &observer)?;
        if options.no_ranges {
            api = api.without_ranges();
        }
        Ok(Setup {
            context,
            settings,
            options,
            only: None,
            out,
            api,
            observer,
            started,
        })
    }

    /// The links, those of a backup that is asked or waited for first if that is wanted.
    pub(super) async fn listing(&self) -> anyhow::Result<Option<Listing>> {
        let (context, api) = (self.context, &self.api);
        let waiting = self.options.waiting;
        let mut wait = Wait::new(waiting, api, context);
        if self.options.request {
            let request = Request::new(context, api, &self.settings, true, self.options.yes);
            let (before, _) = request.make().await?;
            return Ok(Some(wait.for_new_links(&before).await?));
        }
        if waiting.wait.is_some() {
            wait.until_idle().await?;
        }
        Ok(api.listing().await?)
    }

    /// Whether the disk that `--require-mount` names is there; it may have gone since the start.
    pub(super) fn check_mount(&self) -> Result<(), Problem> {
        check_mount(&self.options, &self.out)
    }

    /// Where the files of sets in stores are staged; nothing for a folder.
    pub(super) fn staging(&self) -> Result<Option<PathBuf>, Problem> {
        match &self.out {
            Location::Local(_) => Ok(None),
            Location::Object(_) => staging(self.options.staging.as_ref()).map(Some),
        }
    }

    /// So long another run is waited for; nothing where none is looked for.
    pub(super) fn patience(&self) -> Option<Duration> {
        let patience = self.options.wait_lock.map_or(Duration::ZERO, |time| time.0);
        match self.options.lock.unwrap_or_default() {
            LockMode::None => None,
            LockMode::Flock => Some(patience),
        }
    }

    pub(super) fn jobs(&self) -> usize {
        self.options.jobs.unwrap_or_default().into()
    }

    /// Whether what earlier runs left is gone on with.
    pub(super) fn resumes(&self) -> bool {
        !self.options.no_resume && !self.options.no_ranges
    }
}

/// Nobody else writes to the folder, which must exist, while this is held; unless the user said that there are no locks.
pub(in crate::commands) async fn lock(
    options: &DownloadOptions,
    out: &Location,
) -> Result<Option<Lock>, StorageError> {
    lock::take(out, options.lock, options.wait_lock, &Owner::new()).await
}

/// Where files wait on their way to a store.
pub(in crate::commands) fn staging(named: Option<&FolderPath>) -> Result<PathBuf, Problem> {
    let named = named.map(|FolderPath(folder)| folder.clone());
    named
        .or_else(|| cache_folder(&Environment::of_process()))
        .ok_or_else(|| {
            Problem::configuration(
                "no home folder is known in which files could wait on their way to the store",
                "name a folder with --staging DIR, or set HOME or XDG_CACHE_HOME",
            )
        })
}

/// Whether files could wait there.
pub(in crate::commands) fn check_staging(folder: &Path) -> Result<Destination, Problem> {
    Destination::look(folder).map_err(|error| match error.problem() {
        problem if problem.code == "not_a_folder" => {
            problem.hint("name a folder with --staging DIR, or `staging` in the profile")
        }
        problem => problem,
    })
}

fn check_mount(options: &DownloadOptions, out: &Location) -> Result<(), Problem> {
    match &options.require_mount {
        Some(MountPath(required)) => store::check_mount(out, required),
        None => Ok(()),
    }
}

fn keep_without_prune() -> Problem {
    Problem::configuration(
        "the --keep options say what --prune keeps, and --prune is not given",
        "add --prune, or `prune = true` to the profile; without it nothing is removed",
    )
}

/// `--max-duration`, counted from the start of the command.
fn end_after(time: Duration, stop: Stop) {
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        stop.request(Exit::TimeUp);
    });
}
