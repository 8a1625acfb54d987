//! One file, judged while it comes: its digest, and the two judgements of the zip.

use std::io;

use super::digest::Digester;
use super::opening::{self, Opening};
use super::read_at::ReadAt;
use super::zip::{Directory, Passed, Refused, Scratch, ZipStream, judge_by_directory};
use crate::untrusted::printable;

/// Read at a time from a file at rest.
const STEP: usize = 128 << 10;

/// A file that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(crate) sha256: String,
    pub(crate) entries: u64,
    /// What is odd, but no reason to doubt the bytes; safe for a terminal.
    pub(crate) warnings: Vec<String>,
}

/// A file that is no sound zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corrupt {
    /// What is wrong with it; safe for a terminal.
    pub(crate) reason: String,
    /// SHA-256 in lower-case hexadecimal, if the file was read to its end.
    pub(crate) sha256: Option<String>,
}

/// A zip in which nothing is wrong, but of which not every entry can be tested: it is encrypted, or packed by a method
/// that is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untested {
    /// Why; safe for a terminal.
    pub(crate) reason: String,
    pub(crate) file: Verified,
}

/// What a file is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    Sound(Verified),
    Untested(Box<Untested>),
    Corrupt(Corrupt),
}

#[derive(Debug)]
pub(crate) struct Verifier {
    digest: Digester,
    /// The strict judgement, until it refuses.
    zip: Option<ZipStream>,
    /// The first bytes, until they tell that it can be a zip.
    start: Option<Vec<u8>>,
    size: u64,
}

impl Default for Verifier {
    fn default() -> Verifier {
        Verifier {
            digest: Digester::default(),
            zip: Some(ZipStream::default()),
            start: Some(Vec::new()),
            size: 0,
        }
    }
}

impl Verifier {
    /// The next bytes of the file.
    ///
    /// # Errors
    /// [`Corrupt`] as soon as it is certain that no zip begins like this.
    pub(crate) fn feed(&mut self, bytes: &[u8], scratch: &mut Scratch) -> Result<(), Corrupt> {
        self.look_at_start(bytes)?;
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        if let Some(zip) = &mut self.zip
            && let Err(why) = zip.feed(bytes, scratch)
        {
            tracing::debug!(why, "the zip is unusual: its directory will decide");
            self.zip = None;
        }
        Ok(())
    }

    fn look_at_start(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        let Some(start) = &mut self.start else {
            return Ok(());
        };
        start.extend(bytes.iter().take(opening::LONGEST));
        match Opening::of(start) {
            None => {}
            Some(Opening::Zip) => self.start = None,
            Some(_) => {
                let shown: String = String::from_utf8_lossy(start).chars().take(16).collect();
                return Err(Corrupt {
                    reason: format!("not a zip: it begins with \"{}\"", printable(&shown)),
                    sha256: None,
                });
            }
        }
        Ok(())
    }

    /// All bytes were fed. The central directory is read from the file and compared with what was seen, and after a refusal
    /// so is the whole file.
    pub(crate) fn finish(self, file: &dyn ReadAt, length: u64) -> io::Result<Judgement> {
        let sha256 = self.digest.finish();
        let outcome = if self.size == length {
            judge(self.zip, file, length)
        } else {
            Err(Refused::Zip(format!("{} of {length} bytes", self.size)))
        };
        let passed = match outcome {
            Ok(passed) => passed,
            Err(Refused::Zip(reason)) => {
                let sha256 = Some(sha256);
                return Ok(Judgement::Corrupt(Corrupt { reason, sha256 }));
            }
            Err(Refused::Io(error)) => return Err(error),
        };
        let verified = Verified {
            size: length,
            sha256,
            entries: passed.entries,
            warnings: passed.warnings,
        };
        Ok(match passed.untested {
            None => Judgement::Sound(verified),
            Some(reason) => Judgement::Untested(Box::new(Untested {
                reason,
                file: verified,
            })),
        })
    }
}

/// The strict judgement, and the second one where that refuses.
fn judge(zip: Option<ZipStream>, file: &dyn ReadAt, length: u64) -> Result<Passed, Refused> {
    let directory = Directory::find(file, length)?;
    let strict = match zip.map(ZipStream::finish) {
        Some(Ok(seen)) => seen.compare(file, &directory)?,
        Some(Err(why)) => {
            tracing::debug!(why, "the zip is unusual: its directory decides");
            None
        }
        None => None,
    };
    let mut passed = match strict {
        Some(passed) => passed,
        // What the strict one saw is given up by now.
        None => judge_by_directory(file, length, &directory)?,
    };
    if passed.entries > directory.announced {
        passed.warnings.push(format!(
            "its end record counts only {} of {} entries",
            directory.announced, passed.entries
        ));
    }
    if directory.trailing > 0 {
        passed.warnings.push(format!(
            "{} bytes (NUL, CR or LF) follow the end of the zip",
            directory.trailing
        ));
    }
    Ok(passed)
}

/// Verifies a file at rest.
pub(crate) fn verify_file(file: &dyn ReadAt) -> io::Result<Judgement> {
    verify_counting(file, |_| ())
}

/// The same, and tells how many bytes each step has read.
pub(crate) fn verify_counting(
    file: &dyn ReadAt,
    mut read: impl FnMut(u64),
) -> io::Result<Judgement> {
    let length = file.length()?;
    let mut verifier = Verifier::default();
    let (mut buffer, mut scratch) = (vec![0; STEP], Scratch::default());
    let mut bytes = file.in_order(0..length);
    let mut at = 0;
    while at < length {
        let step = usize::try_from(length - at).map_or(STEP, |left| left.min(STEP));
        bytes.read_exact_at(&mut buffer[..step], at)?;
        if let Err(corrupt) = verifier.feed(&buffer[..step], &mut scratch) {
            return Ok(Judgement::Corrupt(corrupt));
        }
        at += step as u64;
        read(step as u64);
    }
    drop(bytes);
    verifier.finish(file, length)
}

/// How many entries the zip has, by nothing but its directory, if that is sound; else why it is not, safe for a terminal.
/// None of the data is read.
pub(crate) fn check_directory(file: &dyn ReadAt) -> io::Result<Result<u64, String>> {
    let mut entries = 0;
    let count = |_, _: &[u8]| {
        entries += 1;
        Ok(())
    };
    let outcome =
        Directory::find(file, file.length()?).and_then(|directory| directory.walk(file, count));
    match outcome {
        Ok(()) => Ok(Ok(entries)),
        Err(Refused::Zip(reason)) => Ok(Err(reason)),
        Err(Refused::Io(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests;
