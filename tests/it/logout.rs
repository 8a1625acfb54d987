//! `logout`: revoked at Zoho, then forgotten here.

use std::fs;

use crate::login::{FETCH, bare, config, log_in, stored, with_client};
use crate::support::elsewhere::shell;
use crate::support::faults::Fault;
use crate::support::run::{Cli, files_under};
use crate::support::zoho::{Role, Zoho};
use crate::usage::{config_of, without_credentials, write};

const REVOKE: &str = "/oauth/v2/token/revoke";

/// Logged in, the refresh token, and a command line that knows only the profile.
fn logged_in() -> (Zoho, String, Cli) {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let token = fs::read_to_string(stored(&zoho, "main", "refresh_token")).expect("stored");
    let cli = bare(&zoho).always("--retry-wait=1ms");
    (zoho, token.trim_end().to_owned(), cli)
}

fn revocations(zoho: &Zoho) -> usize {
    let records = zoho.requests_to(Role::Accounts);
    let asked = records
        .iter()
        .filter(|record| record.request.path() == REVOKE);
    asked.count()
}

/// Everything of the login is still there, and works.
fn assert_kept(zoho: &Zoho, cli: &Cli) {
    assert!(stored(zoho, "main", "refresh_token").exists());
    assert!(config(zoho).contains("refresh_token ="));
    assert_eq!(cli.run(["list"]).code, 0);
}

#[test]
fn the_token_is_revoked_and_everything_secret_is_gone() {
    let (zoho, token, cli) = logged_in();
    let run = cli.run(["logout"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(zoho.is_revoked(&token));
    let found = files_under(zoho.home());
    let secret = |name: &String| name.contains("refresh_token") || name.contains("client_secret");
    assert!(!found.iter().any(secret), "{found:?}");
    let cached = |name: &String| name.contains(".json");
    assert!(!found.iter().any(cached), "{found:?}");
    let next = cli.run(["list"]);
    assert_eq!(next.code, 4, "{next}");
    assert!(
        next.stderr.contains("hint: run `backup-fetch login`"),
        "{next}"
    );
}

#[test]
fn the_profile_keeps_what_is_no_secret() {
    let (zoho, _, cli) = logged_in();
    let before = config(&zoho);
    assert_eq!(cli.run(["logout"]).code, 0);
    let kept: Vec<&str> = before
        .lines()
        .filter(|line| !line.starts_with("client_secret") && !line.starts_with("refresh_token"))
        .collect();
    assert_eq!(config(&zoho).lines().collect::<Vec<_>>(), kept);
    assert!(config(&zoho).contains("client_id = ") && config(&zoho).contains("org = "));
}

#[test]
fn the_token_goes_in_the_body_and_no_secret_is_told() {
    let (zoho, token, cli) = logged_in();
    let run = cli.run(["logout", "-vvv"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains(&token), "{run}");
    let request = zoho
        .requests_to(Role::Accounts)
        .pop()
        .expect("it was sent")
        .request;
    assert_eq!((request.path(), request.query()), (REVOKE, None));
    assert_eq!(request.form()["token"], token);
}

#[test]
fn a_token_that_zoho_does_not_revoke_is_kept_and_the_way_by_hand_is_named() {
    let (zoho, _, cli) = logged_in();
    zoho.fault_for_call(
        "POST",
        "revoke",
        Fault::Status(400, Vec::new(), b"<html>".to_vec()),
    );
    // The stand-in has revoked it by then; what is told is what counts here.
    let run = cli.run(["logout"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(
        run.stderr
            .contains("did not revoke the refresh token (HTTP 400: an HTML page"),
        "{run}"
    );
    assert!(run.stderr.contains("Connected Apps"), "{run}");
    assert!(stored(&zoho, "main", "refresh_token").exists());
    assert!(config(&zoho).contains("refresh_token ="));
}

#[test]
fn what_is_not_told_to_be_a_success_is_none() {
    for (body, said) in [
        (r#"{"error":"invalid_code"}"#, "invalid_code"),
        (r#"{"status":"failure"}"#, "failure"),
        (r#"{"status":"success "}"#, "success "),
        (r#"{"success":true}"#, "true"),
        (r#"["status","success"]"#, "success"),
        ("<html>Sign in</html>", "an HTML page"),
        ("", "an empty reply"),
        ("success", "success"),
    ] {
        let (zoho, _, cli) = logged_in();
        let reply = Fault::Status(200, Vec::new(), body.as_bytes().to_vec());
        zoho.fault_for_call("POST", "revoke", reply);
        let run = cli.run(["logout"]);
        assert_eq!(run.code, 5, "{body}: {run}");
        assert!(
            run.stderr.contains("did not revoke") && run.stderr.contains(said),
            "{body}: {run}"
        );
        assert!(!run.stderr.contains("has revoked"), "{body}: {run}");
        assert!(stored(&zoho, "main", "refresh_token").exists(), "{body}");
    }
}

#[test]
fn a_network_that_is_down_loses_nothing() {
    let (zoho, _, cli) = logged_in();
    let run = cli
        .clone()
        .env("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:1")
        .run(["logout"]);
    assert_eq!(run.code, 5, "{run}");
    assert_kept(&zoho, &cli);
}

#[test]
fn forget_forgets_here_and_still_says_what_failed() {
    let (zoho, _, cli) = logged_in();
    let cli = cli.env("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:1");
    let run = cli.run(["logout", "--forget"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("error: http://127.0.0.1:1"), "{run}");
    assert!(!stored(&zoho, "main", "refresh_token").exists());
    assert!(!config(&zoho).contains("refresh_token ="));
}

#[test]
fn a_lost_reply_is_asked_for_again_and_then_the_token_is_gone() {
    for fault in [Fault::Hangup, Fault::CutAfter(3)] {
        let (zoho, token, cli) = logged_in();
        zoho.fault_for_call("POST", "revoke", fault.clone());
        let run = cli.run(["logout"]);
        assert_eq!((run.code, revocations(&zoho)), (0, 2), "{fault:?}: {run}");
        assert!(zoho.is_revoked(&token));
    }
}

#[test]
fn secrets_of_other_places_are_revoked_and_named_to_be_removed_by_hand() {
    let (zoho, cli) = without_credentials();
    let rules = zoho.rules();
    let (secret, token) = ("echo x", format!("echo {}", rules.refresh_token));
    let (secret, token) = (shell(secret), shell(&token));
    let text = format!(
        "[profiles.main]\nclient_id = \"{}\"\nclient_secret = {{ command = {secret:?} }}\nrefresh_token = {{ command = {token:?} }}\n",
        rules.client_id
    );
    write(&config_of(zoho.home()), &text, 0o600);
    let run = cli.run(["logout"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.is_revoked(&rules.refresh_token));
    let place = format!("refresh_token comes from the command {}", token[0]);
    assert!(
        run.stderr
            .contains(&format!("{place}: remove it there by hand")),
        "{run}"
    );
    assert_eq!(config(&zoho), text);
}

#[test]
fn the_token_of_the_profile_goes_before_that_of_the_environment() {
    let (zoho, token, cli) = logged_in();
    let run = cli
        .env("ZOHO_REFRESH_TOKEN", zoho.rules().refresh_token)
        .run(["logout"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.is_revoked(&token) && !zoho.is_revoked(&zoho.rules().refresh_token));
    assert!(
        run.stderr
            .contains("warning: ZOHO_REFRESH_TOKEN is still set"),
        "{run}"
    );
}

#[test]
fn who_is_not_logged_in_is_told_so() {
    let (zoho, cli) = without_credentials();
    let run = cli.run(["logout"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr
            .contains("there is no refresh token to log out of"),
        "{run}"
    );
    let (_zoho, _, cli) = logged_in();
    assert_eq!(cli.run(["logout"]).code, 0);
    assert_eq!(cli.run(["logout"]).code, 4);
    assert!(zoho.requests().is_empty());
}

#[test]
fn the_document_of_json_says_what_was_removed() {
    let (zoho, _, cli) = logged_in();
    let run = cli.run(["logout", "--json"]);
    let document = run.json();
    assert_eq!(
        (&document["profile"], &document["revoked"]),
        (&"main".into(), &true.into())
    );
    let token = stored(&zoho, "main", "refresh_token").display().to_string();
    let removed = document["removed"].as_array().expect("a list");
    assert!(removed.contains(&token.into()), "{run}");
}

#[test]
fn after_a_logout_a_login_works_again() {
    let (zoho, _, cli) = logged_in();
    assert_eq!(cli.run(["logout"]).code, 0);
    let again = cli
        .clone()
        .env("ZOHO_CLIENT_SECRET", zoho.rules().client_secret);
    let run = log_in(&zoho, &again, FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(cli.run(["list"]).code, 0);
}
