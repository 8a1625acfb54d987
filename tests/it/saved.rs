//! What is on disk already, ours and not ours: nothing verified is ever overwritten, nothing foreign is touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

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
    refused(&run, 7, "a file that is not ours stands in the way");
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
    for name in [
        DATA,
        ".Data_001.zip.part",
        ".Data_001.zip.journal",
        "manifest.json",
        "SHA256SUMS",
    ] {
        let (zoho, folder) = with_folder();
        let target = zoho.home().join("target");
        fs::write(&target, "{}").expect("it is ours");
        symlink(&target, folder.join(name)).expect("it is ours");
        let run = zoho.download([]);
        refused(&run, 7, "a symbolic link stands in the way");
        assert_eq!(
            fs::read_to_string(&target).ok().as_deref(),
            Some("{}"),
            "{name}"
        );
    }
    let zoho = zoho();
    fs::create_dir_all(zoho.home().join("out")).expect("it is ours");
    symlink(zoho.home(), zoho.saved()).expect("it is ours");
    refused(&zoho.download([]), 7, "a symbolic link stands in the way");
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

/// A crash between the rename and the manifest leaves a final name with its journal beside it.
#[test]
fn a_file_that_a_crash_left_unrecorded_is_verified_and_taken_in() {
    let (zoho, folder) = with_folder();
    fs::write(folder.join(DATA), zoho.bytes_of(DATA)).expect("it is ours");
    fs::write(folder.join(".Data_001.zip.journal"), "").expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.requests_for(DATA).is_empty(), "{run}");
    assert!(!folder.join(".Data_001.zip.journal").exists());
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
    assert_eq!(zoho.saved_bytes(DATA), Some(bytes));
}

#[test]
fn a_manifest_that_can_not_be_used_stops_everything() {
    for (text, code) in [("{\"schema\": 1", 6), ("{\"schema\": 2}", 2)] {
        let (zoho, folder) = with_folder();
        fs::write(folder.join("manifest.json"), text).expect("it is ours");
        refused(&zoho.download([]), code, "manifest.json: ");
        assert_eq!(
            fs::read_to_string(folder.join("manifest.json"))
                .ok()
                .as_deref(),
            Some(text)
        );
        assert!(zoho.requests_to(Role::Downloads).is_empty());
    }
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
    assert_eq!(sums.lines().count(), 3, "{sums}");
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
        let (zoho, folder) = with_folder();
        fs::write(folder.join(".Data_001.zip.part"), [b'x'; 20]).expect("it is ours");
        fs::write(folder.join(".Data_001.zip.journal"), &journal).expect("it is ours");
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{journal}: {run}");
        assert!(
            run.stderr
                .contains("what an earlier run left of it is not used"),
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
    assert_eq!(zoho.download([]).code, 0, "the lock went with the process");
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let zoho = zoho();
    fs::write(zoho.home().join("out"), "a file").expect("it is ours");
    refused(&zoho.download([]), 7, "out");
}

#[test]
fn a_full_disk_ends_with_seven_and_more_room_lets_the_same_command_finish() {
    let zoho =
        Zoho::start().with_file(DATA, crate::support::bytes::Content::stored_zip(1, 6 << 20));
    let out = zoho.home().join("out");
    fs::create_dir(&out).expect("it is ours");
    let mount = |options: &str| {
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&out)
            .status();
        status.is_ok_and(|status| status.success())
    };
    if !mount("size=3m") {
        println!("skipped: no right to mount a small file system");
        return;
    }
    let run = zoho.download([]);
    let more = mount("remount,size=30m");
    let again = zoho.download([]);
    let saved = zoho.saved_bytes(DATA);
    let _ = Command::new("umount").arg(&out).status();
    refused(&run, 7, "free");
    assert!(more && again.code == 0, "{again}");
    assert_eq!(saved, Some(zoho.bytes_of(DATA)));
}
