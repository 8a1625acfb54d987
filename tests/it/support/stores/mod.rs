//! Object stores that nobody here wrote, each started by the test that talks to it. `.ci/stores` installs them.
//!
//! ```ignore
//! needs!(S3);
//! let (zoho, s3) = (Zoho::start().with_file("Data_001.zip", small_zip(1, 64 * 1024)), S3::start());
//! let run = zoho.cli().with_store(&s3).run(["download", "--out", &s3.url("backups")]);
//! assert_eq!(run.code, 0, "{run}");
//! assert!(s3.uploads().is_empty());
//! assert_eq!(s3.objects()["backups/757345985-4876876000001594004/Data_001.zip"], zoho.bytes_of("Data_001.zip"));
//! ```
//!
//! What each of them does as the real ones do, and what not, is written at its type. [`Between`] stands between the program
//! and any of them.

pub mod azurite;
pub mod between;
pub mod gcs;
mod http;
pub mod instead;
pub mod moto;
mod process;
pub mod s3;

pub use azurite::Azurite;
pub use between::{Between, Does, Gate, Moment, Seen};
pub use gcs::Gcs;
pub use moto::Moto;
pub use s3::S3;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;

use super::raw::{self, Answer};
use super::run::{Cli, GUARD};

/// A store with one bucket for one test.
pub trait Store {
    /// Where it listens: `http://127.0.0.1:PORT`.
    fn base(&self) -> &str;

    /// The variables by which a program finds it behind that address, and is let in.
    fn env_at(&self, base: &str) -> Vec<(&'static str, String)>;

    /// What the program calls this prefix of the bucket.
    fn url(&self, prefix: &str) -> String;

    /// Everything in the bucket.
    fn objects(&self) -> BTreeMap<String, Vec<u8>>;

    /// What the uploader wrote on an object.
    fn metadata(&self, key: &str) -> BTreeMap<String, String>;

    /// As somebody else than the program would.
    fn write(&self, key: &str, bytes: &[u8]);

    fn remove(&self, key: &str);

    /// The keys of uploads in parts that were begun, and neither completed nor aborted.
    fn uploads(&self) -> Vec<String>;

    /// Whether the program can ask for them.
    fn tells_uploads(&self) -> bool {
        true
    }

    fn keys(&self) -> Vec<String> {
        self.objects().into_keys().collect()
    }

    fn env(&self) -> Vec<(&'static str, String)> {
        self.env_at(self.base())
    }
}

impl Cli {
    /// Let in by a store.
    pub fn with_store(self, store: &dyn Store) -> Cli {
        self.with_variables(store.env())
    }

    /// The same, with all that is said going by what is between.
    pub fn through(self, between: &Between) -> Cli {
        self.with_variables(between.env())
    }

    fn with_variables(self, variables: Vec<(&'static str, String)>) -> Cli {
        let variables = variables.into_iter();
        variables.fold(self, |cli, (name, value)| cli.env(name, value))
    }
}

/// Where `.ci/stores` installs them.
pub fn installed(path: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let cache = cache.unwrap_or_else(|| home().join(".cache"));
    cache.join("backup-fetch-tests").join(path)
}

/// What S3's programs go by.
fn aws(base: &str, access_key: &str, secret_key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ACCESS_KEY_ID", access_key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", secret_key.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL", base.to_owned()),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
    ]
}

/// A secret that is found nowhere else.
fn random_word() -> String {
    (0..24).map(|_| fastrand::alphanumeric()).collect()
}

/// One request of the test's own, on a connection of its own.
fn ask(base: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let host = base.strip_prefix("http://").expect("an address");
    let stream = TcpStream::connect(host).expect("it listens");
    let guard = stream.set_read_timeout(Some(GUARD));
    guard.expect("a time that is not zero");
    // Of this version, so that no reply comes in chunks.
    let mut request = format!(
        "{method} {target} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let mut request = (request + "\r\n").into_bytes();
    request.extend(body);
    raw::exchange(stream, &request)
}

/// What is between these tags of an XML.
fn between_tags(xml: &str, tag: &str) -> Vec<String> {
    let (begin, end) = (format!("<{tag}>"), format!("</{tag}>"));
    let pieces = xml.split(&begin).skip(1);
    let texts = pieces.filter_map(|piece| piece.split(&end).next());
    texts
        .map(|text| text.replace("&quot;", "\"").replace("&amp;", "&"))
        .collect()
}

/// A key as part of a path.
fn path_of(key: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(key, UNSAFE).to_string()
}

/// The headers whose names begin so, without that beginning.
fn headers_with(answer: &Answer, prefix: &str) -> BTreeMap<String, String> {
    let headers = answer.headers.iter();
    let ours = headers.filter_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        Some((name.strip_prefix(prefix)?.to_owned(), value.clone()))
    });
    ours.collect()
}
