//! What Zoho says: clock, token, calls.

use std::time::Duration;

use serde_json::Value;

use super::{checks, examined, failed, fails, is, warns, without_credentials, zoho};
use crate::support::faults::Fault;
use crate::support::zoho::Role;
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::rules::LifeForm;

#[test]
fn the_token_of_an_earlier_run_is_used_and_named_with_its_life_and_scopes() {
    let zoho = zoho();
    is(&examined(&zoho), "token", "ok", &["issued now", "left"]);
    let again = examined(&zoho);
    is(&again, "token", "ok", &["from the cache", "59m"]);
    is(
        &again,
        "scopes",
        "ok",
        &["ZohoCRM.bulk.backup.READ", "need ZohoCRM.bulk.backup.ALL"],
    );
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn a_token_whose_life_is_not_told_is_said_to_be_one() {
    let zoho = zoho().with(|rules| rules.life_form = LifeForm::Untold);
    is(
        &examined(&zoho),
        "token",
        "ok",
        &["does not report its lifetime"],
    );
}

#[test]
fn a_wrong_secret_exits_4_and_the_folder_is_looked_at_all_the_same() {
    let zoho = zoho();
    let cli = zoho.cli().env("ZOHO_CLIENT_SECRET", "not-the-secret");
    let run = cli.run(["doctor", "--out", "out", "--json"]);
    fails(
        &run,
        "token",
        4,
        &["secret is wrong", "check ZOHO_CLIENT_SECRET"],
    );
    is(&run, "calls", "warning", &["skipped"]);
    is(&run, "folder", "ok", &["would be created"]);
    assert_eq!(zoho.requests_to(Role::Api).len(), 0, "{run}");
}

#[test]
fn a_missing_scope_for_files_is_named_before_and_at_the_file() {
    let zoho = zoho().with(|rules| rules.scopes = "ZohoCRM.bulk.backup.READ".into());
    let run = examined(&zoho);
    fails(&run, "file", 4, &["lacks the scope for files"]);
    is(
        &run,
        "scopes",
        "warning",
        &["list, status and history work", "ZohoFiles.files.ALL"],
    );
}

#[test]
fn a_missing_scope_for_backups_exits_4_for_each_call() {
    let zoho = zoho().with(|rules| rules.scopes = "ZohoFiles.files.ALL".into());
    let run = examined(&zoho);
    assert_eq!((run.code, failed(&run).len()), (4, 3), "{run}");
    for name in ["urls", "job", "history"] {
        is(
            &run,
            name,
            "failed",
            &[
                "lacks the scope",
                "ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL",
            ],
        );
    }
}

#[test]
fn a_call_that_only_tells_is_a_warning_where_the_links_come() {
    let zoho = zoho();
    let refusal =
        br#"{"code":"OAUTH_SCOPE_MISMATCH","message":"no","status":"error","details":{}}"#;
    zoho.fault_for_call(
        "GET",
        "history",
        Fault::Status(401, Vec::new(), refusal.to_vec()),
    );
    warns(
        &examined(&zoho),
        "history",
        &["list and download work without it"],
    );
}

#[test]
fn a_user_who_is_no_administrator_exits_4() {
    let zoho = zoho().with(|rules| rules.administrator = false);
    let run = examined(&zoho);
    assert_eq!(run.code, 4, "{run}");
    is(&run, "urls", "failed", &["Administrator profile"]);
}

#[test]
fn a_throttled_token_server_exits_5_and_is_asked_once() {
    let zoho = zoho();
    let body = r#"{"error":"Access Denied","error_description":"You have made too many requests continuously."}"#;
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    zoho.fault_for_call("POST", "token", Fault::Status(400, headers, body.into()));
    fails(
        &examined(&zoho),
        "token",
        5,
        &["no more tokens for now", "wait at least 10 minutes"],
    );
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn a_throttled_api_exits_5_and_each_call_is_made_once() {
    let zoho = zoho();
    zoho.always(Role::Api, Fault::TooMany(Some("3600".into())));
    let run = examined(&zoho);
    assert_eq!((run.code, failed(&run).len()), (5, 3), "{run}");
    assert_eq!(zoho.requests_to(Role::Api).len(), 3, "{run}");
}

#[test]
fn an_access_token_that_is_refused_exits_4() {
    let zoho = zoho();
    let cli = zoho
        .env_with_access_token()
        .into_iter()
        .fold(zoho.cli(), |cli, (name, value)| cli.env(name, value));
    let cli = without_credentials(cli);
    zoho.revoke_tokens();
    let run = cli.run(["doctor", "--json"]);
    assert_eq!(run.code, 4, "{run}");
    is(&run, "token", "ok", &["as given", "unknown"]);
    is(&run, "urls", "failed", &["get a new ZOHO_ACCESS_TOKEN"]);
}

#[test]
fn no_links_are_well_and_explained() {
    let zoho = zoho().with(|rules| rules.has_backup = false);
    let run = examined(&zoho);
    assert_eq!(run.code, 0, "{run}");
    is(&run, "urls", "ok", &["HTTP 204"]);
    assert_eq!(checks(&run, "file"), Vec::<Value>::new(), "{run}");
}

#[test]
fn a_clock_two_minutes_off_is_a_warning_and_ten_minutes_exit_5() {
    let zoho = zoho();
    zoho.advance(Duration::from_mins(2));
    warns(&examined(&zoho), "clock", &["behind", "NTP"]);
    zoho.advance(Duration::from_secs(8 * 60 - 5));
    fails(&examined(&zoho), "clock", 5, &["9m 5", "NTP"]);
}

#[test]
fn a_server_that_is_not_there_exits_5_within_seconds() {
    let zoho = zoho();
    let cli = zoho.cli().env("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:9");
    let run = cli.run(["doctor", "--json"]);
    assert_eq!(
        (run.code, failed(&run)),
        (5, vec!["clock".to_owned(), "token".to_owned()]),
        "{run}"
    );
    is(
        &run,
        "token",
        "failed",
        &["no connection", "check the network"],
    );
}

#[test]
fn backups_that_silently_stopped_are_a_warning_and_exit_9_with_strict() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    zoho.set(|rules| rules.has_backup = false);
    let done = |days| {
        let entry = Entry {
            state: Some("completed"),
            ..Entry::default()
        };
        zoho.log(chrono::TimeDelta::days(days), entry);
    };
    done(400);
    done(32);
    warns(
        &examined(&zoho),
        "schedule",
        &["31 days", "backup-fetch schedule"],
    );
    let strict = zoho.run(["doctor", "--out", "out", "--json", "--strict"]);
    assert_eq!(
        (strict.code, &strict.json()["exit_code"]),
        (9, &9.into()),
        "{strict}"
    );
    assert!(
        strict
            .stderr
            .starts_with("error: 1 warning, which --strict counts as a failure"),
        "{strict}"
    );
    zoho.set(|rules| rules.has_backup = true);
    is(
        &examined(&zoho),
        "schedule",
        "ok",
        &["there are links that have not expired"],
    );
    zoho.set(|rules| rules.has_backup = false);
    done(30);
    is(
        &examined(&zoho),
        "schedule",
        "ok",
        &["the last backup is recent"],
    );
    assert_eq!(zoho.run(["doctor", "--out", "out", "--strict"]).code, 0);
    let quiet = zoho.run(["doctor", "--out", "out", "--strict", "--quiet"]);
    assert_eq!((quiet.code, &*quiet.stdout, &*quiet.stderr), (0, "", ""));
}

#[test]
fn a_schedule_is_enough() {
    let zoho = zoho()
        .with(|rules| rules.has_backup = false)
        .with_schedule("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO");
    is(&examined(&zoho), "schedule", "ok", &["scheduled"]);
}
