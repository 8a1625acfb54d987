//! Servers with and without ranges, honest and lying.

use std::time::Duration;

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::zoho::rules::{Framing, Ranges};
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
    assert!(!run.stderr.contains("starts over"), "{run}");
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
    assert!(run.stderr.contains("try 2 of 2"), "{run}");
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
    assert!(run.stderr.contains("try 2 of 2"), "{run}");
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
