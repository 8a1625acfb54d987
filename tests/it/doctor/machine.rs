//! What is wrong on this machine: configuration, secrets, certificates.

use std::fs;

use super::{checks, failed, fails, is, without_credentials, zoho};
use crate::support::elsewhere::shell;
use crate::usage::{config_of, configured, secret_file, write};

#[test]
fn no_credentials_exit_4_with_the_variables_to_set() {
    let zoho = zoho();
    let cli = without_credentials(zoho.cli());
    let run = cli.run(["doctor", "--json"]);
    fails(&run, "secret", 4, &["no credentials", "set ZOHO_CLIENT_ID"]);
    is(&run, "clock", "ok", &[]);
}

#[test]
fn half_a_set_of_credentials_exits_2() {
    let run = zoho()
        .cli()
        .without("ZOHO_CLIENT_SECRET")
        .run(["doctor", "--json"]);
    assert_eq!(run.code, 2, "{run}");
    let last = checks(&run, "secret").pop().expect("some");
    assert_eq!(last["state"], "failed", "{run}");
    assert!(
        last["message"]
            .as_str()
            .is_some_and(|text| text.contains("but not ZOHO_CLIENT_SECRET")),
        "{run}"
    );
}

#[test]
fn a_secret_file_that_others_can_read_exits_2_with_its_chmod_and_the_others_are_read() {
    let zoho = zoho();
    let path = secret_file(&zoho, "refresh", &zoho.rules().refresh_token);
    write(&path, &zoho.rules().refresh_token, 0o644);
    let cli = zoho
        .cli()
        .without("ZOHO_REFRESH_TOKEN")
        .env("ZOHO_REFRESH_TOKEN_FILE", &path);
    let run = cli.run(["doctor", "--json"]);
    assert_eq!(
        (run.code, failed(&run)),
        (2, vec!["secret".to_owned()]),
        "{run}"
    );
    let secrets = checks(&run, "secret");
    assert_eq!(secrets.len(), 3, "{run}");
    assert_eq!(secrets[2]["hint"], format!("chmod 600 '{path}'"), "{run}");
    assert!(
        secrets[2]["message"]
            .as_str()
            .is_some_and(|text| text.contains("ZOHO_REFRESH_TOKEN_FILE")),
        "{run}"
    );
}

#[test]
fn each_source_of_a_secret_is_named_and_a_command_is_run_once() {
    let zoho = zoho();
    let rules = zoho.rules();
    let script = format!("echo x >> ran && echo {}", rules.refresh_token);
    let command = shell(&script);
    let text = format!(
        "[profiles.main]\nclient_id = \"{}\"\nclient_secret = \"{}\"\nrefresh_token = {{ command = {command:?} }}\n",
        rules.client_id, rules.client_secret
    );
    write(&config_of(zoho.home()), &text, 0o600);
    let cli = without_credentials(zoho.cli());
    let run = cli.run(["doctor"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout
            .contains("client secret from the configuration file itself"),
        "{run}"
    );
    let place = format!("refresh token from the command {}", command[0]);
    assert!(run.stdout.contains(&place), "{run}");
    let ran = fs::read_to_string(zoho.home().join("ran")).expect("it ran");
    assert_eq!(ran.lines().count(), 1, "{ran}");
}

#[test]
fn a_broken_configuration_exits_2_with_line_and_right_key_and_the_rest_goes_on() {
    let (home, cli) = configured("[profiles.main]\nclient_idd = \"1000.X\"\n");
    let run = cli.run(["doctor", "--out", "out", "--json"]);
    fails(
        &run,
        "configuration",
        2,
        &["config.toml:2", "did you mean `client_id`?"],
    );
    is(&run, "proxy", "ok", &["HTTPS_PROXY=http://127.0.0.1:9"]);
    is(&run, "folder", "ok", &["out"]);
    drop(home);
}

#[test]
fn a_setting_that_is_wrong_exits_2_and_the_secrets_are_looked_at_all_the_same() {
    let run = zoho()
        .cli()
        .env("ZOHO_DC", "mars")
        .run(["doctor", "--json"]);
    fails(&run, "configuration", 2, &["mars", "use one of us eu"]);
    assert_eq!(checks(&run, "secret").len(), 3, "{run}");
}

#[test]
fn a_ca_file_without_certificates_exits_2() {
    let zoho = zoho();
    fs::write(zoho.home().join("ca.pem"), "nothing").expect("it is ours");
    let run = zoho.run(["doctor", "--json", "--ca-cert", "ca.pem"]);
    fails(
        &run,
        "configuration",
        2,
        &["ca.pem", "no certificate", "PEM"],
    );
}

#[test]
fn a_machine_without_ca_certificates_exits_2_and_asks_no_server() {
    let zoho = zoho();
    let store = zoho.home().join("store");
    fs::create_dir(&store).expect("it is ours");
    fs::write(store.join("garbage"), "hello").expect("it is ours");
    let cli = zoho.cli().env("SSL_CERT_DIR", store.display().to_string());
    let run = cli.run(["doctor", "--json", "--accounts-url", "https://192.0.2.1"]);
    fails(
        &run,
        "certificates",
        2,
        &["no CA certificates", "--ca-cert"],
    );
    is(
        &run,
        "calls",
        "warning",
        &["skipped", "no server can be trusted"],
    );
}

#[test]
fn the_proxy_is_named_without_its_password() {
    let zoho = zoho();
    let cli = zoho.cli().env(
        "HTTPS_PROXY",
        "http://me:canary-password@proxy.example:3128",
    );
    let run = cli.run(["doctor", "--json"]);
    is(
        &run,
        "proxy",
        "ok",
        &["HTTPS_PROXY=http://proxy.example:3128"],
    );
    assert!(!run.stdout.contains("canary"), "{run}");
}
