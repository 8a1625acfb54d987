//! Everything that is wrong with a configuration file, not just the first thing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use super::environment::Environment;
use super::faults::{self, Fault};
use super::file::{ConfigFile, Profile};
use super::hosts::{self, Hosts};
use super::location::{self, Location};
use super::resolve::Sources;
use super::secrets::{
    ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, ProfileSecrets, REFRESH_TOKEN, SECRETS, Secret, Source,
};
use crate::cli::{Flags, Global};
use crate::problem::Problem;
use crate::zoho::datacenter::DataCenter;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    #[serde(rename = "ok")]
    Fine,
    /// It works, but perhaps not as intended.
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    #[serde(rename = "state")]
    pub(crate) verdict: Verdict,
    pub(crate) profile: Option<String>,
    pub(crate) line: Option<usize>,
    /// What was found. Safe for a terminal as far as the file is.
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Verdict {
    /// As it is printed.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Verdict::Fine => "ok",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) path: PathBuf,
    /// In the order of the file as far as they have a line in it.
    pub(crate) findings: Vec<Finding>,
}

impl Finding {
    fn new(verdict: Verdict, profile: Option<&str>, message: impl Into<String>) -> Finding {
        Finding {
            verdict,
            profile: profile.map(str::to_owned),
            line: None,
            message: message.into(),
            hint: None,
        }
    }

    fn failed(profile: Option<&str>, error: &Problem) -> Finding {
        Finding {
            line: error.line,
            hint: error.hint.clone(),
            ..Finding::new(Verdict::Failed, profile, error.to_string())
        }
    }
}

/// Checks the whole file, without a network and without running the commands of secrets. What flags and the environment
/// would say in the place of the file does not count.
pub(crate) fn check(global: &Global, environment: &Environment) -> Result<Checked, Problem> {
    let place = Location::find(global, environment)?;
    let path = place.config()?.clone();
    let mut findings = match ConfigFile::read(&path, place.named) {
        Err(error) => vec![Finding::failed(None, &error)],
        Ok(None) => vec![Finding {
            hint: Some("give all settings in flags and environment variables, or write the file as the README shows".to_owned()),
            ..Finding::new(Verdict::Warning, None, format!("{}: no such file", path.display()))
        }],
        Ok(Some(file)) => {
            let environment = environment.only("CREDENTIALS_DIRECTORY");
            of_file(&file, place.profile.as_deref(), &environment)
        }
    };
    findings.sort_by_key(|finding| finding.line);
    Ok(Checked { path, findings })
}

fn of_file(file: &ConfigFile, wanted: Option<&str>, environment: &Environment) -> Vec<Finding> {
    let syntax = file.syntax_errors();
    // What is found on a line that is no TOML follows from that.
    let broken: BTreeSet<_> = syntax.iter().map(|error| error.line).collect();
    let mut findings: Vec<Finding> = syntax
        .iter()
        .map(|error| Finding::failed(None, error))
        .collect();
    let mut faults = faults::outside_profiles(file);
    let mut of_profiles = Vec::new();
    for name in file.names() {
        let of_profile = faults::of_profile(file, &name).into_iter();
        let (of_shape, of_values) = of_profile.partition::<Vec<_>, _>(|fault| fault.is_of_shape);
        faults.extend(of_shape);
        of_profiles.push((name, of_values));
    }
    let is_whole = syntax.is_empty();
    if is_whole && faults.is_empty() {
        let message = format!("{}: all keys are known", file.path.display());
        findings.push(Finding::new(Verdict::Fine, None, message));
    }
    let faults = faults.iter().map(|fault| &fault.error);
    let faults = faults.filter(|error| !broken.contains(&error.line));
    findings.extend(faults.map(|error| Finding::failed(None, error)));
    findings.extend(of_profiles_as_a_whole(file, wanted, is_whole));
    let exposed = file.refuse_exposed(environment).err();
    findings.extend(exposed.map(|error| Finding::failed(None, &error)));
    for (name, faults) in of_profiles {
        let profile = Profile {
            file: file.clone(),
            name,
        };
        let found = of_profile(&profile, faults, environment);
        findings.extend(
            found
                .into_iter()
                .filter(|finding| !broken.contains(&finding.line)),
        );
    }
    findings
}

fn of_profile(profile: &Profile, faults: Vec<Fault>, environment: &Environment) -> Vec<Finding> {
    let name = profile.name.clone();
    let sources = Sources {
        flags: Flags::default(),
        environment: environment.clone(),
        profile: Some(profile.clone()),
        state_folder: None,
    };
    let wrong = faults
        .into_iter()
        .map(|fault| fault.error)
        .chain(problems(&sources));
    let mut found: Vec<Finding> = wrong
        .map(|error| Finding::failed(Some(&name), &error))
        .collect();
    found.extend(remarks(profile, &sources.profile_secrets()));
    if found.iter().all(|finding| finding.verdict == Verdict::Fine) {
        let message = format!("profile {name}: all values are valid");
        found.push(Finding::new(Verdict::Fine, Some(&name), message));
    }
    found
}

/// Which profiles there are, and which of them is used.
fn of_profiles_as_a_whole(file: &ConfigFile, wanted: Option<&str>, is_whole: bool) -> Vec<Finding> {
    let (names, path) = (file.names(), file.path.display());
    let all = location::listed(&names);
    let mut findings = Vec::new();
    let mut add = |verdict, message: String, hint: String| {
        findings.push(Finding {
            hint: Some(hint),
            ..Finding::new(verdict, None, message)
        });
    };
    let default = file.default_profile();
    let chosen = default
        .iter()
        .map(|(name, line)| (format!(":{line}: default_profile"), name.as_str()));
    let chosen = chosen.chain(wanted.map(|name| (String::new(), name)));
    for (place, name) in chosen.filter(|(_, name)| !names.iter().any(|there| there == name)) {
        let message = format!("{path}{place}: there is no profile {name:?}");
        let hint = format!("existing profiles: {all}");
        add(Verdict::Failed, message, hint);
    }
    if names.is_empty() && is_whole {
        let message = format!("{path}: there are no profiles");
        let hint = "add one as the README shows: [profiles.main]".to_owned();
        add(Verdict::Warning, message, hint);
    }
    if names.len() > 1 && default.is_none() {
        let message = format!("{path}: there are several profiles and no default_profile");
        let hint = format!("each run must choose one with --profile: {all}");
        add(Verdict::Warning, message, hint);
    }
    findings
}

/// What a run would stumble over besides single values: hosts, and what is to be read from files.
fn problems(sources: &Sources) -> Vec<Problem> {
    let global: Global = sources.valid_options();
    let center = hosts::center(&global);
    // Hosts of a data centre that does not exist are checked all the same.
    let hosts = Hosts::new(&global, center.as_ref().unwrap_or(&&DataCenter::all()[0]));
    let secrets = sources.profile_secrets();
    let of_secrets = SECRETS
        .iter()
        .filter_map(|secret| match secrets.source(secret)? {
            Source::Command(_) => None,
            _ => sources
                .secret(secret)
                .err()
                .map(|error| (secret.key, error)),
        });
    let of_hosts = [
        ("api_domain", hosts.api.err()),
        ("accounts_url", hosts.accounts.err()),
        ("download_domain", hosts.downloads.err()),
    ];
    let of_hosts = of_hosts
        .into_iter()
        .filter_map(|(key, error)| Some((key, error?)));
    let placed = of_hosts
        .chain(of_secrets)
        .map(|(key, error)| sources.at(key, error));
    placed
        .chain(center.err())
        .chain(sources.ca_certs(&global).err())
        .collect()
}

/// What a run may stumble over, and what was not looked at.
fn remarks(profile: &Profile, secrets: &ProfileSecrets) -> Vec<Finding> {
    let mut remarks = Vec::new();
    let mut add = |verdict, message: &str, line| {
        remarks.push(Finding {
            line,
            ..Finding::new(
                verdict,
                Some(&profile.name),
                format!("profile {}: {message}", profile.name),
            )
        });
    };
    for secret in &SECRETS {
        if let Some(Source::Command(_)) = secrets.source(secret) {
            let message = format!("{} comes from a command, which was not run", secret.key);
            add(Verdict::Fine, &message, profile.line(secret.key));
        }
    }
    let is_missing = |secret: &&&Secret| profile.line(secret.key).is_none();
    let parts = [&CLIENT_ID, &CLIENT_SECRET, &REFRESH_TOKEN];
    let missing: Vec<&str> = parts
        .iter()
        .filter(is_missing)
        .map(|secret| secret.key)
        .collect();
    let is_only_token = missing.len() == parts.len() && !is_missing(&&&ACCESS_TOKEN);
    if profile.keys().is_empty() {
        add(Verdict::Warning, "it is empty", None);
    } else if !missing.is_empty() && !is_only_token {
        let missing = missing.join(", ");
        let message =
            format!("not in the profile, so it must come from the environment: {missing}");
        add(Verdict::Warning, &message, None);
    }
    remarks
}
