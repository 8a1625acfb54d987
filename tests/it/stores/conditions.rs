//! Stores that can't write only where nothing is, or only what has not changed: what another writer has put there is looked for
//! before each write, and after it.

use super::place::{Place, SMALL, is};
use crate::support::bytes::small_zip;
use crate::support::run::Run;
use crate::support::stores::{Azurite, Between, Does, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;
use crate::support::zoho::Zoho;

const CONDITIONS: [&str; 2] = ["if-match", "if-none-match"];

/// It refuses to write on a condition.
fn refuses() -> Place<S3> {
    let place = Place::at(S3::start());
    let is_conditional = |seen: &Seen| {
        let has = |name| seen.header(name).is_some();
        seen.action() != "GetObject" && CONDITIONS.into_iter().any(has)
    };
    let refused = "<Error><Code>NotImplemented</Code></Error>".to_owned();
    let refused = Does::Answer(501, refused);
    place.between.on(usize::MAX, is_conditional, refused);
    place
}

/// It takes no notice of one.
fn ignores() -> Place<Moto> {
    let place = Place::at(Moto::start());
    for header in CONDITIONS {
        let has = move |seen: &Seen| seen.header(header).is_some();
        place.between.on(usize::MAX, has, Does::Without(header));
    }
    place
}

fn is_saved_and_grows<S: Store>(place: &Place<S>) {
    for run in [place.run(["--only", "attachments"]), place.run([])] {
        assert_eq!(run.code, 0, "{run}");
    }
    place.must_be_complete();
}

#[test]
fn a_set_is_saved_there_and_grows_there_all_the_same() {
    needs!(S3, Moto);
    is_saved_and_grows(&refuses());
    is_saved_and_grows(&ignores());
    // Nobody has found out before the first file.
    let place = refuses();
    let run = place.run(["--lock", "none"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(place.store.keys().len(), 4);
}

/// Somebody else writes while the first such request about the object is held.
fn while_held<S: Store>(
    place: &Place<S>,
    moment: Moment,
    action: &'static str,
    name: &'static str,
) -> Run {
    let mut gate = place.between.hold(moment, is(action, name));
    let running = place.spawn([]);
    gate.wait();
    place
        .store
        .write(&Place::<S>::key(name), b"of somebody else");
    gate.open();
    running.wait()
}

fn replaces_nothing<S: Store>(start: impl Fn() -> Place<S>) {
    for (moment, action, name, code) in [
        (Moment::Before, "HeadObject", SMALL, 7),
        (Moment::After, "PutObject", SMALL, 7),
        (Moment::Before, "HeadObject", "manifest.json", 8),
        (Moment::After, "PutObject", "manifest.json", 8),
    ] {
        let place = start();
        let run = while_held(&place, moment, action, name);
        assert_eq!(run.code, code, "{action} {name}: {run}");
        let there = &place.store.objects()[&Place::<S>::key(name)];
        assert_eq!(there, b"of somebody else", "{action} {name}: {run}");
    }
}

#[test]
fn what_somebody_else_writes_there_meanwhile_stays() {
    needs!(S3, Moto);
    replaces_nothing(ignores);
    replaces_nothing(refuses);
}

/// Its file is encrypted, and kept aside.
fn keeps_aside<S: Store>(store: S) -> Place<S> {
    let mut zip = small_zip(1, 3000);
    let header = |zip: &[u8], magic: &[u8]| zip.windows(4).position(|it| it == magic);
    let directory = header(&zip, b"PK\x01\x02").expect("it has one");
    zip[6] |= 1;
    zip[directory + 8] |= 1;
    let between = Between::start(&store);
    let place = Place {
        zoho: Zoho::start().with_file(SMALL, zip),
        store,
        between,
    };
    let run = place.run([]);
    assert_eq!(run.code, 6, "{run}");
    place
}

#[test]
fn what_was_kept_aside_is_accepted_by_a_copy_that_replaces_nothing() {
    needs!(S3, Azurite);
    let place = keeps_aside(S3::start());
    let refused = "<Error><Code>NotImplemented</Code></Error>".to_owned();
    let is_copy =
        |seen: &Seen| seen.action() == "CopyObject" && seen.header("if-none-match") == Some("*");
    place.between.on(1, is_copy, Does::Answer(501, refused));
    let run = place.run(["--allow-unverified"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(place.count("CopyObject", SMALL), 2);

    // An answer that is lost is no failure.
    for does in [Does::CutRequest(0), Does::CutReply(0)] {
        let place = keeps_aside(S3::start());
        place.between.on(1, is("CopyObject", SMALL), does);
        let run = place.run(["--allow-unverified"]);
        assert_eq!(run.code, 0, "{run}");
    }

    let place = keeps_aside(Azurite::start());
    let mut gate = place.between.hold(Moment::Before, is("CopyBlob", SMALL));
    let running = place.spawn(["--allow-unverified"]);
    gate.wait();
    let key = Place::<Azurite>::key(SMALL);
    place.store.write(&key, b"of somebody else");
    gate.open();
    let run = running.wait();
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(place.store.objects()[&key], b"of somebody else");
}
