//! The configuration file (`design.md` section 6): what stands in it, and everything that is wrong with that.
//!
//! Each key is read alone, by the options or secrets that have it: what is wrong with one hides nothing of another. Keys
//! that nobody knows and values of the wrong kind make the whole file unusable; a value that is refused harms only the
//! commands that need it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Deserializer};

use super::environment::Environment;
use super::error::SettingsError;
use super::keys::keys;
use super::secrets::{self, ProfileSecrets, SECRETS, Secret};
use super::words;
use crate::cli::{DownloadOptions, Global, ValueError};
use crate::untrusted::printable;

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

/// A key, or the value of one, that is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: SettingsError,
    /// The key or the kind of its value is wrong, not just what the value says.
    pub(super) is_of_shape: bool,
}

/// Who reads some of the keys in a table.
struct Reader {
    keys: &'static [&'static str],
    read: fn(DeTable<'_>) -> Option<toml::de::Error>,
}

impl Reader {
    fn of<T: DeserializeOwned>() -> Reader {
        Reader {
            keys: keys::<T>(),
            read: |table| read::<T>(table).err(),
        }
    }
}

/// What stands at the top of the file, as far as it is of interest there.
#[derive(Deserialize)]
#[expect(
    dead_code,
    clippy::zero_sized_map_values,
    reason = "only the shape counts"
)]
struct Top {
    default_profile: Option<String>,
    profiles: Option<BTreeMap<String, AnyProfile>>,
}

#[derive(Deserialize)]
struct AnyProfile {}

/// Part of the contract, so it is no unknown key, and its shape is checked; no command here removes anything.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only the shape counts")]
struct ForPrune {
    keep: Option<Keep>,
}

/// How many saved backups are kept, by restic's rules.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { last = 4, monthly = 12 }"
)]
#[expect(dead_code, reason = "only the shape counts")]
struct Keep {
    last: Option<u32>,
    daily: Option<u32>,
    weekly: Option<u32>,
    monthly: Option<u32>,
    yearly: Option<u32>,
}

/// Reads what a table holds.
pub(super) fn read<T: DeserializeOwned>(table: DeTable<'_>) -> Result<T, toml::de::Error> {
    T::deserialize(Deserializer::from(unplaced(table)))
}

/// The same without what is wrong in it.
pub(super) fn read_what_is_right<T: DeserializeOwned + Default>(table: DeTable<'_>) -> T {
    let is_right = |(key, value): &(Key<'_>, Value<'_>)| {
        read::<T>(DeTable::from_iter([(key.clone(), value.clone())])).is_ok()
    };
    read(table.into_iter().filter(is_right).collect()).unwrap_or_default()
}

impl ConfigFile {
    /// Nothing when it is not there and nobody named it.
    pub(super) fn read(path: &Path, named: bool) -> Result<Option<ConfigFile>, SettingsError> {
        let failed = |why: String, hint: &str| {
            SettingsError::new(
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
            Err(error) => Err(failed(
                format!("can't be read: {error}"),
                "check the path and its permissions, or choose another file with --config",
            )),
        }
    }

    /// The same, and it must be sound as a whole.
    pub(super) fn read_sound(
        path: &Path,
        named: bool,
    ) -> Result<Option<ConfigFile>, SettingsError> {
        let Some(file) = ConfigFile::read(path, named)? else {
            return Ok(None);
        };
        if let Some(error) = file.unusable() {
            return Err(error);
        }
        file.refuse_exposed(&Environment::default())?;
        Ok(Some(file))
    }

    /// What keeps every profile from being used.
    fn unusable(&self) -> Option<SettingsError> {
        // All of it, numbers and dates included: what looks like an unknown key may be a secret where the syntax is broken.
        if let Err(error) = toml::from_str::<toml::Table>(&self.text) {
            return Some(self.complaint(&error));
        }
        let profiles = self.names();
        let faults = profiles.iter().flat_map(|name| self.faults(name));
        let faults = self.faults_outside_profiles().into_iter().chain(faults);
        let of_shape = faults.filter(|fault| fault.is_of_shape);
        of_shape
            .map(|fault| fault.error)
            .min_by_key(SettingsError::line)
    }

    /// Refuses to read secrets that others could read, too.
    pub(super) fn refuse_exposed(&self, environment: &Environment) -> Result<(), SettingsError> {
        let mut profiles = self
            .names()
            .into_iter()
            .filter_map(|name| self.profile(&name));
        let is_plain = |secret: &&Secret, profile: &DeTable<'_>| {
            let value = profile.get(secret.key).map(Spanned::get_ref);
            secret.is_confidential() && value.is_some_and(DeValue::is_str)
        };
        if profiles.any(|profile| SECRETS.iter().any(|secret| is_plain(secret, &profile))) {
            secrets::refuse_exposed(&self.path, environment)?;
        }
        Ok(())
    }

    /// Everything that is no TOML, one error a line: what follows there follows from the first.
    pub(super) fn syntax_errors(&self) -> Vec<SettingsError> {
        let (_, errors) = DeTable::parse_recoverable(&self.text);
        let complaints = errors.iter().map(|error| {
            let complaint = words::complaint(error.message(), None);
            self.place(complaint, error)
        });
        let mut seen = BTreeSet::new();
        complaints
            .filter(|error| seen.insert(error.line()))
            .collect()
    }

    fn top(&self) -> DeTable<'_> {
        let (table, _) = DeTable::parse_recoverable(&self.text);
        table.into_inner()
    }

    /// The keys of a profile.
    fn profile(&self, name: &str) -> Option<DeTable<'_>> {
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
        self.places().into_values().collect()
    }

    fn places(&self) -> BTreeMap<usize, String> {
        let top = self.top();
        let profiles = top
            .get("profiles")
            .and_then(|profiles| profiles.get_ref().as_table());
        let tables = profiles
            .into_iter()
            .flatten()
            .filter(|(_, value)| value.get_ref().is_table());
        tables
            .map(|(name, _)| (name.span().start, name.get_ref().to_string()))
            .collect()
    }

    /// The profile for who names none, and the line that says so.
    pub(super) fn default_profile(&self) -> Option<(String, usize)> {
        let top = self.top();
        let (key, value) = top.get_key_value("default_profile")?;
        let name = value.get_ref().as_str()?.to_owned();
        Some((name, self.line_at(key.span().start)))
    }

    fn line_at(&self, place: usize) -> usize {
        self.text[..place.min(self.text.len())]
            .matches('\n')
            .count()
            + 1
    }

    pub(super) fn faults_outside_profiles(&self) -> Vec<Fault> {
        let mut top = self.top();
        if let Some(DeValue::Table(profiles)) = top.get_mut("profiles").map(Spanned::get_mut) {
            for (_, profile) in profiles.iter_mut() {
                if let DeValue::Table(profile) = profile.get_mut() {
                    profile.clear();
                }
            }
        }
        self.faults_in(&top, &[Reader::of::<Top>()])
    }

    pub(super) fn faults(&self, profile: &str) -> Vec<Fault> {
        let readers = [
            Reader::of::<Global>(),
            Reader::of::<DownloadOptions>(),
            Reader::of::<ProfileSecrets>(),
            Reader::of::<ForPrune>(),
        ];
        let table = self.profile(profile).unwrap_or_default();
        self.faults_in(&table, &readers)
    }

    fn faults_in(&self, table: &DeTable<'_>, readers: &[Reader]) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            let Some(reader) = readers.iter().find(|reader| reader.keys.contains(&name)) else {
                let all: Vec<&str> = readers
                    .iter()
                    .flat_map(|reader| reader.keys)
                    .copied()
                    .collect();
                let error = SettingsError::new(
                    format!("unknown key `{}`", printable(name)),
                    words::nearest(name, &all),
                );
                faults.push(Fault {
                    error: error.at(&self.path, self.line_at(key.span().start)),
                    is_of_shape: true,
                });
                continue;
            };
            for piece in pieces(key, value) {
                let Some(error) = (reader.read)(piece) else {
                    continue;
                };
                let fault = Fault {
                    error: self.complaint(&error),
                    is_of_shape: ValueError::passed_on(error.message()).is_none(),
                };
                let is_told = |told: &Fault| told.error.to_string() == fault.error.to_string();
                if !faults.iter().any(is_told) {
                    faults.push(fault);
                }
            }
        }
        faults
    }

    /// What serde says of a value, with its place.
    pub(super) fn complaint(&self, error: &toml::de::Error) -> SettingsError {
        let span = error.span();
        let key = span.and_then(|span| words::key_before(&self.text, span.start));
        let complaint = words::refused(error.message(), key.unwrap_or_default());
        self.place(complaint, error)
    }

    fn place(&self, complaint: SettingsError, error: &toml::de::Error) -> SettingsError {
        match error.span() {
            Some(span) => complaint.at(&self.path, self.line_at(span.start)),
            None => complaint.in_file(&self.path),
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
    pub(super) fn at(&self, key: &str, error: SettingsError) -> SettingsError {
        match self.line(key) {
            Some(line) => error.at(&self.file.path, line),
            None => error,
        }
    }
}

/// A table with one key, which has one key itself if it is a table: several things can be wrong in there.
fn pieces<'i>(key: &Key<'i>, value: &Value<'i>) -> Vec<DeTable<'i>> {
    let piece = |value| DeTable::from_iter([(key.clone(), value)]);
    match value.get_ref() {
        DeValue::Table(inner) if !inner.is_empty() => inner
            .iter()
            .map(|(key, inner)| DeTable::from_iter([(key.clone(), inner.clone())]))
            .map(|inner| piece(Spanned::new(value.span(), DeValue::Table(inner))))
            .collect(),
        _ => vec![piece(value.clone())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong_with(text: &str) -> Option<SettingsError> {
        let file = ConfigFile {
            path: "config.toml".into(),
            text: text.to_owned(),
        };
        file.unusable()
    }

    fn complaint(text: &str) -> (String, String) {
        let error = wrong_with(text).expect("it is wrong");
        (error.to_string(), error.hint().to_owned())
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_right_one() {
        let (message, hint) =
            complaint("[profiles.main]\ndc = \"eu\"\nclient_idd = \"1000.ABC\"\n");
        assert!(
            message == "config.toml:3: unknown key `client_idd`",
            "{message}"
        );
        assert_eq!(hint, "did you mean `client_id`?");
    }

    #[test]
    fn a_syntax_error_does_not_quote_the_file() {
        let (message, _) = complaint("[profiles.main]\nclient_secret = \"s3cret\n");
        assert!(message.starts_with("config.toml:2: "), "{message}");
        assert!(!message.contains("s3cret"));
    }

    #[test]
    fn what_looks_like_a_key_where_quotes_are_amiss_is_not_quoted() {
        for text in [
            "[profiles.a]\n\"\"\"access_token = \"a\" s3cret=",
            "[s3cret]\njobs = 0o\n",
        ] {
            let (message, _) = complaint(text);
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_quoted() {
        let (message, _) = complaint("[profiles.main]\nclient_secret = 100061109725\n");
        assert!(!message.contains("100061109725"), "{message}");
        assert_eq!(
            message,
            "config.toml:2: client_secret: it must be a string in quotes or a table such as { file = \"/run/secrets/zoho\" }, not a number"
        );
    }

    #[test]
    fn what_a_value_must_be_is_said_in_plain_words() {
        for (value, words) in [
            (
                "jobs = 300",
                "jobs: it must be a whole number from 0 to 255",
            ),
            (
                "jobs = \"4\"",
                "jobs: it must be a whole number from 0 to 255, not a string",
            ),
            (
                "org = 757345985",
                "org: it must be a string in quotes, not a number",
            ),
            (
                "require_new = \"yes\"",
                "require_new: it must be true or false, not a string",
            ),
            (
                "keep = 4",
                "keep: it must be a table such as { last = 4, monthly = 12 }, not a number",
            ),
            (
                "download_domain = 5",
                "download_domain: it must be a string in quotes, or a list of them",
            ),
            (
                "out = [\"a\"]",
                "out: it must be a string in quotes, not a list",
            ),
        ] {
            let (message, _) = complaint(&format!("[profiles.main]\n{value}\n"));
            assert_eq!(message, format!("config.toml:2: {words}"), "{value}");
        }
    }

    #[test]
    fn the_example_of_the_contract_is_read() {
        let text = r#"
            default_profile = "main"
            [profiles.main]
            dc = "eu"
            org = "757345985"
            out = "/srv/backups/zoho"
            jobs = 4
            client_id = "1000.ABC"
            client_secret = { file = "/run/secrets/zoho_client_secret" }
            refresh_token = { command = ["pass", "show", "zoho/refresh"] }
            keep = { last = 4, monthly = 12 }
        "#;
        assert!(wrong_with(text).is_none());
    }
}
