//! `list`: what is on stdout, what on stderr, and the exit code.

use std::fs::File;
use std::process::{Command, Stdio};

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::zoho::{Role, Zoho};

fn zoho() -> Zoho {
    Zoho::start()
        .with_file("Attachments_001.zip", small_zip(1, 1000))
        .with_file("Data_001.zip", small_zip(2, 1000))
}

/// A reply with these links and this date, as JSON.
fn reply(zoho: &Zoho, data: &[&str], expiry: &str) {
    let links = serde_json::to_string(data).expect("plain text");
    let body = format!(
        r#"{{"urls":{{"data_links":{links},"attachment_links":null,"expiry_date":{expiry}}}}}"#
    );
    zoho.urls_reply(200, "application/json", body);
}

#[test]
fn links_are_on_stdout_data_first_and_talk_is_on_stderr() {
    let zoho = zoho();
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let expected = format!(
        "{}\n{}\n",
        zoho.link("Data_001.zip"),
        zoho.link("Attachments_001.zip")
    );
    assert_eq!(run.stdout, expected);
    assert!(run.stderr.starts_with("2 links, which expire on "), "{run}");
}

#[test]
fn json_is_one_document_of_the_agreed_shape() {
    let zoho = zoho();
    let run = zoho.run(["list", "--json"]);
    let rules = zoho.rules();
    let document = run.json();
    assert_eq!(document["schema"], 1, "{run}");
    assert_eq!(document["org"], rules.org.as_str());
    assert_eq!(document["job"], rules.job.as_str());
    assert_eq!(document["expired"], false);
    assert!(document["expiry_date"].is_string());
    let data = serde_json::json!({"kind": "data", "name": "Data_001.zip", "url": zoho.link("Data_001.zip")});
    assert_eq!(document["files"][0], data);
    assert_eq!(document["files"][1]["kind"], "attachments");
}

#[test]
fn no_backup_is_a_good_end_with_one_line_on_stderr() {
    let zoho = Zoho::start();
    let run = zoho.run(["list"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
    let document = zoho.run(["list", "--json"]).json();
    assert!(document["job"].is_null() && document["expired"].is_null());
    assert_eq!(document["files"], serde_json::json!([]));
}

#[test]
fn expired_links_are_printed_and_the_exit_code_is_three() {
    let zoho = zoho().expired();
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(run.stderr.contains("error: the links expired on "), "{run}");
    let json = zoho.run(["list", "--json"]);
    assert_eq!(
        (json.code, &json.json()["expired"]),
        (3, &true.into()),
        "{json}"
    );
}

#[test]
fn a_date_that_is_missing_is_a_warning_and_one_that_is_none_is_not_understood() {
    let zoho = zoho();
    reply(&zoho, &[&zoho.link("Data_001.zip")], "null");
    let missing = zoho.run(["list"]);
    assert_eq!(missing.code, 0, "{missing}");
    assert!(missing.stderr.contains("warning: "), "{missing}");
    reply(&zoho, &[&zoho.link("Data_001.zip")], "\"soon\"");
    let wrong = zoho.run(["list"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (5, ""), "{wrong}");
}

#[test]
fn a_foreign_host_is_printed_with_a_warning_and_a_link_twice_is_printed_once() {
    let zoho = zoho();
    let foreign = "https://evil.example/v2/crm/20061234567/backup/510000000099001/Data_009.zip";
    let own = zoho.link("Data_001.zip");
    reply(&zoho, &[foreign, &own, &own], "null");
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout, format!("{foreign}\n{own}\n"));
    assert!(
        run.stderr.contains("warning: evil.example is not a host"),
        "{run}"
    );
}

#[test]
fn what_is_no_link_or_of_two_backups_is_not_understood() {
    let zoho = zoho();
    let other = zoho.link("Data_002.zip").replace("510000000099001", "7");
    for links in [
        vec!["Data_001.zip"],
        vec!["https://h/\u{1b}[2J.zip"],
        vec![&zoho.link("Data_001.zip"), other.as_str()],
    ] {
        reply(&zoho, &links, "null");
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
}

#[test]
fn a_reader_that_has_gone_is_a_good_end_and_a_full_disk_is_none() {
    let zoho = zoho();
    let start = |stdout: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backup-fetch"));
        command
            .arg("list")
            .env_clear()
            .env("HOME", zoho.home())
            .envs(zoho.env());
        command
            .stdout(stdout)
            .stderr(Stdio::null())
            .status()
            .expect("the binary starts")
            .code()
    };
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(start(writer.into()), Some(0));
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    assert_eq!(start(full.into()), Some(7));
}

#[test]
fn tls_works_with_the_right_ca_and_fails_for_good_without() {
    let zoho = Zoho::start_tls().with_file("Data_001.zip", small_zip(1, 1000));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let mut strange = crate::support::run::Cli::new(zoho.home());
    for (name, value) in zoho.env_with_access_token() {
        strange = strange.env(name, value);
    }
    let run = strange.run(["list", "--retry-wait", "1ms"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(
        run.stderr.contains("certificate") && !run.stderr.contains("try 1 of"),
        "{run}"
    );
}

#[test]
fn faults_that_pass_are_tried_again_and_those_that_stay_end_with_five() {
    for fault in [
        Fault::Status(500, Vec::new(), Vec::new()),
        Fault::Unavailable(None),
        Fault::TooMany(Some("0".into())),
        Fault::Hangup,
        Fault::CutAfter(10),
        Fault::NotHttp,
    ] {
        let zoho = zoho();
        zoho.next(Role::Api, fault.clone());
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 0, "{fault:?}: {run}");
        zoho.always(Role::Api, fault.clone());
        let run = zoho.run(["list", "--retries", "2"]);
        assert_eq!(run.code, 5, "{fault:?}: {run}");
        assert!(run.stderr.contains("(after 3 tries)"), "{fault:?}: {run}");
    }
}

#[test]
fn a_reply_without_end_is_not_read_for_ever() {
    let zoho = zoho();
    let body = format!(r#"{{"urls":{{"data_links":["{}"]}}}}"#, "x".repeat(5 << 20));
    zoho.urls_reply(200, "application/json", body);
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("longer than"), "{run}");
}

#[test]
fn the_token_follows_a_redirect_to_a_host_that_may_have_it_and_to_no_other() {
    let zoho = zoho();
    zoho.next(
        Role::Api,
        Fault::Redirect(302, format!("{}/elsewhere", zoho.urls().foreign)),
    );
    zoho.run(["list", "--retries", "0"]);
    let reached = zoho.requests_to(Role::Foreign);
    assert_eq!(reached.len(), 1);
    assert_eq!(
        reached[0].request.token(),
        None,
        "the token went to a strange host"
    );
    zoho.clear_faults();
    zoho.always(
        Role::Api,
        Fault::Redirect(302, "/crm/bulk/v8/backup/urls".into()),
    );
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("redirected more than 5 times"), "{run}");
}

#[test]
fn links_of_another_organisation_than_the_profile_names_are_refused() {
    let zoho = zoho();
    let config = zoho.home().join("profile.toml");
    std::fs::write(&config, "[profiles.main]\norg = \"1\"\n").expect("it is ours");
    let run = zoho
        .cli()
        .env("BACKUP_FETCH_CONFIG", config.display().to_string())
        .run(["list"]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
}
