//! JSON as Zoho spells it. Never leaves this folder.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::job::{Job, LogEntry, Status};
use crate::model::{Expiry, FileKind, ListedLink, Listing};
use crate::problem::Problem;

/// What stands under `urls` in the reply to `GET /backup/urls` (`zoho-api.md` section 1.1).
#[derive(Deserialize)]
struct Urls {
    #[serde(default)]
    data_links: Option<Vec<String>>,
    #[serde(default)]
    attachment_links: Option<Vec<String>>,
    /// A date as text; anything else is not a date.
    #[serde(default)]
    expiry_date: Option<Value>,
}

/// The list of links, where missing and null lists count as empty. Nothing when the body is no such list; then it may be
/// one of Zoho's errors, which also come with status 200. A list that says in no known way when its links expire is an
/// error; the links themselves are not judged here.
pub(crate) fn parse_listing(body: &[u8]) -> Option<Result<Listing, Problem>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    // An array would pass for an object that lacks every key.
    let urls = value.get("urls").filter(|urls| urls.is_object())?;
    let urls = Urls::deserialize(urls).ok()?;
    let expiry = urls.expiry_date.map(|date| match date {
        Value::String(text) => Expiry::parse(&text),
        other => Expiry::parse(&other.to_string()),
    });
    let links = |kind, list: Option<Vec<String>>| {
        let texts = list.unwrap_or_default().into_iter();
        texts.map(move |text| ListedLink { kind, text })
    };
    let links = links(FileKind::Data, urls.data_links)
        .chain(links(FileKind::Attachments, urls.attachment_links))
        .collect();
    Some(expiry.transpose().map(|expiry| Listing { links, expiry }))
}

/// A reply that says that a request was taken (`zoho-api.md` section 1.4).
pub(super) struct Success {
    /// Of the job.
    pub(super) id: Option<String>,
}

impl Success {
    pub(super) fn parse(body: &[u8]) -> Option<Success> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let said = match &value["backup"] {
            Value::Null => &value,
            backup => first(backup),
        };
        let is_success = said["status"] == "success" || said["code"] == "SUCCESS";
        is_success.then(|| Success {
            id: text(&said["details"]["id"]),
        })
    }
}

/// The state of the job, from a reply that must tell at least its state or its id. Errors come under the same key.
pub(super) fn parse_job(body: &[u8]) -> Option<Job> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let job = first(&value["backup"]);
    let (id, status) = (text(&job["id"]), text(&job["status"]));
    let is_error = |status: &String| {
        status.eq_ignore_ascii_case("error") || status.eq_ignore_ascii_case("failure")
    };
    let is_unknown = status.is_none() && id.is_none();
    if is_unknown || status.as_ref().is_some_and(is_error) || !job["code"].is_null() {
        return None;
    }
    Some(Job {
        status: Status::parse(status.as_deref().unwrap_or("unknown")),
        id: id.unwrap_or_default(),
        rule: text(&job["rrule"]),
        start: text(&job["start_date"]),
        scheduled: text(&job["scheduled_date"]),
        requester: text(&job["requester"]["name"]),
    })
}

/// A page of the log.
pub(super) struct Page {
    pub(super) entries: Vec<LogEntry>,
    /// Nothing when Zoho does not say.
    pub(super) more: Option<bool>,
}

impl Page {
    pub(super) fn parse(body: &[u8]) -> Option<Page> {
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

/// A list stands for its first value.
fn first(value: &Value) -> &Value {
    match value {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        value => value,
    }
}

/// What an error body says, whichever of Zoho's shapes it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// The profile lacks "Zoho CRM API Access" (`zoho-api.md` section 1.6).
    pub(super) api_access_off: bool,
}

/// The keys of a code and of words about it, over all of Zoho's services. The first one that is there counts.
const CODE_KEYS: [&str; 8] = [
    "code",
    "errorCode",
    "error_code",
    "ERROR_CODE",
    "x-error",
    "error",
    "id",
    "cause",
];
const MESSAGE_KEYS: [&str; 9] = [
    "message",
    "errorMessage",
    "error_message",
    "ERROR_MESSAGE",
    "title",
    "x-info",
    "info",
    "error_description",
    "cause",
];

/// Objects that are looked at in one body.
const MOST_OBJECTS: usize = 100;

impl ErrorBody {
    /// Bare (`{code, message, …}`), or anywhere inside of objects and lists: `{"backup": {code, …}}`,
    /// `{"errors": [{"id", "title"}]}`, `[2, {"errorCode"}]`, `{"error": {"title"}}`. Nothing when the text is no JSON.
    pub(super) fn parse(body: &[u8]) -> Option<ErrorBody> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let objects = objects(&value);
        let code_of = |object: &&Map<String, Value>| {
            // Ids of everything else are no codes.
            let keys = CODE_KEYS.into_iter();
            let mut keys = keys.filter(|key| *key != "id" || object.contains_key("title"));
            keys.find_map(|key| text(object.get(key)?))
        };
        let message_of = |object: &&Map<String, Value>| {
            MESSAGE_KEYS
                .into_iter()
                .find_map(|key| text(object.get(key)?))
        };
        let code = objects.iter().find_map(code_of);
        let message = match objects.iter().find(|object| code_of(object).is_some()) {
            Some(object) => message_of(object),
            None => objects.iter().find_map(message_of).or(text(&value)),
        };
        let permissions = objects.iter().find_map(|object| object.get("permissions"));
        Some(ErrorBody {
            code,
            message,
            api_access_off: permissions.is_some_and(|permissions| {
                permissions.to_string().contains("Crm_Implied_Api_Access")
            }),
        })
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

/// All objects in a value, the outer ones first.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut queue = VecDeque::from([value]);
    while let Some(next) = queue.pop_front()
        && found.len() < MOST_OBJECTS
    {
        match next {
            Value::Object(object) => {
                found.push(object);
                queue.extend(object.values());
            }
            Value::Array(list) => queue.extend(list),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(json: &str) -> Result<Listing, Problem> {
        parse_listing(json.as_bytes()).unwrap()
    }

    #[test]
    fn missing_and_null_lists_are_empty() {
        assert!(listing(r#"{"urls":{}}"#).unwrap().links.is_empty());
        let nulls =
            r#"{"urls":{"data_links":null,"attachment_links":null,"expiry_date":null},"new":1}"#;
        assert_eq!(listing(nulls).unwrap().expiry, None);
    }

    #[test]
    fn data_links_come_first() {
        let listing = listing(r#"{"urls":{"attachment_links":["a"],"data_links":["d"],"expiry_date":"2026-03-09T04:12:40+01:00"}}"#).unwrap();
        assert_eq!(listing.links[0].text, "d");
        assert_eq!(listing.links[1].kind, FileKind::Attachments);
        assert_eq!(listing.expiry.unwrap().text, "2026-03-09T04:12:40+01:00");
    }

    #[test]
    fn an_expiry_that_is_no_date_is_not_taken_for_none() {
        assert!(listing(r#"{"urls":{"expiry_date":12}}"#).is_err());
        assert!(listing(r#"{"urls":{"expiry_date":""}}"#).is_err());
    }

    #[test]
    fn every_error_shape_is_read() {
        let code = |json: &str| ErrorBody::parse(json.as_bytes()).unwrap().code;
        assert_eq!(
            code(r#"{"code":"A","details":{},"message":"m","status":"error"}"#).as_deref(),
            Some("A")
        );
        assert_eq!(
            code(r#"{"backup":{"code":"B","status":"error"}}"#).as_deref(),
            Some("B")
        );
        assert_eq!(code(r#"{"backup":[{"code":"C"}]}"#).as_deref(), Some("C"));
        assert_eq!(
            code(r#"{"ERROR_CODE":"D","http_status":403}"#).as_deref(),
            Some("D")
        );
        assert_eq!(
            code(r#"{"x-error":"E","info":"Forbidden"}"#).as_deref(),
            Some("E")
        );
        for (json, said) in [
            (r#"{"data":{"errorCode":"F"}}"#, "F"),
            (r#"{"errors":[{"id":"R008","title":"gone"}]}"#, "R008"),
            (r#"[2,{"errorCode":"G"}]"#, "G"),
            (r#"{"cause":"H"}"#, "H"),
        ] {
            assert_eq!(code(json).as_deref(), Some(said), "{json}");
        }
        let titled = ErrorBody::parse(br#"{"error":{"title":"t"}}"#).unwrap();
        assert_eq!((titled.code, titled.message.as_deref()), (None, Some("t")));
        assert_eq!(ErrorBody::parse(b"<html>"), None);
        assert_eq!(ErrorBody::parse(b"[]"), Some(ErrorBody::default()));
    }
}
