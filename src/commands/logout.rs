//! `logout`: the refresh token is revoked at Zoho, then forgotten here.

use serde::Serialize;

use crate::auth::grant::{Accounts, forget_token};
use crate::cli::{Global, LogoutArgs};
use crate::exit::Exit;
use crate::http::Client;
use crate::output::Terminal;
use crate::problem::{self, Problem};
use crate::settings::{Account, Environment};

/// The document of `logout --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    profile: Option<&'a str>,
    revoked: bool,
    removed: Vec<String>,
}

/// See the module's front page.
pub(super) async fn logout(
    global: &Global,
    args: &LogoutArgs,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    tokio::select! {
        done = log_out(global, args, terminal) => done,
        exit = super::signals::first() => Err(problem::stopped(exit).into()),
    }
}

async fn log_out(global: &Global, args: &LogoutArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let account = Account::to_log_out(global, Environment::of_process())?;
    let settings = account.settings()?;
    let token = match account.refresh_token() {
        Ok(token) => token,
        Err(error) if args.forget => {
            terminal.warning(None, &format!("{error}: it can't be revoked"));
            None
        }
        Err(error) => return Err(error.into()),
    };
    if token.is_none() && account.secrets_of_ours().is_empty() {
        return Err(Problem::new(
            Exit::Unauthorized,
            "not_logged_in",
            "there is no refresh token to log out of",
        )
        .hint("choose the profile with --profile; `backup-fetch login` creates a token")
        .into());
    }
    let failed = match &token {
        Some(token) => {
            let client = Client::new(settings.client.clone());
            let accounts = Accounts::new(
                client,
                &settings.accounts,
                settings.retry,
                terminal.notices(),
            );
            accounts.revoke(token).await.err()
        }
        None => None,
    };
    let failed = match failed {
        Some(error) if !args.forget => return Err(error.into()),
        failed => failed,
    };
    if let (Some(token), Some(id)) = (&token, account.client_id().unwrap_or_default()) {
        let folder = settings.state_folder.clone();
        // It is revoked: what stays in the cache is worth nothing.
        if let Err(error) = forget_token(folder, &settings.accounts, &id, token).await {
            terminal.warning(None, &error.to_string());
        }
    }
    let removed = account.store().forget(&account.secrets_of_ours())?;
    say(&account, &removed, terminal);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let document = Document {
        schema: 1,
        profile: Some(account.name.as_str()).filter(|name| !name.is_empty()),
        revoked: token.is_some(),
        removed,
    };
    finish(&document, terminal)
}

fn say(account: &Account, removed: &[String], terminal: &Terminal) {
    for what in removed {
        terminal.note(&format!("removed {what}"));
    }
    for (key, place) in account.secrets_elsewhere() {
        terminal.warning(
            None,
            &format!("{key} comes from {place}: remove it there by hand"),
        );
    }
    for variable in account.overriding() {
        terminal.warning(None, &format!("{variable} is still set: unset it"));
    }
}

fn finish(document: &Document<'_>, terminal: &Terminal) -> anyhow::Result<Exit> {
    if document.revoked {
        terminal.note("logged out: Zoho has revoked the refresh token");
    }
    if terminal.is_json() {
        let text = serde_json::to_string(document).map_err(anyhow::Error::from)?;
        terminal.data(&text).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}
