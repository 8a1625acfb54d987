//! Which servers are meant: the data centre, and hosts that are named in the place of its own or besides.

use url::Url;

use crate::cli::{Center, Global};
use crate::http::hosts::is_loopback;
use crate::problem::Problem;
use crate::untrusted::printable;
use crate::zoho::datacenter::DataCenter;

const API: &str = "the API domain";
const ACCOUNTS: &str = "the accounts server";

/// Each with what is wrong with it.
pub(super) struct Hosts {
    pub(super) api: Result<Url, Problem>,
    pub(super) accounts: Result<Url, Problem>,
    pub(super) downloads: Result<Vec<Url>, Problem>,
}

impl Hosts {
    pub(super) fn new(global: &Global, center: &DataCenter) -> Hosts {
        let one = |what, given: Option<&String>, usual, plain| match given {
            Some(text) => domain(what, text, plain),
            None => domain(what, usual, false),
        };
        let api = one(API, global.api_domain.as_ref(), center.api, true);
        let plain = api.as_ref().is_ok_and(|api| api.scheme() == "http");
        let given = global.download_domain.iter().map(String::as_str);
        let downloads = center.downloads.iter().copied().chain(given);
        Hosts {
            accounts: one(
                ACCOUNTS,
                global.accounts_url.as_ref(),
                center.accounts,
                plain,
            ),
            downloads: downloads
                .map(|text| domain("a download host", text, plain))
                .collect(),
            api,
        }
    }
}

/// The data centre that is chosen, or that of the hosts that are named.
pub(super) fn center(global: &Global) -> Result<&'static DataCenter, Problem> {
    let of_hosts = center_of_hosts(global)?;
    let chosen = global.dc.map(|Center(center)| center);
    Ok(chosen.or(of_hosts).unwrap_or(&DataCenter::all()[0]))
}

/// A host of Zoho that was named: what it is, and in which data centre.
struct Named<'a> {
    what: &'static str,
    host: &'a str,
    center: &'static DataCenter,
}

impl Named<'_> {
    fn words(&self) -> String {
        let (what, host, code) = (self.what, printable(self.host), self.center.code);
        format!("{what} {host} is in the data centre {code}")
    }
}

fn named(global: &Global) -> Vec<Named<'_>> {
    let api = global.api_domain.iter().map(|host| (API, host));
    let accounts = global.accounts_url.iter().map(|host| (ACCOUNTS, host));
    // Further download hosts stand beside those of a data centre that was chosen.
    let downloads = global
        .download_domain
        .iter()
        .filter(|_| global.dc.is_none());
    let given = api
        .chain(accounts)
        .chain(downloads.map(|host| ("the download host", host)));
    given
        .filter_map(|(what, host)| {
            let center = DataCenter::find(host)?;
            Some(Named { what, host, center })
        })
        .collect()
}

/// The data centre of the hosts that are named: the others follow it, as a token and a secret of one are none of another's
/// business.
pub(super) fn center_of_hosts(global: &Global) -> Result<Option<&'static DataCenter>, Problem> {
    let named = named(global);
    if let Some(Center(chosen)) = global.dc {
        return match named.iter().find(|named| named.center != chosen) {
            None => Ok(None),
            Some(other) => Err(Problem::configuration(
                format!("{}, but {} is chosen", other.words(), chosen.code),
                format!(
                    "use --dc {} (or ZOHO_DC, or `dc` in the profile), or leave the host out",
                    other.center.code
                ),
            )),
        };
    }
    let Some(first) = named.first() else {
        return Ok(None);
    };
    match named.iter().find(|named| named.center != first.center) {
        None => Ok(Some(first.center)),
        Some(other) => Err(Problem::configuration(
            format!(
                "{}, but {} {} in {}",
                first.words(),
                other.what,
                printable(other.host),
                other.center.code
            ),
            format!(
                "leave one of them out, and use --dc {} or --dc {}: where your account is",
                first.center.code, other.center.code
            ),
        )),
    }
}

/// A host with an optional scheme and port, as the root of URLs. Plain http only for this machine itself.
fn domain(what: &str, text: &str, plain_allowed: bool) -> Result<Url, Problem> {
    let hint = "write it like https://www.zohoapis.eu; plain http is only for loopback addresses, and only if every host uses it";
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let shown = printable(text);
    let url = Url::parse(&whole).map_err(|error| {
        Problem::configuration(format!("{what} {shown:?} is not a URL: {error}"), hint)
    })?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nameless = url.username().is_empty() && url.password().is_none();
    if !bare || !nameless || url.host_str().is_none_or(str::is_empty) {
        return Err(Problem::configuration(
            format!("{what} must be a host and nothing else"),
            hint,
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) && plain_allowed => Ok(url),
        _ => Err(Problem::configuration(
            format!("{what} {shown:?} is refused: the token would be sent unencrypted"),
            hint,
        )),
    }
}
