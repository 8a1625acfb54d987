//! The consent in the browser of who sits in front of this machine.

use std::process::{Command, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::auth::callback::Listener;
use crate::cli::LoginOptions;
use crate::output::Terminal;
use crate::settings::{Account, Environment};
use crate::store::sys::BROWSER;

/// As long as a code of the API console can live.
const PATIENCE: Duration = Duration::from_secs(600);

/// Sends the user's browser to Zoho, and waits for it here. Gives the code, and the redirect URI that it is for.
pub(super) async fn consent(
    port: Option<u16>,
    args: &LoginOptions,
    client_id: &str,
    account: &mut Account,
    terminal: &Terminal,
) -> anyhow::Result<(SecretString, Option<String>)> {
    let settings = account.settings()?;
    let listener = Listener::open(port, args.redirect_uri.as_deref()).await?;
    let redirect_uri = listener.redirect_uri.clone();
    let page = listener.consent_page(&settings.accounts, client_id, args.scope.names());
    terminal.say(&format!(
        "The client must be registered with the redirect URI {redirect_uri}\nOpen this address in a browser on this machine, and accept:\n\n{page}\n"
    ));
    if !open(&page) {
        // What the browser there sends to this port then comes to this machine.
        let port = listener.port().unwrap_or_default();
        terminal.say(&format!(
            "No browser was opened here. If it is on another machine, run this there first, and leave it running:\n\n  ssh -L {port}:127.0.0.1:{port} USER@THIS-MACHINE\n"
        ));
    }
    terminal.say("Waiting for the browser to come back (up to 10 minutes; Ctrl-C to stop)…");
    let callback = listener.wait(PATIENCE).await?;
    let named = account.accounts_url().map(|_| &settings.accounts);
    if let Some(center) = callback.data_center(named)?
        && center != account.data_center()?
    {
        terminal.say(&format!(
            "The account is in the data centre {}.",
            center.code
        ));
        account.move_to(center);
    }
    Ok((callback.code, Some(redirect_uri)))
}

/// Whether a browser was started. It may take its time, and what it says is not for this terminal.
fn open(page: &Url) -> bool {
    if !Environment::of_process().has_screen() {
        return false;
    }
    let [program, arguments @ ..] = BROWSER else {
        return false;
    };
    Command::new(program)
        .args(arguments)
        .arg(page.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}
