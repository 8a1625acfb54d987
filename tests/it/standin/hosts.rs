//! Tokens, rights, refusals: what each host says to whom.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::support::faults::Fault;
use crate::support::raw::send;
use crate::support::run::wait_until;
use crate::support::zoho::Role;
use crate::support::zoho::rules::LifeForm;

#[test]
fn a_refresh_gives_a_token_that_opens_the_links_and_the_file() {
    let zoho = zoho();
    let secret = zoho.rules().client_secret;
    let token = json(&refresh(&zoho, &secret));
    assert_eq!(token["expires_in"], 3600);
    let token = token["access_token"].as_str().unwrap();
    let links = json(&urls(&zoho, token));
    let link = links["urls"]["data_links"][0].as_str().unwrap();
    assert_eq!(links["urls"]["attachment_links"], Value::Array(Vec::new()));
    let answer = get(
        &zoho,
        link,
        &[&format!("Authorization: Zoho-oauthtoken {token}")],
    );
    assert_eq!(answer.body, zoho.bytes_of(NAME));
    assert_eq!(zoho.requests().len(), 3);
}

#[test]
fn wrong_credentials_get_their_error_with_status_200() {
    let zoho = zoho();
    let answer = refresh(&zoho, "guess");
    assert_eq!(
        (answer.status, json(&answer)["error"].as_str()),
        (200, Some("invalid_client_secret"))
    );
    zoho.set(|rules| rules.client_id = "1000.OTHER".into());
    let body = "grant_type=refresh_token&client_id=1000.STANDINCLIENT";
    let answer = send(
        &zoho,
        "POST",
        &format!("{}/oauth/v2/token", zoho.urls().accounts),
        &[],
        body,
    );
    assert_eq!(json(&answer)["error"], "invalid_client");
}

#[test]
fn the_eleventh_token_in_ten_minutes_is_denied_until_the_clock_moves() {
    let zoho = zoho();
    let secret = zoho.rules().client_secret;
    for _ in 0..10 {
        assert!(json(&refresh(&zoho, &secret))["access_token"].is_string());
    }
    let denied = refresh(&zoho, &secret);
    assert_eq!(
        (denied.status, json(&denied)["error"].as_str()),
        (400, Some("Access Denied"))
    );
    zoho.advance(Duration::from_secs(601));
    assert!(json(&refresh(&zoho, &secret))["access_token"].is_string());
    assert_eq!(zoho.refreshes(), 12);
}

#[test]
fn the_life_of_a_token_is_told_in_three_forms() {
    let zoho = zoho().with(|rules| rules.life_form = LifeForm::Milliseconds);
    let secret = zoho.rules().client_secret;
    let told = json(&refresh(&zoho, &secret));
    assert_eq!(
        (&told["expires_in"], &told["expires_in_sec"]),
        (&3_600_000.into(), &3600.into())
    );
    zoho.set(|rules| rules.life_form = LifeForm::Untold);
    assert!(json(&refresh(&zoho, &secret)).get("expires_in").is_none());
}

#[test]
fn a_token_expires_after_its_hour_with_the_words_of_each_host() {
    let zoho = zoho();
    let token = zoho.access_token();
    assert_eq!(urls(&zoho, &token).status, 200);
    zoho.advance(Duration::from_hours(1));
    let answer = urls(&zoho, &token);
    assert_eq!(
        (answer.status, json(&answer)["code"].as_str()),
        (401, Some("INVALID_TOKEN"))
    );
    let answer = get(
        &zoho,
        &zoho.link(NAME),
        &[&format!("Authorization: Zoho-oauthtoken {token}")],
    );
    assert_eq!(
        (answer.status, json(&answer)["code"].as_str()),
        (401, Some("INVALID_OAUTHTOKEN"))
    );
}

#[test]
fn the_api_host_refuses_in_the_documented_words() {
    let zoho = zoho();
    let url = format!("{}/crm/bulk/v8/backup/urls", zoho.urls().api);
    let code = |answer: Answer| {
        (
            answer.status,
            json(&answer)["code"].as_str().unwrap().to_owned(),
        )
    };
    let bearer = format!("Authorization: Bearer {}", zoho.access_token());
    assert_eq!(
        code(get(&zoho, &url, &[&bearer])),
        (401, "AUTHENTICATION_FAILURE".into())
    );
    assert_eq!(
        code(send(&zoho, "POST", &url, &[], "")),
        (400, "INVALID_REQUEST_METHOD".into())
    );
    let wrong = url.replace("v8", "v99");
    assert_eq!(
        code(get(&zoho, &wrong, &[])),
        (404, "INVALID_URL_PATTERN".into())
    );
    zoho.set(|rules| rules.scopes = "ZohoFiles.files.ALL".into());
    assert_eq!(
        code(urls(&zoho, &zoho.access_token())),
        (401, "OAUTH_SCOPE_MISMATCH".into())
    );
}

#[test]
fn who_may_not_is_told_why() {
    let zoho = zoho().with(|rules| rules.api_access = false);
    let answer = json(&urls(&zoho, &zoho.access_token()));
    assert_eq!(
        answer["details"]["permissions"][0],
        "Crm_Implied_Api_Access"
    );
    zoho.set(|rules| (rules.api_access, rules.administrator) = (true, false));
    assert_eq!(
        json(&urls(&zoho, &zoho.access_token()))["code"],
        "NO_PERMISSION"
    );
    assert_eq!(json(&file(&zoho, &[]))["code"], "FORBIDDEN");
}

#[test]
fn no_links_and_expired_links_are_both_a_204() {
    let empty = Zoho::start();
    let answer = urls(&empty, &empty.access_token());
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    let zoho = zoho();
    zoho.advance(Duration::from_hours(8 * 24));
    assert_eq!(urls(&zoho, &zoho.access_token()).status, 204);
    assert_eq!(json(&file(&zoho, &[]))["x-info"], "Link not valid");
    let expired = zoho.expired();
    assert_eq!(urls(&expired, &expired.access_token()).status, 200);
}

#[test]
fn the_download_host_refuses_in_its_own_words() {
    let zoho = zoho();
    let answer = send(&zoho, "POST", &zoho.link(NAME), &[], "");
    assert_eq!((answer.status, answer.body.len()), (405, 0));
    let elsewhere = format!("{}/v9/{NAME}", zoho.urls().downloads);
    assert_eq!(
        json(&get(&zoho, &elsewhere, &[]))["code"],
        "URL_RULE_NOT_CONFIGURED"
    );
    let missing = format!("Authorization: Zoho-oauthtoken {}", zoho.access_token());
    let answer = get(&zoho, &zoho.link("Data_009.zip"), &[&missing]);
    assert_eq!(
        (answer.status, json(&answer)["code"].as_str()),
        (200, Some("RESOURCE_NOT_FOUND"))
    );
    zoho.set(|rules| rules.scopes = "ZohoCRM.bulk.backup.READ".into());
    assert_eq!(json(&file(&zoho, &[]))["code"], "INVALID_OAUTHSCOPE");
}

#[test]
fn tls_is_trusted_through_the_ca_file() {
    let zoho = Zoho::start_tls().with_file(NAME, small_zip(1, 300_000));
    assert!(zoho.link(NAME).starts_with("https://127.0.0.1:"));
    assert_eq!(file(&zoho, &[]).body, zoho.bytes_of(NAME));
    zoho.fault_for(NAME, Fault::CutAfter(1000));
    assert_eq!(file(&zoho, &[]).body.len(), 1000);
    let plain = format!("{}/{NAME}", zoho.urls().plain);
    assert_eq!(get(&zoho, &plain, &[]).status, 200);
}

#[test]
fn connections_and_requests_at_once_are_counted() {
    let zoho = zoho();
    zoho.always(Role::Foreign, Fault::StallAfter(10));
    let address = zoho.urls().foreign.replace("http://", "");
    let mut streams: Vec<_> = (0..3)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    wait_until("three connections", || {
        zoho.peak_connections(Role::Foreign) == 3
    });
    assert_eq!(zoho.peak_requests(Role::Foreign), 0);
    for stream in &mut streams[..2] {
        stream
            .write_all(format!("GET /{NAME} HTTP/1.1\r\n\r\n").as_bytes())
            .unwrap();
    }
    wait_until("two requests", || zoho.peak_requests(Role::Foreign) == 2);
}
