//! The accounts server: the requests that make a token, spend a code and revoke a token, and its replies
//! (`zoho-api.md` sections 3.1 to 3.3 and 3.5).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::access_token::AccessToken;
use super::grant::Grant;
use super::refusals::{EXCHANGE, REFRESH, Request, no_refresh_token, not_revoked};
use crate::event::Observer;
use crate::http::retry::{self, Backoff, RetryPolicy};
use crate::http::{Client, HttpError};
use crate::problem::Problem;
use crate::redaction;
use crate::untrusted::{instead, printable, printable_whole, safe_url};
use crate::zoho::datacenter::DataCenter;

/// Its replies are a few hundred bytes.
const LARGEST_REPLY: usize = 64 << 10;

/// A life in seconds is never this long; older replies counted in milliseconds.
const SURELY_MILLISECONDS: i64 = 86_400;

/// What makes access tokens.
#[derive(Debug, Clone)]
pub(crate) struct RefreshCredentials {
    /// Of the client that was made in Zoho's API console.
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    /// Made once from a grant code.
    pub(crate) refresh_token: SecretString,
}

/// A code, and whose it is.
pub(crate) struct Code<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a SecretString,
    /// Good once, and for minutes only.
    pub(crate) code: &'a SecretString,
    /// Exactly as the browser was sent there; nothing for a self client.
    pub(crate) redirect_uri: Option<&'a str>,
}

pub(crate) struct Accounts {
    client: Client,
    root: Url,
    retry: RetryPolicy,
    pub(super) observer: Arc<dyn Observer>,
}

impl Accounts {
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

    /// Makes an access token. Network trouble is tried again; an answer of Zoho never is.
    pub(super) async fn refresh(
        &self,
        credentials: &RefreshCredentials,
    ) -> Result<AccessToken, Problem> {
        let url = self.url("/oauth/v2/token");
        let shown = safe_url(&url);
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &credentials.client_id),
            ("client_secret", credentials.client_secret.expose_secret()),
            ("refresh_token", credentials.refresh_token.expose_secret()),
        ];
        let issued = Utc::now();
        let ask = |_| async {
            tracing::info!("asking {shown} for a new access token");
            let answer = self.post(&url, &form).await?;
            match parse_reply(&REFRESH, &shown, answer.status, &answer.body, issued) {
                Ok((token, _)) => Ok(token),
                // Zoho's own words are final whatever the status: asking on prolongs a block.
                Err(refused) if refused.is_understood => Err(Failure::new(refused.problem)),
                Err(refused) => Err(Failure {
                    reason: format!("{shown}: HTTP {}", answer.status),
                    backoff: Backoff::of_status(answer.status, answer.retry_after),
                    is_counted: true,
                    ..Failure::new(refused.problem)
                }),
            }
        };
        self.retrying(ask).await
    }

    /// Spends the code. Tried again only where no connection came about: whatever else goes wrong, the code may be used up.
    pub(crate) async fn exchange(&self, code: &Code<'_>) -> Result<Grant, Problem> {
        let url = self.url("/oauth/v2/token");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", code.client_id),
            ("client_secret", code.client_secret.expose_secret()),
            ("code", code.code.expose_secret()),
        ];
        form.extend(code.redirect_uri.map(|uri| ("redirect_uri", uri)));
        tracing::info!("exchanging the code at {}", safe_url(&url));
        let issued = Utc::now();
        let post = |_| async {
            self.post(&url, &form).await.map_err(|error| {
                if error.is_unsent() {
                    return Failure::from(error);
                }
                let mut problem = error.problem();
                problem.message += "; the code may be used up";
                Failure::new(problem.hint("generate a new code, and run login again"))
            })
        };
        let answer = self.retrying(post).await?;
        let accounts = safe_url(&self.root);
        let (access_token, reply) =
            parse_reply(&EXCHANGE, &accounts, answer.status, &answer.body, issued)
                .map_err(|refused| refused.problem)?;
        let scopes = reply.scopes();
        let center = reply.api_domain.as_deref().and_then(DataCenter::of_api);
        let refresh_token = reply
            .refresh_token
            .filter(|token| !token.expose_secret().is_empty())
            .ok_or_else(|| no_refresh_token(&accounts, code.redirect_uri.is_some()))?;
        Ok(Grant {
            refresh_token,
            scopes,
            center,
            access_token,
        })
    }

    /// Ends a refresh token and the access tokens that were made with it.
    pub(crate) async fn revoke(&self, refresh_token: &SecretString) -> Result<(), Problem> {
        let url = self.url("/oauth/v2/token/revoke");
        let form = [("token", refresh_token.expose_secret())];
        let may_be_done = AtomicBool::new(false);
        let post = |_| async {
            let answer = match self.post(&url, &form).await {
                Ok(answer) => answer,
                Err(error) => {
                    may_be_done.fetch_or(!error.is_unsent(), Ordering::Relaxed);
                    return Err(error.into());
                }
            };
            match answer.status {
                200..=299 if says_success(&answer.body) => Ok(()),
                // Zoho knows the token no more, after a reply that did not arrive.
                400 if may_be_done.load(Ordering::Relaxed) => Ok(()),
                status => {
                    let accounts = safe_url(&self.root);
                    let problem = not_revoked(&accounts, status, &instead(&answer.body));
                    Err(Failure {
                        reason: format!("{}: HTTP {status}", safe_url(&url)),
                        backoff: Backoff::of_status(status, None).map(|_| Backoff::default()),
                        ..Failure::new(problem)
                    })
                }
            }
        };
        self.retrying(post).await
    }

    async fn retrying<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        call: impl Fn(u32) -> F,
    ) -> Result<T, Problem> {
        let backoff = |failure: &Failure| failure.backoff;
        let done = retry::run(&self.retry, self.observer.as_ref(), None, backoff, call).await;
        done.map_err(|last| {
            let counted = if last.error.is_counted {
                last.attempts
            } else {
                1
            };
            last.error.problem.after(counted)
        })
    }

    /// The parameters go in the body: query strings end in logs.
    async fn post(&self, url: &Url, form: &[(&str, &str)]) -> Result<Answer, HttpError> {
        let mut reply = self.client.post_form(url, form).await?;
        Ok(Answer {
            body: reply.body(LARGEST_REPLY).await?,
            status: reply.status,
            retry_after: reply.retry_after,
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(path);
        url
    }
}

struct Answer {
    status: u16,
    body: Vec<u8>,
    retry_after: Option<Duration>,
}

/// An attempt that failed.
struct Failure {
    problem: Problem,
    /// The same in short, for who waits for the next attempt.
    reason: String,
    backoff: Option<Backoff>,
    /// The problem tells the number of attempts.
    is_counted: bool,
}

impl Failure {
    /// One that is final.
    fn new(problem: Problem) -> Failure {
        Failure {
            reason: problem.message.clone(),
            problem,
            backoff: None,
            is_counted: false,
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Failure {
        Failure {
            backoff: error.backoff(),
            is_counted: true,
            ..Failure::new(error.problem())
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

/// Everything that a reply can hold. Success is told by the token alone.
#[derive(Deserialize)]
pub(crate) struct TokenReply {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    scope: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    api_domain: Option<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
    #[serde(default)]
    expires_in_sec: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "words")]
    error: String,
    #[serde(default, deserialize_with = "words")]
    error_description: String,
}

impl TokenReply {
    /// Reads a body; in the other case says what came in its place.
    fn parse(body: &[u8]) -> Result<TokenReply, String> {
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
    fn access_token(&self, issued: DateTime<Utc>) -> Option<AccessToken> {
        let secret = self.access_token.as_ref();
        let secret = secret.filter(|token| !token.expose_secret().is_empty())?;
        let lifetime = lifetime(self.expires_in.as_ref(), self.expires_in_sec.as_ref());
        Some(AccessToken {
            secret: secret.clone(),
            issued,
            expires: lifetime.map(|lifetime| issued + lifetime),
            scopes: self.scope.as_deref().map(printable),
        })
    }

    fn scopes(&self) -> Option<Vec<String>> {
        let words = self.scope.as_deref()?.split([' ', ',']);
        let words = words.filter(|word| !word.is_empty());
        Some(words.map(printable).collect())
    }

    /// Zoho's words.
    fn said(&self) -> String {
        match (self.error.as_str(), self.error_description.as_str()) {
            ("", "") => "neither a token nor an error".into(),
            (error, "") => printable(error),
            (error, text) => format!("{}: {}", printable(error), printable(text)),
        }
    }

    /// Whether too many tokens were asked for.
    fn is_throttle(&self) -> bool {
        self.error.eq_ignore_ascii_case("Access Denied")
            || self.error_description.contains("too many requests")
            || self.error.contains("THROTTLES_LIMIT_EXCEEDED")
            || self.error_description.contains("THROTTLES_LIMIT_EXCEEDED")
    }
}

/// Why a reply brings no token.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) problem: Problem,
    /// It is in Zoho's own words, and these are known.
    pub(crate) is_understood: bool,
}

/// Reads the reply of the server `accounts`. Success is told by the token alone.
pub(crate) fn parse_reply(
    request: &Request,
    accounts: &str,
    status: u16,
    body: &[u8],
    issued: DateTime<Utc>,
) -> Result<(AccessToken, TokenReply), Refused> {
    let not_understood = |said: &str| Refused {
        problem: request.not_understood(accounts, status, said),
        is_understood: false,
    };
    let reply = TokenReply::parse(body).map_err(|said| not_understood(&said))?;
    if let Some(token) = reply.access_token(issued) {
        return Ok((token, reply));
    }
    let mut said = reply.said();
    if reply.error.is_empty() && reply.error_description.is_empty() {
        said = format!("{said}: {}", instead(body));
    }
    Err(
        match request.refusal(accounts, &reply.error, reply.is_throttle(), &said) {
            Some(problem) => Refused {
                problem,
                is_understood: true,
            },
            None => not_understood(&said),
        },
    )
}

/// Errors come with any status: only these words say that a token was revoked.
fn says_success(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| {
        let status = body["status"].as_str();
        status.is_some_and(|status| status.eq_ignore_ascii_case("success"))
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
        let accounts = "https://accounts.zoho.eu/oauth/v2/token";
        let read = |body: &str| {
            let read = parse_reply(&REFRESH, accounts, 200, body.as_bytes(), Utc::now());
            read.map_err(|refused| refused.problem)
                .map(|(token, _)| token)
        };
        assert!(read(r#"{"access_token":"1000.a","error":5}"#).is_ok());
        assert!(read(r#"{"access_token":"1000.a","error":null,"scope":["a"]}"#).is_ok());
        let error = read(r#"{"access_token":"1000.a","expi"#).unwrap_err();
        assert!(!error.to_string().contains("1000.a"), "{error}");
    }
}
