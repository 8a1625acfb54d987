//! What a run for several is told, and what it tells scripts.

use serde_json::{Value, json};

use super::{Two, cli};
use crate::usage::refused;

#[test]
fn list_and_status_print_one_document_with_that_of_each() {
    let two = Two::start("org = \"999\"");
    let run = two.cli.run(["list", "--all-profiles", "--json"]);
    let document = run.json();
    assert_eq!(
        (run.code, &document["exit_code"], &document["schema"]),
        (6, &json!(6), &json!(1)),
        "{run}"
    );
    let [zeta, alpha] = &document["profiles"].as_array().expect("a list")[..] else {
        panic!("{run}")
    };
    assert_eq!(
        (&zeta["profile"], &zeta["exit_code"]),
        (&json!("zeta"), &json!(6)),
        "{run}"
    );
    assert_eq!(zeta["error"]["code"], "other_organisation", "{run}");
    assert!(
        zeta["error"]["message"].is_string() && zeta["error"]["hint"].is_string(),
        "{run}"
    );
    assert_eq!(
        (&alpha["profile"], &alpha["exit_code"]),
        (&json!("alpha"), &json!(0)),
        "{run}"
    );
    assert_eq!(
        (&alpha["org"], &alpha["files"][0]["name"]),
        (&json!("757002222"), &json!("Data_001.zip")),
        "{run}"
    );
    let status = two.cli.run(["status", "--all-profiles", "--json"]);
    let parts = status.json()["profiles"]
        .as_array()
        .expect("a list")
        .clone();
    assert!(
        parts.len() == 2 && parts.iter().all(|part| part.get("job").is_some()),
        "{status}"
    );
}

#[test]
fn every_line_of_download_names_its_profile_and_the_last_one_sums_up() {
    let two = Two::start("org = \"999\"");
    let run = two.cli.run(["download", "--all-profiles", "--json"]);
    let mut lines = run.json_lines();
    let mut last = lines.pop().expect("one at least");
    let line = last.as_object_mut().expect("an object");
    assert!(
        line.remove("time").is_some_and(|time| time.is_string()),
        "{run}"
    );
    let ends = json!([{"profile": "zeta", "exit_code": 6}, {"profile": "alpha", "exit_code": 0}]);
    assert_eq!(
        last,
        json!({"event": "summary", "profiles": ends, "exit_code": 6}),
        "{run}"
    );
    let of = |name: &str| -> Vec<&Value> {
        lines
            .iter()
            .filter(|line| line["profile"] == name)
            .collect()
    };
    let (zeta, alpha) = (of("zeta"), of("alpha"));
    assert_eq!(zeta.len() + alpha.len(), lines.len(), "{run}");
    assert_eq!(
        (&zeta[0]["event"], &zeta[0]["exit_code"]),
        (&json!("error"), &json!(6)),
        "{run}"
    );
    let end = alpha.last().expect("some");
    assert_eq!(
        (&end["event"], &end["files"]["verified"]),
        (&json!("summary"), &json!(1)),
        "{run}"
    );
}

#[test]
fn what_would_serve_several_organisations_alike_is_refused_by_name() {
    let two = Two::start("");
    let secrets = [
        "ZOHO_CLIENT_ID",
        "ZOHO_CLIENT_SECRET",
        "ZOHO_REFRESH_TOKEN",
        "ZOHO_ACCESS_TOKEN",
    ];
    let files = secrets.map(|name| format!("{name}_FILE"));
    let hosts = [
        "ZOHO_DC",
        "ZOHO_API_DOMAIN",
        "ZOHO_ACCOUNTS_URL",
        "ZOHO_DOWNLOAD_DOMAIN",
    ];
    for name in secrets
        .into_iter()
        .chain(hosts)
        .chain(files.iter().map(String::as_str))
    {
        let run = two.cli.clone().env(name, "eu").run([
            "list",
            "--profile",
            "zeta",
            "--profile",
            "alpha",
        ]);
        refused(&run, &format!("{name} is set"), "profile");
    }
    for flag in [
        "--dc",
        "--api-domain",
        "--accounts-url",
        "--download-domain",
    ] {
        refused(
            &two.cli.run(["list", "--all-profiles", flag, "eu"]),
            &format!("{flag} is given"),
            "profile",
        );
    }
    assert!(two.zeta.requests().is_empty() && two.alpha.requests().is_empty());
}

#[test]
fn other_commands_take_one_profile() {
    let two = Two::start("");
    for command in ["request", "cancel", "history"] {
        refused(
            &two.cli
                .run([command, "--profile", "zeta", "--profile", "alpha"]),
            "several profiles",
            "run this command once for each profile",
        );
        refused(
            &two.cli.run([command, "--all-profiles"]),
            "--all-profiles",
            "--profile NAME",
        );
    }
    assert!(two.zeta.requests().is_empty() && two.alpha.requests().is_empty());
}

#[test]
fn no_profile_is_dropped_or_taken_for_all() {
    let two = Two::start("");
    for args in [
        ["--profile", "zeta", "list", "--profile", "alpha"].as_slice(),
        &["--all-profiles", "list", "--profile", "alpha"],
        &["list", "--all-profiles", "--profile", "alpha"],
    ] {
        let run = two.cli.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    }
    let run = two
        .cli
        .run(["--profile", "zeta", "--profile", "alpha", "list"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run}");
    let (_home, empty) = cli("");
    refused(
        &empty.run(["list", "--all-profiles"]),
        "there are no profiles",
        "--config",
    );
}
