//! `--on-success` and `--on-failure`.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use super::{DATA, download, script, touch, with_config, zoho};
use crate::support::elsewhere::{heard, is_windows};
use crate::support::faults::Fault;
use crate::support::run::wait_until;
use crate::support::zoho::Zoho;

/// Writes its environment and its arguments down.
fn note(zoho: &Zoho) -> String {
    let unix = "env > facts; printf \"%s|\" \"$@\" > words";
    let windows = "set > facts\n> words echo %~1^|%~2^|%~3^|";
    let script = script(zoho.home(), "note", unix, windows);
    format!("{script} \"two words\" \"$HOME\" \"*\"")
}

fn facts(zoho: &Zoho) -> BTreeMap<String, String> {
    let text = fs::read_to_string(zoho.home().join("facts")).expect("the hook ran");
    let text = heard(&text);
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn a_success_runs_its_command_with_the_facts_and_without_secrets() {
    let zoho = zoho();
    let run = download(
        &zoho,
        &[
            "--on-success",
            &note(&zoho),
            "--on-failure",
            &touch("failed"),
        ],
    );
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    let (facts, rules) = (facts(&zoho), zoho.rules());
    let bytes = zoho.bytes_of(DATA).len().to_string();
    for (name, value) in [
        ("COMMAND", "download"),
        ("RESULT", "success"),
        ("EXIT_CODE", "0"),
        ("ERROR_CODE", ""),
        ("HINT", ""),
        ("PROFILE", ""),
        ("ORG", rules.org.as_str()),
        ("JOB", rules.job.as_str()),
        ("FOLDER", &zoho.saved_as_told()),
        ("FILES", "1"),
        ("BYTES", &bytes),
        ("FETCHED_BYTES", &bytes),
    ] {
        assert_eq!(
            facts[&format!("BACKUP_FETCH_{name}")],
            value,
            "{name}: {facts:?}"
        );
    }
    let expiry = &facts["BACKUP_FETCH_EXPIRY"];
    assert!(
        chrono::DateTime::parse_from_rfc3339(expiry)
            .is_ok_and(|at| at.timestamp() == rules.expiry.timestamp()),
        "{expiry}"
    );
    assert!(
        facts["BACKUP_FETCH_MESSAGE"].contains("1 file verified"),
        "{facts:?}"
    );
    assert!(
        facts["BACKUP_FETCH_SECONDS"].parse::<u64>().is_ok(),
        "{facts:?}"
    );
    for secret in [&rules.client_secret, &rules.refresh_token, &rules.client_id] {
        assert!(
            !facts.values().any(|value| value.contains(secret)),
            "{facts:?}"
        );
    }
    let home = if is_windows() { "USERPROFILE" } else { "HOME" };
    assert!(facts.contains_key(home) && facts.contains_key("PATH"));
    let words = fs::read_to_string(zoho.home().join("words")).expect("the hook ran");
    assert_eq!(
        words.trim_end(),
        "two words|$HOME|*|",
        "split, and nothing expanded"
    );
    assert!(!zoho.home().join("failed").exists());
}

#[test]
fn a_failure_runs_the_other_one_with_what_went_wrong() {
    let zoho = zoho();
    zoho.always_for(DATA, Fault::Status(404, vec![], vec![]));
    let run = download(
        &zoho,
        &[
            "--on-failure",
            &note(&zoho),
            "--on-success",
            &touch("succeeded"),
        ],
    );
    assert_eq!(run.code, 5, "{run}");
    let facts = facts(&zoho);
    let is = |name: &str, value: &str| facts[&format!("BACKUP_FETCH_{name}")] == value;
    assert!(
        is("RESULT", "failure") && is("EXIT_CODE", "5") && is("FILES", "0"),
        "{facts:?}"
    );
    let [message, code, hint] =
        ["MESSAGE", "ERROR_CODE", "HINT"].map(|name| &facts[&format!("BACKUP_FETCH_{name}")]);
    assert!(
        run.stderr
            .contains(&format!("error: {message}\nhint: {hint}\n")),
        "{run}{facts:?}"
    );
    assert!(
        !code.is_empty()
            && code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
        "{code}"
    );
    assert!(!zoho.home().join("succeeded").exists());
}

#[test]
fn what_a_command_prints_goes_to_stderr_and_it_reads_nothing() {
    let zoho = zoho();
    let unix = "cat; echo said; echo cried >&2";
    let windows = "sort\necho said\n>&2 echo cried";
    let hook = script(zoho.home(), "say", unix, windows);
    let run = download(&zoho, &["--on-success", &hook, "--json"]);
    assert!(
        ["said", "cried"]
            .iter()
            .all(|word| run.stderr.lines().any(|line| line == *word)),
        "{run}"
    );
    assert_eq!(
        run.json_lines().last().expect("a line")["event"],
        "summary",
        "{run}"
    );
}

#[test]
fn a_command_that_fails_is_a_warning() {
    let on_unix: &[_] = &[
        ("sh -c 'exit 3'", "sh, failed (exit status: 3)"),
        ("sh -c 'kill -9 $$'", "sh, failed (signal: 9"),
    ];
    let on_windows: &[_] = &[("cmd /c \"exit 3\"", "cmd, failed (exit code: 3)")];
    let fails = if is_windows() { on_windows } else { on_unix };
    let missing = ("/no/such/notify.sh x", "notify.sh, can't be run: ");
    for (hook, words) in fails.iter().chain([&missing]) {
        let run = download(&zoho(), &["--on-success", hook]);
        assert_eq!(run.code, 0, "{run}");
        let warning = format!("warning: the command of --on-success, {words}");
        assert!(run.stderr.contains(&warning), "{run}");
    }
}

#[test]
fn a_command_that_takes_too_long_is_stopped_with_all_it_has_started() {
    let zoho = zoho();
    let home = zoho.home().display();
    let unix = format!("echo > begun; tail -f {home}/begun & wait");
    let windows = "if \"%1\" == \"\" start /b cmd /c %~f0 again\necho > begun\n:again\ngoto again";
    let hook = script(zoho.home(), "hang", &unix, windows);
    let since = Instant::now();
    let run = download(&zoho, &["--on-success", &hook, "--hook-timeout", "2s"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains(", was stopped: it ran longer than 2s"),
        "{run}"
    );
    assert!(since.elapsed() < Duration::from_secs(20), "{run}");
    assert!(zoho.home().join("begun").exists(), "the hook ran");
    wait_until("its child has gone, too", || !runs_below(&zoho));
}

/// Whether a process has a path of this stand-in among its words.
fn runs_below(zoho: &Zoho) -> bool {
    let name = zoho.home().file_name().expect("it has one");
    let name = name.to_str().expect("it is text");
    let processes = fs::read_dir("/proc").expect("it is there").flatten();
    let mut lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(name))
}

#[test]
fn a_signal_ends_the_command_and_not_the_result() {
    let zoho = zoho();
    let unix = "touch begun; exec sleep 62";
    let hook = script(
        zoho.home(),
        "hang",
        unix,
        "echo > begun\n:again\ngoto again",
    );
    let running = zoho
        .cli()
        .spawn(["download", "--out", "out", "--on-success", &hook]);
    let begun = zoho.home().join("begun");
    wait_until("the hook runs", || begun.exists());
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr
            .contains("warning: stopped before everybody was told"),
        "{run}"
    );
}

#[test]
fn a_profile_has_commands_as_text_and_as_a_list_that_is_taken_as_it_is() {
    let zoho = zoho();
    let unix = r#"echo "$BACKUP_FETCH_PROFILE $1" > said"#;
    let on_success = if is_windows() {
        // It gets the argument in quotes.
        let windows = "> said echo %BACKUP_FETCH_PROFILE% %1";
        vec![script(zoho.home(), "say", unix, windows), "a | b".into()]
    } else {
        ["sh", "-c", unix, "sh", "a | b"].map(str::to_owned).into()
    };
    let on_failure = touch("it failed");
    let config = format!(
        "[profiles.main]\nout = \"out\"\non_success = {on_success:?}\non_failure = {on_failure:?}\n"
    );
    let cli = with_config(&zoho, &config);
    assert_eq!(cli.run(["download"]).code, 0);
    let said = fs::read_to_string(zoho.home().join("said")).expect("the hook ran");
    assert_eq!(said.replace('"', "").trim_end(), "main a | b");
    assert_eq!(cli.run(["download", "--match", "none*.zip"]).code, 2);
    assert!(zoho.home().join("it failed").exists());
}

#[test]
fn a_command_that_only_a_shell_would_understand_is_refused() {
    let zoho = zoho();
    for (hook, words) in [
        ("echo x | mail root", "so \"|\" means nothing in it"),
        ("notify \"x", "a quote in the command is not closed"),
        ("", "the command is empty"),
    ] {
        let run = download(&zoho, &["--on-failure", hook]);
        crate::usage::refused(&run, "--on-failure: ", "");
        assert!(run.stderr.contains(words), "{run}");
    }
    assert!(zoho.requests().is_empty());
}
