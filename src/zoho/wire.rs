//! JSON as Zoho spells it. Never leaves this folder.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::{Expiry, FileKind, ListedLink, Listing};
use crate::problem::Problem;

/// Reply to `GET /backup/urls` (`zoho-api.md` section 1.1). Missing and null lists count as empty.
#[derive(Debug, Deserialize)]
pub(super) struct UrlsReply {
    urls: Urls,
}

#[derive(Debug, Deserialize)]
struct Urls {
    #[serde(default)]
    data_links: Option<Vec<String>>,
    #[serde(default)]
    attachment_links: Option<Vec<String>>,
    /// A date as text; anything else is not a date.
    #[serde(default)]
    expiry_date: Option<Value>,
}

impl UrlsReply {
    /// Nothing when the text is not such a reply. An array would pass for an object that lacks every key.
    pub(super) fn parse(body: &[u8]) -> Option<UrlsReply> {
        let value: Value = serde_json::from_slice(body).ok()?;
        value.get("urls").filter(|urls| urls.is_object())?;
        serde_json::from_value(value).ok()
    }

    pub(super) fn into_listing(self) -> Result<Listing, Problem> {
        let expiry = self.urls.expiry_date.map(|date| match date {
            Value::String(text) => Expiry::parse(&text),
            other => Expiry::parse(&other.to_string()),
        });
        let expiry = expiry.transpose()?;
        let links = |kind, list: Option<Vec<String>>| {
            list.unwrap_or_default()
                .into_iter()
                .map(move |text| ListedLink { kind, text })
        };
        let links = links(FileKind::Data, self.urls.data_links)
            .chain(links(FileKind::Attachments, self.urls.attachment_links))
            .collect();
        Ok(Listing { links, expiry })
    }
}

/// Whether a body says that a request was taken (`zoho-api.md` section 1.4).
pub(super) fn is_success(body: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return false;
    };
    let inner = match &value["backup"] {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        Value::Null => &value,
        inner => inner,
    };
    inner["status"] == "success" || inner["code"] == "SUCCESS"
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
        serde_json::from_str::<UrlsReply>(json)
            .unwrap()
            .into_listing()
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
