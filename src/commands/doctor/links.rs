//! The links: whose they are, how long they are valid, where they lead, and how the host there serves a file.

use chrono::{TimeDelta, Utc};
use url::Url;

use crate::commands::links::check_organisation;
use crate::download::host_refused;
use crate::http::range::{ByteRange, ContentRange, Validator};
use crate::http::{FileRequest, Reply};
use crate::model::{Backup, Expiry, Listing, parse_link, set_id};
use crate::output::units;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::untrusted::{printable, safe_url};
use crate::zoho::ZohoApi;

use super::report::{Found, Report, ok, skipped, span};

/// Before the next nightly run.
const SOON: TimeDelta = TimeDelta::days(1);

/// Checks a list that is not empty, and gives the organisation of its links.
pub(super) async fn examine(
    report: &mut Report,
    settings: &Settings,
    api: &ZohoApi,
    listing: &Listing,
) -> anyhow::Result<Option<String>> {
    let links = listing.links.iter();
    let urls: Vec<Url> = links
        .filter_map(|link| parse_link(&link.text).ok())
        .collect();
    let org = urls.iter().find_map(set_id).map(|id| id.org);
    report.add("links", names(listing))?;
    report.add("organisation", organisation(settings, org.as_deref()))?;
    report.add("expiry", Ok(expiry(listing.expiry.as_ref())))?;
    report.add("link_hosts", hosts(settings, &urls))?;
    let has_expired = |expiry: &Expiry| expiry.is_past(Utc::now());
    let trusted = urls.iter().find(|url| settings.client.trusted.trusts(url));
    let file = match trusted {
        _ if listing.expiry.as_ref().is_some_and(has_expired) => {
            Ok(skipped("the links have expired"))
        }
        None => Ok(skipped(
            "no link points to a host that may receive the token",
        )),
        Some(url) => file(api, url, listing.expiry.is_some()).await,
    };
    report.add("file", file)?;
    Ok(org)
}

/// Whether `download` would take the list as a whole.
fn names(listing: &Listing) -> anyhow::Result<Found> {
    let backup = Backup::from_listing(listing)?;
    let (files, folder) = (units::files(backup.files.len()), backup.folder_name());
    Ok(ok(format!("of {files}, to be saved as {folder}")))
}

fn organisation(settings: &Settings, theirs: Option<&str>) -> anyhow::Result<Found> {
    check_organisation(settings.org.as_deref(), theirs)?;
    Ok(match (theirs, &settings.org) {
        (Some(org), Some(_)) => ok(format!("{org}, as the profile says")),
        (Some(org), None) => ok(format!("{org}; the profile does not name one")),
        (None, _) => ok("the links do not name one"),
    })
}

fn expiry(expiry: Option<&Expiry>) -> Found {
    let Some(expiry) = expiry else {
        return ok("Zoho does not say when the links expire")
            .warn("fetch them soon: links are valid for seven days");
    };
    let date = printable(&expiry.text);
    let left = expiry.left(Utc::now());
    if left <= TimeDelta::zero() {
        return ok(format!("the links expired {} ago, on {date}", span(left)))
            .warn("request a new backup with `backup-fetch request`, or set up a schedule");
    }
    let found = ok(format!("{} left, until {date}", span(left)));
    if left < SOON {
        return found.warn("run `backup-fetch download` now");
    }
    found
}

/// Every link must lead to a host that may get the token.
fn hosts(settings: &Settings, urls: &[Url]) -> anyhow::Result<Found> {
    let trusted = &settings.client.trusted;
    if let Some(foreign) = urls.iter().find(|url| !trusted.trusts(url)) {
        return Err(host_refused(&host_and_file(foreign)).into());
    }
    let mut hosts: Vec<&str> = urls.iter().filter_map(Url::host_str).collect();
    hosts.sort_unstable();
    hosts.dedup();
    Ok(ok(format!("{}: allowed", printable(&hosts.join(", ")))))
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
async fn file(api: &ZohoApi, url: &Url, is_dated: bool) -> anyhow::Result<Found> {
    let request = FileRequest {
        url,
        range: ByteRange::new(0, 1),
        if_range: None,
    };
    let shown = host_and_file(url);
    let error = match api.open(request).await {
        Ok(reply) => return Ok(served(&shown, url, &reply)),
        Err(error) => error.problem(),
    };
    let problem = Problem {
        message: error.message.replace(&safe_url(url), &shown),
        ..error
    };
    Err(if is_dated && problem.code == "link_not_valid" {
        problem.hint("run `backup-fetch doctor` again: a newer backup may have replaced the links since they were listed")
    } else {
        problem
    }
    .into())
}

fn served(shown: &str, url: &Url, reply: &Reply) -> Found {
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
    let serves = if ranges { "ranges" } else { "no ranges" };
    let (status, version) = (reply.status, version(&reply.validator));
    let found = ok(format!(
        "{shown}: HTTP {status}, {serves}, {version}, {length}{redirected}"
    ));
    if !ranges {
        found.warn("nothing to fix here: each file is fetched over one connection, and starts over if that breaks; more --jobs do not help")
    } else if reply.validator.if_range().is_none() {
        found.warn("nothing to fix here: an interrupted file is resumed after comparing its length and the last bytes on disk")
    } else {
        found
    }
}

/// How a version of the file is told from another.
fn version(validator: &Validator) -> &'static str {
    let holds = validator.if_range().is_some();
    match (&validator.etag, &validator.last_modified) {
        (Some(tag), _) if !tag.starts_with("W/") => "a strong ETag",
        (_, Some(_)) if holds => "a strong Last-Modified",
        (Some(_), _) => "a weak ETag",
        (None, Some(_)) => "a weak Last-Modified",
        (None, None) => "neither ETag nor Last-Modified",
    }
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
