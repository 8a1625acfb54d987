//! What a call to Zoho can end with, and what its caller can do about it.

use std::time::Duration;

use chrono::Local;

use super::codes::Class;
use super::error_reply::Refusal;
use crate::exit::Exit;
use crate::http::HttpError;
use crate::http::retry::{Backoff, GaveUp};
use crate::problem::Problem;

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

    /// Whether it may be a range that was refused, and not the file.
    pub(crate) fn may_be_about_the_range(&self) -> bool {
        matches!(self, ZohoError::Refusal(refusal) if refusal.may_be_about_the_range())
    }

    /// Whether the link may have moved, so that the list is worth a fresh look.
    pub(crate) fn wants_fresh_links(&self) -> bool {
        matches!(self, ZohoError::Refusal(refusal) if refusal.wants_fresh_links())
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

impl From<Refusal> for ZohoError {
    fn from(refusal: Refusal) -> ZohoError {
        ZohoError::Refusal(Box::new(refusal))
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::KNOWN;
    use super::super::error_reply::parse_error;
    use super::*;
    use serde_json::json;

    fn refusal(status: u16, code: &str, text: &str) -> ZohoError {
        let body = match (code, text) {
            ("", "") => String::new(),
            (code, "") => json!({ "code": code }).to_string(),
            (code, text) => json!({ "code": code, "message": text }).to_string(),
        };
        parsed(status, "", &body)
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
