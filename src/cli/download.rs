//! What can be typed after `download`.

use clap::Args;
use clap::ValueHint::{AnyPath, DirPath};
use serde::Deserialize;

use super::keep::KeepOptions;
use super::store::StoreOptions;
use super::tell::TellOptions;
use super::values::{
    FolderPath, Glob, Jobs, LockMode, MountPath, Only, OutFolder, Percent, PositiveTime, Rate,
    Time, no_folder, one_of,
};
use super::wait::WaitOptions;
use crate::problem::Problem;
use crate::store::{Address, sys};

/// The options of `download`. What a profile can hold has no `serde(skip)`.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DownloadOptions {
    /// Where to save backups, each in a folder of its own: a folder, or a place in an object store such as s3://BUCKET/PREFIX, gs://… or az://… [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) out: Option<OutFolder>,

    #[arg(
        long, value_name = "DIR", value_parser = FolderPath::parser(), value_hint = DirPath,
        help = format!("Where files wait on their way to an object store; room for three is enough [default: {}]", sys::CACHE_FOLDER.shown().display()),
    )]
    pub(crate) staging: Option<FolderPath>,

    /// Write only while a disk is mounted on PATH, which is DIR or a folder above it; a file .backup-fetch-mount in PATH counts as well, and so does PATH if it is a file
    #[arg(long, value_name = "PATH", value_parser = MountPath::parser(), value_hint = AnyPath)]
    pub(crate) require_mount: Option<MountPath>,

    /// Maximum number of connections; the smallest Zoho edition allows five calls at once [default: 4]
    #[arg(short, long, value_name = "N", value_parser = Jobs::parser())]
    pub(crate) jobs: Option<Jobs>,

    /// Maximum rate of all connections together, in bytes per second, such as 500K, 10M or 1MiB
    #[arg(long, value_name = "RATE")]
    pub(crate) limit_rate: Option<Rate>,

    /// Stop after this time with exit code 10, and keep partial files
    #[arg(long, value_name = "TIME")]
    pub(crate) max_duration: Option<PositiveTime>,

    /// Wait up to this time for another run in the same folder or store to finish [default: 0s]
    #[arg(long, value_name = "TIME")]
    pub(crate) wait_lock: Option<Time>,

    /// How to keep other runs out: flock, which is a lock object in a store, or none if the file system can't lock [default: flock]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) lock: Option<LockMode>,

    /// Fetch only the data zips, or only the attachment zips
    #[arg(long, value_name = "KIND", value_enum)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) only: Option<Only>,

    /// Fetch only files whose name matches, such as 'Data_*.zip'
    #[arg(long, value_name = "GLOB")]
    pub(crate) r#match: Option<Glob>,

    /// Exit with code 9 if there is no backup that is not already saved
    #[arg(long)]
    pub(crate) require_new: bool,

    /// When the backup is complete, count what it holds, as `inspect` does, and keep the counts in its manifest
    #[arg(long)]
    pub(crate) inspect: bool,

    /// Inspect the backup, and exit with code 6 if a module has lost more than this share of its records since the previous one,
    /// such as 20%
    #[arg(long, value_name = "SHARE")]
    pub(crate) max_drop: Option<Percent>,

    /// Show what would be fetched, and fetch nothing
    #[serde(skip)]
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Try the links even if they have expired
    #[arg(long)]
    pub(crate) ignore_expiry: bool,

    /// Never request part of a file: each is fetched over one connection, and starts over if that breaks
    #[arg(long)]
    pub(crate) no_ranges: bool,

    /// Start partial files of earlier runs over instead of resuming them
    #[arg(long)]
    pub(crate) no_resume: bool,

    /// Fetch corrupt and unverified files again even if the server still has the same ones
    #[arg(long)]
    pub(crate) refetch: bool,

    /// Save files that can't be verified because they are encrypted or packed by an unknown method
    #[arg(long)]
    pub(crate) allow_unverified: bool,

    /// Request a backup first, wait for it, and fetch it
    #[serde(skip)]
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) request: bool,

    /// With --request: don't ask, even if the backup may have to be paid for
    #[serde(skip)]
    #[arg(long, requires = "request")]
    pub(crate) yes: bool,

    /// Remove old backups at the end, once the latest one is complete; see `backup-fetch help prune`
    #[arg(long)]
    pub(crate) prune: bool,

    #[command(flatten)]
    pub(crate) keep: KeepOptions,

    #[serde(skip)]
    #[command(flatten)]
    pub(crate) waiting: WaitOptions,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    #[serde(skip)]
    #[command(flatten)]
    pub(crate) tell: TellOptions,
}

impl DownloadOptions {
    pub(crate) fn folder(&self) -> Result<&Address, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }
}
