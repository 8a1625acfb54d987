//! `login`: a code becomes a refresh token, which is tried and then stored in a profile.

mod browser;
mod questions;

use std::path::PathBuf;

use chrono::Utc;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::auth::{Code, Grant, other_data_center};
use crate::cli::{LoginOptions, Scope};
use crate::exit::Exit;
use crate::http::Client;
use crate::model::Backup;
use crate::problem::{self, Problem};
use crate::settings::{Account, Environment, NewCredentials, Settings};
use crate::zoho::datacenter::DataCenter;

use super::context::{Context, api};
use super::links;
use super::outcome::Outcome;
use questions::Questions;

pub(super) async fn login(context: &Context, args: &LoginOptions) -> anyhow::Result<Outcome> {
    context.watch_signals();
    let mut account = account(context, args)?;
    let questions = Questions::new(&context.terminal, args);
    if !(args.yes || args.print) {
        questions.replacement(&account).await?;
    }
    let client = questions.client(&mut account).await?;
    let (code, redirect_uri) = match args.browser {
        Some(port) => {
            browser::consent(port, args, &client.0, &mut account, &context.terminal).await?
        }
        None => (questions.code(&account).await?, None),
    };
    let settings = account.settings()?;
    let code = Code {
        client_id: &client.0,
        client_secret: &client.1,
        code: &code,
        redirect_uri: redirect_uri.as_deref(),
    };
    let grant = context.accounts(&settings).exchange(&code).await?;
    check_data_center(&account, &settings, &grant)?;
    let org = try_it(&settings, &grant, context).await?;
    warn_of_gaps(args.scope, &grant, context);
    let new = NewCredentials {
        client_id: &client.0,
        client_secret: &client.1,
        refresh_token: &grant.refresh_token,
        org: org.as_deref(),
    };
    if args.print {
        return print(&account, &new, context);
    }
    let kept = account.keep(&new, args.keyring)?;
    if let Some(first) = &kept.made_default {
        context.note(&format!(
            "{first} is now the default_profile, for runs without --profile"
        ));
    }
    let outcome = report(&account, &settings, &new, &grant, &kept.files);
    let folder = settings.state_folder.clone();
    let cached = grant.keep(folder, &settings.accounts, new.client_id);
    // The cache only saves a request: without it the login is as good.
    Ok(match cached.await {
        Ok(()) => outcome,
        Err(error) => outcome.warning(error.to_string()),
    })
}

/// The profile to log in, which can be written while the code is not spent yet.
fn account(context: &Context, args: &LoginOptions) -> Result<Account, Problem> {
    if args.print && context.global.output.json {
        return Err(Problem::configuration(
            "--print prints a secret, which --json never does",
            "use one of them",
        ));
    }
    let account = Account::to_log_in(&context.global, Environment::of_process())?;
    if !args.print {
        account.check_that_it_can_be_kept(args.keyring)?;
    }
    Ok(account)
}

/// The reply may name another data centre than the one in use: there the token is worth nothing.
fn check_data_center(account: &Account, settings: &Settings, grant: &Grant) -> anyhow::Result<()> {
    let ours = account.data_center()?;
    let of_api = DataCenter::of_api(settings.api.as_str());
    match grant.center {
        Some(theirs) if theirs != ours && of_api != Some(theirs) => {
            Err(other_data_center(ours, theirs).into())
        }
        _ => Ok(()),
    }
}

/// Makes the calls that a download makes, as far as they go without fetching anything. Gives back the organisation.
async fn try_it(
    settings: &Settings,
    grant: &Grant,
    context: &Context,
) -> anyhow::Result<Option<String>> {
    let client = Client::new(settings.client.clone());
    let observer = context.terminal.notices();
    let api = api(settings, &client, grant.authorize(), &observer);
    let listing = api.listing().await?;
    let Some(listing) = listing.filter(|listing| !listing.links.is_empty()) else {
        context.note("the token works; Zoho lists no backup at the moment, so the permission to download could not be checked");
        return Ok(None);
    };
    let backup = match Backup::from_listing(&listing) {
        Ok(backup) => backup,
        Err(error) => {
            context.warn(&format!("the token works, but {error}"));
            return Ok(None);
        }
    };
    let org = backup.id.as_ref().map(|id| id.org.clone());
    links::check_organisation(settings.org.as_deref(), org.as_deref())?;
    let expiry = backup.expiry.as_ref();
    let has_expired = expiry.is_some_and(|expiry| expiry.is_past(Utc::now()));
    if let Some(file) = backup.files.first()
        && !has_expired
        && links::check_hosts(settings, &backup).is_ok()
        && let Err(error) = api.probe(&file.name, &file.url).await
    {
        if error.problem().exit == Exit::Unauthorized {
            return Err(error.into());
        }
        context.warn(&format!(
            "the token works, but a download does not: {error}"
        ));
    }
    Ok(org)
}

/// The scopes are chosen by hand at Zoho: what was meant and what came can differ.
fn warn_of_gaps(meant: Scope, grant: &Grant, context: &Context) {
    let Some(granted) = &grant.scopes else {
        return;
    };
    let is_missing = |scope: &&str| {
        let area = scope.rsplit_once('.').unwrap_or_default().0;
        let all = format!("{area}.ALL");
        !granted.iter().any(|has| has == scope || *has == all)
    };
    for scope in meant.names().split(',').filter(is_missing) {
        context.warn(&format!(
            "the code was made without the scope {scope}: what needs it will be refused"
        ));
    }
}

/// For a secret manager. Only the two lines are on stdout.
fn print(
    account: &Account,
    new: &NewCredentials<'_>,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let terminal = &context.terminal;
    terminal.say("Put these two lines, and ZOHO_CLIENT_SECRET, into the environment of backup-fetch, or into a secret manager:");
    let token = new.refresh_token.expose_secret();
    let lines = format!(
        "ZOHO_CLIENT_ID={}\nZOHO_REFRESH_TOKEN={token}",
        new.client_id
    );
    terminal.secret(&lines).map_err(problem::output)?;
    if let Some(code) = account.center_code() {
        terminal.say(&format!(
            "The data centre is ZOHO_DC={code}. Nothing was stored."
        ));
    }
    Ok(Outcome::nothing())
}

fn report(
    account: &Account,
    settings: &Settings,
    new: &NewCredentials<'_>,
    grant: &Grant,
    stored: &[PathBuf],
) -> Outcome {
    let dc = account.center_code();
    let org = new.org.or(settings.org.as_deref());
    let config = account.config().display().to_string();
    let stored: Vec<_> = stored
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let document = json!({
        "schema": 1,
        "profile": account.name,
        "dc": dc,
        "org": org,
        "scopes": grant.scopes,
        "config": config,
        "stored": stored,
    });
    let dc = dc.map(|dc| format!(", data centre {dc}"));
    let org = org.map(|org| format!(", organisation {org}"));
    let (dc, org) = (dc.unwrap_or_default(), org.unwrap_or_default());
    let name = &account.name;
    let mut outcome = Outcome::document(document);
    outcome = outcome.note(format!("logged in: profile {name}{dc}{org}, in {config}"));
    for path in &stored {
        outcome = outcome.note(format!("stored in {path}"));
    }
    if account.has_token() {
        outcome = outcome.note("the profile's previous refresh token was replaced here; at Zoho it stays valid until it is revoked (accounts page > Sessions > Connected Apps)");
    }
    for variable in account.overriding() {
        outcome = outcome.warning(format!(
            "{variable} is set, and overrides what was stored: unset it"
        ));
    }
    outcome
}
