//! Secrets: where they come from, and that no byte of them is ever seen where it should not be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::bytes::small_zip;
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::mount::Mount;
use crate::support::run::{Run, files_under, folder, wait_until};
use crate::support::tools::needs;
use crate::support::zoho::rules::Echo;
use crate::support::zoho::{Role, Zoho};
use crate::usage::{
    CREDENTIALS, config_of, configured, listed, offline, refused, secret_file, without_credentials,
    write,
};

const SECRET: &str = "canary-client-secret";
const REFRESH: &str = "1000.canary.refresh";

fn zoho() -> Zoho {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
    zoho.with(|rules| {
        rules.client_secret = SECRET.into();
        rules.refresh_token = REFRESH.into();
    })
}

/// The tokens that the program was given, as it sent them.
fn tokens(zoho: &Zoho) -> Vec<String> {
    let sent = zoho.requests();
    let mut tokens: Vec<String> = sent
        .iter()
        .filter_map(|record| record.request.token().map(str::to_owned))
        .collect();
    tokens.dedup();
    assert!(!tokens.is_empty());
    tokens
}

fn assert_silent(zoho: &Zoho, run: &Run) {
    let mut canaries = vec![SECRET.to_owned(), REFRESH.to_owned()];
    canaries.extend(tokens(zoho));
    for canary in &canaries {
        assert!(
            !run.stdout.contains(canary) && !run.stderr.contains(canary),
            "{canary}: {run}"
        );
    }
    for name in files_under(zoho.home()) {
        let path = zoho.home().join(&name);
        let Ok(bytes) = fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let told = canaries.iter().any(|canary| text.contains(canary.as_str()));
        let mode = path.metadata().expect("it is there").permissions().mode() & 0o777;
        assert!(
            !told || (name.contains("token-") && (mode == 0o600 || is_windows())),
            "{name} holds a secret"
        );
    }
}

#[test]
fn no_secret_is_told_on_the_good_way() {
    for args in [
        vec!["list"],
        vec!["list", "--json", "-vvv"],
        vec!["download", "--out", "out", "-vvv"],
        vec!["download", "--out", "out2", "--json", "-vv"],
    ] {
        let zoho = zoho();
        let run = zoho.cli().run(args);
        assert_eq!(run.code, 0, "{run}");
        assert_silent(&zoho, &run);
    }
}

#[test]
fn no_secret_is_told_when_things_go_wrong() {
    for fault in [
        Fault::Status(401, Vec::new(), Vec::new()),
        Fault::Status(403, Vec::new(), Vec::new()),
        Fault::CutAfter(0),
        Fault::NotHttp,
        Fault::Redirect(302, "http://127.0.0.1:1/?token=x".into()),
    ] {
        let zoho = zoho();
        zoho.always_for("Data_001.zip", fault.clone());
        let run = zoho.download(["--retries", "1", "-vvv"]);
        assert_ne!(run.code, 0, "{fault:?}: {run}");
        assert_silent(&zoho, &run);
    }
}

#[test]
fn what_a_server_echoes_is_never_shown_logged_or_written() {
    use Echo::{Fields, Headers, Html, Json, Reason, Text};
    let shapes = [Json, Fields, Html, Text, Reason];
    let mut cases: Vec<(Role, u16, Echo)> = vec![(Role::Downloads, 200, Headers)];
    for role in [Role::Accounts, Role::Api, Role::Downloads] {
        let status = |shape| if shape == Json { 401 } else { 403 };
        cases.extend(shapes.map(|shape| (role, status(shape), shape)));
    }
    for echo in cases {
        // Characters that are written otherwise in forms and in HTML.
        let zoho = zoho().with(|rules| rules.client_secret = SHAPED.into());
        let run = zoho.cli().run(["list"]);
        assert_eq!(run.code, 0, "{run}");
        zoho.set(|rules| rules.echo = Some(echo));
        for args in [
            vec!["list", "-vv"],
            vec!["list", "--json"],
            vec!["status", "-vvv"],
            vec!["history"],
            vec!["request", "-v"],
            vec!["doctor", "--json", "-vv"],
            vec!["doctor"],
            vec!["check", "--max-age", "8d", "--out", "out"],
            vec!["list", "--saved", "out", "-vv"],
            vec!["systemd"],
            vec!["download", "--out", "out", "-vv"],
            vec!["download", "--out", "out", "--json"],
            vec!["verify", "out", "-vv"],
            vec!["prune", "--out", "out", "--keep-last", "1", "-vv"],
            vec!["inspect", "out", "-vv"],
            vec!["schedule", "--weekly", "mon"],
            vec!["cancel"],
            vec!["logout", "-vv"],
        ] {
            let run = zoho.cli().run(args.iter().chain(&["--retries", "1"]));
            assert_silent(&zoho, &run);
            for form in forms_of(SHAPED) {
                let told = run.stdout.contains(&form) || run.stderr.contains(&form);
                assert!(!told, "{echo:?}, {form}: {run}");
            }
        }
    }
}

const SHAPED: &str = "canary/shaped+&secret";

fn forms_of(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![secret.to_owned(), form, secret.replace('&', "&amp;")]
}

#[test]
fn a_code_that_is_echoed_is_not_told() {
    for echo in [Echo::Json, Echo::Html, Echo::Text, Echo::Reason] {
        let zoho = zoho();
        let code = zoho.grant_code("ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL");
        zoho.set(|rules| rules.echo = Some((Role::Accounts, 400, echo)));
        let run = zoho
            .cli()
            .without("ZOHO_REFRESH_TOKEN")
            .run_with_input(["login", "--code-stdin", "-vv"], &format!("{code}\n"));
        assert_eq!(zoho.refreshes(), 1, "{run}");
        assert_ne!(run.code, 0, "{run}");
        let told = run.stdout.contains(&code) || run.stderr.contains(&code);
        assert!(!told && !run.stderr.contains(SECRET), "{run}");
    }
}

#[test]
fn a_query_in_a_link_is_a_secret_too() {
    let zoho = zoho();
    let link = format!("{}?signature=canary-query", zoho.link("Data_001.zip"));
    let body = serde_json::json!({"urls": {"data_links": [link], "attachment_links": [], "expiry_date": null}});
    zoho.urls_reply(200, "application/json", body.to_string());
    zoho.fault_for("Data_001.zip", Fault::CutAfter(100));
    let run = zoho.download(["-vvv"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("canary-query"), "{run}");
    let manifest = zoho.saved_bytes("manifest.json").expect("a manifest");
    assert!(!String::from_utf8_lossy(&manifest).contains("canary-query"));
}

#[test]
fn no_secret_stands_in_the_process_list() {
    let zoho = zoho();
    zoho.fault_for("Data_001.zip", Fault::StallAfter(100));
    let mut running = zoho.cli().spawn(["download", "--out", "out"]);
    wait_until("it runs", || !zoho.requests_for("Data_001.zip").is_empty());
    let line = fs::read(format!("/proc/{}/cmdline", running.pid())).expect("Linux has it");
    let line = String::from_utf8_lossy(&line);
    assert!(
        line.contains("download") && !line.contains(SECRET) && !line.contains(REFRESH),
        "{line}"
    );
    running.kill();
}

#[test]
fn a_configuration_that_is_broken_is_not_quoted() {
    for line in [
        "client_secret = canary-client-secret",
        "client_secret = \"canary-client-secret",
        "client_secret = [\"canary-client-secret\"]",
        "refresh_token = 1000.canary.refresh",
        "refresh_token = '1000.canary.refresh' x",
        "refresh_token = { value = \"1000.canary.refresh\" }",
        "access_token = \"1000.canary.refresh and more\"",
    ] {
        let (_home, cli) = configured(&format!("[profiles.main]\n{line}\n"));
        let run = cli.run(["list", "--json", "-vvv"]);
        assert_eq!(
            (run.code, &run.json()["event"]),
            (2, &"error".into()),
            "{run}"
        );
        assert!(!format!("{run}").contains("canary"), "{run}");
    }
}

#[test]
fn the_password_of_a_proxy_is_not_told() {
    let home = folder();
    let cli = offline(home.path())
        .env("HTTPS_PROXY", "http://user:canary-password@127.0.0.1:9")
        .env("ZOHO_ACCESS_TOKEN", REFRESH);
    let run = cli.run(["list", "-vvv"]);
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.contains("127.0.0.1:9"), "{run}");
    let encoded = "dXNlcjpjYW5hcnktcGFzc3dvcmQ=";
    assert!(
        !run.stderr.contains("canary") && !run.stderr.contains(encoded),
        "{run}"
    );
}

#[test]
fn half_a_set_of_credentials_names_what_is_missing() {
    let (_zoho, cli) = without_credentials();
    let one = cli.clone().env("ZOHO_CLIENT_ID", "1000.ABC").run(["list"]);
    refused(
        &one,
        "ZOHO_CLIENT_ID is given, but not ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN",
        "",
    );
    let two = cli
        .env("ZOHO_CLIENT_ID", "1000.ABC")
        .env("ZOHO_REFRESH_TOKEN", "x")
        .run(["list"]);
    refused(
        &two,
        "ZOHO_CLIENT_ID and ZOHO_REFRESH_TOKEN are given, but not ZOHO_CLIENT_SECRET",
        "",
    );
}

#[test]
fn no_credentials_exit_4_and_say_what_to_set() {
    let (zoho, cli) = without_credentials();
    let run = cli.run(["list"]);
    assert_eq!(run.code, 4, "{run}");
    for name in CREDENTIALS.iter().chain(&["ZOHO_ACCESS_TOKEN"]) {
        assert!(run.stderr.contains(name), "{run}");
    }
    assert!(zoho.requests().is_empty());
}

#[test]
fn every_secret_may_come_from_a_file_that_its_variable_names() {
    let (zoho, cli) = without_credentials();
    let rules = zoho.rules();
    let values = [rules.client_id, rules.client_secret, rules.refresh_token];
    let cli_of_files = CREDENTIALS
        .iter()
        .zip(values)
        .fold(cli.clone(), |cli, (name, value)| {
            let path = secret_file(&zoho, name, &format!("{value}\n"));
            cli.env(&format!("{name}_FILE"), path)
        });
    let run = cli_of_files.run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 1), "{run}");
    let path = secret_file(&zoho, "access", &zoho.access_token());
    let run = cli.env("ZOHO_ACCESS_TOKEN_FILE", path).run(["list"]);
    assert_eq!((run.code, zoho.refreshes()), (0, 1), "{run}");
}

#[test]
fn a_secret_file_that_can_not_be_used_is_named_by_its_variable() {
    let (zoho, cli) = without_credentials();
    let with_file = |path: &str| {
        cli.clone()
            .env("ZOHO_ACCESS_TOKEN_FILE", path)
            .run(["list"])
    };
    refused(
        &with_file("/no/such/file"),
        "ZOHO_ACCESS_TOKEN_FILE: the file /no/such/file",
        "path",
    );
    for content in ["", "\n", "two\nlines", "a space"] {
        let path = secret_file(&zoho, "token", content);
        refused(&with_file(&path), "ZOHO_ACCESS_TOKEN_FILE: ", "");
    }
    let both = cli
        .clone()
        .env("ZOHO_ACCESS_TOKEN", "x")
        .env("ZOHO_ACCESS_TOKEN_FILE", "y")
        .run(["list"]);
    refused(
        &both,
        "both ZOHO_ACCESS_TOKEN and ZOHO_ACCESS_TOKEN_FILE are set",
        "unset one",
    );
}

#[test]
fn a_file_of_secrets_that_others_can_read_is_refused_with_the_chmod_to_run() {
    let (zoho, cli) = without_credentials();
    let path = secret_file(&zoho, "token", "1000.secret");
    for mode in [0o604, 0o602, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        let run = cli
            .clone()
            .env("ZOHO_ACCESS_TOKEN_FILE", &path)
            .run(["list"]);
        refused(
            &run,
            &format!("mode {mode:o}"),
            &format!("chmod 600 '{path}'"),
        );
    }
    assert!(zoho.requests().is_empty());
    fs::write(&path, zoho.access_token()).expect("it is ours");
    for mode in [0o440, 0o640, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        let run = cli
            .clone()
            .env("ZOHO_ACCESS_TOKEN_FILE", &path)
            .run(["list"]);
        assert_eq!(run.code, 0, "{mode:o}: {run}");
    }
}

#[test]
fn a_secret_that_everybody_can_read_is_taken_from_a_mount_that_is_read_only() {
    needs!(Mount);
    let (zoho, cli) = without_credentials();
    let mount = Mount::new(&zoho, "size=1m");
    let path = zoho.home().join("out/token").display().to_string();
    write(&path, &zoho.access_token(), 0o644);
    let cli = cli.env("ZOHO_ACCESS_TOKEN_FILE", path);
    refused(&cli.run(["list"]), "others can read", "chmod");
    mount.set("remount,ro");
    let run = cli.run(["list"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn what_an_editor_leaves_around_a_secret_does_no_harm_and_utf_16_is_named() {
    let (zoho, cli) = without_credentials();
    let token = zoho.access_token();
    for text in [
        format!("{token}\r\n"),
        format!("\u{feff}\"{token}\"\n"),
        format!(" {token} "),
    ] {
        let path = secret_file(&zoho, "token", &text);
        let run = cli
            .clone()
            .env("ZOHO_ACCESS_TOKEN_FILE", path)
            .run(["list"]);
        assert_eq!(run.code, 0, "{text:?}: {run}");
    }
    let path = secret_file(&zoho, "token", "");
    let wide = token.encode_utf16().flat_map(u16::to_le_bytes);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
    fs::write(&path, wide).expect("it is ours");
    let run = cli.env("ZOHO_ACCESS_TOKEN_FILE", path).run(["list"]);
    refused(&run, "is UTF-16 text", "UTF-8");
}

#[test]
fn a_client_id_of_another_shape_is_refused_and_not_shown() {
    let zoho = zoho();
    for (name, id) in [("ZOHO_CLIENT_ID", SECRET), ("ZOHO_CLIENT_ID", REFRESH)] {
        let run = zoho.cli().env(name, id).run(["list"]);
        refused(
            &run,
            "ZOHO_CLIENT_ID: the variable does not hold a client id",
            "1000.ABC",
        );
        assert!(!run.stderr.contains(id), "{run}");
    }
    let id = format!("\"{}\"\r", zoho.rules().client_id);
    let run = zoho.cli().env("ZOHO_CLIENT_ID", id).run(["list"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_secret_file_may_be_named_from_the_home_folder() {
    let (zoho, cli) = without_credentials();
    secret_file(&zoho, "token", &zoho.access_token());
    let run = cli
        .clone()
        .env("ZOHO_ACCESS_TOKEN_FILE", "~/token")
        .run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let for_a_shell = if is_windows() {
        ["%HOME%/token", "$env:HOME/token"]
    } else {
        ["$HOME/token", "~root/token"]
    };
    for path in for_a_shell.into_iter().chain(["\"~/token\""]) {
        let run = cli
            .clone()
            .env("ZOHO_ACCESS_TOKEN_FILE", path)
            .run(["list"]);
        refused(&run, "ZOHO_ACCESS_TOKEN_FILE: the path", "");
    }
}

#[test]
fn a_configuration_with_a_secret_that_others_can_read_is_refused_whichever_profile_holds_it() {
    let home = folder();
    let path = config_of(home.path());
    let text =
        "default_profile = \"main\"\n[profiles.main]\n[profiles.other]\nclient_secret = \"x\"\n";
    write(&path, text, 0o644);
    let cli = offline(home.path());
    let hint = format!("chmod 600 '{path}'");
    refused(&cli.run(["list", "--profile", "other"]), "mode 644", &hint);
    refused(&cli.run(["list"]), "mode 644", &hint);
    write(&path, "[profiles.main]\nclient_id = \"1000.ABC\"\n", 0o644);
    // Without a secret it may be read by all; the id alone is what a logout leaves.
    let run = cli.run(["list"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("error: no credentials"), "{run}");
}

#[test]
fn a_secret_of_a_profile_may_come_from_a_command_a_file_or_a_systemd_credential() {
    let (zoho, cli) = without_credentials();
    let rules = zoho.rules();
    let file = secret_file(&zoho, "secret", &rules.client_secret);
    secret_file(&zoho, "credentials/refresh", &rules.refresh_token);
    let echo = if is_windows() {
        vec!["cmd", "/c", "echo 1000.dead"]
    } else {
        vec!["echo", "1000.dead"]
    };
    let text = format!(
        "[profiles.main]\nclient_id = \"{}\"\nclient_secret = {{ file = \"{file}\" }}\nrefresh_token = {{ credential = \"refresh\" }}\naccess_token = {{ command = {echo:?} }}\n",
        rules.client_id
    );
    write(&config_of(zoho.home()), &text, 0o644);
    let folder = zoho.home().join("credentials").display().to_string();
    let run = cli.env("CREDENTIALS_DIRECTORY", folder).run(["list"]);
    assert_eq!(run.code, 0, "{run}");
    let tokens: Vec<_> = zoho
        .requests()
        .iter()
        .map(|record| record.request.token().map(str::to_owned))
        .collect();
    assert_eq!(
        tokens[0].as_deref(),
        Some("1000.dead"),
        "the command's token is tried first"
    );
    assert_eq!(zoho.refreshes(), 1);
}

#[test]
fn a_source_of_a_secret_that_gives_nothing_is_named_by_its_key() {
    let commands = if is_windows() {
        [
            (r#"["cmd", "/c", "exit 1"]"#, "the command cmd failed"),
            (r#"["cmd", "/c", "exit 0"]"#, "the command cmd is empty"),
        ]
    } else {
        [
            (r#"["false"]"#, "the command false failed"),
            (r#"["true"]"#, "the command true is empty"),
        ]
    };
    for (command, what) in commands {
        let source = format!("{{ command = {command} }}");
        let run = listed(&format!("[profiles.main]\naccess_token = {source}\n"));
        refused(&run, &format!("access_token: {what}"), "");
    }
    for (source, what) in [
        ("\"\"", "access_token"),
        ("\"two words\"", "access_token"),
        (
            "{ command = [\"/no/such\"] }",
            "access_token: the command /no/such can't be run",
        ),
        ("{ command = [] }", "access_token: the command is empty"),
        ("{ file = \"/no/such\" }", "access_token: the file /no/such"),
        ("{ credential = \"x\" }", "CREDENTIALS_DIRECTORY is not set"),
        (
            "{ file = \"x\", command = [\"y\"] }",
            "exactly one of file, command, credential",
        ),
        ("{ }", "exactly one of file, command, credential"),
    ] {
        let run = listed(&format!("[profiles.main]\naccess_token = {source}\n"));
        refused(&run, what, "");
    }
}

#[test]
fn the_secrets_follow_no_redirect() {
    for status in [301, 302, 303, 307, 308] {
        let zoho = zoho();
        zoho.always(
            Role::Accounts,
            Fault::Redirect(status, format!("{}/oauth/v2/token", zoho.urls().foreign)),
        );
        let run = zoho.run(["list"]);
        assert_eq!(run.code, 5, "{status}: {run}");
        assert_eq!(zoho.refreshes(), 1, "{status}: {run}");
        assert!(zoho.requests_to(Role::Foreign).is_empty(), "{status}");
    }
}

#[test]
fn the_api_domain_of_a_token_reply_is_not_believed() {
    let zoho = zoho();
    let foreign = &zoho.urls().foreign;
    let reply = serde_json::json!({"access_token": zoho.access_token(), "expires_in": 3600, "api_domain": foreign});
    zoho.next(Role::Accounts, Fault::Json200(reply.to_string()));
    assert_eq!(zoho.run(["list"]).code, 0);
    assert_eq!(zoho.requests_to(Role::Api).len(), 1);
    assert!(zoho.requests_to(Role::Foreign).is_empty());
}

#[test]
fn the_token_follows_a_redirect_to_a_host_that_may_have_it_and_to_no_other() {
    for status in [301, 302, 303, 307, 308] {
        let zoho = zoho();
        let urls = zoho.urls();
        zoho.next(
            Role::Api,
            Fault::Redirect(status, format!("{}/elsewhere", urls.downloads)),
        );
        zoho.next(
            Role::Api,
            Fault::Redirect(status, format!("{}/elsewhere", urls.foreign)),
        );
        zoho.run(["list", "--retries", "0"]);
        zoho.run(["list", "--retries", "0"]);
        let token = |role| {
            let reached = zoho.requests_to(role);
            assert_eq!(
                (reached.len(), reached[0].request.method.as_str()),
                (1, "GET"),
                "{status}"
            );
            reached[0].request.token().map(str::to_owned)
        };
        assert!(token(Role::Downloads).is_some(), "{status}");
        assert_eq!(token(Role::Foreign), None, "{status}");
    }
}

#[test]
fn a_link_that_leads_to_a_strange_storage_is_followed_there_without_the_token() {
    let zoho = zoho();
    zoho.fault_for(
        "Data_001.zip",
        Fault::Redirect(302, format!("{}/Data_001.zip?key=1", zoho.urls().foreign)),
    );
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
    let reached = zoho.requests_to(Role::Foreign);
    assert!(
        !reached.is_empty()
            && reached
                .iter()
                .all(|record| record.request.token().is_none())
    );
}
