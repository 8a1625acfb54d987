//! How each check went, printed as it comes in, and what must never be printed.

use chrono::TimeDelta;
use serde::Serialize;

use crate::commands::failure;
use crate::exit::Exit;
use crate::output::{Terminal, units};
use crate::problem::{self, Problem};
use crate::settings::Verdict;

/// What a check found.
#[derive(Serialize)]
pub(super) struct Found {
    state: Verdict,
    message: String,
    hint: Option<String>,
    /// How a run would end because of it.
    #[serde(skip)]
    exit: Exit,
}

pub(super) fn ok(message: impl Into<String>) -> Found {
    Found {
        state: Verdict::Fine,
        message: message.into(),
        hint: None,
        exit: Exit::Done,
    }
}

fn failed(problem: Problem) -> Found {
    Found {
        state: Verdict::Failed,
        message: problem.message,
        hint: problem.hint,
        exit: problem.exit,
    }
}

/// What can't be tried because of an earlier failure, which says what to do.
pub(super) fn skipped(why: &str) -> Found {
    Found {
        state: Verdict::Warning,
        ..ok(format!("skipped: {why}"))
    }
}

impl Found {
    /// The same as a warning, with what to do about it.
    pub(super) fn warn(self, hint: impl Into<String>) -> Found {
        Found {
            state: Verdict::Warning,
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// One line of the report.
#[derive(Serialize)]
pub(super) struct Check {
    check: &'static str,
    #[serde(flatten)]
    found: Found,
}

/// All checks so far.
pub(super) struct Report {
    terminal: Terminal,
    /// What is fine is not printed.
    quiet: bool,
    pub(super) checks: Vec<Check>,
    /// Secrets, and what is shown in their place: a server's own words may repeat them.
    hidden: Vec<(String, String)>,
}

/// Shorter ones are no secrets of Zoho, and would take ordinary words apart.
const SHORTEST_SECRET: usize = 8;

impl Report {
    pub(super) fn new(terminal: Terminal, quiet: bool) -> Report {
        Report {
            terminal,
            quiet,
            checks: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// From now on `shown` stands in the place of the secret.
    pub(super) fn hide(&mut self, secret: &str, shown: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.hidden.push((secret.to_owned(), shown.to_owned()));
        }
    }

    /// Takes a check in, and prints it at once: the next one may wait long for a server.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        found: anyhow::Result<Found>,
    ) -> Result<(), Problem> {
        let failed = |error| failed(failure::problem(&error));
        let mut found = found.unwrap_or_else(failed);
        for (secret, shown) in &self.hidden {
            found.message = found.message.replace(secret, shown);
            found.hint = found.hint.take().map(|hint| hint.replace(secret, shown));
        }
        let is_hidden = self.terminal.is_json() || (self.quiet && found.state == Verdict::Fine);
        if !is_hidden {
            let hint = found.hint.as_deref();
            self.terminal
                .verdict(found.state, name, &found.message, hint)
                .map_err(problem::output)?;
        }
        self.checks.push(Check { check: name, found });
        Ok(())
    }

    pub(super) fn count(&self, state: Verdict) -> usize {
        let states = self.checks.iter().map(|check| check.found.state);
        states.filter(|its| *its == state).count()
    }

    /// A broken configuration ends a run before all else; then comes the most serious failure.
    pub(super) fn exit(&self) -> Exit {
        let exits = || self.checks.iter().map(|check| check.found.exit);
        if exits().any(|exit| exit == Exit::Usage) {
            return Exit::Usage;
        }
        exits().fold(Exit::Done, Exit::worst)
    }
}

/// A span of time, whichever way it goes.
pub(super) fn span(time: TimeDelta) -> String {
    units::span(time.abs().to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::OutputOptions;

    fn report() -> Report {
        let output = OutputOptions {
            json: true,
            ..OutputOptions::default()
        };
        Report::new(Terminal::new(output), false)
    }

    #[test]
    fn a_broken_configuration_decides_before_what_is_more_serious_in_a_run() {
        let mut report = report();
        let mut fail = |exit| {
            let failed = Err(Problem::new(exit, "", "").into());
            report.add("a", failed).unwrap();
            report.exit()
        };
        assert_eq!(fail(Exit::Remote), Exit::Remote);
        assert_eq!(fail(Exit::Storage), Exit::Storage);
        assert_eq!(fail(Exit::Usage), Exit::Usage);
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_hidden() {
        let mut report = report();
        report.hide("1000.secret", "…");
        let found = ok("no 1000.secret here").warn("not 1000.secret");
        report.add("a", Ok(found)).unwrap();
        assert_eq!(report.checks[0].found.message, "no … here");
        assert_eq!(report.checks[0].found.hint.as_deref(), Some("not …"));
    }
}
