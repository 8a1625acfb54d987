//! Old sets go by the rules, whole ones only; the newest stays, and so does whatever is not ours.

mod download;
mod killed;
pub(crate) mod property;
pub(crate) mod sets;

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::run::{Run, files_under};
use crate::support::tools::needs;
use sets::Sets;

/// What the document says of a backup: the action, the reasons in one text, and whether it is removed.
fn told(run: &Run, name: &str) -> (String, String, bool) {
    let document = run.json();
    let rows = document["backups"].as_array().cloned().unwrap_or_default();
    let row = rows.iter().find(|row| row["name"] == name);
    let row = row.unwrap_or_else(|| panic!("{name} is not told\n{run}"));
    let reasons = row["reasons"].as_array().into_iter().flatten();
    let reasons: Vec<&str> = reasons.filter_map(Value::as_str).collect();
    (
        row["action"].as_str().unwrap_or_default().to_owned(),
        reasons.join(", "),
        row["removed"] == true,
    )
}

pub(crate) fn is(run: &Run, name: &str, action: &str, reasons: &str) {
    let (its_action, its_reasons, removed) = told(run, name);
    assert_eq!(
        (its_action.as_str(), its_reasons.as_str()),
        (action, reasons),
        "{name}: {run}"
    );
    let is_dry = run.json()["dry_run"] == true;
    assert_eq!(removed, action == "remove" && !is_dry, "{name}: {run}");
}

/// Of three days.
pub(crate) fn three() -> Sets {
    let sets = Sets::new();
    sets.add("1-1", "2026-01-01T10:00:00Z");
    sets.add("1-2", "2026-01-02T10:00:00Z");
    sets.add("1-3", "2026-01-03T10:00:00Z");
    sets
}

#[test]
fn what_no_rule_keeps_goes_and_the_rest_is_untouched() {
    let sets = three();
    let before = files_under(&sets.out());
    let run = sets.prune(["--keep-last", "2"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout
            .starts_with("ACTION  SAVED             SIZE    BACKUP  REASON\n"),
        "{run}"
    );
    assert!(run.stdout.contains("keep    2026-01-03 10:00  "), "{run}");
    assert!(run.stdout.contains("  1-1     no rule keeps it\n"), "{run}");
    assert!(
        run.stderr.contains("1 backup removed, ") && run.stderr.contains(" freed, 2 kept"),
        "{run}"
    );
    let after = files_under(&sets.out());
    let left = before.into_iter().filter(|name| !name.starts_with("1-1"));
    let left: Vec<_> = [".backup-fetch.lock".to_owned()]
        .into_iter()
        .chain(left)
        .collect();
    assert_eq!(after, left);
}

#[test]
fn a_dry_run_tells_the_same_and_changes_nothing() {
    let sets = three();
    let before = files_under(&sets.out());
    let dry = sets.prune(["--keep-last", "1", "--dry-run", "--json"]);
    assert_eq!(dry.code, 0, "{dry}");
    assert_eq!(files_under(&sets.out()), before, "not even a lock");
    is(&dry, "1-1", "remove", "no rule keeps it");
    is(&dry, "1-3", "keep", "newest, last");
    assert!(
        dry.stderr.is_empty() || dry.stderr.contains("would be removed"),
        "{dry}"
    );
    let run = sets.prune(["--keep-last", "1", "--json"]);
    for key in ["removed", "kept", "freed_bytes"] {
        assert_eq!(dry.json()[key], run.json()[key], "{key}: {run}");
    }
    assert_eq!(run.json()["removed"], 2);
    assert!(run.json()["freed_bytes"].as_u64() > Some(2000), "{run}");
}

#[test]
fn nothing_to_remove_is_a_good_end() {
    let sets = three();
    let run = sets.prune(["--keep-within", "30d"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("nothing to remove: 3 backups kept"),
        "{run}"
    );
    let empty = Sets::new();
    let run = empty.prune(["--keep-last", "1"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(run.stderr.contains("no backup is saved there"), "{run}");
}

#[test]
fn without_a_rule_nothing_is_removed() {
    let sets = three();
    for rules in [
        vec![],
        vec!["--keep-last", "0"],
        vec!["--keep-daily=0", "--keep-yearly=0"],
    ] {
        let run = sets.prune(&rules);
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains("nothing says which backups to keep"),
            "{run}"
        );
    }
    assert_eq!(sets.names().len(), 3);
}

#[test]
fn a_rule_that_is_no_rule_is_refused_with_how_to_write_it() {
    let sets = three();
    for (flag, value, hint) in [
        ("--keep-last", "many", "a whole number"),
        ("--keep-daily", "1.5", "a whole number"),
        ("--keep-within", "5w", "2y5m7d3h"),
    ] {
        let run = sets.prune([flag, value]);
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains(flag) && run.stderr.contains(hint),
            "{run}"
        );
    }
    for (value, what) in [
        ("{ last = -1 }", "a whole number or \"unlimited\""),
        ("{ last = \"all\" }", "a whole number or \"unlimited\""),
        ("{ within = \"5w\" }", "2y5m7d3h"),
        ("{ dayly = 1 }", "did you mean `daily`"),
    ] {
        sets.profile(&format!("[profiles.main]\nkeep = {value}\n"));
        let run = sets.prune::<&str>([]);
        assert_eq!(run.code, 2, "{value}: {run}");
        assert!(run.stderr.contains(what), "{value}: {run}");
    }
    assert_eq!(sets.names().len(), 3);
}

#[test]
fn the_profile_says_what_to_keep_and_a_flag_replaces_all_of_it() {
    let sets = three();
    sets.profile("[profiles.main]\nkeep = { last = 1, daily = \"unlimited\" }\n");
    let run = sets.prune(["--dry-run", "--json"]);
    is(&run, "1-1", "keep", "daily 2026-01-01");
    let run = sets.prune(["--dry-run", "--json", "--keep-weekly", "1"]);
    is(&run, "1-1", "remove", "no rule keeps it");
    is(&run, "1-3", "keep", "newest, weekly 2026-W01");
}

#[test]
fn each_organisation_is_pruned_by_itself() {
    let sets = three();
    sets.add("2-9", "2020-01-01T10:00:00Z");
    sets.add("2-8", "2019-01-01T10:00:00Z");
    let run = sets.prune(["--keep-last", "1", "--json"]);
    assert_eq!(sets.names(), ["1-3", "2-9"], "{run}");
    // With an organisation in the profile the others are somebody else's.
    sets.add("2-8", "2019-01-01T10:00:00Z");
    sets.add("1-1", "2026-01-01T10:00:00Z");
    sets.profile("[profiles.main]\norg = \"1\"\nkeep = { last = 1 }\n");
    let run = sets.prune(["--json"]);
    is(&run, "2-8", "skip", "of another organisation");
    assert_eq!(sets.names(), ["1-3", "2-8", "2-9"], "{run}");
}

#[test]
fn what_is_not_a_complete_set_of_ours_is_told_and_never_touched() {
    let sets = three();
    let out = sets.out();
    let outside = sets.zoho.home().join("outside");
    fs::create_dir(out.join("photos")).expect("it is ours");
    fs::write(out.join("photos/cat.jpg"), "cat").expect("it is ours");
    fs::write(out.join("notes.txt"), "note").expect("it is ours");
    sets.add("1-0", "2019-01-01T10:00:00Z");
    fs::rename(out.join("1-0"), &outside).expect("it is ours");
    symlink(&outside, out.join("1-0")).expect("it is ours");
    sets.add("1-4", "2026-01-01T10:00:00Z");
    fs::rename(out.join("1-4"), out.join("1-4.before-migration")).expect("it is ours");
    sets.add("1-5", "2019-02-01T10:00:00Z");
    fs::write(out.join("1-5/manifest.json"), "{").expect("it is ours");
    sets.add("1-6", "2019-03-01T10:00:00Z");
    sets.change("1-6", "\"complete\"", "\"incomplete\"");
    sets.add("1-7", "2019-04-01T10:00:00Z");
    fs::remove_file(out.join("1-7/Data_002.zip")).expect("it is ours");
    sets.add("1-8", "2026-02-01T10:00:00Z");
    fs::write(out.join("1-8/Data_001.zip"), "cut").expect("it is ours");
    sets.add("1-9", "2099-01-01T10:00:00Z");
    let before = files_under(sets.zoho.home());
    let run = sets.prune(["--keep-last", "1", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    for (name, why) in [
        ("photos", "not a backup: it has no manifest"),
        ("notes.txt", "not a backup"),
        ("1-0", "a symbolic link"),
        ("1-4.before-migration", "not a name that backup-fetch gives"),
        ("1-5", "its manifest is damaged"),
        ("1-6", "incomplete: 0 of 2 missing"),
        ("1-7", "damaged: Data_002.zip is missing"),
        ("1-8", "damaged: Data_001.zip has another size"),
    ] {
        is(&run, name, "skip", why);
    }
    is(&run, "1-9", "keep", "dated in the future");
    is(&run, "1-3", "keep", "newest, last");
    let gone = |name: &String| name.contains("out/1-1") || name.contains("out/1-2");
    let mut left: Vec<_> = before.into_iter().filter(|name| !gone(name)).collect();
    left.push("out/.backup-fetch.lock".to_owned());
    left.sort();
    assert_eq!(files_under(sets.zoho.home()), left);
}

#[test]
fn a_set_with_a_foreign_file_in_it_stays_as_it_is() {
    for (name, make_folder) in [
        ("notes.txt", false),
        ("old", true),
        ("Data_003.zip", false),
        ("other.zip.part", false),
    ] {
        let sets = three();
        let foreign = sets.out().join("1-1").join(name);
        if make_folder {
            fs::create_dir(&foreign).expect("it is ours");
        } else {
            fs::write(&foreign, "mine").expect("it is ours");
        }
        let before = files_under(&sets.out().join("1-1"));
        let run = sets.prune(["--keep-last", "1", "--json"]);
        assert_eq!(run.code, 0, "{run}");
        is(
            &run,
            "1-1",
            "skip",
            &format!("it holds {name}, which is not ours"),
        );
        assert!(
            run.stderr
                .contains(&format!("out/1-1 is not removed: it holds {name}")),
            "{run}"
        );
        assert_eq!(files_under(&sets.out().join("1-1")), before);
        assert_eq!(sets.names(), ["1-1", "1-3"], "{run}");
    }
    let sets = three();
    let target = sets.zoho.home().join("target");
    fs::write(&target, "mine").expect("it is ours");
    symlink(&target, sets.out().join("1-1/.Data_001.zip.part")).expect("it is ours");
    let run = sets.prune(["--keep-last", "1", "--json"]);
    is(
        &run,
        "1-1",
        "skip",
        "it holds .Data_001.zip.part, which is not ours",
    );
    assert!(target.is_file());
}

#[test]
fn what_a_download_keeps_beside_its_files_goes_with_the_set() {
    let sets = three();
    for name in [
        ".Data_001.zip.part",
        ".Data_001.zip.journal",
        "..Data_001.zip.journal.new",
        "Data_001.zip.corrupt",
        "Data_001.zip.damaged.2",
        ".manifest.json.new",
        "manifest.json.damaged",
    ] {
        fs::write(sets.out().join("1-1").join(name), "x").expect("it is ours");
    }
    let run = sets.prune(["--keep-last", "2", "--json"]);
    is(&run, "1-1", "remove", "no rule keeps it");
    assert_eq!(sets.names(), ["1-2", "1-3"], "{run}");
}

#[test]
fn another_run_in_the_folder_keeps_it_out_but_for_a_dry_run() {
    needs!(Program("flock"));
    let sets = three();
    let cli = sets.cli().under([
        "flock".to_owned(),
        sets.out().join(".backup-fetch.lock").display().to_string(),
    ]);
    let run = cli.run(["prune", "--out", "out", "--keep-last", "1"]);
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(sets.names().len(), 3);
    let dry = cli.run(["prune", "--out", "out", "--keep-last", "1", "--dry-run"]);
    assert_eq!(dry.code, 0, "{dry}");
    let unlocked = cli.run([
        "prune",
        "--out",
        "out",
        "--keep-last",
        "1",
        "--lock",
        "none",
    ]);
    assert_eq!(unlocked.code, 0, "{unlocked}");
    assert_eq!(sets.names(), ["1-3"]);
}

#[test]
fn a_path_that_is_no_folder_of_backups_exits_2() {
    let sets = three();
    for (path, what) in [
        ("nowhere", "does not exist"),
        ("out/1-1", "not a folder of backups, but one of them"),
        ("out/1-1/Data_001.zip", "not a folder of backups"),
    ] {
        let run = sets.cli().run(["prune", "--keep-last", "1", "--out", path]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(what), "{run}");
    }
    let nowhere = sets.cli().run(["prune", "--keep-last", "1"]);
    assert_eq!(nowhere.code, 2, "{nowhere}");
    assert_eq!(sets.names().len(), 3);
    assert!(!sets.zoho.home().join("nowhere").exists());
}

#[test]
fn days_follow_the_local_time_zone() {
    let sets = Sets::new();
    sets.add("1-1", "2026-01-01T22:30:00Z");
    sets.add("1-2", "2026-01-01T23:30:00Z");
    sets.add("1-3", "2026-01-02T12:00:00Z");
    let rules = [
        "prune",
        "--out",
        "out",
        "--keep-daily",
        "2",
        "--dry-run",
        "--json",
    ];
    let utc = sets.cli().env("TZ", "UTC").run(rules);
    is(&utc, "1-2", "keep", "daily 2026-01-01");
    let east = sets.cli().env("TZ", "XXX-1").run(rules);
    is(&east, "1-1", "keep", "daily 2026-01-01");
    is(&east, "1-2", "remove", "no rule keeps it");
}

#[test]
fn several_profiles_are_pruned_in_turn() {
    let sets = three();
    sets.profile("[profiles.a]\norg = \"1\"\nout = \"out\"\nkeep = { last = 2 }\n[profiles.b]\norg = \"2\"\nout = \"out\"\nkeep = { last = 1 }\n",
    );
    sets.add("2-1", "2026-01-01T10:00:00Z");
    sets.add("2-2", "2026-01-02T10:00:00Z");
    let run = sets
        .cli()
        .run(["prune", "--all-profiles", "--out", "out", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json()["profiles"][1]["removed"], 1, "{run}");
    assert_eq!(sets.names(), ["1-2", "1-3", "2-2"], "{run}");
}
