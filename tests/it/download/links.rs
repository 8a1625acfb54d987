//! What the list of links may look like, and what becomes of it.

use serde_json::{Value, json};

use super::{manifest, one};
use crate::support::backup::Backup;
use crate::support::faults::Fault;
use crate::support::run::files_under;
use crate::support::zoho::{Role, Zoho};

/// What the API host answers from now on; `attachments` is its part after the data links, with its comma.
fn reply(zoho: &Zoho, data: &[String], attachments: &str, expiry: &Value) {
    let data = json!(data);
    let body = format!(r#"{{"urls":{{"data_links":{data}{attachments},"expiry_date":{expiry}}}}}"#);
    zoho.urls_reply(200, "application/json", body);
}

#[test]
fn links_that_expired_by_their_date_alone_come_home_when_told_so() {
    let zoho = one();
    let then = json!("2022-06-30T17:31:03+05:30");
    reply(&zoho, &[zoho.link("Data_001.zip")], "", &then);
    let refused = zoho.download([]);
    assert_eq!(refused.code, 3, "{refused}");
    let run = zoho.download(["--ignore-expiry"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(manifest(&zoho)["expiry_date"], then, "as Zoho wrote it");
}

#[test]
fn attachment_links_that_are_null_or_not_there_are_none() {
    for attachments in [r#","attachment_links":null"#, ""] {
        let zoho = one();
        let then = json!(zoho.rules().expiry);
        reply(&zoho, &[zoho.link("Data_001.zip")], attachments, &then);
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{attachments}: {run}");
        assert_eq!(manifest(&zoho)["state"], "complete", "{attachments}");
    }
}

#[test]
fn without_a_date_it_comes_home_with_a_warning() {
    let zoho = one();
    reply(&zoho, &[zoho.link("Data_001.zip")], "", &Value::Null);
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("warning: Zoho does not say when"),
        "{run}"
    );
    assert_eq!(manifest(&zoho)["expiry_date"], Value::Null);
}

#[test]
fn what_is_no_date_is_not_understood_and_creates_nothing() {
    let zoho = one();
    reply(&zoho, &[zoho.link("Data_001.zip")], "", &json!("soon"));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("soon"), "{run}");
    assert!(!zoho.home().join("out").exists());
}

#[test]
fn a_link_that_is_listed_twice_is_fetched_once() {
    let zoho = one();
    let links = [zoho.link("Data_001.zip"), zoho.link("Data_001.zip")];
    reply(&zoho, &links, "", &json!(zoho.rules().expiry));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.requests_for("Data_001.zip").len(), 1);
    assert_eq!(manifest(&zoho)["files"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_query_of_a_link_is_sent_and_not_written_down() {
    let zoho = one();
    let link = zoho.link("Data_001.zip");
    let signed = format!("{link}?signature=a%2Fb");
    reply(&zoho, &[signed], "", &json!(zoho.rules().expiry));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let asked = &zoho.requests_for("Data_001.zip")[0];
    assert_eq!(asked.request.query(), Some("signature=a%2Fb"));
    assert_eq!(manifest(&zoho)["files"][0]["url"], link.as_str());
}

#[test]
fn a_link_that_is_another_one_on_every_list_and_refused_each_time_is_looked_up_once() {
    let zoho = one().with(|rules| rules.signs_links = true);
    zoho.always_for("Data_001.zip", Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(zoho.requests_for("Data_001.zip").len(), 2, "{run}");
}

#[test]
fn files_are_asked_for_in_the_order_of_the_list_data_first() {
    let zoho = Zoho::start().with_backup(Backup {
        files: Backup::six().files.into_iter().rev().collect(),
    });
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.requests_to(Role::Downloads);
    let names: Vec<_> = asked
        .iter()
        .map(|record| record.request.file_name())
        .collect();
    assert_eq!(
        names[..3],
        ["Data_002.zip", "Data_001.zip", "Attachments_004.zip"]
    );
}

#[test]
fn links_without_ids_come_home_into_a_folder_that_the_next_run_finds_again() {
    let zoho = one();
    let host = zoho.urls().foreign.clone();
    let link = format!("{host}/exports/Data_001.zip");
    reply(&zoho, &[link], "", &json!(zoho.rules().expiry));
    let cli = zoho.cli().env("ZOHO_DOWNLOAD_DOMAIN", host);
    for _ in 0..2 {
        let run = cli.run(["download", "--out", "out"]);
        assert_eq!(run.code, 0, "{run}");
        assert!(
            run.stderr
                .contains("warning: the links contain no organisation and job id"),
            "{run}"
        );
    }
    assert_eq!(zoho.requests_for("Data_001.zip").len(), 1);
    let found = files_under(&zoho.home().join("out"));
    assert_eq!(
        found
            .iter()
            .filter(|name| name.starts_with("links-") && name.ends_with("/Data_001.zip"))
            .count(),
        1,
        "{found:?}"
    );
}
