//! `login` on a terminal, and what it does to a configuration that is there.

use std::fs;
use std::path::Path;

use crate::login::{FETCH, bare, config, log_in, stored, with_client};
use crate::support::elsewhere::{assert_mode, end_of_input, shell};
use crate::support::pty::Screen;
use crate::support::run::Cli;
use crate::support::zoho::Zoho;
use crate::usage::{config_of, refused, without_credentials, write};

/// Answers everything up to the hidden question.
fn up_to_the_secret(zoho: &Zoho, screen: &mut Screen) {
    screen.answer("Client ID: ", &zoho.rules().client_id);
    screen.wait_for("Client Secret (not shown): ");
}

#[test]
fn on_a_terminal_everything_is_asked_for_and_the_secret_is_not_shown() {
    let (zoho, cli) = without_credentials();
    let mut screen = cli.on_terminal(["login", "--scope", "all"]);
    up_to_the_secret(&zoho, &mut screen);
    screen.assert_echoes(false);
    let secret = zoho.rules().client_secret;
    screen.answer("not shown): ", &secret);
    screen.wait_for("ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL");
    screen.assert_echoes(true);
    let code = zoho.grant_code("ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL");
    screen.answer("Code: ", &code);
    let run = screen.end();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
    assert!(!run.stderr.contains(&secret), "{run}");
    assert_eq!(bare(&zoho).run(["list"]).code, 0);
}

/// A login on a terminal that knows no data centre.
fn login_of_anywhere() -> (Zoho, Screen) {
    let (zoho, mut cli) = without_credentials();
    for variable in [
        "ZOHO_ACCOUNTS_URL",
        "ZOHO_API_DOMAIN",
        "ZOHO_DOWNLOAD_DOMAIN",
    ] {
        cli = cli.without(variable);
    }
    let screen = cli.on_terminal(["login"]);
    (zoho, screen)
}

#[test]
fn the_data_centre_is_asked_for_until_there_is_one_and_its_own_page_is_named() {
    let (_zoho, mut screen) = login_of_anywhere();
    screen.answer("Data centre [us]: ", "mars");
    screen.wait_for("There is no such data centre.");
    screen.answer("Data centre [us]: ", "eu");
    screen.wait_for("https://api-console.zoho.eu");
    screen.interrupt();
    assert_eq!(screen.end().code, 130);
}

#[test]
fn a_data_centre_that_is_known_is_not_asked_for() {
    let (_zoho, cli) = without_credentials();
    let screen = cli.on_terminal(["login", "--dc", "in"]);
    screen.wait_for("https://api-console.zoho.in");
    screen.wait_for("Client ID: ");
    assert!(
        !screen.shown().contains("Data centre ["),
        "{}",
        screen.shown()
    );
}

#[test]
fn a_signal_at_the_hidden_question_brings_the_terminal_back() {
    let (zoho, cli) = without_credentials();
    let mut screen = cli.on_terminal(["login"]);
    up_to_the_secret(&zoho, &mut screen);
    screen.assert_echoes(false);
    screen.interrupt();
    let run = screen.end();
    assert_eq!(run.code, 130, "{run}");
    screen.assert_echoes(true);
    assert!(zoho.requests().is_empty());
}

#[test]
fn the_end_of_the_input_is_no_answer() {
    let (zoho, cli) = without_credentials();
    let mut screen = cli.on_terminal(["login"]);
    screen.answer("Client ID: ", end_of_input());
    let run = screen.end();
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("no answer to \"Client ID\""), "{run}");
    assert!(zoho.requests().is_empty());
}

#[test]
fn comments_order_and_other_profiles_of_the_configuration_stay() {
    let (zoho, cli) = with_client();
    let text = "# top\ndefault_profile = \"main\" # mine\n\n# of acme\n[profiles.acme]\njobs = 2\n\n# of main\n[profiles.main]\n# as many as we may\njobs = 3\n";
    write(&config_of(zoho.home()), text, 0o640);
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let after = config(&zoho);
    assert!(after.starts_with(text), "{after}");
    let added = after[text.len()..].lines().count();
    assert!(added >= 5, "{after}");
    assert_mode(Path::new(&config_of(zoho.home())), 0o640);
}

#[test]
fn a_configuration_that_is_a_link_stays_one() {
    let (zoho, cli) = with_client();
    let real = zoho.home().join("dotfiles/zoho.toml");
    write(&real.display().to_string(), "# mine\n", 0o600);
    let path = config_of(zoho.home());
    fs::create_dir_all(zoho.home().join("config/backup-fetch")).expect("it is ours");
    std::os::unix::fs::symlink(&real, &path).expect("it is ours");
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    assert!(fs::symlink_metadata(&path).expect("there").is_symlink());
    let text = fs::read_to_string(&real).expect("there");
    assert!(text.contains("[profiles.main]"), "{text}");
    assert_eq!(bare(&zoho).run(["list"]).code, 0);
}

#[test]
fn a_second_profile_leaves_the_first_one_the_default() {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let run = log_in(&zoho, &cli, FETCH, ["--profile", "acme"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("main is now the default_profile"),
        "{run}"
    );
    assert_eq!(bare(&zoho).run(["list"]).code, 0);
    assert_eq!(bare(&zoho).run(["list", "--profile", "acme"]).code, 0);
    let tokens = ["main", "acme"].map(|name| fs::read(stored(&zoho, name, "refresh_token")));
    assert_ne!(
        tokens[0].as_ref().expect("stored"),
        tokens[1].as_ref().expect("stored")
    );
}

#[test]
fn a_new_login_replaces_the_token_only_when_the_new_one_works() {
    let (zoho, cli) = with_client();
    assert_eq!(log_in(&zoho, &cli, FETCH, []).code, 0);
    let token = || fs::read_to_string(stored(&zoho, "main", "refresh_token")).expect("stored");
    let (first, text) = (token(), config(&zoho));
    let run = log_in(&zoho, &cli, "ZohoFiles.files.ALL", []);
    assert_eq!(
        (run.code, token(), config(&zoho)),
        (4, first.clone(), text),
        "{run}"
    );
    let run = log_in(&zoho, &bare(&zoho), FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert_ne!(token(), first);
    assert!(
        run.stderr
            .contains("at Zoho it stays valid until it is revoked"),
        "{run}"
    );
    assert!(!zoho.is_revoked(first.trim_end()));
}

#[test]
fn a_token_that_comes_from_elsewhere_is_refused_before_the_code_is_spent() {
    for source in [
        "\"1000.plain\"",
        "{ command = [\"echo\", \"x\"] }",
        "{ credential = \"x\" }",
        "{ file = \"/run/secrets/x\" }",
    ] {
        let (zoho, cli) = with_client();
        let text = format!("[profiles.main]\nrefresh_token = {source}\n");
        write(&config_of(zoho.home()), &text, 0o600);
        let run = log_in(&zoho, &cli, FETCH, []);
        refused(
            &run,
            "the profile main reads its refresh token from",
            "--print",
        );
        assert!(zoho.requests().is_empty() && !run.stderr.contains("1000.plain"));
        assert_eq!(config(&zoho), text);
        let run = log_in(&zoho, &cli, FETCH, ["--print"]);
        assert_eq!((run.code, config(&zoho)), (0, text), "{run}");
    }
}

#[test]
fn a_client_secret_that_the_profile_has_from_elsewhere_is_used_and_left_alone() {
    let (zoho, cli) = with_client();
    let cli = cli.without("ZOHO_CLIENT_SECRET");
    let script = format!("echo {}", zoho.rules().client_secret);
    let source = format!("client_secret = {{ command = {:?} }}", shell(&script));
    write(
        &config_of(zoho.home()),
        &format!("[profiles.main]\n{source}\n"),
        0o600,
    );
    let run = log_in(&zoho, &cli, FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert!(config(&zoho).contains(&source), "{}", config(&zoho));
    assert!(!stored(&zoho, "main", "client_secret").exists());
    assert_eq!(bare(&zoho).run(["list"]).code, 0);
    let other = cli.env("ZOHO_CLIENT_SECRET", "other");
    refused(
        &log_in(&zoho, &other, FETCH, []),
        "ZOHO_CLIENT_SECRET is set, but",
        "unset",
    );
}

#[test]
fn a_profile_name_that_would_leave_the_folder_is_refused() {
    for name in ["../x", "a/b", "", ".hidden", "a b"] {
        let (zoho, cli) = with_client();
        let run = log_in(&zoho, &cli, FETCH, ["--profile", name]);
        refused(&run, "can't be the name of a folder", "letters");
        assert!(zoho.requests().is_empty(), "{name}");
    }
}

#[test]
fn a_variable_that_goes_before_what_was_stored_is_warned_about() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli.env("ZOHO_REFRESH_TOKEN", "x"), FETCH, []);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("warning: ZOHO_REFRESH_TOKEN is set"),
        "{run}"
    );
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_keyring_that_this_build_lacks_is_named_with_its_feature() {
    let (zoho, cli) = with_client();
    let run = log_in(&zoho, &cli, FETCH, ["--keyring"]);
    refused(&run, "without the feature `keyring`", "--features keyring");
    assert!(zoho.requests().is_empty());
}

#[test]
fn two_configurations_in_one_folder_keep_their_secrets_apart() {
    let (zoho, cli) = with_client();
    for name in ["a.toml", "b.toml"] {
        let run = log_in(&zoho, &cli, FETCH, ["--config", name]);
        assert_eq!(run.code, 0, "{run}");
    }
    let token = |name: &str| {
        let path = zoho
            .home()
            .join(format!("credentials-{name}/main/refresh_token"));
        fs::read_to_string(path).expect("it is stored")
    };
    assert_ne!(token("a"), token("b"));
}

/// Starts a second login on a terminal, and waits for its question.
fn second_login(zoho: &Zoho, cli: &Cli) -> Screen {
    assert_eq!(log_in(zoho, cli, FETCH, []).code, 0);
    let screen = cli.on_terminal(["login"]);
    screen.wait_for("Replace that login? [y/N] ");
    let shown = screen.shown();
    for word in ["main", &zoho.rules().org, &zoho.rules().client_id] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    screen
}

#[test]
fn a_second_login_says_who_is_logged_in_and_replaces_nobody_unasked() {
    for answer in ["", "n", "what?"] {
        let (zoho, cli) = with_client();
        let mut screen = second_login(&zoho, &cli);
        let before = config(&zoho);
        screen.answer("[y/N] ", answer);
        let run = screen.end();
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("--profile"), "{run}");
        assert_eq!(config(&zoho), before);
        assert_eq!(bare(&zoho).run(["list"]).code, 0);
    }
}

#[test]
fn a_second_login_that_is_wanted_goes_on() {
    let (zoho, cli) = with_client();
    let mut screen = second_login(&zoho, &cli);
    screen.answer("[y/N] ", "y");
    let token = stored(&zoho, "main", "refresh_token");
    let before = fs::read_to_string(&token).expect("it is stored");
    screen.answer("Code: ", &zoho.grant_code(FETCH));
    let run = screen.end();
    assert_eq!(run.code, 0, "{run}");
    assert_ne!(fs::read_to_string(&token).expect("it is stored"), before);
    let screen = cli.on_terminal(["login", "--yes"]);
    screen.wait_for("Code: ");
    assert!(!screen.shown().contains("[y/N]"), "{}", screen.shown());
}

#[test]
fn a_data_centre_may_be_answered_with_an_address_and_a_client_id_is_asked_for_until_it_is_one() {
    let (_zoho, mut screen) = login_of_anywhere();
    screen.answer(
        "Data centre [us]: ",
        "https://crm.zoho.eu/crm/org1/tab/Home",
    );
    screen.wait_for("https://api-console.zoho.eu");
    screen.answer("Client ID: ", "canary");
    screen.wait_for("does not hold a client id");
    screen.answer("Client ID: ", "\"1000.ABC\"");
    screen.wait_for("not shown): ");
}
