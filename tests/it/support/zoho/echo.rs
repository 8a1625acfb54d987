//! A host that echoes: every header and every field of the form, as a careless error page does.

use serde_json::{Map, Value, json};

use super::http1::{Reply, Request};
use super::rules::Echo;

/// What becomes of `reply`, the one by the rules.
pub fn echo(reply: Reply, request: &Request, status: u16, echo: Echo) -> Reply {
    let sent = sent(request);
    let lines: Vec<String> = sent
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let form = request.text();
    match echo {
        Echo::Json => {
            let message = format!("{form} {}", lines.join(", "));
            let body = json!({ "code": "ECHO", "details": {}, "message": message, "status": "error", "error": message });
            Reply::json(status, body.to_string())
        }
        Echo::Fields => {
            let fields: Map<String, Value> = sent
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect();
            Reply::json(
                status,
                json!({ "request": fields, "form": form }).to_string(),
            )
        }
        Echo::Html => {
            let text = escaped(&format!("{form} {}", lines.join("<br>")));
            Reply::html(
                status,
                format!("<html><head><title>{text}</title></head><body>{text}</body></html>"),
            )
        }
        Echo::Text => Reply::empty(status)
            .with("Content-Type", "text/plain")
            .holding(format!("{form}\n{}", lines.join("\n"))),
        Echo::Reason => Reply::empty(status).because(&format!("{form} {}", lines.join(", "))),
        Echo::Headers => {
            let token = request.token().unwrap_or_default().to_owned();
            let mut reply = reply;
            reply.headers.retain(|(name, _)| name != "ETag");
            reply
                .with("ETag", &format!("\"{token}\""))
                .with("X-Echo", &lines.join(", "))
        }
    }
}

fn sent(request: &Request) -> Vec<(String, String)> {
    let mut sent = request.headers.clone();
    sent.extend(request.form());
    sent
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
