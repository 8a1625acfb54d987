//! The API host: the links of the latest backup, and the calls about its life (`zoho-api.md` sections 1 and 3.6).

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use super::backup_job;
use super::http1::{Reply, Request};
use super::state::State;

const VERSIONS: [&str; 7] = ["v2", "v3", "v4", "v5", "v6", "v7", "v8"];

/// The calls there are.
enum Call<'a> {
    Urls,
    Current,
    Schedule,
    History,
    Cancel(&'a str),
}

impl Call<'_> {
    /// The scope for this call alone, behind `ZohoCRM.bulk.backup.`.
    fn scope(&self) -> &'static str {
        match self {
            Call::Urls | Call::Current | Call::History => "READ",
            Call::Schedule => "CREATE",
            Call::Cancel(_) => "UPDATE",
        }
    }
}

pub fn answer(state: &mut State, request: &Request) -> Reply {
    let call = match call(request) {
        Ok(call) => call,
        Err((status, code, message)) => return bare(status, code, &json!({}), message),
    };
    if let Some(refusal) = refusal(state, request, call.scope()) {
        return refusal;
    }
    match call {
        Call::Urls => match &state.rules.urls_reply {
            Some((status, content_type, body)) => Reply::empty(*status)
                .with("Content-Type", content_type)
                .holding(body.clone()),
            None => links(state),
        },
        Call::Current => backup_job::current(state),
        Call::Schedule => backup_job::schedule(state, request),
        Call::History => backup_job::history(state, request),
        Call::Cancel(id) => backup_job::cancel(state, id),
    }
}

/// Which call it is; else status, code and message.
fn call(request: &Request) -> Result<Call<'_>, (u16, &'static str, &'static str)> {
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    let known = match segments[..] {
        ["crm", "bulk", version, ref rest @ ..] if VERSIONS.contains(&version) => rest,
        _ => &[],
    };
    let is = |method: &str| request.method == method;
    match *known {
        ["backup", "urls"] if is("GET") => Ok(Call::Urls),
        ["backup"] if is("GET") => Ok(Call::Current),
        ["backup"] if is("POST") => Ok(Call::Schedule),
        ["backup", "history"] if is("GET") => Ok(Call::History),
        ["backup", id, "actions", "cancel"] if is("PUT") => Ok(Call::Cancel(id)),
        ["backup"] | ["backup", "urls" | "history"] | ["backup", _, "actions", "cancel"] => {
            let message = "The http request method type is not a valid one";
            Err((400, "INVALID_REQUEST_METHOD", message))
        }
        _ => {
            let message = "Please check if the URL trying to access is a correct one";
            Err((404, "INVALID_URL_PATTERN", message))
        }
    }
}

fn refusal(state: &State, request: &Request, scope: &str) -> Option<Reply> {
    let none = json!({});
    let Some(text) = request.token() else {
        let message = "Authentication failed";
        return Some(bare(401, "AUTHENTICATION_FAILURE", &none, message));
    };
    let Some(token) = state.tokens.find(text, state.now()) else {
        return Some(bare(401, "INVALID_TOKEN", &none, "invalid oauth token"));
    };
    let opens = |its: &String| {
        its.strip_prefix("ZohoCRM.bulk.backup.")
            .is_some_and(|operation| operation == scope || operation == "ALL")
    };
    if !token.scopes.iter().any(opens) {
        let message = "invalid oauth scope to access this URL";
        return Some(bare(401, "OAUTH_SCOPE_MISMATCH", &none, message));
    }
    if !state.rules.api_access {
        let details = json!({ "permissions": ["Crm_Implied_Api_Access"] });
        return Some(bare(403, "NO_PERMISSION", &details, "permission denied"));
    }
    (!state.rules.administrator).then(|| bare(403, "NO_PERMISSION", &none, "permission denied"))
}

/// An error in the shape that most have.
pub fn bare(status: u16, code: &str, details: &Value, message: &str) -> Reply {
    let body = json!({ "code": code, "details": details, "message": message, "status": "error" });
    Reply::json(status, body.to_string())
}

/// An error in the shape of the calls about the backup's life.
pub fn wrapped(code: &str, details: &Value, message: &str) -> Reply {
    let body = json!({ "code": code, "details": details, "message": message, "status": "error" });
    Reply::json(400, json!({ "backup": body }).to_string())
}

fn links(state: &State) -> Reply {
    let rules = &state.rules;
    let is_gone = state.now() >= rules.expiry && !rules.lists_expired;
    let is_hidden = !rules.has_backup || (state.jobs.is_running() && !rules.lists_former);
    if is_gone || is_hidden || (state.files.is_empty() && rules.more_links.is_empty()) {
        return Reply::empty(204);
    }
    let signature = if rules.signs_links {
        format!("?signature={}", Utc::now().timestamp_micros())
    } else {
        String::new()
    };
    let folder = format!("{}{}", state.urls.downloads, rules.folder());
    let all = state
        .files
        .iter()
        .map(|file| format!("{folder}{}{signature}", file.name))
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
