//! The token request and its answers (`zoho-api.md` sections 3.2 and 3.3).

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{AuthError, RefreshCredentials};
use crate::event::{Event, Observer};
use crate::http::retry::{RetryPolicy, is_temporary_status};
use crate::http::{Client, HttpError};
use crate::untrusted::{printable, safe_url};

/// Token replies are a few hundred bytes.
const LARGEST_REPLY: usize = 64 << 10;

/// A life in seconds is never this long; older replies counted in milliseconds.
const SURELY_MILLISECONDS: i64 = 86_400;

/// Makes access tokens.
pub(super) struct TokenEndpoint {
    client: Client,
    url: Url,
    credentials: RefreshCredentials,
    retry: RetryPolicy,
    observer: Arc<dyn Observer>,
}

/// A new access token.
#[derive(Debug)]
pub struct Granted {
    /// As it is sent.
    pub access_token: SecretString,
    /// Nothing when Zoho did not say: then it is good for this run, and not to be cached.
    pub lifetime: Option<TimeDelta>,
}

/// Everything that a reply can hold. Success is told by the token alone.
#[derive(Deserialize)]
struct TokenReply {
    access_token: Option<SecretString>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
    #[serde(default)]
    expires_in_sec: Option<serde_json::Value>,
    error: Option<String>,
    error_description: Option<String>,
}

impl TokenEndpoint {
    pub(super) fn new(
        client: Client,
        accounts: &Url,
        credentials: RefreshCredentials,
        retry: RetryPolicy,
        observer: Arc<dyn Observer>,
    ) -> TokenEndpoint {
        let mut url = accounts.clone();
        url.set_path("/oauth/v2/token");
        TokenEndpoint {
            client,
            url,
            credentials,
            retry,
            observer,
        }
    }

    /// Makes one token. Network trouble is tried again; an answer of Zoho never is.
    pub(super) async fn refresh(&self) -> Result<Granted, AuthError> {
        let mut tries = 0;
        loop {
            let (reason, retry_after) = match self.ask().await {
                Ok((status, body, retry_after)) => match parse_reply(&self.url, status, &body) {
                    // Zoho's own words are final whatever the status: asking on prolongs a block.
                    Err(AuthError::NotUnderstood { .. })
                        if is_temporary_status(status) && tries < self.retry.retries =>
                    {
                        let reason = format!("{}: HTTP {status}", safe_url(&self.url));
                        (reason, retry_after)
                    }
                    Err(AuthError::NotUnderstood {
                        accounts,
                        status,
                        said,
                        ..
                    }) => {
                        return Err(AuthError::NotUnderstood {
                            accounts,
                            status,
                            said,
                            tries: tries + 1,
                        });
                    }
                    read => return read,
                },
                Err(error) if error.is_temporary() && tries < self.retry.retries => {
                    (error.to_string(), None)
                }
                Err(source) => {
                    return Err(AuthError::Http {
                        source,
                        tries: tries + 1,
                    });
                }
            };
            tries += 1;
            let wait = self.retry.wait(tries, retry_after, false, fastrand::f64());
            self.observer.event(Event::Retry {
                name: None,
                attempt: tries,
                attempts: self.retry.retries,
                wait,
                reason,
            });
            tokio::time::sleep(wait).await;
        }
    }

    /// The parameters go in the body: query strings end in logs.
    async fn ask(&self) -> Result<(u16, Vec<u8>, Option<std::time::Duration>), HttpError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.credentials.client_id),
            (
                "client_secret",
                self.credentials.client_secret.expose_secret(),
            ),
            (
                "refresh_token",
                self.credentials.refresh_token.expose_secret(),
            ),
        ];
        tracing::info!(url = safe_url(&self.url), "a new access token is asked for");
        let mut reply = self.client.post_form(&self.url, &form).await?;
        let body = reply.body(LARGEST_REPLY).await?;
        Ok((reply.status, body, reply.retry_after))
    }
}

/// Reads the reply of the server at `url`. Success is told by the token alone.
///
/// # Errors
/// [`AuthError`], in Zoho's words.
pub fn parse_reply(url: &Url, status: u16, body: &[u8]) -> Result<Granted, AuthError> {
    let accounts = safe_url(url);
    let Ok(reply) = serde_json::from_slice::<TokenReply>(body) else {
        let start = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let said = match start.trim_start() {
            "" => "it is empty".to_owned(),
            page if page.starts_with('<') => "an HTML page".to_owned(),
            _ => printable(&start),
        };
        return Err(AuthError::NotUnderstood {
            accounts,
            status,
            said,
            tries: 1,
        });
    };
    let token = reply.access_token;
    if let Some(access_token) = token.filter(|token| !token.expose_secret().is_empty()) {
        let lifetime = lifetime(reply.expires_in.as_ref(), reply.expires_in_sec.as_ref());
        return Ok(Granted {
            access_token,
            lifetime,
        });
    }
    let error = reply.error.unwrap_or_default();
    let description = reply.error_description.unwrap_or_default();
    let said = match description.as_str() {
        "" => printable(&error),
        text => format!("{}: {}", printable(&error), printable(text)),
    };
    Err(match error.as_str() {
        "invalid_client" => AuthError::UnknownClient { accounts, said },
        "invalid_client_secret" => AuthError::WrongSecret { accounts, said },
        "invalid_code" | "invalid_grant" => AuthError::WrongRefreshToken { accounts, said },
        _ if error.eq_ignore_ascii_case("Access Denied")
            || description.contains("too many requests") =>
        {
            AuthError::Throttled { accounts, said }
        }
        "access_denied" | "unauthorized_client" | "invalid_scope" | "invalid_redirect_uri" => {
            AuthError::Denied { accounts, said }
        }
        "" => AuthError::NotUnderstood {
            accounts,
            status,
            said: "neither a token nor an error".into(),
            tries: 1,
        },
        _ => AuthError::NotUnderstood {
            accounts,
            status,
            said,
            tries: 1,
        },
    })
}

/// `expires_in_sec` beats `expires_in`, which older replies give in milliseconds.
fn lifetime(
    expires_in: Option<&serde_json::Value>,
    expires_in_sec: Option<&serde_json::Value>,
) -> Option<TimeDelta> {
    let number = |value: Option<&serde_json::Value>| {
        let value = value?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    };
    let seconds = match (number(expires_in_sec), number(expires_in)) {
        (None, Some(milliseconds)) if milliseconds >= SURELY_MILLISECONDS => milliseconds / 1000,
        (Some(seconds), _) | (None, Some(seconds)) => seconds,
        (None, None) => return None,
    };
    (1..=SURELY_MILLISECONDS)
        .contains(&seconds)
        .then(|| TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_life_is_read_in_every_form_zoho_ever_used() {
        let life = |a: serde_json::Value, b: serde_json::Value| {
            let some = |value: serde_json::Value| Some(value).filter(|value| !value.is_null());
            lifetime(some(a).as_ref(), some(b).as_ref()).map(|life| life.num_seconds())
        };
        assert_eq!(life(json!(3600), json!(null)), Some(3600));
        assert_eq!(life(json!("3600"), json!(null)), Some(3600));
        assert_eq!(life(json!(3_600_000), json!(3600)), Some(3600));
        assert_eq!(life(json!(3_600_000), json!(null)), Some(3600));
        assert_eq!(life(json!(null), json!(null)), None);
        assert_eq!(life(json!(-5), json!(null)), None);
        assert_eq!(life(json!("soon"), json!(null)), None);
    }
}
