//! Links that are refused before anything is fetched or made.

use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::zoho::{Role, Zoho};

/// What becomes of a list with these links beside a good one.
fn listed(more: &[&str]) -> (Zoho, Run) {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    let folder = zoho.link("");
    let links = more.iter().map(|link| {
        if link.contains("://") {
            (*link).to_owned()
        } else {
            format!("{folder}{link}")
        }
    });
    let links: Vec<String> = links.collect();
    zoho.set(|rules| rules.more_links = links);
    let run = zoho.download([]);
    (zoho, run)
}

fn refused(zoho: &Zoho, run: &Run, code: i32) {
    assert_eq!(run.code, code, "{run}");
    assert!(
        run.stderr.contains("error: ") && run.stderr.contains("hint: "),
        "{run}"
    );
    assert!(zoho.requests_to(Role::Downloads).is_empty(), "{run}");
    assert!(zoho.requests_to(Role::Foreign).is_empty(), "{run}");
    assert!(!zoho.home().join("out").exists(), "{run}");
}

#[test]
fn names_that_climb_hide_or_escape_are_refused() {
    for name in [
        "../Data_002.zip",
        "%2e%2e/x.zip",
        "..%2fx.zip",
        ".x.zip",
        "a%1b%5b2J.zip",
        "x.exe",
        "x.zip/",
    ] {
        let (zoho, run) = listed(&[name]);
        refused(&zoho, &run, 6);
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
}

#[test]
fn two_links_for_one_name_are_refused_whatever_their_case() {
    let (zoho, run) = listed(&["DATA_001.zip"]);
    refused(&zoho, &run, 6);
}

#[test]
fn a_host_that_is_not_known_gets_no_request_and_no_token() {
    let path = "/v2/crm/20061234567/backup/510000000099001/Data_002.zip";
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    let foreign = format!("{}{path}", zoho.urls().foreign);
    zoho.set(|rules| rules.more_links = vec![foreign]);
    let run = zoho.download([]);
    refused(&zoho, &run, 6);
    for strange in [
        format!("https://download-accl.zoho.com.evil.example{path}"),
        format!("https://user@127.0.0.1{path}"),
    ] {
        let (zoho, run) = listed(&[&strange]);
        refused(&zoho, &run, 6);
    }
}

#[test]
fn links_of_two_backups_are_not_understood() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    let other = zoho
        .link("Data_002.zip")
        .replace("/510000000099001/", "/42/");
    zoho.set(|rules| rules.more_links = vec![other]);
    let run = zoho.download([]);
    refused(&zoho, &run, 5);
}
