//! What goes wrong below the level of a reply.

use std::time::Duration;

use url::Url;

use super::retry::is_temporary_status;
use super::tls::{self, Trouble};
use crate::exit::Exit;
use crate::limits;
use crate::problem::Problem;
use crate::untrusted::{printable, safe_url};

/// A request that brought no usable reply. Every URL in it is shown without its query.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// Exit: Usage.
    #[error("this machine has no CA certificates: no server can be trusted")]
    NoCaStore,
    /// Exit: Failed.
    #[error("the HTTP client can't be set up: {reason}")]
    Setup {
        /// What the library says.
        reason: String,
    },
    /// Temporary. Exit: Remote.
    #[error("{url}: no connection: {reason}")]
    Connect {
        /// Where to.
        url: String,
        /// The innermost cause.
        reason: String,
    },
    /// Final. Exit: Remote.
    #[error("{url}: the server's certificate does not verify: {reason}")]
    Certificate {
        /// Where to.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Final. Exit: Remote.
    #[error("{url}: no TLS connection: {reason}")]
    Handshake {
        /// Where to.
        url: String,
        /// Why the two sides can't agree.
        reason: String,
    },
    /// Temporary. Exit: Remote.
    #[error("{url}: nothing received for {}", humantime::format_duration(*after))]
    Stalled {
        /// From where.
        url: String,
        /// How long it was waited.
        after: Duration,
    },
    /// Temporary. Exit: Remote.
    #[error("{url}: the connection broke: {reason}")]
    Cut {
        /// From where.
        url: String,
        /// The innermost cause.
        reason: String,
    },
    /// Final unless its status may pass. Exit: Remote.
    #[error("{url}: the proxy {proxy} refuses to connect{}", status.map(|status| format!(" (HTTP {status})")).unwrap_or_default())]
    Proxy {
        /// Where to.
        url: String,
        /// Host and port of the proxy.
        proxy: String,
        /// What it answers, where it tells.
        status: Option<u16>,
    },
    /// Temporary. Exit: Storage.
    #[error("{url}: no connection: too many open files ({})", limits::open_files())]
    Handles {
        /// Where to.
        url: String,
    },
    /// Final. Exit: Remote.
    #[error(
        "{url}: the reply is compressed ({encoding}), which was not requested, and can't be read"
    )]
    Compressed {
        /// From where.
        url: String,
        /// How it is compressed.
        encoding: String,
    },
    /// Final. Exit: Remote.
    #[error("{url}: redirected more than {limit} times")]
    Redirects {
        /// The first URL.
        url: String,
        /// How often is too often.
        limit: usize,
    },
    /// Final. Exit: Integrity.
    #[error("{url}: redirected to {to}, which is refused")]
    BadRedirect {
        /// From where.
        url: String,
        /// Where to.
        to: String,
    },
    /// Final. Exit: Remote.
    #[error("{url}: the reply is longer than {limit} bytes")]
    TooLarge {
        /// From where.
        url: String,
        /// How much would have been read.
        limit: usize,
    },
    /// Final: no token to send. Exit: as it says.
    #[error("{}", .0.message)]
    Unauthorized(Box<Problem>),
}

impl HttpError {
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }

    /// Whether another try may help. Certificates do not mend themselves.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            HttpError::Connect { .. }
            | HttpError::Stalled { .. }
            | HttpError::Cut { .. }
            | HttpError::Handles { .. } => true,
            HttpError::Proxy { status, .. } => status.is_none_or(is_temporary_status),
            _ => false,
        }
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            HttpError::NoCaStore => Exit::Usage,
            HttpError::Setup { .. } => Exit::Failed,
            HttpError::BadRedirect { .. } => Exit::Integrity,
            HttpError::Handles { .. } => Exit::Storage,
            HttpError::Unauthorized(failure) => failure.exit,
            _ => Exit::Remote,
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            HttpError::NoCaStore => "no_ca_store",
            HttpError::Setup { .. } => "http_setup",
            HttpError::Connect { .. } => "no_connection",
            HttpError::Certificate { .. } => "certificate",
            HttpError::Handshake { .. } => "tls",
            HttpError::Proxy { .. } => "proxy_refused",
            HttpError::Handles { .. } => "too_many_open_files",
            HttpError::Compressed { .. } => "reply_compressed",
            HttpError::Stalled { .. } => "stalled",
            HttpError::Cut { .. } => "connection_broke",
            HttpError::Redirects { .. } => "too_many_redirects",
            HttpError::BadRedirect { .. } => "redirect_refused",
            HttpError::TooLarge { .. } => "reply_too_large",
            HttpError::Unauthorized(failure) => failure.code,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            HttpError::NoCaStore => {
                "install the system's CA certificates (package ca-certificates); or name a PEM file with SSL_CERT_FILE or --ca-cert"
            }
            HttpError::Setup { .. } => {
                "this is unexpected: please report it with the output of -vv"
            }
            HttpError::Connect { .. } => {
                "check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and --dc; then run again: nothing saved is lost"
            }
            HttpError::Certificate { .. } => {
                "check this machine's clock and CA certificates; behind a proxy that inspects TLS, add its CA with --ca-cert"
            }
            HttpError::Handshake { .. } => {
                "check the host, --dc and the proxy variables; a proxy or an outdated server may be answering"
            }
            HttpError::Stalled { .. } | HttpError::Cut { .. } => {
                "run the same command again: nothing saved is lost; raise --stall-timeout or --retries on a bad connection"
            }
            HttpError::Proxy {
                status: Some(407), ..
            } => {
                "the proxy asks for a user name and a password: set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT"
            }
            HttpError::Proxy { .. } => {
                "ask the proxy's administrator to allow this host, or add it to NO_PROXY"
            }
            HttpError::Handles { .. } => limits::MORE_FILES,
            HttpError::Compressed { .. } => {
                "a proxy in between may be compressing: it must pass zips and JSON unchanged"
            }
            HttpError::Redirects { .. } | HttpError::BadRedirect { .. } => {
                "run with -vv to see where the server redirects; a proxy or portal in between may be answering"
            }
            HttpError::TooLarge { .. } => {
                "run with -vv to see which server answers; a proxy or portal in between may be answering"
            }
            HttpError::Unauthorized(failure) => return failure.hint.clone(),
        };
        Some(text.to_owned())
    }

    /// A failure of the library while it sent a request or read a reply.
    pub(super) fn from_reqwest(url: &Url, error: reqwest::Error) -> HttpError {
        let connecting = error.is_connect();
        // The URL of the library's message has its query.
        let error = error.without_url();
        let url = safe_url(url);
        match chain(&error)
            .filter_map(|cause| cause.downcast_ref::<rustls::Error>())
            .find_map(tls::trouble)
        {
            Some(Trouble::Certificate(reason)) => return HttpError::Certificate { url, reason },
            Some(Trouble::Handshake(reason)) => return HttpError::Handshake { url, reason },
            None => {}
        }
        let is_limit = |cause: &(dyn std::error::Error + 'static)| {
            let error = cause.downcast_ref::<std::io::Error>();
            error.is_some_and(crate::store::sys::is_about_open_files)
        };
        if chain(&error).any(is_limit) {
            return HttpError::Handles { url };
        }
        let reason = in_our_words(chain(&error).last());
        if connecting {
            HttpError::Connect { url, reason }
        } else {
            HttpError::Cut { url, reason }
        }
    }
}

/// What became of the wish for a tunnel through a proxy.
pub(super) enum Tunnel {
    /// HTTP 407.
    PasswordWanted,
    /// Another status than 200.
    Refused,
}

/// Whether it was a proxy that refused.
pub(super) fn tunnel(error: &reqwest::Error) -> Option<Tunnel> {
    chain(error).find_map(|cause| match cause.to_string().as_str() {
        "tunnel error: proxy authorization required" | "proxy authentication required" => {
            Some(Tunnel::PasswordWanted)
        }
        "tunnel error: unsuccessful" => Some(Tunnel::Refused),
        _ => None,
    })
}

/// The connection was closed below TLS, which could be anybody's doing.
pub(super) const NO_CLOSE_NOTIFY: &str =
    "the server closed the connection without ending TLS first (no close_notify)";

/// What the library says, without the address of its handbook.
fn in_our_words(cause: Option<&(dyn std::error::Error + 'static)>) -> String {
    let text = cause.map(ToString::to_string).unwrap_or_default();
    if text.contains("close_notify") {
        return NO_CLOSE_NOTIFY.to_owned();
    }
    let text = text.split(": https://").next().unwrap_or_default();
    printable(text)
}

/// The error and its causes, one below the other. The last is the one that says something.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |cause| {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &(dyn std::error::Error + 'static));
        inner.or_else(|| cause.source())
    })
}
