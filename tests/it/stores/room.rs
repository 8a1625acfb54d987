//! How much waits on this machine, and for what.

use std::time::Duration;

use crate::support::faults::Fault;
use crate::support::run::wait_until;
use crate::support::stores::{Moment, S3, Seen, Store};
use crate::support::tools::needs;

use super::place::{LARGE, Place, SMALL, is};

fn place() -> Place {
    Place::at(S3::start())
}

#[test]
fn the_next_file_is_fetched_verified_and_uploaded_while_one_is_on_its_way() {
    needs!(S3);
    let place = place();
    let mut gate = place.between.hold(Moment::Before, is("UploadPart", LARGE));
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(SMALL);
    wait_until("the other one is there", || {
        place.store.keys().contains(&key)
    });
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    place.must_be_complete();
}

#[test]
fn a_corrupt_file_that_is_kept_beside_the_others_holds_none_of_them_up() {
    needs!(S3);
    let place = place();
    let mut corrupt = place.zoho.bytes_of(LARGE);
    corrupt[5 << 20] ^= 1;
    place.zoho.store(LARGE, corrupt);
    // It comes when the other one has been found corrupt twice.
    place
        .zoho
        .fault_for(SMALL, Fault::Delay(Duration::from_secs(1)));
    let is_aside = |seen: &Seen| seen.action() == "UploadPart" && seen.key().ends_with(".corrupt");
    let mut gate = place.between.hold(Moment::Before, is_aside);
    let running = place.spawn([]);
    gate.wait();
    let key = Place::<S3>::key(SMALL);
    wait_until("the sound one is there", || {
        place.store.keys().contains(&key)
    });
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 6, "{run}");
    assert!(place.staged().is_empty(), "{:?}", place.staged());
}
