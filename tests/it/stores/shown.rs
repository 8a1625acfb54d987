//! What a person, or a script, sees of an upload.

use crate::support::run::wait_until;
use crate::support::stores::{Gate, Moment, S3, Seen, Store};
use crate::support::tools::needs;

use super::place::{LARGE, Place};

/// A store in which the last of three parts does not arrive before the gate opens.
fn held() -> (Place, Gate) {
    let place = Place::at(S3::start());
    let last = |seen: &Seen| seen.query.contains("partNumber=3");
    let gate = place.between.hold(Moment::Before, last);
    (place, gate)
}

#[test]
fn json_tells_how_far_an_upload_is_and_of_the_file_when_it_is_there() {
    needs!(S3);
    let (place, mut gate) = held();
    let running = place.spawn(["--json", "--only", "data"]);
    gate.wait();
    let told = |event: &str| {
        let event = format!("{{\"event\":\"{event}\"");
        running.stdout_so_far().contains(&event)
    };
    wait_until("the upload is told of", || told("upload"));
    assert!(!told("file_done"), "it is not there yet");
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    let size = place.zoho.bytes_of(LARGE).len();
    let uploads = run.events("upload");
    let upload = uploads.last().expect("it was told of");
    assert_eq!(upload["name"], LARGE, "{run}");
    assert_eq!(upload["size"], size, "{run}");
    assert_eq!(upload["bytes"], 10 << 20, "two parts: {run}");
    let progress = run.events("progress");
    let fetched = progress.iter().find(|it| it["bytes"] == size);
    let fetched = fetched.expect("it was told of");
    assert_eq!(fetched["seconds_left"], serde_json::Value::Null, "{run}");
    assert_eq!(run.events("file_done").len(), 1, "{run}");
}

#[test]
fn the_bar_of_a_file_that_is_uploaded_goes_on_as_that() {
    needs!(S3);
    let (place, mut gate) = held();
    let cli = place.zoho.cli().through(&place.between);
    let out = place.store.url("backups");
    let mut screen = cli.on_terminal([
        "download",
        "--out",
        &out,
        "--only",
        "data",
        "--store-option",
        "part_size=5MiB",
    ]);
    gate.wait();
    screen.wait_for("90%   10.5 MB    uploading");
    // The total counts what is in the store.
    screen.wait_for("90%   10.5 MB of   11.5 MB");
    assert!(!screen.shown().contains("100%"), "{}", screen.shown());
    gate.open();
    let run = screen.end();
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn the_line_of_a_finished_file_comes_when_it_is_in_the_store() {
    needs!(S3);
    let (place, mut gate) = held();
    let running = place.spawn(["-v", "--progress", "plain", "--only", "data"]);
    gate.wait();
    let uploading = format!("{LARGE}: verified, uploading");
    let done = format!("{LARGE}: verified, 11.5 MB in ");
    wait_until("it says so", || {
        running.stderr_so_far().contains(&uploading)
    });
    assert!(!running.stderr_so_far().contains(&done));
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains(&done), "{run}");
}
