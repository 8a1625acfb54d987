//! `config.toml`: whatever stands in it, the answer is settings or a message, and neither shows a secret.
//!
//! `SECRET` in the file stands for one.

use std::fs::{File, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, PermissionsExt};

use crate::cli::{Global, UserPath};
use crate::problem::Problem;
use crate::settings::{Environment, Sources};
use rustix::fs::{MemfdFlags, memfd_create};
use toml::{Table, Value};

/// Pairs of secrets: as Zoho writes them, in digits only, and broken over two lines. In a pair digits stand where digits
/// stand and letters where letters stand, and no letter means anything in a number, so that both are wrong in one way.
const SECRETS: [[&str; 2]; 3] = [
    ["1000.6a1d0c9c7d25", "1000.4c3a0d8a2c91"],
    ["100061109725", "100043208971"],
    ["1a2c0d\n9c7d25", "1d4a0c\n8a2c91"],
];

/// Keys of secrets. A table below them is no secret: it says where one is.
const SECRET_KEYS: [&str; 3] = ["client_secret", "refresh_token", "access_token"];

/// Settings that are got from elsewhere: the file says what is run and what is read.
const ELSEWHERE: [&str; 4] = ["command", "file", "credential", "ca_cert"];

thread_local! {
    static FILE: File = {
        let file = File::from(memfd_create("config.toml", MemfdFlags::CLOEXEC).unwrap());
        file.set_permissions(Permissions::from_mode(0o600)).unwrap();
        file
    };
}

pub fn config(text: &str) {
    shown(text);
    let pairs = SECRETS.iter().filter(|_| text.contains("SECRET"));
    for pair in pairs {
        let shown = pair.map(|secret| shown_of_secret(text, secret));
        // A number with too many digits is rounded, so that one of a pair may stand in its value and the other may not.
        if let [Some(one), Some(other)] = shown {
            assert_eq!(one, other, "a secret is shown");
        }
    }
}

/// All that can be shown of a file; nothing when `SECRET` stands elsewhere than in the value of a secret. In what is not
/// TOML nobody can tell, so nothing of it is to be shown.
fn shown_of_secret(text: &str, secret: &str) -> Option<String> {
    let text = text.replace("SECRET", secret);
    if let Ok(table) = text.parse::<Table>() {
        let values = table.get("profiles").map_or(0, |it| secrets_in(it, secret));
        if values != text.matches(secret).count() {
            return None;
        }
    }
    Some(shown(&text))
}

fn secrets_in(value: &Value, secret: &str) -> usize {
    let below = |key: &str, value: &Value| match value {
        Value::Table(_) => secrets_in(value, secret),
        Value::String(text) if SECRET_KEYS.contains(&key) => text.matches(secret).count(),
        _ if SECRET_KEYS.contains(&key) => value.to_string().matches(secret).count(),
        _ => 0,
    };
    match value {
        Value::Table(table) => table.iter().map(|(key, value)| below(key, value)).sum(),
        _ => 0,
    }
}

fn shown(text: &str) -> String {
    let shown_error = |error: &Problem| {
        let (message, hint) = (error.to_string(), error.hint.clone().unwrap_or_default());
        assert!(!message.is_empty() && !hint.is_empty());
        format!("{message}\n{hint}\n{error:?}")
    };
    let sources = match find(text) {
        Ok(sources) => sources,
        Err(error) => return shown_error(&error),
    };
    let shown = format!("{sources:?}");
    if is_elsewhere(&Value::Table(text.parse().unwrap())) {
        return shown;
    }
    match sources.settings() {
        Ok(settings) => format!("{shown}\n{settings:?}"),
        Err(error) => format!("{shown}\n{}", shown_error(&error)),
    }
}

fn find(text: &str) -> Result<Sources, Problem> {
    FILE.with(|file| {
        file.set_len(0).unwrap();
        file.write_all_at(text.as_bytes(), 0).unwrap();
        let global = Global {
            config: Some(UserPath(
                format!("/proc/self/fd/{}", file.as_raw_fd()).into(),
            )),
            ..Global::default()
        };
        Sources::find(&global, Environment::default())
    })
}

/// Whether anything in it would have a program run or a file read.
fn is_elsewhere(value: &Value) -> bool {
    match value {
        Value::Table(table) => table
            .iter()
            .any(|(key, value)| ELSEWHERE.contains(&key.as_str()) || is_elsewhere(value)),
        Value::Array(values) => values.iter().any(is_elsewhere),
        _ => false,
    }
}
