//! `verify`: whatever is wrong with a saved set is found and named, and what is sound is never refused.

mod crashes;
mod flips;
mod folders;
mod samples;

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::bytes::small_zip;
use crate::support::elsewhere::{interrupt, is_windows};
use crate::support::run::{Cli, Run, files_under, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

pub(crate) const DATA: &str = "Data_001.zip";
pub(crate) const MORE: &str = "Data_002.zip";

/// Two files, saved.
pub(crate) fn saved() -> Zoho {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    zoho
}

/// Without a network, credentials or a configuration.
fn cli(zoho: &Zoho) -> Cli {
    Cli::new(zoho.home())
}

fn verify(zoho: &Zoho) -> Run {
    cli(zoho).run(["verify", "out"])
}

/// The codes of all findings.
fn codes(run: &Run) -> Vec<String> {
    let document = run.json();
    let subjects = ["sets", "zips"].into_iter();
    let subjects = subjects.flat_map(|key| document[key].as_array().cloned().unwrap_or_default());
    let findings = subjects.flat_map(|it| it["findings"].as_array().cloned().unwrap_or_default());
    findings
        .map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Fails with code 6, these findings and no others, each named on stderr with its file.
fn finds(zoho: &Zoho, expected: &[(&str, &str)]) {
    let run = verify(zoho);
    assert_eq!(run.code, 6, "{run}");
    for (_, file) in expected {
        let named = run
            .stderr
            .lines()
            .any(|line| line.starts_with("error: ") && line.contains(file));
        assert!(named, "{file}: {run}");
    }
    let errors = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "));
    assert_eq!(errors.count(), expected.len(), "{run}");
    let json = cli(zoho).run(["verify", "out", "--json"]);
    let mut found = codes(&json);
    let mut codes: Vec<_> = expected
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .collect();
    found.sort();
    codes.sort();
    assert_eq!(found, codes, "{json}");
    assert_eq!(json.json()["sound"], Value::Bool(false), "{json}");
}

fn is_sound(run: &Run) {
    assert_eq!(run.code, 0, "{run}");
    let complaint = ["error:", "warning:"]
        .into_iter()
        .find(|word| run.stderr.contains(word));
    assert_eq!(complaint, None, "{run}");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("it is saved");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("it is ours");
}

fn manifest(zoho: &Zoho) -> Value {
    let bytes = zoho.saved_bytes("manifest.json").expect("it is there");
    serde_json::from_slice(&bytes).expect("it is JSON")
}

/// As an earlier version or a person wrote it, so that the list of digests says nothing of it.
fn write_manifest(zoho: &Zoho, manifest: &Value) {
    fs::write(zoho.saved().join("manifest.json"), manifest.to_string()).expect("it is ours");
    let sums = zoho.saved().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).expect("it is there");
    let lines = text
        .split_inclusive('\n')
        .filter(|line| !line.contains("manifest.json"));
    fs::write(&sums, lines.collect::<String>()).expect("it is ours");
}

#[test]
fn a_set_that_was_saved_is_sound_by_its_folder_by_the_one_above_and_file_by_file() {
    let zoho = saved();
    let set = zoho.saved().display().to_string();
    let zip = zoho.saved().join(DATA).display().to_string();
    for path in ["out", &set, &zip] {
        let run = cli(&zoho).run(["verify", path]);
        is_sound(&run);
        assert!(run.stdout.contains("\nsound "), "{run}");
        assert!(run.stderr.contains("every byte of "), "{run}");
    }
    let both = cli(&zoho).run(["verify", "out", &set, &zip]);
    assert_eq!(both.stdout.lines().count(), 3, "a set is read once: {both}");
}

#[test]
fn it_asks_no_server_takes_no_lock_and_changes_nothing() {
    let zoho = saved();
    let (before, requests) = (files_under(&zoho.home().join("out")), zoho.requests().len());
    fs::remove_file(zoho.home().join("out/.backup-fetch.lock")).expect("it is there");
    is_sound(&zoho.cli().run(["verify", "out"]));
    assert_eq!(zoho.requests().len(), requests);
    let mut after = files_under(&zoho.home().join("out"));
    after.insert(0, ".backup-fetch.lock".to_owned());
    assert_eq!(after, before);
}

#[test]
fn without_a_path_the_output_folder_is_verified_and_without_that_it_says_what_to_name() {
    let zoho = saved();
    is_sound(&cli(&zoho).env("BACKUP_FETCH_OUT", "out").run(["verify"]));
    let config = zoho.home().join("config.toml");
    fs::write(&config, "[profiles.main]\nout = \"out\"\n").expect("it is ours");
    let of_profile = cli(&zoho).env("BACKUP_FETCH_CONFIG", config.display().to_string());
    is_sound(&of_profile.run(["verify"]));
    let run = cli(&zoho)
        .without("HOME")
        .without("XDG_CONFIG_HOME")
        .run(["verify"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("hint: name the folder"), "{run}");
}

#[test]
fn with_a_path_a_broken_configuration_does_not_matter() {
    let zoho = saved();
    let config = zoho.home().join("config.toml");
    fs::write(&config, "what is this").expect("it is ours");
    let cli = cli(&zoho).env("BACKUP_FETCH_CONFIG", config.display().to_string());
    is_sound(&cli.run(["verify", "out"]));
    assert_eq!(cli.run(["verify"]).code, 2);
}

#[test]
fn a_path_that_is_no_backup_is_wrong_usage() {
    let zoho = saved();
    fs::create_dir(zoho.home().join("empty")).expect("it is ours");
    for path in ["nowhere", "empty"] {
        let run = cli(&zoho).run(["verify", path, "out"]);
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains(path) && run.stderr.contains("hint: "),
            "{run}"
        );
        assert_eq!(run.stdout, "", "{run}");
    }
}

#[test]
fn a_file_that_is_gone_is_missing() {
    let zoho = saved();
    fs::remove_file(zoho.saved().join(DATA)).expect("it was saved");
    finds(&zoho, &[("missing", DATA)]);
}

#[test]
fn damage_in_a_file_is_named_and_the_others_are_read_all_the_same() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 1000);
    fs::write(zoho.saved().join(MORE), "short").expect("it is ours");
    finds(&zoho, &[("corrupt", DATA), ("size", MORE)]);
}

#[test]
fn another_sound_zip_of_the_same_length_is_not_what_was_saved() {
    let zoho = saved();
    fs::write(zoho.saved().join(DATA), small_zip(7, 3000)).expect("it is ours");
    finds(&zoho, &[("digest", DATA)]);
}

#[test]
fn a_file_that_the_disk_does_not_give_back_is_found_and_the_others_are_read() {
    needs!(Strace);
    let zoho = saved();
    flip(&zoho.saved().join(MORE), 1000);
    let strace = Strace::new(&zoho).on([zoho.saved().join(DATA)]);
    let cli = cli(&zoho).traced(&strace.inject("pread64", "error=EIO"));
    let run = cli.run(["verify", "out", "--json"]);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(codes(&run), ["unreadable", "corrupt"], "{run}");
    assert!(run.stderr.contains("(os error 5)"), "{run}");
}

#[test]
fn links_under_our_names_are_found_and_not_followed() {
    for name in [DATA, "SHA256SUMS", "manifest.json"] {
        let zoho = saved();
        let (path, aside) = (zoho.saved().join(name), zoho.home().join("aside"));
        fs::rename(&path, &aside).expect("it was saved");
        symlink(&aside, &path).expect("it is ours");
        finds(&zoho, &[("unreadable", name)]);
    }
}

#[test]
fn a_pipe_under_the_name_of_a_file_is_found_and_not_waited_for() {
    let zoho = saved();
    let path = zoho.saved().join(DATA);
    fs::remove_file(&path).expect("it was saved");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()));
    finds(&zoho, &[("unreadable", DATA)]);
}

#[test]
fn a_zip_that_the_manifest_does_not_know_is_found_and_other_files_are_warned_of() {
    let zoho = saved();
    fs::write(zoho.saved().join("notes.txt"), "mine").expect("it is ours");
    let run = verify(&zoho);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("warning: ") && run.stderr.contains("notes.txt"),
        "{run}"
    );
    fs::write(zoho.saved().join("Copy of Data.ZIP"), "mine").expect("it is ours");
    finds(&zoho, &[("extra", "Copy of Data.ZIP")]);
}

#[test]
fn what_downloads_leave_beside_the_files_is_nothing_to_warn_of() {
    let zoho = saved();
    for name in [
        ".Data_003.zip.part",
        ".Data_003.zip.journal",
        "..Data_003.zip.journal.new",
        ".manifest.json.new",
        "Data_003.zip.corrupt",
        "Data_003.zip.unverified",
        "Data_001.zip.damaged.2",
        "manifest.json.damaged",
    ] {
        fs::write(zoho.saved().join(name), "").expect("it is ours");
    }
    is_sound(&verify(&zoho));
}

/// A crash between the rename and the manifest.
#[test]
fn a_file_that_a_download_has_not_noted_yet_is_no_foreign_zip() {
    let noted = r#"{"name":"Data_003.zip","kind":"data","url":"https://h/","state":"verified"}"#;
    for (journal, content) in [
        (".Data_003.zip.journal", ""),
        (".publishing.journal", noted),
    ] {
        let zoho = saved();
        fs::write(zoho.saved().join("Data_003.zip"), small_zip(3, 3000)).expect("it is ours");
        fs::write(zoho.saved().join(journal), content).expect("it is ours");
        let sums = zoho.saved().join("SHA256SUMS");
        let text = fs::read_to_string(&sums).expect("it is there");
        let ahead = format!("{}  Data_003.zip\n", "a".repeat(64));
        let (files, _) =
            text.split_at(text.len() - text.lines().last().map_or(0, |line| line.len() + 1));
        fs::write(&sums, format!("{files}{ahead}")).expect("it is ours");
        let run = verify(&zoho);
        assert_eq!(run.code, 0, "{journal}: {run}");
        assert!(run.stderr.contains("Data_003.zip: not verified"), "{run}");
    }
}

#[test]
fn names_and_texts_that_are_hostile_are_shown_and_not_obeyed() {
    let zoho = saved();
    fs::write(zoho.saved().join("x\u{1b}[31m\n.zip"), "").expect("it is ours");
    let run = verify(&zoho);
    assert_eq!(run.code, 6, "{run}");
    // The first backslash of a path of Windows is heard as one between folders.
    let shown = if is_windows() {
        "x/u{1b}[31m\\n.zip"
    } else {
        "x\\u{1b}[31m\\n.zip"
    };
    assert!(run.stderr.contains(shown), "{run}");
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
}

#[test]
fn a_damaged_manifest_is_named_and_the_sets_beside_it_are_read() {
    let zoho = saved();
    let other = zoho.saved().with_extension("2");
    copy(&zoho.saved(), &other);
    fs::write(zoho.saved().join("manifest.json"), "{\"schema\": 1, ").expect("it is ours");
    finds(&zoho, &[("manifest_damaged", "manifest.json")]);
    let run = verify(&zoho);
    assert!(run.stdout.contains("sound "), "{run}");
}

#[test]
fn a_manifest_of_a_later_version_is_refused_by_name() {
    let zoho = saved();
    let mut later = manifest(&zoho);
    later["schema"] = 2.into();
    write_manifest(&zoho, &later);
    let run = verify(&zoho);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("written by a later version"), "{run}");
}

#[test]
fn a_list_of_digests_that_is_gone_or_says_otherwise_is_found() {
    let zoho = saved();
    let sums = zoho.saved().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).expect("it is there");
    let other = format!("{}  {DATA}\n", "0".repeat(64));
    let rest: String = text.split_inclusive('\n').skip(1).collect();
    for (content, told) in [
        (String::new(), "it does not name Data_001.zip"),
        (
            format!("{other}{rest}"),
            "it has another digest of Data_001.zip",
        ),
        (
            format!("{other}{text}").replace(DATA, "Data_009.zip"),
            "Data_009.zip",
        ),
        (
            text.replace("  manifest.json", " manifest.json"),
            "no digest and name",
        ),
        (text.replace('\n', "\r\n"), "its lines end in CR LF"),
    ] {
        fs::write(&sums, content).expect("it is ours");
        finds(&zoho, &[("sums", told)]);
    }
    fs::remove_file(&sums).expect("it is there");
    finds(&zoho, &[("sums", "SHA256SUMS: missing")]);
}

/// As earlier versions wrote it, and as a crash right behind the manifest leaves it.
#[test]
fn a_list_of_digests_without_the_manifest_is_sound_and_the_next_download_completes_it() {
    let zoho = saved();
    write_manifest(&zoho, &manifest(&zoho));
    is_sound(&verify(&zoho));
    assert_eq!(zoho.download([]).code, 0);
    let sums = zoho.saved_bytes("SHA256SUMS").unwrap_or_default();
    assert!(String::from_utf8_lossy(&sums).ends_with("  manifest.json\n"));
    is_sound(&verify(&zoho));
}

#[test]
fn any_change_of_the_manifest_is_found_in_whatever_field() {
    let zoho = saved();
    let mut changed = manifest(&zoho);
    changed["expiry_date"] = "2031-06-30T17:31:03+05:30".into();
    fs::write(zoho.saved().join("manifest.json"), changed.to_string()).expect("it is ours");
    finds(&zoho, &[("sums", "another digest of manifest.json")]);
}

#[test]
fn the_list_of_digests_holds_for_sha256sum_too() {
    needs!(Program("sha256sum"));
    let zoho = saved();
    let mut sums = Command::new("sha256sum");
    sums.args(["--strict", "-c", "SHA256SUMS"])
        .current_dir(zoho.saved());
    let output = sums.output().expect("it is there");
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("manifest.json: OK"), "{told}");
}

#[test]
fn a_file_that_was_accepted_unverified_is_sound_as_long_as_it_is_what_was_saved() {
    let zoho = Zoho::start().with_file(DATA, encrypted());
    assert_eq!(zoho.download(["--allow-unverified"]).code, 0);
    let run = verify(&zoho);
    is_sound(&run);
    assert!(run.stderr.contains("1 file accepted although"), "{run}");
    flip(&zoho.saved().join(DATA), 1500);
    finds(&zoho, &[("digest", DATA)]);
}

#[test]
fn a_zip_alone_that_can_not_be_tested_is_not_called_sound() {
    let zoho = saved();
    fs::write(zoho.home().join("alone.zip"), encrypted()).expect("it is ours");
    let run = cli(&zoho).run(["verify", "alone.zip", "--json"]);
    assert_eq!(
        (run.code, codes(&run)),
        (6, vec!["untested".to_owned()]),
        "{run}"
    );
    fs::write(zoho.home().join("alone.zip"), small_zip(4, 100)).expect("it is ours");
    is_sound(&cli(&zoho).run(["verify", "alone.zip"]));
    fs::write(zoho.home().join("alone.zip"), "<html>").expect("it is ours");
    let run = cli(&zoho).run(["verify", "alone.zip"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(
        run.stderr.contains("alone.zip: corrupt: not a zip"),
        "{run}"
    );
}

#[test]
fn a_zip_of_a_set_is_held_against_the_manifest_beside_it_also_by_a_link_to_it() {
    let zoho = saved();
    let zip = zoho.saved().join(DATA);
    fs::write(&zip, small_zip(7, 3000)).expect("it is ours");
    symlink(&zip, zoho.home().join("link.zip")).expect("it is ours");
    for path in [zip.display().to_string(), "link.zip".to_owned()] {
        let run = cli(&zoho).run(["verify", &path, "--json"]);
        assert_eq!(
            (run.code, codes(&run)),
            (6, vec!["digest".to_owned()]),
            "{run}"
        );
    }
}

#[test]
fn a_zip_that_the_manifest_beside_it_does_not_know_is_only_sound_in_itself() {
    let zoho = saved();
    let zip = zoho.saved().join("Data_009.zip");
    fs::write(&zip, small_zip(9, 3000)).expect("it is ours");
    let run = cli(&zoho).run(["verify", &zip.display().to_string()]);
    assert_eq!(run.code, 0, "{run}");
    let told = "Data_009.zip: the manifest beside it does not know it";
    assert!(run.stderr.contains(told), "{run}");
}

#[test]
fn quick_finds_what_sizes_and_directories_tell_and_reads_no_data() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 1000);
    let quick = |zoho: &Zoho| cli(zoho).run(["verify", "out", "--quick", "--json"]);
    let run = quick(&zoho);
    assert_eq!(run.code, 0, "the data is not read: {run}");
    assert_eq!(run.json()["read"], "directories", "{run}");
    let length = zoho.saved_bytes(DATA).map_or(0, |bytes| bytes.len());
    flip(&zoho.saved().join(DATA), length - 10);
    fs::write(zoho.saved().join(MORE), "short").expect("it is ours");
    let run = quick(&zoho);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(codes(&run), ["size", "corrupt"], "{run}");
}

#[test]
fn quiet_says_nothing_of_what_is_sound_and_names_what_is_not() {
    let zoho = saved();
    let quiet = |zoho: &Zoho| cli(zoho).run(["verify", "out", "-q"]);
    let run = quiet(&zoho);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "", ""),
        "{run}"
    );
    fs::remove_file(zoho.saved().join(DATA)).expect("it was saved");
    let run = quiet(&zoho);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.starts_with("error: "), "{run}");
}

#[test]
fn a_signal_ends_it_at_once_and_leaves_no_bar() {
    let zoho = saved();
    let path = zoho.home().join("large.zip");
    fs::write(&path, "PK\x03\x04").expect("it is ours");
    // It has no blocks on the disk, and takes minutes to read.
    let file = fs::OpenOptions::new().write(true).open(&path);
    file.and_then(|file| file.set_len(1 << 40))
        .expect("it is ours");
    let running = cli(&zoho).spawn(["verify", "large.zip", "--progress", "bar"]);
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

/// The limit counts all threads of a user, so this needs one that has no others.
#[test]
fn few_threads_do_or_it_exits_7_and_names_the_limit() {
    needs!(Program("prlimit"), Program("setpriv"), Root);
    let zoho = saved();
    give_away(zoho.home(), 54_340);
    for threads in 1..=4 {
        let limit = format!("--nproc={threads}");
        let words = [
            "prlimit",
            &limit,
            "setpriv",
            "--reuid=54340",
            "--regid=54340",
        ];
        let starter = words.into_iter().chain(["--clear-groups"]);
        let run = cli(&zoho).under(starter).run(["verify", "out"]);
        // Its own, one for signals, and one that reads.
        let may_fail = threads < 3 && run.code == 7 && run.stderr.contains("ulimit -u");
        assert!(run.code == 0 || may_fail, "{threads}: {run}");
    }
}

fn give_away(folder: &Path, user: u32) {
    for name in files_under(folder).iter().map(String::as_str).chain([""]) {
        chown(folder.join(name), Some(user), Some(user)).expect("root may do that");
    }
}

/// A zip whose one entry is encrypted.
fn encrypted() -> Vec<u8> {
    let mut zip = small_zip(1, 3000);
    let directory = zip
        .windows(4)
        .position(|at| at == b"PK\x01\x02")
        .expect("it has one");
    zip[6] |= 1;
    zip[directory + 8] |= 1;
    zip
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is ours");
    for name in files_under(from) {
        fs::copy(from.join(&name), to.join(&name)).expect("it is ours");
    }
}
