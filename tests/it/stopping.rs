//! Signals, and the end without one.

use std::time::{Duration, Instant};

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{Running, files_under, wait_until};
use crate::support::zoho::Zoho;

const DATA: &str = "Data_001.zip";
const DONE: &str = "Data_002.zip";

/// A run with one file saved and one that hangs in the middle.
fn hanging() -> (Zoho, Running) {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 4000))
        .with_file(DONE, small_zip(2, 4000));
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("one is saved and the other hangs", || {
        zoho.saved().join(DONE).exists() && !zoho.requests_for(DATA).is_empty()
    });
    (zoho, running)
}

fn goes_on(zoho: &Zoho) {
    let next = zoho.download([]);
    assert_eq!(next.code, 0, "{next}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    assert_eq!(
        zoho.requests_for(DONE).len(),
        1,
        "what is verified is not fetched again"
    );
}

#[test]
fn the_first_signal_keeps_what_is_there_and_says_how_to_go_on() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (zoho, running) = hanging();
        let since = Instant::now();
        running.signal(signal);
        let run = running.wait();
        assert_eq!(run.code, code, "{run}");
        assert!(
            since.elapsed() < Duration::from_secs(3),
            "within two seconds, and some for a busy machine"
        );
        assert!(
            run.stderr.contains("hint: run the same command again"),
            "{run}"
        );
        assert!(!zoho.saved().join(DATA).exists());
        goes_on(&zoho);
        assert!(
            zoho.ranges_asked(DATA).last().is_some_and(Option::is_some),
            "it goes on in the middle"
        );
    }
}

#[test]
fn json_ends_with_the_summary_of_a_stopped_run() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let running = zoho.cli().spawn(["download", "--out", "out", "--json"]);
    wait_until("it hangs", || !zoho.requests_for(DATA).is_empty());
    running.signal("TERM");
    let run = running.wait();
    let lines = run.json_lines();
    let last = lines.last().expect("a line");
    assert_eq!(
        (&last["event"], &last["exit_code"]),
        (&"summary".into(), &143.into()),
        "{run}"
    );
}

#[test]
fn after_kill_nothing_unverified_has_a_final_name_and_the_next_run_goes_on() {
    let (zoho, mut running) = hanging();
    running.kill();
    drop(running);
    let finals = files_under(&zoho.saved());
    assert!(!finals.iter().any(|name| name == DATA), "{finals:?}");
    goes_on(&zoho);
}

#[test]
fn killed_again_and_again_it_comes_home_all_the_same() {
    let zoho = Zoho::start()
        .with_file(DATA, Content::stored_zip(1, 6 << 20))
        .with(|rules| rules.bandwidth = Some(2 << 20));
    for megabyte in 1..4 {
        let mut running = zoho
            .cli()
            .spawn(["download", "--out", "out", "--jobs", "1"]);
        let part = zoho.saved().join(".Data_001.zip.part");
        wait_until("some more is there", || {
            part.metadata()
                .is_ok_and(|found| found.len() > megabyte << 20)
        });
        running.kill();
    }
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)));
    assert_eq!(
        zoho.ranges_asked(DATA)
            .iter()
            .filter(|range| range.is_none())
            .count(),
        1,
        "only the first began at zero"
    );
}
