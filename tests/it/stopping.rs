//! Signals, and the end without one.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::bytes::{Content, small_zip};
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, Running, files_under, folder, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const DONE: &str = "Data_002.zip";

/// A run with one file saved and one that hangs in the middle.
fn hanging() -> (Zoho, Running) {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 4000))
        .with_file(DONE, small_zip(2, 4000));
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let running = zoho.cli().spawn(["download", "--out", "out"]);
    let journal = zoho.staged(&format!(".{DATA}.journal"));
    wait_until("one is saved and the other hangs", || {
        let written = fs::read_to_string(&journal).is_ok_and(|text| text.contains("\nw "));
        zoho.saved().join(DONE).exists() && written
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
    for (signal, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let (zoho, running) = hanging();
        let since = Instant::now();
        running.signal(signal);
        let run = running.wait();
        assert_eq!(run.code, code, "{run}");
        assert!(
            since.elapsed() < Duration::from_secs(3),
            "within two seconds, and some for a busy machine"
        );
        assert!(run.stderr.contains("of 1 file in progress kept"), "{run}");
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
fn kill_9_loses_no_more_than_the_last_second_of_a_slow_line() {
    let (zoho, mut running) = hanging();
    running.kill();
    running.wait();
    goes_on(&zoho);
    assert!(
        zoho.ranges_asked(DATA).last().is_some_and(Option::is_some),
        "it goes on in the middle"
    );
}

/// As after a power cut: only what the journal calls synced counts when the kernel is another one.
#[test]
fn what_waits_long_enough_survives_a_power_cut() {
    let (zoho, mut running) = hanging();
    let since = Instant::now();
    let path = zoho.staged(&format!(".{DATA}.journal"));
    let journal = || fs::read_to_string(&path).unwrap_or_default();
    wait_until("what was written is synced", || {
        let text = journal();
        let written = text.find("\nw ").expect("it was there before");
        let promises = text.lines().filter_map(|line| line.strip_prefix("s "));
        promises
            .filter_map(|upto| upto.parse::<usize>().ok())
            .any(|upto| upto > written + 1)
    });
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "five, and a slow machine"
    );
    running.kill();
    running.wait();
    let text = journal();
    let (_, boot) = text.split_once("\"boot\":\"").expect("it has one");
    let (boot, _) = boot.split_once('"').expect("it is text");
    fs::write(&path, text.replace(boot, &"x".repeat(boot.len()))).expect("it is ours");
    goes_on(&zoho);
    let last = zoho.ranges_asked(DATA).pop().flatten().unwrap_or_default();
    assert!(last.starts_with("bytes=1000-"), "{last}");
}

#[test]
fn json_ends_with_the_summary_of_a_stopped_run() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
        zoho.fault_for(DATA, Fault::StallAfter(1000));
        let running = zoho.cli().spawn(["download", "--out", "out", "--json"]);
        wait_until("it hangs", || !zoho.requests_for(DATA).is_empty());
        running.signal(signal);
        let run = running.wait();
        let lines = run.json_lines();
        let last = lines.last().expect("a line");
        assert_eq!(
            (&last["event"], &last["exit_code"]),
            (&"summary".into(), &code.into()),
            "{run}"
        );
    }
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
        let part = zoho.staged(".Data_001.zip.part");
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

/// A run that waits for something, and the word for what it waits for.
fn waiting(zoho: &Zoho, args: &[&str], what: &str, is_so: impl FnMut() -> bool) -> Run {
    let all = ["download", "--out", "out"].iter().chain(args);
    let running = zoho.cli().spawn(all);
    wait_until(what, is_so);
    running.signal("INT");
    running.wait()
}

#[test]
fn a_signal_while_the_token_or_the_list_is_waited_for_ends_it_and_creates_nothing() {
    for role in [Role::Accounts, Role::Api] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
        zoho.always(role, Fault::StallAfter(1));
        let run = waiting(&zoho, &["--json"], "it asks", || {
            !zoho.requests_to(role).is_empty()
        });
        assert_eq!(run.code, 130, "{role:?}: {run}");
        assert_eq!(run.events("error")[0]["exit_code"], 130, "{role:?}: {run}");
        assert!(!zoho.home().join("out").exists(), "{role:?}: {run}");
    }
}

#[test]
fn a_signal_while_it_waits_for_the_next_try_ends_it() {
    for pushback in [false, true] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
        let fault = if pushback {
            Fault::TooMany(Some("3000".into()))
        } else {
            Fault::CutAfter(1000)
        };
        zoho.always_for(DATA, fault);
        let home = zoho.home().to_owned();
        let mut cli = Cli::new(&home);
        for (name, value) in zoho.env() {
            cli = cli.env(name, value);
        }
        let running = cli.spawn(["download", "--out", "out", "--retry-wait", "50m"]);
        wait_until("it was answered", || {
            zoho.requests_for(DATA).iter().any(|asked| asked.status > 0)
        });
        running.signal("TERM");
        let run = running.wait();
        assert_eq!(run.code, 143, "{run}");
    }
}

#[test]
fn a_signal_while_another_run_has_the_folder_ends_it() {
    let (zoho, first) = hanging();
    let lists = || zoho.requests_to(Role::Api).len();
    let before = lists();
    let run = waiting(&zoho, &["--wait-lock", "50m"], "it has the list", || {
        lists() > before
    });
    assert_eq!(run.code, 130, "{run}");
    drop(first);
}

#[test]
fn a_question_that_is_left_ends_its_line() {
    for by_signal in [true, false] {
        let home = folder();
        let mut screen = Cli::new(home.path()).on_terminal(["login", "--color", "never"]);
        screen.wait_for("Data centre [us]: ");
        if by_signal {
            screen.interrupt();
        } else if is_windows() {
            screen.press("\u{1a}\r");
        } else {
            screen.press("\u{4}");
        }
        let run = screen.end();
        assert_eq!(run.code, if by_signal { 130 } else { 2 }, "{run}");
        let shown = run.stderr.replace('\r', "");
        assert!(shown.contains("[us]: \nerror: "), "{run}");
    }
}

/// A run whose disk takes so many seconds for each call of a kind on the part.
fn on_a_slow_disk(zoho: &Zoho, call: &str, seconds: u32) -> (Running, Strace) {
    let strace = Strace::new(zoho).on([zoho.staged(".Data_001.zip.part")]);
    let strace = strace.inject(call, &format!("delay_enter={seconds}s"));
    let strace = strace.detached();
    let cli = zoho.cli_with_access_token().traced(&strace);
    (cli.spawn(["download", "--out", "out"]), strace)
}

/// The first one waits for a last sync; the exit code tells which of the two ended the process.
#[test]
fn the_second_signal_ends_it_whatever_the_first_still_waits_for() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let (running, strace) = on_a_slow_disk(&zoho, "fdatasync", 3);
    wait_until("it hangs", || {
        zoho.requests_for(DATA)
            .iter()
            .any(|asked| asked.sent >= 1000)
    });
    running.signal("TERM");
    wait_until("it syncs", || strace.log().contains("fdatasync("));
    running.signal("INT");
    let run = running.wait();
    assert_eq!(run.code, 130, "{run}");
}

#[test]
fn a_write_that_takes_long_does_not_hold_up_the_first_signal() {
    needs!(Strace);
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
    let (mut running, strace) = on_a_slow_disk(&zoho, "pwritev", 20);
    wait_until("it writes", || strace.log().contains("pwritev("));
    let since = Instant::now();
    running.signal("TERM");
    // The process itself can't go before the tracer lets the write go on.
    wait_until("its last words", || {
        running.stderr_so_far().contains("stopped by SIGTERM")
    });
    let took = since.elapsed();
    running.kill();
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_the_starter_has_ignored_stays_ignored() {
    for (signal, other, code) in [("INT", "TERM", 143), ("HUP", "INT", 130)] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
        zoho.fault_for(DATA, Fault::StallAfter(1000));
        let cli = zoho.cli().after(&format!("trap '' {signal}"));
        let running = cli.spawn(["download", "--out", "out"]);
        let journal = zoho.staged(&format!(".{DATA}.journal"));
        wait_until("the file hangs", || {
            fs::read_to_string(&journal).is_ok_and(|text| text.contains("\nw "))
        });
        // The first signal that is heard ends the run in good order, and a second one at once.
        for name in [signal, other] {
            running.signal(name);
        }
        let run = running.wait();
        assert_eq!(run.code, code, "{signal}: {run}");
        assert!(
            run.stderr.contains("hint: run the same command again"),
            "{run}"
        );
    }
}
