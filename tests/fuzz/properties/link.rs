//! Links to names, one link a line: a name that is accepted is safe to create, and is the one that the URL asks for.

use std::collections::HashSet;

use crate::model::{Backup, FileKind, ListedLink, Listing};
use percent_encoding::percent_decode_str;

pub fn link(text: &str) {
    let links = text.split('\n').map(|link| ListedLink {
        kind: if link.contains("Att") {
            FileKind::Attachments
        } else {
            FileKind::Data
        },
        text: link.to_owned(),
    });
    let listing = Listing {
        links: links.collect(),
        expiry: None,
    };
    let Ok(backup) = Backup::from_listing(&listing) else {
        return;
    };
    assert!(!backup.files.is_empty() && backup.files.len() <= listing.links.len());
    assert!(backup.files.is_sorted_by_key(|file| file.kind));
    let mut names = HashSet::new();
    for file in &backup.files {
        let name = file.name.as_str();
        assert!(matches_the_pattern(name), "{name:?}");
        assert!(names.insert(name.to_ascii_lowercase()), "{name:?} twice");
        let last = file.url.path().rsplit('/').next().unwrap();
        let asked_for = percent_decode_str(last).decode_utf8().unwrap();
        assert_eq!(asked_for, name, "{}", file.url);
        assert!(matches!(file.url.scheme(), "http" | "https"));
        assert!(file.url.has_host());
    }
    let folder = backup.folder_name();
    assert!(
        folder
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "{folder:?}"
    );
    assert!(!folder.starts_with('-') && folder.len() <= 65, "{folder:?}");
}

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,120}`, ending in `.zip`.
fn matches_the_pattern(name: &str) -> bool {
    let bytes = name.as_bytes();
    (5..=121).contains(&bytes.len())
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().all(
            |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'),
        )
        && name.ends_with(".zip")
}
