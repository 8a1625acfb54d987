//! The stand-in itself, asked over a bare socket: a test of the program is worth as much as the server it ran against.

mod backups;
mod bodies;
mod content;
mod faults;
mod grants;
mod hosts;
mod life;

use serde_json::Value;

use crate::support::bytes::small_zip;
use crate::support::raw::{Answer, get, send};
use crate::support::zoho::Zoho;

const NAME: &str = "Data_001.zip";

fn zoho() -> Zoho {
    Zoho::start().with_file(NAME, small_zip(1, 100_000))
}

fn urls(zoho: &Zoho, token: &str) -> Answer {
    let url = format!("{}/crm/bulk/v8/backup/urls", zoho.urls().api);
    get(
        zoho,
        &url,
        &[&format!("Authorization: Zoho-oauthtoken {token}")],
    )
}

fn file(zoho: &Zoho, headers: &[&str]) -> Answer {
    let authorization = format!("Authorization: Zoho-oauthtoken {}", zoho.access_token());
    let headers = [headers, &[authorization.as_str()]].concat();
    get(zoho, &zoho.link(NAME), &headers)
}

fn refresh(zoho: &Zoho, secret: &str) -> Answer {
    let rules = zoho.rules();
    let url = format!("{}/oauth/v2/token", zoho.urls().accounts);
    let body = format!(
        "grant_type=refresh_token&client_id={}&client_secret={secret}&refresh_token={}",
        rules.client_id, rules.refresh_token
    );
    send(
        zoho,
        "POST",
        &url,
        &["Content-Type: application/x-www-form-urlencoded"],
        &body,
    )
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}
