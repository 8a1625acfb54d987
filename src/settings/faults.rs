//! What is wrong with a configuration file.
//!
//! Each key is read alone, by the options or secrets that have it: what is wrong with one hides nothing of another. Keys
//! that nobody knows and values of the wrong kind make the whole file unusable; a value that is refused harms only the
//! commands that need it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::environment::Environment;
use super::file::{ConfigFile, Key, Value, read};
use super::keys::keys;
use super::secrets::ProfileSecrets;
use super::words;
use crate::cli::{CheckOptions, DownloadOptions, Global, StoreOptions, TellOptions, ValueError};
use crate::problem::Problem;
use crate::untrusted::printable;

/// A key, or the value of one, that is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: Problem,
    /// The key or the kind of its value is wrong, not just what the value says.
    pub(super) is_of_shape: bool,
}

/// Who reads some of the keys in a table.
struct KeyReader {
    keys: &'static [&'static str],
    read: fn(DeTable<'_>) -> Option<toml::de::Error>,
}

impl KeyReader {
    fn of<T: DeserializeOwned>() -> KeyReader {
        KeyReader {
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

/// Reads a file that must be sound as a whole; nothing when it is not there and nobody named it.
pub(super) fn read_sound(path: &Path, named: bool) -> Result<Option<ConfigFile>, Problem> {
    let Some(file) = ConfigFile::read(path, named)? else {
        return Ok(None);
    };
    if let Some(error) = unusable(&file) {
        return Err(error);
    }
    file.refuse_exposed(&Environment::default())?;
    Ok(Some(file))
}

/// What keeps every profile from being used.
fn unusable(file: &ConfigFile) -> Option<Problem> {
    // All of it, numbers and dates included: what looks like an unknown key may be a secret where the syntax is broken.
    if let Err(error) = file.parse() {
        return Some(file.complaint(&error));
    }
    let profiles = file.names();
    let faults = profiles.iter().flat_map(|name| of_profile(file, name));
    let faults = outside_profiles(file).into_iter().chain(faults);
    let of_shape = faults.filter(|fault| fault.is_of_shape);
    of_shape
        .map(|fault| fault.error)
        .min_by_key(|error| error.line)
}

pub(super) fn outside_profiles(file: &ConfigFile) -> Vec<Fault> {
    let mut top = file.top();
    if let Some(DeValue::Table(profiles)) = top.get_mut("profiles").map(Spanned::get_mut) {
        for (_, profile) in profiles.iter_mut() {
            if let DeValue::Table(profile) = profile.get_mut() {
                profile.clear();
            }
        }
    }
    in_table(file, &top, &[KeyReader::of::<Top>()])
}

pub(super) fn of_profile(file: &ConfigFile, profile: &str) -> Vec<Fault> {
    let readers = [
        KeyReader::of::<Global>(),
        KeyReader::of::<DownloadOptions>(),
        KeyReader::of::<TellOptions>(),
        KeyReader::of::<CheckOptions>(),
        KeyReader::of::<StoreOptions>(),
        KeyReader::of::<ProfileSecrets>(),
    ];
    let table = file.profile(profile).unwrap_or_default();
    in_table(file, &table, &readers)
}

fn in_table(file: &ConfigFile, table: &DeTable<'_>, readers: &[KeyReader]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for (key, value) in table {
        let name: &str = key.get_ref();
        let Some(reader) = readers.iter().find(|reader| reader.keys.contains(&name)) else {
            let all: Vec<&str> = readers
                .iter()
                .flat_map(|reader| reader.keys)
                .copied()
                .collect();
            let error = Problem::configuration(
                format!("unknown key `{}`", printable(name)),
                words::nearest(name, &all),
            );
            faults.push(Fault {
                error: file.at(file.line_at(key.span().start), error),
                is_of_shape: true,
            });
            continue;
        };
        for piece in pieces(key, value) {
            let Some(error) = (reader.read)(piece) else {
                continue;
            };
            let fault = Fault {
                error: file.complaint(&error),
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

    fn wrong_with(text: &str) -> Option<Problem> {
        let file = ConfigFile::of("config.toml".into(), text.to_owned());
        unusable(&file)
    }

    fn complaint(text: &str) -> (String, String) {
        let error = wrong_with(text).expect("it is wrong");
        (error.to_string(), error.hint.unwrap_or_default())
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
