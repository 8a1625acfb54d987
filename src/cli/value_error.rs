//! Why a value is refused, whether it stands behind a flag, in a variable or in a profile.

use std::fmt;

use crate::problem::Problem;

const README: &str = "see the configuration in the README";

/// Goes before a hint where there is nothing but one text.
const HINT: &str = "\nhint: ";

/// Why a value is refused. One without a hint is told in the words of whoever read the value; a text that goes on from the
/// name of its flag or key begins with ` = ` or `: `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValueError {
    text: String,
    hint: Option<String>,
}

/// With the hint, because serde passes on nothing but this text.
impl fmt::Display for ValueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)?;
        let hint = self.hint.as_ref();
        hint.map_or(Ok(()), |hint| write!(formatter, "{HINT}{hint}"))
    }
}

impl std::error::Error for ValueError {}

impl ValueError {
    pub(super) fn new(text: impl Into<String>, hint: impl Into<String>) -> ValueError {
        ValueError {
            text: text.into(),
            hint: Some(hint.into()),
        }
    }

    pub(super) fn bare(text: impl Into<String>) -> ValueError {
        ValueError {
            text: text.into(),
            hint: None,
        }
    }

    /// For who reads the value of a profile and says no more than this.
    pub(super) fn in_profile(self, value: &str) -> ValueError {
        match self.hint {
            Some(_) => self,
            None => ValueError::new(format!(" = {value:?}: {}", self.text), README),
        }
    }

    /// Reads what serde passed on. Nothing where it is an error of serde's own.
    pub(crate) fn passed_on(message: &str) -> Option<ValueError> {
        let (text, hint) = message.split_once(HINT)?;
        Some(ValueError::new(text, hint))
    }

    /// For the value of a key or a variable.
    pub(crate) fn of_key(&self, key: &str) -> Problem {
        let goes_on = [" = ", ": "].iter().any(|way| self.text.starts_with(way));
        let key = if goes_on { key } else { "" };
        let hint = self.hint.as_deref().unwrap_or(README);
        Problem::configuration(format!("{key}{}", self.text), hint)
    }

    /// For the value of a flag. Nothing where clap tells it.
    pub(super) fn of_flag(&self, flag: &str) -> Option<Problem> {
        self.hint.as_ref()?;
        let mut problem = self.of_key(flag);
        let of_key = format!("{flag} = ");
        problem.message = problem.message.replacen(&of_key, &format!("{flag} "), 1);
        Some(problem)
    }
}
