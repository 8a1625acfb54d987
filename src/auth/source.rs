//! The token in force: given as it is, or made from a refresh token, once however many connections and processes wait for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;

use super::cache::{Cache, LockedCache};
use super::endpoint::{Accounts, RefreshCredentials};
use super::token::AccessToken;
use crate::event::{Event, Observer};
use crate::exit::Exit;
use crate::http::retry::RetryPolicy;
use crate::http::{Authorize, BoxFuture, Client};
use crate::problem::Problem;
use crate::untrusted::printable;

/// A connection that begins with a token just made in place of a refused one, and is refused as well, gets no third one
/// before this: each counts against Zoho's limit on tokens.
const RENEW_AGAIN: Duration = Duration::from_secs(60);

/// What the user gave to be let in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    /// Used as it is, as long as it is taken.
    pub(crate) access_token: Option<SecretString>,
    pub(crate) refresh: Option<RefreshCredentials>,
}

/// Where the token in force came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The user gave it as it is.
    Given,
    /// An earlier run made it.
    Cached,
    /// It was made now.
    Made,
}

/// What can be told of the token in force without telling it.
pub(crate) struct InForce {
    pub(crate) origin: Origin,
    /// Nothing when nobody said.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// What it opens, in Zoho's words; nothing when Zoho did not say.
    pub(crate) scopes: Option<String>,
}

/// Hands out the token in force.
pub(crate) struct TokenSource {
    given: Option<SecretString>,
    maker: Option<Maker>,
    /// Held while a token is made, so that everybody who waits gets the same one.
    current: Mutex<Option<Current>>,
}

struct Current {
    token: AccessToken,
    origin: Origin,
    /// When it took the place of one that was refused.
    renewed: Option<Instant>,
}

struct Maker {
    accounts: Accounts,
    credentials: RefreshCredentials,
    /// Nothing where there is no place for one: then the token lives as long as the run.
    cache: Option<Cache>,
    has_warned: AtomicBool,
}

impl TokenSource {
    /// `cache_folder` holds the token across runs, `accounts` is the server that makes it.
    pub(crate) fn new(
        credentials: Credentials,
        client: Client,
        accounts: &Url,
        cache_folder: Option<PathBuf>,
        retry: RetryPolicy,
        observer: Arc<dyn Observer>,
    ) -> Result<TokenSource, Problem> {
        let (given, refresh) = (credentials.access_token, credentials.refresh);
        if given.is_none() && refresh.is_none() {
            return Err(no_credentials());
        }
        let cache = |folder, credentials: &RefreshCredentials| {
            let (id, token) = (&credentials.client_id, &credentials.refresh_token);
            Cache::new(folder, accounts, id, token)
        };
        let maker = refresh.map(|credentials| Maker {
            cache: cache_folder.map(|folder| cache(folder, &credentials)),
            accounts: Accounts::new(client, accounts, retry, observer),
            credentials,
            has_warned: AtomicBool::new(false),
        });
        Ok(TokenSource {
            given,
            maker,
            current: Mutex::new(None),
        })
    }

    /// Gets a token as any request would, and tells of it.
    pub(crate) async fn in_force(&self) -> Result<InForce, Problem> {
        self.current().await?;
        let current = self.current.lock().await;
        let current = current.as_ref().ok_or_else(refused)?;
        Ok(InForce {
            origin: current.origin,
            expires: current.token.expires,
            scopes: current.token.scopes.clone(),
        })
    }

    async fn current(&self) -> Result<SecretString, Problem> {
        let mut current = self.current.lock().await;
        if let Some(Current { token, .. }) = current.as_ref()
            && token.is_fresh(Utc::now())
        {
            return Ok(token.secret.clone());
        }
        let next = match (&self.given, &self.maker) {
            (Some(given), _) if current.is_none() => Current {
                token: AccessToken {
                    secret: given.clone(),
                    issued: Utc::now(),
                    expires: None,
                    scopes: None,
                },
                origin: Origin::Given,
                renewed: None,
            },
            (_, Some(maker)) => maker.token(None).await?,
            (_, None) => return Err(refused()),
        };
        Ok(current.insert(next).token.secret.clone())
    }

    async fn replace(&self, refused_token: &SecretString) -> Result<SecretString, Problem> {
        let mut current = self.current.lock().await;
        if let Some(Current { token, renewed, .. }) = current.as_ref() {
            let is_just_renewed = renewed.is_some_and(|at| at.elapsed() < RENEW_AGAIN);
            if !token.is(refused_token) || is_just_renewed {
                // Another connection met the same refusal before us.
                return Ok(token.secret.clone());
            }
        }
        let maker = self.maker.as_ref().ok_or_else(refused)?;
        let next = Current {
            renewed: Some(Instant::now()),
            ..maker.token(Some(refused_token)).await?
        };
        Ok(current.insert(next).token.secret.clone())
    }
}

impl Maker {
    /// The cached token, unless it is stale or the refused one; else a new one. One process at a time: the others then
    /// find the new one in the cache.
    async fn token(&self, refused: Option<&SecretString>) -> Result<Current, Problem> {
        let locked = match &self.cache {
            Some(cache) => self.kept_or_warned(cache.lock().await),
            None => None,
        };
        let cached = locked.as_ref().map(LockedCache::read);
        if let Some(token) = cached.and_then(|read| self.kept_or_warned(read)).flatten() {
            if token.is_fresh(Utc::now()) && !refused.is_some_and(|refused| token.is(refused)) {
                tracing::info!("using the cached access token");
                return Ok(Current {
                    token,
                    origin: Origin::Cached,
                    renewed: None,
                });
            }
            // Whatever becomes of the request for a new one: the next run must not begin with this.
            locked.iter().for_each(LockedCache::forget);
        }
        let token = self.accounts.refresh(&self.credentials).await?;
        if let Some(locked) = locked {
            self.kept_or_warned(locked.write(&token));
        }
        Ok(Current {
            token,
            origin: Origin::Made,
            renewed: None,
        })
    }

    /// The cache only saves a request: a run without it is as good. Said once.
    fn kept_or_warned<T>(&self, outcome: Result<T, Problem>) -> Option<T> {
        outcome
            .inspect_err(|problem| {
                if !self.has_warned.swap(true, Ordering::Relaxed) {
                    self.accounts.observer.event(Event::Warning {
                        name: None,
                        message: printable(&problem.message),
                    });
                }
            })
            .ok()
    }

    /// Takes the refused token out of the cache, unless another process has put a better one there.
    async fn forget(&self, refused: &SecretString) -> Result<(), Problem> {
        let Some(cache) = &self.cache else {
            return Ok(());
        };
        let locked = cache.lock().await?;
        if locked.read()?.is_some_and(|cached| cached.is(refused)) {
            locked.forget();
        }
        Ok(())
    }
}

impl Authorize for TokenSource {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, Problem>> {
        Box::pin(self.current())
    }

    fn renew<'a>(
        &'a self,
        refused: &'a SecretString,
    ) -> BoxFuture<'a, Result<SecretString, Problem>> {
        Box::pin(self.replace(refused))
    }

    fn forget<'a>(&'a self, refused: &'a SecretString) -> BoxFuture<'a, ()> {
        Box::pin(async {
            if let Some(maker) = &self.maker
                && let Err(error) = maker.forget(refused).await
            {
                tracing::info!(%error, "the refused token stays in the cache");
            }
        })
    }
}

pub(crate) fn no_credentials() -> Problem {
    let message = "no credentials: neither an access token nor a refresh token is given";
    Problem::new(Exit::Unauthorized, "no_credentials", message).hint(
        "run `backup-fetch login`; or set ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN (or the same in a profile), or ZOHO_ACCESS_TOKEN for an hour's use",
    )
}

fn refused() -> Problem {
    let message = "the access token was refused, and there is nothing to renew it with";
    Problem::new(Exit::Unauthorized, "token_refused", message).hint(
        "get a new ZOHO_ACCESS_TOKEN, or set ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN so that it can be renewed; also check --dc",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_that_was_just_renewed_is_not_renewed_again() {
        let with = |renewed| TokenSource {
            given: None,
            maker: None,
            current: Mutex::new(Some(Current {
                token: AccessToken {
                    secret: "t".into(),
                    issued: Utc::now(),
                    expires: None,
                    scopes: None,
                },
                origin: Origin::Made,
                renewed,
            })),
        };
        let refused = "t".into();
        assert!(with(None).replace(&refused).await.is_err());
        assert!(with(Some(Instant::now())).replace(&refused).await.is_ok());
    }
}
