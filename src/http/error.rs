//! What goes wrong below the level of a reply.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use url::Url;

use super::retry::Backoff;
use super::tls::{self, Failure};
use crate::exit::Exit;
use crate::limits;
use crate::problem::Problem;
use crate::store::sys;
use crate::untrusted::{printable, safe_url};

/// A request that brought no usable reply. Every URL in it is shown without its query.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct HttpError {
    kind: Kind,
    problem: Box<Problem>,
}

/// What a caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No connection came about, so nothing of the request arrived. Temporary.
    NoConnection,
    /// The connection broke or fell silent: the request may have arrived. Temporary.
    Lost,
    /// Every other request of this run would meet the same.
    Blocked { is_temporary: bool },
    /// Another attempt would meet the same.
    Final,
}

/// All that is known beforehand of an error.
pub(super) struct Row {
    code: &'static str,
    kind: Kind,
    exit: Exit,
    hint: &'static str,
}

const FOR_GOOD: Kind = Kind::Blocked {
    is_temporary: false,
};
const FOR_NOW: Kind = Kind::Blocked { is_temporary: true };
const WHILE_LOST: &str = "run the same command again: nothing saved is lost; raise --stall-timeout or --retries on a bad connection";
const WHERE_TO: &str =
    "run with -vv to see where the server redirects; a proxy or portal in between may be answering";

#[rustfmt::skip]
mod rows {
    use super::{Exit, FOR_GOOD, FOR_NOW, Kind, Row, WHERE_TO, WHILE_LOST, limits};

    pub(crate) const NO_CA_STORE: Row = Row { code: "no_ca_store", kind: FOR_GOOD, exit: Exit::Usage, hint: "install the system's CA certificates (package ca-certificates); or name a PEM file with SSL_CERT_FILE or --ca-cert" };
    pub(crate) const SETUP: Row = Row { code: "http_setup", kind: FOR_GOOD, exit: Exit::Failed, hint: "this is unexpected: please report it with the output of -vv" };
    pub(crate) const NO_CONNECTION: Row = Row { code: "no_connection", kind: Kind::NoConnection, exit: Exit::Remote, hint: "check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and --dc; then run again: nothing saved is lost" };
    pub(crate) const NO_HANDLE: Row = Row { code: "too_many_open_files", kind: FOR_NOW, exit: Exit::Storage, hint: limits::MORE_FILES };
    pub(crate) const CERTIFICATE: Row = Row { code: "certificate", kind: Kind::Final, exit: Exit::Remote, hint: "check this machine's clock and CA certificates; behind a proxy that inspects TLS, add its CA with --ca-cert" };
    pub(crate) const HANDSHAKE: Row = Row { code: "tls", kind: Kind::Final, exit: Exit::Remote, hint: "check the host, --dc and the proxy variables; a proxy or an outdated server may be answering" };
    pub(crate) const PROXY: Row = Row { code: "proxy_refused", kind: FOR_GOOD, exit: Exit::Remote, hint: "ask the proxy's administrator to allow this host, or add it to NO_PROXY" };
    pub(crate) const PROXY_FOR_NOW: Row = Row { kind: FOR_NOW, ..PROXY };
    pub(crate) const PROXY_PASSWORD: Row = Row { hint: "the proxy asks for a user name and a password: set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT", ..PROXY };
    pub(crate) const STALLED: Row = Row { code: "stalled", kind: Kind::Lost, exit: Exit::Remote, hint: WHILE_LOST };
    pub(crate) const BROKEN: Row = Row { code: "connection_broke", kind: Kind::Lost, exit: Exit::Remote, hint: WHILE_LOST };
    pub(crate) const COMPRESSED: Row = Row { code: "reply_compressed", kind: Kind::Final, exit: Exit::Remote, hint: "a proxy in between may be compressing: it must pass zips and JSON unchanged" };
    pub(crate) const TOO_LARGE: Row = Row { code: "reply_too_large", kind: Kind::Final, exit: Exit::Remote, hint: "run with -vv to see which server answers; a proxy or portal in between may be answering" };
    pub(crate) const REDIRECTS: Row = Row { code: "too_many_redirects", kind: Kind::Final, exit: Exit::Remote, hint: WHERE_TO };
    pub(crate) const REDIRECT: Row = Row { code: "redirect_refused", kind: Kind::Final, exit: Exit::Integrity, hint: WHERE_TO };
}
pub(super) use rows::*;

impl HttpError {
    pub(super) fn new(row: &Row, message: impl Into<String>) -> HttpError {
        HttpError {
            kind: row.kind,
            problem: Box::new(Problem::new(row.exit, row.code, message).hint(row.hint)),
        }
    }

    pub(crate) fn problem(&self) -> Problem {
        Problem::clone(&self.problem)
    }

    /// What is asked of the next attempt; nothing when it would not help. Certificates do not get better by themselves.
    pub(crate) fn backoff(&self) -> Option<Backoff> {
        let is_temporary = matches!(self.kind, Kind::NoConnection | Kind::Lost | FOR_NOW);
        is_temporary.then(Backoff::default)
    }

    /// Whether the server surely got nothing of the request.
    pub(crate) fn is_unsent(&self) -> bool {
        self.kind == Kind::NoConnection
    }

    /// Whether the connection was lost on the way.
    pub(crate) fn is_lost(&self) -> bool {
        self.kind == Kind::Lost
    }

    pub(crate) fn ends_the_run(&self) -> bool {
        matches!(self.kind, Kind::Blocked { .. })
    }

    /// Whether all that is wrong is that the connection was closed below TLS, which could be anybody's doing.
    pub(super) fn lacks_close_notify(&self) -> bool {
        self.is_lost() && self.problem.message.ends_with(NO_CLOSE_NOTIFY)
    }

    pub(super) fn stalled(url: &str, after: Duration) -> HttpError {
        let after = humantime::format_duration(after);
        HttpError::new(&STALLED, format!("{url}: nothing received for {after}"))
    }

    /// `status`: what the proxy answers, where it tells.
    pub(super) fn proxy(url: &Url, proxy: &str, status: Option<u16>) -> HttpError {
        let (row, told) = match status {
            None => (&PROXY_FOR_NOW, String::new()),
            Some(407) => (&PROXY_PASSWORD, " (HTTP 407)".to_owned()),
            Some(status) if Backoff::of_status(status, None).is_some() => {
                (&PROXY_FOR_NOW, format!(" (HTTP {status})"))
            }
            Some(status) => (&PROXY, format!(" (HTTP {status})")),
        };
        let url = safe_url(url);
        HttpError::new(
            row,
            format!("{url}: the proxy {proxy} refuses to connect{told}"),
        )
    }

    /// The library could not be set up.
    pub(super) fn from_setup(error: &reqwest::Error) -> HttpError {
        let cause = successors(Some(error as &dyn Error), |&cause| cause.source()).last();
        let reason = cause.map(ToString::to_string).unwrap_or_default();
        if reason.contains("No CA certificates were loaded") {
            let message = "this machine has no CA certificates: no server can be trusted";
            return HttpError::new(&NO_CA_STORE, message);
        }
        let reason = printable(&reason);
        HttpError::new(&SETUP, format!("the HTTP client can't be set up: {reason}"))
    }

    /// The library failed while it sent a request or read a reply.
    pub(super) fn from_reqwest(url: &Url, error: reqwest::Error) -> HttpError {
        let is_connect = error.is_connect();
        // The URL of the library's message has its query.
        let error = error.without_url();
        let mut of_tls = chain(&error).filter_map(|cause| cause.downcast_ref::<rustls::Error>());
        let is_limit = |cause: &(dyn Error + 'static)| {
            let error = cause.downcast_ref::<io::Error>();
            error.is_some_and(sys::is_about_open_files)
        };
        let (row, what) = match of_tls.find_map(tls::failure) {
            Some(Failure::Certificate(reason)) => (
                &CERTIFICATE,
                format!("the server's certificate does not verify: {reason}"),
            ),
            Some(Failure::Handshake(reason)) => {
                (&HANDSHAKE, format!("no TLS connection: {reason}"))
            }
            None if chain(&error).any(is_limit) => {
                let what = limits::too_many_open_files();
                (&NO_HANDLE, format!("no connection: {what}"))
            }
            None => {
                let reason = in_our_words(chain(&error).last());
                if is_connect {
                    (&NO_CONNECTION, format!("no connection: {reason}"))
                } else {
                    (&BROKEN, format!("the connection broke: {reason}"))
                }
            }
        };
        HttpError::new(row, format!("{}: {what}", safe_url(url)))
    }
}

/// There is no token to send.
impl From<Problem> for HttpError {
    fn from(problem: Problem) -> HttpError {
        HttpError {
            kind: FOR_GOOD,
            problem: Box::new(problem),
        }
    }
}

const NO_CLOSE_NOTIFY: &str =
    "the server closed the connection without ending TLS first (no close_notify)";

/// Whether it was a proxy that refused to open a tunnel, and its status as far as the library tells that.
pub(super) fn refused_tunnel(error: &reqwest::Error) -> Option<Option<u16>> {
    chain(error).find_map(|cause| match cause.to_string().as_str() {
        "tunnel error: proxy authorization required" | "proxy authentication required" => {
            Some(Some(407))
        }
        "tunnel error: unsuccessful" => Some(None),
        _ => None,
    })
}

/// What the library says, without the address of its handbook.
fn in_our_words(cause: Option<&(dyn Error + 'static)>) -> String {
    let text = cause.map(ToString::to_string).unwrap_or_default();
    if text.contains("close_notify") {
        return NO_CLOSE_NOTIFY.to_owned();
    }
    let text = text.split(": https://").next().unwrap_or_default();
    printable(text)
}

/// The error and its causes, one below the other. The last is the one that says something.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    successors(Some(first), |&cause| {
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn Error + 'static));
        inner.or_else(|| cause.source())
    })
}
