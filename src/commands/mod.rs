//! One command each, top to bottom, and the set-up they share.

mod download;
mod list;
mod login;
mod logout;
mod questions;
mod report;
mod signals;

use std::sync::Arc;

use crate::auth::TokenSource;
use crate::backup::{Backup, Expiry};
use crate::cli::{Cli, Command, Global};
use crate::error::Error;
use crate::event::Observer;
use crate::exit::Exit;
use crate::http::Client;
use crate::settings::{Environment, Settings, Sources};
use crate::terminal::Terminal;
use crate::untrusted::safe_url;
use crate::zoho::ZohoApi;

/// Does what was typed. `terminal` has said everything when this returns, except for the error.
///
/// # Errors
/// [`Error`]: the command did not do what was asked.
pub fn dispatch(cli: &Cli, terminal: &Terminal) -> Result<Exit, Error> {
    match &cli.command {
        Command::List => run(list::list(&cli.global, terminal)),
        Command::Download(args) => run(download::download(&cli.global, args, terminal)),
        Command::Login(args) => run(login::login(&cli.global, args, terminal)),
        Command::Logout(args) => run(logout::logout(&cli.global, args, terminal)),
        Command::Completions { shell } => {
            let script = crate::cli::completions(*shell);
            for line in String::from_utf8_lossy(&script).lines() {
                terminal.data(line).map_err(Error::Output)?;
            }
            Ok(Exit::Done)
        }
    }
}

/// Runs a command that talks to the network.
fn run(command: impl Future<Output = Result<Exit, Error>>) -> Result<Exit, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Writes block their worker for as long as the disk takes; two more keep timers and signals alive.
        .worker_threads(std::thread::available_parallelism().map_or(1, std::num::NonZero::get) + 2)
        .build()
        .map_err(anyhow::Error::from)?;
    let outcome = runtime.block_on(command);
    // What still blocks, such as a sync of a dying disk, must not keep the process from ending.
    runtime.shutdown_background();
    outcome
}

/// Finds out what to do, and whom to ask.
fn sources(global: &Global) -> Result<Sources, Error> {
    Ok(Sources::find(global, Environment::of_process())?)
}

/// The API, with a token for it.
fn connect(settings: &Settings, observer: &Arc<dyn Observer>) -> Result<ZohoApi, Error> {
    let client = Client::new(settings.client.clone())?;
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
fn check_organisation(settings: &Settings, theirs: Option<&str>) -> Result<(), Error> {
    match (&settings.org, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => Err(Error::OtherOrganisation {
            ours: ours.clone(),
            theirs: theirs.to_owned(),
        }),
        (Some(ours), None) => Err(Error::OtherOrganisation {
            ours: ours.clone(),
            theirs: "unknown".into(),
        }),
        _ => Ok(()),
    }
}

/// The error of dead links.
fn expired(expiry: &Expiry) -> Error {
    Error::Expired {
        at: expiry.text.clone(),
    }
}

/// Every link must point to a host that may get the token (`design.md` section 7 rule 10).
fn check_hosts(settings: &Settings, backup: &Backup) -> Result<(), Error> {
    match backup
        .files
        .iter()
        .find(|file| !settings.client.trusted.trusts(&file.url))
    {
        None => Ok(()),
        Some(file) => Err(crate::download::DownloadError::Host {
            url: safe_url(&file.url),
        }
        .into()),
    }
}
