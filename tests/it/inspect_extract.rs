//! `inspect --extract`: one entry, whole or not at all, and never over something else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::elsewhere::assert_mode;
use crate::support::run::{Cli, Run, files_under, folder};
use crate::support::zips::{Method, ZipWriter};

const ZIP: &str = "Attachments_001.zip";

const ENTRIES: [(&str, &[u8]); 6] = [
    ("Attachments/510_Offer.pdf", b"%PDF one"),
    ("Attachments/511_Offer.pdf", b"%PDF another"),
    ("Attachments/512", b"\x00bare"),
    ("Attachments/513_Map.png", b"\x89PNG"),
    ("Attachments/514_Map.png", b"\x89PNG"),
    ("Attachments/../515_evil", b"evil"),
];

/// A folder with a zip in it.
struct Given {
    home: TempDir,
}

impl Given {
    fn new() -> Given {
        let mut zip = ZipWriter::new(Vec::new());
        for (name, content) in ENTRIES {
            let added = zip.add(name, Method::Stored, content);
            added.expect("memory takes every byte");
        }
        let home = folder();
        let zip = zip.finish().expect("memory takes every byte");
        fs::write(home.path().join(ZIP), zip).expect("the folder is ours");
        Given { home }
    }

    fn extract<const N: usize>(&self, name: &str, more: [&str; N]) -> Run {
        let args = ["inspect", ZIP, "--extract", name].into_iter().chain(more);
        Cli::new(self.home.path()).run(args)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn files(&self) -> Vec<String> {
        files_under(self.home.path())
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("it is there")
}

#[test]
fn an_attachment_is_known_by_its_id_its_file_name_or_its_whole_name() {
    let given = Given::new();
    for (name, expected) in [
        ("510", ENTRIES[0].1),
        ("zcrm_511", ENTRIES[1].1),
        ("512", ENTRIES[2].1),
        ("511_Offer.pdf", ENTRIES[1].1),
        ("Attachments/510_Offer.pdf", ENTRIES[0].1),
        // Two copies of one file are one answer.
        ("Map.png", ENTRIES[3].1),
    ] {
        let run = given.extract(name, ["--to", "a", "--force"]);
        assert_eq!((run.code, &*run.stdout), (0, ""), "{run}");
        assert_eq!(read(&given.path("a")), expected, "{name}");
    }
    assert_mode(&given.path("a"), 0o600);
    assert_eq!(given.files(), [ZIP, "a"]);
}

#[test]
fn without_a_file_it_goes_to_stdout() {
    let given = Given::new();
    for more in [&[][..], &["--to", "-"]] {
        let args = ["inspect", ZIP, "--extract", "510"].iter().chain(more);
        let run = Cli::new(given.home.path()).run(args);
        assert_eq!((run.code, &*run.stdout), (0, "%PDF one"), "{run}");
    }
    let run = given.extract("510", ["--json"]);
    assert!(run.code == 2 && run.stdout.contains("--to FILE"), "{run}");
}

#[test]
fn where_several_are_meant_each_is_named_and_nothing_is_written() {
    let given = Given::new();
    let run = given.extract("Offer.pdf", ["--to", "a"]);
    assert_eq!(run.code, 2, "{run}");
    for name in ["Attachments/510_Offer.pdf", "Attachments/511_Offer.pdf"] {
        assert!(run.stderr.contains(name), "{run}");
    }
    let run = given.extract("nobody.pdf", ["--to", "a"]);
    assert!(run.code == 2 && run.stderr.contains("nobody.pdf"), "{run}");
    assert_eq!(given.files(), [ZIP]);
}

#[test]
fn for_a_name_that_is_not_there_the_nearest_one_is_offered() {
    let given = Given::new();
    for (wrong, meant) in [
        ("ofer.pdf", "Offer.pdf"),
        ("attachments/510_offer.pdf", "Attachments/510_Offer.pdf"),
    ] {
        let run = given.extract(wrong, []);
        assert_eq!((run.code, &*run.stdout), (2, ""), "{run}");
        let said = format!("hint: did you mean \"{meant}\"? Name an attachment by its id");
        assert!(run.stderr.contains(&said), "{run}");
    }
    let run = given.extract("nothing of the kind", []);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("hint: Name an attachment"), "{run}");
}

#[test]
fn a_link_is_never_followed() {
    let given = Given::new();
    fs::write(given.path("a"), "mine").expect("the folder is ours");
    symlink("a", given.path("link")).expect("the folder is ours");
    for force in [&[][..], &["--force"]] {
        let args = ["inspect", ZIP, "--extract", "510", "--to", "link"];
        let run = Cli::new(given.home.path()).run(args.iter().chain(force));
        assert_eq!(run.code, 7, "{run}");
    }
    assert_eq!(read(&given.path("a")), b"mine");
}

#[test]
fn what_is_there_is_not_overwritten_unless_told() {
    let given = Given::new();
    fs::write(given.path("a"), "mine").expect("the folder is ours");
    let run = given.extract("510", ["--to", "a"]);
    assert!(run.code == 7 && run.stderr.contains("--force"), "{run}");
    let run = given.extract("510", ["--to", "."]);
    assert!(run.code == 7 && run.stderr.contains("is a folder"), "{run}");
    assert_eq!(read(&given.path("a")), b"mine");
    let run = given.extract("510", ["--to", "a", "--force"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(read(&given.path("a")), ENTRIES[0].1);
}

#[test]
fn a_name_out_of_the_zip_is_never_a_path() {
    let given = Given::new();
    let run = given.extract("515", ["--to", "out"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(read(&given.path("out")), b"evil");
    assert_eq!(given.files(), [ZIP, "out"]);
}

#[test]
fn of_a_damaged_entry_nothing_gets_the_name() {
    let given = Given::new();
    let mut zip = read(&given.path(ZIP));
    zip[30 + ENTRIES[0].0.len()] ^= 1;
    fs::write(given.path(ZIP), zip).expect("the folder is ours");
    let run = given.extract("510", ["--to", "a", "--json"]);
    assert_eq!(run.code, 6, "{run}");
    let error = run.json();
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        message.contains(ZIP) && message.contains(ENTRIES[0].0),
        "{run}"
    );
    assert_eq!(given.files(), [ZIP]);
}
