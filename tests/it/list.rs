//! `list`: what is on stdout, what on stderr, and the exit code.

use std::process::Stdio;
use std::time::Duration;

use chrono::SecondsFormat;
use serde_json::json;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::raw;
use crate::support::run::Cli;
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
    let expiry = zoho
        .rules()
        .expiry
        .to_rfc3339_opts(SecondsFormat::Secs, false);
    let talk = format!("2 links, valid until {expiry} (6d ");
    assert!(
        run.stderr.starts_with(&talk) && run.stderr.lines().count() == 1,
        "{run}"
    );
}

#[test]
fn json_is_one_document_of_the_agreed_shape() {
    let zoho = zoho();
    let run = zoho.run(["list", "--json"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
    let rules = zoho.rules();
    let file = |kind: &str, name: &str| json!({"kind": kind, "name": name, "url": zoho.link(name)});
    let expected = json!({
        "schema": 1,
        "org": rules.org,
        "job": rules.job,
        "expiry_date": rules.expiry.to_rfc3339_opts(SecondsFormat::Secs, false),
        "expired": false,
        "files": [file("data", "Data_001.zip"), file("attachments", "Attachments_001.zip")],
    });
    assert_eq!(run.json(), expected);
}

#[test]
fn no_backup_is_a_good_end_with_one_line_on_stderr() {
    let zoho = Zoho::start();
    let run = zoho.run(["list"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
    let run = zoho.run(["list", "--json"]);
    let expected = json!({"schema": 1, "org": null, "job": null, "expiry_date": null, "expired": null, "files": []});
    assert_eq!((run.code, run.json()), (0, expected), "{run}");
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
}

#[test]
fn lists_without_a_link_are_no_backup_either() {
    for urls in [
        json!({}),
        json!({"data_links": null, "attachment_links": null, "expiry_date": null}),
        json!({"data_links": [], "attachment_links": [], "expiry_date": "2020-01-01T00:00:00Z"}),
    ] {
        let zoho = zoho();
        zoho.urls_reply(200, "application/json", json!({"urls": urls}).to_string());
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{urls}: {run}");
        assert!(
            run.stderr.starts_with("no backup to fetch: ") && run.stderr.lines().count() == 1,
            "{run}"
        );
    }
}

#[test]
fn expired_links_are_printed_and_exit_3() {
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
    let link = zoho.link("Data_001.zip");
    let key_missing = json!({"urls": {"data_links": [link], "attachment_links": []}}).to_string();
    zoho.urls_reply(200, "application/json", key_missing);
    let missing = zoho.run(["list"]);
    reply(&zoho, &[&link], "null");
    for run in [missing, zoho.run(["list"])] {
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
        assert!(run.stderr.contains("warning: "), "{run}");
    }
    for wrong in [
        "\"soon\"",
        "\"\"",
        "1767225600",
        "\"2026-13-01T00:00:00Z\"",
        "[]",
    ] {
        reply(&zoho, &[&link], wrong);
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{wrong}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{wrong}: {run}");
    }
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
    let both =
        json!({"urls": {"data_links": [own], "attachment_links": [own], "expiry_date": null}});
    zoho.urls_reply(200, "application/json", both.to_string());
    let both = zoho.run(["list"]);
    assert_eq!(both.stdout, format!("{own}\n"), "{both}");
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
        vec![""],
        vec!["//h/Data_001.zip"],
        vec![&zoho.link("Data_001.zip"), other.as_str()],
    ] {
        reply(&zoho, &links, "null");
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
        assert!(!zoho.requests_to(Role::Api).is_empty(), "{run}");
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
}

#[test]
fn a_link_of_another_scheme_or_with_an_odd_host_is_refused() {
    let zoho = zoho();
    for link in [
        "https://h/\u{1b}[2J.zip",
        "https://h/a.zip\nhttps://h/b.zip",
        "ftp://h/Data_001.zip",
        "javascript:alert(1)",
        "https://download\t-accl.zoho.com/Data_001.zip",
        "https://download-accl.zoho.com\\@evil.example/Data_001.zip",
        "https:\\\\download-accl.zoho.com\\Data_001.zip",
        "https:/download-accl.zoho.com/Data_001.zip",
        "https://download%2Daccl.zoho.com/Data_001.zip",
        "https:///Data_001.zip",
        "https://download-accl.zoho.com:99999/Data_001.zip",
        " https://download-accl.zoho.com/Data_001.zip",
    ] {
        reply(&zoho, &[&zoho.link("Data_001.zip"), link], "null");
        for run in [zoho.run(["list"]), zoho.download([])] {
            assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{link:?}: {run}");
            assert!(!run.stderr.contains('\u{1b}'), "{run}");
            assert!(run.stderr.contains("\nhint: "), "{run}");
        }
        assert!(!zoho.requests_to(Role::Api).is_empty(), "{link:?}");
        assert!(zoho.requests_to(Role::Downloads).is_empty(), "{link:?}");
        assert!(!zoho.home().join("out").exists(), "{link:?}");
    }
}

#[test]
fn a_reader_that_has_gone_is_a_good_end_and_a_full_disk_is_none() {
    let zoho = zoho();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = zoho.cli().command(["list"]);
    let status = command.stdout(writer).stderr(Stdio::null()).status();
    assert_eq!(status.expect("the binary starts").code(), Some(0));
    let run = zoho.cli().after("exec >/dev/full").run(["list"]);
    assert_eq!(run.code, 7, "{run}");
}

#[test]
fn tls_works_with_the_right_ca_and_fails_for_good_without() {
    let zoho = Zoho::start_tls().with_file("Data_001.zip", small_zip(1, 1000));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let other = Zoho::start_tls();
    let other_ca = other
        .ca_file()
        .expect("it speaks TLS")
        .display()
        .to_string();
    for more in [vec![], vec!["--ca-cert", &other_ca]] {
        let zoho = Zoho::start_tls();
        let variables = zoho.env_with_access_token().into_iter();
        let strange = variables.fold(Cli::new(zoho.home()), |cli, (name, value)| {
            cli.env(name, value)
        });
        let run = strange.run(["list"].iter().chain(&more));
        assert_eq!(run.code, 5, "{run}");
        assert!(
            run.stderr.contains("certificate") && run.stderr.contains("--ca-cert"),
            "{run}"
        );
        raw::get(&zoho, &format!("{}/", zoho.urls().api), &[]);
        assert_eq!(
            zoho.requests()[0].connection,
            2,
            "it was tried again: {run}"
        );
    }
}

#[test]
fn faults_that_pass_are_tried_again_and_those_that_stay_exit_5() {
    for fault in [
        Fault::Status(408, Vec::new(), Vec::new()),
        Fault::Status(425, Vec::new(), Vec::new()),
        Fault::Status(500, Vec::new(), Vec::new()),
        Fault::Status(502, Vec::new(), b"<html>".to_vec()),
        Fault::Status(504, Vec::new(), Vec::new()),
        Fault::Unavailable(None),
        Fault::TooMany(Some("0".into())),
        Fault::Hangup,
        Fault::CutAfter(10),
        Fault::StallAfter(0),
        Fault::StallAfter(10),
        Fault::NotHttp,
    ] {
        let zoho = zoho();
        zoho.next(Role::Api, fault.clone());
        let run = zoho.run(["list", "--stall-timeout", "500ms"]);
        assert_eq!(run.code, 0, "{fault:?}: {run}");
        zoho.always(Role::Api, fault.clone());
        let run = zoho.run(["list", "--retries", "2", "--stall-timeout", "50ms"]);
        assert_eq!(run.code, 5, "{fault:?}: {run}");
        assert_eq!(zoho.requests_to(Role::Api).len(), 2 + 3, "{fault:?}: {run}");
        assert!(
            run.stderr.contains("(after 3 attempts)"),
            "{fault:?}: {run}"
        );
    }
}

#[test]
fn retry_after_is_obeyed() {
    let zoho = zoho();
    zoho.next(Role::Api, Fault::TooMany(Some("1".into())));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.requests_to(Role::Api);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1), "{run}");
}

#[test]
fn a_reply_that_is_no_list_of_links_is_not_understood_and_not_asked_for_again() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"urls":null}"#,
        r#"{"urls":[]}"#,
        r#"{"urls":{"data_links":"https://h/Data_001.zip"}}"#,
        r#"{"urls":{"data_links":[7]}}"#,
        r#"{"urls":{"data_links":["#,
        "<html><title>Sign in</title></html>",
    ] {
        let zoho = zoho();
        zoho.urls_reply(200, "application/json", body);
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{body}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{body}: {run}");
        assert_eq!(zoho.requests_to(Role::Api).len(), 1, "{body}");
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
fn five_hops_are_followed_and_a_sixth_is_not() {
    for (hops, code) in [(5, 0), (6, 5)] {
        let zoho = zoho();
        for _ in 0..hops {
            zoho.next(
                Role::Api,
                Fault::Redirect(302, "/crm/bulk/v8/backup/urls".into()),
            );
        }
        let run = zoho.run(["list"]);
        assert_eq!(
            (run.code, zoho.requests_to(Role::Api).len()),
            (code, 6),
            "{hops}: {run}"
        );
        assert_eq!(
            run.stderr.contains("redirected more than 5 times"),
            code == 5,
            "{run}"
        );
    }
}

#[test]
fn a_redirect_from_https_to_http_is_refused() {
    let zoho = Zoho::start_tls().with_file("Data_001.zip", small_zip(1, 1000));
    for to in [
        format!("{}/Data_001.zip", zoho.urls().plain),
        "ftp://127.0.0.1/x".into(),
        "file:///etc/passwd".into(),
    ] {
        zoho.next(Role::Api, Fault::Redirect(302, to.clone()));
        let run = zoho.run(["list"]);
        assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{to}: {run}");
        assert!(
            run.stderr.contains("refused") && run.stderr.contains("\nhint: "),
            "{to}: {run}"
        );
    }
    assert!(zoho.requests_to(Role::Plain).is_empty());
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
    assert!(
        run.stderr
            .contains("organisation 20061234567, but the profile names 1"),
        "{run}"
    );
    assert!(run.stderr.contains("\nhint: "), "{run}");
}
