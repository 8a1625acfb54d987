//! The accounts server: consent in a browser, tokens for a code or a refresh token, revoking (`zoho-api.md` sections 3.1
//! to 3.5).

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use super::http1::{Reply, Request};
use super::rules::LifeForm;
use super::state::State;
use super::tokens::Code;

/// Codes that come through a browser live for less than those of the console.
const BROWSER_CODE_LIFE: TimeDelta = TimeDelta::minutes(2);

pub fn answer(state: &mut State, request: &Request) -> Reply {
    match (request.path(), request.method.as_str()) {
        ("/oauth/v2/token", "POST") => token(state, &Fields::of(request)),
        ("/oauth/v2/token/revoke", "POST") => revoke(state, &Fields::of(request)),
        ("/oauth/v2/auth", "GET") => consent(state, &Fields::of(request)),
        ("/oauth/v2/token" | "/oauth/v2/token/revoke" | "/oauth/v2/auth", _) => invalid_request(),
        _ => Reply::html(404, "<html><body>Not found</body></html>"),
    }
}

/// Parameters, from the query or from the body.
struct Fields(HashMap<String, String>);

impl Fields {
    fn of(request: &Request) -> Fields {
        let mut fields = request.query_fields();
        fields.extend(request.form());
        Fields(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn token(state: &mut State, fields: &Fields) -> Reply {
    let Some(grant_type) = fields.get("grant_type") else {
        return invalid_request();
    };
    let rules = &state.rules;
    let is_known = matches!(grant_type, "refresh_token" | "authorization_code");
    if !is_known || fields.get("client_id") != Some(&rules.client_id) {
        return error(200, &json!({ "error": "invalid_client" }));
    }
    if fields.get("client_secret") != Some(&rules.client_secret) {
        return error(200, &json!({ "error": "invalid_client_secret" }));
    }
    if grant_type == "refresh_token" {
        refresh(state, fields)
    } else {
        exchange(state, fields)
    }
}

fn refresh(state: &mut State, fields: &Fields) -> Reply {
    let now = state.now();
    let refresh = fields.get("refresh_token").unwrap_or_default();
    let is_first = refresh == state.rules.refresh_token && !state.tokens.is_revoked(refresh);
    let scopes = match state.tokens.scopes_of(refresh) {
        Some(scopes) => scopes,
        None if is_first => state.rules.scopes.clone(),
        None => return error(200, &json!({ "error": "invalid_code" })),
    };
    if state.tokens.is_one_too_many(refresh, now) {
        return error(
            400,
            &json!({
                "error_description": "You have made too many requests continuously. Please try again after some time.",
                "error": "Access Denied",
                "status": "failure",
            }),
        );
    }
    let body = token_reply(state, refresh, &scopes, now);
    Reply::json(200, body.to_string())
}

fn exchange(state: &mut State, fields: &Fields) -> Reply {
    let now = state.now();
    let text = fields.get("code").unwrap_or_default();
    let Some(code) = state.tokens.spend(text, now) else {
        return error(200, &json!({ "error": "invalid_code" }));
    };
    let names_it = code.redirect_uri.as_deref() == fields.get("redirect_uri");
    if code.redirect_uri.is_some() && !names_it {
        return error(200, &json!({ "error": "invalid_redirect_uri" }));
    }
    let refresh = code
        .offline
        .then(|| state.tokens.give_refresh(&code.scopes));
    let parent = refresh.clone().unwrap_or_default();
    let mut body = token_reply(state, &parent, &code.scopes, now);
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    Reply::json(200, body.to_string())
}

fn token_reply(state: &mut State, refresh: &str, scopes: &str, now: DateTime<Utc>) -> Value {
    let life = state.rules.token_life;
    let token = state.tokens.give(refresh, scopes, life, now);
    let mut body = json!({
        "access_token": token,
        "scope": scopes.replace(',', " "),
        "api_domain": state.urls.api,
        "token_type": "Bearer",
    });
    let seconds = life.as_secs();
    match state.rules.life_form {
        LifeForm::Seconds => body["expires_in"] = seconds.into(),
        LifeForm::Milliseconds => {
            body["expires_in"] = (seconds * 1000).into();
            body["expires_in_sec"] = seconds.into();
        }
        LifeForm::Untold => {}
    }
    body
}

fn revoke(state: &mut State, fields: &Fields) -> Reply {
    let first = state.rules.refresh_token.clone();
    let text = fields.get("token").unwrap_or_default();
    if state.tokens.end(text, &first) {
        Reply::json(200, r#"{"status":"success"}"#)
    } else {
        invalid_request()
    }
}

/// The page where a user agrees; this one agrees, or refuses, by itself.
fn consent(state: &mut State, fields: &Fields) -> Reply {
    let rules = &state.rules;
    let is_ours = fields.get("client_id") == Some(&rules.client_id);
    let uri = fields.get("redirect_uri").filter(|uri| {
        rules
            .redirect_uri
            .as_deref()
            .is_none_or(|ours| ours == *uri)
    });
    let uri = uri.and_then(|text| Some((text.to_owned(), Url::parse(text).ok()?)));
    let (Some((text, mut back)), Some(scopes)) = (uri, fields.get("scope")) else {
        return Reply::html(400, "<html><body>Invalid Redirect Uri</body></html>");
    };
    if !is_ours || fields.get("response_type") != Some("code") {
        return Reply::html(400, "<html><body>Invalid Client</body></html>");
    }
    let echoed = rules.callback_state.as_deref().or(fields.get("state"));
    if let Some(echoed) = echoed {
        back.query_pairs_mut().append_pair("state", echoed);
    }
    if !rules.consents {
        back.query_pairs_mut().append_pair("error", "access_denied");
        return Reply::empty(302).with("Location", back.as_str());
    }
    let server = rules
        .callback_server
        .clone()
        .unwrap_or_else(|| state.urls.accounts.clone());
    let is_first = !state.tokens.consented;
    state.tokens.consented = true;
    let code = Code {
        scopes: scopes.to_owned(),
        dies: state.now() + BROWSER_CODE_LIFE,
        redirect_uri: Some(text),
        offline: fields.get("access_type") == Some("offline")
            && (is_first || fields.get("prompt") == Some("consent")),
    };
    let code = state.tokens.give_code(code);
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("location", &state.rules.location)
        .append_pair("accounts-server", &server);
    Reply::empty(302).with("Location", back.as_str())
}

fn invalid_request() -> Reply {
    Reply::html(400, "<html><body>Invalid request</body></html>")
}

fn error(status: u16, body: &Value) -> Reply {
    let mut reply = Reply::json(status, body.to_string());
    // Faults are for successes, and the status says nothing here.
    reply.refusal = true;
    reply
}
