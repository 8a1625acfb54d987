//! The accounts server: the requests that make a token, spend a code and revoke a token (`zoho-api.md` sections 3.1 to
//! 3.3 and 3.5).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::codes::{EXCHANGE, REFRESH, no_refresh_token, not_revoked};
use super::grant::Grant;
use super::reply::parse_reply;
use super::token::AccessToken;
use crate::event::Observer;
use crate::http::retry::{self, Backoff, RetryPolicy};
use crate::http::{Client, HttpError};
use crate::problem::Problem;
use crate::untrusted::{instead, safe_url};

/// Its replies are a few hundred bytes.
const LARGEST_REPLY: usize = 64 << 10;

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
        let by_browser = code.redirect_uri.is_some();
        Ok(Grant {
            refresh_token: reply
                .refresh_token()
                .ok_or_else(|| no_refresh_token(&accounts, by_browser))?,
            scopes: reply.scopes(),
            center: reply.center(),
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

/// Errors come with any status: only these words say that a token was revoked.
fn says_success(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| {
        let status = body["status"].as_str();
        status.is_some_and(|status| status.eq_ignore_ascii_case("success"))
    })
}
