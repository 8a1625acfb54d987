//! Why a login or a logout fails (`zoho-api.md` section 3.3), each case with a hint of its own.

use crate::exit::Exit;
use crate::http::HttpError;
use crate::problem::Problem;

/// There is no refresh token to be had, or it does not go away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GrantError {
    /// Also the answer of the wrong data centre. Exit: Unauthorized.
    #[error("{accounts}: no client with this id is known here ({said})")]
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
        "{accounts}: the code was refused: it was used before, has expired, or is mistyped ({said})"
    )]
    WrongCode {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("{accounts}: the redirect URI is not the one registered with the client ({said})")]
    RedirectUri {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("{accounts}: Zoho refused ({said})")]
    Denied {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("access was refused in the browser ({said})")]
    Refused {
        /// Zoho's words.
        said: String,
    },
    /// Exit: Unauthorized.
    #[error("{accounts}: Zoho issued an access token, but no refresh token")]
    NoRefreshToken {
        /// The accounts server.
        accounts: String,
        /// The code came through a browser.
        by_browser: bool,
    },
    /// Exit: Unauthorized.
    #[error("the account is in the data centre {theirs}, not in {ours}: nothing was stored")]
    OtherDataCenter {
        /// In use.
        ours: &'static str,
        /// Of the reply.
        theirs: &'static str,
    },
    /// Exit: Unauthorized.
    #[error("no browser came back to {redirect_uri} within {}", humantime::format_duration(*after))]
    NobodyCame {
        /// Where it was waited.
        redirect_uri: String,
        /// How long.
        after: std::time::Duration,
    },
    /// Exit: Integrity.
    #[error("the browser came back with an accounts server that is refused: {server}")]
    StrangeServer {
        /// What it was.
        server: String,
    },
    /// Exit: Usage.
    #[error("the redirect URI {uri:?} is not on this machine")]
    NotLoopback {
        /// As it was given.
        uri: String,
    },
    /// Exit: Usage.
    #[error("can't listen on port {port} of 127.0.0.1: {source}")]
    Port {
        /// Which one.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// Temporary, but not to be tried in a loop. Exit: Remote.
    #[error("{accounts}: Zoho issues no more tokens for now: too many were requested ({said})")]
    Throttled {
        /// The accounts server.
        accounts: String,
        /// Zoho's words.
        said: String,
    },
    /// Exit: Remote.
    #[error("{accounts}: the reply to the code is not understood (HTTP {status}): {said}")]
    NotUnderstood {
        /// The accounts server.
        accounts: String,
        /// HTTP status.
        status: u16,
        /// What it was.
        said: String,
    },
    /// The request may have arrived. Exit: as it says.
    #[error("{0}; the code may be used up")]
    Lost(#[source] HttpError),
    /// Exit: as it says.
    #[error("{source}{}", after(*tries))]
    Http {
        /// What went wrong.
        source: HttpError,
        /// How often it was tried.
        tries: u32,
    },
    /// Exit: Remote.
    #[error("{accounts}: Zoho did not revoke the refresh token (HTTP {status}: {said})")]
    NotRevoked {
        /// The accounts server.
        accounts: String,
        /// HTTP status.
        status: u16,
        /// What it was.
        said: String,
    },
}

impl GrantError {
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            GrantError::UnknownClient { .. }
            | GrantError::WrongSecret { .. }
            | GrantError::WrongCode { .. }
            | GrantError::RedirectUri { .. }
            | GrantError::Denied { .. }
            | GrantError::Refused { .. }
            | GrantError::NoRefreshToken { .. }
            | GrantError::OtherDataCenter { .. }
            | GrantError::NobodyCame { .. } => Exit::Unauthorized,
            GrantError::StrangeServer { .. } => Exit::Integrity,
            GrantError::NotLoopback { .. } | GrantError::Port { .. } => Exit::Usage,
            GrantError::Throttled { .. }
            | GrantError::NotUnderstood { .. }
            | GrantError::NotRevoked { .. } => Exit::Remote,
            GrantError::Lost(source) | GrantError::Http { source, .. } => source.problem().exit,
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            GrantError::UnknownClient { .. } => "invalid_client",
            GrantError::WrongSecret { .. } => "invalid_client_secret",
            GrantError::WrongCode { .. } => "invalid_code",
            GrantError::RedirectUri { .. } => "invalid_redirect_uri",
            GrantError::Denied { .. } => "token_denied",
            GrantError::Refused { .. } => "access_denied",
            GrantError::NoRefreshToken { .. } => "no_refresh_token",
            GrantError::OtherDataCenter { .. } => "other_data_centre",
            GrantError::NobodyCame { .. } => "no_callback",
            GrantError::StrangeServer { .. } => "accounts_server_refused",
            GrantError::NotLoopback { .. } => "redirect_uri",
            GrantError::Port { .. } => "port",
            GrantError::Throttled { .. } => "token_throttled",
            GrantError::NotUnderstood { .. } => "reply_not_understood",
            GrantError::NotRevoked { .. } => "not_revoked",
            GrantError::Lost(source) | GrantError::Http { source, .. } => source.problem().code,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            GrantError::UnknownClient { .. } => {
                "check the client id, and that --dc is the data centre in whose API console the client was created".into()
            }
            GrantError::WrongSecret { .. } => {
                "copy the client secret again from the API console; each data centre has one of its own".into()
            }
            GrantError::WrongCode { .. } => {
                "generate a new code (Generate Code), and use it at once: it works once, for the minutes that were chosen, and in its own data centre".into()
            }
            GrantError::RedirectUri { .. } => {
                "register exactly this URI with the client in the API console, or give the registered one with --redirect-uri".into()
            }
            GrantError::Denied { .. } => "check the client and the scopes in Zoho's API console".into(),
            GrantError::Refused { .. } => {
                "run login again and accept in the browser; if you did accept, too many codes were requested: wait 10 minutes".into()
            }
            GrantError::NoRefreshToken { by_browser: true, .. } => {
                "remove the client at Zoho (accounts page > Sessions > Connected Apps), then run login again".into()
            }
            GrantError::NoRefreshToken { .. } => {
                "generate the code with Generate Code of a self client; a code from elsewhere needs access_type=offline".into()
            }
            GrantError::OtherDataCenter { theirs, .. } => {
                format!("run login again with a new code and --dc {theirs}")
            }
            GrantError::NobodyCame { .. } => {
                "run login again and open the address in a browser on this machine; on another machine, forward the port first (ssh -L)".into()
            }
            GrantError::StrangeServer { .. } => {
                "no secret was sent there; if you trust this server, give it with --accounts-url".into()
            }
            GrantError::NotLoopback { .. } => {
                "register one such as http://127.0.0.1:8765/callback with the client, and give it with --redirect-uri".into()
            }
            GrantError::Port { .. } => {
                "choose another one with --browser PORT, and register it with the client".into()
            }
            GrantError::Throttled { .. } => {
                "wait at least 10 minutes, then generate a new code: asking sooner prolongs the block; the client is fine".into()
            }
            GrantError::NotUnderstood { .. } => {
                "the code may be used up: generate a new one; check --accounts-url and --dc; a proxy or portal in between may have answered".into()
            }
            GrantError::Lost(_) => "generate a new code, and run login again".into(),
            GrantError::Http { source, .. } => return source.problem().hint,
            GrantError::NotRevoked { accounts, .. } => by_hand(accounts),
        };
        Some(text)
    }
}

/// How a token is revoked without this program.
fn by_hand(accounts: &str) -> String {
    format!(
        "remove the client at {accounts} (Sessions > Connected Apps), then run `backup-fetch logout --forget`"
    )
}

/// Nothing after the first try: that it was tried goes without saying.
fn after(tries: u32) -> String {
    match tries {
        0 | 1 => String::new(),
        _ => format!(" (after {tries} attempts)"),
    }
}
