//! `login` with the code of a self client: asked for, given, tried, stored.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, files_under};
use crate::support::zoho::{Role, Zoho};
use crate::usage::{config_of, refused, secret_file, without_credentials, write};

pub const FETCH: &str = "ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL";
const ALL: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";

/// A stand-in, and its command line with the client and no token.
pub fn with_client() -> (Zoho, Cli) {
    let (zoho, cli) = without_credentials();
    let rules = zoho.rules();
    let cli = cli
        .env("ZOHO_CLIENT_ID", rules.client_id)
        .env("ZOHO_CLIENT_SECRET", rules.client_secret);
    (zoho, cli)
}

/// Logs in with a code of these scopes, and more arguments.
pub fn log_in<const N: usize>(zoho: &Zoho, cli: &Cli, scopes: &str, args: [&str; N]) -> Run {
    let cli = cli.clone().env("ZOHO_GRANT_CODE", zoho.grant_code(scopes));
    cli.run(["login"].iter().chain(&args))
}

/// The command line with nothing but what a profile holds, and where the stand-in's certificates are.
pub fn bare(zoho: &Zoho) -> Cli {
    Cli::new(zoho.home()).always("--retries=1")
}

pub fn config(zoho: &Zoho) -> String {
    fs::read_to_string(config_of(zoho.home())).unwrap_or_default()
}

/// Where the secret of a profile is stored.
pub fn stored(zoho: &Zoho, profile: &str, key: &str) -> PathBuf {
    let folder = zoho.home().join("config/backup-fetch/credentials");
    folder.join(profile).join(key)
}

fn mode(path: &Path) -> u32 {
    let found = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    found.permissions().mode() & 0o777
}

/// Nothing of a login is in the home.
fn assert_nothing_stored(zoho: &Zoho) {
    let found = files_under(zoho.home());
    assert!(
        found
            .iter()
            .all(|name| !name.contains("backup-fetch") && !name.contains("token")),
        "{found:?}"
    );
}

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
fn a_code_becomes_a_profile_with_which_everything_works() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli, FETCH, []);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(run.stderr.contains("logged in: profile main"), "{run}");
    let run = bare(&zoho).run(["download", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.saved_bytes("Data_001.zip").is_some());
}

#[test]
fn the_token_that_came_with_the_code_serves_the_runs_after_it() {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    assert_eq!(bare(&zoho).run(["list"]).code, 0);
    assert_eq!(zoho.refreshes(), 1, "one token in all");
}

#[test]
fn secrets_are_stored_for_their_owner_alone_and_the_profile_only_names_them() {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let secret = stored(&zoho, "main", "client_secret");
    let text = fs::read_to_string(&secret).expect("it is stored");
    assert_eq!(text.trim_end(), zoho.rules().client_secret);
    let token = stored(&zoho, "main", "refresh_token");
    let config_file = PathBuf::from(config_of(zoho.home()));
    for path in [&secret, &token, &config_file] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    for folder in secret.ancestors().skip(1).take(3) {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    let text = config(&zoho);
    assert!(text.contains(&format!(
        "refresh_token = {{ file = \"{}\" }}",
        token.display()
    )));
    assert!(
        text.contains(&format!("org = \"{}\"", zoho.rules().org)),
        "{text}"
    );
}

#[test]
fn the_code_and_the_secret_go_in_the_body_and_nowhere_else() {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let request = zoho.requests_to(Role::Accounts).remove(0).request;
    assert_eq!((request.path(), request.query()), ("/oauth/v2/token", None));
    let form = request.form();
    assert_eq!(form["grant_type"], "authorization_code");
    assert!(!form.contains_key("redirect_uri"));
}

#[test]
fn no_secret_is_told_in_whatever_way_it_is_asked() {
    for args in [["-vvv"], ["--json"], ["-q"]] {
        let (zoho, cli) = with_client();
        let code = zoho.grant_code(FETCH);
        let run = cli
            .env("ZOHO_GRANT_CODE", code.clone())
            .run(["login"].iter().chain(&args));
        assert_eq!(run.code, 0, "{run}");
        let token = fs::read_to_string(stored(&zoho, "main", "refresh_token")).expect("stored");
        let access = zoho.requests_to(Role::Api)[0]
            .request
            .token()
            .map(str::to_owned);
        let access = access.expect("it was sent");
        for secret in [
            &code,
            &zoho.rules().client_secret,
            token.trim_end(),
            &access,
        ] {
            let seen = format!("{run}{}", config(&zoho));
            assert!(!seen.contains(secret), "{secret}: {seen}");
        }
    }
}

#[test]
fn the_document_of_json_says_what_was_stored_where() {
    let (zoho, cli) = with_client();
    let run = log_in(
        &zoho,
        &cli,
        ALL,
        ["--json", "--profile", "acme", "--dc", "EU"],
    );
    let document = run.json();
    assert_eq!(document["profile"], "acme");
    assert_eq!(
        (&document["dc"], &document["org"]),
        (&json!("eu"), &json!(zoho.rules().org))
    );
    let scopes: Vec<&str> = ALL.split(',').collect();
    assert_eq!(document["scopes"], json!(scopes));
    let token = stored(&zoho, "acme", "refresh_token").display().to_string();
    assert!(
        document["stored"]
            .as_array()
            .expect("a list")
            .contains(&json!(token))
    );
}

#[test]
fn print_stores_nothing_and_prints_two_lines() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli, FETCH, ["--print"]);
    assert_eq!(run.code, 0, "{run}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    let [id, token] = lines[..] else {
        panic!("not two lines: {run}");
    };
    assert_eq!(id, format!("ZOHO_CLIENT_ID={}", zoho.rules().client_id));
    let token = token
        .strip_prefix("ZOHO_REFRESH_TOKEN=")
        .expect("the token");
    assert!(!run.stderr.contains(token), "{run}");
    assert_nothing_stored(&zoho);
    let again = cli.env("ZOHO_REFRESH_TOKEN", token).run(["list"]);
    assert_eq!(again.code, 0, "{again}");
}

#[test]
fn print_and_json_do_not_go_together() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli, FETCH, ["--print", "--json"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(zoho.requests().is_empty());
}

#[test]
fn what_is_missing_is_named_at_once_where_nobody_can_be_asked() {
    let (zoho, cli) = without_credentials();
    let run = cli.run(["login"]);
    refused(
        &run,
        "login needs ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET and ZOHO_GRANT_CODE",
        "--code-stdin",
    );
    let run = cli.env("ZOHO_CLIENT_ID", "x").run(["login", "--browser"]);
    refused(&run, "login needs ZOHO_CLIENT_SECRET", "");
    assert!(zoho.requests().is_empty());
}

#[test]
fn the_code_may_come_from_stdin_or_from_a_file() {
    let (zoho, cli) = with_client();
    let code = format!("{}\n", zoho.grant_code(FETCH));
    let run = cli.run_with_input(["login", "--code-stdin"], &code);
    assert_eq!(run.code, 0, "{run}");
    let (zoho, cli) = with_client();
    let path = secret_file(&zoho, "code", &zoho.grant_code(FETCH));
    let run = cli.env("ZOHO_GRANT_CODE_FILE", path).run(["login"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_code_that_is_no_line_is_refused_before_anything_is_sent() {
    for input in ["", "\n", "two\nlines", "a blank"] {
        let (zoho, cli) = with_client();
        let run = cli.run_with_input(["login", "--code-stdin"], input);
        refused(&run, "--code-stdin: stdin", "");
        assert!(zoho.requests().is_empty(), "{input:?}");
    }
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
        "no client of this id is known here (invalid_client)",
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
            "the code is not taken",
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
            "Zoho says no (access_denied)",
            "scopes",
        ),
        (
            r#"{"error":"Access Denied","error_description":"You have made too many requests continuously."}"#,
            5,
            "too many were asked for",
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
    failed(&zoho, &run, 5, "(after 3 tries)", "network");
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
        "refuses the token that Zoho made a moment ago",
        "--dc",
    );
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn without_a_backup_the_login_is_good_and_pins_no_organisation() {
    let (zoho, cli) = with_client();
    zoho.set(|rules| rules.has_backup = false);
    let run = log_in(&zoho, &cli, FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert!(!config(&zoho).contains("org ="), "{}", config(&zoho));
}

#[test]
fn an_organisation_other_than_the_pinned_one_is_refused() {
    let (zoho, cli) = with_client();
    write(
        &config_of(zoho.home()),
        "[profiles.main]\norg = \"7\"\n",
        0o600,
    );
    let run = log_in(&zoho, &cli, FETCH, []);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(config(&zoho), "[profiles.main]\norg = \"7\"\n");
    assert!(!stored(&zoho, "main", "refresh_token").exists());
}
