//! Codes, consent, revoking.

use std::collections::HashMap;
use std::time::Duration;

use url::Url;
use url::form_urlencoded::Serializer;

use super::*;

const SCOPES: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";
const BACK: &str = "http://127.0.0.1:9/back";

fn post(zoho: &Zoho, path: &str, fields: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", zoho.urls().accounts);
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    send(zoho, "POST", &url, &[], &body)
}

fn exchange(zoho: &Zoho, code: &str, more: &[(&str, &str)]) -> Value {
    let rules = zoho.rules();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &rules.client_id),
        ("client_secret", &rules.client_secret),
        ("code", code),
    ];
    // Of two with one name the last one counts.
    json(&post(
        zoho,
        "/oauth/v2/token",
        &[&fields[..], more].concat(),
    ))
}

fn renew(zoho: &Zoho, refresh: &str) -> Value {
    let more = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    exchange(zoho, "", &more)
}

/// What the browser brings back.
fn consent(zoho: &Zoho, more: &[(&str, &str)]) -> HashMap<String, String> {
    let fields = [
        ("response_type", "code"),
        ("client_id", &zoho.rules().client_id),
        ("scope", SCOPES),
        ("redirect_uri", BACK),
        ("access_type", "offline"),
        ("state", "s3cret&"),
    ];
    let query = Serializer::new(String::new())
        .extend_pairs(fields)
        .extend_pairs(more)
        .finish();
    let answer = get(
        zoho,
        &format!("{}/oauth/v2/auth?{query}", zoho.urls().accounts),
        &[],
    );
    assert_eq!(answer.status, 302, "{answer:?}");
    let location = answer.header("location").expect("a place to go");
    assert!(location.starts_with(BACK), "{location}");
    Url::parse(location)
        .expect("an URL")
        .query_pairs()
        .into_owned()
        .collect()
}

#[test]
fn a_code_gives_tokens_of_its_scopes_once() {
    let zoho = zoho();
    let code = zoho.grant_code(SCOPES);
    let tokens = exchange(&zoho, &code, &[]);
    assert_eq!(tokens["scope"], SCOPES.replace(',', " "));
    assert_eq!(
        (&tokens["expires_in"], &tokens["api_domain"]),
        (&3600.into(), &zoho.urls().api.as_str().into())
    );
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(urls(&zoho, token).status, 200);
    let again = renew(&zoho, tokens["refresh_token"].as_str().unwrap());
    assert_eq!(again["scope"], tokens["scope"]);
    assert!(again.get("refresh_token").is_none());
    assert_eq!(exchange(&zoho, &code, &[])["error"], "invalid_code");
}

#[test]
fn a_code_expires_after_its_minutes() {
    let zoho = zoho();
    let code = zoho.grant_code(SCOPES);
    zoho.advance(Duration::from_mins(3));
    assert_eq!(exchange(&zoho, &code, &[])["error"], "invalid_code");
}

#[test]
fn wrong_credentials_do_not_spend_the_code() {
    let zoho = zoho();
    let code = zoho.grant_code(SCOPES);
    let wrong = |name: &str| exchange(&zoho, &code, &[(name, "other")])["error"].clone();
    assert_eq!(wrong("client_id"), "invalid_client");
    assert_eq!(wrong("client_secret"), "invalid_client_secret");
    assert_eq!(wrong("grant_type"), "invalid_client");
    assert!(exchange(&zoho, &code, &[])["access_token"].is_string());
}

#[test]
fn the_browser_comes_back_with_a_code_bound_to_the_address() {
    let zoho = zoho();
    let back = consent(&zoho, &[]);
    assert_eq!((&*back["state"], &*back["location"]), ("s3cret&", "us"));
    assert_eq!(back["accounts-server"], zoho.urls().accounts);
    let wrong = exchange(
        &zoho,
        &back["code"],
        &[("redirect_uri", "http://localhost:9/back")],
    );
    assert_eq!(wrong["error"], "invalid_redirect_uri");
    let back = consent(&zoho, &[("prompt", "consent")]);
    let tokens = exchange(&zoho, &back["code"], &[("redirect_uri", BACK)]);
    assert!(tokens["refresh_token"].is_string());
    let back = consent(&zoho, &[]);
    let tokens = exchange(&zoho, &back["code"], &[("redirect_uri", BACK)]);
    assert!(tokens["access_token"].is_string() && tokens.get("refresh_token").is_none());
}

#[test]
fn the_callback_can_bring_a_refusal_or_lies() {
    let zoho = zoho().with(|rules| {
        rules.callback_state = Some("other".into());
        rules.callback_server = Some("https://accounts.example".into());
    });
    let back = consent(&zoho, &[]);
    assert_eq!(back["state"], "other");
    assert_eq!(back["accounts-server"], "https://accounts.example");
    zoho.set(|rules| rules.consents = false);
    let back = consent(&zoho, &[]);
    assert_eq!((&*back["error"], back.get("code")), ("access_denied", None));
}

#[test]
fn a_revoked_refresh_token_takes_its_access_tokens_along() {
    let zoho = zoho();
    let token = zoho.access_token();
    let refresh = zoho.rules().refresh_token;
    let other = exchange(&zoho, &zoho.grant_code(SCOPES), &[]);
    let revoke = || post(&zoho, "/oauth/v2/token/revoke", &[("token", &refresh)]);
    assert_eq!(json(&revoke())["status"], "success");
    assert_eq!(urls(&zoho, &token).status, 401);
    assert_eq!(renew(&zoho, &refresh)["error"], "invalid_code");
    assert!(zoho.is_revoked(&refresh));
    assert_eq!(
        urls(&zoho, other["access_token"].as_str().unwrap()).status,
        200
    );
    assert_eq!(revoke().status, 400);
}
