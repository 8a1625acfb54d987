//! What the address of a store means, and what is known of it on this machine.

use super::place::{LARGE, Place, is};
use crate::support::bytes::small_zip;
use crate::support::run::{Run, files_under};
use crate::support::stores::{Azurite, Gcs, Moment, S3, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const SET: &str = "20061234567-510000000099001";

fn zoho() -> Zoho {
    Zoho::start().with_file("Data_001.zip", small_zip(1, 10_000))
}

fn run(zoho: &Zoho, store: &dyn Store, args: &[&str]) -> Run {
    zoho.cli().with_store(store).run(args)
}

fn means_these_very_keys(store: &dyn Store) {
    let (zoho, prefix) = (zoho(), "Büro ~1/a#b%20c[d]");
    let out = store.url(prefix);
    let set = format!("{out}/{SET}");
    let zip = format!("{set}/Data_001.zip");
    let first = run(&zoho, store, &["download", "--out", &out]);
    assert_eq!(first.code, 0, "{first}");
    let fetched = || zoho.requests_for("Data_001.zip").len();
    let before = fetched();
    for args in [
        &["download", "--out", &out][..],
        &["verify", &out],
        &["inspect", &zip],
        &["prune", "--keep-last", "1", "--out", &out],
    ] {
        let run = run(&zoho, store, args);
        assert_eq!(run.code, 0, "{args:?}: {run}");
        assert_eq!(fetched(), before, "{args:?}");
    }
    let names = ["Data_001.zip", "SHA256SUMS", "manifest.json"];
    let names = names.map(|name| format!("{prefix}/{SET}/{name}"));
    let lock = format!("{prefix}/.backup-fetch.lock");
    assert_eq!(store.keys(), [vec![lock], names.to_vec()].concat());
}

#[test]
fn s3_has_the_very_keys_that_were_typed() {
    needs!(S3);
    means_these_very_keys(&S3::start());
}

#[test]
fn azure_has_the_very_keys_that_were_typed() {
    needs!(Azurite);
    means_these_very_keys(&Azurite::start());
}

#[test]
fn google_has_the_very_keys_that_were_typed() {
    needs!(Gcs);
    means_these_very_keys(&Gcs::start());
}

#[test]
fn what_can_be_no_key_is_refused_before_a_store_is_asked() {
    for (out, why) in [
        ("s3://b/a/../c", "leads nowhere"),
        ("s3://b?x=1/a", "no bucket has such a name"),
        ("file://host/x", "three slashes"),
        ("s4://b/a", "s3://, gs:// or az://"),
    ] {
        let run = zoho().cli().run(["download", "--out", out]);
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains(why) && run.stderr.contains(out),
            "{run}"
        );
    }
}

/// Of one bucket at two endpoints each has its own unfinished files, and its own notes of what was read.
#[test]
fn what_is_known_of_a_store_here_is_of_its_endpoint() {
    needs!(S3);
    let (here, elsewhere) = (Place::at(S3::start()), S3::start());
    let mut gate = here.between.hold(Moment::Before, is("UploadPart", LARGE));
    let mut killed = here.spawn([]);
    gate.wait();
    killed.kill();
    drop(gate);
    let staged = here.staged();
    assert!(staged.iter().any(|name| name.contains(LARGE)), "{staged:?}");

    let out = elsewhere.url("backups");
    assert_eq!(out, here.store.url("backups"));
    for args in [&["download", "--out", &out][..], &["verify", &out]] {
        let run = run(&here.zoho, &elsewhere, args);
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(here.staged(), staged);
    let noted = || files_under(&here.zoho.home().join("state/backup-fetch/readings"));
    assert_eq!(noted().len(), 1);

    assert_eq!(here.run([]).code, 0);
    here.must_be_complete();
    let verified = here.zoho.cli().through(&here.between).run(["verify", &out]);
    assert_eq!(verified.code, 0, "{verified}");
    assert_eq!(noted().len(), 2);
}
