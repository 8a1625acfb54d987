//! Verification beside the download: reads behind the connections, in order, each byte once (`engine.md`).

use super::version::{Growth, Version};
use crate::destination::StorageError;
use crate::integrity::{FinishError, Verified, Verifier};

/// Read at a time. Fits in the second-level cache together with what the inflater puts out.
const STEP: usize = 128 << 10;

/// How a verification ended.
#[derive(Debug)]
pub enum Verdict {
    /// The file is whole and a sound zip.
    Sound(Verified),
    /// It is not, and more bytes can't mend it.
    Corrupt(String),
    /// Nobody wants to know any more.
    Abandoned,
}

/// Follows a version until it is whole, or shown to be corrupt, which may be long before that. Blocks.
///
/// # Errors
/// What the disk says.
pub fn follow(version: &Version) -> Result<Verdict, StorageError> {
    let mut verifier = Verifier::new();
    let mut buffer = vec![0; STEP];
    let mut at = 0;
    loop {
        let upto = match version.wait_for_growth(at) {
            Growth::To(upto) => upto,
            Growth::Whole(length) => return finish(verifier, version, length),
            Growth::Abandoned => return Ok(Verdict::Abandoned),
        };
        while at < upto {
            let step = usize::try_from(upto - at).map_or(STEP, |left| left.min(STEP));
            version.part().read_at(at, &mut buffer[..step])?;
            if let Err(corrupt) = verifier.feed(&buffer[..step]) {
                return Ok(Verdict::Corrupt(corrupt.to_string()));
            }
            at += step as u64;
            if version.is_abandoned() {
                return Ok(Verdict::Abandoned);
            }
        }
    }
}

fn finish(verifier: Verifier, version: &Version, length: u64) -> Result<Verdict, StorageError> {
    match verifier.finish(version.part().file(), length) {
        Ok(sound) => {
            // A final name promises bytes that survive a power cut.
            version.part().sync()?;
            Ok(Verdict::Sound(sound))
        }
        Err(FinishError::Corrupt(corrupt)) => Ok(Verdict::Corrupt(corrupt.to_string())),
        Err(FinishError::Io(error)) => {
            Err(StorageError::new(version.part().path(), "reading", error))
        }
    }
}
