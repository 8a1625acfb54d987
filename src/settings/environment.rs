//! The only place that reads the environment.

use std::collections::HashMap;
use std::path::PathBuf;

/// The environment variables. A variable that is empty counts as not set.
#[derive(Debug, Clone, Default)]
pub struct Environment(pub(super) HashMap<String, String>);

impl Environment {
    /// Of this process.
    #[must_use]
    pub fn of_process() -> Environment {
        Environment(
            std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        )
    }

    /// With this variable alone.
    pub(super) fn only(&self, name: &str) -> Environment {
        let variable = self.get(name).map(|value| (name.to_owned(), value));
        Environment(variable.into_iter().collect())
    }

    /// The output folder, where a variable names it.
    #[must_use]
    pub fn out(&self) -> Option<PathBuf> {
        self.get("BACKUP_FETCH_OUT").map(PathBuf::from)
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }
}
