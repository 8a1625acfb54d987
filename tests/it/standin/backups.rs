//! What the made-up backups hold, read by a script that shares nothing with them.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::backup::{Backup, Language, Night};
use crate::support::run::folder;
use crate::support::tools::needs;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/standin/backups.py");

fn content_of(backup: Backup) -> Value {
    let folder = folder();
    for (name, content) in backup.files {
        fs::write(folder.path().join(name), content.to_vec()).expect("a temporary file");
    }
    let mut python = Command::new("python3");
    let output = python.arg(SCRIPT).arg(folder.path()).output();
    let output = output.expect("python3 is there");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

fn six_of(number: usize, emptied: Option<&'static str>, language: Language) -> Value {
    content_of(Backup::six_of(Night {
        number,
        emptied,
        language,
    }))
}

fn is_consistent(content: &Value) {
    for promise in ["index_agrees", "ids_differ", "parents_exist"] {
        assert_eq!(content[promise], true, "{promise}: {content:#}");
    }
    assert_eq!(content["links"], 1, "{content:#}");
}

#[test]
fn index_files_and_records_agree_on_every_night_and_in_every_language() {
    needs!(Program("python3"));
    let nights = Language::ALL.into_iter().enumerate();
    let nights: Vec<Value> = nights
        .map(|(number, language)| six_of(number, None, language))
        .collect();
    nights.iter().for_each(is_consistent);
    for (content, (label, leads, attachments)) in nights.iter().zip([
        ("Record Id", 240, 24),
        ("ID record", 242, 28),
        ("データID", 245, 32),
    ]) {
        assert_eq!(content["labels"], json!([label]));
        assert_eq!(content["records"]["Leads"], leads);
        assert_eq!(content["attachments"], attachments);
    }
}

#[test]
fn an_emptied_module_has_no_records_and_no_attachments_and_the_others_are_as_before() {
    needs!(Program("python3"));
    let full = six_of(2, None, Language::English);
    let emptied = six_of(2, Some("Accounts"), Language::English);
    assert_eq!(emptied["records"]["Accounts"], 0);
    assert_eq!(emptied["records"]["Leads"], full["records"]["Leads"]);
    assert!(emptied["attachments"].as_u64() < full["attachments"].as_u64());
    is_consistent(&emptied);
}
