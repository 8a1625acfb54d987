//! Byte ranges and validators: read, print, compare (RFC 9110 sections 8.8, 13.1.5 and 14).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::redaction::redacted;

/// A stretch of a file: `start` is the first byte, `end` the first byte after it. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ByteRange {
    start: u64,
    end: u64,
}

impl ByteRange {
    /// Nothing when the stretch would be empty.
    pub(crate) fn new(start: u64, end: u64) -> Option<ByteRange> {
        (start < end).then_some(ByteRange { start, end })
    }

    /// First byte.
    pub(crate) fn start(self) -> u64 {
        self.start
    }

    /// First byte after the stretch.
    pub(crate) fn end(self) -> u64 {
        self.end
    }

    /// Bytes in it.
    #[allow(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub(crate) fn len(self) -> u64 {
        self.end - self.start
    }

    /// The value of a `Range` header that asks for exactly this stretch.
    pub(crate) fn header(self) -> String {
        format!("bytes={}-{}", self.start, self.end - 1)
    }
}

/// What a `Content-Range` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentRange {
    /// `bytes a-b/total`; `total` is nothing where the server wrote `*`.
    Part {
        /// The stretch that follows.
        range: ByteRange,
        /// Length of the whole file.
        total: Option<u64>,
    },
    /// `bytes */total`, the answer to a range outside of the file.
    Outside {
        /// Length of the whole file.
        total: u64,
    },
}

impl ContentRange {
    /// Nothing when the header is not well formed, or contradicts itself: then the reply is not to be used.
    pub(crate) fn parse(value: &str) -> Option<ContentRange> {
        let (unit, rest) = value.trim().split_once(' ')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (range, total) = rest.trim().split_once('/')?;
        if range == "*" {
            return Some(ContentRange::Outside {
                total: number(total)?,
            });
        }
        let (first, last) = range.split_once('-')?;
        let range = ByteRange::new(number(first)?, number(last)?.checked_add(1)?)?;
        let total = match total {
            "*" => None,
            text => Some(number(text)?),
        };
        if total.is_some_and(|total| range.end > total) {
            return None;
        }
        Some(ContentRange::Part { range, total })
    }
}

/// Digits only: `str::parse` would also take a sign.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// A date becomes strong so many seconds after the change. RFC 9110 asks for one, but Apache goes by the sixty of RFC
/// 7232 and answers an `If-Range` with a younger date by the whole file.
const STRONG_AFTER: i64 = 60;

/// What a server says about the version of a file it sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Validator {
    /// `ETag`, with its quotes and its `W/` where it has one.
    pub(crate) etag: Option<String>,
    /// `Last-Modified`, as it came.
    pub(crate) last_modified: Option<String>,
    /// Whether `last_modified` can tell two versions apart: the reply's `Date` was enough later (RFC 9110 section
    /// 8.8.2.2).
    #[serde(default)]
    pub(crate) date_is_strong: bool,
}

impl Validator {
    /// From the three headers of a reply. An `ETag` that is not one (RFC 9110 section 8.8.3) counts as absent, so
    /// that nothing of ours depends on it.
    pub(crate) fn new(
        etag: Option<&str>,
        last_modified: Option<&str>,
        date: Option<&str>,
    ) -> Validator {
        // The parser of dates takes more than a header can carry back.
        let sendable = |text: &&str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let last_modified = last_modified.filter(sendable);
        let modified = last_modified.and_then(http_date);
        let date_is_strong = match (modified, date.and_then(http_date)) {
            (Some(modified), Some(date)) => (date - modified).num_seconds() >= STRONG_AFTER,
            _ => false,
        };
        Validator {
            // A secret that is echoed there would be written to disk with it.
            etag: etag
                .filter(|tag| is_entity_tag(tag) && redacted(tag) == *tag)
                .map(str::to_owned),
            last_modified: modified.and(last_modified).map(str::to_owned),
            date_is_strong,
        }
    }

    /// The value of an `If-Range` header: a strong `ETag`, else a strong date, else nothing. RFC 9110 section 13.1.5
    /// forbids weak ones: a server would answer them with the whole file, or worse, not notice.
    pub(crate) fn if_range(&self) -> Option<&str> {
        self.etag
            .as_deref()
            .filter(|tag| !tag.starts_with("W/"))
            .or_else(|| {
                self.last_modified
                    .as_deref()
                    .filter(|_| self.date_is_strong)
            })
    }

    /// Whether a reply with `other` is of another version than one with `self`. Weak values count here: they can't
    /// prove that two versions are the same, but they prove that two are not.
    ///
    /// A value that only one of them has proves nothing by itself, except that a strong one that vanished leaves
    /// nothing to hold on to; so that counts as another version, too.
    pub(crate) fn contradicts(&self, other: &Validator) -> bool {
        let differ =
            |a: Option<&str>, b: Option<&str>| matches!((a, b), (Some(a), Some(b)) if a != b);
        if differ(self.opaque_tag(), other.opaque_tag()) {
            return true;
        }
        if self.etag.is_none() || other.etag.is_none() {
            if differ(
                self.last_modified.as_deref(),
                other.last_modified.as_deref(),
            ) {
                return true;
            }
            return self.if_range().is_some()
                && other.etag.is_none()
                && other.last_modified.is_none();
        }
        false
    }

    /// For the weak comparison of RFC 9110 section 8.8.3.2. Apache calls the tag of a young file weak, and the same tag
    /// strong a second later.
    fn opaque_tag(&self) -> Option<&str> {
        self.etag
            .as_deref()
            .map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
    }
}

/// `"…"` or `W/"…"` with nothing in it that a header must not carry.
fn is_entity_tag(tag: &str) -> bool {
    tag.strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .is_some_and(|inner| {
            inner
                .bytes()
                .all(|byte| byte > 0x20 && byte < 0x7f && byte != b'"')
        })
}

/// A date in any of the three forms of RFC 9110 section 5.6.7.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(text).ok().map(DateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_no_header_can_carry_is_no_validator() {
        let odd = "\u{c}Tue Nov 24 08:00:00 2026";
        let read = Validator::new(None, Some(odd), Some("Tue, 24 Nov 2026 09:00:00 GMT"));
        assert_eq!(read, Validator::default());
    }

    #[test]
    fn a_range_prints_inclusive_ends() {
        let range = ByteRange::new(0, 500).unwrap();
        assert_eq!(range.header(), "bytes=0-499");
        assert_eq!(range.len(), 500);
        assert!(ByteRange::new(5, 5).is_none());
    }

    #[test]
    fn a_content_range_is_read_exactly_or_not_at_all() {
        assert_eq!(
            ContentRange::parse("bytes 5-9/10"),
            Some(ContentRange::Part {
                range: ByteRange::new(5, 10).unwrap(),
                total: Some(10)
            })
        );
        assert_eq!(
            ContentRange::parse("bytes */10"),
            Some(ContentRange::Outside { total: 10 })
        );
        for wrong in [
            "",
            "bytes",
            "bytes 5-9",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "bytes +5-9/10",
            "bytes 5-9/+10",
            "items 5-9/10",
            "bytes 5-9/x",
            "bytes */*",
            "bytes 0-18446744073709551615/*",
        ] {
            assert_eq!(ContentRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn if_range_takes_only_what_is_strong() {
        let date = Some("Tue, 24 Nov 2026 08:00:00 GMT");
        let later = Some("Tue, 24 Nov 2026 08:01:00 GMT");
        assert_eq!(
            Validator::new(Some("\"a\""), date, later).if_range(),
            Some("\"a\"")
        );
        assert_eq!(
            Validator::new(Some("W/\"a\""), date, later).if_range(),
            date
        );
        assert_eq!(Validator::new(Some("W/\"a\""), date, date).if_range(), None);
        assert_eq!(Validator::new(None, date, None).if_range(), None);
        assert_eq!(Validator::new(Some("a"), None, None), Validator::default());
    }

    #[test]
    fn another_tag_date_or_a_lost_one_is_another_version() {
        let tag = |text| Validator::new(Some(text), None, None);
        assert!(tag("\"a\"").contradicts(&tag("\"b\"")));
        assert!(tag("W/\"a\"").contradicts(&tag("W/\"b\"")));
        assert!(
            !tag("W/\"a\"").contradicts(&tag("\"a\"")),
            "a tag that became strong"
        );
        assert!(!tag("\"a\"").contradicts(&tag("\"a\"")));
        assert!(tag("\"a\"").contradicts(&Validator::default()));
        assert!(!Validator::default().contradicts(&tag("\"a\"")));
        let dated = |text| Validator::new(None, Some(text), None);
        assert!(
            dated("Tue, 24 Nov 2026 08:00:00 GMT")
                .contradicts(&dated("Tue, 24 Nov 2026 08:00:09 GMT"))
        );
    }
}
