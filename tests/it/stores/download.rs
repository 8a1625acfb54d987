//! `download --out s3://…`: what is in the store, what stays on this machine, what is asked for.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::backup::Backup;
use crate::support::run::files_under;
use crate::support::stores::{S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const SET: &str = "backups/20061234567-510000000099001";

fn manifest(s3: &S3, set: &str) -> Value {
    let text = &s3.objects()[&format!("{set}/manifest.json")];
    serde_json::from_slice(text).expect("it is JSON")
}

/// What is left in the folder where files wait.
fn staged(zoho: &Zoho) -> Vec<String> {
    let mut left = files_under(&zoho.home().join("cache"));
    left.retain(|name| name != "backup-fetch");
    left
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
