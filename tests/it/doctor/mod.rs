//! `doctor`: one line for each thing a run needs, the mend beside what fails, and the exit code of the worst.

mod folder;
mod links;
mod machine;
mod remote;

use serde_json::Value;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, files_under};
use crate::support::zoho::Zoho;
use crate::usage::CREDENTIALS;

const DATA: &str = "Data_001.zip";

pub fn zoho() -> Zoho {
    Zoho::start().with_file(DATA, small_zip(1, 3000))
}

/// `doctor --json` in the stand-in's home, its folder `out`.
fn examined(zoho: &Zoho) -> Run {
    zoho.run(["doctor", "--out", "out", "--json"])
}

/// All checks of this name.
pub fn checks(run: &Run, name: &str) -> Vec<Value> {
    let document = run.json();
    let all = document["checks"].as_array().expect("a list").clone();
    all.into_iter()
        .filter(|check| check["check"] == name)
        .collect()
}

/// The only check of this name: its state, and message and hint in one text.
pub fn check(run: &Run, name: &str) -> (String, String) {
    let found = checks(run, name);
    let [check] = &found[..] else {
        panic!("{} of {name}: {run}", found.len());
    };
    let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
    (
        text("state"),
        format!("{} | {}", text("message"), text("hint")),
    )
}

/// Holds that this check has this state, and says these words.
pub fn is(run: &Run, name: &str, state: &str, words: &[&str]) {
    let (found, text) = check(run, name);
    assert_eq!(found, state, "{name}: {text}: {run}");
    for word in words {
        assert!(text.contains(word), "{name}: no {word:?} in {text}: {run}");
    }
}

/// The names of the checks that failed.
fn failed(run: &Run) -> Vec<String> {
    let document = run.json();
    let all = document["checks"].as_array().expect("a list");
    all.iter()
        .filter(|check| check["state"] == "failed")
        .map(|check| check["check"].as_str().expect("a name").to_owned())
        .collect()
}

/// Holds that only this check failed, that the process ended with this code, and that the document says the same.
pub fn fails(run: &Run, name: &str, code: i32, words: &[&str]) {
    assert_eq!(
        (run.code, failed(run)),
        (code, vec![name.to_owned()]),
        "{run}"
    );
    assert_eq!(run.json()["exit_code"], code, "{run}");
    is(run, name, "failed", words);
}

/// Holds that nothing failed, and that this check warns.
pub fn warns(run: &Run, name: &str, words: &[&str]) {
    assert_eq!((run.code, failed(run)), (0, Vec::<String>::new()), "{run}");
    is(run, name, "warning", words);
}

fn without_credentials(cli: Cli) -> Cli {
    CREDENTIALS.iter().fold(cli, |cli, name| cli.without(name))
}

#[test]
fn when_all_is_well_each_line_says_so() {
    let zoho = zoho();
    assert_eq!(zoho.download([]).code, 0);
    let run = zoho.run(["doctor", "--out", "out"]);
    assert_eq!(run.code, 0, "{run}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{run}");
    for word in [
        "version",
        "configuration",
        "secret",
        "proxy",
        "data_centre",
        "certificates",
        "clock",
        "token",
        "scopes",
        "urls",
        "job",
        "history",
        "schedule",
        "links",
        "organisation",
        "expiry",
        "link_hosts",
        "file",
        "folder",
        "space",
        "lock",
        "saved",
    ] {
        assert!(
            lines.iter().any(|line| line[9..].starts_with(word)),
            "{word}: {run}"
        );
    }
    assert!(
        run.stderr
            .contains(&format!("all {} checks passed", lines.len())),
        "{run}"
    );
}

#[test]
fn the_json_is_one_document() {
    let zoho = zoho();
    let run = examined(&zoho);
    let document = run.json();
    assert_eq!(document["schema"], 1, "{run}");
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"), "{run}");
    assert_eq!(document["exit_code"], 0, "{run}");
    is(
        &run,
        "file",
        "ok",
        &[DATA, "HTTP 206", "ranges", "strong ETag"],
    );
    let keys: Vec<&String> = document["checks"][0]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(keys, ["check", "state", "message", "hint"], "{run}");
}

#[test]
fn nothing_is_made_and_nothing_is_changed_at_zoho() {
    let zoho = zoho();
    assert_eq!(examined(&zoho).code, 0);
    let left = files_under(zoho.home());
    assert!(
        left.iter().all(|name| name.starts_with("state")),
        "{left:?}"
    );
    let requests = zoho.requests();
    let posts = requests
        .iter()
        .filter(|record| record.request.method != "GET");
    assert_eq!(posts.count(), zoho.refreshes());
    assert_eq!(zoho.ranges_asked(DATA), [Some("bytes=0-0".to_owned())]);
}

#[test]
fn nothing_secret_is_told_not_even_in_the_log() {
    let zoho = zoho().with(|rules| {
        rules.client_id = "1000.CANARYCLIENTID".into();
        rules.client_secret = "canary-client-secret".into();
        rules.refresh_token = "1000.canary.refresh".into();
    });
    let link = format!("{}?token=canary-query", zoho.link("Data_002.zip"));
    zoho.set(|rules| rules.more_links = vec![link]);
    for args in [
        vec!["doctor", "--out", "out", "-vv"],
        vec!["doctor", "--json", "-vv"],
    ] {
        let run = zoho.cli().run(args);
        assert_eq!(run.code, 0, "{run}");
        let all = format!("{}{}", run.stdout, run.stderr);
        let requests = zoho.requests();
        let mut secrets: Vec<&str> = requests
            .iter()
            .filter_map(|record| record.request.token())
            .collect();
        assert!(!secrets.is_empty());
        secrets.extend([
            "CANARYCLIENTID",
            "canary-client-secret",
            "1000.canary.refresh",
            "canary-query",
        ]);
        for secret in secrets {
            assert!(!all.contains(secret), "{secret}: {run}");
        }
        assert!(all.contains("1000.CANA…"), "{run}");
    }
}

#[test]
fn a_secret_that_a_server_repeats_is_hidden() {
    let zoho = zoho();
    let refresh = zoho.rules().refresh_token;
    let body = format!(r#"{{"error":"invalid_code","error_description":"{refresh} is unknown"}}"#);
    zoho.fault_for_call("POST", "token", Fault::Json200(body));
    let run = examined(&zoho);
    fails(
        &run,
        "token",
        4,
        &["(hidden) is unknown", "create a new one with"],
    );
    assert!(
        !run.stdout.contains(&refresh) && !run.stderr.contains(&refresh),
        "{run}"
    );
}

#[test]
fn colour_is_used_where_it_is_asked_for_and_only_there() {
    let zoho = zoho();
    let run = zoho.run(["doctor", "--color", "always"]);
    assert!(run.stdout.contains("\u{1b}[32m"), "{run}");
    assert!(!zoho.run(["doctor"]).stdout.contains('\u{1b}'));
}
