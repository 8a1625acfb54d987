//! Replies of the token server, after two bytes of status: a token that is there is taken, whatever stands around it, and
//! no message shows one; what is no token is an error fit for a terminal.
//!
//! `SECRET` in the reply stands for a token.

use crate::auth::{AccessToken, REFRESH, Refused, parse_reply};
use crate::exit::Exit;
use crate::untrusted::safe_url;
use chrono::DateTime;
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;

/// Two texts of 300 characters, each of which may be escaped as `\u{10ffff}`, and the words around them.
const LONGEST: usize = 2 * 300 * 10 + 500;

/// Two tokens of the same form.
const SECRETS: [&str; 2] = ["1000.6b1f0c9e7d25", "1000.c43a98e5f071"];

thread_local! {
    static ACCOUNTS: String = safe_url(
        &Url::parse("https://me:pw@accounts.zoho.eu/oauth/v2/token?code=1").unwrap(),
    );
}

pub fn token_reply(input: (u16, &[u8])) {
    let (status, body) = (100 + input.0 % 900, input.1);
    match read(status, body) {
        Ok(granted) => {
            assert!(!granted.secret.expose_secret().is_empty());
            let life = granted.expires.map(|expires| expires - granted.issued);
            assert!(life.is_none_or(|life| (1..=86_400).contains(&life.num_seconds())));
        }
        Err(error) => check_message(&error, status),
    }
    // Written anew, no key stands twice.
    if let Ok(Value::Object(reply)) = serde_json::from_slice(body) {
        let token = reply.get("access_token").and_then(Value::as_str);
        let again = serde_json::to_vec(&reply).unwrap();
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            let granted = read(status, &again).expect("a token is a success");
            assert_eq!(granted.secret.expose_secret(), token);
        }
    }
    let shown = SECRETS.map(|secret| shown_of_token(status, body, secret));
    assert_eq!(shown[0], shown[1], "a token is shown");
}

fn read(status: u16, body: &[u8]) -> Result<AccessToken, Refused> {
    ACCOUNTS
        .with(|accounts| parse_reply(&REFRESH, accounts, status, body, DateTime::UNIX_EPOCH))
        .map(|(token, _)| token)
}

fn check_message(error: &Refused, status: u16) {
    let failure = &error.problem;
    let message = &failure.message;
    assert!(message.starts_with("https://accounts.zoho.eu/oauth/v2/token: "));
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(!message.contains('\u{202e}') && !message.contains('\u{2028}'));
    assert!(message.len() <= LONGEST, "{} bytes", message.len());
    assert!(matches!(failure.exit, Exit::Unauthorized | Exit::Remote));
    assert!(!failure.code.is_empty() && failure.hint.is_some());
    if !error.is_understood {
        assert!(message.contains(&status.to_string()));
    }
}

/// All that can be shown of the reply with this token in it; nothing when `SECRET` stands where no token stands.
fn shown_of_token(status: u16, body: &[u8], secret: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let tokens = text.matches("_token\":\"SECRET\"").count();
    if tokens == 0 || tokens != text.matches("SECRET").count() {
        return None;
    }
    let text = text.replace("SECRET", secret);
    Some(match read(status, text.as_bytes()) {
        Ok(granted) => format!("{granted:?}"),
        Err(error) => format!("{error:?}"),
    })
}
