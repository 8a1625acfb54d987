//! HTTP/1.1 by hand, so that a reply can be cut, stalled or wrong at any byte. A server like hyper's won't do what most tests
//! are about: it drops a length beside chunks and refuses one that is wrong, and where it breaks off is up to its buffers. It
//! would serve the honest replies beside all of this.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt,
};
use tokio::time::{Instant, sleep, sleep_until};
use url::form_urlencoded;

use super::super::bytes::Content;
use super::super::faults::not_http;
use super::rules::Framing;

/// No client of ours sends larger ones; a test that does has gone wrong.
const LARGEST_HEAD: usize = 64 * 1024;
const PIECE: usize = 64 * 1024;

/// What a client sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The access token, if it came in the one way that Zoho takes.
    pub fn token(&self) -> Option<&str> {
        self.header("authorization")?
            .strip_prefix("Zoho-oauthtoken ")
    }

    pub fn query_fields(&self) -> HashMap<String, String> {
        fields(self.query().unwrap_or_default().as_bytes())
    }

    /// The body as a form.
    pub fn form(&self) -> HashMap<String, String> {
        fields(&self.body)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Last part of the path.
    pub fn file_name(&self) -> &str {
        self.path().rsplit('/').next().unwrap_or_default()
    }
}

fn fields(text: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// How a reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Whole,
    Cut(u64),
    Reset(u64),
    Stall(u64),
    Hangup,
    NotHttp,
}

/// What is sent back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Content,
    /// The stretch of `body` that is sent.
    pub start: u64,
    pub len: u64,
    pub framing: Framing,
    pub bandwidth: Option<u64>,
    /// An error, although the status may say otherwise.
    pub refusal: bool,
    pub delay: Duration,
    pub end: End,
    pub declared_off_by: i64,
    /// Place in `body` of a byte to flip.
    pub corrupt: Option<u64>,
    /// Behind the status; the usual words without one.
    pub reason: Option<String>,
}

impl Reply {
    pub fn empty(status: u16) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Content::default(),
            start: 0,
            len: 0,
            framing: Framing::ContentLength,
            bandwidth: None,
            refusal: false,
            delay: Duration::ZERO,
            end: End::Whole,
            declared_off_by: 0,
            corrupt: None,
            reason: None,
        }
    }

    pub fn json(status: u16, body: impl Into<String>) -> Reply {
        Reply::empty(status)
            .with("Content-Type", "application/json;charset=UTF-8")
            .holding(body.into())
    }

    pub fn html(status: u16, body: impl Into<String>) -> Reply {
        Reply::empty(status)
            .with("Content-Type", "text/html;charset=UTF-8")
            .holding(body.into())
    }

    pub fn with(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn with_some(self, name: &str, value: Option<&str>) -> Reply {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn holding(self, body: impl Into<Content>) -> Reply {
        let body = body.into();
        let len = body.len();
        self.sending(&body, 0, len)
    }

    /// `len` bytes of `body` from `start`.
    pub fn sending(mut self, body: &Content, start: u64, len: u64) -> Reply {
        (self.body, self.start, self.len) = (body.clone(), start, len);
        self
    }

    /// With other words behind the status.
    pub fn because(mut self, reason: &str) -> Reply {
        self.reason = Some(reason.to_owned());
        self
    }

    fn is_chunked(&self) -> bool {
        matches!(
            self.framing,
            Framing::Chunked | Framing::ChunkedWithWrongLength
        )
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && !self.refusal
    }

    fn head(&self, date: &str) -> String {
        use std::fmt::Write as _;
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nServer: ZGS\r\n",
            self.status,
            self.reason.as_deref().unwrap_or(reason(self.status))
        );
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.headers.iter().any(|(name, _)| name == "Date") {
            let _ = write!(head, "Date: {date}\r\n");
        }
        match self.framing {
            _ if self.status == 204 => {}
            Framing::ContentLength => {
                let declared = self.len.saturating_add_signed(self.declared_off_by);
                let _ = write!(head, "Content-Length: {declared}\r\n");
            }
            Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
            Framing::ChunkedWithWrongLength => {
                let wrong = self.len.saturating_sub(1);
                let _ = write!(
                    head,
                    "Content-Length: {wrong}\r\nTransfer-Encoding: chunked\r\n"
                );
            }
            Framing::UntilClose | Framing::UntilCut => head.push_str("Connection: close\r\n"),
        }
        head.push_str("\r\n");
        head
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Other",
    }
}

/// The next request of a connection; nothing when the client is done.
pub async fn read_request(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let left = (LARGEST_HEAD - head.len()) as u64;
        if (&mut *stream)
            .take(left)
            .read_until(b'\n', &mut head)
            .await?
            == 0
        {
            let is_done = head.is_empty();
            return if is_done {
                Ok(None)
            } else {
                Err(io::ErrorKind::InvalidData.into())
            };
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(&head).map_err(io::Error::other)?;
    let headers = parsed.headers.iter().map(|header| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_owned(), value)
    });
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    let len = request
        .header("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    request.body = vec![0; len];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

/// What is to become of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    KeepAlive,
    Close,
    /// As `Close`, without a word of TLS.
    Drop,
    Reset,
}

/// Sends a reply; `sent` hears of each piece of the body that went out.
pub async fn write_reply(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    reply: &Reply,
    date: &str,
    mut sent: impl FnMut(u64),
) -> io::Result<Next> {
    sleep(reply.delay).await;
    match reply.end {
        End::Hangup => return Ok(Next::Close),
        End::NotHttp => {
            stream.write_all(&not_http()).await?;
            return Ok(Next::Close);
        }
        _ => stream.write_all(reply.head(date).as_bytes()).await?,
    }
    let stop = match reply.end {
        End::Cut(bytes) | End::Reset(bytes) | End::Stall(bytes) => bytes.min(reply.len),
        _ => reply.len,
    };
    write_body(stream, reply, stop, &mut sent).await?;
    stream.flush().await?;
    match reply.end {
        End::Cut(_) => Ok(Next::Close),
        End::Reset(_) => Ok(Next::Reset),
        End::Stall(_) => {
            // Ends when the client closes; bytes it may still send are of no interest.
            let mut scrap = [0; 512];
            while stream.read(&mut scrap).await? > 0 {}
            Ok(Next::Close)
        }
        _ if reply.framing == Framing::UntilCut => Ok(Next::Drop),
        _ if reply.framing == Framing::UntilClose || reply.declared_off_by != 0 => Ok(Next::Close),
        _ => {
            if reply.is_chunked() {
                stream.write_all(b"0\r\n\r\n").await?;
                stream.flush().await?;
            }
            Ok(Next::KeepAlive)
        }
    }
}

async fn write_body(
    stream: &mut (impl AsyncWrite + Unpin),
    reply: &Reply,
    stop: u64,
    sent: &mut impl FnMut(u64),
) -> io::Result<()> {
    let begin = Instant::now();
    let mut buffer = vec![0; usize::try_from(stop).unwrap_or(PIECE).min(PIECE)];
    let mut done = 0;
    while done < stop {
        let len = usize::try_from(stop - done).unwrap_or(PIECE).min(PIECE);
        let piece = &mut buffer[..len];
        let at = reply.start + done;
        reply.body.read_at(at, piece)?;
        if let Some(place) = reply.corrupt.and_then(|corrupt| corrupt.checked_sub(at))
            && let Some(byte) = usize::try_from(place)
                .ok()
                .and_then(|place| piece.get_mut(place))
        {
            *byte ^= 0xff;
        }
        if reply.is_chunked() {
            stream.write_all(format!("{len:x}\r\n").as_bytes()).await?;
        }
        stream.write_all(piece).await?;
        if reply.is_chunked() {
            stream.write_all(b"\r\n").await?;
        }
        done += len as u64;
        sent(len as u64);
        if let Some(rate) = reply.bandwidth {
            stream.flush().await?;
            let due = Duration::from_millis(done.saturating_mul(1000) / rate.max(1));
            sleep_until(begin + due).await;
        }
    }
    Ok(())
}
