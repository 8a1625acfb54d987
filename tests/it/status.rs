//! `status`, `history`, and why there is nothing to fetch: what Zoho tells of a backup, in plain words.

use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Run, files_under};
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::{Role, Zoho};

const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";
const OTHER: &str = "On\u{1b}[2J\u{202e}Hold";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 1000))
        .with(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL".into())
}

/// A run at once that is over, and ended so.
fn ended(status: &str) -> Zoho {
    let zoho = zoho().with(|rules| (rules.run_reads, rules.run_ends) = (0, status.into()));
    zoho.begin_run();
    zoho
}

fn done() -> Entry {
    Entry {
        state: Some("completed"),
        repeat_type: Some("weekly"),
        ..Entry::default()
    }
}

fn action(action: &'static str) -> Entry {
    Entry {
        action: Some(action),
        ..Entry::default()
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// What stands behind this label.
fn row<'a>(run: &'a Run, label: &str) -> Option<&'a str> {
    let found = run.stdout.lines().find_map(|line| line.strip_prefix(label));
    found.map(str::trim_start)
}

#[test]
fn each_state_is_said_in_plain_words_with_zohos_own_behind() {
    let running = zoho();
    running.begin_run();
    for (zoho, said) in [
        (
            zoho().with_schedule(WEEKLY),
            "a backup is scheduled (SCHEDULED)",
        ),
        (running, "a backup is under way (INPROGRESS)"),
        (ended("COMPLETED"), "the backup is done (COMPLETED)"),
        (ended("FAILED"), "the backup failed at Zoho (FAILED)"),
        (
            ended("PAYMENT_FAILED"),
            "the backup was not made: the payment failed (PAYMENT_FAILED)",
        ),
        (ended("STOPPED"), "the backup was cancelled (STOPPED)"),
        (ended("FINISHED"), "the backup is done (COMPLETED)"),
    ] {
        let run = zoho.run(["status"]);
        assert_eq!((run.code, row(&run, "state ")), (0, Some(said)), "{run}");
        let id = zoho.job().expect("there is one").id;
        assert_eq!(row(&run, "job "), Some(&*id), "{run}");
        assert_eq!(row(&run, "requested by"), Some("Ada Example"), "{run}");
        assert_eq!(run.stderr, "", "{run}");
    }
}

#[test]
fn a_state_that_is_new_to_us_is_shown_with_its_control_characters_escaped() {
    let zoho = ended(OTHER);
    let run = zoho.run(["status"]);
    let said = "a state that this version does not know (On\\u{1b}[2J\\u{202e}Hold)";
    assert_eq!((run.code, row(&run, "state ")), (0, Some(said)), "{run}");
    let run = zoho.run(["status", "--json"]);
    assert_eq!(run.json()["job"]["status"], OTHER, "{run}");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
}

#[test]
fn a_schedule_is_shown_with_its_dates_until_it_is_cancelled() {
    let zoho = zoho().with_schedule(WEEKLY);
    let run = zoho.run(["status"]);
    let rule = format!("weekly on Monday: {WEEKLY}");
    assert_eq!(row(&run, "rule "), Some(&*rule), "{run}");
    let next = zoho.job().and_then(|job| job.scheduled).expect("a date");
    assert_eq!(row(&run, "first run "), Some(&*text(next)), "{run}");
    assert_eq!(row(&run, "next run "), Some(&*text(next)), "{run}");
    zoho.run(["cancel"]);
    let run = zoho.run(["status"]);
    assert_eq!(row(&run, "rule "), Some(&*rule), "{run}");
    assert!(!run.stdout.contains(" run "), "it is cancelled: {run}");
    assert_eq!(row(&run, "last backup "), Some("none in the last year"));
}

#[test]
fn the_last_backup_is_told_with_the_day_on_which_its_links_expire() {
    for (days, said) in [(2, "expire on "), (9, "expired on ")] {
        let zoho = zoho();
        zoho.log(TimeDelta::days(days), done());
        zoho.log(TimeDelta::days(1), action("scheduled"));
        let run = zoho.run(["status"]);
        let last = row(&run, "last backup ").unwrap_or_default();
        let time = last.strip_suffix(", backup done").expect("it is done");
        let time: DateTime<Utc> = time.parse().expect("a date");
        let links = format!("{said}{}", text(time + TimeDelta::days(7)));
        assert_eq!(row(&run, "its links "), Some(&*links), "{run}");
    }
}

#[test]
fn nothing_ever_is_said_so() {
    let zoho = zoho();
    let run = zoho.run(["status"]);
    assert_eq!((run.code, &*run.stderr), (0, ""), "{run}");
    let state = "no backup has been requested or scheduled yet";
    assert_eq!(row(&run, "state "), Some(state), "{run}");
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
    let run = zoho.run(["status", "--json"]);
    let nothing = json!({ "schema": 1, "job": null, "last_backup": null });
    assert_eq!((run.code, run.json()), (0, nothing), "{run}");
}

#[test]
fn status_as_json_has_what_zoho_says_and_what_it_means() {
    let zoho = zoho().with_schedule(WEEKLY);
    let job = zoho.job().expect("it is scheduled");
    let next = job.scheduled.map(text);
    let run = zoho.run(["status", "--json"]);
    let expected = json!({
        "id": job.id, "status": "SCHEDULED", "meaning": "a backup is scheduled", "rrule": WEEKLY,
        "rule": "weekly on Monday", "start_date": next, "scheduled_date": next, "requester": "Ada Example",
    });
    assert_eq!((run.code, &run.json()["job"]), (0, &expected), "{run}");
    zoho.log(TimeDelta::zero(), done());
    let last = &zoho.run(["status", "--json"]).json()["last_backup"];
    assert_eq!(
        (&last["state"], &last["meaning"]),
        (&json!("completed"), &json!("backup done"))
    );
}

#[test]
fn a_state_that_cannot_be_read_is_a_failure_after_tries() {
    let zoho = zoho();
    zoho.always(Role::Api, Fault::Unavailable(None));
    for command in ["status", "history"] {
        let run = zoho.run([command, "--retries", "2", "--json"]);
        assert_eq!(run.code, 5, "{run}");
        assert_eq!(run.json()["event"], "error", "{run}");
        assert!(run.stderr.contains("(after 3 attempts)"), "{run}");
    }
}

#[test]
fn the_history_is_read_to_its_end() {
    let zoho = zoho();
    for minutes in 0..450 {
        zoho.log(TimeDelta::minutes(minutes), done());
    }
    let run = zoho.run(["history", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let document = run.json();
    let entries = document["entries"].as_array().expect("a list");
    let times: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["log_time"].as_str())
        .collect();
    assert_eq!(times.len(), 450);
    assert!(times.is_sorted_by(|one, next| one >= next), "newest first");
    let pages = zoho.requests_for("history");
    let asked: Vec<_> = pages.iter().map(|page| page.request.query()).collect();
    let page = |number| format!("page={number}&per_page=200");
    let expected = [1, 2, 3].map(page);
    assert_eq!(asked, expected.each_ref().map(|page| Some(&**page)));
}

#[test]
fn a_limit_is_kept_and_asks_for_no_more_than_it_needs() {
    for (limit, pages) in [("1", 1), ("200", 1), ("201", 2)] {
        let zoho = zoho();
        for minutes in 0..450 {
            zoho.log(TimeDelta::minutes(minutes), done());
        }
        let run = zoho.run(["history", "--limit", limit]);
        let entries = run.stdout.lines().count() - 1;
        assert_eq!(entries.to_string(), limit);
        let asked = zoho.requests_for("history");
        assert_eq!(asked.len(), pages, "{limit}");
        let size = format!("page=1&per_page={}", if limit == "1" { "1" } else { "200" });
        assert_eq!(asked[0].request.query(), Some(&*size));
    }
    assert_eq!(zoho().run(["history", "--limit", "0"]).code, 2);
}

#[test]
fn history_is_a_table_in_plain_words() {
    let zoho = zoho();
    let bought = Entry {
        count: 3,
        ..action("purchased")
    };
    for (hours, entry) in [
        (5, action("scheduled")),
        (4, action("initiated")),
        (3, done()),
        (2, bought),
        (1, action("paused")),
    ] {
        zoho.log(TimeDelta::hours(hours), entry);
    }
    let run = zoho.run(["history"]);
    assert_eq!((run.code, &*run.stderr), (0, ""), "{run}");
    let rows: Vec<String> = run
        .stdout
        .lines()
        .map(|line| {
            let cells = line
                .split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty());
            cells.skip(1).collect::<Vec<_>>().join("|")
        })
        .collect();
    let expected = [
        "EVENT|KIND|BY",
        "paused|-|Ada Example",
        "3 backups bought|-|Ada Example",
        "backup done|weekly|Ada Example",
        "backup started|-|Ada Example",
        "scheduled|-|Ada Example",
    ];
    assert_eq!(rows, expected, "{run}");
    let ends: Vec<Option<usize>> = run.stdout.lines().map(|line| line.rfind("  ")).collect();
    assert!(
        ends[0].is_some() && ends.iter().all(|end| *end == ends[0]),
        "aligned: {run}"
    );
}

#[test]
fn history_as_json_has_every_field_of_zoho() {
    let zoho = zoho();
    zoho.log(TimeDelta::hours(1), done());
    let run = zoho.run(["history", "--json"]);
    let mut document = run.json();
    let entry = document["entries"][0].as_object_mut().expect("an object");
    let time = entry.remove("log_time").expect("it has one");
    assert!(
        time.as_str()
            .is_some_and(|time| time.parse::<DateTime<Utc>>().is_ok())
    );
    assert!(entry.remove("id").is_some_and(|id| id.is_string()));
    let expected = json!({ "schema": 1, "entries": [{
        "meaning": "backup done", "state": "completed", "action": null, "repeat_type": "weekly",
        "done_by": "Ada Example", "file_name": null, "count": 0,
    }] });
    assert_eq!(document, expected);
}

#[test]
fn an_empty_history_is_a_good_end() {
    let run = zoho().run(["history"]);
    assert_eq!((run.code, &*run.stdout), (0, ""), "{run}");
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
    let run = zoho().run(["history", "--json"]);
    assert_eq!(run.json(), json!({ "schema": 1, "entries": [] }), "{run}");
}

#[test]
fn words_of_the_history_are_shown_escaped() {
    let zoho = zoho();
    let odd = Entry {
        repeat_type: Some("a\u{1b}[31m\nb"),
        ..action("c\u{7}d")
    };
    zoho.log(TimeDelta::zero(), odd);
    let run = zoho.run(["history"]);
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
    assert!(
        run.stdout.contains("a\\u{1b}[31m\\nb") && run.stdout.contains("c\\u{7}d"),
        "{run}"
    );
}

/// Why there is nothing to fetch, from `list` and from `download`, which must agree.
fn why_nothing(zoho: &Zoho) -> String {
    let runs = [zoho.run(["list"]), zoho.download([])];
    for run in &runs {
        assert_eq!((run.code, &*run.stdout), (0, ""), "{run}");
        assert_eq!(run.stderr.lines().count(), 1, "{run}");
        assert!(files_under(&zoho.home().join("out")).is_empty());
    }
    let [list, download] = runs.map(|run| run.stderr);
    assert_eq!(list, download);
    let inner = list.strip_prefix("no backup to fetch: Zoho lists no links (");
    inner
        .and_then(|rest| rest.strip_suffix(")\n"))
        .expect(&list)
        .to_owned()
}

#[test]
fn no_links_are_explained_by_the_state_and_the_log() {
    assert_eq!(
        why_nothing(&zoho().without_backup()),
        "no backup was made in the last year, and none is scheduled"
    );
    let zoho = zoho().without_backup().with_schedule(WEEKLY);
    let next = zoho.job().and_then(|job| job.scheduled).expect("a date");
    let scheduled = format!("the next backup is scheduled for {}", text(next));
    assert_eq!(why_nothing(&zoho), scheduled);
    zoho.log(TimeDelta::days(9), done());
    let both = why_nothing(&zoho);
    assert!(
        both.starts_with("the links of the last backup expired on "),
        "{both}"
    );
    assert!(both.ends_with(&scheduled), "{both}");
    let failed = ended("FAILED").without_backup();
    assert_eq!(why_nothing(&failed), "the backup failed at Zoho");
}

#[test]
fn a_run_under_way_is_told_with_its_begin() {
    let zoho = zoho().without_backup().with(|rules| rules.run_reads = 9);
    zoho.log(TimeDelta::days(30), action("initiated"));
    zoho.log(TimeDelta::days(29), done());
    zoho.begin_run();
    let why = why_nothing(&zoho);
    let since = why
        .split_once("a backup is under way since ")
        .map(|(_, rest)| &rest[..25]);
    let since: DateTime<Utc> = since.and_then(|since| since.parse().ok()).expect(&why);
    assert!((Utc::now() - since).abs() < TimeDelta::minutes(2), "{why}");
    assert!(why.ends_with(": its links follow when it is done"), "{why}");
}

#[test]
fn what_the_token_may_not_ask_is_left_out_of_the_explanation() {
    let zoho = zoho().without_backup().with_schedule(WEEKLY);
    let body = r#"{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"invalid oauth scope","status":"error"}"#;
    for _ in 0..2 {
        zoho.fault_for_call("GET", "backup", Fault::Status(401, Vec::new(), body.into()));
    }
    let general = "none was requested, none is ready yet, or they expired";
    assert_eq!(why_nothing(&zoho), general);
    assert_eq!(zoho.refreshes(), 1, "a fresh token lacks it, too");
}

#[test]
fn an_explanation_that_fails_is_asked_for_once_and_changes_nothing() {
    for failing in ["backup", "history"] {
        for fault in [
            Fault::Unavailable(Some("600".into())),
            Fault::Hangup,
            Fault::Json200("{}".into()),
        ] {
            let zoho = zoho().without_backup();
            for _ in 0..4 {
                zoho.fault_for_call("GET", failing, fault.clone());
            }
            why_nothing(&zoho);
            assert_eq!(zoho.requests_for(failing).len(), 2, "one for each command");
        }
    }
}

#[test]
fn an_explanation_that_does_not_come_is_not_waited_for_long() {
    let zoho = zoho().without_backup();
    zoho.fault_for_call("GET", "backup", Fault::StallAfter(0));
    let since = Instant::now();
    let run = zoho.run(["list"]);
    assert_eq!((run.code, &*run.stdout), (0, ""), "{run}");
    assert!(zoho.requests_to(Role::Api).len() > 1, "{run}");
    assert!(since.elapsed() < Duration::from_secs(30), "{run}");
}

#[test]
fn nothing_to_fetch_keeps_its_code_and_its_document() {
    let zoho = zoho().without_backup();
    let run = zoho.run(["list", "--json"]);
    assert_eq!((run.code, &run.json()["files"]), (0, &json!([])), "{run}");
    let run = zoho.download(["--json"]);
    let last: Value = run.json_lines().pop().expect("a line");
    assert_eq!((run.code, &last["event"]), (0, &json!("summary")), "{run}");
    let run = zoho.download(["--require-new"]);
    assert_eq!(run.code, 9, "{run}");
}

/// A reply to every call of this last part.
fn answered(last_part: &str, body: &str) -> Zoho {
    let zoho = zoho();
    for _ in 0..3 {
        let reply = Fault::Status(200, Vec::new(), body.as_bytes().to_vec());
        zoho.fault_for_call("GET", last_part, reply);
    }
    zoho
}

#[test]
fn a_history_with_odd_types_is_told_and_what_is_missing_is_unknown() {
    let body = r#"{"history":[
        {"id":510000000091002,"done_by":null,"log_time":null,"state":"completed","action":null,"repeat_type":7,"count":-1},
        {"id":"2","done_by":{"name":"Ada"},"log_time":"2026-03-02T04:12:40+0100","action":"purchased","count":"2"},
        null, 5
    ],"info":{"more_records":null,"count":"0"}}"#;
    let zoho = answered("history", body);
    let run = zoho.run(["history"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout.contains("\ntime unknown ") && run.stdout.contains("2 backups bought"),
        "{run}"
    );
    let json = zoho.run(["history", "--json"]);
    let entries = json.json()["entries"].clone();
    assert_eq!(entries[0]["id"], "510000000091002", "{json}");
    assert!(
        entries[0]["log_time"].is_null() && entries[0]["count"].is_null(),
        "{json}"
    );
    assert_eq!(entries[1]["count"], 2, "{json}");
}

#[test]
fn a_full_page_that_does_not_say_whether_there_is_more_is_followed_by_the_next() {
    let entry = r#"{"id":"1","state":"completed","log_time":"2026-03-02T04:12:40+01:00"}"#;
    let full = vec![entry; 200].join(",");
    let zoho = zoho();
    for entries in [full.as_str(), entry] {
        let body = format!(r#"{{"history":[{entries}],"info":{{"more_records":null}}}}"#);
        zoho.fault_for_call(
            "GET",
            "history",
            Fault::Status(200, Vec::new(), body.into_bytes()),
        );
    }
    let run = zoho.run(["history", "--json"]);
    assert_eq!(run.json()["entries"].as_array().map(Vec::len), Some(201));
}

#[test]
fn a_state_with_nulls_and_numbers_is_told() {
    let body = r#"{"backup":{"code":null,"id":510000000088001,"status":"SCHEDULED","rrule":null,"requester":null}}"#;
    let zoho = answered("backup", body);
    let run = zoho.run(["status", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json()["job"]["id"], "510000000088001", "{run}");
    let zoho = answered("backup", r#"{"backup":{"id":"7","status":null}}"#);
    let run = zoho.run(["status"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("(unknown)"), "{run}");
}

#[test]
fn a_state_that_is_an_error_is_one() {
    for body in [
        r#"{"backup":{"code":null,"status":"error"}}"#,
        r#"{"backup":[{"code":null,"status":"failure"}]}"#,
        r#"{"backup":{}}"#,
    ] {
        let zoho = answered("backup", body);
        let run = zoho.run(["status"]);
        assert!(!zoho.requests_to(Role::Api).is_empty(), "{run}");
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{body}: {run}");
    }
}
