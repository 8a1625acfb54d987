//! The calls to Zoho CRM that a backup needs: its links, its files, its job and its log (`zoho-api.md` sections 1 and 2).

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::json;
use url::Url;

use super::body::may_be_a_file;
use super::error::ZohoError;
use super::error_reply::from_body;
use super::wire::{Page, Success, parse_job, parse_listing};
use crate::event::Observer;
use crate::http::range::{ByteRange, ContentRange, Validator};
use crate::http::retry::{self, RetryPolicy};
use crate::http::{Client, FileRequest, Reply};
use crate::model::job::{Job, LogEntry};
use crate::model::rrule::Rule;
use crate::model::{FileName, Listing};

/// JSON replies are no longer (`design.md` section 7 rule 3).
const LARGEST_JSON: usize = 4 << 20;

/// Of an error reply in the place of a file, so much is read.
const LARGEST_ERROR: usize = 64 << 10;

/// Entries of the log in one reply; the most that Zoho gives.
const PER_PAGE: usize = 200;

/// Pages after which a server that always promises more is not believed. A year has not as many entries.
const MOST_PAGES: usize = 100;

/// A body that wants a backup now. The pages say to leave it empty, programs in use send this.
const NOW: &str = "{}";

/// What is known of a file without fetching it.
pub(crate) struct Probe {
    /// Where the server tells it.
    pub(crate) length: Option<u64>,
    pub(crate) validator: Validator,
}

/// How a request for a backup ended.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Zoho took it; the id is that of the job.
    Taken(Option<String>),
    /// No usable reply came: whether Zoho took it, only the state of the job can tell.
    Unknown(ZohoError),
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

    /// The time by Zoho's clock where it is known, by which its links expire.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.clock_ahead().unwrap_or_default()
    }

    /// The links of the latest backup; nothing when Zoho has none (204). Tried again where that is worth it.
    pub(crate) async fn listing(&self) -> Result<Option<Listing>, ZohoError> {
        let url = self.url("backup/urls");
        let get = || self.get_json(&url, "list of links", parse_listing);
        Ok(self.retrying(None, |_| get()).await?.transpose()?)
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
        let ask = |_| async {
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

    /// The current job; nothing when there was never one (204). Tried again where that is worth it.
    pub(crate) async fn job(&self) -> Result<Option<Job>, ZohoError> {
        self.retrying(None, |_| self.job_now()).await
    }

    /// As [`job`](ZohoApi::job), but asked only once: for what is nice to know.
    pub(crate) async fn job_now(&self) -> Result<Option<Job>, ZohoError> {
        self.get_json(&self.url("backup"), "state of a backup", parse_job)
            .await
    }

    /// The newest `most` entries of the log, newest first. Tried again where that is worth it.
    pub(crate) async fn history(&self, most: usize) -> Result<Vec<LogEntry>, ZohoError> {
        let mut log: Vec<LogEntry> = Vec::new();
        for number in 1..=MOST_PAGES {
            let page = self
                .retrying(None, |_| self.history_page(number, most))
                .await?;
            let Some(page) = page else { break };
            let count = page.entries.len();
            let more = page.more.unwrap_or(count == most.min(PER_PAGE));
            log.extend(page.entries);
            if !more || count == 0 || log.len() >= most {
                break;
            }
        }
        log.truncate(most);
        Ok(log)
    }

    /// The newest entries, asked for only once: for what is nice to know.
    pub(crate) async fn history_now(&self) -> Result<Vec<LogEntry>, ZohoError> {
        let page = self.history_page(1, PER_PAGE).await?;
        Ok(page.map(|page| page.entries).unwrap_or_default())
    }

    async fn history_page(&self, number: usize, most: usize) -> Result<Option<Page>, ZohoError> {
        let mut url = self.url("backup/history");
        url.query_pairs_mut()
            .append_pair("page", &number.to_string())
            .append_pair("per_page", &most.clamp(1, PER_PAGE).to_string());
        self.get_json(&url, "history", Page::parse).await
    }

    /// Asks for a backup now, or for one by a rule. Sent once: what a reply that got lost has done, the caller must find
    /// out before it asks again, as each backup may cost money. An error: Zoho surely did not take it.
    pub(crate) async fn ask_for_backup(&self, rule: Option<&Rule>) -> Result<Asked, ZohoError> {
        if let Some(rule) = rule {
            let body = json!({ "backup": { "rrule": rule.to_string() } });
            return self.post_backup(&body.to_string()).await;
        }
        let unread = ["REQUEST_BODY_NOT_READABLE", "INVALID_DATA"];
        match self.post_backup(NOW).await {
            // A 400 has scheduled nothing, and the pages say to leave the body empty.
            Err(ZohoError::Refusal(refusal))
                if refusal.status == 400 && unread.contains(&refusal.code.as_str()) =>
            {
                self.post_backup("").await
            }
            other => other,
        }
    }

    async fn post_backup(&self, body: &str) -> Result<Asked, ZohoError> {
        let url = self.url("backup");
        self.with_fresh_token(|| async {
            let mut reply = match self.client.post_json(&url, body).await {
                Err(error) if error.is_lost() => return Ok(Asked::Unknown(error.into())),
                reply => reply?,
            };
            let said = match reply.body(LARGEST_JSON).await {
                Ok(said) => said,
                Err(error) => return Ok(Asked::Unknown(error.into())),
            };
            let is_2xx = matches!(reply.status, 200..300);
            if let Some(success) = Success::parse(&said).filter(|_| is_2xx) {
                return Ok(Asked::Taken(success.id));
            }
            let refusal = from_body(&reply, &said, "an answer");
            // A fault at the server may come after the job was made; 429 says that nothing was done.
            let is_odd = is_2xx && refusal.code.is_empty();
            let error = ZohoError::from(refusal);
            if is_odd || (error.is_temporary() && reply.status != 429) {
                return Ok(Asked::Unknown(error));
            }
            Err(error)
        })
        .await
    }

    /// Cancels a schedule. A reply that got lost is asked for again: to cancel twice does no harm.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), ZohoError> {
        let mut url = self.url("backup");
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend([id, "actions", "cancel"]);
        }
        let put = || async {
            let mut reply = self.client.put(&url).await?;
            let said = reply.body(LARGEST_JSON).await?;
            if matches!(reply.status, 200..300) && Success::parse(&said).is_some() {
                return Ok(());
            }
            Err(from_body(&reply, &said, "an answer").into())
        };
        self.retrying(None, |attempts| {
            let cancelled = self.with_fresh_token(put);
            async move {
                match cancelled.await {
                    Err(ZohoError::Refusal(refusal))
                        if attempts > 0 && refusal.code == "ALREADY_CANCELLED" =>
                    {
                        Ok(())
                    }
                    outcome => outcome,
                }
            }
        })
        .await
    }

    /// Asks for a file, once. Gives back 200, 206 and 416; everything else is an error, and so is a reply with one of
    /// these that shows by its first bytes that it is no file, whatever its type says (`design.md` section 7 rule 8).
    pub(crate) async fn open(&self, request: FileRequest<'_>) -> Result<Reply, ZohoError> {
        self.with_fresh_token(|| async {
            let mut reply = self.client.file(request).await?;
            if reply.status == 416
                || (matches!(reply.status, 200 | 206) && may_be_a_file(&mut reply).await?)
            {
                return Ok(reply);
            }
            let (body, _) = reply.body_start(LARGEST_ERROR).await?;
            Err(from_body(&reply, &body, "a zip").into())
        })
        .await
    }

    /// The address of one of the backup calls.
    fn url(&self, path: &str) -> Url {
        let mut url = self.bulk.clone();
        url.set_path(&format!("{}{path}", self.bulk.path()));
        url
    }

    /// One call that only reads, made once. Nothing: Zoho has none (204). `read` gives nothing for a body that is not what
    /// is `wanted`; then it may be one of Zoho's errors, which also come with status 200.
    async fn get_json<T>(
        &self,
        url: &Url,
        wanted: &str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, ZohoError> {
        self.with_fresh_token(|| async {
            let mut reply = self.client.get(url).await?;
            if let Some(date) = reply.date {
                *self.clock.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(date - Utc::now());
            }
            if reply.status == 204 {
                return Ok(None);
            }
            let body = reply.body(LARGEST_JSON).await?;
            match read(&body) {
                Some(read) if reply.status == 200 => Ok(Some(read)),
                _ => {
                    let refusal = from_body(&reply, &body, "an answer");
                    let not_understood = refusal.not_understood(wanted);
                    Err(not_understood.map_or_else(|| refusal.into(), ZohoError::from))
                }
            }
        })
        .await
    }

    /// Sends a request, and once more with a new token where the first one is refused.
    async fn with_fresh_token<T, F: Future<Output = Result<T, ZohoError>>>(
        &self,
        send: impl Fn() -> F,
    ) -> Result<T, ZohoError> {
        let first = send().await;
        let Some(refused) = refused_token(&first) else {
            return first;
        };
        self.client.renew(refused).await?;
        let second = send().await;
        if let Some(refused) = refused_token(&second) {
            self.client.forget(refused).await;
        }
        second
    }

    /// Repeats a call, which is told how many attempts were made before, until it succeeds, fails for good or fails too
    /// often.
    async fn retrying<T, F: Future<Output = Result<T, ZohoError>>>(
        &self,
        name: Option<&FileName>,
        call: impl Fn(u32) -> F,
    ) -> Result<T, ZohoError> {
        let observer = self.observer.as_ref();
        let done = retry::run(&self.retry, observer, name, ZohoError::backoff, call).await;
        Ok(done?)
    }
}

fn refused_token<T>(outcome: &Result<T, ZohoError>) -> Option<&SecretString> {
    match outcome {
        Err(ZohoError::Refusal(refusal)) => refusal.refused_token(),
        _ => None,
    }
}
