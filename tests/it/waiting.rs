//! Waiting for a backup at Zoho: `request --wait`, `download --wait` and `download --request`.

use std::time::{Duration, Instant};

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::{Run, files_under, wait_until};
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";
const FORMER: &str = "510000000099001";
const NEXT: &str = "510000000101004";
const EVER: usize = usize::MAX;

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 1000))
        .with(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL".into())
}

/// A run that ends so after two looks at it.
fn ending(status: &str) -> Zoho {
    zoho().with(|rules| rules.run_ends = status.into())
}

fn running() -> Zoho {
    let zoho = zoho();
    zoho.begin_run();
    zoho
}

fn request<const N: usize>(zoho: &Zoho, more: [&str; N]) -> Run {
    let usual = ["request", "--poll-wait", "1ms", "--wait"];
    zoho.cli().run(usual.iter().chain(&more))
}

fn fetch<const N: usize>(zoho: &Zoho, more: [&str; N]) -> Run {
    let usual = ["download", "--out", "out", "--poll-wait", "1ms"];
    zoho.cli().run(usual.iter().chain(&more))
}

fn count(zoho: &Zoho, method: &str, name: &str) -> usize {
    let mut records = zoho.requests_to(Role::Api);
    records.retain(|record| record.request.method == method && record.request.file_name() == name);
    records.len()
}

/// The next replies to a call are these.
fn replies<const N: usize>(zoho: &Zoho, name: &str, replies: [Fault; N]) {
    for reply in replies {
        zoho.fault_for_call("GET", name, reply);
    }
}

fn as_it_is() -> Fault {
    Fault::Delay(Duration::ZERO)
}

fn state(id: &str, status: &str) -> Fault {
    let backup = json!({ "id": id, "rrule": null, "start_date": null, "scheduled_date": null, "status": status });
    Fault::Json200(json!({ "backup": backup }).to_string())
}

fn links_of(zoho: &Zoho, job: &str) -> Fault {
    let link = zoho.link(DATA).replace(&zoho.rules().job, job);
    let expiry = zoho
        .rules()
        .expiry
        .to_rfc3339_opts(SecondsFormat::Secs, false);
    let urls = json!({ "data_links": [link], "attachment_links": [], "expiry_date": expiry });
    Fault::Json200(json!({ "urls": urls }).to_string())
}

fn events(run: &Run) -> Vec<String> {
    let lines = run.json_lines();
    let names = lines.iter().map(|line| line["event"].as_str());
    names.map(|name| name.unwrap_or("?").to_owned()).collect()
}

#[test]
fn a_request_waits_for_the_links_of_the_new_job() {
    let zoho = zoho();
    let run = request(&zoho, ["1m", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let rules = zoho.rules();
    assert_eq!(rules.job, NEXT);
    let expected = json!({
        "event": "summary", "id": zoho.job().unwrap().id, "org": rules.org, "job": NEXT, "files": 1,
        "expiry_date": rules.expiry.to_rfc3339_opts(SecondsFormat::Secs, false), "exit_code": 0,
    });
    let mut last = run.json_lines().pop().expect("the summary");
    let time = last.as_object_mut().expect("an object").remove("time");
    assert!(time.is_some_and(|time| time.is_string()), "{run}");
    assert_eq!(last, expected, "{run}");
    assert_eq!(
        events(&run),
        ["requested", "waiting", "waiting", "summary"],
        "{run}"
    );
    assert_eq!(run.events("waiting")[0]["status"], "INPROGRESS");
}

#[test]
fn a_person_reads_the_id_on_stdout_and_what_is_waited_for_on_stderr() {
    let zoho = zoho();
    let run = request(&zoho, []);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout, format!("{}\n", zoho.job().unwrap().id));
    for said in [
        "a backup is under way at Zoho (INPROGRESS); waited ",
        "the backup is ready: 1 file; fetch it with `backup-fetch download`",
    ] {
        assert!(run.stderr.contains(said), "{said}: {run}");
    }
}

#[test]
fn former_links_that_are_still_listed_are_not_taken_for_the_new_ones() {
    let zoho = zoho().with(|rules| rules.run_reads = 0);
    let former = links_of(&zoho, FORMER);
    replies(&zoho, "urls", [as_it_is(), former.clone(), former]);
    let run = request(&zoho, ["1m", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json_lines().last().unwrap()["job"], NEXT, "{run}");
    assert_eq!(count(&zoho, "GET", "urls"), 4);
    let said = "the links of the new backup are not available yet (COMPLETED)";
    assert!(run.stderr.contains(said), "{run}");
}

#[test]
fn links_are_not_asked_for_while_the_run_is_under_way() {
    for lists_former in [true, false] {
        let zoho = zoho().with(|rules| (rules.lists_former, rules.run_reads) = (lists_former, 5));
        let run = request(&zoho, ["1m"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(count(&zoho, "GET", "urls"), 2, "before and after: {run}");
    }
}

#[test]
fn a_run_that_ends_without_a_backup_ends_the_wait() {
    for (status, words) in [
        ("FAILED", "the backup failed at Zoho (FAILED)"),
        ("PAYMENT_FAILED", "the payment failed (PAYMENT_FAILED)"),
        ("STOPPED", "the backup was cancelled (STOPPED)"),
    ] {
        let zoho = ending(status);
        let run = request(&zoho, ["1m", "--json"]);
        assert_eq!(run.code, 5, "{run}");
        assert!(run.stderr.contains(words), "{run}");
        let last = &run.json_lines()[3];
        assert_eq!(
            (&last["event"], &last["code"], &last["exit_code"]),
            (&json!("error"), &json!("backup_failed"), &json!(5)),
            "{run}"
        );
        assert_eq!(run.json_lines().len(), 4, "{run}");
    }
}

#[test]
fn the_failure_of_a_former_run_does_not_end_the_wait() {
    let zoho = zoho();
    let old = || state("510000000088001", "FAILED");
    replies(&zoho, "backup", [old(), old(), old()]);
    let run = request(&zoho, ["1m", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.json_lines().last().unwrap()["job"], NEXT, "{run}");
}

#[test]
fn a_state_that_is_new_to_us_is_shown_escaped_and_waited_out() {
    let zoho = ending("ON\u{1b}[2JHOLD");
    let run = request(&zoho, ["300ms"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("ON\\u{1b}[2JHOLD"), "{run}");
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
    assert!(run.stderr.contains("error: the backup is not ready"));
}

#[test]
fn a_wait_ends_with_its_time_and_says_how_to_go_on() {
    let zoho = zoho().with(|rules| rules.run_reads = EVER);
    let run = request(&zoho, ["10ms", "--json"]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(run.json_lines().last().unwrap()["code"], "not_ready");
    let error = "error: the backup is not ready after 10ms\nhint: Zoho is still working on it";
    assert!(run.stderr.contains(error), "{run}");
    assert!(run.stderr.contains("`backup-fetch download --wait`"));
}

#[test]
fn a_run_that_is_under_way_is_joined_and_none_is_asked_for() {
    let zoho = running();
    let run = request(&zoho, ["1m"]);
    assert_eq!((run.code, count(&zoho, "POST", "backup")), (0, 0), "{run}");
    assert_eq!(run.stdout, format!("{}\n", zoho.job().unwrap().id));
    assert!(run.stderr.contains("instead of requesting one"), "{run}");
}

#[test]
fn a_run_that_began_meanwhile_is_joined_too() {
    let zoho = running();
    let nothing = Fault::Status(204, Vec::new(), Vec::new());
    replies(&zoho, "backup", [nothing]);
    let run = request(&zoho, ["1m", "--json"]);
    assert_eq!((run.code, count(&zoho, "POST", "backup")), (0, 1), "{run}");
    assert_eq!(run.json_lines().last().unwrap()["job"], NEXT, "{run}");
}

#[test]
fn a_signal_ends_a_wait_at_once() {
    for (signal, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        for command in [
            &["request", "--wait"][..],
            &["download", "--out", "out", "--wait"],
            &["download", "--out", "out", "--request"],
        ] {
            let zoho = running().with(|rules| rules.run_reads = EVER);
            let running = zoho
                .cli()
                .spawn(command.iter().chain(&["--poll-wait", "1h"]));
            wait_until("it looked and waits", || {
                zoho.job().is_some_and(|job| job.status == "INPROGRESS")
                    && count(&zoho, "GET", "backup") > 0
            });
            let since = Instant::now();
            running.signal(signal);
            let run = running.wait();
            assert_eq!(run.code, code, "{run}");
            assert!(since.elapsed() < Duration::from_secs(3), "two, and some");
            assert!(files_under(&zoho.home().join("out")).is_empty());
        }
    }
}

#[test]
fn a_signal_ends_a_request_that_gets_no_answer() {
    let zoho = zoho();
    zoho.fault_for_call("POST", "backup", Fault::StallAfter(0));
    let running = zoho.cli().spawn(["request"]);
    wait_until("it asked", || count(&zoho, "POST", "backup") > 0);
    let since = Instant::now();
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert!(since.elapsed() < Duration::from_secs(3), "two, and some");
    assert!(
        run.stderr
            .contains("warning: Zoho may have accepted the request"),
        "who runs it again may pay twice: {run}"
    );
}

#[test]
fn a_signal_before_the_request_went_out_raises_no_false_alarm() {
    let zoho = running();
    zoho.fault_for_call("GET", "backup", Fault::StallAfter(0));
    let running = zoho.cli().spawn(["request"]);
    wait_until("it reads the state", || count(&zoho, "GET", "backup") > 0);
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(
        (run.code, count(&zoho, "POST", "backup")),
        (143, 0),
        "{run}"
    );
    assert!(!run.stderr.contains("warning:"), "{run}");
}

#[test]
fn a_download_waits_for_the_run_that_is_under_way_and_fetches_it() {
    let scheduled = zoho().with_schedule(WEEKLY);
    scheduled.begin_run();
    for zoho in [running(), scheduled] {
        let run = fetch(&zoho, ["--wait"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(count(&zoho, "POST", "backup"), 0);
        assert!(zoho.saved().ends_with(format!("20061234567-{NEXT}")));
        assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
        let folders = std::fs::read_dir(zoho.home().join("out")).unwrap();
        assert_eq!(folders.count(), 2, "the new set and the lock: {run}");
    }
}

#[test]
fn a_download_waits_for_links_that_come_later_than_the_end_of_the_run() {
    for late in [
        links_of(&zoho(), FORMER),
        Fault::Status(204, Vec::new(), Vec::new()),
    ] {
        let zoho = running();
        let late = match late {
            Fault::Json200(_) => links_of(&zoho, FORMER),
            late => late,
        };
        replies(&zoho, "urls", [as_it_is(), late]);
        let run = fetch(&zoho, ["--wait"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    }
}

#[test]
fn a_download_does_not_wait_for_ever_for_links_that_do_not_come() {
    let zoho = running().with(|rules| rules.run_reads = EVER);
    let ended = || state("510000000088001", "SCHEDULED");
    replies(&zoho, "backup", [as_it_is()]);
    for _ in 0..50 {
        replies(&zoho, "backup", [ended()]);
    }
    let run = fetch(&zoho, ["--wait"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.saved().ends_with(format!("20061234567-{FORMER}")));
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    assert!(
        run.stderr.contains("warning: the backup at Zoho is over"),
        "{run}"
    );
}

#[test]
fn a_download_that_may_wait_does_not_where_nothing_is_under_way() {
    let failed_before = zoho();
    replies(&failed_before, "backup", [state("1", "FAILED")]);
    for zoho in [zoho(), zoho().with_schedule(WEEKLY), failed_before] {
        let run = fetch(&zoho, ["--wait", "1h", "--poll-wait", "1h"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(count(&zoho, "GET", "backup"), 1, "{run}");
        assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    }
}

#[test]
fn a_download_that_waited_for_a_failure_fetches_nothing() {
    let zoho = ending("FAILED");
    zoho.begin_run();
    let run = fetch(&zoho, ["--wait", "1m"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("the backup failed at Zoho"), "{run}");
    assert!(files_under(&zoho.home().join("out")).is_empty());
}

#[test]
fn the_longest_duration_counts_while_waiting() {
    let zoho = running().with(|rules| rules.run_reads = EVER);
    let run = fetch(&zoho, ["--wait", "--max-duration", "50ms"]);
    assert_eq!(run.code, 10, "{run}");
}

#[test]
fn a_download_asks_for_a_backup_and_fetches_that_one() {
    let zoho = zoho();
    let run = fetch(&zoho, ["--request"]);
    assert_eq!((run.code, count(&zoho, "POST", "backup")), (0, 1), "{run}");
    assert!(zoho.saved().ends_with(format!("20061234567-{NEXT}")));
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    assert!(!zoho.home().join("out/20061234567-510000000099001").exists());
    assert_eq!(run.stdout, "", "{run}");
}

#[test]
fn a_first_backup_ever_is_asked_for_and_fetched() {
    let zoho = zoho().without_backup();
    let run = fetch(&zoho, ["--request"]);
    assert_eq!((run.code, count(&zoho, "POST", "backup")), (0, 1), "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
}

#[test]
fn events_of_the_wait_come_before_those_of_the_download() {
    let zoho = zoho();
    let run = fetch(&zoho, ["--request", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let events = events(&run);
    assert_eq!(events[..3], ["waiting", "waiting", "start"], "{run}");
    let last: &Value = &run.json_lines()[events.len() - 1];
    assert_eq!(
        (&last["event"], &last["exit_code"]),
        (&json!("summary"), &json!(0))
    );
}

#[test]
fn a_request_that_is_refused_is_the_last_line_of_a_download() {
    let zoho = zoho().with(|rules| rules.allowance = 0);
    let run = fetch(&zoho, ["--request", "--json"]);
    assert_eq!(run.code, 5, "{run}");
    let last = run.json_lines().pop().unwrap();
    assert_eq!(
        (&last["event"], &last["code"]),
        (&json!("error"), &json!("quota_used_up"))
    );
    assert!(files_under(&zoho.home().join("out")).is_empty());
    assert!(zoho.requests_to(Role::Downloads).is_empty());
}
