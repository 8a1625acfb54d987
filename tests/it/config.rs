//! `config check`: everything that is wrong with the file, in one go.

use serde_json::json;

use crate::support::run::{Cli, Run, folder};
use crate::usage::{config_of, configured, refused, write};

fn check(text: &str) -> Run {
    configured(text).1.run(["config", "check"])
}

/// The line of the output that has all of these words.
fn has(run: &Run, words: &[&str]) {
    let found = run
        .stdout
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(found, "{words:?}: {run}");
}

const GOOD: &str =
    "[profiles.main]\nclient_id = \"1000.A\"\nclient_secret = \"s\"\nrefresh_token = \"1000.r\"\n";

#[test]
fn a_good_file_is_ok_in_every_line() {
    let run = check(GOOD);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert_eq!(
        run.stdout
            .lines()
            .filter(|line| line.starts_with("ok "))
            .count(),
        2,
        "{run}"
    );
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
}

#[test]
fn every_unknown_key_is_named_with_its_line_and_the_nearest_right_one() {
    let run = check(
        "default_profil = \"x\"\n[profiles.main]\nclient_idd = \"1\"\njob = 3\nkeep = { lats = 1, dayly = 2 }\nrefresh_token = { fiel = \"/x\" }\n[profile.other]\n[profiles.b]\nrequire_neww = true\n",
    );
    assert_eq!(run.code, 2, "{run}");
    for (line, wrong, right) in [
        (1, "default_profil", "default_profile"),
        (3, "client_idd", "client_id"),
        (4, "job", "jobs"),
        (5, "lats", "last"),
        (5, "dayly", "daily"),
        (6, "fiel", "file"),
        (7, "profile", "profiles"),
        (9, "require_neww", "require_new"),
    ] {
        let place = format!("config.toml:{line}: unknown key `{wrong}`");
        has(
            &run,
            &["failed ", &place, &format!("did you mean `{right}`?")],
        );
    }
    assert_eq!(run.stdout.matches("failed ").count(), 8, "{run}");
}

#[test]
fn every_value_that_makes_no_sense_is_named_with_its_key_and_line() {
    let lines = [
        ("dc = \"mars\"", "mars"),
        ("org = \"acme\"", "org"),
        ("jobs = 0", "jobs"),
        ("retries = \"many\"", "retries"),
        ("api_domain = \"http://example.com\"", "the API domain"),
        ("accounts_url = \"https://h/path\"", "the accounts server"),
        ("download_domain = [\"ftp://h\"]", "a download host"),
        ("api_version = \"../v8\"", "is not a version"),
        ("ca_cert = \"/no/such\"", "/no/such"),
        ("connect_timeout = \"0s\"", "connect_timeout"),
        ("stall_timeout = \"soon\"", "stall_timeout"),
        ("retry_wait = \"1\"", "retry_wait"),
        ("only = \"zips\"", "only"),
        ("match = \"[\"", "match"),
        ("limit_rate = \"fast\"", "limit_rate"),
        ("max_duration = \"0s\"", "max_duration"),
        ("wait_lock = \"x\"", "wait_lock"),
        ("client_secret = { file = \"/no/secret\" }", "/no/secret"),
        ("access_token = \"\"", "access_token"),
        (
            "refresh_token = { credential = \"x\" }",
            "CREDENTIALS_DIRECTORY",
        ),
    ];
    let text = lines.map(|(line, _)| line).join("\n");
    let run = check(&format!("[profiles.main]\n{text}\n"));
    assert_eq!(run.code, 2, "{run}");
    for (index, (_, what)) in lines.into_iter().enumerate() {
        has(
            &run,
            &["failed ", &format!("config.toml:{}: ", index + 2), what],
        );
    }
}

#[test]
fn every_profile_is_checked_and_not_only_the_one_in_use() {
    let run = check(&format!(
        "default_profile = \"main\"\n{GOOD}[profiles.b]\ndc = \"mars\"\n[profiles.c]\norg = \"x\"\n"
    ));
    assert_eq!(run.code, 2, "{run}");
    has(&run, &["config.toml:7: ", "mars"]);
    has(&run, &["config.toml:9: ", "org"]);
    has(&run, &["ok ", "profile main"]);
}

#[test]
fn every_syntax_error_is_named_and_no_secret_is_quoted() {
    let run = check("[profiles.main]\ndc = eu\nclient_secret = \"s3cret\njobs 4\n");
    assert_eq!(run.code, 2, "{run}");
    for line in [2, 3, 4] {
        has(&run, &["failed ", &format!("config.toml:{line}: ")]);
    }
    assert!(
        !run.stdout.contains("s3cret") && !run.stderr.contains("s3cret"),
        "{run}"
    );
}

#[test]
fn a_command_is_not_run_and_that_is_said() {
    let (home, cli) = configured(&GOOD.replace("\"s\"", "{ command = [\"touch\", \"ran\"] }"));
    let run = cli.run(["config", "check"]);
    assert_eq!(run.code, 0, "{run}");
    has(
        &run,
        &[
            "ok ",
            "client_secret comes from a command, which was not run",
        ],
    );
    assert!(!home.path().join("ran").exists());
}

#[test]
fn secrets_that_others_can_read_fail_wherever_they_are() {
    let home = folder();
    write(&config_of(home.path()), GOOD, 0o644);
    let run = Cli::new(home.path()).run(["config", "check"]);
    has(&run, &["failed ", "others can read it", "chmod 600"]);
    let secret = home.path().join("secret").display().to_string();
    write(&secret, "s", 0o644);
    let file = format!("{{ file = {secret:?} }}");
    write(
        &config_of(home.path()),
        &GOOD.replace("\"s\"", &file),
        0o600,
    );
    let run = Cli::new(home.path()).run(["config", "check"]);
    assert_eq!(run.code, 2, "{run}");
    has(
        &run,
        &["failed ", "secret: others can read it", "chmod 600"],
    );
}

#[test]
fn the_default_must_be_there_and_several_profiles_should_have_one() {
    let run = check(&format!("default_profile = \"mian\"\n{GOOD}"));
    assert_eq!(run.code, 2, "{run}");
    has(&run, &["failed ", "config.toml:1: ", "\"mian\"", "main"]);
    let run = check(&format!("{GOOD}[profiles.b]\naccess_token = \"x\"\n"));
    assert_eq!(run.code, 0, "{run}");
    has(&run, &["warning ", "no default_profile", "--profile"]);
}

#[test]
fn what_says_nothing_or_half_is_a_warning() {
    let run = check("[profiles.main]\nclient_id = \"1000.A\"\n[profiles.none]\n");
    assert_eq!(run.code, 0, "{run}");
    has(&run, &["warning ", "main", "client_secret, refresh_token"]);
    has(&run, &["warning ", "none", "it is empty"]);
    has(&check(""), &["warning ", "there are no profiles"]);
    let home = folder();
    let run = Cli::new(home.path()).run(["config", "check"]);
    assert_eq!(run.code, 0, "{run}");
    has(&run, &["warning ", "no such file"]);
    let run = Cli::new(home.path()).run(["config", "check", "--config", "no.toml"]);
    assert_eq!(run.code, 2, "{run}");
    has(&run, &["failed ", "no.toml"]);
}

#[test]
fn flags_and_variables_do_not_hide_what_the_file_says() {
    let (_home, cli) = configured(&format!("{GOOD}dc = \"mars\"\n"));
    let run = cli
        .env("ZOHO_DC", "eu")
        .run(["config", "check", "--dc", "eu"]);
    assert_eq!(run.code, 2, "{run}");
    has(&run, &["failed ", "mars"]);
}

#[test]
fn json_is_one_document_with_the_same_findings() {
    let (_home, cli) = configured("[profiles.main]\ndc = \"mars\"\n");
    let run = cli.run(["config", "check", "--json"]);
    let document = run.json();
    assert_eq!(
        (run.code, &document["exit_code"], &document["schema"]),
        (2, &json!(2), &json!(1)),
        "{run}"
    );
    let checks = document["checks"].as_array().expect("a list");
    let failed = checks
        .iter()
        .find(|check| check["state"] == "failed")
        .expect("one");
    assert_eq!(
        (&failed["profile"], &failed["line"]),
        (&json!("main"), &json!(2)),
        "{run}"
    );
    assert!(
        failed["message"].is_string() && failed["hint"].is_string(),
        "{run}"
    );
}

#[test]
fn a_run_names_the_line_of_a_wrong_value_too() {
    let (_home, cli) = configured(&format!("{GOOD}max_duration = \"soon\"\n"));
    refused(
        &cli.run(["download", "--out", "out"]),
        "config.toml:5: max_duration = \"soon\"",
        "README",
    );
}

#[test]
fn profiles_prints_their_names_in_the_order_of_the_file() {
    let (_home, cli) = configured("[profiles.zeta]\n[profiles.acme]\n");
    let run = cli.run(["config", "profiles"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "zeta\nacme\n"),
        "{run}"
    );
    let run = cli.run(["config", "profiles", "--json"]);
    assert_eq!(run.json()["profiles"], json!(["zeta", "acme"]), "{run}");
    let home = folder();
    let run = Cli::new(home.path()).run(["config", "profiles"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    let run = Cli::new(home.path()).run(["config", "profiles", "--config", "no.toml"]);
    refused(&run, "no.toml", "--config");
}
