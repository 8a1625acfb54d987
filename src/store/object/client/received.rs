//! Whether what a store has received is what was sent. Azure and Google answer each write with a checksum of their own making;
//! S3 refuses by itself what does not have the digest that it was signed with.

use std::future::poll_fn;
use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::Body;
use md5::{Digest, Md5};
use object_store::client::HttpRequestBody;
use object_store::{HeaderMap, HeaderValue};

#[derive(Clone, Copy)]
enum Kind {
    /// Of Azure, in little endian.
    Crc64,
    /// Of Google, in big endian.
    Crc32c,
    Md5,
}

/// Also where the store says nothing of it.
pub(super) async fn is_as_sent(sent: &HttpRequestBody, answer: &HeaderMap) -> bool {
    let Some((kind, checksum)) = told(answer) else {
        return true;
    };
    let (mut chunks, mut sent) = (Vec::new(), sent.clone());
    // It lies in memory: nothing is waited for.
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut sent).poll_frame(cx)).await {
        chunks.extend(frame.into_data());
    }
    kind.checksum_of(&chunks) == checksum
}

/// The first that there is.
fn told(answer: &HeaderMap) -> Option<(Kind, &str)> {
    let all = |name| {
        let values = answer.get_all(name).into_iter();
        values.filter_map(|value: &HeaderValue| value.to_str().ok())
    };
    let of_google = || {
        let hashes = all("x-goog-hash").flat_map(|value| value.split(','));
        hashes.filter_map(|hash| hash.trim().strip_prefix("crc32c="))
    };
    let crc64 = all("x-ms-content-crc64").map(|checksum| (Kind::Crc64, checksum));
    let crc32c = of_google().map(|checksum| (Kind::Crc32c, checksum));
    let md5 = all("content-md5").map(|checksum| (Kind::Md5, checksum));
    crc64.chain(crc32c).chain(md5).next()
}

impl Kind {
    fn checksum_of(self, chunks: &[Bytes]) -> String {
        match self {
            Kind::Crc64 => {
                let mut crc = crc64fast_nvme::Digest::new();
                for chunk in chunks {
                    crc.write(chunk);
                }
                STANDARD.encode(crc.sum64().to_le_bytes())
            }
            Kind::Crc32c => {
                let crc = chunks
                    .iter()
                    .fold(0, |crc, chunk| crc32c::crc32c_append(crc, chunk));
                STANDARD.encode(crc.to_be_bytes())
            }
            Kind::Md5 => {
                let mut md5 = Md5::new();
                for chunk in chunks {
                    md5.update(chunk);
                }
                STANDARD.encode(md5.finalize())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::PutPayload;
    use tokio::runtime::Builder;

    fn judged(content: &'static [u8], headers: &[(&'static str, &str)]) -> bool {
        let mut answer = HeaderMap::new();
        for (name, value) in headers {
            answer.append(*name, value.parse().unwrap());
        }
        let (one, other) = content.split_at(4);
        let sent = PutPayload::from_iter([one, other].map(Bytes::from_static)).into();
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(is_as_sent(&sent, &answer))
    }

    /// The check values of the CRC catalogue, and of RFC 1321 for MD5.
    #[test]
    fn each_checksum_is_that_of_its_definition() {
        for (name, value) in [
            ("x-ms-content-crc64", "iJh5CoYUi64="),
            ("x-goog-hash", "crc32c=4waSgw=="),
            ("content-md5", "JfnnlDI7RTiF9RgfG2JNCw=="),
        ] {
            assert!(judged(b"123456789", &[(name, value)]), "{name}");
            assert!(!judged(b"123456780", &[(name, value)]), "{name}");
        }
    }

    #[test]
    fn what_a_store_does_not_tell_is_not_missed() {
        assert!(judged(b"123456789", &[("x-goog-hash", "md5=AAAA")]));
        assert!(judged(b"123456789", &[]));
        let hashes = [
            ("x-goog-hash", "md5=AAAA"),
            ("x-goog-hash", "crc32c=AAAAAA=="),
        ];
        assert!(!judged(b"123456789", &hashes));
    }
}
