//! `ETag`, `Last-Modified` and `Date`, one a line: only what is strong is sent back in `If-Range`, in the form it came in
//! and fit for a header, and a version never contradicts itself.

use crate::http::range::Validator;

pub fn validator(text: &str) {
    let mut lines = text
        .split('\n')
        .map(|line| Some(line).filter(|line| !line.is_empty()));
    let mut next = || lines.next().flatten();
    let (etag, last_modified, date) = (next(), next(), next());
    let read = Validator::new(etag, last_modified, date);
    assert!(read.etag.is_none() || read.etag.as_deref() == etag);
    assert!(read.last_modified.is_none() || read.last_modified.as_deref() == last_modified);
    if let Some(tag) = &read.etag {
        let opaque = tag.strip_prefix("W/").unwrap_or(tag);
        assert!(opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"'));
        assert_eq!(opaque.matches('"').count(), 2);
    }
    assert!(!read.date_is_strong || (read.last_modified.is_some() && date.is_some()));
    if let Some(sent) = read.if_range() {
        let is_tag = read.etag.as_deref() == Some(sent) && sent.starts_with('"');
        let is_date = read.last_modified.as_deref() == Some(sent) && read.date_is_strong;
        assert!(is_tag || is_date, "{sent:?}");
        assert!(
            sent.bytes().all(|byte| (b' '..0x7f).contains(&byte)),
            "{sent:?}"
        );
    }
    assert!(!read.contradicts(&read));
    // Without a later date, the same date proves less.
    let undated = Validator::new(None, last_modified, None);
    assert_eq!(undated.if_range(), None);
    let text = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Validator>(&text).unwrap(), read);
}
