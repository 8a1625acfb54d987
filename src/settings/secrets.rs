//! The secrets there are, where each comes from, and that nobody else can read it there.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret, SecretString};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::environment::Environment;
use super::keyring;
use crate::cli;
use crate::problem::Problem;
use crate::store::sys;

/// No secret of Zoho is longer.
const LARGEST: u64 = 64 << 10;

/// A secret that can be given; the client id is treated as one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    /// In words.
    pub(crate) name: &'static str,
    /// In a profile, and as the name of the file that `login` makes.
    pub(super) key: &'static str,
    /// There is another one with the suffix `_FILE`.
    pub(super) variable: &'static str,
}

const fn secret(name: &'static str, key: &'static str, variable: &'static str) -> Secret {
    Secret {
        name,
        key,
        variable,
    }
}

pub(crate) const CLIENT_ID: Secret = secret("client id", "client_id", "ZOHO_CLIENT_ID");
pub(super) const CLIENT_SECRET: Secret =
    secret("client secret", "client_secret", "ZOHO_CLIENT_SECRET");
pub(super) const REFRESH_TOKEN: Secret =
    secret("refresh token", "refresh_token", "ZOHO_REFRESH_TOKEN");
pub(super) const ACCESS_TOKEN: Secret = secret("access token", "access_token", "ZOHO_ACCESS_TOKEN");

pub(super) static SECRETS: [Secret; 4] = [CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, ACCESS_TOKEN];

/// What no program that we start gets to see, if it is not for that.
pub(crate) const SECRET_VARIABLES: [&str; 5] = [
    CLIENT_ID.variable,
    CLIENT_SECRET.variable,
    REFRESH_TOKEN.variable,
    ACCESS_TOKEN.variable,
    GRANT_CODE,
];

/// The code of a login.
pub(super) const GRANT_CODE: &str = "ZOHO_GRANT_CODE";

/// What a profile says of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProfileSecrets {
    #[serde(deserialize_with = "plain")]
    client_id: Option<Source>,
    client_secret: Option<Source>,
    refresh_token: Option<Source>,
    access_token: Option<Source>,
}

/// No other source is taken, and an empty one is none.
fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Source>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Some(text)
        .filter(|text| !text.is_empty())
        .map(|text| Source::Plain(text.into())))
}

/// Where a profile has a secret.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// In the profile itself.
    Plain(SecretString),
    File(PathBuf),
    /// What a program prints.
    Command(Vec<String>),
    /// One of systemd's.
    Credential(String),
    Keyring,
    /// The profile names none of these, or several.
    Unclear,
}

/// By hand, because serde's untagged enums forget which key was wrong.
impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Source, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            file: Option<PathBuf>,
            command: Option<Vec<String>>,
            credential: Option<String>,
            keyring: Option<bool>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Source;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a string or a table such as { file = \"/run/secrets/zoho\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Source, E> {
                Ok(Source::Plain(text.to_owned().into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(
                    match (table.file, table.command, table.credential, table.keyring) {
                        (Some(file), None, None, None) => Source::File(file),
                        (None, Some(argv), None, None) => Source::Command(argv),
                        (None, None, Some(name), None) => Source::Credential(name),
                        (None, None, None, Some(true)) => Source::Keyring,
                        _ => Source::Unclear,
                    },
                )
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl ProfileSecrets {
    pub(super) fn source(&self, secret: &Secret) -> Option<&Source> {
        let sources = [
            &self.client_id,
            &self.client_secret,
            &self.refresh_token,
            &self.access_token,
        ];
        let index = SECRETS.iter().position(|its| its == secret)?;
        sources[index].as_ref()
    }
}

impl Secret {
    /// The variables that name it.
    pub(super) fn variables(&self) -> [String; 2] {
        [self.variable.to_owned(), format!("{}_FILE", self.variable)]
    }

    /// Those of them that are set.
    pub(super) fn set_in(&self, environment: &Environment) -> Vec<String> {
        let is_set = |variable: &String| environment.get(variable).is_some();
        self.variables().into_iter().filter(is_set).collect()
    }

    /// Whether a configuration file with it in plain text must be closed to others.
    pub(super) fn is_confidential(&self) -> bool {
        *self != CLIENT_ID
    }
}

impl Source {
    /// Whether a file holds it, be it the configuration file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Source::Plain(_) | Source::File(_))
    }

    /// In words.
    pub(super) fn place(&self) -> String {
        match self {
            Source::Plain(_) | Source::Unclear => "the configuration file itself".into(),
            Source::File(file) => format!("the file {}", file.display()),
            Source::Command(argv) => {
                format!("the command {}", argv.first().map_or("", String::as_str))
            }
            Source::Credential(name) => format!("the systemd credential {name}"),
            Source::Keyring => "the keyring".into(),
        }
    }

    /// Gets the secret that the profile of this name calls `key`.
    pub(super) fn read(
        &self,
        profile: &str,
        key: &str,
        environment: &Environment,
    ) -> Result<SecretString, Problem> {
        match self {
            Source::Plain(secret) => checked(key, "the value", secret.expose_secret()),
            Source::File(path) => from_file(key, path, environment),
            Source::Command(argv) => from_command(key, argv),
            Source::Credential(name) => match environment.get("CREDENTIALS_DIRECTORY") {
                Some(folder) => from_file(key, &Path::new(&folder).join(name), environment),
                None => Err(Problem::configuration(
                    format!(
                        "{key}: it is a systemd credential, but CREDENTIALS_DIRECTORY is not set"
                    ),
                    "run it from a systemd unit with LoadCredential=, or use a file instead",
                )),
            },
            Source::Keyring => {
                let found = keyring::read(profile, key)?;
                checked(key, "the keyring's entry", found.expose_secret())
            }
            Source::Unclear => Err(unclear(key)),
        }
    }
}

pub(super) fn unclear(key: &str) -> Problem {
    Problem::configuration(
        format!("{key}: it must name exactly one of file, command, credential, keyring"),
        "for example: { file = \"/run/secrets/zoho\" }",
    )
}

/// The secret in a variable, or in the file that the one with the suffix `_FILE` names.
pub(super) fn from_variable(
    variable: &str,
    environment: &Environment,
) -> Result<Option<SecretString>, Problem> {
    let of_file = format!("{variable}_FILE");
    match (environment.get(variable), environment.get(&of_file)) {
        (Some(_), Some(_)) => Err(Problem::configuration(
            format!("both {variable} and {of_file} are set"),
            "unset one of them",
        )),
        (Some(value), None) => checked(variable, "the variable", &value).map(Some),
        (None, Some(path)) => from_file(&of_file, Path::new(&path), environment).map(Some),
        (None, None) => Ok(None),
    }
}

/// The secret in a file that not everybody can read.
pub(super) fn from_file(
    name: &str,
    path: &Path,
    environment: &Environment,
) -> Result<SecretString, Problem> {
    let failed = |error: std::io::Error| {
        Problem::configuration(
            format!("{name}: the file {} can't be read: {error}", path.display()),
            "check the path and its permissions",
        )
    };
    let path = &cli::expanded(path).map_err(|error| error.of_key(name))?;
    refuse_exposed(path, environment)?;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        .map_err(failed)?;
    let origin = format!("the file {}", path.display());
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Problem::configuration(
            format!("{name}: {origin} is UTF-16 text"),
            "save it as UTF-8; in PowerShell: Set-Content -Encoding ascii",
        ));
    }
    checked(name, &origin, &String::from_utf8_lossy(&bytes))
}

/// The first thing that a program prints, without a shell in between.
fn from_command(name: &str, argv: &[String]) -> Result<SecretString, Problem> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Problem::configuration(
            format!("{name}: the command is empty"),
            "for example: { command = [\"pass\", \"show\", \"zoho\"] }",
        ));
    };
    let hint =
        "run it by hand as the same user; a cron job has no terminal and few environment variables";
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| {
            Problem::configuration(
                format!("{name}: the command {program} can't be run: {error}"),
                hint,
            )
        })?;
    if !output.status.success() {
        return Err(Problem::configuration(
            format!("{name}: the command {program} failed ({})", output.status),
            hint,
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    checked(name, &format!("the command {program}"), &text)
}

/// A secret is one line of plain characters. What editors, shells and `--env-file` leave around it is taken off: line
/// breaks, blanks, a byte order mark, a pair of quotes.
pub(crate) fn checked(name: &str, origin: &str, text: &str) -> Result<SecretString, Problem> {
    let text = bare(text);
    if text.is_empty() {
        return Err(Problem::configuration(
            format!("{name}: {origin} is empty"),
            "put the secret there, or remove the setting",
        ));
    }
    let is_of_secret = |byte: u8| byte.is_ascii_graphic() && !b"\"'`".contains(&byte);
    if !text.bytes().all(is_of_secret) {
        return Err(Problem::configuration(
            format!(
                "{name}: {origin} contains a line break, a space, a quote, or another character that no Zoho secret has"
            ),
            "it must contain the secret and nothing else",
        ));
    }
    let secret = SecretString::from(text);
    crate::redaction::hide(&secret);
    Ok(secret)
}

/// A client id, which has a known shape. It is not shown: in its place there may be a secret.
pub(crate) fn client_id(name: &str, origin: &str, text: &str) -> Result<String, Problem> {
    let id = checked(name, origin, text)?.expose_secret().to_owned();
    let is_id = id.split_once('.').is_some_and(|(number, rest)| {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        // A refresh token has a second dot.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        is_number && !rest.is_empty() && rest.bytes().all(is_plain)
    });
    if is_id {
        crate::redaction::show(&id);
        return Ok(id);
    }
    Err(Problem::configuration(
        format!("{name}: {origin} does not hold a client id"),
        "copy the Client ID from Zoho's API console: it looks like 1000.ABC123, and is not the Client Secret",
    ))
}

fn bare(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| {
        let inner = text.strip_prefix(*quote)?.strip_suffix(*quote)?;
        Some(inner.trim())
    });
    unquoted.unwrap_or(text)
}

/// A regular file with secrets must be closed to all but its owner and its group. Pipes (`<(…)`) have no such
/// permissions; what a container or a unit is given has those that its manager chose.
pub(super) fn refuse_exposed(path: &Path, environment: &Environment) -> Result<(), Problem> {
    let Ok(found) = std::fs::metadata(path) else {
        return Ok(());
    };
    match sys::exposed_to_all(&found) {
        Some(mode) if !sys::is_stream(found.file_type()) && !is_given(path, environment) => {
            let path = path.display();
            Err(Problem::configuration(
                format!("{path}: others can read it (mode {mode:03o}), and it holds secrets"),
                format!("chmod 600 '{path}'"),
            ))
        }
        _ => Ok(()),
    }
}

/// Whether it is a secret of Docker, Kubernetes or systemd, or nobody can change its mode.
fn is_given(path: &Path, environment: &Environment) -> bool {
    // Kubernetes leads to its secrets by links.
    let Ok(path) = path.canonicalize() else {
        return false;
    };
    let credentials = environment.get("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let folders = credentials
        .into_iter()
        .chain([PathBuf::from("/run/secrets")]);
    let is_below = |folder: PathBuf| {
        let folder = folder.canonicalize();
        folder.is_ok_and(|folder| path.starts_with(folder))
    };
    folders.into_iter().any(is_below) || sys::is_mounted_read_only(&path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(content: &str, mode: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        sys::set_mode(file.path(), mode);
        file
    }

    #[test]
    fn a_file_gives_its_line_without_the_break() {
        let file = file("1000.abc\n", 0o600);
        assert_eq!(
            from_file("x", file.path(), &Environment::default())
                .unwrap()
                .expose_secret(),
            "1000.abc"
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "no modes")]
    fn a_file_that_others_can_read_is_refused_with_a_hint() {
        let file = file("1000.abc\n", 0o604);
        let error = from_file("x", file.path(), &Environment::default()).unwrap_err();
        assert!(error.hint.as_ref().unwrap().starts_with("chmod 600"));
        assert!(!format!("{error:?}").contains("1000.abc"));
    }

    #[test]
    fn what_an_editor_or_a_shell_leaves_around_a_secret_is_taken_off() {
        for text in [
            "1000.abc\r\n",
            "\u{feff}1000.abc",
            "  1000.abc \n\n",
            "\"1000.abc\"\r\n",
            "'1000.abc'",
        ] {
            let secret = checked("x", "the value", text).expect(text);
            assert_eq!(secret.expose_secret(), "1000.abc", "{text:?}");
        }
        for text in ["\"1000.abc", "\"\"", " \r\n", "1000 abc"] {
            assert!(checked("x", "the value", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_client_id_has_a_shape_and_what_has_another_is_not_shown() {
        assert!(client_id("x", "the value", "\"1000.ABC123\"\r").is_ok());
        for wrong in ["canary", "1000.", ".ABC", "1000.canary.x", "1000.can ary"] {
            let error = client_id("x", "the value", wrong).expect_err(wrong);
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "no modes")]
    fn a_secret_of_a_credentials_folder_may_have_any_mode() {
        let file = file("1000.abc\n", 0o644);
        let folder = file.path().parent().unwrap().display().to_string();
        let variables = [("CREDENTIALS_DIRECTORY".to_owned(), folder)];
        let environment = Environment::of(variables.into());
        assert!(from_file("x", file.path(), &environment).is_ok());
        assert!(from_file("x", file.path(), &Environment::default()).is_err());
    }

    #[test]
    fn empty_and_many_lined_secrets_are_refused() {
        assert!(from_file("x", file("\n", 0o600).path(), &Environment::default()).is_err());
        assert!(from_file("x", file("a\nb\n", 0o600).path(), &Environment::default()).is_err());
    }

    #[test]
    #[cfg_attr(windows, ignore = "`echo` is no program")]
    fn a_command_gives_its_output_or_fails_by_name() {
        let command = |argv: &[&str]| {
            from_command(
                "x",
                &argv.iter().map(ToString::to_string).collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            command(&["echo", "1000.abc"]).unwrap().expose_secret(),
            "1000.abc"
        );
        assert!(
            command(&["false"])
                .unwrap_err()
                .to_string()
                .contains("false failed")
        );
        assert!(command(&["/no/such/program"]).is_err());
        assert!(command(&[]).is_err());
    }
}
