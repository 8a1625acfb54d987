//! `download --prune`: only after a run that came to a good end with a complete set, which is never what goes.

use std::fs;

use super::sets::Sets;
use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::zoho::Zoho;

/// Two older sets of the organisation that a download is of, and one of another.
fn with_older() -> (Sets, [String; 3]) {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 1000))
        .with_file("Attachments_001.zip", small_zip(2, 1000));
    let org = zoho.rules().org;
    let names = [format!("{org}-1"), format!("{org}-2"), "99-1".to_owned()];
    let sets = Sets { zoho };
    fs::create_dir(sets.out()).expect("it is ours");
    sets.add(&names[0], "2025-01-01T10:00:00Z");
    sets.add(&names[1], "2025-01-02T10:00:00Z");
    sets.add(&names[2], "2020-01-02T10:00:00Z");
    (sets, names)
}

fn has(sets: &Sets, name: &str) -> bool {
    sets.out().join(name).is_dir()
}

#[test]
fn a_good_run_ends_with_a_prune_of_its_organisation() {
    let (sets, [first, second, other]) = with_older();
    let run = sets.zoho.download(["--prune", "--keep-last", "2"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("1 backup removed, "), "{run}");
    assert!(
        !has(&sets, &first) && has(&sets, &second) && has(&sets, &other),
        "{run}"
    );
    assert!(sets.zoho.saved_bytes("manifest.json").is_some());
    // The same by the profile, and with nothing left to fetch.
    sets.profile("[profiles.main]\nprune = true\nkeep = { last = 1 }\n");
    let run = sets.zoho.download(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.events("prune")[0]["removed"], 1, "{run}");
    assert_eq!(run.json_lines().last().expect("a line")["event"], "summary");
    assert!(!has(&sets, &second) && has(&sets, &other), "{run}");
}

#[test]
fn what_this_run_saved_stays_whatever_the_clock_says() {
    let (sets, [first, second, _]) = with_older();
    assert_eq!(sets.zoho.download([]).code, 0);
    let saved = sets.zoho.saved();
    let name = saved.file_name().expect("a name").to_string_lossy();
    // As a clock that was behind would have it, with links that tell nothing either.
    let manifest = fs::read_to_string(saved.join("manifest.json")).expect("it is there");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).expect("it is JSON");
    manifest["finished_at"] = "1970-01-01T00:00:01Z".into();
    let listed = manifest["expiry_date"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for older in [&first, &second] {
        sets.change(older, "2026-01-10T00:00:00Z", &listed);
    }
    fs::write(saved.join("manifest.json"), manifest.to_string()).expect("it is ours");
    let dry = sets.prune(["--keep-last", "1", "--dry-run", "--json"]);
    super::is(&dry, &name, "remove", "no rule keeps it");
    let run = sets.zoho.download(["--prune", "--keep-last", "1"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        saved.join("manifest.json").is_file() && has(&sets, &second),
        "{run}"
    );
    assert!(!has(&sets, &first), "{run}");
}

#[test]
fn a_run_that_is_not_complete_removes_nothing() {
    let rules = ["--prune", "--keep-last", "1"];
    let (sets, [first, ..]) = with_older();
    let gone = Fault::Status(404, Vec::new(), Vec::new());
    sets.zoho.always_for("Data_001.zip", gone);
    let run = sets.zoho.download(rules);
    assert_ne!(run.code, 0, "{run}");
    assert!(has(&sets, &first), "{run}");
    sets.zoho.clear_faults();
    let run = sets
        .zoho
        .download(["--prune", "--keep-last", "1", "--only", "attachments"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("nothing is pruned"), "{run}");
    assert!(has(&sets, &first), "{run}");
    let run = sets
        .zoho
        .download(["--prune", "--keep-last", "1", "--dry-run"]);
    assert!(run.code == 0 && has(&sets, &first), "{run}");
}

#[test]
fn rules_that_keep_nothing_are_refused_before_anything_is_asked() {
    let (sets, [first, ..]) = with_older();
    for (args, what) in [
        (vec!["--prune"], "nothing says which backups to keep"),
        (vec!["--keep-last", "3"], "--prune is not given"),
    ] {
        let args = ["download", "--out", "out"].into_iter().chain(args);
        let run = sets.zoho.cli().run(args);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(what), "{run}");
    }
    assert!(sets.zoho.requests().is_empty() && has(&sets, &first));
}

#[test]
fn a_set_that_is_in_use_under_a_later_name_is_found_when_the_older_is_gone() {
    let (sets, _) = with_older();
    assert_eq!(sets.zoho.download([]).code, 0);
    let saved = sets.zoho.saved();
    let second = saved.with_file_name(format!(
        "{}.2",
        saved.file_name().expect("a name").display()
    ));
    fs::rename(&saved, &second).expect("it is ours");
    let run = sets.zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("nothing to do") && !saved.exists(),
        "{run}"
    );
}
