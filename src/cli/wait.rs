//! What can be typed after every command that waits for a backup at Zoho.

use std::time::Duration;

use clap::Args;

use super::values::PositiveTime;

#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct WaitOptions {
    /// Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "24h")]
    pub(crate) wait: Option<PositiveTime>,

    /// First polling interval while waiting; it grows to ten times that [default: 1m]
    #[arg(long, value_name = "TIME")]
    pub(crate) poll_wait: Option<PositiveTime>,
}

impl WaitOptions {
    /// What `--wait` without a time, and `--request` of `download`, wait at most.
    pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 3600);
}
