//! `list --saved`: what is saved in a folder, told without a network, credentials or a configuration file.

use std::fs;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::run::{Cli, Run, folder};
use crate::support::zoho::Zoho;
use crate::usage::{configured, offline, refused, write};

/// A complete set of one file, as a run that ended then left it.
pub fn save(home: &Path, name: &str, finished: DateTime<Utc>) {
    save_with(home, name, finished, &["Data_001.zip"]);
}

/// The same, of which only these of its two files came.
pub fn save_with(home: &Path, name: &str, finished: DateTime<Utc>, came: &[&str]) {
    let (org, job) = name.split_once('-').expect("two ids");
    let at = finished.to_rfc3339_opts(SecondsFormat::Secs, true);
    let is_complete = came.len() == 1;
    let listed: &[&str] = if is_complete {
        came
    } else {
        &["Data_001.zip", "Data_002.zip"]
    };
    let files: Vec<Value> = listed
        .iter()
        .map(|file| {
            let is_here = is_complete || came.contains(file);
            json!({
                "name": file, "kind": "data", "url": format!("https://h/{file}"),
                "state": if is_here { "verified" } else { "missing" },
                "size": is_here.then_some(1500), "sha256": is_here.then(|| "ab".repeat(32)),
                "verified_at": is_here.then_some(&at), "etag": null, "last_modified": null, "entries": 1,
            })
        })
        .collect();
    let manifest = json!({
        "schema": 1, "tool": "backup-fetch 0.1.0", "org": org, "job": job, "expiry_date": null,
        "state": if is_complete { "complete" } else { "incomplete" },
        "started_at": at, "finished_at": is_complete.then_some(&at), "files": files,
    });
    let set = home.join("out").join(name);
    write(
        &set.join("manifest.json").display().to_string(),
        &manifest.to_string(),
        0o600,
    );
    for file in listed {
        fs::write(set.join(file), [0; 1500]).expect("it is ours");
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a date")
}

/// The cells of each line below the head.
fn rows(run: &Run) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let cells = line.split("  ").map(str::trim);
        let cells = cells.filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect()
    };
    run.stdout.lines().skip(1).map(cells).collect()
}

/// Two organisations, and everything that a folder may hold beside complete sets.
fn mixed() -> (tempfile::TempDir, Cli) {
    let home = folder();
    save(home.path(), "200-2", at("2026-11-20T12:00:00Z"));
    save(home.path(), "100-1", at("2026-11-13T12:00:00Z"));
    // One more than came: two are listed, one is there.
    save_with(home.path(), "100-3", at("2026-11-21T12:00:00Z"), &[]);
    let out = home.path().join("out");
    write(
        &out.join("100-4/manifest.json").display().to_string(),
        "{",
        0o600,
    );
    fs::create_dir(out.join("100-5.2")).expect("it is ours");
    fs::create_dir(out.join("lost+found")).expect("it is ours");
    fs::write(out.join("notes.txt"), "mine").expect("it is ours");
    let cli = offline(home.path());
    (home, cli)
}

#[test]
fn the_table_has_every_set_oldest_first_and_what_is_wrong_last() {
    let (_home, cli) = mixed();
    let run = cli.run(["list", "--saved", "out"]);
    assert_eq!(run.code, 0, "{run}");
    let head = run.stdout.lines().next().unwrap_or_default();
    let head: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(
        head,
        [
            "ORGANISATION",
            "DATE",
            "STATE",
            "FILES",
            "SIZE",
            "VERIFIED",
            "FOLDER"
        ]
    );
    let expected = [
        &[
            "100",
            "2026-11-13 12:00",
            "complete",
            "1",
            "1.5 kB",
            "2026-11-13",
            "100-1",
        ][..],
        &[
            "200",
            "2026-11-20 12:00",
            "complete",
            "1",
            "1.5 kB",
            "2026-11-20",
            "200-2",
        ],
        &[
            "100",
            "2026-11-21 12:00",
            "incomplete",
            "0 of 2",
            "0 B",
            "-",
            "100-3",
        ],
        &["-", "-", "damaged", "-", "-", "-", "100-4"],
        &["-", "-", "no manifest", "-", "-", "-", "100-5.2"],
    ];
    assert_eq!(rows(&run), expected, "{run}");
    assert!(run.stderr.contains("5 backups, 3.0 kB, in "), "{run}");
    assert!(run.stderr.contains("100-4/manifest.json: damaged"), "{run}");
    assert!(
        run.stderr.contains("100-5.2: has no manifest.json"),
        "{run}"
    );
}

#[test]
fn json_has_the_exact_values() {
    let (home, cli) = mixed();
    let run = cli.run(["list", "--saved", "out", "--json"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
    let document = run.json();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["bytes"], 3000);
    let out = home.path().join("out");
    assert_eq!(document["folder"], out.display().to_string());
    let first = json!({
        "name": "100-1", "folder": out.join("100-1").display().to_string(), "org": "100", "job": "1",
        "state": "complete", "started_at": "2026-11-13T12:00:00Z", "finished_at": "2026-11-13T12:00:00Z",
        "files": {"saved": 1, "listed": 1, "not_there": [], "damaged": []}, "bytes": 1500,
        "verified_at": "2026-11-13T12:00:00Z", "error": null,
    });
    assert_eq!(document["sets"][0], first);
    let states = document["sets"].as_array().expect("a list").iter();
    let states: Vec<&str> = states.filter_map(|set| set["state"].as_str()).collect();
    assert_eq!(
        states,
        [
            "complete",
            "complete",
            "incomplete",
            "damaged",
            "no_manifest"
        ]
    );
    assert_eq!(document["sets"][3]["error"]["code"], "manifest_damaged");
}

#[test]
fn a_file_that_is_gone_or_has_another_size_is_told_without_reading() {
    let home = folder();
    save(home.path(), "100-1", Utc::now());
    save(home.path(), "100-2", Utc::now());
    let out = home.path().join("out");
    fs::remove_file(out.join("100-1/Data_001.zip")).expect("it is ours");
    fs::write(out.join("100-2/Data_001.zip"), "short").expect("it is ours");
    let cli = offline(home.path());
    let run = cli.run(["list", "--saved", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout.matches("files missing").count(), 2, "{run}");
    for name in ["100-1", "100-2"] {
        let words = format!("warning: {name}: not there, or not of the size");
        assert!(run.stderr.contains(&words), "{run}");
    }
    let document = cli.run(["list", "--saved", "out", "--json"]).json();
    let set = &document["sets"][0];
    assert_eq!(set["state"], "files_missing");
    assert_eq!(set["files"]["not_there"], json!(["Data_001.zip"]));
}

#[test]
fn nothing_saved_is_no_failure_and_a_folder_that_is_not_there_is_one_if_it_was_typed() {
    let home = folder();
    let cli = offline(home.path());
    fs::create_dir(home.path().join("out")).expect("it is ours");
    let run = cli.run(["list", "--saved", "out"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(run.stderr.starts_with("nothing is saved in "), "{run}");
    let run = cli.run(["list", "--saved", "out", "--json"]);
    assert_eq!(run.json()["sets"], json!([]), "{run}");
    refused(
        &cli.run(["list", "--saved", "typo"]),
        "typo: does not exist",
        "folder",
    );
    fs::write(home.path().join("a.zip"), "").expect("it is ours");
    refused(
        &cli.run(["list", "--saved", "a.zip"]),
        "a.zip: is a file",
        "folder",
    );
    refused(
        &cli.run(["list", "--saved"]),
        "no folder is given",
        "--saved DIR",
    );
    let coming = cli
        .env("BACKUP_FETCH_OUT", "coming")
        .run(["list", "--saved"]);
    assert_eq!(coming.code, 0, "{coming}");
    assert!(coming.stderr.contains("nothing is saved in "), "{coming}");
}

#[test]
fn without_a_path_it_is_the_folder_of_the_profile_and_of_each_of_several() {
    let config = "[profiles.a]\nout = \"~/out\"\n[profiles.b]\nout = \"~/other\"\n";
    let (home, cli) = configured(config);
    save(home.path(), "100-1", Utc::now());
    let run = cli.run(["list", "--saved", "--profile", "a"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("  100-1\n"), "{run}");
    let all = cli.run(["list", "--saved", "--all-profiles", "--json"]);
    assert_eq!(all.code, 0, "{all}");
    let profiles = &all.json()["profiles"];
    assert_eq!(profiles[0]["sets"][0]["name"], "100-1", "{all}");
    assert_eq!(profiles[1]["sets"], json!([]), "{all}");
}

#[test]
fn one_set_can_be_named_itself_and_a_broken_configuration_does_not_matter_then() {
    let (home, cli) = configured("[profiles.a]\nnone_such = 1\n");
    save(home.path(), "100-1", Utc::now());
    let run = cli.run(["list", "--saved", "out/100-1"]);
    assert_eq!((run.code, rows(&run).len()), (0, 1), "{run}");
    assert!(run.stderr.contains("1 backup, 1.5 kB, in "), "{run}");
}

#[test]
fn what_download_saved_is_listed_as_complete_and_verified_today() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    assert_eq!(zoho.download([]).code, 0);
    let requests = zoho.requests().len();
    let run = zoho.run(["list", "--saved", "out", "--json"]);
    let set = &run.json()["sets"][0];
    assert_eq!(set["state"], "complete", "{run}");
    assert_eq!(set["bytes"], zoho.bytes_of("Data_001.zip").len(), "{run}");
    let verified = at(set["verified_at"].as_str().expect("a date"));
    assert!((Utc::now() - verified).num_seconds() < 120, "{run}");
    assert_eq!(zoho.requests().len(), requests, "it asks nobody");
}
