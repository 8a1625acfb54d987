//! Each fault does what its name says, to the reply it was meant for.

use std::io::ErrorKind;
use std::time::Duration;

use super::*;
use crate::support::bytes::KIB;
use crate::support::faults::Fault;
use crate::support::raw::send_within;
use crate::support::zoho::Role;

#[test]
fn a_cut_a_reset_and_a_stall_stop_where_they_are_told_to() {
    let zoho = zoho();
    let whole = zoho.bytes_of(NAME);
    zoho.fault_for(NAME, Fault::CutAfter(20 * KIB));
    let cut = file(&zoho, &[]);
    assert_eq!((cut.body.len() as u64, cut.error), (20 * KIB, None));
    assert_eq!(
        cut.header("content-length"),
        Some(&*whole.len().to_string())
    );
    zoho.fault_for(NAME, Fault::ResetAfter(10));
    assert_eq!(file(&zoho, &[]).error, Some(ErrorKind::ConnectionReset));
    zoho.fault_for(NAME, Fault::StallAfter(30));
    let authorization = format!("Authorization: Zoho-oauthtoken {}", zoho.access_token());
    let patience = Duration::from_secs(1);
    let stalled = send_within(
        patience,
        &zoho,
        "GET",
        &zoho.link(NAME),
        &[&authorization],
        "",
    );
    assert_eq!(
        (stalled.body.len(), stalled.error),
        (30, Some(ErrorKind::WouldBlock))
    );
    zoho.fault_for(NAME, Fault::Hangup);
    assert_eq!(file(&zoho, &[]).status, 0);
    zoho.fault_for(NAME, Fault::NotHttp);
    assert_eq!(file(&zoho, &[]).status, 0);
    assert_eq!(file(&zoho, &[]).body, whole);
    let sent: Vec<u64> = zoho
        .requests_for(NAME)
        .iter()
        .map(|record| record.sent)
        .collect();
    assert_eq!(sent, [20 * KIB, 10, 30, 0, 0, whole.len() as u64]);
}

#[test]
fn replies_can_be_replaced() {
    let zoho = zoho();
    let foreign = format!("{}/storage/{NAME}", zoho.urls().foreign);
    let mut answers = Vec::new();
    for fault in [
        Fault::Redirect(302, foreign.clone()),
        Fault::Json200("{}".into()),
        Fault::Html200("<html></html>".into()),
        Fault::TooMany(Some("7".into())),
        Fault::TooMany(None),
        Fault::Unavailable(None),
        Fault::Status(418, vec![("X-Tea".into(), "yes".into())], b"short".to_vec()),
    ] {
        zoho.fault_for(NAME, fault);
        answers.push(file(&zoho, &[]));
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [302, 200, 200, 429, 429, 503, 418]);
    assert_eq!(answers[0].header("location"), Some(&*foreign));
    assert_eq!(answers[3].header("retry-after"), Some("7"));
    assert_eq!(answers[4].header("retry-after"), None);
    assert_eq!(answers[6].text(), "short");
    assert_eq!(get(&zoho, &foreign, &[]).body, zoho.bytes_of(NAME));
    assert!(zoho.requests_to(Role::Foreign)[0].request.token().is_none());
}

#[test]
fn bytes_can_be_wrong_and_files_can_change() {
    let zoho = zoho();
    let whole = zoho.bytes_of(NAME);
    zoho.fault_for(NAME, Fault::CorruptByte(70_000));
    assert_eq!(file(&zoho, &["Range: bytes=0-99"]).body, whole[..100]);
    let flipped = file(&zoho, &["Range: bytes=69999-70001"]).body;
    assert_eq!(flipped, [whole[69_999], !whole[70_000], whole[70_001]]);
    zoho.fault_for(NAME, Fault::Garbage);
    let garbage = file(&zoho, &[]).body;
    assert!(garbage.len() == whole.len() && garbage != whole);
    zoho.fault_for(NAME, Fault::Changed(small_zip(9, 100_000).into()));
    assert_eq!(file(&zoho, &[]).body, small_zip(9, 100_000));
    assert_eq!(zoho.bytes_of(NAME), small_zip(9, 100_000));
}

#[test]
fn a_refused_request_leaves_the_faults_in_their_queue() {
    let zoho = zoho();
    zoho.fault_for(NAME, Fault::Html200("spoilt".into()));
    assert_eq!(get(&zoho, &zoho.link(NAME), &[]).status, 401);
    assert_eq!(file(&zoho, &[]).text(), "spoilt");
    zoho.always_for(NAME, Fault::Unavailable(None));
    assert_eq!(
        [file(&zoho, &[]).status, file(&zoho, &[]).status],
        [503, 503]
    );
    zoho.clear_faults();
    assert_eq!(file(&zoho, &[]).status, 200);
}
