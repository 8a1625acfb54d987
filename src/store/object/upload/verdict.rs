//! What an object is that stands where an upload has put one, or is about to.

use crate::exit::Exit;
use crate::problem::Problem;
use crate::store::StorageError;
use crate::store::object::bucket::Object;
use crate::store::object::mark::Mark;
use crate::untrusted::printable;

/// What the store answered when it had made an object.
pub(super) struct Made {
    pub(super) e_tag: Option<String>,
    /// What the `ETag` must be, where it is a checksum.
    pub(super) expected: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    AsSent,
    /// This run has put it there, and it is something else.
    NotAsSent(String),
    OfAnotherRun,
    Foreign,
}

impl Verdict {
    /// `mark`: what it is to be. `made`: what this run has made of it.
    pub(super) fn of(found: &Object, mark: &Mark, made: Option<&Made>) -> Verdict {
        let theirs = found.mark.as_deref().and_then(Mark::parse);
        let same = |one: &Option<String>, other: &Option<String>| {
            let [one, other] = [one, other].map(|e_tag| e_tag.as_deref().map(bare));
            one.is_some() && one == other
        };
        let is_ours = match &theirs {
            Some(theirs) => theirs.is_same_content(mark),
            // There are stores that keep no metadata.
            None => made.is_some_and(|made| same(&made.e_tag, &found.known.e_tag)),
        };
        if !is_ours {
            return match theirs {
                Some(_) => Verdict::OfAnotherRun,
                None => Verdict::Foreign,
            };
        }
        let expected = made.and_then(|made| made.expected.as_deref());
        match (fault(mark, found, expected), made) {
            (None, _) => Verdict::AsSent,
            (Some(why), Some(_)) => Verdict::NotAsSent(why),
            (Some(_), None) => Verdict::OfAnotherRun,
        }
    }

    /// `address`: of the object.
    pub(super) fn error(&self, address: &str) -> StorageError {
        match self {
            Verdict::AsSent | Verdict::OfAnotherRun => disturbed(address),
            Verdict::NotAsSent(why) => not_as_sent(address, why),
            Verdict::Foreign => in_the_way(address),
        }
    }
}

/// What is wrong with an object of ours.
fn fault(mark: &Mark, found: &Object, expected: Option<&str>) -> Option<String> {
    if found.size != mark.size {
        return Some(format!("{} bytes of {}", found.size, mark.size));
    }
    let told = found.known.e_tag.as_deref().map(bare);
    match (expected, told) {
        (Some(expected), Some(told)) if expected != told => {
            Some(format!("its ETag is {}, not {expected}", printable(told)))
        }
        _ => None,
    }
}

/// An `ETag` without its quotes.
fn bare(e_tag: &str) -> &str {
    e_tag.trim_matches('"')
}

fn in_the_way(address: &str) -> StorageError {
    let message = format!("{address}: an object that backup-fetch did not write is in the way");
    let hint = "check what it is, and move it to another key; then run again";
    StorageError::InTheWay(Problem::new(Exit::Storage, "in_the_way", message).hint(hint))
}

fn disturbed(address: &str) -> StorageError {
    let message = format!("{address}: another run has put another version of the file there");
    let hint = "let only one run at a time use this place; then run the same command again: verified files are kept";
    StorageError::Disturbed(Problem::new(Exit::Locked, "folder_disturbed", message).hint(hint))
}

fn not_as_sent(address: &str, why: &str) -> StorageError {
    let message = format!("{address}: what the store has is not what was sent: {why}");
    let hint =
        "run again; if it happens again, the store or something before it changes what it is given";
    StorageError::Other(Problem::new(Exit::Integrity, "not_as_sent", message).hint(hint))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::store::object::bucket::Known;

    fn made() -> Made {
        Made {
            e_tag: Some("\"abc-2\"".to_owned()),
            expected: Some("abc-2".to_owned()),
        }
    }

    fn object(mark: Option<&Mark>, size: u64, e_tag: &str) -> Object {
        Object {
            key: "prefix/Data_001.zip".to_owned(),
            size,
            modified: DateTime::UNIX_EPOCH,
            known: Known {
                e_tag: Some(e_tag.to_owned()),
                version: None,
            },
            mark: mark.map(Mark::to_text),
            asked: None,
        }
    }

    #[test]
    fn what_this_run_has_put_there_is_as_sent_by_its_length_and_its_checksum() {
        let mark = Mark::new("set", 7, &"ab".repeat(32));
        let verdict = |size, e_tag| {
            let found = object(Some(&mark), size, e_tag);
            Verdict::of(&found, &mark, Some(&made()))
        };
        assert_eq!(verdict(7, "\"abc-2\""), Verdict::AsSent);
        assert_eq!(
            verdict(6, "abc-2"),
            Verdict::NotAsSent("6 bytes of 7".to_owned())
        );
        let other = "its ETag is abd-2, not abc-2".to_owned();
        assert_eq!(verdict(7, "\"abd-2\""), Verdict::NotAsSent(other));
    }

    #[test]
    fn what_was_there_before_is_told_by_its_mark_alone() {
        let (mark, other) = (
            Mark::new("set", 7, &"ab".repeat(32)),
            Mark::new("set", 7, &"cd".repeat(32)),
        );
        let verdict =
            |theirs: Option<&Mark>, size| Verdict::of(&object(theirs, size, "abc-2"), &mark, None);
        assert_eq!(verdict(Some(&mark), 7), Verdict::AsSent);
        assert_eq!(verdict(Some(&mark), 6), Verdict::OfAnotherRun);
        assert_eq!(verdict(Some(&other), 7), Verdict::OfAnotherRun);
        assert_eq!(verdict(None, 7), Verdict::Foreign);
    }

    #[test]
    fn a_store_that_keeps_no_marks_shows_ours_by_its_etag() {
        let mark = Mark::new("set", 7, &"ab".repeat(32));
        let verdict = |e_tag| Verdict::of(&object(None, 7, e_tag), &mark, Some(&made()));
        assert_eq!(verdict("abc-2"), Verdict::AsSent);
        assert_eq!(verdict("of-somebody-else"), Verdict::Foreign);
    }
}
