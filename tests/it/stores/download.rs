//! `download --out s3://…`: what is in the store, what stays on this machine, what is asked for.

use std::fs;
use std::process::Command;

use chrono::TimeDelta;
use serde_json::Value;

use super::place::{LARGE, Place, SMALL};
use crate::support::backup::Backup;
use crate::support::bytes::small_zip;
use crate::support::elsewhere::cache;
use crate::support::faults::Fault;
use crate::support::run::{Running, files_under, wait_until};
use crate::support::stores::{Moto, S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};

const SET: &str = "backups/20061234567-510000000099001";

fn manifest(s3: &S3, set: &str) -> Value {
    let text = &s3.objects()[&format!("{set}/manifest.json")];
    serde_json::from_slice(text).expect("it is JSON")
}

/// What is left in the folder where files wait.
fn staged(zoho: &Zoho) -> Vec<String> {
    files_under(&zoho.home().join(cache()))
}

#[test]
fn every_file_comes_to_the_store_and_nothing_else_stays_anywhere() {
    needs!(S3, Program("sha256sum"));
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let run = zoho
        .cli()
        .with_store(&s3)
        .run(["download", "--out", &s3.url("backups")]);
    assert_eq!(run.code, 0, "{run}");
    let objects = s3.objects();
    let mut expected: Vec<String> = Backup::six()
        .files
        .iter()
        .map(|(name, _)| format!("{SET}/{name}"))
        .chain(["SHA256SUMS", "manifest.json"].map(|name| format!("{SET}/{name}")))
        .chain(["backups/.backup-fetch.lock".to_owned()])
        .collect();
    expected.sort();
    assert_eq!(s3.keys(), expected);
    let copy = tempfile::tempdir().expect("a folder");
    for (key, content) in &objects {
        if let Some(name) = key.strip_prefix(&format!("{SET}/")) {
            fs::write(copy.path().join(name), content).expect("it is written");
        }
    }
    for (name, content) in &Backup::six().files {
        assert_eq!(
            objects[&format!("{SET}/{name}")],
            content.to_vec(),
            "{name}"
        );
    }
    let mut sums = Command::new("sha256sum");
    sums.args(["--strict", "-c", "SHA256SUMS"])
        .current_dir(copy.path());
    let sums = sums.output().expect("sha256sum is there");
    assert!(sums.status.success(), "{sums:?}");
    assert_eq!(String::from_utf8_lossy(&sums.stdout).lines().count(), 7);
    assert_eq!(manifest(&s3, SET)["state"], "complete");
    assert_eq!(staged(&zoho), Vec::<String>::new());
    assert!(s3.uploads().is_empty());
    assert_eq!(run.stdout, "", "stdout is for data");
}

#[test]
fn a_second_run_fetches_nothing_and_writes_nothing() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let cli = zoho.cli().with_store(&s3);
    let args = ["download", "--out", &s3.url("backups")];
    assert_eq!(cli.run(args).code, 0);
    let (before, asked) = (s3.objects(), zoho.requests_to(Role::Downloads).len());
    let run = cli.run(args);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.requests_to(Role::Downloads).len(), asked);
    for (key, content) in s3.objects() {
        assert!(
            key.contains(".backup-fetch.lock") || before[&key] == content,
            "{key}"
        );
    }
}

#[test]
fn a_set_without_a_manifest_is_taken_over_by_the_marks_of_its_files() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let cli = zoho.cli().with_store(&s3);
    let args = ["download", "--out", &s3.url("backups")];
    assert_eq!(cli.run(args).code, 0);
    let asked = zoho.requests_to(Role::Downloads).len();
    s3.remove(&format!("{SET}/manifest.json"));
    let run = cli.run(args);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(manifest(&s3, SET)["state"], "complete");
    assert_eq!(zoho.requests_to(Role::Downloads).len(), asked);
}

#[test]
fn a_set_grows_and_a_foreign_object_is_left_alone() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let cli = zoho.cli().with_store(&s3);
    let args = ["download", "--out", &s3.url("backups")];
    assert_eq!(cli.run(args).code, 0);
    zoho.store("Data_003.zip", small_zip(7, 3000));
    let foreign = format!("{SET}/Data_003.zip");
    s3.write(&foreign, b"of somebody else");
    let run = cli.run(args);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(s3.objects()[&foreign], b"of somebody else");
    s3.remove(&foreign);
    let run = cli.run(args);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(s3.objects()[&foreign], zoho.bytes_of("Data_003.zip"));
    assert_eq!(
        manifest(&s3, SET)["files"].as_array().map(Vec::len),
        Some(7)
    );
}

#[test]
fn a_corrupt_file_is_kept_beside_the_others_and_the_set_is_incomplete() {
    needs!(S3);
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
    let mut broken = small_zip(2, 3000);
    broken[60] ^= 1;
    zoho.store("Data_002.zip", broken.clone());
    let s3 = S3::start();
    let cli = zoho.cli().with_store(&s3);
    let run = cli.run(["download", "--out", &s3.url("backups")]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(s3.objects()[&format!("{SET}/Data_002.zip.corrupt")], broken);
    assert_eq!(manifest(&s3, SET)["state"], "incomplete");
    assert_eq!(staged(&zoho), Vec::<String>::new());
    zoho.store("Data_002.zip", small_zip(2, 3000));
    let run = cli.run(["download", "--out", &s3.url("backups")]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!s3.keys().contains(&format!("{SET}/Data_002.zip.corrupt")));
}

#[test]
fn a_dry_run_creates_nothing_anywhere() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let cli = zoho.cli().with_store(&s3);
    let run = cli.run(["download", "--dry-run", "--out", &s3.url("backups")]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!((s3.keys(), staged(&zoho)), (Vec::new(), Vec::new()));
}

/// A run with one file in the store and one that hangs in the middle.
fn hanging(s3: &S3) -> (Zoho, Running) {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 4000))
        .with_file("Data_002.zip", small_zip(2, 4000));
    zoho.fault_for("Data_001.zip", Fault::StallAfter(1000));
    let cli = zoho.cli().with_store(s3);
    let running = cli.spawn(["download", "--out", &s3.url("backups")]);
    wait_until(
        "one is in the store and of the other something is here",
        || {
            let left = staged(&zoho);
            s3.keys().contains(&format!("{SET}/Data_002.zip"))
                && left
                    .iter()
                    .any(|name| name.ends_with("Data_001.zip.journal"))
                && !left.iter().any(|name| name.contains("Data_002.zip"))
        },
    );
    (zoho, running)
}

fn goes_on(zoho: &Zoho, s3: &S3) {
    let cli = zoho.cli().with_store(s3);
    let next = cli.run(["download", "--out", &s3.url("backups")]);
    assert_eq!(next.code, 0, "{next}");
    for name in ["Data_001.zip", "Data_002.zip"] {
        assert_eq!(s3.objects()[&format!("{SET}/{name}")], zoho.bytes_of(name));
    }
    assert_eq!(zoho.requests_for("Data_002.zip").len(), 1);
    assert_eq!(manifest(s3, SET)["state"], "complete");
    assert_eq!(staged(zoho), Vec::<String>::new());
}

#[test]
fn a_killed_run_is_taken_over_at_once_and_what_it_uploaded_is_not_fetched_again() {
    needs!(S3);
    let s3 = S3::start();
    let (zoho, mut running) = hanging(&s3);
    running.kill();
    running.wait();
    assert!(!s3.keys().contains(&format!("{SET}/manifest.json")));
    goes_on(&zoho, &s3);
}

#[test]
fn a_signal_commits_what_is_in_the_store_and_the_next_run_goes_on() {
    needs!(S3);
    let s3 = S3::start();
    let (zoho, running) = hanging(&s3);
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert_eq!(manifest(&s3, SET)["state"], "incomplete");
    goes_on(&zoho, &s3);
}

#[test]
fn the_same_job_with_other_content_goes_beside_the_old_set_and_touches_nothing_of_it() {
    needs!(S3);
    let place = Place::at(S3::start());
    assert_eq!(place.run([]).code, 0);
    let old = place.store.objects();
    place.zoho.store(SMALL, small_zip(3, 11_000));
    place.zoho.set(|rules| rules.expiry += TimeDelta::days(1));
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains(&format!("{SET}.2")), "{run}");
    let now = place.store.objects();
    for (key, content) in old.iter().filter(|(key, _)| key.starts_with(SET)) {
        assert!(now.get(key) == Some(content), "{key}");
    }
    let beside = format!("{SET}.2");
    for name in [SMALL, LARGE] {
        let saved = now.get(&format!("{beside}/{name}"));
        assert!(saved == Some(&place.zoho.bytes_of(name)), "{name}");
    }
    assert_eq!(manifest(&place.store, &beside)["state"], "complete");
    let again = place.run([]);
    assert!(again.stderr.contains("nothing to do"), "{again}");
    assert!(again.stderr.contains(&format!("{SET}.2")), "{again}");
}

#[test]
fn keys_of_somebody_else_with_names_that_no_path_has_are_passed_over() {
    needs!(Moto);
    let place = Place::at(Moto::start());
    assert_eq!(place.run([]).code, 0);
    let theirs = ["backups//x".to_owned(), format!("{SET}//x")];
    for key in &theirs {
        place.store.write(key, b"theirs");
    }
    assert!(theirs.iter().all(|key| place.store.keys().contains(key)));
    let url = place.store.url("backups");
    for (args, says) in [
        (vec!["list", "--saved", &url], "complete"),
        (vec!["verify", &url], "sound"),
        (
            vec!["check", "--max-age", "1d", "--out", &url],
            "complete since",
        ),
        (
            vec!["prune", "--keep-last", "1", "--out", &url],
            "1 backup kept",
        ),
        (vec!["download", "--out", &url], "nothing to do"),
    ] {
        let run = place.cli().run(args);
        assert_eq!(run.code, 0, "{run}");
        assert!(
            format!("{}{}", run.stdout, run.stderr).contains(says),
            "{run}"
        );
    }
    assert!(theirs.iter().all(|key| place.store.keys().contains(key)));
}
