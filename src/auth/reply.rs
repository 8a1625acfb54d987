//! The accounts server's replies to who asks for a token (`zoho-api.md` sections 3.2 and 3.3).

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::codes::Request;
use super::token::AccessToken;
use crate::problem::Problem;
use crate::redaction;
use crate::untrusted::{instead, printable, printable_whole};
use crate::zoho::datacenter::DataCenter;

/// A life in seconds is never this long; older replies counted in milliseconds.
const SURELY_MILLISECONDS: i64 = 86_400;

/// Everything that a reply can hold. Success is told by the token alone.
#[derive(Deserialize)]
pub(crate) struct TokenReply {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    scope: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    api_domain: Option<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
    #[serde(default)]
    expires_in_sec: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "words")]
    error: String,
    #[serde(default, deserialize_with = "words")]
    error_description: String,
}

impl TokenReply {
    /// Reads a body; in the other case says what came in its place.
    fn parse(body: &[u8]) -> Result<TokenReply, String> {
        let reply: TokenReply = serde_json::from_slice(body).map_err(|_| {
            let text = String::from_utf8_lossy(body);
            if !text.contains("_token") {
                tracing::debug!(body = %printable_whole(&text), "error reply");
            }
            instead(body)
        })?;
        for token in reply.access_token.iter().chain(&reply.refresh_token) {
            redaction::hide(token);
        }
        Ok(reply)
    }

    /// The access token, if there is one.
    fn access_token(&self, issued: DateTime<Utc>) -> Option<AccessToken> {
        let secret = self.access_token.as_ref();
        let secret = secret.filter(|token| !token.expose_secret().is_empty())?;
        let lifetime = lifetime(self.expires_in.as_ref(), self.expires_in_sec.as_ref());
        Some(AccessToken {
            secret: secret.clone(),
            issued,
            expires: lifetime.map(|lifetime| issued + lifetime),
            scopes: self.scope.as_deref().map(printable),
        })
    }

    /// What makes access tokens from now on, if it is there.
    pub(super) fn refresh_token(&self) -> Option<SecretString> {
        let token = self.refresh_token.as_ref();
        token
            .filter(|token| !token.expose_secret().is_empty())
            .cloned()
    }

    /// The data centre that the reply names, where it is one of Zoho's.
    pub(super) fn center(&self) -> Option<&'static DataCenter> {
        self.api_domain.as_deref().and_then(DataCenter::of_api)
    }

    pub(super) fn scopes(&self) -> Option<Vec<String>> {
        let words = self.scope.as_deref()?.split([' ', ',']);
        let words = words.filter(|word| !word.is_empty());
        Some(words.map(printable).collect())
    }

    /// Zoho's words.
    fn said(&self) -> String {
        match (self.error.as_str(), self.error_description.as_str()) {
            ("", "") => "neither a token nor an error".into(),
            (error, "") => printable(error),
            (error, text) => format!("{}: {}", printable(error), printable(text)),
        }
    }

    /// Whether too many tokens were asked for.
    fn is_throttle(&self) -> bool {
        self.error.eq_ignore_ascii_case("Access Denied")
            || self.error_description.contains("too many requests")
            || self.error.contains("THROTTLES_LIMIT_EXCEEDED")
            || self.error_description.contains("THROTTLES_LIMIT_EXCEEDED")
    }
}

/// Why a reply brings no token.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) problem: Problem,
    /// It is in Zoho's own words, and these are known.
    pub(crate) is_understood: bool,
}

/// Reads the reply of the server `accounts`. Success is told by the token alone.
pub(crate) fn parse_reply(
    request: &Request,
    accounts: &str,
    status: u16,
    body: &[u8],
    issued: DateTime<Utc>,
) -> Result<(AccessToken, TokenReply), Refused> {
    let not_understood = |said: &str| Refused {
        problem: request.not_understood(accounts, status, said),
        is_understood: false,
    };
    let reply = TokenReply::parse(body).map_err(|said| not_understood(&said))?;
    if let Some(token) = reply.access_token(issued) {
        return Ok((token, reply));
    }
    let mut said = reply.said();
    if reply.error.is_empty() && reply.error_description.is_empty() {
        said = format!("{said}: {}", instead(body));
    }
    Err(
        match request.refusal(accounts, &reply.error, reply.is_throttle(), &said) {
            Some(problem) => Refused {
                problem,
                is_understood: true,
            },
            None => not_understood(&said),
        },
    )
}

/// A text or a number as it is; what else may stand there hides no token beside it, and is not quoted, as it may hold one.
fn words<'de, D: serde::Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(value)? {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => "no text".to_owned(),
    })
}

/// A text; anything else is as good as nothing, for what is only nice to know.
fn text_or_nothing<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(value)?;
    Ok(value.as_str().map(str::to_owned))
}

/// `expires_in_sec` beats `expires_in`, which older replies give in milliseconds.
fn lifetime(
    expires_in: Option<&serde_json::Value>,
    expires_in_sec: Option<&serde_json::Value>,
) -> Option<TimeDelta> {
    let number = |value: Option<&serde_json::Value>| {
        let value = value?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    };
    let seconds = match (number(expires_in_sec), number(expires_in)) {
        (None, Some(milliseconds)) if milliseconds >= SURELY_MILLISECONDS => milliseconds / 1000,
        (Some(seconds), _) | (None, Some(seconds)) => seconds,
        (None, None) => return None,
    };
    (1..=SURELY_MILLISECONDS)
        .contains(&seconds)
        .then(|| TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::super::codes::REFRESH;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_life_is_read_in_every_form_zoho_ever_used() {
        let life = |a: serde_json::Value, b: serde_json::Value| {
            let some = |value: serde_json::Value| Some(value).filter(|value| !value.is_null());
            lifetime(some(a).as_ref(), some(b).as_ref()).map(|life| life.num_seconds())
        };
        assert_eq!(life(json!(3600), json!(null)), Some(3600));
        assert_eq!(life(json!("3600"), json!(null)), Some(3600));
        assert_eq!(life(json!(3_600_000), json!(3600)), Some(3600));
        assert_eq!(life(json!(3_600_000), json!(null)), Some(3600));
        assert_eq!(life(json!(null), json!(null)), None);
        assert_eq!(life(json!(-5), json!(null)), None);
        assert_eq!(life(json!("soon"), json!(null)), None);
    }

    #[test]
    fn a_token_is_taken_beside_odd_errors_and_not_shown_when_the_reply_is_cut() {
        let accounts = "https://accounts.zoho.eu/oauth/v2/token";
        let read = |body: &str| {
            let read = parse_reply(&REFRESH, accounts, 200, body.as_bytes(), Utc::now());
            read.map_err(|refused| refused.problem)
                .map(|(token, _)| token)
        };
        assert!(read(r#"{"access_token":"1000.a","error":5}"#).is_ok());
        assert!(read(r#"{"access_token":"1000.a","error":null,"scope":["a"]}"#).is_ok());
        let error = read(r#"{"access_token":"1000.a","expi"#).unwrap_err();
        assert!(!error.to_string().contains("1000.a"), "{error}");
    }
}
