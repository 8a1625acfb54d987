//! What the first bytes of a body tell, whatever its type says (`design.md` section 7 rule 8).

/// So many bytes tell in every case.
pub(super) const LONGEST: usize = 16;

/// White space or a byte order mark before a zip have no more than this.
const MOST_BEFORE: usize = 8;

/// What begins like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Perhaps a zip.
    Zip,
    /// JSON, HTML or XML.
    Text,
    /// Neither.
    Other,
}

impl Opening {
    /// Nothing: these bytes are too few to tell.
    pub(crate) fn of(bytes: &[u8]) -> Option<Opening> {
        let mut rest = bytes;
        loop {
            rest = match rest {
                [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => rest,
                _ => break,
            };
        }
        let before = bytes.len() - rest.len();
        match rest {
            [b'{' | b'[' | b'<', ..] => Some(Opening::Text),
            // A text may begin with more white space than a zip, but then it is no zip.
            _ if before > MOST_BEFORE => Some(Opening::Other),
            [] | [b'P' | 0xef] | [0xef, 0xbb] => None,
            [b'P', b'K', ..] => Some(Opening::Zip),
            _ => Some(Opening::Other),
        }
    }
}
