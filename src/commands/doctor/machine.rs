//! What is on this machine: version, configuration, secrets, proxy, certificates.

use secrecy::ExposeSecret;

use crate::auth::{Credentials, no_credentials};
use crate::cli::{Global, UserPath};
use crate::http::Client;
use crate::problem::Problem;
use crate::settings::{CLIENT_ID, Environment, Settings, Sources, credentials};
use crate::store::{manifest, sys};
use crate::untrusted::safe_url;

use super::report::{Found, Report, ok};

/// So much of a client id is shown: enough to tell two apart.
const SHOWN_OF_CLIENT_ID: usize = 9;

pub(super) fn version() -> Found {
    let version = env!("CARGO_PKG_VERSION");
    let schema = manifest::SCHEMA;
    ok(format!(
        "backup-fetch {version} (manifests of schema {schema})"
    ))
}

pub(super) fn configuration(sources: &Sources) -> Found {
    match sources.in_use() {
        Some((file, profile)) => ok(format!("{}, profile \"{profile}\"", file.display())),
        _ => ok("no profile: settings come from flags and environment variables"),
    }
}

/// One line for each secret that is given, and whether they are enough. Credentials only when each could be had.
pub(super) fn secrets(sources: &Sources, report: &mut Report) -> anyhow::Result<Credentials> {
    let name = "secret";
    let found = sources.find_secrets();
    for found in &found {
        let what = found.secret.name;
        let from = format!("from {}", found.origin);
        let checked = match &found.outcome {
            Ok(secret) if found.secret == &CLIENT_ID => {
                let id = secret.expose_secret();
                let start: String = id.chars().take(SHOWN_OF_CLIENT_ID).collect();
                let shown = format!("{start}…");
                report.hide(id, &shown);
                Ok(ok(format!("{what} {shown} {from}")))
            }
            Ok(secret) => {
                report.hide(secret.expose_secret(), "(hidden)");
                let is_seen = found.in_file && sys::HAS_MODES;
                let private = if is_seen { ", private" } else { "" };
                Ok(ok(format!("{what} {from}: readable{private}")))
            }
            Err(error) => {
                let message = format!("{what} {from}: {error}");
                let error = error.clone();
                Err(Problem { message, ..error }.into())
            }
        };
        report.add(name, checked)?;
    }
    if found.iter().any(|found| found.outcome.is_err()) {
        return Ok(Credentials::default());
    }
    let usable = if found.is_empty() {
        Err(no_credentials().into())
    } else {
        credentials(&found).map_err(anyhow::Error::from)
    };
    match usable {
        Ok(credentials) => Ok(credentials),
        Err(error) => {
            report.add(name, Err(error))?;
            Ok(Credentials::default())
        }
    }
}

pub(super) fn proxies(environment: &Environment) -> anyhow::Result<Found> {
    environment.proxies()?;
    let proxies = environment.proxies_shown().into_iter();
    let proxies: Vec<String> = proxies
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Ok(if proxies.is_empty() {
        ok("none")
    } else {
        ok(format!("{} (never for loopback)", proxies.join(" ")))
    })
}

pub(super) fn hosts(settings: &Settings) -> Found {
    let center = settings.data_center.code;
    let trim = |url| safe_url(url).trim_end_matches('/').to_owned();
    let downloads = settings.client.trusted.names();
    ok(format!(
        "{center}: tokens from {}, API at {} ({}), files from {}",
        trim(&settings.accounts),
        trim(&settings.api),
        settings.api_version,
        downloads[downloads.len().min(1)..].join(", ")
    ))
}

pub(super) fn certificates(sources: &Sources, settings: &Settings) -> anyhow::Result<Found> {
    Client::new(settings.client.clone()).check(&settings.accounts)?;
    let global: Global = sources.valid_options();
    Ok(match global.ca_cert {
        Some(UserPath(file)) => ok(format!("the system's, and those of {}", file.display())),
        None => ok("the system's"),
    })
}
