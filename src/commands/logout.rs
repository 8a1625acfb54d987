//! `logout`: the refresh token is revoked at Zoho, then forgotten here.

use serde_json::json;

use crate::auth::forget_token;
use crate::cli::LogoutOptions;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{Account, Environment};

use super::context::Context;
use super::outcome::Outcome;

pub(super) async fn logout(context: &Context, args: &LogoutOptions) -> anyhow::Result<Outcome> {
    context.watch_signals();
    let account = Account::to_log_out(&context.global, Environment::of_process())?;
    let settings = account.settings()?;
    let token = match account.refresh_token() {
        Err(error) if args.forget => {
            context.warn(&format!("{error}: it can't be revoked"));
            None
        }
        token => token?,
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
    let mut not_revoked = None;
    if let Some(token) = &token {
        match context.accounts(&settings).revoke(token).await {
            Err(error) if args.forget => not_revoked = Some(error),
            revoked => revoked?,
        }
        if let Some(id) = account.client_id().unwrap_or_default() {
            let folder = settings.state_folder.clone();
            // It is revoked: what stays in the cache is worth nothing.
            if let Err(error) = forget_token(folder, &settings.accounts, &id, token).await {
                context.warn(&error.to_string());
            }
        }
    }
    let removed = account.forget()?;
    say(&account, &removed, context);
    if let Some(error) = not_revoked {
        return Err(error.into());
    }
    let outcome = Outcome::document(json!({
        "schema": 1,
        "profile": Some(&account.name).filter(|name| !name.is_empty()),
        "revoked": token.is_some(),
        "removed": removed,
    }));
    Ok(match token {
        Some(_) => outcome.note("logged out: Zoho has revoked the refresh token"),
        None => outcome,
    })
}

fn say(account: &Account, removed: &[String], context: &Context) {
    for what in removed {
        context.note(&format!("removed {what}"));
    }
    for (key, place) in account.secrets_elsewhere() {
        context.warn(&format!(
            "{key} comes from {place}: remove it there by hand"
        ));
    }
    for variable in account.overriding() {
        context.warn(&format!("{variable} is still set: unset it"));
    }
}
