//! What can be typed after `request`.

use clap::Args;

use super::wait::WaitOptions;

#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct RequestOptions {
    /// Don't ask, even if the backup may have to be paid for
    #[arg(long)]
    pub(crate) yes: bool,

    /// Show what would be requested, and request nothing
    #[arg(long, conflicts_with = "wait")]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) waiting: WaitOptions,
}
