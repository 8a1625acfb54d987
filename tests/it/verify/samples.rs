//! `--sample`: a part at a time, until everything was read.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{cli, codes, flip, is_sound};
use crate::support::bytes::small_zip;
use crate::support::elsewhere::assert_mode;
use crate::support::run::{Run, files_under};
use crate::support::zoho::Zoho;

/// Five files of one size.
fn saved() -> Zoho {
    let zoho = (1..=5).fold(Zoho::start(), |zoho, number| {
        zoho.with_file(&format!("Data_00{number}.zip"), small_zip(number, 3000))
    });
    assert_eq!(zoho.download([]).code, 0);
    zoho
}

fn sample(zoho: &Zoho, share: &str) -> Run {
    cli(zoho).run(["verify", "out", "--sample", share, "--json"])
}

/// The files whose data was read.
fn read(run: &Run) -> Vec<String> {
    let document = run.json();
    let files = document["sets"][0]["files"].as_array().cloned();
    let read = files
        .unwrap_or_default()
        .into_iter()
        .filter(|file| file["read"] == true);
    read.map(|file| file["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn samples_go_round_until_everything_was_read_and_then_begin_with_what_was_read_first() {
    let zoho = saved();
    let runs: Vec<Run> = (0..3).map(|_| sample(&zoho, "40%")).collect();
    let read: Vec<_> = runs.iter().map(read).collect();
    assert!(read.iter().all(|files| files.len() == 2), "{read:?}");
    let different: BTreeSet<_> = read.iter().flatten().collect();
    assert_eq!(different.len(), 5, "{read:?}");
    let again = read[2].iter().filter(|file| read[0].contains(file));
    assert_eq!(again.count(), 1, "{read:?}");
    for run in &runs {
        is_sound(run);
    }
    let told = |run: &Run| run.json()["round"].clone();
    assert!(told(&runs[1])["read_bytes"].as_u64() < told(&runs[1])["bytes"].as_u64());
    assert_eq!(told(&runs[2])["read_bytes"], told(&runs[2])["bytes"]);
}

#[test]
fn a_sample_reads_one_file_at_least_and_says_how_far_round_it_is() {
    let zoho = saved();
    let run = cli(&zoho).run(["verify", "out", "--sample", "1"]);
    is_sound(&run);
    assert!(
        run.stderr
            .contains("read 1 of 5 files, and found it sound: "),
        "{run}"
    );
    let year = chrono::Utc::now().format("%Y").to_string();
    let told = format!("; 20% of it has been read since {year}-");
    assert!(run.stderr.contains(&told), "{run}");
    let rest = cli(&zoho).run(["verify", "out", "--sample", "100%"]);
    assert!(
        rest.stderr.contains("; all of it has been read since "),
        "{rest}"
    );
}

#[test]
fn what_a_whole_verify_has_read_counts() {
    let zoho = saved();
    let zip = zoho.saved().join("Data_003.zip").display().to_string();
    is_sound(&cli(&zoho).run(["verify", &zip]));
    let first = read(&sample(&zoho, "80%"));
    assert_eq!(first.len(), 4);
    assert!(!first.contains(&"Data_003.zip".to_owned()), "{first:?}");
}

#[test]
fn damage_outside_of_the_sample_waits_and_is_found_in_time() {
    let zoho = saved();
    let first = read(&sample(&zoho, "20%"));
    let other = (1..=5).map(|number| format!("Data_00{number}.zip"));
    let other = other
        .into_iter()
        .find(|name| !first.contains(name))
        .expect("there are five");
    flip(&zoho.saved().join(&other), 1000);
    let codes: Vec<_> = (0..4)
        .map(|_| sample(&zoho, "20%"))
        .map(|run| run.code)
        .collect();
    assert!(codes.contains(&6), "{codes:?}");
    // A file that is not sound is never taken for one that was read.
    assert_eq!(sample(&zoho, "20%").code, 6);
}

#[test]
fn files_that_are_gone_or_cut_are_found_in_every_sample() {
    let zoho = saved();
    fs::remove_file(zoho.saved().join("Data_001.zip")).expect("it was saved");
    fs::write(zoho.saved().join("Data_002.zip"), "short").expect("it is ours");
    for _ in 0..2 {
        let run = sample(&zoho, "20%");
        assert_eq!(
            (run.code, codes(&run)),
            (6, vec!["missing".into(), "size".into()]),
            "{run}"
        );
    }
}

#[test]
fn readings_that_are_damaged_count_as_none() {
    let zoho = saved();
    let before = read(&sample(&zoho, "40%"));
    let folder = zoho.home().join("state/backup-fetch/readings");
    for name in files_under(&folder) {
        fs::write(folder.join(name), "{").expect("it is ours");
    }
    assert_eq!(read(&sample(&zoho, "40%")), before);
}

#[test]
fn a_clock_that_once_ran_ahead_keeps_no_file_from_being_read() {
    let zoho = saved();
    let whole = sample(&zoho, "100%").json();
    let file = &whole["sets"][0]["files"][2];
    let digest = file["sha256"].as_str().expect("it has one");
    let folder = zoho.home().join("state/backup-fetch/readings");
    for path in files_under(&folder).iter().map(|name| folder.join(name)) {
        let text = fs::read_to_string(&path).expect("it is there");
        let mut readings: Value = serde_json::from_str(&text).expect("it is JSON");
        readings["read"][digest] = "2099-01-01T00:00:00Z".into();
        fs::write(&path, readings.to_string()).expect("it is ours");
    }
    let name = file["name"].as_str().unwrap_or_default().to_owned();
    assert_eq!(read(&sample(&zoho, "1%")), [name]);
}

#[test]
fn readings_are_private_and_never_beside_the_set() {
    let zoho = saved();
    let before = files_under(&zoho.home().join("out"));
    is_sound(&sample(&zoho, "40%"));
    assert_eq!(files_under(&zoho.home().join("out")), before);
    let folder = zoho.home().join("state/backup-fetch/readings");
    let names = files_under(&folder);
    assert_eq!(names.len(), 1, "{names:?}");
    assert_mode(&folder.join(&names[0]), 0o600);
}

#[test]
fn where_nothing_can_be_remembered_a_sample_is_refused_and_a_whole_verify_goes_on() {
    let zoho = saved();
    fs::write(zoho.home().join("file"), "").expect("it is ours");
    let nowhere = cli(&zoho).env(
        "XDG_STATE_HOME",
        zoho.home().join("file").display().to_string(),
    );
    let run = nowhere.run(["verify", "out", "--sample", "10%"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        run.stderr.contains("hint: set HOME or XDG_STATE_HOME"),
        "{run}"
    );
    is_sound(&nowhere.run(["verify", "out"]));
}

#[test]
fn a_sample_that_means_nothing_is_wrong_usage() {
    let zoho = saved();
    for share in ["0", "0%", "101%", "much"] {
        let run = sample(&zoho, share);
        assert_eq!(run.code, 2, "{run}");
    }
    let zip = zoho.saved().join("Data_001.zip").display().to_string();
    let run = cli(&zoho).run(["verify", &zip, "--sample", "10%"]);
    assert_eq!(run.code, 2, "{run}");
    let run = cli(&zoho).run(["verify", "out", "--sample", "10%", "--quick"]);
    assert_eq!(run.code, 2, "{run}");
}
