//! Killed with -9 at every step on this machine's disk: the next run completes the set in the store.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use super::killed::{run_again, try_all};
use super::place::Place;
use crate::support::stores::{S3, Store};
use crate::support::strace::Strace;
use crate::support::tools::needs;

/// Two parts.
const LENGTH: u64 = 6 << 20;

/// What changes a disk.
const CALLS: &str =
    "mkdir,openat,write,pwritev,fallocate,ftruncate,fsync,fdatasync,rename,linkat,unlink,rmdir";

/// Of one kind on one file. What a download writes of it one after the other has a proof of its own.
const MOST: usize = 4;

/// The `n`-th call of this kind on this path below the folder, in one thread.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    call: String,
    path: String,
    n: usize,
}

impl Step {
    /// All of a run that nobody kills.
    fn all() -> Vec<Step> {
        let place = Place::with(S3::start(), LENGTH);
        let strace = Strace::new(&place.zoho).looking_at(CALLS);
        let run = place.cli().traced(&strace).run(place.args());
        assert_eq!(run.code, 0, "{run}");
        let (mut seen, mut steps) = (HashMap::new(), Vec::new());
        for line in strace.log().lines() {
            let Some((thread, call, path)) = parse(line, &folder(&place)) else {
                continue;
            };
            let n: &mut usize = seen.entry((thread, call, path)).or_default();
            *n += 1;
            let step = Step {
                call: call.to_owned(),
                path: path.to_owned(),
                n: *n,
            };
            let changes = !call.starts_with("open") || line.contains("O_CREAT");
            if changes && step.n <= MOST && !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// Whether it was reached, and the run ended there.
    fn kills(&self, place: &Place) -> bool {
        let folder = folder(place);
        // A slash at its end would be another path.
        let path = if self.path.is_empty() {
            folder
        } else {
            folder.join(&self.path)
        };
        let how = format!("signal=KILL:when={}", self.n);
        let strace = Strace::new(&place.zoho).on([path]).inject(&self.call, &how);
        let run = place.cli().traced(&strace).run(place.args());
        let has_struck = strace.has_struck();
        assert_eq!(
            run.code,
            if has_struck { 137 } else { 0 },
            "{self:?}: {run}"
        );
        has_struck
    }
}

/// What all sets of a place in the store share on this machine.
fn folder(place: &Place) -> PathBuf {
    let identity = format!("{} at {}", place.store.url("backups"), place.between.base());
    let digest = Sha256::digest(identity);
    let name = digest[..8].iter();
    let name = name.fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    place.staging().join(name)
}

/// Thread, call, and path below the folder or its own, which is empty.
fn parse<'a>(line: &'a str, folder: &Path) -> Option<(&'a str, &'a str, &'a str)> {
    let (thread, rest) = line.split_once(' ')?;
    let (call, rest) = rest.trim_start().split_once('(')?;
    let (_, path) = rest.split_once(&*folder.to_string_lossy())?;
    let end = path.find(['"', '>'])?;
    Some((thread, call, path[..end].trim_start_matches('/')))
}

#[test]
fn killed_at_any_step_on_the_disk_the_next_run_completes_the_set() {
    needs!(S3, Strace);
    let (steps, struck) = (Step::all(), AtomicUsize::new(0));
    for call in [
        "mkdir",
        "open",
        "write",
        "fsync",
        "fdatasync",
        "rename",
        "unlink",
        "rmdir",
    ] {
        assert!(
            steps.iter().any(|step| step.call.starts_with(call)),
            "{call}"
        );
    }
    let failed = try_all(&steps, |step| {
        let place = Place::with(S3::start(), LENGTH);
        if !step.kills(&place) {
            return Vec::new();
        }
        struck.fetch_add(1, Ordering::Relaxed);
        run_again(&place)
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    // Threads share the work in another way each time.
    let struck = struck.into_inner();
    assert!(struck * 5 >= steps.len() * 4, "{struck} of {}", steps.len());
}
