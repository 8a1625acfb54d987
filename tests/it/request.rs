//! `request`: what is sent to Zoho and how often, and what is said when Zoho does not take it.

use std::time::Duration;

use chrono::TimeDelta;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::rules::RunNow;
use crate::support::zoho::state::Record;
use crate::support::zoho::{Role, Zoho};

const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 1000))
        .with(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL".into())
}

/// The requests that asked for a backup.
fn posts(zoho: &Zoho) -> Vec<Record> {
    let mut records = zoho.requests_to(Role::Api);
    records.retain(|record| record.request.method == "POST");
    records
}

/// What was called from the first POST on: `POST backup`.
fn calls_since_asked(zoho: &Zoho) -> Vec<String> {
    let calls = zoho.requests_to(Role::Api).into_iter().map(|record| {
        let name = record.request.file_name().to_owned();
        format!("{} {name}", record.request.method)
    });
    calls.skip_while(|call| call != "POST backup").collect()
}

fn no_state() -> Fault {
    Fault::Status(204, Vec::new(), Vec::new())
}

/// Zoho answers the first request for a backup like this, and has nothing to show for it when it is asked.
fn forgets_the_first(zoho: &Zoho, reply: Fault) {
    // The stand-in makes the job all the same; a run that is over at once lets it make another.
    zoho.set(|rules| rules.run_reads = 0);
    zoho.fault_for_call("POST", "backup", reply);
    zoho.fault_for_call("GET", "backup", no_state());
    zoho.fault_for_call("GET", "backup", no_state());
}

fn internal_error() -> Fault {
    let body = r#"{"code":"INTERNAL_ERROR","details":{},"message":"Internal Server Error","status":"error"}"#;
    Fault::Status(500, Vec::new(), body.into())
}

fn made(zoho: &Zoho, count: usize, ago: TimeDelta) {
    for _ in 0..count {
        let entry = Entry {
            state: Some("completed"),
            repeat_type: Some("immediate"),
            ..Entry::default()
        };
        zoho.log(ago, entry);
    }
}

#[test]
fn an_empty_object_is_sent_once_and_the_id_is_printed() {
    let zoho = zoho();
    let run = zoho.run(["request"]);
    assert_eq!(run.code, 0, "{run}");
    let job = zoho.job().expect("it was asked for");
    assert_eq!(run.stdout, format!("{}\n", job.id), "{run}");
    let posts = posts(&zoho);
    assert_eq!(posts.len(), 1);
    let sent = &posts[0].request;
    assert_eq!((sent.path(), &*sent.text()), ("/crm/bulk/v8/backup", "{}"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert!(run.stderr.contains("`backup-fetch status`"), "{run}");
}

#[test]
fn a_refused_object_is_followed_by_one_empty_body() {
    for refuses in [RunNow::OnlyEmpty, RunNow::InvalidUnlessEmpty] {
        let zoho = zoho().with(|rules| rules.run_now = refuses);
        let run = zoho.run(["request"]);
        assert_eq!(run.code, 0, "{run}");
        let posts = posts(&zoho);
        let bodies: Vec<String> = posts.iter().map(|post| post.request.text()).collect();
        assert_eq!(bodies, ["{}", ""]);
        assert_eq!(posts[1].request.header("content-length"), Some("0"));
        assert!(!run.stderr.contains("warning"), "{run}");
    }
}

#[test]
fn a_lost_reply_is_made_good_by_the_state_and_not_by_another_request() {
    for lost in [
        Fault::Hangup,
        Fault::CutAfter(5),
        Fault::NotHttp,
        Fault::Html200("<html>".into()),
        Fault::Unavailable(None),
        internal_error(),
    ] {
        let zoho = zoho();
        zoho.fault_for_call("POST", "backup", lost.clone());
        let run = zoho.run(["request"]);
        assert_eq!(run.code, 0, "{lost:?}: {run}");
        let job = zoho.job().expect("it was asked for");
        assert_eq!(run.stdout, format!("{}\n", job.id), "{lost:?}: {run}");
        let calls = calls_since_asked(&zoho);
        assert_eq!(calls, ["POST backup", "GET backup"], "{lost:?}");
        assert!(run.stderr.contains("the reply was lost, but"), "{run}");
    }
}

#[test]
fn a_request_that_did_not_arrive_is_repeated_after_the_state_was_read() {
    for reply in [
        Fault::Hangup,
        internal_error(),
        Fault::Unavailable(None),
        Fault::TooMany(None),
    ] {
        let zoho = zoho();
        forgets_the_first(&zoho, reply.clone());
        let run = zoho.run(["request"]);
        assert_eq!(run.code, 0, "{reply:?}: {run}");
        let calls = calls_since_asked(&zoho);
        let expected = ["POST backup", "GET backup", "POST backup"];
        assert_eq!(calls, expected, "{reply:?}: {run}");
        let job = zoho.job().expect("it was asked for");
        assert_eq!(run.stdout, format!("{}\n", job.id), "{run}");
    }
}

#[test]
fn it_is_not_repeated_before_the_time_that_zoho_names() {
    let second = || Some("1".to_owned());
    for reply in [Fault::TooMany(second()), Fault::Unavailable(second())] {
        let zoho = zoho();
        forgets_the_first(&zoho, reply.clone());
        let run = zoho.run(["request"]);
        assert_eq!(run.code, 0, "{run}");
        let posts = posts(&zoho);
        assert_eq!(posts.len(), 2, "{run}");
        let apart = posts[1].at - posts[0].at;
        assert!(apart >= Duration::from_secs(1), "{reply:?}: {apart:?}");
    }
}

#[test]
fn tries_have_an_end_and_it_says_how_many_there_were() {
    let zoho = zoho();
    forgets_the_first(&zoho, Fault::TooMany(None));
    for _ in 0..2 {
        zoho.fault_for_call("POST", "backup", Fault::TooMany(None));
        zoho.fault_for_call("GET", "backup", no_state());
    }
    let run = zoho.run(["request", "--retries", "2", "--json"]);
    assert_eq!((run.code, posts(&zoho).len()), (5, 3), "{run}");
    let error = &run.json_lines()[0];
    assert_eq!(error["code"], "too_many_requests");
    assert!(run.stderr.contains("(after 3 attempts)"), "{run}");
}

#[test]
fn the_state_is_read_after_the_last_try_too() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    let run = zoho.run(["request", "--retries", "0"]);
    assert_eq!((run.code, posts(&zoho).len()), (0, 1), "{run}");
    let zoho = self::zoho();
    forgets_the_first(&zoho, Fault::Hangup);
    let run = zoho.run(["request", "--retries", "0", "--json"]);
    assert_eq!((run.code, posts(&zoho).len()), (5, 1), "{run}");
    assert_eq!(run.json_lines()[0]["code"], "request_unanswered", "{run}");
}

#[test]
fn whether_zoho_took_it_is_said_to_be_unknown_where_the_state_cannot_be_read() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    zoho.fault_for_call("GET", "backup", no_state());
    zoho.fault_for_call("GET", "backup", internal_error());
    zoho.fault_for_call("GET", "backup", internal_error());
    let run = zoho.run(["request", "--retries", "1", "--json"]);
    assert_eq!((run.code, posts(&zoho).len()), (5, 1), "{run}");
    let error = &run.json_lines()[0];
    assert_eq!(error["code"], "request_unanswered", "{run}");
    assert!(run.stderr.contains("hint: "), "{run}");
}

#[test]
fn a_job_that_shows_late_is_known_as_its_own() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    zoho.fault_for_call("GET", "backup", no_state());
    zoho.fault_for_call("GET", "backup", no_state());
    let run = zoho.run(["request"]);
    assert_eq!(run.code, 0, "{run}");
    let job = zoho.job().expect("it was asked for");
    assert_eq!(run.stdout, format!("{}\n", job.id), "{run}");
}

#[test]
fn the_end_of_another_run_is_not_taken_for_its_own() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    for status in ["INPROGRESS", "COMPLETED"] {
        let other = format!(r#"{{"backup":{{"id":"1","status":"{status}"}}}}"#);
        zoho.fault_for_call("GET", "backup", Fault::Json200(other));
    }
    let run = zoho.run(["request"]);
    assert_eq!(run.code, 0, "{run}");
    let job = zoho.job().expect("it was asked for");
    assert_eq!(run.stdout, format!("{}\n", job.id), "{run}");
}

#[test]
fn a_schedule_or_a_run_that_is_pending_is_named_with_the_way_out() {
    let running = zoho();
    running.begin_run();
    for zoho in [zoho().with_schedule(WEEKLY), running] {
        let run = zoho.run(["request"]);
        assert_eq!((run.code, &*run.stdout), (5, ""), "{run}");
        assert_eq!(posts(&zoho).len(), 1);
        assert!(
            run.stderr.contains("scheduled or under way already"),
            "{run}"
        );
        assert!(run.stderr.contains("hint: see `backup-fetch status`"));
        assert!(run.stderr.contains("`backup-fetch cancel`"), "{run}");
    }
}

#[test]
fn an_allowance_that_is_used_up_is_final_under_either_code() {
    for code in ["LIMIT_EXCEEDED", "LIMIT_REACHED"] {
        let zoho = zoho().with(|rules| (rules.allowance, rules.allowance_code) = (0, code));
        let run = zoho.run(["request", "--json"]);
        assert_eq!((run.code, posts(&zoho).len()), (5, 1), "{run}");
        let lines = run.json_lines();
        assert_eq!(lines.len(), 1, "{run}");
        assert_eq!(lines[0]["event"], "error");
        assert_eq!(lines[0]["code"], "quota_used_up");
        let hint = "hint: wait for the next month, or buy a backup at Zoho";
        assert!(run.stderr.contains(hint), "{run}");
    }
}

#[test]
fn a_missing_scope_is_named_with_the_scopes_to_ask_for() {
    let zoho = zoho().with(|rules| rules.scopes = "ZohoCRM.bulk.backup.READ".into());
    let run = zoho.run(["request"]);
    assert_eq!((run.code, posts(&zoho).len()), (4, 1), "{run}");
    assert_eq!(zoho.refreshes(), 1, "a fresh token lacks it, too");
    let scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";
    let hint = run.stderr.lines().find(|line| line.starts_with("hint: "));
    assert!(hint.is_some_and(|hint| hint.contains(scopes)), "{run}");
}

#[test]
fn backups_of_this_month_are_counted_before_one_is_asked_for() {
    for (count, said) in [
        (
            0,
            "no backup has been made this month yet; two a month are free",
        ),
        (1, "1 backup has been made this month; two a month are free"),
    ] {
        let zoho = zoho();
        made(&zoho, count, TimeDelta::zero());
        made(&zoho, 3, TimeDelta::days(40));
        let run = zoho.run(["request"]);
        assert!(run.stderr.contains(said), "{run}");
        assert!(!run.stderr.contains("warning"), "{run}");
    }
}

#[test]
fn the_third_backup_of_a_month_is_requested_with_yes_and_a_warning() {
    let zoho = zoho();
    made(&zoho, 2, TimeDelta::zero());
    let run = zoho.run(["request", "--yes", "--quiet"]);
    assert_eq!((run.code, posts(&zoho).len()), (0, 1), "{run}");
    let warning = "warning: 2 backups have been made this month; ";
    assert!(run.stderr.starts_with(warning), "{run}");
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
}

#[test]
fn the_third_backup_of_a_month_is_not_bought_by_a_script_that_did_not_say_so() {
    for args in [
        ["request", "--quiet"].as_slice(),
        &["request", "--json"],
        &["download", "--out", "out", "--request"],
    ] {
        let zoho = zoho();
        made(&zoho, 2, TimeDelta::zero());
        let run = zoho.cli().run(args);
        assert_eq!((run.code, posts(&zoho).len()), (2, 0), "{run}");
        assert!(run.stderr.contains("hint: --yes"), "{run}");
        assert!(!zoho.home().join("out").exists(), "{run}");
    }
}

#[test]
fn download_buys_with_yes() {
    let zoho = zoho();
    made(&zoho, 2, TimeDelta::zero());
    let args = [
        "download",
        "--out",
        "out",
        "--request",
        "--yes",
        "--poll-wait",
        "1ms",
    ];
    let run = zoho.cli().run(args);
    assert_eq!((run.code, posts(&zoho).len()), (0, 1), "{run}");
    let alone = zoho.download(["--yes"]);
    assert_eq!(alone.code, 2, "it says yes to nothing: {alone}");
}

#[test]
fn on_a_terminal_the_third_backup_of_a_month_is_asked_about() {
    for (answer, code, requests) in [("y", 0, 1), ("Yes", 0, 1), ("n", 2, 0), ("", 2, 0)] {
        let zoho = zoho();
        made(&zoho, 2, TimeDelta::zero());
        let mut screen = zoho.cli().on_terminal(["request"]);
        screen.answer("[y/N]", answer);
        let run = screen.end();
        assert_eq!(
            (run.code, posts(&zoho).len()),
            (code, requests),
            "{answer}: {run}"
        );
    }
}

#[test]
fn a_dry_run_requests_nothing_and_says_what_it_would_meet() {
    for (count, may_cost) in [(0, false), (3, true)] {
        let zoho = zoho();
        made(&zoho, count, TimeDelta::zero());
        let run = zoho.run(["request", "--dry-run", "--json"]);
        assert_eq!((run.code, posts(&zoho).len()), (0, 0), "{run}");
        let lines = timeless(run.json_lines());
        assert_eq!(
            lines[0],
            serde_json::json!({"event": "would_request", "made_this_month": count, "may_cost": may_cost}),
            "{run}"
        );
        assert_eq!(lines[1]["event"], "summary", "{run}");
        assert_eq!(run.stderr.contains("warning: "), may_cost, "{run}");
        let would = if may_cost {
            "without --yes the request would be refused"
        } else {
            "a backup would be requested"
        };
        assert!(run.stderr.contains(would), "{run}");
    }
    let zoho = zoho();
    assert_eq!(zoho.run(["request"]).code, 0);
    let run = zoho.run(["request", "--dry-run"]);
    assert_eq!((run.code, posts(&zoho).len()), (0, 1), "{run}");
    assert!(run.stderr.contains("accepts no other request"), "{run}");
}

#[test]
fn a_log_that_cannot_be_read_keeps_nobody_from_asking() {
    let zoho = zoho();
    for _ in 0..3 {
        zoho.fault_for_call("GET", "history", internal_error());
    }
    let run = zoho.run(["request"]);
    assert_eq!((run.code, posts(&zoho).len()), (0, 1), "{run}");
    assert_eq!(zoho.requests_for("history").len(), 1, "it is not repeated");
}

#[test]
fn what_was_there_is_read_in_an_order_that_misses_no_end_of_a_run() {
    let zoho = zoho();
    zoho.run(["request", "--wait", "1ms"]);
    let calls = zoho.requests_to(Role::Api);
    let names: Vec<&str> = calls.iter().map(|call| call.request.file_name()).collect();
    // A run that ends between the two would else have its links taken for the former ones.
    assert_eq!(names[..2], ["urls", "backup"]);
}

#[test]
fn json_is_one_line_for_the_request_and_a_summary_at_the_end() {
    let zoho = zoho();
    let run = zoho.run(["request", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let id = zoho.job().expect("it was asked for").id;
    let requested = serde_json::json!({ "event": "requested", "id": id });
    let summary = serde_json::json!({
        "event": "summary", "id": id, "org": null, "job": null, "files": null, "expiry_date": null, "exit_code": 0,
    });
    assert_eq!(timeless(run.json_lines()), [requested, summary], "{run}");
}

/// The lines, each without the time that it must have.
fn timeless(mut lines: Vec<serde_json::Value>) -> Vec<serde_json::Value> {
    for line in &mut lines {
        let time = line.as_object_mut().expect("an object").remove("time");
        assert!(time.is_some_and(|time| time.is_string()), "{line}");
    }
    lines
}

#[test]
fn an_id_in_any_of_the_shapes_of_a_success_is_read() {
    let inner =
        r#"{"status":"success","code":"SUCCESS","message":"scheduled","details":{"id":"77"}}"#;
    for body in [inner.to_owned(), format!(r#"{{"backup":[{inner}]}}"#)] {
        let zoho = zoho();
        zoho.fault_for_call("POST", "backup", Fault::Json200(body.clone()));
        let run = zoho.run(["request"]);
        assert_eq!((run.code, &*run.stdout), (0, "77\n"), "{body}: {run}");
    }
}

#[test]
fn the_backup_of_another_organisation_is_not_spent() {
    let zoho = zoho();
    let config = zoho.home().join("pinned.toml");
    std::fs::write(&config, "[profiles.main]\norg = \"1\"\n").expect("it is written");
    let config = config.to_str().expect("plain letters");
    let run = zoho.run(["request", "--config", config]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains("the profile names 1"), "{run}");
    assert!(posts(&zoho).is_empty(), "{run}");
}
