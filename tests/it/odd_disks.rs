//! File systems that lack something, or have ways of their own: what they answer is put in by `strace`.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::bytes::{Content, small_zip};
use crate::support::run::Run;
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::rules::Framing;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 3000))
}

/// A download whose calls are tampered with.
fn tampered(zoho: &Zoho, strace: &Strace, more: &[&str]) -> Run {
    let cli = zoho.cli_with_access_token().traced(strace);
    let run = cli.run(["download", "--out", "out"].iter().chain(more));
    assert!(strace.has_struck(), "{run}");
    run
}

fn ends(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{run}");
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {run}");
    }
}

#[test]
fn without_locks_the_way_out_is_named() {
    needs!(Strace);
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let zoho = zoho();
        let strace = Strace::new(&zoho).inject("flock", &format!("error={error}"));
        let run = tampered(&zoho, &strace, &[]);
        ends(&run, 7, &["can't be locked", "hint: ", "--lock none"]);
    }
}

#[test]
fn where_it_is_said_that_there_are_no_locks_none_is_needed() {
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
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    assert!(!zoho.home().join("out/.backup-fetch.lock").exists());
}

/// CIFS says EACCES of a lock that is held.
#[test]
fn a_lock_that_is_refused_is_held_and_waited_for() {
    needs!(Strace);
    let zoho = zoho();
    let refused = Strace::new(&zoho).inject("flock", "error=EACCES");
    let run = tampered(&zoho, &refused, &[]);
    ends(&run, 8, &["another run of backup-fetch"]);
    let at_first = Strace::new(&zoho).inject("flock", "error=EACCES:when=1");
    let run = tampered(&zoho, &at_first, &["--wait-lock", "30s"]);
    ends(&run, 0, &[]);
}

/// The mode of the folder is put into the kernel's answers: 0755, as FAT and CIFS give it.
#[test]
fn a_folder_that_others_can_read_all_the_same_is_warned_of_once() {
    needs!(Strace);
    let zoho = zoho();
    // musl asks by `stat`, whose answer begins with what must stay as it is.
    if zoho.cli().run(["--version"]).stdout.contains("-musl") {
        return;
    }
    // struct statx up to stx_mode: mask, block size, attributes, links, owner, group, then 040755.
    let answer = "ff0f0000001000000000000000000000020000000000000000000000ed41";
    let strace = Strace::new(&zoho).on([zoho.saved()]);
    let strace = strace.inject("statx", &format!("poke_exit=@arg5={answer}"));
    let run = tampered(&zoho, &strace, &[]);
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
        let cli = zoho.cli().after("ulimit -f 1000");
        let run = cli.run(["download", "--out", "out", "--jobs", "1"]);
        ends(&run, 7, &["larger than files may be here", "ulimit -f"]);
        assert_eq!(zoho.saved_bytes(DATA), None);
        ends(&zoho.download([]), 0, &[]);
    }
}

#[test]
fn what_is_no_folder_is_said_as_it_is_before_the_network_is_used() {
    let zoho = zoho();
    let file = zoho.home().join("file");
    fs::write(&file, "mine").expect("it is ours");
    for out in ["file", "file/below/it"] {
        is_no_folder(&zoho, out, "file: not a folder but a file");
    }
    assert_eq!(fs::read(&file).ok(), Some(b"mine".to_vec()));
}

#[test]
fn a_device_and_a_link_that_points_nowhere_are_no_folder() {
    let zoho = zoho();
    symlink("nowhere", zoho.home().join("dangling")).expect("it is ours");
    is_no_folder(&zoho, "/dev/null", "/dev/null: not a folder but a device");
    let link = "dangling: not a folder but a symbolic link that points nowhere";
    is_no_folder(&zoho, "dangling", link);
    assert!(!zoho.home().join("nowhere").exists());
}

fn is_no_folder(zoho: &Zoho, out: &str, what: &str) {
    let run = zoho.run(["download", "--out", out]);
    ends(&run, 7, &[what, "hint: name a folder with --out"]);
    assert!(!run.stderr.contains("mv "), "{run}");
    assert!(zoho.requests_to(Role::Api).is_empty());
    assert!(zoho.requests_to(Role::Accounts).is_empty());
}
