//! `login` with the code of a self client: asked for, given, tried, stored.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::support::elsewhere::{assert_mode, heard};
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

/// Nothing of a login is in the home.
pub fn assert_nothing_stored(zoho: &Zoho) {
    let found = files_under(zoho.home());
    assert!(
        found
            .iter()
            .all(|name| !name.contains("backup-fetch") && !name.contains("token")),
        "{found:?}"
    );
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
        assert_mode(path, 0o600);
    }
    for folder in secret.ancestors().skip(1).take(3) {
        assert_mode(folder, 0o700);
    }
    let text = config(&zoho);
    let profile = &toml::from_str::<toml::Table>(&text).expect("TOML")["profiles"]["main"];
    let file = profile["refresh_token"]["file"].as_str().expect("a path");
    assert_eq!(heard(file), token.display().to_string());
    assert_eq!(profile["org"].as_str(), Some(&*zoho.rules().org), "{text}");
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
    let run = cli
        .env("ZOHO_CLIENT_ID", "1000.X")
        .run(["login", "--browser"]);
    refused(&run, "login needs ZOHO_CLIENT_SECRET", "");
    assert!(zoho.requests().is_empty());
}

#[test]
fn the_code_may_come_from_stdin_or_from_a_file() {
    let (zoho, cli) = with_client();
    let code = format!("{}\n", zoho.grant_code(FETCH));
    let run = cli.run_with_input(["login", "--code-stdin"], &code);
    assert_eq!(run.code, 0, "{run}");
    assert!(stored(&zoho, "main", "refresh_token").exists(), "{run}");
    let (zoho, cli) = with_client();
    let path = secret_file(&zoho, "code", &zoho.grant_code(FETCH));
    let run = cli.env("ZOHO_GRANT_CODE_FILE", path).run(["login"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(stored(&zoho, "main", "refresh_token").exists(), "{run}");
}

#[test]
fn a_code_that_is_no_line_is_refused_before_anything_is_sent() {
    for input in ["", "\n", "two\nlines", "a space"] {
        let (zoho, cli) = with_client();
        let run = cli.run_with_input(["login", "--code-stdin"], input);
        refused(&run, "--code-stdin: stdin", "");
        assert!(zoho.requests().is_empty(), "{input:?}");
    }
}

#[test]
fn without_a_backup_the_login_is_good_and_pins_no_organisation() {
    let (zoho, cli) = with_client();
    zoho.set(|rules| rules.has_backup = false);
    let run = log_in(&zoho, &cli, FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert!(stored(&zoho, "main", "refresh_token").exists(), "{run}");
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
    assert!(run.stderr.contains(&zoho.rules().org), "{run}");
    assert_eq!(config(&zoho), "[profiles.main]\norg = \"7\"\n");
    assert!(!stored(&zoho, "main", "refresh_token").exists());
}

#[test]
fn a_scope_that_was_meant_and_did_not_come_is_warned_about() {
    let warned = |asked: &str, scopes: &str| {
        let (zoho, cli) = with_client();
        let run = log_in(&zoho, &cli, scopes, ["--scope", asked]);
        assert_eq!(run.code, 0, "{run}");
        run.stderr
            .contains("without the scope ZohoCRM.bulk.backup.ALL")
    };
    assert!(warned("all", FETCH));
    assert!(!warned("all", ALL) && !warned("fetch", ALL) && !warned("fetch", FETCH));
}
