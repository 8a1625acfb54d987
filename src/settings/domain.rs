//! Hosts that the user names.

use url::Url;

use super::SettingsError;
use crate::http::hosts::is_loopback;
use crate::untrusted::printable;

/// A host with an optional scheme and port, as the root of URLs. Plain http only for this machine itself.
pub(super) fn domain(what: &str, text: &str, plain_allowed: bool) -> Result<Url, SettingsError> {
    let hint = "write it like https://www.zohoapis.eu; http is for loopback addresses only, and for all hosts or none";
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let shown = printable(text);
    let url = Url::parse(&whole).map_err(|error| {
        SettingsError::new(format!("{what} {shown:?} is no URL: {error}"), hint)
    })?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nameless = url.username().is_empty() && url.password().is_none();
    if !bare || !nameless || url.host_str().is_none_or(str::is_empty) {
        return Err(SettingsError::new(
            format!("{what} must be a host and nothing more"),
            hint,
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) && plain_allowed => Ok(url),
        _ => Err(SettingsError::new(
            format!("{what} {shown:?} is refused: the token would go over an open line"),
            hint,
        )),
    }
}
