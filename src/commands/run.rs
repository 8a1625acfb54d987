//! The run of a command, for one profile or for several one after the other: its signals, what it prints at the end, and the
//! exit code. Every run ends here.

use std::io;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::task::Poll;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::cli::{self, CheckOptions, Cli, Command, ConfigCommand, Global, ListOptions};
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::output::Terminal;
use crate::problem;
use crate::settings::{Environment, one_profile, several_profiles};

use super::context::Context;
use super::outcome::Outcome;
use super::{
    check, config, doctor, download, failure, inspect, list, login, logout, man, prune, request,
    runtime, saved, schedule, signals, status, systemd, tell, verify, version,
};
use tell::Tell;

/// Does what was typed, says how that went, and how the process is to end.
pub(crate) fn run(cli: &Cli, terminal: &Terminal) -> ExitCode {
    // A panic is a bug of ours and ends as an error with a hint, never as a backtrace in somebody's log.
    panic::set_hook(Box::new(|panic| tracing::debug!(%panic, "panic")));
    if let Command::Check(CheckOptions { nagios: true, .. }) = &cli.command {
        return check::plugin(&cli.global, terminal);
    }
    let ended = catch_unwind(AssertUnwindSafe(|| start(cli, terminal)));
    let ended = ended.unwrap_or_else(|panic| Err(problem::panicked(panic.as_ref()).into()));
    let exit = ended.unwrap_or_else(|error| end(Err(error), terminal, true).exit);
    signals::last_word(exit).into()
}

fn start(cli: &Cli, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (global, command) = (&cli.global, &cli.command);
    let (profiles, runtime) = match prepare(global, command) {
        Ok(prepared) => prepared,
        Err(error) => {
            let outcome = end(Err(error), terminal, true);
            tell::that_none_began(&outcome, global, command, terminal);
            return Ok(outcome.exit);
        }
    };
    let exit = runtime.block_on(async {
        if let Some(profiles) = profiles {
            return for_each_profile(profiles, global, command, terminal).await;
        }
        let context = Context::new(global.clone(), terminal);
        Ok(for_profile(&context, command).await.exit)
    });
    // What still blocks, such as a sync of a dying disk, must not keep the process from ending.
    runtime.shutdown_background();
    exit
}

/// The profiles of a run for several, and the threads to run on.
fn prepare(global: &Global, command: &Command) -> anyhow::Result<(Option<Vec<String>>, Runtime)> {
    let takes_several = matches!(
        command,
        Command::List(_)
            | Command::Download(_)
            | Command::Check(_)
            | Command::Prune(_)
            | Command::Status
    );
    let runtime = match command {
        Command::Verify(options) if options.tell.names_somebody() && !options.repair => {
            runtime::smallest()?
        }
        // For several profiles signals are watched for.
        Command::Prune(_) => runtime::smallest()?,
        _ if is_offline(command) => runtime::offline()?,
        _ => runtime::online()?,
    };
    let profiles = if takes_several {
        several_profiles(global, &Environment::of_process())?
    } else {
        one_profile(global)?;
        None
    };
    Ok((profiles, runtime))
}

/// Each with its own settings, client and token, so that nothing of one organisation reaches another, and each to its own
/// end, so that nothing of one stops another.
async fn for_each_profile(
    profiles: Vec<String>,
    global: &Global,
    command: &Command,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let signals = Stop::default();
    signals::watch(signals.clone());
    let mut all = Vec::new();
    for profile in profiles {
        let global = Global {
            profile: vec![profile.clone()],
            all_profiles: false,
            ..global.clone()
        };
        let before = worst(&all);
        if let Some(exit) = signals.requested() {
            let outcome = Outcome::skipped(exit);
            if let Some(tell) = Tell::new(&global, command, terminal) {
                tell.end(&outcome, before, None).await;
            }
            all.push((profile, outcome));
            continue;
        }
        // A stop of its own: what ends one run by its --max-duration must not end the next.
        let context = Context {
            one_of_several: true,
            before,
            ..Context::new(global, terminal)
        };
        let (from, to) = (signals.clone(), context.stop.clone());
        let forward = tokio::spawn(async move { to.request(from.wait().await) });
        terminal.note(&format!("profile {profile}:"));
        terminal.set_profile(Some(&profile));
        let outcome = for_profile(&context, command).await;
        terminal.set_profile(None);
        forward.abort();
        all.push((profile, outcome));
    }
    sum_up(&all, prints_events(command), terminal).map_err(|error| problem::output(error).into())
}

/// How each ended (with `--quiet` only of those that failed), and what `--json` ends with.
fn sum_up(all: &[(String, Outcome)], as_events: bool, terminal: &Terminal) -> io::Result<Exit> {
    for (profile, outcome) in all {
        let (what, code) = (outcome.headline(), outcome.exit.code());
        let line = format!("{profile}: {what} (exit code {code})");
        match outcome.exit {
            Exit::Done => terminal.note(&line),
            _ => terminal.say(&line),
        }
    }
    let exit = worst(all);
    if terminal.is_json() {
        let code = exit.code();
        if as_events {
            let parts = all.iter();
            let parts = parts.map(|(name, it)| json!({ "profile": name, "exit_code": it.exit }));
            let parts: Vec<Value> = parts.collect();
            terminal.event(&json!({ "event": "summary", "profiles": parts, "exit_code": code }))?;
        } else {
            let parts: Vec<Value> = all.iter().map(|(name, it)| it.part(name)).collect();
            let document = json!({ "schema": 1, "profiles": parts, "exit_code": code });
            terminal.data(&document.to_string())?;
        }
    }
    Ok(exit)
}

fn worst(all: &[(String, Outcome)]) -> Exit {
    let exits = all.iter().map(|(_, outcome)| outcome.exit);
    exits.fold(Exit::Done, Exit::worst)
}

/// The run for one profile, from the first look at its settings to its last word.
async fn for_profile(context: &Context, command: &Command) -> Outcome {
    let mut tell = Tell::new(&context.global, command, &context.terminal);
    if let Some(tell) = &mut tell {
        tell.start();
    }
    let run = caught(Box::pin(dispatch(context, command)));
    let outcome = match command {
        // It ends in good order by itself.
        Command::Download(_) | Command::Inspect(_) => run.await,
        Command::Verify(options) if options.repair => run.await,
        _ => context.until_stopped(run).await,
    };
    let alone = !context.one_of_several || prints_events(command);
    // Also a run that failed before its first request comes by here.
    let outcome = end(outcome, &context.terminal, alone);
    if let Some(tell) = tell {
        tell.end(&outcome, context.before, Some(context)).await;
    }
    outcome
}

/// Prints how a run ended.
fn end(outcome: anyhow::Result<Outcome>, terminal: &Terminal, alone: bool) -> Outcome {
    let failed = |error: anyhow::Error| Outcome::failed(failure::problem(&error));
    let outcome = outcome.unwrap_or_else(failed);
    match outcome.print(terminal, alone) {
        Ok(()) => outcome,
        Err(error) => {
            let problem = problem::output(error);
            terminal.error(&problem);
            Outcome::failed(problem)
        }
    }
}

/// Whether stdout of `--json` is a line for each event, and not one document.
fn prints_events(command: &Command) -> bool {
    matches!(command, Command::Download(_) | Command::Request(_))
}

/// Whether it talks to nobody.
fn is_offline(command: &Command) -> bool {
    match command {
        Command::Check(_)
        | Command::Config { .. }
        | Command::Inspect(_)
        | Command::Systemd(_)
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Version => true,
        Command::Verify(options) => !options.repair,
        Command::List(options) => options.saved.is_some(),
        _ => false,
    }
}

async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::List(ListOptions {
            saved: Some(folder),
            ..
        }) => saved::saved(context, folder.as_ref()),
        Command::List(_) => list::list(context).await,
        Command::Download(_) => download::download(context).await,
        Command::Verify(options) => verify::verify(context, options).await,
        Command::Check(_) => check::check(context),
        Command::Prune(_) => prune::prune(context).await,
        Command::Login(args) => login::login(context, args).await,
        Command::Logout(args) => logout::logout(context, args).await,
        Command::Config { command } => match command {
            ConfigCommand::Check => config::check(context),
            ConfigCommand::Profiles => config::profiles(context),
        },
        Command::Request(args) => request::request(context, args).await,
        Command::Schedule(args) => schedule::schedule(context, args).await,
        Command::Cancel { id } => schedule::cancel(context, id.as_deref()).await,
        Command::Status => status::status(context).await,
        Command::History { limit } => status::history(context, *limit).await,
        Command::Doctor(options) => doctor::doctor(context, options).await,
        Command::Inspect(options) => inspect::inspect(context, options).await,
        Command::Systemd(_) => systemd::systemd(context),
        Command::Completions { shell } => {
            let script = cli::completions(*shell);
            let printed = context.terminal.data(script.trim_end());
            printed.map_err(problem::output)?;
            Ok(Outcome::nothing())
        }
        Command::Man { folder } => man::man(folder),
        Command::Version => Ok(version::version()),
    }
}

/// A bug that shows with one profile must not cost the others their backup.
async fn caught<T>(mut run: impl Future<Output = anyhow::Result<T>> + Unpin) -> anyhow::Result<T> {
    std::future::poll_fn(|context| {
        let poll = AssertUnwindSafe(|| Pin::new(&mut run).poll(context));
        catch_unwind(poll)
            .unwrap_or_else(|panic| Poll::Ready(Err(problem::panicked(panic.as_ref()).into())))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failure_and_nothing_more() {
        let outcome = caught(Box::pin(async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "a bug");
            Ok(())
        }))
        .await;
        assert_eq!(failure::problem(&outcome.unwrap_err()).exit, Exit::Failed);
    }
}
