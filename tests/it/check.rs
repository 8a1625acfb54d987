//! `check`: whether the newest complete set is young enough, for a monitor that has neither network nor credentials.

use std::fs;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tempfile::TempDir;

use crate::list_saved::{save, save_with};
use crate::support::run::{Cli, Run, folder};
use crate::usage::{configured, offline, refused, write};

/// A home with sets of these names that became complete so many hours ago.
fn saved(sets: &[(&str, i64)]) -> (TempDir, Cli) {
    let home = folder();
    for (name, hours) in sets {
        save(home.path(), name, Utc::now() - TimeDelta::hours(*hours));
    }
    let cli = offline(home.path());
    (home, cli)
}

fn check(cli: &Cli, more: &[&str]) -> Run {
    let args = ["check", "--out", "out"];
    cli.run(args.iter().chain(more))
}

/// The one line of a plugin, and nothing on stderr.
fn plugin(run: &Run, code: i32, begin: &str) {
    assert_eq!(run.code, code, "{run}");
    assert!(run.stdout.starts_with(begin), "{run}");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    assert_eq!(run.stderr, "", "{run}");
}

#[test]
fn a_young_set_is_one_line_that_says_which_how_old_and_when() {
    let (_home, cli) = saved(&[("100-1", 300), ("100-2", 50)]);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert!(run.stdout.starts_with("100-2: complete since 20"), "{run}");
    let words = ", 2d 2h old, 1 file, 1.5 kB, already there, verified on 20";
    assert!(run.stdout.contains(words), "{run}");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn an_old_set_and_none_exit_9_and_an_incomplete_one_does_not_count() {
    let (home, cli) = saved(&[("100-1", 9 * 24)]);
    save_with(home.path(), "100-2", Utc::now(), &[]);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 9, "{run}");
    let words =
        "error: 100-1 is the newest complete backup, and 9d 0h old: more than 8d 0h\nhint: ";
    assert!(run.stderr.contains(words), "{run}");
    assert_eq!(check(&cli, &["--max-age", "2w"]).code, 0);
    fs::remove_dir_all(home.path().join("out/100-1")).expect("it is ours");
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!((run.code, run.stdout.as_str()), (9, ""), "{run}");
    let words = "error: no complete backup of organisation 100 in ";
    assert!(run.stderr.contains(words), "{run}");
    fs::remove_dir_all(home.path().join("out")).expect("it is ours");
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains("does not exist"), "{run}");
    assert!(
        run.stderr.contains("error: no complete backup in "),
        "{run}"
    );
}

#[test]
fn each_organisation_counts_unless_the_profile_names_one() {
    let (home, cli) = saved(&[("100-1", 1), ("200-1", 24 * 30)]);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!((run.code, run.stdout.lines().count()), (9, 2), "{run}");
    assert_eq!(run.stderr.matches("error: ").count(), 1, "{run}");
    assert!(run.stderr.contains("error: 200-1 is"), "{run}");
    let config = home.path().join("config/backup-fetch/config.toml");
    let config = config.display().to_string();
    write(&config, "[profiles.a]\norg = \"100\"\n", 0o600);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run}");
    write(&config, "[profiles.a]\norg = \"300\"\n", 0o600);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 9, "{run}");
    assert!(run.stderr.contains("of organisation 300 in "), "{run}");
}

#[test]
fn a_set_of_tomorrow_proves_nothing_and_a_clock_that_is_a_little_off_is_no_reason() {
    let (home, cli) = saved(&[("100-1", -48)]);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 9, "{run}");
    let words = "warning: 100-1 does not count: its date, 20";
    assert!(run.stderr.contains(words), "{run}");
    assert!(run.stderr.contains("is 1d 23h ahead of the clock"), "{run}");
    save(home.path(), "100-2", Utc::now() + TimeDelta::minutes(2));
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("100-2: complete since "), "{run}");
    assert!(run.stdout.contains(" 0s old"), "{run}");
}

#[test]
fn a_set_whose_file_is_gone_or_cut_does_not_count() {
    let (home, cli) = saved(&[("100-1", 9 * 24), ("100-2", 1)]);
    assert_eq!(check(&cli, &["--max-age", "8d"]).code, 0);
    fs::write(home.path().join("out/100-2/Data_001.zip"), "cut").expect("it is ours");
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 9, "{run}");
    let words = "warning: 100-2 does not count: not there, or not of the size";
    assert!(run.stderr.contains(words), "{run}");
    assert!(run.stderr.contains("error: 100-1 is the newest"), "{run}");
}

#[test]
fn a_damaged_manifest_is_a_warning_as_long_as_a_young_set_is_there() {
    let (home, cli) = saved(&[("100-1", 1)]);
    let damaged = home.path().join("out/100-2/manifest.json");
    write(&damaged.display().to_string(), "{", 0o600);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("warning: ") && run.stderr.contains("damaged"),
        "{run}"
    );
}

#[test]
fn a_set_that_is_complete_as_far_as_the_profile_selects_counts() {
    let (home, cli) = saved(&[]);
    save_with(home.path(), "100-1", Utc::now(), &["Data_001.zip", ""]);
    assert_eq!(check(&cli, &["--max-age", "8d"]).code, 9);
    let config = home.path().join("config/backup-fetch/config.toml");
    let profile = "[profiles.a]\nmatch = \"*_001.zip\"\n";
    write(&config.display().to_string(), profile, 0o600);
    let run = check(&cli, &["--max-age", "8d"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn json_is_one_document_with_exact_values() {
    let (_home, cli) = saved(&[("100-1", 9 * 24)]);
    let run = check(&cli, &["--max-age", "8d", "--json"]);
    assert_eq!((run.code, run.stdout.lines().count()), (9, 1), "{run}");
    let document = run.json();
    assert_eq!(document["max_age_seconds"], 8 * 24 * 3600);
    assert_eq!(document["exit_code"], 9);
    let org = &document["organisations"][0];
    assert_eq!(org["org"], "100");
    assert_eq!(org["state"], "too_old");
    assert_eq!(org["name"], "100-1");
    assert_eq!(org["bytes"], 1500);
    let age = org["age_seconds"].as_u64().expect("a number");
    assert!((9 * 86_400..9 * 86_400 + 120).contains(&age), "{run}");
    assert_eq!(org["completed_at"], org["verified_at"]);
    let young = check(&cli, &["--max-age", "2w", "--json"]).json();
    assert_eq!(young["organisations"][0]["state"], "ok");
}

#[test]
fn the_age_may_come_from_the_profile_and_each_of_several_has_its_own() {
    let config = "[profiles.daily]\nout = \"~/out\"\norg = \"100\"\nmax_age = \"36h\"\n\
         [profiles.weekly]\nout = \"~/out\"\norg = \"200\"\nmax_age = \"8d\"\n";
    let (home, cli) = configured(config);
    for name in ["100-1", "200-1"] {
        save(home.path(), name, Utc::now() - TimeDelta::days(3));
    }
    let run = cli.run(["check", "--all-profiles", "--json"]);
    assert_eq!(run.code, 9, "{run}");
    let profiles = &run.json()["profiles"];
    let states = [0, 1].map(|at| profiles[at]["organisations"][0]["state"].clone());
    assert_eq!(states, [json!("too_old"), json!("ok")], "{run}");
    let run = cli.run(["check", "--profile", "weekly"]);
    assert_eq!(run.code, 0, "{run}");
    let run = cli.run(["check", "--all-profiles", "--nagios"]);
    plugin(&run, 2, "BACKUP CRITICAL - daily: 100-1 is the newest");
    assert!(
        run.stdout.contains("; weekly: 200-1 is 3d 0h old | "),
        "{run}"
    );
    for label in ["age_daily_100=", "bytes_weekly_200=1500B"] {
        assert!(run.stdout.contains(label), "{run}");
    }
}

#[test]
fn an_age_that_is_missing_or_wrong_exits_2() {
    let (_home, cli) = saved(&[("100-1", 1)]);
    refused(&check(&cli, &[]), "no greatest age is given", "max_age");
    for wrong in ["8", "soon", "0s"] {
        let run = check(&cli, &["--max-age", wrong]);
        assert_eq!(run.code, 2, "{run}");
    }
    refused(
        &cli.run(["check", "--max-age", "8d"]),
        "no output folder",
        "--out",
    );
}

#[test]
fn a_plugin_ends_with_0_or_2_in_one_line_with_performance_data() {
    let (home, cli) = saved(&[("100-1", 50)]);
    let run = check(&cli, &["--max-age", "8d", "--nagios"]);
    plugin(&run, 0, "BACKUP OK - 100-1 is 2d 2h old | age=1800");
    assert!(
        run.stdout.ends_with("s;;691200;0 bytes=1500B;;;0\n"),
        "{run}"
    );
    let run = check(&cli, &["--max-age", "1d", "--nagios"]);
    plugin(
        &run,
        2,
        "BACKUP CRITICAL - 100-1 is the newest complete backup, and 2d 2h old",
    );
    save(home.path(), "200-1", Utc::now() - TimeDelta::hours(26));
    let run = check(&cli, &["--max-age", "8d", "--nagios"]);
    plugin(
        &run,
        0,
        "BACKUP OK - 100-1 is 2d 2h old; 200-1 is 1d 2h old | age_100=",
    );
    fs::remove_dir_all(home.path().join("out")).expect("it is ours");
    let run = check(&cli, &["--max-age", "8d", "--nagios"]);
    plugin(&run, 2, "BACKUP CRITICAL - no complete backup in ");
    assert!(run.stdout.contains("does not exist"), "{run}");
}

#[test]
fn a_plugin_that_cannot_tell_is_unknown_whatever_the_reason() {
    let (home, cli) = saved(&[("100-1", 1)]);
    for args in [
        &["--nagios"][..],
        &["--nagios", "--max-age", "soon"],
        &["--nagios", "--max-age", "8d", "--json"],
        &["--nagios", "--max-age", "8d", "--none-such"],
        &["--nagios", "--max-age", "8d", "--profile", "none"],
    ] {
        plugin(&check(&cli, args), 3, "BACKUP UNKNOWN - ");
    }
    fs::write(home.path().join("file"), "").expect("it is ours");
    let run = cli.run(["check", "--max-age", "8d", "--nagios", "--out", "file"]);
    plugin(&run, 3, "BACKUP UNKNOWN - ");
    let config = home.path().join("config/backup-fetch/config.toml");
    write(&config.display().to_string(), "[profiles.a\n", 0o600);
    plugin(
        &check(&cli, &["--max-age", "8d", "--nagios"]),
        3,
        "BACKUP UNKNOWN - ",
    );
}

#[test]
fn what_would_end_the_text_of_a_plugin_is_no_part_of_it() {
    let home = folder();
    save(home.path(), "100-1", Utc::now() - TimeDelta::hours(26));
    let strange = home.path().join("out/100-1|x=1");
    fs::rename(home.path().join("out/100-1"), strange).expect("it is ours");
    let run = check(&offline(home.path()), &["--max-age", "8d", "--nagios"]);
    plugin(&run, 0, "BACKUP OK - 100-1/x=1 is 1d 2h old | age=");
    assert_eq!(run.stdout.matches('|').count(), 1, "{run}");
}
