//! SHA-256, as it is written in manifests and `SHA256SUMS`.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// A digest that grows with the bytes that are fed.
#[derive(Debug, Clone, Default)]
pub struct Digester(Sha256);

impl Digester {
    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest in lower-case hexadecimal.
    #[must_use]
    pub fn finish(self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
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
