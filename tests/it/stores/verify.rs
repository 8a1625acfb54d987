//! `verify` of sets in a store: what it finds there is what it finds on a disk, with few requests; what the store refuses is
//! no damage.

use serde_json::Value;

use super::copied::{Copied, PREFIX, copy, reads};
use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::stores::{Does, Moment, Moto, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";
const MORE: &str = "Data_002.zip";
const LARGE: &str = "Attachments_001.zip";

/// Bytes that do not come with the end of a file.
const MUCH: usize = 1 << 20;

fn small() -> Copied {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000));
    saved(zoho)
}

fn large() -> Copied {
    saved(Zoho::start().with_file(LARGE, small_zip(3, MUCH)))
}

fn saved(zoho: Zoho) -> Copied {
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    Copied::of(zoho)
}

/// What was found, whatever the time it took, and wherever.
fn found(run: &Run, place: &str) -> Value {
    let text = run.stdout.replace(place, "PLACE");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    document["seconds"].take();
    document
}

fn codes(run: &Run) -> Vec<String> {
    let document = run.json();
    let findings = document["sets"][0]["findings"].as_array().cloned();
    let codes = findings.unwrap_or_default().into_iter();
    codes
        .map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_set_is_found_as_sound_as_on_a_disk() {
    needs!(S3);
    let stored = small();
    for args in [&["verify", "--json"][..], &["verify", "--json", "--quick"]] {
        let on_disk = stored.cli().run([args, &["out"]].concat());
        let in_store = stored.cli().run([args, &[&stored.url()]].concat());
        assert_eq!((on_disk.code, in_store.code), (0, 0), "{on_disk}{in_store}");
        let out = stored.zoho.home().join("out");
        assert_eq!(
            found(&in_store, &stored.url()),
            found(&on_disk, &out.display().to_string())
        );
    }
    let run = stored.run(&["verify", &stored.set_url()]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("every byte of 2 files is sound"),
        "{run}"
    );
}

#[test]
fn a_file_that_is_small_costs_one_request() {
    needs!(S3);
    let stored = small();
    let run = stored.run(&["verify", &stored.set_url()]);
    assert_eq!(run.code, 0, "{run}");
    let mut actions = stored.between.actions();
    actions.sort();
    let get = |name| format!("GetObject {}", stored.key(name));
    let list = "ListObjectsV2".to_owned();
    let mut expected = vec![
        get(DATA),
        get(MORE),
        get("SHA256SUMS"),
        get("manifest.json"),
    ];
    // Whether it is a set, and then what is in it.
    expected.extend([list.clone(), list]);
    assert_eq!(actions, expected);
}

#[test]
fn a_large_file_comes_in_one_stream_beside_its_end() {
    needs!(S3);
    let stored = large();
    let run = stored.run(&["verify", &stored.set_url()]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(stored.asked("GetObject", &stored.key(LARGE)), 2);
    let quick = stored.run(&["verify", "--quick", &stored.set_url()]);
    assert_eq!(quick.code, 0, "{quick}");
    assert_eq!(stored.asked("GetObject", &stored.key(LARGE)), 3);
}

#[test]
fn a_stream_that_breaks_off_is_gone_on_with() {
    needs!(S3);
    let stored = large();
    let is_stream = |seen: &crate::support::stores::Seen| {
        reads(LARGE)(seen)
            && seen
                .header("range")
                .is_some_and(|it| it.starts_with("bytes=0-"))
    };
    stored.between.on(1, is_stream, Does::CutReply(600_000));
    let run = stored.run(&["verify", &stored.set_url()]);
    assert_eq!(run.code, 0, "{run}");
    let seen = stored.between.seen();
    let last = seen
        .iter()
        .rfind(|it| reads(LARGE)(it))
        .expect("it was read");
    let range = last.header("range").expect("a range");
    let from = range
        .strip_prefix("bytes=")
        .and_then(|it| it.split('-').next());
    let from: u64 = from.and_then(|it| it.parse().ok()).expect("a number");
    assert!((1..600_000).contains(&from), "{range}");
}

#[test]
fn a_flipped_byte_is_found_and_what_helps_is_not_a_repair() {
    needs!(S3);
    let stored = large();
    let mut bytes = stored.store.objects()[&stored.key(LARGE)].clone();
    bytes[MUCH / 2] ^= 1;
    stored.store.write(&stored.key(LARGE), &bytes);
    let run = stored.run(&["verify", "--json", &stored.url()]);
    assert_eq!(
        (run.code, &*codes(&run)),
        (6, &["corrupt".to_owned()][..]),
        "{run}"
    );
    let run = stored.run(&["verify", &stored.url()]);
    let address = format!("{}/{LARGE}: corrupt", stored.set_url());
    assert!(run.stderr.contains(&address), "{run}");
    assert!(run.stderr.contains("remove the object"), "{run}");
    assert!(!run.stderr.contains("--repair"), "{run}");
    let check = stored.run(&["check", "--out", &stored.url(), "--max-age", "1d"]);
    assert!(
        check.stderr.contains("damaged, as `verify` found"),
        "{check}"
    );
}

#[test]
fn what_is_gone_or_strange_in_a_store_is_found() {
    needs!(S3);
    let stored = small();
    stored.store.remove(&stored.key(DATA));
    stored
        .store
        .write(&stored.key("Data_009.zip"), &small_zip(9, 100));
    stored.store.write(&stored.key("notes.txt"), b"mine");
    let run = stored.run(&["verify", "--json", &stored.url()]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(codes(&run), ["missing", "extra"]);
    let run = stored.run(&["verify", &stored.url()]);
    assert!(
        run.stderr.contains("not part of the backup: notes.txt"),
        "{run}"
    );
}

#[test]
fn one_zip_is_verified_by_what_its_manifest_says() {
    needs!(S3);
    let stored = small();
    let url = stored.store.url(&stored.key(DATA));
    let run = stored.run(&["verify", "--json", &url]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json()["zips"][0]["in_manifest"], true);
    stored.store.write(&stored.key(DATA), &small_zip(7, 3000));
    let run = stored.run(&["verify", &url]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains("its SHA-256 is"), "{run}");
}

#[test]
fn what_the_store_refuses_is_no_damage() {
    needs!(S3);
    let stored = small();
    let denied = || Does::Answer(403, "<Error><Code>AccessDenied</Code></Error>".to_owned());
    stored.between.on(9, reads(DATA), denied());
    let run = stored.run(&["verify", "--json", &stored.url()]);
    assert_eq!(
        (run.code, &*codes(&run)),
        (7, &["unreadable".to_owned()][..]),
        "{run}"
    );
    let run = stored.run(&["verify", &stored.url()]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        run.stderr.contains(&stored.store.url(&stored.key(DATA))),
        "{run}"
    );
    assert!(!run.stdout.contains("sound"), "{run}");
}

#[test]
fn a_set_that_is_replaced_while_it_is_read_is_read_again() {
    needs!(S3);
    let stored = large();
    let mut gate = stored.between.hold(Moment::After, reads(LARGE));
    let url = stored.url();
    let verifying = stored.cli().spawn(["verify", "--json", &url]);
    gate.wait();
    // Another set of the same names: as if the first had been removed and saved anew.
    stored.zoho.store(LARGE, small_zip(4, MUCH));
    std::fs::remove_dir_all(stored.zoho.home().join("out")).expect("it is ours");
    let run = stored.zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    copy(&stored.zoho.home().join("out"), &stored.store);
    gate.open();
    let run = verifying.wait();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json()["sound"], true, "{run}");
}

#[test]
fn what_is_not_there_is_wrong_usage_and_no_bucket_is_not() {
    needs!(S3, Moto);
    let stored = small();
    let typo = stored.store.url("crm/nihgtly");
    let run = stored.run(&["verify", &typo]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr
            .contains(&format!("{typo}: nothing is stored there")),
        "{run}"
    );
    let run = stored.run(&["verify", &format!("{typo}/Data_001.zip")]);
    assert_eq!(run.code, 2, "{run}");
    let empty = stored.store.url("other");
    stored.store.write("other/notes/a.txt", b"mine");
    let run = stored.run(&["verify", &empty]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("no backup is saved there"), "{run}");
    let cli = stored.cli().with_store(&Moto::start());
    for place in ["", "/crm", "/crm/Data_001.zip"] {
        let url = format!("s3://nobody-has-this-one{place}");
        let run = cli.run(["verify", &url]);
        assert_eq!(run.code, 7, "{run}");
        assert!(run.stderr.contains("s3://nobody-has-this-one"), "{run}");
    }
}

#[test]
fn nothing_is_repaired_in_a_store_and_what_helps_is_said() {
    needs!(S3);
    let stored = small();
    let run = stored.run(&["verify", "--repair", &stored.url()]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("--repair") && run.stderr.contains("`backup-fetch download`"),
        "{run}"
    );
    assert!(stored.between.seen().is_empty(), "nothing was read for it");
}

#[test]
fn a_set_is_at_the_top_of_a_bucket_too() {
    needs!(S3);
    let stored = small();
    for (key, bytes) in stored.store.objects() {
        let key = key.strip_prefix(PREFIX).expect("all of it is there");
        stored.store.write(key.trim_start_matches('/'), &bytes);
    }
    let run = stored.run(&["verify", "--json", &stored.store.url("")]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json()["files"], 2);
}
