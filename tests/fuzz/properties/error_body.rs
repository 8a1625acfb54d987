//! Error bodies, after two bytes of status: whatever comes, the message is fit for a terminal and of bounded length, the
//! exit is that of a failure, and the advice holds together.

use crate::exit::Exit;
use crate::zoho::{ZohoError, parse_error};

/// Two texts of 300 characters, each of which may be escaped as `\u{10ffff}`, and the words around them.
const LONGEST: usize = 2 * 300 * 10 + 500;

pub fn error_body(input: (u16, &[u8])) {
    let (status, body) = (100 + input.0 % 900, input.1);
    let error = ZohoError::from(parse_error("https://h/x", (status, ""), body, "a zip"));
    let problem = error.problem();
    let message = problem.message;
    assert!(message.starts_with("https://h/x: "));
    assert!(message.contains(&status.to_string()));
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(!message.contains('\u{202e}') && !message.contains('\u{2028}'));
    assert!(message.len() <= LONGEST, "{} bytes", message.len());
    assert!(matches!(problem.exit, Exit::Unauthorized | Exit::Remote));
    assert!(!problem.code.is_empty() && problem.hint.is_some());
    assert!(problem.code != "too_many_requests" || error.is_temporary());
    assert!(problem.code != "token_refused" || error.ends_the_run());
    assert!(!error.is_temporary() || !(error.wants_fresh_links() || error.ends_the_run()));
    // So begins what is told of a page.
    if message.starts_with(&format!("https://h/x: HTTP {status}, ")) {
        let is_object =
            serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|it| it.is_object());
        assert!(!is_object, "an error of Zoho's is not a page");
    }
}
