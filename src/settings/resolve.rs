//! What will be done: flags over environment over profile over defaults (`design.md` section 6).

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::credentials::{FoundSecret, Lookup};
use super::environment::{Environment, HOSTS, OUT};
use super::file::{Key, Profile, Value, read, read_valid, unplaced};
use super::hosts::{self, Hosts};
use super::location::Location;
use super::secrets::{ProfileSecrets, SECRETS, Secret};
use super::words;
use crate::auth::Credentials;
use crate::cli::{Flags, Global, Options, PositiveTime, UserPath};
use crate::http::hosts::TrustedHosts;
use crate::http::retry::RetryPolicy;
use crate::http::{CaCerts, ClientOptions};
use crate::problem::Problem;
use crate::zoho::datacenter::DataCenter;

const RETRIES: u32 = 10;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// `design.md` section 7 rule 7: 1 s to 60 s.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Zoho's own connectors give up after 60 s of silence (`zoho-api.md` section 5).
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) data_center: &'static DataCenter,
    pub(crate) api: Url,
    pub(crate) accounts: Url,
    /// Such as `v8`.
    pub(crate) api_version: String,
    /// Links of another organisation are refused.
    pub(crate) org: Option<String>,
    pub(crate) client: ClientOptions,
    pub(crate) retry: RetryPolicy,
    pub(crate) credentials: Credentials,
    /// Where the token cache is, if there is a place for one.
    pub(crate) state_folder: Option<PathBuf>,
}

/// A configuration that was found, before a command takes from it what it needs.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub(super) flags: Flags,
    pub(super) environment: Environment,
    /// Nothing where only flags and environment count.
    pub(super) profile: Option<Profile>,
    pub(super) state_folder: Option<PathBuf>,
}

impl Sources {
    /// Finds the configuration file and the profile.
    pub(crate) fn find(global: &Global, environment: Environment) -> Result<Sources, Problem> {
        let place = Location::find(global, &environment)?;
        let profile = match &place.config {
            None if place.profile.is_none() => None,
            _ => place.existing_profile()?,
        };
        if let Some(Profile { file, name }) = &profile {
            tracing::info!("profile {name} of {}", file.path.display());
        } else {
            tracing::info!("no profile: flags and environment only");
        }
        Ok(Sources {
            flags: global.flags.clone(),
            environment,
            profile,
            state_folder: place.state_folder,
        })
    }

    /// As much of it as can be read, for who has to speak up even where it is broken; and the name of the profile that was meant.
    pub(crate) fn readable(global: &Global, environment: Environment) -> (Sources, Option<String>) {
        let place = Location::find(global, &environment).ok();
        let profile = place.as_ref().and_then(Location::readable_profile);
        let name = profile.as_ref().map(|profile| profile.name.clone());
        let sources = Sources {
            flags: global.flags.clone(),
            environment,
            profile,
            state_folder: None,
        };
        (sources, name.or_else(|| place?.profile))
    }

    /// The options of a command, each from the first of flag, environment and profile that says something.
    pub(crate) fn options<T: Options>(&self) -> Result<T, Problem> {
        for (variable, key, value) in self.variables() {
            // Alone, so that what is wrong is said of the variable.
            read::<T>(DeTable::from_iter([(key, value)]))
                .map_err(|error| words::refused(error.message(), variable))?;
        }
        let options = read(self.below_flags()).map_err(|error| match &self.profile {
            Some(profile) => profile.file.complaint(&error),
            None => words::refused(error.message(), ""),
        })?;
        Ok(self.flags.over(options))
    }

    /// Whether the option was typed that a profile calls by this key.
    pub(crate) fn is_typed(&self, key: &str) -> bool {
        self.flags.have(key)
    }

    /// The same for a command that does not take them as flags.
    pub(crate) fn options_without_flags<T: Options>(&self) -> Result<T, Problem> {
        let sources = Sources {
            flags: Flags::default(),
            ..self.clone()
        };
        sources.options()
    }

    /// The same for who wants no more than a look: what is wrong counts as not given.
    pub(crate) fn valid_options<T: Options>(&self) -> T {
        self.flags.over(read_valid(self.below_flags()))
    }

    /// What the profile says, with the environment in its place and without what the flags say.
    fn below_flags(&self) -> DeTable<'_> {
        let mut table = self.profile.as_ref().map(Profile::keys).unwrap_or_default();
        for (_, key, value) in self.variables() {
            table.remove(&**key.get_ref());
            table.insert(key, value);
        }
        let is_left = |(key, _): &(Key<'_>, _)| !self.flags.have(key.get_ref());
        table.into_iter().filter(is_left).collect()
    }

    fn variables(&self) -> impl Iterator<Item = (&'static str, Key<'_>, Value<'_>)> {
        let variables = HOSTS.into_iter().chain([OUT]);
        let variables = variables.filter(|(key, _)| !self.flags.have(key));
        variables.filter_map(|(key, variable)| {
            let text = self.environment.get(variable)?;
            let value = if key == "download_domain" {
                let hosts = text
                    .split(',')
                    .map(str::trim)
                    .filter(|host| !host.is_empty());
                let hosts = hosts.map(|host| unplaced(DeValue::String(host.to_owned().into())));
                DeValue::Array(hosts.collect())
            } else {
                DeValue::String(text.into())
            };
            Some((variable, unplaced(key.into()), unplaced(value)))
        })
    }

    /// The error with its line, if the value in force is from the profile.
    pub(super) fn at(&self, key: &str, error: Problem) -> Problem {
        let mut secrets = SECRETS.iter().filter(|secret| secret.key == key);
        let mut options = HOSTS.iter().chain([&OUT]).filter(|(its, _)| *its == key);
        let is_above = self.flags.have(key)
            || options.any(|(_, variable)| self.environment.get(variable).is_some())
            || secrets.any(|secret| !secret.set_in(&self.environment).is_empty());
        match &self.profile {
            Some(profile) if !is_above => profile.at(key, error),
            _ => error,
        }
    }

    pub(crate) fn settings(&self) -> Result<Settings, Problem> {
        let mut settings = self.without_credentials()?;
        settings.credentials = self.lookup().credentials()?;
        Ok(settings)
    }

    /// The same with nothing to be let in with: no secret is looked for.
    pub(crate) fn without_credentials(&self) -> Result<Settings, Problem> {
        self.settings_of(self.options()?)
    }

    pub(super) fn settings_of(&self, global: Global) -> Result<Settings, Problem> {
        if global.ca_cert.is_none() {
            self.environment.check_ca_store()?;
        }
        let data_center = hosts::center(&global)?;
        let hosts = Hosts::new(&global, data_center);
        let api = hosts.api.map_err(|error| self.at("api_domain", error))?;
        let accounts = hosts
            .accounts
            .map_err(|error| self.at("accounts_url", error))?;
        let downloads = hosts
            .downloads
            .map_err(|error| self.at("download_domain", error))?;
        Ok(Settings {
            client: self.client(&global, TrustedHosts::new(&api, &downloads))?,
            retry: retry_policy(&global),
            data_center,
            api,
            accounts,
            api_version: global
                .api_version
                .map_or("v8".to_owned(), |version| version.0),
            org: global.org.map(|org| org.0),
            credentials: Credentials::default(),
            state_folder: self.state_folder.clone(),
        })
    }

    /// How to reach others than Zoho, none of which gets a token, and how patiently. A certificate that can't be read is left out:
    /// without it less is trusted, not more.
    pub(crate) fn foreign_client(&self) -> Result<(ClientOptions, RetryPolicy), Problem> {
        let mut global: Global = self.valid_options();
        if self.ca_certs(&global).is_err() {
            global.ca_cert = None;
        }
        let client = self.client(&global, TrustedHosts::default())?;
        Ok((client, retry_policy(&global)))
    }

    pub(super) fn client(
        &self,
        global: &Global,
        trusted: TrustedHosts,
    ) -> Result<ClientOptions, Problem> {
        let time = |given: Option<PositiveTime>, usual| given.map_or(usual, |time| time.0);
        Ok(ClientOptions {
            ca_certs: self.ca_certs(global)?,
            proxies: self.environment.proxies()?,
            connect_timeout: time(global.connect_timeout, CONNECT_TIMEOUT),
            stall_timeout: time(global.stall_timeout, STALL_TIMEOUT),
            trusted,
        })
    }

    pub(super) fn ca_certs(&self, global: &Global) -> Result<Option<CaCerts>, Problem> {
        let Some(UserPath(path)) = &global.ca_cert else {
            return Ok(None);
        };
        let failed = |why: String| {
            let name = if self.flags.have("ca_cert") {
                "--ca-cert"
            } else {
                "ca_cert"
            };
            let error = Problem::configuration(
                format!("{name}: {} {why}", path.display()),
                "it takes a file of one or more certificates in PEM (-----BEGIN CERTIFICATE-----), or of one in DER",
            );
            self.at("ca_cert", error)
        };
        let bytes =
            std::fs::read(path).map_err(|error| failed(format!("can't be read: {error}")))?;
        let certs = CaCerts::parse(&bytes);
        certs
            .map(Some)
            .map_err(|why| failed(format!("can't be used: {why}")))
    }

    pub(super) fn profile_secrets(&self) -> ProfileSecrets {
        read_valid(self.profile.as_ref().map(Profile::keys).unwrap_or_default())
    }

    fn lookup(&self) -> Lookup<'_> {
        Lookup {
            environment: &self.environment,
            profile: self.profile.as_ref(),
            secrets: self.profile_secrets(),
        }
    }

    /// Every secret that is given, each read once: what stands behind a command may ask for a key to be touched.
    pub(crate) fn find_secrets(&self) -> Vec<FoundSecret> {
        let lookup = self.lookup();
        SECRETS
            .iter()
            .filter_map(|secret| lookup.find(secret))
            .collect()
    }

    pub(super) fn secret(&self, secret: &Secret) -> Result<Option<SecretString>, Problem> {
        self.lookup().read(secret)
    }

    /// Whether the option was typed that a profile calls by this key.
    pub(crate) fn has_flag(&self, key: &str) -> bool {
        self.flags.have(key)
    }

    /// The configuration file in use, if there is one, and the profile in it.
    pub(crate) fn in_use(&self) -> Option<(&Path, &str)> {
        let profile = self.profile.as_ref()?;
        Some((&profile.file.path, &profile.name))
    }
}

pub(super) fn retry_policy(global: &Global) -> RetryPolicy {
    RetryPolicy {
        retries: global.retries.unwrap_or(RETRIES),
        first_wait: global.retry_wait.map_or(FIRST_WAIT, |time| time.0),
        longest_wait: LONGEST_WAIT,
        until: None,
    }
}
