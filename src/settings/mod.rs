//! What will be done: flags over environment over profile over defaults (`design.md` section 6), checked, and without
//! anything left open.

mod check;
mod credentials;
mod domain;
mod environment;
mod error;
pub(crate) mod inspect;
mod keyring;
mod login;
mod path;
mod place;
mod profile;
mod secret;
mod several;
mod store;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub(crate) use check::{Finding, Verdict, check};
pub(crate) use environment::Environment;
pub(crate) use error::SettingsError;
pub(crate) use login::{Account, NewCredentials};
pub(crate) use secret::{checked as one_line, client_id};
pub(crate) use several::{one_profile, profile_names, several_profiles};
pub(crate) use store::Store;

use place::Place;

use crate::auth::Credentials;
use crate::cli::{ColorMode, DownloadArgs, Global, LockMode, ProgressMode};
use crate::http::ClientOptions;
use crate::http::hosts::TrustedHosts;
use crate::http::retry::RetryPolicy;
use crate::model::{FileKind, FileName};
use profile::Profile;

const RETRIES: u32 = 10;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// `design.md` section 7 rule 7: 1 s to 60 s.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Zoho's own connectors give up after 60 s of silence (`zoho-api.md` section 5).
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// How the program talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Output {
    /// stdout is JSON.
    pub(crate) json: bool,
    /// Print only warnings and errors on stderr.
    pub(crate) quiet: bool,
    /// How many `-v` were given.
    pub(crate) verbosity: u8,
    /// Bars, lines or nothing.
    pub(crate) progress: ProgressMode,
    /// Colour on stderr.
    pub(crate) color: ColorMode,
    /// The locale knows characters beyond ASCII.
    pub(crate) unicode: bool,
}

impl Output {
    /// As it was typed: it must be known before anything can go wrong.
    pub(crate) fn new(global: &Global) -> Output {
        Output {
            json: global.json,
            quiet: global.quiet,
            verbosity: global.verbose,
            progress: global.progress,
            color: global.color,
            unicode: Environment::of_process().is_unicode(),
        }
    }
}

/// What every command needs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Root of the API.
    pub(crate) api: Url,
    /// Root of the accounts server.
    pub(crate) accounts: Url,
    /// Such as `v8`.
    pub(crate) api_version: String,
    /// Links of another organisation are refused.
    pub(crate) org: Option<String>,
    /// How the HTTP client is set up.
    pub(crate) client: ClientOptions,
    /// How often and how long apart something is tried again.
    pub(crate) retry: RetryPolicy,
    /// What to be let in with.
    pub(crate) credentials: Credentials,
    /// Where the token cache is, if there is a place for one.
    pub(crate) state_folder: Option<PathBuf>,
}

/// What `download` needs besides.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DownloadSettings {
    /// Where backups are saved.
    pub(crate) out: PathBuf,
    /// Connections at most.
    pub(crate) jobs: usize,
    /// One of the two lists.
    pub(crate) only: Option<FileKind>,
    /// Names that match.
    pub(crate) pattern: Option<glob::Pattern>,
    /// Bytes a second at most.
    pub(crate) limit_rate: Option<u64>,
    /// The run ends after this time.
    pub(crate) max_duration: Option<Duration>,
    /// How long another run in the same folder is waited for.
    pub(crate) wait_lock: Duration,
    /// How runs in the same folder are kept apart.
    pub(crate) lock: LockMode,
    /// That nothing is new is a failure.
    pub(crate) require_new: bool,
    /// Fetch nothing.
    pub(crate) dry_run: bool,
    /// Fetch though the links should be dead.
    pub(crate) ignore_expiry: bool,
    /// Every file comes whole, in one request.
    pub(crate) no_ranges: bool,
    /// What an earlier run left of a file is not used.
    pub(crate) no_resume: bool,
    /// What is known to be corrupt or unverified is fetched again.
    pub(crate) refetch: bool,
    /// What can't be tested is saved.
    pub(crate) allow_unverified: bool,
}

/// A configuration that was found, before a command takes from it what it needs.
#[derive(Debug)]
pub(crate) struct Sources {
    global: Global,
    environment: Environment,
    profile: Profile,
    /// The file of the profile, and the lines of the profile's keys in it.
    file: Option<PathBuf>,
    lines: BTreeMap<String, usize>,
    profile_name: String,
    state_folder: Option<PathBuf>,
}

/// Whether `only` and `match` choose a file.
pub(crate) fn selects(
    only: Option<FileKind>,
    pattern: Option<&glob::Pattern>,
    kind: FileKind,
    name: &FileName,
) -> bool {
    only.is_none_or(|only| only == kind)
        && pattern.is_none_or(|pattern| pattern.matches(name.as_str()))
}

impl Sources {
    /// Finds the configuration file and the profile.
    pub(crate) fn find(
        global: &Global,
        environment: Environment,
    ) -> Result<Sources, SettingsError> {
        let place = Place::find(global, &environment)?;
        let chosen = match &place.config {
            None if place.profile.is_none() => profile::Chosen::default(),
            _ => profile::choose(place.config()?, place.named, place.profile.as_deref())?,
        };
        if let (Some(name), Some(path)) = (&chosen.name, &chosen.path) {
            tracing::info!("profile {name} of {}", path.display());
        } else {
            tracing::info!("no profile: flags and environment only");
        }
        Ok(Sources {
            global: global.clone(),
            environment,
            profile: chosen.profile,
            file: chosen.path,
            lines: chosen.lines,
            profile_name: chosen.name.unwrap_or_default(),
            state_folder: place.state_folder,
        })
    }

    /// What every command needs.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings = self.without_credentials()?;
        settings.credentials = self.credentials()?;
        Ok(settings)
    }

    /// The same with nothing to be let in with: no secret is looked for.
    pub(crate) fn without_credentials(&self) -> Result<Settings, SettingsError> {
        self.check_ca_store()?;
        let center = self.data_center()?;
        let api = self.api(center)?;
        let plain = api.scheme() == "http";
        let accounts = self.accounts(center, plain)?;
        let downloads = self.downloads(center, plain)?;
        Ok(Settings {
            client: ClientOptions {
                ca_certs: self.ca_certs()?,
                proxies: self.environment.proxies()?,
                connect_timeout: self.connect_timeout()?.unwrap_or(CONNECT_TIMEOUT),
                stall_timeout: self.stall_timeout()?.unwrap_or(STALL_TIMEOUT),
                trusted: TrustedHosts::new(&api, &downloads),
            },
            retry: RetryPolicy {
                retries: self
                    .global
                    .retries
                    .or(self.profile.retries)
                    .unwrap_or(RETRIES),
                first_wait: self.retry_wait()?.unwrap_or(FIRST_WAIT),
                longest_wait: LONGEST_WAIT,
                until: None,
            },
            api,
            accounts,
            api_version: self.api_version()?,
            org: self.org()?,
            credentials: Credentials::default(),
            state_folder: self.state_folder.clone(),
        })
    }

    /// What `download` needs besides.
    pub(crate) fn download(&self, args: &DownloadArgs) -> Result<DownloadSettings, SettingsError> {
        let profile = &self.profile;
        Ok(DownloadSettings {
            out: self.out(args)?,
            jobs: self.jobs(args)?,
            only: self.only(args)?,
            pattern: self.pattern(args)?,
            limit_rate: self.limit_rate(args)?,
            max_duration: self.max_duration(args)?,
            wait_lock: self.wait_lock(args)?.unwrap_or_default(),
            lock: self.lock(args)?,
            require_new: args.require_new || profile.require_new.unwrap_or_default(),
            dry_run: args.dry_run,
            ignore_expiry: args.ignore_expiry || profile.ignore_expiry.unwrap_or_default(),
            no_ranges: args.no_ranges || profile.no_ranges.unwrap_or_default(),
            no_resume: args.no_resume || profile.no_resume.unwrap_or_default(),
            refetch: args.refetch || profile.refetch.unwrap_or_default(),
            allow_unverified: args.allow_unverified || profile.allow_unverified.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests;
