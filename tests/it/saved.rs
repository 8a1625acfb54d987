//! What is on disk already, ours and not ours: nothing verified is ever overwritten, nothing foreign is touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::support::bytes::{Content, small_zip};
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::Run;
use crate::support::tools::needs;
use crate::support::zoho::rules::Framing;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

/// Every name under which a run saves, seen from the folder of the set.
const NAMES: [&str; 6] = [
    DATA,
    ".Data_001.zip.part",
    ".Data_001.zip.journal",
    "manifest.json",
    "SHA256SUMS",
    "../.backup-fetch.lock",
];

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file("Data_002.zip", small_zip(2, 3000))
}

/// With the folder of the set made, and nothing in it.
fn with_folder() -> (Zoho, PathBuf) {
    let zoho = zoho();
    let folder = zoho.saved();
    fs::create_dir_all(&folder).expect("it is ours");
    (zoho, folder)
}

fn refused(run: &Run, code: i32, what: &str) {
    assert_eq!(run.code, code, "{run}");
    assert!(
        run.stderr.contains(what) && run.stderr.contains("hint: "),
        "{run}"
    );
}

#[test]
fn a_file_that_is_not_ours_is_named_and_left_alone() {
    let (zoho, folder) = with_folder();
    fs::write(folder.join(DATA), "mine").expect("it is ours");
    let run = zoho.download([]);
    refused(
        &run,
        7,
        "Data_001.zip: a file that backup-fetch did not write is in the way",
    );
    assert_eq!(
        fs::read(folder.join(DATA)).ok().as_deref(),
        Some(b"mine".as_slice())
    );
    assert!(
        zoho.requests_to(Role::Downloads).is_empty(),
        "nothing is fetched before that"
    );
}

#[test]
fn symbolic_links_under_every_name_we_would_write_are_refused_and_not_followed() {
    for name in NAMES
        .into_iter()
        .chain([".manifest.json.new", ".SHA256SUMS.new"])
    {
        let (zoho, folder) = with_folder();
        let target = zoho.home().join("target");
        fs::write(&target, "{}").expect("it is ours");
        symlink(&target, folder.join(name)).expect("it is ours");
        let run = zoho.download([]);
        refused(&run, 7, "a symbolic link is in the way");
        assert_eq!(
            fs::read_to_string(&target).ok().as_deref(),
            Some("{}"),
            "{name}"
        );
    }
    let zoho = zoho();
    fs::create_dir_all(zoho.home().join("out")).expect("it is ours");
    symlink(zoho.home(), zoho.saved()).expect("it is ours");
    refused(&zoho.download([]), 7, "a symbolic link is in the way");
}

/// Opening a pipe waits for who writes to it: it must be seen before it is opened.
#[test]
fn what_is_no_file_stands_in_the_way_under_every_name_and_nothing_waits_for_it() {
    for name in NAMES {
        for make in ["mkfifo", "mkdir"] {
            let (zoho, folder) = with_folder();
            let made = Command::new(make).arg(folder.join(name)).status();
            assert!(made.is_ok_and(|status| status.success()));
            let run = zoho.download([]);
            assert_eq!(run.code, 7, "{make} {name}: {run}");
            assert!(
                run.stderr.contains(name.trim_start_matches("../")),
                "{make} {name}: {run}"
            );
        }
    }
}

#[test]
fn a_file_in_the_place_of_the_folder_of_the_set_is_left_alone() {
    let zoho = zoho();
    fs::create_dir_all(zoho.home().join("out")).expect("it is ours");
    fs::write(zoho.saved(), "mine").expect("it is ours");
    refused(
        &zoho.download([]),
        7,
        "something that is not a folder is in the way",
    );
    assert_eq!(
        fs::read(zoho.saved()).ok().as_deref(),
        Some(b"mine".as_slice())
    );
}

#[test]
fn a_link_in_the_place_for_a_corrupt_file_is_not_followed() {
    let (zoho, folder) = with_folder();
    let target = zoho.home().join("target");
    fs::write(&target, "mine").expect("it is ours");
    symlink(&target, folder.join("Data_001.zip.corrupt")).expect("it is ours");
    zoho.always_for(DATA, crate::support::faults::Fault::CorruptByte(100));
    refused(&zoho.download([]), 7, "a symbolic link is in the way");
    assert_eq!(fs::read(&target).ok().as_deref(), Some(b"mine".as_slice()));
}

#[test]
fn keys_of_the_manifest_that_are_not_known_are_ignored() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    let path = zoho.saved().join("manifest.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let text = text
        .replacen('{', "{\"mood\": [1, {}],", 1)
        .replace("\"name\":", "\"colour\": null, \"name\":");
    fs::write(&path, text).expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        zoho.requests_to(Role::Downloads).len(),
        2,
        "nothing is fetched again: {run}"
    );
}

#[test]
fn a_file_that_vanished_from_the_list_before_it_was_saved_is_never_green() {
    let zoho = zoho();
    assert_eq!(zoho.download(["--match", "*2.zip"]).code, 0);
    let link = zoho.link("Data_002.zip");
    let expiry = zoho
        .rules()
        .expiry
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
    let body = serde_json::json!({"urls": {"data_links": [link], "expiry_date": expiry}});
    zoho.urls_reply(200, "application/json", body.to_string());
    let run = zoho.download([]);
    refused(
        &run,
        3,
        "error: Data_001.zip: the file is not on Zoho's list any more",
    );
    let manifest = zoho.saved_bytes("manifest.json").unwrap_or_default();
    assert!(String::from_utf8_lossy(&manifest).contains("\"incomplete\""));
}

#[test]
fn a_saved_file_that_was_changed_is_refused_and_one_that_was_deleted_is_fetched_again() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    fs::write(zoho.saved().join(DATA), "changed").expect("it is ours");
    refused(&zoho.download([]), 6, "is not what the manifest says");
    assert_eq!(
        zoho.saved_bytes(DATA).as_deref(),
        Some(b"changed".as_slice())
    );
    fs::remove_file(zoho.saved().join(DATA)).expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("warning: Data_001.zip"), "{run}");
    assert_eq!(
        zoho.requests_for("Data_002.zip").len(),
        1,
        "the other one is not fetched again"
    );
}

/// Sets the day on which files were verified, as an older run would have noted it.
fn date(zoho: &Zoho, day_of: impl Fn(&str) -> Option<&'static str>) {
    let path = zoho.saved().join("manifest.json");
    let text = fs::read(&path).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    for file in manifest["files"].as_array_mut().expect("a list") {
        let day = day_of(file["name"].as_str().expect("a name"));
        match day {
            Some(day) => file["verified_at"] = format!("{day}T12:00:00Z").into(),
            None => drop(
                file.as_object_mut()
                    .expect("an object")
                    .remove("verified_at"),
            ),
        }
    }
    fs::write(&path, manifest.to_string()).expect("it is ours");
}

#[test]
fn what_was_not_read_again_is_never_called_verified_but_already_there_since_a_date() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    date(&zoho, |name| {
        Some(if name == DATA {
            "2026-03-01"
        } else {
            "2026-03-02"
        })
    });
    let mut bytes = zoho.saved_bytes(DATA).expect("it is there");
    bytes[100] ^= 1;
    fs::write(zoho.saved().join(DATA), bytes).expect("it is ours");
    let words = "2 files are already there, verified on 2026-03-01, in ";
    let again = zoho.download([]);
    assert_eq!(again.code, 0, "{again}");
    assert!(again.stderr.contains(words), "{again}");
    let dry = zoho.download(["--dry-run"]);
    let words = "; 2 files already there, verified on 2026-03-01; nothing was created";
    assert!(dry.stderr.contains(words), "{dry}");
    for more in [&["--json"][..], &["--json", "--dry-run"]] {
        let run = zoho
            .cli()
            .run(["download", "--out", "out"].iter().chain(more));
        let end = &run.events("summary")[0];
        assert_eq!(end["files"]["verified"], 2, "{run}");
        assert_eq!(end["already_verified"], 2, "{run}");
        assert_eq!(end["verified_at"], "2026-03-01T12:00:00Z", "{run}");
    }
}

#[test]
fn the_date_of_a_file_stays_when_others_come_and_the_words_tell_them_apart() {
    let zoho = zoho();
    assert_eq!(zoho.download(["--match", DATA]).code, 0);
    date(&zoho, |name| (name == DATA).then_some("2026-03-01"));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    for words in [
        "fetching 1 file into ",
        " (1 more already there, verified on 2026-03-01)",
        "1 file verified, 1 more already there, verified on 2026-03-01, 6.3 kB, in ",
    ] {
        assert!(run.stderr.contains(words), "{words}: {run}");
    }
    let text = zoho.saved_bytes("manifest.json").expect("it is there");
    let manifest: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    let files = &manifest["files"];
    assert_eq!(files[0]["verified_at"], "2026-03-01T12:00:00Z");
    let fresh = files[1]["verified_at"].as_str().expect("a date");
    let fresh = chrono::DateTime::parse_from_rfc3339(fresh).expect("a date");
    let age = chrono::Utc::now() - fresh.to_utc();
    assert!((0..120).contains(&age.num_seconds()), "{fresh}");
}

#[test]
fn of_an_older_manifest_it_is_the_date_on_which_the_set_was_begun_and_without_one_nothing_is_claimed()
 {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    date(&zoho, |_| None);
    let path = zoho.saved().join("manifest.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    manifest["started_at"] = "2026-03-05T12:00:00Z".into();
    fs::write(&path, manifest.to_string()).expect("it is ours");
    let run = zoho.download([]);
    let words = "2 files are already there, verified on 2026-03-05, in ";
    assert!(run.stderr.contains(words), "{run}");
    manifest["started_at"] = "then".into();
    fs::write(&path, manifest.to_string()).expect("it is ours");
    let run = zoho.download([]);
    assert!(
        run.stderr.contains("2 files are already there, in "),
        "{run}"
    );
    assert!(!run.stderr.contains("verified"), "{run}");
}

/// A crash between the rename and the manifest leaves a final name with its journal beside it, or that of the set.
#[test]
fn a_file_that_a_crash_left_unrecorded_is_verified_and_taken_in() {
    let noted = serde_json::json!({
        "name": DATA, "kind": "data", "url": "https://h/", "state": "verified", "etag": "\"v1\"",
    });
    for (journal, content) in [
        (".Data_001.zip.journal", String::new()),
        (".publishing.journal", format!("{noted}\n{{\"name\":")),
    ] {
        let (zoho, folder) = with_folder();
        fs::write(folder.join(DATA), zoho.bytes_of(DATA)).expect("it is ours");
        fs::write(folder.join(journal), &content).expect("it is ours");
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{journal}: {run}");
        assert!(zoho.requests_for(DATA).is_empty(), "{journal}: {run}");
        assert!(!folder.join(journal).exists(), "{journal}");
        if !content.is_empty() {
            let manifest = zoho.saved_bytes("manifest.json").unwrap();
            let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
            let etag = &manifest["files"][0]["etag"];
            assert_eq!(etag, "\"v1\"", "of the version that it is");
        }
    }
}

/// Nobody can tell to which making of the job it belongs.
#[test]
fn a_file_that_a_crash_left_unrecorded_is_not_mixed_with_a_list_of_another_date() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    let (folder, old) = (zoho.saved(), zoho.bytes_of(DATA));
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    manifest["state"] = "incomplete".into();
    for file in manifest["files"].as_array_mut().expect("it has files") {
        file["state"] = "missing".into();
    }
    fs::remove_file(folder.join("Data_002.zip")).expect("it was saved");
    fs::write(&path, manifest.to_string()).expect("it is ours");
    fs::write(folder.join(".Data_001.zip.journal"), "").expect("it is ours");
    zoho.store(DATA, small_zip(8, 5000));
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(old), "it is left alone");
    let beside = folder.with_extension("2").join(DATA);
    assert_eq!(fs::read(beside).ok(), Some(zoho.bytes_of(DATA)));
}

#[test]
fn an_unrecorded_file_that_is_corrupt_is_not_taken_in() {
    let (zoho, folder) = with_folder();
    let mut bytes = zoho.bytes_of(DATA);
    bytes[50] ^= 1;
    fs::write(folder.join(DATA), &bytes).expect("it is ours");
    fs::write(folder.join(".Data_001.zip.journal"), "").expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains(DATA), "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(bytes));
}

#[test]
fn a_manifest_of_a_later_version_stops_everything() {
    let (zoho, folder) = with_folder();
    let text = "{\"schema\": 2}";
    fs::write(folder.join("manifest.json"), text).expect("it is ours");
    refused(&zoho.download([]), 2, "manifest.json: ");
    let left = fs::read_to_string(folder.join("manifest.json"));
    assert_eq!(left.ok().as_deref(), Some(text));
    assert!(zoho.requests_to(Role::Downloads).is_empty());
}

#[test]
fn a_set_grows_and_names_that_vanished_stay() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    let links = [zoho.link(DATA), zoho.link("Data_003.zip")];
    zoho.store("Data_003.zip", small_zip(3, 3000));
    let expiry = zoho
        .rules()
        .expiry
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
    let body = serde_json::json!({"urls": {"data_links": links, "attachment_links": [], "expiry_date": expiry}});
    zoho.urls_reply(200, "application/json", body.to_string());
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let sums =
        String::from_utf8(zoho.saved_bytes("SHA256SUMS").unwrap_or_default()).unwrap_or_default();
    assert_eq!(
        sums.lines().count(),
        4,
        "three files and the manifest: {sums}"
    );
    assert_eq!(
        zoho.requests_for(DATA)
            .iter()
            .filter(|record| record.status == 200)
            .count(),
        1
    );
}

#[test]
fn a_leftover_that_can_not_be_trusted_starts_over_with_a_word() {
    let header = |name: &str, schema: u32| {
        format!(
            "{{\"schema\":{schema},\"name\":\"{name}\",\"link\":\"x\",\"length\":10,\"validator\":{{\"etag\":null,\"last_modified\":null}},\"boot\":\"\"}}\nw 0 10\ns 999\n"
        )
    };
    for journal in [
        "garbage".to_owned(),
        header("Data_009.zip", 1),
        header(DATA, 2),
        header(DATA, 1),
    ] {
        let zoho = zoho();
        fs::create_dir_all(zoho.staged("")).expect("it is ours");
        fs::write(zoho.staged(".Data_001.zip.part"), [b'x'; 20]).expect("it is ours");
        fs::write(zoho.staged(".Data_001.zip.journal"), &journal).expect("it is ours");
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{journal}: {run}");
        assert!(
            run.stderr
                .contains("the partial file of an earlier run is not used"),
            "{journal}: {run}"
        );
        assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    }
}

#[test]
fn two_runs_in_one_folder_do_not_meet() {
    let zoho = zoho();
    zoho.fault_for(DATA, crate::support::faults::Fault::StallAfter(100));
    let mut first = zoho.cli().spawn(["download", "--out", "out"]);
    crate::support::run::wait_until("the first one fetches", || {
        !zoho.requests_for(DATA).is_empty()
    });
    refused(&zoho.download([]), 8, "another run of backup-fetch");
    first.kill();
    drop(first);
    assert_eq!(zoho.download([]).code, 0, "the lock went with the process");
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let zoho = zoho();
    fs::write(zoho.home().join("out"), "a file").expect("it is ours");
    refused(&zoho.download([]), 7, "out");
}

#[test]
fn a_full_disk_exits_7_and_more_room_lets_the_same_command_finish() {
    needs!(Mount);
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 6 << 20));
    let mount = Mount::new(&zoho, "size=3m");
    refused(&zoho.download([]), 7, "free");
    mount.set("remount,size=30m");
    let again = zoho.download([]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
}

#[test]
fn what_takes_the_place_of_a_part_takes_its_room_too() {
    needs!(Mount);
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 6 << 20));
    let _mount = Mount::new(&zoho, "size=10m");
    zoho.fault_for(DATA, Fault::CutAfter(5 << 20));
    let first = zoho.download(["--jobs", "1", "--retries", "0"]);
    assert_eq!(first.code, 5, "{first}");
    zoho.store(DATA, Content::stored_zip(2, 6 << 20));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
}

#[test]
fn a_full_disk_is_not_kept_full_by_what_was_only_reserved() {
    use std::os::unix::fs::MetadataExt;
    needs!(Mount);
    let zoho = Zoho::start()
        .with_file(DATA, Content::stored_zip(1, 6 << 20))
        .with_file("Data_002.zip", Content::stored_zip(2, 6 << 20));
    let mount = Mount::new(&zoho, "size=10m");
    zoho.fault_for(DATA, Fault::CutAfter(200_000));
    let run = zoho.download(["--jobs", "1", "--retries", "0"]);
    refused(&run, 7, "not enough free space");
    assert!(run.stderr.contains("of 1 file kept"), "{run}");
    let part = fs::metadata(zoho.staged(".Data_001.zip.part")).expect("it is kept");
    assert!(part.blocks() * 512 < 1 << 20, "{} blocks", part.blocks());
    mount.set("remount,size=3m");
    let fetched = |zoho: &Zoho| zoho.requests_for(DATA).len();
    let before = fetched(&zoho);
    let again = zoho.download(["--jobs", "1", "--match", DATA]);
    refused(&again, 7, "not enough free space");
    assert_eq!(fetched(&zoho), before + 1, "told by its first byte");
    mount.set("remount,size=30m");
    assert_eq!(zoho.download([]).code, 0);
}

/// Without a length nothing can be known or reserved before: the disk gets full in the middle of the second file.
#[test]
fn what_was_saved_before_the_disk_got_full_is_kept_and_not_fetched_again() {
    needs!(Mount);
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 2_000_000))
        .with_file("Data_002.zip", small_zip(2, 2_000_000))
        .with(|rules| rules.framing = Framing::Chunked);
    let mount = Mount::new(&zoho, "size=3m");
    refused(
        &zoho.download(["--jobs", "1"]),
        7,
        "Data_002.zip.part: the disk is full",
    );
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    assert_eq!(zoho.saved_bytes("Data_002.zip"), None);
    mount.set("remount,size=30m");
    let again = zoho.download([]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(zoho.requests_for(DATA).len(), 1);
}

#[test]
fn a_file_system_that_is_read_only_is_named() {
    needs!(Mount);
    let zoho = zoho();
    let mount = Mount::new(&zoho, "size=3m");
    mount.set("remount,ro");
    let reason = if is_windows() {
        "Access denied"
    } else {
        "Read-only file system"
    };
    refused(&zoho.download([]), 7, &format!("not writable ({reason}"));
    assert!(zoho.requests_to(Role::Downloads).is_empty());
}
