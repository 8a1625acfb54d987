//! Corrupt files, and replies that are no files.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::support::backup::Backup;
use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{files_under, wait_until};
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";

fn six() -> Zoho {
    Zoho::start().with_backup(Backup::six())
}

/// Where the directory of a zip begins, as its last 22 bytes tell.
fn directory_of(zip: &[u8]) -> u64 {
    let end = zip.len() - 22;
    assert!(zip[end..].starts_with(b"PK\x05\x06"));
    let field: [u8; 4] = zip[end + 16..end + 20].try_into().expect("four bytes");
    match u32::from_le_bytes(field) {
        // One of the entries is a zip64 one; then the place stands 42 bytes before, in eight bytes.
        u32::MAX => {
            let field: [u8; 8] = zip[end - 28..end - 20].try_into().expect("eight bytes");
            u64::from_le_bytes(field)
        }
        place => place.into(),
    }
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
    let bytes = six().bytes_of(DATA);
    let (length, directory) = (bytes.len() as u64, directory_of(&bytes));
    for at in [
        0,
        20,
        length / 2,
        directory,
        directory + 16,
        length - 20,
        length - 1,
    ] {
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
fn the_second_fetch_of_a_corrupt_file_goes_on_where_the_line_breaks() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
    zoho.fault_for(DATA, Fault::CorruptByte(1000));
    zoho.always_for(DATA, Fault::CutAfter(1500));
    let run = zoho.download(["--retries", "2", "--retry-wait", "1ms"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("corrupt"), "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
}

#[test]
fn one_that_stays_corrupt_is_kept_apart_and_the_others_are_saved() {
    let zoho = six();
    zoho.always_for(DATA, Fault::CorruptByte(100));
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(zoho.requests_for(DATA).len(), 2, "fetched twice, no more");
    assert!(
        run.stderr.contains("two fetches brought the same bytes"),
        "{run}"
    );
    assert_eq!(zoho.saved_bytes(DATA), None);
    let kept = zoho
        .saved_bytes("Data_001.zip.corrupt")
        .expect("it is kept");
    assert_eq!(state(&zoho, DATA), ("incomplete".into(), "corrupt".into()));
    let entry = entry(&zoho, DATA);
    assert_eq!(entry["size"], kept.len());
    assert!(
        entry["reason"].is_string() && entry["sha256"].is_string(),
        "{entry}"
    );
    let saved = files_under(&zoho.saved())
        .iter()
        .filter(|name| name.ends_with("zip"))
        .count();
    assert_eq!(saved, 5, "{run}");
    zoho.clear_faults();
    let mended = zoho.download(["--refetch"]);
    assert_eq!(mended.code, 0, "{mended}");
    assert_eq!(state(&zoho, DATA), ("complete".into(), "verified".into()));
    assert_eq!(zoho.requests_for("Data_002.zip").len(), 1);
    assert_eq!(
        zoho.saved_bytes("Data_001.zip.corrupt"),
        None,
        "it is stale"
    );
}

#[test]
fn a_corrupt_file_is_not_fetched_again_while_zoho_has_the_same() {
    let zoho = one(with_wrong_crc());
    assert_eq!(zoho.download([]).code, 6);
    let before = zoho.requests_for(DATA).len();
    let again = zoho.download([]);
    assert_eq!(again.code, 6, "{again}");
    assert!(again.stderr.contains("not fetched again"), "{again}");
    assert!(again.stderr.contains("--refetch"), "{again}");
    assert_eq!(zoho.requests_for(DATA).len(), before + 1, "a look: {again}");
    assert_eq!(
        zoho.ranges_asked(DATA).pop(),
        Some(Some("bytes=0-0".into()))
    );
    let refetched = zoho.download(["--refetch"]);
    assert_eq!(refetched.code, 6, "{refetched}");
    assert_eq!(
        zoho.requests_for(DATA).len(),
        before + 2,
        "the same bytes as in an earlier run: {refetched}"
    );
}

fn entry(zoho: &Zoho, name: &str) -> Value {
    let text = zoho.saved_bytes("manifest.json").expect("there is one");
    let manifest: Value = serde_json::from_slice(&text).expect("it is JSON");
    let files = manifest["files"].as_array().expect("a list");
    let found = files.iter().find(|file| file["name"] == name);
    found.expect("it is listed").clone()
}

/// Whole in its structure, but of other bytes than its checksum says.
fn with_wrong_crc() -> Vec<u8> {
    let mut zip = small_zip(1, 3000);
    in_both_headers(&mut zip, 14, |crc| crc[0] ^= 1);
    zip
}

fn encrypted() -> Vec<u8> {
    let mut zip = small_zip(1, 3000);
    in_both_headers(&mut zip, 6, |flags| flags[0] |= 1);
    zip
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

fn one(bytes: Vec<u8>) -> Zoho {
    Zoho::start().with_file(DATA, bytes)
}

/// What an entry's flag of encryption, and its name, are in the header and in the directory of `small_zip`.
fn in_both_headers(zip: &mut [u8], at: usize, change: impl Fn(&mut [u8])) {
    let directory = usize::try_from(directory_of(zip)).expect("it is small");
    // The directory has two bytes more before the fields that both have, and 14 more after them before the name.
    change(&mut zip[at..]);
    let there = directory + if at < 30 { at + 2 } else { at + 16 };
    change(&mut zip[there..]);
}

#[test]
fn a_zip_that_ends_early_at_the_length_it_was_announced_with_is_corrupt() {
    let whole = small_zip(1, 3000);
    let zoho = one(whole[..whole.len() - 30].to_vec());
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(zoho.requests_for(DATA).len(), 2, "fetched twice, no more");
    assert!(zoho.saved_bytes("Data_001.zip.corrupt").is_some(), "{run}");
}

#[test]
fn what_cannot_be_verified_is_kept_apart_and_never_called_corrupt() {
    let zoho = one(encrypted());
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains("encrypted"), "{run}");
    assert!(!run.stderr.contains("corrupt"), "{run}");
    assert!(
        !run.stderr.contains("new backup"),
        "it would not help: {run}"
    );
    assert_eq!(
        zoho.requests_for(DATA).len(),
        1,
        "a second fetch would not, either"
    );
    assert_eq!(zoho.saved_bytes(DATA), None);
    assert_eq!(
        zoho.saved_bytes("Data_001.zip.unverified"),
        Some(encrypted())
    );
    assert_eq!(
        state(&zoho, DATA),
        ("incomplete".into(), "unverified".into())
    );
    let again = zoho.download(["--json"]);
    assert_eq!(again.code, 6, "{again}");
    assert!(again.stderr.contains("not fetched again"), "{again}");
    let summary = again.json_lines().pop().expect("a summary");
    assert_eq!(summary["files"]["unverified"], 1, "{again}");
}

#[test]
fn with_allow_unverified_it_is_saved_as_it_is_and_stays_saved() {
    let zoho = one(encrypted());
    let run = zoho.download(["--allow-unverified"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("warning: "), "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(encrypted()));
    assert_eq!(state(&zoho, DATA), ("complete".into(), "unverified".into()));
    let sums = zoho.saved_bytes("SHA256SUMS").expect("there is one");
    assert!(String::from_utf8_lossy(&sums).contains(DATA));
    let fetched = zoho.requests_for(DATA).len();
    let again = zoho.download([]);
    assert_eq!(again.code, 0, "it was accepted: {again}");
    let told = "nothing to do: 1 file is already there, accepted with --allow-unverified";
    assert!(again.stderr.contains(told), "{again}");
    assert_eq!(zoho.requests_for(DATA).len(), fetched, "{again}");
}

#[test]
fn what_was_kept_unverified_is_accepted_later_without_a_fetch() {
    let zoho = one(encrypted());
    assert_eq!(zoho.download([]).code, 6);
    let fetched = zoho.requests_for(DATA).len();
    let run = zoho.download(["--allow-unverified"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.requests_for(DATA).len(), fetched, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(encrypted()));
    assert_eq!(zoho.saved_bytes("Data_001.zip.unverified"), None);
    assert_eq!(state(&zoho, DATA), ("complete".into(), "unverified".into()));
}

#[test]
fn what_was_kept_unverified_outlives_a_corrupt_one_that_comes_later() {
    let zoho = one(encrypted());
    assert_eq!(zoho.download([]).code, 6);
    zoho.store(DATA, with_wrong_crc());
    let run = zoho.download(["--refetch"]);
    assert_eq!(run.code, 6, "{run}");
    for (kept, bytes) in [
        ("Data_001.zip.unverified", encrypted()),
        ("Data_001.zip.corrupt", with_wrong_crc()),
    ] {
        assert!(zoho.saved_bytes(kept) == Some(bytes), "{kept}: {run}");
    }
}

#[test]
fn what_was_accepted_stays_so_when_the_manifest_is_made_anew() {
    let zoho = one(encrypted());
    assert_eq!(zoho.download(["--allow-unverified"]).code, 0);
    let fetched = zoho.requests_for(DATA).len();
    std::fs::write(zoho.saved().join("manifest.json"), "").expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.saved_bytes(DATA) == Some(encrypted()), "{run}");
    assert_eq!(state(&zoho, DATA), ("complete".into(), "unverified".into()));
    assert_eq!(
        zoho.requests_for(DATA).len(),
        fetched + 1,
        "the byte of a probe: {run}"
    );
}

#[test]
fn an_odd_zip_that_is_sound_is_saved_with_a_warning() {
    let odd = [small_zip(1, 3000).as_slice(), b"\r\n"].concat();
    let zoho = one(odd.clone());
    let run = zoho.download(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(odd));
    assert_eq!(zoho.requests_for(DATA).len(), 1, "{run}");
    let warned = run.json_lines();
    let warned = warned
        .iter()
        .any(|line| line["event"] == "warning" && line["name"] == DATA);
    assert!(warned, "{run}");
    assert!(entry(&zoho, DATA)["warnings"][0].is_string());
}

#[test]
fn a_zip_is_a_zip_whatever_its_type_says() {
    for kind in ["text/plain", "text/html; charset=utf-8", "application/json"] {
        let zip = small_zip(1, 3000);
        let zoho = one(zip.clone());
        let headers = vec![("Content-Type".into(), kind.into())];
        zoho.always_for(DATA, Fault::Status(200, headers, zip.clone()));
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{kind}: {run}");
        assert_eq!(zoho.saved_bytes(DATA), Some(zip), "{kind}");
    }
}

#[test]
fn a_strange_name_of_an_entry_is_a_warning_that_is_safe_to_print() {
    let mut zip = small_zip(1, 3000);
    in_both_headers(&mut zip, 30, |name| name[..6].copy_from_slice(b"../\x1b[m"));
    let zoho = one(zip);
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "nothing is unpacked: {run}");
    assert!(run.stderr.contains("warning: Data_001.zip"), "{run}");
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
}

#[test]
fn a_byte_that_is_wrong_in_a_later_piece_is_mended_in_one_stream_from_zero() {
    let zoho = Zoho::start().with_file(DATA, Content::stored_zip(1, 20 << 20));
    // The first reply is left before it gets that far.
    zoho.fault_for(DATA, Fault::Delay(Duration::ZERO));
    zoho.fault_for(DATA, Fault::CorruptByte(18 << 20));
    let run = zoho.download(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    let asked = zoho.ranges_asked(DATA);
    assert_eq!(asked.last(), Some(&None), "{asked:?}");
    let fetched = run
        .json_lines()
        .pop()
        .and_then(|line| line["fetched_bytes"].as_u64());
    assert!(fetched >= Some(40 << 20), "both fetches count: {run}");
}

#[test]
fn corrupt_is_more_serious_than_what_the_other_files_end_with() {
    let zoho = six();
    zoho.always_for(DATA, Fault::CorruptByte(100));
    zoho.always_for("Data_002.zip", Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.download([]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(state(&zoho, "Data_002.zip").1, "missing");
    let errors = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "));
    let errors: Vec<_> = errors.collect();
    for name in [DATA, "Data_002.zip"] {
        assert!(errors.iter().any(|error| error.contains(name)), "{run}");
    }
}

#[test]
fn each_reply_that_is_no_file_has_its_exit_code() {
    let page = "<html><title>Sign in</title></html>".to_owned();
    let error = r#"{"code":"INTERNAL_ERROR","message":"x","status":"error"}"#.to_owned();
    for (fault, code) in [
        (Fault::Html200(page), 5),
        (Fault::Json200(error), 5),
        (Fault::Garbage, 6),
        (Fault::Status(200, Vec::new(), Vec::new()), 6),
        (Fault::WrongLength(-100), 6),
    ] {
        let zoho = one(small_zip(1, 3000));
        zoho.always_for(DATA, fault.clone());
        let run = zoho.download(["--retries", "1"]);
        assert_eq!(run.code, code, "{fault:?}: {run}");
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
    assert!(
        run.stderr.contains(
            "HTTP 200, an HTML page instead of a zip: \"Down for \\u{1b}[31mmaintenance\""
        ),
        "{run}"
    );
}

#[test]
fn files_that_hang_keep_nobody_from_verifying_another() {
    // As many as verify at once, and one less than the most connections.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let hanging = cores.min(63);
    let name = |number: usize| format!("Data_{number:03}.zip");
    let mut zoho = Zoho::start();
    for number in 1..=hanging + 1 {
        zoho = zoho.with_file(&name(number), small_zip(number as u64, 200_000));
    }
    // It comes when all others have begun.
    zoho.fault_for(&name(1), Fault::Delay(Duration::from_millis(300)));
    for number in 2..=hanging + 1 {
        // So many bytes are written at once when no more come.
        zoho.fault_for(&name(number), Fault::StallAfter(100_000));
    }
    let jobs = (hanging + 1).to_string();
    let mut running = zoho
        .cli()
        .spawn(["download", "--out", "out", "--jobs", &jobs]);
    wait_until("the one that is whole is verified", || {
        zoho.saved().join(name(1)).exists()
    });
    running.kill();
    running.wait();
}
