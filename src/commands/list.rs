//! `list`: the links of the latest backup, as Zoho gave them.

use serde::Serialize;

use super::sizes::{self, Sizes};
use crate::cli::Global;
use crate::exit::Exit;
use crate::model::{
    Backup, FileKind, ListedLink, Listing, NAME_REFUSED, mixed, name_of, parse_link, set_id,
};
use crate::output::{Terminal, units};
use crate::problem::{self, Problem};
use crate::settings::Settings;
use crate::untrusted::printable;
use crate::zoho::ZohoApi;

/// The document of `list --json` (`design.md` section 3).
#[derive(Serialize, Default)]
struct Document<'a> {
    schema: u32,
    org: Option<&'a str>,
    job: Option<&'a str>,
    expiry_date: Option<&'a str>,
    expired: Option<bool>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    kind: FileKind,
    /// Nothing when the name is one that `download` refuses.
    name: Option<String>,
    url: &'a str,
    /// With `--long`.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
}

/// Nothing when it is not known.
#[derive(Serialize)]
struct Size(Option<u64>);

/// See the module's front page.
pub(super) async fn list(global: &Global, long: bool, terminal: &Terminal) -> anyhow::Result<Exit> {
    let sources = super::sources(global)?;
    let settings = sources.settings()?;
    let jobs = sources.connections()?;
    let observer = terminal.notices();
    let api = super::connect(&settings, &observer)?;
    let listing = api.listing().await?;
    super::compare_clocks(&api, terminal);
    // Lists without a link say the same as a 204.
    let Some(listing) = listing.filter(|listing| !listing.links.is_empty()) else {
        if global.json {
            print(
                terminal,
                &Document {
                    schema: 1,
                    ..Document::default()
                },
            )?;
        }
        terminal.note(&super::explain_no_links(&api).await);
        return Ok(Exit::Done);
    };
    let id = check(&settings, &listing, terminal)?;
    super::check_organisation(
        settings.org.as_deref(),
        id.as_ref().map(|id| id.org.as_str()),
    )?;
    let links = listing.distinct_links();
    let expired = listing
        .expiry
        .as_ref()
        .map(|expiry| expiry.is_past(api.now()));
    super::warn_of_guess(listing.expiry.as_ref(), terminal);
    let sizes = if long {
        Some(ask_sizes(&api, &settings, &links, expired, jobs).await)
    } else {
        None
    };
    let size_of = |index: usize| sizes.as_ref().map(|sizes| sizes.each[index]);
    if global.json {
        let document = Document {
            schema: 1,
            org: id.as_ref().map(|id| id.org.as_str()),
            job: id.as_ref().map(|id| id.job.as_str()),
            expiry_date: listing.expiry.as_ref().map(|expiry| expiry.text.as_str()),
            expired,
            files: links
                .iter()
                .enumerate()
                .map(|(index, link)| File {
                    kind: link.kind,
                    name: name_of(&link.text).ok().map(|name| name.to_string()),
                    url: &link.text,
                    size: size_of(index).map(Size),
                })
                .collect(),
        };
        print(terminal, &document)?;
    } else {
        for (index, link) in links.iter().enumerate() {
            let line = match size_of(index) {
                Some(size) => format!("{}  {}", units::size_column(size), link.text),
                None => link.text.clone(),
            };
            terminal.data(&line).map_err(problem::output)?;
        }
    }
    let mut counted = counted(links.len());
    if let Some(sizes) = &sizes {
        sizes.warn(terminal);
        counted = format!("{counted}, {}", sizes.in_all());
    }
    match &listing.expiry {
        Some(expiry) if expired == Some(true) => {
            terminal.error_beside_data(&super::expired(expiry));
            return Ok(Exit::Expired);
        }
        Some(expiry) => terminal.note(&format!(
            "{counted}, valid until {} ({} left)",
            expiry.text,
            units::span(expiry.left(api.now()).to_std().unwrap_or_default())
        )),
        None => terminal.warning(
            None,
            &format!("{counted}; Zoho does not say when they expire"),
        ),
    }
    Ok(Exit::Done)
}

/// The sizes of what may be asked for: dead links would be refused, and other hosts don't get the token.
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
    terminal: &Terminal,
) -> anyhow::Result<Option<crate::model::SetId>> {
    let mut ids = Vec::new();
    for link in &listing.links {
        let url = parse_link(&link.text)?;
        ids.push((set_id(&url), url.clone()));
        if !settings.client.trusted.trusts(&url) {
            let host = printable(url.host_str().unwrap_or_default());
            terminal.warning(
                None,
                &format!(
                    "{host} is not a host that may receive the token: download refuses this link"
                ),
            );
        }
    }
    match Backup::from_listing(listing) {
        Err(error) if error.code == NAME_REFUSED => {
            terminal.warning(None, &format!("{error}: download refuses this list"));
        }
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    let first = ids.first().and_then(|(id, _)| id.clone());
    match ids.iter().find(|(id, _)| *id != first) {
        Some((_, other)) => Err(mixed(&ids[0].1, other).into()),
        None => Ok(first),
    }
}

fn counted(links: usize) -> String {
    if links == 1 {
        "1 link".to_owned()
    } else {
        format!("{links} links")
    }
}

fn print(terminal: &Terminal, document: &Document<'_>) -> Result<(), Problem> {
    terminal.document(document).map_err(problem::output)
}
