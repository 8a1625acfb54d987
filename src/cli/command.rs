//! The command line as a whole.

use std::fmt::Write;

use clap::ValueHint::DirPath;
use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::check::CheckOptions;
use super::doctor::DoctorOptions;
use super::download::DownloadOptions;
use super::global::Global;
use super::inspect::InspectOptions;
use super::list::ListOptions;
use super::login::{LoginOptions, LogoutOptions};
use super::prune::PruneOptions;
use super::request::RequestOptions;
use super::schedule::ScheduleOptions;
use super::systemd::SystemdOptions;
use super::values::UserPath;
use super::verify::VerifyOptions;
use super::version;
use crate::exit::Exit;
use crate::store::sys;

/// Fetch the backups of a Zoho CRM organisation: every zip verified, every interruption resumable.
#[derive(Debug, Parser)]
#[command(name = "backup-fetch", bin_name = "backup-fetch", version, long_version = version::ALL, max_term_width = 100, after_help = after_help(), args_override_self = true, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Print the links of the latest backup, data first, one per line
    List(ListOptions),
    /// Fetch and verify every file of the latest backup, into a folder of its own under DIR
    Download(Box<DownloadOptions>),
    /// Check that saved backups are complete and undamaged, without asking Zoho
    Verify(VerifyOptions),
    /// Check that the newest complete backup saved is not too old, without asking Zoho
    Check(CheckOptions),
    /// Remove old saved backups by the rules of restic; the newest complete one always stays
    Prune(PruneOptions),
    /// Exchange a code from Zoho's API console for a refresh token, and store it
    Login(LoginOptions),
    /// Revoke the refresh token at Zoho, and delete it here
    Logout(LogoutOptions),
    /// Check the configuration file, or list its profiles
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Request a backup from Zoho now; each counts against the monthly allowance
    Request(RequestOptions),
    /// Schedule the recurring backup at Zoho
    Schedule(ScheduleOptions),
    /// Cancel the recurring backup at Zoho
    Cancel {
        /// Job id [default: the one that `status` shows]
        id: Option<String>,
    },
    /// Show the state of the backup at Zoho
    Status,
    /// Show Zoho's backup log of the last year, newest first
    History {
        /// Show at most this many entries [default: all]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
    },
    /// Show what a saved backup holds, what is missing in it, and what changed since the one before
    Inspect(InspectOptions),
    /// Check everything a run needs, change nothing, and say how to fix what fails
    Doctor(DoctorOptions),
    /// Print a systemd service and timer that run `download` for the profile every night
    #[command(hide = !sys::HAS_SYSTEMD)]
    Systemd(SystemdOptions),
    /// Print the completion script for a shell
    Completions {
        /// Shell to print the script for
        shell: Shell,
    },
    /// Write the man pages, one for each command, into a folder
    Man {
        /// Folder to write them into, such as /usr/local/share/man/man1
        #[arg(value_name = "DIR", value_parser = UserPath::parser(), value_hint = DirPath)]
        folder: UserPath,
    },
    /// Print the version, and what the program was built from
    Version,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the keys, values and secrets of every profile, without using the network
    Check,
    /// Print the names of the profiles, one per line
    Profiles,
}

fn after_help() -> String {
    let mut text = "Secrets come from the environment or a profile, never from a flag: ZOHO_CLIENT_ID,\n\
         ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN, or ZOHO_ACCESS_TOKEN for an hour's use; each also\n\
         with the suffix _FILE, naming a file that holds it.\n\n\
         Examples:\n  \
         backup-fetch list\n  \
         backup-fetch download --out /srv/backups/zoho\n  \
         backup-fetch download --out /srv/backups/zoho --only data --dry-run\n\n\
         Exit codes:\n"
        .to_owned();
    for (exit, meaning) in Exit::MEANINGS {
        let _ = writeln!(text, "  {:>3}  {}", exit.code(), meaning);
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
