//! What can be typed after `inspect`.

use std::path::Path;

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::values::{OutFolder, Percent, no_folder};
use crate::problem::Problem;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct InspectOptions {
    /// Saved backup, single zip, or folder of backups, of which the newest complete one is taken [default: the output folder]
    #[serde(skip)]
    #[arg(value_name = "PATH", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) path: Option<OutFolder>,

    /// Backup to compare with [default: the complete one of the same organisation saved before, in the same folder]
    #[serde(skip)]
    #[arg(long, value_name = "PATH", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) against: Option<OutFolder>,

    /// Exit with code 6 if a module has lost more than this share of its records since then, such as 20%
    #[serde(skip)]
    #[arg(long, value_name = "SHARE")]
    pub(crate) max_drop: Option<Percent>,

    /// Of `download`: what is looked at where no path is given.
    #[arg(skip)]
    pub(crate) out: Option<OutFolder>,
}

impl InspectOptions {
    pub(crate) fn folder(&self) -> Result<&Path, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }
}
