//! Zoho's own SDK against the stand-in: what Zoho's code can't read, Zoho does not send. Judged on what the SDK decodes,
//! and on the requests that it sends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::bytes::small_zip;
use crate::support::tools::{needs, skipped};
use crate::support::zoho::backup_job::Entry;
use crate::support::zoho::rules::{LifeForm, RunNow};
use crate::support::zoho::state::Record;
use crate::support::zoho::{Role, Zoho};

/// The newest one. Another one goes to another folder.
const PACKAGE: &str = "zohocrmsdk8_0==7.0.0";
const SCRIPT: &str = include_str!("sdk.py");
const SCOPES: &str = "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL";
const NAME: &str = "Data_001.zip";
const WEEKLY: &str = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";

/// The SDK's Python; a test that can't fetch it says so and passes.
macro_rules! sdk {
    () => {{
        needs!(Venv);
        match installed() {
            Ok(python) => Sdk { python },
            Err(why) => {
                skipped(why);
                return;
            }
        }
    }};
}

/// Installs the SDK once for all tests and runs.
fn installed() -> Result<&'static Path, &'static str> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let ready = tmp.join(PACKAGE.replace("==", "-"));
        let python = ready.join("bin/python");
        // Another Python in place of the one that it was made for would not find it.
        if run(Command::new(&python).args(["-c", "import zohocrmsdk"])).is_err() {
            // Complete before it has its name, so that a run that was stopped half-way leaves nothing that looks ready.
            let unfinished = tmp.join(format!("sdk-{}", std::process::id()));
            let made = install(&unfinished);
            if made.is_ok() {
                let _ = fs::remove_dir_all(&ready);
                let _ = fs::rename(&unfinished, &ready);
            }
            let _ = fs::remove_dir_all(&unfinished);
            made?;
        }
        Ok(python)
    });
    installed.as_deref().map_err(String::as_str)
}

fn install(folder: &Path) -> Result<(), String> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--retries", "1"])
        .args(["--disable-pip-version-check", "--timeout", "15", PACKAGE]))?;
    Ok(())
}

/// What it printed; else the last line of what went wrong.
fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = text(&output.stderr) + &text(&output.stdout);
    let last = said.lines().last().unwrap_or("no word");
    Err(format!("{program}: {last}"))
}

struct Sdk {
    python: &'static Path,
}

impl Sdk {
    /// What the SDK makes of the reply to each call.
    fn call(&self, zoho: &Zoho, calls: &[&str]) -> Vec<Value> {
        let refresh = zoho.rules().refresh_token;
        self.call_with(zoho, ["refresh", &refresh], calls)
    }

    fn call_with(&self, zoho: &Zoho, token: [&str; 2], calls: &[&str]) -> Vec<Value> {
        let (urls, rules) = (zoho.urls(), zoho.rules());
        let output = run(Command::new(self.python)
            .args([
                "-B",
                "-W",
                "ignore",
                "-c",
                SCRIPT,
                &urls.api,
                &urls.accounts,
            ])
            .args([&rules.client_id, &rules.client_secret])
            .args(token)
            .args(calls)
            .env_clear()
            .env("HOME", zoho.home())
            .current_dir(zoho.home()));
        let output = output.unwrap_or_else(|why| panic!("{why}"));
        let told = output.lines().map(serde_json::from_str);
        told.collect::<Result<_, _>>().expect("JSON Lines")
    }

    fn call_one(&self, zoho: &Zoho, call: &str) -> Value {
        self.call(zoho, &[call]).remove(0)
    }
}

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(NAME, small_zip(1, 100_000))
        .with(|rules| rules.scopes = SCOPES.into())
}

/// The requests to the API host, each as its method and path.
fn asked(zoho: &Zoho) -> Vec<String> {
    let line = |record: Record| format!("{} {}", record.request.method, record.request.target);
    zoho.requests_to(Role::Api).into_iter().map(line).collect()
}

/// An error as the SDK tells it, by its code.
fn code(answer: &Value) -> Option<&str> {
    let object = &answer["object"];
    let error = match object["type"].as_str() {
        Some("ActionWrapper") => &object["backup"],
        _ => object,
    };
    assert_eq!(error["type"], "APIException", "{answer}");
    assert_eq!(error["status"]["value"], "error", "{answer}");
    error["code"]["value"].as_str()
}

#[test]
fn it_exchanges_a_code_renews_the_token_and_revokes_it() {
    let (sdk, zoho) = (sdk!(), zoho());
    let grant = zoho.grant_code(SCOPES);
    let told = sdk.call_with(&zoho, ["grant", &grant], &["token", "urls"]);
    let request = &zoho.requests_to(Role::Accounts)[0].request;
    let mut fields: Vec<String> = request.form().into_keys().collect();
    fields.sort();
    assert_eq!(
        (request.query(), fields.join(" ")),
        (None, "client_id client_secret code grant_type".into())
    );
    assert_eq!(told[0]["api_domain"], zoho.urls().api);
    assert!((3590..=3600).contains(&told[0]["life"].as_i64().unwrap()));
    assert_eq!(told[1]["status"], 200);
    let refresh = told[0]["refresh_token"].as_str().unwrap();
    let told = sdk.call_with(&zoho, ["refresh", refresh], &["urls", "revoke"]);
    assert_eq!((&told[0]["status"], &told[1]), (&200.into(), &true.into()));
    assert!(zoho.is_revoked(refresh));
    let again = sdk.call_with(&zoho, ["refresh", refresh], &[]);
    assert!(again[0]["error"].as_str().unwrap().contains("invalid_code"));
}

#[test]
fn it_reads_the_old_form_of_a_life() {
    let sdk = sdk!();
    let zoho = zoho().with(|rules| rules.life_form = LifeForm::Milliseconds);
    let life = &sdk.call_one(&zoho, "token")["life"];
    assert!((3590..=3600).contains(&life.as_i64().unwrap()));
}

#[test]
fn it_reads_the_links_and_when_they_expire() {
    let (sdk, zoho) = (
        sdk!(),
        zoho().with_file("Attachments_001.zip", small_zip(2, 500)),
    );
    let expiry = zoho
        .rules()
        .expiry
        .to_rfc3339_opts(SecondsFormat::Secs, false);
    assert_eq!(
        sdk.call_one(&zoho, "urls"),
        json!({ "status": 200, "object": { "type": "UrlsWrapper", "urls": {
            "type": "Urls",
            "data_links": [zoho.link(NAME)],
            "attachment_links": [zoho.link("Attachments_001.zip")],
            "expiry_date": { "type": "datetime", "utc": expiry },
        } } })
    );
    assert_eq!(asked(&zoho), ["GET /crm/bulk/v8/backup/urls"]);
}

#[test]
fn it_saves_a_file_under_the_name_that_was_sent() {
    let (sdk, zoho) = (sdk!(), zoho());
    let told = sdk.call_one(&zoho, &format!("download={}", zoho.link(NAME)));
    assert_eq!(told["object"]["type"], "FileBodyWrapper", "{told}");
    assert_eq!(told["object"]["file"]["name"], NAME);
    let saved = fs::read(zoho.home().join("downloaded")).unwrap();
    assert_eq!(saved, zoho.bytes_of(NAME));
    let requests = zoho.requests_for(NAME);
    assert_eq!((requests.len(), requests[0].role), (1, Role::Downloads));
}

#[test]
fn it_reads_the_error_that_comes_in_place_of_a_file() {
    let (sdk, zoho) = (sdk!(), zoho());
    let told = sdk.call_one(&zoho, &format!("download={}", zoho.link("Data_009.zip")));
    assert_eq!(
        (&told["status"], code(&told)),
        (&200.into(), Some("RESOURCE_NOT_FOUND"))
    );
}

#[test]
fn it_reads_the_refusals_of_the_file_host() {
    let (sdk, zoho) = (sdk!(), zoho());
    let (download, sibling) = (
        format!("download={}", zoho.link(NAME)),
        format!("sibling={}", zoho.link(NAME)),
    );
    zoho.set(|rules| rules.scopes = "ZohoCRM.bulk.backup.ALL".into());
    let told = sdk.call_one(&zoho, &download);
    assert_eq!(
        (&told["status"], code(&told)),
        (&401.into(), Some("INVALID_OAUTHSCOPE"))
    );
    zoho.set(|rules| (rules.scopes, rules.has_backup) = (SCOPES.into(), false));
    let told = sdk.call_one(&zoho, &sibling);
    assert_eq!(told["object"]["type"], "APIException", "{told}");
    assert_eq!(told["object"]["x_info"]["value"], "Link not valid");
    assert_eq!(told["object"]["http_status"], "403");
}

#[test]
fn it_reads_a_schedule_and_the_job_that_it_made() {
    let (sdk, zoho) = (sdk!(), zoho());
    let told = sdk.call(&zoho, &[&format!("schedule={WEEKLY}"), "details"]);
    let job = zoho.job().unwrap();
    let id: u64 = job.id.parse().unwrap();
    let time = |time: Option<DateTime<Utc>>| {
        let utc = time.unwrap().to_rfc3339_opts(SecondsFormat::Secs, false);
        json!({ "type": "datetime", "utc": utc })
    };
    let success = &told[0]["object"]["backup"];
    assert_eq!(success["type"], "SuccessResponse", "{told:?}");
    assert_eq!(
        (&success["code"]["value"], &success["details"]["id"]),
        (&"SUCCESS".into(), &id.into())
    );
    assert_eq!(
        told[1]["object"]["backup"],
        json!({ "type": "Backup", "id": id, "rrule": WEEKLY, "status": "SCHEDULED",
            "start_date": time(job.start), "scheduled_date": time(job.scheduled),
            "requester": { "type": "Requester", "id": 510_000_000_000_111_u64, "name": "Ada Example", "zuid": "20099887766" } })
    );
    let body = zoho.requests_to(Role::Api)[0].request.text();
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({ "backup": { "rrule": WEEKLY } })
    );
}

#[test]
fn its_wish_for_a_run_at_once_is_an_empty_object() {
    let (sdk, zoho) = (sdk!(), zoho());
    let told = sdk.call(&zoho, &["request", "details", "details", "details"]);
    assert_eq!(told[0]["object"]["backup"]["type"], "SuccessResponse");
    let post = zoho.requests_to(Role::Api).remove(0).request;
    assert_eq!((&*post.text(), post.header("content-type")), ("{}", None));
    let backup = |at: usize| &told[at]["object"]["backup"];
    assert_eq!(backup(1)["status"], "INPROGRESS");
    assert_eq!(backup(3)["status"], "COMPLETED");
    for key in ["rrule", "start_date", "scheduled_date"] {
        assert!(backup(3)[key].is_null(), "{key}");
    }
}

#[test]
fn it_reads_every_error_of_a_schedule() {
    let (sdk, zoho) = (sdk!(), zoho());
    let wrong = sdk.call_one(&zoho, "schedule=RRULE:FREQ=DAILY;INTERVAL=1");
    assert_eq!(code(&wrong), Some("INVALID_DATA"));
    assert_eq!(
        wrong["object"]["backup"]["details"],
        json!({ "api_name": "rrule", "json_path": "$.backup.rrule" })
    );
    zoho.set(|rules| rules.run_now = RunNow::OnlyEmpty);
    let unreadable = sdk.call_one(&zoho, "request");
    assert_eq!(code(&unreadable), Some("REQUEST_BODY_NOT_READABLE"));
    let schedule = format!("schedule={WEEKLY}");
    for used_up in ["LIMIT_EXCEEDED", "LIMIT_REACHED"] {
        zoho.set(|rules| (rules.allowance, rules.allowance_code) = (0, used_up));
        assert_eq!(code(&sdk.call_one(&zoho, &schedule)), Some(used_up));
    }
    zoho.set(|rules| rules.allowance = 1);
    let told = sdk.call(&zoho, &[&schedule, &schedule]);
    assert_eq!(code(&told[1]), Some("BACKUP_ALREADY_SCHEDULED"));
}

#[test]
fn it_cancels_a_schedule_and_reads_why_it_can_not() {
    let (sdk, zoho) = (sdk!(), zoho().with_schedule(WEEKLY));
    let id = zoho.job().unwrap().id;
    let cancel = format!("cancel={id}");
    let told = sdk.call(&zoho, &[&cancel, &cancel, "cancel=1", "details"]);
    assert_eq!(
        told[0]["object"]["backup"]["type"], "SuccessResponse",
        "{told:?}"
    );
    assert_eq!(code(&told[1]), Some("ALREADY_CANCELLED"));
    assert_eq!(code(&told[2]), Some("RESOURCE_NOT_FOUND"));
    assert_eq!(told[3]["object"]["backup"]["status"], "STOPPED");
    assert_eq!(
        asked(&zoho)[0],
        format!("PUT /crm/bulk/v8/backup/{id}/actions/cancel")
    );
    assert!(zoho.requests_to(Role::Api)[0].request.body.is_empty());
    zoho.begin_run();
    let running = format!("cancel={}", zoho.job().unwrap().id);
    assert_eq!(code(&sdk.call_one(&zoho, &running)), Some("INPROGRESS"));
}

#[test]
fn it_reads_the_history_page_by_page() {
    let (sdk, zoho) = (sdk!(), zoho());
    for (days, state, action) in [
        (3, None, Some("initiated")),
        (2, Some("completed"), None),
        (1, None, Some("purchased")),
    ] {
        let entry = Entry {
            state,
            action,
            repeat_type: Some("immediate"),
            count: 1,
        };
        zoho.log(TimeDelta::days(days), entry);
    }
    let told = sdk.call(&zoho, &["history=1,2", "history=2,2", "history=3,2"]);
    assert_eq!(
        told[0]["object"]["info"],
        json!({ "type": "Info", "page": 1, "per_page": 2, "count": 2, "more_records": true })
    );
    assert_eq!(told[1]["object"]["info"]["more_records"], false);
    assert_eq!(told[2], json!({ "status": 204, "object": null }));
    let line = &told[0]["object"]["history"][1];
    assert_eq!(
        (&line["type"], &line["state"]),
        (&"History".into(), &"completed".into())
    );
    assert_eq!(
        (&line["done_by"]["type"], &line["log_time"]["type"]),
        (&"Requester".into(), &"datetime".into())
    );
    assert!(line["id"].is_u64() && line["count"] == 1);
    assert_eq!(
        asked(&zoho)[0],
        "GET /crm/bulk/v8/backup/history?page=1&per_page=2"
    );
}

#[test]
fn it_takes_a_204_for_nothing() {
    let (sdk, zoho) = (
        sdk!(),
        Zoho::start().with(|rules| rules.scopes = SCOPES.into()),
    );
    for told in sdk.call(&zoho, &["urls", "details", "history=1,200"]) {
        assert_eq!(told, json!({ "status": 204, "object": null }));
    }
}

#[test]
fn it_reads_what_refuses_every_call() {
    let (sdk, zoho) = (sdk!(), zoho());
    let calls = ["urls", "details", "history=1,200", "request", "cancel=1"];
    let refused = |expected: &str, status: u16| {
        for told in sdk.call(&zoho, &calls) {
            assert_eq!(
                (code(&told), &told["status"]),
                (Some(expected), &status.into())
            );
        }
    };
    zoho.set(|rules| rules.scopes = "ZohoFiles.files.ALL".into());
    refused("OAUTH_SCOPE_MISMATCH", 401);
    zoho.set(|rules| (rules.scopes, rules.api_access) = (SCOPES.into(), false));
    refused("NO_PERMISSION", 403);
}
