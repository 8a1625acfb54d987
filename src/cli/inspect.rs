//! What can be typed after `inspect`.

use std::path::PathBuf;

use clap::Args;
use clap::ValueHint::{AnyPath, FilePath};
use serde::Deserialize;

use super::store::StoreOptions;
use super::values::{OutFolder, Percent, no_folder};
use crate::problem::Problem;
use crate::store::Address;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct InspectOptions {
    /// Saved backup, single zip, or folder of backups, of which the newest complete one is taken; here or in a store (s3://…, gs://…, az://…) [default: the output folder]
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

    /// Print the records of this module instead, as CSV, or with --json as an object on each line
    #[serde(skip)]
    #[arg(long, value_name = "MODULE", conflicts_with_all = ["against", "max_drop"])]
    pub(crate) module: Option<String>,

    /// Only records in which a field is a value (LABEL=VALUE), is not (LABEL!=VALUE), or contains it in any case (LABEL~VALUE); repeatable, and all must hold
    #[serde(skip)]
    #[arg(long, value_name = "CONDITION", requires = "module")]
    pub(crate) r#where: Vec<String>,

    /// Only the record with this id, with or without zcrm_; repeatable
    #[serde(skip)]
    #[arg(long, value_name = "ID", requires = "module")]
    pub(crate) id: Vec<String>,

    /// Write one file out of the zips instead: an attachment by its id or file name, or anything by its whole name in the zip, such as Data/Leads_001.csv
    #[serde(skip)]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["against", "max_drop", "module"])]
    pub(crate) extract: Option<String>,

    /// Where to write it [default: stdout]
    #[serde(skip)]
    #[arg(long, value_name = "FILE", requires = "extract", group = "file", value_hint = FilePath)]
    pub(crate) to: Option<PathBuf>,

    /// Also write an HTML page with the table, the findings, and a chart of the records in all backups of the folder; an earlier page is replaced
    #[serde(skip)]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["module", "extract"], group = "file", value_hint = FilePath)]
    pub(crate) html: Option<PathBuf>,

    /// Replace FILE if it exists
    #[serde(skip)]
    #[arg(long, requires = "file")]
    pub(crate) force: bool,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Of `download`: what is looked at where no path is given.
    #[arg(skip)]
    pub(crate) out: Option<OutFolder>,
}

impl InspectOptions {
    pub(crate) fn folder(&self) -> Result<&Address, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }
}
