//! Links that are refused before anything is fetched or made.

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Run, wait_until};
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
    assert!(!zoho.requests_to(Role::Api).is_empty(), "{run}");
    assert!(zoho.requests_to(Role::Downloads).is_empty(), "{run}");
    for stranger in [Role::Foreign, Role::Plain] {
        assert!(zoho.requests_to(stranger).is_empty(), "{run}");
    }
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
fn two_links_for_one_name_are_refused_when_only_their_query_differs() {
    let (zoho, run) = listed(&["Data_001.zip?part=2"]);
    refused(&zoho, &run, 6);
    assert!(
        run.stderr.contains("would both be saved as Data_001.zip"),
        "{run}"
    );
    assert!(
        !run.stderr.contains("part=2"),
        "a query can be a secret: {run}"
    );
}

#[test]
fn a_link_without_tls_is_refused_where_the_api_has_it() {
    let zoho = Zoho::start_tls().with_file("Data_001.zip", small_zip(1, 1000));
    let folder = zoho.rules().folder();
    for host in [
        zoho.urls().downloads.replace("https:", "http:"),
        zoho.urls().plain.clone(),
    ] {
        zoho.set(|rules| rules.more_links = vec![format!("{host}{folder}Data_002.zip")]);
        let run = zoho.download([]);
        refused(&zoho, &run, 6);
    }
}

#[test]
fn links_of_another_organisation_than_the_profile_names_create_nothing() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
    let config = zoho.home().join("config.toml");
    std::fs::write(&config, "[profiles.main]\norg = \"1\"\n").expect("it is ours");
    let cli = zoho
        .cli()
        .env("BACKUP_FETCH_CONFIG", config.display().to_string());
    let run = cli.run(["download", "--out", "out"]);
    refused(&zoho, &run, 6);
    assert!(
        run.stderr.contains("20061234567") && run.stderr.contains("the profile names 1\n"),
        "{run}"
    );
}

/// The list is read again at the end of a run, and must be as good as the first.
#[test]
fn a_link_that_appears_during_a_run_is_held_to_the_same_rules() {
    let foreign = |zoho: &Zoho| {
        format!(
            "{}{}Data_002.zip",
            zoho.urls().foreign,
            zoho.rules().folder()
        )
    };
    let climbing = |zoho: &Zoho| format!("{}..%2fData_002.zip", zoho.link(""));
    let makers: [&dyn Fn(&Zoho) -> String; 2] = [&foreign, &climbing];
    for make in makers {
        let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
        zoho.fault_for("Data_001.zip", Fault::StallAfter(500));
        let running = zoho
            .cli()
            .spawn(["download", "--out", "out", "--stall-timeout", "500ms"]);
        wait_until("it fetches", || {
            !zoho.requests_for("Data_001.zip").is_empty()
        });
        let link = make(&zoho);
        zoho.set(|rules| rules.more_links = vec![link]);
        let run = running.wait();
        assert!(zoho.requests_to(Role::Foreign).is_empty(), "{run}");
        assert_eq!(
            zoho.saved_bytes("Data_001.zip"),
            Some(zoho.bytes_of("Data_001.zip")),
            "{run}"
        );
        assert_eq!(run.code, 6, "never green without a listed file: {run}");
    }
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
fn links_of_two_backups_or_organisations_are_not_understood() {
    for id in ["/510000000099001/", "/20061234567/"] {
        let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 1000));
        let other = zoho.link("Data_002.zip").replace(id, "/42/");
        zoho.set(|rules| rules.more_links = vec![other]);
        let run = zoho.download([]);
        refused(&zoho, &run, 5);
    }
}
