//! Text that came from a server, made fit to be shown.

use url::Url;

use crate::redaction::redacted_words;

/// More than this of a foreign text helps nobody and can push the rest of a message off the screen.
const SHOWN_CHARS: usize = 300;

/// The text with everything escaped that could move a cursor, change a colour, break a line or reorder what is read
/// (control characters, Unicode line and direction marks), without secrets, cut to a length that fits in a message.
pub(crate) fn printable(text: &str) -> String {
    // Before it is cut: half a secret would not be known as one.
    let text = redacted_words(text);
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => escaped(&text[..end]) + "…",
        None => escaped(&text),
    }
}

/// The same, uncut, for logs.
pub(crate) fn printable_whole(text: &str) -> String {
    escaped(&redacted_words(text))
}

fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Format characters that change how the text around them is read (Unicode TR 36 and "Trojan Source").
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The title of a page, or the first words of a text; neither is fit to be shown yet.
pub(crate) fn headline(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let from = open + lower[open..].find('>')? + 1;
        let to = from + lower[from..].find("</title")?;
        Some(text[from..to].trim()).filter(|title| !title.is_empty())
    });
    title
        .unwrap_or(text)
        .split_whitespace()
        .take(12)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a server said in another form than was expected of it, in words for a message.
pub(crate) fn instead(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim() {
        "" => "an empty reply".to_owned(),
        // A token that was cut, or stands where none is expected, is known to nobody yet.
        text if text.contains("_token") => "not shown, as it may hold a token".to_owned(),
        page if page.starts_with('<') => {
            format!("an HTML page: \"{}\"", printable(&headline(page)))
        }
        text => printable(text),
    }
}

/// The URL without user info, query and fragment, all of which can hold secrets.
pub(crate) fn safe_url(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // Only URLs without a host refuse these, and they have no user info to hide.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    printable(shown.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(printable("a\u{1b}[31mb\r\nc"), "a\\u{1b}[31mb\\r\\nc");
        assert_eq!(printable("zip\u{202e}piz."), "zip\\u{202e}piz.");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(
            printable(&"x".repeat(1000)).chars().count(),
            SHOWN_CHARS + 1
        );
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        let url = Url::parse("https://me:pw@host.example:8443/a/b.zip?token=1#frag").unwrap();
        assert_eq!(safe_url(&url), "https://host.example:8443/a/b.zip");
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(
            headline("<html><head><TITLE>Down for\n maintenance</TITLE>"),
            "Down for maintenance"
        );
        assert_eq!(headline("<html>"), "<html>");
        assert_eq!(headline("upstream timed out"), "upstream timed out");
    }
}
