//! Stores that can't write only where nothing is, or only what has not changed: what another writer has put there is looked for
//! before each write, and after it.

use super::place::{Place, SMALL, is};
use crate::support::run::Run;
use crate::support::stores::{Does, Moment, Moto, S3, Seen, Store};
use crate::support::tools::needs;

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
