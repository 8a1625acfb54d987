//! `inspect` of a set in a store: it shows what it shows of one on a disk, and asks for little more than what it shows.

use serde_json::Value;

use super::copied::{Copied, reads};
use crate::support::backup::Backup;
use crate::support::run::Run;
use crate::support::stores::{Does, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

/// Two sets of one organisation, the second of which is the newer one.
fn stored() -> Copied {
    let zoho = Zoho::start();
    for number in [1, 2] {
        for (name, content) in Backup::six().files {
            zoho.store(&name, content);
        }
        zoho.set(|rules| rules.job = format!("51000000009900{number}"));
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{run}");
        let manifest = zoho.saved().join("manifest.json");
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let mut document: Value = serde_json::from_str(&text).expect("JSON");
        document["finished_at"] = format!("2026-11-2{number}T01:00:00Z").into();
        std::fs::write(&manifest, document.to_string()).expect("it is ours");
    }
    Copied::of(zoho)
}

/// What is said of both, wherever they are.
fn both(stored: &Copied, args: &[&str]) -> (Run, Run) {
    let on_disk = stored.cli().run([args, &["out"]].concat());
    let in_store = stored.cli().run([args, &[&stored.url()]].concat());
    assert_eq!((on_disk.code, in_store.code), (0, 0), "{on_disk}{in_store}");
    (on_disk, in_store)
}

fn without_place(text: &str, stored: &Copied) -> String {
    let out = stored.zoho.home().join("out").display().to_string();
    text.replace(&stored.url(), "PLACE").replace(&out, "PLACE")
}

#[test]
fn everything_is_shown_as_of_a_set_on_a_disk() {
    needs!(S3);
    let stored = stored();
    for args in [&["inspect", "--json"][..], &["inspect"]] {
        let (on_disk, in_store) = both(&stored, args);
        let [on_disk, in_store] =
            [on_disk, in_store].map(|run| without_place(&run.stdout, &stored));
        assert_eq!(in_store, on_disk);
        assert!(in_store.contains("Leads"), "{in_store}");
    }
}

#[test]
fn the_set_before_it_is_found_beside_it() {
    needs!(S3);
    let stored = stored();
    let run = stored.run(&["inspect", "--json", &stored.url()]);
    assert_eq!(run.code, 0, "{run}");
    let against = run.json()["against"].to_string();
    assert!(against.contains("510000000099001"), "{against}");
}

#[test]
fn records_are_found_and_entries_extracted() {
    needs!(S3);
    let stored = stored();
    let (on_disk, in_store) = both(&stored, &["inspect", "--module", "Leads"]);
    assert_eq!(in_store.stdout, on_disk.stdout);
    assert!(in_store.stdout.lines().count() > 2, "{in_store}");
    let names = ["inspect", "--extract", "Leads_001.csv"];
    let (on_disk, in_store) = both(&stored, &names);
    assert_eq!(in_store.stdout, on_disk.stdout);
}

#[test]
fn each_zip_and_each_table_costs_a_request_or_two() {
    needs!(S3);
    let stored = stored();
    let run = stored.run(&["inspect", &stored.set_url()]);
    assert_eq!(run.code, 0, "{run}");
    let actions = stored.between.actions();
    let of_set = format!("GetObject {}/", stored.set());
    let zips = stored.store.keys().into_iter();
    let zips = zips
        .filter(|key| key.starts_with(&stored.set()) && key.contains(".zip"))
        .count();
    let tables = run.stdout.lines().count();
    let asked = actions.iter().filter(|it| it.starts_with(&of_set)).count();
    assert!(asked <= 2 * zips + 2 * tables, "{asked}: {actions:#?}");
    assert!(
        !actions.iter().any(|it| it.starts_with("HeadObject")),
        "{actions:#?}"
    );
}

#[test]
fn what_the_store_refuses_is_not_called_corrupt() {
    needs!(S3);
    let stored = stored();
    let denied = || Does::Answer(403, "<Error><Code>AccessDenied</Code></Error>".to_owned());
    stored.between.on(99, reads(".zip"), denied());
    for args in [&["inspect"][..], &["inspect", "--module", "Leads"]] {
        let run = stored.cli().run([args, &[&stored.set_url()]].concat());
        assert_eq!(run.code, 7, "{run}");
        assert!(run.stderr.contains(&stored.set_url()), "{run}");
        assert!(!run.stderr.contains("corrupt"), "{run}");
    }
}
