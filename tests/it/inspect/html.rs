//! `inspect --html`: a page that needs nothing else, shows what `--json` says, and takes no other file's place.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Language, Zoho, inspect, save, save_as, zip};
use crate::support::elsewhere::assert_mode;
use crate::support::run::{Run, files_under};

fn page_path(zoho: &Zoho) -> PathBuf {
    zoho.home().join("page.html")
}

/// The page of the newest set, and the run that wrote it.
fn page(zoho: &Zoho, more: &[&str]) -> (Run, String) {
    let args = [&["out", "--html", "page.html"], more].concat();
    let run = inspect(zoho, &args);
    let page = fs::read_to_string(page_path(zoho));
    (run, page.expect("the page was written"))
}

/// The cells of a row of a table, their tags taken away.
fn cells(page: &str, first: &str) -> Vec<String> {
    let rows = page.split("<tr").map(|row| row.split("</tr>").next());
    let rows = rows.flatten().map(|row| {
        let cells = row.split(['<', '>']).skip(1).step_by(2);
        let cells = cells.map(str::trim).filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect::<Vec<_>>()
    });
    let mut rows = rows.filter(|cells| cells.first().is_some_and(|cell| cell == first));
    rows.next()
        .unwrap_or_else(|| panic!("no row of {first} in {page}"))
}

fn count(number: &Value) -> String {
    let digits = number.as_u64().expect("a count").to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|part| std::str::from_utf8(part).expect("digits"))
        .collect();
    parts.join(",")
}

#[test]
fn the_counts_of_the_page_are_those_of_json_and_an_alarm_is_in_words() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    save(&zoho, 2, Some("Accounts"), Language::English);
    let (run, page) = page(&zoho, &["--json", "--max-drop", "20%"]);
    assert_eq!(run.code, 6, "{run}");
    let document = run.json();
    assert_eq!(document["html"], "page.html");
    let modules = document["modules"].as_array().expect("modules");
    assert!(modules.len() > 2, "{run}");
    for module in modules {
        let name = module["name"].as_str().expect("a name");
        let cells = cells(&page, name);
        assert_eq!(cells[1], count(&module["records"]), "{cells:?}");
    }
    assert_eq!(cells(&page, "Total")[1], count(&document["records"]));
    let accounts = cells(&page, "Accounts");
    assert_eq!(accounts[3], "▼ alarm -100.0%", "{accounts:?}");
    assert!(page.contains("Accounts from"), "{page}");
    assert!(!page.contains("✓ no module lost"), "{page}");
}

#[test]
fn the_table_is_printed_as_without_a_page() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::Japanese);
    let (run, page) = page(&zoho, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout, inspect(&zoho, &["out"]).stdout);
    assert!(run.stderr.contains("the page is in page.html"), "{run}");
    assert!(page.contains("✓ complete"), "{page}");
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    save(&zoho, 2, None, Language::English);
    let (_, page) = page(&zoho, &[]);
    let page = page.to_lowercase();
    for foreign in [
        "://", "<script", "src=", "href", "url(", "@import", "<link", "<iframe",
    ] {
        assert!(!page.contains(foreign), "{foreign} in {page}");
    }
    assert!(page.contains("default-src 'none'"), "{page}");
}

#[test]
fn names_are_text_whatever_they_are() {
    let hostile = "\"'><img src=x onerror=alert(1)><script>&amp;\u{202e}";
    let entry = format!("Data/{hostile}_001.csv");
    let index = "Record Id,File Name,Size,Parent.id,Parent Id.Module,Link URL\r\n\
        zcrm_11,</li><script>x,4,zcrm_1,<b>Leads,\r\n";
    let zoho = Zoho::start().with_file(
        "Data_001.zip",
        zip(&[(&entry, "Id\r\n1\r\n"), ("Data/Attachments_001.csv", index)]),
    );
    save_as(&zoho, 1);
    let (run, page) = page(&zoho, &[]);
    assert_eq!(run.code, 0, "{run}");
    for tag in ["<img", "<script", "<b>", "\u{202e}"] {
        assert!(!page.contains(tag), "{tag} in {page}");
    }
    for text in [
        "&quot;'&gt;&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;&amp;amp;\\u{202e}</bdi>",
        "&lt;b&gt;Leads",
        "&lt;/li&gt;&lt;script&gt;x",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
}

#[test]
fn each_backup_of_the_folder_is_shown_and_an_incomplete_one_is_no_loss() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    let broken = save(&zoho, 2, Some("Accounts"), Language::English);
    save(&zoho, 3, None, Language::English);
    let manifest = broken.join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    document["state"] = json!("incomplete");
    fs::write(&manifest, document.to_string()).expect("it is ours");
    let (run, page) = page(&zoho, &["--max-drop", "20%"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        page.matches("✗ incomplete, not counted").count(),
        1,
        "{page}"
    );
    assert_eq!(
        page.matches("<td><span class=\"good\">✓ complete").count(),
        2,
        "{page}"
    );
    assert_eq!(
        page.matches("<circle class=\"dot\" cx").count() - 1,
        trends(&page) + 2,
        "{page}"
    );
    assert!(!page.contains("alarm:"), "{page}");
}

#[test]
fn another_backup_whose_counts_are_in_its_manifest_is_not_read_again() {
    let zoho = Zoho::start();
    zoho.store(
        "Data_001.zip",
        zip(&[("Data/Leads_001.csv", "Id\r\n1\r\n2\r\n")]),
    );
    let run = zoho.download(["--inspect"]);
    assert_eq!(run.code, 0, "{run}");
    fs::remove_file(zoho.saved().join("Data_001.zip")).expect("it is ours");
    save_as(&zoho, 2);
    let newest = save_as(&zoho, 3);
    let run = inspect(&zoho, &[super::text(&newest), "--html", "page.html"]);
    assert_eq!(run.code, 0, "{run}");
    let page = fs::read_to_string(page_path(&zoho)).expect("it was written");
    assert!(!page.contains("not counted"), "{page}");
    assert_eq!(
        page.matches("<span class=\"good\">✓ complete").count(),
        3,
        "{page}"
    );
}

#[test]
fn a_damaged_backup_is_not_called_complete() {
    let zoho = Zoho::start();
    let set = save(&zoho, 1, None, Language::English);
    fs::write(set.join("Data_001.zip"), "cut").expect("it is ours");
    let (run, page) = page(&zoho, &[]);
    assert_eq!(run.code, 6, "{run}");
    assert!(page.contains("✗ damaged"), "{page}");
    assert!(page.contains("Error: "), "{page}");
    assert!(!page.contains("class=\"good\""), "{page}");
}

/// Each has a dot at its end.
fn trends(page: &str) -> usize {
    page.matches("<svg class=\"trend\"").count()
}

#[test]
fn a_page_is_replaced_by_the_next_and_can_be_read_by_whom_it_could() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    let (_, first) = page(&zoho, &[]);
    assert_mode(&page_path(&zoho), 0o600);
    fs::set_permissions(page_path(&zoho), fs::Permissions::from_mode(0o644)).expect("it is ours");
    save(&zoho, 2, None, Language::English);
    let (run, second) = page(&zoho, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert_ne!(first, second);
    assert_mode(&page_path(&zoho), 0o644);
}

#[test]
fn what_is_no_page_of_ours_is_left_alone_unless_it_is_forced() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    fs::write(page_path(&zoho), "<!DOCTYPE html>\n<p>mine").expect("the folder is ours");
    let before = files_under(zoho.home());
    let refused = inspect(&zoho, &["out", "--html", "page.html"]);
    assert_eq!(refused.code, 7, "{refused}");
    assert!(refused.stderr.contains("is there already"), "{refused}");
    assert!(refused.stderr.contains("--force"), "{refused}");
    assert_eq!(files_under(zoho.home()), before);
    let forced = inspect(&zoho, &["out", "--html", "page.html", "--force"]);
    assert_eq!(forced.code, 0, "{forced}");
}

#[test]
fn a_link_is_not_followed_to_a_page() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    page(&zoho, &[]);
    symlink(page_path(&zoho), zoho.home().join("link.html")).expect("the folder is ours");
    let linked = inspect(&zoho, &["out", "--html", "link.html", "--force"]);
    assert_eq!(linked.code, 7, "{linked}");
}

#[test]
fn a_page_is_no_file_of_a_backup_not_stdout_and_in_a_folder_that_is_there() {
    let zoho = Zoho::start();
    let set = save(&zoho, 1, None, Language::English);
    let before = files_under(zoho.home());
    for (path, said) in [
        (set.join("page.html"), "in the folder of a backup"),
        (set.join("manifest.json"), "in the folder of a backup"),
        (PathBuf::from("-"), "the table goes to stdout"),
        (PathBuf::from("gone/page.html"), "there is no folder gone"),
    ] {
        let run = inspect(&zoho, &["out", "--force", "--html", super::text(&path)]);
        let code = if path.starts_with("gone") { 7 } else { 2 };
        assert_eq!(run.code, code, "{run}");
        assert!(run.stderr.contains(said), "{run}");
    }
    assert_eq!(files_under(zoho.home()), before);
}
