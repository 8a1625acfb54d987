//! Whatever the history and the rules: the newest complete set of each organisation survives, what survives is whole, and nothing
//! else in the folder or outside is touched.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use proptest::prelude::*;

use super::sets::Sets;
use crate::support::run::files_under;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    Complete,
    Incomplete,
    Damaged,
    WithForeignFile,
    WithoutManifest,
    Linked,
    Renamed,
}

/// Organisation, day of saving, state.
pub(crate) type Saved = (u8, u32, State);

pub(crate) fn saved() -> impl Strategy<Value = Saved> {
    let state = prop_oneof![
        6 => Just(State::Complete),
        1 => Just(State::Incomplete),
        1 => Just(State::Damaged),
        1 => Just(State::WithForeignFile),
        1 => Just(State::WithoutManifest),
        1 => Just(State::Linked),
        1 => Just(State::Renamed),
    ];
    (1..3_u8, 0..800_u32, state)
}

pub(crate) fn rule() -> impl Strategy<Value = String> {
    let kinds = vec!["last", "daily", "weekly", "monthly", "yearly"];
    let counted = (proptest::sample::select(kinds), 1..4_u32);
    prop_oneof![
        4 => counted.prop_map(|(kind, count)| format!("--keep-{kind}={count}")),
        1 => (1..400_u32).prop_map(|days| format!("--keep-within={days}d")),
    ]
}

/// Every file below a folder with its content, links not followed.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files_under(folder).into_iter();
    let read = |name: String| {
        let content = fs::read(folder.join(&name)).ok()?;
        Some((name, content))
    };
    files.filter_map(read).collect()
}

pub(crate) fn make(sets: &Sets, index: usize, (org, day, state): Saved) -> String {
    let name = format!("{org}-{index}");
    let at = format!("{}T{:02}:00:00Z", date(day), index % 24);
    sets.add(&name, &at);
    let folder = sets.out().join(&name);
    match state {
        State::Complete => {}
        State::Incomplete => sets.change(&name, "\"complete\"", "\"incomplete\""),
        State::Damaged => fs::write(folder.join("Data_001.zip"), "cut").expect("it is ours"),
        State::WithForeignFile => fs::write(folder.join("mine"), "mine").expect("it is ours"),
        State::WithoutManifest => {
            fs::remove_file(folder.join("manifest.json")).expect("it is ours");
        }
        State::Linked => {
            let outside = sets.zoho.home().join("outside").join(&name);
            fs::rename(&folder, &outside).expect("it is ours");
            symlink(&outside, &folder).expect("it is ours");
        }
        State::Renamed => {
            fs::rename(&folder, sets.out().join(format!("{name}.mine"))).expect("it is ours");
            return format!("{name}.mine");
        }
    }
    name
}

fn date(day: u32) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day");
    let day = first + chrono::Days::new(day.into());
    day.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_newest_survives_and_nothing_else_is_touched(
        history in proptest::collection::vec(saved(), 1..12),
        rules in proptest::collection::vec(rule(), 1..3),
    ) {
        let sets = Sets::new();
        fs::create_dir(sets.zoho.home().join("outside")).expect("it is ours");
        let names: Vec<String> = history.iter().enumerate().map(|(index, saved)| make(&sets, index, *saved)).collect();
        let before = contents(sets.zoho.home());
        let run = sets.prune(&rules);
        prop_assert_eq!(run.code, 0, "{}", run);
        let mut after = contents(sets.zoho.home());
        after.remove("out/.backup-fetch.lock");
        let is_there = |name: &String| sets.out().join(name).exists();
        // What went were whole sets of ours, and nothing of what is left has changed.
        let mut left = before;
        for ((_, _, state), name) in history.iter().zip(&names) {
            if !is_there(name) {
                prop_assert_eq!(*state, State::Complete, "{}: {}", name, run);
                left.retain(|path, _| !path.starts_with(&format!("out/{name}/")));
            }
        }
        prop_assert_eq!(after, left, "{}", run);
        for org in [1, 2] {
            let complete = history.iter().zip(&names).enumerate().filter(|(_, ((of, _, state), _))| {
                *of == org && matches!(state, State::Complete | State::WithForeignFile)
            });
            let newest = complete.max_by_key(|(index, ((_, day, _), _))| (*day, index % 24, *index));
            if let Some((_, (_, name))) = newest {
                prop_assert!(is_there(name), "{}: {}", name, run);
            }
        }
    }
}
