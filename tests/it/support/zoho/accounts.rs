//! The accounts server: gives access tokens for a refresh token (`zoho-api.md` sections 3.2 to 3.4).

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::http1::{Reply, Request};
use super::rules::LifeForm;
use super::state::State;

/// Ten requests in ten minutes for one refresh token.
const MOST_REQUESTS: usize = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// More live tokens than this push out the oldest; the smallest of the numbers that Zoho's pages give.
const MOST_LIVE: usize = 10;

/// An access token that was given.
#[derive(Debug, Clone)]
pub struct Token {
    pub text: String,
    pub scopes: Vec<String>,
    pub dies: DateTime<Utc>,
}

/// Tokens that are alive, and when the latest ones were asked for.
#[derive(Debug, Default)]
pub struct Tokens {
    given: usize,
    asked: Vec<DateTime<Utc>>,
    live: Vec<Token>,
}

impl Tokens {
    /// A new token, whatever the throttle says.
    pub fn give(&mut self, scopes: &str, life: Duration, now: DateTime<Utc>) -> String {
        self.given += 1;
        let text = format!(
            "1000.standin{:04}.access{:04}",
            self.given,
            self.given * 7919
        );
        self.live.push(Token {
            text: text.clone(),
            scopes: scopes.split(',').map(str::to_owned).collect(),
            dies: now + TimeDelta::from_std(life).expect("a life that fits"),
        });
        if self.live.len() > MOST_LIVE {
            self.live.remove(0);
        }
        text
    }

    /// The token of that text, if it is alive.
    pub fn find(&self, text: &str, now: DateTime<Utc>) -> Option<&Token> {
        self.live
            .iter()
            .find(|token| token.text == text && now < token.dies)
    }

    /// No token is valid any more.
    pub fn revoke(&mut self) {
        self.live.clear();
    }

    /// Notes a request; whether it was one too many. One that is turned away counts, too: trying on prolongs the block.
    fn is_one_too_many(&mut self, now: DateTime<Utc>) -> bool {
        self.asked.retain(|then| now - *then < WINDOW);
        self.asked.push(now);
        self.asked.len() > MOST_REQUESTS
    }
}

pub fn answer(state: &mut State, request: &Request) -> Reply {
    if request.path() != "/oauth/v2/token" {
        return Reply::html(404, "<html><body>Not found</body></html>");
    }
    let fields: HashMap<String, String> =
        form_urlencoded::parse(request.query().unwrap_or_default().as_bytes())
            .chain(form_urlencoded::parse(&request.body))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
    let field = |name: &str| fields.get(name).map(String::as_str);
    if request.method != "POST" || field("grant_type").is_none() {
        return Reply::html(400, "<html><body>Invalid request</body></html>");
    }
    let rules = &state.rules;
    if field("grant_type") != Some("refresh_token") || field("client_id") != Some(&rules.client_id)
    {
        return error(200, &json!({ "error": "invalid_client" }));
    }
    if field("client_secret") != Some(&rules.client_secret) {
        return error(200, &json!({ "error": "invalid_client_secret" }));
    }
    if field("refresh_token") != Some(&rules.refresh_token) {
        return error(200, &json!({ "error": "invalid_code" }));
    }
    let now = state.now();
    if state.tokens.is_one_too_many(now) {
        return error(
            400,
            &json!({
                "error_description": "You have made too many requests continuously. Please try again after some time.",
                "error": "Access Denied",
                "status": "failure",
            }),
        );
    }
    token_reply(state, now)
}

fn token_reply(state: &mut State, now: DateTime<Utc>) -> Reply {
    let token = state
        .tokens
        .give(&state.rules.scopes, state.rules.token_life, now);
    let mut body = json!({
        "access_token": token,
        "scope": state.rules.scopes.replace(',', " "),
        "api_domain": state.urls.api,
        "token_type": "Bearer",
    });
    let seconds = state.rules.token_life.as_secs();
    match state.rules.life_form {
        LifeForm::Seconds => body["expires_in"] = seconds.into(),
        LifeForm::Milliseconds => {
            body["expires_in"] = (seconds * 1000).into();
            body["expires_in_sec"] = seconds.into();
        }
        LifeForm::Untold => {}
    }
    Reply::json(200, body.to_string())
}

fn error(status: u16, body: &Value) -> Reply {
    let mut reply = Reply::json(status, body.to_string());
    // Faults are for successes, and the status says nothing here.
    reply.refusal = true;
    reply
}
