//! Which files a sample reads: those that were read longest ago, so that in time everything is read. And how far round it is.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::cli::Percent;
use crate::store::Location;
use crate::store::readings::Readings;

use super::subject::Subject;

/// A file and when it was last read.
struct Candidate<'a> {
    path: &'a Location,
    size: u64,
    last: Option<DateTime<Utc>>,
}

/// How much of what is there was ever read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) read: u64,
    pub(super) bytes: u64,
    /// The oldest of the readings that count.
    pub(super) since: Option<DateTime<Utc>>,
}

/// The files to read, each as it is displayed.
pub(super) fn choose(share: Percent, subjects: &[Subject], readings: &Readings) -> HashSet<String> {
    let mut candidates = candidates(subjects, readings);
    // Never read comes before all others.
    candidates.sort_by_key(|file| (file.last, Reverse(file.size)));
    let all: u64 = candidates.iter().map(|file| file.size).sum();
    let wanted = share.of(all);
    let mut read = 0;
    let mut chosen = HashSet::new();
    for file in candidates {
        if read >= wanted && !chosen.is_empty() {
            break;
        }
        read += file.size;
        chosen.insert(file.path.to_string());
    }
    chosen
}

/// How far round it is now.
pub(super) fn standing(subjects: &[Subject], readings: &Readings) -> Standing {
    let candidates = candidates(subjects, readings);
    let read = || candidates.iter().filter(|file| file.last.is_some());
    Standing {
        read: read().map(|file| file.size).sum(),
        bytes: candidates.iter().map(|file| file.size).sum(),
        since: read().filter_map(|file| file.last).min(),
    }
}

/// Every file that a manifest vouches for. A reading by a clock that ran ahead is none, or the file would wait until then.
fn candidates<'a>(subjects: &'a [Subject], readings: &Readings) -> Vec<Candidate<'a>> {
    let now = Utc::now();
    let mut candidates = Vec::new();
    for subject in subjects {
        let known = readings.of(&subject.path);
        for file in &subject.files {
            let digest = file.entry.as_ref().and_then(|entry| entry.sha256.as_ref());
            candidates.extend(digest.map(|digest| Candidate {
                path: &file.path,
                size: file.size,
                last: known.last(digest).filter(|last| *last <= now),
            }));
        }
    }
    candidates
}

/// `10.3%`, never more than it is.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(whole));
    let tenths = tenths.unwrap_or(1000);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole}%"),
        (whole, tenths) => format!("{whole}.{tenths}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_told_larger_than_it_is() {
        assert_eq!(percent(103, 1000), "10.3%");
        assert_eq!(percent(999_999, 1_000_000), "99.9%");
        assert_eq!(percent(1, 1), "100%");
        assert_eq!(percent(0, 0), "100%");
    }
}
