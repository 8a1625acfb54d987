//! What changes while a run goes on, or between two: links, sets, tokens, speed, time.

use std::time::Duration;

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{Running, files_under, wait_until};
use crate::support::zoho::rules::Validators;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const MORE: &str = "Data_002.zip";

fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 4000))
}

/// A run that hangs in the middle of the first file and will try again soon.
fn stalled(zoho: &Zoho, more: &[&str]) -> Running {
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let args = ["download", "--out", "out", "--stall-timeout", "500ms"];
    let running = zoho.cli().spawn(args.iter().chain(more));
    wait_until("the first request came", || {
        !zoho.requests_for(DATA).is_empty()
    });
    running
}

#[test]
fn links_that_appear_during_a_run_are_fetched_too() {
    let zoho = zoho();
    let running = stalled(&zoho, &[]);
    zoho.store(MORE, small_zip(2, 4000));
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(MORE), Some(zoho.bytes_of(MORE)));
}

#[test]
fn a_newer_backup_in_the_middle_of_a_run_is_not_mixed_into_this_one() {
    let zoho = zoho();
    let running = stalled(&zoho, &[]);
    zoho.set(|rules| rules.job = "510000000099999".into());
    let run = running.wait();
    assert_eq!(run.code, 3, "{run}");
    assert!(
        run.stderr.contains("newer backup (job 510000000099999)"),
        "{run}"
    );
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
}

/// What the manifest says of the set.
fn state(zoho: &Zoho) -> String {
    let text = zoho.saved_bytes("manifest.json").expect("it is there");
    let manifest: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    manifest["state"].as_str().expect("it is text").to_owned()
}

/// A run that has saved the first file and hangs in the second one, while the job gets another `expiry_date`.
fn dated_anew_between_two_files(zoho: &Zoho) -> Running {
    zoho.fault_for(MORE, Fault::StallAfter(1000));
    let args = ["download", "--out", "out", "--jobs", "1"];
    let running = zoho
        .cli()
        .spawn(args.iter().chain(&["--stall-timeout", "500ms"]));
    wait_until("the first file is saved", || {
        zoho.saved_bytes(DATA).is_some()
    });
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    running
}

#[test]
fn a_job_that_is_made_anew_during_a_run_is_not_taken_for_the_one_that_was_begun() {
    let zoho = zoho().with_file(MORE, small_zip(2, 4000));
    let old = zoho.bytes_of(DATA);
    let running = dated_anew_between_two_files(&zoho);
    zoho.store(DATA, small_zip(3, 5000));
    let run = running.wait();
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stderr.contains("different content"), "{run}");
    assert_eq!(state(&zoho), "incomplete", "files of two makings");
    assert_eq!(zoho.saved_bytes(DATA), Some(old.clone()));
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    assert_eq!(zoho.saved_bytes(DATA), Some(old));
    let beside = zoho.saved().with_extension("2").join(DATA);
    assert_eq!(std::fs::read(beside).ok(), Some(zoho.bytes_of(DATA)));
}

/// When the date changes, nothing is saved yet that could be asked for.
#[test]
fn what_was_under_way_when_the_date_changed_is_compared_at_the_end() {
    let zoho = Zoho::start()
        .with_file(DATA, Content::stored_zip(1, 300_000))
        .with_file(MORE, small_zip(2, 4000))
        .with(|rules| rules.bandwidth = Some(100_000));
    zoho.fault_for(MORE, Fault::StallAfter(100));
    let args = ["download", "--out", "out", "--jobs", "2"];
    let running = zoho
        .cli()
        .spawn(args.iter().chain(&["--stall-timeout", "1s"]));
    wait_until("both are under way", || {
        !zoho.requests_for(DATA).is_empty() && !zoho.requests_for(MORE).is_empty()
    });
    zoho.store(DATA, Content::stored_zip(3, 300_000));
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    zoho.fault_for(MORE, Fault::Status(404, Vec::new(), Vec::new()));
    let run = running.wait();
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stderr.contains("different content"), "{run}");
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    let beside = zoho.saved().with_extension("2").join(DATA);
    assert_eq!(std::fs::read(beside).ok(), Some(zoho.bytes_of(DATA)));
}

/// Zoho's errors also come with status 200, and with any type.
#[test]
fn a_fault_at_zoho_while_the_files_are_compared_is_not_another_content() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    let kind = vec![(
        "Content-Type".to_owned(),
        "application/octet-stream".to_owned(),
    )];
    let body = br#"{"code":"INTERNAL_ERROR","message":"internal error","status":"error"}"#;
    zoho.fault_for(DATA, Fault::Status(200, kind, body.to_vec()));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    assert!(!zoho.saved().with_extension("2").exists(), "{run}");
}

#[test]
fn a_link_that_moved_during_a_run_is_gone_on_with() {
    let zoho = zoho();
    let list = |query: &str| {
        let link = format!("{}?{query}", zoho.link(DATA));
        let expiry = zoho.rules().expiry.to_rfc3339();
        let urls = serde_json::json!({"data_links": [link], "expiry_date": expiry});
        let body = serde_json::json!({ "urls": urls }).to_string();
        zoho.urls_reply(200, "application/json", body);
    };
    list("s=1");
    let running = stalled(&zoho, &[]);
    list("s=2");
    zoho.fault_for(DATA, Fault::Status(404, Vec::new(), Vec::new()));
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    let targets: Vec<String> = zoho
        .requests_for(DATA)
        .iter()
        .map(|record| record.request.target.clone())
        .collect();
    assert_eq!(targets.len(), 3, "{targets:?}");
    assert!(targets[2].ends_with("s=2"), "{targets:?}");
    let asked = zoho.ranges_asked(DATA).pop().flatten().unwrap_or_default();
    assert!(asked.starts_with("bytes=1000-"), "{asked}");
}

#[test]
fn a_path_that_the_file_service_does_not_know_ends_that_file_and_not_the_run() {
    let zoho = zoho().with_file(MORE, small_zip(2, 4000));
    let body = br#"{"code":"URL_RULE_NOT_CONFIGURED","message":"URL_RULE_NOT_CONFIGURED"}"#;
    let kind = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    zoho.always_for(DATA, Fault::Status(401, kind, body.to_vec()));
    let lists = || zoho.requests_to(Role::Api).len();
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 4, "{run}");
    assert_eq!(zoho.saved_bytes(MORE), Some(zoho.bytes_of(MORE)));
    assert_eq!(lists(), 3, "once more for the link, and at the end: {run}");
}

#[test]
fn links_that_expire_between_two_files_are_not_asked_for() {
    let zoho = zoho().with_file(MORE, small_zip(2, 4000)).with(|rules| {
        rules.expiry = chrono::Utc::now() + chrono::TimeDelta::seconds(3);
        rules.lists_expired = true;
    });
    zoho.fault_for(DATA, Fault::Delay(Duration::from_millis(3200)));
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(zoho.requests_for(DATA).len(), 1, "{run}");
    assert_eq!(zoho.requests_for(MORE).len(), 0, "{run}");
}

#[test]
fn another_date_during_a_run_is_taken_over_when_the_files_are_the_same() {
    let zoho = zoho().with_file(MORE, small_zip(2, 4000));
    let run = dated_anew_between_two_files(&zoho).wait();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(state(&zoho), "complete");
    let before = zoho.requests_for(DATA).len();
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    assert_eq!(zoho.requests_for(DATA).len(), before, "{next}");
}

#[test]
fn links_that_go_in_the_middle_of_a_run_end_it_as_expired() {
    let zoho = zoho();
    let running = stalled(&zoho, &[]);
    zoho.advance(Duration::from_secs(8 * 24 * 3600));
    let run = running.wait();
    assert_eq!(run.code, 3, "{run}");
    assert!(
        files_under(&zoho.staged(""))
            .iter()
            .any(|name| name.contains(".part")),
        "{run}"
    );
}

#[test]
fn a_refused_link_is_given_up_after_one_fresh_look_and_the_others_go_on() {
    let zoho = zoho().with_file(MORE, small_zip(2, 4000));
    zoho.always_for(DATA, Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(
        zoho.requests_for(DATA).len(),
        1,
        "the link is the same, so it is not asked again: {run}"
    );
    assert_eq!(zoho.saved_bytes(MORE), Some(zoho.bytes_of(MORE)));
    assert!(
        run.stderr.contains("error: ") && run.stderr.contains("Data_001.zip"),
        "{run}"
    );
}

#[test]
fn a_token_that_expires_during_a_run_is_renewed_and_the_same_file_goes_on() {
    let zoho = zoho();
    let running = stalled(&zoho, &[]);
    zoho.revoke_tokens();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.refreshes(), 2);
    let asked = zoho.ranges_asked(DATA);
    assert!(
        asked.last().is_some_and(|range| range
            .as_deref()
            .is_some_and(|range| range.starts_with("bytes=1000-"))),
        "{asked:?}"
    );
}

#[test]
fn the_same_job_with_another_date_and_the_same_files_is_the_same_set() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    let before = zoho.requests_for(DATA).len();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        zoho.ranges_asked(DATA)[before..],
        [Some("bytes=0-0".to_owned())]
    );
    let third = zoho.download([]);
    assert_eq!(
        zoho.requests_for(DATA).len(),
        before + 1,
        "the new date is taken over: {third}"
    );
}

#[test]
fn the_same_job_with_other_content_goes_beside_the_old_set_and_touches_nothing_of_it() {
    for validators in [Validators::StrongEtag, Validators::None] {
        let zoho = zoho().with(|rules| rules.validators = validators);
        assert_eq!(zoho.download([]).code, 0);
        let old = zoho.saved_bytes(DATA);
        zoho.store(DATA, small_zip(9, 5000));
        zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
        let beside = format!("{}.2", zoho.saved().display());
        let foreseen = zoho.download(["--dry-run"]);
        assert!(
            foreseen.stdout.ends_with(&format!("  {DATA}\n")),
            "{foreseen}"
        );
        assert!(!std::path::Path::new(&beside).exists(), "{foreseen}");
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(zoho.saved_bytes(DATA), old);
        assert_eq!(
            std::fs::read(format!("{beside}/{DATA}")).ok(),
            Some(zoho.bytes_of(DATA))
        );
        assert_eq!(zoho.download([]).code, 0, "and again: all is there");
        let foreseen = zoho.download(["--dry-run"]);
        assert_eq!(foreseen.stdout, "", "{foreseen}");
        assert!(!std::path::Path::new(&format!("{}.3", zoho.saved().display())).exists());
    }
}

#[test]
fn max_duration_exits_10_and_the_next_run_goes_on() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let run = zoho.download(["--max-duration", "1s"]);
    assert_eq!(run.code, 10, "{run}");
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    assert!(
        zoho.ranges_asked(DATA).last().is_some_and(Option::is_some),
        "{next}"
    );
}

#[test]
fn a_lock_that_is_waited_for_is_taken_when_it_gets_free() {
    let zoho = zoho();
    let mut first = stalled(&zoho, &["--stall-timeout", "30s"]);
    let second = zoho
        .cli()
        .spawn(["download", "--out", "out", "--wait-lock", "30s"]);
    wait_until("the second run has read the list", || {
        zoho.requests_to(Role::Api).len() >= 2
    });
    first.kill();
    let run = second.wait();
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn links_that_will_expire_first_are_foretold() {
    let zoho = Zoho::start()
        .with_file(DATA, Content::stored_zip(1, 8 << 20))
        .with(|rules| {
            rules.bandwidth = Some(100_000);
            rules.expiry = chrono::Utc::now() + chrono::TimeDelta::seconds(20);
        });
    let args = ["download", "--out", "out", "--max-duration", "8s"];
    let run = zoho.cli().run(args);
    assert_eq!(run.code, 10, "{run}");
    assert!(run.stderr.contains("warning: the links expire in"), "{run}");
}

#[test]
fn pushback_makes_fewer_connections_go_on() {
    let mut zoho = Zoho::start();
    for index in 0..24 {
        zoho = zoho.with_file(&format!("Data_{index:03}.zip"), small_zip(index, 4000));
    }
    for _ in 0..8 {
        zoho.next(Role::Downloads, Fault::TooMany(Some("0".into())));
    }
    let run = zoho.download(["--jobs", "8"]);
    assert_eq!(run.code, 0, "{run}");
    let after: Vec<_> = zoho
        .requests_to(Role::Downloads)
        .into_iter()
        .filter(|record| matches!(record.status, 200 | 206))
        .collect();
    assert_eq!(after.len(), 24, "each file came once: {run}");
}

/// One connection is told that it is too much; the others hear of it, too.
#[test]
fn after_pushback_all_wait_together_and_half_of_them_go_on() {
    let mut zoho = Zoho::start();
    let delay = Duration::from_millis(100);
    for index in 0..24 {
        let name = format!("Data_{index:03}.zip");
        zoho = zoho.with_file(&name, small_zip(index, 4000));
        if index == 0 {
            zoho.fault_for(&name, Fault::TooMany(Some("1".into())));
        }
        zoho.fault_for(&name, Fault::Delay(delay));
    }
    let run = zoho.download(["--jobs", "8"]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.requests_to(Role::Downloads);
    let refused = asked.iter().find(|record| record.status == 429);
    let since = refused.expect("one was refused").at;
    let after: Vec<Duration> = asked
        .iter()
        .map(|record| record.at.saturating_duration_since(since))
        .collect();
    let (slack, pause) = (delay / 2, Duration::from_millis(950));
    let early = after.iter().filter(|at| **at > slack && **at < pause);
    assert_eq!(early.count(), 0, "{after:?}");
    let mut late: Vec<Duration> = after.into_iter().filter(|at| *at > slack).collect();
    late.sort();
    assert!(late.len() > 12, "{late:?}");
    let together = late.windows(5).filter(|five| five[4] < five[0] + slack);
    assert_eq!(together.count(), 0, "more than four at once: {late:?}");
}

#[test]
fn a_pause_beyond_the_longest_duration_ends_the_run_at_once_and_says_when_to_come_back() {
    for retry_after in ["3600", "999999999999999999999"] {
        let zoho = zoho().with_file(MORE, small_zip(2, 4000));
        zoho.fault_for(DATA, Fault::TooMany(Some(retry_after.into())));
        let run = zoho.download(["--max-duration", "30m", "--json", "--jobs", "1"]);
        assert_eq!(run.code, 5, "{run}");
        let last = run.json_lines().pop().expect("a summary");
        assert_eq!(last["exit_code"], 5, "{run}");
        assert!(
            run.stderr.contains("--max-duration ends this run first"),
            "{run}"
        );
        assert!(
            run.stderr
                .contains("hint: run the same command again after 20"),
            "{run}"
        );
        assert_eq!(zoho.requests_to(Role::Downloads).len(), 1, "{run}");
    }
}

#[test]
fn a_pause_of_the_api_beyond_the_longest_duration_ends_the_run_too() {
    let zoho = zoho();
    zoho.next(Role::Api, Fault::Unavailable(Some("3600".into())));
    let run = zoho.download(["--max-duration", "30m"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(
        run.stderr
            .contains("hint: run the same command again after 20"),
        "{run}"
    );
}

#[test]
fn a_pause_beyond_the_life_of_the_links_ends_the_run_at_once() {
    let soon = chrono::Utc::now() + chrono::TimeDelta::minutes(30);
    let zoho = zoho().with(|rules| rules.expiry = soon);
    zoho.fault_for(DATA, Fault::TooMany(Some("3600".into())));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("the links expire earlier"), "{run}");
}

#[test]
fn the_life_of_the_links_goes_by_the_clock_of_the_server() {
    let zoho = zoho();
    zoho.advance(Duration::from_secs(3 * 3600));
    let soon = zoho.now() + chrono::TimeDelta::minutes(30);
    zoho.set(|rules| rules.expiry = soon);
    zoho.fault_for(DATA, Fault::TooMany(Some("3600".into())));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("the links expire"), "{run}");
}

#[test]
fn a_date_to_come_back_is_held_against_the_clock_of_the_server() {
    let zoho = zoho();
    zoho.advance(Duration::from_secs(3 * 3600));
    let soon = std::time::SystemTime::from(zoho.now() + chrono::TimeDelta::seconds(1));
    zoho.fault_for(DATA, Fault::TooMany(Some(httpdate::fmt_http_date(soon))));
    let run = zoho.download(["--max-duration", "1h", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.events("retry").len(), 1, "{run}");
}

#[test]
fn a_gateway_without_a_server_behind_it_is_tried_again() {
    for status in [509, 520, 521, 522, 523, 524, 529, 530] {
        let zoho = zoho();
        let fault = || Fault::Status(status, Vec::new(), Vec::new());
        zoho.next(Role::Api, fault());
        zoho.fault_for(DATA, fault());
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{status}: {run}");
        assert_eq!(zoho.requests_for(DATA).len(), 2, "{status}: {run}");
    }
}

#[test]
fn a_fault_of_the_server_on_a_file_is_tried_again() {
    for status in [408, 425, 500, 502, 503, 504] {
        let zoho = zoho();
        zoho.fault_for(DATA, Fault::Status(status, Vec::new(), Vec::new()));
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{status}: {run}");
        assert_eq!(zoho.requests_for(DATA).len(), 2, "{status}: {run}");
    }
}

#[test]
fn require_new_fails_when_there_is_nothing_or_nothing_new() {
    let zoho = zoho();
    assert_eq!(zoho.download(["--require-new"]).code, 0, "the first is new");
    let again = zoho.download(["--require-new"]);
    assert_eq!(again.code, 9, "{again}");
    assert!(again.stderr.contains("already saved"), "{again}");
    zoho.urls_reply(204, "application/json", "");
    let none = zoho.download(["--require-new"]);
    assert_eq!(none.code, 9, "{none}");
    assert!(none.stderr.contains("Zoho offers none"), "{none}");
}
