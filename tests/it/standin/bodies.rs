//! Ranges, validators, lengths: honest ones and lies.

use super::*;
use crate::support::faults::Fault;
use crate::support::zoho::Role;
use crate::support::zoho::rules::{Framing, Ranges, Validators};

#[test]
fn an_honest_range_is_the_bytes_it_says() {
    let zoho = zoho();
    let whole = zoho.bytes_of(NAME);
    let answer = file(&zoho, &["Range: bytes=1000-1999"]);
    assert_eq!(answer.status, 206);
    assert_eq!(answer.body, whole[1000..2000]);
    assert_eq!(
        answer.header("content-range"),
        Some(&*format!("bytes 1000-1999/{}", whole.len()))
    );
    assert_eq!(file(&zoho, &["Range: bytes=99000-"]).body, whole[99000..]);
    assert_eq!(
        file(&zoho, &["Range: bytes=-10"]).body,
        whole[whole.len() - 10..]
    );
    assert_eq!(file(&zoho, &["Range: bytes=0-1,5-6"]).status, 200);
    let outside = file(&zoho, &["Range: bytes=9999999-"]);
    assert_eq!(outside.status, 416);
    assert_eq!(
        outside.header("content-range"),
        Some(&*format!("bytes */{}", whole.len()))
    );
    assert_eq!(
        zoho.ranges_asked(NAME)[0].as_deref(),
        Some("bytes=1000-1999")
    );
}

#[test]
fn if_range_holds_for_strong_validators_of_this_version_only() {
    let zoho = zoho();
    let status = |if_range: &str| {
        file(
            &zoho,
            &["Range: bytes=5-", &format!("If-Range: {if_range}")],
        )
        .status
    };
    let etag = file(&zoho, &[]).header("etag").unwrap().to_owned();
    assert_eq!(status(&etag), 206);
    assert_eq!(status("\"other\""), 200);
    zoho.store(NAME, small_zip(2, 100_000));
    assert_eq!(status(&etag), 200);
    zoho.set(|rules| rules.validators = Validators::WeakEtag);
    let weak = file(&zoho, &[]).header("etag").unwrap().to_owned();
    assert_eq!(status(&weak), 200);
    for (validators, expected) in [(Validators::OldDate, 206), (Validators::FreshDate, 200)] {
        zoho.set(|rules| rules.validators = validators);
        let date = file(&zoho, &[]).header("last-modified").unwrap().to_owned();
        assert_eq!(status(&date), expected, "{validators:?}");
    }
}

#[test]
fn each_lie_about_ranges_is_told() {
    let zoho = zoho();
    let whole = zoho.bytes_of(NAME);
    let len = whole.len();
    let ask = |ranges| {
        zoho.set(|rules| rules.ranges = ranges);
        file(&zoho, &["Range: bytes=100-199", "If-Range: \"old\""])
    };
    assert_eq!(ask(Ranges::None).status, 200);
    assert_eq!(ask(Ranges::IgnoresIfRange).body, whole[100..200]);
    zoho.set(|rules| rules.validators = Validators::None);
    let ask = |ranges| {
        zoho.next(Role::Downloads, Fault::WrongRange(ranges));
        file(&zoho, &["Range: bytes=100-199"])
    };
    let start = ask(Ranges::WrongStart);
    assert_eq!(
        start.header("content-range"),
        Some(&*format!("bytes 101-199/{len}"))
    );
    assert_eq!(start.body, whole[101..200]);
    let total = ask(Ranges::WrongTotal);
    assert_eq!(
        total.header("content-range"),
        Some(&*format!("bytes 100-199/{}", len + 1))
    );
    let all = ask(Ranges::WholeAs206);
    assert_eq!((all.status, all.body.len()), (206, len));
}

#[test]
fn the_length_can_be_wrong_or_untold() {
    let zoho = zoho();
    let len = zoho.bytes_of(NAME).len();
    for off_by in [-7, 7] {
        zoho.fault_for(NAME, Fault::WrongLength(off_by));
        let answer = file(&zoho, &[]);
        let declared = len.saturating_add_signed(isize::try_from(off_by).unwrap());
        assert_eq!(
            answer.header("content-length"),
            Some(&*declared.to_string())
        );
        assert_eq!(answer.body.len(), len);
    }
    zoho.set(|rules| rules.framing = Framing::Chunked);
    let chunked = file(&zoho, &[]);
    assert_eq!(chunked.header("content-length"), None);
    assert!(chunked.body.starts_with(b"10000\r\n") && chunked.body.ends_with(b"\r\n0\r\n\r\n"));
    zoho.set(|rules| rules.framing = Framing::UntilClose);
    assert_eq!(file(&zoho, &[]).body.len(), len);
}
