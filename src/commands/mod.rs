//! One command each, top to bottom, and the set-up they share.

mod browser;
mod config;
mod doctor;
mod download;
mod list;
mod login;
mod logout;
mod profiles;
mod questions;
mod report;
mod request;
pub(crate) mod run;
mod schedule;
mod signals;
mod sizes;
mod status;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::runtime::{Builder, Runtime};

use crate::auth::TokenSource;
use crate::cli::{Cli, Command, ConfigCommand, Global};
use crate::event::Observer;
use crate::exit::Exit;
use crate::http::Client;
use crate::limits;
use crate::model::job::explain_no_links as explain;
use crate::model::{Backup, Expiry};
use crate::output::{Form, Terminal, units};
use crate::problem::{self, Problem};
use crate::settings::{Environment, Settings, Sources, one_profile};
use crate::untrusted::{printable, safe_url};
use crate::zoho::ZohoApi;
use profiles::for_each_profile;

/// Does what was typed. `terminal` has said everything when this returns, except for the error.
pub(crate) fn dispatch(cli: &Cli, terminal: &Terminal) -> anyhow::Result<Exit> {
    let takes_several = matches!(
        cli.command,
        Command::List { .. } | Command::Download(_) | Command::Status
    );
    if !takes_several {
        one_profile(&cli.global)?;
    }
    match &cli.command {
        Command::List { long } => run(for_each_profile(
            &cli.global,
            terminal,
            Form::Document,
            async |turn| list::list(&turn.global, *long, terminal).await,
        )),
        Command::Download(args) => run(for_each_profile(
            &cli.global,
            terminal,
            Form::Lines,
            async |turn| download::download(turn, args, terminal).await,
        )),
        Command::Request(args) => run(request::request(&cli.global, args, terminal)),
        Command::Schedule(args) => run(schedule::schedule(&cli.global, args, terminal)),
        Command::Cancel { id } => run(schedule::cancel(&cli.global, id.as_deref(), terminal)),
        Command::Status => run(for_each_profile(
            &cli.global,
            terminal,
            Form::Document,
            async |turn| status::status(&turn.global, terminal).await,
        )),
        Command::History { limit } => run(status::history(&cli.global, *limit, terminal)),
        Command::Config {
            command: ConfigCommand::Check,
        } => config::check(&cli.global, terminal),
        Command::Config {
            command: ConfigCommand::Profiles,
        } => config::profiles(&cli.global, terminal),
        Command::Login(args) => run(login::login(&cli.global, args, terminal)),
        Command::Logout(args) => run(logout::logout(&cli.global, args, terminal)),
        Command::Doctor { out, strict } => run(doctor::doctor(
            &cli.global,
            out.as_deref(),
            *strict,
            terminal,
        )),
        Command::Completions { shell } => {
            let script = crate::cli::completions(*shell);
            for line in String::from_utf8_lossy(&script).lines() {
                terminal.data(line).map_err(problem::output)?;
            }
            Ok(Exit::Done)
        }
    }
}

/// Threads without which nothing works: one for what blocks, one that verifies.
const FEWEST_THREADS: usize = 2;

/// Threads besides the workers and those that verify: for signals, for progress, and two for what blocks.
const FURTHER_THREADS: usize = 4;

/// Runs a command that talks to the network.
fn run(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        // The first thread for what blocks is started while there is one to be had, and then stays.
        let _ = tokio::task::spawn_blocking(|| {}).await;
        command.await
    });
    // What still blocks, such as a sync of a dying disk, must not keep the process from ending.
    runtime.shutdown_background();
    outcome
}

fn runtime() -> anyhow::Result<Runtime> {
    if !limits::enough_open_files() {
        return Err(too_many_open_files().into());
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // A write blocks its worker for as long as the disk takes, so there are two even on a single core (`engine.md`).
    let workers = cores.max(2);
    let wanted = workers + cores + FURTHER_THREADS;
    let there = limits::threads(wanted);
    let mut builder = if there == wanted {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers);
        builder
    } else {
        if there < FEWEST_THREADS {
            let threads = if there == 1 { "thread" } else { "threads" };
            return Err(Problem::new(
                Exit::Storage,
                "too_few_threads",
                format!("this process can start only {there} more {threads}, which is too few"),
            )
            .hint(limits::MORE_THREADS)
            .into());
        }
        tracing::info!(threads = there, "few threads: one does all the work");
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads((there / 2).max(1));
        builder
    };
    builder
        .enable_all()
        .thread_keep_alive(Duration::from_secs(24 * 3600))
        .build()
        .map_err(|error| match error {
            error if crate::store::sys::is_about_open_files(&error) => too_many_open_files().into(),
            error => error.into(),
        })
}

/// Finds out what to do, and whom to ask.
fn sources(global: &Global) -> anyhow::Result<Sources> {
    Ok(Sources::find(global, Environment::of_process())?)
}

/// The API, with a token for it.
fn connect(settings: &Settings, observer: &Arc<dyn Observer>) -> anyhow::Result<ZohoApi> {
    let client = Client::new(settings.client.clone());
    let tokens = TokenSource::new(
        settings.credentials.clone(),
        client.clone(),
        &settings.accounts,
        settings.state_folder.clone(),
        settings.retry,
        Arc::clone(observer),
    )?;
    Ok(ZohoApi::new(
        client.authorized_by(Arc::new(tokens)),
        &settings.api,
        &settings.api_version,
        settings.retry,
        Arc::clone(observer),
    ))
}

/// Two organisations must never mix: a profile may say which one it is for.
fn check_organisation(ours: Option<&str>, theirs: Option<&str>) -> Result<(), Problem> {
    match (ours, theirs) {
        (Some(ours), theirs) if theirs != Some(ours) => {
            let theirs = theirs.unwrap_or("unknown");
            Err(Problem::new(
                Exit::Integrity,
                "other_organisation",
                format!("the links belong to organisation {theirs}, but the profile names {ours}"),
            )
            .hint("nothing was fetched: check the credentials and the `org` of the profile"))
        }
        _ => Ok(()),
    }
}

/// So long a good end may be held up by what is only nice to know.
const EXPLANATION: Duration = Duration::from_secs(5);

/// Why Zoho lists no links, in one line. What the token may not ask, or what fails, is left out.
async fn explain_no_links(api: &ZohoApi) -> String {
    let told = async {
        let job = api.job_now().await?;
        let log = api.history_now().await?;
        Ok::<_, crate::zoho::ZohoError>(explain(job.as_ref(), &log, api.now()))
    };
    let why = match tokio::time::timeout(EXPLANATION, told).await {
        Ok(Ok(why)) => Some(why),
        Ok(Err(error)) => {
            tracing::info!("it is not known why there are no links: {error}");
            None
        }
        Err(_) => {
            tracing::info!("it is not known why there are no links: no answer in time");
            None
        }
    };
    let why = why.unwrap_or("none was requested, none is ready yet, or they expired".to_owned());
    format!(
        "no backup to fetch: Zoho lists no links ({})",
        printable(&why)
    )
}

/// Clocks that differ by less do no harm.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// Says when this machine's clock is off: whoever reads when links expire compares that with it.
fn compare_clocks(api: &ZohoApi, terminal: &Terminal) {
    let Some(ahead) = api
        .clock_ahead()
        .filter(|ahead| ahead.abs() > CLOCKS_DIFFER)
    else {
        return;
    };
    // To the minute: a reply takes its time, and its date has no fractions.
    let minutes = (ahead.abs() + TimeDelta::seconds(30)).num_minutes();
    let span = units::span(Duration::from_secs(minutes.unsigned_abs() * 60));
    let side = if ahead > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    terminal.warning(
        None,
        &format!("this machine's clock is {span} {side} Zoho's, which decides when links expire: set it (NTP)"),
    );
}

/// Says when the time zone of a date is a guess.
fn warn_of_guess(expiry: Option<&Expiry>, terminal: &Terminal) {
    if let Some(expiry) = expiry.filter(|expiry| expiry.is_guessed) {
        terminal.warning(
            None,
            &format!(
                "Zoho's expiry date {} has no time zone: taken as UTC",
                printable(&expiry.text)
            ),
        );
    }
}

/// The error of dead links.
fn expired(expiry: &Expiry) -> Problem {
    let message = format!("the links expired on {}", expiry.text);
    Problem::new(Exit::Expired, "links_expired", message).hint(
        "links are valid for seven days: request a new backup with `backup-fetch request` or at Zoho (Setup > Data Administration > Data Backup), then run again",
    )
}

fn too_many_open_files() -> Problem {
    let message = format!("too many open files ({})", limits::open_files());
    Problem::new(Exit::Storage, "too_many_open_files", message).hint(limits::MORE_FILES)
}

/// Every link must point to a host that may get the token (`design.md` section 7 rule 10).
fn check_hosts(settings: &Settings, backup: &Backup) -> anyhow::Result<()> {
    match backup
        .files
        .iter()
        .find(|file| !settings.client.trusted.trusts(&file.url))
    {
        None => Ok(()),
        Some(file) => Err(crate::download::host_refused(&safe_url(&file.url)).into()),
    }
}
