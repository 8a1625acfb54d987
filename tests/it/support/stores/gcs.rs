//! Google Cloud Storage as fake-gcs-server speaks it, in memory.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::super::raw::Answer;
use super::http::{Door, Head, read_head};
use super::process::Process;
use super::{Store, ask, installed};

/// Of letters alone: whatever encodes them, they stay the same.
const BUCKET: &str = "backups";

/// Tells the client to ask nobody for a token.
const ACCOUNT: &str =
    r#"{"private_key": "", "private_key_id": "", "client_email": "", "disable_oauth": true}"#;

/// Lets everybody in. It speaks both of Google's protocols, but of the XML one, which the program uses, it only reads, lists
/// and removes: so a put is brought to it in the other one, with its condition and its metadata. Nothing of the kind is done
/// for uploads in parts and for copies, which it refuses (400); no emulator knows them.
pub struct Gcs {
    door: Door,
    process: Process,
    account: NamedTempFile,
}

impl Gcs {
    pub fn program() -> PathBuf {
        installed("python/bin/fake-gcs-server")
    }

    /// With a bucket. Needs its [`program`](Gcs::program).
    pub fn start() -> Gcs {
        // The port is free when it is chosen, and may be taken by another process a moment later.
        let started = (0..10).find_map(|_| Gcs::try_start().ok());
        let process = started.expect("it starts");
        let upstream = process.base.clone();
        let mut account = NamedTempFile::new().expect("a temporary file");
        let written = account.write_all(ACCOUNT.as_bytes());
        written.expect("a temporary file takes bytes");
        let gcs = Gcs {
            door: Door::open(move |client| serve(&client, &upstream)),
            process,
            account,
        };
        let bucket = json!({ "name": BUCKET }).to_string();
        gcs.expect("POST", "/storage/v1/b", bucket.as_bytes());
        gcs
    }

    fn try_start() -> Result<Process, String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        drop(listener);
        let (port, address) = (address.port().to_string(), address.to_string());
        let memory = ["-backend", "memory", "-scheme", "http"];
        let place = [
            "-host",
            "127.0.0.1",
            "-port",
            &port,
            "-public-host",
            &address,
        ];
        Process::try_start(&Gcs::program(), &[memory.as_slice(), &place].concat(), &[])
    }

    fn expect(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        let kind = [("Content-Type", "application/json")];
        let answer = ask(&self.process.base, method, target, &kind, body);
        let text = answer.text();
        let is_done = (200..300).contains(&answer.status);
        assert!(is_done, "{method} {target}: {} {text}", answer.status);
        answer
    }

    fn items(&self) -> Vec<Value> {
        let list = self.expect("GET", &in_bucket("o"), b"").text();
        let mut list: Value = serde_json::from_str(&list).expect("it writes JSON");
        assert!(list["nextPageToken"].is_null(), "too many: {list}");
        serde_json::from_value(list["items"].take()).unwrap_or_default()
    }
}

fn in_bucket(rest: &str) -> String {
    format!("/storage/v1/b/{BUCKET}/{rest}")
}

fn object(key: &str) -> String {
    in_bucket(&format!("o/{}", utf8_percent_encode(key, NON_ALPHANUMERIC)))
}

impl Store for Gcs {
    fn base(&self) -> &str {
        &self.door.base
    }

    fn env_at(&self, base: &str) -> Vec<(&'static str, String)> {
        let account = self.account.path().display().to_string();
        vec![
            ("GOOGLE_SERVICE_ACCOUNT", account),
            ("GOOGLE_BASE_URL", base.to_owned()),
            ("GOOGLE_ALLOW_HTTP", "true".to_owned()),
        ]
    }

    fn url(&self, prefix: &str) -> String {
        format!("gs://{BUCKET}/{prefix}")
    }

    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let items = self.items().into_iter();
        let objects = items.map(|item| {
            let key = item["name"].as_str().expect("it has a name").to_owned();
            let content = self.expect("GET", &(object(&key) + "?alt=media"), b"");
            (key, content.body)
        });
        objects.collect()
    }

    fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        let mut items = self.items().into_iter();
        let item = items.find(|item| item["name"] == key).unwrap_or_default();
        serde_json::from_value(item["metadata"].clone()).unwrap_or_default()
    }

    fn write(&self, key: &str, bytes: &[u8]) {
        let answer = put(&self.process.base, key, &[], None, bytes);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    fn remove(&self, key: &str) {
        self.expect("DELETE", &object(key), b"");
    }

    fn uploads(&self) -> Vec<String> {
        Vec::new()
    }
}

/// One request after the other of a connection.
fn serve(mut client: &TcpStream, upstream: &str) -> io::Result<()> {
    let mut from = BufReader::new(client);
    while let Some(head) = read_head(&mut from)? {
        let len = usize::try_from(head.body_len()).map_err(io::Error::other)?;
        let mut body = vec![0; len];
        from.read_exact(&mut body)?;
        let answer = answer(&head, &body, upstream);
        write!(client, "HTTP/1.1 {} As it said\r\n", answer.status)?;
        for (name, value) in &answer.headers {
            if !["connection", "content-length"].contains(&&*name.to_ascii_lowercase()) {
                write!(client, "{name}: {value}\r\n")?;
            }
        }
        let is_head = head.method() == "HEAD";
        let len = answer.header("content-length").filter(|_| is_head);
        let len = len.map_or(answer.body.len().to_string(), str::to_owned);
        write!(client, "Content-Length: {len}\r\n\r\n")?;
        client.write_all(&answer.body)?;
    }
    Ok(())
}

fn answer(head: &Head, body: &[u8], upstream: &str) -> Answer {
    let target = head.target();
    let key = target.strip_prefix(&format!("/{BUCKET}/"));
    let key = key.filter(|key| !key.contains('?') && head.header("x-goog-copy-source").is_none());
    if let ("PUT", Some(key)) = (&*head.method(), key) {
        let key = percent_encoding::percent_decode_str(key).decode_utf8_lossy();
        let condition = head.header("x-goog-if-generation-match");
        return as_xml(put(upstream, &key, &head.headers, condition, body));
    }
    let headers = head.headers.iter();
    let kept = headers
        .filter(|(name, _)| !["host", "content-length"].contains(&&*name.to_ascii_lowercase()));
    let kept: Vec<_> = kept.map(|(name, value)| (&**name, &**value)).collect();
    ask(upstream, &head.method(), &target, &kept, body)
}

/// An upload in Google's other protocol.
fn put(
    upstream: &str,
    key: &str,
    headers: &[(String, String)],
    generation: Option<&str>,
    body: &[u8],
) -> Answer {
    let metadata: BTreeMap<String, &String> = headers
        .iter()
        .filter_map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            Some((name.strip_prefix("x-goog-meta-")?.to_owned(), value))
        })
        .collect();
    let about = json!({ "name": key, "metadata": metadata });
    let edge = "a-line-that-no-zip-has";
    let mut parts = format!(
        "--{edge}\r\nContent-Type: application/json\r\n\r\n{about}\r\n--{edge}\r\nContent-Type: application/zip\r\n\r\n"
    )
    .into_bytes();
    parts.extend(body);
    parts.extend(format!("\r\n--{edge}--\r\n").into_bytes());
    let condition = generation.map(|it| format!("&ifGenerationMatch={it}"));
    let condition = condition.unwrap_or_default();
    let target = format!("/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart{condition}");
    let kind = format!("multipart/related; boundary={edge}");
    ask(
        upstream,
        "POST",
        &target,
        &[("Content-Type", &kind)],
        &parts,
    )
}

/// What the XML protocol says in headers.
fn as_xml(mut answer: Answer) -> Answer {
    if answer.status == 200 {
        let told: Value = serde_json::from_slice(&answer.body).expect("it writes JSON");
        let word = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        answer.headers = vec![
            ("ETag".to_owned(), format!("\"{}\"", word("etag"))),
            ("x-goog-generation".to_owned(), word("generation")),
        ];
        answer.body.clear();
    }
    answer
}
