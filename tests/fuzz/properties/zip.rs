//! A zip, after a byte that says how to cut it: the verdict does not depend on how the bytes come, and a zip that passed
//! does not pass when its end is missing or something stands behind it.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::integrity::{Judgement, Scratch, Verified, Verifier, verify_file};
use rustix::fs::{MemfdFlags, memfd_create};

thread_local! {
    static FILE: File = memfd_create("zip", MemfdFlags::CLOEXEC).unwrap().into();
}

pub fn zip(input: (u8, &[u8])) {
    let (step, bytes) = (1 + usize::from(input.0), input.1);
    FILE.with(|file| {
        write(file, bytes);
        let whole = verify_file(file).unwrap();
        let pieces = in_pieces(file, bytes, step);
        assert_eq!(shown(&whole), shown(&pieces), "in pieces of {step} bytes");
        let Judgement::Sound(verified) = whole else {
            return;
        };
        assert_eq!(verified.size, bytes.len() as u64);
        assert!(
            verified
                .warnings
                .iter()
                .all(|text| !text.contains(char::is_control))
        );
        for length in [bytes.len() - 1, bytes.len() - step.min(bytes.len())] {
            // Padding behind the end may be there or not.
            if bytes[length..].iter().all(|byte| b"\0\r\n".contains(byte)) {
                continue;
            }
            write(file, &bytes[..length]);
            assert!(!is_sound(file), "cut to {length} bytes");
        }
        write(file, &[bytes, b"x"].concat());
        assert!(!is_sound(file), "a byte more");
    });
}

fn is_sound(file: &File) -> bool {
    matches!(verify_file(file).unwrap(), Judgement::Sound(_))
}

fn write(file: &File, bytes: &[u8]) {
    file.set_len(0).unwrap();
    file.write_all_at(bytes, 0).unwrap();
}

fn in_pieces(file: &File, bytes: &[u8], step: usize) -> Judgement {
    let (mut verifier, mut scratch) = (Verifier::default(), Scratch::default());
    for piece in bytes.chunks(step) {
        if let Err(corrupt) = verifier.feed(piece, &mut scratch) {
            return Judgement::Corrupt(corrupt);
        }
    }
    // A zip that is no good is no failure of the disk.
    verifier.finish(file, bytes.len() as u64).unwrap()
}

/// How much is shown of what is no zip depends on how much of it there was when that became clear.
fn shown(judgement: &Judgement) -> Result<&Verified, &str> {
    match judgement {
        Judgement::Sound(verified) => Ok(verified),
        Judgement::Corrupt(corrupt) => {
            let reason = corrupt.reason.split(" it begins with").next();
            Err(reason.unwrap_or_default())
        }
        Judgement::Untested(zip) => Err(&zip.reason),
    }
}
