//! What can go wrong between the stand-in and its client. A fault changes one reply that would have been a success: a
//! request that the rules refuse (no token, wrong path) leaves the queue as it is.

use std::time::Duration;

use super::bytes::{Content, random};
use super::zoho::http1::{End, Reply};
use super::zoho::rules::{Framing, Ranges};

/// One thing that goes wrong with one reply. `n` counts bytes of the body.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The reply comes later, else as always.
    Delay(Duration),
    /// All `n` bytes arrive, then a polite close.
    CutAfter(u64),
    /// About `n` bytes, then the connection is reset; the client may lose the last bytes that were on their way.
    ResetAfter(u64),
    /// `n` bytes, then silence until the client goes or the stand-in is dropped. Waits in the queue for a reply that has more.
    StallAfter(u64),
    /// The connection is closed before a byte of a reply.
    Hangup,
    /// Bytes that are no HTTP.
    NotHttp,
    /// The declared `Content-Length` is off by this much; the body is as always, then the connection is closed.
    WrongLength(i64),
    /// This one reply follows another rule about ranges.
    WrongRange(Ranges),
    /// The file has other bytes and another validator from this reply on.
    Changed(Content),
    /// Another place to look, as `Location`.
    Redirect(u16, String),
    /// JSON with status 200.
    Json200(String),
    /// A web page with status 200.
    Html200(String),
    /// As many bytes as the file has, with status 200 and the right type, but no zip.
    Garbage,
    /// The byte at this place of the file is flipped. Waits in the queue for a reply that covers the place.
    CorruptByte(u64),
    /// The body has no length, and the connection ends below TLS.
    NoCloseNotify,
    /// 429 in Zoho's words, with or without `Retry-After`.
    TooMany(Option<String>),
    /// 503 as a web page, with or without `Retry-After`.
    Unavailable(Option<String>),
    /// A bodiless reply with this behind the status.
    Reason(u16, String),
    /// Any other reply.
    Status(u16, Vec<(String, String)>, Vec<u8>),
}

impl Fault {
    /// Whether it can act on this reply.
    pub fn fits(&self, reply: &Reply) -> bool {
        match self {
            Fault::CorruptByte(at) => (reply.start..reply.start + reply.len).contains(at),
            Fault::StallAfter(bytes) => reply.len > *bytes,
            _ => true,
        }
    }

    /// What becomes of `reply`. `Changed` and `WrongRange` change what the reply is made of, before this.
    pub fn spoil(self, mut reply: Reply) -> Reply {
        match self {
            Fault::Delay(time) => reply.delay = time,
            Fault::CutAfter(bytes) => reply.end = End::Cut(bytes),
            Fault::ResetAfter(bytes) => reply.end = End::Reset(bytes),
            Fault::StallAfter(bytes) => reply.end = End::Stall(bytes),
            Fault::Hangup => reply.end = End::Hangup,
            Fault::NotHttp => reply.end = End::NotHttp,
            Fault::WrongLength(off_by) => reply.declared_off_by = off_by,
            Fault::CorruptByte(at) => reply.corrupt = Some(at),
            Fault::Garbage => reply.body = Content::generated(u64::MAX, reply.body.len()),
            Fault::NoCloseNotify => reply.framing = Framing::UntilCut,
            Fault::WrongRange(_) | Fault::Changed(_) => {}
            Fault::Redirect(status, to) => return Reply::empty(status).with("Location", &to),
            Fault::Reason(status, reason) => return Reply::empty(status).because(&reason),
            Fault::Json200(body) => return Reply::json(200, body),
            Fault::Html200(body) => return Reply::html(200, body),
            Fault::Status(status, headers, body) => {
                let mut other = Reply::empty(status);
                other.headers.extend(headers);
                return other.holding(body);
            }
            Fault::TooMany(retry_after) => {
                let body = r#"{"code":"TOO_MANY_REQUESTS","details":{},"message":"Too many requests fired in concurrent than the allowed limit","status":"error"}"#;
                return Reply::json(429, body).with_some("Retry-After", retry_after.as_deref());
            }
            Fault::Unavailable(retry_after) => {
                let body = "<html><head><title>Zoho</title></head><body>We are down for maintenance.</body></html>";
                return Reply::html(503, body).with_some("Retry-After", retry_after.as_deref());
            }
        }
        reply
    }
}

/// Bytes that no HTTP client can take for a reply.
pub fn not_http() -> Vec<u8> {
    random(0xbad, 512)
}
