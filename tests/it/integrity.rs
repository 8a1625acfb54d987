//! Corrupt files, and replies that are no files.

use std::path::Path;

use serde_json::Value;

use crate::support::backup::Backup;
use crate::support::faults::Fault;
use crate::support::run::files_under;
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";

fn six() -> Zoho {
    Zoho::start().with_backup(Backup::six())
}

fn state(zoho: &Zoho, name: &str) -> (Value, Value) {
    let text = zoho.saved_bytes("manifest.json").expect("there is one");
    let manifest: Value = serde_json::from_slice(&text).expect("it is JSON");
    let files = manifest["files"].as_array().expect("a list");
    let file = files
        .iter()
        .find(|file| file["name"] == name)
        .expect("it is listed");
    (manifest["state"].clone(), file["state"].clone())
}

#[test]
fn a_byte_that_is_wrong_once_is_mended_by_a_second_fetch_from_zero() {
    let length = six().bytes_of(DATA).len() as u64;
    for at in [0, 20, length / 2, length - 20, length - 1] {
        let zoho = six();
        zoho.fault_for(DATA, Fault::CorruptByte(at));
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "byte {at}: {run}");
        assert_eq!(
            zoho.saved_bytes(DATA),
            Some(zoho.bytes_of(DATA)),
            "byte {at}"
        );
        assert!(run.stderr.contains("corrupt"), "byte {at}: {run}");
        assert_eq!(
            zoho.ranges_asked(DATA),
            [None, None],
            "byte {at}: from zero"
        );
    }
}

#[test]
fn one_that_stays_corrupt_is_kept_apart_and_the_others_are_saved() {
    let zoho = six();
    zoho.always_for(DATA, Fault::CorruptByte(100));
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(zoho.requests_for(DATA).len(), 2, "fetched twice, no more");
    assert_eq!(zoho.saved_bytes(DATA), None);
    assert!(zoho.saved_bytes("Data_001.zip.corrupt").is_some(), "{run}");
    assert_eq!(state(&zoho, DATA), ("incomplete".into(), "corrupt".into()));
    let saved = files_under(&zoho.saved())
        .iter()
        .filter(|name| name.ends_with("zip"))
        .count();
    assert_eq!(saved, 5, "{run}");
    zoho.clear_faults();
    let mended = zoho.download([]);
    assert_eq!(mended.code, 0, "{mended}");
    assert_eq!(state(&zoho, DATA), ("complete".into(), "verified".into()));
    assert_eq!(zoho.requests_for("Data_002.zip").len(), 1);
}

#[test]
fn what_is_no_zip_never_gets_the_name_of_one() {
    for fault in [
        Fault::Html200("<html><head><title>Sign in</title></head></html>".into()),
        Fault::Json200(r#"{"code":"RESOURCE_NOT_FOUND","message":"gone","status":"error"}"#.into()),
        Fault::Garbage,
        Fault::WrongLength(-100),
        Fault::Status(
            200,
            vec![("Content-Type".into(), "application/octet-stream".into())],
            br#"{"code":"INTERNAL_ERROR"}"#.to_vec(),
        ),
        Fault::Status(200, Vec::new(), b"\n<html>".to_vec()),
        Fault::Status(200, Vec::new(), Vec::new()),
    ] {
        let zoho = six();
        zoho.always_for(DATA, fault.clone());
        let run = zoho.download(["--retries", "1"]);
        assert!(matches!(run.code, 5 | 6), "{fault:?}: {run}");
        assert!(
            !Path::new(&zoho.saved().join(DATA)).exists(),
            "{fault:?}: {run}"
        );
        assert!(
            run.stderr.contains(DATA) && run.stderr.contains("hint: "),
            "{fault:?}: {run}"
        );
        assert_ne!(state(&zoho, DATA).0, "complete");
    }
}

#[test]
fn an_error_page_is_named_by_its_title() {
    let zoho = six();
    zoho.always_for(
        DATA,
        Fault::Html200("<html><title>Down for \u{1b}[31mmaintenance</title>".into()),
    );
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("an HTML page came in the place of a zip (HTTP 200): \"Down for \\u{1b}[31mmaintenance\""), "{run}");
}
