//! What `verify` found is remembered: a damaged set is called so, and does not count, until it was read and is sound.

use std::fs;

use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::list_saved::save;
use crate::support::bytes::small_zip;
use crate::support::run::{Cli, Run};
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";

/// Two sets of one organisation: one of last week without any data worth reading, and one that was saved just now.
fn saved() -> Zoho {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let older = format!("{}-1", zoho.rules().org);
    save(zoho.home(), &older, Utc::now() - TimeDelta::days(7));
    assert_eq!(zoho.download([]).code, 0);
    zoho
}

/// Without a network, credentials or a configuration.
fn cli(zoho: &Zoho) -> Cli {
    Cli::new(zoho.home())
}

fn name(zoho: &Zoho) -> String {
    let saved = zoho.saved();
    let name = saved.file_name().expect("a name");
    name.to_string_lossy().into_owned()
}

fn verify(zoho: &Zoho, more: &[&str]) -> Run {
    let path = zoho.saved().display().to_string();
    cli(zoho).run(["verify", &path].iter().chain(more))
}

/// Changes a byte of the file, and back again.
fn flip(zoho: &Zoho) {
    let path = zoho.saved().join(DATA);
    let mut bytes = fs::read(&path).expect("it is saved");
    bytes[100] ^= 1;
    fs::write(path, bytes).expect("it is ours");
}

/// Damaged, and found so.
fn damaged() -> Zoho {
    let zoho = saved();
    flip(&zoho);
    assert_eq!(verify(&zoho, &[]).code, 6);
    zoho
}

/// What `list --saved` says of the set that was saved last.
fn listed(zoho: &Zoho) -> serde_json::Value {
    let run = cli(zoho).run(["list", "--saved", "out", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    run.json()["sets"][1].clone()
}

fn check(zoho: &Zoho, most: &str) -> Run {
    cli(zoho).run(["check", "--out", "out", "--max-age", most])
}

#[test]
fn list_calls_it_damaged_until_it_was_read_whole_and_is_sound() {
    let zoho = damaged();
    let set = listed(&zoho);
    assert_eq!(set["state"], "damaged");
    assert_eq!(set["files"]["damaged"], json!([DATA]));
    assert_eq!(set["verified_at"], json!(null));
    let run = cli(&zoho).run(["list", "--saved", "out"]);
    let words = format!("warning: {}: damaged, as `verify` found on 20", name(&zoho));
    assert!(run.stderr.contains(&words), "{run}");
    flip(&zoho);
    assert_eq!(verify(&zoho, &["--quick"]).code, 0);
    assert_eq!(listed(&zoho)["state"], "damaged", "only its end was read");
    assert_eq!(verify(&zoho, &[]).code, 0);
    let set = listed(&zoho);
    assert_eq!(set["state"], "complete");
    assert_eq!(set["files"]["damaged"], json!([]));
}

#[test]
fn what_was_repaired_is_called_damaged_no_more() {
    let zoho = damaged();
    let run = zoho.run(["verify", &zoho.saved().display().to_string(), "--repair"]);
    assert!(run.stderr.contains("fetched again"), "{run}");
    assert_eq!(listed(&zoho)["state"], "complete", "{run}");
}

#[test]
fn a_file_with_another_digest_is_not_the_one_that_was_damaged() {
    let zoho = damaged();
    let path = zoho.saved().join("manifest.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    manifest["files"][0]["sha256"] = "cd".repeat(32).into();
    fs::write(&path, manifest.to_string()).expect("it is ours");
    assert_eq!(listed(&zoho)["state"], "complete");
}

#[test]
fn check_does_not_count_it_and_an_older_one_counts_with_a_warning() {
    let zoho = damaged();
    let words = format!("{} does not count: damaged, as `verify` found", name(&zoho));
    let run = check(&zoho, "8d");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("-1: complete since "), "{run}");
    assert!(run.stderr.contains(&words), "{run}");
    let run = check(&zoho, "6d");
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains(&words), "{run}");
    flip(&zoho);
    assert_eq!(verify(&zoho, &[]).code, 0);
    assert_eq!(check(&zoho, "6d").code, 0);
}

#[test]
fn prune_keeps_the_older_sound_set_while_the_newest_is_damaged() {
    let zoho = damaged();
    let older = zoho.home().join(format!("out/{}-1", zoho.rules().org));
    let prune = || cli(&zoho).run(["prune", "--out", "out", "--keep-last", "1"]);
    let run = prune();
    assert_eq!(run.code, 0, "{run}");
    assert!(older.is_dir() && zoho.saved().is_dir(), "{run}");
    assert!(
        run.stdout.contains("damaged, as `verify` found on"),
        "{run}"
    );
    let run = zoho.download(["--prune", "--keep-last", "1"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(older.is_dir() && zoho.saved().is_dir(), "{run}");
    flip(&zoho);
    assert_eq!(verify(&zoho, &[]).code, 0);
    let run = prune();
    assert!(!older.is_dir() && zoho.saved().is_dir(), "{run}");
}

#[test]
fn download_and_doctor_say_so_and_what_helps() {
    let zoho = damaged();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("1 file is already there, in "), "{run}");
    let words = "damaged, as `verify` found on 20";
    for run in [run, zoho.run(["doctor", "--out", "out", "--json"])] {
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(
            all.contains(words) && all.contains("verify --repair"),
            "{run}"
        );
        assert!(
            !all.contains(&format!("{}: complete", name(&zoho))),
            "{run}"
        );
    }
}

#[test]
fn without_a_memory_nothing_is_remembered_and_verify_finds_it_all_the_same() {
    let zoho = saved();
    flip(&zoho);
    let state = zoho.home().join("state");
    let _ = fs::remove_dir_all(&state);
    fs::write(&state, "not a folder").expect("it is ours");
    let run = verify(&zoho, &[]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(run.stderr.matches("error: ").count(), 1, "{run}");
    assert_eq!(listed(&zoho)["state"], "complete");
    assert_eq!(check(&zoho, "6d").code, 0);
}

/// As if it had been saved then.
fn date(zoho: &Zoho, at: &str) {
    let path = zoho.saved().join("manifest.json");
    let text = fs::read_to_string(&path).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    manifest["files"][0]["verified_at"] = at.into();
    fs::write(&path, manifest.to_string()).expect("it is ours");
    let sums = zoho.saved().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).expect("it is there");
    let lines = text.split_inclusive('\n');
    let lines = lines.filter(|line| !line.contains("manifest.json"));
    fs::write(&sums, lines.collect::<String>()).expect("it is ours");
}

#[test]
fn what_verify_read_and_found_sound_is_verified_on_that_day_wherever_a_day_is_told() {
    let zoho = saved();
    date(&zoho, "2026-03-01T12:00:00Z");
    let told = |day: &str| {
        let verified = listed(&zoho)["verified_at"].clone();
        assert!(
            verified
                .as_str()
                .is_some_and(|it| it.starts_with(day) && !it.contains('.')),
            "{verified}"
        );
        let words = format!("already there, verified on {day}");
        for run in [
            zoho.download([]),
            zoho.download(["--dry-run"]),
            zoho.run(["doctor", "--out", "out"]),
            check(&zoho, "8d"),
        ] {
            let all = format!("{}{}", run.stdout, run.stderr);
            assert!(all.contains(&words), "{run}");
        }
    };
    told("2026-03-01");
    let day = || Utc::now().format("%Y-%m-%d").to_string();
    let (before, run, after) = (day(), verify(&zoho, &[]), day());
    assert_eq!(run.code, 0, "{run}");
    // Unless it was midnight meanwhile.
    if before == after {
        told(&before);
    }
}
