//! The list of links: every link of the JSON and nothing else, data first, and only of an object that holds such a list.

use crate::model::{Backup, FileKind};
use crate::zoho::parse_listing;
use serde_json::Value;

pub fn listing(body: &[u8]) {
    let Some(Ok(listing)) = parse_listing(body) else {
        return;
    };
    // Deeper or larger than `Value` takes: nothing to compare with.
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let urls = value["urls"]
        .as_object()
        .expect("a list of links is an object");
    let of = |key: &str, kind: FileKind| {
        let list = urls.get(key).and_then(Value::as_array);
        let texts = list
            .into_iter()
            .flatten()
            .map(|link| link.as_str().unwrap());
        texts
            .map(|text| (kind, text.to_owned()))
            .collect::<Vec<_>>()
    };
    let mut links = of("data_links", FileKind::Data);
    links.extend(of("attachment_links", FileKind::Attachments));
    let read = listing.links.iter();
    assert!(read.map(|link| (link.kind, link.text.clone())).eq(links));
    let expiry = urls.get("expiry_date").and_then(Value::as_str);
    assert_eq!(
        listing.expiry.as_ref().map(|expiry| expiry.text.as_str()),
        expiry
    );

    assert!(listing.distinct_links().len() <= listing.links.len());
    if let Ok(backup) = Backup::from_listing(&listing) {
        assert!(backup.files.len() <= listing.links.len());
        assert_eq!(backup.files.is_empty(), listing.links.is_empty());
        assert_eq!(backup.expiry, listing.expiry);
    }
}
