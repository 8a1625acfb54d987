//! What it takes to reach a store.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;

use crate::http::ClientOptions;
use crate::http::retry::RetryPolicy;

/// As the settings have it.
#[derive(Clone)]
pub(crate) struct Access {
    /// `--store-option` and `store_options`, with checked keys.
    pub(crate) options: BTreeMap<String, String>,
    /// The variables of this process that are about clouds.
    pub(crate) variables: HashMap<String, String>,
    /// Where the files of the clouds' own programs are.
    pub(crate) home: Option<PathBuf>,
    pub(crate) client: ClientOptions,
    pub(crate) retry: RetryPolicy,
    /// Variables that no program gets to see which hands out credentials.
    pub(crate) withheld: &'static [&'static str],
}

impl Access {
    /// A variable; one that is empty counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }
}

/// Much of it is secret.
impl fmt::Debug for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Access").finish_non_exhaustive()
    }
}
