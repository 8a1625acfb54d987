//! The store does not do what it should, or the disk on which files wait is full: the run ends in time and says why, and what was
//! fetched is fetched no more.

use std::time::{Duration, Instant};

use super::place::{LARGE, Place, SMALL, is};
use crate::support::mount::Mount;
use crate::support::run::files_under;
use crate::support::stores::{Does, Moment, S3, Seen, Store};
use crate::support::tools::needs;

/// Without a limit it would be a minute or more; a busy machine included.
const SOON: Duration = Duration::from_secs(30);

const DENIED: &str = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
const BUSY: &str = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";

fn place() -> Place {
    Place::at(S3::start())
}

/// The large file is whole on this machine.
fn goes_on_without_fetching(place: &Place) {
    assert!(place.store.uploads().is_empty());
    let run = place.run(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
    assert_eq!(run.events("summary")[0]["fetched_bytes"], 0, "{run}");
}

#[test]
fn a_store_that_is_busy_or_breaks_off_for_a_while_is_tried_again() {
    needs!(S3);
    let place = place();
    for (action, name) in [
        ("PutObject", SMALL),
        ("CreateMultipartUpload", LARGE),
        ("UploadPart", LARGE),
        ("CompleteMultipartUpload", LARGE),
        ("PutObject", "manifest.json"),
    ] {
        let busy = Does::Answer(503, BUSY.to_owned());
        place.between.on(3, is(action, name), busy);
    }
    for (action, name) in [("UploadPart", LARGE), ("PutObject", SMALL)] {
        place
            .between
            .on(1, is(action, name), Does::CutRequest(1000));
    }
    let run = place.run([]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}

#[test]
fn a_store_that_stays_busy_or_denies_ends_the_run_and_nothing_is_fetched_twice() {
    needs!(S3);
    for (status, answer, tries, words) in [
        (503, BUSY, 4, "the store asks for fewer requests"),
        (403, DENIED, 1, "no permission (s3:PutObject)"),
    ] {
        let place = place();
        let last = |seen: &Seen| seen.query.contains("partNumber=3");
        let refused = Does::Answer(status, answer.to_owned());
        place.between.on(tries, last, refused);
        let began = Instant::now();
        let run = place.run(["--retries", "3"]);
        assert_eq!(run.code, 7, "{run}");
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        let at = place.store.url(&Place::<S3>::key(LARGE));
        assert!(
            run.stderr.contains(&at) && run.stderr.contains(words),
            "{run}"
        );
        goes_on_without_fetching(&place);
    }
}

/// It takes what is asked, and says nothing.
#[test]
fn a_store_that_hangs_is_left_in_time() {
    needs!(S3);
    let place = place();
    let gates = [(); 3].map(|()| {
        let is_part = is("UploadPart", LARGE);
        place.between.hold(Moment::Before, is_part)
    });
    let began = Instant::now();
    let run = place.run(["--retries", "0", "--stall-timeout", "1s"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    drop(gates);
    goes_on_without_fetching(&place);
}

#[test]
fn a_signal_is_heard_whatever_the_store_does_not_answer() {
    needs!(S3);
    for (action, name) in [
        ("PutObject", ".backup-fetch.lock"),
        ("ListObjectsV2", ""),
        ("HeadObject", LARGE),
        ("UploadPart", LARGE),
        ("PutObject", "manifest.json"),
    ] {
        let place = place();
        let is_it = move |seen: &Seen| seen.action() == action && seen.key().ends_with(name);
        let mut gate = place.between.hold(Moment::Before, is_it);
        // Nor does it end an upload.
        let _ending = place
            .between
            .hold(Moment::Before, is("AbortMultipartUpload", LARGE));
        let running = place.spawn([]);
        gate.wait();
        let since = Instant::now();
        running.signal("INT");
        let run = running.wait();
        assert_eq!(run.code, 130, "{action} {name}: {run}");
        assert!(
            since.elapsed() < SOON,
            "{action} {name}: {:?}",
            since.elapsed()
        );
    }
}

#[test]
fn a_full_staging_disk_is_named_and_with_room_the_next_run_comes_through() {
    needs!(S3, Mount);
    let place = place();
    let disk = Mount::new(&place.zoho, "size=8m");
    let run = place.run(["--staging", "out"]);
    assert_eq!(run.code, 7, "{run}");
    let out = place.zoho.home().join("out").display().to_string();
    assert!(
        run.stderr.contains(&out) && run.stderr.contains("--staging"),
        "{run}"
    );
    disk.set("remount,size=30m");
    let run = place.run(["--staging", "out"]);
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
    assert!(files_under(&place.zoho.home().join("out")).is_empty());
}
