//! Hosts that the user names.

use url::Url;

use super::profile::OneOrMany;
use super::{SettingsError, Sources};
use crate::http::hosts::is_loopback;
use crate::untrusted::printable;
use crate::zoho::datacenter::DataCenter;

/// A host of Zoho that was named: what it is, and in which data centre.
struct Named {
    what: &'static str,
    host: String,
    center: &'static DataCenter,
}

impl Sources {
    /// The data centre of the hosts that are named without one: the others follow it, as a token and a secret of one are
    /// none of another's business. `chosen` is the one that was named itself.
    pub(super) fn center_of_hosts(
        &self,
        chosen: Option<&'static DataCenter>,
    ) -> Result<Option<&'static DataCenter>, SettingsError> {
        let api = self.typed(self.global.api_domain.as_ref(), "ZOHO_API_DOMAIN");
        let accounts = self.typed(self.global.accounts_url.as_ref(), "ZOHO_ACCOUNTS_URL");
        let api = api.or_else(|| self.profile.api_domain.clone());
        let accounts = accounts.or_else(|| self.profile.accounts_url.clone());
        // Further download hosts stand beside those of a data centre that was chosen.
        let downloads = match chosen {
            Some(_) => Vec::new(),
            None => self.typed_download_domains().unwrap_or_else(|| {
                let list = self.profile.download_domain.clone();
                list.map(OneOrMany::into_vec).unwrap_or_default()
            }),
        };
        let given = api
            .map(|host| ("the API domain", host))
            .into_iter()
            .chain(accounts.map(|host| ("the accounts server", host)))
            .chain(
                downloads
                    .into_iter()
                    .map(|host| ("the download host", host)),
            );
        let named: Vec<Named> = given
            .filter_map(|(what, host)| {
                let center = DataCenter::find(&host)?;
                Some(Named { what, host, center })
            })
            .collect();
        let Some(first) = named.first() else {
            return Ok(None);
        };
        if let Some(chosen) = chosen
            && let Some(other) = named.iter().find(|named| named.center != chosen)
        {
            return Err(SettingsError::new(
                format!(
                    "{} {} is in the data centre {}, but {} is chosen",
                    other.what,
                    printable(&other.host),
                    other.center.code,
                    chosen.code
                ),
                format!(
                    "use --dc {} (or ZOHO_DC, or `dc` in the profile), or leave the host out",
                    other.center.code
                ),
            ));
        }
        match named.iter().find(|named| named.center != first.center) {
            None => Ok(Some(first.center)),
            Some(other) => Err(SettingsError::new(
                format!(
                    "{} {} is in the data centre {}, but {} {} in {}",
                    first.what,
                    printable(&first.host),
                    first.center.code,
                    other.what,
                    printable(&other.host),
                    other.center.code
                ),
                format!(
                    "leave one of them out, and use --dc {} or --dc {}: where your account is",
                    first.center.code, other.center.code
                ),
            )),
        }
    }
}

/// A host with an optional scheme and port, as the root of URLs. Plain http only for this machine itself.
pub(super) fn domain(what: &str, text: &str, plain_allowed: bool) -> Result<Url, SettingsError> {
    let hint = "write it like https://www.zohoapis.eu; plain http is only for loopback addresses, and only if every host uses it";
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let shown = printable(text);
    let url = Url::parse(&whole).map_err(|error| {
        SettingsError::new(format!("{what} {shown:?} is not a URL: {error}"), hint)
    })?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nameless = url.username().is_empty() && url.password().is_none();
    if !bare || !nameless || url.host_str().is_none_or(str::is_empty) {
        return Err(SettingsError::new(
            format!("{what} must be a host and nothing else"),
            hint,
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) && plain_allowed => Ok(url),
        _ => Err(SettingsError::new(
            format!("{what} {shown:?} is refused: the token would be sent unencrypted"),
            hint,
        )),
    }
}
