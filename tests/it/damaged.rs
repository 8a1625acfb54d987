//! What a power cut or a pulled disk leaves: empty and cut files. The next run comes through, and nothing is deleted.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::Run;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const MORE: &str = "Data_002.zip";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000))
}

/// With both files saved.
fn saved() -> Zoho {
    let zoho = zoho();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    zoho
}

fn cut(path: &Path, length: u64) {
    let file = fs::OpenOptions::new().write(true).open(path);
    file.and_then(|file| file.set_len(length))
        .expect("it is there");
}

/// Green, complete, every byte right.
fn is_whole(zoho: &Zoho, run: &Run) {
    assert_eq!(run.code, 0, "{run}");
    for name in [DATA, MORE] {
        assert_eq!(zoho.saved_bytes(name), Some(zoho.bytes_of(name)), "{run}");
    }
    let text = |name: &str| {
        String::from_utf8(zoho.saved_bytes(name).unwrap_or_default()).unwrap_or_default()
    };
    assert!(text("manifest.json").contains("\"complete\""), "{run}");
    assert_eq!(text("SHA256SUMS").lines().count(), 3, "{run}");
}

/// How many replies brought more of a file than the byte of a probe.
fn fetches(zoho: &Zoho) -> usize {
    let records = zoho.requests_to(Role::Downloads);
    records.iter().filter(|record| record.sent > 1).count()
}

#[test]
fn a_damaged_manifest_is_made_anew_and_what_verifies_is_not_fetched_again() {
    for length in [0, 200] {
        let zoho = saved();
        cut(&zoho.saved().join("manifest.json"), length);
        let run = zoho.download([]);
        is_whole(&zoho, &run);
        assert_eq!(fetches(&zoho), 2, "{length}: {run}");
        assert!(run.stderr.contains("warning: "), "{run}");
        assert!(run.stderr.contains("2 of 2 files verified"), "{run}");
        let kept = fs::read(zoho.saved().join("manifest.json.damaged"));
        assert_eq!(kept.map(|kept| kept.len() as u64).ok(), Some(length));
        let again = zoho.download([]);
        is_whole(&zoho, &again);
        assert!(!again.stderr.contains("warning: "), "{again}");
    }
}

/// As FAT leaves it: everything that was not synced after its rename is empty.
#[test]
fn everything_empty_is_fetched_again_and_every_night_after_that_is_green() {
    let zoho = saved();
    for name in [DATA, MORE, "manifest.json", "SHA256SUMS"] {
        cut(&zoho.saved().join(name), 0);
    }
    is_whole(&zoho, &zoho.download([]));
    assert!(zoho.saved().join("Data_001.zip.damaged").exists());
    is_whole(&zoho, &zoho.download([]));
    cut(&zoho.saved().join("manifest.json"), 0);
    cut(&zoho.saved().join(DATA), 100);
    is_whole(&zoho, &zoho.download([]));
    let second = fs::read(zoho.saved().join("Data_001.zip.damaged.2"));
    assert_eq!(second.map(|bytes| bytes.len()).ok(), Some(100));
}

#[test]
fn a_file_that_the_list_of_digests_knows_otherwise_is_moved_aside() {
    let zoho = saved();
    cut(&zoho.saved().join("manifest.json"), 0);
    fs::write(zoho.saved().join(DATA), small_zip(9, 3000)).expect("it is ours");
    is_whole(&zoho, &zoho.download([]));
    let aside = fs::read(zoho.saved().join("Data_001.zip.damaged"));
    assert_eq!(aside.ok(), Some(small_zip(9, 3000)));
}

#[test]
fn a_file_that_nothing_calls_ours_stays_where_it_is() {
    let zoho = saved();
    cut(&zoho.saved().join("manifest.json"), 0);
    let sums = zoho.saved().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).expect("it is there");
    fs::write(&sums, text.lines().nth(1).unwrap_or_default()).expect("it is ours");
    fs::write(zoho.saved().join(DATA), "mine").expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(zoho.saved_bytes(DATA).as_deref(), Some(&b"mine"[..]));
}

/// Without the date of the manifest the files themselves are asked for.
#[test]
fn a_set_that_was_made_anew_is_not_mixed_with_what_a_damaged_manifest_left() {
    let zoho = saved();
    let old = zoho.bytes_of(DATA);
    cut(&zoho.saved().join("manifest.json"), 0);
    for (seed, name) in [(7, DATA), (8, MORE)] {
        zoho.store(name, small_zip(seed, 5000));
    }
    zoho.set(|rules| rules.expiry += TimeDelta::days(1));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(old), "{run}");
    let beside = zoho.saved().with_extension("2").join(DATA);
    assert_eq!(fs::read(beside).ok(), Some(zoho.bytes_of(DATA)), "{run}");
}

#[test]
fn an_empty_list_of_digests_is_written_again() {
    let zoho = saved();
    cut(&zoho.saved().join("SHA256SUMS"), 0);
    let run = zoho.download([]);
    is_whole(&zoho, &run);
    assert_eq!(fetches(&zoho), 2, "{run}");
}

#[test]
fn what_was_synced_is_gone_on_with_when_the_disk_lost_the_rest() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let journal = zoho.staged(".Data_001.zip.journal");
    let text = fs::read_to_string(&journal).expect("it is kept");
    fs::write(&journal, text + "w 1000 2500\n").expect("it is ours");
    let run = zoho.download([]);
    is_whole(&zoho, &run);
    assert!(run.stderr.contains("has lost 1500 bytes"), "{run}");
    let asked = zoho.ranges_asked(DATA);
    assert!(asked[1..].iter().all(Option::is_some), "{asked:?}: {run}");
}
