//! A prune that is killed, or whose disk fails, at the n-th call of each kind, for n = 1, 2, 3… until one passes untouched: each
//! set is whole or gone, and the next prune finishes what was begun.

use std::fs;

use super::sets::Sets;
use super::three;
use crate::faulty_disk::ENOUGH;
use crate::support::mount::Mount;
use crate::support::run::{Run, files_under};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const CALLS: [&str; 4] = ["renameat2", "unlinkat", "fsync", "newfstatat"];

const FILES: [&str; 4] = [
    "Data_001.zip",
    "Data_002.zip",
    "SHA256SUMS",
    "manifest.json",
];

/// Every set that has its name is whole; the two newest have theirs.
fn is_whole_or_gone(sets: &Sets, what: &str) {
    for name in sets.names() {
        let files = files_under(&sets.out().join(&name));
        assert_eq!(files, FILES, "{what}: {name}");
    }
    let names = sets.names();
    assert!(
        names.ends_with(&["1-2".to_owned(), "1-3".to_owned()]),
        "{what}: {names:?}"
    );
}

fn struck(sets: &Sets, call: &str, fault: &str, n: usize) -> (Run, bool) {
    let strace = Strace::new(&sets.zoho).inject(call, &format!("{fault}:when={n}"));
    // Only calls below the folder, which are few.
    let paths = ["1-1", ".1-1.removed"].map(|name| sets.out().join(name));
    let strace = strace.on(paths.into_iter().chain([sets.out()]));
    let cli = sets.cli().traced(&strace);
    let run = cli.run([
        "prune",
        "--out",
        "out",
        "--keep-last",
        "2",
        "--lock",
        "none",
    ]);
    (run, strace.has_struck())
}

fn strike_all(fault: &str, expected: i32) {
    for call in CALLS {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let (sets, what) = (three(), format!("{call} number {n} with {fault}"));
            let (run, hit) = struck(&sets, call, fault, n);
            is_whole_or_gone(&sets, &what);
            if !hit {
                assert_eq!(run.code, 0, "{what}: {run}");
                assert!(n > 1, "{call} was never called");
                break;
            }
            if call != "newfstatat" {
                assert_eq!(run.code, expected, "{what}: {run}");
            }
            // Whatever the rules say by then.
            let again = sets.prune(["--keep-last", "3"]);
            assert_eq!(again.code, 0, "{what}: {again}");
            is_whole_or_gone(&sets, &what);
            let hidden = sets
                .all_names()
                .into_iter()
                .filter(|name| name.ends_with(".removed"));
            assert_eq!(hidden.collect::<Vec<_>>(), [""; 0], "{what}: {again}");
        }
    }
}

#[test]
fn a_kill_at_any_step_leaves_a_whole_set_or_none_and_the_next_run_finishes() {
    needs!(Strace);
    strike_all("signal=KILL", 128 + 9);
}

#[test]
fn a_disk_that_fails_at_any_step_is_told_and_leaves_a_whole_set_or_none() {
    needs!(Strace);
    strike_all("error=EIO", 7);
}

#[test]
fn a_removal_that_was_begun_is_told_by_a_dry_run_and_is_no_set() {
    let sets = three();
    let hidden = sets.out().join(".1-1.removed");
    fs::rename(sets.out().join("1-1"), &hidden).expect("it is ours");
    fs::remove_file(hidden.join("Data_001.zip")).expect("it is ours");
    let dry = sets.prune(["--keep-last", "9", "--dry-run", "--json"]);
    super::is(
        &dry,
        ".1-1.removed",
        "remove",
        "left over: its removal was interrupted",
    );
    assert!(hidden.is_dir());
    let run = sets.prune(["--keep-last", "9"]);
    assert!(!hidden.exists(), "{run}");
    assert_eq!(sets.names(), ["1-2", "1-3"]);
}

#[test]
fn a_hidden_folder_that_does_not_prove_to_be_ours_stays() {
    for change in ["no manifest", "another set", "a foreign file"] {
        let sets = three();
        let hidden = sets.out().join(".1-1.removed");
        fs::rename(sets.out().join("1-1"), &hidden).expect("it is ours");
        match change {
            "no manifest" => fs::remove_file(hidden.join("manifest.json")),
            "another set" => fs::copy(
                sets.out().join("1-2/manifest.json"),
                hidden.join("manifest.json"),
            )
            .map(|_| ()),
            _ => fs::write(hidden.join("mine"), "mine"),
        }
        .expect("it is ours");
        let before = files_under(&hidden);
        let run = sets.prune(["--keep-last", "1"]);
        assert_eq!(run.code, 0, "{change}: {run}");
        assert!(
            run.stderr.contains(".1-1.removed is not removed: "),
            "{change}: {run}"
        );
        assert_eq!(files_under(&hidden), before, "{change}");
        assert_eq!(sets.names(), ["1-3"], "{change}");
    }
}

#[test]
fn a_folder_that_changes_while_it_is_emptied_loses_nothing_of_others() {
    needs!(Strace);
    let sets = three();
    let strace = Strace::new(&sets.zoho).on([sets.out()]);
    let strace = strace.inject("renameat2", "delay_exit=2000000");
    let running = sets.cli().traced(&strace);
    let running = running.spawn(["prune", "--out", "out", "--keep-last", "2"]);
    let hidden = sets.out().join(".1-1.removed");
    crate::support::run::wait_until("it has its hidden name", || hidden.is_dir());
    // Somebody has a file of theirs there, under a name of ours.
    let mine = hidden.join("SHA256SUMS.mine");
    fs::write(&mine, "mine").expect("it is ours");
    fs::rename(&mine, hidden.join("SHA256SUMS")).expect("it is ours");
    let run = running.wait();
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(
        fs::read(hidden.join("SHA256SUMS")).expect("it is there"),
        b"mine"
    );
    assert!(hidden.join("manifest.json").is_file(), "{run}");
}

#[test]
fn a_read_only_disk_exits_7_and_shows_what_would_go() {
    needs!(Mount);
    let sets = Sets {
        zoho: Zoho::start(),
    };
    let mount = Mount::new(&sets.zoho, "size=3m");
    sets.add("1-1", "2026-01-01T10:00:00Z");
    sets.add("1-2", "2026-01-02T10:00:00Z");
    mount.set("remount,ro");
    let dry = sets.prune(["--keep-last", "1", "--dry-run", "--json"]);
    assert_eq!(dry.code, 0, "{dry}");
    super::is(&dry, "1-1", "remove", "no rule keeps it");
    let run = sets.prune(["--keep-last", "1", "--lock", "none"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("not writable (Read-only"), "{run}");
    assert_eq!(sets.names(), ["1-1", "1-2"]);
}
