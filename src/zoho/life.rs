//! The calls that ask for a backup, schedule it, cancel it and tell of it (`zoho-api.md` sections 1.2 to 1.5).

use serde_json::{Value, json};
use url::Url;

use super::wire::is_success;
use super::{LARGEST_JSON, ZohoApi, ZohoError, error};
use crate::model::job::{Job, LogEntry, Status};
use crate::model::rrule::Rule;

/// The most that Zoho gives at a time.
const PER_PAGE: usize = 200;

/// Pages after which a server that always promises more is not believed. A year has not as many entries.
const MOST_PAGES: usize = 100;

/// A body that wants a backup now. The pages say to leave it empty, programs in use send this.
const NOW: &str = "{}";

/// How a request for a backup ended.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Zoho took it; the id is that of the job.
    Taken(Option<String>),
    /// No usable reply came: whether Zoho took it, only the state of the job can tell.
    Unknown(ZohoError),
}

/// The state of the job, from a reply that must tell at least its state or its id. Errors come under the same key.
fn job_of(body: &[u8]) -> Option<Job> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let job = match &value["backup"] {
        Value::Array(list) => list.first()?,
        job => job,
    };
    let status = text(&job["status"]);
    let is_error = status
        .as_deref()
        .is_some_and(|status| ["error", "failure"].contains(&&*status.to_ascii_lowercase()));
    if is_error || !job["code"].is_null() || (status.is_none() && text(&job["id"]).is_none()) {
        return None;
    }
    Some(Job {
        status: Status::parse(status.as_deref().unwrap_or("unknown")),
        id: text(&job["id"]).unwrap_or_default(),
        rule: text(&job["rrule"]),
        start: text(&job["start_date"]),
        scheduled: text(&job["scheduled_date"]),
        requester: text(&job["requester"]["name"]),
    })
}

/// A page of the log.
struct Page {
    entries: Vec<LogEntry>,
    /// Nothing when Zoho does not say.
    more: Option<bool>,
}

impl Page {
    fn parse(body: &[u8]) -> Option<Page> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let entries = match value.get("history")? {
            Value::Array(list) => list.iter().filter(|entry| entry.is_object()).collect(),
            Value::Null => Vec::new(),
            _ => return None,
        };
        let more = &value["info"]["more_records"];
        Some(Page {
            entries: entries.into_iter().map(entry_of).collect(),
            more: more.as_bool().or(more.as_str().map(|text| text == "true")),
        })
    }
}

/// What is missing or of another type than the pages say is not known: the rest is told all the same.
fn entry_of(value: &Value) -> LogEntry {
    let count = &value["count"];
    LogEntry {
        id: text(&value["id"]).unwrap_or_default(),
        time: text(&value["log_time"]),
        state: text(&value["state"]),
        action: text(&value["action"]),
        repeat: text(&value["repeat_type"]),
        by: text(&value["done_by"]["name"]),
        file_name: text(&value["file_name"]),
        // Zoho's own samples have -1 there.
        bought: count
            .as_u64()
            .or(count.as_str().and_then(|text| text.parse().ok())),
    }
}

/// A text or a number that is there.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl ZohoApi {
    /// The current job; nothing when there was never one (204). Tried again where that is worth it.
    pub(crate) async fn job(&self) -> Result<Option<Job>, ZohoError> {
        let url = self.call("backup");
        self.retrying(None, || self.job_once(&url)).await
    }

    /// As [`job`](ZohoApi::job), but asked only once: for what is nice to know.
    pub(crate) async fn job_now(&self) -> Result<Option<Job>, ZohoError> {
        self.job_once(&self.call("backup")).await
    }

    async fn job_once(&self, url: &Url) -> Result<Option<Job>, ZohoError> {
        self.get_json(url, "state of a backup", job_of).await
    }

    /// The newest `most` entries of the log, newest first. Tried again where that is worth it.
    pub(crate) async fn history(&self, most: usize) -> Result<Vec<LogEntry>, ZohoError> {
        let mut log: Vec<LogEntry> = Vec::new();
        for page in 1..=MOST_PAGES {
            let url = self.page(page, most);
            let reply = self.retrying(None, || self.history_page(&url)).await?;
            let Some(reply) = reply else { break };
            let count = reply.entries.len();
            let more = reply.more.unwrap_or(count == most.min(PER_PAGE));
            log.extend(reply.entries);
            if !more || count == 0 || log.len() >= most {
                break;
            }
        }
        log.truncate(most);
        Ok(log)
    }

    /// The newest entries, asked for only once: for what is nice to know.
    pub(crate) async fn history_now(&self) -> Result<Vec<LogEntry>, ZohoError> {
        let page = self.history_page(&self.page(1, PER_PAGE)).await?;
        Ok(page.map(|page| page.entries).unwrap_or_default())
    }

    fn page(&self, page: usize, most: usize) -> Url {
        let mut url = self.call("backup/history");
        url.query_pairs_mut()
            .append_pair("page", &page.to_string())
            .append_pair("per_page", &most.clamp(1, PER_PAGE).to_string());
        url
    }

    async fn history_page(&self, url: &Url) -> Result<Option<Page>, ZohoError> {
        self.get_json(url, "history", Page::parse).await
    }

    /// Asks for a backup now, or for one by a rule. Sent once: what a reply that got lost has done, the caller must find
    /// out before it asks again, as each backup may cost money.
    ///
    /// # Errors
    /// [`ZohoError`]: Zoho surely did not take it.
    pub(crate) async fn ask_for_backup(&self, rule: Option<&Rule>) -> Result<Asked, ZohoError> {
        let Some(rule) = rule else {
            return match self.post_backup(NOW).await {
                Err(ZohoError::Refusal(refusal))
                    if refusal.status == 400
                        && ["REQUEST_BODY_NOT_READABLE", "INVALID_DATA"]
                            .contains(&refusal.code.as_str()) =>
                {
                    // A 400 has scheduled nothing, and the pages say to leave the body empty.
                    self.post_backup("").await
                }
                other => other,
            };
        };
        let body = json!({ "backup": { "rrule": rule.to_string() } });
        self.post_backup(&body.to_string()).await
    }

    async fn post_backup(&self, body: &str) -> Result<Asked, ZohoError> {
        let url = self.call("backup");
        let mut renewed = false;
        loop {
            let mut reply = match self.client.post_json(&url, body).await {
                Ok(reply) => reply,
                Err(error) if error.is_lost() => {
                    return Ok(Asked::Unknown(error.into()));
                }
                Err(error) => return Err(error.into()),
            };
            let said = match reply.body(LARGEST_JSON).await {
                Ok(said) => said,
                Err(error) => return Ok(Asked::Unknown(error.into())),
            };
            if matches!(reply.status, 200..300) && is_success(&said) {
                return Ok(Asked::Taken(id_of(&said)));
            }
            let error = error::from_body(&reply, &said, "an answer");
            // A fault at the server may come after the job was made; 429 says that nothing was done.
            let has_code =
                matches!(&error, ZohoError::Refusal(refusal) if !refusal.code.is_empty());
            let odd = matches!(reply.status, 200..300) && !has_code;
            if odd || (error.is_temporary() && reply.status != 429) {
                return Ok(Asked::Unknown(error));
            }
            if !self.renew(&error, &reply, &mut renewed).await? {
                return Err(error);
            }
        }
    }

    /// Cancels a schedule. A reply that got lost is asked for again: to cancel twice does no harm.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), ZohoError> {
        let mut url = self.call("backup");
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend([id, "actions", "cancel"]);
        }
        let lost = std::sync::atomic::AtomicBool::new(false);
        self.retrying(None, || async {
            let outcome = self.cancel_once(&url).await;
            let before = lost.swap(true, std::sync::atomic::Ordering::Relaxed);
            match outcome {
                Err(ZohoError::Refusal(refusal))
                    if before && refusal.code == "ALREADY_CANCELLED" =>
                {
                    Ok(())
                }
                outcome => outcome,
            }
        })
        .await
    }

    async fn cancel_once(&self, url: &Url) -> Result<(), ZohoError> {
        let mut renewed = false;
        loop {
            let mut reply = self.client.put(url).await?;
            let said = reply.body(LARGEST_JSON).await?;
            if matches!(reply.status, 200..300) && is_success(&said) {
                return Ok(());
            }
            let error = error::from_body(&reply, &said, "an answer");
            if !self.renew(&error, &reply, &mut renewed).await? {
                return Err(error);
            }
        }
    }
}

/// The id of the job in a success, whichever of the shapes that has.
fn id_of(said: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(said).ok()?;
    let inner = match &value["backup"] {
        Value::Array(list) => list.first()?,
        Value::Null => &value,
        inner => inner,
    };
    text(&inner["details"]["id"])
}
