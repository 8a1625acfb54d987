//! Counts against those of Python's csv and zipfile.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{save, text};
use crate::support::backup::Language;
use crate::support::run::{Cli, folder};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/inspect/count.py");

fn counted(folder: &Path) -> Value {
    let mut python = Command::new("python3");
    let output = python.arg(SCRIPT).arg(folder).output();
    let output = output.expect("python3 is there");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

#[test]
fn counts_are_those_of_python_in_every_language() {
    needs!(Program("python3"));
    for language in Language::ALL {
        let zoho = Zoho::start();
        let saved = save(&zoho, 3, None, language);
        let run = super::inspect(&zoho, &["out", "--json"]);
        assert_eq!(run.code, 0, "{run}");
        let (found, expected) = (run.json(), counted(&saved));
        assert_eq!(found["modules"], expected["modules"], "{run}");
        for key in ["files", "bytes"] {
            assert_eq!(found["attachments"][key], expected["attachments"][key]);
        }
        let index = &found["attachments"]["index"];
        assert_eq!(index["links"], 1, "{run}");
        assert_eq!(index["completeness"]["rows_without_file"], 0, "{run}");
        assert_eq!(index["completeness"]["files_without_row"], 0, "{run}");
        assert_eq!(index["completeness"]["sizes_differ"], 0, "{run}");
        assert!(!run.stderr.contains("warning"), "{run}");
    }
}

/// Odd tables, to be packed by programs in use.
fn write_tables(folder: &Path) {
    let long = "line\n".repeat(100_000);
    let tables = [
        (
            "Leads_001.csv",
            "\u{feff}Record Id,Name\r\nzcrm_1,\"a\r\n\"\"b\"\"\n\"\r\nzcrm_2,x\"y\r\n".to_owned(),
        ),
        (
            "Leads_002.csv",
            "\u{feff}Record Id,Name\r\nzcrm_3,\"\"".to_owned(),
        ),
        ("Empty_001.csv", "\u{feff}Record Id,Name\r\n".to_owned()),
        ("None_001.csv", String::new()),
        (
            "Long_C_001.csv",
            format!("\"Record\nId\"\r\n\"{long}\"\r\n\r\n\n\"open\n"),
        ),
        ("Mac_001.csv", "a\r1\r2\r".to_owned()),
        ("Aziende_001.csv", "データID\nzcrm_1\n".to_owned()),
    ];
    fs::create_dir(folder.join("Data")).expect("a folder");
    for (name, text) in tables {
        fs::write(folder.join("Data").join(name), text).expect("a file");
    }
}

#[test]
fn tables_are_counted_whoever_packed_them() {
    needs!(Program("python3"), Program("zip"), Program("7z"));
    let packers: [&[&str]; 4] = [
        &["zip", "-q", "-r", "Data_001.zip", "Data"],
        &["zip", "-q", "-0", "-fz", "-r", "Data_001.zip", "Data"],
        &["7z", "a", "-tzip", "-mx=9", "Data_001.zip", "Data"],
        &["python3", "-m", "zipfile", "-c", "Data_001.zip", "Data"],
    ];
    for packer in packers {
        let folder = folder();
        write_tables(folder.path());
        let mut command = Command::new(packer[0]);
        let output = command.args(&packer[1..]).current_dir(&folder).output();
        assert!(output.expect("it starts").status.success(), "{packer:?}");
        let zip = folder.path().join("Data_001.zip");
        let run = Cli::new(folder.path()).run(["inspect", text(&zip), "--json"]);
        assert_eq!(run.code, 0, "{packer:?} {run}");
        let (found, expected) = (run.json(), counted(folder.path()));
        assert_eq!(found["modules"], expected["modules"], "{packer:?} {run}");
    }
}
