//! What can be typed after `list`.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::store::StoreOptions;
use super::values::{Jobs, OutFolder};
use crate::problem::Problem;
use crate::store::Address;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct ListOptions {
    /// Show the size of each file, as its server reports it
    #[serde(skip)]
    #[arg(long)]
    pub(crate) long: bool,

    /// Show instead what is saved in DIR, a folder or a store, without asking Zoho [default: `out` of the profile]
    #[serde(skip)]
    #[arg(long, value_name = "DIR", num_args = 0..=1, value_parser = OutFolder::parser(), value_hint = AnyPath, conflicts_with = "long")]
    pub(crate) saved: Option<Option<OutFolder>>,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Of `download`: sizes are asked for over as many connections.
    #[arg(skip)]
    pub(crate) jobs: Option<Jobs>,
}

/// Where `list --saved` looks if it is not told.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct SavedOptions {
    /// Of `download`.
    #[arg(skip)]
    out: Option<OutFolder>,
}

impl SavedOptions {
    pub(crate) fn folder(self) -> Result<Address, Problem> {
        match self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(Problem::configuration(
                "no folder is given",
                "name one with --saved DIR, BACKUP_FETCH_OUT, or `out` in the profile",
            )),
        }
    }
}
