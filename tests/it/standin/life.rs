//! The life of a backup: requested, scheduled, under way, done, cancelled.

use std::collections::HashSet;
use std::io::ErrorKind;

use chrono::TimeDelta;

use super::*;
use crate::support::faults::Fault;
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::rules::RunNow;

const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";

fn all_scopes() -> Zoho {
    zoho().with(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL".into())
}

fn call(zoho: &Zoho, method: &str, rest: &str, body: &str) -> Answer {
    let url = format!("{}/crm/bulk/v8/backup{rest}", zoho.urls().api);
    let authorization = format!("Authorization: Zoho-oauthtoken {}", zoho.access_token());
    send(zoho, method, &url, &[&authorization], body)
}

fn read(zoho: &Zoho, rest: &str) -> Value {
    json(&call(zoho, "GET", rest, ""))
}

fn schedule(zoho: &Zoho, rule: &str) -> Answer {
    let body = serde_json::json!({ "backup": { "rrule": rule } });
    call(zoho, "POST", "", &body.to_string())
}

#[test]
fn a_run_at_once_ends_after_so_many_reads_with_links_of_a_new_job() {
    let zoho = all_scopes();
    assert_eq!(call(&zoho, "GET", "", "").status, 204);
    let before = read(&zoho, "/urls");
    let made = json(&call(&zoho, "POST", "", ""));
    assert_eq!(made["backup"]["code"], "SUCCESS");
    let states: Vec<Value> = (0..3)
        .map(|_| read(&zoho, "")["backup"]["status"].clone())
        .collect();
    assert_eq!(states, ["INPROGRESS", "INPROGRESS", "COMPLETED"]);
    let job = &read(&zoho, "")["backup"];
    assert_eq!(job["id"], made["backup"]["details"]["id"]);
    assert!(job["rrule"].is_null() && job["scheduled_date"].is_null());
    let after = read(&zoho, "/urls");
    assert_ne!(before["urls"]["data_links"], after["urls"]["data_links"]);
    let kinds: Vec<Value> = read(&zoho, "/history")["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["state"].clone())
        .collect();
    assert_eq!(kinds, [Value::from("completed"), Value::Null]);
}

#[test]
fn the_links_wait_for_the_first_run_that_ends_well() {
    let zoho = all_scopes()
        .without_backup()
        .with(|rules| (rules.run_reads, rules.run_ends) = (0, "PAYMENT_FAILED".into()));
    assert_eq!(urls(&zoho, &zoho.access_token()).status, 204);
    call(&zoho, "POST", "", "");
    assert_eq!(read(&zoho, "")["backup"]["status"], "PAYMENT_FAILED");
    assert_eq!(urls(&zoho, &zoho.access_token()).status, 204);
    zoho.set(|rules| rules.run_ends = "COMPLETED".into());
    call(&zoho, "POST", "", "{}");
    assert_eq!(read(&zoho, "")["backup"]["status"], "COMPLETED");
    assert_eq!(urls(&zoho, &zoho.access_token()).status, 200);
}

#[test]
fn a_schedule_tells_its_next_day_and_can_be_stopped_once() {
    let zoho = all_scopes();
    let id = json(&schedule(&zoho, WEEKLY))["backup"]["details"]["id"].clone();
    let job = read(&zoho, "")["backup"].clone();
    assert_eq!(
        (&job["status"], &job["rrule"]),
        (&"SCHEDULED".into(), &WEEKLY.into())
    );
    let next = job["scheduled_date"].as_str().unwrap();
    assert!(next.ends_with("T01:00:00+00:00"), "{next}");
    let path = format!("/{}/actions/cancel", id.as_str().unwrap());
    let answers = [&*path, &path, "/1/actions/cancel"].map(|path| call(&zoho, "PUT", path, ""));
    assert_eq!(
        answers.each_ref().map(|answer| answer.status),
        [200, 400, 400]
    );
    assert_eq!(json(&answers[1])["backup"]["code"], "ALREADY_CANCELLED");
    assert_eq!(json(&answers[2])["code"], "RESOURCE_NOT_FOUND");
    assert_eq!(read(&zoho, "/history")["history"][0]["action"], "stopped");
}

#[test]
fn a_schedule_that_comes_due_is_scheduled_again_after_its_run() {
    let zoho = all_scopes().with_schedule(WEEKLY);
    let first = read(&zoho, "")["backup"]["scheduled_date"].clone();
    zoho.begin_run();
    let id = zoho.job().unwrap().id;
    let cancel = call(&zoho, "PUT", &format!("/{id}/actions/cancel"), "");
    assert_eq!(json(&cancel)["backup"]["code"], "INPROGRESS");
    for expected in ["INPROGRESS", "INPROGRESS", "SCHEDULED"] {
        assert_eq!(read(&zoho, "")["backup"]["status"], expected);
    }
    assert_ne!(read(&zoho, "")["backup"]["scheduled_date"], first);
}

#[test]
fn only_one_backup_can_be_pending_and_only_so_many_a_month() {
    let zoho = all_scopes().with_schedule(WEEKLY);
    let answer = call(&zoho, "POST", "", "");
    assert_eq!(json(&answer)["backup"]["code"], "BACKUP_ALREADY_SCHEDULED");
    let zoho = all_scopes().with(|rules| (rules.allowance, rules.run_reads) = (1, 0));
    call(&zoho, "POST", "", "");
    read(&zoho, "");
    let answer = call(&zoho, "POST", "", "");
    assert_eq!(
        (answer.status, &json(&answer)["code"]),
        (400, &"LIMIT_EXCEEDED".into())
    );
}

#[test]
fn a_rule_outside_of_the_grammar_is_invalid_data() {
    let zoho = all_scopes();
    for wrong in [
        "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO",
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;INTERVAL=0;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;INTERVAL=53;BYDAY=MO",
        "RRULE:FREQ=WEEKLY;INTERVAL=1;BYMONTHDAY=5",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=TH",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=32",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5;BYDAY=1TH",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5;COUNT=2",
    ] {
        let answer = json(&schedule(&zoho, wrong));
        assert_eq!(answer["backup"]["code"], "INVALID_DATA", "{wrong}");
        assert_eq!(answer["backup"]["details"]["json_path"], "$.backup.rrule");
    }
    let taken = schedule(&zoho, "RRULE:FREQ=MONTHLY;INTERVAL=52;BYDAY=4SU");
    assert_eq!(taken.status, 200);
}

#[test]
fn an_object_can_be_refused_where_an_empty_body_is_wanted() {
    let zoho = all_scopes().with(|rules| rules.run_now = RunNow::OnlyEmpty);
    let answer = call(&zoho, "POST", "", "{}");
    assert_eq!(json(&answer)["code"], "REQUEST_BODY_NOT_READABLE");
    zoho.set(|rules| rules.run_now = RunNow::InvalidUnlessEmpty);
    let answer = call(&zoho, "POST", "", "{}");
    assert_eq!(json(&answer)["backup"]["code"], "INVALID_DATA");
    assert!(zoho.job().is_none());
    assert_eq!(call(&zoho, "POST", "", "").status, 200);
}

#[test]
fn a_job_whose_reply_is_lost_is_there_all_the_same() {
    let zoho = all_scopes();
    zoho.fault_for_call("POST", "backup", Fault::Hangup);
    assert_eq!(call(&zoho, "GET", "", "").status, 204);
    let lost = call(&zoho, "POST", "", "");
    assert!(lost.status == 0 && lost.error != Some(ErrorKind::TimedOut));
    assert_eq!(read(&zoho, "")["backup"]["status"], "INPROGRESS");
    let posts = zoho.requests();
    assert_eq!(posts[1].request.method, "POST");
}

#[test]
fn the_history_is_paged_to_its_end_and_forgets_after_a_year() {
    let zoho = all_scopes();
    assert_eq!(call(&zoho, "GET", "/history", "").status, 204);
    for day in 0..5 {
        zoho.log(TimeDelta::days(5 - day), Entry::default());
    }
    let mut seen = HashSet::new();
    for (page, more) in [(1, true), (2, true), (3, false)] {
        let answer = read(&zoho, &format!("/history?page={page}&per_page=2"));
        assert_eq!(answer["info"]["more_records"], more);
        for line in answer["history"].as_array().unwrap() {
            assert!(seen.insert(line["id"].clone()));
        }
    }
    assert_eq!(seen.len(), 5);
    let beyond = call(&zoho, "GET", "/history?page=4&per_page=2", "");
    assert_eq!(beyond.status, 204);
    zoho.advance(std::time::Duration::from_hours(24 * 362));
    assert_eq!(read(&zoho, "/history")["info"]["count"], 2);
}

#[test]
fn each_call_asks_for_its_own_scope() {
    let zoho = zoho();
    let refused = |method: &str, rest: &str| {
        let answer = call(&zoho, method, rest, "");
        answer.status == 401 && json(&answer)["code"] == "OAUTH_SCOPE_MISMATCH"
    };
    let calls = [
        ("GET", "/urls", "READ"),
        ("GET", "", "READ"),
        ("GET", "/history", "READ"),
        ("POST", "", "CREATE"),
        ("PUT", "/1/actions/cancel", "UPDATE"),
    ];
    for scope in ["READ", "CREATE", "UPDATE"] {
        zoho.set(|rules| rules.scopes = format!("ZohoCRM.bulk.backup.{scope}"));
        for (method, rest, needed) in calls {
            assert_eq!(
                refused(method, rest),
                needed != scope,
                "{method} {rest} with {scope}"
            );
        }
    }
}
