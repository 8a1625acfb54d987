//! What can be typed after `prune`.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::keep::KeepOptions;
use super::store::StoreOptions;
use super::values::{LockMode, MountPath, OutFolder, Time, no_folder, one_of};
use crate::problem::Problem;
use crate::store::Address;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct PruneOptions {
    /// Folder or store where backups are saved [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    out: Option<OutFolder>,

    /// Remove only while a disk is mounted on PATH, which is DIR or a folder above it
    #[arg(long, value_name = "PATH", value_parser = MountPath::parser(), value_hint = AnyPath)]
    pub(crate) require_mount: Option<MountPath>,

    #[command(flatten)]
    pub(crate) keep: KeepOptions,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Show what would be kept and removed, and remove nothing
    #[serde(skip)]
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Wait up to this time for another run in the same folder or store to finish [default: 0s]
    #[arg(long, value_name = "TIME")]
    pub(crate) wait_lock: Option<Time>,

    /// How to keep other runs out: flock, which is a lock object in a store, or none if the file system can't lock [default: flock]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) lock: Option<LockMode>,
}

impl PruneOptions {
    pub(crate) fn folder(&self) -> Result<&Address, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }
}
