//! What an object of ours carries about itself: by it a later run knows what a run that was killed had uploaded, and takes it
//! over into its manifest without fetching it again.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::integrity::digest::is_digest;
use crate::store::manifest::{Entry, FileState};

/// Raised when a reader of this version could misread it.
const SCHEMA: u32 = 1;

/// S3 takes 2 KB of metadata in all, names included.
const LARGEST: usize = 1500;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    schema: u32,
    /// Name of the set.
    pub(crate) set: String,
    /// When its links expire: another making of the same job has another date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expiry: Option<String>,
    pub(crate) size: u64,
    /// Of all of the object, in lower-case hexadecimal.
    pub(crate) sha256: String,
    /// How many entries the zip has.
    pub(crate) entries: u64,
    /// `ETag` of the version that was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// `Last-Modified` of the version that was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
    /// What is odd about the verified file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    /// Why not all of it could be tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) untested: Option<String>,
    /// Not all that there is to say had room here: only reading the file again tells.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_cut: bool,
}

impl Mark {
    pub(crate) fn new(set: &str, size: u64, sha256: &str) -> Mark {
        Mark {
            schema: SCHEMA,
            set: set.to_owned(),
            expiry: None,
            size,
            sha256: sha256.to_owned(),
            entries: 0,
            etag: None,
            last_modified: None,
            warnings: Vec::new(),
            untested: None,
            is_cut: false,
        }
    }

    /// Of a file of a set, as the manifest is going to have it.
    pub(crate) fn of(set: &str, expiry: Option<&str>, entry: &Entry) -> Mark {
        let size = entry.size.unwrap_or_default();
        Mark {
            expiry: expiry.map(str::to_owned),
            entries: entry.entries.unwrap_or_default(),
            etag: entry.etag.clone(),
            last_modified: entry.last_modified.clone(),
            warnings: entry.warnings.clone(),
            untested: entry.reason.clone(),
            ..Mark::new(set, size, entry.sha256.as_deref().unwrap_or_default())
        }
    }

    /// What the manifest says of the object, which was put there `at` that time.
    pub(crate) fn note_in(self, entry: &mut Entry, at: DateTime<Utc>) {
        entry.accepted = self.untested.is_some();
        entry.state = match &self.untested {
            None => FileState::Verified,
            Some(_) => FileState::Unverified,
        };
        entry.reason = self.untested;
        entry.repeated = false;
        entry.size = Some(self.size);
        entry.sha256 = Some(self.sha256);
        entry.entries = Some(self.entries);
        entry.etag = self.etag;
        entry.last_modified = self.last_modified;
        entry.warnings = self.warnings;
        match entry.state {
            FileState::Verified => entry.note_verified_before(at),
            _ => entry.forget_verified(),
        }
    }

    /// As ASCII, for the value of a header; shortened where it would be too long for one.
    pub(crate) fn to_text(&self) -> String {
        let whole = ascii_json(self);
        if whole.len() <= LARGEST {
            return whole;
        }
        let mut cut = Mark {
            warnings: Vec::new(),
            untested: self.untested.as_ref().map(|_| String::new()),
            is_cut: true,
            ..self.clone()
        };
        let text = ascii_json(&cut);
        if text.len() <= LARGEST {
            return text;
        }
        cut.etag = None;
        cut.last_modified = None;
        ascii_json(&cut)
    }

    /// Nothing: it is none of ours, or damaged, or of a later version.
    pub(crate) fn parse(text: &str) -> Option<Mark> {
        let mark: Mark = serde_json::from_str(text).ok()?;
        (mark.schema <= SCHEMA && is_digest(&mark.sha256)).then_some(mark)
    }

    /// Whether both are of the same bytes.
    pub(crate) fn is_same_content(&self, other: &Mark) -> bool {
        self.size == other.size && self.sha256 == other.sha256
    }
}

fn ascii_json(mark: &Mark) -> String {
    let json = serde_json::to_string(mark).unwrap_or_default();
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && character != '\x7f' {
            text.push(character);
            continue;
        }
        // Outside of a string JSON has nothing but ASCII, and inside it these say the same.
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        Mark {
            entries: 3,
            etag: Some("\"v1\"".to_owned()),
            last_modified: Some("Fri, 24 Jun 2022 17:31:03 GMT".to_owned()),
            ..Mark::new("757345985-4876876000001594004", 1 << 40, &"ab".repeat(32))
        }
    }

    #[test]
    fn a_mark_says_the_same_when_it_is_read_again() {
        let mark = Mark {
            warnings: vec!["an entry is called \u{1f600} \u{7f}\n".to_owned()],
            untested: Some("Größe".to_owned()),
            ..mark()
        };
        let text = mark.to_text();
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        assert_eq!(Mark::parse(&text), Some(mark));
    }

    #[test]
    fn a_mark_that_is_too_long_for_a_header_keeps_what_it_is_known_by() {
        let long = Mark {
            warnings: vec!["\u{fc}".repeat(2000)],
            untested: Some("x".repeat(2000)),
            ..mark()
        };
        let cut = Mark::parse(&long.to_text()).expect("a mark");
        assert!(cut.is_cut && cut.warnings.is_empty() && cut.untested.is_some());
        assert_eq!(cut.etag, long.etag);
        assert!(cut.is_same_content(&long));

        let longer = Mark {
            etag: Some("e".repeat(2000)),
            ..long
        };
        let text = longer.to_text();
        assert!(text.len() <= LARGEST);
        assert!(Mark::parse(&text).is_some_and(|cut| cut.is_same_content(&longer)));
    }

    #[test]
    fn what_is_no_mark_of_ours_is_none() {
        let later = mark().to_text().replace("\"schema\":1", "\"schema\":2");
        let damaged = mark().to_text().replace("abab", "abxx");
        for text in ["", "{}", "null", "{\"schema\":1}", &later, &damaged] {
            assert_eq!(Mark::parse(text), None, "{text}");
        }
    }
}
