//! Which hosts the token may go to (`design.md` section 7 rule 10).

use std::net::IpAddr;

use url::{Host, Origin, Url};

/// The origins that the token may be sent to, and no other.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedHosts(Vec<Origin>);

impl TrustedHosts {
    /// The API domain and the download hosts. A plain http origin is left out unless it is a loopback address and the
    /// API domain is one, too.
    pub(crate) fn new<'a>(
        api: &'a Url,
        downloads: impl IntoIterator<Item = &'a Url>,
    ) -> TrustedHosts {
        let plain_allowed = api.scheme() == "http" && is_loopback(api);
        let urls = std::iter::once(api).chain(downloads);
        let urls = urls.filter(|url| {
            url.scheme() == "https" || (url.scheme() == "http" && plain_allowed && is_loopback(url))
        });
        TrustedHosts(urls.map(origin).collect())
    }

    /// All of them, the API domain first, without a port that goes without saying.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |origin: &Origin| match origin {
            Origin::Tuple(scheme, host, 443) if scheme == "https" => Some(host.to_string()),
            Origin::Tuple(_, host, port) => Some(format!("{host}:{port}")),
            Origin::Opaque(_) => None,
        };
        self.0.iter().filter_map(name).collect()
    }

    /// Whether the token may be sent to this URL: scheme, host and port must be those of one of the hosts, and there
    /// must be no user info.
    pub(crate) fn trusts(&self, url: &Url) -> bool {
        url.username().is_empty() && url.password().is_none() && self.0.contains(&origin(url))
    }
}

/// The parser has lower-cased the host; one trailing dot names the same one.
fn origin(url: &Url) -> Origin {
    match url.origin() {
        Origin::Tuple(scheme, Host::Domain(host), port) => {
            let host = host.trim_end_matches('.').to_owned();
            Origin::Tuple(scheme, Host::Domain(host), port)
        }
        origin => origin,
    }
}

/// Whether the host is this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn scheme_host_and_port_must_all_be_right() {
        let hosts = TrustedHosts::new(
            &url("https://www.zohoapis.eu"),
            [&url("https://download-accl.zoho.eu")],
        );
        assert!(hosts.trusts(&url(
            "https://download-accl.zoho.eu/v2/crm/1/backup/2/a.zip?x=1"
        )));
        assert!(hosts.trusts(&url("https://DOWNLOAD-ACCL.zoho.eu:443/a.zip")));
        for wrong in [
            "http://download-accl.zoho.eu/a.zip",
            "https://download-accl.zoho.eu:8443/a.zip",
            "https://download-accl.zoho.eu.evil.example/a.zip",
            "https://download-accl.zoho.com/a.zip",
            "https://me@download-accl.zoho.eu/a.zip",
            "https://127.0.0.1/a.zip",
        ] {
            assert!(!hosts.trusts(&url(wrong)), "{wrong}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_and_only_with_a_loopback_api() {
        let local = TrustedHosts::new(
            &url("http://127.0.0.1:8000"),
            [&url("http://127.0.0.1:9000"), &url("http://example.com")],
        );
        assert!(local.trusts(&url("http://127.0.0.1:9000/a.zip")));
        assert!(!local.trusts(&url("http://127.0.0.1:9001/a.zip")));
        assert!(!local.trusts(&url("http://example.com/a.zip")));
        let real = TrustedHosts::new(
            &url("https://www.zohoapis.eu"),
            [&url("http://127.0.0.1:9000")],
        );
        assert!(!real.trusts(&url("http://127.0.0.1:9000/a.zip")));
    }
}
