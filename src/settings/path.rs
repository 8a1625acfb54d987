//! Paths as a person writes them where no shell reads them: `~/` means the home folder, and what only a shell would
//! understand is refused, because it would silently make a folder of that name.

use std::path::{Path, PathBuf};

use super::SettingsError;

/// The path that was meant. `what` is the flag, the variable or the key it is from.
///
/// # Errors
/// There are quotes around it, or something that only a shell replaces, or `~/` and no home folder.
pub(super) fn meant(what: &str, path: &Path) -> Result<PathBuf, SettingsError> {
    // What is not UTF-8 was typed by no person.
    let Some(text) = path.to_str() else {
        return Ok(path.to_owned());
    };
    let refused = |why: &str, hint: &str| {
        Err(SettingsError::new(
            format!("{what}: the path {text:?} {why}"),
            hint,
        ))
    };
    let quotes = ['"', '\''];
    if text.starts_with(quotes) || text.ends_with(quotes) {
        return refused("has quotes around it", "write it without the quotes");
    }
    if is_for_a_shell(text) {
        return refused(
            "contains a $ that no shell has expanded",
            "write the path out; only a leading ~/ is expanded here",
        );
    }
    match text.strip_prefix('~') {
        None => Ok(path.to_owned()),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = home().ok_or_else(|| {
                SettingsError::new(
                    format!("{what}: no home folder is known for the ~ in {text:?}"),
                    "set HOME, or write the absolute path",
                )
            })?;
            Ok(home.join(rest.trim_start_matches('/')))
        }
        Some(_) => refused(
            "begins with the home folder of another user",
            "write the absolute path; only a leading ~/ is expanded here",
        ),
    }
}

/// The same, from the root on: what is shown must not depend on where the program was started.
pub(super) fn absolute(what: &str, path: &Path) -> Result<PathBuf, SettingsError> {
    let path = meant(what, path)?;
    std::path::absolute(&path).map_err(|error| {
        SettingsError::new(
            format!("{what}: {}: {error}", path.display()),
            "write the absolute path, starting with /",
        )
    })
}

/// The home folder: `HOME`, or what the user database says.
pub(super) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// `$NAME`, `${NAME}`, `$(…)`: a `$` before anything else may well be part of a name.
fn is_for_a_shell(text: &str) -> bool {
    text.split('$').skip(1).any(|after| {
        after.starts_with(|first: char| first.is_ascii_alphabetic() || "_{(".contains(first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_shell_understands_is_refused_and_odd_names_are_not() {
        for wrong in [
            "$HOME/x",
            "/srv/${USER}",
            "/srv/$(date)",
            "\"/srv/x\"",
            "/srv/x'",
            "~root/x",
        ] {
            assert!(meant("out", Path::new(wrong)).is_err(), "{wrong}");
        }
        for good in [
            "/srv/x",
            "x",
            "/mnt/backup$",
            "/srv/Bob's $5",
            "/srv/a~b",
            "./~",
        ] {
            assert_eq!(meant("out", Path::new(good)).unwrap(), Path::new(good));
        }
    }
}
