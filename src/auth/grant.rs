//! A code turned into a refresh token, and a refresh token revoked (`zoho-api.md` sections 3.1 to 3.3 and 3.5).

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::cache::{Cache, CachedToken};
use super::oauth::{Granted, LARGEST_REPLY, TokenReply};
use super::{AuthError, GrantError, RefreshCredentials};
use crate::event::{Event, Observer};
use crate::exit::Exit;
use crate::http::retry::{RetryPolicy, is_temporary_status};
use crate::http::{Authorize, BoxFuture, Client, HttpError};
use crate::problem::Problem;
use crate::untrusted::{instead, printable, safe_url};
use crate::zoho::datacenter::DataCenter;

/// A code, and whose it is.
#[derive(Debug)]
pub(crate) struct Code<'a> {
    /// Of the client that it was made for.
    pub(crate) client_id: &'a str,
    /// Of the same client.
    pub(crate) client_secret: &'a SecretString,
    /// Good once, and for minutes only.
    pub(crate) code: &'a SecretString,
    /// Exactly as the browser was sent there; nothing for a self client.
    pub(crate) redirect_uri: Option<&'a str>,
}

/// What a code was good for.
#[derive(Debug)]
pub(crate) struct Grant {
    /// Makes access tokens from now on.
    pub(crate) refresh_token: SecretString,
    /// The first one.
    pub(crate) access_token: SecretString,
    /// What it may do, where Zoho says so.
    pub(crate) scopes: Option<Vec<String>>,
    /// The data centre that the reply names, where it is one of Zoho's.
    pub(crate) center: Option<&'static DataCenter>,
    /// When the first access token was issued and when it dies.
    life: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The accounts server, for what is done there once.
pub(crate) struct Accounts {
    client: Client,
    root: Url,
    retry: RetryPolicy,
    observer: Arc<dyn Observer>,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Accounts")
            .field("root", &self.root.as_str())
            .finish_non_exhaustive()
    }
}

impl Accounts {
    /// For the accounts server at `root`.
    pub(crate) fn new(
        client: Client,
        root: &Url,
        retry: RetryPolicy,
        observer: Arc<dyn Observer>,
    ) -> Accounts {
        Accounts {
            client,
            root: root.clone(),
            retry,
            observer,
        }
    }

    /// Spends the code. Tried again only where no connection came about: whatever else goes wrong, the code may be used up.
    pub(crate) async fn exchange(&self, code: &Code<'_>) -> Result<Grant, GrantError> {
        let url = self.at("/oauth/v2/token");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", code.client_id),
            ("client_secret", code.client_secret.expose_secret()),
            ("code", code.code.expose_secret()),
        ];
        form.extend(code.redirect_uri.map(|uri| ("redirect_uri", uri)));
        tracing::info!("exchanging the code at {}", safe_url(&url));
        let issued = Utc::now();
        let mut tries = 0;
        let (status, body) = loop {
            let error = match self.post(&url, &form).await {
                Ok((status, body)) => break (status, body),
                Err(error) => error,
            };
            tries += 1;
            if !error.is_unsent() {
                return Err(GrantError::Lost(error));
            }
            if tries > self.retry.retries {
                return Err(GrantError::Http {
                    source: error,
                    tries,
                });
            }
            self.pause(tries, error.to_string()).await;
        };
        self.read(status, &body, issued, code.redirect_uri.is_some())
    }

    fn read(
        &self,
        status: u16,
        body: &[u8],
        issued: DateTime<Utc>,
        by_browser: bool,
    ) -> Result<Grant, GrantError> {
        let accounts = safe_url(&self.root);
        let not_understood = |said| GrantError::NotUnderstood {
            accounts: accounts.clone(),
            status,
            said,
        };
        let reply = TokenReply::parse(body).map_err(not_understood)?;
        let Some(granted) = reply.granted() else {
            let said = reply.said();
            return Err(match reply.error.as_str() {
                "invalid_client" => GrantError::UnknownClient { accounts, said },
                "invalid_client_secret" => GrantError::WrongSecret { accounts, said },
                "invalid_code" | "invalid_grant" => GrantError::WrongCode { accounts, said },
                "invalid_redirect_uri" => GrantError::RedirectUri { accounts, said },
                _ if reply.is_throttle() => GrantError::Throttled { accounts, said },
                "access_denied" | "unauthorized_client" | "invalid_scope" => {
                    GrantError::Denied { accounts, said }
                }
                _ => not_understood(said),
            });
        };
        let refresh = reply.refresh_token.as_ref();
        let refresh = refresh.filter(|token| !token.expose_secret().is_empty());
        let Some(refresh_token) = refresh else {
            return Err(GrantError::NoRefreshToken {
                accounts,
                by_browser,
            });
        };
        Ok(Grant::new(&reply, granted, refresh_token.clone(), issued))
    }

    /// Ends a refresh token and the access tokens that were made with it.
    pub(crate) async fn revoke(&self, refresh_token: &SecretString) -> Result<(), GrantError> {
        let url = self.at("/oauth/v2/token/revoke");
        let form = [("token", refresh_token.expose_secret())];
        let (mut tries, mut lost) = (0, false);
        loop {
            let reason = match self.post(&url, &form).await {
                Ok((200..=299, body)) if is_success(&body) => return Ok(()),
                // Zoho knows the token no more, after a reply that did not arrive.
                Ok((400, _)) if lost => return Ok(()),
                Ok((status, _)) if is_temporary_status(status) && tries < self.retry.retries => {
                    format!("{}: HTTP {status}", safe_url(&url))
                }
                Ok((status, body)) => {
                    let said = instead(&body);
                    return Err(GrantError::NotRevoked {
                        accounts: safe_url(&self.root),
                        status,
                        said,
                    });
                }
                Err(error) if error.is_temporary() && tries < self.retry.retries => {
                    lost |= !error.is_unsent();
                    error.to_string()
                }
                Err(source) => {
                    return Err(GrantError::Http {
                        source,
                        tries: tries + 1,
                    });
                }
            };
            tries += 1;
            self.pause(tries, reason).await;
        }
    }

    async fn post(&self, url: &Url, form: &[(&str, &str)]) -> Result<(u16, Vec<u8>), HttpError> {
        let mut reply = self.client.post_form(url, form).await?;
        let body = reply.body(LARGEST_REPLY).await?;
        Ok((reply.status, body))
    }

    async fn pause(&self, attempt: u32, reason: String) {
        let wait = self.retry.wait(
            attempt,
            crate::http::retry::Backoff::default(),
            fastrand::f64(),
        );
        self.observer.event(Event::Retry {
            name: None,
            attempt,
            attempts: self.retry.retries,
            wait,
            reason,
        });
        tokio::time::sleep(wait).await;
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(path);
        url
    }
}

/// Errors come with any status: only these words say that a token was revoked.
fn is_success(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| {
        let status = body["status"].as_str();
        status.is_some_and(|status| status.eq_ignore_ascii_case("success"))
    })
}

impl Grant {
    fn new(
        reply: &TokenReply,
        granted: Granted,
        refresh_token: SecretString,
        issued: DateTime<Utc>,
    ) -> Grant {
        let scopes = reply.scope.as_deref().map(|text| {
            text.split([' ', ','])
                .filter(|scope| !scope.is_empty())
                .map(printable)
                .collect()
        });
        Grant {
            refresh_token,
            access_token: granted.access_token,
            scopes,
            center: reply.api_domain.as_deref().and_then(DataCenter::of_api),
            life: granted.lifetime.map(|life| (issued, issued + life)),
        }
    }

    /// Lets a client in with the first access token, and nothing in its place when that is refused.
    pub(crate) fn authorize(&self) -> Arc<dyn Authorize> {
        Arc::new(Fresh(self.access_token.clone()))
    }

    /// Keeps the first access token for the next run, so that no second one is made.
    pub(crate) async fn keep(
        &self,
        folder: Option<PathBuf>,
        accounts: &Url,
        client_id: &str,
        client_secret: &SecretString,
    ) -> Result<(), AuthError> {
        let (Some((issued, expires)), Some(folder)) = (self.life, folder) else {
            return Ok(());
        };
        let credentials = RefreshCredentials {
            client_id: client_id.to_owned(),
            client_secret: client_secret.clone(),
            refresh_token: self.refresh_token.clone(),
        };
        let cache = Cache::new(folder, accounts, &credentials);
        let locked = cache.lock().await?;
        let scopes = self
            .scopes
            .as_ref()
            .map(|scopes| printable(&scopes.join(" ")));
        locked.write(&CachedToken::new(
            &self.access_token,
            issued,
            expires,
            scopes,
        ))
    }
}

/// Takes the access token of these credentials out of the cache.
pub(crate) async fn forget_token(
    folder: Option<PathBuf>,
    accounts: &Url,
    client_id: &str,
    refresh_token: &SecretString,
) -> Result<(), AuthError> {
    let credentials = RefreshCredentials {
        client_id: client_id.to_owned(),
        client_secret: String::new().into(),
        refresh_token: refresh_token.clone(),
    };
    if let Some(folder) = folder.filter(|folder| folder.exists()) {
        let cache = Cache::new(folder, accounts, &credentials);
        cache.lock().await?.forget();
    }
    Ok(())
}

/// A token that was made a moment ago: when it is refused, another one will be, too.
struct Fresh(SecretString);

impl std::fmt::Debug for Fresh {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Fresh")
    }
}

impl Authorize for Fresh {
    fn forget<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn token(&self) -> BoxFuture<'_, Result<SecretString, Problem>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn renew<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, Result<SecretString, Problem>> {
        Box::pin(async {
            Err(Problem {
                exit: Exit::Unauthorized,
                code: "token_refused",
                message: "the API refuses the token that Zoho has just issued; nothing was stored".into(),
                hint: Some(
                    "the account may be in another data centre: check --dc and --api-domain, and generate a new code".into(),
                ),
            })
        })
    }
}
