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

impl HttpError {
    fn new(kind: Kind, code: &'static str, message: String, hint: &str) -> HttpError {
        HttpError {
            kind,
            problem: Box::new(Problem::new(Exit::Remote, code, message).hint(hint)),
        }
    }

    fn exit(mut self, exit: Exit) -> HttpError {
        self.problem.exit = exit;
        self
    }

    pub(crate) fn problem(&self) -> Problem {
        Problem::clone(&self.problem)
    }

    /// What is asked of the next attempt; nothing when it would not help. Certificates do not get better by themselves.
    pub(crate) fn backoff(&self) -> Option<Backoff> {
        let is_temporary = match self.kind {
            Kind::NoConnection | Kind::Lost => true,
            Kind::Blocked { is_temporary } => is_temporary,
            Kind::Final => false,
        };
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
        HttpError::new(
            Kind::Lost,
            "stalled",
            format!("{url}: nothing received for {after}"),
            LOST,
        )
    }

    /// `status`: what the proxy answers, where it tells.
    pub(super) fn proxy(url: &Url, proxy: &str, status: Option<u16>) -> HttpError {
        let url = safe_url(url);
        let told = status.map(|status| format!(" (HTTP {status})"));
        HttpError::new(
            Kind::Blocked {
                is_temporary: status
                    .is_none_or(|status| Backoff::of_status(status, None).is_some()),
            },
            "proxy_refused",
            format!(
                "{url}: the proxy {proxy} refuses to connect{}",
                told.unwrap_or_default()
            ),
            match status {
                Some(407) => {
                    "the proxy asks for a user name and a password: set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT"
                }
                _ => "ask the proxy's administrator to allow this host, or add it to NO_PROXY",
            },
        )
    }

    pub(super) fn compressed(url: &str, encoding: &str) -> HttpError {
        HttpError::new(
            Kind::Final,
            "reply_compressed",
            format!(
                "{url}: the reply is compressed ({encoding}), which was not requested, and can't be read"
            ),
            "a proxy in between may be compressing: it must pass zips and JSON unchanged",
        )
    }

    pub(super) fn too_many_redirects(url: &Url, limit: usize) -> HttpError {
        HttpError::new(
            Kind::Final,
            "too_many_redirects",
            format!("{}: redirected more than {limit} times", safe_url(url)),
            REDIRECT,
        )
    }

    pub(super) fn bad_redirect(url: &Url, to: &str) -> HttpError {
        HttpError::new(
            Kind::Final,
            "redirect_refused",
            format!("{}: redirected to {to}, which is refused", safe_url(url)),
            REDIRECT,
        )
        .exit(Exit::Integrity)
    }

    pub(super) fn too_large(url: &str, limit: usize) -> HttpError {
        HttpError::new(
            Kind::Final,
            "reply_too_large",
            format!("{url}: the reply is longer than {limit} bytes"),
            "run with -vv to see which server answers; a proxy or portal in between may be answering",
        )
    }

    /// The library could not be set up.
    pub(super) fn from_setup(error: &reqwest::Error) -> HttpError {
        let kind = Kind::Blocked {
            is_temporary: false,
        };
        let cause = successors(Some(error as &dyn Error), |&cause| cause.source()).last();
        let reason = cause.map(ToString::to_string).unwrap_or_default();
        if reason.contains("No CA certificates were loaded") {
            return HttpError::new(
                kind,
                "no_ca_store",
                "this machine has no CA certificates: no server can be trusted".into(),
                "install the system's CA certificates (package ca-certificates); or name a PEM file with SSL_CERT_FILE or --ca-cert",
            )
            .exit(Exit::Usage);
        }
        HttpError::new(
            kind,
            "http_setup",
            format!("the HTTP client can't be set up: {}", printable(&reason)),
            "this is unexpected: please report it with the output of -vv",
        )
        .exit(Exit::Failed)
    }

    /// The library failed while it sent a request or read a reply.
    pub(super) fn from_reqwest(url: &Url, error: reqwest::Error) -> HttpError {
        let is_connect = error.is_connect();
        // The URL of the library's message has its query.
        let error = error.without_url();
        let url = safe_url(url);
        let mut of_tls = chain(&error).filter_map(|cause| cause.downcast_ref::<rustls::Error>());
        if let Some(failure) = of_tls.find_map(tls::failure) {
            return HttpError::from_tls(&url, &failure);
        }
        let is_limit = |cause: &(dyn Error + 'static)| {
            let error = cause.downcast_ref::<io::Error>();
            error.is_some_and(sys::is_about_open_files)
        };
        if chain(&error).any(is_limit) {
            let limit = limits::open_files();
            return HttpError::new(
                Kind::Blocked { is_temporary: true },
                "too_many_open_files",
                format!("{url}: no connection: too many open files ({limit})"),
                limits::MORE_FILES,
            )
            .exit(Exit::Storage);
        }
        let reason = in_our_words(chain(&error).last());
        if is_connect {
            return HttpError::new(
                Kind::NoConnection,
                "no_connection",
                format!("{url}: no connection: {reason}"),
                "check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and --dc; then run again: nothing saved is lost",
            );
        }
        HttpError::new(
            Kind::Lost,
            "connection_broke",
            format!("{url}: the connection broke: {reason}"),
            LOST,
        )
    }

    fn from_tls(url: &str, failure: &Failure) -> HttpError {
        match failure {
            Failure::Certificate(reason) => HttpError::new(
                Kind::Final,
                "certificate",
                format!("{url}: the server's certificate does not verify: {reason}"),
                "check this machine's clock and CA certificates; behind a proxy that inspects TLS, add its CA with --ca-cert",
            ),
            Failure::Handshake(reason) => HttpError::new(
                Kind::Final,
                "tls",
                format!("{url}: no TLS connection: {reason}"),
                "check the host, --dc and the proxy variables; a proxy or an outdated server may be answering",
            ),
        }
    }
}

/// There is no token to send.
impl From<Problem> for HttpError {
    fn from(problem: Problem) -> HttpError {
        HttpError {
            kind: Kind::Blocked {
                is_temporary: false,
            },
            problem: Box::new(problem),
        }
    }
}

const LOST: &str = "run the same command again: nothing saved is lost; raise --stall-timeout or --retries on a bad connection";
const REDIRECT: &str =
    "run with -vv to see where the server redirects; a proxy or portal in between may be answering";
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
