//! What it takes to reach a store.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

/// As the settings have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    /// `--store-option` and `store_options`.
    pub(crate) options: BTreeMap<String, String>,
    /// The variables of this process: each cloud has its own.
    pub(crate) variables: HashMap<String, String>,
    /// Where the files of the clouds' own programs are.
    pub(crate) home: Option<PathBuf>,
    /// Certificates to trust beside those of the system, in PEM.
    pub(crate) ca_certs: Vec<Vec<u8>>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) stall_timeout: Option<Duration>,
    /// Attempts after the first.
    pub(crate) retries: Option<u32>,
}
