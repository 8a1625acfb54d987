//! What is on this machine: version, configuration, secrets, proxy, certificates.

use secrecy::ExposeSecret;

use super::report::{Check, Report};
use crate::auth::{AuthError, Credentials};
use crate::settings::inspect::{Secret, credentials};
use crate::settings::{Environment, Settings, SettingsError, Sources};
use crate::store::manifest;
use crate::untrusted::safe_url;

/// So much of a client id is shown: enough to tell two apart.
const SHOWN_OF_CLIENT_ID: usize = 9;

pub(super) fn version() -> Check {
    let version = env!("CARGO_PKG_VERSION");
    let schema = manifest::SCHEMA;
    Check::ok(
        "version",
        format!("backup-fetch {version} (manifests of schema {schema})"),
    )
}

/// Which file and profile, or what is wrong with them.
pub(super) fn configuration(sources: &Sources, error: Option<&SettingsError>) -> Check {
    let name = "configuration";
    if let Some(error) = error {
        return Check::failed(name, SettingsError::new(error.to_string(), error.hint()));
    }
    match (sources.config_file(), sources.profile_name()) {
        (Some(file), Some(profile)) => {
            Check::ok(name, format!("{}, profile \"{profile}\"", file.display()))
        }
        _ => Check::ok(
            name,
            "no profile: settings come from flags and environment variables",
        ),
    }
}

/// One line for each secret that is given, and whether they are enough. Credentials only when each could be had.
pub(super) fn secrets(sources: &Sources, report: &mut Report) -> (Vec<Check>, Option<Credentials>) {
    let name = "secret";
    let found = sources.find_secrets();
    let mut checks = Vec::new();
    let (mut all_there, mut any_given) = (true, false);
    for found in &found {
        any_given = true;
        let what = found.what.name();
        match &found.outcome {
            Ok(secret) if found.what == Secret::ClientId => {
                let id = secret.expose_secret();
                let start: String = id.chars().take(SHOWN_OF_CLIENT_ID).collect();
                let shown = format!("{start}…");
                report.hide(id, &shown);
                checks.push(Check::ok(
                    name,
                    format!("{what} {shown} from {}", found.origin),
                ));
            }
            Ok(secret) => {
                report.hide(secret.expose_secret(), "(hidden)");
                let private = if found.in_file { ", private" } else { "" };
                checks.push(Check::ok(
                    name,
                    format!("{what} from {}: readable{private}", found.origin),
                ));
            }
            Err(error) => {
                all_there = false;
                let text = format!("{what} from {}: {error}", found.origin);
                checks.push(Check::failed(name, SettingsError::new(text, error.hint())));
            }
        }
    }
    if !all_there {
        return (checks, None);
    }
    if !any_given {
        return (vec![Check::failed(name, AuthError::NoCredentials)], None);
    }
    match credentials(&found) {
        Ok(credentials) => (checks, Some(credentials)),
        Err(error) => {
            checks.push(Check::failed(name, error));
            (checks, None)
        }
    }
}

pub(super) fn proxies(environment: &Environment) -> Check {
    if let Err(error) = environment.proxies() {
        return Check::failed("proxy", error);
    }
    let proxies: Vec<String> = environment
        .proxies_shown()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let text = if proxies.is_empty() {
        "none".to_owned()
    } else {
        format!("{} (never for loopback)", proxies.join(" "))
    };
    Check::ok("proxy", text)
}

pub(super) fn hosts(sources: &Sources, settings: &Settings) -> Check {
    let center = sources.data_center_code().unwrap_or("unknown");
    let trim = |url| safe_url(url).trim_end_matches('/').to_owned();
    let downloads = settings.client.trusted.names();
    Check::ok(
        "data_centre",
        format!(
            "{center}: tokens from {}, API at {} ({}), files from {}",
            trim(&settings.accounts),
            trim(&settings.api),
            settings.api_version,
            downloads[downloads.len().min(1)..].join(", ")
        ),
    )
}

/// Which certificates are trusted.
pub(super) fn certificates(sources: &Sources) -> Check {
    let text = match sources.ca_file() {
        Some(file) => format!("the system's, and those of {}", file.display()),
        None => "the system's".to_owned(),
    };
    Check::ok("certificates", text)
}
