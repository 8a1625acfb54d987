//! What can be typed after `check`.

use std::time::Duration;

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::store::StoreOptions;
use super::values::{Age, Glob, Only, Org, OutFolder, no_folder, one_of};
use crate::problem::Problem;
use crate::store::Address;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct CheckOptions {
    /// Oldest that the newest complete backup of an organisation may be, such as 8d, 36h or 2w
    #[arg(long, value_name = "TIME")]
    max_age: Option<Age>,

    /// Output folder or store to look in [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    out: Option<OutFolder>,

    // What a profile says of it is read apart.
    #[serde(skip)]
    #[command(flatten)]
    pub(crate) store: StoreOptions,

    /// Be a monitoring plugin of Nagios, Icinga and the like: print one line with performance data, and exit with 0 (OK), with 2 (CRITICAL) in place of 9, and with 3 (UNKNOWN) in place of every other code
    #[serde(skip)]
    #[arg(long, conflicts_with = "json")]
    pub(crate) nagios: bool,

    /// Only in profiles: other organisations are not looked at.
    #[arg(skip)]
    pub(crate) org: Option<Org>,

    /// Of `download`, as the next: what a backup is complete with.
    #[arg(skip)]
    #[serde(deserialize_with = "one_of")]
    pub(crate) only: Option<Only>,
    #[arg(skip)]
    pub(crate) r#match: Option<Glob>,
}

impl CheckOptions {
    pub(crate) fn folder(&self) -> Result<&Address, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }

    pub(crate) fn max_age(&self) -> Result<Duration, Problem> {
        self.max_age.map(|Age(age)| age).ok_or_else(|| {
            Problem::configuration(
                "no greatest age is given",
                "say how old a backup may be with --max-age, or with `max_age` in the profile: 8d where there is one a week",
            )
        })
    }
}
