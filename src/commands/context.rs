//! What every run of a command is given: the options, the terminal, and when to stop.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use crate::auth::{Accounts, TokenSource};
use crate::cli::Global;
use crate::download::stop::Stop;
use crate::event::Observer;
use crate::exit::Exit;
use crate::http::{Authorize, Client};
use crate::output::Terminal;
use crate::problem::{self, Problem};
use crate::settings::{Environment, Settings, Sources, state_folder};
use crate::store::object::{Bucket, ObjectFolder};
use crate::store::readings::Readings;
use crate::store::{Address, Location};
use crate::zoho::ZohoApi;

use super::signals;

/// One run of a command, for one profile at most.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) global: Global,
    pub(super) terminal: Terminal,
    /// Ends this run early.
    pub(super) stop: Stop,
    /// Of several runs: somebody watches for signals on behalf of all.
    pub(super) one_of_several: bool,
    /// How those before it ended.
    pub(super) before: Exit,
    /// The backup it is about, from where that is known.
    pub(super) backup: OnceLock<AboutBackup>,
}

/// A backup as Zoho lists it.
#[derive(Debug, Clone)]
pub(super) struct AboutBackup {
    pub(super) org: Option<String>,
    pub(super) job: Option<String>,
    pub(super) expires: Option<DateTime<FixedOffset>>,
}

impl Context {
    pub(super) fn new(global: Global, terminal: &Terminal) -> Context {
        Context {
            global,
            terminal: terminal.clone(),
            stop: Stop::default(),
            one_of_several: false,
            before: Exit::Done,
            backup: OnceLock::new(),
        }
    }

    pub(super) fn sources(&self) -> anyhow::Result<Sources> {
        Ok(Sources::find(&self.global, Environment::of_process())?)
    }

    /// The settings, and the API that they lead to, for a command that shows no progress.
    pub(super) fn api(&self) -> anyhow::Result<(Settings, ZohoApi)> {
        let settings = self.sources()?.settings()?;
        let api = connect(&settings, &self.terminal.notices())?;
        Ok((settings, api))
    }

    /// The accounts server, for a login or a logout.
    pub(super) fn accounts(&self, settings: &Settings) -> Accounts {
        let client = Client::new(settings.client.clone());
        let observer = self.terminal.notices();
        Accounts::new(client, &settings.accounts, settings.retry, observer)
    }

    /// Where an address leads to. A path needs no configuration; a store has its options there.
    pub(super) fn location(&self, address: &Address) -> anyhow::Result<Location> {
        match address {
            Address::Local(path) => Ok(Location::Local(path.clone())),
            Address::Store(url) => {
                let bucket = Bucket::open(url, &self.sources()?.store_access()?)?;
                Ok(Location::Object(ObjectFolder::new(bucket, &url.prefix)))
            }
        }
    }

    /// Says something that `--quiet` hides.
    pub(super) fn note(&self, text: &str) {
        self.terminal.note(text);
    }

    pub(super) fn warn(&self, text: &str) {
        self.terminal.warning(text);
    }

    /// Prints an event of `--json`.
    pub(super) fn event(&self, event: &Value) -> Result<(), Problem> {
        self.terminal.event(event).map_err(problem::output)
    }

    /// From here on a signal ends this run in good order. Before, and in commands that never ask for this, the kernel's own
    /// way with signals is in force.
    pub(super) fn watch_signals(&self) {
        if !self.one_of_several {
            signals::watch(self.stop.clone());
        }
    }

    /// Waits for the future, unless the run is told to stop before.
    pub(super) async fn until_stopped<T, E: Into<anyhow::Error>>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> anyhow::Result<T> {
        let mut future = pin!(future);
        let by = tokio::select! {
            biased;
            done = &mut future => return done.map_err(Into::into),
            by = self.stop.wait() => by,
        };
        // Whatever in there knows better how to stop has its say.
        match tokio::time::timeout(Duration::ZERO, future).await {
            Ok(done) => done.map_err(Into::into),
            Err(_) => Err(problem::stopped(by).into()),
        }
    }
}

/// What this user's runs of `verify` found.
pub(super) fn readings() -> Readings {
    Readings::new(state_folder(&Environment::of_process()).as_deref())
}

/// The API, with a token for it.
pub(super) fn connect(
    settings: &Settings,
    observer: &Arc<dyn Observer>,
) -> anyhow::Result<ZohoApi> {
    let client = Client::new(settings.client.clone());
    let tokens = Arc::new(tokens(settings, &client, observer)?);
    Ok(api(settings, &client, tokens, observer))
}

pub(super) fn tokens(
    settings: &Settings,
    client: &Client,
    observer: &Arc<dyn Observer>,
) -> Result<TokenSource, Problem> {
    TokenSource::new(
        settings.credentials.clone(),
        client.clone(),
        &settings.accounts,
        settings.state_folder.clone(),
        settings.retry,
        Arc::clone(observer),
    )
}

pub(super) fn api(
    settings: &Settings,
    client: &Client,
    authorize: Arc<dyn Authorize>,
    observer: &Arc<dyn Observer>,
) -> ZohoApi {
    ZohoApi::new(
        client.authorized_by(authorize),
        &settings.api,
        &settings.api_version,
        settings.retry,
        Arc::clone(observer),
    )
}
