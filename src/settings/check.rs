//! Everything that is wrong with a configuration file, not just the first thing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::place::Place;
use super::profile::{self, File, Profile};
use super::{Environment, SettingsError, Sources, secret};
use crate::cli::{DownloadArgs, Global};

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    #[serde(rename = "ok")]
    Fine,
    /// It works, but perhaps not as intended.
    Warning,
    /// It does not work.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug)]
pub(crate) struct Finding {
    /// How it is.
    pub(crate) verdict: Verdict,
    /// The profile it is about, if it is about one.
    pub(crate) profile: Option<String>,
    /// The line of the file, where it is one of them.
    pub(crate) line: Option<usize>,
    /// What was found. Safe for a terminal as far as the file is.
    pub(crate) message: String,
    /// How to mend it.
    pub(crate) hint: Option<String>,
}

/// A configuration file that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The file.
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

    fn failed(profile: Option<&str>, error: &SettingsError) -> Finding {
        Finding {
            line: error.line(),
            hint: Some(error.hint().to_owned()),
            ..Finding::new(Verdict::Failed, profile, error.to_string())
        }
    }
}

/// Checks the whole file, without a network and without running the commands of secrets. What flags and the environment
/// would say in the place of the file does not count.
///
/// # Errors
/// There is no home folder to look for the file in, or several profiles were named.
pub(crate) fn check(global: &Global, environment: &Environment) -> Result<Checked, SettingsError> {
    let place = Place::find(global, environment)?;
    let config = place.config()?.clone();
    let mut findings = Vec::new();
    match profile::read(&config, place.named) {
        Err(error) => findings.push(Finding::failed(None, &error)),
        Ok(None) => {
            let message = format!("{}: no such file", config.display());
            let finding = Finding::new(Verdict::Warning, None, message);
            let hint = "give all settings in flags and environment variables, or write the file as the README shows";
            findings.push(Finding {
                hint: Some(hint.to_owned()),
                ..finding
            });
        }
        Ok(Some(text)) => {
            let mut look = Look {
                text: &text,
                path: &config,
                environment: environment.only("CREDENTIALS_DIRECTORY"),
                findings,
            };
            look.file(place.profile.as_deref());
            findings = look.findings;
        }
    }
    findings.sort_by_key(|finding| finding.line);
    Ok(Checked {
        path: config,
        findings,
    })
}

struct Look<'a> {
    text: &'a str,
    path: &'a Path,
    environment: Environment,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn file(&mut self, named: Option<&str>) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut broken = BTreeSet::new();
        for error in &errors {
            let error = profile::complaint(self.text, self.path, error);
            // What follows on the same line follows from the first.
            if broken.insert(error.line()) {
                self.findings.push(Finding::failed(None, &error));
            }
        }
        let Some(file) = self.shape(table.clone(), &mut broken) else {
            return;
        };
        if broken.is_empty() {
            let message = format!("{}: all keys are known", self.path.display());
            self.findings
                .push(Finding::new(Verdict::Fine, None, message));
        }
        let default = table.get_ref().iter();
        let default = default.map(|(key, _)| key);
        let default = default
            .filter(|key| key.get_ref() == "default_profile")
            .map(|key| profile::line(self.text, key.span().start))
            .next();
        self.profiles(&file, named, default, errors.is_empty());
        for (name, profile) in &file.profiles {
            self.profile(name, profile, table.get_ref(), &broken);
        }
    }

    /// Takes out each key that is wrong until the rest is understood.
    fn shape(
        &mut self,
        mut table: Spanned<DeTable<'_>>,
        broken: &mut BTreeSet<Option<usize>>,
    ) -> Option<File> {
        let mut wrong = BTreeSet::new();
        loop {
            let error = match File::deserialize(Deserializer::from(table.clone())) {
                Ok(file) => {
                    broken.extend(wrong);
                    return Some(file);
                }
                Err(error) => error,
            };
            let found = profile::complaint(self.text, self.path, &error);
            let removed = error
                .span()
                .is_some_and(|span| remove(table.get_mut(), &span));
            wrong.insert(found.line());
            if !removed || !broken.contains(&found.line()) {
                self.findings.push(Finding::failed(None, &found));
            }
            if !removed {
                return None;
            }
        }
    }

    /// What is to be said about the file as a whole.
    fn profiles(
        &mut self,
        file: &File,
        wanted: Option<&str>,
        line_of_default: Option<usize>,
        is_whole: bool,
    ) {
        let names: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
        let all = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        let path = self.path.display();
        let mut add = |verdict, message: String, hint: String| {
            self.findings.push(Finding {
                hint: Some(hint),
                ..Finding::new(verdict, None, message)
            });
        };
        let default = file.default_profile.as_deref();
        for (name, line) in [(default, line_of_default), (wanted, None)] {
            if let Some(name) = name.filter(|name| !names.contains(name)) {
                let line = line.map(|line| format!(":{line}: default_profile"));
                let line = line.unwrap_or_default();
                let message = format!("{path}{line}: there is no profile {name:?}");
                let hint = format!("existing profiles: {all}");
                add(Verdict::Failed, message, hint);
            }
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
        if file.profiles.values().any(Profile::holds_secrets)
            && let Err(error) = secret::refuse_exposed(self.path, &self.environment)
        {
            self.findings.push(Finding::failed(None, &error));
        }
    }

    fn profile(
        &mut self,
        name: &str,
        profile: &Profile,
        table: &DeTable<'_>,
        broken: &BTreeSet<Option<usize>>,
    ) {
        let sources = Sources {
            global: Global::default(),
            environment: self.environment.clone(),
            profile: profile.clone(),
            profile_name: name.to_owned(),
            file: Some(self.path.to_owned()),
            lines: profile::lines_of(self.text, table, name),
            state_folder: None,
        };
        let mut found: Vec<Finding> = sources
            .problems()
            .iter()
            .filter(|error| error.line().is_none() || !broken.contains(&error.line()))
            .map(|error| Finding::failed(Some(name), error))
            .collect();
        found.extend(sources.remarks(name));
        if found.iter().all(|finding| finding.verdict == Verdict::Fine) {
            let message = format!("profile {name}: all values are valid");
            found.push(Finding::new(Verdict::Fine, Some(name), message));
        }
        self.findings.extend(found);
    }
}

impl Sources {
    /// Every value that a run would stumble over.
    fn problems(&self) -> Vec<SettingsError> {
        let args = DownloadArgs::default();
        let mut problems = Vec::new();
        let center = self.data_center();
        // Hosts of a data centre that does not exist are checked all the same.
        let fallback = crate::zoho::datacenter::DataCenter::all().first();
        if let Some(center) = center.as_ref().ok().copied().or(fallback) {
            let api = self.api(center);
            let plain = api.as_ref().is_ok_and(|api| api.scheme() == "http");
            problems.extend(self.accounts(center, plain).err());
            problems.extend(self.downloads(center, plain).err());
            problems.extend(api.err());
        }
        problems.extend(center.err());
        let others = [
            self.org().err(),
            self.client_id().err(),
            self.api_version().err(),
            self.ca_certs().err(),
            self.out(&args).err().filter(|_| self.profile.out.is_some()),
            self.connect_timeout().err(),
            self.stall_timeout().err(),
            self.retry_wait().err(),
            self.jobs(&args).err(),
            self.only(&args).err(),
            self.pattern(&args).err(),
            self.limit_rate(&args).err(),
            self.max_duration(&args).err(),
            self.wait_lock(&args).err(),
            self.lock(&args).err(),
        ];
        problems.extend(others.into_iter().flatten());
        for (key, source) in self.secrets() {
            if let Some(source) = source.filter(|source| !source.is_command()) {
                problems.extend(self.at(key, source.read(key, &self.environment)).err());
            }
        }
        problems
    }

    fn secrets(&self) -> [(&'static str, Option<&secret::Source>); 3] {
        let profile = &self.profile;
        [
            ("client_secret", profile.client_secret.as_ref()),
            ("refresh_token", profile.refresh_token.as_ref()),
            ("access_token", profile.access_token.as_ref()),
        ]
    }

    /// What a run may stumble over, and what was not looked at.
    fn remarks(&self, name: &str) -> Vec<Finding> {
        let mut remarks = Vec::new();
        let mut add = |verdict, message: String, line: Option<&usize>| {
            remarks.push(Finding {
                line: line.copied(),
                ..Finding::new(verdict, Some(name), format!("profile {name}: {message}"))
            });
        };
        for (key, source) in self.secrets() {
            if source.is_some_and(secret::Source::is_command) {
                let message = format!("{key} comes from a command, which was not run");
                add(Verdict::Fine, message, self.lines.get(key));
            }
        }
        let [secret, refresh, access] = self.secrets().map(|(_, source)| source.is_some());
        let parts = [
            ("client_id", self.profile.client_id.is_some()),
            ("client_secret", secret),
            ("refresh_token", refresh),
        ];
        let missing = parts.iter().filter(|(_, is_there)| !is_there);
        let missing: Vec<&str> = missing.map(|(key, _)| *key).collect();
        if self.lines.is_empty() {
            add(Verdict::Warning, "it is empty".to_owned(), None);
        } else if !(missing.is_empty() || access && missing.len() == parts.len()) {
            let missing = missing.join(", ");
            let message =
                format!("not in the profile, so it must come from the environment: {missing}");
            add(Verdict::Warning, message, None);
        }
        remarks
    }
}

/// Takes the key out that an error is about: the innermost one there.
fn remove(table: &mut DeTable<'_>, place: &Range<usize>) -> bool {
    let holds = |span: Range<usize>| span.start <= place.start && place.end <= span.end;
    // The same table can go on under several headers, so that no span of it covers all that it holds.
    for (_, value) in table.iter_mut() {
        let is_whole = value.span() == *place;
        if let DeValue::Table(inner) = value.get_mut()
            && !is_whole
            && remove(inner, place)
        {
            return true;
        }
    }
    let key = table
        .iter()
        .find(|(key, value)| holds(key.span()) || holds(value.span()))
        .map(|(key, _)| key.clone());
    key.is_some_and(|key| table.remove(&key).is_some())
}
