//! What can be typed after `list`.

use clap::Args;
use serde::Deserialize;

use super::values::Jobs;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct ListOptions {
    /// Show the size of each file, as its server reports it
    #[serde(skip)]
    #[arg(long)]
    pub(crate) long: bool,

    /// Of `download`: sizes are asked for over as many connections.
    #[arg(skip)]
    pub(crate) jobs: Option<Jobs>,
}
