//! How a check went, and what may be said of it.

use serde::Serialize;

use crate::exit::Exit;
use crate::settings::Verdict;
use crate::zoho::ZohoError;

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
        let failure = crate::commands::run::problem(&error.into());
        Check {
            name,
            state: Verdict::Failed,
            message: failure.message,
            hint: failure.hint,
            exit: failure.exit,
        }
    }

    /// A call that did not work; its error is not used up.
    pub(super) fn of_zoho(name: &'static str, error: &ZohoError) -> Check {
        Check {
            state: Verdict::Failed,
            hint: error.hint(),
            exit: error.exit(),
            ..Check::ok(name, error.to_string())
        }
    }

    /// The same failure with a better hint than a run would give.
    pub(super) fn mend(mut self, hint: impl Into<String>) -> Check {
        self.hint = Some(hint.into());
        self
    }

    /// A failure that no other command has.
    pub(super) fn amiss(
        name: &'static str,
        exit: Exit,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Check {
        Check {
            state: Verdict::Failed,
            exit,
            ..Check::warning(name, message, hint)
        }
    }
}

/// All lines of the report, and what must never stand in one.
#[derive(Default)]
pub(super) struct Findings {
    checks: Vec<Check>,
    /// Secrets, and what is shown in their place: a server's own words may repeat them.
    hidden: Vec<(String, String)>,
}

/// Shorter ones are no secrets of Zoho, and would take ordinary words apart.
const SHORTEST_SECRET: usize = 8;

impl Findings {
    /// From now on `shown` stands in the place of the secret.
    pub(super) fn hide(&mut self, secret: &str, shown: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.hidden.push((secret.to_owned(), shown.to_owned()));
        }
    }

    pub(super) fn extend(&mut self, checks: impl IntoIterator<Item = Check>) {
        for mut check in checks {
            for (secret, shown) in &self.hidden {
                check.message = check.message.replace(secret, shown);
                check.hint = check.hint.map(|hint| hint.replace(secret, shown));
            }
            self.checks.push(check);
        }
    }

    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }

    pub(super) fn count(&self, verdict: Verdict) -> usize {
        self.checks
            .iter()
            .filter(|check| check.state == verdict)
            .count()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_configuration_decides_before_what_is_more_serious_in_a_run() {
        let mut findings = Findings::default();
        findings.extend([Check::amiss("a", Exit::Remote, "", "")]);
        findings.extend([Check::amiss("b", Exit::Storage, "", "")]);
        assert_eq!(findings.exit(), Exit::Storage);
        findings.extend([Check::amiss("c", Exit::Usage, "", "")]);
        assert_eq!(findings.exit(), Exit::Usage);
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_hidden() {
        let mut findings = Findings::default();
        findings.hide("1000.secret", "…");
        findings.extend([Check::warning(
            "a",
            "no 1000.secret here",
            "not 1000.secret",
        )]);
        assert_eq!(findings.checks()[0].message, "no … here");
        assert_eq!(findings.checks()[0].hint.as_deref(), Some("not …"));
    }
}
