//! A reply: its head, and its body as it comes.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::ext::ReasonPhrase;
use reqwest::header::{self, HeaderName};
use secrecy::SecretString;

use super::HttpError;
use super::range::{ContentRange, Validator, http_date};
use super::retry;

/// A body of some kilobytes that takes longer than so many times the stall timeout only drips.
const SMALL_BODY: u32 = 10;

/// The head of a reply; its body comes in chunks.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// What stands behind the status, where it is not the usual words; some of Zoho's servers put their code there.
    pub reason: Option<String>,
    /// Where it came from in the end, without its query.
    pub url: String,
    /// Length of the body.
    pub content_length: Option<u64>,
    /// Which part of the file it is.
    pub content_range: Option<ContentRange>,
    /// Whether the server says that it serves ranges; nothing when it does not say.
    pub accepts_ranges: Option<bool>,
    /// Which version of the file it is.
    pub validator: Validator,
    /// Lower case, without parameters.
    pub content_type: Option<String>,
    /// Where a redirect leads.
    pub(super) location: Option<Vec<u8>>,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// When the server wants to be asked again.
    pub retry_after: Option<Duration>,
    /// The token that was sent with it.
    pub token: Option<SecretString>,
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
        let date = text(header::DATE).and_then(http_date);
        Reply {
            status: response.status().as_u16(),
            reason: response
                .extensions()
                .get::<ReasonPhrase>()
                .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned()),
            content_length: text(header::CONTENT_LENGTH)
                .and_then(|length| length.trim().parse().ok()),
            content_range: text(header::CONTENT_RANGE).and_then(ContentRange::parse),
            accepts_ranges: text(header::ACCEPT_RANGES)
                .map(|unit| unit.trim().eq_ignore_ascii_case("bytes")),
            validator: Validator::new(
                text(header::ETAG),
                text(header::LAST_MODIFIED),
                text(header::DATE),
            ),
            content_type: text(header::CONTENT_TYPE).map(|value| {
                value
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase()
            }),
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

    /// The next bytes of the body; nothing at its clean end.
    ///
    /// # Errors
    /// [`HttpError::Stalled`] when nothing comes, [`HttpError::Cut`] when the body breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
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
            Err(_) => Err(HttpError::Stalled {
                url: self.url.clone(),
                after: self.stall_timeout,
            }),
        }
    }

    /// Puts bytes back that were only looked at.
    pub fn unread(&mut self, bytes: Bytes) {
        self.unread = Some(bytes).filter(|bytes| !bytes.is_empty());
    }

    /// Gives the connection back for the next request, if the whole body was read. Without this the next request could
    /// come before the library knows that the body is over, and would open a connection of its own.
    pub async fn give_back(&mut self) {
        if self.unread.is_none() && self.content_length == Some(self.received) {
            let _ = self.chunk().await;
        }
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`chunk`](Reply::chunk); [`HttpError::TooLarge`] beyond `limit` bytes.
    pub async fn body(&mut self, limit: usize) -> Result<Vec<u8>, HttpError> {
        let (body, cut) = self.body_start(limit).await?;
        if cut {
            return Err(HttpError::TooLarge {
                url: self.url.clone(),
                limit,
            });
        }
        Ok(body)
    }

    /// The first `limit` bytes of the body, and whether there are more.
    ///
    /// # Errors
    /// As [`chunk`](Reply::chunk).
    pub async fn body_start(&mut self, limit: usize) -> Result<(Vec<u8>, bool), HttpError> {
        let after = self.stall_timeout.saturating_mul(SMALL_BODY);
        let url = self.url.clone();
        tokio::time::timeout(after, self.read_start(limit))
            .await
            .unwrap_or(Err(HttpError::Stalled { url, after }))
    }

    async fn read_start(&mut self, limit: usize) -> Result<(Vec<u8>, bool), HttpError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                body.truncate(limit);
                return Ok((body, true));
            }
        }
        Ok((body, false))
    }
}
