//! The disk fails, or the process dies, at the n-th call of each kind, for n = 1, 2, 3… until a run passes untouched:
//! never a wrong byte under a final name, never green, and the next run comes through.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{files_under, wait_until};
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";
const MORE: &str = "Data_002.zip";

/// More calls of a kind than any run here makes.
const ENOUGH: usize = 60;

/// What `strace` makes of a run: its exit code (nothing when it was killed), and whether the fault struck.
struct Struck {
    code: Option<i32>,
    hit: bool,
    stderr: String,
}

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000))
}

/// Every path below the output folder that a run writes.
fn written_paths(zoho: &Zoho) -> Vec<PathBuf> {
    let folder = zoho.saved();
    let names = [
        ".Data_001.zip.part",
        ".Data_002.zip.part",
        ".Data_001.zip.journal",
        ".Data_002.zip.journal",
        "..Data_001.zip.journal.new",
        "..Data_002.zip.journal.new",
        DATA,
        MORE,
        ".manifest.json.new",
        "manifest.json",
        ".SHA256SUMS.new",
        "SHA256SUMS",
    ];
    let mut paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    paths.extend([
        zoho.home().join("out/.backup-fetch.lock"),
        zoho.home().join("out"),
        folder,
    ]);
    paths
}

/// Runs a download in which the `n`-th (`1+`: every one) of these calls on one of our paths ends with `fault`.
fn strike(zoho: &Zoho, call: &str, fault: &str, n: impl Display) -> Option<Struck> {
    let log = zoho.home().join("strace.log");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&log);
    for path in written_paths(zoho) {
        command.arg("-P").arg(path);
    }
    command
        .arg(format!("-etrace={call}"))
        .arg(format!("-einject={call}:{fault}:when={n}"))
        .arg(env!("CARGO_BIN_EXE_backup-fetch"))
        .arg("download")
        .arg("--out")
        .arg(zoho.home().join("out"))
        .args(["--jobs", "2", "--retry-wait", "1ms"])
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", zoho.home())
        .envs(zoho.env_with_access_token())
        .current_dir(zoho.home());
    let output = command.stdin(Stdio::null()).output().ok()?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if stderr.contains("strace: ") && !log.exists() {
        return None;
    }
    let told = fs::read_to_string(&log).unwrap_or_default();
    Some(Struck {
        code: output.status.code(),
        hit: told.contains("(INJECTED)") || told.contains("killed by SIGKILL"),
        stderr,
    })
}

/// What is so after every run, however it ended.
fn nothing_is_wrong(zoho: &Zoho, what: &str) {
    for name in [DATA, MORE] {
        if let Some(bytes) = zoho.saved_bytes(name) {
            assert!(
                bytes == zoho.bytes_of(name),
                "{what}: wrong bytes under {name}"
            );
        }
    }
    if let Some(manifest) = zoho.saved_bytes("manifest.json") {
        let manifest: serde_json::Value =
            serde_json::from_slice(&manifest).unwrap_or_else(|error| panic!("{what}: {error}"));
        for file in manifest["files"].as_array().into_iter().flatten() {
            let name = file["name"].as_str().unwrap_or_default();
            assert!(
                file["state"] != "verified" || zoho.saved_bytes(name).is_some(),
                "{what}: {name} is promised"
            );
        }
    }
}

/// Strikes every call of these kinds in turn. `expected`: the exit code of a run that was struck.
fn strike_all(calls: &[&str], fault: &str, expected: Option<i32>) {
    for call in calls {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let zoho = zoho();
            let what = format!("{call} number {n} with {fault}");
            let Some(run) = strike(&zoho, call, fault, n) else {
                println!("skipped: strace not installed, or not allowed to trace");
                return;
            };
            nothing_is_wrong(&zoho, &what);
            if !run.hit {
                assert_eq!(run.code, Some(0), "{what}: {}", run.stderr);
                println!("{call}: {} times with {fault}", n - 1);
                assert!(n > 1, "{call} was never called");
                break;
            }
            assert_eq!(run.code, expected, "{what}: {}", run.stderr);
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
            nothing_is_wrong(&zoho, &what);
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
    strike_all(&["pwritev", "write"], "error=ENOSPC", Some(7));
}

#[test]
fn a_disk_that_gets_full_at_any_other_step_exits_7() {
    let calls = ["openat", "fdatasync", "fsync", "renameat2", "rename"];
    strike_all(&calls, "error=ENOSPC", Some(7));
}

#[test]
fn a_disk_that_breaks_at_any_sync_exits_7() {
    strike_all(&["fdatasync", "fsync"], "error=EIO", Some(7));
}

#[test]
fn a_disk_that_breaks_at_any_other_step_exits_7() {
    let calls = ["pwritev", "write", "renameat2", "rename", "openat"];
    strike_all(&calls, "error=EIO", Some(7));
}

/// The digest and the entries need every byte; a look for what a zip need not have may fail.
#[test]
fn a_disk_that_breaks_at_any_read_gives_no_wrong_name() {
    for n in 1..ENOUGH {
        let zoho = zoho();
        let Some(run) = strike(&zoho, "pread64", "error=EIO", n) else {
            println!("skipped: strace not installed, or not allowed to trace");
            return;
        };
        nothing_is_wrong(&zoho, &run.stderr);
        let code = run.code.unwrap_or_default();
        assert!(code == 7 || (code == 0 && n > 2), "{n}: {}", run.stderr);
        if !run.hit {
            break;
        }
    }
}

#[test]
fn a_name_that_can_not_be_given_exits_7() {
    strike_all(&["renameat2", "rename", "openat"], "error=EACCES", Some(7));
}

/// As FAT, some shares, and old seccomp filters: no links, no rename that refuses to replace, no exchange.
#[test]
fn a_file_system_that_can_only_rename_is_enough() {
    for error in ["EPERM", "ENOSYS", "EINVAL", "ENOTSUP"] {
        let zoho = zoho();
        let fault = format!("error={error}");
        let Some(run) = strike(&zoho, "linkat,renameat2", &fault, "1+") else {
            println!("skipped: strace not installed, or not allowed to trace");
            return;
        };
        assert_eq!((run.code, run.hit), (Some(0), true), "{}", run.stderr);
        nothing_is_wrong(&zoho, error);
        assert_eq!(files_under(&zoho.saved()).len(), 4, "no litter");
    }
}

/// CIFS and FUSE may have no sync. A disk that fails is another matter: see above.
#[test]
fn a_file_system_without_a_sync_is_warned_of_once_and_no_failure() {
    for error in ["EINVAL", "ENOTSUP", "ENOSYS"] {
        let zoho = zoho();
        let fault = format!("error={error}");
        let Some(run) = strike(&zoho, "fsync,fdatasync", &fault, "1+") else {
            println!("skipped: strace not installed, or not allowed to trace");
            return;
        };
        assert_eq!((run.code, run.hit), (Some(0), true), "{}", run.stderr);
        nothing_is_wrong(&zoho, error);
        let warnings = run.stderr.matches("can't sync").count();
        assert_eq!(warnings, 1, "{}", run.stderr);
    }
}

#[test]
fn free_space_that_is_not_told_stops_nothing() {
    let zoho = zoho();
    let Some(run) = strike(&zoho, "fstatfs", "error=ENOSYS", "1+") else {
        println!("skipped: strace not installed, or not allowed to trace");
        return;
    };
    assert_eq!((run.code, run.hit), (Some(0), true), "{}", run.stderr);
    nothing_is_wrong(&zoho, "free space unknown");
}

/// FAT32 takes no file over 4 GiB; the kernel says so before the first byte.
#[test]
fn a_file_that_is_too_large_for_the_file_system_is_said_before_its_first_byte() {
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 6 << 20));
    let Some(run) = strike(&zoho, "fallocate", "error=EFBIG", 1) else {
        println!("skipped: strace not installed, or not allowed to trace");
        return;
    };
    assert_eq!((run.code, run.hit), (Some(7), true), "{}", run.stderr);
    assert!(
        run.stderr.contains("larger than files may be here"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("FAT32"), "{}", run.stderr);
    assert!(!run.stderr.contains("the disk is full"), "{}", run.stderr);
}

/// On FAT a name is on the disk with a length of 0 until the file is synced once more. The magic number of its kind is put
/// into the kernel's answer, and links are taken away, as FAT has none.
#[test]
fn on_a_file_system_that_does_not_order_names_each_file_is_synced_after_its_rename() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let log = zoho.home().join("strace.log");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-y", "-o"])
        .arg(&log)
        .arg("-etrace=fstatfs,linkat,fdatasync,fsync,rename,renameat2")
        // struct statfs begins with f_type: 0x4d44 is "MD", as in MS-DOS.
        .arg("-einject=fstatfs:poke_exit=@arg2=444d000000000000")
        .arg("-einject=linkat:error=EPERM");
    command.args([
        env!("CARGO_BIN_EXE_backup-fetch"),
        "download",
        "--out",
        "out",
    ]);
    command
        .env_clear()
        .env("HOME", zoho.home())
        .envs(zoho.env_with_access_token())
        .current_dir(zoho.home());
    let run = command.stdin(Stdio::null()).output();
    if !run.is_ok_and(|output| output.status.success()) || !log.exists() {
        println!(
            "skipped: strace not installed, not allowed to trace, or too old to change an answer"
        );
        return;
    }
    let told = fs::read_to_string(&log).unwrap_or_default();
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
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 2_000_000));
    let Some(run) = strike(&zoho, "pwritev", "error=ENOSPC", 3) else {
        println!("skipped: strace not installed, or not allowed to trace");
        return;
    };
    assert_eq!((run.code, run.hit), (Some(7), true), "{}", run.stderr);
    assert!(run.stderr.contains("of 1 file kept"), "{}", run.stderr);
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    let asked = zoho.ranges_asked(DATA);
    assert!(asked[1..].iter().all(Option::is_some), "{asked:?}");
}

#[test]
fn a_process_that_dies_at_any_step_leaves_nothing_wrong() {
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
        None,
    );
}

#[test]
fn a_process_that_dies_at_any_step_of_a_resume_loses_nothing_that_was_there() {
    for call in ["openat", "write", "fsync", "renameat2", "unlink"] {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let zoho = zoho();
            zoho.fault_for(DATA, Fault::CutAfter(1000));
            assert_eq!(zoho.download(["--retries", "0"]).code, 5);
            let Some(run) = strike(&zoho, call, "signal=KILL", n) else {
                println!("skipped: strace not installed, or not allowed to trace");
                return;
            };
            wait_until("the lock is free", || {
                zoho.download(["--dry-run"]).code == 0
            });
            let next = zoho.download([]);
            assert_eq!(next.code, 0, "{call} number {n}, then: {next}");
            nothing_is_wrong(&zoho, call);
            let asked = zoho.ranges_asked(DATA);
            let from_zero = asked.iter().filter(|range| range.is_none()).count();
            assert_eq!(from_zero, 1, "{call} number {n}: {asked:?}: {next}");
            if !run.hit {
                break;
            }
        }
    }
}

#[test]
fn what_was_whole_but_had_no_name_yet_is_not_saved_when_the_server_has_another_version() {
    let zoho = zoho();
    for name in [DATA, MORE] {
        zoho.fault_for(name, Fault::CutAfter(1000));
    }
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let Some(run) = strike(&zoho, "linkat", "signal=KILL", 1) else {
        println!("skipped: strace not installed, or not allowed to trace");
        return;
    };
    assert_eq!((run.code, run.hit), (None, true), "{}", run.stderr);
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
    nothing_is_wrong(&zoho, "the next run");
}

/// A final name promises bytes that survive a power cut, and the manifest promises names that do. No test here can cut the
/// power, so the order of the calls is held.
#[test]
fn bytes_are_durable_before_their_name_and_names_before_the_manifest() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let log = zoho.home().join("strace.log");
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-y",
            "-etrace=fdatasync,fsync,linkat,rename,renameat2",
            "-o",
        ])
        .arg(&log);
    command.args([
        env!("CARGO_BIN_EXE_backup-fetch"),
        "download",
        "--out",
        "out",
    ]);
    command
        .env_clear()
        .env("HOME", zoho.home())
        .envs(zoho.env_with_access_token())
        .current_dir(zoho.home());
    if !command
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
        || !log.exists()
    {
        println!("skipped: strace not installed, or not allowed to trace");
        return;
    }
    let told = fs::read_to_string(&log).unwrap_or_default();
    let calls: Vec<&str> = told.lines().collect();
    let folder = format!("{}>", zoho.rules().job);
    let find = |from: usize, call: &str, what: &str| {
        let found = calls[from..]
            .iter()
            .position(|line| line.contains(call) && line.contains(what));
        from + found.unwrap_or_else(|| panic!("no {call} of {what} after call {from}:\n{told}"))
    };
    let synced = find(0, "fdatasync(", ".Data_001.zip.part");
    let named = find(synced, "linkat(", "/Data_001.zip");
    let durable = find(named, "fsync(", &folder);
    let written = find(durable, "fsync(", ".manifest.json.new");
    let promised = find(written, "renameat2(", ".manifest.json.new");
    find(promised, "fsync(", &folder);
}
