//! One command for several profiles, one after the other: each with its own settings, client and token, so that nothing
//! of one organisation reaches another, and each to its own end, so that nothing of one stops another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::cli::Global;
use crate::download::stop::Stop;
use crate::exit::Exit;
use crate::output::{Ending, Form, Terminal};
use crate::problem;
use crate::settings::{Environment, several_profiles};

/// One run of a command.
pub(super) struct Turn {
    /// The options, with one profile at most.
    pub(super) global: Global,
    /// Ends this run early.
    pub(super) stop: Stop,
    is_alone: bool,
}

impl Turn {
    /// From here on a signal ends this run in good order. Several runs have somebody who watches for all of them.
    pub(super) fn watch_signals(&self) {
        if self.is_alone {
            super::signals::watch(self.stop.clone());
        }
    }
}

/// Runs a command for the profile there is, or for each that is asked for.
pub(super) async fn for_each_profile(
    global: &Global,
    terminal: &Terminal,
    form: Form,
    command: impl AsyncFn(&Turn) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let Some(profiles) = several_profiles(global, &Environment::of_process())? else {
        let turn = Turn {
            global: global.clone(),
            stop: Stop::default(),
            is_alone: true,
        };
        return command(&turn).await;
    };
    let signals = Stop::default();
    super::signals::watch(signals.clone());
    let mut endings = Vec::new();
    for profile in profiles {
        if let Some(exit) = signals.requested() {
            endings.push(Ending::skipped(&profile, exit));
            continue;
        }
        let global = Global {
            profile: vec![profile.clone()],
            all_profiles: false,
            ..global.clone()
        };
        terminal.begin_turn(&profile, form);
        let exit = take_turn(global, terminal, form, &signals, &command).await;
        endings.extend(terminal.end_turn(exit));
    }
    let exits = endings.iter().map(|ending| ending.exit);
    let worst = exits.fold(Exit::Done, Exit::worst);
    terminal
        .close_turns(&endings, form, worst)
        .map_err(problem::output)?;
    Ok(worst)
}

async fn take_turn(
    global: Global,
    terminal: &Terminal,
    form: Form,
    signals: &Stop,
    command: &impl AsyncFn(&Turn) -> anyhow::Result<Exit>,
) -> Exit {
    // A stop of its own: what ends one run by its --max-duration must not end the next.
    let stop = Stop::default();
    let forward = tokio::spawn({
        let (signals, stop) = (signals.clone(), stop.clone());
        async move { stop.request(signals.wait().await) }
    });
    let turn = Turn {
        global,
        stop,
        is_alone: false,
    };
    let run = survived(command(&turn));
    let outcome = match form {
        Form::Lines => run.await,
        // Nothing on disk to leave in good order.
        Form::Document => tokio::select! {
            outcome = run => outcome,
            exit = signals.wait() => Err(problem::stopped(exit).into()),
        },
    };
    forward.abort();
    outcome.unwrap_or_else(|error| {
        let problem = super::run::problem(&error);
        terminal.error(&problem);
        problem.exit
    })
}

/// A bug that shows with one profile must not cost the others their backup.
async fn survived<T>(run: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut run = pin!(run);
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(problem::panicked(panic.as_ref()).into())))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failure_and_nothing_more() {
        let outcome = survived(async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "a bug");
            Ok(())
        })
        .await;
        assert_eq!(
            super::super::run::problem(&outcome.unwrap_err()).exit,
            Exit::Failed
        );
    }
}
