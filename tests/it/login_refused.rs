//! `login` that ends without a token: each cause with its own message and hint, and nothing stored.

use serde_json::json;

use crate::login::{FETCH, assert_nothing_stored, log_in, with_client};
use crate::support::faults::Fault;
use crate::support::run::Run;
use crate::support::zoho::{Role, Zoho};

/// Exit code, these words in the error and in the hint, and nothing stored.
fn failed(zoho: &Zoho, run: &Run, code: i32, what: &str, hint: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
    let error = run.stderr.lines().find(|line| line.starts_with("error: "));
    assert!(
        error.is_some_and(|line| line.contains(what)),
        "{what}: {run}"
    );
    let mend = run.stderr.lines().find(|line| line.starts_with("hint: "));
    assert!(
        mend.is_some_and(|line| line.contains(hint)),
        "{hint}: {run}"
    );
    assert_nothing_stored(zoho);
}

#[test]
fn a_code_that_was_used_has_expired_or_is_wrong_says_so() {
    let (zoho, cli) = with_client();
    let code = zoho.grant_code(FETCH);
    zoho.advance(std::time::Duration::from_mins(3));
    for code in [code.as_str(), "1000.mistyped"] {
        let run = cli.clone().env("ZOHO_GRANT_CODE", code).run(["login"]);
        failed(
            &zoho,
            &run,
            4,
            "used before, has expired, or is mistyped (invalid_code)",
            "Generate Code",
        );
    }
}

#[test]
fn a_wrong_client_or_data_centre_and_a_wrong_secret_each_say_so() {
    let (zoho, cli) = with_client();
    let run = log_in(
        &zoho,
        &cli.clone().env("ZOHO_CLIENT_ID", "1000.OTHER"),
        FETCH,
        [],
    );
    failed(
        &zoho,
        &run,
        4,
        "no client with this id is known here (invalid_client)",
        "--dc",
    );
    let run = log_in(&zoho, &cli.env("ZOHO_CLIENT_SECRET", "other"), FETCH, []);
    failed(
        &zoho,
        &run,
        4,
        "the client secret is wrong (invalid_client_secret)",
        "API console",
    );
}

#[test]
fn every_word_of_the_token_server_has_its_own_message_whatever_the_status() {
    for (body, code, what, hint) in [
        (
            r#"{"error":"invalid_grant"}"#,
            4,
            "the code was refused",
            "new code",
        ),
        (
            r#"{"error":"invalid_redirect_uri"}"#,
            4,
            "the redirect URI is not the one",
            "--redirect-uri",
        ),
        (
            r#"{"error":"access_denied"}"#,
            4,
            "Zoho refused (access_denied)",
            "scopes",
        ),
        (
            r#"{"error":"Access Denied","error_description":"You have made too many requests continuously."}"#,
            5,
            "too many were requested",
            "wait at least 10 minutes",
        ),
        (
            r#"{"error":"new_word"}"#,
            5,
            "not understood (HTTP",
            "new one",
        ),
        ("<html>Invalid request</html>", 5, "an HTML page", "new one"),
        ("{}", 5, "neither a token nor an error", "new one"),
    ] {
        for status in [200, 400] {
            let (zoho, cli) = with_client();
            zoho.next(
                Role::Accounts,
                Fault::Status(status, Vec::new(), body.into()),
            );
            let run = log_in(&zoho, &cli, FETCH, []);
            failed(&zoho, &run, code, what, hint);
            assert_eq!(zoho.requests().len(), 1, "{body}: {run}");
        }
    }
}

#[test]
fn a_reply_without_a_refresh_token_is_not_enough() {
    let (zoho, cli) = with_client();
    let reply = json!({"access_token": zoho.access_token(), "expires_in": 3600});
    zoho.next(Role::Accounts, Fault::Json200(reply.to_string()));
    let run = log_in(&zoho, &cli, FETCH, []);
    failed(&zoho, &run, 4, "no refresh token", "access_type=offline");
}

#[test]
fn an_account_in_another_data_centre_is_named() {
    for domain in ["https://www.zohoapis.eu", "https://api.zoho.eu"] {
        let (zoho, cli) = with_client();
        let reply = json!({"access_token": "1000.a", "refresh_token": "1000.b", "expires_in": 3600, "api_domain": domain});
        zoho.next(Role::Accounts, Fault::Json200(reply.to_string()));
        let run = log_in(&zoho, &cli, FETCH, []);
        failed(
            &zoho,
            &run,
            4,
            "in the data centre eu, not in us",
            "--dc eu",
        );
        assert!(zoho.requests_to(Role::Api).is_empty());
    }
}

#[test]
fn a_code_is_sent_once_whatever_becomes_of_the_reply() {
    for fault in [
        Fault::Hangup,
        Fault::CutAfter(10),
        Fault::Status(503, Vec::new(), Vec::new()),
    ] {
        let (zoho, cli) = with_client();
        zoho.next(Role::Accounts, fault.clone());
        let run = log_in(&zoho, &cli, FETCH, ["--retries", "3"]);
        failed(&zoho, &run, 5, "", "new");
        assert_eq!(zoho.requests().len(), 1, "{fault:?}: {run}");
    }
}

#[test]
fn a_connection_that_does_not_come_about_is_tried_again() {
    let (zoho, cli) = with_client();
    let cli = cli.env("ZOHO_ACCOUNTS_URL", "http://127.0.0.1:1");
    let run = log_in(&zoho, &cli, FETCH, ["--retries", "2"]);
    failed(&zoho, &run, 5, "(after 3 attempts)", "network");
}

#[test]
fn a_token_without_the_scopes_or_the_rights_is_refused_and_nothing_is_stored() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli, "ZohoFiles.files.ALL", []);
    failed(&zoho, &run, 4, "OAUTH_SCOPE_MISMATCH", FETCH);
    let run = log_in(&zoho, &cli, "ZohoCRM.bulk.backup.READ", []);
    failed(&zoho, &run, 4, "INVALID_OAUTHSCOPE", FETCH);
    zoho.set(|rules| rules.administrator = false);
    let run = log_in(&zoho, &cli, FETCH, []);
    failed(&zoho, &run, 4, "NO_PERMISSION", "Administrator");
    zoho.set(|rules| rules.api_access = false);
    let run = log_in(&zoho, &cli, FETCH, []);
    failed(
        &zoho,
        &run,
        4,
        "API access is switched off",
        "Zoho CRM API Access",
    );
}

#[test]
fn a_new_token_that_the_api_refuses_is_not_made_anew() {
    let (zoho, cli) = with_client();
    let body = br#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#;
    zoho.always(Role::Api, Fault::Status(401, Vec::new(), body.to_vec()));
    let run = log_in(&zoho, &cli, FETCH, []);
    failed(
        &zoho,
        &run,
        4,
        "refuses the token that Zoho has just issued",
        "--dc",
    );
    assert_eq!(zoho.refreshes(), 1);
}
