//! A reply: its head, and its body as it comes.

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::ext::ReasonPhrase;
use reqwest::header::{self, HeaderName};
use secrecy::SecretString;

use super::error::{COMPRESSED, HttpError, TOO_LARGE};
use super::range::{ContentRange, Validator, http_date};
use super::retry;
use crate::untrusted::printable;

/// A body of some kilobytes that takes longer than so many times the stall timeout only drips.
const SMALL_BODY: u32 = 10;

/// Values of `Content-Encoding` after which the bytes are others than those of the file.
const COMPRESSIONS: [&str; 7] = [
    "gzip",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "x-compress",
];

/// With which every zip begins.
const ZIP: &[u8] = b"PK";

/// Some servers begin a text with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The head of a reply; its body comes in chunks.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// What stands behind the status, where it is not the usual words; some of Zoho's servers put their code there.
    pub(crate) reason: Option<String>,
    /// Where it came from in the end, without its query.
    pub(crate) url: String,
    pub(crate) content_length: Option<u64>,
    pub(crate) content_range: Option<ContentRange>,
    /// Whether the server says that it serves ranges; nothing when it does not say.
    pub(crate) accepts_ranges: Option<bool>,
    pub(crate) validator: Validator,
    /// Lower case, without parameters.
    pub(crate) content_type: Option<String>,
    /// How the body is compressed, if it is. Nothing here asks for that.
    encoding: Option<String>,
    /// Nothing but the end of the connection tells where the body ends.
    ends_with_the_connection: bool,
    /// Where a redirect leads.
    pub(super) location: Option<Vec<u8>>,
    /// The server's clock.
    pub(crate) date: Option<DateTime<Utc>>,
    /// When the server wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
    /// The token that was sent with it.
    pub(crate) token: Option<SecretString>,
    response: reqwest::Response,
    unread: Option<Bytes>,
    /// Bytes of the body that came so far.
    received: u64,
    stall_timeout: Duration,
}

impl Reply {
    pub(super) fn new(
        url: String,
        mut response: reqwest::Response,
        token: Option<SecretString>,
        stall_timeout: Duration,
    ) -> Reply {
        // Each value keeps the whole buffer that it was read into, 400 KB on a fast line; they must not live as long as
        // the body.
        let headers = std::mem::take(response.headers_mut());
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        // Beside chunks a length means nothing (RFC 9112 section 6.3).
        let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
        let content_length = text(header::CONTENT_LENGTH)
            .filter(|_| !is_chunked)
            .and_then(|length| length.trim().parse().ok());
        let date = text(header::DATE).and_then(http_date);
        Reply {
            // A proxy says 203 when it changed something on the way; what came is judged by what it is.
            status: match response.status().as_u16() {
                203 => 200,
                status => status,
            },
            content_length,
            encoding: text(header::CONTENT_ENCODING).and_then(compression),
            ends_with_the_connection: !is_chunked && content_length.is_none(),
            reason: response
                .extensions()
                .get::<ReasonPhrase>()
                .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned()),
            content_range: text(header::CONTENT_RANGE).and_then(ContentRange::parse),
            accepts_ranges: text(header::ACCEPT_RANGES)
                .map(|unit| unit.trim().eq_ignore_ascii_case("bytes")),
            validator: Validator::new(
                text(header::ETAG),
                text(header::LAST_MODIFIED),
                text(header::DATE),
            ),
            content_type: text(header::CONTENT_TYPE).map(media_type),
            location: headers
                .get(header::LOCATION)
                .map(|value| value.as_bytes().to_vec()),
            date,
            // A date means the clock of who wrote it.
            retry_after: text(header::RETRY_AFTER)
                .and_then(|value| retry::parse_retry_after(value, date.unwrap_or_else(Utc::now))),
            url,
            token,
            response,
            unread: None,
            received: 0,
            stall_timeout,
        }
    }

    /// Whether the body begins where the file does.
    pub(crate) fn starts_the_file(&self) -> bool {
        match self.content_range {
            Some(ContentRange::Part { range, .. }) => range.start() == 0,
            _ => self.status == 200,
        }
    }

    /// Its head in a line, for the log.
    pub(super) fn in_short(&self) -> String {
        let mut parts = vec![format!("HTTP {}", self.status)];
        parts.extend(self.content_type.as_deref().map(printable));
        parts.extend(self.content_length.map(|length| format!("{length} bytes")));
        parts.extend(self.content_range.map(|range| match range {
            ContentRange::Part { range, total } => {
                let of = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
                format!("{} of {of}", range.header())
            }
            ContentRange::Outside { total } => format!("no such range of {total}"),
        }));
        let (tag, date) = (&self.validator.etag, &self.validator.last_modified);
        let told = |name, value: &String| format!("{name} {}", printable(value));
        parts.extend(tag.iter().map(|tag| told("ETag", tag)));
        parts.extend(date.iter().map(|date| told("Last-Modified", date)));
        parts.join(", ")
    }

    /// The next bytes of the body; nothing at its clean end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        if let Some(unread) = self.unread.take() {
            return Ok(Some(unread));
        }
        // The library's own read timeout also runs while nobody reads, and would turn a slow disk into a failure.
        match tokio::time::timeout(self.stall_timeout, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.received += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                Ok(chunk)
            }
            Ok(Err(error)) => Err(HttpError::from_reqwest(self.response.url(), error)),
            Err(_) => Err(HttpError::stalled(&self.url, self.stall_timeout)),
        }
    }

    /// Puts bytes back that were only looked at.
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        self.unread = Some(bytes).filter(|bytes| !bytes.is_empty());
    }

    /// Gives the connection back for the next request, if the whole body was read. Without this the next request could
    /// come before the library knows that the body is over, and would open a connection of its own.
    pub(crate) async fn give_back(&mut self) {
        if self.unread.is_none() && self.content_length == Some(self.received) {
            let _ = self.chunk().await;
        }
    }

    /// The whole body.
    pub(crate) async fn body(&mut self, limit: usize) -> Result<Vec<u8>, HttpError> {
        let (body, cut) = self.body_start(limit).await?;
        if cut {
            return Err(HttpError::new(
                &TOO_LARGE,
                format!("{}: the reply is longer than {limit} bytes", self.url),
            ));
        }
        Ok(body)
    }

    /// The first `limit` bytes of the body, and whether there are more.
    pub(crate) async fn body_start(&mut self, limit: usize) -> Result<(Vec<u8>, bool), HttpError> {
        let after = self.stall_timeout.saturating_mul(SMALL_BODY);
        let url = self.url.clone();
        tokio::time::timeout(after, self.read_start(limit))
            .await
            .unwrap_or_else(|_| Err(HttpError::stalled(&url, after)))
    }

    async fn read_start(&mut self, limit: usize) -> Result<(Vec<u8>, bool), HttpError> {
        let mut body = Vec::new();
        loop {
            let chunk = match self.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                // Whether such a text is whole is seen when it is read.
                Err(error) if self.ends_with_the_connection && error.lacks_close_notify() => break,
                Err(error) => return Err(error),
            };
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                body.truncate(limit);
                return Ok((body, true));
            }
        }
        self.as_text(body, limit)
    }

    /// A small body as it was before somebody on the way compressed it, and without its byte order mark.
    fn as_text(&self, body: Vec<u8>, limit: usize) -> Result<(Vec<u8>, bool), HttpError> {
        let mut body = match self.encoding.as_deref() {
            None => body,
            Some("gzip" | "x-gzip") => {
                let mut text = Vec::new();
                let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
                let read = flate2::read::MultiGzDecoder::new(&*body)
                    .take(most)
                    .read_to_end(&mut text);
                read.map_err(|_| self.compressed("gzip"))?;
                text
            }
            Some(other) => return Err(self.compressed(other)),
        };
        let cut = body.len() > limit;
        body.truncate(limit);
        if body.starts_with(BYTE_ORDER_MARK) {
            body.drain(..BYTE_ORDER_MARK.len());
        }
        Ok((body, cut))
    }

    fn compressed(&self, encoding: &str) -> HttpError {
        HttpError::new(
            &COMPRESSED,
            format!(
                "{}: the reply is compressed ({encoding}), which was not requested, and can't be read",
                self.url
            ),
        )
    }

    /// Refuses a file that somebody on the way compressed. A zip that is one all the same is none of these, whatever its
    /// head says.
    pub(super) async fn uncompressed(mut self) -> Result<Reply, HttpError> {
        let Some(encoding) = self.encoding.clone() else {
            return Ok(self);
        };
        if !self.starts_the_file() {
            return Ok(self);
        }
        let mut start: Vec<u8> = Vec::new();
        while start.len() < ZIP.len()
            && let Some(chunk) = self.chunk().await?
        {
            start.extend_from_slice(&chunk);
        }
        let is_zip = start.starts_with(ZIP);
        self.unread(start.into());
        if is_zip {
            self.encoding = None;
            return Ok(self);
        }
        Err(self.compressed(&encoding))
    }
}

/// How a `Content-Encoding` changes the bytes, if it does.
fn compression(encoding: &str) -> Option<String> {
    let name = encoding.trim().to_ascii_lowercase();
    COMPRESSIONS.contains(&&*name).then_some(name)
}

/// A `Content-Type` without its parameters.
fn media_type(value: &str) -> String {
    let kind = value.split_once(';').map_or(value, |(kind, _)| kind);
    kind.trim().to_ascii_lowercase()
}
