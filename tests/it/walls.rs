//! The walls of the house: who may name what, and who may import whom (`src/lib.rs` has the order). What is compiled for tests
//! only is free.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use source::{File, Name, SOURCE};

const LIB: &str = include_str!("../../src/lib.rs");

/// What only some may name: the words that a path begins or a macro is called with, where that may be, and the rule.
struct Wall {
    words: &'static [&'static str],
    inside: &'static [&'static str],
    rule: &'static str,
}

const WALLS: [Wall; 6] = [
    Wall {
        words: &["reqwest", "hyper"],
        inside: &["http/"],
        rule: "only http knows the HTTP library",
    },
    Wall {
        words: &["object_store"],
        inside: &["store/object/"],
        rule: "only store/object knows the library of object stores",
    },
    Wall {
        words: &["clap", "clap_complete", "clap_mangen"],
        inside: &["cli/", "lib.rs"],
        rule: "only cli knows clap",
    },
    Wall {
        words: &[
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "indicatif",
            "console",
            "anstream",
        ],
        inside: &["output/"],
        rule: "only output prints",
    },
    Wall {
        words: &[
            "std::os",
            "rustix",
            "tokio::signal",
            "winapi_util",
            "fs4",
            "getrandom",
        ],
        inside: &["store/sys/"],
        rule: "only store/sys knows the operating system",
    },
    Wall {
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        inside: &["cli/", "settings/"],
        rule: "only cli and settings read the environment",
    },
];

/// Whether a path begins with these words, or ends with those of a function of `std`.
fn names(name: &Name, word: &str) -> bool {
    let path = name.parts.join("::");
    let begins = path == word || path.starts_with(&format!("{word}::"));
    begins || path == format!("std::{word}")
}

fn fail(mut found: Vec<String>) {
    found.dedup();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn each_wall_holds() {
    let mut found = Vec::new();
    for wall in &WALLS {
        let mut inside = 0;
        for file in &SOURCE.files {
            let is_inside = wall.inside.iter().any(|path| file.path.starts_with(path));
            for name in &file.names {
                if !wall.words.iter().any(|word| names(name, word)) {
                    continue;
                }
                if is_inside {
                    inside += 1;
                } else {
                    let (path, line, what) = (&file.path, name.line, name.parts.join("::"));
                    found.push(format!("src/{path}:{line}: {what}: {}", wall.rule));
                }
            }
        }
        assert!(inside > 0, "nobody needs this wall: {}", wall.rule);
    }
    fail(found);
}

/// The place of each room in the order of `lib.rs`, the topmost first. Of rooms in one place none imports another.
fn order() -> BTreeMap<String, usize> {
    let lines: String = LIB
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let (_, order) = lines
        .split_once("Imports run one way: `")
        .expect("an order");
    let (order, _) = order.split_once('`').expect("its end");
    let mut places = BTreeMap::new();
    for (place, rooms) in order.split('>').enumerate() {
        for room in rooms.split(',') {
            places.insert(room.trim().replace("::", "/"), place);
        }
    }
    places
}

/// Each import of another file: who, the line, whom.
fn imports() -> Vec<(&'static File, usize, &'static File)> {
    let mut imports = Vec::new();
    for file in &SOURCE.files {
        // What a front page hands on counts for who takes it from there.
        let own = file.names.iter().filter(|name| name.handed_on.is_none());
        for name in own {
            if let Some(to) = SOURCE.target(file, name) {
                imports.push((file, name.line, to));
            }
        }
    }
    imports
}

/// The innermost room of the order in which a file is. `lib.rs` is above all of them, and so is the door for fuzzing.
fn room<'a>(order: &'a BTreeMap<String, usize>, file: &File) -> Option<(&'a str, usize)> {
    let is_in = |room: &str| {
        let rest = file.path.strip_prefix(room);
        rest.is_some_and(|rest| rest.starts_with(['/', '.']))
    };
    let rooms = order.iter().filter(|(room, _)| is_in(room));
    let innermost = rooms.max_by_key(|(room, _)| room.len())?;
    Some((innermost.0, *innermost.1))
}

#[test]
fn imports_run_down_the_order() {
    let order = order();
    let mut found = Vec::new();
    for file in &SOURCE.files {
        let is_above = ["lib.rs", "fuzz.rs"].contains(&file.path.as_str());
        if !is_above && room(&order, file).is_none() {
            let path = &file.path;
            found.push(format!("src/{path}: not in the order of lib.rs"));
        }
    }
    for (from, line, to) in imports() {
        let (Some(above), Some(below)) = (room(&order, from), room(&order, to)) else {
            continue;
        };
        if above.0 != below.0 && above.1 >= below.1 {
            let (path, above, below) = (&from.path, above.0, below.0);
            found.push(format!(
                "src/{path}:{line}: {above} imports {below}, which is not below it"
            ));
        }
    }
    fail(found);
}

#[test]
fn no_imports_run_in_a_circle() {
    let mut ways: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (from, line, to) in imports() {
        let to = ways.entry(&from.path).or_default().entry(&to.path);
        to.or_insert(line);
    }
    let mut found = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for start in ways.keys() {
        if let Some(circle) = circle(&ways, start)
            && !seen.contains(start)
        {
            seen.extend(circle.iter().copied());
            let mut text = String::from("a circle:");
            for (from, to) in circle.iter().zip(circle.iter().cycle().skip(1)) {
                let line = ways[from][to];
                let _ = write!(text, "\n  src/{from}:{line}: {to}");
            }
            found.push(text);
        }
    }
    fail(found);
}

/// The shortest way from a file back to itself.
fn circle<'a>(
    ways: &BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    start: &'a str,
) -> Option<Vec<&'a str>> {
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = vec![start];
    while !next.is_empty() {
        let mut further = Vec::new();
        for path in next {
            for to in ways.get(path).into_iter().flat_map(BTreeMap::keys) {
                if from.contains_key(to) {
                    continue;
                }
                from.insert(to, path);
                further.push(*to);
            }
        }
        if from.contains_key(start) {
            break;
        }
        next = further;
    }
    let mut circle = vec![*from.get(start)?];
    while circle[0] != start {
        circle.insert(0, from[circle[0]]);
    }
    Some(circle)
}
