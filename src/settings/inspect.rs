//! What was found where, for `doctor`: it shows places and kinds, and hands secrets on only as secrets.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::credentials::whole;
use super::{Environment, SettingsError, Sources, secret};
use crate::auth::Credentials;
use crate::cli::{DownloadArgs, LockMode};
use crate::http::proxy_url;
use crate::model::{FileKind, FileName};
use crate::untrusted::safe_url;

/// A secret that is given, and whether it can be had.
#[derive(Debug)]
pub(crate) struct Found {
    /// Which one.
    pub(crate) what: Secret,
    /// Where it is, for people.
    pub(crate) origin: String,
    /// It is in a file, which nobody else can read.
    pub(crate) in_file: bool,
    /// The secret itself.
    pub(crate) outcome: Result<SecretString, SettingsError>,
}

/// The secrets there are; the client id is treated as one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    /// Of the client.
    ClientId,
    /// Of the client.
    ClientSecret,
    /// Makes access tokens.
    RefreshToken,
    /// Given as it is.
    AccessToken,
}

impl Secret {
    const ALL: [Secret; 4] = [
        Secret::ClientId,
        Secret::ClientSecret,
        Secret::RefreshToken,
        Secret::AccessToken,
    ];

    /// In words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Secret::ClientId => "client id",
            Secret::ClientSecret => "client secret",
            Secret::RefreshToken => "refresh token",
            Secret::AccessToken => "access token",
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Secret::ClientId => "ZOHO_CLIENT_ID",
            Secret::ClientSecret => "ZOHO_CLIENT_SECRET",
            Secret::RefreshToken => "ZOHO_REFRESH_TOKEN",
            Secret::AccessToken => "ZOHO_ACCESS_TOKEN",
        }
    }
}

/// Makes credentials of what was found. What could not be had counts as not given.
pub(crate) fn credentials(found: &[Found]) -> Result<Credentials, SettingsError> {
    let get = |what: Secret| {
        let found = found.iter().find(|found| found.what == what)?;
        found.outcome.as_ref().ok().cloned()
    };
    whole(
        get(Secret::ClientId).map(|id| id.expose_secret().to_owned()),
        get(Secret::ClientSecret),
        get(Secret::RefreshToken),
        get(Secret::AccessToken),
    )
}

impl Sources {
    /// The configuration file in use, if there is one.
    pub(crate) fn config_file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The name of the profile in use, if there is one.
    pub(crate) fn profile_name(&self) -> Option<&str> {
        Some(self.profile_name.as_str()).filter(|name| !name.is_empty())
    }

    /// The output folder; `flag` is what `--out` says.
    pub(crate) fn folder(&self, flag: Option<&Path>) -> Result<PathBuf, SettingsError> {
        self.out(&DownloadArgs {
            out: flag.map(Path::to_owned),
            ..DownloadArgs::default()
        })
    }

    /// Whether runs lock their folder.
    pub(crate) fn locks(&self) -> bool {
        !matches!(self.lock(&DownloadArgs::default()), Ok(LockMode::None))
    }

    /// Whether a run would fetch the file. What can't be read selects everything; another check tells of it.
    pub(crate) fn selects(&self, kind: FileKind, name: &FileName) -> bool {
        let args = DownloadArgs::default();
        let only = self.only(&args).ok().flatten();
        let pattern = self.pattern(&args).ok().flatten();
        super::selects(only, pattern.as_ref(), kind, name)
    }

    /// The file with further CA certificates, if one is named.
    pub(crate) fn ca_file(&self) -> Option<&Path> {
        let named = self.global.ca_cert.as_ref();
        named.or(self.profile.ca_cert.as_ref()).map(AsRef::as_ref)
    }

    /// The data centre, as it is written.
    pub(crate) fn data_center_code(&self) -> Result<&'static str, SettingsError> {
        self.data_center().map(|center| center.code)
    }

    /// Reads every secret that is given, each once: what stands behind a command may ask for a key to be touched.
    pub(crate) fn find_secrets(&self) -> Vec<Found> {
        let find = |what: Secret| {
            let (origin, in_file) = self.origin(what)?;
            let outcome = match what {
                Secret::ClientId => self.client_id().map(|id| id.map(SecretString::from)),
                _ => self.secret(what.variable(), self.source(what)),
            };
            // `origin` has said that there is one.
            let outcome = outcome.transpose()?;
            Some(Found {
                what,
                origin,
                in_file,
                outcome,
            })
        };
        Secret::ALL.into_iter().filter_map(find).collect()
    }

    fn source(&self, what: Secret) -> Option<&secret::Source> {
        match what {
            Secret::ClientId => None,
            Secret::ClientSecret => self.profile.client_secret.as_ref(),
            Secret::RefreshToken => self.profile.refresh_token.as_ref(),
            Secret::AccessToken => self.profile.access_token.as_ref(),
        }
    }

    /// Where it is, and whether that is a file.
    fn origin(&self, what: Secret) -> Option<(String, bool)> {
        let variable = what.variable();
        let file_variable = format!("{variable}_FILE");
        if let Some(path) = self.environment.get(&file_variable) {
            return Some((format!("the file {path} ({file_variable})"), true));
        }
        if self.environment.get(variable).is_some() {
            return Some((format!("the variable {variable}"), false));
        }
        if what == Secret::ClientId && self.profile.client_id.is_some() {
            return Some(("the configuration file itself".to_owned(), true));
        }
        self.source(what)
            .map(|source| (source.place(), source.is_plain() || source.file().is_some()))
    }
}

impl Environment {
    /// The variables about proxies that are in force, without user and password.
    pub(crate) fn proxies_shown(&self) -> Vec<(&'static str, String)> {
        let show = |(name, value): (&'static str, String)| {
            if name.eq_ignore_ascii_case("NO_PROXY") {
                return (name, value);
            }
            let shown = proxy_url(&value).map_or_else(
                |_| "not a valid proxy address".to_owned(),
                |url| safe_url(&url).trim_end_matches('/').to_owned(),
            );
            (name, shown)
        };
        self.proxy_variables().into_iter().map(show).collect()
    }
}
