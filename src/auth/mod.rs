//! Where the access token comes from (`design.md` section 6): given as it is, or made from a refresh token, once
//! however many connections and processes wait for it.

mod cache;
pub(crate) mod callback;
mod error;
pub(crate) mod grant;
mod grant_error;
mod oauth;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

use cache::{Cache, CachedToken, LockedCache};
pub(crate) use error::AuthError;
pub(crate) use grant_error::GrantError;
use oauth::TokenEndpoint;
#[cfg(fuzzing)]
pub(crate) use oauth::{Granted, parse_reply};

use crate::event::{Event, Observer};
use crate::http::retry::RetryPolicy;
use crate::http::{Authorize, BoxFuture, Client};
use crate::problem::Problem;
use crate::untrusted::printable;

/// A token is renewed when less than this is left of it, so that it does not die while a file is opened with it.
const RENEW_BEFORE: TimeDelta = TimeDelta::minutes(10);

/// And less than this part of its life: a token that lives only minutes would be renewed all the time otherwise.
const RENEW_PART: i32 = 6;

/// A connection that begins with a token just made in place of a refused one, and is refused as well, gets no third one
/// before this: each counts against Zoho's limit on tokens.
const RENEW_AGAIN: Duration = Duration::from_secs(60);

/// What the user gave to be let in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    /// Used as it is, as long as it is taken.
    pub(crate) access_token: Option<SecretString>,
    /// Makes access tokens.
    pub(crate) refresh: Option<RefreshCredentials>,
}

/// What makes access tokens.
#[derive(Debug, Clone)]
pub(crate) struct RefreshCredentials {
    /// Of the client that was made in Zoho's API console.
    pub(crate) client_id: String,
    /// Of the same client.
    pub(crate) client_secret: SecretString,
    /// Made once from a grant code.
    pub(crate) refresh_token: SecretString,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// Where it came from.
    pub(crate) origin: Origin,
    /// When it dies; nothing when nobody said.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// What it opens, in Zoho's words; nothing when Zoho did not say.
    pub(crate) scopes: Option<String>,
}

/// Hands out the token in force.
pub(crate) struct TokenSource {
    given: Option<SecretString>,
    maker: Option<Maker>,
    /// Held while a token is made, so that everybody who waits gets the same one.
    current: Mutex<Option<Token>>,
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenSource")
            .finish_non_exhaustive()
    }
}

struct Maker {
    endpoint: TokenEndpoint,
    /// Nothing where there is no place for one: then the token lives as long as the run.
    cache: Option<Cache>,
    observer: Arc<dyn Observer>,
    has_warned: AtomicBool,
}

/// An access token and its life.
#[derive(Debug, Clone)]
struct Token {
    secret: SecretString,
    origin: Origin,
    /// What it opens, in Zoho's words, where Zoho said so.
    scopes: Option<String>,
    /// When it was issued and when it dies; nothing when Zoho did not say: then it serves this run.
    life: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// When it took the place of one that was refused.
    renewed: Option<Instant>,
}

impl Token {
    /// Whether it has just taken the place of one that was refused.
    fn is_just_renewed(&self) -> bool {
        self.renewed.is_some_and(|at| at.elapsed() < RENEW_AGAIN)
    }

    /// Whether enough of its life is left to start a file with.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let Some((issued, expires)) = self.life else {
            return true;
        };
        let left = expires - now;
        // An issue time in the future means that the clock was set back: nothing about this token is known.
        issued <= now
            && (left >= RENEW_BEFORE || left >= (expires - issued) / RENEW_PART)
            && left > TimeDelta::zero()
    }
}

impl TokenSource {
    /// `cache_folder` holds the token across runs, `accounts` is the server that makes it.
    ///
    /// # Errors
    /// [`AuthError::NoCredentials`] when there is nothing to be let in with.
    pub(crate) fn new(
        credentials: Credentials,
        client: Client,
        accounts: &Url,
        cache_folder: Option<PathBuf>,
        retry: RetryPolicy,
        observer: Arc<dyn Observer>,
    ) -> Result<TokenSource, AuthError> {
        if credentials.access_token.is_none() && credentials.refresh.is_none() {
            return Err(AuthError::NoCredentials);
        }
        let maker = credentials.refresh.map(|refresh| Maker {
            cache: cache_folder.map(|folder| Cache::new(folder, accounts, &refresh)),
            observer: Arc::clone(&observer),
            has_warned: AtomicBool::new(false),
            endpoint: TokenEndpoint::new(client, accounts, refresh, retry, observer),
        });
        Ok(TokenSource {
            given: credentials.access_token,
            maker,
            current: Mutex::new(None),
        })
    }

    /// Gets a token as any request would, and tells of it.
    pub(crate) async fn in_force(&self) -> Result<InForce, AuthError> {
        self.current().await?;
        let current = self.current.lock().await;
        let token = current.as_ref().ok_or(AuthError::Refused)?;
        Ok(InForce {
            origin: token.origin,
            expires: token.life.map(|(_, expires)| expires),
            scopes: token.scopes.clone(),
        })
    }

    async fn current(&self) -> Result<SecretString, AuthError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| token.is_fresh(Utc::now())) {
            return Ok(token.secret.clone());
        }
        let token = match (&self.given, &self.maker) {
            (Some(given), _) if current.is_none() => Token {
                secret: given.clone(),
                origin: Origin::Given,
                scopes: None,
                life: None,
                renewed: None,
            },
            (_, Some(maker)) => maker.token(None).await?,
            (_, None) => return Err(AuthError::Refused),
        };
        Ok(current.insert(token).secret.clone())
    }

    async fn replace(&self, refused: &SecretString) -> Result<SecretString, AuthError> {
        let mut current = self.current.lock().await;
        if let Some(token) = current
            .as_ref()
            .filter(|token| !is_same(&token.secret, refused) || token.is_just_renewed())
        {
            // Another connection met the same refusal before us.
            return Ok(token.secret.clone());
        }
        let maker = self.maker.as_ref().ok_or(AuthError::Refused)?;
        let token = Token {
            renewed: Some(Instant::now()),
            ..maker.token(Some(refused)).await?
        };
        Ok(current.insert(token).secret.clone())
    }
}

impl Maker {
    /// The cached token, unless it is stale or the refused one; else a new one. One process at a time: the others then
    /// find the new one in the cache.
    async fn token(&self, refused: Option<&SecretString>) -> Result<Token, AuthError> {
        let locked = match &self.cache {
            Some(cache) => self.kept_or_warned(cache.lock().await),
            None => None,
        };
        let cached = locked.as_ref().map(LockedCache::read);
        if let Some(cached) = cached.and_then(|read| self.kept_or_warned(read)).flatten() {
            let token = Token::from(cached);
            let refused = refused.is_some_and(|refused| is_same(refused, &token.secret));
            if token.is_fresh(Utc::now()) && !refused {
                tracing::info!("using the cached access token");
                return Ok(token);
            }
            // Whatever becomes of the request for a new one: the next run must not begin with this.
            locked.iter().for_each(LockedCache::forget);
        }
        let issued = Utc::now();
        let granted = self.endpoint.refresh().await?;
        let life = granted.lifetime.map(|lifetime| (issued, issued + lifetime));
        let token = Token {
            secret: granted.access_token,
            origin: Origin::Made,
            scopes: granted.scopes,
            life,
            renewed: None,
        };
        match (locked, token.life) {
            (Some(locked), Some((issued, expires))) => {
                self.kept_or_warned(locked.write(&CachedToken::new(
                    &token.secret,
                    issued,
                    expires,
                    token.scopes.clone(),
                )));
            }
            (Some(locked), None) => locked.forget(),
            (None, _) => {}
        }
        Ok(token)
    }

    /// The cache only saves a request: a run without it is as good. Said once.
    fn kept_or_warned<T>(&self, outcome: Result<T, AuthError>) -> Option<T> {
        match outcome {
            Ok(done) => Some(done),
            Err(error) => {
                if !self.has_warned.swap(true, Ordering::Relaxed) {
                    self.observer.event(Event::Warning {
                        name: None,
                        message: printable(&error.to_string()),
                    });
                }
                None
            }
        }
    }

    /// Takes the refused token out of the cache, unless another process has put a better one there.
    async fn forget(&self, refused: &SecretString) -> Result<(), AuthError> {
        let Some(cache) = &self.cache else {
            return Ok(());
        };
        let locked = cache.lock().await?;
        let cached = locked.read()?.map(CachedToken::into_secret);
        if cached.is_some_and(|cached| is_same(refused, &cached)) {
            locked.forget();
        }
        Ok(())
    }
}

impl From<CachedToken> for Token {
    fn from(cached: CachedToken) -> Token {
        Token {
            life: Some((cached.issued, cached.expires)),
            origin: Origin::Cached,
            scopes: cached.scopes.clone(),
            secret: cached.into_secret(),
            renewed: None,
        }
    }
}

impl Authorize for TokenSource {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, Problem>> {
        Box::pin(async { self.current().await.map_err(|error| error.problem()) })
    }

    fn renew<'a>(
        &'a self,
        refused: &'a SecretString,
    ) -> BoxFuture<'a, Result<SecretString, Problem>> {
        Box::pin(async { self.replace(refused).await.map_err(|error| error.problem()) })
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

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(issued: i64, expires: i64) -> Token {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        Token {
            secret: "t".into(),
            origin: Origin::Made,
            scopes: None,
            life: Some((at(issued), at(expires))),
            renewed: None,
        }
    }

    #[tokio::test]
    async fn a_token_that_was_just_renewed_is_not_renewed_again() {
        let with = |renewed| TokenSource {
            given: None,
            maker: None,
            current: Mutex::new(Some(Token {
                renewed,
                ..token(0, 3600)
            })),
        };
        let refused = "t".into();
        assert!(with(None).replace(&refused).await.is_err());
        assert!(with(Some(Instant::now())).replace(&refused).await.is_ok());
    }

    fn now(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn an_hour_token_is_renewed_ten_minutes_before_its_end() {
        let token = token(1000, 4600);
        assert!(token.is_fresh(now(1000)));
        assert!(token.is_fresh(now(4000)));
        assert!(!token.is_fresh(now(4001)));
    }

    #[test]
    fn a_short_token_is_used_for_most_of_its_life() {
        let token = token(1000, 1060);
        assert!(token.is_fresh(now(1050)));
        assert!(!token.is_fresh(now(1051)));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_a_token_stale() {
        assert!(!token(1000, 4600).is_fresh(now(999)));
    }
}
