//! What a call to Zoho can end with, turned into what a person can do about it.

use std::time::Duration;

use chrono::{DateTime, Local};

use super::codes::{ADMINISTRATOR, Class, Known, REFUSED_TWICE, recognise};
use super::wire::ErrorBody;
use crate::exit::Exit;
use crate::http::retry::{is_pushback_status, is_temporary_status};
use crate::http::{HttpError, Reply};
use crate::problem::Problem;
use crate::untrusted::{headline, printable, printable_whole};

/// Of an error reply, so much is logged.
const LARGEST_LOGGED: usize = 64 << 10;

/// What a call to Zoho ended with when it did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ZohoError {
    /// No reply, or not a whole one. Exit: as it says.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Zoho said no. Exit: by its code.
    #[error("{}", .0.message())]
    Refusal(Box<Refusal>),
    /// A page instead of an answer. Judged by its status. Exit: Remote, or by its status.
    #[error(
        "{url}: HTTP {status}, {what} instead of {wanted}{}",
        printed_title(title)
    )]
    Page {
        /// From where.
        url: String,
        /// HTTP status.
        status: u16,
        /// "an HTML page", "text".
        what: &'static str,
        /// "a zip", "an answer".
        wanted: &'static str,
        /// Its title or its first words.
        title: String,
        /// When the server wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// Exit: Remote.
    #[error("{url}: the reply is not understood (HTTP {status}): {reason}")]
    NotUnderstood {
        /// From where.
        url: String,
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// Exit: as it says.
    #[error(transparent)]
    Listing(#[from] Problem),
    /// The server asks for a longer pause than there is time for. Exit: Remote.
    #[error("{source}; the server asks to wait {}, but {reason}", humantime::format_duration(whole_seconds(*pause)))]
    TooLong {
        /// What it is that may pass.
        source: Box<ZohoError>,
        /// How long to wait.
        pause: Duration,
        /// When to come back.
        back_at: DateTime<Local>,
        /// What comes first.
        reason: &'static str,
    },
    /// Exit: as the last error says.
    #[error("{source} (after {tries} attempts)")]
    GaveUp {
        /// The last error.
        source: Box<ZohoError>,
        /// How often it was tried.
        tries: u32,
    },
}

/// An error reply of Zoho.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// From where, without the query.
    pub(crate) url: String,
    /// HTTP status; errors also come with 200.
    pub(crate) status: u16,
    /// Zoho's code, as it came; empty when there was none.
    pub(crate) code: String,
    /// Zoho's words, as they came.
    pub(crate) text: String,
    /// What is known of it, by a code wherever it stood.
    known: Option<&'static Known>,
    /// The profile lacks "Zoho CRM API Access".
    pub(crate) api_access_off: bool,
    /// When the server wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    /// By the code where it is known, else by the status.
    fn class(&self) -> Class {
        self.known
            .map_or_else(|| class_of(self.status), |known| known.class)
    }

    fn message(&self) -> String {
        let mut said = match (self.code.as_str(), self.text.as_str()) {
            ("", "") => "no reason given".to_owned(),
            (code, "") => printable(code),
            ("", text) => printable(text),
            (code, text) if code == text => printable(code),
            (code, text) => format!("{}: {}", printable(code), printable(text)),
        };
        let (url, status) = (&self.url, self.status);
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

    /// Whether it came with a success, and says nothing that is known.
    pub(super) fn says_nothing(&self) -> bool {
        self.status == 200 && self.code.is_empty() && self.known.is_none()
    }

    /// Whether it was a call that asks for a backup or cancels one. Asking how it stands has the first one's address.
    fn changes_something(&self) -> bool {
        self.url.ends_with("/backup") || self.url.ends_with("/actions/cancel")
    }

    fn hint(&self) -> &'static str {
        if self.api_access_off {
            return "switch it on at Zoho: Setup > Security Control > Profiles > (the user's profile) > Zoho CRM API Access";
        }
        // What is said of a file would lead in a circle where the list itself was asked for.
        if self.class() == Class::Link && self.url.ends_with("/backup/urls") {
            return LIST_HINT;
        }
        if self.class() == Class::Link && self.url.ends_with("/actions/cancel") {
            return "see `backup-fetch status` for the id of the scheduled job";
        }
        if self.class() == Class::Scope && self.changes_something() {
            return super::codes::ALL_SCOPES;
        }
        self.known
            .map_or_else(|| hint_of(self.class()), |known| known.hint)
    }
}

const LIST_HINT: &str =
    "check --api-domain and --api-version (v2 to v8); run with -vv to see the whole exchange";

/// What a status means that comes without a code.
fn class_of(status: u16) -> Class {
    match status {
        status if is_pushback_status(status) => Class::Pushback,
        401 => Class::Token,
        403 => Class::Permission,
        400 | 404 | 405 | 410 => Class::Link,
        status if is_temporary_status(status) => Class::Temporary,
        _ => Class::Final,
    }
}

/// The same for people, where there is something to say.
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

/// What to do about an error without a code.
fn hint_of(class: Class) -> &'static str {
    match class {
        Class::Token => REFUSED_TWICE,
        Class::Permission => ADMINISTRATOR,
        Class::Link => "see `backup-fetch list` for the current links",
        Class::Pushback | Class::Temporary => {
            "run again in a few minutes; see Zoho's status page; try fewer --jobs"
        }
        Class::Scope | Class::Final => "run with -vv to see the whole exchange",
    }
}

/// A pause is told in whole seconds.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs())
}

impl ZohoError {
    /// In the words that people and scripts see.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            exit: self.exit(),
            code: self.code(),
            message: self.to_string(),
            hint: self.hint(),
        }
    }

    /// The server asks for this pause, and `reason` says what comes first.
    pub(crate) fn too_long(self, pause: Duration, reason: &'static str) -> ZohoError {
        let now = Local::now();
        let back_at = chrono::TimeDelta::from_std(pause).ok();
        ZohoError::TooLong {
            source: Box::new(self),
            pause,
            back_at: back_at
                .and_then(|pause| now.checked_add_signed(pause))
                .unwrap_or(now),
            reason,
        }
    }

    /// What a reply means, where there was one that was no success.
    fn class(&self) -> Option<Class> {
        match self {
            ZohoError::Refusal(refusal) => Some(refusal.class()),
            ZohoError::Page { status, .. } => Some(class_of(*status)),
            _ => None,
        }
    }

    /// Whether another try may help.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            ZohoError::Http(error) => error.is_temporary(),
            other => matches!(other.class(), Some(Class::Pushback | Class::Temporary)),
        }
    }

    /// Whether the server wants fewer requests from everybody.
    pub(crate) fn is_pushback(&self) -> bool {
        self.class() == Some(Class::Pushback)
    }

    /// Whether it may be a range that was refused, and not the file: any status but those that speak of the token, of a
    /// place where nothing is, or of the time.
    pub(crate) fn may_be_about_the_range(&self) -> bool {
        let status = match self {
            ZohoError::Refusal(refusal) => match refusal.known.map(|known| known.class) {
                Some(Class::Token | Class::Scope | Class::Link | Class::Pushback) => return false,
                _ => refusal.status,
            },
            ZohoError::Page { status, .. } => *status,
            _ => return false,
        };
        match status {
            200 | 206 | 401 | 404 | 407 | 408 | 410 | 425 | 429 => false,
            200..=499 => true,
            _ => matches!(status, 500 | 501 | 503),
        }
    }

    /// When the server wants to be asked again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            ZohoError::Refusal(refusal) => refusal.retry_after,
            ZohoError::Page { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether a fresh token may help.
    pub(crate) fn is_about_the_token(&self) -> bool {
        self.class() == Some(Class::Token)
    }

    /// Whether the link may have moved, so that the list is worth a fresh look (`design.md` section 7 rule 7).
    pub(crate) fn wants_fresh_links(&self) -> bool {
        match (self.class(), self) {
            (Some(Class::Link | Class::Permission | Class::Token), _) => true,
            (Some(Class::Final), ZohoError::Refusal(refusal)) => {
                matches!(refusal.status, 400 | 404 | 405 | 410)
            }
            _ => false,
        }
    }

    /// Whether every other file would meet the same.
    pub(crate) fn ends_the_run(&self) -> bool {
        match self {
            ZohoError::Http(error) => error.ends_the_run(),
            ZohoError::TooLong { .. } => true,
            ZohoError::GaveUp { source, .. } => source.ends_the_run(),
            other => matches!(other.class(), Some(Class::Token | Class::Scope)),
        }
    }

    /// How the process ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            ZohoError::Http(error) => error.problem().exit,
            ZohoError::Listing(error) => error.exit,
            ZohoError::GaveUp { source, .. } => source.exit(),
            other => match other.class() {
                Some(Class::Token | Class::Scope | Class::Permission) => Exit::Unauthorized,
                _ => Exit::Remote,
            },
        }
    }

    /// The word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            ZohoError::Http(error) => error.problem().code,
            ZohoError::Listing(error) => error.code,
            ZohoError::GaveUp { source, .. } => source.code(),
            ZohoError::TooLong { .. } => "come_back_later",
            ZohoError::NotUnderstood { .. } => "reply_not_understood",
            ZohoError::Page {
                status: 200..=299, ..
            } => "not_a_zip",
            ZohoError::Refusal(refusal) if refusal.known.is_some() => {
                refusal.known.map_or("refused", |known| known.word)
            }
            other => match other.class() {
                Some(Class::Token) => "token_refused",
                Some(Class::Permission) => "no_permission",
                Some(Class::Pushback) => "too_many_requests",
                Some(Class::Temporary) => "zoho_failed",
                _ => "refused",
            },
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            ZohoError::Http(error) => error.problem().hint,
            ZohoError::Listing(error) => error.hint.clone(),
            ZohoError::GaveUp { source, .. } => source.hint(),
            ZohoError::Refusal(refusal) => Some(refusal.hint().to_owned()),
            ZohoError::TooLong { back_at, .. } => Some(format!(
                "run the same command again after {}: what is saved is kept",
                back_at.format("%Y-%m-%d %H:%M:%S %:z")
            )),
            ZohoError::Page { url, status, .. } => Some(match class_of(*status) {
                Class::Link if url.ends_with("/backup/urls") => LIST_HINT,
                class @ (Class::Link | Class::Token | Class::Pushback | Class::Temporary) => hint_of(class),
                _ => "a proxy, a portal or a maintenance page answered instead of Zoho: open the URL's host in a browser, then run again",
            }.into()),
            ZohoError::NotUnderstood { .. } => Some(
                "run with -vv to see the exchange; check --api-domain and --api-version".into(),
            ),
        }
    }
}

/// What a body says that came instead of what is `wanted`: Zoho's error in any of its shapes, or a page of somebody else.
pub(crate) fn from_body(reply: &Reply, body: &[u8], wanted: &'static str) -> ZohoError {
    let start = &body[..body.len().min(LARGEST_LOGGED)];
    tracing::debug!(
        url = reply.url,
        status = reply.status,
        reason = reply.reason.as_deref().map(printable),
        body = %printable_whole(&String::from_utf8_lossy(start)),
        "error reply"
    );
    let reason = reply.reason.as_deref().unwrap_or_default();
    parse_error(
        &reply.url,
        (reply.status, reason),
        reply.retry_after,
        body,
        wanted,
    )
}

/// [`from_body`], with only that of the reply's head which it goes by: the status and the words behind it. `url` must be
/// fit to be shown.
pub(crate) fn parse_error(
    url: &str,
    (status, reason): (u16, &str),
    retry_after: Option<Duration>,
    body: &[u8],
    wanted: &'static str,
) -> ZohoError {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let said = ErrorBody::parse(text.as_bytes()).or_else(|| storage_error(text));
    let is_page = said.is_none() && !text.is_empty();
    let said = said.unwrap_or_default();
    let code = said.code.unwrap_or_default();
    let known = recognise(&code, reason, text);
    if is_page && known.is_none() {
        return ZohoError::Page {
            url: url.to_owned(),
            status,
            what: if text.starts_with('<') {
                "an HTML page"
            } else {
                "text"
            },
            wanted,
            title: printable(&headline(text)),
            retry_after,
        };
    }
    let message = match said.message {
        Some(message) => message,
        None if is_page => headline(text),
        // A shape that is new to us is shown as it is.
        None if code.is_empty() && !text.is_empty() => text.to_owned(),
        None if code.is_empty() => reason.to_owned(),
        None => String::new(),
    };
    ZohoError::Refusal(Box::new(Refusal {
        url: url.to_owned(),
        status,
        code,
        text: message,
        known,
        api_access_off: said.api_access_off,
        retry_after,
    }))
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

fn printed_title(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(": \"{title}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::KNOWN;
    use super::*;

    fn refusal(status: u16, code: &str, text: &str) -> ZohoError {
        ZohoError::Refusal(Box::new(Refusal {
            url: "https://h/x".into(),
            status,
            code: code.into(),
            text: text.into(),
            known: recognise(code, "", text),
            api_access_off: false,
            retry_after: None,
        }))
    }

    /// The codes with which a run exits 4, for what they tell is about the token, its scopes or the user's rights
    /// (`design.md` section 3, `zoho-api.md` sections 1.6, 2.1 and 3.6). All others exit 5.
    const EXIT_4: [&str; 12] = [
        "AUTHENTICATION_FAILURE",
        "FORBIDDEN",
        "INVALID_OAUTHSCOPE",
        "INVALID_OAUTHTOKEN",
        "INVALID_TICKET",
        "INVALID_TOKEN",
        "NOT_ALLOWED",
        "NOT_AUTHENTICATED",
        "NO_PERMISSION",
        "OAUTHTOKEN_EXPIRED",
        "OAUTH_SCOPE_MISMATCH",
        "URL_RULE_NOT_CONFIGURED",
    ];

    #[test]
    fn every_known_code_has_its_exit_whatever_the_status() {
        for code in EXIT_4 {
            assert!(KNOWN.iter().any(|known| known.code == code), "{code}");
        }
        for known in KNOWN {
            let expected = if EXIT_4.contains(&known.code) { 4 } else { 5 };
            for status in [200, 400, 401, 403, 500] {
                let error = refusal(status, known.code, "");
                assert_eq!(error.exit().code(), expected, "{} {status}", known.code);
                assert!(error.hint().is_some(), "{}", known.code);
            }
        }
    }

    #[test]
    fn a_dead_link_is_told_by_its_words() {
        let error = refusal(403, "FORBIDDEN", "Link not valid");
        assert_eq!(error.code(), "link_not_valid");
        assert!(error.wants_fresh_links());
        assert!(!error.ends_the_run());
    }

    #[test]
    fn scope_errors_end_the_run_and_are_not_cured_by_a_token() {
        for code in ["OAUTH_SCOPE_MISMATCH", "INVALID_OAUTHSCOPE"] {
            let error = refusal(401, code, "");
            assert!(error.ends_the_run());
            assert!(!error.is_about_the_token());
        }
    }

    #[test]
    fn unknown_codes_are_shown_as_they_came_but_harmless() {
        let error = refusal(418, "NEW\u{1b}[2J", "what\nnow");
        assert_eq!(
            error.to_string(),
            "https://h/x: HTTP 418: NEW\\u{1b}[2J: what\\nnow"
        );
        assert_eq!(error.exit(), Exit::Remote);
    }

    #[test]
    fn a_bare_status_is_enough() {
        assert!(refusal(429, "", "").is_pushback());
        assert!(refusal(502, "", "").is_temporary());
        assert!(refusal(401, "", "").is_about_the_token());
        assert_eq!(refusal(403, "", "").exit(), Exit::Unauthorized);
        assert!(!refusal(404, "", "").is_temporary());
    }

    fn parsed(status: u16, reason: &str, body: &str) -> ZohoError {
        parse_error(
            "https://h/x",
            (status, reason),
            None,
            body.as_bytes(),
            "a zip",
        )
    }

    #[test]
    fn a_throttle_is_pushback_wherever_it_stands_and_whatever_the_status() {
        for code in [
            "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "URL_FIXED_THROTTLES_LIMIT_EXCEEDED",
            "URL_LIVE_THROTTLES_LIMIT_EXCEEDED",
            "F7008",
        ] {
            for body in [
                format!(r#"{{"code":"INTERNAL_ERROR","message":"{code}"}}"#),
                format!(r#"{{"errors":[{{"id":"{code}","title":"slow"}}]}}"#),
                format!(r#"[2,{{"errorCode":"{code}"}}]"#),
                format!("<html><body>{code}</body></html>"),
                format!("error {code}."),
            ] {
                for status in [200, 400, 401, 403, 429, 500] {
                    let error = parsed(status, "", &body);
                    assert!(
                        error.is_pushback() && error.is_temporary(),
                        "{status} {body}"
                    );
                    assert!(error.to_string().contains(code), "{error}");
                }
            }
            assert!(parsed(400, code, "").is_pushback(), "{code}");
        }
    }

    #[test]
    fn a_code_behind_the_status_or_in_a_page_is_found() {
        let scope = parsed(401, "INVALID_OAUTHSCOPE", "");
        assert!(
            !scope.is_about_the_token() && scope.ends_the_run(),
            "{scope}"
        );
        assert_eq!(scope.code(), "scope_missing");
        let page = parsed(
            401,
            "",
            "<html><title>no</title>OAUTH_SCOPE_MISMATCH</html>",
        );
        assert_eq!(page.code(), "scope_missing", "{page}");
        assert!(parsed(401, "", "<html>").is_about_the_token());
        assert!(parsed(401, "", "[]").is_about_the_token());
        // Words of a page that are codes by accident count for nothing.
        assert_eq!(parsed(404, "", "FORBIDDEN INPROGRESS").exit(), Exit::Remote);
    }

    #[test]
    fn a_dead_link_is_known_in_every_shape() {
        for (status, body) in [
            (
                400,
                r#"{"ERROR_CODE":400,"ERROR_MESSAGE":"Bad","x-info":"Link not valid"}"#,
            ),
            (401, r#"{"errors":[{"id":"R008","title":"gone"}]}"#),
            (
                403,
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
            ),
        ] {
            let error = parsed(status, "", body);
            assert!(error.wants_fresh_links(), "{error}");
            assert!(!error.is_about_the_token(), "{error}");
            assert_eq!(error.exit(), Exit::Remote, "{error}");
        }
    }

    #[test]
    fn a_shape_that_is_new_is_shown() {
        for body in [r#"{"new":{"words":["of Zoho"]}}"#, "[7]", "of Zoho"] {
            let error = parsed(418, "", body).to_string();
            assert!(error.contains(body), "{error}");
        }
        assert!(parsed(404, "", "").to_string().contains("no reason given"));
        assert!(
            parsed(404, "Gone for good", "")
                .to_string()
                .contains("Gone for good")
        );
    }
}
