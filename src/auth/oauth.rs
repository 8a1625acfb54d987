//! The token request and its answers (`zoho-api.md` sections 3.2 and 3.3).

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{AuthError, RefreshCredentials};
use crate::event::{Event, Observer};
use crate::http::retry::{RetryPolicy, is_pushback_status, is_temporary_status};
use crate::http::{Client, HttpError};
use crate::redaction;
use crate::untrusted::{instead, printable, printable_whole, safe_url};

/// Token replies are a few hundred bytes.
pub(super) const LARGEST_REPLY: usize = 64 << 10;

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
pub(crate) struct Granted {
    /// As it is sent.
    pub(crate) access_token: SecretString,
    /// Nothing when Zoho did not say: then it is good for this run, and not to be cached.
    pub(crate) lifetime: Option<TimeDelta>,
    /// What the token opens, where Zoho says so.
    pub(crate) scopes: Option<String>,
}

/// Everything that a reply can hold. Success is told by the token alone.
#[derive(Deserialize)]
pub(super) struct TokenReply {
    access_token: Option<SecretString>,
    pub(super) refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) scope: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) api_domain: Option<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
    #[serde(default)]
    expires_in_sec: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "words")]
    pub(super) error: String,
    #[serde(default, deserialize_with = "words")]
    pub(super) error_description: String,
}

impl TokenReply {
    /// Reads a body; in the other case says what came in its place.
    pub(super) fn parse(body: &[u8]) -> Result<TokenReply, String> {
        let reply: TokenReply = serde_json::from_slice(body).map_err(|_| {
            let text = String::from_utf8_lossy(body);
            if !text.contains("_token") {
                tracing::debug!(body = %printable_whole(&text), "error reply");
            }
            instead(body)
        })?;
        for token in reply.access_token.iter().chain(&reply.refresh_token) {
            redaction::hide(token);
        }
        Ok(reply)
    }

    /// The access token, if there is one.
    pub(super) fn granted(&self) -> Option<Granted> {
        let token = self.access_token.as_ref();
        let access_token = token.filter(|token| !token.expose_secret().is_empty())?;
        Some(Granted {
            access_token: access_token.clone(),
            lifetime: lifetime(self.expires_in.as_ref(), self.expires_in_sec.as_ref()),
            scopes: self.scope.as_deref().map(printable),
        })
    }

    /// Zoho's words.
    pub(super) fn said(&self) -> String {
        match (self.error.as_str(), self.error_description.as_str()) {
            ("", "") => "neither a token nor an error".into(),
            (error, "") => printable(error),
            (error, text) => format!("{}: {}", printable(error), printable(text)),
        }
    }

    /// Whether too many tokens were asked for.
    pub(super) fn is_throttle(&self) -> bool {
        self.error.eq_ignore_ascii_case("Access Denied")
            || self.error_description.contains("too many requests")
            || self.error.contains("THROTTLES_LIMIT_EXCEEDED")
            || self.error_description.contains("THROTTLES_LIMIT_EXCEEDED")
    }
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
            let (reason, retry_after, pushback) = match self.ask().await {
                Ok((status, body, retry_after)) => match parse_reply(&self.url, status, &body) {
                    // Zoho's own words are final whatever the status: asking on prolongs a block.
                    Err(AuthError::NotUnderstood { .. })
                        if is_temporary_status(status)
                            && tries < self.retry.retries
                            && self.retry.has_time_for(retry_after.unwrap_or_default()) =>
                    {
                        let reason = format!("{}: HTTP {status}", safe_url(&self.url));
                        (reason, retry_after, is_pushback_status(status))
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
                    (error.to_string(), None, false)
                }
                Err(source) => {
                    return Err(AuthError::Http {
                        source,
                        tries: tries + 1,
                    });
                }
            };
            tries += 1;
            let wait = self.retry.wait(
                tries,
                crate::http::retry::Backoff {
                    retry_after,
                    is_pushback: pushback,
                },
                fastrand::f64(),
            );
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
        tracing::info!("asking {} for a new access token", safe_url(&self.url));
        let mut reply = self.client.post_form(&self.url, &form).await?;
        let body = reply.body(LARGEST_REPLY).await?;
        Ok((reply.status, body, reply.retry_after))
    }
}

/// Reads the reply of the server at `url`. Success is told by the token alone.
pub(crate) fn parse_reply(url: &Url, status: u16, body: &[u8]) -> Result<Granted, AuthError> {
    let accounts = safe_url(url);
    let not_understood = |said| AuthError::NotUnderstood {
        accounts: accounts.clone(),
        status,
        said,
        tries: 1,
    };
    let reply = TokenReply::parse(body).map_err(not_understood)?;
    if let Some(granted) = reply.granted() {
        return Ok(granted);
    }
    let mut said = reply.said();
    if reply.error.is_empty() && reply.error_description.is_empty() {
        said = format!("{said}: {}", instead(body));
    }
    Err(match reply.error.as_str() {
        "invalid_client" => AuthError::UnknownClient { accounts, said },
        "invalid_client_secret" => AuthError::WrongSecret { accounts, said },
        "invalid_code" | "invalid_grant" => AuthError::WrongRefreshToken { accounts, said },
        _ if reply.is_throttle() => AuthError::Throttled { accounts, said },
        "access_denied" | "unauthorized_client" | "invalid_scope" | "invalid_redirect_uri" => {
            AuthError::Denied { accounts, said }
        }
        _ => not_understood(said),
    })
}

/// A text or a number as it is; what else may stand there hides no token beside it, and is not quoted, as it may hold one.
fn words<'de, D: serde::Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(value)? {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => "no text".to_owned(),
    })
}

/// A text; anything else is as good as nothing, for what is only nice to know.
fn text_or_nothing<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(value)?;
    Ok(value.as_str().map(str::to_owned))
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

    #[test]
    fn a_token_is_taken_beside_odd_errors_and_not_shown_when_the_reply_is_cut() {
        let url = Url::parse("https://accounts.zoho.eu/oauth/v2/token").unwrap();
        let read = |body: &str| parse_reply(&url, 200, body.as_bytes());
        assert!(read(r#"{"access_token":"1000.a","error":5}"#).is_ok());
        assert!(read(r#"{"access_token":"1000.a","error":null,"scope":["a"]}"#).is_ok());
        let error = read(r#"{"access_token":"1000.a","expi"#).unwrap_err();
        assert!(!error.to_string().contains("1000.a"), "{error}");
    }
}
