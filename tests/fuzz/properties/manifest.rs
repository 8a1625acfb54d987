//! `manifest.json`: what is accepted is written as it was read, is complete only when all of it is verified, and gives
//! `SHA256SUMS` one line for each verified file and nothing else.

use crate::exit::Exit;
use crate::store::manifest::{FileState, Manifest, SetState};
use chrono::DateTime;

pub fn manifest(content: &[u8]) {
    let mut manifest = match Manifest::parse(content, "m") {
        Ok(manifest) => manifest,
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("m: "));
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(message.len() <= 1000, "{} bytes", message.len());
            assert!(matches!(
                error.problem().exit,
                Exit::Integrity | Exit::Usage
            ));
            return;
        }
    };
    let written = manifest.to_json();
    assert_eq!(Manifest::parse(written.as_bytes(), "m").unwrap(), manifest);

    let states = [
        FileState::Verified,
        FileState::Missing,
        FileState::Corrupt,
        FileState::Unverified,
    ];
    let counts = states.map(|state| manifest.count(state));
    assert_eq!(counts.iter().sum::<usize>(), manifest.files.len());
    let verified = manifest.files.iter().filter(|entry| entry.is_saved());
    let bytes: u128 = verified
        .filter_map(|entry| entry.size)
        .map(u128::from)
        .sum();
    assert_eq!(manifest.saved_bytes(), bytes.try_into().unwrap_or(u64::MAX));
    check_sums(&manifest);

    manifest.settle(DateTime::UNIX_EPOCH);
    let complete = manifest.files.iter().all(|entry| entry.is_saved());
    assert_eq!(manifest.state == SetState::Complete, complete);
    assert!(complete || manifest.finished_at.is_none());
    let settled = manifest.clone();
    manifest.settle(DateTime::UNIX_EPOCH);
    assert_eq!(manifest, settled);
}

fn check_sums(manifest: &Manifest) {
    let sums = manifest.to_sums();
    let verified = manifest.files.iter().filter(|entry| entry.is_saved());
    let mut lines = sums.lines();
    for entry in verified.filter(|entry| entry.sha256.is_some()) {
        let (digest, name) = lines.next().unwrap().split_once("  ").unwrap();
        assert_eq!(Some(digest), entry.sha256.as_deref());
        assert_eq!(name, entry.name.as_str());
        let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        assert!(
            digest.len() == 64 && digest.bytes().all(is_hex),
            "{digest:?}"
        );
    }
    assert_eq!(lines.next(), None);
}
