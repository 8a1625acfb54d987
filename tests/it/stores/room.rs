//! How much waits on this machine, and for what.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::{Run, Running, files_under, wait_until};
use crate::support::stores::{Between, Gate, Moment, S3, Seen, Store};
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};

use super::place::{LARGE, Place, SMALL, is};

/// Longer than those of which more than three may wait.
const LONG: u64 = 17 << 20;

fn place() -> Place {
    Place::at(S3::start())
}

#[test]
fn the_next_file_is_fetched_verified_and_uploaded_while_one_is_on_its_way() {
    needs!(S3);
    let place = place();
    let mut gate = place.between.hold(Moment::Before, is("UploadPart", LARGE));
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(SMALL);
    wait_until("the other one is there", || {
        place.store.keys().contains(&key)
    });
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}

#[test]
fn a_corrupt_file_that_is_kept_beside_the_others_holds_none_of_them_up() {
    needs!(S3);
    let place = place();
    let mut corrupt = place.zoho.bytes_of(LARGE);
    corrupt[5 << 20] ^= 1;
    place.zoho.store(LARGE, corrupt);
    // It comes when the other one has been found corrupt twice.
    place
        .zoho
        .fault_for(SMALL, Fault::Delay(Duration::from_secs(1)));
    let is_aside = |seen: &Seen| seen.action() == "UploadPart" && seen.key().ends_with(".corrupt");
    let mut gate = place.between.hold(Moment::Before, is_aside);
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(SMALL);
    wait_until("the sound one is there", || {
        place.store.keys().contains(&key)
    });
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 6, "{run}");
    assert!(place.staged().is_empty(), "{:?}", place.staged());
}

/// A run of two connections that both try to upload something, which does not begin.
fn stuck(zoho: &Zoho, s3: &S3, action: &'static str) -> (Running, Between, [Gate; 2]) {
    let between = Between::start(s3);
    let hold = || {
        between.hold(Moment::Before, move |seen: &Seen| {
            seen.action() == action && seen.key().contains("/Data_")
        })
    };
    let mut gates = [hold(), hold()];
    let cli = zoho.cli().through(&between);
    let running = cli.spawn(["download", "--jobs", "2", "--out", &s3.url("backups")]);
    gates.iter_mut().for_each(Gate::wait);
    (running, between, gates)
}

/// Bytes of the disk that what waits here takes.
fn staged(zoho: &Zoho) -> u64 {
    let cache = zoho.home().join("cache");
    let files = files_under(&cache).into_iter();
    let files = files.filter_map(|name| fs::metadata(cache.join(name)).ok());
    let files = files.filter(fs::Metadata::is_file);
    files.map(|file| file.blocks() * 512).sum()
}

#[test]
fn while_uploads_are_slow_no_more_than_three_large_files_wait_here() {
    needs!(S3);
    let zoho = (1..=5).fold(Zoho::start(), |zoho, number| {
        zoho.with_file(
            &format!("Data_00{number}.zip"),
            Content::stored_zip(number, LONG),
        )
    });
    let s3 = S3::start();
    let (_running, _between, _gates) = stuck(&zoho, &s3, "UploadPart");
    wait_until("three are here", || staged(&zoho) >= 3 * LONG);
    // The fourth would have come by now.
    thread::sleep(Duration::from_millis(300));
    assert!(staged(&zoho) < 3 * LONG + (1 << 20), "{}", staged(&zoho));
    assert_eq!(zoho.requests_for("Data_004.zip").len(), 0);
}

#[test]
fn while_uploads_are_slow_small_files_are_fetched_all_the_same() {
    needs!(S3);
    let zoho = (0..40).fold(Zoho::start(), |zoho, number| {
        zoho.with_file(&format!("Data_{number:03}.zip"), small_zip(number, 20_000))
    });
    let s3 = S3::start();
    let (running, _between, gates) = stuck(&zoho, &s3, "PutObject");
    wait_until("all are here", || {
        zoho.requests_to(Role::Downloads).len() == 40
    });
    gates.into_iter().for_each(Gate::open);
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn files_that_fail_midway_leave_no_more_here_than_one_file_takes() {
    needs!(S3);
    let zoho = Zoho::start().with_file(SMALL, small_zip(9, 3000));
    for number in 1..=3 {
        let name = format!("Data_00{number}.zip");
        zoho.store(&name, Content::stored_zip(number, 12 << 20));
        zoho.fault_for(&name, Fault::CutAfter(9 << 20));
        zoho.always_for(&name, Fault::Status(404, Vec::new(), Vec::new()));
    }
    let s3 = S3::start();
    let cli = zoho.cli().with_store(&s3);
    let args = ["download", "--jobs", "1", "--out", &s3.url("backups")];
    let run = cli.run(args);
    assert_eq!(run.code, 5, "{run}");
    let left = staged(&zoho);
    assert!((9 << 20..10 << 20).contains(&left), "{left}: {run}");
    assert!(
        run.stderr.contains("of 1 file kept for the next run"),
        "{run}"
    );
    zoho.clear_faults();
    let run = cli.run(args);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("resuming 1 file"), "{run}");
    assert_eq!(staged(&zoho), 0);
}

/// A set of the same organisation, whose manifest tells of one file of this length.
fn with_a_set_before(place: &Place, size: u64) {
    let file = json!({"name": LARGE, "kind": "data", "url": "https://example.com/x.zip", "state": "verified",
        "size": size, "sha256": "0".repeat(64), "entries": 1});
    let manifest = json!({"schema": 1, "tool": "backup-fetch", "org": "20061234567", "job": "510000000098000",
        "state": "complete", "started_at": "2022-06-24T01:00:00Z", "finished_at": "2022-06-24T01:12:31Z", "files": [file]});
    let key = "backups/20061234567-510000000098000/manifest.json";
    place.store.write(key, manifest.to_string().as_bytes());
}

fn run_staged_in(place: &Place, folder: &Path) -> Run {
    place.run(["--staging", &folder.display().to_string()])
}

#[test]
fn what_does_not_fit_by_the_set_before_and_by_the_server_is_not_begun() {
    needs!(S3, Mount);
    let place = place();
    with_a_set_before(&place, 11 << 20);
    let _disk = Mount::new(&place.zoho, "size=8m");
    let out = place.zoho.home().join("out");
    let run = run_staged_in(&place, &out);
    assert_eq!(run.code, 7, "{run}");
    for words in [
        "not enough free space: needs 11.",
        &out.display().to_string(),
        "--staging",
    ] {
        assert!(run.stderr.contains(words), "{words}: {run}");
    }
    assert!(place.store.uploads().is_empty());
    let is_whole = |range: &Option<String>| range.is_none();
    assert!(
        !place.zoho.ranges_asked(LARGE).iter().any(is_whole),
        "{run}"
    );
}

#[test]
fn a_set_before_that_was_far_larger_stops_nothing() {
    needs!(S3, Mount);
    let place = place();
    with_a_set_before(&place, 1 << 50);
    let _disk = Mount::new(&place.zoho, "size=20m");
    let run = run_staged_in(&place, &place.zoho.home().join("out"));
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_signal_while_a_corrupt_file_is_uploaded_is_no_failure_of_the_store() {
    needs!(S3);
    let place = place();
    let mut corrupt = place.zoho.bytes_of(LARGE);
    corrupt[5 << 20] ^= 1;
    place.zoho.store(LARGE, corrupt);
    let is_aside = |seen: &Seen| seen.action() == "UploadPart" && seen.key().ends_with(".corrupt");
    let mut gate = place.between.hold(Moment::Before, is_aside);
    let running = place.spawn([]);
    gate.wait();
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert!(place.store.uploads().is_empty());
}
