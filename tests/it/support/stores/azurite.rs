//! Azure Blob Storage as Microsoft's Azurite speaks it, in memory.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::super::raw::Answer;
use super::process::Process;
use super::{Store, ask, between_tags, headers_with, installed, path_of, random_word};

const ACCOUNT: &str = "backupsofthecrm";
const VERSION: &str = "2021-08-06";

/// One for all tests, each with a container of its own.
static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

struct Server {
    process: Process,
    key: String,
    /// The signature with which the harness is let in, as a query.
    sas: String,
}

/// Checks signatures. Takes whatever block list it knows the blocks of, as Azure does.
pub struct Azurite {
    pub container: String,
}

impl Server {
    fn start() -> Server {
        let secret = random_word();
        let key = STANDARD.encode(&secret);
        let main = Azurite::program().display().to_string();
        let args = [
            &*main,
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "0",
            "--silent",
            "--inMemoryPersistence",
            "--disableTelemetry",
            // Without it any version that is newer than Azurite is refused.
            "--skipApiVersionCheck",
        ];
        let node = installed("python/bin/node");
        let accounts = format!("{ACCOUNT}:{key}");
        let process = Process::start(&node, &args, &[("AZURITE_ACCOUNTS", &accounts)]);
        let sas = sas(secret.as_bytes());
        Server { process, key, sas }
    }
}

/// A signature of the account that allows everything with every blob.
fn sas(secret: &[u8]) -> String {
    let end = "2999-01-01T00:00:00Z";
    let signed = format!("{ACCOUNT}\nrwdlac\nb\nsco\n\n{end}\n\nhttps,http\n{VERSION}\n\n");
    let signature = STANDARD.encode(hmac(secret, signed.as_bytes()));
    let signature = utf8_percent_encode(&signature, NON_ALPHANUMERIC);
    format!("sv={VERSION}&ss=b&srt=sco&sp=rwdlac&se={end}&spr=https,http&sig={signature}")
}

/// With SHA-256, by RFC 2104. The key is no longer than a block.
fn hmac(key: &[u8], text: &[u8]) -> impl AsRef<[u8]> + use<> {
    let padded = |pad: u8| -> [u8; 64] {
        std::array::from_fn(|place| key.get(place).copied().unwrap_or(0) ^ pad)
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(padded(0x5c));
    outer.chain_update(inner.finalize()).finalize()
}

impl Azurite {
    /// What Node runs.
    pub fn program() -> PathBuf {
        installed("azurite/node_modules/azurite/dist/src/blob/main.js")
    }

    /// With a container. Needs its [`program`](Azurite::program).
    pub fn start() -> Azurite {
        static CONTAINERS: AtomicU32 = AtomicU32::new(1);
        let number = CONTAINERS.fetch_add(1, Ordering::Relaxed);
        let azurite = Azurite {
            container: format!("backups-{number}"),
        };
        azurite.expect("PUT", "?restype=container", &[], b"");
        azurite
    }

    pub fn account_key() -> &'static str {
        &SERVER.key
    }

    /// A request of Azure's about the container, such as `?restype=container&comp=acl`, or a blob in it.
    pub fn ask(&self, method: &str, rest: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let joined = if rest.contains('?') { '&' } else { '?' };
        let (container, sas) = (&self.container, &SERVER.sas);
        let target = format!("/{ACCOUNT}/{container}{rest}{joined}{sas}");
        let headers = [headers, &[("x-ms-version", VERSION)]].concat();
        ask(self.base(), method, &target, &headers, body)
    }

    fn expect(&self, method: &str, rest: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = self.ask(method, rest, headers, body);
        let text = answer.text();
        let is_done = (200..300).contains(&answer.status);
        assert!(is_done, "{method} {rest}: {} {text}", answer.status);
        answer
    }

    fn names(&self, what: &str) -> Vec<String> {
        let list = format!("?restype=container&comp=list{what}");
        let list = self.expect("GET", &list, &[], b"").text();
        assert!(!list.contains("<NextMarker>"), "too many: {list}");
        between_tags(&list, "Name")
    }
}

impl Store for Azurite {
    fn base(&self) -> &str {
        &SERVER.process.base
    }

    fn env_at(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.to_owned()),
            ("AZURE_STORAGE_ACCOUNT_KEY", SERVER.key.clone()),
            ("AZURE_STORAGE_ENDPOINT", format!("{base}/{ACCOUNT}")),
            ("AZURE_ALLOW_HTTP", "true".to_owned()),
        ]
    }

    fn url(&self, prefix: &str) -> String {
        format!("az://{}/{prefix}", self.container)
    }

    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let names = self.names("").into_iter();
        names
            .map(|key| {
                let blob = self.expect("GET", &format!("/{}", path_of(&key)), &[], b"");
                (key, blob.body)
            })
            .collect()
    }

    fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        let head = self.ask("HEAD", &format!("/{}", path_of(key)), &[], b"");
        headers_with(&head, "x-ms-meta-")
    }

    fn write(&self, key: &str, bytes: &[u8]) {
        let kind = [("x-ms-blob-type", "BlockBlob")];
        self.expect("PUT", &format!("/{}", path_of(key)), &kind, bytes);
    }

    fn remove(&self, key: &str) {
        self.expect("DELETE", &format!("/{}", path_of(key)), &[], b"");
    }

    /// Azure's word for them is uncommitted blocks, and it forgets them after a week.
    fn uploads(&self) -> Vec<String> {
        let committed = self.names("");
        let mut names = self.names("&include=uncommittedblobs");
        names.retain(|name| !committed.contains(name));
        names
    }
}
