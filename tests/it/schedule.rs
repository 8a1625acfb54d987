//! `schedule` and `cancel`: the rule that is sent, what is refused before it is sent, and what becomes of lost replies.

use chrono::{Datelike, Local, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, folder};
use crate::support::zoho::state::Record;
use crate::support::zoho::{Role, Zoho};

const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";
const FIFTH: &str = "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 1000))
        .with(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL".into())
}

fn sent(zoho: &Zoho, method: &str) -> Vec<Record> {
    let mut records = zoho.requests_to(Role::Api);
    records.retain(|record| record.request.method == method);
    records
}

fn rules_sent(zoho: &Zoho) -> Vec<Value> {
    let posts = sent(zoho, "POST");
    let body = |post: &Record| serde_json::from_slice(&post.request.body).expect("it is JSON");
    posts.iter().map(body).collect()
}

fn status_of(zoho: &Zoho) -> String {
    zoho.job().map_or_else(String::new, |job| job.status)
}

fn fails(run: &Run, code: i32) {
    assert_eq!((run.code, &*run.stdout), (code, ""), "{run}");
    assert!(run.stderr.contains("error: "), "{run}");
    assert!(run.stderr.contains("\nhint: "), "{run}");
}

#[test]
fn each_form_becomes_the_rule_that_zoho_takes() {
    let forms: [(&[&str], &str); 9] = [
        (&["--weekly", "mon"], "WEEKLY;INTERVAL=1;BYDAY=MO"),
        (
            &["--every", "2 weeks", "--on", "thu"],
            "WEEKLY;INTERVAL=2;BYDAY=TH",
        ),
        (
            &["--every", "3 months", "--on", "5"],
            "MONTHLY;INTERVAL=3;BYMONTHDAY=5",
        ),
        (
            &["--every", "2 months", "--on", "1st-thu"],
            "MONTHLY;INTERVAL=2;BYDAY=1TH",
        ),
        (&["--monthly", "5"], "MONTHLY;INTERVAL=1;BYMONTHDAY=5"),
        (&["--monthly", "1st-thu"], "MONTHLY;INTERVAL=1;BYDAY=1TH"),
        (
            &["RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=4FR"],
            "MONTHLY;INTERVAL=1;BYDAY=4FR",
        ),
        (
            &["FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"],
            "WEEKLY;INTERVAL=2;BYDAY=SU",
        ),
        (
            &["rrule:bymonthday=31;interval=1;freq=monthly"],
            "MONTHLY;INTERVAL=1;BYMONTHDAY=31",
        ),
    ];
    for (args, rule) in forms {
        let (zoho, rule) = (zoho(), format!("RRULE:FREQ={rule}"));
        let run = zoho.cli().run(["schedule"].iter().chain(args));
        assert_eq!(
            (run.code, &*run.stdout),
            (0, &*format!("{rule}\n")),
            "{run}"
        );
        let expected = json!({ "backup": { "rrule": rule } });
        assert_eq!(rules_sent(&zoho), [expected], "{run}");
        assert_eq!(status_of(&zoho), "SCHEDULED");
    }
}

#[test]
fn a_person_reads_the_rule_in_words_with_its_next_dates() {
    let run = zoho().run(["schedule", "--every", "2 weeks", "--on", "thu"]);
    let mut lines = run.stderr.lines();
    let first = lines.next().unwrap_or_default();
    let words = "every 2 weeks on Thursday; by the calendar the next dates are Thu 2";
    assert!(first.starts_with(words), "{run}");
    assert_eq!(lines.collect::<Vec<_>>(), ["the schedule is set"], "{run}");
}

#[test]
fn the_next_dates_are_of_the_rule_and_in_the_future() {
    let run = zoho().run(["schedule", "--weekly", "mon", "--json"]);
    let document = run.json();
    let dates = document["next_dates"].as_array().expect("a list");
    let days: Vec<NaiveDate> = dates
        .iter()
        .map(|date| date.as_str().and_then(|date| date.strip_prefix("Mon ")))
        .map(|date| date.expect("a Monday").parse().expect("a date"))
        .collect();
    assert_eq!(days.len(), 3, "{run}");
    assert!(days.iter().all(|day| day.weekday() == Weekday::Mon));
    let ahead = (days[0] - Local::now().date_naive()).num_days();
    // From 0: midnight may pass while this runs.
    assert!((0..=7).contains(&ahead), "{run}");
    assert!(days.windows(2).all(|two| (two[1] - two[0]).num_days() == 7));
}

#[test]
fn json_is_one_document_with_the_id_of_the_job() {
    let zoho = zoho();
    let run = zoho.run(["schedule", "--monthly", "5", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let mut document = run.json();
    document.as_object_mut().unwrap().remove("next_dates");
    let id = zoho.job().expect("it is set").id;
    let expected = json!({ "schema": 1, "id": id, "rrule": FIFTH, "rule": "monthly on the 5th", "dry_run": false });
    assert_eq!(document, expected);
}

#[test]
fn what_zoho_would_refuse_is_refused_before_a_request() {
    for wrong in [
        &["RRULE:FREQ=DAILY;INTERVAL=1"][..],
        &["RRULE:FREQ=WEEKLY;BYDAY=MO"],
        &["RRULE:FREQ=WEEKLY;INTERVAL=53;BYDAY=MO"],
        &["RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=5TH"],
        &["RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5;COUNT=2"],
        &["every monday"],
        &["--weekly", "someday"],
        &["--weekly", "mon,tue"],
        &["--every", "2 days", "--on", "mon"],
        &["--every", "2 weeks", "--on", "5"],
        &["--monthly", "32"],
        &["--monthly", "last-fri"],
        &["--monthly", ""],
    ] {
        let zoho = zoho();
        let run = zoho.cli().run(["schedule"].iter().chain(wrong));
        fails(&run, 2);
        assert!(zoho.requests().is_empty(), "{run}");
    }
}

#[test]
fn it_takes_exactly_one_form() {
    for wrong in [
        &[][..],
        &["--weekly", "mon", "--monthly", "5"],
        &[WEEKLY, "--weekly", "mon"],
        &["--every", "2 weeks"],
        &["--on", "mon"],
    ] {
        let zoho = zoho();
        let run = zoho.cli().run(["schedule"].iter().chain(wrong));
        assert_eq!((run.code, &*run.stdout), (2, ""), "{run}");
        assert!(zoho.requests().is_empty(), "{run}");
    }
}

#[test]
fn a_rule_that_zoho_rejects_is_wrong_usage() {
    let zoho = zoho();
    let body = r#"{"backup":{"code":"INVALID_DATA","details":{"api_name":"rrule","json_path":"$.backup.rrule"},"message":"invalid\u001b[2J data","status":"error"}}"#;
    let refusal = Fault::Status(400, Vec::new(), body.into());
    zoho.fault_for_call("POST", "backup", refusal);
    let run = zoho.run(["schedule", WEEKLY]);
    fails(&run, 2);
    assert_eq!(sent(&zoho, "POST").len(), 1, "no second form is tried");
    let said = format!("error: Zoho rejects the rule {WEEKLY}: invalid\\u{{1b}}[2J data");
    assert!(run.stderr.contains(&said), "{run}");
}

#[test]
fn a_dry_run_sends_nothing_and_needs_no_credentials() {
    let home = folder();
    let run = Cli::new(home.path()).run(["schedule", "--weekly", "mon", "--dry-run"]);
    assert_eq!(
        (run.code, &*run.stdout),
        (0, &*format!("{WEEKLY}\n")),
        "{run}"
    );
    assert!(run.stderr.starts_with("weekly on Monday; "), "{run}");
    assert!(!run.stderr.contains("is set"), "{run}");
    assert!(run.stderr.contains("nothing was sent to Zoho"), "{run}");
    let zoho = zoho();
    let run = zoho.run(["schedule", "--weekly", "mon", "--dry-run", "--json"]);
    assert!(zoho.requests().is_empty(), "{run}");
    let document = run.json();
    assert_eq!(
        (&document["dry_run"], &document["id"]),
        (&true.into(), &Value::Null)
    );
}

#[test]
fn a_lost_reply_is_made_good_by_the_schedule_that_zoho_shows() {
    for lost in [Fault::Hangup, Fault::CutAfter(5), Fault::Unavailable(None)] {
        let zoho = zoho();
        zoho.fault_for_call("POST", "backup", lost.clone());
        let run = zoho.run(["schedule", "--monthly", "5", "--json"]);
        assert_eq!(
            (run.code, sent(&zoho, "POST").len()),
            (0, 1),
            "{lost:?}: {run}"
        );
        assert_eq!(run.json()["id"], zoho.job().expect("it is set").id.as_str());
        assert!(run.stderr.contains("the reply was lost, but"), "{run}");
    }
}

#[test]
fn another_schedule_is_no_answer_to_a_lost_request() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    for _ in 0..2 {
        let backup = json!({ "id": "1", "rrule": WEEKLY, "status": "SCHEDULED" });
        let other = Fault::Json200(json!({ "backup": backup }).to_string());
        zoho.fault_for_call("GET", "backup", other);
    }
    let run = zoho.run(["schedule", "--monthly", "5"]);
    fails(&run, 5);
    assert!(zoho.requests_to(Role::Api).len() > 2, "{run}");
}

#[test]
fn pushback_is_no_end_of_it() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::TooMany(None));
    // Unlike Zoho, the stand-in has it by then: the look at the state finds it.
    let run = zoho.run(["schedule", "--monthly", "5"]);
    assert_eq!((run.code, sent(&zoho, "POST").len()), (0, 1), "{run}");
    assert_eq!(sent(&zoho, "GET").len(), 1, "{run}");
}

#[test]
fn a_schedule_that_shows_late_is_known_as_its_own() {
    for lost in [Fault::Unavailable(None), Fault::Hangup] {
        let zoho = zoho();
        zoho.fault_for_call("POST", "backup", lost.clone());
        let nothing = Fault::Status(204, Vec::new(), Vec::new());
        zoho.fault_for_call("GET", "backup", nothing);
        let run = zoho.run(["schedule", "--monthly", "5"]);
        assert_eq!(run.code, 0, "{lost:?}: {run}");
        let calls = zoho.requests_to(Role::Api);
        let methods: Vec<&str> = calls.iter().map(|call| &*call.request.method).collect();
        // Asked again, Zoho says that there is one: ours.
        assert_eq!(methods, ["POST", "GET", "POST", "GET"], "{lost:?}: {run}");
    }
}

#[test]
fn a_schedule_that_stands_is_not_replaced() {
    let zoho = zoho().with_schedule(WEEKLY);
    let run = zoho.run(["schedule", "--monthly", "5"]);
    fails(&run, 5);
    assert!(run.stderr.contains("`backup-fetch cancel`"), "{run}");
    assert_eq!(sent(&zoho, "PUT").len(), 0);
}

#[test]
fn a_missing_scope_is_named_with_the_scopes_to_ask_for() {
    let read_only = || zoho().with(|rules| rules.scopes = "ZohoCRM.bulk.backup.READ".into());
    for args in [&["schedule", "--monthly", "5"][..], &["cancel"]] {
        let zoho = read_only().with_schedule(WEEKLY);
        let run = zoho.cli().run(args);
        fails(&run, 4);
        let scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";
        assert!(run.stderr.contains(scopes), "{run}");
    }
}

#[test]
fn cancel_finds_the_id_by_itself() {
    let zoho = zoho().with_schedule(WEEKLY);
    let run = zoho.run(["cancel"]);
    assert_eq!((run.code, &*run.stdout), (0, ""), "{run}");
    let id = zoho.job().expect("it was there").id;
    assert_eq!(run.stderr, format!("the schedule {id} is cancelled\n"));
    assert_eq!(status_of(&zoho), "STOPPED");
    let puts = sent(&zoho, "PUT");
    assert_eq!(puts.len(), 1);
    let path = format!("/crm/bulk/v8/backup/{id}/actions/cancel");
    assert_eq!(
        (puts[0].request.path(), puts[0].request.body.len()),
        (&*path, 0)
    );
}

#[test]
fn cancel_with_an_id_does_not_look_first() {
    let zoho = zoho().with_schedule(WEEKLY);
    let id = zoho.job().expect("it is there").id;
    let run = zoho.run(["cancel", &id, "--json"]);
    assert_eq!((run.code, status_of(&zoho)), (0, "STOPPED".into()), "{run}");
    assert_eq!(run.json(), json!({ "schema": 1, "cancelled": id }));
    assert!(sent(&zoho, "GET").is_empty(), "{run}");
}

#[test]
fn what_zoho_will_not_cancel_is_said_with_what_to_do() {
    let stopped = zoho().with_schedule(WEEKLY);
    stopped.run(["cancel"]);
    let running = zoho();
    running.begin_run();
    for (zoho, id, words, hint) in [
        (&stopped, None, "was already cancelled", "nothing to cancel"),
        (
            &running,
            None,
            "can't be cancelled",
            "`backup-fetch status`",
        ),
        (
            &running,
            Some("1"),
            "does not know",
            "`backup-fetch status`",
        ),
    ] {
        let own = zoho.job().expect("it is there").id;
        let run = zoho.run(["cancel", id.unwrap_or(&own)]);
        fails(&run, 5);
        let (error, advice) = run.stderr.split_once("\nhint: ").unwrap();
        assert!(error.contains(words) && advice.contains(hint), "{run}");
    }
}

#[test]
fn what_can_be_no_id_is_refused_before_a_request() {
    for wrong in ["", "weekly", "../1", "1/../2", "1 2"] {
        let zoho = zoho().with_schedule(WEEKLY);
        let run = zoho.run(["cancel", wrong]);
        fails(&run, 2);
        assert!(zoho.requests().is_empty(), "{run}");
    }
}

#[test]
fn a_lost_reply_of_a_cancel_is_asked_for_again() {
    for lost in [Fault::Hangup, Fault::CutAfter(5), Fault::Unavailable(None)] {
        let zoho = zoho().with_schedule(WEEKLY);
        zoho.fault_for_call("PUT", "cancel", lost.clone());
        let run = zoho.run(["cancel"]);
        assert_eq!(
            (run.code, sent(&zoho, "PUT").len()),
            (0, 2),
            "{lost:?}: {run}"
        );
        assert!(run.stderr.ends_with(" is cancelled\n"), "{run}");
    }
}

#[test]
fn nothing_to_cancel_is_a_good_end() {
    let stopped = zoho().with_schedule(WEEKLY);
    stopped.run(["cancel"]);
    let done = zoho().with(|rules| rules.run_reads = 0);
    done.begin_run();
    for zoho in [zoho(), stopped, done] {
        let before = sent(&zoho, "PUT").len();
        let run = zoho.run(["cancel", "--json"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(run.json(), json!({ "schema": 1, "cancelled": null }));
        assert!(run.stderr.contains("nothing to cancel"), "{run}");
        assert_eq!(sent(&zoho, "PUT").len(), before, "{run}");
    }
}
