//! S3 as s3s-fs speaks it, over a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tempfile::TempDir;

use super::super::run::files_under;
use super::process::Process;
use super::{Store, installed, random_word};

const BUCKET: &str = "backups-of-the-crm";

/// Checks signatures, and that a body is what was signed. Not as AWS: makes a bucket that is not there when something is put
/// into it; has no list of uploads, no versions, no lifecycle (501); answers 403 to an upload it does not know, and 500 to a
/// key with others below it; compares neither the checksum nor the tag of a part; lists without tags; looks first and writes
/// then, so that of two who write at the same instant both may win.
#[derive(Debug)]
pub struct S3 {
    /// Of each bucket a folder, and of each object a file.
    root: PathBuf,
    bucket: String,
    process: Arc<Process>,
    _own: Option<TempDir>,
    pub access_key: String,
    pub secret_key: String,
}

impl S3 {
    pub fn program() -> PathBuf {
        installed("s3s_fs/bin/s3s-fs")
    }

    /// With a bucket. Needs its [`program`](S3::program).
    pub fn start() -> S3 {
        let own = TempDir::new().expect("a temporary folder");
        let s3 = S3::over(own.path());
        S3 {
            _own: Some(own),
            ..s3
        }
    }

    /// With all its buckets in this folder, of which it makes one.
    pub fn over(root: &Path) -> S3 {
        let (access_key, secret_key) = (random_word(), random_word());
        let (host, keys) = (
            ["--host", "127.0.0.1", "--port", "0"],
            ["--access-key", &access_key, "--secret-key", &secret_key],
        );
        let shown = root.display().to_string();
        let args = [&host[..], &keys, &[&shown]].concat();
        let process = Process::start(&S3::program(), &args, &[("RUST_LOG", "s3s_fs=info")]);
        let s3 = S3 {
            root: root.to_owned(),
            bucket: String::new(),
            process: Arc::new(process),
            _own: None,
            access_key,
            secret_key,
        };
        s3.with_bucket(BUCKET)
    }

    /// Another bucket of the same store.
    pub fn with_bucket(&self, name: &str) -> S3 {
        fs::create_dir_all(self.root.join(name)).expect("it is ours");
        S3 {
            root: self.root.clone(),
            bucket: name.to_owned(),
            process: Arc::clone(&self.process),
            _own: None,
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
        }
    }

    /// With a file for each object.
    pub fn folder(&self) -> PathBuf {
        self.root.join(&self.bucket)
    }

    /// Whether something was ever put into the bucket by way of the store.
    pub fn has_taken(&self) -> bool {
        let begin = format!(".bucket-{}.", URL_SAFE_NO_PAD.encode(&self.bucket));
        let names = fs::read_dir(&self.root).expect("it is ours").flatten();
        let mut names = names.map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with(&begin))
    }

    /// Makes an object look as if it had been written that long before.
    pub fn age(&self, key: &str, age: Duration) {
        let file = File::options().write(true).open(self.path(key));
        let file = file.expect("there is such an object");
        let long_ago = SystemTime::now() - age;
        file.set_modified(long_ago).expect("it is ours");
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder().join(key)
    }

    /// Where it keeps what is known of an object beside its bytes.
    fn beside(&self, key: &str, what: &str) -> PathBuf {
        let [bucket, key] = [&*self.bucket, key].map(|name| URL_SAFE_NO_PAD.encode(name));
        let name = format!(".bucket-{bucket}.object-{key}.{what}.json");
        self.root.join(name)
    }
}

impl Store for S3 {
    fn base(&self) -> &str {
        &self.process.base
    }

    fn env_at(&self, base: &str) -> Vec<(&'static str, String)> {
        super::aws(base, &self.access_key, &self.secret_key)
    }

    fn url(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.bucket)
    }

    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let names = files_under(&self.folder()).into_iter();
        let objects = names.filter_map(|key| {
            let path = self.path(&key);
            path.is_file()
                .then(|| (key, fs::read(path).expect("it is ours")))
        });
        objects.collect()
    }

    fn metadata(&self, key: &str) -> BTreeMap<String, String> {
        let Ok(text) = fs::read(self.beside(key, "metadata")) else {
            return BTreeMap::new();
        };
        let mut known: Value = serde_json::from_slice(&text).expect("it writes JSON");
        serde_json::from_value(known["user_metadata"].take()).unwrap_or_default()
    }

    fn write(&self, key: &str, bytes: &[u8]) {
        self.remove(key);
        let path = self.path(key);
        let folder = path.parent().expect("it is in a bucket");
        fs::create_dir_all(folder).expect("it is ours");
        fs::write(path, bytes).expect("it is ours");
    }

    fn remove(&self, key: &str) {
        // It leaves them when it deletes an object, and would show them for the next one of that name.
        let beside = ["metadata", "internal"].map(|what| self.beside(key, what));
        for path in beside.into_iter().chain([self.path(key)]) {
            let _ = fs::remove_file(path);
        }
    }

    fn tells_uploads(&self) -> bool {
        false
    }

    fn uploads(&self) -> Vec<String> {
        let names = files_under(&self.root);
        let ids = names.iter().filter_map(|name| {
            let id = name.strip_prefix(".upload-")?;
            id.strip_suffix(".json")
        });
        let key = |id: &str| {
            let end = format!(".upload-{id}.metadata.json");
            let name = names.iter().find_map(|name| name.strip_suffix(&end));
            name.and_then(encoded_key).unwrap_or_else(|| id.to_owned())
        };
        let mut uploads: Vec<String> = ids.map(key).collect();
        uploads.sort();
        uploads
    }
}

/// Of `.bucket-BUCKET.object-KEY`.
fn encoded_key(name: &str) -> Option<String> {
    let (_, key) = name.split_once(".object-")?;
    let key = URL_SAFE_NO_PAD.decode(key).ok()?;
    String::from_utf8(key).ok()
}
