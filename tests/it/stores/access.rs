//! How a store is reached: options, credentials from where each cloud's programs have them, and no secret of them in any
//! output.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::support::elsewhere::{is_windows, value};
use crate::support::run::{Cli, Run, folder};
use crate::support::stores::{Azurite, Between, Does, Gcs, S3, Store};
use crate::support::tools::needs;

/// The program with none of the store's variables, and the store.
struct Bare {
    home: TempDir,
    s3: S3,
}

impl Bare {
    fn start() -> Bare {
        let s3 = S3::start();
        s3.write("backups/a file", b"of somebody");
        Bare { home: folder(), s3 }
    }

    fn cli(&self) -> Cli {
        Cli::new(self.home.path()).env("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// The same with the store's address alone.
    fn at_store(&self) -> Cli {
        self.cli().env("AWS_ENDPOINT_URL", self.s3.base())
    }

    fn listed(&self, cli: &Cli) -> Run {
        cli.run(["list", "--saved", &self.s3.url("backups")])
    }

    fn with_keys(&self, cli: Cli) -> Cli {
        cli.env("AWS_ACCESS_KEY_ID", &self.s3.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &self.s3.secret_key)
    }

    fn shared(&self, name: &str, text: &str) {
        let aws = self.home.path().join(".aws");
        fs::create_dir_all(&aws).expect("a temporary folder");
        fs::write(aws.join(name), text).expect("a temporary folder");
    }

    fn keys_of_a_file(&self) -> String {
        let (id, secret) = (&self.s3.access_key, &self.s3.secret_key);
        format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
    }

    /// A program that prints this.
    fn helper(&self, name: &str, script: &str) {
        let mut path = self.home.path().join(name);
        if is_windows() {
            path.add_extension("cmd");
        }
        program(&path, script);
        let path = value("", &path.display().to_string());
        self.shared(
            "config",
            &format!("[profile helped]\ncredential_process = \"{path}\" \"an argument\"\n"),
        );
    }

    fn config(&self, options: &str) {
        let path = self.home.path().join("config/backup-fetch/config.toml");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
        fs::write(&path, format!("[profiles.main]\n{options}")).expect("a temporary folder");
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, private).expect("it is ours");
    }
}

fn program(path: &Path, script: &str) {
    let begin = if is_windows() {
        "@echo off"
    } else {
        "#!/bin/sh"
    };
    fs::write(path, format!("{begin}\n{script}\n")).expect("a temporary folder");
    let mode = fs::Permissions::from_mode(0o700);
    fs::set_permissions(path, mode).expect("it is ours");
}

fn credentials(id: &str, secret: &str) -> String {
    format!(
        r#"{{"Version":1,"AccessKeyId":"{id}","SecretAccessKey":"{secret}","Expiration":"2099-01-01T00:00:00Z"}}"#
    )
}

#[test]
fn credentials_come_from_variables_and_from_the_shared_profile() {
    needs!(S3);
    let bare = Bare::start();
    let run = bare.listed(&bare.with_keys(bare.at_store()));
    assert_eq!(run.code, 0, "{run}");

    bare.shared(
        "credentials",
        &format!("[default]\n{}", bare.keys_of_a_file()),
    );
    let run = bare.listed(&bare.at_store());
    assert_eq!(run.code, 0, "{run}");

    let endpoint = format!("[profile other]\nendpoint_url = {}\n", bare.s3.base());
    bare.shared("config", &endpoint);
    bare.shared(
        "credentials",
        &format!("[other]\n{}", bare.keys_of_a_file()),
    );
    let run = bare.listed(&bare.cli().env("AWS_PROFILE", "other"));
    assert_eq!(run.code, 0, "{run}");

    let elsewhere = bare.home.path().join("elsewhere");
    fs::rename(bare.home.path().join(".aws"), &elsewhere).expect("a temporary folder");
    let path = |name: &str| elsewhere.join(name).display().to_string();
    let cli = bare
        .cli()
        .env("AWS_CONFIG_FILE", path("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", path("credentials"));
    let run = bare.listed(&cli.always("--store-option").always("profile=other"));
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn variables_go_before_the_shared_profile_unless_an_option_names_it() {
    needs!(S3);
    let bare = Bare::start();
    bare.shared(
        "credentials",
        "[wrong]\naws_access_key_id = x\naws_secret_access_key = y\n",
    );
    let cli = bare.with_keys(bare.at_store()).env("AWS_PROFILE", "wrong");
    let run = bare.listed(&cli);
    assert_eq!(run.code, 0, "{run}");
    let run = bare.listed(&cli.always("--store-option").always("profile=wrong"));
    assert_eq!(run.code, 4, "{run}");
}

#[test]
fn a_program_hands_out_credentials_and_sees_no_secret_of_zoho() {
    needs!(S3);
    let bare = Bare::start();
    let printed = credentials(&bare.s3.access_key, &bare.s3.secret_key);
    let script = if is_windows() {
        format!("set > seen\n>> seen echo %~1\necho {printed}")
    } else {
        format!("env > seen; echo \"$1\" >> seen; echo '{printed}'")
    };
    bare.helper("a helper", &script);
    let cli = bare
        .at_store()
        .env("AWS_PROFILE", "helped")
        .env("ZOHO_REFRESH_TOKEN", "canary");
    let run = bare.listed(&cli);
    assert_eq!(run.code, 0, "{run}");
    let seen = fs::read_to_string(bare.home.path().join("seen")).expect("it was run");
    assert!(
        seen.contains("AWS_PROFILE") && !seen.contains("canary"),
        "{seen}"
    );
    assert!(seen.trim_end().ends_with("\nan argument"), "{seen}");
}

#[test]
fn a_program_that_hands_out_nothing_is_named_and_not_quoted() {
    needs!(S3);
    let bare = Bare::start();
    let of_another_version = r#"{"Version":2,"AccessKeyId":"a","SecretAccessKey":"canary"}"#;
    let (prints_that, failed) = if is_windows() {
        (format!("echo {of_another_version}"), "exit code: 3")
    } else {
        (format!("echo '{of_another_version}'"), "exit status: 3")
    };
    for (script, words) in [
        ("exit 3", &*format!("failed ({failed})")),
        ("echo canary", "did not print credentials"),
        (&prints_that, "version 2"),
    ] {
        bare.helper("helper", script);
        let run = bare.listed(&bare.at_store().env("AWS_PROFILE", "helped"));
        assert_eq!(run.code, 4, "{run}");
        assert!(
            run.stderr.contains(words) && !run.stderr.contains("canary"),
            "{run}"
        );
    }
    bare.shared(
        "config",
        "[profile helped]\ncredential_process = /no/such/program\n",
    );
    let run = bare.listed(&bare.at_store().env("AWS_PROFILE", "helped"));
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr.contains("/no/such/program can't be run"),
        "{run}"
    );
}

#[test]
fn what_only_amazons_program_can_do_is_told_with_the_way_around() {
    let home = folder();
    let cli = Cli::new(home.path())
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_PROFILE", "it");
    let aws = home.path().join(".aws");
    fs::create_dir(&aws).expect("a temporary folder");
    for (text, words) in [
        ("sso_session = mine", "single sign-on"),
        (
            "role_arn = arn:x\nsource_profile = default",
            "a role to be assumed",
        ),
    ] {
        fs::write(aws.join("config"), format!("[profile it]\n{text}\n"))
            .expect("a temporary folder");
        let run = cli.run(["list", "--saved", "s3://bucket/x"]);
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.contains(words), "{run}");
        assert!(
            run.stderr
                .contains("aws configure export-credentials --profile it"),
            "{run}"
        );
    }
}

#[test]
fn who_has_no_credentials_is_told_what_was_looked_for_without_waiting_for_a_cloud() {
    let home = folder();
    for (url, words) in [
        ("s3://bucket/x", "AWS_ACCESS_KEY_ID"),
        ("gs://bucket/x", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("az://bucket/x", "AZURE_STORAGE_ACCOUNT_KEY"),
    ] {
        // Nobody is at home there. Whoever asked again would do so for minutes.
        let cli = Cli::new(home.path())
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")
            .env("GCE_METADATA_HOST", "127.0.0.1:1")
            .env("GCE_METADATA_IP", "127.0.0.1:1")
            .env("AZURE_STORAGE_ACCOUNT_NAME", "account")
            .env("IDENTITY_ENDPOINT", "http://127.0.0.1:1");
        let run = cli.run(["list", "--saved", url, "--retry-wait", "1h"]);
        assert_eq!(run.code, 4, "{run}");
        assert!(
            run.stderr.contains("no credentials") && run.stderr.contains(words),
            "{run}"
        );
    }
    let cli = Cli::new(home.path()).env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let run = cli
        .env("AWS_ACCESS_KEY_ID", "id")
        .run(["list", "--saved", "s3://bucket/x"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr.contains("but not AWS_SECRET_ACCESS_KEY"),
        "{run}"
    );
}

#[test]
fn options_of_a_profile_reach_the_store_and_flags_lie_over_them_key_by_key() {
    needs!(S3);
    let bare = Bare::start();
    let secret = bare.home.path().join("secret");
    fs::write(&secret, &bare.s3.secret_key).expect("a temporary folder");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("it is ours");
    let options = |endpoint: &str| {
        let (url, id) = (bare.s3.url("backups"), &bare.s3.access_key);
        format!(
            "out = \"{url}\"\n[profiles.main.store_options]\nendpoint = \"{endpoint}\"\naccess_key_id = \"{id}\"\nSecret-Access-Key = {{ file = \"{}\" }}\npart_size = 8388608\nallow_http = true\n",
            secret.display()
        )
    };
    bare.config(&options(bare.s3.base()));
    let run = bare.cli().run(["list", "--saved"]);
    assert_eq!(run.code, 0, "{run}");
    let run = bare.cli().run(["config", "check"]);
    assert!(run.code == 0 && !run.stdout.contains("failed"), "{run}");
    bare.config(&options("http://127.0.0.1:1"));
    assert_eq!(
        bare.cli().run(["list", "--saved", "--retries", "0"]).code,
        7
    );
    let endpoint = format!("endpoint={}", bare.s3.base());
    let run = bare
        .cli()
        .run(["list", "--saved", "--store-option", &endpoint]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn an_option_that_is_wrong_is_refused_with_what_is_right() {
    let home = folder();
    let cli = Cli::new(home.path())
        .env("AWS_ACCESS_KEY_ID", "id")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "eu-central-1");
    for (option, words) in [
        ("regoin=x", "did you mean `region`?"),
        ("secret_access_key=canary", "AWS_SECRET_ACCESS_KEY"),
        ("sas-token=canary", "variable"),
        ("sse_customer_key_base64=canary", "variable"),
        ("account_name=x", "az://"),
        ("part_size=1", "5MiB"),
        ("part_size=tiny", "16MiB"),
        ("checksum=md5", "crc64nvme"),
        ("allow_http=perhaps", "true or false"),
        ("skip_signature=perhaps", "skip_signature"),
        ("server_side_encryption=rot13", "rot13"),
        ("storage_class=", "empty"),
        ("endpoint=http://minio.example", "https://"),
        ("endpoint=minio", "https://"),
        ("bucket=x", "address"),
        ("timeout=1s", "--stall-timeout"),
        ("canary", "KEY=VALUE"),
    ] {
        let run = cli.run(["list", "--saved", "s3://bucket/x", "--store-option", option]);
        assert_eq!(run.code, 2, "{option}: {run}");
        assert!(run.stderr.contains(words), "{option}: {run}");
        assert!(!run.stderr.contains("canary"), "{option}: {run}");
    }
}

#[test]
fn what_is_wrong_in_a_profile_is_told_with_its_line_and_secrets_there_are_private() {
    needs!(S3);
    let bare = Bare::start();
    for (option, words) in [
        ("regoin = \"x\"", "did you mean `region`?"),
        ("checksum = \"md5\"", "crc64nvme"),
        ("region = { file = \"/x\" }", "string"),
        ("region = []", "string"),
    ] {
        bare.config(&format!("[profiles.main.store_options]\n{option}\n"));
        for args in [&["config", "check"][..], &["list", "--saved", "s3://b/x"]] {
            let run = bare.cli().run(args);
            let told = run.stdout.clone() + &run.stderr;
            assert_eq!(run.code, 2, "{option}: {run}");
            assert!(
                told.contains(words) && told.contains("config.toml:3"),
                "{option}: {run}"
            );
        }
    }
    if is_windows() {
        // Nobody looks who can read it.
        return;
    }
    bare.config("[profiles.main.store_options]\nsecret_access_key = \"canary\"\n");
    let path = bare.home.path().join("config/backup-fetch/config.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    let run = bare.cli().run(["list", "--saved", "s3://b/x"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("chmod 600") && !run.stderr.contains("canary"),
        "{run}"
    );
}

#[test]
fn a_store_on_this_machine_is_reached_past_every_proxy_and_told_who_asks() {
    needs!(S3);
    let bare = Bare::start();
    let between = Between::start(&bare.s3);
    let cli = Cli::new(bare.home.path())
        .through(&between)
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("HTTPS_PROXY", "http://127.0.0.1:1");
    let run = bare.listed(&cli);
    assert_eq!(run.code, 0, "{run}");
    let seen = between.seen();
    assert!(!seen.is_empty());
    for seen in seen {
        let agent = seen.header("user-agent").unwrap_or_default();
        assert!(agent.starts_with("backup-fetch/"), "{agent}");
    }
}

#[test]
fn azure_is_reached_by_a_connection_string() {
    needs!(Azurite);
    let (home, azurite) = (folder(), Azurite::start());
    azurite.write("backups/a file", b"of somebody");
    let of = |name: &str| {
        let mut all = azurite.env().into_iter();
        all.find(|(its, _)| *its == name)
            .map(|(_, value)| value)
            .unwrap_or_default()
    };
    let text = format!(
        "DefaultEndpointsProtocol=http;AccountName={};AccountKey={};BlobEndpoint={};",
        of("AZURE_STORAGE_ACCOUNT_NAME"),
        of("AZURE_STORAGE_ACCOUNT_KEY"),
        of("AZURE_STORAGE_ENDPOINT"),
    );
    let url = azurite.url("backups");
    let cli = Cli::new(home.path()).env("AZURE_STORAGE_CONNECTION_STRING", text);
    let run = cli.run(["list", "--saved", &url]);
    assert_eq!(run.code, 0, "{run}");
    let run = cli.run(["list", "--saved", "az://no-such-container/x", "--json"]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(run.events("error")[0]["code"], "bucket_missing", "{run}");
}

#[test]
fn google_is_reached_by_the_file_of_a_service_account() {
    needs!(Gcs);
    let (home, gcs) = (folder(), Gcs::start());
    gcs.write("backups/a file", b"of somebody");
    let cli = Cli::new(home.path()).with_store(&gcs);
    let run = cli.run(["list", "--saved", &gcs.url("backups")]);
    assert_eq!(run.code, 0, "{run}");
}

/// Characters that are written otherwise in queries, XML and JSON.
const SECRET: &str = "canary/secret+of&the=store";
const TOKEN: &str = "canary+session/token==";

fn forms(secret: &str) -> Vec<String> {
    vec![
        secret.to_owned(),
        percent(secret),
        secret.replace('&', "&amp;"),
    ]
}

#[test]
fn no_secret_of_a_store_is_told_however_it_came_and_whatever_echoes_it() {
    needs!(S3);
    let bare = Bare::start();
    let between = Between::start(&bare.s3);
    let keys = format!(
        "aws_access_key_id = id\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    );
    bare.shared("credentials", &format!("[filed]\n{keys}"));
    let printed =
        credentials("id", SECRET).replacen('{', &format!("{{\"SessionToken\":\"{TOKEN}\","), 1);
    bare.helper("helper", &format!("echo '{printed}'"));
    bare.config(&format!(
        "[profiles.main.store_options]\naccess_key_id = \"id\"\nsecret_access_key = \"{SECRET}\"\nsession_token = \"{TOKEN}\"\n"
    ));
    let cli = bare.cli().env("AWS_ENDPOINT_URL", between.base());
    let outside = cli.clone().env("XDG_CONFIG_HOME", "/nowhere");
    let ways = [
        outside
            .clone()
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN),
        outside.clone().env("AWS_PROFILE", "filed"),
        outside.env("AWS_PROFILE", "helped"),
        cli,
    ];
    let echo: Vec<String> = [SECRET, TOKEN].into_iter().flat_map(forms).collect();
    let echo = echo.join(" ");
    for cli in ways {
        for (status, body) in [
            (
                403,
                format!("<Error><Code>AccessDenied</Code><Message>{echo}</Message></Error>"),
            ),
            (400, format!("<Error><Code>{echo}</Code></Error>")),
            (500, format!("<html><title>{echo}</title></html>")),
            (404, format!("{{\"error\":{{\"message\":\"{echo}\"}}}}")),
            (200, format!("<ListBucketResult>{echo}")),
        ] {
            for more in ["-vvv", "--json"] {
                between.on(1, |_| true, Does::Answer(status, body.clone()));
                let url = bare.s3.url("backups");
                let run = cli.run(["list", "--saved", &url, "--retries", "0", more]);
                assert_ne!(run.code, 0, "{run}");
                assert_ne!(run.code, 2, "{run}");
                for form in [SECRET, TOKEN].into_iter().flat_map(forms) {
                    let told = run.stdout.contains(&form) || run.stderr.contains(&form);
                    assert!(!told, "{status}, {form}: {run}");
                }
            }
        }
    }
    let heard = between.seen();
    let with_token = heard
        .iter()
        .filter(|seen| seen.header("x-amz-security-token") == Some(TOKEN));
    assert_eq!(with_token.count(), heard.len(), "each way was gone");
}

/// An address, variables by which it is let in, and their secret.
type Way = (&'static str, Vec<(&'static str, String)>, &'static str);

const KEY: &str = "Y2FuYXJ5L2tleS1vZi1henVyZT8+Pw==";
const SIGNATURE: &str = "canary/sig+nature=";

/// `token`: a file with [`TOKEN`].
fn ways_of_azure(base: &str, token: &str) -> Vec<Way> {
    let with = |name, value: &str| {
        let place = [
            ("AZURE_STORAGE_ACCOUNT_NAME", "a"),
            ("AZURE_STORAGE_ENDPOINT", base),
            ("AZURE_STORAGE_CLIENT_ID", "id"),
            ("AZURE_STORAGE_TENANT_ID", "tenant"),
            ("AZURE_STORAGE_AUTHORITY_HOST", base),
            (name, value),
        ];
        owned(&place)
    };
    let sas = format!("sv=2022&sp=rl&sig={}", percent(SIGNATURE));
    let account = format!("DefaultEndpointsProtocol=http;AccountName=a;BlobEndpoint={base}/a;");
    let by_text = |text| {
        let text = format!("{account}{text}");
        owned(&[("AZURE_STORAGE_CONNECTION_STRING", &*text)])
    };
    let ways = [
        (with("AZURE_STORAGE_ACCOUNT_KEY", KEY), KEY),
        (with("AZURE_STORAGE_SAS_TOKEN", &sas), SIGNATURE),
        (with("AZURE_STORAGE_CLIENT_SECRET", SECRET), SECRET),
        (with("AZURE_FEDERATED_TOKEN_FILE", token), TOKEN),
        (by_text(format!("AccountKey={KEY}")), KEY),
        (by_text(format!("SharedAccessSignature={sas}")), SIGNATURE),
    ];
    let ways = ways.into_iter();
    ways.map(|(variables, secret)| ("az://box/x", variables, secret))
        .collect()
}

fn ways_of_others(base: &str, token: &str) -> [Way; 2] {
    let google = [("GOOGLE_BASE_URL", base), ("GOOGLE_BEARER_TOKEN", SECRET)];
    let amazon = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/r"),
        ("AWS_ENDPOINT_URL_STS", base),
        ("AWS_ENDPOINT_URL", base),
    ];
    [
        ("gs://box/x", owned(&google), SECRET),
        ("s3://box/x", owned(&amazon), TOKEN),
    ]
}

fn owned(variables: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let variables = variables.iter();
    variables
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[test]
fn no_secret_of_another_cloud_is_told_whatever_echoes_it() {
    needs!(S3);
    let bare = Bare::start();
    let between = Between::start(&bare.s3);
    let token = bare.home.path().join("token");
    fs::write(&token, TOKEN).expect("a file");
    let token = token.display().to_string();
    let ways = ways_of_azure(between.base(), &token).into_iter();
    let ways = ways.chain(ways_of_others(between.base(), &token));
    for (url, variables, secret) in ways {
        let before = between.seen().len();
        for (status, body) in [
            (
                403,
                "<Error><Code>AccessDenied</Code><Message>ECHO</Message></Error>",
            ),
            (
                400,
                r#"{"error":"invalid_grant","error_description":"ECHO"}"#,
            ),
            (500, "<html><title>ECHO</title></html>"),
            (200, "<EnumerationResults>ECHO"),
        ] {
            for more in ["-vvv", "--json"] {
                let body = body.replace("ECHO", &forms(secret).join(" "));
                between.on(1, |_| true, Does::Answer(status, body));
                let cli = variables.iter().cloned();
                let cli = cli.fold(bare.cli(), |cli, (name, value)| cli.env(name, value));
                let run = cli.run(["list", "--saved", url, "--retries", "0", more]);
                assert!(run.code != 0 && run.code != 2, "{variables:?}: {run}");
                for form in forms(secret) {
                    let told = run.stdout.contains(&form) || run.stderr.contains(&form);
                    assert!(!told, "{status}, {form}: {run}");
                }
            }
        }
        let heard = between.seen().len() - before;
        assert_eq!(heard, 8, "each way was gone: {variables:?}");
    }
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
