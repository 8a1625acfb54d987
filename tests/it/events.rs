//! `--json`: the events of a download, and the law of the last line.

use std::time::Duration;

use serde_json::Value;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, folder, wait_until};
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file("Data_002.zip", small_zip(2, 3000))
}

/// The last line, after holding what is so of every run: JSON and nothing else, and the exit code of the process.
fn last(run: &Run) -> Value {
    let last = run
        .json_lines()
        .pop()
        .unwrap_or_else(|| panic!("no line: {run}"));
    assert!(
        last["event"] == "summary" || last["event"] == "error",
        "{run}"
    );
    assert_eq!(last["exit_code"], run.code, "{run}");
    assert_eq!(run.stderr.contains("error: "), run.code != 0, "{run}");
    last
}

#[test]
fn a_good_run_tells_of_every_file_and_ends_with_a_summary() {
    let zoho = zoho();
    let run = zoho.download(["--json"]);
    let end = last(&run);
    assert_eq!(
        end["files"],
        serde_json::json!({"verified": 2, "missing": 0, "corrupt": 0, "unverified": 0, "not_selected": 0})
    );
    for key in ["bytes", "fetched_bytes", "seconds", "folder"] {
        assert!(!end[key].is_null(), "{key}: {run}");
    }
    assert_eq!(run.events("start")[0]["job"], zoho.rules().job.as_str());
    assert_eq!(run.events("file_start").len(), 2);
    let done = run.events("file_done");
    let first = done
        .iter()
        .find(|event| event["name"] == DATA)
        .expect("it is told of");
    assert_eq!(first["size"], zoho.bytes_of(DATA).len());
    for key in ["sha256", "seconds", "resumed_bytes"] {
        assert!(!first[key].is_null(), "{key}: {run}");
    }
}

#[test]
fn retries_and_failures_are_told_with_the_name_of_the_file() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::CutAfter(10));
    zoho.always_for("Data_002.zip", Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.download(["--json"]);
    assert_eq!(last(&run)["event"], "summary");
    assert_eq!(run.events("retry")[0]["name"], DATA, "{run}");
    let failed = &run.events("file_failed")[0];
    assert_eq!(
        (&failed["name"], &failed["exit_code"]),
        (&"Data_002.zip".into(), &5.into()),
        "{run}"
    );
    assert!(
        failed["message"].is_string() && failed["hint"].is_string(),
        "{run}"
    );
}

#[test]
fn the_last_line_is_a_summary_or_an_error_however_it_ends() {
    let empty = Zoho::start();
    assert_eq!(last(&empty.download(["--json"]))["event"], "summary");
    let dead = zoho().expired();
    assert_eq!(last(&dead.download(["--json"]))["code"], "links_expired");
    let home = folder();
    let cli = Cli::new(home.path());
    assert_eq!(last(&cli.run(["download", "--json"]))["exit_code"], 2);
    assert_eq!(
        last(&cli.run(["download", "--json", "--no-such-flag"]))["code"],
        "usage"
    );
    assert_eq!(last(&cli.run(["list", "--json"]))["code"], "no_credentials");
}

#[test]
fn wrong_usage_exits_2_and_names_what_is_near() {
    let home = folder();
    let cli = Cli::new(home.path());
    for args in [
        vec![],
        vec!["downlaod"],
        vec!["download", "--jobs", "0"],
        vec!["download", "--jobs", "65"],
        vec!["list", "--dc", "mars"],
        vec!["download", "--stall-timeout", "0s"],
    ] {
        let run = cli.run(&args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {run}");
    }
    assert!(cli.run(["downlaod"]).stderr.contains("'download'"));
    for args in [["--help"], ["--version"]] {
        let broken = cli.clone().env("BACKUP_FETCH_CONFIG", "/no/such/file");
        assert_eq!(broken.run(args).code, 0);
    }
}

#[test]
fn no_two_ways_to_log_and_be_quiet() {
    let zoho = zoho();
    let quiet = zoho.download(["--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""), "{quiet}");
    let logged = zoho.run(["list", "-vv"]);
    assert!(
        logged.stderr.contains("DEBUG") && logged.stdout.lines().count() == 2,
        "{logged}"
    );
}

/// Every fault that a run can meet, and what it may end with.
#[test]
fn only_a_set_that_is_whole_on_disk_and_complete_in_the_manifest_exits_0() {
    for fault in [
        Fault::Delay(Duration::ZERO),
        Fault::CutAfter(10),
        Fault::ResetAfter(2000),
        Fault::Hangup,
        Fault::NotHttp,
        Fault::WrongLength(-1),
        Fault::WrongLength(1),
        Fault::Garbage,
        Fault::CorruptByte(60),
        Fault::TooMany(None),
        Fault::Status(403, Vec::new(), Vec::new()),
        Fault::Status(204, Vec::new(), Vec::new()),
        Fault::Status(206, Vec::new(), b"PK".to_vec()),
        Fault::Status(416, Vec::new(), Vec::new()),
    ] {
        for always in [false, true] {
            let zoho = zoho();
            if always {
                zoho.always_for(DATA, fault.clone());
            } else {
                zoho.fault_for(DATA, fault.clone());
            }
            let run = zoho.download(["--json", "--retries", "2"]);
            let end = last(&run);
            assert!(run.code != 1, "{fault:?}: {run}");
            let whole = zoho.saved_bytes(DATA) == Some(zoho.bytes_of(DATA));
            let manifest = zoho.saved_bytes("manifest.json").unwrap_or_default();
            let complete = String::from_utf8_lossy(&manifest).contains("\"state\": \"complete\"");
            assert_eq!(
                (whole, complete),
                (run.code == 0, run.code == 0),
                "{fault:?}: {run}"
            );
            assert_eq!(
                end["files"]["verified"],
                if whole { 2 } else { 1 },
                "{fault:?}: {run}"
            );
        }
    }
}

#[test]
fn file_done_tells_the_digest_that_stands_in_the_list_of_digests() {
    let zoho = zoho();
    let run = zoho.download(["--json"]);
    let sums = zoho.saved_bytes("SHA256SUMS").expect("there is one");
    let sums = String::from_utf8(sums).expect("it is text");
    for event in run.events("file_done") {
        let line = format!(
            "{}  {}\n",
            event["sha256"].as_str().unwrap_or(""),
            event["name"].as_str().unwrap_or("")
        );
        assert!(sums.contains(&line), "{line}: {sums}");
    }
}

#[test]
fn what_an_earlier_run_left_is_told_and_not_counted_as_fetched() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 3000));
    zoho.always_for(DATA, Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    zoho.clear_faults();
    let run = zoho.download(["--json"]);
    assert!(
        run.stderr.contains("resuming 1 file (1.0 kB kept) into "),
        "{run}"
    );
    assert_eq!(run.events("start")[0]["resumed_files"], 1, "{run}");
    let end = last(&run);
    let resumed = &run.events("file_done")[0]["resumed_bytes"];
    assert!(resumed.as_u64() >= Some(1000), "{run}");
    assert_eq!(
        &run.events("file_start")[0]["resumed_bytes"],
        resumed,
        "{run}"
    );
    let all = zoho.bytes_of(DATA).len() as u64;
    assert_eq!(end["bytes"], all);
    assert_eq!(
        end["fetched_bytes"].as_u64(),
        resumed.as_u64().map(|bytes| all - bytes),
        "{run}"
    );
}

#[test]
fn a_dry_run_tells_each_file_and_ends_with_the_summary_of_what_is_there() {
    let zoho = zoho();
    assert_eq!(zoho.download(["--match", "*2.zip"]).code, 0);
    let run = zoho.download(["--json", "--dry-run"]);
    let end = last(&run);
    assert_eq!(
        end["files"],
        serde_json::json!({"verified": 1, "missing": 1, "corrupt": 0, "unverified": 0, "not_selected": 0})
    );
    let told = run.events("would_fetch");
    assert_eq!((told.len(), &told[0]["name"]), (1, &DATA.into()), "{run}");
}

#[test]
fn what_was_not_selected_is_not_missing() {
    let zoho = zoho();
    for args in [&["--dry-run"][..], &[]] {
        let run = zoho.cli().run(
            ["download", "--out", "out", "--json", "--match", "*2.zip"]
                .iter()
                .chain(args),
        );
        let end = last(&run);
        let missing = i32::from(!args.is_empty());
        assert_eq!(
            end["files"],
            serde_json::json!({"verified": 1 - missing, "missing": missing, "corrupt": 0, "unverified": 0, "not_selected": 1}),
            "{run}"
        );
    }
    zoho.always_for(DATA, Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.download(["--json", "--match", "*1.zip"]);
    assert_eq!(
        last(&run)["files"],
        serde_json::json!({"verified": 1, "missing": 1, "corrupt": 0, "unverified": 0, "not_selected": 0}),
        "{run}"
    );
}

#[test]
fn three_hundred_files_that_fail_alike_make_a_short_mail() {
    let names: Vec<String> = (1..=300)
        .map(|number| format!("Data_{number:03}.zip"))
        .collect();
    let zoho = names.iter().fold(Zoho::start(), |zoho, name| {
        zoho.with_file(name, small_zip(1, 100))
    });
    for name in &names {
        zoho.always_for(name, Fault::Status(500, Vec::new(), Vec::new()));
    }
    let run = zoho.download(["--retries", "2"]);
    assert_eq!(run.code, 5, "{run}");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(lines.len() < 20, "{run}");
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("error: "), count("hint: ")), (1, 1), "{run}");
    assert!(run.stderr.contains("299 more failed the same way"), "{run}");
}

#[test]
fn every_line_tells_its_time() {
    let zoho = zoho();
    let refused = Cli::new(zoho.home());
    for run in [
        zoho.download(["--json"]),
        refused.run(["download", "--json", "--out", "out"]),
    ] {
        assert!(!run.stdout.is_empty(), "{run}");
        for line in run.json_lines() {
            let time = line["time"].as_str().unwrap_or_default();
            assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{run}");
        }
    }
}

#[test]
fn a_file_in_the_place_of_the_folder_is_told_as_an_error() {
    let zoho = zoho();
    std::fs::write(zoho.home().join("out"), "a file").expect("it is ours");
    assert_eq!(last(&zoho.download(["--json"]))["code"], "not_a_folder");
}

#[test]
fn who_is_at_work_is_told_as_an_error() {
    let zoho = zoho();
    zoho.fault_for(DATA, Fault::StallAfter(100));
    let _running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("it fetches", || !zoho.requests_for(DATA).is_empty());
    let run = zoho.download(["--json"]);
    assert_eq!((last(&run)["code"].as_str(), run.code), (Some("locked"), 8));
}

#[test]
fn events_that_can_not_be_written_are_no_good_end() {
    let zoho = zoho();
    let cli = zoho.cli().after("exec >/dev/full");
    let run = cli.run(["download", "--out", "out", "--json"]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(
        zoho.saved_bytes(DATA),
        Some(zoho.bytes_of(DATA)),
        "and yet all is saved"
    );
}

/// A download on a terminal, slow enough for some drawings, with this locale.
fn bars(locale: &str) -> Run {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 200_000))
        .with(|rules| rules.bandwidth = Some(200_000));
    let cli = zoho.cli().env("LANG", locale);
    cli.on_terminal(["download", "--out", "out"]).end()
}

#[test]
fn bars_are_ascii_where_the_locale_is_not_utf_8() {
    for (locale, unicode) in [("C", false), ("de_DE.ISO-8859-1", false), ("C.UTF-8", true)] {
        let run = bars(locale);
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stderr.contains("0/1 files"), "no bar: {run}");
        assert_eq!(!run.stderr.is_ascii(), unicode, "{locale}: {run}");
    }
}

#[test]
fn plain_progress_is_a_line_for_each_finished_file_without_a_single_escape() {
    for how in ["plain", "auto"] {
        let zoho = zoho();
        let run = zoho.download(["--progress", how]);
        for name in [DATA, "Data_002.zip"] {
            let line = format!(" {name}: verified, 3.2 kB in ");
            let told = run.stderr.lines().filter(|said| said.contains(&line));
            let times: Vec<_> = told
                .filter_map(|said| said.split_once(" Data_"))
                .map(|(time, _)| chrono::DateTime::parse_from_rfc3339(time))
                .collect();
            assert!(matches!(times[..], [Ok(_)]), "{run}");
        }
        assert!(!run.stderr.contains(['\u{1b}', '\r']), "{run}");
    }
    let zoho = zoho();
    let none = zoho.download(["--progress", "none"]);
    assert!(!none.stderr.contains("Data_001.zip: verified"), "{none}");
    assert!(none.stderr.contains("2 files verified"), "{none}");
}
