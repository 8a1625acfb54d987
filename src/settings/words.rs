//! What the parser of TOML says, in the words of the configuration: it speaks of the types of a programming language, and
//! quotes values, which may be secrets.

use crate::cli::ValueError;
use crate::problem::Problem;

const README: &str = "see the configuration in the README";

/// What serde passes on: what is wrong with the value of a key or a variable.
pub(super) fn refused(message: &str, key: &str) -> Problem {
    match ValueError::passed_on(message) {
        Some(refused) => refused.of_key(key),
        None => complaint(message, Some(key)),
    }
}

/// What is wrong, after the key whose value it is about. Nothing else of the text is quoted.
pub(super) fn complaint(message: &str, key: Option<&str>) -> Problem {
    // The first line names the thing; what follows would quote the file, secrets included.
    let message = message.lines().next().unwrap_or_default();
    let what = plain(message);
    // Where the syntax is broken, what looks like a key may be a secret with its quotes amiss.
    let key = key.filter(|key| !key.is_empty() && what.starts_with("it must be"));
    let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let hint = match (message.starts_with("unknown field "), quoted.next()) {
        (true, Some(wrong)) => nearest(wrong, &quoted.collect::<Vec<_>>()),
        _ => README.to_owned(),
    };
    Problem::configuration(format!("{key}{what}"), hint)
}

/// The right key that is nearest to a wrong one.
pub(super) fn nearest(wrong: &str, right: &[&str]) -> String {
    let best = right
        .iter()
        .map(|key| (strsim::damerau_levenshtein(wrong, key), key))
        .min()
        .filter(|(distance, key)| *distance <= 1 + key.len() / 3);
    match best {
        Some((_, key)) => format!("did you mean `{key}`?"),
        None => format!("known keys: {}", right.join(", ")),
    }
}

/// The key of the value that begins here.
pub(super) fn key_before(text: &str, place: usize) -> Option<&str> {
    let line = text.get(..place)?.rsplit('\n').next()?;
    let before = line.trim_end().strip_suffix('=')?.trim_end();
    let is_of_key = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let key = &before[before.trim_end_matches(is_of_key).len()..];
    (!key.is_empty()).then_some(key)
}

fn plain(message: &str) -> String {
    let (head, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    if let Some(found) = head.strip_prefix("invalid type: ") {
        let found = found
            .split(['`', '"'])
            .next()
            .unwrap_or_default()
            .trim_end();
        return format!("it must be {}, not {}", wanted(expected), given(found));
    }
    if head.starts_with("invalid value: ") || head.starts_with("invalid length") {
        return format!("it must be {}", wanted(expected));
    }
    if let Some((before, _)) = message.split_once(", expected")
        && let Some(key) = before.strip_prefix("unknown field ")
    {
        return format!("unknown key {key}");
    }
    match head.strip_prefix("missing field ") {
        Some(key) => format!("the key {key} is missing"),
        None => message.to_owned(),
    }
}

/// What a value must be.
fn wanted(expected: &str) -> String {
    match expected {
        "a string" | "path string" => "a string in quotes".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u32" => "a whole number from 0 to 4294967295".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "a map" => "a table".into(),
        own if own.starts_with("struct ") => "a table".into(),
        own => own.replace("a string", "a string in quotes"),
    }
}

/// What a value is instead.
fn given(found: &str) -> &str {
    match found {
        "integer" | "floating point" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "a table",
        "datetime" => "a date",
        other => other,
    }
}
