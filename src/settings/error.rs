//! What is wrong with the configuration. Exit: Usage, for all of it.

use crate::problem::Problem;
use std::path::Path;

/// The configuration can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct SettingsError {
    /// Which thing is wrong, and why.
    message: String,
    /// How to mend it.
    hint: String,
    /// The line of the configuration file, where it is one of them.
    line: Option<usize>,
}

impl SettingsError {
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: crate::exit::Exit::Usage,
            code: "configuration",
            message: self.to_string(),
            hint: Some(self.hint().to_owned()),
        }
    }

    /// Names the thing and why it is wrong, and how to mend it.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> SettingsError {
        SettingsError {
            message: message.into(),
            hint: hint.into(),
            line: None,
        }
    }

    /// The same, with its place in the configuration file, if it has none yet.
    pub(super) fn at(self, file: &Path, line: usize) -> SettingsError {
        if self.line.is_some() {
            return self;
        }
        SettingsError {
            message: format!("{}:{line}: {}", file.display(), self.message),
            hint: self.hint,
            line: Some(line),
        }
    }

    /// The same, somewhere in the configuration file.
    pub(super) fn in_file(self, file: &Path) -> SettingsError {
        SettingsError {
            message: format!("{}: {}", file.display(), self.message),
            ..self
        }
    }

    pub(super) fn line(&self) -> Option<usize> {
        self.line
    }

    pub(crate) fn hint(&self) -> &str {
        &self.hint
    }
}

/// A text and a hint.
impl From<(String, String)> for SettingsError {
    fn from((message, hint): (String, String)) -> SettingsError {
        SettingsError::new(message, hint)
    }
}
