//! The configuration file (`design.md` section 6): its profiles, and their keys with their places.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Deserializer};

use super::environment::Environment;
use super::secrets::{self, SECRETS, Secret};
use super::words;
use crate::cli::StoreOptions;
use crate::problem::Problem;
use crate::store::object::is_secret;

/// The text of a file that is there.
#[derive(Clone)]
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    text: String,
}

/// The text may hold secrets.
impl std::fmt::Debug for ConfigFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.fmt(formatter)
    }
}

/// One of its profiles, which need not be there yet for who logs in.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) file: ConfigFile,
    pub(super) name: String,
}

pub(super) type Key<'a> = Spanned<DeString<'a>>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// What is not from the file.
pub(super) fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

pub(super) fn read<T: DeserializeOwned>(table: DeTable<'_>) -> Result<T, toml::de::Error> {
    T::deserialize(Deserializer::from(unplaced(table)))
}

/// What is wrong counts as not given.
pub(super) fn read_valid<T: DeserializeOwned + Default>(table: DeTable<'_>) -> T {
    let is_right = |(key, value): &(Key<'_>, Value<'_>)| {
        read::<T>(DeTable::from_iter([(key.clone(), value.clone())])).is_ok()
    };
    read(table.into_iter().filter(is_right).collect()).unwrap_or_default()
}

impl ConfigFile {
    #[cfg(test)]
    pub(super) fn of(path: PathBuf, text: String) -> ConfigFile {
        ConfigFile { path, text }
    }

    /// Nothing when it is not there and nobody named it.
    pub(super) fn read(path: &Path, named: bool) -> Result<Option<ConfigFile>, Problem> {
        let failed = |why: String, hint: &str| {
            Problem::configuration(
                format!("{}: the configuration file {why}", path.display()),
                hint,
            )
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(ConfigFile {
                path: path.to_owned(),
                text,
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(failed(
                "does not exist".to_owned(),
                "check the path, or choose another file with --config",
            )),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(failed(
                "is not UTF-8 text".to_owned(),
                "save it as UTF-8; PowerShell's > may write UTF-16, Set-Content -Encoding utf8 does not",
            )),
            Err(error) => Err(failed(
                format!("can't be read: {error}"),
                "check the path and its permissions, or choose another file with --config",
            )),
        }
    }

    /// Refuses to read secrets that others could read, too.
    pub(super) fn refuse_exposed(&self, environment: &Environment) -> Result<(), Problem> {
        let mut profiles = self
            .names()
            .into_iter()
            .filter_map(|name| self.profile(&name));
        let is_plain = |secret: &Secret, profile: &DeTable<'_>| {
            let value = profile.get(secret.key).map(Spanned::get_ref);
            secret.is_confidential() && value.is_some_and(DeValue::is_str)
        };
        if profiles.any(|profile| {
            SECRETS.iter().any(|secret| is_plain(secret, &profile)) || has_plain_secret(&profile)
        }) {
            secrets::refuse_exposed(&self.path, environment)?;
        }
        Ok(())
    }

    /// Everything that is no TOML, one error a line: what follows there follows from the first.
    pub(super) fn syntax_errors(&self) -> Vec<Problem> {
        let (_, errors) = DeTable::parse_recoverable(&self.text);
        let complaints = errors.iter().map(|error| {
            let complaint = words::complaint(error.message(), None);
            self.place(complaint, error)
        });
        let mut seen = BTreeSet::new();
        complaints.filter(|error| seen.insert(error.line)).collect()
    }

    /// Whether it is TOML in all of it, numbers and dates included.
    pub(super) fn parse(&self) -> Result<toml::Table, toml::de::Error> {
        toml::from_str(&self.text)
    }

    pub(super) fn top(&self) -> DeTable<'_> {
        let (table, _) = DeTable::parse_recoverable(&self.text);
        table.into_inner()
    }

    pub(super) fn profile(&self, name: &str) -> Option<DeTable<'_>> {
        let mut top = self.top();
        let DeValue::Table(profiles) = top.get_mut("profiles")?.get_mut() else {
            return None;
        };
        match profiles.remove(name)?.into_inner() {
            DeValue::Table(profile) => Some(profile),
            _ => None,
        }
    }

    /// The names of all profiles, in alphabetical order.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = self.names_in_order();
        names.sort();
        names
    }

    /// The same in their order in the file.
    pub(super) fn names_in_order(&self) -> Vec<String> {
        let top = self.top();
        let profiles = top
            .get("profiles")
            .and_then(|profiles| profiles.get_ref().as_table());
        let profiles = profiles.into_iter().flatten();
        let tables = profiles.filter(|(_, value)| value.get_ref().is_table());
        let mut names: Vec<_> = tables.map(|(name, _)| name).collect();
        names.sort_by_key(|name| name.span().start);
        names
            .iter()
            .map(|name| name.get_ref().to_string())
            .collect()
    }

    /// The profile for who names none, and the line that says so.
    pub(super) fn default_profile(&self) -> Option<(String, usize)> {
        let top = self.top();
        let (key, value) = top.get_key_value("default_profile")?;
        let name = value.get_ref().as_str()?.to_owned();
        Some((name, self.line_at(key.span().start)))
    }

    pub(super) fn line_at(&self, place: usize) -> usize {
        self.text[..place.min(self.text.len())]
            .matches('\n')
            .count()
            + 1
    }

    /// The problem with its line, if it has none yet.
    pub(super) fn at(&self, line: usize, problem: Problem) -> Problem {
        if problem.line.is_some() {
            return problem;
        }
        Problem {
            message: format!("{}:{line}: {problem}", self.path.display()),
            line: Some(line),
            ..problem
        }
    }

    /// What serde says of a value, with its place.
    pub(super) fn complaint(&self, error: &toml::de::Error) -> Problem {
        let span = error.span();
        let key = span.and_then(|span| words::key_before(&self.text, span.start));
        let complaint = words::refused(error.message(), key.unwrap_or_default());
        self.place(complaint, error)
    }

    fn place(&self, complaint: Problem, error: &toml::de::Error) -> Problem {
        match error.span() {
            Some(span) => self.at(self.line_at(span.start), complaint),
            None => Problem {
                message: format!("{}: {complaint}", self.path.display()),
                ..complaint
            },
        }
    }
}

impl Profile {
    pub(super) fn keys(&self) -> DeTable<'_> {
        self.file.profile(&self.name).unwrap_or_default()
    }

    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let keys = self.keys();
        let (key, _) = keys.get_key_value(key)?;
        Some(self.file.line_at(key.span().start))
    }

    /// The error with the line of the key that it is about.
    pub(super) fn at(&self, key: &str, error: Problem) -> Problem {
        match self.line(key) {
            Some(line) => self.file.at(line, error),
            None => error,
        }
    }
}

/// Whether a profile has a secret of a store in plain text.
fn has_plain_secret(profile: &DeTable<'_>) -> bool {
    let Some(DeValue::Table(table)) = profile.get(StoreOptions::KEY).map(Spanned::get_ref) else {
        return false;
    };
    let is_plain = |name: &str, value: &DeValue<'_>| {
        let key = name.to_ascii_lowercase().replace('-', "_");
        is_secret(&key) && value.is_str()
    };
    let mut options = table.iter();
    options.any(|(name, value)| is_plain(name.get_ref(), value.get_ref()))
}
