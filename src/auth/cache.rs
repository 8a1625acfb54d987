//! The access token across runs: a file that only its owner can read, replaced in one step, guarded by a kernel lock.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{AuthError, RefreshCredentials};
use crate::integrity::digest::short_name;
use crate::store::sys;

/// A cache file is a few hundred bytes.
const LARGEST: u64 = 64 << 10;

/// Where the token of one set of credentials is kept.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    stem: String,
}

/// A token as the file has it.
#[derive(Serialize, Deserialize)]
pub(super) struct CachedToken {
    schema: u32,
    access_token: String,
    pub(super) issued: DateTime<Utc>,
    pub(super) expires: DateTime<Utc>,
    /// Only told to people; a file of an earlier version has none.
    #[serde(default)]
    pub(super) scopes: Option<String>,
}

impl CachedToken {
    pub(super) fn new(
        secret: &SecretString,
        issued: DateTime<Utc>,
        expires: DateTime<Utc>,
        scopes: Option<String>,
    ) -> CachedToken {
        CachedToken {
            schema: 1,
            access_token: secret.expose_secret().to_owned(),
            issued,
            expires,
            scopes,
        }
    }

    pub(super) fn into_secret(self) -> SecretString {
        let secret = SecretString::from(self.access_token);
        crate::redaction::hide(&secret);
        secret
    }
}

/// The cache, while no other process touches it.
#[derive(Debug)]
pub(super) struct LockedCache<'a> {
    cache: &'a Cache,
    _lock: File,
}

impl Cache {
    /// The name tells credentials apart without telling them: it is a hash of all that makes a token another one.
    pub(super) fn new(folder: PathBuf, accounts: &Url, credentials: &RefreshCredentials) -> Cache {
        let parts = [
            accounts.as_str(),
            &credentials.client_id,
            credentials.refresh_token.expose_secret(),
        ];
        Cache {
            folder,
            stem: format!("token-{}", short_name(parts)),
        }
    }

    /// Waits until no other process makes a token from the same credentials.
    pub(super) async fn lock(&self) -> Result<LockedCache<'_>, AuthError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| AuthError::Cache { path, source }
        };
        sys::create_private_folders(&self.folder).map_err(failed(&self.folder))?;
        let path = self.folder.join(format!("{}.lock", self.stem));
        let mut options = OpenOptions::new();
        let file = sys::private(options.write(true).create(true).truncate(false))
            .open(&path)
            .map_err(failed(&path))?;
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
    pub(super) fn read(&self) -> Result<Option<CachedToken>, AuthError> {
        let path = self.cache.path();
        let exposed = match path.symlink_metadata() {
            Ok(found) => sys::exposed_to_others(&found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(AuthError::Cache { path, source }),
        };
        if let Some(mode) = exposed {
            // On some mounts every file has this mode, and no chmod helps.
            self.forget();
            return Err(AuthError::CacheExposed { path, mode });
        }
        match crate::store::read_own(&path, LARGEST) {
            Ok(Some(content)) => {
                let read = serde_json::from_slice(&content).ok();
                if read.is_none() {
                    tracing::warn!(path = %path.display(), "the cached token is damaged: asking for a new one");
                }
                Ok(read)
            }
            Ok(None) => Ok(None),
            Err(source) => Err(AuthError::Cache { path, source }),
        }
    }

    /// Keeps a token for the next run.
    pub(super) fn write(&self, token: &CachedToken) -> Result<(), AuthError> {
        let path = self.cache.path();
        let failed = |source: io::Error| AuthError::Cache {
            path: path.clone(),
            source,
        };
        // Made with mode 0600 whatever the umask, as far as the mount knows modes.
        let mut file = tempfile::NamedTempFile::new_in(&self.cache.folder).map_err(failed)?;
        let found = file.as_file().metadata().map_err(failed)?;
        if let Some(mode) = sys::exposed_to_others(&found) {
            return Err(AuthError::CacheExposed { path, mode });
        }
        let write = || {
            file.write_all(&serde_json::to_vec(token)?)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(failed)
    }

    /// A token without a known life is not kept, and the one before it is of no use any more.
    pub(super) fn forget(&self) {
        let _ = std::fs::remove_file(self.cache.path());
    }
}
