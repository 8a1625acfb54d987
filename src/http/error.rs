//! What goes wrong below the level of a reply.

use std::time::Duration;

use url::Url;

use crate::event::Failure;
use crate::exit::Exit;
use crate::untrusted::{printable, safe_url};

/// A request that brought no usable reply. Every URL in it is shown without its query.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Exit: Usage.
    #[error("the CA certificate file holds no certificate that can be used: {reason}")]
    CaCert {
        /// What the parser says.
        reason: String,
    },
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
    /// Temporary. Exit: Remote.
    #[error("{url}: nothing came for {}", humantime::format_duration(*after))]
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
    Unauthorized(Box<Failure>),
}

impl HttpError {
    /// Whether another try may help. Certificates do not mend themselves.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            HttpError::Connect { .. } | HttpError::Stalled { .. } | HttpError::Cut { .. }
        )
    }

    /// How the process ends because of it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            HttpError::CaCert { .. } => Exit::Usage,
            HttpError::Setup { .. } => Exit::Failed,
            HttpError::BadRedirect { .. } => Exit::Integrity,
            HttpError::Unauthorized(failure) => failure.exit,
            _ => Exit::Remote,
        }
    }

    /// The word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            HttpError::CaCert { .. } => "ca_cert",
            HttpError::Setup { .. } => "http_setup",
            HttpError::Connect { .. } => "no_connection",
            HttpError::Certificate { .. } => "certificate",
            HttpError::Stalled { .. } => "stalled",
            HttpError::Cut { .. } => "connection_broke",
            HttpError::Redirects { .. } => "too_many_redirects",
            HttpError::BadRedirect { .. } => "redirect_refused",
            HttpError::TooLarge { .. } => "reply_too_large",
            HttpError::Unauthorized(failure) => failure.code,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            HttpError::CaCert { .. } => {
                "--ca-cert takes a file with one or more PEM certificates (-----BEGIN CERTIFICATE-----)"
            }
            HttpError::Setup { reason } if reason.contains("CA certificates") => {
                "install the system's CA certificates (package ca-certificates), or name a file with --ca-cert"
            }
            HttpError::Setup { .. } => {
                "this is unexpected: please report it with the output of -vv"
            }
            HttpError::Connect { .. } => {
                "check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and --dc; then run again: what is saved is kept"
            }
            HttpError::Certificate { .. } => {
                "check this machine's clock and CA certificates; behind a proxy that reads TLS, name its CA with --ca-cert"
            }
            HttpError::Stalled { .. } | HttpError::Cut { .. } => {
                "run the same command again: what is saved is kept; --stall-timeout and --retries give a bad line more time"
            }
            HttpError::Redirects { .. } | HttpError::BadRedirect { .. } => {
                "run with -vv to see where the server leads; a proxy or portal in between may do that"
            }
            HttpError::TooLarge { .. } => {
                "run with -vv to see which server answers; a proxy or portal in between may do that"
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
        let (reason, is_certificate) = innermost(&error);
        let url = safe_url(url);
        if is_certificate {
            HttpError::Certificate { url, reason }
        } else if connecting {
            HttpError::Connect { url, reason }
        } else {
            HttpError::Cut { url, reason }
        }
    }
}

/// The last cause of the chain, which is the one that says something, and whether it is about a certificate.
fn innermost(error: &reqwest::Error) -> (String, bool) {
    let mut certificate = false;
    let mut cause: &dyn std::error::Error = error;
    loop {
        let text = cause.to_string();
        certificate |= text.contains("invalid peer certificate");
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &dyn std::error::Error);
        match inner.or_else(|| cause.source()) {
            Some(next) => cause = next,
            None => return (printable(&text), certificate),
        }
    }
}
