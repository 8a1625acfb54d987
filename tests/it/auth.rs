//! Tokens: made once, shared, renewed, refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{files_under, wait_until};
use crate::support::zoho::rules::LifeForm;
use crate::support::zoho::{Role, Zoho};

fn many() -> Zoho {
    (0..12).fold(Zoho::start(), |zoho, index| {
        zoho.with_file(&format!("Data_{index:03}.zip"), small_zip(index, 3000))
    })
}

/// The file that holds the token across runs.
fn cache(zoho: &Zoho) -> Option<PathBuf> {
    let found = files_under(zoho.home()).into_iter().find(|name| {
        let path = PathBuf::from(name);
        name.contains("token-") && path.extension().is_some_and(|kind| kind == "json")
    });
    found.map(|name| zoho.home().join(name))
}

#[test]
fn one_token_serves_all_connections_and_the_next_run() {
    let zoho = many();
    let run = zoho.download(["--jobs", "8"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn three_processes_of_eight_connections_make_one_token_in_the_place_of_an_expired_one() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    age(&zoho, -3700, -100);
    zoho.revoke_tokens();
    zoho.next(Role::Accounts, Fault::Delay(Duration::from_millis(300)));
    let download = |out| zoho.cli().spawn(["download", "--jobs", "8", "--out", out]);
    for run in ["one", "two", "three"].map(download) {
        let run = run.wait();
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(zoho.refreshes(), 2, "one of them before it expired");
}

#[test]
fn a_refused_token_is_renewed_once_however_many_connections_meet_the_refusal() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    zoho.revoke_tokens();
    let run = zoho.download(["--jobs", "8"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.refreshes(), 2, "{run}");
}

#[test]
fn a_given_token_is_used_as_it_is_and_its_refusal_is_final() {
    let zoho = many();
    let mut cli = zoho.cli();
    for name in ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"] {
        cli = cli.without(name);
    }
    let good = cli
        .clone()
        .env("ZOHO_ACCESS_TOKEN", zoho.access_token())
        .run(["list"]);
    assert_eq!(good.code, 0, "{good}");
    let bad = cli.env("ZOHO_ACCESS_TOKEN", "1000.dead").run(["list"]);
    assert_eq!(bad.code, 4, "{bad}");
    assert!(
        bad.stderr.contains("hint: get a new ZOHO_ACCESS_TOKEN"),
        "{bad}"
    );
    assert_eq!(zoho.refreshes(), 0);
}

#[test]
fn a_given_token_that_is_refused_is_renewed_where_that_is_possible() {
    let zoho = many();
    let run = zoho
        .cli()
        .env("ZOHO_ACCESS_TOKEN", "1000.dead")
        .run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn a_fresh_token_that_is_refused_too_ends_the_run() {
    let zoho = many();
    let body = br#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#;
    zoho.always(Role::Api, Fault::Status(401, Vec::new(), body.to_vec()));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 4, "{run}");
    assert_eq!(zoho.requests_to(Role::Api).len(), 2);
    assert_eq!(zoho.refreshes(), 2);
}

#[test]
fn the_request_for_a_token_has_its_secrets_in_the_body_and_not_in_the_address() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    let request = zoho.requests_to(Role::Accounts).remove(0).request;
    assert_eq!(request.query(), None);
    assert_eq!(request.path(), "/oauth/v2/token");
    let sent = zoho.requests_to(Role::Api).remove(0).request;
    assert!(
        sent.header("authorization")
            .is_some_and(|value| value.starts_with("Zoho-oauthtoken "))
    );
}

#[test]
fn a_life_that_is_not_told_serves_the_run_and_is_not_kept() {
    let zoho = many().with(|rules| rules.life_form = LifeForm::Untold);
    assert_eq!(zoho.download([]).code, 0);
    assert_eq!((zoho.refreshes(), cache(&zoho)), (1, None));
    let milliseconds = many().with(|rules| rules.life_form = LifeForm::Milliseconds);
    assert_eq!(milliseconds.run(["list"]).code, 0);
    assert_eq!(milliseconds.run(["list"]).code, 0);
    assert_eq!(milliseconds.refreshes(), 1);
}

#[test]
fn the_cache_is_private_and_one_that_is_not_is_dropped_with_a_warning() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    let path = cache(&zoho).expect("there is one");
    let mode =
        |path: &std::path::Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().expect("it has one")), 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 2), "{run}");
    assert!(run.stderr.contains("warning: "), "{run}");
    assert!(run.stderr.contains("others can read"), "{run}");
    assert_eq!(mode(&path), 0o600);
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 2), "{run}");
    assert!(!run.stderr.contains("warning: "), "{run}");
}

#[test]
fn a_damaged_cache_is_replaced() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    fs::write(cache(&zoho).expect("there is one"), "{").expect("it is ours");
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 2), "{run}");
}

#[test]
fn a_page_in_the_place_of_a_token_is_not_understood() {
    let zoho = many();
    zoho.always(Role::Accounts, Fault::Html200("<html>".into()));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("an HTML page"), "{run}");
}

/// Sets the times of the cached token, in minutes from now.
fn age(zoho: &Zoho, issued: i64, expires: i64) {
    let path = cache(zoho).expect("there is one");
    let mut token: Value =
        serde_json::from_slice(&fs::read(&path).expect("it is there")).expect("it is JSON");
    let at = |minutes| (Utc::now() + TimeDelta::minutes(minutes)).to_rfc3339();
    token["issued"] = at(issued).into();
    token["expires"] = at(expires).into();
    fs::write(&path, token.to_string()).expect("it is ours");
}

#[test]
fn a_cached_token_is_used_while_enough_of_it_is_left() {
    for (issued, expires, refreshes) in [
        (-49, 11, 1),
        (-51, 9, 2),
        // A sixth of a short life is enough.
        (-4, 1, 1),
        (-61, -1, 2),
        // The clock was set back: nothing is known of it.
        (5, 65, 2),
    ] {
        let zoho = many();
        assert_eq!(zoho.run(["list"]).code, 0);
        age(&zoho, issued, expires);
        let run = zoho.run(["list"]);
        assert_eq!(
            (run.code, zoho.refreshes()),
            (0, refreshes),
            "{issued} {expires}: {run}"
        );
    }
}

#[test]
fn the_cache_holds_the_life_that_was_told_in_whatever_form() {
    for life in [
        json!({"expires_in": 3600}),
        json!({"expires_in": "3600"}),
        json!({"expires_in": 3_600_000, "expires_in_sec": 3600}),
        json!({"expires_in": 3_600_000}),
    ] {
        let zoho = many();
        let mut reply = life.clone();
        reply["access_token"] = zoho.access_token().into();
        zoho.next(Role::Accounts, Fault::Json200(reply.to_string()));
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 0, "{life}: {run}");
        let bytes = fs::read(cache(&zoho).expect("it is kept")).expect("it is there");
        let kept: Value = serde_json::from_slice(&bytes).expect("it is JSON");
        let at = |key: &str| {
            kept[key]
                .as_str()
                .and_then(|text| text.parse::<DateTime<Utc>>().ok())
                .expect("a date")
        };
        assert_eq!((at("expires") - at("issued")).num_seconds(), 3600, "{life}");
    }
}

#[test]
fn a_life_that_makes_no_sense_serves_the_run_and_is_not_kept() {
    for life in [json!("soon"), json!(-1), json!(0), json!(null), json!(1e30)] {
        let zoho = many();
        let reply = json!({"access_token": zoho.access_token(), "expires_in": life});
        zoho.next(Role::Accounts, Fault::Json200(reply.to_string()));
        let run = zoho.download([]);
        assert_eq!((run.code, cache(&zoho)), (0, None), "{life}: {run}");
        assert_eq!(zoho.refreshes(), 1, "{life}: {run}");
    }
}

#[test]
fn other_credentials_never_get_the_cached_token() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    zoho.set(|rules| rules.refresh_token = "1000.another.organisation".into());
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 2);
    zoho.set(|rules| rules.client_id = "1000.ANOTHERCLIENT".into());
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 3);
}

#[test]
fn what_takes_the_place_of_a_refused_token_is_kept_for_the_next_run() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    zoho.revoke_tokens();
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 2);
}

#[test]
fn a_given_token_that_stays_dead_costs_one_token_and_not_one_a_run() {
    let zoho = many();
    let cli = zoho.cli().env("ZOHO_ACCESS_TOKEN", "1000.dead");
    for _ in 0..2 {
        let run = cli.run(["list"]);
        assert_eq!((run.code, zoho.refreshes()), (0, 1), "{run}");
    }
}

#[test]
fn files_that_refuse_every_token_cost_one_token_however_many_they_are() {
    let zoho = many();
    let body = br#"{"ERROR_CODE":"INVALID_OAUTHTOKEN","ERROR_MESSAGE":"Invalid OAuth token."}"#;
    zoho.always(
        Role::Downloads,
        Fault::Status(401, Vec::new(), body.to_vec()),
    );
    let run = zoho.download(["--jobs", "8"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("\nhint: "), "{run}");
    assert_eq!(zoho.refreshes(), 2, "{run}");
}

#[test]
fn faults_of_the_accounts_server_are_tried_again_and_those_that_stay_exit_5() {
    for fault in [
        Fault::Status(500, Vec::new(), Vec::new()),
        Fault::Status(502, Vec::new(), b"<html>".to_vec()),
        Fault::Unavailable(Some("0".into())),
        Fault::Hangup,
        Fault::CutAfter(10),
        Fault::NotHttp,
    ] {
        let zoho = many();
        zoho.next(Role::Accounts, fault.clone());
        let run = zoho.run(["list"]);
        assert_eq!((run.code, zoho.refreshes()), (0, 2), "{fault:?}: {run}");
        let zoho = many();
        zoho.always(Role::Accounts, fault.clone());
        let run = zoho.run(["list", "--retries", "2"]);
        assert_eq!((run.code, zoho.refreshes()), (5, 3), "{fault:?}: {run}");
        assert!(
            run.stderr.contains("(after 3 attempts)") && run.stderr.contains("\nhint: "),
            "{fault:?}: {run}"
        );
    }
}

#[test]
fn a_throttle_is_not_asked_on_whatever_its_status_and_the_credentials_work_afterwards() {
    for status in [200, 400, 429, 503] {
        let zoho = many();
        let body = br#"{"error":"Access Denied","error_description":"You have made too many requests continuously."}"#;
        zoho.always(
            Role::Accounts,
            Fault::Status(status, Vec::new(), body.to_vec()),
        );
        let run = zoho.run(["list", "--retries", "3"]);
        assert_eq!((run.code, zoho.refreshes()), (5, 1), "{status}: {run}");
        assert!(
            run.stderr.contains("hint: wait at least 10 minutes"),
            "{status}: {run}"
        );
        zoho.clear_faults();
        assert_eq!(zoho.run(["list"]).code, 0, "{status}");
    }
}

#[test]
fn a_reply_with_neither_token_nor_error_is_not_understood() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"status":"failure"}"#,
        r#"{"access_token":null,"expires_in":3600}"#,
        r#"{"access_token":"","expires_in":3600}"#,
        r#"{"access_token":7}"#,
    ] {
        let zoho = many();
        zoho.always(Role::Accounts, Fault::Json200(body.into()));
        let run = zoho.run(["list"]);
        assert_eq!((run.code, zoho.refreshes()), (5, 1), "{body}: {run}");
        assert!(
            run.stderr.contains("is not understood") && run.stderr.contains("\nhint: "),
            "{body}: {run}"
        );
        assert!(zoho.requests_to(Role::Api).is_empty(), "{body}");
    }
}

#[test]
fn a_cache_that_can_not_be_made_is_a_warning_and_the_token_lives_as_long_as_the_run() {
    let zoho = many();
    fs::write(zoho.home().join("state"), "a file in the way").expect("it is ours");
    let run = zoho.download([]);
    assert_eq!((run.code, zoho.refreshes()), (0, 1), "{run}");
    let warnings = run
        .stderr
        .matches("state/backup-fetch: the token can't be kept");
    assert_eq!(warnings.count(), 1, "{run}");
}

#[test]
fn connections_that_meet_the_refusal_together_share_a_token_that_is_not_kept() {
    let zoho = many().with(|rules| rules.life_form = LifeForm::Untold);
    zoho.next(Role::Api, Fault::Delay(Duration::from_millis(300)));
    let running = zoho
        .cli()
        .spawn(["download", "--out", "out", "--jobs", "8"]);
    wait_until("the list is asked for", || {
        !zoho.requests_to(Role::Api).is_empty()
    });
    zoho.revoke_tokens();
    let run = running.wait();
    assert_eq!((run.code, zoho.refreshes()), (0, 2), "{run}");
    let requests = zoho.requests_to(Role::Downloads);
    let refused = requests
        .iter()
        .filter(|record| record.status == 401)
        .count();
    assert!(refused >= 2, "they met it one after the other: {refused}");
}

#[test]
fn a_refused_token_goes_from_the_cache_when_the_new_one_is_not_kept() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    assert!(cache(&zoho).is_some());
    zoho.set(|rules| rules.life_form = LifeForm::Untold);
    zoho.revoke_tokens();
    let run = zoho.run(["list"]);
    assert_eq!((run.code, cache(&zoho)), (0, None), "{run}");
}
