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

pub use completions::completions;
pub use login::{LoginArgs, LogoutArgs, Scope};
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
pub struct Cli {
    /// What all commands have in common.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Profile of the configuration file; list, download and status take several, one after the other [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]
    #[arg(long, value_name = "NAME", global = true)]
    pub profile: Vec<String>,

    /// Every profile of the configuration file, one after the other: for list, download and status
    #[arg(long, global = true, conflicts_with = "profile")]
    pub all_profiles: bool,

    /// Configuration file [env: BACKUP_FETCH_CONFIG] [default: ~/.config/backup-fetch/config.toml]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]
    #[arg(long, value_name = "DC", value_parser = Suggested(&DATA_CENTRES), hide_possible_values = true, global = true)]
    pub dc: Option<String>,

    /// API domain, where the table of data centres does not fit [env: ZOHO_API_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    pub api_domain: Option<String>,

    /// Accounts server, where the table does not fit [env: ZOHO_ACCOUNTS_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub accounts_url: Option<String>,

    /// A further host that links may point to and that gets the token; may be repeated [env: ZOHO_DOWNLOAD_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    pub download_domain: Vec<String>,

    /// Version of Zoho's API [default: v8]
    #[arg(long, value_name = "VERSION", global = true)]
    pub api_version: Option<String>,

    /// PEM file with certificates to trust besides the system's
    #[arg(long, value_name = "FILE", global = true)]
    pub ca_cert: Option<PathBuf>,

    /// Further tries after a failure, counted since the last progress [default: 10]
    #[arg(long, value_name = "N", global = true)]
    pub retries: Option<u32>,

    /// First wait between two tries; it doubles with each, up to a minute [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = time, global = true)]
    pub retry_wait: Option<Duration>,

    /// How long a connection may take [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = positive_time, global = true)]
    pub connect_timeout: Option<Duration>,

    /// How long a server may send nothing before the connection is given up and tried again [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = positive_time, global = true)]
    pub stall_timeout: Option<Duration>,

    /// Write JSON to stdout: one document, or one event a line for download
    #[arg(long, global = true)]
    pub json: bool,

    /// Only warnings and errors on stderr
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Log more to stderr; twice for every request
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,

    /// How progress is shown
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true,
        help = "How progress is shown: auto, bar, plain or none"
    )]
    pub progress: ProgressMode,

    /// When colour is used
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true,
        help = "When colour is used: auto, always or never"
    )]
    pub color: ColorMode,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Print the links of the latest backup, data first, one per line
    List {
        /// With the size of each file, asked of its server
        #[arg(long)]
        long: bool,
    },
    /// Fetch every file of the latest backup, verified, into its own folder under DIR
    Download(DownloadArgs),
    /// Turn a code of Zoho's API console into a refresh token, and store it
    Login(LoginArgs),
    /// Revoke the refresh token at Zoho, and forget it
    Logout(LogoutArgs),
    /// Look after the configuration file
    Config {
        /// What to do with it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Ask Zoho for a backup now; each counts against the month's allowance
    Request(RequestArgs),
    /// Set the recurring backup at Zoho
    Schedule(ScheduleArgs),
    /// Stop the recurring backup at Zoho
    Cancel {
        /// Id of the job [default: the one that `status` shows]
        id: Option<String>,
    },
    /// Print where the backup at Zoho stands
    Status,
    /// Print Zoho's log of the last year, newest first
    History {
        /// Entries at most [default: all]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
    },
    /// Try everything a run needs, change nothing, and say how to mend what fails
    Doctor {
        /// The folder to look at [env: BACKUP_FETCH_OUT]
        #[arg(short, long, value_name = "DIR")]
        out: Option<PathBuf>,

        /// End with exit code 9 when a check warns
        #[arg(long)]
        strict: bool,
    },
    /// Print the completion script for a shell
    Completions {
        /// For which shell
        shell: Shell,
    },
}

/// Options of `download`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct DownloadArgs {
    /// Where backups are saved, each in its own folder [env: BACKUP_FETCH_OUT]
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Connections at most; the smallest Zoho edition allows five calls at one time [default: 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=32))]
    pub jobs: Option<u8>,

    /// Bytes a second at most over all connections, such as 500K, 10M or 1MiB
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub limit_rate: Option<u64>,

    /// End after this time with exit code 10 and keep what is there
    #[arg(long, value_name = "TIME", value_parser = positive_time)]
    pub max_duration: Option<Duration>,

    /// Wait up to this time for another run in the same folder to end [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub wait_lock: Option<Duration>,

    /// How runs in one folder are kept apart: flock, or none where the file system can't lock [default: flock]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    pub lock: Option<LockMode>,

    /// Only the data zips, or only the attachment zips
    #[arg(long, value_name = "KIND", value_enum)]
    pub only: Option<Only>,

    /// Only files whose name matches, such as 'Data_*.zip'
    #[arg(long, value_name = "GLOB")]
    pub r#match: Option<String>,

    /// End with exit code 9 when there is no backup that is not already saved
    #[arg(long)]
    pub require_new: bool,

    /// Say what would be fetched, and fetch nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Fetch though the links should have expired
    #[arg(long)]
    pub ignore_expiry: bool,

    /// Never ask for a part of a file: each comes whole over one connection, and starts over when that breaks
    #[arg(long)]
    pub no_ranges: bool,

    /// Start over with files of which an earlier run left a part
    #[arg(long)]
    pub no_resume: bool,

    /// Fetch corrupt and unverified files again though the server still has the same ones
    #[arg(long)]
    pub refetch: bool,

    /// Save files that can't be verified because they are encrypted or packed by an unknown method
    #[arg(long)]
    pub allow_unverified: bool,

    /// Ask Zoho for a backup first, wait for it, and fetch that one
    #[arg(long, conflicts_with = "dry_run")]
    pub request: bool,

    /// Ask for it with --request although it may have to be bought
    #[arg(long, requires = "request")]
    pub yes: bool,

    /// Whether and how to wait.
    #[command(flatten)]
    pub waiting: WaitArgs,
}

/// Options of everything that waits for a backup at Zoho.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WaitArgs {
    /// Wait for the backup at Zoho, up to this time [default: no wait; 24h where TIME is left away]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "24h", value_parser = positive_time)]
    pub wait: Option<Duration>,

    /// First pause between two looks while waiting; it grows to ten times that [default: 1m]
    #[arg(long, value_name = "TIME", value_parser = positive_time)]
    pub poll_wait: Option<Duration>,
}

impl WaitArgs {
    /// What `--wait` without a time, and `--request` of `download`, wait at most.
    pub const LONGEST: Duration = Duration::from_secs(24 * 3600);
}

/// Options of `request`.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RequestArgs {
    /// Ask for it although it may have to be bought
    #[arg(long)]
    pub yes: bool,

    /// Say what would be asked for, and ask for nothing
    #[arg(long, conflicts_with = "wait")]
    pub dry_run: bool,

    /// Whether and how to wait.
    #[command(flatten)]
    pub waiting: WaitArgs,
}

/// Options of `schedule`.
#[derive(Debug, Clone, Default, Args)]
#[group(skip)] // It would hold every field; only these exclude each other.
#[command(group = clap::ArgGroup::new("form").required(true).args(["rule", "weekly", "every", "monthly"]))]
pub struct ScheduleArgs {
    /// The rule as Zoho writes it, such as 'RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO'
    #[arg(value_name = "RRULE", value_parser = rule)]
    pub rule: Option<String>,

    /// Every week on this day, such as mon
    #[arg(long, value_name = "DAY", value_parser = Suggested(&WEEKDAYS), hide_possible_values = true)]
    pub weekly: Option<String>,

    /// Every so many weeks or months, such as '2 weeks' or '3 months'
    #[arg(long, value_name = "PACE", requires = "on")]
    pub every: Option<String>,

    /// The day for --every: thu, or for months also 5 or 1st-thu
    #[arg(long, value_name = "DAY", requires = "every")]
    pub on: Option<String>,

    /// Every month on this day, such as 5 or 1st-thu
    #[arg(long, value_name = "DAY")]
    pub monthly: Option<String>,

    /// Say what would be set, and set nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The commands of `config`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Check the whole file, every profile of it: keys, values, secrets; asks nothing of the network
    Check,
    /// Print the names of the profiles, one per line
    Profiles,
}

/// How runs in one folder are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LockMode {
    /// By a lock of the kernel on a file in the folder
    #[default]
    Flock,
    /// By whoever starts them
    None,
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// CSV files, metadata, record images
    Data,
    /// Files attached to records
    Attachments,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressMode {
    /// Bars on a terminal, plain lines elsewhere
    #[default]
    Auto,
    /// Bars, even where no terminal is seen
    Bar,
    /// One line per finished file and a status line a minute
    Plain,
    /// Nothing
    None,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorMode {
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
         with _FILE at the end, for the file that holds it.\n\n\
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
