//! Whether the disk is there that backups belong on: a folder on which none is mounted is part of the disk below it, which
//! a run would fill.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::location::Location;
use super::sys;
use crate::exit::Exit;
use crate::problem::Problem;

/// A file by which a folder is known as that of the disk where no mount point shows it.
const MARKER: &str = ".backup-fetch-mount";

/// Refuses to write to `out` unless `required` shows that its disk is there: a mount point, a folder with a marker in
/// it, or a marker itself.
///
/// # Errors
/// The disk is not there (exit code 7), or `required` has nothing to do with `out` (2).
pub(crate) fn check_mount(out: &Location, required: &Path) -> Result<(), Problem> {
    let out = out.local().ok_or_else(|| no_mount_in(out))?;
    let found = required.metadata();
    let is_folder = found.as_ref().is_ok_and(Metadata::is_dir);
    // Of what is not there nobody knows what it would be: that it would lie in the right place has to do.
    let place = resolved(required);
    let above = match place.parent() {
        Some(parent) if !is_folder => parent,
        // The root of a drive that is not there is no file either.
        _ => &place,
    };
    if !resolved(out).starts_with(above) {
        return Err(unrelated(out, required));
    }
    if sys::ROOT_IS_ALWAYS_MOUNTED && is_folder && place.parent().is_none() {
        return Err(wrong(
            &format!("{} is always a mount point", required.display()),
            "name the folder on which the disk for the backups is mounted",
        ));
    }
    let is_there = found.and_then(|found| {
        let is_marked = || required.join(MARKER).is_file();
        Ok(!found.is_dir() || sys::is_mount_point(required)? || is_marked())
    });
    match is_there {
        Ok(true) => Ok(()),
        Ok(false) => Err(not_mounted(
            required,
            &format!("it is no mount point, and holds no {MARKER}"),
        )),
        Err(error) => Err(not_mounted(required, &reason(&error))),
    }
}

/// `store`: where the sets are.
pub(crate) fn no_mount_in(store: &impl Display) -> Problem {
    Problem::configuration(
        format!("require-mount: {store} is in an object store, where nothing is mounted"),
        "leave --require-mount out, or remove `require_mount` from the profile",
    )
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "it does not exist".to_owned(),
        _ => error.to_string(),
    }
}

/// The path without links and `..`, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let mut missing: Vec<&OsStr> = Vec::new();
    for above in path.ancestors() {
        let Ok(mut found) = above.canonicalize() else {
            missing.extend(above.components().next_back().map(Component::as_os_str));
            continue;
        };
        for part in missing.into_iter().rev() {
            // No link can be among what is not there.
            if part == ".." {
                found.pop();
            } else {
                found.push(part);
            }
        }
        return found;
    }
    path.to_owned()
}

fn not_mounted(required: &Path, why: &str) -> Problem {
    let message = format!("{}: the disk is not mounted: {why}", required.display());
    Problem::new(Exit::Storage, "not_mounted", message).hint(format!(
        "mount it and run again; nothing was written. Where the disk is no mount point of its own, create an empty {MARKER} on it while it is there"
    ))
}

fn unrelated(out: &Path, required: &Path) -> Problem {
    wrong(
        &format!(
            "the output folder {} is not on {}",
            out.display(),
            required.display()
        ),
        "name the folder on which its disk is mounted, or a file in that folder",
    )
}

fn wrong(what: &str, hint: &str) -> Problem {
    Problem::configuration(format!("require-mount: {what}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn a_drive_that_is_not_there_is_not_mounted() {
        let out = Path::new(r"Q:\zoho").into();
        let error = check_mount(&out, Path::new(r"Q:\")).unwrap_err();
        assert_eq!(error.exit, Exit::Storage, "{error}");
        let error = check_mount(&out, Path::new(r"R:\")).unwrap_err();
        assert_eq!(error.exit, Exit::Usage, "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_resolved_as_far_as_it_exists() {
        use std::fs;
        use std::os::unix::fs::symlink;

        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        fs::create_dir_all(home.join("disk/zoho")).unwrap();
        symlink(home.join("disk"), home.join("link")).unwrap();
        for (path, meant) in [
            ("link/zoho", "disk/zoho"),
            ("link/zoho/..", "disk"),
            ("link/new/folder", "disk/new/folder"),
            ("link/new/../../else", "else"),
            ("./disk/./new/", "disk/new"),
        ] {
            assert_eq!(resolved(&home.join(path)), home.join(meant), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_root_guards_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = check_mount(&folder.path().into(), Path::new("/")).unwrap_err();
        assert_eq!(error.exit, Exit::Usage, "{error}");
    }
}
