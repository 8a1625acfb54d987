//! What can be typed after `systemd`.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::tell::HookCommand;
use super::values::{FolderPath, MountPath, OutFolder, PositiveTime, Time, UserPath, no_folder};
use crate::problem::Problem;
use crate::store::Address;

#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct SystemdOptions {
    /// Print the service alone
    #[serde(skip)]
    #[arg(long, conflicts_with = "timer")]
    pub(crate) service: bool,

    /// Print the timer alone
    #[serde(skip)]
    #[arg(long)]
    pub(crate) timer: bool,

    /// When to run, as OnCalendar= of systemd.timer(5) takes it [default: *-*-* 03:15]
    #[serde(skip)]
    #[arg(long, value_name = "WHEN")]
    pub(crate) on_calendar: Option<String>,

    /// User that the service runs as, to whom the backups will belong [default: backup-fetch]
    #[serde(skip)]
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,

    /// Output folder or store [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR", value_parser = OutFolder::parser(), value_hint = AnyPath)]
    pub(crate) out: Option<OutFolder>,

    /// Of `download`, as the next.
    #[arg(skip)]
    pub(crate) require_mount: Option<MountPath>,
    #[arg(skip)]
    pub(crate) staging: Option<FolderPath>,
    #[arg(skip)]
    pub(crate) max_duration: Option<PositiveTime>,
    #[arg(skip)]
    pub(crate) wait_lock: Option<Time>,
    #[arg(skip)]
    pub(crate) metrics: Option<UserPath>,
    #[arg(skip)]
    pub(crate) on_success: Option<HookCommand>,
    #[arg(skip)]
    pub(crate) on_failure: Option<HookCommand>,
}

impl SystemdOptions {
    pub(crate) fn folder(&self) -> Result<&Address, Problem> {
        match &self.out {
            Some(OutFolder(folder)) => Ok(folder),
            None => Err(no_folder().of_key("out")),
        }
    }
}
