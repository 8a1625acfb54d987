//! Several sets in a folder: which of them must be complete, and what is written while they are read.

use std::fs;

use serde_json::Value;

use super::{DATA, MORE, cli, copy, finds, is_sound, manifest, saved, verify, write_manifest};
use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::{Run, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

/// A complete set, and beside it one without its second file, which was begun before it or after it, for this organisation.
fn with_incomplete(started_at: &str, org: &str) -> Zoho {
    let zoho = saved();
    let complete = zoho.saved().with_extension("2");
    copy(&zoho.saved(), &complete);
    fs::remove_file(zoho.saved().join(MORE)).expect("it was saved");
    let mut told = manifest(&zoho);
    told["state"] = "incomplete".into();
    told["started_at"] = started_at.into();
    told["org"] = org.into();
    told["files"][1]["state"] = "missing".into();
    write_manifest(&zoho, &told);
    let sums = zoho.saved().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).expect("it is there");
    let first: String = text.split_inclusive('\n').take(1).collect();
    fs::write(&sums, first).expect("it is ours");
    zoho
}

fn org(zoho: &Zoho) -> String {
    manifest(zoho)["org"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_incomplete_set_before_a_complete_one_is_only_warned_of() {
    let ours = org(&saved());
    let zoho = with_incomplete("2020-01-01T00:00:00Z", &ours);
    let run = verify(&zoho);
    assert_eq!(run.code, 0, "{run}");
    let warned =
        run.stderr.contains("warning: ") && run.stderr.contains("a newer backup is complete");
    assert!(warned && run.stdout.contains("incomplete "), "{run}");
    let named = cli(&zoho).run(["verify".to_owned(), zoho.saved().display().to_string()]);
    assert_eq!(named.code, 6, "it was asked for by name: {named}");
    assert!(
        named
            .stderr
            .contains("1 of 2 files are not saved: Data_002.zip (missing)"),
        "{named}"
    );
}

#[test]
fn an_incomplete_set_that_is_the_newest_of_its_organisation_fails() {
    let ours = org(&saved());
    finds(
        &with_incomplete("2040-01-01T00:00:00Z", &ours),
        &[("incomplete", MORE)],
    );
    finds(
        &with_incomplete("2020-01-01T00:00:00Z", "1"),
        &[("incomplete", MORE)],
    );
}

#[test]
fn an_incomplete_set_that_a_download_is_at_work_on_is_only_warned_of() {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000));
    zoho.fault_for(MORE, Fault::StallAfter(1000));
    let mut running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("the first file is noted", || {
        let sums = zoho.saved_bytes("SHA256SUMS").unwrap_or_default();
        !sums.is_empty() && verify(&zoho).stdout.contains("1 of 2 ")
    });
    let run = verify(&zoho);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("; another run of backup-fetch is working"),
        "{run}"
    );
    running.kill();
    drop(running);
    finds(&zoho, &[("incomplete", MORE)]);
}

#[test]
fn a_manifest_that_was_taken_away_is_missed() {
    let zoho = saved();
    copy(&zoho.saved(), &zoho.saved().with_extension("2"));
    fs::remove_file(zoho.saved().join("manifest.json")).expect("it was saved");
    finds(&zoho, &[("missing", "manifest.json")]);
    // Unless it is the first one, and about to be written.
    fs::write(zoho.saved().join(".Data_001.zip.journal"), "").expect("it is ours");
    assert_eq!(verify(&zoho).code, 0);
}

#[test]
fn a_set_that_has_lost_its_manifest_and_its_digests_is_not_passed_over_in_silence() {
    let zoho = saved();
    copy(&zoho.saved(), &zoho.saved().with_extension("2"));
    for record in ["manifest.json", "SHA256SUMS"] {
        fs::remove_file(zoho.saved().join(record)).expect("it was saved");
    }
    let run = verify(&zoho);
    let told = format!(
        "{}: not verified, because it has no manifest.json",
        zoho.saved().display()
    );
    assert!(run.stderr.contains(&told), "{run}");
    assert!(run.stdout.contains(".2\n"), "{run}");
}

#[test]
fn what_is_on_a_disk_that_can_only_be_read_is_verified() {
    needs!(Mount);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    let mount = Mount::new(&zoho, "size=1m");
    assert_eq!(zoho.download([]).code, 0);
    mount.set("remount,ro");
    is_sound(&verify(&zoho));
}

#[test]
fn what_is_in_no_set_is_passed_over() {
    let zoho = saved();
    fs::create_dir(zoho.home().join("out/lost+found")).expect("it is ours");
    fs::write(zoho.home().join("out/notes.txt"), "mine").expect("it is ours");
    is_sound(&verify(&zoho));
}

/// Verifies while somebody changes the set between the looks at its manifest and at its list of digests.
fn verify_while(zoho: &Zoho, change: impl FnOnce()) -> Run {
    let lists = ["manifest.json", "SHA256SUMS"].map(|name| zoho.saved().join(name));
    let strace = Strace::new(zoho).on(lists);
    let strace = strace.inject("openat", "delay_enter=1000000:when=2");
    let running = cli(zoho).traced(&strace).spawn(["verify", "out", "--json"]);
    wait_until("the manifest is read", || {
        strace.log().contains("manifest.json")
    });
    change();
    running.wait()
}

#[test]
fn a_set_that_a_download_writes_meanwhile_is_not_called_damaged() {
    needs!(Strace);
    let zoho = saved();
    let run = verify_while(&zoho, || {
        let mut told: Value = manifest(&zoho);
        told["files"].as_array_mut().map(|files| files.remove(0));
        write_manifest(&zoho, &told);
        let sums = zoho.saved().join("SHA256SUMS");
        let text = fs::read_to_string(&sums).expect("it is there");
        let rest: String = text.split_inclusive('\n').skip(1).collect();
        fs::write(&sums, rest).expect("it is ours");
        fs::remove_file(zoho.saved().join(DATA)).expect("it was saved");
    });
    is_sound(&run);
    assert_eq!(run.json()["files"], 1, "{run}");
}

#[test]
fn a_set_that_is_removed_meanwhile_is_not_called_damaged() {
    needs!(Strace);
    let zoho = saved();
    let run = verify_while(&zoho, || {
        fs::remove_file(zoho.saved().join("manifest.json")).expect("it is there");
        fs::remove_dir_all(zoho.saved()).expect("it is ours");
    });
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("not verified, because it has no manifest"),
        "{run}"
    );
}
