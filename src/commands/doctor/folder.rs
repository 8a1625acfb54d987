//! Where backups go on this machine: the folder and its lock.

use std::path::Path;

use crate::cli;
use crate::output::units;
use crate::store::{Destination, Lock, StorageError, check_mount, sys};

use super::report::{Found, Report, ok};
use super::saved::Wanted;

/// Free space to have where nothing is saved yet that could tell.
const ENOUGH: u64 = 5_000_000_000;

/// The disk that `--require-mount` names.
pub(super) fn mount(out: &Path, required: &Path) -> anyhow::Result<Found> {
    check_mount(&out.into(), required)?;
    Ok(ok(format!("{}: the disk is there", required.display())))
}

/// Everything about the output folder.
pub(super) fn look(report: &mut Report, out: &Path, wanted: &Wanted) -> anyhow::Result<()> {
    let destination = match Destination::look(out) {
        Ok(destination) => destination,
        Err(error) => return Ok(report.add("folder", Err(error.into()))?),
    };
    let saved = (wanted.saved)(&out.into());
    let lock = wanted.locks.then(|| Lock::is_held(&destination.nearest));
    let is_held = matches!(lock, Some(Ok(true)));
    report.add("folder", Ok(folder(out, &destination)))?;
    if !sys::HAS_MODES {
        report.add("access", Ok(access(&destination)))?;
    }
    report.add("space", Ok(space(destination.free, saved.newest_size())))?;
    report.add("lock", lock_state(lock))?;
    Ok(report.add("saved", saved.check(is_held))?)
}

fn folder(out: &Path, destination: &Destination) -> Found {
    let path = out.display();
    let text = if destination.exists {
        format!("{path}: writable")
    } else {
        format!(
            "{path}: would be created in {}",
            destination.nearest.display()
        )
    };
    match destination.no_sync() {
        None => ok(text),
        Some(error) => ok(format!("{text}; but its file system can't sync ({error})"))
            .warn("a power failure may lose the files saved last; a local disk is safer"),
    }
}

/// Nobody looks into access lists: what they usually say, and how a person sees and changes them, is told instead.
fn access(destination: &Destination) -> Found {
    let path = destination.nearest.display();
    let is_below_home = cli::home().is_some_and(|home| destination.nearest.starts_with(home));
    ok(if is_below_home {
        format!(
            "not checked; Windows keeps {path} for you and administrators unless told otherwise"
        )
    } else {
        format!(
            "not checked: outside of your own folder every user of this machine may usually read. icacls \"{path}\" shows who can, \
             and the README how to change it"
        )
    })
}

/// Twice the last backup: the next one beside it, larger than it was.
fn space(free: Option<u64>, last: Option<u64>) -> Found {
    let Some(free) = free else {
        return ok("the file system does not report its free space");
    };
    let (wanted, of) = match last {
        Some(size) => (size.saturating_mul(2), "twice the last saved backup"),
        None => (ENOUGH, "what a first backup may need"),
    };
    let text = format!("{} free", units::size(free));
    if free >= wanted {
        return ok(text);
    }
    ok(format!("{text}, less than {of} ({})", units::size(wanted)))
        .warn("free some space, or choose another folder")
}

fn lock_state(is_held: Option<Result<bool, StorageError>>) -> anyhow::Result<Found> {
    match is_held.transpose()? {
        None => Ok(ok("not used, as the profile says")),
        Some(false) => Ok(ok("free")),
        Some(true) => Ok(ok("held: another run is working in this folder")),
    }
}
