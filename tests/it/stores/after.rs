//! The end of a download to a store: `--inspect`, `--max-drop` and `--prune`.

use serde_json::{Value, json};

use crate::support::backup::{Backup, Night};
use crate::support::stores::{Moment, S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

use super::place::{LARGE, Place, is};

/// The first set was saved by who did not count.
#[test]
fn an_alarm_keeps_the_older_set_in_a_store_from_being_pruned() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let out = s3.url("backups");
    let cli = || zoho.cli().with_store(&s3);
    let first = cli().run(["download", "--out", &out]);
    assert_eq!(first.code, 0, "{first}");
    // Sets of one second can't be told apart by their dates.
    let key = format!(
        "backups/{}-{}/manifest.json",
        zoho.rules().org,
        zoho.rules().job
    );
    let mut manifest: Value = serde_json::from_slice(&s3.objects()[&key]).expect("JSON");
    manifest["finished_at"] = json!("2026-11-21T01:00:00Z");
    s3.write(&key, manifest.to_string().as_bytes());
    let older = s3.keys();
    let night = Night {
        number: 2,
        emptied: Some("Accounts"),
        ..Night::default()
    };
    for (name, content) in Backup::six_of(night).files {
        zoho.store(&name, content);
    }
    zoho.set(|rules| rules.job = "510000000099002".into());
    let download = |most| {
        let args = ["download", "--prune", "--keep-last", "1", "--out", &out];
        cli().run(args.into_iter().chain(["--max-drop", most]))
    };
    // The second run finds the set complete, and nothing to fetch.
    for _ in 0..2 {
        let run = download("20%");
        assert_eq!(run.code, 6, "{run}");
        assert!(run.stderr.contains("Accounts from"), "{run}");
        let keys = s3.keys();
        assert!(older.iter().all(|key| keys.contains(key)), "{run}");
    }
    let allowed = download("100%");
    assert_eq!(allowed.code, 0, "{allowed}");
    let manifests = s3
        .keys()
        .into_iter()
        .filter(|key| key.ends_with("/manifest.json"));
    assert_eq!(manifests.count(), 1, "{allowed}");
}

#[test]
fn damage_in_a_store_is_warned_of_with_a_way_that_works_there() {
    needs!(S3);
    let (zoho, s3) = (Zoho::start().with_backup(Backup::six()), S3::start());
    let out = s3.url("backups");
    let cli = || zoho.cli().with_store(&s3);
    assert_eq!(cli().run(["download", "--out", &out]).code, 0);
    let rules = zoho.rules();
    let key = format!("backups/{}-{}/Data_001.zip", rules.org, rules.job);
    let mut content = s3.objects()[&key].clone();
    content[100] ^= 1;
    s3.write(&key, &content);
    let verify = cli().run(["verify", &out]);
    assert_eq!(verify.code, 6, "{verify}");
    let again = cli().run(["download", "--out", &out]);
    assert_eq!(again.code, 0, "{again}");
    let warning = "damaged, as `verify` found on ";
    assert!(again.stderr.contains(warning), "{again}");
    assert!(
        again.stderr.contains("remove the damaged objects"),
        "{again}"
    );
    assert!(!again.stderr.contains("--repair"), "{again}");
    // And it does work.
    s3.remove(&key);
    let mended = cli().run(["download", "--out", &out]);
    assert_eq!(mended.code, 0, "{mended}");
    assert!(mended.stderr.contains("fetching it again"), "{mended}");
    let verify = cli().run(["verify", &out]);
    assert_eq!(verify.code, 0, "{verify}");
}

fn manifest(place: &Place) -> Value {
    let text = &place.store.objects()[&Place::<S3>::key("manifest.json")];
    serde_json::from_slice(text).expect("JSON")
}

/// In some stores what is written once can't be written again.
#[test]
fn what_a_set_holds_stands_in_its_manifest_which_is_written_once() {
    needs!(S3);
    let place = Place::at(S3::start());
    let run = place.run(["--inspect"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("Attachments  2"), "{run}");
    assert_eq!(place.count("PutObject", "manifest.json"), 1);
    assert!(!manifest(&place)["contents"].is_null());
    let again = place.run(["--inspect"]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(place.count("PutObject", "manifest.json"), 1);
}

#[test]
fn a_set_is_complete_whose_contents_could_not_be_counted_to_the_end() {
    needs!(S3);
    let place = Place::at(S3::start());
    let mut gate = place.between.hold(Moment::Before, is("GetObject", LARGE));
    let running = place.spawn(["--inspect"]);
    gate.wait();
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    place.must_be_complete();
    assert!(manifest(&place)["contents"].is_null());
}
