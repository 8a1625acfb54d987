//! The bytes themselves.

use std::process::Command;

use crate::support::backup::Backup;
use crate::support::bytes::{Content, MIB, random};
use crate::support::run::folder;
use crate::support::tools::needs;

#[test]
fn every_stretch_of_a_content_is_the_same_as_of_the_whole() {
    let zip = Content::stored_zip(7, 3 * MIB + 5);
    let whole = zip.to_vec();
    for (from, to) in [
        (0, 60),
        (1, 9),
        (50, 70),
        (1_000_003, 1_000_020),
        (whole.len() - 100, whole.len()),
    ] {
        let mut piece = vec![0; to - from];
        zip.read_at(from as u64, &mut piece).unwrap();
        assert_eq!(piece, whole[from..to]);
    }
    assert!(zip.read_at(whole.len() as u64 - 1, &mut [0; 2]).is_err());
    let bytes = random(1, 4096);
    assert!(
        bytes
            .chunks(64)
            .enumerate()
            .all(|(at, a)| bytes.chunks(64).skip(at + 1).all(|b| a != b))
    );
}

#[test]
fn the_zips_are_sound_to_a_reader_nobody_here_wrote() {
    needs!(Program("unzip"));
    let folder = folder();
    let mut files = Backup::six().files;
    files.push(("Stored.zip".into(), Content::stored_zip(3, MIB)));
    for (name, content) in files {
        let path = folder.path().join(&name);
        std::fs::write(&path, content.to_vec()).unwrap();
        let test = Command::new("unzip").arg("-t").arg(&path).output();
        let test = test.expect("unzip is there");
        let said = String::from_utf8_lossy(&test.stdout);
        assert!(
            test.status.success() && said.contains("No errors detected"),
            "{name}: {said}"
        );
    }
}
