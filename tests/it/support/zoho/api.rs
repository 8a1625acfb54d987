//! The API host: tells the links of the latest backup (`zoho-api.md` sections 1.1, 1.6 and 3.6).

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::http1::{Reply, Request};
use super::state::State;

const VERSIONS: [&str; 7] = ["v2", "v3", "v4", "v5", "v6", "v7", "v8"];
const SCOPES: [&str; 2] = ["ZohoCRM.bulk.backup.READ", "ZohoCRM.bulk.backup.ALL"];

pub fn answer(state: &State, request: &Request) -> Reply {
    if let Some((status, code, message, details)) = refusal(state, request) {
        let body =
            json!({ "code": code, "details": details, "message": message, "status": "error" });
        return Reply::json(status, body.to_string());
    }
    match &state.rules.urls_reply {
        Some((status, content_type, body)) => Reply::empty(*status)
            .with("Content-Type", content_type)
            .holding(body.clone()),
        None => links(state),
    }
}

/// Status, code, message and details.
type Refusal = (u16, &'static str, &'static str, Value);

fn refusal(state: &State, request: &Request) -> Option<Refusal> {
    let none = json!({});
    let is_known = VERSIONS
        .iter()
        .any(|version| request.path() == format!("/crm/bulk/{version}/backup/urls"));
    if !is_known {
        let message = "Please check if the URL trying to access is a correct one";
        return Some((404, "INVALID_URL_PATTERN", message, none));
    }
    if request.method != "GET" {
        let message = "The http request method type is not a valid one";
        return Some((400, "INVALID_REQUEST_METHOD", message, none));
    }
    let Some(text) = request.token() else {
        return Some((401, "AUTHENTICATION_FAILURE", "Authentication failed", none));
    };
    let Some(token) = state.tokens.find(text, state.now()) else {
        return Some((401, "INVALID_TOKEN", "invalid oauth token", none));
    };
    if !SCOPES
        .iter()
        .any(|scope| token.scopes.iter().any(|its| its == scope))
    {
        let message = "invalid oauth scope to access this URL";
        return Some((401, "OAUTH_SCOPE_MISMATCH", message, none));
    }
    if !state.rules.api_access {
        let details = json!({ "permissions": ["Crm_Implied_Api_Access"] });
        return Some((403, "NO_PERMISSION", "permission denied", details));
    }
    (!state.rules.administrator).then_some((403, "NO_PERMISSION", "permission denied", none))
}

fn links(state: &State) -> Reply {
    let rules = &state.rules;
    let is_gone = state.now() >= rules.expiry && !rules.lists_expired;
    if is_gone || (state.files.is_empty() && rules.more_links.is_empty()) {
        return Reply::empty(204);
    }
    let all = state
        .files
        .iter()
        .map(|file| format!("{}{}{}", state.urls.downloads, rules.folder(), file.name))
        .chain(rules.more_links.iter().cloned());
    let (attachments, data): (Vec<String>, Vec<String>) = all.partition(|link| {
        link.rsplit('/')
            .next()
            .is_some_and(|name| name.contains("Attachments"))
    });
    let expiry = rules.expiry.to_rfc3339_opts(SecondsFormat::Secs, false);
    let body = json!({ "urls": { "data_links": data, "attachment_links": attachments, "expiry_date": expiry } });
    Reply::json(200, body.to_string())
}
