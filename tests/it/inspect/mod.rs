//! `inspect`: counts are those of an independent script, what is missing is told, and a loss is an alarm.

mod after_download;
mod counts;
mod html;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::backup::{Backup, Language, Night};
use crate::support::elsewhere::interrupt;
use crate::support::run::{Cli, Run, folder, wait_until};
use crate::support::zips::{Method, ZipWriter};
use crate::support::zoho::Zoho;

const LABELS: &str = "\u{feff}Record Id,File Name,Size,Parent.id,Parent Id.Module,Link URL\r\n";

/// Without a network, credentials or a configuration.
fn cli(zoho: &Zoho) -> Cli {
    Cli::new(zoho.home())
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    for (name, text) in entries {
        zip.add(name, Method::Deflated, text.as_bytes())
            .expect("memory takes every byte");
    }
    zip.finish().expect("memory takes every byte")
}

/// Saves the backup of a night, under a job of its own.
fn save(zoho: &Zoho, number: usize, emptied: Option<&'static str>, language: Language) -> PathBuf {
    let night = Night {
        number,
        emptied,
        language,
    };
    for (name, content) in Backup::six_of(night).files {
        zoho.store(&name, content);
    }
    save_as(zoho, number)
}

fn save_as(zoho: &Zoho, number: usize) -> PathBuf {
    zoho.set(|rules| rules.job = format!("51000000009900{number}"));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    // Sets of one second can't be told apart by their dates.
    let manifest = zoho.saved().join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    document["finished_at"] = json!(format!("2026-11-2{number}T01:00:00Z"));
    fs::write(&manifest, document.to_string()).expect("it is ours");
    zoho.saved()
}

fn inspect(zoho: &Zoho, args: &[&str]) -> Run {
    cli(zoho).run(["inspect"].iter().chain(args))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

fn module<'a>(document: &'a Value, name: &str) -> &'a Value {
    let modules = document["modules"].as_array().expect("modules");
    let mut modules = modules.iter();
    modules
        .find(|module| module["name"] == name)
        .unwrap_or_else(|| panic!("{document:#}"))
}

#[test]
fn a_set_is_shown_as_a_table_with_what_changed_since_the_one_before() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    let newest = save(&zoho, 2, Some("Accounts"), Language::English);
    let run = inspect(&zoho, &["out"]);
    assert_eq!(run.code, 0, "{run}");
    let said = format!("{} of organisation", newest.display());
    assert!(run.stderr.contains(&said), "{run}");
    let lines: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["Module", "Records", "Bytes", "Change"], "{run}");
    let accounts = lines.iter().find(|line| line.first() == Some(&"Accounts"));
    let accounts = accounts.expect("a line");
    assert_eq!((accounts[1], accounts[5]), ("0", "-100.0%"), "{run}");
}

#[test]
fn a_loss_beyond_max_drop_is_an_error_that_names_each_module_and_where_the_rest_is() {
    let zoho = Zoho::start();
    let older = save(&zoho, 1, None, Language::English);
    save(&zoho, 2, Some("Accounts"), Language::English);
    let run = inspect(&zoho, &["out", "--max-drop", "20%", "--json"]);
    assert_eq!(run.code, 6, "{run}");
    let document = run.json();
    assert_eq!(document["against"]["path"], text(&older));
    let dropped = document["against"]["dropped"].as_array().expect("a list");
    assert!(dropped.contains(&json!("Accounts")), "{run}");
    assert!(!dropped.contains(&json!("Leads")), "{run}");
    assert!(run.stderr.contains("Accounts from"), "{run}");
    assert!(run.stderr.contains("(-100.0%)"), "{run}");
    let hint = format!("the older backup is still there, at {}", older.display());
    assert!(run.stderr.contains(&hint), "{run}");
    let allowed = inspect(&zoho, &["out", "--max-drop", "100%"]);
    assert_eq!(allowed.code, 0, "{allowed}");
    let others = inspect(
        &zoho,
        &["out", "--against", text(&older), "--max-drop", "20"],
    );
    assert_eq!(others.code, 6, "{others}");
}

#[test]
fn another_language_of_the_headers_is_no_loss() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    save(&zoho, 2, None, Language::Japanese);
    let run = inspect(&zoho, &["out", "--max-drop", "20%"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn modules_that_all_have_other_names_are_compared_in_sum() {
    let zoho = Zoho::start();
    zoho.store(
        "Data_001.zip",
        zip(&[("Data/Leads_001.csv", "id\r\n1\r\n2\r\n3\r\n")]),
    );
    save_as(&zoho, 1);
    zoho.store(
        "Data_001.zip",
        zip(&[("Data/Lead_001.csv", "id\r\n1\r\n2\r\n3\r\n")]),
    );
    save_as(&zoho, 2);
    let same = inspect(&zoho, &["out", "--max-drop", "20%"]);
    assert_eq!(same.code, 0, "{same}");
    assert!(
        same.stderr.contains("warning: no module has the name"),
        "{same}"
    );
    zoho.store(
        "Data_001.zip",
        zip(&[("Data/Contatti_001.csv", "id\r\n1\r\n")]),
    );
    save_as(&zoho, 3);
    let fewer = inspect(&zoho, &["out", "--max-drop", "20%"]);
    assert_eq!(fewer.code, 6, "{fewer}");
    assert!(
        fewer.stderr.contains("all modules together from 3 to 1"),
        "{fewer}"
    );
}

#[test]
fn without_an_earlier_set_max_drop_says_that_nothing_is_compared() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    let run = inspect(&zoho, &["out", "--max-drop", "20%"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("warning: --max-drop has nothing to compare with"),
        "{run}"
    );
}

#[test]
fn attachments_that_the_index_and_the_zips_disagree_on_are_warned_of_by_name() {
    let index = format!(
        "{LABELS}zcrm_11,good.pdf,4,zcrm_1,Leads,\r\nzcrm_12,\"gone, away.pdf\",4,zcrm_1,Leads,\r\nzcrm_13,grown.pdf,4,zcrm_1,Deals,\r\nzcrm_14,link,0,zcrm_1,Leads,https://example.com\r\n"
    );
    let zoho = Zoho::start()
        .with_file("Data_001.zip", zip(&[("Data/Attachments_001.csv", &index)]))
        .with_file(
            "Attachments_001.zip",
            zip(&[
                ("Attachments/11_good.pdf", "1234"),
                ("Attachments/13", "12345"),
                ("Attachments/15_\u{1b}[2Jalien.pdf", "1"),
            ]),
        );
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let run = inspect(&zoho, &["out", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    for said in [
        "warning: 1 attachment of the index has no file: \"gone, away.pdf\" (12)\n",
        "warning: 1 attachment is not in the index: \"Attachments/15_\\u{1b}[2Jalien.pdf\"\n",
        "warning: 1 attachment has another size than the index says: \"grown.pdf\" (13)\n",
    ] {
        assert!(run.stderr.contains(said), "{said}{run}");
    }
    let document = run.json();
    let index = &document["attachments"]["index"];
    assert_eq!((&index["rows"], &index["links"]), (&json!(4), &json!(1)));
    let expected = json!({ "rows_without_file": 1, "files_without_row": 1, "sizes_differ": 1, "repeated_rows": 0, "repeated_files": 0 });
    assert_eq!(index["completeness"], expected, "{run}");
    assert_eq!(
        index["modules"],
        json!([{ "name": "Deals", "rows": 1, "bytes": 4 }, { "name": "Leads", "rows": 3, "bytes": 8 }])
    );
}

#[test]
fn an_index_of_another_name_is_known_by_the_ids_in_it() {
    let index = "\u{feff}ID record,Nome file,Dimensione\r\nzcrm_11,a,4\r\nzcrm_12,b,4\r\n";
    let zoho = Zoho::start()
        .with_file(
            "Data_001.zip",
            zip(&[
                ("Data/Lead_001.csv", "ID record,Nome\r\nzcrm_1,x\r\n"),
                ("Data/Allegati_001.csv", index),
            ]),
        )
        .with_file("Attachments_001.zip", zip(&[("Attachments/11_a", "1234")]));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let run = inspect(&zoho, &["out"]);
    let said = "warning: 1 attachment of the index has no file: \"b\" (12)\n";
    assert!(run.stderr.contains(said), "{run}");
}

#[test]
fn a_set_without_its_attachment_zips_has_none_missing() {
    let zoho = Zoho::start().with_backup(Backup::small());
    let run = zoho.download(["--only", "data"]);
    assert_eq!(run.code, 0, "{run}");
    let run = inspect(&zoho, &[text(&zoho.saved()), "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let document = run.json();
    assert_eq!(document["state"], "incomplete");
    assert_eq!(
        document["attachments"]["index"]["completeness"],
        Value::Null
    );
    assert!(run.stderr.contains("warning: "), "{run}");
    let folder = inspect(&zoho, &["out"]);
    assert_eq!(folder.code, 2, "{folder}");
}

#[test]
fn a_damaged_table_is_an_error_that_names_it_and_the_rest_is_counted() {
    let zoho = Zoho::start().with_backup(Backup::six());
    assert_eq!(zoho.download([]).code, 0);
    let path = zoho.saved().join("Data_001.zip");
    let mut bytes = fs::read(&path).expect("it is saved");
    // Inside of the data of the first table.
    bytes[2000] ^= 1;
    fs::write(&path, bytes).expect("it is ours");
    let run = inspect(&zoho, &["out", "--json"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(
        run.stderr
            .contains("error: Data_001.zip: entry \"Data/Leads_001.csv\" "),
        "{run}"
    );
    let document = run.json();
    assert_eq!(document["findings"][0]["code"], "corrupt", "{run}");
    assert_eq!(module(&document, "Contacts")["records"], 120, "{run}");
}

#[test]
fn files_that_are_gone_or_of_another_size_are_errors() {
    let zoho = Zoho::start().with_backup(Backup::six());
    assert_eq!(zoho.download([]).code, 0);
    fs::remove_file(zoho.saved().join("Data_002.zip")).expect("it is saved");
    fs::write(zoho.saved().join("Attachments_003.zip"), "short").expect("it is ours");
    let run = inspect(&zoho, &["out", "--json"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(
        run.stderr
            .contains("error: Data_002.zip: the file is missing"),
        "{run}"
    );
    assert!(
        run.stderr
            .contains("error: Attachments_003.zip: it has 5 bytes"),
        "{run}"
    );
    // What is not there to be looked at is not said to be missing at Zoho.
    assert!(!run.stderr.contains("of the index"), "{run}");
}

#[test]
fn a_single_zip_is_looked_at_alone_and_what_is_none_is_refused() {
    let folder = folder();
    let cli = Cli::new(folder.path());
    let path = folder.path().join("any.zip");
    fs::write(&path, zip(&[("Leads_001.csv", "a\n1\n")])).expect("a file");
    let run = cli.run(["inspect", "any.zip"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("Leads"), "{run}");
    fs::write(&path, "no zip").expect("a file");
    let run = cli.run(["inspect", "any.zip"]);
    assert_eq!(run.code, 6, "{run}");
    for none in ["nothing", "."] {
        let run = cli.run(["inspect", none]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("hint: "), "{run}");
    }
}

/// A zip with one stored table that has no blocks on the disk, and takes a minute to count.
fn write_endless(path: &Path) {
    const NAME: &[u8] = b"Data/Leads_001.csv";
    const SIZE: u32 = 4_000_000_000;
    let size = SIZE.to_le_bytes();
    let name_length = u16::try_from(NAME.len()).expect("it is short");
    // Of both headers: version, flags, method, time, CRC-32, sizes, lengths of name and extra field.
    let fields = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &size,
        &size,
        &name_length.to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    let head = [b"PK\x03\x04", &fields[..], NAME].concat();
    let entry = [b"PK\x01\x02\x14\0", &fields[..], &[0; 14], NAME].concat();
    let start = u32::try_from(head.len()).expect("it is short") + SIZE;
    let length = u32::try_from(entry.len()).expect("it is short");
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &length.to_le_bytes(),
        &start.to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    let mut file = fs::File::create(path).expect("it is ours");
    file.write_all(&head).expect("it is ours");
    file.seek(SeekFrom::Start(start.into())).expect("it can");
    file.write_all(&[entry, end].concat()).expect("it is ours");
}

#[test]
fn a_signal_ends_it_at_once_and_leaves_no_bar() {
    let zoho = Zoho::start();
    write_endless(&zoho.home().join("Data_001.zip"));
    let running = cli(&zoho).spawn(["inspect", "Data_001.zip", "--progress", "bar"]);
    wait_until("there is a bar", || {
        running.stderr_so_far().contains("0/1 files")
    });
    running.signal("INT");
    let run = running.wait();
    assert_eq!(run.code, 130, "{run}");
    let last = run.stderr.lines().nth_back(1).unwrap_or_default();
    let said = format!("error: stopped by {}", interrupt());
    assert!(last.ends_with(&said), "{run}");
}
