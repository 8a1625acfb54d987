//! What can be typed after `doctor`.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::store::StoreOptions;
use super::values::{FolderPath, Glob, LockMode, MountPath, Only, OutFolder, one_of};

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct DoctorOptions {
    /// Output folder or store to check [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) out: Option<OutFolder>,

    /// Where a disk must be mounted, which DIR is on; a file .backup-fetch-mount in it, or PATH itself if it is a file, counts as well
    #[arg(long, value_name = "PATH", value_parser = MountPath::parser(), value_hint = AnyPath)]
    pub(crate) require_mount: Option<MountPath>,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Exit with code 9 if a check warns
    #[serde(skip)]
    #[arg(long)]
    pub(crate) strict: bool,

    /// Of `download`, as the next.
    #[arg(skip)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) lock: Option<LockMode>,
    #[arg(skip)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) only: Option<Only>,
    #[arg(skip)]
    pub(crate) r#match: Option<Glob>,
    #[arg(skip)]
    pub(crate) prune: bool,
    #[arg(skip)]
    pub(crate) staging: Option<FolderPath>,
}
