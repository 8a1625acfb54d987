//! The calls to Zoho CRM that a backup needs, in our nouns (`zoho-api.md`).

mod codes;
pub(crate) mod datacenter;
pub(crate) mod error;
mod life;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::event::{Event, Observer};
use crate::http::range::{ByteRange, ContentRange, Validator};
use crate::http::retry::RetryPolicy;
use crate::http::{Client, FileRequest, Reply};
use crate::integrity::Opening;
use crate::model::{FileName, Listing};
use crate::problem::Problem;
use crate::untrusted::printable;

pub(crate) use error::ZohoError;
pub(crate) use life::Asked;

/// JSON replies are no longer (`design.md` section 7 rule 3).
const LARGEST_JSON: usize = 4 << 20;

/// Of an error reply in the place of a file, so much is read.
const LARGEST_ERROR: usize = 64 << 10;

/// An error page does not begin with more white space than this.
const MOST_SPACE: usize = 64;

/// What is known of a file without fetching it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Length in bytes, where the server tells it.
    pub(crate) length: Option<u64>,
    /// Of which version it is.
    pub(crate) validator: Validator,
}

/// Reads the body of the reply to the request for links. Nothing when it is no list of links; then it may be one of
/// Zoho's errors, which also come with status 200.
/// A list that says in no known way when its links expire is an error; the links themselves are not judged here.
pub(crate) fn parse_listing(body: &[u8]) -> Option<Result<Listing, Problem>> {
    Some(wire::UrlsReply::parse(body)?.into_listing())
}

/// The backup calls of one organisation.
#[derive(Clone)]
pub(crate) struct ZohoApi {
    client: Client,
    /// `…/crm/bulk/v8/`.
    bulk: Url,
    retry: RetryPolicy,
    observer: Arc<dyn Observer>,
    asks_for_ranges: bool,
    /// How far Zoho's clock was ahead of ours at its last reply.
    clock: Arc<Mutex<Option<TimeDelta>>>,
}

impl std::fmt::Debug for ZohoApi {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ZohoApi")
            .field("bulk", &self.bulk)
            .finish_non_exhaustive()
    }
}

impl ZohoApi {
    /// For the API at `api`, such as `https://www.zohoapis.eu`, in a version such as `v8`.
    pub(crate) fn new(
        client: Client,
        api: &Url,
        version: &str,
        retry: RetryPolicy,
        observer: Arc<dyn Observer>,
    ) -> ZohoApi {
        let mut bulk = api.clone();
        bulk.set_path(&format!("/crm/bulk/{version}/"));
        ZohoApi {
            client,
            bulk,
            retry,
            observer,
            asks_for_ranges: true,
            clock: Arc::default(),
        }
    }

    /// The same without a request for a part of a file.
    pub(crate) fn without_ranges(self) -> ZohoApi {
        ZohoApi {
            asks_for_ranges: false,
            ..self
        }
    }

    /// How far Zoho's clock is ahead of this machine's; nothing before Zoho told.
    pub(crate) fn clock_ahead(&self) -> Option<TimeDelta> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by Zoho's clock where it is known, by which Zoho ends the life of its links.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.clock_ahead().unwrap_or_default()
    }

    /// The links of the latest backup; nothing when Zoho has none (204). Tried again where that is worth it.
    pub(crate) async fn listing(&self) -> Result<Option<Listing>, ZohoError> {
        self.retrying(None, || self.listing_once()).await
    }

    /// Length and version of a file, by asking for its first byte. Tried again where that is worth it.
    pub(crate) async fn probe(&self, name: &FileName, url: &Url) -> Result<Probe, ZohoError> {
        let whole = FileRequest {
            url,
            range: None,
            if_range: None,
        };
        let first_byte = FileRequest {
            range: ByteRange::new(0, 1).filter(|_| self.asks_for_ranges),
            ..whole
        };
        // Where only ranges are refused, the head of the whole file tells the same.
        let ask = || async {
            match self.open(first_byte).await {
                Err(error) if self.asks_for_ranges && error.may_be_about_the_range() => {
                    self.open(whole).await
                }
                reply => reply,
            }
        };
        let reply = self.retrying(Some(name), ask).await?;
        let length = match (reply.status, reply.content_range) {
            (206, Some(ContentRange::Part { total, .. })) => total,
            (416, Some(ContentRange::Outside { total })) => Some(total),
            (200, _) => reply.content_length,
            _ => None,
        };
        Ok(Probe {
            length,
            validator: reply.validator.clone(),
        })
    }

    /// Repeats a call until it succeeds, or fails for good, or failed too often.
    async fn retrying<T, F: Future<Output = Result<T, ZohoError>>>(
        &self,
        name: Option<&FileName>,
        call: impl Fn() -> F,
    ) -> Result<T, ZohoError> {
        let mut tries = 0;
        loop {
            let error = match call().await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if !error.is_temporary() || tries >= self.retry.retries {
                return Err(match tries {
                    0 => error,
                    _ => ZohoError::GaveUp {
                        source: Box::new(error),
                        tries: tries + 1,
                    },
                });
            }
            tries += 1;
            let wait = self.retry.wait(
                tries,
                error.retry_after(),
                error.is_pushback(),
                fastrand::f64(),
            );
            if error.retry_after().is_some() && !self.retry.has_time_for(wait) {
                return Err(error.too_long(wait, "--max-duration ends this run first"));
            }
            self.observer.event(Event::Retry {
                name: name.cloned(),
                attempt: tries,
                attempts: self.retry.retries,
                wait,
                reason: error.to_string(),
            });
            tokio::time::sleep(wait).await;
        }
    }

    async fn listing_once(&self) -> Result<Option<Listing>, ZohoError> {
        let url = self.call("backup/urls");
        let listing = self.get_json(&url, "list of links", parse_listing).await?;
        Ok(listing.transpose()?)
    }

    /// The address of one of the backup calls.
    fn call(&self, path: &str) -> Url {
        let mut url = self.bulk.clone();
        url.set_path(&format!("{}{path}", self.bulk.path()));
        url
    }

    /// One call that only reads, made once. Nothing: Zoho has none (204). `read` gives nothing for a body that is not what
    /// is `wanted`; then it may be one of Zoho's errors, which also come with status 200.
    async fn get_json<T>(
        &self,
        url: &Url,
        wanted: &'static str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, ZohoError> {
        let mut renewed = false;
        loop {
            let mut reply = self.client.get(url).await?;
            if let Some(date) = reply.date {
                *self.clock.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(date - Utc::now());
            }
            if reply.status == 204 {
                return Ok(None);
            }
            let body = reply.body(LARGEST_JSON).await?;
            if reply.status == 200
                && let Some(read) = read(&body)
            {
                return Ok(Some(read));
            }
            let error = error::from_body(&reply, &body, "an answer");
            let error = match error {
                // A 200 that is neither what was asked for nor one of Zoho's errors.
                ZohoError::Refusal(refusal) if refusal.says_nothing() => ZohoError::NotUnderstood {
                    reason: format!("it contains no {wanted}: {}", printable(&refusal.text)),
                    url: refusal.url,
                    status: 200,
                },
                error => error,
            };
            if !self.renew(&error, &reply, &mut renewed).await? {
                return Err(error);
            }
        }
    }

    /// Asks for a file, once. Gives back 200, 206 and 416; everything else is an error, and so is a reply with one of
    /// these that shows by its first bytes that it is no file, whatever its type says (`design.md` section 7 rule 8).
    pub(crate) async fn open(&self, request: FileRequest<'_>) -> Result<Reply, ZohoError> {
        let mut renewed = false;
        loop {
            let mut reply = self.client.file(request).await?;
            if reply.status == 416
                || (matches!(reply.status, 200 | 206) && may_be_a_file(&mut reply).await?)
            {
                return Ok(reply);
            }
            let (body, _) = reply.body_start(LARGEST_ERROR).await?;
            let error = error::from_body(&reply, &body, "a zip");
            if !self.renew(&error, &reply, &mut renewed).await? {
                return Err(error);
            }
        }
    }

    /// After an error about the token: gets a fresh one, once. True: worth repeating the request.
    pub(crate) async fn renew(
        &self,
        error: &ZohoError,
        reply: &Reply,
        renewed: &mut bool,
    ) -> Result<bool, ZohoError> {
        let Some(refused) = reply.token.as_ref().filter(|_| error.is_about_the_token()) else {
            return Ok(false);
        };
        if *renewed {
            self.client.forget(refused).await;
            return Ok(false);
        }
        tracing::info!("{} refused the token: asking for a new one", reply.url);
        self.client.renew(refused).await?;
        *renewed = true;
        Ok(true)
    }
}

/// Whether a body that begins where the file does may be one. What is read for that is put back. The type decides only
/// about what begins neither like a zip nor like JSON or HTML: a text is an error reply, and anything else a corrupt file.
async fn may_be_a_file(reply: &mut Reply) -> Result<bool, ZohoError> {
    let begins = match reply.content_range {
        Some(ContentRange::Part { range, .. }) => range.start() == 0,
        _ => reply.status == 200,
    };
    if !begins {
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
