//! What a call to Zoho can end with, turned into what a person can do about it.

use std::time::Duration;

use chrono::{DateTime, Local};

use super::codes::{ADMINISTRATOR, Class, KNOWN, Known};
use super::wire::ErrorBody;
use crate::backup::BackupError;
use crate::exit::Exit;
use crate::http::retry::{is_pushback_status, is_temporary_status};
use crate::http::{HttpError, Reply};
use crate::untrusted::printable;

/// What a call to Zoho ended with when it did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ZohoError {
    /// No reply, or not a whole one. Exit: as it says.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Zoho said no. Exit: by its code.
    #[error("{}", .0.message())]
    Refusal(Box<Refusal>),
    /// A page in the place of an answer. Temporary by its status. Exit: Remote, or by its status.
    #[error(
        "{url}: {what} came in the place of {wanted} (HTTP {status}){}",
        printed_title(title)
    )]
    Page {
        /// From where.
        url: String,
        /// HTTP status.
        status: u16,
        /// "an HTML page", "a text".
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
    Listing(#[from] BackupError),
    /// The server asks for a longer pause than there is time for. Exit: Remote.
    #[error("{source}; the server asks for a pause of {}, and {reason}", humantime::format_duration(whole_seconds(*pause)))]
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
    #[error("{source} (after {tries} tries)")]
    GaveUp {
        /// The last error.
        source: Box<ZohoError>,
        /// How often it was tried.
        tries: u32,
    },
}

/// An error reply of Zoho.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// From where, without the query.
    pub url: String,
    /// HTTP status; errors also come with 200.
    pub status: u16,
    /// Zoho's code, as it came; empty when there was none.
    pub code: String,
    /// Zoho's words, as they came.
    pub text: String,
    /// The profile lacks "Zoho CRM API Access".
    pub api_access_off: bool,
    /// When the server wants to be asked again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    fn known(&self) -> Option<&'static Known> {
        // The file service puts its best words into the text, and a bare "Forbidden" beside them.
        let by_text = KNOWN.iter().find(|known| {
            known.class == Class::Link && known.code.eq_ignore_ascii_case(&self.text)
        });
        by_text.or_else(|| {
            KNOWN
                .iter()
                .find(|known| known.code.eq_ignore_ascii_case(&self.code))
        })
    }

    /// By the code where it is known, else by the status.
    fn class(&self) -> Class {
        match (self.known(), self.status) {
            (Some(known), _) => known.class,
            (None, status) if is_pushback_status(status) => Class::Pushback,
            (None, 401) => Class::Token,
            (None, 403) => Class::Permission,
            (None, 400 | 404 | 405 | 410) => Class::Link,
            (None, status) if is_temporary_status(status) => Class::Temporary,
            (None, _) => Class::Final,
        }
    }

    fn message(&self) -> String {
        let said = match (self.code.as_str(), self.text.as_str()) {
            ("", "") => "no reason given".to_owned(),
            (code, "") => printable(code),
            ("", text) => printable(text),
            (code, text) if code == text => printable(code),
            (code, text) => format!("{}: {}", printable(code), printable(text)),
        };
        let meaning = match self.known() {
            _ if self.api_access_off => "API access is switched off in the user's profile",
            Some(known) => known.meaning,
            None => match self.class() {
                Class::Token => "the token is refused",
                Class::Permission => "access is refused",
                Class::Link => "the request is refused",
                Class::Pushback => "the server wants fewer requests",
                Class::Temporary => "a fault at the server",
                Class::Scope | Class::Final => "Zoho says no",
            },
        };
        format!("{}: {meaning} (HTTP {}, {said})", self.url, self.status)
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
            return "check --api-domain and --api-version (v2 to v8); run with -vv to see the whole exchange";
        }
        if self.class() == Class::Link && self.url.ends_with("/actions/cancel") {
            return "see `backup-fetch status` for the id of what is scheduled";
        }
        if self.class() == Class::Scope && self.changes_something() {
            return super::codes::ALL_SCOPES;
        }
        match self.known() {
            Some(known) => known.hint,
            None => match self.class() {
                Class::Token => "check the token, and that --dc is the data centre of your account",
                Class::Permission => ADMINISTRATOR,
                Class::Link => "see `backup-fetch list` for the links as they are now",
                Class::Pushback => "lower --jobs, or run at another time of the day",
                Class::Temporary => "run again in a few minutes; see Zoho's status page",
                Class::Scope | Class::Final => "run with -vv to see the whole exchange",
            },
        }
    }
}

/// A pause is told in whole seconds.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs())
}

impl ZohoError {
    /// The server asks for this pause, and `reason` says what comes first.
    #[must_use]
    pub fn too_long(self, pause: Duration, reason: &'static str) -> ZohoError {
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

    /// Whether another try may help.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            ZohoError::Http(error) => error.is_temporary(),
            ZohoError::Refusal(refusal) => {
                matches!(refusal.class(), Class::Pushback | Class::Temporary)
            }
            ZohoError::Page { status, .. } => is_temporary_status(*status),
            _ => false,
        }
    }

    /// Whether the server wants fewer requests from everybody.
    #[must_use]
    pub fn is_pushback(&self) -> bool {
        match self {
            ZohoError::Refusal(refusal) => refusal.class() == Class::Pushback,
            ZohoError::Page { status, .. } => is_pushback_status(*status),
            _ => false,
        }
    }

    /// Whether it may be a range that was refused, and not the file: any status but those that speak of the token, of a
    /// place where nothing is, or of the time.
    #[must_use]
    pub fn may_be_about_the_range(&self) -> bool {
        let status = match self {
            ZohoError::Refusal(refusal) => match refusal.known().map(|known| known.class) {
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
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            ZohoError::Refusal(refusal) => refusal.retry_after,
            ZohoError::Page { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether a fresh token may help.
    #[must_use]
    pub fn is_about_the_token(&self) -> bool {
        matches!(self, ZohoError::Refusal(refusal) if refusal.class() == Class::Token)
    }

    /// Whether the link may have moved, so that the list is worth a fresh look (`design.md` section 7 rule 7).
    #[must_use]
    pub fn wants_fresh_links(&self) -> bool {
        match self {
            ZohoError::Refusal(refusal) => match refusal.class() {
                Class::Link | Class::Permission | Class::Token => true,
                Class::Final => matches!(refusal.status, 400 | 404 | 405 | 410),
                Class::Scope | Class::Pushback | Class::Temporary => false,
            },
            ZohoError::Page { status, .. } => matches!(status, 400 | 401 | 403 | 404 | 405 | 410),
            _ => false,
        }
    }

    /// Whether every other file would meet the same.
    #[must_use]
    pub fn ends_the_run(&self) -> bool {
        match self {
            ZohoError::Http(
                HttpError::Unauthorized(_) | HttpError::Setup { .. } | HttpError::NoCaStore,
            )
            | ZohoError::TooLong { .. } => true,
            ZohoError::Refusal(refusal) => matches!(refusal.class(), Class::Token | Class::Scope),
            ZohoError::GaveUp { source, .. } => source.ends_the_run(),
            _ => false,
        }
    }

    /// How the process ends because of it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            ZohoError::Http(error) => error.exit(),
            ZohoError::Listing(error) => error.exit(),
            ZohoError::GaveUp { source, .. } => source.exit(),
            ZohoError::Refusal(refusal) => match refusal.class() {
                Class::Token | Class::Scope | Class::Permission => Exit::Unauthorized,
                _ => Exit::Remote,
            },
            ZohoError::Page {
                status: 401 | 403, ..
            } => Exit::Unauthorized,
            ZohoError::Page { .. }
            | ZohoError::NotUnderstood { .. }
            | ZohoError::TooLong { .. } => Exit::Remote,
        }
    }

    /// The word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ZohoError::Http(error) => error.code(),
            ZohoError::Listing(error) => error.code(),
            ZohoError::GaveUp { source, .. } => source.code(),
            ZohoError::Refusal(refusal) => refusal.known().map_or(
                match refusal.class() {
                    Class::Token => "token_refused",
                    Class::Permission => "no_permission",
                    Class::Pushback => "too_many_requests",
                    Class::Temporary => "zoho_failed",
                    Class::Link | Class::Scope | Class::Final => "refused",
                },
                |known| known.word,
            ),
            ZohoError::TooLong { .. } => "come_back_later",
            ZohoError::Page { .. } => "not_a_zip",
            ZohoError::NotUnderstood { .. } => "reply_not_understood",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            ZohoError::Http(error) => error.hint(),
            ZohoError::Listing(error) => Some(error.hint()),
            ZohoError::GaveUp { source, .. } => source.hint(),
            ZohoError::Refusal(refusal) => Some(refusal.hint().to_owned()),
            ZohoError::TooLong { back_at, .. } => Some(format!(
                "run the same command again after {}: what is saved is kept",
                back_at.format("%Y-%m-%d %H:%M:%S %:z")
            )),
            ZohoError::Page { .. } => Some(
                "a proxy, a portal or a maintenance page answered in Zoho's place: open the URL's host in a browser, then run again".into(),
            ),
            ZohoError::NotUnderstood { .. } => Some(
                "run with -vv to see the exchange; check --api-domain and --api-version".into(),
            ),
        }
    }
}

/// What a body says that came in the place of `wanted`: Zoho's error in any of its shapes, or a page of somebody else.
#[must_use]
pub fn from_body(reply: &Reply, body: &[u8], wanted: &'static str) -> ZohoError {
    parse_error(&reply.url, reply.status, reply.retry_after, body, wanted)
}

/// [`from_body`], with only that of the reply's head which it goes by. `url` must be fit to be shown.
#[must_use]
pub fn parse_error(
    url: &str,
    status: u16,
    retry_after: Option<Duration>,
    body: &[u8],
    wanted: &'static str,
) -> ZohoError {
    let text = String::from_utf8_lossy(body);
    let said = match ErrorBody::parse(body) {
        None if text.trim().is_empty() => Some(ErrorBody::default()),
        said => said,
    };
    if let Some(said) = said {
        return ZohoError::Refusal(Box::new(Refusal {
            url: url.to_owned(),
            status,
            code: said.code.unwrap_or_default(),
            text: said.message.unwrap_or_default(),
            api_access_off: said.api_access_off,
            retry_after,
        }));
    }
    let is_html = text.trim_start().starts_with('<');
    ZohoError::Page {
        url: url.to_owned(),
        status,
        what: if is_html { "an HTML page" } else { "a text" },
        wanted,
        title: printable(&headline(&text)),
        retry_after,
    }
}

/// The title of a page, or the first words of a text.
fn headline(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let from = open + lower[open..].find('>')? + 1;
        let to = from + lower[from..].find("</title")?;
        Some(&text[from..to])
    });
    title
        .unwrap_or(if lower.trim_start().starts_with('<') {
            ""
        } else {
            text
        })
        .split_whitespace()
        .take(12)
        .collect::<Vec<_>>()
        .join(" ")
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
    use super::*;

    fn refusal(status: u16, code: &str, text: &str) -> ZohoError {
        ZohoError::Refusal(Box::new(Refusal {
            url: "https://h/x".into(),
            status,
            code: code.into(),
            text: text.into(),
            api_access_off: false,
            retry_after: None,
        }))
    }

    #[test]
    fn every_known_code_has_its_exit_whatever_the_status() {
        for known in KNOWN {
            for status in [200, 400, 401, 403, 500] {
                let error = refusal(status, known.code, "");
                let expected = match known.class {
                    Class::Token | Class::Scope | Class::Permission => Exit::Unauthorized,
                    _ => Exit::Remote,
                };
                assert_eq!(error.exit(), expected, "{}", known.code);
                assert!(error.hint().is_some());
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
            "https://h/x: Zoho says no (HTTP 418, NEW\\u{1b}[2J: what\\nnow)"
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

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(
            headline("<html><head><TITLE>Down for\n maintenance</TITLE>"),
            "Down for maintenance"
        );
        assert_eq!(headline("<html>"), "");
        assert_eq!(headline("upstream timed out"), "upstream timed out");
    }
}
