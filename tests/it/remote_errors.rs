//! Every code of Zoho, on the API and on files, in each of its shapes: exit code, words, hint, and no zip.

use crate::support::bytes::small_zip;
use crate::support::faults::Fault;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";

/// Code and the exit code it leads to (`design.md` section 3).
const CODES: [(&str, i32); 26] = [
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
    ("A_CODE_NOBODY_KNOWS", 5),
];

/// A body in each shape that Zoho uses.
fn shapes(code: &str) -> [String; 4] {
    [
        format!(r#"{{"code":"{code}","details":{{}},"message":"so it is","status":"error"}}"#),
        format!(
            r#"{{"backup":{{"code":"{code}","details":{{}},"message":"so it is","status":"error"}}}}"#
        ),
        format!(r#"{{"ERROR_CODE":"{code}","ERROR_MESSAGE":"so it is","http_status":400}}"#),
        format!(r#"{{"x-error":"{code}","info":"so it is","status":"error"}}"#),
    ]
}

fn reply(status: u16, body: &str) -> Fault {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Fault::Status(status, headers, body.as_bytes().to_vec())
}

#[test]
fn on_the_api_every_code_has_its_exit_code_and_a_hint() {
    for (code, exit) in CODES {
        for (body, status) in shapes(code).iter().zip([400, 400, 200, 200]) {
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
        for (body, status) in shapes(code).iter().zip([200, 403, 200, 400]) {
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
fn the_rules_of_zoho_itself_lead_to_four_with_the_mend() {
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
