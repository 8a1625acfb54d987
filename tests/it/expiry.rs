//! When links die: by whose clock, in which spelling, and what a dead link means for a set that is saved already.

use std::fs;
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::json;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const ATTACHMENTS: &str = "Attachments_001.zip";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(ATTACHMENTS, small_zip(2, 3000))
}

/// Saved from links that are dead, and that Zoho still lists.
fn saved_and_dead(options: &[&str]) -> Zoho {
    let zoho = zoho();
    listed_dead(&zoho, TimeDelta::days(1));
    let args = ["download", "--out", "out", "--ignore-expiry"];
    let run = zoho.cli().run(args.iter().chain(options));
    assert_eq!(run.code, 0, "{run}");
    zoho
}

/// The list with links that died so long ago.
fn listed_dead(zoho: &Zoho, ago: TimeDelta) {
    let expiry = (zoho.rules().expiry - TimeDelta::days(7) - ago)
        .to_rfc3339_opts(SecondsFormat::Secs, false);
    let body = json!({"urls": {"data_links": [zoho.link(DATA)], "attachment_links": [zoho.link(ATTACHMENTS)], "expiry_date": expiry}});
    zoho.urls_reply(200, "application/json", body.to_string());
}

/// A list with this `expiry_date`.
fn dated(zoho: &Zoho, expiry: &str) {
    let body = json!({"urls": {"data_links": [zoho.link(DATA)], "expiry_date": expiry}});
    zoho.urls_reply(200, "application/json", body.to_string());
}

#[test]
fn a_saved_set_whose_links_expired_exits_0_and_costs_the_list_alone() {
    let zoho = saved_and_dead(&[]);
    let downloads = zoho.requests_to(Role::Downloads).len();
    let api = zoho.requests_to(Role::Api).len();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("the links expired on ") && !run.stderr.contains("error: "),
        "{run}"
    );
    assert_eq!(zoho.requests_to(Role::Downloads).len(), downloads, "{run}");
    assert_eq!(zoho.requests_to(Role::Api).len(), api + 1, "{run}");
    assert_eq!(zoho.run(["list"]).code, 3, "list is about the links");
    assert_eq!(zoho.download(["--dry-run"]).code, 0);
}

#[test]
fn a_saved_set_whose_links_expired_is_nothing_new() {
    let zoho = saved_and_dead(&[]);
    let run = zoho.download(["--require-new"]);
    assert_eq!(run.code, 9, "{run}");
}

#[test]
fn expired_links_of_a_set_that_is_not_all_saved_exit_3() {
    let zoho = saved_and_dead(&["--only", "data"]);
    let manifest = fs::read(zoho.saved().join("manifest.json")).expect("it is there");
    for more in [[].as_slice(), &["--dry-run"], &["--match", "Att*"]] {
        let run = zoho
            .cli()
            .run(["download", "--out", "out"].iter().chain(more));
        assert_eq!(run.code, 3, "{run}");
        assert!(run.stderr.contains("\nhint: "), "{run}");
    }
    let after = fs::read(zoho.saved().join("manifest.json")).expect("it is there");
    assert!(manifest == after, "nothing was touched");
    let run = zoho.download(["--only", "data"]);
    assert_eq!(run.code, 0, "what was asked for is saved: {run}");
}

#[test]
fn a_saved_file_that_was_deleted_can_not_come_from_an_expired_link() {
    let zoho = saved_and_dead(&[]);
    fs::remove_file(zoho.saved().join(DATA)).expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 3, "{run}");
}

/// With its date the manifest tells to which list the files belong; without it nobody can, for the links can't be asked.
#[test]
fn a_damaged_manifest_is_made_anew_though_the_links_expired() {
    for (length, code) in [(250, 0), (0, 3)] {
        let zoho = saved_and_dead(&[]);
        let downloads = zoho.requests_to(Role::Downloads).len();
        let manifest = fs::OpenOptions::new()
            .write(true)
            .open(zoho.saved().join("manifest.json"));
        let cut = manifest.and_then(|manifest| manifest.set_len(length));
        cut.expect("it is ours");
        for _ in 0..2 {
            let run = zoho.download([]);
            assert_eq!(run.code, code, "{length}: {run}");
        }
        assert_eq!(zoho.requests_to(Role::Downloads).len(), downloads);
        assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    }
}

#[test]
fn expired_links_of_another_date_are_not_taken_for_what_is_saved() {
    let zoho = saved_and_dead(&[]);
    let downloads = zoho.requests_to(Role::Downloads).len();
    listed_dead(&zoho, TimeDelta::days(2));
    let run = zoho.download([]);
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(zoho.requests_to(Role::Downloads).len(), downloads, "{run}");
}

#[test]
fn a_date_is_read_in_every_spelling_and_a_guessed_zone_is_said() {
    let tomorrow = Utc::now() + TimeDelta::hours(30);
    for (format, is_guessed) in [
        ("%Y-%m-%dT%H:%M:%S+0000", false),
        ("%Y-%m-%dT%H:%M:%S.250+00:00", false),
        ("%Y-%m-%dT%H:%M:%S", true),
        ("%Y-%m-%d %H:%M:%S", true),
        ("%Y-%m-%d", true),
    ] {
        let zoho = zoho();
        dated(&zoho, &tomorrow.format(format).to_string());
        for run in [zoho.run(["list"]), zoho.download([])] {
            assert_eq!(run.code, 0, "{format}: {run}");
            assert_eq!(
                run.stderr.contains("taken as UTC"),
                is_guessed,
                "{format}: {run}"
            );
        }
        let yesterday = Utc::now() - TimeDelta::hours(30);
        dated(&zoho, &yesterday.format(format).to_string());
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 3, "{format}: {run}");
    }
}

#[test]
fn a_bare_day_lasts_until_its_end() {
    let zoho = zoho();
    dated(&zoho, &zoho.now().format("%Y-%m-%d").to_string());
    let run = zoho.run(["list"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
}

#[test]
fn a_clock_that_is_off_is_said_and_zohos_decides() {
    let off = TimeDelta::days(8);
    // Zoho is eight days ahead of this machine: by our clock the links would live.
    let zoho = zoho().with(|rules| rules.lists_expired = true);
    zoho.advance(off.to_std().expect("it is positive"));
    for run in [zoho.run(["list"]), zoho.download([])] {
        assert_eq!(run.code, 3, "{run}");
        assert!(
            run.stderr.contains("this machine's clock is 8d")
                && run.stderr.contains(" behind Zoho's"),
            "{run}"
        );
    }
    zoho.set(|rules| rules.expiry += off);
    assert_eq!(zoho.download([]).code, 0);
}

#[test]
fn links_that_live_by_zohos_clock_are_fetched_although_ours_runs_ahead() {
    let zoho = zoho();
    let date = httpdate::fmt_http_date((Utc::now() - TimeDelta::days(8)).into());
    let expiry = (Utc::now() - TimeDelta::days(1)).to_rfc3339_opts(SecondsFormat::Secs, false);
    let body = json!({"urls": {"data_links": [zoho.link(DATA)], "expiry_date": expiry}});
    zoho.always(
        Role::Api,
        Fault::Status(
            200,
            vec![("Date".into(), date)],
            body.to_string().into_bytes(),
        ),
    );
    let list = zoho.run(["list", "--json"]);
    assert_eq!(list.code, 0, "{list}");
    assert_eq!(list.json()["expired"], false, "{list}");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains(" ahead of Zoho's"), "{run}");
}

#[test]
fn a_clock_that_is_a_minute_off_is_not_talked_about() {
    let zoho = zoho();
    zoho.advance(Duration::from_mins(1));
    let run = zoho.run(["list"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run}");
    assert!(!run.stderr.contains("clock"), "{run}");
}
