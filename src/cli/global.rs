//! Options of every command.

use clap::Args;
use clap::ValueHint::AnyPath;
use serde::Deserialize;

use super::flags::Flags;
use super::output::OutputOptions;
use super::values::{ApiVersion, Center, Org, PositiveTime, Time, UserPath, one_or_many};
use crate::store::sys;

/// The options of every command. What a profile can hold has no `serde(skip)`.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Profile in the configuration file; list, download, check, prune and status accept several and run them in turn [env: BACKUP_FETCH_PROFILE] [default: `default_profile` of the file]
    #[serde(skip)]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) profile: Vec<String>,

    /// Run every profile in the configuration file in turn (list, download, check, prune and status only)
    #[serde(skip)]
    #[arg(long, global = true, conflicts_with = "profile")]
    pub(crate) all_profiles: bool,

    #[serde(skip)]
    #[arg(
        long, value_name = "FILE", value_parser = UserPath::parser(), value_hint = AnyPath, global = true,
        help = format!("Configuration file [env: BACKUP_FETCH_CONFIG] [default: {}]", sys::CONFIG_FOLDER.shown().join("config.toml").display()),
    )]
    pub(crate) config: Option<UserPath>,

    /// Data centre of the account: us eu in au jp ca sa cn uk ae sg [env: ZOHO_DC] [default: us]
    #[arg(long, value_name = "DC", value_parser = Center::parser(), hide_possible_values = true, global = true)]
    pub(crate) dc: Option<Center>,

    /// API domain, if not the usual one of the data centre [env: ZOHO_API_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) api_domain: Option<String>,

    /// Accounts server, if not the usual one of the data centre [env: ZOHO_ACCOUNTS_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) accounts_url: Option<String>,

    /// Additional host that links may point to and that may receive the token; repeatable [env: ZOHO_DOWNLOAD_DOMAIN]
    #[arg(long, value_name = "URL", global = true)]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) download_domain: Vec<String>,

    /// Version of Zoho's API [default: v8]
    #[arg(long, value_name = "VERSION", global = true)]
    pub(crate) api_version: Option<ApiVersion>,

    /// File of PEM certificates to trust in addition to the system's
    #[arg(long, value_name = "FILE", value_parser = UserPath::parser(), value_hint = AnyPath, global = true)]
    pub(crate) ca_cert: Option<UserPath>,

    /// Retries after a failure; any progress resets the count [default: 10]
    #[arg(long, value_name = "N", global = true)]
    pub(crate) retries: Option<u32>,

    /// Delay before the first retry; it doubles with each, up to a minute [default: 1s]
    #[arg(long, value_name = "TIME", global = true)]
    pub(crate) retry_wait: Option<Time>,

    /// Maximum time to establish a connection [default: 10s]
    #[arg(long, value_name = "TIME", global = true)]
    pub(crate) connect_timeout: Option<PositiveTime>,

    /// How long a server may send nothing before the connection is dropped and retried [default: 60s]
    #[arg(long, value_name = "TIME", global = true)]
    pub(crate) stall_timeout: Option<PositiveTime>,

    #[serde(skip)]
    #[command(flatten)]
    pub(crate) output: OutputOptions,

    /// Only in profiles: links of another organisation are refused.
    #[arg(skip)]
    pub(crate) org: Option<Org>,

    /// All that was typed.
    #[arg(skip)]
    #[serde(skip)]
    pub(crate) flags: Flags,
}
