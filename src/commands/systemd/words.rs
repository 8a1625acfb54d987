//! Text as it stands in a unit (systemd.syntax(7), systemd.unit(5)).

use std::path::Path;

use crate::problem::Problem;
use crate::untrusted::printable;

/// What stands in a unit under every quoting: the settings do not all read quotes and backslashes in the same way.
pub(super) fn plain<'a>(what: &str, text: &'a str) -> Result<&'a str, Problem> {
    let is_odd = |char: char| char.is_control() || "\"'\\".contains(char);
    if !text.is_empty() && !text.contains(is_odd) {
        return Ok(text);
    }
    Err(Problem::configuration(
        format!(
            "{what} \"{}\" can't stand in a unit of systemd",
            printable(text)
        ),
        "choose one without quotes, backslashes and control characters",
    ))
}

/// The same of a path.
pub(super) fn plain_path<'a>(what: &str, path: &'a Path) -> Result<&'a str, Problem> {
    // What is not UTF-8 becomes a character that is refused nowhere, and would name another file.
    let text = path.to_str().ok_or_else(|| {
        let message = format!("{what} {} is not UTF-8", printable(&path.to_string_lossy()));
        Problem::configuration(
            message,
            "choose another one: units of systemd are UTF-8 text",
        )
    })?;
    plain(what, text)
}

/// The rest of a line, where nothing is split: only specifiers are expanded.
pub(super) fn rest(text: &str) -> String {
    text.replace('%', "%%")
}

/// One word of a list.
pub(super) fn word(text: &str) -> String {
    let is_safe = |char: char| char.is_alphanumeric() || "/._:@%$+,=-".contains(char);
    let text = rest(text);
    if text.chars().all(is_safe) {
        text
    } else {
        format!("\"{text}\"")
    }
}

/// One argument of a command, in which variables are expanded, too.
pub(super) fn argument(text: &str) -> String {
    word(&text.replace('$', "$$"))
}

/// Part of the name of a unit, as `systemd-escape` writes it.
pub(super) fn name(text: &str) -> String {
    let mut name = String::new();
    for byte in text.bytes() {
        match byte {
            b'/' => name.push('-'),
            b'.' | b'_' | b':' => name.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => name.push(byte.into()),
            _ => name.extend(format!("\\x{byte:02x}").chars()),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemd_would_expand_or_split_is_kept_whole() {
        assert_eq!(word("/srv/zoho"), "/srv/zoho");
        assert_eq!(word("/srv/100% sure"), "\"/srv/100%% sure\"");
        assert_eq!(argument("a$b;"), "\"a$$b;\"");
        assert_eq!(argument(";"), "\";\"");
        assert_eq!(word("/srv/Büro"), "/srv/Büro");
    }

    #[test]
    fn what_no_quoting_can_carry_is_refused() {
        for odd in ["", "a\"b", "a\nExecStart=evil", "a\\b", "it's"] {
            assert!(plain("the profile", odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn names_are_escaped_as_systemd_does() {
        assert_eq!(name("acme"), "acme");
        assert_eq!(name("a b@c/d-e"), "a\\x20b\\x40c-d\\x2de");
    }
}
