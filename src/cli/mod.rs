//! Exactly what can be typed. The comments are the help text.

#![expect(clippy::doc_markdown, reason = "a terminal shows no Markdown")]

mod completions;
mod hints;
mod login;
mod profiles;
mod values;

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use completions::completions;
pub(crate) use login::{LoginArgs, LogoutArgs, Scope};
use values::{Suggested, rule};
pub(crate) use values::{lock, only, positive_time, rate, time};

use crate::exit::Exit;

/// What completions offer after `--dc`; whole addresses are understood, too.
const DATA_CENTRES: [&str; 11] = [
    "us", "eu", "in", "au", "jp", "ca", "sa", "cn", "uk", "ae", "sg",
];

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Fetch the backups of a Zoho CRM organisation: every zip verified, every interruption resumable.
#[derive(Debug, Parser)]
#[command(name = "backup-fetch", version, max_term_width = 100, after_help = after_help(), args_override_self = true, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What all commands have in common.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Profile in the configuration file; list, download and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) profile: Vec<String>,

    /// Run every profile in the configuration file in turn (list, download and status only)
    #[arg(long, global = true, conflicts_with = "profile")]
    pub(crate) all_profiles: bool,

    /// Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,

    /// Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]
    #[arg(long, value_name = "DC", value_parser = Suggested(&DATA_CENTRES), hide_possible_values = true, global = true)]
    pub(crate) dc: Option<String>,

    /// API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) api_domain: Option<String>,

    /// Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) accounts_url: Option<String>,

    /// Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) download_domain: Vec<String>,

    /// Version of Zoho's API [default: v8]
    #[arg(long, value_name = "VERSION", global = true)]
    pub(crate) api_version: Option<String>,

    /// File of PEM certificates to trust in addition to the system's
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) ca_cert: Option<PathBuf>,

    /// Retries after a failure; any progress resets the count [default: 10]
    #[arg(long, value_name = "N", global = true)]
    pub(crate) retries: Option<u32>,

    /// Delay before the first retry; it doubles with each, up to a minute [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = time, global = true)]
    pub(crate) retry_wait: Option<Duration>,

    /// Maximum time to establish a connection [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = positive_time, global = true)]
    pub(crate) connect_timeout: Option<Duration>,

    /// How long a server may send nothing before the connection is dropped and retried [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = positive_time, global = true)]
    pub(crate) stall_timeout: Option<Duration>,

    /// Print JSON on stdout: one document, or one event per line for download and request
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print only warnings and errors on stderr
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Log more on stderr; -vv logs every request
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// How progress is shown
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true,
        help = "How to show progress: auto, bar, plain or none"
    )]
    pub(crate) progress: ProgressMode,

    /// When colour is used
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true,
        help = "When to use colour: auto, always or never"
    )]
    pub(crate) color: ColorMode,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Print the links of the latest backup, data first, one per line
    List {
        /// Show the size of each file, as its server reports it
        #[arg(long)]
        long: bool,
    },
    /// Fetch and verify every file of the latest backup, into a folder of its own under DIR
    Download(DownloadArgs),
    /// Exchange a code from Zoho's API console for a refresh token, and store it
    Login(LoginArgs),
    /// Revoke the refresh token at Zoho, and delete it here
    Logout(LogoutArgs),
    /// Check the configuration file, or list its profiles
    Config {
        /// What to do with it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Request a backup from Zoho now; each counts against the monthly allowance
    Request(RequestArgs),
    /// Schedule the recurring backup at Zoho
    Schedule(ScheduleArgs),
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
    /// Check everything a run needs, change nothing, and say how to fix what fails
    Doctor {
        /// Output folder to check [env: BACKUP_FETCH_OUT]
        #[arg(short, long, value_name = "DIR")]
        out: Option<PathBuf>,

        /// Exit with code 9 if a check warns
        #[arg(long)]
        strict: bool,
    },
    /// Print the completion script for a shell
    Completions {
        /// Shell to print the script for
        shell: Shell,
    },
}

/// Options of `download`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DownloadArgs {
    /// Where to save backups, each in a folder of its own [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Maximum number of connections; the smallest Zoho edition allows five calls at once [default: 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) jobs: Option<u8>,

    /// Maximum rate of all connections together, in bytes per second, such as 500K, 10M or 1MiB
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit_rate: Option<u64>,

    /// Stop after this time with exit code 10, and keep partial files
    #[arg(long, value_name = "TIME", value_parser = positive_time)]
    pub(crate) max_duration: Option<Duration>,

    /// Wait up to this time for another run in the same folder to finish [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) wait_lock: Option<Duration>,

    /// How to keep other runs out of the folder: flock, or none if its file system can't lock [default: flock]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    pub(crate) lock: Option<LockMode>,

    /// Fetch only the data zips, or only the attachment zips
    #[arg(long, value_name = "KIND", value_enum)]
    pub(crate) only: Option<Only>,

    /// Fetch only files whose name matches, such as 'Data_*.zip'
    #[arg(long, value_name = "GLOB")]
    pub(crate) r#match: Option<String>,

    /// Exit with code 9 if there is no backup that is not already saved
    #[arg(long)]
    pub(crate) require_new: bool,

    /// Show what would be fetched, and fetch nothing
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
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) request: bool,

    /// With --request: don't ask, even if the backup may have to be paid for
    #[arg(long, requires = "request")]
    pub(crate) yes: bool,

    /// Whether and how to wait.
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
}

/// Options of everything that waits for a backup at Zoho.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct WaitArgs {
    /// Wait for the backup at Zoho, up to this time [default: no wait; 24h if TIME is omitted]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "24h", value_parser = positive_time)]
    pub(crate) wait: Option<Duration>,

    /// First polling interval while waiting; it grows to ten times that [default: 1m]
    #[arg(long, value_name = "TIME", value_parser = positive_time)]
    pub(crate) poll_wait: Option<Duration>,
}

impl WaitArgs {
    /// What `--wait` without a time, and `--request` of `download`, wait at most.
    pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 3600);
}

/// Options of `request`.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct RequestArgs {
    /// Don't ask, even if the backup may have to be paid for
    #[arg(long)]
    pub(crate) yes: bool,

    /// Show what would be requested, and request nothing
    #[arg(long, conflicts_with = "wait")]
    pub(crate) dry_run: bool,

    /// Whether and how to wait.
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
}

/// Options of `schedule`.
#[derive(Debug, Clone, Default, Args)]
#[group(skip)] // It would hold every field; only these exclude each other.
#[command(group = clap::ArgGroup::new("form").required(true).args(["rule", "weekly", "every", "monthly"]))]
pub(crate) struct ScheduleArgs {
    /// Rule as Zoho writes it, such as 'RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO'
    #[arg(value_name = "RRULE", value_parser = rule)]
    pub(crate) rule: Option<String>,

    /// Every week on this day, such as mon
    #[arg(long, value_name = "DAY", value_parser = Suggested(&WEEKDAYS), hide_possible_values = true)]
    pub(crate) weekly: Option<String>,

    /// Every N weeks or months, such as '2 weeks' or '3 months'
    #[arg(long, value_name = "PACE", requires = "on")]
    pub(crate) every: Option<String>,

    /// Day for --every: thu; for months also 5 or 1st-thu
    #[arg(long, value_name = "DAY", requires = "every")]
    pub(crate) on: Option<String>,

    /// Every month on this day, such as 5 or 1st-thu
    #[arg(long, value_name = "DAY")]
    pub(crate) monthly: Option<String>,

    /// Show what would be scheduled, and schedule nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The commands of `config`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the keys, values and secrets of every profile, without using the network
    Check,
    /// Print the names of the profiles, one per line
    Profiles,
}

/// How runs in one folder are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LockMode {
    /// A kernel lock on a file in the folder
    #[default]
    Flock,
    /// No lock: whoever starts the runs keeps them apart
    None,
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// CSV files, metadata, record images
    Data,
    /// Files attached to records
    Attachments,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ProgressMode {
    /// Bars on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// Bars, even without a terminal
    Bar,
    /// One line per finished file, and a status line every minute
    Plain,
    /// Nothing
    None,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorMode {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
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
    for exit in Exit::ALL {
        let _ = writeln!(text, "  {:>3}  {}", exit.code(), exit.meaning());
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

    #[test]
    fn every_data_centre_is_offered() {
        let all = crate::zoho::datacenter::DataCenter::all();
        let all: Vec<&str> = all.iter().map(|center| center.code).collect();
        assert_eq!(all, DATA_CENTRES);
    }
}
