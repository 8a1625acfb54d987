//! File systems that lack something, or have ways of their own: what they answer is put in by `strace`.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::support::bytes::{Content, small_zip};
use crate::support::run::Run;
use crate::support::zoho::rules::Framing;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 3000))
}

/// A `download --out out` with these words before and behind it; nothing when that can't be run here.
fn under(zoho: &Zoho, before: &[&str], behind: &[&str]) -> Option<Run> {
    let (program, args) = before.split_first()?;
    let output = Command::new(program)
        .args(args)
        .arg(env!("CARGO_BIN_EXE_backup-fetch"))
        .args(["download", "--out", "out", "--retry-wait", "1ms"])
        .args(behind)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", zoho.home())
        .envs(zoho.env_with_access_token())
        .current_dir(zoho.home())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(Run {
        code: output.status.code()?,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        args: format!("{before:?} {behind:?}"),
    })
}

/// Under `strace`, in which calls are tampered with.
fn tampered(zoho: &Zoho, how: &[&str], behind: &[&str]) -> Option<Run> {
    let log = zoho.home().join("strace.log");
    let mut words = vec!["strace", "-f", "-qq", "-o", log.to_str()?];
    words.extend(how);
    let run = under(zoho, &words, behind);
    let hit = fs::read_to_string(&log).is_ok_and(|told| told.contains("INJECTED"));
    if !hit {
        println!("skipped: strace not installed, not allowed to trace, or too old");
        return None;
    }
    run
}

fn ends(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{run}");
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {run}");
    }
}

#[test]
fn without_locks_the_way_out_is_named_and_works() {
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let inject = format!("-einject=flock:error={error}");
        let zoho = zoho();
        let Some(run) = tampered(&zoho, &["-etrace=flock", &inject], &[]) else {
            return;
        };
        ends(&run, 7, &["can't be locked", "hint: ", "--lock none"]);
    }
    let zoho = zoho();
    let run = zoho.download(["--lock", "none"]);
    ends(&run, 0, &[]);
    assert!(!zoho.home().join("out/.backup-fetch.lock").exists());
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
}

#[test]
fn a_profile_can_say_that_there_are_no_locks() {
    let zoho = zoho();
    let config = zoho.home().join("config.toml");
    fs::write(&config, "[profiles.main]\nlock = \"none\"\n").expect("it is ours");
    let config = config.display().to_string();
    let run = zoho.download(["--config", &config]);
    ends(&run, 0, &[]);
    assert!(!zoho.home().join("out/.backup-fetch.lock").exists());
}

/// CIFS says EACCES of a lock that is held.
#[test]
fn a_lock_that_is_refused_is_held_and_waited_for() {
    let zoho = zoho();
    let refused = ["-etrace=flock", "-einject=flock:error=EACCES"];
    let Some(run) = tampered(&zoho, &refused, &[]) else {
        return;
    };
    ends(&run, 8, &["another run of backup-fetch"]);
    let at_first = ["-etrace=flock", "-einject=flock:error=EACCES:when=1"];
    let Some(run) = tampered(&zoho, &at_first, &["--wait-lock", "30s"]) else {
        return;
    };
    ends(&run, 0, &[]);
}

/// The mode of the folder is put into the kernel's answers: 0755, as FAT and CIFS give it.
#[test]
fn a_folder_that_others_can_read_all_the_same_is_warned_of_once() {
    let zoho = zoho();
    // struct statx up to stx_mode: mask, block size, attributes, links, owner, group, then 040755.
    let answer = "ff0f0000001000000000000000000000020000000000000000000000ed41";
    let inject = format!("-einject=statx:poke_exit=@arg5={answer}");
    let folder = zoho.saved().display().to_string();
    let how = ["-P", &folder, "-etrace=statx", &inject];
    let Some(run) = tampered(&zoho, &how, &[]) else {
        return;
    };
    ends(&run, 0, &["warning: ", "others can read"]);
    assert_eq!(run.stderr.matches("others can read").count(), 1, "{run}");
    assert!(!zoho.download([]).stderr.contains("others can read"));
}

/// A length that is told is held against the limit before the first byte; one that is not ends at the limit.
#[test]
fn a_limit_on_the_size_of_files_exits_7() {
    for framing in [Framing::ContentLength, Framing::Chunked] {
        let zoho = Zoho::start()
            .with_file(DATA, Content::stored_zip(1, 3 << 20))
            .with(|rules| rules.framing = framing);
        let limit = ["sh", "-c", "ulimit -f 1000 && exec \"$0\" \"$@\""];
        let Some(run) = under(&zoho, &limit, &["--jobs", "1"]) else {
            panic!("killed by a signal");
        };
        ends(&run, 7, &["larger than files may be here", "ulimit -f"]);
        assert_eq!(zoho.saved_bytes(DATA), None);
        ends(&zoho.download([]), 0, &[]);
    }
}

#[test]
fn what_is_no_folder_is_said_as_it_is_before_the_network_is_used() {
    let zoho = zoho();
    let home = zoho.home();
    fs::write(home.join("file"), "mine").expect("it is ours");
    symlink("nowhere", home.join("dangling")).expect("it is ours");
    for (out, what) in [
        ("file", "file: not a folder but a file"),
        ("file/below/it", "file: not a folder but a file"),
        ("/dev/null", "/dev/null: not a folder but a device"),
        (
            "dangling",
            "dangling: not a folder but a symbolic link that points nowhere",
        ),
    ] {
        let run = zoho.run(["download", "--out", out]);
        ends(&run, 7, &[what, "hint: name a folder with --out"]);
        assert!(!run.stderr.contains("mv "), "{run}");
    }
    assert!(zoho.requests_to(Role::Api).is_empty());
    assert!(zoho.requests_to(Role::Accounts).is_empty());
    assert_eq!(fs::read(home.join("file")).ok(), Some(b"mine".to_vec()));
    assert!(!home.join("nowhere").exists());
}
