//! Servers with and without ranges, honest and lying.

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::zoho::Zoho;
use crate::support::zoho::rules::Ranges;

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
