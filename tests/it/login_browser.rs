//! `login --browser`: a browser brings the code back to a port of this machine.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;

use url::Url;

use crate::login::{bare, stored, with_client};
use crate::support::pty::Screen;
use crate::support::raw::{Answer, get};
use crate::support::run::{Cli, GUARD, Run, wait_until};
use crate::support::zoho::{Role, Zoho};
use crate::usage::refused;

/// A port that is free.
fn free_port() -> u16 {
    loop {
        // Below the ports that the kernel gives to the connections of other tests.
        let port = fastrand::u16(10_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A login that waits for its browser.
struct Waiting {
    zoho: Zoho,
    screen: Screen,
    /// Where the user is sent.
    page: Url,
}

impl Waiting {
    fn start(zoho: Zoho, cli: &Cli) -> Waiting {
        Waiting::at(zoho, cli, "http://127.0.0.1:PORT/callback")
    }

    fn at(zoho: Zoho, cli: &Cli, uri: &str) -> Waiting {
        let uri = uri.replace("PORT", &free_port().to_string());
        zoho.set(|rules| rules.redirect_uri = Some(uri.clone()));
        let screen = cli.on_terminal(["login", "--browser", "--redirect-uri", &uri]);
        screen.wait_for("Waiting for the browser");
        let shown = screen.shown();
        let page = shown.lines().find(|line| line.contains("/oauth/v2/auth?"));
        let page = Url::parse(page.expect("the address").trim()).expect("an URL");
        Waiting { zoho, screen, page }
    }

    fn field(&self, name: &str) -> String {
        let mut fields = self.page.query_pairs();
        let found = fields.find(|(known, _)| known == name);
        found.expect("it is there").1.into_owned()
    }

    /// Where the browser is sent back to after the user's answer.
    fn consented(&self) -> String {
        let answer = get(&self.zoho, self.page.as_str(), &[]);
        answer.header("location").expect("a way back").to_owned()
    }

    fn visit(&self, url: &str) -> Answer {
        get(&self.zoho, url, &[])
    }

    fn end(&mut self) -> Run {
        self.screen.end()
    }

    fn is_waiting(&self) -> bool {
        self.zoho.refreshes() == 0 && !self.screen.shown().contains("error:")
    }
}

fn waiting() -> Waiting {
    let (zoho, cli) = with_client();
    Waiting::start(zoho, &cli)
}

#[test]
fn a_browser_brings_the_code_and_the_login_is_done() {
    let mut waiting = waiting();
    assert_eq!(waiting.field("access_type"), "offline");
    assert_eq!(waiting.field("prompt"), "consent");
    let back = waiting.consented();
    let answer = waiting.visit(&back);
    assert_eq!(answer.status, 200, "{answer:?}");
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    assert!(stored(&waiting.zoho, "main", "refresh_token").exists());
    assert_eq!(bare(&waiting.zoho).run(["list"]).code, 0);
}

#[test]
fn the_exchange_names_the_redirect_uri_exactly_as_it_is_registered() {
    let (zoho, cli) = with_client();
    let mut waiting = Waiting::at(zoho, &cli, "http://localhost:PORT/some/path/");
    let uri = waiting.field("redirect_uri");
    let back = waiting.consented().replace("localhost", "127.0.0.1");
    waiting.visit(&back);
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    let exchange = waiting
        .zoho
        .requests_to(Role::Accounts)
        .into_iter()
        .find(|record| record.request.path() == "/oauth/v2/token");
    assert_eq!(
        exchange.expect("it was sent").request.form()["redirect_uri"],
        uri
    );
}

#[test]
fn wrong_requests_are_turned_away_unshown_and_the_waiting_goes_on() {
    let mut waiting = waiting();
    let back = waiting.consented();
    let (uri, state) = (waiting.field("redirect_uri"), waiting.field("state"));
    for wrong in [
        format!("{uri}?code=<script>"),
        format!("{uri}?code=stolen&state=other"),
        format!("{uri}?code=stolen&state={state}0"),
        format!("{uri}?code=stolen&state={state}&state={state}"),
        format!("{uri}?code=a&code=b&state={state}"),
        format!("{uri}?code=&state={state}"),
        format!("{uri}?state={state}"),
        format!("{uri}/?code=stolen&state={state}"),
        format!("{uri}?error=access_denied"),
        uri.replace("/callback", "/favicon.ico"),
    ] {
        let answer = waiting.visit(&wrong);
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(!answer.text().contains("script"), "{wrong}");
        assert!(waiting.is_waiting(), "{wrong}");
    }
    waiting.visit(&back);
    assert_eq!(waiting.end().code, 0);
}

#[test]
fn what_is_no_request_holds_nothing_up() {
    let mut waiting = waiting();
    let back = waiting.consented();
    let address = Url::parse(&back).expect("an URL");
    let address = address.socket_addrs(|| None).expect("an address")[0];
    // As a browser does that may need a connection later.
    let _idle: Vec<TcpStream> = (0..5)
        .map(|_| TcpStream::connect(address).expect("it listens"))
        .collect();
    let mut long = TcpStream::connect(address).expect("it listens");
    long.set_read_timeout(Some(GUARD)).expect("a time");
    let _ = long.write_all(&vec![b'x'; 64 << 10]);
    let mut text = String::new();
    let _ = long.read_to_string(&mut text);
    assert!(!text.contains("200"), "{text}");
    waiting.visit(&back);
    assert_eq!(waiting.end().code, 0);
}

#[test]
fn a_refusal_in_the_browser_exits_4() {
    let mut waiting = waiting();
    waiting.zoho.set(|rules| rules.consents = false);
    let back = waiting.consented();
    waiting.visit(&back);
    let run = waiting.end();
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr
            .contains("access was refused in the browser (access_denied)"),
        "{run}"
    );
    assert_eq!(waiting.zoho.refreshes(), 0);
}

#[test]
fn a_server_that_is_not_ours_gets_no_secret() {
    for server in [
        "https://accounts.example",
        "https://accounts.zoho.eu",
        "foreign",
    ] {
        let mut waiting = waiting();
        let foreign = waiting.zoho.urls().foreign.clone();
        let server = server.replace("foreign", &foreign);
        waiting
            .zoho
            .set(|rules| rules.callback_server = Some(server));
        let back = waiting.consented();
        waiting.visit(&back);
        let run = waiting.end();
        assert_eq!(run.code, 6, "{run}");
        assert!(
            run.stderr.contains("an accounts server that is refused"),
            "{run}"
        );
        assert!(waiting.zoho.requests_to(Role::Foreign).is_empty());
        assert_eq!(waiting.zoho.refreshes(), 0);
    }
}

#[test]
fn a_state_that_zoho_changed_is_not_the_callback() {
    let mut waiting = waiting();
    waiting
        .zoho
        .set(|rules| rules.callback_state = Some("other".into()));
    let wrong = waiting.consented();
    assert_eq!(waiting.visit(&wrong).status, 400);
    waiting.zoho.set(|rules| rules.callback_state = None);
    let back = waiting.consented();
    waiting.visit(&back);
    assert_eq!(waiting.end().code, 0);
}

#[test]
fn a_redirect_uri_that_leads_elsewhere_is_refused() {
    for uri in [
        "http://example.com/callback",
        "https://127.0.0.1:8765/callback",
        "http://127.0.0.1:8765/callback?x=1",
        "callback",
    ] {
        let (zoho, cli) = with_client();
        let run = cli.run(["login", "--browser", "--redirect-uri", uri]);
        refused(
            &run,
            "is not on this machine",
            "http://127.0.0.1:8765/callback",
        );
        assert!(zoho.requests().is_empty(), "{uri}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let (_zoho, cli) = with_client();
    let run = cli.run(["login", "--browser", &port]);
    refused(&run, &format!("port {port} of 127.0.0.1"), "--browser PORT");
}

/// A `xdg-open` that notes the page it is to open.
fn with_browser(zoho: &Zoho, cli: &Cli) -> Cli {
    let folder = zoho.home().join("bin");
    fs::create_dir_all(&folder).expect("it is ours");
    let program = folder.join("xdg-open");
    fs::write(
        &program,
        "#!/bin/sh\necho \"$#\" \"$1\" >opened.new; mv opened.new opened\n",
    )
    .expect("it is ours");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = std::env::var("PATH").unwrap_or_default();
    cli.clone()
        .env("PATH", format!("{}:{path}", folder.display()))
}

#[cfg(target_os = "linux")]
#[test]
fn where_there_is_a_screen_the_page_is_opened_and_still_printed() {
    let (zoho, cli) = with_client();
    let cli = with_browser(&zoho, &cli).env("DISPLAY", ":0");
    let mut waiting = Waiting::start(zoho, &cli);
    let opened = waiting.zoho.home().join("opened");
    wait_until("the browser is started", || opened.exists());
    let seen = fs::read_to_string(&opened).expect("it is there");
    assert_eq!(seen.trim(), format!("1 {}", waiting.page));
    assert!(!waiting.screen.shown().contains("ssh -L"));
    let back = waiting.consented();
    waiting.visit(&back);
    assert_eq!(waiting.end().code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn where_there_is_no_screen_nothing_is_opened_and_the_way_by_ssh_is_told() {
    let (zoho, cli) = with_client();
    let cli = with_browser(&zoho, &cli);
    let mut waiting = Waiting::start(zoho, &cli);
    let uri = Url::parse(&waiting.field("redirect_uri")).expect("an URL");
    let port = uri.port().expect("it has one");
    let shown = waiting.screen.shown();
    assert!(
        shown.contains(&format!("ssh -L {port}:127.0.0.1:{port} ")),
        "{shown}"
    );
    let back = waiting.consented();
    waiting.visit(&back);
    assert_eq!(waiting.end().code, 0);
    assert!(!waiting.zoho.home().join("opened").exists());
}
