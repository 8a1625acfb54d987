//! What can be typed after `verify`.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::store::StoreOptions;
use super::tell::TellOptions;
use super::values::{OutFolder, Percent, Time};

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct VerifyOptions {
    /// Saved backup, folder of backups, or single zip, here or in a store (s3://…, gs://…, az://…); repeatable [default: the output folder]
    #[serde(skip)]
    #[arg(value_name = "PATH", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) paths: Vec<OutFolder>,

    /// Check only that every file is there, its size, and the directory of its zip, without reading the data
    #[serde(skip)]
    #[arg(long)]
    pub(crate) quick: bool,

    /// Read the data of this share of all bytes only, such as 10%: that of the files read longest ago, so that run after run everything is read
    #[serde(skip)]
    #[arg(long, value_name = "SHARE", conflicts_with = "quick")]
    pub(crate) sample: Option<Percent>,

    /// Fetch again what is damaged or missing, as long as the links of that backup live; a damaged file is kept as NAME.damaged. Not in an object store: remove a damaged object there, and run download
    #[serde(skip)]
    #[arg(long, conflicts_with_all = ["quick", "sample"])]
    pub(crate) repair: bool,

    /// With --repair: wait up to this time for another run in the same folder to finish [default: 0s]
    #[arg(long, value_name = "TIME", requires = "repair")]
    pub(crate) wait_lock: Option<Time>,

    // What a profile says of it is for downloads.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) tell: TellOptions,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Of `download`: what is verified where no path is given.
    #[arg(skip)]
    pub(crate) out: Option<OutFolder>,
}
