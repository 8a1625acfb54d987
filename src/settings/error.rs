//! What is wrong with the configuration. Exit: Usage, for all of it.

use std::path::Path;

use crate::exit::Exit;
use crate::problem::Problem;

#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct SettingsError {
    problem: Problem,
    /// The line of the configuration file, where it is one of them.
    line: Option<usize>,
}

impl From<Problem> for SettingsError {
    fn from(problem: Problem) -> SettingsError {
        SettingsError {
            problem,
            line: None,
        }
    }
}

impl SettingsError {
    /// Names the thing and why it is wrong, and what to do about it.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> SettingsError {
        let problem = Problem::new(Exit::Usage, "configuration", message);
        problem.hint(hint).into()
    }

    /// The same, with its place in the configuration file, if it has none yet.
    pub(super) fn at(mut self, file: &Path, line: usize) -> SettingsError {
        if self.line.is_none() {
            self.problem.message = format!("{}:{line}: {self}", file.display());
            self.line = Some(line);
        }
        self
    }

    /// The same, somewhere in the configuration file.
    pub(super) fn in_file(mut self, file: &Path) -> SettingsError {
        self.problem.message = format!("{}: {self}", file.display());
        self
    }

    pub(crate) fn problem(&self) -> Problem {
        self.problem.clone()
    }

    pub(super) fn line(&self) -> Option<usize> {
        self.line
    }

    pub(crate) fn hint(&self) -> &str {
        self.problem.hint.as_deref().unwrap_or_default()
    }
}
