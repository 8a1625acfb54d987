//! SHA-256, as it is written in manifests, `SHA256SUMS` and names.

use std::fmt::Write as _;
use std::io;

use sha2::{Digest, Sha256};

/// A digest that grows with the bytes that are fed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digester(Sha256);

impl Digester {
    /// The next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest in lower-case hexadecimal.
    pub(crate) fn finish(self) -> String {
        let digest = self.0.finalize();
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

impl io::Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The digest of a text that is there as a whole.
pub(crate) fn of(content: &[u8]) -> String {
    let mut digest = Digester::default();
    digest.update(content);
    digest.finish()
}

/// Whether it is written like a digest.
pub(crate) fn is_digest(text: &str) -> bool {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(is_digit)
}

/// The first half of the digest of several parts, as a name that tells different things apart.
pub(crate) fn short_name<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Digester::default();
    for part in parts {
        digest.update(part.as_bytes());
        // So that "ab", "c" is not "a", "bc".
        digest.update(&[0]);
    }
    let mut name = digest.finish();
    name.truncate(32);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_digest_of_the_standard() {
        let mut digest = Digester::default();
        digest.update(b"a");
        digest.update(b"bc");
        assert_eq!(
            digest.finish(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
