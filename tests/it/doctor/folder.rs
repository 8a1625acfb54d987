//! Where backups go, and what is saved there.

use std::fs;

use chrono::{TimeDelta, Utc};

use super::{DATA, examined, fails, is, warns, zoho};
use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::wait_until;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;
use crate::usage::{config_of, write};

#[test]
fn something_in_the_place_of_the_folder_exits_7() {
    let zoho = zoho();
    fs::write(zoho.home().join("out"), "a file").expect("it is ours");
    fails(
        &examined(&zoho),
        "folder",
        7,
        &["out: not a folder but a file", "--out DIR"],
    );
    let below = zoho.run(["doctor", "--json", "--out", "out/below/it"]);
    fails(&below, "folder", 7, &["out: not a folder but a file"]);
}

#[test]
fn a_file_system_that_is_read_only_exits_7() {
    needs!(Mount);
    let zoho = zoho();
    let mount = Mount::new(&zoho, "size=3m");
    mount.set("remount,ro");
    // Wine has no other word for it.
    let why = if is_windows() {
        "not writable (Access denied"
    } else {
        "not writable (Read-only"
    };
    let run = examined(&zoho);
    fails(&run, "folder", 7, &[why, "how it is mounted"]);
}

#[test]
fn little_free_space_is_a_warning_and_twice_the_last_backup_is_enough() {
    needs!(Mount);
    let zoho = zoho();
    let mount = Mount::new(&zoho, "size=3m");
    warns(
        &examined(&zoho),
        "space",
        &["3.1 MB free", "first backup", "5.0 GB"],
    );
    assert_eq!(zoho.download([]).code, 0);
    is(&examined(&zoho), "space", "ok", &["free"]);
    drop(mount);
}

#[test]
fn without_a_folder_there_is_a_warning() {
    warns(&zoho().run(["doctor", "--json"]), "folder", &["--out DIR"]);
}

#[test]
fn a_running_download_holds_the_lock_and_that_is_well() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::StallAfter(10));
    let mut running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("it fetches", || !zoho.requests_for(DATA).is_empty());
    let run = examined(&zoho);
    assert_eq!(run.code, 0, "{run}");
    is(&run, "lock", "ok", &["held"]);
    is(&run, "saved", "ok", &["incomplete: another run is working"]);
    let waited = zoho.download(["--wait-lock", "10ms"]);
    assert_eq!(waited.code, 8, "{waited}");
    let words = "is still working in this folder after 10ms";
    assert!(waited.stderr.contains(words), "{waited}");
    running.kill();
    drop(running);
    is(&examined(&zoho), "lock", "ok", &["free"]);
}

#[test]
fn a_symbolic_link_in_the_place_of_the_lock_exits_7() {
    let zoho = zoho();
    fs::create_dir(zoho.home().join("out")).expect("it is ours");
    std::os::unix::fs::symlink("/dev/null", zoho.home().join("out/.backup-fetch.lock"))
        .expect("it is ours");
    fails(&examined(&zoho), "lock", 7, &["symbolic link"]);
}

/// A saved set whose manifest says that it was finished so long ago.
fn saved(zoho: &Zoho, job: &str, age: TimeDelta, state: &str) {
    let at = (Utc::now() - age).to_rfc3339();
    let org = zoho.rules().org;
    let text = format!(
        r#"{{"schema":1,"tool":"x","org":"{org}","job":"{job}","expiry_date":null,"state":"{state}","started_at":"{at}","finished_at":"{at}","files":[]}}"#
    );
    write(
        &format!("{}/out/{org}-{job}/manifest.json", zoho.home().display()),
        &text,
        0o600,
    );
}

#[test]
fn an_old_backup_and_an_incomplete_one_are_warnings() {
    let zoho = zoho();
    saved(&zoho, "1", TimeDelta::days(9), "complete");
    warns(
        &examined(&zoho),
        "saved",
        &["-1: complete", "9d 0h old", "scheduled"],
    );
    saved(&zoho, "2", TimeDelta::days(2), "complete");
    is(
        &examined(&zoho),
        "saved",
        "ok",
        &["-2: complete", "2d 0h old"],
    );
    saved(&zoho, "3", TimeDelta::days(1), "incomplete");
    warns(
        &examined(&zoho),
        "saved",
        &["-2: complete", "-3 is incomplete", "backup-fetch download"],
    );
}

#[test]
fn a_saved_backup_of_another_organisation_does_not_count() {
    let zoho = zoho();
    saved(&zoho, "1", TimeDelta::days(1), "complete");
    zoho.set(|rules| rules.org = "30000000000".into());
    is(&examined(&zoho), "saved", "ok", &["no backup is saved"]);
}

#[test]
fn a_damaged_manifest_is_a_warning_for_the_next_download_makes_it_anew() {
    let zoho = zoho();
    write(
        &format!("{}/out/x/manifest.json", zoho.home().display()),
        "{",
        0o600,
    );
    warns(&examined(&zoho), "saved", &["damaged", "rebuilds it"]);
}

#[test]
fn a_set_of_which_all_that_the_profile_selects_is_saved_passes_strict() {
    for selection in ["only = \"data\"", "match = \"Data_*\""] {
        let zoho = zoho().with_file("Attachments_001.zip", small_zip(2, 3000));
        assert_eq!(zoho.download(["--only", "data"]).code, 0);
        let strict = ["doctor", "--out", "out", "--strict", "--json"];
        let all = zoho.run(strict);
        assert_eq!(all.code, 9, "{selection}: {all}");
        is(&all, "saved", "warning", &["incomplete", "download"]);
        let profile = format!("[profiles.main]\n{selection}\n");
        write(&config_of(zoho.home()), &profile, 0o600);
        let run = zoho.run(strict);
        assert_eq!(run.code, 0, "{selection}: {run}");
        is(&run, "saved", "ok", &["as far as the profile selects"]);
        let manifest = zoho.saved().join("manifest.json");
        let text = fs::read_to_string(&manifest).expect("it is there");
        let text = text.replace("\"verified\"", "\"missing\"");
        fs::write(&manifest, text).expect("it is ours");
        assert_eq!(zoho.run(strict).code, 9, "{selection}");
    }
}

#[test]
fn an_incomplete_backup_whose_links_have_expired_needs_a_new_one() {
    let zoho = zoho();
    saved(&zoho, "1", TimeDelta::days(9), "incomplete");
    let manifest = format!("out/{}-1/manifest.json", zoho.rules().org);
    let manifest = zoho.home().join(manifest);
    let text = fs::read_to_string(&manifest).expect("it is there");
    let past = Utc::now() - TimeDelta::days(2);
    let text = text.replace(
        "\"expiry_date\":null",
        &format!("\"expiry_date\":\"{}\"", past.to_rfc3339()),
    );
    fs::write(&manifest, text).expect("it is ours");
    let words = ["-1 is incomplete", "have expired", "backup-fetch request"];
    warns(&examined(&zoho), "saved", &words);
}

#[test]
fn a_folder_that_cannot_be_created_is_no_disk_error() {
    let run = zoho().run(["download", "--out", "/proc/backups"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        run.stderr.contains("hint: check that the parent folder"),
        "{run}"
    );
}
