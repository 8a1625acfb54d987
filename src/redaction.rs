//! The secrets of this run, and the one place where they are taken out of whatever is shown, logged or written
//! (`design.md` section 6): a server may echo in an error what was sent to it.
//!
//! Who gets hold of a secret, hides it here at once; what goes to the streams, and every word of a server on its way
//! into a message or a file, comes through here.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::byte_serialize;

/// What stands in place of a secret.
const HIDDEN: &str = "(hidden)";

/// In the words of a server shorter texts are hidden than in all output, where a password such as "zoho" would spoil
/// every link.
const SHORTEST_IN_WORDS: usize = 4;
const SHORTEST: usize = 8;

/// Every form of every secret, the longest first: one may be part of another.
static FORMS: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// From now on this secret is shown nowhere, in none of the forms in which a server may echo it.
pub(crate) fn hide(secret: &SecretString) {
    hide_text(secret.expose_secret());
}

/// What was read like a secret turned out to be none.
pub(crate) fn show(text: &str) {
    let forms = forms(text);
    let mut known = FORMS.write().unwrap_or_else(PoisonError::into_inner);
    known.retain(|form| !forms.contains(form));
}

/// Hides the login in an address, as the variables of proxies have it.
pub(crate) fn hide_login_of(address: &str) {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let Some((login, _)) = rest.rsplit_once('@') else {
        return;
    };
    let decoded = percent_encoding::percent_decode_str(login).decode_utf8_lossy();
    for login in [login, &decoded] {
        hide_text(login);
        // As `Proxy-Authorization` carries it.
        hide_text(&BASE64_STANDARD.encode(login));
        if let Some((_, password)) = login.split_once(':') {
            hide_text(password);
        }
    }
}

fn hide_text(secret: &str) {
    if secret.len() < SHORTEST_IN_WORDS {
        return;
    }
    let mut known = FORMS.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms(secret) {
        if !known.contains(&form) {
            known.push(form);
        }
    }
    known.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// As it is, and as forms, query strings, JSON and HTML write it.
fn forms(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let json = secret.replace('\\', "\\\\").replace('"', "\\\"");
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    vec![
        lower_hex(&percent),
        percent,
        lower_hex(&form),
        form,
        json.replace('/', "\\/"),
        json,
        html.replace('\'', "&#39;"),
        html.replace('\'', "&#x27;"),
        html,
        secret.to_owned(),
    ]
}

/// `%2F` as `%2f`.
fn lower_hex(encoded: &str) -> String {
    let mut left = 0;
    let lower = |letter: char| {
        if letter == '%' {
            left = 2;
            return letter;
        }
        let is_hex = left > 0;
        left = usize::saturating_sub(left, 1);
        if is_hex {
            letter.to_ascii_lowercase()
        } else {
            letter
        }
    };
    encoded.chars().map(lower).collect()
}

/// The text as it may leave this process.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    without(text, SHORTEST)
}

/// The words of a server, without the secrets and without the beginning of one where they were cut off.
pub(crate) fn redacted_words(text: &str) -> Cow<'_, str> {
    let mut text = without(text, SHORTEST_IN_WORDS);
    let known = FORMS.read().unwrap_or_else(PoisonError::into_inner);
    let cut = known.iter().filter_map(|form| {
        (SHORTEST..form.len())
            .filter(|length| form.is_char_boundary(*length))
            .rfind(|length| text.ends_with(&form[..*length]))
    });
    if let Some(length) = cut.max() {
        let kept = text.len() - length;
        text = Cow::Owned(format!("{}{HIDDEN}", &text[..kept]));
    }
    text
}

fn without(text: &str, shortest: usize) -> Cow<'_, str> {
    let known = FORMS.read().unwrap_or_else(PoisonError::into_inner);
    let mut text = Cow::Borrowed(text);
    for form in known.iter().filter(|form| form.len() >= shortest) {
        if text.contains(form.as_str()) {
            text = Cow::Owned(text.replace(form.as_str(), HIDDEN));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    // The secrets of one process are shared by its tests: each has its own.

    #[test]
    fn a_secret_is_hidden_in_every_form() {
        let secret = r#"1000.x/Y"z+&w"#;
        hide(&secret.into());
        for echo in [
            secret,
            "1000.x%2FY%22z%2B%26w",
            "1000.x%2fY%22z%2b%26w",
            "1000%2Ex%2FY%22z%2B%26w",
            r#"1000.x/Y\"z+&w"#,
            r#"1000.x\/Y\"z+&w"#,
            "1000.x/Y&quot;z+&amp;w",
        ] {
            assert_eq!(redacted(&format!("a {echo}b")), "a (hidden)b", "{echo}");
        }
        assert_eq!(redacted("nothing of it"), "nothing of it");
        show(secret);
        assert_eq!(redacted(secret), secret);
    }

    #[test]
    fn the_beginning_of_a_secret_at_the_end_of_cut_words_is_hidden() {
        hide(&"cut-secret-0123456789".into());
        assert_eq!(redacted_words("sent cut-secret-0123"), "sent (hidden)");
        assert_eq!(redacted_words("sent cut-s"), "sent cut-s");
    }

    #[test]
    fn short_secrets_are_hidden_in_the_words_of_a_server_only() {
        hide(&"Qx7z".into());
        assert_eq!(redacted_words("it was Qx7z"), "it was (hidden)");
        assert_eq!(redacted("https://Qx7z.example"), "https://Qx7z.example");
    }

    #[test]
    fn the_login_of_a_proxy_is_hidden_as_it_is_sent() {
        hide_login_of("http://somebody:p%40ss-word@proxy.example:3128");
        for echo in [
            "p@ss-word",
            "p%40ss-word",
            "c29tZWJvZHk6cEBzcy13b3Jk",
            "somebody:p@ss-word",
        ] {
            assert_eq!(redacted(echo), HIDDEN, "{echo}");
        }
        assert_eq!(redacted("proxy.example:3128"), "proxy.example:3128");
    }
}
