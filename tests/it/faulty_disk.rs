//! The disk fails, or the process dies, at the n-th call of each kind, for n = 1, 2, 3… until a run passes untouched:
//! never a wrong byte under a final name, never green, and the next run comes through.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{Run, files_under, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

pub const DATA: &str = "Data_001.zip";
pub const MORE: &str = "Data_002.zip";

/// More calls of a kind than any run here makes.
pub const ENOUGH: usize = 60;

/// The exit code of what SIGKILL ended, as a shell tells it.
const KILLED: i32 = 128 + 9;

/// One file so small that it has no journal, and one that has.
pub fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 1_200_000))
}

/// Every path below the output folder that a run writes.
pub fn written_paths(zoho: &Zoho) -> Vec<PathBuf> {
    let folder = zoho.saved();
    let mut paths = vec![
        zoho.home().join("out"),
        zoho.home().join("out/.backup-fetch.lock"),
    ];
    for name in [DATA, MORE] {
        paths.push(folder.join(name));
        paths.push(folder.join(format!(".{name}.part")));
        paths.push(folder.join(format!(".{name}.journal")));
        paths.push(folder.join(format!("..{name}.journal.new")));
    }
    paths.push(folder.join(".publishing.journal"));
    for name in ["manifest.json", "SHA256SUMS"] {
        paths.push(folder.join(name));
        paths.push(folder.join(format!(".{name}.new")));
    }
    paths.push(folder);
    paths
}

/// Runs a download in which the `n`-th (`1+`: every one) of these calls on one of our paths ends with `fault`, and whether
/// there was such a call.
fn strike(zoho: &Zoho, calls: &str, fault: &str, n: impl Display) -> (Run, bool) {
    let strace = Strace::new(zoho).on(written_paths(zoho));
    let strace = strace.inject(calls, &format!("{fault}:when={n}"));
    let cli = zoho.cli_with_access_token().traced(&strace);
    let run = cli.run(["download", "--out", "out", "--jobs", "2"]);
    (run, strace.has_struck())
}

/// What is so after every run, however it ended.
fn is_intact(zoho: &Zoho, what: &str) {
    nothing_is_wrong(zoho, &[zoho.bytes_of(DATA), zoho.bytes_of(MORE)], what);
}

/// Each final name holds a whole version of its file, and the manifest, where it vouches for one, tells which.
pub fn nothing_is_wrong(zoho: &Zoho, versions: &[Vec<u8>], what: &str) {
    for name in [DATA, MORE] {
        if let Some(bytes) = zoho.saved_bytes(name) {
            assert!(versions.contains(&bytes), "{what}: wrong bytes: {name}");
        }
    }
    let Some(manifest) = zoho.saved_bytes("manifest.json") else {
        return;
    };
    let manifest: serde_json::Value =
        serde_json::from_slice(&manifest).unwrap_or_else(|error| panic!("{what}: {error}"));
    for file in manifest["files"].as_array().into_iter().flatten() {
        if file["state"] != "verified" {
            continue;
        }
        let name = file["name"].as_str().unwrap_or_default();
        let bytes = zoho.saved_bytes(name).unwrap_or_default();
        let digest = sha256(&bytes);
        assert_eq!(file["sha256"], digest, "{what}: {name} is not as promised");
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Strikes every call of these kinds in turn. `expected`: the exit code of a run that was struck.
fn strike_all(calls: &[&str], fault: &str, expected: i32) {
    for call in calls {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let zoho = zoho();
            let what = format!("{call} number {n} with {fault}");
            let (run, hit) = strike(&zoho, call, fault, n);
            is_intact(&zoho, &what);
            if !hit {
                assert_eq!(run.code, 0, "{what}: {run}");
                assert!(n > 1, "{call} was never called");
                break;
            }
            assert_eq!(run.code, expected, "{what}: {run}");
            let saved: Vec<_> = [DATA, MORE]
                .iter()
                .filter(|name| zoho.saved_bytes(name).is_some())
                .collect();
            // The tracer may let go of the lock a moment later than of its own end. A dry run asks for sizes, too.
            wait_until("the lock is free", || {
                zoho.download(["--dry-run"]).code == 0
            });
            let before = saved
                .iter()
                .map(|name| zoho.requests_for(name).len())
                .sum::<usize>();
            let next = zoho.download([]);
            assert_eq!(next.code, 0, "{what}, then: {next}");
            is_intact(&zoho, &what);
            assert!(
                [DATA, MORE]
                    .iter()
                    .all(|name| zoho.saved_bytes(name).is_some()),
                "{what}, then: {next}"
            );
            let after = saved
                .iter()
                .map(|name| zoho.requests_for(name).len())
                .sum::<usize>();
            assert_eq!(
                before, after,
                "{what}: what had its final name is not fetched again: {next}"
            );
        }
    }
}

#[test]
fn a_disk_that_gets_full_at_any_write_exits_7() {
    needs!(Strace);
    strike_all(&["pwritev", "write"], "error=ENOSPC", 7);
}

#[test]
fn a_disk_that_gets_full_at_any_other_step_exits_7() {
    needs!(Strace);
    let calls = ["openat", "fdatasync", "fsync", "renameat2", "rename"];
    strike_all(&calls, "error=ENOSPC", 7);
}

#[test]
fn a_disk_that_breaks_at_any_sync_exits_7() {
    needs!(Strace);
    strike_all(&["fdatasync", "fsync"], "error=EIO", 7);
}

#[test]
fn a_disk_that_breaks_at_any_other_step_exits_7() {
    needs!(Strace);
    let calls = ["pwritev", "write", "renameat2", "rename", "openat"];
    strike_all(&calls, "error=EIO", 7);
}

/// The digest and the entries need every byte; a look for what a zip need not have may fail.
#[test]
fn a_disk_that_breaks_at_any_read_gives_no_wrong_name() {
    needs!(Strace);
    for n in 1..ENOUGH {
        let zoho = zoho();
        let (run, hit) = strike(&zoho, "pread64", "error=EIO", n);
        is_intact(&zoho, &run.stderr);
        assert!(run.code == 7 || (run.code == 0 && n > 2), "{n}: {run}");
        if !hit {
            assert_eq!(run.code, 0, "{n}: {run}");
            break;
        }
    }
}

#[test]
fn a_name_that_can_not_be_given_exits_7() {
    needs!(Strace);
    strike_all(&["renameat2", "rename", "openat"], "error=EACCES", 7);
}

/// As FAT, some shares, and old seccomp filters: no links, no rename that refuses to replace, no exchange.
#[test]
fn a_file_system_that_can_only_rename_is_enough() {
    needs!(Strace);
    for error in ["EPERM", "ENOSYS", "EINVAL", "EOPNOTSUPP"] {
        let zoho = zoho();
        let fault = format!("error={error}");
        let (run, hit) = strike(&zoho, "linkat,renameat2", &fault, "1+");
        assert_eq!((run.code, hit), (0, true), "{run}");
        is_intact(&zoho, error);
        assert_eq!(files_under(&zoho.saved()).len(), 4, "no litter");
    }
}

/// CIFS and FUSE may have no sync. A disk that fails is another matter: see above.
#[test]
fn a_file_system_without_a_sync_is_warned_of_once_and_no_failure() {
    needs!(Strace);
    for error in ["EINVAL", "EOPNOTSUPP", "ENOSYS"] {
        let zoho = zoho();
        let fault = format!("error={error}");
        let (run, hit) = strike(&zoho, "fsync,fdatasync", &fault, "1+");
        assert_eq!((run.code, hit), (0, true), "{run}");
        is_intact(&zoho, error);
        let warnings = run.stderr.matches("can't sync").count();
        assert_eq!(warnings, 1, "{run}");
    }
}

#[test]
fn free_space_that_is_not_told_stops_nothing() {
    needs!(Strace);
    let zoho = zoho();
    let (run, hit) = strike(&zoho, "fstatfs", "error=ENOSYS", "1+");
    assert_eq!((run.code, hit), (0, true), "{run}");
    is_intact(&zoho, "free space unknown");
}

/// FAT32 takes no file over 4 GiB; the kernel says so before the first byte.
#[test]
fn a_file_that_is_too_large_for_the_file_system_is_said_before_its_first_byte() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 6 << 20));
    let (run, hit) = strike(&zoho, "fallocate", "error=EFBIG", 1);
    assert_eq!((run.code, hit), (7, true), "{run}");
    assert!(
        run.stderr.contains("larger than files may be here"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("FAT32"), "{run}");
    assert!(!run.stderr.contains("the disk is full"), "{run}");
}

/// What `strace` tells of a download that ends well.
fn traced(zoho: &Zoho, strace: &Strace) -> String {
    let cli = zoho.cli_with_access_token().traced(strace);
    let run = cli.run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    strace.log()
}

/// On FAT a name is on the disk with a length of 0 until the file is synced once more. The magic number of its kind is put
/// into the kernel's answer, and links are taken away, as FAT has none.
#[test]
fn on_a_file_system_that_does_not_order_names_each_file_is_synced_after_its_rename() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let strace = Strace::new(&zoho)
        .looking_at("fdatasync,fsync,rename,renameat2")
        // struct statfs begins with f_type: 0x4d44 is "MD", as in MS-DOS.
        .inject("fstatfs", "poke_exit=@arg2=444d000000000000")
        .inject("linkat", "error=EPERM");
    let told = traced(&zoho, &strace);
    let calls: Vec<&str> = told.lines().collect();
    for (from, to) in [
        ("/.Data_001.zip.part", "/Data_001.zip"),
        ("/.manifest.json.new", "/manifest.json"),
        ("/.SHA256SUMS.new", "/SHA256SUMS"),
    ] {
        let renamed = calls
            .iter()
            .position(|line| line.contains("rename") && line.contains(&format!("{from}\"")))
            .unwrap_or_else(|| panic!("{from} is not renamed:\n{told}"));
        let synced = calls[renamed..]
            .iter()
            .any(|line| line.contains("sync(") && line.contains(&format!("{to}>")));
        assert!(synced, "{to} is not synced after its rename:\n{told}");
    }
}

#[test]
fn a_disk_that_gets_full_in_the_middle_keeps_what_was_written_before() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 2_000_000));
    let (run, hit) = strike(&zoho, "pwritev", "error=ENOSPC", 3);
    assert_eq!((run.code, hit), (7, true), "{run}");
    assert!(run.stderr.contains("of 1 file kept"), "{run}");
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    let asked = zoho.ranges_asked(DATA);
    assert!(asked[1..].iter().all(Option::is_some), "{asked:?}");
}

#[test]
fn what_one_sync_lost_no_later_one_promises() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 24 << 20));
    // The kernel tells of lost bytes once: the next sync of the same file says that all is well.
    zoho.fault_for(DATA, Fault::StallAfter(14 << 20));
    let part = zoho.staged(&format!(".{DATA}.part"));
    let strace = Strace::new(&zoho).on([part]);
    let strace = strace.inject("fdatasync", "error=EIO:when=1");
    let cli = zoho.cli_with_access_token().traced(&strace);
    let run = cli.run(["download", "--out", "out", "--jobs", "1"]);
    assert_eq!((run.code, strace.has_struck()), (7, true), "{run}");
    let journal = std::fs::read_to_string(zoho.staged(&format!(".{DATA}.journal")));
    let journal = journal.expect("it is kept");
    let mut lines = journal.lines().skip_while(|line| !line.starts_with("w "));
    let promised = lines.any(|line| line.starts_with("s "));
    assert!(!promised, "{journal}");
    assert_eq!(zoho.saved_bytes(DATA), None);
}

#[test]
fn a_process_that_dies_at_any_step_leaves_nothing_wrong() {
    needs!(Strace);
    strike_all(
        &[
            "openat",
            "pwritev",
            "write",
            "fdatasync",
            "fsync",
            "linkat",
            "renameat2",
            "rename",
            "unlink",
        ],
        "signal=KILL",
        KILLED,
    );
}

#[test]
fn a_process_that_dies_at_any_step_of_a_resume_loses_nothing_that_was_there() {
    needs!(Strace);
    for call in ["openat", "write", "fsync", "renameat2", "unlink"] {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let zoho = zoho();
            zoho.fault_for(DATA, Fault::CutAfter(1000));
            assert_eq!(zoho.download(["--retries", "0"]).code, 5);
            let (run, hit) = strike(&zoho, call, "signal=KILL", n);
            wait_until("the lock is free", || {
                zoho.download(["--dry-run"]).code == 0
            });
            let next = zoho.download([]);
            assert_eq!(next.code, 0, "{call} number {n}, then: {next}");
            is_intact(&zoho, call);
            let asked = zoho.ranges_asked(DATA);
            let from_zero = asked.iter().filter(|range| range.is_none()).count();
            assert_eq!(from_zero, 1, "{call} number {n}: {asked:?}: {next}");
            if !hit {
                assert_eq!(run.code, 0, "{call} number {n}: {run}");
                assert!(n > 1, "{call} was never called");
                break;
            }
            assert_eq!(run.code, KILLED, "{call} number {n}: {run}");
        }
    }
}

#[test]
fn what_was_whole_but_had_no_name_yet_is_not_saved_when_the_server_has_another_version() {
    needs!(Strace);
    let zoho = zoho();
    for name in [DATA, MORE] {
        zoho.fault_for(name, Fault::CutAfter(1000));
    }
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let (run, hit) = strike(&zoho, "linkat", "signal=KILL", 1);
    assert_eq!((run.code, hit), (KILLED, true), "{run}");
    wait_until("the lock is free", || {
        zoho.download(["--dry-run"]).code == 0
    });
    for name in [DATA, MORE] {
        if zoho.saved_bytes(name).is_none() {
            zoho.store(name, small_zip(3, 3000));
        }
    }
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    is_intact(&zoho, "the next run");
}

/// A final name promises bytes that survive a power cut, and the manifest promises names that do. No test here can cut the
/// power, so the order of the calls is held.
#[test]
fn bytes_are_durable_before_their_name_and_names_before_the_manifest() {
    needs!(Strace);
    for (size, has_journal) in [(3000, false), (1_200_000, true)] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, size));
        let strace = Strace::new(&zoho).looking_at("fdatasync,fsync,linkat,rename,renameat2");
        let told = traced(&zoho, &strace);
        let calls: Vec<&str> = told.lines().collect();
        let folder = format!("{}>", zoho.rules().job);
        let find = |from: usize, call: &str, what: &str| {
            let found = calls[from..]
                .iter()
                .position(|line| line.contains(call) && line.contains(what));
            from + found.unwrap_or_else(|| panic!("no {call} of {what} after call {from}:\n{told}"))
        };
        let synced = find(0, "fdatasync(", ".Data_001.zip.part");
        let known = if has_journal {
            synced
        } else {
            let noted = find(synced, "fsync(", ".publishing.journal");
            find(noted, "fsync(", &folder)
        };
        let named = find(known, "linkat(", "/Data_001.zip");
        let durable = find(named, "fsync(", &folder);
        let written = find(durable, "fsync(", ".manifest.json.new");
        let promised = find(written, "renameat2(", ".manifest.json.new");
        find(promised, "fsync(", &folder);
    }
}

/// What a crash may cost, a stop may not.
#[test]
fn a_small_file_that_was_whole_when_the_run_was_stopped_is_not_fetched_again() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let part = zoho.staged(&format!(".{DATA}.part"));
    let strace = Strace::new(&zoho).on([part]);
    let strace = strace.inject("pwritev", "signal=TERM:when=1");
    let strace = strace.inject("fdatasync", "delay_enter=3000000");
    let cli = zoho.cli_with_access_token().traced(&strace);
    let run = cli.run(["download", "--out", "out"]);
    assert_eq!(run.code, 143, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), None, "it waits for the disk");
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    let asked = zoho.ranges_asked(DATA);
    let whole = asked.iter().filter(|range| range.is_none()).count();
    assert_eq!(whole, 1, "{asked:?}: {next}");
}

/// A manifest of thousands of files that is written for each of them would cost more than they do.
#[test]
fn small_files_have_no_journal_each_and_the_manifest_is_not_written_for_each() {
    needs!(Strace);
    let files = 60;
    let zoho = (0..files).fold(Zoho::start(), |zoho, number| {
        zoho.with_file(&format!("Data_{number:03}.zip"), small_zip(1, 3000))
    });
    let strace = Strace::new(&zoho).looking_at("openat,renameat2");
    let since = Instant::now();
    let told = traced(&zoho, &strace);
    let seconds = since.elapsed().as_secs();
    let calls = |call: &str, what: &str| {
        let is_it = |line: &&str| line.contains(call) && line.contains(what);
        told.lines().filter(is_it).count()
    };
    assert_eq!(calls("O_CREAT", ".zip.journal\""), 0, "{told}");
    // When the run begins and ends, for the first files and the last, and each second between.
    let written = calls("renameat2(", "/manifest.json\"");
    assert!(
        (1..=4 + seconds).contains(&(written as u64)),
        "{written} times:\n{told}"
    );
}
