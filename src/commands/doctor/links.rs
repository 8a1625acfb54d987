//! The links: whose they are, how long they live, where they lead, and how the host there serves a file.

use chrono::{TimeDelta, Utc};
use url::Url;

use super::report::{Check, span};
use crate::commands::links;
use crate::download::host_refused;
use crate::http::range::{ByteRange, ContentRange, Validator};
use crate::http::{FileRequest, Reply};
use crate::model::{Backup, Expiry, Listing, parse_link, set_id};
use crate::output::units;
use crate::settings::Settings;
use crate::untrusted::{printable, safe_url};
use crate::zoho::ZohoApi;

/// Before the next nightly run.
const SOON: TimeDelta = TimeDelta::days(1);

/// Checks of a list that is not empty, and the organisation of its links.
pub(super) async fn examine(
    settings: &Settings,
    api: &ZohoApi,
    listing: &Listing,
) -> (Vec<Check>, Option<String>) {
    let urls: Vec<Url> = listing
        .links
        .iter()
        .filter_map(|link| parse_link(&link.text).ok())
        .collect();
    let org = urls.iter().find_map(set_id).map(|id| id.org);
    let mut checks = vec![
        names(listing),
        organisation(settings, org.as_deref()),
        expiry(listing.expiry.as_ref()),
        hosts(settings, &urls),
    ];
    let has_expired = |expiry: &Expiry| expiry.is_past(Utc::now());
    let trusted = urls.iter().find(|url| settings.client.trusted.trusts(url));
    checks.push(match trusted {
        _ if listing.expiry.as_ref().is_some_and(has_expired) => {
            Check::untried("file", "the links have expired")
        }
        None => Check::untried(
            "file",
            "no link points to a host that may receive the token",
        ),
        Some(url) => file(api, url, listing.expiry.is_some()).await,
    });
    (checks, org)
}

/// Whether `download` would take the list as a whole.
fn names(listing: &Listing) -> Check {
    match Backup::from_listing(listing) {
        Ok(backup) => Check::ok(
            "links",
            format!(
                "of {}, to be saved as {}",
                units::files(backup.files.len()),
                backup.folder_name()
            ),
        ),
        Err(error) => Check::failed("links", error),
    }
}

fn organisation(settings: &Settings, theirs: Option<&str>) -> Check {
    let name = "organisation";
    if let Err(error) = links::check_organisation(settings.org.as_deref(), theirs) {
        return Check::failed(name, error);
    }
    match (theirs, &settings.org) {
        (Some(org), Some(_)) => Check::ok(name, format!("{org}, as the profile says")),
        (Some(org), None) => Check::ok(name, format!("{org}; the profile does not name one")),
        (None, _) => Check::ok(name, "the links do not name one"),
    }
}

fn expiry(expiry: Option<&Expiry>) -> Check {
    let name = "expiry";
    let Some(expiry) = expiry else {
        return Check::warning(
            name,
            "Zoho does not say when the links expire",
            "fetch them soon: links are valid for seven days",
        );
    };
    let date = printable(&expiry.text);
    let left = expiry.left(Utc::now());
    if left <= TimeDelta::zero() {
        return Check::warning(
            name,
            format!("the links expired {} ago, on {date}", span(left)),
            "request a new backup with `backup-fetch request`, or set up a schedule",
        );
    }
    let text = format!("{} left, until {date}", span(left));
    if left < SOON {
        return Check::warning(name, text, "run `backup-fetch download` now");
    }
    Check::ok(name, text)
}

/// Every link must lead to a host that may get the token.
fn hosts(settings: &Settings, urls: &[Url]) -> Check {
    let name = "link_hosts";
    let trusted = &settings.client.trusted;
    if let Some(foreign) = urls.iter().find(|url| !trusted.trusts(url)) {
        let url = host_and_file(foreign);
        return Check::failed(name, host_refused(&url));
    }
    let mut hosts: Vec<&str> = urls.iter().filter_map(Url::host_str).collect();
    hosts.sort_unstable();
    hosts.dedup();
    Check::ok(name, format!("{}: allowed", printable(&hosts.join(", "))))
}

/// A link can name a person's data in its path; host and file are enough to find it.
fn host_and_file(url: &Url) -> String {
    let file = url.path().rsplit('/').next().unwrap_or_default();
    let mut short = url.clone();
    short.set_path(&format!("/…/{file}"));
    // The path is shown as it is written.
    safe_url(&short).replace("%E2%80%A6", "…")
}

/// One byte of a file; `is_dated`: by the list, the link has not expired.
async fn file(api: &ZohoApi, url: &Url, is_dated: bool) -> Check {
    let name = "file";
    let request = FileRequest {
        url,
        range: ByteRange::new(0, 1),
        if_range: None,
    };
    let shown = host_and_file(url);
    match api.open(request).await {
        Ok(reply) => served(&shown, url, &reply),
        Err(error) => {
            let mut check = Check::problem(name, error.problem());
            if is_dated && error.problem().code == "link_not_valid" {
                check = check.hint("run `backup-fetch doctor` again: a newer backup may have replaced the links since they were listed");
            }
            let message = check.message.replace(&safe_url(url), &shown);
            Check { message, ..check }
        }
    }
}

fn served(shown: &str, url: &Url, reply: &Reply) -> Check {
    let name = "file";
    let (ranges, length) = match (reply.status, reply.content_range) {
        (206, Some(ContentRange::Part { range, total })) => (range.start() == 0, total),
        (416, Some(ContentRange::Outside { total })) => (true, Some(total)),
        _ => (false, reply.content_length),
    };
    let length = length.map_or_else(|| "length unknown".to_owned(), units::size);
    let redirected = if reply.url == safe_url(url) {
        String::new()
    } else {
        let to = Url::parse(&reply.url).ok();
        let host = to.as_ref().and_then(Url::host_str).unwrap_or("elsewhere");
        format!(", redirected to {}", printable(host))
    };
    let (version, holds) = version(&reply.validator);
    let serves = if ranges { "ranges" } else { "no ranges" };
    let text = format!(
        "{shown}: HTTP {}, {serves}, {version}, {length}{redirected}",
        reply.status
    );
    if !ranges {
        return Check::warning(
            name,
            text,
            "nothing to fix here: each file is fetched over one connection, and starts over if that breaks; more --jobs do not help",
        );
    }
    if !holds {
        return Check::warning(
            name,
            text,
            "nothing to fix here: an interrupted file is resumed after comparing its length and the last bytes on disk",
        );
    }
    Check::ok(name, text)
}

/// How a version of the file is told from another, and whether that holds.
fn version(validator: &Validator) -> (&'static str, bool) {
    let holds = validator.if_range().is_some();
    let text = match (&validator.etag, &validator.last_modified, holds) {
        (Some(tag), _, _) if !tag.starts_with("W/") => "a strong ETag",
        (_, Some(_), true) => "a strong Last-Modified",
        (Some(_), _, _) => "a weak ETag",
        (None, Some(_), false) => "a weak Last-Modified",
        (None, None, _) => "neither ETag nor Last-Modified",
    };
    (text, holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_shown_by_host_and_file_alone() {
        let url = Url::parse("https://me:pw@h.example/v2/crm/1/backup/2/a.zip?token=1#x").unwrap();
        assert_eq!(host_and_file(&url), "https://h.example/…/a.zip");
    }
}
