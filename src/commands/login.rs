//! `login`: a code becomes a refresh token, which is tried and then stored in a profile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::auth::callback::Listener;
use crate::auth::grant::{Accounts, Code, Grant};
use crate::auth::{AuthError, GrantError};
use crate::cli::{Global, LoginArgs, Scope};
use crate::exit::Exit;
use crate::http::Client;
use crate::model::Backup;
use crate::output::Terminal;
use crate::problem;
use crate::settings::{Account, Environment, NewCredentials, Settings, SettingsError};
use crate::zoho::ZohoApi;
use crate::zoho::datacenter::DataCenter;

use super::browser;
use super::questions::Questions;

/// As long as a code of the API console can live.
const PATIENCE: Duration = Duration::from_secs(600);

/// The document of `login --json`. Nothing in it is secret.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    profile: &'a str,
    dc: Option<&'a str>,
    org: Option<&'a str>,
    scopes: Option<&'a [String]>,
    config: String,
    stored: Vec<String>,
}

/// See the module's front page.
pub(super) async fn login(
    global: &Global,
    args: &LoginArgs,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    tokio::select! {
        done = log_in(global, args, terminal) => done,
        exit = super::signals::first() => Err(problem::stopped(exit).into()),
    }
}

async fn log_in(global: &Global, args: &LoginArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.print && global.json {
        return Err(SettingsError::new(
            "--print prints a secret, which --json never does",
            "use one of them",
        )
        .into());
    }
    let mut account = Account::to_log_in(global, Environment::of_process())?;
    if !args.print {
        account.check_that_it_can_be_kept(args.keyring)?;
    }
    let questions = Questions::new(terminal, args);
    if !(args.yes || args.print) {
        questions.replacement(&account).await?;
    }
    let client = questions.client(&mut account).await?;
    let (code, redirect_uri) = match args.browser {
        Some(port) => by_browser(port, args, &client.0, &mut account, terminal).await?,
        None => (questions.code(&account).await?, None),
    };
    let settings = account.settings()?;
    let grant = exchange(
        &settings,
        &Code {
            client_id: &client.0,
            client_secret: &client.1,
            code: &code,
            redirect_uri: redirect_uri.as_deref(),
        },
        terminal,
    )
    .await?;
    check_data_center(&account, &settings, &grant)?;
    let org = try_it(&settings, &grant, terminal).await?;
    warn_of_gaps(args.scope, &grant, terminal);
    let new = NewCredentials {
        client_id: &client.0,
        client_secret: &client.1,
        refresh_token: &grant.refresh_token,
        org: org.as_deref(),
    };
    if args.print {
        return print(&account, &new, terminal);
    }
    let stored = keep(&account, &new, args.keyring, terminal)?;
    let kept = grant
        .keep(
            settings.state_folder.clone(),
            &settings.accounts,
            new.client_id,
            new.client_secret,
        )
        .await;
    report(&account, &settings, &new, &grant, &stored, terminal)?;
    kept_or_warned(kept, terminal);
    Ok(Exit::Done)
}

/// Sends the user's browser to Zoho, and waits for it here.
async fn by_browser(
    port: Option<u16>,
    args: &LoginArgs,
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
    if !browser::open(&page) {
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

async fn exchange(
    settings: &Settings,
    code: &Code<'_>,
    terminal: &Terminal,
) -> anyhow::Result<Grant> {
    let client = Client::new(settings.client.clone());
    let accounts = Accounts::new(
        client,
        &settings.accounts,
        settings.retry,
        terminal.notices(),
    );
    Ok(accounts.exchange(code).await?)
}

/// The reply may name another data centre than the one in use: there the token is worth nothing.
fn check_data_center(account: &Account, settings: &Settings, grant: &Grant) -> anyhow::Result<()> {
    let ours = account.data_center()?;
    match grant.center {
        Some(theirs)
            if theirs != ours && DataCenter::of_api(settings.api.as_str()) != Some(theirs) =>
        {
            Err(GrantError::OtherDataCenter {
                ours: ours.code,
                theirs: theirs.code,
            }
            .into())
        }
        _ => Ok(()),
    }
}

/// Makes the calls that a download makes, as far as they go without fetching anything. Gives back the organisation.
async fn try_it(
    settings: &Settings,
    grant: &Grant,
    terminal: &Terminal,
) -> anyhow::Result<Option<String>> {
    let client = Client::new(settings.client.clone()).authorized_by(grant.authorize());
    let api = ZohoApi::new(
        client,
        &settings.api,
        &settings.api_version,
        settings.retry,
        Arc::clone(&terminal.notices()),
    );
    let listing = api.listing().await?;
    let Some(listing) = listing.filter(|listing| !listing.links.is_empty()) else {
        terminal.note("the token works; Zoho lists no backup at the moment, so the permission to download could not be checked");
        return Ok(None);
    };
    let backup = match Backup::from_listing(&listing) {
        Ok(backup) => backup,
        Err(error) => {
            terminal.warning(None, &format!("the token works, but {error}"));
            return Ok(None);
        }
    };
    let org = backup.id.as_ref().map(|id| id.org.clone());
    super::check_organisation(settings.org.as_deref(), org.as_deref())?;
    let alive = !backup
        .expiry
        .as_ref()
        .is_some_and(|expiry| expiry.is_past(Utc::now()));
    if let Some(file) = backup.files.first()
        && alive
        && super::check_hosts(settings, &backup).is_ok()
        && let Err(error) = api.probe(&file.name, &file.url).await
    {
        if error.exit() == Exit::Unauthorized {
            return Err(error.into());
        }
        terminal.warning(
            None,
            &format!("the token works, but a download does not: {error}"),
        );
    }
    Ok(org)
}

/// The scopes are chosen by hand at Zoho: what was meant and what came can differ.
fn warn_of_gaps(meant: Scope, grant: &Grant, terminal: &Terminal) {
    let Some(granted) = &grant.scopes else {
        return;
    };
    let covered = |scope: &str| {
        let all = scope
            .rsplit_once('.')
            .map(|(area, _)| format!("{area}.ALL"));
        granted
            .iter()
            .any(|has| has == scope || Some(has) == all.as_ref())
    };
    for scope in meant.names().split(',').filter(|scope| !covered(scope)) {
        terminal.warning(
            None,
            &format!("the code was made without the scope {scope}: what needs it will be refused"),
        );
    }
}

/// For a secret manager. Only the two lines are on stdout.
fn print(account: &Account, new: &NewCredentials<'_>, terminal: &Terminal) -> anyhow::Result<Exit> {
    terminal.say("Put these two lines, and ZOHO_CLIENT_SECRET, into the environment of backup-fetch, or into a secret manager:");
    for (name, value) in [
        ("ZOHO_CLIENT_ID", new.client_id),
        ("ZOHO_REFRESH_TOKEN", new.refresh_token.expose_secret()),
    ] {
        terminal
            .secret(&format!("{name}={value}"))
            .map_err(problem::output)?;
    }
    if let Some((_, code)) = account.keys(new).into_iter().find(|(key, _)| *key == "dc") {
        terminal.say(&format!(
            "The data centre is ZOHO_DC={code}. Nothing was stored."
        ));
    }
    Ok(Exit::Done)
}

/// Stores what was made, the secrets first: the profile never names what is not there. Gives back where they are.
fn keep(
    account: &Account,
    new: &NewCredentials<'_>,
    in_keyring: bool,
    terminal: &Terminal,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut secrets = vec![("refresh_token", new.refresh_token)];
    if !account.has_secret_elsewhere() {
        secrets.push(("client_secret", new.client_secret));
    }
    let store = account.store();
    let files = if in_keyring {
        store.keep_in_keyring(&secrets)?;
        Vec::new()
    } else {
        store.keep_in_files(&secrets)?
    };
    let names: Vec<_> = secrets.iter().map(|(key, _)| *key).collect();
    let made_default = store.keep_profile(
        &account.keys(new),
        &account.given_download_domains(),
        &names,
        in_keyring,
    )?;
    if let Some(first) = made_default {
        terminal.note(&format!(
            "{first} is now the default_profile, for runs without --profile"
        ));
    }
    Ok(files)
}

fn report(
    account: &Account,
    settings: &Settings,
    new: &NewCredentials<'_>,
    grant: &Grant,
    stored: &[PathBuf],
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let keys = account.keys(new);
    let dc = keys.iter().find(|(key, _)| *key == "dc");
    let dc = dc.map(|(_, code)| code.as_str());
    let org = new.org.or(settings.org.as_deref());
    let config = account.store().config().display().to_string();
    let stored: Vec<String> = stored
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    terminal.note(&format!(
        "logged in: profile {}{}{}, in {config}",
        account.name,
        dc.map(|dc| format!(", data centre {dc}"))
            .unwrap_or_default(),
        org.map(|org| format!(", organisation {org}"))
            .unwrap_or_default(),
    ));
    for path in &stored {
        terminal.note(&format!("stored in {path}"));
    }
    if account.has_token() {
        terminal.note("the profile's previous refresh token was replaced here; at Zoho it stays valid until it is revoked (accounts page > Sessions > Connected Apps)");
    }
    for variable in account.overriding() {
        terminal.warning(
            None,
            &format!("{variable} is set, and overrides what was stored: unset it"),
        );
    }
    if terminal.is_json() {
        let document = Document {
            schema: 1,
            profile: &account.name,
            dc,
            org,
            scopes: grant.scopes.as_deref(),
            config,
            stored,
        };
        terminal.document(&document).map_err(problem::output)?;
    }
    Ok(())
}

/// The cache only saves a request: without it the login is as good.
fn kept_or_warned(kept: Result<(), AuthError>, terminal: &Terminal) {
    if let Err(error) = kept {
        terminal.warning(None, &error.to_string());
    }
}
