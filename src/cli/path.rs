//! Paths as a person writes them where no shell reads them: `~/` means the home folder, and what only a shell would
//! understand is refused, because it would silently make a folder of that name.

use std::path::{Path, PathBuf, is_separator};

use super::value_error::ValueError;
use crate::store::Address;
use crate::store::object::StoreUrl;
use crate::store::sys;

/// The path that was meant.
pub(crate) fn expanded(path: &Path) -> Result<PathBuf, ValueError> {
    // What is not UTF-8 was typed by no person.
    let Some(text) = path.to_str() else {
        return Ok(path.to_owned());
    };
    let refused =
        |why: &str, hint: &str| Err(ValueError::new(format!(": the path {text:?} {why}"), hint));
    let quotes = ['"', '\''];
    if text.starts_with(quotes) || text.ends_with(quotes) {
        return refused("has quotes around it", "write it without the quotes");
    }
    if sys::is_for_a_shell(text) {
        return refused(
            "contains a variable that no shell has expanded",
            "write the path out; only a leading ~/ is expanded here",
        );
    }
    match text.strip_prefix('~') {
        None => Ok(path.to_owned()),
        Some(rest) if rest.is_empty() || rest.starts_with(is_separator) => {
            let home = home().ok_or_else(|| {
                ValueError::new(
                    format!(": no home folder is known for the ~ in {text:?}"),
                    "set HOME, or write the absolute path",
                )
            })?;
            Ok(home.join(rest.trim_start_matches(is_separator)))
        }
        Some(_) => refused(
            "begins with the home folder of another user",
            "write the absolute path; only a leading ~/ is expanded here",
        ),
    }
}

/// The same, from the root on.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, ValueError> {
    let path = expanded(path)?;
    let absolute = std::path::absolute(&path).map_err(|error| {
        ValueError::new(
            format!(": {}: {error}", path.display()),
            "write the absolute path",
        )
    })?;
    if sys::is_path_of_device(&absolute) {
        return Err(ValueError::new(
            format!(": {} means a device of this system", path.display()),
            "choose another name",
        ));
    }
    Ok(absolute)
}

/// The same, or the address of a store.
pub(crate) fn address(path: &Path) -> Result<Address, ValueError> {
    let text = path.to_str().unwrap_or_default();
    if let Some(path) = text.strip_prefix("file://") {
        return local(path).map(Address::Local);
    }
    match StoreUrl::parse(text) {
        Some(Ok(url)) => Ok(Address::Store(url)),
        Some(Err(why)) => Err(ValueError::new(
            format!(": {text:?}: {why}"),
            "write it like s3://bucket/prefix",
        )),
        None => match text.split_once("://") {
            Some((scheme, _)) if is_a_scheme(scheme) => Err(ValueError::new(
                format!(": {text:?}: {scheme}:// is not an address that sets can be saved at"),
                "write s3://, gs:// or az://, or a path; a folder of that name is ./ and the name",
            )),
            _ if StoreUrl::lacks_a_slash(text) => Err(ValueError::new(
                format!(": {text:?}: two slashes follow the colon in the address of a store"),
                "write it like s3://bucket/prefix; a folder of that name is ./ and the name",
            )),
            _ => absolute(path).map(Address::Local),
        },
    }
}

/// What `file://` stands before. Nothing in it is encoded, as in the addresses of stores.
fn local(path: &str) -> Result<PathBuf, ValueError> {
    let path = path
        .strip_prefix("localhost/")
        .map_or_else(|| path.to_owned(), |path| format!("/{path}"));
    if path.starts_with('/') {
        return absolute(sys::path_in_address(&path));
    }
    Err(ValueError::new(
        format!(
            ": {:?}: what follows file:// is no absolute path of this machine",
            format!("file://{path}")
        ),
        "write three slashes, like file:///srv/backups, or the path alone",
    ))
}

/// Of an address such as `https://…`. One letter is that of a drive.
fn is_a_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
    begins && text.len() > 1 && text.bytes().all(rest)
}

/// The home folder: `HOME`, or what the user database says.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_something_else_is_refused_and_a_folder_of_such_a_name_is_not() {
        for wrong in [
            "s4://b/p",
            "https://b.example/p",
            "gcs://b",
            "abfs+x://b",
            "s3:/b/p",
            "gs:b",
            "file://host/x",
            "file://x",
            "file://",
            "file://~/x",
        ] {
            let error = address(Path::new(wrong)).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
        for folder in [
            "./s4://b/p",
            "./s3:/b",
            "/srv/s4://b",
            "s4:/b",
            "a b://c",
            "file:///srv/x",
            "file://localhost/srv/x",
        ] {
            let address = address(Path::new(folder)).unwrap();
            assert!(matches!(address, Address::Local(_)), "{folder}");
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "variables are written in another way")]
    fn what_only_a_shell_understands_is_refused_and_odd_names_are_not() {
        for wrong in [
            "$HOME/x",
            "/srv/${USER}",
            "/srv/$(date)",
            "\"/srv/x\"",
            "/srv/x'",
            "~root/x",
        ] {
            assert!(expanded(Path::new(wrong)).is_err(), "{wrong}");
        }
        for good in [
            "/srv/x",
            "x",
            "/mnt/backup$",
            "/srv/Bob's $5",
            "/srv/a~b",
            "./~",
        ] {
            assert_eq!(expanded(Path::new(good)).unwrap(), Path::new(good));
        }
    }
}
