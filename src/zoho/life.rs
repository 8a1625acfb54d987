//! The calls that ask for a backup, schedule it, cancel it and tell of it (`zoho-api.md` sections 1.2 to 1.5).

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::wire::is_success;
use super::{LARGEST_JSON, ZohoApi, ZohoError, error};
use crate::http::HttpError;
use crate::job::{Job, LogEntry, Status};
use crate::schedule::Rule;

/// The most that Zoho gives at a time.
const PER_PAGE: usize = 200;

/// Pages after which a server that always promises more is not believed. A year has not as many entries.
const MOST_PAGES: usize = 100;

/// A body that wants a backup now. The pages say to leave it empty, programs in use send this.
const NOW: &str = "{}";

/// How a request for a backup ended.
#[derive(Debug)]
pub enum Asked {
    /// Zoho took it; the id is that of the job.
    Taken(Option<String>),
    /// No usable reply came: whether Zoho took it, only the state of the job can tell.
    Unknown(ZohoError),
}

/// A reply with one object under one key.
#[derive(Deserialize)]
struct Wrapped {
    backup: WireJob,
}

#[derive(Deserialize)]
struct WireJob {
    /// Only errors have one, which can come under the same key.
    code: Option<Value>,
    id: Option<String>,
    rrule: Option<String>,
    start_date: Option<String>,
    scheduled_date: Option<String>,
    requester: Option<Person>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
}

#[derive(Deserialize)]
struct History {
    history: Vec<WireEntry>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    more_records: bool,
}

#[derive(Deserialize)]
struct WireEntry {
    id: Option<String>,
    done_by: Option<Person>,
    log_time: Option<String>,
    state: Option<String>,
    action: Option<String>,
    repeat_type: Option<String>,
    file_name: Option<String>,
    count: Option<u64>,
}

impl From<WireEntry> for LogEntry {
    fn from(wire: WireEntry) -> LogEntry {
        LogEntry {
            id: wire.id.unwrap_or_default(),
            time: wire.log_time.unwrap_or_default(),
            state: wire.state,
            action: wire.action,
            repeat: wire.repeat_type,
            by: wire.done_by.and_then(|person| person.name),
            file_name: wire.file_name,
            bought: wire.count.unwrap_or(0),
        }
    }
}

impl ZohoApi {
    /// The current job; nothing when there was never one (204). Tried again where that is worth it.
    ///
    /// # Errors
    /// As [`listing`](ZohoApi::listing).
    pub async fn job(&self) -> Result<Option<Job>, ZohoError> {
        let url = self.call("backup");
        self.retrying(None, || self.job_once(&url)).await
    }

    /// As [`job`](ZohoApi::job), but asked only once: for what is nice to know.
    ///
    /// # Errors
    /// As [`listing`](ZohoApi::listing).
    pub async fn job_now(&self) -> Result<Option<Job>, ZohoError> {
        self.job_once(&self.call("backup")).await
    }

    async fn job_once(&self, url: &Url) -> Result<Option<Job>, ZohoError> {
        let job = self.get_json(url, "state of a backup", |body| {
            let wire = serde_json::from_slice::<Wrapped>(body).ok()?.backup;
            if wire.code.is_some() {
                return None;
            }
            Some(Job {
                status: Status::parse(&wire.status?),
                id: wire.id.unwrap_or_default(),
                rule: wire.rrule.filter(|rule| !rule.is_empty()),
                start: wire.start_date,
                scheduled: wire.scheduled_date,
                requester: wire.requester.and_then(|person| person.name),
            })
        });
        job.await
    }

    /// The newest `most` entries of the log, newest first. Tried again where that is worth it.
    ///
    /// # Errors
    /// As [`listing`](ZohoApi::listing).
    pub async fn history(&self, most: usize) -> Result<Vec<LogEntry>, ZohoError> {
        let mut log: Vec<LogEntry> = Vec::new();
        for page in 1..=MOST_PAGES {
            let url = self.page(page, most);
            let reply = self.retrying(None, || self.history_page(&url)).await?;
            let Some(reply) = reply else { break };
            let more = reply.info.is_some_and(|info| info.more_records);
            let empty = reply.history.is_empty();
            log.extend(reply.history.into_iter().map(LogEntry::from));
            if !more || empty || log.len() >= most {
                break;
            }
        }
        log.truncate(most);
        Ok(log)
    }

    /// The newest entries, asked for only once: for what is nice to know.
    ///
    /// # Errors
    /// As [`listing`](ZohoApi::listing).
    pub async fn history_now(&self) -> Result<Vec<LogEntry>, ZohoError> {
        let page = self.history_page(&self.page(1, PER_PAGE)).await?;
        let log = page.map(|page| page.history).unwrap_or_default();
        Ok(log.into_iter().map(LogEntry::from).collect())
    }

    fn page(&self, page: usize, most: usize) -> Url {
        let mut url = self.call("backup/history");
        url.query_pairs_mut()
            .append_pair("page", &page.to_string())
            .append_pair("per_page", &most.clamp(1, PER_PAGE).to_string());
        url
    }

    async fn history_page(&self, url: &Url) -> Result<Option<History>, ZohoError> {
        let read = |body: &[u8]| serde_json::from_slice::<History>(body).ok();
        self.get_json(url, "history", read).await
    }

    /// Asks for a backup now, or for one by a rule. Sent once: what a reply that got lost has done, the caller must find
    /// out before it asks again, as each backup may cost money.
    ///
    /// # Errors
    /// [`ZohoError`]: Zoho surely did not take it.
    pub async fn ask_for_backup(&self, rule: Option<&Rule>) -> Result<Asked, ZohoError> {
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
                Err(error @ (HttpError::Stalled { .. } | HttpError::Cut { .. })) => {
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
    ///
    /// # Errors
    /// [`ZohoError`].
    pub async fn cancel(&self, id: &str) -> Result<(), ZohoError> {
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
    inner["details"]["id"].as_str().map(str::to_owned)
}
