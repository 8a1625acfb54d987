//! Servers with and without ranges, honest and lying.

use crate::support::bytes::Content;
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
