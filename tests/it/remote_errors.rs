//! Every code of Zoho, on the API and on files, in each of its shapes: exit code, words, hint, and no zip.

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::run::files_under;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

/// Code and the exit code it leads to (`design.md` section 3).
const CODES: [(&str, i32); 34] = [
    ("INVALID_REQUEST_METHOD", 5),
    ("INVALID_DATA", 5),
    ("BACKUP_ALREADY_SCHEDULED", 5),
    ("LIMIT_EXCEEDED", 5),
    ("LIMIT_REACHED", 5),
    ("REQUEST_BODY_NOT_READABLE", 5),
    ("ALREADY_CANCELLED", 5),
    ("INPROGRESS", 5),
    ("RESOURCE_NOT_FOUND", 5),
    ("OAUTH_SCOPE_MISMATCH", 4),
    ("INVALID_OAUTHSCOPE", 4),
    ("INVALID_TOKEN", 4),
    ("INVALID_OAUTHTOKEN", 4),
    ("AUTHENTICATION_FAILURE", 4),
    ("URL_RULE_NOT_CONFIGURED", 4),
    ("NO_PERMISSION", 4),
    ("FORBIDDEN", 4),
    ("NOT_ALLOWED", 4),
    ("INVALID_URL_PATTERN", 5),
    ("INTERNAL_ERROR", 5),
    ("INTERNAL_SERVER_ERROR", 5),
    ("BAD_REQUEST", 5),
    ("ALREADY_USED", 5),
    ("MANDATORY_NOT_FOUND", 5),
    ("TOO_MANY_REQUESTS", 5),
    ("URL_ROLLING_THROTTLES_LIMIT_EXCEEDED", 5),
    ("URL_FIXED_THROTTLES_LIMIT_EXCEEDED", 5),
    ("URL_LIVE_THROTTLES_LIMIT_EXCEEDED", 5),
    ("OAUTHTOKEN_EXPIRED", 4),
    ("INVALID_TICKET", 4),
    ("NOT_AUTHENTICATED", 4),
    ("INVALID_URL", 5),
    ("INVALID_METHOD", 5),
    ("A_CODE_NOBODY_KNOWS", 5),
];

/// A body in each shape that Zoho uses.
fn shapes(code: &str) -> [String; 8] {
    [
        format!(r#"{{"code":"{code}","details":{{}},"message":"so it is","status":"error"}}"#),
        format!(
            r#"{{"backup":{{"code":"{code}","details":{{}},"message":"so it is","status":"error"}}}}"#
        ),
        format!(r#"{{"ERROR_CODE":"{code}","ERROR_MESSAGE":"so it is","http_status":400}}"#),
        format!(r#"{{"x-error":"{code}","info":"so it is","status":"error"}}"#),
        format!(r#"{{"data":{{"errorCode":"{code}","message":"so it is"}}}}"#),
        format!(r#"{{"errors":[{{"id":"{code}","title":"so it is"}}]}}"#),
        format!(r#"[2,{{"errorCode":"{code}","message":"so it is"}}]"#),
        format!(r#"{{"cause":"{code}"}}"#),
    ]
}

fn reply(status: u16, body: &str) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Fault::Status(status, headers, body.as_bytes().to_vec())
}

#[test]
fn on_the_api_every_code_has_its_exit_code_and_a_hint() {
    for (code, exit) in CODES {
        for (body, status) in shapes(code)
            .iter()
            .zip([400, 400, 200, 200, 400, 200, 400, 200])
        {
            let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
            zoho.always(Role::Api, reply(status, body));
            let run = zoho.run(["list", "--retries", "1"]);
            assert_eq!(run.code, exit, "{body}: {run}");
            assert!(
                run.stderr.contains(code) && run.stderr.contains("\nhint: "),
                "{body}: {run}"
            );
            assert_eq!(run.stdout, "");
        }
    }
}

#[test]
fn on_a_file_every_code_has_its_exit_code_and_is_never_saved() {
    for (code, exit) in CODES {
        for (body, status) in shapes(code)
            .iter()
            .zip([200, 403, 200, 400, 200, 400, 200, 400])
        {
            let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
            zoho.always_for(DATA, reply(status, body));
            let run = zoho.download(["--retries", "1"]);
            // Where the code says nothing, the status does.
            let unknown = code == "A_CODE_NOBODY_KNOWS" && status == 403;
            let exit = if unknown { 4 } else { exit };
            assert_eq!(run.code, exit, "{body} with {status}: {run}");
            assert!(
                run.stderr.contains(code) && run.stderr.contains("\nhint: "),
                "{body}: {run}"
            );
            assert_eq!(zoho.saved_bytes(DATA), None, "{body}");
        }
    }
}

#[test]
fn a_link_that_is_not_valid_is_told_by_its_words() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
    zoho.always_for(
        DATA,
        reply(
            403,
            r#"{"x-error":"FORBIDDEN","info":"Forbidden","x-info":"Link not valid"}"#,
        ),
    );
    let run = zoho.download([]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("the link is not valid"), "{run}");
}

#[test]
fn what_the_rules_of_zoho_forbid_exits_4_with_a_hint() {
    type Change = fn(&Zoho);
    let cases: [(Change, &str); 4] = [
        (
            |zoho| zoho.set(|rules| rules.administrator = false),
            "Administrator",
        ),
        (
            |zoho| zoho.set(|rules| rules.api_access = false),
            "Zoho CRM API Access",
        ),
        (
            |zoho| zoho.set(|rules| rules.scopes = "ZohoCRM.modules.READ".into()),
            "ZohoCRM.bulk.backup.READ",
        ),
        (
            |zoho| zoho.set(|rules| rules.scopes = "ZohoCRM.bulk.backup.READ".into()),
            "ZohoFiles.files.ALL",
        ),
    ];
    for (change, mend) in cases {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        change(&zoho);
        let run = zoho.download([]);
        assert_eq!(run.code, 4, "{mend}: {run}");
        assert!(run.stderr.contains(mend), "{mend}: {run}");
    }
}

#[test]
fn a_missing_scope_is_not_mended_by_a_fresh_token() {
    let zoho = Zoho::start().with(|rules| rules.scopes = "ZohoFiles.files.ALL".into());
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (4, 1), "{run}");
    assert_eq!(zoho.requests_to(Role::Api).len(), 1, "{run}");
}

/// The codes that pass by themselves.
fn passes(code: &str) -> bool {
    [
        "INTERNAL_ERROR",
        "INTERNAL_SERVER_ERROR",
        "TOO_MANY_REQUESTS",
    ]
    .contains(&code)
        || code.ends_with("THROTTLES_LIMIT_EXCEEDED")
}

#[test]
fn on_the_api_only_what_may_pass_is_tried_again() {
    for (code, _) in CODES {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.always(Role::Api, reply(400, &shapes(code)[0]));
        let run = zoho.run(["list", "--retries", "2"]);
        let about_token = [
            "INVALID_TOKEN",
            "INVALID_OAUTHTOKEN",
            "AUTHENTICATION_FAILURE",
            "OAUTHTOKEN_EXPIRED",
            "INVALID_TICKET",
            "NOT_AUTHENTICATED",
        ];
        let requests = match code {
            _ if passes(code) => 3,
            // Once more, with a fresh token.
            _ if about_token.contains(&code) => 2,
            _ => 1,
        };
        assert_eq!(zoho.requests_to(Role::Api).len(), requests, "{code}: {run}");
        assert_eq!(
            run.stderr.contains("(after 3 attempts)"),
            passes(code),
            "{code}: {run}"
        );
    }
}

#[test]
fn without_a_code_the_status_decides() {
    for (status, exit) in [
        (400, 5),
        (401, 4),
        (402, 5),
        (403, 4),
        (404, 5),
        (405, 5),
        (410, 5),
        (418, 5),
        (302, 5),
        (500, 5),
        (501, 5),
    ] {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "no words of Zoho",
            "<html><title>Oh no</title>",
        ] {
            let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
            zoho.always(Role::Api, reply(status, body));
            let run = zoho.run(["list", "--retries", "0"]);
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (exit, ""),
                "{status} {body}: {run}"
            );
            assert!(
                run.stderr.contains(&format!("HTTP {status}")) && run.stderr.contains("\nhint: "),
                "{body}: {run}"
            );
            zoho.clear_faults();
            zoho.always_for(DATA, reply(status, body));
            let run = zoho.download(["--retries", "0"]);
            assert_eq!(run.code, exit, "{status} {body}: {run}");
            assert!(
                run.stderr.contains(&format!("HTTP {status}")) && run.stderr.contains("\nhint: "),
                "{body}: {run}"
            );
        }
    }
}

#[test]
fn a_page_in_the_place_of_the_list_is_named_by_its_title() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
    zoho.always(
        Role::Api,
        Fault::Html200("<html><head><title>Sign\u{1b}[2J in</title></head></html>".into()),
    );
    let run = zoho.run(["list"]);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(
        run.stderr.contains("an HTML page") && run.stderr.contains("Sign\\u{1b}[2J in"),
        "{run}"
    );
    assert!(
        run.stderr.contains("\nhint: ") && !run.stderr.contains("after"),
        "{run}"
    );
}

#[test]
fn words_of_a_server_can_not_move_the_cursor_or_forge_a_line() {
    let code = "NEW\\u001b[2J\\nerror: forged";
    for body in shapes(code) {
        let body = body.replace("so it is", "a\\u202eb\\r\\u009b31mc");
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.always(Role::Api, reply(400, &body));
        let listed = zoho.run(["list"]);
        zoho.clear_faults();
        zoho.always_for(DATA, reply(400, &body));
        for run in [listed, zoho.download([])] {
            assert!(
                run.stderr.contains("NEW\\u{1b}[2J\\nerror: forged"),
                "{run}"
            );
            let raw = ['\u{1b}', '\u{202e}', '\u{9b}', '\r'];
            assert!(
                !run.stderr.contains(raw) && !run.stderr.contains("\nerror: forged"),
                "{run}"
            );
        }
    }
}

#[test]
fn json_tells_the_code_the_message_and_the_hint_of_a_refusal() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
    zoho.always(Role::Api, reply(403, &shapes("NO_PERMISSION")[0]));
    for run in [zoho.run(["list", "--json"]), zoho.download(["--json"])] {
        assert_eq!(run.code, 4, "{run}");
        let last = run.json_lines().pop().expect("a line");
        assert_eq!(
            (&last["event"], &last["exit_code"]),
            (&"error".into(), &4.into()),
            "{run}"
        );
        assert_eq!(last["code"], "no_permission", "{run}");
        assert!(
            last["message"]
                .as_str()
                .is_some_and(|text| text.contains("NO_PERMISSION")),
            "{run}"
        );
        assert!(
            last["hint"]
                .as_str()
                .is_some_and(|text| text.contains("Administrator")),
            "{run}"
        );
    }
}

#[test]
fn no_hint_of_list_leads_to_list() {
    for (code, _) in CODES {
        for status in [400, 404] {
            let zoho = Zoho::start();
            zoho.always(Role::Api, reply(status, &shapes(code)[0]));
            let run = zoho.run(["list", "--retries", "0"]);
            let (_, hint) = run.stderr.split_once("\nhint: ").expect("a hint");
            assert!(
                run.stderr.contains(code) && !hint.contains("backup-fetch list"),
                "{code}: {run}"
            );
        }
    }
}

#[test]
fn every_refusal_of_the_accounts_server_has_its_words_and_is_not_tried_again() {
    for (error, description, code, words) in [
        ("invalid_client", "", 4, "does not know the client id"),
        ("invalid_client_secret", "", 4, "client secret is wrong"),
        ("invalid_code", "", 4, "refresh token was revoked"),
        ("invalid_grant", "", 4, "refresh token was revoked"),
        (
            "Access Denied",
            "You have made too many requests continuously.",
            5,
            "issues no more tokens for now",
        ),
        ("new_error\u{1b}[2J", "", 5, "new_error\\u{1b}[2J"),
    ] {
        for status in [200, 400] {
            let zoho = Zoho::start();
            let body =
                serde_json::json!({"error": error, "error_description": description}).to_string();
            zoho.always(
                Role::Accounts,
                Fault::Status(status, Vec::new(), body.into_bytes()),
            );
            let run = zoho.run(["list"]);
            assert_eq!(run.code, code, "{error}: {run}");
            assert!(
                run.stderr.contains(words) && run.stderr.contains("hint: "),
                "{error}: {run}"
            );
            assert_eq!(zoho.refreshes(), 1, "{error}: {run}");
        }
    }
}

/// Bodies of a 401 that say nothing, in every form.
const UNSPOKEN: [&str; 6] = [
    "",
    "<html><head><title>401</title></head></html>",
    "Unauthorized",
    "[]",
    r#"["x"]"#,
    r#"{"new":true}"#,
];

#[test]
fn a_token_that_is_refused_with_any_body_is_renewed_once() {
    for role in [Role::Api, Role::Downloads] {
        for body in UNSPOKEN {
            let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
            zoho.next(role, reply(401, body));
            let run = zoho.download([]);
            assert_eq!(
                (run.code, zoho.refreshes()),
                (0, 2),
                "{role:?} {body}: {run}"
            );
        }
    }
}

#[test]
fn a_fresh_token_that_is_refused_too_exits_4_and_leaves_the_cache() {
    for role in [Role::Api, Role::Downloads] {
        for body in UNSPOKEN {
            let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
            zoho.always(role, reply(401, body));
            let run = zoho.download([]);
            assert_eq!(
                (run.code, zoho.refreshes()),
                (4, 2),
                "{role:?} {body}: {run}"
            );
            assert!(
                run.stderr.contains("HTTP 401") && run.stderr.contains("\nhint: "),
                "{run}"
            );
            assert!(
                !run.stderr.contains("proxy") && !run.stderr.contains("--dc"),
                "neither is to blame: {run}"
            );
            let left = files_under(&zoho.home().join("state"));
            assert!(!left.iter().any(|name| name.contains(".json")), "{left:?}");
        }
    }
}

#[test]
fn a_refused_token_leaves_the_cache_although_no_new_one_is_to_be_had() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
    assert_eq!(zoho.run(["list"]).code, 0);
    zoho.revoke_tokens();
    zoho.always(Role::Accounts, reply(400, r#"{"error":"invalid_code"}"#));
    let run = zoho.run(["list"]);
    assert_eq!(run.code, 4, "{run}");
    let left = files_under(&zoho.home().join("state"));
    assert!(!left.iter().any(|name| name.contains(".json")), "{left:?}");
}

#[test]
fn a_code_behind_the_status_is_read() {
    for role in [Role::Api, Role::Downloads] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.always(role, Fault::Reason(401, "INVALID_OAUTHSCOPE".into()));
        let run = zoho.download([]);
        assert_eq!((run.code, zoho.refreshes()), (4, 1), "{run}");
        assert!(
            run.stderr.contains("INVALID_OAUTHSCOPE") && run.stderr.contains("login"),
            "{run}"
        );
    }
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
    zoho.next(Role::Api, Fault::Reason(401, "INVALID_OAUTHTOKEN".into()));
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 2), "{run}");
}

#[test]
fn throttles_are_pushback_with_any_status_and_in_any_shape() {
    let code = "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED";
    let mut bodies = shapes(code).to_vec();
    bodies.push(format!(r#"{{"code":"INTERNAL_ERROR","message":"{code}"}}"#));
    bodies.push(format!("<html><body>{code}</body></html>"));
    bodies.push(r#"{"errors":[{"id":"F7008","title":"Too many"}]}"#.into());
    for (body, status) in bodies.iter().zip([400, 403, 500].iter().cycle()) {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.next(Role::Api, reply(*status, body));
        zoho.fault_for(DATA, reply(*status, body));
        let run = zoho.download(["--json"]);
        assert_eq!(
            (run.code, zoho.refreshes()),
            (0, 1),
            "{status} {body}: {run}"
        );
        assert_eq!(run.events("retry").len(), 2, "{status} {body}: {run}");
    }
}

#[test]
fn a_throttle_of_the_accounts_server_is_not_asked_on() {
    let zoho = Zoho::start();
    let body = r#"{"error":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"}"#;
    zoho.always(Role::Accounts, reply(400, body));
    let run = zoho.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (5, 1), "{run}");
    assert!(
        run.stderr.contains("issues no more tokens for now"),
        "{run}"
    );
}

#[test]
fn a_dead_link_is_told_in_every_shape_of_the_file_service() {
    for (status, body) in [
        (
            400,
            r#"{"ERROR_CODE":400,"ERROR_MESSAGE":"Bad Request","x-info":"Link not valid"}"#,
        ),
        (403, r#"{"error":{"title":"Link not valid"}}"#),
        (401, r#"{"errors":[{"id":"R008","title":"not there"}]}"#),
        (
            403,
            "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        ),
    ] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.always_for(DATA, reply(status, body));
        let run = zoho.download([]);
        assert_eq!((run.code, zoho.refreshes()), (5, 1), "{body}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{body}: {run}");
    }
}

#[test]
fn the_start_of_an_unknown_body_is_shown_and_all_of_it_with_vv() {
    let long = "words ".repeat(200) + "the end";
    for body in [
        format!(r#"{{"new":"{long}"}}"#),
        format!("<html>{long}</html>"),
        format!("strange {long}"),
    ] {
        let zoho = Zoho::start().with_file(DATA, small_zip(1, 1000));
        zoho.always(Role::Api, reply(418, &body));
        let run = zoho.run(["list"]);
        assert!(
            run.stderr.contains(&body[..12]) && !run.stderr.contains("the end"),
            "{run}"
        );
        let all = zoho.run(["list", "-vv"]);
        assert!(all.stderr.contains("the end"), "{all}");
    }
}

#[test]
fn an_unknown_answer_of_the_accounts_server_is_shown_from_its_start() {
    for (body, shown) in [
        (
            r#"{"data":{"why":"because"}}"#,
            r#"{"data":{"why":"because"}}"#,
        ),
        (
            "<html><title>Sign in</title></html>",
            "an HTML page: \"Sign in\"",
        ),
        ("be right back", "be right back"),
    ] {
        let zoho = Zoho::start();
        zoho.always(Role::Accounts, reply(400, body));
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 5, "{body}: {run}");
        assert!(run.stderr.contains(shown), "{body}: {run}");
    }
}
