//! Tokens: made once, shared, renewed, refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::files_under;
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
fn three_processes_at_once_make_one_token() {
    let zoho = many();
    zoho.next(
        Role::Accounts,
        Fault::Delay(std::time::Duration::from_millis(300)),
    );
    let runs: Vec<_> = (0..3).map(|_| zoho.cli().spawn(["list"])).collect();
    for run in runs {
        let run = run.wait();
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(zoho.refreshes(), 1);
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
fn the_cache_is_private_and_one_that_is_not_is_refused() {
    let zoho = many();
    assert_eq!(zoho.run(["list"]).code, 0);
    let path = cache(&zoho).expect("there is one");
    let mode =
        |path: &std::path::Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().expect("it has one")), 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("hint: chmod 600 "), "{run}");
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
fn every_refusal_of_the_accounts_server_has_its_words_and_is_not_tried_again() {
    for (error, description, code, words) in [
        ("invalid_client", "", 4, "does not know the client id"),
        ("invalid_client_secret", "", 4, "client secret is wrong"),
        ("invalid_code", "", 4, "refresh token is revoked"),
        ("invalid_grant", "", 4, "refresh token is revoked"),
        (
            "Access Denied",
            "You have made too many requests continuously.",
            5,
            "makes no more tokens for now",
        ),
        ("new_error\u{1b}[2J", "", 5, "new_error\\u{1b}[2J"),
    ] {
        for status in [200, 400] {
            let zoho = many();
            let body =
                serde_json::json!({"error": error, "error_description": description}).to_string();
            zoho.always(
                Role::Accounts,
                Fault::Status(status, Vec::new(), body.into_bytes()),
            );
            let run = zoho.run(["list"]);
            assert_eq!(run.code, code, "{error}: {run}");
            assert!(
                run.stderr.contains(words) && run.stderr.contains("hint: "),
                "{error}: {run}"
            );
            assert_eq!(zoho.refreshes(), 1, "{error}: {run}");
        }
    }
}

#[test]
fn a_page_in_the_place_of_a_token_is_not_understood() {
    let zoho = many();
    zoho.always(Role::Accounts, Fault::Html200("<html>".into()));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("an HTML page"), "{run}");
}
