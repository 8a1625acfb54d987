//! Two runs on two machines that save to the same prefix of a store. The first is held before or after the n-th thing that it
//! asks of the store, for n = 0, 1, 2… to its end; its lock runs out, and the second takes it over and does all of the work.
//! The first goes on then: it changes nothing that the second has written, and says that it has lost the lock.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::faulty_disk::{DATA, ENOUGH, MORE};
use crate::support::bytes::{Content, small_zip};
use crate::support::run::{Cli, Run, Running, wait_until};
use crate::support::stores::{Between, Moment, S3, Seen, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const LOCK: &str = "backups/.backup-fetch.lock";

/// The smallest part that S3 takes. The file of two parts is this long and a bit.
const PART: u64 = 5 << 20;

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, Content::stored_zip(2, PART + 1000))
}

/// Another machine than any with another home.
fn machine(zoho: &Zoho, home: &Path) -> Cli {
    let cli = zoho.cli_with_access_token();
    [
        ("HOME", ""),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ]
    .into_iter()
    .fold(cli, |cli, (name, folder)| {
        cli.env(name, home.join(folder).display().to_string())
    })
}

fn home() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

fn download(s3: &S3) -> [String; 5] {
    let out = s3.url("backups");
    [
        "download",
        "--out",
        &out,
        "--store-option",
        "part_size=5MiB",
    ]
    .map(str::to_owned)
}

/// All that the second run wrote. The lock is for whoever has it.
fn written(s3: &S3) -> BTreeMap<String, Vec<u8>> {
    let mut objects = s3.objects();
    objects.remove(LOCK);
    objects
}

/// Whether there was such a request.
fn first_is_held(moment: Moment, n: usize) -> bool {
    let (zoho, s3, homes) = (zoho(), S3::start(), [home(), home(), home()]);
    let between = Between::start(&s3);
    let mut gate = between.hold(moment, move |seen: &Seen| seen.number == n);
    let mut first = machine(&zoho, homes[0].path())
        .through(&between)
        .spawn(download(&s3));
    while !gate.is_reached() {
        if !first.is_running() {
            let run = first.wait();
            assert_eq!(run.code, 0, "{run}");
            return false;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let held = between.actions();
    let what = format!("held {moment:?} {n}: {held:?}");
    let has_lock = s3.objects().contains_key(LOCK);
    if has_lock {
        s3.age(LOCK, Duration::from_secs(6 * 60));
    }
    let second = machine(&zoho, homes[1].path())
        .with_store(&s3)
        .run(download(&s3));
    assert_eq!(second.code, 0, "{what}; second: {second}");
    let before = written(&s3);
    gate.open();
    let first = first.wait();
    let what = format!("{what}; second: {second}; first: {first}");
    assert_eq!(written(&s3), before, "{what}");
    assert!(s3.uploads().is_empty(), "{:?} {what}", s3.uploads());
    if has_lock && first.code != 0 {
        assert_eq!(first.code, 8, "{what}");
        assert!(!first.stderr.contains("files verified"), "{what}");
    }
    is_whole(&zoho, &s3, &homes[2], &what);
    true
}

/// A third run finds everything there, and `verify` finds nothing wrong.
fn is_whole(zoho: &Zoho, s3: &S3, home: &TempDir, what: &str) {
    let third = machine(zoho, home.path()).with_store(s3).run(download(s3));
    assert_eq!(third.code, 0, "{what}; third: {third}");
    let verify = Cli::new(home.path()).with_store(s3);
    let verify = verify.run(["verify", &s3.url("backups")]);
    assert_eq!(verify.code, 0, "{what}; {verify}");
}

fn at_every_request(moment: Moment) {
    let mut n = 0;
    while first_is_held(moment, n) {
        n += 1;
        assert!(n < ENOUGH, "there is no end to it");
    }
    assert!(n > 10, "only {n} requests were held");
}

#[test]
fn a_run_held_before_a_request_until_another_has_taken_over_damages_nothing() {
    needs!(S3);
    at_every_request(Moment::Before);
}

#[test]
fn a_run_held_after_a_request_until_another_has_taken_over_damages_nothing() {
    needs!(S3);
    at_every_request(Moment::After);
}

/// It holds it, or looks whether it may.
fn has_lock_open(pid: u32) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten();
    let mut names = files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok());
    names.any(|name| name.ends_with(".backup-fetch.lock"))
}

/// The first one leaves no folder behind in which the second waits.
#[test]
fn who_waits_on_the_same_machine_finds_all_there() {
    needs!(S3);
    let (zoho, s3, home) = (zoho(), S3::start(), home());
    let between = Between::start(&s3);
    let is_manifest =
        |seen: &Seen| seen.action() == "PutObject" && seen.key().ends_with("/manifest.json");
    let mut gate = between.hold(Moment::Before, is_manifest);
    let first = machine(&zoho, home.path()).through(&between);
    let first = first.spawn(download(&s3));
    gate.wait();
    let second = machine(&zoho, home.path()).with_store(&s3);
    let refused = second.run(download(&s3));
    assert_eq!(refused.code, 8, "{refused}");
    let place = format!("error: {}: another run", s3.url("backups"));
    assert!(refused.stderr.contains(&place), "{refused}");
    let waits = ["--wait-lock".to_owned(), "60s".to_owned()];
    let second = second.spawn(download(&s3).into_iter().chain(waits));
    wait_until("the second waits", || has_lock_open(second.pid()));
    gate.open();
    let (first, second) = (first.wait(), second.wait());
    assert_eq!((first.code, second.code), (0, 0), "{first}; {second}");
    assert!(second.stderr.contains("nothing to do"), "{second}");
    assert!(s3.uploads().is_empty());
}

#[test]
fn the_lock_of_a_killed_run_is_taken_over_at_once_on_its_machine_and_respected_on_others() {
    needs!(S3);
    let (zoho, s3, homes) = (zoho(), S3::start(), [home(), home()]);
    let between = Between::start(&s3);
    let is_manifest =
        |seen: &Seen| seen.action() == "PutObject" && seen.key().ends_with("/manifest.json");
    let mut gate = between.hold(Moment::Before, is_manifest);
    let first = machine(&zoho, homes[0].path()).through(&between);
    let mut first = first.spawn(download(&s3));
    gate.wait();
    first.kill();
    drop((first, gate));
    let elsewhere = machine(&zoho, homes[1].path()).with_store(&s3);
    let elsewhere = elsewhere.run(download(&s3));
    assert_eq!(elsewhere.code, 8, "{elsewhere}");
    let again = machine(&zoho, homes[0].path()).through(&between);
    let again = again.run(download(&s3));
    assert_eq!(again.code, 0, "{again}");
    is_whole(&zoho, &s3, &homes[1], "killed before the manifest");
}

/// Each on a machine of its own.
fn at_once(zoho: &Zoho, s3: &S3, more: &[&str]) -> Vec<Run> {
    let between = Between::start(s3);
    let homes: Vec<TempDir> = (0..10).map(|_| home()).collect();
    let start = |home: &TempDir| {
        let args = download(s3).into_iter();
        let args = args.chain(more.iter().map(|&it| it.to_owned()));
        machine(zoho, home.path()).through(&between).spawn(args)
    };
    let runs: Vec<_> = homes.iter().map(start).collect();
    runs.into_iter().map(Running::wait).collect()
}

#[test]
fn of_ten_runs_at_once_those_that_do_not_wait_end_with_8_and_nothing_is_damaged() {
    needs!(S3);
    let (zoho, s3) = (zoho(), S3::start());
    let runs = at_once(&zoho, &s3, &[]);
    let codes: Vec<i32> = runs.iter().map(|run| run.code).collect();
    assert!(codes.iter().all(|code| [0, 8].contains(code)), "{runs:?}");
    assert!(codes.contains(&0), "{runs:?}");
    is_whole(&zoho, &s3, &home(), "ten at once");
}

#[test]
fn of_ten_runs_at_once_that_wait_one_fetches_and_the_others_find_all_there() {
    needs!(S3);
    let (zoho, s3) = (zoho(), S3::start());
    let runs = at_once(&zoho, &s3, &["--wait-lock", "50s"]);
    for run in &runs {
        assert_eq!(run.code, 0, "{run}");
    }
    let fetched = runs
        .iter()
        .filter(|run| run.stderr.contains("2 files fetched"));
    assert_eq!(fetched.count(), 1, "{runs:?}");
    is_whole(&zoho, &s3, &home(), "ten that wait");
}
