//! Whoever wants to know how a run went is told at its end, however early that came: `ping` tells a monitor, `hook` runs a
//! command, `metrics` keeps a file for Prometheus, and `facts` is what there is to tell. None of it changes how the run ends: what
//! goes wrong here is a warning.

mod facts;
mod hook;
mod metrics;
mod ping;

use std::time::Instant;

use crate::cli::{Command, Global, TellOptions, UserPath};
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::output::Terminal;
use crate::settings::{Environment, Sources, readable_profiles};

use super::context::Context;
use super::outcome::Outcome;
use super::runtime;
use facts::{Facts, Subject};
use ping::Ping;

/// Who is to be told how a run goes, and what it is about.
pub(super) struct Tell {
    options: TellOptions,
    subject: Subject,
    ping: Option<Ping>,
    /// All runs for several profiles ping the same address, where the last one must not hide the failure of another.
    shares_ping: bool,
    terminal: Terminal,
    started: Instant,
}

impl Tell {
    /// Nothing for a command that tells nobody. The configuration is read as far as it can be: that it is broken must be told, too.
    pub(super) fn new(global: &Global, command: &Command, terminal: &Terminal) -> Option<Tell> {
        let (sources, profile) = Sources::readable(global, Environment::of_process());
        let (name, options): (_, TellOptions) = match command {
            Command::Download(options) if !options.dry_run => ("download", sources.valid_options()),
            Command::Verify(options) => ("verify", options.tell.clone()),
            _ => return None,
        };
        if !options.names_somebody() {
            return None;
        }
        let of_profile: Global = sources.valid_options();
        let ping = options.ping.as_ref();
        let ping = ping.and_then(|url| Ping::new(url, &sources, terminal));
        Some(Tell {
            options,
            subject: Subject {
                command: name,
                profile,
                org: of_profile.org.map(|org| org.0),
            },
            ping,
            shares_ping: sources.has_flag("ping"),
            terminal: terminal.clone(),
            started: Instant::now(),
        })
    }

    /// The run begins.
    pub(super) fn start(&mut self) {
        if let Some(ping) = &mut self.ping {
            ping.start();
        }
    }

    /// The run has ended, and what it had to say is said. `before`: how the runs for other profiles ended. A stop that comes
    /// while this goes on ends it, too.
    pub(super) async fn end(self, outcome: &Outcome, before: Exit, context: Option<&Context>) {
        let (backup, stop) = match context {
            Some(context) => (context.backup.get(), Some(&context.stop)),
            None => (None, None),
        };
        let facts = Facts::of(self.subject.clone(), outcome, backup, self.started);
        let terminal = self.terminal.clone();
        tokio::select! {
            () = self.tell(facts, before) => {}
            () = stopped(stop) => terminal.warning_beside_data("stopped before everybody was told how the run went"),
        }
    }

    async fn tell(self, facts: Facts, before: Exit) {
        let Tell {
            options,
            ping,
            terminal,
            ..
        } = self;
        let warn = |told: Result<(), String>| {
            if let Err(warning) = told {
                terminal.warning_beside_data(&warning);
            }
        };
        if let Some(UserPath(path)) = &options.metrics {
            warn(metrics::write(path, &facts).await);
        }
        let body = options.ping_body.then(|| facts.in_words());
        let code = if self.shares_ping {
            before.worst(facts.exit)
        } else {
            facts.exit
        };
        let ping = async {
            if let Some(ping) = ping {
                warn(ping.end(code, body.as_deref()).await);
            }
        };
        let hook = async { warn(hook::run(&options, &facts).await) };
        tokio::join!(ping, hook);
    }
}

/// Where no run began at all: the configuration as a whole is broken, or the system gives too little. It is told as far as the system
/// lets us.
pub(super) fn that_none_began(
    outcome: &Outcome,
    global: &Global,
    command: &Command,
    terminal: &Terminal,
) {
    let Ok(runtime) = runtime::smallest() else {
        return;
    };
    let profiles = readable_profiles(global, &Environment::of_process());
    let mut runs: Vec<Vec<String>> = profiles.into_iter().map(|name| vec![name]).collect();
    if runs.is_empty() {
        runs.push(Vec::new());
    }
    for profile in runs {
        let global = Global {
            profile,
            all_profiles: false,
            ..global.clone()
        };
        if let Some(tell) = Tell::new(&global, command, terminal) {
            runtime.block_on(tell.end(outcome, outcome.exit, None));
        }
    }
}

/// Waits for a signal that comes from now on. One that ended the run is over, and that its time is up ends nothing here.
async fn stopped(stop: Option<&Stop>) {
    if let Some(stop) = stop
        && stop.requested().is_none()
        && stop.wait().await != Exit::TimeUp
    {
        return;
    }
    std::future::pending::<()>().await;
}
