//! S3 as moto speaks it, in memory.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::raw::Answer;
use super::process::Process;
use super::{Store, ask, between_tags, headers_with, installed, path_of, random_word};

const SCRIPT: &str = "
import logging
from moto.server import ThreadedMotoServer
logging.getLogger('werkzeug').setLevel(logging.ERROR)
server = ThreadedMotoServer('127.0.0.1', 0, verbose=False)
server.start()
print('http://%s:%d' % server.get_host_and_port(), flush=True)
server._thread.join()
";

/// One for all tests, each with a bucket of its own.
static PROCESS: LazyLock<Process> =
    LazyLock::new(|| Process::start(&Moto::program(), &["-I", "-B", "-c", SCRIPT], &[]));

/// Knows uploads, versions, lifecycles, object locks and missing buckets. Not as AWS: lets everybody in; takes a checksum
/// that is wrong; an upload completed twice is completed twice.
pub struct Moto {
    pub bucket: String,
    pub access_key: String,
    pub secret_key: String,
}

impl Moto {
    /// The Python that has it.
    pub fn program() -> PathBuf {
        installed("python/bin/python")
    }

    /// With a bucket. Needs its [`program`](Moto::program).
    pub fn start() -> Moto {
        static BUCKETS: AtomicU32 = AtomicU32::new(1);
        let number = BUCKETS.fetch_add(1, Ordering::Relaxed);
        let moto = Moto {
            bucket: format!("backups-{number}"),
            access_key: random_word(),
            secret_key: random_word(),
        };
        moto.expect("PUT", "", b"");
        moto
    }

    /// A request of S3's about the bucket, such as `?versioning`, or a key in it.
    pub fn ask(&self, method: &str, rest: &str, body: &[u8]) -> Answer {
        let target = format!("/{}{rest}", self.bucket);
        // It reads from this which service and region are meant.
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        ask(
            self.base(),
            method,
            &target,
            &[("Authorization", credential)],
            body,
        )
    }

    fn expect(&self, method: &str, rest: &str, body: &[u8]) -> Answer {
        let answer = self.ask(method, rest, body);
        let text = answer.text();
        assert!(
            (200..300).contains(&answer.status),
            "{method} {rest}: {text}"
        );
        answer
    }
}

impl Store for Moto {
    fn base(&self) -> &str {
        &PROCESS.base
    }

    fn env_at(&self, base: &str) -> Vec<(&'static str, String)> {
        super::aws(base, &self.access_key, &self.secret_key)
    }

    fn url(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.bucket)
    }

    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let list = self.expect("GET", "?list-type=2", b"").text();
        assert!(list.contains("<IsTruncated>false"), "too many: {list}");
        let keys = between_tags(&list, "Key").into_iter();
        keys.map(|key| {
            let object = self.expect("GET", &format!("/{}", path_of(&key)), b"");
            (key, object.body)
        })
        .collect()
    }

    fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        let head = self.ask("HEAD", &format!("/{}", path_of(key)), b"");
        headers_with(&head, "x-amz-meta-")
    }

    fn write(&self, key: &str, bytes: &[u8]) {
        self.expect("PUT", &format!("/{}", path_of(key)), bytes);
    }

    fn remove(&self, key: &str) {
        self.expect("DELETE", &format!("/{}", path_of(key)), b"");
    }

    fn uploads(&self) -> Vec<String> {
        between_tags(&self.expect("GET", "?uploads", b"").text(), "Key")
    }
}
