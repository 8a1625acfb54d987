//! How a verified file becomes an object: in parts, several at a time, and never in the place of another.

use std::thread;
use std::time::{Duration, Instant};

use super::place::{LARGE, Place, SMALL, is};
use crate::support::stores::{Does, Moment, S3, Store};
use crate::support::tools::needs;

fn place() -> Place {
    Place::at(S3::start())
}

#[test]
fn parts_go_up_at_the_same_time_and_no_more_than_jobs() {
    needs!(S3);
    let place = place();
    let mut gates = [(); 3].map(|()| {
        let is_part = is("UploadPart", LARGE);
        place.between.hold(Moment::Before, is_part)
    });
    let running = place.spawn(["--jobs", "2", "--only", "data"]);
    gates[0].wait();
    gates[1].wait();
    let [first, second, mut third] = gates;
    // It would have come by now.
    thread::sleep(Duration::from_millis(200));
    assert!(!third.is_reached());
    first.open();
    third.wait();
    second.open();
    third.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn an_object_that_comes_meanwhile_is_never_replaced() {
    needs!(S3);
    for (action, name) in [("PutObject", SMALL), ("CompleteMultipartUpload", LARGE)] {
        let place = place();
        let mut gate = place.between.hold(Moment::Before, is(action, name));
        let running = place.spawn([]);
        gate.wait();
        let key = Place::<S3>::key(name);
        place.store.write(&key, b"of somebody else");
        gate.open();
        let run = running.wait();
        assert_eq!(run.code, 7, "{run}");
        assert!(
            run.stderr
                .contains("an object that backup-fetch did not write is in the way"),
            "{run}"
        );
        assert!(run.stderr.contains(&place.store.url(&key)), "{run}");
        assert_eq!(place.store.objects()[&key], b"of somebody else");
        assert!(place.store.uploads().is_empty());
    }
}

/// The store has done it, and nobody hears of it.
#[test]
fn an_answer_that_is_lost_is_no_failure_and_nothing_is_put_twice() {
    needs!(S3);
    for (action, name) in [
        ("PutObject", SMALL),
        ("UploadPart", LARGE),
        ("CompleteMultipartUpload", LARGE),
        ("PutObject", "SHA256SUMS"),
        ("PutObject", "manifest.json"),
    ] {
        let place = place();
        place.between.on(1, is(action, name), Does::CutReply(0));
        let run = place.run([]);
        assert_eq!(run.code, 0, "{action}: {run}");
        place.must_be_complete();
        assert_eq!(place.count("PutObject", SMALL), 1, "{action}");
    }
}

#[test]
fn what_the_store_has_must_be_as_long_as_what_was_sent() {
    needs!(S3);
    let place = place();
    let action = is("CompleteMultipartUpload", LARGE);
    let mut gate = place.between.hold(Moment::After, action);
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(LARGE);
    let mark = &place.store.metadata(&key)["backupfetch"];
    let headers = vec![
        "Last-Modified: Fri, 24 Jun 2022 17:31:03 GMT".to_owned(),
        format!("x-amz-meta-backupfetch: {mark}"),
    ];
    // Without a body it has no length.
    let empty = Does::AnswerWith(200, headers, String::new());
    place.between.on(1, is("HeadObject", LARGE), empty);
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 6, "{run}");
    assert!(
        run.stderr
            .contains("what the store has is not what was sent"),
        "{run}"
    );
    assert!(!place.store.keys().contains(&key), "it is removed again");
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}

#[test]
fn a_whole_file_of_which_the_store_says_the_md5_takes_one_request() {
    needs!(S3);
    let place = place();
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    let asked = place.between.seen();
    let key = Place::<S3>::key(SMALL);
    let asked: Vec<_> = asked.iter().filter(|seen| seen.key() == key).collect();
    let asked: Vec<_> = asked.iter().map(|seen| seen.action()).collect();
    assert_eq!(asked, ["PutObject"]);
}

#[test]
fn a_whole_file_of_which_the_store_says_another_checksum_is_looked_at() {
    needs!(S3);
    for e_tag in ["0cc175b9c0f1b6a831c399e269772661", "of-its-own"] {
        let place = place();
        let headers = vec![format!("ETag: \"{e_tag}\"")];
        let taken = Does::AnswerWith(200, headers, String::new());
        place.between.on(1, is("PutObject", SMALL), taken);
        let run = place.run([]);
        assert_eq!(run.code, 6, "{run}");
        assert!(run.stderr.contains("it is not there"), "{run}");
        let run = place.run([]);
        assert_eq!(run.code, 0, "{run}");
        place.must_be_complete();
    }
}

/// As a store does that makes an `ETag` in a way of its own.
#[test]
fn an_object_with_an_etag_that_nobody_expects_is_read_before_it_is_judged() {
    needs!(S3);
    let place = place();
    let action = is("CompleteMultipartUpload", LARGE);
    let mut gate = place.between.hold(Moment::After, action);
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(LARGE);
    let mark = &place.store.metadata(&key)["backupfetch"];
    let headers = vec![
        "Last-Modified: Fri, 24 Jun 2022 17:31:03 GMT".to_owned(),
        "ETag: \"of-its-own-3\"".to_owned(),
        format!("x-amz-meta-backupfetch: {mark}"),
    ];
    // Only its length is told.
    let body = " ".repeat(place.zoho.bytes_of(LARGE).len());
    let other = Does::AnswerWith(200, headers, body);
    place.between.on(1, is("HeadObject", LARGE), other);
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
    assert_eq!(place.count("DeleteObject", LARGE), 0);
}

fn goes_on_without_fetching(place: &Place) {
    let run = place.run(["--json", "--match", LARGE]);
    let summary = &run.events("summary")[0];
    assert_eq!(summary["fetched_bytes"], 0, "{run}");
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}

#[test]
fn an_upload_that_fails_is_aborted_and_the_file_is_not_fetched_again() {
    needs!(S3);
    let place = place();
    let refused = "<Error><Code>InvalidRequest</Code><Message>no</Message></Error>";
    place.between.on(
        1,
        is("UploadPart", LARGE),
        Does::Answer(400, refused.to_owned()),
    );
    let run = place.run([]);
    assert_eq!(run.code, 7, "{run}");
    assert!(place.store.uploads().is_empty());
    goes_on_without_fetching(&place);
    assert_eq!(place.count("CreateMultipartUpload", LARGE), 2);
}

#[test]
fn a_signal_aborts_the_upload_and_keeps_the_file() {
    needs!(S3);
    let place = place();
    let mut gate = place.between.hold(Moment::Before, is("UploadPart", LARGE));
    let running = place.spawn([]);
    gate.wait();
    let since = Instant::now();
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 143, "{run}");
    assert!(
        since.elapsed() < Duration::from_secs(4),
        "two seconds, and some for a busy machine"
    );
    assert!(place.store.uploads().is_empty());
    goes_on_without_fetching(&place);
}

/// A run that is killed when the store has two of three parts.
fn killed_before_the_last_part() -> Place {
    let place = place();
    let running = place.spawn(["--jobs", "1"]);
    let mut gate = place
        .between
        .hold(Moment::Before, |seen| seen.query.contains("partNumber=3"));
    let mut running = running;
    gate.wait();
    running.kill();
    running.wait();
    place
}

#[test]
fn an_upload_that_was_killed_goes_on_with_the_missing_parts() {
    needs!(S3);
    let place = killed_before_the_last_part();
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(place.count("CreateMultipartUpload", LARGE), 1);
    assert_eq!(place.count("UploadPart", LARGE), 4, "the third one twice");
    place.must_be_complete();
}

#[test]
fn an_upload_that_the_store_has_forgotten_begins_anew() {
    needs!(S3);
    let place = killed_before_the_last_part();
    let gone = "<Error><Code>NoSuchUpload</Code><Message>It does not exist.</Message></Error>";
    place.between.on(
        1,
        is("UploadPart", LARGE),
        Does::Answer(404, gone.to_owned()),
    );
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(place.count("CreateMultipartUpload", LARGE), 2);
    place.must_be_complete();
}

#[test]
fn an_upload_of_other_bytes_is_ended_and_not_gone_on_with() {
    needs!(S3);
    let place = killed_before_the_last_part();
    let run = place.run(["--store-option", "part_size=6MiB"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(place.count("AbortMultipartUpload", LARGE), 1);
    assert_eq!(place.count("CreateMultipartUpload", LARGE), 2);
    place.must_be_complete();
}

#[test]
fn an_upload_that_could_not_be_aborted_is_left_to_the_next_run() {
    needs!(S3);
    let place = place();
    let refused = "<Error><Code>InvalidRequest</Code><Message>no</Message></Error>";
    let refused = || Does::Answer(400, refused.to_owned());
    place.between.on(1, is("UploadPart", LARGE), refused());
    place
        .between
        .on(1, is("AbortMultipartUpload", LARGE), refused());
    let run = place.run([]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(place.store.uploads(), [Place::<S3>::key(LARGE)]);
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}
