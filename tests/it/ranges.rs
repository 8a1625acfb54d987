//! Servers with and without ranges, honest and lying.

use std::time::Duration;

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::zoho::rules::{Framing, Ranges, Validators};
use crate::support::zoho::{Role, Zoho};

/// Larger than the largest piece, so that it is split where that is possible.
const LARGE: u64 = 20 << 20;

#[test]
fn without_ranges_a_large_file_comes_in_one_stream_and_no_byte_is_lost_where_a_piece_would_end() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", Content::stored_zip(1, LARGE))
        .with(|rules| rules.ranges = Ranges::None);
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("starting over"), "{run}");
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
}

#[test]
fn without_ranges_a_line_that_always_breaks_at_the_same_place_is_tried_as_often_as_was_asked() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 4000))
        .with(|rules| rules.ranges = Ranges::None);
    zoho.always_for("Data_001.zip", Fault::CutAfter(1000));
    let run = zoho.download(["--retries", "2", "--retry-wait", "1ms"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(!run.stderr.contains("changed on the server"), "{run}");
    assert!(run.stderr.contains("(2 of 2)"), "{run}");
}

#[test]
fn a_file_that_many_connections_are_refused_is_given_up_once() {
    let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 * LARGE));
    // The first reply comes; the pieces do not.
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
    for _ in 0..20 {
        let gone = Fault::Status(404, Vec::new(), Vec::new());
        zoho.fault_for("Data_001.zip", gone);
    }
    let run = zoho.download(["--jobs", "8", "--json"]);
    assert_eq!(run.code, 5, "{run}");
    assert_eq!(run.events("file_failed").len(), 1, "{run}");
}

#[test]
fn a_body_without_a_length_that_breaks_off_goes_on_in_the_middle() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 4000))
        .with(|rules| rules.framing = Framing::Chunked);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.ranges_asked("Data_001.zip");
    assert_eq!(asked.len(), 2, "{asked:?}");
    let second = asked[1].as_deref().unwrap_or_default();
    assert!(second.starts_with("bytes=1000-"), "{asked:?}");
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
}

#[test]
fn without_a_length_and_without_ranges_it_is_tried_as_often_as_was_asked() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 4000))
        .with(|rules| {
            rules.framing = Framing::Chunked;
            rules.ranges = Ranges::None;
        });
    zoho.always_for("Data_001.zip", Fault::CutAfter(1000));
    let run = zoho.download(["--retries", "2"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(!run.stderr.contains("changed on the server"), "{run}");
    assert!(run.stderr.contains("(2 of 2)"), "{run}");
}

/// The first reply is right, and others take what follows; one of them gets a lie while the rest are writing.
#[test]
fn a_lie_about_a_later_piece_costs_the_pieces_and_not_the_file() {
    for lie in [Ranges::WrongStart, Ranges::WholeAs206, Ranges::WrongTotal] {
        let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 * LARGE));
        zoho.fault_for("Data_001.zip", Fault::Delay(Duration::ZERO));
        zoho.fault_for("Data_001.zip", Fault::WrongRange(lie));
        let run = zoho.download(["--jobs", "4"]);
        assert_eq!(run.code, 0, "{lie:?}: {run}");
        assert!(!run.stderr.contains("corrupt"), "{lie:?}: {run}");
        assert!(
            zoho.saved_bytes("Data_001.zip") == Some(zoho.bytes_of("Data_001.zip")),
            "{lie:?}: {run}"
        );
        let last = zoho.ranges_asked("Data_001.zip").pop().flatten();
        assert!(
            last.is_none() || lie == Ranges::WrongTotal,
            "{lie:?}: from zero in one stream, not {last:?}"
        );
    }
}

#[test]
fn a_single_large_file_keeps_every_connection_busy() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", Content::stored_zip(1, 24 << 20))
        .with(|rules| rules.bandwidth = Some(8 << 20));
    let run = zoho.download(["--jobs", "4"]);
    assert_eq!(run.code, 0, "{run}");
    // The server learns a moment late that the reply which opened the file is not read to its end.
    let most = zoho.peak_requests(Role::Downloads);
    assert!((4..=5).contains(&most), "{most}: {run}");
}

/// Refused where a plain request works.
const REFUSALS: [u16; 8] = [204, 304, 400, 403, 412, 416, 501, 503];

fn refuses_ranges(status: u16) -> Zoho {
    Zoho::start()
        .with_file("Data_001.zip", Content::stored_zip(1, 3 << 20))
        .with(|rules| rules.ranges = Ranges::Refused(status))
}

fn is_saved(zoho: &Zoho) -> bool {
    zoho.saved_bytes("Data_001.zip") == Some(zoho.bytes_of("Data_001.zip"))
}

#[test]
fn a_refused_range_costs_no_attempt_while_the_plain_request_is_streaming() {
    for status in REFUSALS {
        let zoho = refuses_ranges(status);
        let run = zoho.download(["--jobs", "4", "--retries", "0"]);
        assert_eq!(run.code, 0, "{status}: {run}");
        assert!(is_saved(&zoho), "{status}: {run}");
        let plain = zoho.ranges_asked("Data_001.zip");
        let plain = plain.iter().filter(|range| range.is_none());
        assert_eq!(plain.count(), 1, "{status}: {run}");
    }
}

#[test]
fn a_refused_range_after_a_cut_means_one_stream_from_zero() {
    for status in REFUSALS {
        for jobs in ["1", "4"] {
            let zoho = refuses_ranges(status);
            zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
            let run = zoho.download(["--jobs", jobs, "--retries", "1"]);
            assert_eq!(run.code, 0, "{status}, {jobs} jobs: {run}");
            assert!(is_saved(&zoho), "{status}, {jobs} jobs: {run}");
        }
    }
}

#[test]
fn a_later_run_does_not_stop_at_a_range_that_is_refused() {
    for status in REFUSALS {
        for validators in [Validators::StrongEtag, Validators::None] {
            let zoho = refuses_ranges(status).with(|rules| rules.validators = validators);
            zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
            let first = zoho.download(["--retries", "0", "--jobs", "1"]);
            assert_eq!(first.code, 5, "{status}: {first}");
            let run = zoho.download(["--retries", "0"]);
            assert_eq!(run.code, 0, "{status}: {run}");
            assert!(is_saved(&zoho), "{status}: {run}");
        }
    }
}

#[test]
fn the_head_of_a_file_is_asked_for_whole_where_ranges_are_refused() {
    let zoho = refuses_ranges(403);
    assert_eq!(zoho.download([]).code, 0);
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    let run = zoho.download(["--retries", "0"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(zoho.saved().join("manifest.json").exists(), "{run}");
    assert!(!zoho.saved().with_extension("2").exists(), "{run}");
}

#[test]
fn a_file_that_is_refused_with_and_without_a_range_is_refused() {
    let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 << 20));
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
    let forbidden = Fault::Status(403, Vec::new(), Vec::new());
    zoho.always_for("Data_001.zip", forbidden);
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 4, "{run}");
    let asked = zoho.ranges_asked("Data_001.zip");
    assert_eq!(
        asked.len(),
        3,
        "the cut one, the range, the plain one: {asked:?}"
    );
    zoho.clear_faults();
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.ranges_asked("Data_001.zip");
    assert!(
        asked[3..].iter().all(Option::is_some),
        "what was there stayed: {asked:?}"
    );
}

#[test]
fn a_503_from_a_server_that_serves_ranges_loses_nothing() {
    let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 << 20));
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
    zoho.fault_for("Data_001.zip", Fault::Unavailable(None));
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    let asked = zoho.ranges_asked("Data_001.zip");
    assert_eq!(
        asked.iter().filter(|range| range.is_none()).count(),
        1,
        "{asked:?}"
    );
    assert!(is_saved(&zoho), "{run}");
}

#[test]
fn a_server_that_serves_only_ranges_is_asked_for_ranges() {
    for jobs in ["1", "4"] {
        let zoho = refuses_ranges(0).with(|rules| rules.ranges = Ranges::Required);
        let run = zoho.download(["--jobs", jobs, "--retries", "0"]);
        assert_eq!(run.code, 0, "{run}");
        assert!(is_saved(&zoho), "{run}");
    }
}

#[test]
fn without_ranges_by_option_no_range_is_ever_asked_for() {
    let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 << 20));
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
    let first = zoho.download(["--no-ranges", "--retries", "0"]);
    assert_eq!(first.code, 5, "{first}");
    assert!(
        first.stderr.contains("starts from its first byte"),
        "{first}"
    );
    zoho.fault_for("Data_001.zip", Fault::CutAfter(2 << 20));
    let run = zoho.download(["--no-ranges"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(is_saved(&zoho), "{run}");
    zoho.set(|rules| rules.expiry += chrono::TimeDelta::days(1));
    assert_eq!(zoho.download(["--no-ranges"]).code, 0);
    let asked = zoho.ranges_asked("Data_001.zip");
    assert_eq!(
        asked,
        vec![None; 4],
        "cut, cut, whole, and what is saved compared"
    );
}

#[test]
fn without_resume_by_option_the_first_request_of_a_run_is_for_the_whole_file() {
    let zoho = Zoho::start().with_file("Data_001.zip", Content::stored_zip(1, 3 << 20));
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
    assert_eq!(zoho.download(["--jobs", "1", "--retries", "0"]).code, 5);
    let run = zoho.download(["--jobs", "1", "--no-resume"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(is_saved(&zoho), "{run}");
    assert_eq!(zoho.ranges_asked("Data_001.zip"), [None, None]);
}

/// A line that cuts every megabyte: what is there is gone on with, whatever the server makes of `If-Range`.
#[test]
fn an_if_range_that_tells_nothing_is_done_without() {
    let rules = [
        (Ranges::WholeUnderIfRange, Validators::StrongEtag),
        (Ranges::WholeUnderIfRange, Validators::OldDate),
        (Ranges::Honest, Validators::TagOfEachServer),
        (Ranges::IgnoresIfRange, Validators::TagOfEachServer),
    ];
    for (ranges, validators) in rules {
        for jobs in ["1", "4"] {
            let zoho = Zoho::start()
                .with_file("Data_001.zip", Content::stored_zip(1, 6 << 20))
                .with(|rules| (rules.ranges, rules.validators) = (ranges, validators));
            for _ in 0..6 {
                zoho.fault_for("Data_001.zip", Fault::CutAfter(1 << 20));
            }
            let run = zoho.download(["--jobs", jobs, "--retries", "3"]);
            let what = format!("{ranges:?}, {validators:?}, {jobs} jobs");
            assert_eq!(run.code, 0, "{what}: {run}");
            assert!(is_saved(&zoho), "{what}: {run}");
            assert!(!run.stderr.contains("starting over"), "{what}: {run}");
        }
    }
}

#[test]
fn without_ranges_a_line_that_breaks_a_little_later_each_time_does_not_go_on_for_ever() {
    let zoho = refuses_ranges(403);
    for step in 0..100 {
        let cut = (1 << 20) + step * 20_000;
        zoho.fault_for("Data_001.zip", Fault::CutAfter(cut));
    }
    let run = zoho.download(["--jobs", "1", "--retries", "2"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("starts from its first byte"), "{run}");
    assert!(!run.stderr.contains("what is saved is kept"), "{run}");
    assert!(zoho.requests_for("Data_001.zip").len() < 20, "{run}");
}
