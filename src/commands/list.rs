//! `list`: the links of the latest backup, as Zoho gave them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cli::ListOptions;
use crate::model::{
    Backup, Expiry, ListedLink, Listing, NAME_REFUSED, SetId, mixed, name_of, parse_link, set_id,
};
use crate::output::units;
use crate::settings::Settings;
use crate::untrusted::printable;
use crate::zoho::ZohoApi;

use super::context::{Context, connect};
use super::links;
use super::outcome::Outcome;
use super::sizes::{self, Sizes};

pub(super) async fn list(context: &Context) -> anyhow::Result<Outcome> {
    let sources = context.sources()?;
    let settings = sources.settings()?;
    let options: ListOptions = sources.options()?;
    let api = connect(&settings, &context.terminal.notices())?;
    let listing = api.listing().await?;
    links::compare_clocks(&api, context);
    // Lists without a link say the same as a 204.
    let Some(listing) = listing.filter(|listing| !listing.links.is_empty()) else {
        let why = links::explain_none(&api).await;
        return Ok(Outcome::document(document(None, None, None, &[])).note(why));
    };
    let id = check(&settings, &listing, context)?;
    let org = id.as_ref().map(|id| id.org.as_str());
    links::check_organisation(settings.org.as_deref(), org)?;
    let listed = listing.distinct_links();
    let expiry = listing.expiry.as_ref();
    let now = api.now();
    let expired = expiry.map(|expiry| expiry.is_past(now));
    links::warn_of_guess(expiry, context);
    let jobs = options.jobs.unwrap_or_default().into();
    let sizes = if options.long {
        Some(ask_sizes(&api, &settings, &listed, expired, jobs).await)
    } else {
        None
    };
    let size_of = |index: usize| sizes.as_ref().map(|sizes| sizes.each[index]);
    let each = || listed.iter().enumerate();
    let lines = each().map(|(index, link)| match size_of(index) {
        Some(size) => format!("{}  {}", units::size_column(size), link.text),
        None => link.text.clone(),
    });
    let files = each().map(|(index, link)| file(link, size_of(index)));
    let date = expiry.map(|expiry| expiry.text.as_str());
    let document = document(id.as_ref(), date, expired, &files.collect::<Vec<_>>());
    let mut outcome = Outcome::report(lines.collect(), document);
    let mut counted = match listed.len() {
        1 => "1 link".to_owned(),
        several => format!("{several} links"),
    };
    if let Some(sizes) = &sizes {
        counted = format!("{counted}, {}", sizes.in_all());
        outcome = sizes.warnings().into_iter().fold(outcome, Outcome::warning);
    }
    Ok(close(outcome, &counted, expiry, now))
}

/// Says how many links there are, and how long they are valid.
fn close(outcome: Outcome, counted: &str, expiry: Option<&Expiry>, now: DateTime<Utc>) -> Outcome {
    match expiry {
        Some(expiry) if expiry.is_past(now) => outcome.error(links::expired(expiry)),
        Some(expiry) => outcome.note(format!(
            "{counted}, valid until {} ({} left)",
            expiry.text,
            units::span(expiry.left(now).to_std().unwrap_or_default())
        )),
        None => outcome.warning(format!("{counted}; Zoho does not say when they expire")),
    }
}

/// `design.md` section 3.
fn document(
    id: Option<&SetId>,
    expiry_date: Option<&str>,
    expired: Option<bool>,
    files: &[Value],
) -> Value {
    json!({
        "schema": 1,
        "org": id.map(|id| &id.org),
        "job": id.map(|id| &id.job),
        "expiry_date": expiry_date,
        "expired": expired,
        "files": files,
    })
}

/// `size` with `--long` only. There is no name where `download` refuses it.
fn file(link: &ListedLink, size: Option<Option<u64>>) -> Value {
    let name = name_of(&link.text).ok();
    let mut file = json!({ "kind": link.kind, "name": name, "url": link.text });
    if let Some(size) = size {
        file["size"] = json!(size);
    }
    file
}

/// The sizes of what may be asked for: expired links would be refused, and other hosts don't get the token.
async fn ask_sizes(
    api: &ZohoApi,
    settings: &Settings,
    links: &[&ListedLink],
    expired: Option<bool>,
    jobs: usize,
) -> Sizes {
    let file = |link: &&ListedLink| {
        let url = parse_link(&link.text).ok()?;
        let may_ask = expired != Some(true) && settings.client.trusted.trusts(&url);
        Some((name_of(&link.text).ok()?, url)).filter(|_| may_ask)
    };
    sizes::ask(api, links.iter().map(file).collect(), jobs).await
}

/// Everything must be a link, and all of one backup; what `download` would refuse is only warned about.
fn check(
    settings: &Settings,
    listing: &Listing,
    context: &Context,
) -> anyhow::Result<Option<SetId>> {
    let urls = listing.links.iter().map(|link| parse_link(&link.text));
    let urls = urls.collect::<Result<Vec<_>, _>>()?;
    let trusted = &settings.client.trusted;
    for foreign in urls.iter().filter(|url| !trusted.trusts(url)) {
        let host = printable(foreign.host_str().unwrap_or_default());
        context.warn(&format!(
            "{host} is not a host that may receive the token: download refuses this link"
        ));
    }
    match Backup::from_listing(listing) {
        Err(error) if error.code == NAME_REFUSED => {
            context.warn(&format!("{error}: download refuses this list"));
        }
        checked => {
            checked?;
        }
    }
    // After a name that is refused, nobody has looked at the links that follow.
    let id = set_id(&urls[0]);
    match urls.iter().find(|url| set_id(url) != id) {
        None => Ok(id),
        Some(other) => Err(mixed(&urls[0], other).into()),
    }
}
