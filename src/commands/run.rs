//! The run of a command, for one profile or for several one after the other: its signals, what it prints at the end, and the
//! exit code. Every run ends here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use crate::cli::{self, Cli, Command, ConfigCommand, Global};
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::output::Terminal;
use crate::problem;
use crate::settings::{Environment, one_profile, several_profiles};

use super::context::Context;
use super::outcome::Outcome;
use super::several::{self, Ended};
use super::{
    config, doctor, download, failure, list, login, logout, request, runtime, schedule, signals,
    status,
};

/// Does what was typed, says how that went, and how the process is to end.
pub(crate) fn run(cli: &Cli, terminal: &Terminal) -> Exit {
    let ended = catch_unwind(AssertUnwindSafe(|| start(cli, terminal)));
    let ended = ended.unwrap_or_else(|panic| Err(problem::panicked(panic.as_ref()).into()));
    ended.unwrap_or_else(|error| {
        let problem = failure::problem(&error);
        terminal.error(&problem);
        problem.exit
    })
}

fn start(cli: &Cli, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (global, command) = (&cli.global, &cli.command);
    let takes_several = matches!(
        command,
        Command::List { .. } | Command::Download(_) | Command::Status
    );
    if !takes_several {
        one_profile(global)?;
    }
    let runtime = match command {
        Command::Config { .. } | Command::Completions { .. } => runtime::offline()?,
        _ => runtime::online()?,
    };
    let exit = runtime.block_on(async {
        let profiles = if takes_several {
            several_profiles(global, &Environment::of_process())?
        } else {
            None
        };
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
        if let Some(exit) = signals.requested() {
            all.push((profile, Ended::skipped(exit)));
            continue;
        }
        let global = Global {
            profile: vec![profile.clone()],
            all_profiles: false,
            ..global.clone()
        };
        // A stop of its own: what ends one run by its --max-duration must not end the next.
        let context = Context {
            one_of_several: true,
            ..Context::new(global, terminal)
        };
        let (from, to) = (signals.clone(), context.stop.clone());
        let forward = tokio::spawn(async move { to.request(from.wait().await) });
        terminal.note(&format!("profile {profile}:"));
        terminal.set_profile(Some(&profile));
        let ended = for_profile(&context, command).await;
        terminal.set_profile(None);
        forward.abort();
        all.push((profile, ended));
    }
    let exit = several::close(&all, prints_events(command), terminal);
    Ok(exit.map_err(problem::output)?)
}

/// The run for one profile, from the first look at its settings to its last word. Whatever it ended with, also before its
/// first request, it comes by the last lines of this.
async fn for_profile(context: &Context, command: &Command) -> Ended {
    let run = caught(Box::pin(dispatch(context, command)));
    let outcome = match command {
        // It ends in good order by itself.
        Command::Download(_) => run.await,
        _ => context.until_stopped(run).await,
    };
    let terminal = &context.terminal;
    let alone = !context.one_of_several || prints_events(command);
    let printed = outcome.and_then(|outcome| {
        let printed = outcome.print(terminal, alone);
        printed.map_err(problem::output)?;
        Ok(outcome)
    });
    match printed {
        Ok(outcome) => Ended::well(outcome),
        Err(error) => {
            let problem = failure::problem(&error);
            if alone {
                terminal.error(&problem);
            } else {
                terminal.error_beside_data(&problem);
            }
            Ended::badly(problem)
        }
    }
}

/// Whether stdout of `--json` is a line for each event, and not one document.
fn prints_events(command: &Command) -> bool {
    matches!(command, Command::Download(_) | Command::Request(_))
}

async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::List { long } => list::list(context, *long).await,
        Command::Download(args) => download::download(context, args).await,
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
        Command::Doctor { out, strict } => doctor::doctor(context, out.as_deref(), *strict).await,
        Command::Completions { shell } => {
            let script = cli::completions(*shell);
            Ok(Outcome::text(&String::from_utf8_lossy(&script)))
        }
    }
}

/// A bug that shows with one profile must not cost the others their backup.
async fn caught<T>(mut run: impl Future<Output = anyhow::Result<T>> + Unpin) -> anyhow::Result<T> {
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut run).poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(problem::panicked(panic.as_ref()).into())))
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
