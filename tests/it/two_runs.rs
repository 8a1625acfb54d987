//! Two runs in one folder that do not see each other's lock. The first is stopped after the n-th call of each kind, for n = 1,
//! 2, 3…; the second does its worst there; the first goes on. Whatever comes of them: each final name holds a whole version
//! of its file, the manifest tells which, and a run that ended with 0 has kept its promise.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::faulty_disk::{DATA, ENOUGH, MORE, nothing_is_wrong, written_paths, zoho};
use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Run, Running, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

/// Why the second run does not see that the first is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blindness {
    /// Somebody deleted the lock file.
    LockDeleted,
    /// The file system says yes to every lock.
    LockLies,
    /// As that, and the first run is on another machine.
    Elsewhere,
}

use Blindness::{Elsewhere, LockDeleted, LockLies};

fn out(zoho: &Zoho) -> PathBuf {
    zoho.home().join("out")
}

/// A run whose calls on the paths of a set are looked at, to a log of this name.
fn strace(zoho: &Zoho, log: &str, sees_locks: bool) -> Strace {
    let strace = Strace::logging(zoho, log).on(written_paths(zoho));
    if sees_locks {
        strace
    } else {
        strace.inject("flock", "retval=0")
    }
}

fn start(zoho: &Zoho, strace: &Strace) -> Running {
    let cli = zoho.cli_with_access_token().traced(strace);
    cli.spawn(["download", "--out", "out", "--jobs", "2"])
}

/// The first run, stopped.
struct Stopped {
    tracer: Running,
    pid: u32,
}

impl Stopped {
    /// After its `n`-th call of this kind. `Err`: it ended before.
    fn after(zoho: &Zoho, call: &str, n: usize, blindness: Blindness) -> Result<Stopped, Run> {
        let strace = strace(zoho, "first.log", blindness == LockDeleted);
        let strace = strace.inject(call, &format!("signal=STOP:when={n}"));
        let mut tracer = start(zoho, &strace);
        let mut pid = None;
        let mut ended = false;
        wait_until("the first run stops or ends", || {
            let log = strace.log();
            let mut lines = log.lines();
            pid = lines
                .find(|line| line.contains("stopped by SIGSTOP"))
                .and_then(|line| line.split_whitespace().next()?.parse().ok());
            ended = !tracer.is_running();
            pid.is_some() || ended
        });
        match pid {
            Some(thread) if !ended => Ok(Stopped {
                tracer,
                pid: process_of(thread),
            }),
            _ => Err(tracer.wait()),
        }
    }

    fn go_on(mut self) -> Run {
        // One that comes before the last thread has stopped does nothing, and one that comes too late reaches nobody.
        wait_until("the first run goes on to its end", || {
            let _ = Command::new("kill")
                .args(["-CONT", &self.pid.to_string()])
                .output();
            !self.tracer.is_running()
        });
        self.tracer.wait()
    }
}

/// The process of a thread: the thread may be gone when the process is to go on, for each of them counts its calls by
/// itself, and a second one may stop it again.
fn process_of(thread: u32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
    let process = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
    process.map_or(thread, |it| it.trim().parse().expect("a number"))
}

/// What a run that ended with 0 has promised.
fn is_complete(zoho: &Zoho, what: &str) {
    let manifest = zoho.saved_bytes("manifest.json").unwrap_or_default();
    let manifest = String::from_utf8_lossy(&manifest);
    assert!(manifest.contains("\"complete\""), "{what}: {manifest}");
    for name in [DATA, MORE] {
        assert!(zoho.saved_bytes(name).is_some(), "{what}: {name}");
    }
}

/// The second run, which does not see the first.
fn second(zoho: &Zoho, blindness: Blindness) -> Run {
    if blindness == LockDeleted {
        // It may not have been made yet.
        let _ = fs::remove_file(out(zoho).join(".backup-fetch.lock"));
    }
    if blindness == Elsewhere {
        for name in [DATA, MORE] {
            let journal = zoho.staged(&format!(".{name}.journal"));
            let text = fs::read_to_string(&journal).unwrap_or_default();
            // It may have been stopped before the first line was there.
            if !text.is_empty() {
                let moved = text.replacen("pid:[4", "pid:[5", 1);
                assert_ne!(moved, text, "it says where its run is");
                fs::write(&journal, moved).expect("it is ours");
            }
        }
    }
    start(zoho, &strace(zoho, "second.log", false)).wait()
}

/// Both runs, the first stopped after every call of these kinds in turn. Every other time the second run meets other versions
/// of the files.
fn meet(blindness: Blindness) {
    for call in ["fdatasync", "fsync", "linkat", "renameat2", "rename"] {
        for n in 1.. {
            assert!(n < ENOUGH, "{call}: there is no end to it");
            let zoho = zoho();
            let mut versions = vec![zoho.bytes_of(DATA), zoho.bytes_of(MORE)];
            let what = format!("{blindness:?}, stopped after {call} number {n}");
            let first = match Stopped::after(&zoho, call, n, blindness) {
                Ok(first) => first,
                Err(ended) => {
                    assert_eq!(ended.code, 0, "{what}: {ended}");
                    assert!(n > 1, "{call} was never called");
                    break;
                }
            };
            let changed = n % 2 == 0;
            if changed {
                for (seed, name) in [(3, DATA), (4, MORE)] {
                    zoho.store(name, small_zip(seed, 3000));
                    versions.push(zoho.bytes_of(name));
                }
            }
            let second = second(&zoho, blindness);
            let what = format!("{what}; second: {second}");
            nothing_is_wrong(&zoho, &versions, &what);
            assert!(matches!(second.code, 0 | 8), "{what}");
            if second.code == 0 {
                is_complete(&zoho, &what);
            }
            let first = first.go_on();
            let what = format!("{what}; first: {first}");
            nothing_is_wrong(&zoho, &versions, &what);
            assert!(matches!(first.code, 0 | 8), "{what}");
            if second.code == 0 || first.code == 0 {
                is_complete(&zoho, &what);
            }
            if !changed {
                let next = zoho.download([]);
                assert_eq!(next.code, 0, "{what}, then: {next}");
                is_complete(&zoho, &what);
                nothing_is_wrong(&zoho, &versions, &what);
            }
        }
    }
}

#[test]
fn a_deleted_lock_file_lets_nothing_wrong_happen() {
    needs!(Strace);
    meet(LockDeleted);
}

#[test]
fn a_lock_that_lies_lets_nothing_wrong_happen() {
    needs!(Strace);
    meet(LockLies);
}

#[test]
fn a_run_on_another_machine_lets_nothing_wrong_happen() {
    needs!(Strace);
    meet(Elsewhere);
}

fn refused(run: &Run, what: &str) {
    assert_eq!(run.code, 8, "{run}");
    assert!(
        run.stderr.contains(what) && run.stderr.contains("hint: "),
        "{run}"
    );
}

/// The first run waits for the rest of a body.
#[test]
fn a_part_whose_writer_is_at_work_is_left_alone_though_the_lock_file_is_gone() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::StallAfter(1500));
    let mut first = zoho.cli().spawn(["download", "--out", "out"]);
    let part = zoho.staged(".Data_001.zip.part");
    let journal = zoho.staged(".Data_001.zip.journal");
    wait_until("the first one pauses, and what is there is synced", || {
        fs::read_to_string(&journal).is_ok_and(|text| text.contains("\ns "))
    });
    fs::remove_file(out(&zoho).join(".backup-fetch.lock")).expect("it is there");
    let before = fs::read(&part).expect("it is there");
    refused(&zoho.download([]), "another run of backup-fetch");
    assert_eq!(fs::read(&part).ok(), Some(before));
    first.kill();
    drop(first);
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "its part is gone on with: {next}");
    let asked = zoho.ranges_asked(DATA);
    assert!(asked.last().is_some_and(Option::is_some), "{asked:?}");
}

#[test]
fn a_run_whose_lock_file_is_deleted_promises_nothing_and_the_next_one_finishes() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::StallAfter(1500));
    let first = zoho
        .cli()
        .spawn(["download", "--out", "out", "--stall-timeout", "1s"]);
    let part = zoho.staged(".Data_001.zip.part");
    wait_until("the first one writes", || {
        fs::metadata(&part).is_ok_and(|part| part.len() > 0)
    });
    fs::remove_file(out(&zoho).join(".backup-fetch.lock")).expect("it is there");
    refused(
        &first.wait(),
        ".backup-fetch.lock: changed by another run or program",
    );
    assert_eq!(zoho.saved_bytes(DATA), None);
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
}
