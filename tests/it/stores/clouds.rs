//! The life of a backup in the stores of the other clouds, and what is the same in all: where files wait, and many of them.

use serde_json::{Value, json};

use super::killed::run_again;
use super::place::{LARGE, Place, SMALL, is};
use crate::support::backup::Backup;
use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, files_under, wait_until};
use crate::support::stores::{Azurite, Does, Gcs, Moment, S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};

fn set_of(zoho: &Zoho) -> String {
    let rules = zoho.rules();
    format!("{}-{}", rules.org, rules.job)
}

fn keys_of(store: &dyn Store, set: &str) -> Vec<String> {
    let mut keys = store.keys();
    keys.retain(|key| key.starts_with(&format!("backups/{set}/")));
    keys
}

fn done(cli: &Cli, args: &[&str]) -> Run {
    let run = cli.run(args);
    assert_eq!(run.code, 0, "{args:?}: {run}");
    run
}

/// From the second run on, until another backup takes its place.
fn lives_and_goes(zoho: &Zoho, store: &dyn Store) {
    let (cli, out) = (zoho.cli().with_store(store), store.url("backups"));
    let (set, fetched) = (set_of(zoho), zoho.requests_to(Role::Downloads).len());
    let before = keys_of(store, &set);
    let again = done(&cli, &["download", "--out", &out]);
    assert!(format!("{again}").contains("nothing to do"), "{again}");
    done(&cli, &["verify", &out]);
    done(&cli, &["inspect", &store.url(&format!("backups/{set}"))]);
    done(&cli, &["check", "--max-age", "1d", "--out", &out]);
    let listed = done(&cli, &["list", "--saved", &out]);
    assert!(listed.stdout.contains(&set), "{listed}");
    assert_eq!(keys_of(store, &set), before);
    assert_eq!(zoho.requests_to(Role::Downloads).len(), fetched);

    // Sets of one second can't be told apart by their dates.
    let key = format!("backups/{set}/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&store.objects()[&key]).expect("JSON");
    manifest["finished_at"] = json!("2026-01-21T01:00:00Z");
    store.write(&key, manifest.to_string().as_bytes());
    zoho.set(|rules| rules.job = "510000000099002".into());
    let newer = set_of(zoho);
    done(
        &cli,
        &["download", "--prune", "--keep-last", "1", "--out", &out],
    );
    assert_eq!(keys_of(store, &set), [""; 0]);
    assert_eq!(keys_of(store, &newer).len(), before.len());
    done(&cli, &["verify", &out]);
}

#[test]
fn a_backup_lives_in_azure_also_when_its_run_is_killed() {
    needs!(Azurite);
    let place = Place::at(Azurite::start());
    for action in ["PutBlock", "PutBlockList"] {
        let mut gate = place.between.hold(Moment::Before, is(action, LARGE));
        let mut killed = place.spawn([]);
        gate.wait();
        killed.kill();
        drop(gate);
    }
    let faults = run_again(&place);
    assert_eq!(faults, Vec::<String>::new());
    let seen = place.between.seen();
    let parts = seen.iter().filter(|seen| seen.action() == "PutBlock");
    assert!(parts.count() > 1);
    lives_and_goes(&place.zoho, &place.store);
}

/// In single puts: no emulator knows Google's uploads in parts.
#[test]
fn a_backup_lives_in_google_cloud_storage() {
    needs!(Gcs);
    let (zoho, gcs) = (Zoho::start().with_backup(Backup::six()), Gcs::start());
    let cli = zoho.cli().with_store(&gcs);
    done(&cli, &["download", "--out", &gcs.url("backups")]);
    for (name, content) in &Backup::six().files {
        let key = format!("backups/{}/{name}", set_of(&zoho));
        assert_eq!(gcs.objects()[&key], content.to_vec(), "{name}");
        assert!(gcs.metadata(&key).contains_key("backupfetch"), "{name}");
    }
    lives_and_goes(&zoho, &gcs);
}

#[test]
fn where_files_wait_can_be_named_and_is_emptied() {
    needs!(S3);
    let (zoho, s3) = (
        Zoho::start().with_file(SMALL, small_zip(1, 4000)),
        S3::start(),
    );
    let staging = zoho.home().join("on another disk");
    let cli = ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"];
    let cli = cli.iter().fold(zoho.cli(), |cli, name| cli.without(name));
    let cli = cli.with_store(&s3).env("HOME", "nowhere");
    let out = s3.url("backups");
    // Windows always names a home.
    if !is_windows() {
        let homeless = cli.run(["download", "--out", &out]);
        assert_eq!(homeless.code, 2, "{homeless}");
        assert!(homeless.stderr.contains("--staging DIR"), "{homeless}");
    }
    zoho.fault_for(SMALL, Fault::StallAfter(1000));
    let place = staging.display().to_string();
    let args = ["download", "--out", &out, "--staging", &place];
    let mut killed = cli.spawn(args);
    let is_staged = || {
        let staged = files_under(&staging);
        staged
            .iter()
            .any(|name| name.ends_with(&format!(".{SMALL}.journal")))
    };
    wait_until("a part is there", is_staged);
    killed.kill();
    drop(killed);
    done(&cli, &args);
    assert_eq!(files_under(&staging), [""; 0]);
    assert_eq!(keys_of(&s3, &set_of(&zoho)).len(), 3);
}

#[test]
fn what_waits_of_an_older_backup_is_swept() {
    needs!(S3);
    let place = Place::at(S3::start());
    let mut gate = place
        .between
        .hold(Moment::Before, is("CompleteMultipartUpload", LARGE));
    let mut killed = place.spawn([]);
    gate.wait();
    killed.kill();
    drop(gate);
    assert!(!place.staged().is_empty() && !place.store.uploads().is_empty());
    place.zoho.set(|rules| rules.job = "510000000099002".into());
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!((place.staged(), place.store.uploads()), (vec![], vec![]));
}

#[test]
fn three_hundred_small_files_come_in_one_run() {
    needs!(S3);
    let zoho = (1..=300).fold(Zoho::start(), |zoho, number| {
        zoho.with_file(&format!("Data_{number:03}.zip"), small_zip(number, 100))
    });
    let s3 = S3::start();
    let run = zoho.cli().with_store(&s3);
    done(&run, &["download", "--out", &s3.url("backups")]);
    assert_eq!(keys_of(&s3, &set_of(&zoho)).len(), 302);
    assert_eq!(zoho.requests_to(Role::Downloads).len(), 300);
}

#[test]
fn what_arrives_at_azure_as_something_else_is_not_kept() {
    needs!(Azurite);
    for (name, action) in [(SMALL, "PutBlob"), (LARGE, "PutBlock")] {
        let place = Place::at(Azurite::start());
        place.between.on(1, is(action, name), Does::Damage);
        let run = place.run([]);
        assert_eq!(run.code, if name == SMALL { 6 } else { 7 }, "{run}");
        assert!(run.stderr.contains("what arrived"), "{run}");
        assert!(
            !place
                .store
                .objects()
                .contains_key(&Place::<Azurite>::key(name))
        );
        let again = place.run([]);
        assert_eq!(again.code, 0, "{again}");
        place.must_be_complete();
    }
}
