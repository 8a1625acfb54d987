//! Error bodies, after two bytes of status: whatever comes, the message is fit for a terminal and of bounded length, the
//! exit is that of a failure, and the advice holds together.

use crate::exit::Exit;
use crate::zoho::error::{ZohoError, parse_error};

/// Two texts of 300 characters, each of which may be escaped as `\u{10ffff}`, and the words around them.
const LONGEST: usize = 2 * 300 * 10 + 500;

pub fn error_body(input: (u16, &[u8])) {
    let (status, body) = (100 + input.0 % 900, input.1);
    let error = parse_error("https://h/x", (status, ""), None, body, "a zip");
    let message = error.to_string();
    assert!(message.starts_with("https://h/x: "));
    assert!(message.contains(&status.to_string()));
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(!message.contains('\u{202e}') && !message.contains('\u{2028}'));
    assert!(message.len() <= LONGEST, "{} bytes", message.len());
    assert!(matches!(error.exit(), Exit::Unauthorized | Exit::Remote));
    assert!(!error.code().is_empty() && error.hint().is_some());
    assert!(!error.is_pushback() || error.is_temporary());
    assert!(!error.is_about_the_token() || error.ends_the_run());
    assert!(!error.is_temporary() || !(error.wants_fresh_links() || error.ends_the_run()));
    if matches!(error, ZohoError::Page { .. }) {
        let is_object =
            serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|it| it.is_object());
        assert!(!is_object, "an error of Zoho's is not a page");
    }
}
