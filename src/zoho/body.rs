//! Whether the body of a reply may be a file, by its first bytes.

use super::error::ZohoError;
use crate::http::Reply;
use crate::integrity::Opening;

/// An error page does not begin with more white space than this.
const MOST_SPACE: usize = 64;

/// Whether a body that begins where the file does may be one. What is read for that is put back. The type decides only
/// about what begins neither like a zip nor like JSON or HTML: a text is an error reply, and anything else a corrupt file.
pub(super) async fn may_be_a_file(reply: &mut Reply) -> Result<bool, ZohoError> {
    if !reply.starts_the_file() {
        return Ok(true);
    }
    let mut start: Vec<u8> = Vec::new();
    let opening = loop {
        let opening = Opening::of(&start);
        let is_blank = start.iter().all(u8::is_ascii_whitespace) && start.len() <= MOST_SPACE;
        if opening.is_some() && !is_blank {
            break opening;
        }
        match reply.chunk().await? {
            Some(chunk) => start.extend_from_slice(&chunk),
            None => break opening,
        }
    };
    let is_empty = start.is_empty();
    reply.unread(start.into());
    let says_text = reply.content_type.as_deref().is_some_and(|kind| {
        kind.ends_with("json") || kind.starts_with("text/") || kind.contains("html")
    });
    Ok(match opening {
        Some(Opening::Zip) => true,
        Some(Opening::Text) => false,
        // A first byte alone may be all that was asked for.
        None if !is_empty => true,
        None | Some(Opening::Other) => !says_text,
    })
}
