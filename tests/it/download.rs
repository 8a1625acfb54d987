//! `download` where all is well: what is on disk, what is asked for, what is said.

mod links;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::backup::Backup;
use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::files_under;
use crate::support::tools::needs;
use crate::support::zoho::rules::Framing;
use crate::support::zoho::{Role, Zoho};

fn six() -> Zoho {
    Zoho::start().with_backup(Backup::six())
}

fn manifest(zoho: &Zoho) -> Value {
    let text = zoho.saved_bytes("manifest.json").expect("there is one");
    serde_json::from_slice(&text).expect("it is JSON")
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("it is there").permissions().mode() & 0o777
}

#[test]
fn every_file_comes_home_byte_for_byte_and_nothing_else_stays() {
    let zoho = six();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    for (name, content) in &Backup::six().files {
        assert_eq!(zoho.saved_bytes(name), Some(content.to_vec()), "{name}");
    }
    let mut expected: Vec<String> = Backup::six()
        .files
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    expected.extend(["SHA256SUMS".into(), "manifest.json".into()]);
    expected.sort();
    assert_eq!(files_under(&zoho.saved()), expected);
    assert_eq!(run.stdout, "", "stdout is for data");
}

#[test]
fn other_programs_agree_with_what_is_saved() {
    needs!(Program("sha256sum"), Program("unzip"));
    let zoho = six();
    assert_eq!(zoho.download([]).code, 0);
    let sums = Command::new("sha256sum")
        .args(["--strict", "-c", "SHA256SUMS"])
        .current_dir(zoho.saved())
        .output();
    let sums = sums.expect("sha256sum is there");
    assert!(sums.status.success(), "{sums:?}");
    // The manifest as well.
    assert_eq!(String::from_utf8_lossy(&sums.stdout).lines().count(), 7);
    for (name, _) in &Backup::six().files {
        let mut unzip = Command::new("unzip");
        unzip.args(["-tq", name]).current_dir(zoho.saved());
        let tested = unzip.output().expect("unzip is there");
        assert!(tested.status.success(), "{name}: {tested:?}");
    }
}

#[test]
fn folders_and_files_are_private_whatever_the_umask() {
    for umask in ["000", "777"] {
        let zoho = six();
        let cli = zoho.cli().after(&format!("umask {umask}"));
        let run = cli.run(["download", "--out", "out"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(mode(&zoho.home().join("out")), 0o700);
        for name in files_under(zoho.home()) {
            let path = zoho.home().join(&name);
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), expected, "{name} with umask {umask}");
        }
    }
}

#[test]
fn the_manifest_has_the_agreed_shape() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    assert_eq!(zoho.download([]).code, 0);
    let mut manifest = manifest(&zoho);
    let file = manifest["files"][0].take();
    let rules = zoho.rules();
    assert_eq!(manifest["schema"], 1);
    assert_eq!(
        manifest["tool"],
        concat!("backup-fetch ", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        (&manifest["org"], &manifest["job"]),
        (&json!(rules.org), &json!(rules.job))
    );
    assert_eq!(manifest["state"], "complete");
    for date in ["expiry_date", "started_at", "finished_at"] {
        assert!(manifest[date].is_string(), "{date}");
    }
    assert_eq!(
        (&file["name"], &file["kind"]),
        (&json!("Data_001.zip"), &json!("data"))
    );
    assert_eq!(file["url"], zoho.link("Data_001.zip").as_str());
    assert_eq!(
        (&file["state"], &file["size"]),
        (
            &json!("verified"),
            &json!(zoho.bytes_of("Data_001.zip").len())
        )
    );
    assert_eq!(file["sha256"].as_str().map(str::len), Some(64));
    assert!(file["etag"].is_string() && file["entries"].is_number());
}

#[test]
fn a_second_run_asks_for_the_list_and_for_nothing_else() {
    let zoho = six();
    assert_eq!(zoho.download([]).code, 0);
    let before = zoho.requests().len();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let after = &zoho.requests()[before..];
    assert_eq!(after.len(), 1, "{run}");
    assert_eq!(after[0].role, Role::Api);
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
}

#[test]
fn no_backup_and_expired_links_create_nothing() {
    let none = Zoho::start();
    let run = none.download([]);
    assert_eq!((run.code, run.stderr.lines().count()), (0, 1), "{run}");
    assert!(!none.home().join("out").exists());
    let dead = six().expired();
    let run = dead.download([]);
    assert_eq!(run.code, 3, "{run}");
    assert!(dead.requests_to(Role::Downloads).is_empty());
    assert!(!dead.home().join("out").exists());
}

#[test]
fn expired_links_are_tried_when_told_so() {
    let zoho = six().expired();
    let run = zoho.download(["--ignore-expiry"]);
    assert!(!zoho.requests_to(Role::Downloads).is_empty(), "{run}");
    assert!(run.stderr.contains("warning: the links expired"), "{run}");
    assert_eq!(run.code, 3, "{run}");
}

#[test]
fn a_selection_is_saved_and_a_later_run_completes_the_set() {
    let zoho = six();
    let data = zoho.download(["--only", "data"]);
    assert_eq!(data.code, 0, "{data}");
    assert_eq!(manifest(&zoho)["state"], "incomplete");
    let first = zoho.download(["--match", "Attachments_*1.zip"]);
    assert_eq!(first.code, 0, "{first}");
    assert!(
        zoho.saved_bytes("Attachments_001.zip").is_some()
            && zoho.saved_bytes("Attachments_002.zip").is_none()
    );
    let rest = zoho.download([]);
    assert_eq!(rest.code, 0, "{rest}");
    assert_eq!(manifest(&zoho)["state"], "complete");
    assert_eq!(
        zoho.requests_for("Data_001.zip").len(),
        1,
        "nothing is fetched twice"
    );
}

#[test]
fn a_selection_of_nothing_is_wrong_usage() {
    let zoho = six();
    let run = zoho.download(["--match", "Dta_*"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("Data_001.zip"),
        "the hint shows the names: {run}"
    );
    assert!(!zoho.home().join("out").exists());
}

#[test]
fn a_dry_run_names_what_is_missing_and_creates_nothing() {
    let zoho = six();
    let run = zoho.download(["--dry-run"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 6), "{run}");
    assert!(!zoho.home().join("out").exists());
    assert_eq!(zoho.download(["--only", "data"]).code, 0);
    let run = zoho.download(["--dry-run"]);
    assert_eq!(run.stdout.lines().count(), 4, "{run}");
    assert!(
        zoho.ranges_asked("Attachments_001.zip")
            .iter()
            .all(|range| range.as_deref() == Some("bytes=0-0")),
        "{run}"
    );
}

#[test]
fn no_more_requests_are_under_way_than_jobs() {
    for jobs in [1, 3] {
        let zoho = six().with_file("Data_009.zip", Content::stored_zip(9, 20 << 20));
        let run = zoho.download(["--jobs", &jobs.to_string()]);
        assert_eq!(run.code, 0, "{run}");
        let peak = zoho.peak_requests(Role::Downloads);
        assert!(
            (1..=jobs).contains(&peak),
            "{peak} requests with --jobs {jobs}"
        );
    }
}

/// Three slow files, one for each of three connections.
#[test]
fn as_many_requests_are_under_way_as_jobs() {
    let mut zoho = Zoho::start();
    for index in 0..6 {
        zoho = zoho.with_file(&format!("Data_{index:03}.zip"), small_zip(index, 3000));
    }
    let slow = |name: &str| zoho.fault_for(name, Fault::Delay(Duration::from_millis(500)));
    (1..4).for_each(|index| slow(&format!("Data_{index:03}.zip")));
    let run = zoho.download(["--jobs", "3"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.peak_requests(Role::Downloads), 3);
}

#[test]
fn a_body_whose_length_is_not_told_comes_home_too() {
    for framing in [Framing::Chunked, Framing::UntilClose] {
        let zoho = six().with(|rules| rules.framing = framing);
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{framing:?}: {run}");
        assert_eq!(
            zoho.saved_bytes("Data_001.zip"),
            Some(zoho.bytes_of("Data_001.zip"))
        );
    }
}

fn one() -> Zoho {
    Zoho::start().with_file("Data_001.zip", small_zip(1, 1000))
}

#[test]
fn what_was_not_selected_stands_in_the_manifest_as_missing() {
    let zoho = six();
    assert_eq!(zoho.download(["--only", "attachments"]).code, 0);
    let manifest = manifest(&zoho);
    for file in manifest["files"].as_array().expect("a list") {
        let expected = if file["kind"] == "data" {
            "missing"
        } else {
            "verified"
        };
        assert_eq!(file["state"], expected, "{file}");
        assert_eq!(file["size"].is_null(), expected == "missing", "{file}");
    }
    assert_eq!(manifest["finished_at"], Value::Null);
}

#[test]
fn a_second_run_writes_nothing() {
    let zoho = six();
    assert_eq!(zoho.download([]).code, 0);
    let look = || {
        let names = files_under(&zoho.saved()).into_iter();
        let found = names.map(|name| zoho.saved().join(name).metadata().expect("it is there"));
        found
            .map(|file| (file.ino(), file.mtime_nsec()))
            .collect::<Vec<_>>()
    };
    let before = look();
    assert_eq!(before.len(), 8);
    assert_eq!(zoho.download([]).code, 0);
    assert_eq!(look(), before);
}

#[test]
fn folders_that_are_made_on_the_way_are_private_and_the_others_stay_as_they_are() {
    let zoho = one();
    let shared = zoho.home().join("shared");
    fs::create_dir(&shared).expect("it is ours");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let run = zoho.run(["download", "--out", "shared/a/b"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(mode(&shared), 0o755);
    assert_eq!(
        (mode(&shared.join("a")), mode(&shared.join("a/b"))),
        (0o700, 0o700)
    );
}
