//! What a call to Zoho can end with, turned into what a person can do about it.

use std::time::Duration;

use chrono::Local;
use secrecy::SecretString;

use super::codes::{ALL_SCOPES, Class, Known, recognise};
use super::wire::ErrorBody;
use crate::exit::Exit;
use crate::http::retry::{Backoff, GaveUp};
use crate::http::{HttpError, Reply};
use crate::problem::Problem;
use crate::untrusted::{headline, printable, printable_whole};

/// Of an error reply, so much is logged.
const LARGEST_LOGGED: usize = 64 << 10;

/// What a call to Zoho ended with when it did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ZohoError {
    /// No reply, or not a whole one.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Zoho said no.
    #[error("{}", .0.message())]
    Refusal(Box<Refusal>),
    /// Whatever it was, it is over.
    #[error("{problem}")]
    Final {
        problem: Problem,
        /// Every other file would meet the same.
        ends_the_run: bool,
    },
}

impl ZohoError {
    pub(crate) fn problem(&self) -> Problem {
        match self {
            ZohoError::Http(error) => error.problem(),
            ZohoError::Refusal(refusal) => refusal.problem(),
            ZohoError::Final { problem, .. } => problem.clone(),
        }
    }

    /// The same, after so many attempts: nothing is tried again.
    pub(crate) fn after(self, attempts: u32) -> ZohoError {
        if attempts == 1 {
            return self;
        }
        ZohoError::Final {
            problem: self.problem().after(attempts),
            ends_the_run: self.ends_the_run(),
        }
    }

    /// The server asks for this pause, and `reason` says what comes first.
    pub(crate) fn too_long(self, pause: Duration, reason: &str) -> ZohoError {
        let now = Local::now();
        let back_at = chrono::TimeDelta::from_std(pause)
            .ok()
            .and_then(|pause| now.checked_add_signed(pause))
            .unwrap_or(now);
        let asked = humantime::format_duration(Duration::from_secs(pause.as_secs()));
        let message = format!("{self}; the server asks to wait {asked}, but {reason}");
        let problem = Problem::new(Exit::Remote, "come_back_later", message).hint(format!(
            "run the same command again after {}: what is saved is kept",
            back_at.format("%Y-%m-%d %H:%M:%S %:z")
        ));
        ZohoError::Final {
            problem,
            ends_the_run: true,
        }
    }

    /// Whether another attempt may help.
    pub(crate) fn is_temporary(&self) -> bool {
        self.backoff().is_some()
    }

    /// What is asked of the next attempt; nothing when it would not help.
    pub(crate) fn backoff(&self) -> Option<Backoff> {
        match self {
            ZohoError::Http(error) => error.backoff(),
            ZohoError::Refusal(refusal) => refusal.backoff(),
            ZohoError::Final { .. } => None,
        }
    }

    /// Whether it may be a range that was refused, and not the file: any status but those that speak of the token, of a
    /// place where nothing is, or of the time.
    pub(crate) fn may_be_about_the_range(&self) -> bool {
        let ZohoError::Refusal(refusal) = self else {
            return false;
        };
        let of_something_else = [Class::Token, Class::Scope, Class::Link, Class::Pushback];
        if refusal
            .known
            .is_some_and(|known| of_something_else.contains(&known.class))
        {
            return false;
        }
        match refusal.status {
            200 | 206 | 401 | 404 | 407 | 408 | 410 | 425 | 429 => false,
            200..=499 => true,
            status => matches!(status, 500 | 501 | 503),
        }
    }

    /// Whether the link may have moved, so that the list is worth a fresh look (`design.md` section 7 rule 7).
    pub(crate) fn wants_fresh_links(&self) -> bool {
        match self {
            ZohoError::Refusal(refusal) => match refusal.class() {
                Class::Link | Class::Permission | Class::Token => true,
                Class::Final => matches!(refusal.status, 400 | 404 | 405 | 410),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether every other file would meet the same.
    pub(crate) fn ends_the_run(&self) -> bool {
        match self {
            ZohoError::Http(error) => error.ends_the_run(),
            ZohoError::Refusal(refusal) => matches!(refusal.class(), Class::Token | Class::Scope),
            ZohoError::Final { ends_the_run, .. } => *ends_the_run,
        }
    }
}

impl From<Problem> for ZohoError {
    fn from(problem: Problem) -> ZohoError {
        ZohoError::Final {
            problem,
            ends_the_run: false,
        }
    }
}

impl From<GaveUp<ZohoError>> for ZohoError {
    fn from(last: GaveUp<ZohoError>) -> ZohoError {
        match last.too_long {
            Some(pause) => last
                .error
                .too_long(pause, "--max-duration ends this run first"),
            None => last.error.after(last.attempts),
        }
    }
}

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
    fn class(&self) -> Class {
        self.known
            .map_or_else(|| Class::of_status(self.status), |known| known.class)
    }

    fn backoff(&self) -> Option<Backoff> {
        let class = self.class();
        matches!(class, Class::Pushback | Class::Temporary).then_some(Backoff {
            retry_after: self.retry_after,
            is_pushback: class == Class::Pushback,
        })
    }

    /// The token that was sent, where it is what was refused: a fresh one may help.
    pub(super) fn refused_token(&self) -> Option<&SecretString> {
        let token = self.token.as_ref();
        token.filter(|_| self.class() == Class::Token)
    }

    /// A success that is neither what was asked for nor one of Zoho's errors.
    pub(super) fn or_not_understood(self, wanted: &str) -> ZohoError {
        let says_nothing = self.code.is_empty() && self.known.is_none() && self.page.is_none();
        if self.status != 200 || !says_nothing {
            return self.into();
        }
        let (url, text) = (&self.url, printable(&self.text));
        let message = format!(
            "{url}: the reply is not understood (HTTP 200): it contains no {wanted}: {text}"
        );
        Problem::new(Exit::Remote, "reply_not_understood", message)
            .hint("run with -vv to see the exchange; check --api-domain and --api-version")
            .into()
    }

    fn problem(&self) -> Problem {
        let class = self.class();
        let code = match (self.known, &self.page) {
            (Some(known), _) => known.word,
            (None, Some(_)) if matches!(self.status, 200..=299) => "not_a_zip",
            (None, _) => class.word(),
        };
        Problem::new(class.exit(), code, self.message()).hint(self.hint())
    }

    fn message(&self) -> String {
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

impl From<Refusal> for ZohoError {
    fn from(refusal: Refusal) -> ZohoError {
        ZohoError::Refusal(Box::new(refusal))
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

#[cfg(test)]
mod tests {
    use super::super::codes::KNOWN;
    use super::*;

    fn refusal(status: u16, code: &str, text: &str) -> ZohoError {
        Refusal {
            code: code.into(),
            text: text.into(),
            known: recognise(code, "", text),
            ..parse_error("https://h/x", (status, ""), b"", "a zip")
        }
        .into()
    }

    fn class(error: &ZohoError) -> Option<Class> {
        match error {
            ZohoError::Refusal(refusal) => Some(refusal.class()),
            _ => None,
        }
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
                assert_eq!(
                    error.problem().exit.code(),
                    expected,
                    "{} {status}",
                    known.code
                );
                assert!(error.problem().hint.is_some(), "{}", known.code);
            }
        }
    }

    #[test]
    fn a_dead_link_is_told_by_its_words() {
        let error = refusal(403, "FORBIDDEN", "Link not valid");
        assert_eq!(error.problem().code, "link_not_valid");
        assert!(error.wants_fresh_links());
        assert!(!error.ends_the_run());
    }

    #[test]
    fn scope_errors_end_the_run_and_are_not_cured_by_a_token() {
        for code in ["OAUTH_SCOPE_MISMATCH", "INVALID_OAUTHSCOPE"] {
            let error = refusal(401, code, "");
            assert!(error.ends_the_run());
            assert!(class(&error) != Some(Class::Token));
        }
    }

    #[test]
    fn unknown_codes_are_shown_as_they_came_but_harmless() {
        let error = refusal(418, "NEW\u{1b}[2J", "what\nnow");
        assert_eq!(
            error.to_string(),
            "https://h/x: HTTP 418: NEW\\u{1b}[2J: what\\nnow"
        );
        assert_eq!(error.problem().exit, Exit::Remote);
    }

    #[test]
    fn a_bare_status_is_enough() {
        assert!(class(&refusal(429, "", "")) == Some(Class::Pushback));
        assert!(refusal(502, "", "").is_temporary());
        assert!(class(&refusal(401, "", "")) == Some(Class::Token));
        assert_eq!(refusal(403, "", "").problem().exit, Exit::Unauthorized);
        assert!(!refusal(404, "", "").is_temporary());
    }

    fn parsed(status: u16, reason: &str, body: &str) -> ZohoError {
        parse_error("https://h/x", (status, reason), body.as_bytes(), "a zip").into()
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
                        class(&error) == Some(Class::Pushback) && error.is_temporary(),
                        "{status} {body}"
                    );
                    assert!(error.to_string().contains(code), "{error}");
                }
            }
            assert!(
                class(&parsed(400, code, "")) == Some(Class::Pushback),
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_behind_the_status_or_in_a_page_is_found() {
        let scope = parsed(401, "INVALID_OAUTHSCOPE", "");
        assert!(
            class(&scope) != Some(Class::Token) && scope.ends_the_run(),
            "{scope}"
        );
        assert_eq!(scope.problem().code, "scope_missing");
        let page = parsed(
            401,
            "",
            "<html><title>no</title>OAUTH_SCOPE_MISMATCH</html>",
        );
        assert_eq!(page.problem().code, "scope_missing", "{page}");
        assert!(class(&parsed(401, "", "<html>")) == Some(Class::Token));
        assert!(class(&parsed(401, "", "[]")) == Some(Class::Token));
        // Words of a page that are codes by accident count for nothing.
        assert_eq!(
            parsed(404, "", "FORBIDDEN INPROGRESS").problem().exit,
            Exit::Remote
        );
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
            assert!(class(&error) != Some(Class::Token), "{error}");
            assert_eq!(error.problem().exit, Exit::Remote, "{error}");
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
