//! What a store answers when it does not do what it is asked.

use std::fmt;

use chrono::{DateTime, Utc};
use object_store::HeaderMap;
use object_store::client::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::store::object::url::Scheme;
use crate::untrusted::printable;

/// An answer that is no success, as far as it helps to understand why. Its texts are safe for a terminal.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The store's own word for it, such as `AccessDenied`.
    pub(super) code: String,
    pub(super) message: String,
    /// Where the bucket is, if that is told.
    pub(super) region: Option<String>,
    /// The store's clock.
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) action: Action,
}

/// What was asked for, as far as a permission is needed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    List,
    Read,
    Write,
    Copy,
    Delete,
    /// Of an upload.
    Abort,
    /// Something about the bucket itself, by this name of S3's permissions.
    Bucket(&'static str),
    Other,
}

impl Action {
    pub(super) fn of(request: &HttpRequest) -> Action {
        let query = request.uri().query().unwrap_or_default();
        let names = || {
            query
                .split('&')
                .map(|pair| pair.split('=').next().unwrap_or_default())
        };
        let has = |name: &str| names().any(|its| its == name);
        let of_bucket = [
            ("versioning", "s3:GetBucketVersioning"),
            ("object-lock", "s3:GetBucketObjectLockConfiguration"),
            ("lifecycle", "s3:GetLifecycleConfiguration"),
            ("encryption", "s3:GetEncryptionConfiguration"),
            ("uploads", "s3:ListBucketMultipartUploads"),
        ];
        match request.method().as_str() {
            "GET" if has("list-type") || has("restype") => Action::List,
            "GET" => match of_bucket.iter().find(|(name, _)| has(name)) {
                Some((_, permission)) => Action::Bucket(permission),
                None => Action::Read,
            },
            "HEAD" => Action::Read,
            "PUT"
                if request
                    .headers()
                    .keys()
                    .any(|name| name.as_str().contains("-copy-source")) =>
            {
                Action::Copy
            }
            "PUT" => Action::Write,
            "POST" if has("delete") || has("comp") => Action::Delete,
            "POST" if has("uploads") || has("uploadId") => Action::Write,
            "DELETE" if has("uploadId") => Action::Abort,
            "DELETE" => Action::Delete,
            _ => Action::Other,
        }
    }

    /// The permission that it takes, in the words of the cloud.
    pub(super) fn permission(self, scheme: Scheme) -> Option<&'static str> {
        let names = match self {
            Action::List => ["s3:ListBucket", "storage.objects.list", "to list blobs"],
            Action::Read => ["s3:GetObject", "storage.objects.get", "to read blobs"],
            Action::Write => [
                "s3:PutObject",
                "storage.objects.create",
                "to create and write blobs",
            ],
            Action::Copy => [
                "s3:GetObject and s3:PutObject",
                "storage.objects.get and storage.objects.create",
                "to read and write blobs",
            ],
            Action::Delete => [
                "s3:DeleteObject",
                "storage.objects.delete",
                "to delete blobs",
            ],
            Action::Abort => [
                "s3:AbortMultipartUpload",
                "storage.multipartUploads.abort",
                "to delete blobs",
            ],
            Action::Bucket(permission) => return Some(permission).filter(|_| scheme == Scheme::S3),
            Action::Other => return None,
        };
        Some(match scheme {
            Scheme::S3 => names[0],
            Scheme::Gs => names[1],
            Scheme::Az => names[2],
        })
    }
}

impl Refusal {
    pub(super) fn new(status: u16, headers: &HeaderMap, body: &str, action: Action) -> Refusal {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (code, message) = said(body);
        let code = code.or_else(|| header("x-ms-error-code").map(str::to_owned));
        let region = element(body, "Region").filter(|region| !region.is_empty());
        let region = header("x-amz-bucket-region").map(str::to_owned).or(region);
        Refusal {
            status,
            code: printable(&code.unwrap_or_default()),
            message: printable(&message.unwrap_or_default()),
            region: region.map(|region| printable(&region)),
            date: date(headers),
            action,
        }
    }

    /// Of our own, of a write that the store has done with other bytes than were sent.
    pub(super) fn of_what_arrived(answer: &HttpResponse, action: Action) -> Refusal {
        let (status, code) = (answer.status().as_u16(), "BadDigest");
        Refusal {
            code: code.to_owned(),
            ..Refusal::new(status, answer.headers(), "", action)
        }
    }

    /// One that the library passed on as a text: part of an answer that was a success as a whole.
    pub(super) fn in_text(text: &str) -> Option<Refusal> {
        let of_delete = || Some(text.rsplit_once("(code: ")?.1.split_once(')')?.0.to_owned());
        let code = element(text, "Code").or_else(of_delete)?;
        let message = element(text, "Message").unwrap_or_default();
        Some(Refusal {
            status: 200,
            code: printable(&code),
            message: printable(&message),
            region: None,
            date: None,
            action: Action::Other,
        })
    }

    /// Whether another attempt may fare better.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502..=599)
            || ["RequestTimeout", "SlowDown", "ServerBusy", "InternalError"]
                .contains(&self.code.as_str())
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HTTP {}", self.status)?;
        for text in [&self.code, &self.message]
            .into_iter()
            .filter(|text| !text.is_empty())
        {
            write!(formatter, ", {text}")?;
        }
        Ok(())
    }
}

/// The clock of whoever answers.
pub(super) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let date = headers.get("date")?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(DateTime::from)
}

/// Code and message: XML of the stores, JSON of Google and of who hands out tokens.
fn said(body: &str) -> (Option<String>, Option<String>) {
    if let Ok(json) = serde_json::from_str::<Value>(body) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let error = &json["error"];
        return match error {
            Value::String(code) => (Some(code.clone()), text(&json["error_description"])),
            error => (
                text(&error["errors"][0]["reason"])
                    .or_else(|| text(&error["status"]))
                    .or_else(|| text(&error["code"])),
                text(&error["message"]),
            ),
        };
    }
    let message = element(body, "Message").or_else(|| {
        let is_xml = body.trim_start().starts_with("<?xml") || body.contains("<Code>");
        (!is_xml && !body.trim().is_empty()).then(|| crate::untrusted::headline(body))
    });
    (element(body, "Code"), message)
}

/// The text of an element without others in it. An error is too small, and too often broken, for a parser.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    });
    Some(text)
}

#[cfg(test)]
mod tests {
    use object_store::client::HttpRequestBody;

    use super::*;

    fn permission(method: &str, target: &str) -> Option<&'static str> {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = format!("https://s3.example/b{target}").parse().unwrap();
        Action::of(&request).permission(Scheme::S3)
    }

    #[test]
    fn what_is_asked_for_is_told_by_the_permission_that_it_takes() {
        for (method, target, name) in [
            ("GET", "?list-type=2&prefix=x", "s3:ListBucket"),
            ("GET", "/key", "s3:GetObject"),
            ("HEAD", "/key", "s3:GetObject"),
            ("PUT", "/key", "s3:PutObject"),
            ("POST", "/key?uploads=", "s3:PutObject"),
            ("PUT", "/key?partNumber=1&uploadId=x", "s3:PutObject"),
            ("POST", "/key?uploadId=x", "s3:PutObject"),
            ("DELETE", "/key?uploadId=x", "s3:AbortMultipartUpload"),
            ("DELETE", "/key", "s3:DeleteObject"),
            ("POST", "?delete", "s3:DeleteObject"),
            ("GET", "?versioning", "s3:GetBucketVersioning"),
        ] {
            assert_eq!(permission(method, target), Some(name), "{method} {target}");
        }
    }

    fn refusal(body: &str) -> Refusal {
        Refusal::new(403, &HeaderMap::new(), body, Action::Read)
    }

    #[test]
    fn every_cloud_is_understood() {
        for (body, code, message) in [
            (
                "<Error><Code>A</Code><Message>b &amp; c</Message></Error>",
                "A",
                "b & c",
            ),
            (
                r#"{"error":{"code":403,"message":"b","status":"PERMISSION_DENIED"}}"#,
                "PERMISSION_DENIED",
                "b",
            ),
            (
                r#"{"error":{"code":403,"message":"b","errors":[{"reason":"forbidden"}]}}"#,
                "forbidden",
                "b",
            ),
            (
                r#"{"error":"invalid_grant","error_description":"b"}"#,
                "invalid_grant",
                "b",
            ),
            ("<html><title>Not here</title></html>", "", "Not here"),
            ("", "", ""),
            ("<Error><Code>A</Code>", "A", ""),
        ] {
            let refusal = refusal(body);
            assert_eq!(
                (&*refusal.code, &*refusal.message),
                (code, message),
                "{body}"
            );
        }
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-ms-error-code",
            object_store::HeaderValue::from_static("BlobNotFound"),
        );
        assert_eq!(
            Refusal::new(404, &headers, "", Action::Read).code,
            "BlobNotFound"
        );
    }

    #[test]
    fn a_part_of_a_success_is_found_in_what_the_library_says() {
        let text = "DeleteObjects request failed for key k: no (code: AccessDenied)";
        assert_eq!(Refusal::in_text(text).unwrap().code, "AccessDenied");
        assert!(Refusal::in_text("something else").is_none());
    }
}
