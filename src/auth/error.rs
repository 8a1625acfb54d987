//! Why there is no token (`zoho-api.md` section 3.3).

use std::path::PathBuf;

use crate::exit::Exit;
use crate::http::HttpError;
use crate::problem::Problem;

/// No access token is to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// Exit: Unauthorized.
    #[error("no credentials: neither an access token nor a refresh token is given")]
    NoCredentials,
    /// Exit: Unauthorized.
    #[error("the access token was refused, and there is nothing to renew it with")]
    Refused,
    /// Exit: Unauthorized.
    #[error("{accounts}: Zoho does not know the client id ({said})")]
    UnknownClient {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("{accounts}: the client secret is wrong ({said})")]
    WrongSecret {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error(
        "{accounts}: the refresh token was revoked, replaced by newer ones, or is wrong ({said})"
    )]
    WrongRefreshToken {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("{accounts}: the token is refused ({said})")]
    Denied {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Temporary, but not to be tried in a loop: tries prolong the block. Exit: Remote.
    #[error("{accounts}: Zoho issues no more tokens for now: too many were requested ({said})")]
    Throttled {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Remote.
    #[error(
        "{accounts}: the reply to the token request is not understood (HTTP {status}): {said}{}",
        after(*tries)
    )]
    NotUnderstood {
        /// The accounts server.
        accounts: String,
        /// HTTP status.
        status: u16,
        /// What it was.
        said: String,
        /// How often it was tried.
        tries: u32,
    },
    /// Exit: as it says.
    #[error("{source}{}", after(*tries))]
    Http {
        /// What went wrong.
        source: HttpError,
        /// How often it was tried.
        tries: u32,
    },
    /// Exit: Storage.
    #[error("{}: others can read it (mode {mode:03o}), so the token is not kept for the next run", path.display())]
    CacheExposed {
        /// The cache file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Exit: Storage.
    #[error("{}: the token can't be kept for the next run: {source}", path.display())]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the disk says.
        source: std::io::Error,
    },
}

impl AuthError {
    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            AuthError::NoCredentials
            | AuthError::Refused
            | AuthError::UnknownClient { .. }
            | AuthError::WrongSecret { .. }
            | AuthError::WrongRefreshToken { .. }
            | AuthError::Denied { .. } => Exit::Unauthorized,
            AuthError::Throttled { .. } | AuthError::NotUnderstood { .. } => Exit::Remote,
            AuthError::Http { source, .. } => source.problem().exit,
            AuthError::CacheExposed { .. } | AuthError::Cache { .. } => Exit::Storage,
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            AuthError::NoCredentials => "no_credentials",
            AuthError::Refused => "token_refused",
            AuthError::UnknownClient { .. } => "invalid_client",
            AuthError::WrongSecret { .. } => "invalid_client_secret",
            AuthError::WrongRefreshToken { .. } => "invalid_refresh_token",
            AuthError::Denied { .. } => "token_denied",
            AuthError::Throttled { .. } => "token_throttled",
            AuthError::NotUnderstood { .. } => "reply_not_understood",
            AuthError::Http { source, .. } => source.problem().code,
            AuthError::CacheExposed { .. } => "cache_exposed",
            AuthError::Cache { .. } => "cache_failed",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            AuthError::NoCredentials => {
                "run `backup-fetch login`; or set ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN (or the same in a profile), or ZOHO_ACCESS_TOKEN for an hour's use".into()
            }
            AuthError::Refused => {
                "get a new ZOHO_ACCESS_TOKEN, or set ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN so that it can be renewed; also check --dc".into()
            }
            AuthError::UnknownClient { .. } => {
                "check ZOHO_CLIENT_ID, and that --dc is the data centre in which the client was created".into()
            }
            AuthError::WrongSecret { .. } => {
                "check ZOHO_CLIENT_SECRET; each data centre has a secret of its own".into()
            }
            AuthError::WrongRefreshToken { .. } => {
                "create a new one with `backup-fetch login`; Zoho keeps twenty per user and client, and drops the oldest".into()
            }
            AuthError::Denied { .. } => "check the client and its scopes in Zoho's API console".into(),
            AuthError::Throttled { .. } => {
                "wait at least 10 minutes, then run again: asking sooner prolongs the block; the credentials are fine".into()
            }
            AuthError::NotUnderstood { .. } => {
                "check --accounts-url and --dc; a proxy or portal in between may have answered; run again in a few minutes".into()
            }
            AuthError::Http { source, .. } => return source.problem().hint,
            AuthError::CacheExposed { path, .. } | AuthError::Cache { path, .. } => {
                format!("it must be writable by the user who runs backup-fetch, and private to that user: '{}'", path.display())
            }
        };
        Some(text)
    }

    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }
}

/// Nothing after the first try: that it was tried goes without saying.
fn after(tries: u32) -> String {
    match tries {
        0 | 1 => String::new(),
        _ => format!(" (after {tries} attempts)"),
    }
}
