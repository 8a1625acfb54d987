//! The configuration file (`design.md` section 6).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::DeTable;

use super::{Environment, SettingsError, secret};

/// What `login` calls a profile where nothing else names one.
const FIRST_PROFILE: &str = "main";

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) default_profile: Option<String>,
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, Profile>,
}

/// One profile: the long flags with underscores, and secrets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) dc: Option<String>,
    pub(super) org: Option<String>,
    pub(super) out: Option<PathBuf>,
    pub(super) jobs: Option<u8>,
    pub(super) api_domain: Option<String>,
    pub(super) accounts_url: Option<String>,
    pub(super) download_domain: Option<OneOrMany>,
    pub(super) api_version: Option<String>,
    pub(super) ca_cert: Option<PathBuf>,
    pub(super) retries: Option<u32>,
    pub(super) retry_wait: Option<String>,
    pub(super) connect_timeout: Option<String>,
    pub(super) stall_timeout: Option<String>,
    pub(super) only: Option<String>,
    pub(super) r#match: Option<String>,
    pub(super) limit_rate: Option<String>,
    pub(super) max_duration: Option<String>,
    pub(super) wait_lock: Option<String>,
    pub(super) lock: Option<String>,
    pub(super) require_new: Option<bool>,
    pub(super) ignore_expiry: Option<bool>,
    pub(super) no_ranges: Option<bool>,
    pub(super) no_resume: Option<bool>,
    pub(super) refetch: Option<bool>,
    pub(super) allow_unverified: Option<bool>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<secret::Source>,
    pub(super) refresh_token: Option<secret::Source>,
    pub(super) access_token: Option<secret::Source>,
    /// Part of the contract, so it is no unknown key, and its shape is checked; no command here removes anything.
    #[serde(rename = "keep")]
    _keep: Option<Keep>,
}

impl Profile {
    /// Whether the file itself holds secrets, so that nobody else may read it.
    pub(super) fn holds_secrets(&self) -> bool {
        [&self.client_secret, &self.refresh_token, &self.access_token]
            .into_iter()
            .flatten()
            .any(secret::Source::is_plain)
    }
}

/// How many saved backups are kept, by restic's rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { last = 4, monthly = 12 }"
)]
struct Keep {
    #[serde(rename = "last")]
    _last: Option<u32>,
    #[serde(rename = "daily")]
    _daily: Option<u32>,
    #[serde(rename = "weekly")]
    _weekly: Option<u32>,
    #[serde(rename = "monthly")]
    _monthly: Option<u32>,
    #[serde(rename = "yearly")]
    _yearly: Option<u32>,
}

/// A string or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "it must be a string in quotes, or a list of them"
)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}

/// A profile that was found, and what it is called.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) name: Option<String>,
    pub(super) profile: Profile,
    /// The file it is from.
    pub(super) path: Option<PathBuf>,
    /// The lines of its keys there.
    pub(super) lines: BTreeMap<String, usize>,
}

/// Reads the file and picks a profile. `named`: the user named the file, so it must be there.
pub(super) fn choose(
    path: &Path,
    named: bool,
    profile: Option<&str>,
) -> Result<Chosen, SettingsError> {
    let Some((text, mut file)) = sound(path, named)? else {
        return match profile {
            None => Ok(Chosen::default()),
            Some(name) => Err(SettingsError::new(
                format!(
                    "there is no profile \"{name}\": the configuration file {} does not exist",
                    path.display()
                ),
                "`backup-fetch login` creates it; or write it as the README shows, or choose another with --config",
            )),
        };
    };
    let Some(name) = file.pick(profile, path)? else {
        return Ok(Chosen::default());
    };
    let Some(profile) = file.profiles.remove(&name) else {
        return Err(SettingsError::new(
            format!("{}: there is no profile \"{name}\"", path.display()),
            format!("existing profiles: {}", names(&file.profiles)),
        ));
    };
    Ok(Chosen {
        lines: DeTable::parse(&text).map_or_else(
            |_| BTreeMap::new(),
            |table| lines_of(&text, table.get_ref(), &name),
        ),
        name: Some(name),
        profile,
        path: Some(path.to_owned()),
    })
}

/// As [`choose`], but neither the file nor the profile needs to be there: who logs in makes them.
pub(super) fn choose_or_new(path: &Path, profile: Option<&str>) -> Result<Chosen, SettingsError> {
    let mut file = sound(path, false)?
        .map(|(_, file)| file)
        .unwrap_or_default();
    let name = file.pick(profile, path)?;
    let name = name.unwrap_or_else(|| FIRST_PROFILE.to_owned());
    Ok(Chosen {
        profile: file.profiles.remove(&name).unwrap_or_default(),
        name: Some(name),
        path: Some(path.to_owned()),
        lines: BTreeMap::new(),
    })
}

/// The text of the file; nothing when it is not there and nobody named it.
pub(super) fn read(path: &Path, named: bool) -> Result<Option<String>, SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SettingsError::new(
            format!("{}: the configuration file does not exist", path.display()),
            "check the path, or choose another file with --config",
        )),
        Err(error) => Err(SettingsError::new(
            format!(
                "{}: the configuration file can't be read: {error}",
                path.display()
            ),
            "check the path and its permissions, or choose another file with --config",
        )),
    }
}

/// The file and its text; nothing when it is not there and nobody named it. It must be sound as a whole.
fn sound(path: &Path, named: bool) -> Result<Option<(String, File)>, SettingsError> {
    let Some(text) = read(path, named)? else {
        return Ok(None);
    };
    let file = parse(&text, path)?;
    if file.profiles.values().any(Profile::holds_secrets) {
        secret::refuse_exposed(path, &Environment::default())?;
    }
    Ok(Some((text, file)))
}

/// The names of all profiles of a file that is sound as a whole, in their order there.
pub(super) fn all(path: &Path, named: bool) -> Result<Vec<String>, SettingsError> {
    let found = sound(path, named)?;
    Ok(found.map_or_else(Vec::new, |(text, file)| {
        in_order(&text, file.profiles.into_keys().collect())
    }))
}

/// Names of profiles as they follow each other in the text.
fn in_order(text: &str, mut names: Vec<String>) -> Vec<String> {
    let Ok(table) = DeTable::parse(text) else {
        return names;
    };
    let profiles = table.get_ref().get("profiles");
    let places: BTreeMap<&str, usize> = profiles
        .and_then(|profiles| profiles.get_ref().as_table())
        .into_iter()
        .flatten()
        .map(|(name, _)| (name.get_ref().as_ref(), name.span().start))
        .collect();
    names.sort_by_key(|name| places.get(name.as_str()).copied());
    names
}

/// The key of the value that begins here.
fn key_before(text: &str, place: usize) -> Option<&str> {
    let line = text.get(..place)?.rsplit('\n').next()?;
    let before = line.trim_end().strip_suffix('=')?.trim_end();
    let is_of_key = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let key = &before[before.trim_end_matches(is_of_key).len()..];
    (!key.is_empty()).then_some(key)
}

/// The line of each key of a profile.
pub(super) fn lines_of(text: &str, table: &DeTable, profile: &str) -> BTreeMap<String, usize> {
    let profiles = table.get("profiles").map(toml::Spanned::get_ref);
    let keys = profiles
        .and_then(|profiles| profiles.get(profile))
        .and_then(|profile| profile.get_ref().as_table());
    let keys = keys.into_iter().flatten();
    keys.map(|(key, _)| (key.get_ref().to_string(), line(text, key.span().start)))
        .collect()
}

/// The line of a place in the text.
pub(super) fn line(text: &str, place: usize) -> usize {
    text[..place.min(text.len())].matches('\n').count() + 1
}

impl File {
    /// The name of the profile to use; nothing when there is none at all.
    fn pick(&self, named: Option<&str>, path: &Path) -> Result<Option<String>, SettingsError> {
        let only = || {
            self.profiles
                .keys()
                .next()
                .filter(|_| self.profiles.len() == 1)
        };
        let name = named.or(self.default_profile.as_deref());
        match name.or_else(|| only().map(String::as_str)) {
            Some(name) => Ok(Some(name.to_owned())),
            None if self.profiles.is_empty() => Ok(None),
            None => Err(SettingsError::new(
                format!(
                    "{}: there are several profiles and no default_profile",
                    path.display()
                ),
                format!("choose one with --profile: {}", names(&self.profiles)),
            )),
        }
    }
}

fn names(profiles: &BTreeMap<String, Profile>) -> String {
    if profiles.is_empty() {
        return "none".to_owned();
    }
    profiles.keys().cloned().collect::<Vec<_>>().join(", ")
}

fn parse(text: &str, path: &Path) -> Result<File, SettingsError> {
    // Where the syntax is broken, what looks like an unknown key may be a secret: nothing is quoted then.
    toml::from_str::<toml::Table>(text).map_err(|error| complaint(text, path, &error))?;
    toml::from_str(text).map_err(|error| complaint(text, path, &error))
}

/// What the parser says, with its place.
pub(super) fn complaint(text: &str, path: &Path, error: &toml::de::Error) -> SettingsError {
    // The first line names the thing; what follows would quote the file, secrets included.
    let message = error.message().lines().next().unwrap_or_default();
    let (what, hint) = (in_our_words(message), nearest(message));
    match error.span() {
        Some(span) => {
            // Where the syntax is broken, what looks like a key may be a secret with its quotes amiss.
            let key = key_before(text, span.start).filter(|_| what.starts_with("it must be"));
            let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
            SettingsError::new(format!("{key}{what}"), hint).at(path, line(text, span.start))
        }
        None => SettingsError::new(format!("{}: {what}", path.display()), hint),
    }
}

/// The parser speaks of the types of a programming language, and quotes values, which may be secrets.
fn in_our_words(message: &str) -> String {
    let (head, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    if let Some(found) = head.strip_prefix("invalid type: ") {
        let found = found
            .split(['`', '"'])
            .next()
            .unwrap_or_default()
            .trim_end();
        return format!("it must be {}, not {}", wanted(expected), given(found));
    }
    if head.starts_with("invalid value: ") || head.starts_with("invalid length") {
        return format!("it must be {}", wanted(expected));
    }
    if let Some((before, _)) = message.split_once(", expected")
        && let Some(key) = before.strip_prefix("unknown field ")
    {
        return format!("unknown key {key}");
    }
    match head.strip_prefix("missing field ") {
        Some(key) => format!("the key {key} is missing"),
        None => message.to_owned(),
    }
}

/// What a value must be.
fn wanted(expected: &str) -> String {
    match expected {
        "a string" | "path string" => "a string in quotes".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u32" => "a whole number from 0 to 4294967295".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "a map" => "a table".into(),
        own if own.starts_with("struct ") => "a table".into(),
        own => own.replace("a string", "a string in quotes"),
    }
}

/// What a value is instead.
fn given(found: &str) -> &str {
    match found {
        "integer" | "floating point" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "a table",
        "datetime" => "a date",
        other => other,
    }
}

/// From "unknown field `x`, expected one of `a`, `b`" the right key that is nearest to the wrong one.
fn nearest(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().unwrap_or_default();
    let right: Vec<&str> = quoted.collect();
    let best = right
        .iter()
        .map(|key| (strsim::damerau_levenshtein(wrong, key), key))
        .min()
        .filter(|(distance, key)| *distance <= 1 + key.len() / 3);
    match best {
        Some((_, key)) if message.contains("unknown field") => format!("did you mean `{key}`?"),
        _ if message.contains("unknown field") => {
            format!("known keys: {}", right.join(", "))
        }
        _ => "see the configuration in the README".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> (String, String) {
        let error = parse(text, Path::new("config.toml")).unwrap_err();
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
        assert!(parse(text, Path::new("x")).is_ok());
    }
}
