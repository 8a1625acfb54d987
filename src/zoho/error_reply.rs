//! An error reply of Zoho: read in all its shapes, and turned into what a person can do about it.

use std::time::Duration;

use secrecy::SecretString;

use super::codes::{ALL_SCOPES, Class, Known, recognise};
use super::wire::ErrorBody;
use crate::exit::Exit;
use crate::http::Reply;
use crate::http::retry::Backoff;
use crate::problem::Problem;
use crate::untrusted::{headline, printable, printable_whole};

/// Of an error reply, so much is logged.
const LARGEST_LOGGED: usize = 64 << 10;

/// An error reply of Zoho, or a page of somebody else in its place.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// From where, without the query.
    url: String,
    /// Errors also come with 200.
    pub(super) status: u16,
    /// Zoho's code, as it came; empty when there was none.
    pub(crate) code: String,
    /// Zoho's words, as they came, or the title of the page.
    pub(crate) text: String,
    /// What is known of it, by a code wherever it stood.
    known: Option<&'static Known>,
    page: Option<Page>,
    /// The profile lacks "Zoho CRM API Access".
    api_access_off: bool,
    retry_after: Option<Duration>,
    /// The token that was sent.
    token: Option<SecretString>,
}

/// What came instead of what.
#[derive(Debug)]
struct Page {
    /// "an HTML page", "text".
    what: &'static str,
    /// "a zip", "an answer".
    wanted: &'static str,
}

impl Refusal {
    /// By the code where it is known, else by the status.
    pub(super) fn class(&self) -> Class {
        self.known
            .map_or_else(|| Class::of_status(self.status), |known| known.class)
    }

    pub(super) fn backoff(&self) -> Option<Backoff> {
        let class = self.class();
        matches!(class, Class::Pushback | Class::Temporary).then_some(Backoff {
            retry_after: self.retry_after,
            is_pushback: class == Class::Pushback,
        })
    }

    /// Whether it may be a range that was refused, and not the file: any status but those that speak of the token, of a
    /// place where nothing is, or of the time.
    pub(super) fn may_be_about_the_range(&self) -> bool {
        let of_something_else = [Class::Token, Class::Scope, Class::Link, Class::Pushback];
        if self
            .known
            .is_some_and(|known| of_something_else.contains(&known.class))
        {
            return false;
        }
        match self.status {
            200 | 206 | 401 | 404 | 407 | 408 | 410 | 425 | 429 => false,
            200..=499 => true,
            status => matches!(status, 500 | 501 | 503),
        }
    }

    /// Whether the link may have moved, so that the list is worth a fresh look (`design.md` section 7 rule 7).
    pub(super) fn wants_fresh_links(&self) -> bool {
        match self.class() {
            Class::Link | Class::Permission | Class::Token => true,
            Class::Final => matches!(self.status, 400 | 404 | 405 | 410),
            _ => false,
        }
    }

    /// The token that was sent, where it is what was refused: a fresh one may help.
    pub(super) fn refused_token(&self) -> Option<&SecretString> {
        let token = self.token.as_ref();
        token.filter(|_| self.class() == Class::Token)
    }

    /// What is wrong with a success that is neither what was asked for nor one of Zoho's errors.
    pub(super) fn not_understood(&self, wanted: &str) -> Option<Problem> {
        let says_nothing = self.code.is_empty() && self.known.is_none() && self.page.is_none();
        if self.status != 200 || !says_nothing {
            return None;
        }
        let (url, text) = (&self.url, printable(&self.text));
        let message = format!(
            "{url}: the reply is not understood (HTTP 200): it contains no {wanted}: {text}"
        );
        let problem = Problem::new(Exit::Remote, "reply_not_understood", message);
        Some(problem.hint("run with -vv to see the exchange; check --api-domain and --api-version"))
    }

    pub(super) fn problem(&self) -> Problem {
        let class = self.class();
        let code = match (self.known, &self.page) {
            (Some(known), _) => known.word,
            (None, Some(_)) if matches!(self.status, 200..=299) => "not_a_zip",
            (None, _) => class.word(),
        };
        Problem::new(class.exit(), code, self.message()).hint(self.hint())
    }

    pub(super) fn message(&self) -> String {
        let (url, status) = (&self.url, self.status);
        if let Some(Page { what, wanted }) = self.page {
            let title = match self.text.as_str() {
                "" => String::new(),
                title => format!(": \"{}\"", printable(title)),
            };
            return format!("{url}: HTTP {status}, {what} instead of {wanted}{title}");
        }
        let mut said = match (self.code.as_str(), self.text.as_str()) {
            ("", "") => "no reason given".to_owned(),
            (code, "") => printable(code),
            ("", text) => printable(text),
            (code, text) if code == text => printable(code),
            (code, text) => format!("{}: {}", printable(code), printable(text)),
        };
        if self.api_access_off {
            return format!(
                "{url}: API access is switched off in the user's profile (HTTP {status}, {said})"
            );
        }
        let Some(known) = self.known else {
            return format!("{url}: HTTP {status}{}: {said}", in_words(status));
        };
        if !said
            .to_ascii_lowercase()
            .contains(&known.code.to_ascii_lowercase())
        {
            said = format!("{}: {said}", known.code);
        }
        format!("{url}: {} (HTTP {status}, {said})", known.meaning)
    }

    fn hint(&self) -> &'static str {
        let (class, is_page) = (self.class(), self.page.is_some());
        let is_cancel = self.url.ends_with("/actions/cancel");
        match class {
            _ if self.api_access_off => {
                "switch it on at Zoho: Setup > Security Control > Profiles > (the user's profile) > Zoho CRM API Access"
            }
            // What is said of a file would lead in a circle where the list itself was asked for.
            Class::Link if self.url.ends_with("/backup/urls") => {
                "check --api-domain and --api-version (v2 to v8); run with -vv to see the whole exchange"
            }
            Class::Link if is_cancel && !is_page => {
                "see `backup-fetch status` for the id of the scheduled job"
            }
            // The calls that ask for a backup or cancel one. Asking how it stands has the first one's address.
            Class::Scope if is_cancel || self.url.ends_with("/backup") => ALL_SCOPES,
            Class::Permission | Class::Final if is_page => {
                "a proxy, a portal or a maintenance page answered instead of Zoho: open the URL's host in a browser, then run again"
            }
            _ => self.known.map_or_else(|| class.hint(), |known| known.hint),
        }
    }
}

/// What a status without a code means, where there is something to say.
fn in_words(status: u16) -> &'static str {
    match status {
        400 => " (the request is refused)",
        401 => " (the token is refused)",
        403 => " (access is refused)",
        404 => " (not found)",
        405 => " (this kind of request is refused)",
        410 => " (gone)",
        429 => " (too many requests)",
        503 => " (not available for now)",
        500..=599 => " (a server error)",
        _ => "",
    }
}

/// What a body says that came instead of what is `wanted`: Zoho's error in any of its shapes, or a page of somebody else.
pub(crate) fn from_body(reply: &Reply, body: &[u8], wanted: &'static str) -> Refusal {
    let start = &body[..body.len().min(LARGEST_LOGGED)];
    tracing::debug!(
        url = reply.url,
        status = reply.status,
        reason = reply.reason.as_deref().map(printable),
        body = %printable_whole(&String::from_utf8_lossy(start)),
        "error reply"
    );
    let reason = reply.reason.as_deref().unwrap_or_default();
    Refusal {
        retry_after: reply.retry_after,
        token: reply.token.clone(),
        ..parse_error(&reply.url, (reply.status, reason), body, wanted)
    }
}

/// [`from_body`], with only that of the reply's head which it goes by: the status and the words behind it. `url` must be
/// fit to be shown.
pub(crate) fn parse_error(
    url: &str,
    (status, reason): (u16, &str),
    body: &[u8],
    wanted: &'static str,
) -> Refusal {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let said = ErrorBody::parse(text.as_bytes()).or_else(|| storage_error(text));
    let is_text = said.is_none() && !text.is_empty();
    let said = said.unwrap_or_default();
    let code = said.code.unwrap_or_default();
    let known = recognise(&code, reason, text);
    let what = if text.starts_with('<') {
        "an HTML page"
    } else {
        "text"
    };
    let page = (is_text && known.is_none()).then_some(Page { what, wanted });
    let text = match said.message {
        Some(message) => message,
        None if is_text => headline(text),
        // A shape that is new to us is shown as it is.
        None if code.is_empty() && !text.is_empty() => text.to_owned(),
        None if code.is_empty() => reason.to_owned(),
        None => String::new(),
    };
    Refusal {
        url: url.to_owned(),
        status,
        code,
        text,
        known,
        page,
        api_access_off: said.api_access_off,
        retry_after: None,
        token: None,
    }
}

/// Of the storage that a link may lead to: `<Error><Code>AccessDenied</Code><Message>…</Message></Error>`.
fn storage_error(text: &str) -> Option<ErrorBody> {
    let within = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        let (inner, _) = rest.split_once(&format!("</{tag}>"))?;
        Some(inner.trim().to_owned()).filter(|inner| !inner.is_empty())
    };
    let code = within("Code").filter(|_| text.contains("<Error>"))?;
    Some(ErrorBody {
        code: Some(code),
        message: within("Message"),
        api_access_off: false,
    })
}
