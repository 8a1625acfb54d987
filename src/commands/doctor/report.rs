//! How each check went, printed as it comes in, and what must never be printed.

use chrono::TimeDelta;
use serde::Serialize;

use crate::commands::failure;
use crate::exit::Exit;
use crate::output::{Terminal, units};
use crate::problem::{self, Problem};
use crate::settings::Verdict;

/// One line of the report.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    pub(super) state: Verdict,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// How a run would end because of it.
    #[serde(skip)]
    pub(super) exit: Exit,
}

impl Check {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Check {
        Check {
            name,
            state: Verdict::Fine,
            message: message.into(),
            hint: None,
            exit: Exit::Done,
        }
    }

    pub(super) fn warning(
        name: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Check {
        Check {
            state: Verdict::Warning,
            hint: Some(hint.into()),
            ..Check::ok(name, message)
        }
    }

    /// What can't be tried because of an earlier failure, which says what to do.
    pub(super) fn untried(name: &'static str, why: &str) -> Check {
        Check {
            state: Verdict::Warning,
            ..Check::ok(name, format!("skipped: {why}"))
        }
    }

    pub(super) fn failed(name: &'static str, error: impl Into<anyhow::Error>) -> Check {
        Check::problem(name, failure::problem(&error.into()))
    }

    pub(super) fn problem(name: &'static str, problem: Problem) -> Check {
        Check {
            state: Verdict::Failed,
            hint: problem.hint,
            exit: problem.exit,
            ..Check::ok(name, problem.message)
        }
    }

    /// With a better hint than a run would give.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Check {
        self.hint = Some(hint.into());
        self
    }
}

/// All checks so far.
pub(super) struct Report {
    terminal: Terminal,
    quiet: bool,
    checks: Vec<Check>,
    /// Secrets, and what is shown in their place: a server's own words may repeat them.
    hidden: Vec<(String, String)>,
}

/// Shorter ones are no secrets of Zoho, and would take ordinary words apart.
const SHORTEST_SECRET: usize = 8;

impl Report {
    /// `quiet`: what is fine is not printed.
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
    pub(super) fn add(&mut self, mut check: Check) -> Result<(), Problem> {
        for (secret, shown) in &self.hidden {
            check.message = check.message.replace(secret, shown);
            check.hint = check.hint.map(|hint| hint.replace(secret, shown));
        }
        let is_hidden = self.terminal.is_json() || (self.quiet && check.state == Verdict::Fine);
        if !is_hidden {
            let hint = check.hint.as_deref();
            self.terminal
                .verdict(check.state, check.name, &check.message, hint)
                .map_err(problem::output)?;
        }
        self.checks.push(check);
        Ok(())
    }

    pub(super) fn add_all(&mut self, checks: Vec<Check>) -> Result<(), Problem> {
        checks.into_iter().try_for_each(|check| self.add(check))
    }

    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }

    pub(super) fn count(&self, verdict: Verdict) -> usize {
        let of_it = self.checks.iter().filter(|check| check.state == verdict);
        of_it.count()
    }

    /// A broken configuration ends a run before all else; then comes the most serious failure.
    pub(super) fn exit(&self) -> Exit {
        let exits = || self.checks.iter().map(|check| check.exit);
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
    use crate::settings::Output;

    fn report(checks: Vec<Check>, hidden: &str) -> Report {
        let output = Output {
            json: true,
            ..Output::default()
        };
        let mut report = Report::new(Terminal::new(&output), false);
        report.hide(hidden, "…");
        report.add_all(checks).unwrap();
        report
    }

    fn failed(exit: Exit) -> Check {
        Check::problem("a", Problem::new(exit, "a", ""))
    }

    #[test]
    fn a_broken_configuration_decides_before_what_is_more_serious_in_a_run() {
        let exit =
            |exits: &[Exit]| report(exits.iter().map(|exit| failed(*exit)).collect(), "").exit();
        assert_eq!(exit(&[Exit::Remote, Exit::Storage]), Exit::Storage);
        assert_eq!(
            exit(&[Exit::Remote, Exit::Storage, Exit::Usage]),
            Exit::Usage
        );
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_hidden() {
        let check = Check::warning("a", "no 1000.secret here", "not 1000.secret");
        let report = report(vec![check], "1000.secret");
        assert_eq!(report.checks()[0].message, "no … here");
        assert_eq!(report.checks()[0].hint.as_deref(), Some("not …"));
    }
}
