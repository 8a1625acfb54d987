//! The download host: sends the zips (`zoho-api.md` sections 2.1 and 2.2), with the errors that Zoho's SDK can read there.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::api::bare;
use super::http1::{Reply, Request};
use super::rules::{Ranges, Validators};
use super::state::{State, StoredFile};

/// 1 November 2026: versions of a file count up from here by the hour.
const FIRST_VERSION: u64 = 1_793_491_200;

pub fn answer(state: &State, request: &Request, ranges: Ranges) -> Reply {
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    let ["v2", "crm", org, "backup", job, name] = segments[..] else {
        return refused(401, "URL_RULE_NOT_CONFIGURED", "URL rule is not configured");
    };
    if request.method != "GET" {
        return Reply::empty(405);
    }
    let now = state.now();
    let Some(token) = request
        .token()
        .and_then(|text| state.tokens.find(text, now))
    else {
        return refused(401, "INVALID_OAUTHTOKEN", "Invalid OAuth token.");
    };
    if !token
        .scopes
        .iter()
        .any(|scope| scope == "ZohoFiles.files.ALL")
    {
        return refused(401, "INVALID_OAUTHSCOPE", "Invalid OAuth scope.");
    }
    if !state.rules.administrator {
        return refused(403, "FORBIDDEN", "Access denied");
    }
    // The one shape that is the file service's own: Zoho describes it for downloads of the same kind.
    let is_dead = now >= state.rules.expiry || !state.rules.has_backup;
    if is_dead || org != state.rules.org || job != state.rules.job {
        let body = json!({ "x-error": "FORBIDDEN", "info": "Forbidden", "x-info": "Link not valid", "http_status": "403" });
        return Reply::json(403, body.to_string());
    }
    if let Some(file) = state.files.iter().find(|file| file.name == name) {
        return send(state, file, request, ranges);
    }
    // Zoho's own description gives one reply for the download, with status 200: the file or such an object.
    let mut reply = refused(200, "RESOURCE_NOT_FOUND", "the file is not found");
    reply.refusal = true;
    reply
}

/// The file itself, or the stretch of it that was asked for; the foreign hosts send in the same way.
pub fn send(state: &State, file: &StoredFile, request: &Request, ranges: Ranges) -> Reply {
    let len = file.content.len();
    match (ranges, request.header("range")) {
        (Ranges::Refused(status), Some(_)) => return Reply::empty(status),
        (Ranges::Required, None) => return Reply::empty(400),
        _ => {}
    }
    let mut whole = Reply::empty(200)
        .with("Content-Type", "application/octet-stream")
        .sending(&file.content, 0, len);
    whole.framing = state.rules.framing;
    whole.bandwidth = state.rules.bandwidth;
    if state.rules.names_files {
        whole = whole.with(
            "Content-Disposition",
            &format!("attachment; filename=\"{}\"", file.name),
        );
    }
    let validator = validator(state, file);
    if let Some(value) = validator.value() {
        whole = whole.with(validator.header, value);
    }
    if let Some(date) = &validator.date {
        whole = whole.with("Date", date);
    }
    if !matches!(ranges, Ranges::None | Ranges::Unannounced) {
        whole = whole.with("Accept-Ranges", "bytes");
    }
    let asked = request
        .header("range")
        .filter(|_| ranges != Ranges::None)
        .and_then(|text| single_range(text, len));
    let Some(asked) = asked else { return whole };
    let is_current = match request.header("if-range") {
        Some(_) if ranges == Ranges::WholeUnderIfRange => false,
        Some(value) if ranges != Ranges::IgnoresIfRange => validator.strong() == Some(value),
        _ => true,
    };
    if !is_current {
        return whole;
    }
    let Some((first, last)) = asked else {
        return Reply::empty(416).with("Content-Range", &format!("bytes */{len}"));
    };
    stretch(whole, first, last, ranges)
}

/// Makes the reply with the whole file one with the bytes from `first` to `last`, or with a lie about them.
fn stretch(whole: Reply, first: u64, last: u64, ranges: Ranges) -> Reply {
    let mut total = whole.len;
    let mut first = first;
    match ranges {
        Ranges::WrongStart => first = (first + 1).min(last),
        Ranges::WrongTotal => total += 1,
        _ => {}
    }
    let mut part = whole.with("Content-Range", &format!("bytes {first}-{last}/{total}"));
    part.status = 206;
    if ranges != Ranges::WholeAs206 {
        (part.start, part.len) = (first, last - first + 1);
    }
    part
}

/// What a reply says about the version, and whether `If-Range` may compare it.
struct Validator {
    header: &'static str,
    value: Option<String>,
    is_strong: bool,
    /// The reply's `Date`, where it must not be the clock's.
    date: Option<String>,
}

impl Validator {
    fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    fn strong(&self) -> Option<&str> {
        self.value().filter(|_| self.is_strong)
    }
}

fn validator(state: &State, file: &StoredFile) -> Validator {
    let validators = state.rules.validators;
    let server = state.records.len();
    let tag = format!("\"{:x}-{:x}\"", file.version, file.content.len());
    let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(FIRST_VERSION + 3600 * file.version);
    let modified = httpdate::fmt_http_date(instant);
    let (header, value, is_strong) = match validators {
        Validators::StrongEtag => ("ETag", Some(tag), true),
        Validators::TagOfEachServer => ("ETag", Some(format!("\"{server:x}\"")), true),
        Validators::WeakEtag => ("ETag", Some(format!("W/{tag}")), false),
        Validators::OldDate => ("Last-Modified", Some(modified.clone()), true),
        Validators::FreshDate => ("Last-Modified", Some(modified.clone()), false),
        Validators::None => ("", None, false),
    };
    let date = match validators {
        Validators::OldDate => Some(httpdate::fmt_http_date(instant + Duration::from_hours(1))),
        Validators::FreshDate => Some(modified),
        _ => None,
    };
    Validator {
        header,
        value,
        is_strong,
        date,
    }
}

/// First and last byte of a `Range` header; `Some(None)` when it lies outside, nothing when it is to be ignored (RFC
/// 9110 section 14.2: another unit, more than one range, not well formed).
#[allow(
    clippy::option_option,
    reason = "three answers, and each caller line reads as one of them"
)]
fn single_range(text: &str, len: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let suffix: u64 = last.parse().ok()?;
        return Some((suffix > 0 && len > 0).then(|| (len.saturating_sub(suffix), len - 1)));
    }
    let first: u64 = first.parse().ok()?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        last.parse().ok()?
    };
    if last < first {
        return None;
    }
    Some((first < len).then(|| (first, last.min(len - 1))))
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    bare(status, code, &json!({}), message)
}
