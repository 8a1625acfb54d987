//! The access token across runs: a file that only its owner can read, replaced in one step, guarded by a kernel lock.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::token::AccessToken;
use crate::exit::Exit;
use crate::integrity::digest::short_name;
use crate::problem::Problem;
use crate::redaction;
use crate::store::sys;

/// A cache file is a few hundred bytes.
const LARGEST: u64 = 64 << 10;

/// Where the token of one set of credentials is kept.
pub(super) struct Cache {
    folder: PathBuf,
    stem: String,
}

/// The cache, while no other process touches it.
pub(super) struct LockedCache<'a> {
    cache: &'a Cache,
    _lock: File,
}

/// A token as the file has it.
#[derive(Serialize, Deserialize)]
struct CachedToken {
    schema: u32,
    access_token: String,
    issued: DateTime<Utc>,
    expires: DateTime<Utc>,
    /// Only told to people; a file of an earlier version has none.
    #[serde(default)]
    scopes: Option<String>,
}

impl Cache {
    /// The name tells credentials apart without telling them: it is a hash of all that makes a token another one.
    pub(super) fn new(
        folder: PathBuf,
        accounts: &Url,
        client_id: &str,
        refresh_token: &SecretString,
    ) -> Cache {
        let parts = [accounts.as_str(), client_id, refresh_token.expose_secret()];
        Cache {
            folder,
            stem: format!("token-{}", short_name(parts)),
        }
    }

    /// Waits until no other process makes a token from the same credentials.
    pub(super) async fn lock(&self) -> Result<LockedCache<'_>, Problem> {
        sys::create_private_folders(&self.folder).map_err(failed(&self.folder))?;
        let path = self.folder.join(format!("{}.lock", self.stem));
        let mut options = OpenOptions::new();
        sys::private(options.write(true).create(true).truncate(false));
        let file = sys::open_no_follow(&options, &path).map_err(failed(&path))?;
        // The other process holds it for one request, but that can take its retries.
        let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
        let lock = locked
            .unwrap_or_else(|panic| Err(io::Error::other(panic)))
            .map_err(failed(&path))?;
        Ok(LockedCache {
            cache: self,
            _lock: lock,
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.stem))
    }
}

impl LockedCache<'_> {
    /// The token; nothing when there is none, or the file is damaged: then it is made anew.
    pub(super) fn read(&self) -> Result<Option<AccessToken>, Problem> {
        let path = self.cache.path();
        let found = match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found.map_err(failed(&path))?,
        };
        if let Some(mode) = sys::exposed_to_others(&found) {
            // On some mounts every file has this mode, and no chmod helps.
            self.forget();
            return Err(exposed(&path, mode));
        }
        let content = crate::store::read_own(&path, LARGEST).map_err(failed(&path))?;
        let Some(content) = content else {
            return Ok(None);
        };
        let Ok(cached) = serde_json::from_slice::<CachedToken>(&content) else {
            tracing::warn!(path = %path.display(), "the cached token is damaged: asking for a new one");
            return Ok(None);
        };
        let secret = SecretString::from(cached.access_token);
        redaction::hide(&secret);
        Ok(Some(AccessToken {
            secret,
            issued: cached.issued,
            expires: Some(cached.expires),
            scopes: cached.scopes,
        }))
    }

    /// Keeps a token for the next run. One that may expire at any time is not kept, and the one before it is of no use.
    pub(super) fn write(&self, token: &AccessToken) -> Result<(), Problem> {
        let Some(expires) = token.expires else {
            self.forget();
            return Ok(());
        };
        let cached = CachedToken {
            schema: 1,
            access_token: token.secret.expose_secret().to_owned(),
            issued: token.issued,
            expires,
            scopes: token.scopes.clone(),
        };
        let path = self.cache.path();
        // Made with mode 0600 whatever the umask, as far as the mount knows modes.
        let file = tempfile::NamedTempFile::new_in(&self.cache.folder);
        let mut file = file.map_err(failed(&path))?;
        let found = file.as_file().metadata().map_err(failed(&path))?;
        if let Some(mode) = sys::exposed_to_others(&found) {
            return Err(exposed(&path, mode));
        }
        let write = || {
            file.write_all(&serde_json::to_vec(&cached)?)?;
            file.as_file().sync_all()?;
            sys::persist(file, &path).map(drop)
        };
        write().map_err(failed(&path))
    }

    pub(super) fn forget(&self) {
        let _ = sys::remove_file(&self.cache.path());
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Problem {
    let path = path.to_owned();
    move |error| {
        let what = format!("the token can't be kept for the next run: {error}");
        problem("cache_failed", &path, &what)
    }
}

fn exposed(path: &Path, mode: u32) -> Problem {
    let what =
        format!("others can read it (mode {mode:03o}), so the token is not kept for the next run");
    problem("cache_exposed", path, &what)
}

fn problem(code: &'static str, path: &Path, what: &str) -> Problem {
    let path = path.display();
    Problem::new(Exit::Storage, code, format!("{path}: {what}")).hint(format!(
        "it must be writable by the user who runs backup-fetch, and private to that user: '{path}'"
    ))
}
