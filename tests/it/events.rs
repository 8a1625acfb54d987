//! `--json`: the events of a download, and the law of the last line.

use serde_json::Value;

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, folder};
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
        serde_json::json!({"verified": 2, "missing": 0, "corrupt": 0})
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
fn wrong_usage_is_two_and_names_what_is_near() {
    let home = folder();
    let cli = Cli::new(home.path());
    for args in [
        vec![],
        vec!["downlaod"],
        vec!["download", "--jobs", "0"],
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
