//! What will be done: flags over environment over profile over defaults (`design.md` section 6), checked, and without
//! anything left open.

mod credentials;
mod domain;
mod environment;
mod error;
mod keyring;
mod login;
mod place;
mod profile;
mod secret;
mod store;

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use environment::Environment;
pub use error::SettingsError;
pub use login::{Account, NewCredentials};
pub use secret::checked as one_line;
pub use store::Store;

use domain::domain;
use place::Place;

use crate::auth::Credentials;
use crate::backup::FileKind;
use crate::cli::{ColorMode, DownloadArgs, Global, Only, ProgressMode};
use crate::http::ClientOptions;
use crate::http::hosts::TrustedHosts;
use crate::http::retry::RetryPolicy;
use crate::zoho::datacenter::DataCenter;
use profile::Profile;

const RETRIES: u32 = 10;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// `design.md` section 7 rule 7: 1 s to 60 s.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Zoho's own connectors give up after 60 s of silence (`zoho-api.md` section 5).
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// The smallest edition allows five calls at one time (`zoho-api.md` section 5).
const JOBS: u8 = 4;

/// How the program talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Output {
    /// stdout is JSON.
    pub json: bool,
    /// Only warnings and errors on stderr.
    pub quiet: bool,
    /// How many `-v` were given.
    pub verbosity: u8,
    /// Bars, lines or nothing.
    pub progress: ProgressMode,
    /// Colour on stderr.
    pub color: ColorMode,
}

impl Output {
    /// As it was typed: it must be known before anything can go wrong.
    #[must_use]
    pub fn new(global: &Global) -> Output {
        Output {
            json: global.json,
            quiet: global.quiet,
            verbosity: global.verbose,
            progress: global.progress,
            color: global.color,
        }
    }
}

/// What every command needs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Root of the API.
    pub api: Url,
    /// Root of the accounts server.
    pub accounts: Url,
    /// Such as `v8`.
    pub api_version: String,
    /// Links of another organisation are refused.
    pub org: Option<String>,
    /// How the HTTP client is set up.
    pub client: ClientOptions,
    /// How often and how long apart something is tried again.
    pub retry: RetryPolicy,
    /// What to be let in with.
    pub credentials: Credentials,
    /// Where the token cache is.
    pub state_folder: PathBuf,
}

/// What `download` needs besides.
#[derive(Debug, Clone)]
pub struct DownloadSettings {
    /// Where backups are saved.
    pub out: PathBuf,
    /// Connections at most.
    pub jobs: usize,
    /// One of the two lists.
    pub only: Option<FileKind>,
    /// Names that match.
    pub pattern: Option<glob::Pattern>,
    /// Bytes a second at most.
    pub limit_rate: Option<u64>,
    /// The run ends after this time.
    pub max_duration: Option<Duration>,
    /// How long another run in the same folder is waited for.
    pub wait_lock: Duration,
    /// That nothing is new is a failure.
    pub require_new: bool,
    /// Fetch nothing.
    pub dry_run: bool,
    /// Fetch though the links should be dead.
    pub ignore_expiry: bool,
}

/// A configuration that was found, before a command takes from it what it needs.
#[derive(Debug)]
pub struct Sources {
    global: Global,
    environment: Environment,
    profile: Profile,
    profile_name: String,
    state_folder: PathBuf,
}

impl Sources {
    /// Finds the configuration file and the profile.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn find(global: &Global, environment: Environment) -> Result<Sources, SettingsError> {
        let place = Place::find(global, &environment)?;
        let chosen = profile::choose(&place.config, place.named, place.profile.as_deref())?;
        tracing::info!(profile = chosen.name, file = ?chosen.path, "configuration");
        Ok(Sources {
            global: global.clone(),
            environment,
            profile: chosen.profile,
            profile_name: chosen.name.unwrap_or_default(),
            state_folder: place.state_folder,
        })
    }

    /// What every command needs.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings = self.without_credentials()?;
        settings.credentials = self.credentials()?;
        Ok(settings)
    }

    /// The same with nothing to be let in with.
    fn without_credentials(&self) -> Result<Settings, SettingsError> {
        let center = self.data_center()?;
        let api = match self.setting(
            self.global.api_domain.as_ref(),
            "ZOHO_API_DOMAIN",
            self.profile.api_domain.as_ref(),
        ) {
            Some(text) => domain("the API domain", &text, true)?,
            None => domain("the API domain", center.api, false)?,
        };
        let plain = api.scheme() == "http";
        let accounts = match self.setting(
            self.global.accounts_url.as_ref(),
            "ZOHO_ACCOUNTS_URL",
            self.profile.accounts_url.as_ref(),
        ) {
            Some(text) => domain("the accounts server", &text, plain)?,
            None => domain("the accounts server", center.accounts, false)?,
        };
        let mut downloads = Vec::new();
        for text in center
            .downloads
            .iter()
            .map(ToString::to_string)
            .chain(self.download_domains())
        {
            downloads.push(domain("a download host", &text, plain)?);
        }
        Ok(Settings {
            client: ClientOptions {
                ca_cert: self.ca_cert()?,
                connect_timeout: time(
                    self.global.connect_timeout,
                    "connect_timeout",
                    self.profile.connect_timeout.as_ref(),
                    CONNECT_TIMEOUT,
                )?,
                stall_timeout: time(
                    self.global.stall_timeout,
                    "stall_timeout",
                    self.profile.stall_timeout.as_ref(),
                    STALL_TIMEOUT,
                )?,
                trusted: TrustedHosts::new(&api, &downloads),
            },
            retry: RetryPolicy {
                retries: self
                    .global
                    .retries
                    .or(self.profile.retries)
                    .unwrap_or(RETRIES),
                first_wait: time(
                    self.global.retry_wait,
                    "retry_wait",
                    self.profile.retry_wait.as_ref(),
                    FIRST_WAIT,
                )?,
                longest_wait: LONGEST_WAIT,
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
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn download(&self, args: &DownloadArgs) -> Result<DownloadSettings, SettingsError> {
        let out = args
            .out
            .clone()
            .or_else(|| self.environment.get("BACKUP_FETCH_OUT").map(PathBuf::from))
            .or_else(|| self.profile.out.clone())
            .filter(|out| !out.as_os_str().is_empty())
            .ok_or_else(|| {
                SettingsError::new(
                    "no output folder is given",
                    "name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile",
                )
            })?;
        let pattern = match &args.r#match {
            Some(text) => Some(glob::Pattern::new(text).map_err(|error| {
                SettingsError::new(
                    format!("--match {text:?}: {}", error.msg),
                    "write it like 'Data_*.zip'",
                )
            })?),
            None => None,
        };
        let jobs = args.jobs.or(self.profile.jobs).unwrap_or(JOBS);
        if !(1..=64).contains(&jobs) {
            return Err(SettingsError::new(
                format!("jobs = {jobs} is not in 1 to 64"),
                "four fits every edition of Zoho CRM",
            ));
        }
        Ok(DownloadSettings {
            out,
            jobs: jobs.into(),
            only: args.only.map(|only| match only {
                Only::Data => FileKind::Data,
                Only::Attachments => FileKind::Attachments,
            }),
            pattern,
            limit_rate: args.limit_rate,
            max_duration: args.max_duration,
            wait_lock: args.wait_lock.unwrap_or_default(),
            require_new: args.require_new,
            dry_run: args.dry_run,
            ignore_expiry: args.ignore_expiry,
        })
    }

    fn setting(
        &self,
        flag: Option<&String>,
        variable: &str,
        key: Option<&String>,
    ) -> Option<String> {
        flag.cloned()
            .or_else(|| self.environment.get(variable))
            .or_else(|| key.cloned())
    }

    fn data_center(&self) -> Result<&'static DataCenter, SettingsError> {
        let code = self.setting(self.global.dc.as_ref(), "ZOHO_DC", self.profile.dc.as_ref());
        let code = code.as_deref().unwrap_or("us");
        DataCenter::find(code).ok_or_else(|| {
            let all: Vec<&str> = DataCenter::all().iter().map(|center| center.code).collect();
            SettingsError::new(
                format!("there is no data centre {code:?}"),
                format!("it is one of {}; for others name --api-domain, --accounts-url and --download-domain", all.join(" ")),
            )
        })
    }

    /// Further download hosts: flags, or the variable (comma separated), or the profile.
    fn download_domains(&self) -> Vec<String> {
        if !self.global.download_domain.is_empty() {
            return self.global.download_domain.clone();
        }
        match self.environment.get("ZOHO_DOWNLOAD_DOMAIN") {
            Some(list) => list
                .split(',')
                .map(|host| host.trim().to_owned())
                .filter(|host| !host.is_empty())
                .collect(),
            None => self
                .profile
                .download_domain
                .clone()
                .map(profile::OneOrMany::into_vec)
                .unwrap_or_default(),
        }
    }

    fn api_version(&self) -> Result<String, SettingsError> {
        let version = self
            .global
            .api_version
            .clone()
            .or_else(|| self.profile.api_version.clone());
        let version = version.unwrap_or_else(|| "v8".to_owned());
        let digits = version.strip_prefix('v').unwrap_or_default();
        if digits.is_empty()
            || digits.len() > 3
            || !digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return Err(SettingsError::new(
                format!("{version:?} is no version of Zoho's API"),
                "it is written v8",
            ));
        }
        Ok(version)
    }

    fn org(&self) -> Result<Option<String>, SettingsError> {
        match &self.profile.org {
            Some(org) if org.is_empty() || !org.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(SettingsError::new(
                    format!("org = {org:?} is no organisation id"),
                    "it is the number after /crm/ in the links that `backup-fetch list` prints",
                ))
            }
            org => Ok(org.clone()),
        }
    }

    fn ca_cert(&self) -> Result<Option<Vec<u8>>, SettingsError> {
        let Some(path) = self
            .global
            .ca_cert
            .as_ref()
            .or(self.profile.ca_cert.as_ref())
        else {
            return Ok(None);
        };
        std::fs::read(path).map(Some).map_err(|error| {
            SettingsError::new(
                format!(
                    "{}: the CA certificate file can't be read: {error}",
                    path.display()
                ),
                "--ca-cert takes a file with PEM certificates",
            )
        })
    }
}

/// A time from a flag, or the text of the profile, or the default.
fn time(
    flag: Option<Duration>,
    key: &str,
    text: Option<&String>,
    otherwise: Duration,
) -> Result<Duration, SettingsError> {
    match (flag, text) {
        (Some(time), _) => Ok(time),
        (None, Some(text)) => humantime::parse_duration(text).map_err(|error| {
            SettingsError::new(
                format!("{key} = {text:?}: {error}"),
                "write it like 30s, 5m or 2h30m",
            )
        }),
        (None, None) => Ok(otherwise),
    }
}

#[cfg(test)]
mod tests;
