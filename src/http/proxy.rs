//! Which proxy a URL is reached through, and what is reached without one.
//!
//! The library would read the variables itself, but it takes one that it does not understand for none: secrets would
//! then go out on a way that nobody meant.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ipnet::IpNet;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::{Host, Url};

const SCHEMES: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// The proxies that were named. `Debug` shows no password.
#[derive(Clone, Default)]
pub(crate) struct Proxies {
    https: Option<Url>,
    http: Option<Url>,
    bypass: Vec<Bypass>,
}

impl fmt::Debug for Proxies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxies").finish_non_exhaustive()
    }
}

/// What is reached without a proxy: an entry of `NO_PROXY`.
#[derive(Debug, Clone)]
struct Bypass {
    host: BypassedHost,
    port: Option<u16>,
}

#[derive(Debug, Clone)]
enum BypassedHost {
    All,
    /// This one and all below it.
    Domain(String),
    Network(IpNet),
}

impl Proxies {
    /// `https` and `http`: the proxy for URLs of this scheme. `no_proxy`: as curl and Go read it.
    pub(crate) fn new(https: Option<Url>, http: Option<Url>, no_proxy: &str) -> Proxies {
        let entries = no_proxy.split(|letter: char| letter == ',' || letter.is_whitespace());
        Proxies {
            https,
            http,
            bypass: entries.filter_map(Bypass::parse).collect(),
        }
    }

    /// Whether any was named.
    pub(super) fn any(&self) -> bool {
        self.https.is_some() || self.http.is_some()
    }

    /// The one for this URL.
    pub(super) fn of(&self, url: &Url) -> Option<Url> {
        let proxy = match url.scheme() {
            "https" => self.https.as_ref(),
            _ => self.http.as_ref(),
        };
        proxy
            .filter(|_| !self.bypass.iter().any(|bypass| bypass.matches(url)))
            .cloned()
    }
}

impl Bypass {
    fn parse(entry: &str) -> Option<Bypass> {
        let network = |text: &str| {
            let text = text.trim_start_matches('[').trim_end_matches(']');
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse::<IpNet>()).ok()
        };
        // Before a port is looked for: an IPv6 address is full of colons.
        if let Some(network) = network(entry) {
            return Some(Bypass {
                host: BypassedHost::Network(network),
                port: None,
            });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let domain = host.strip_prefix('*').unwrap_or(host);
        let domain = domain.trim_matches('.').to_ascii_lowercase();
        let host = match (host, network(host)) {
            ("*", _) => BypassedHost::All,
            (_, Some(network)) => BypassedHost::Network(network),
            _ if domain.is_empty() => return None,
            _ => BypassedHost::Domain(domain),
        };
        Some(Bypass { host, port })
    }

    fn matches(&self, url: &Url) -> bool {
        let port_fits = self.port.is_none() || self.port == url.port_or_known_default();
        let host_fits = match (&self.host, url.host()) {
            (BypassedHost::All, _) => true,
            (BypassedHost::Domain(domain), Some(Host::Domain(host))) => {
                let host = host.trim_end_matches('.');
                let above = host.strip_suffix(domain.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            (BypassedHost::Network(network), Some(Host::Ipv4(address))) => {
                network.contains(&IpAddr::from(address))
            }
            (BypassedHost::Network(network), Some(Host::Ipv6(address))) => {
                network.contains(&IpAddr::from(address))
            }
            _ => false,
        };
        port_fits && host_fits
    }
}

/// Host and port of a proxy, without its password.
pub(super) fn place(proxy: &Url) -> String {
    let port = proxy.port_or_known_default();
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", proxy.host_str().unwrap_or_default())
}

/// The status that a proxy answers to the request for a tunnel. Nothing where it can't be asked by hand.
pub(super) async fn ask_for_tunnel(proxy: &Url, url: &Url) -> Option<u16> {
    if proxy.scheme() != "http" {
        return None;
    }
    let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let password = if proxy.username().is_empty() {
        String::new()
    } else {
        let decoded = |text| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        let mut pair = decoded(proxy.username());
        pair.push(b':');
        pair.extend(decoded(proxy.password().unwrap_or_default()));
        format!(
            "Proxy-Authorization: Basic {}\r\n",
            BASE64_STANDARD.encode(pair)
        )
    };
    let host = proxy.host_str()?.trim_matches(['[', ']']);
    let mut stream = TcpStream::connect((host, proxy.port_or_known_default()?))
        .await
        .ok()?;
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{password}\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    // "HTTP/1.1 403"
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.ok()?;
    let start = std::str::from_utf8(&start).ok()?;
    start.strip_prefix("HTTP/1.")?.get(2..)?.parse().ok()
}

/// Reads the address of a proxy; one without a scheme is an http proxy.
///
/// # Errors
/// What is wrong with it, without any of its text: that may be a password.
pub(crate) fn proxy_url(text: &str) -> Result<Url, String> {
    let text = text.trim();
    if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err("it contains a space".to_owned());
    }
    if text.starts_with(['"', '\'']) {
        return Err("it begins with a quote".to_owned());
    }
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = Url::parse(&whole).map_err(|error| error.to_string())?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err("there is no such type of proxy".to_owned());
    }
    // The library takes a host that it can't read for no proxy at all.
    let is_of_host = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
    match url.host_str() {
        None | Some("") => return Err("it names no host".to_owned()),
        Some(host) if !host.chars().all(is_of_host) => {
            return Err("its host contains characters that no host name has".to_owned());
        }
        Some(_) => {}
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("something follows the host and the port".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_direct(no_proxy: &str, url: &str) -> bool {
        let proxy = proxy_url("proxy.example:3128").unwrap();
        let proxies = Proxies::new(Some(proxy.clone()), Some(proxy), no_proxy);
        proxies.of(&Url::parse(url).unwrap()).is_none()
    }

    #[test]
    fn no_proxy_is_read_as_curl_and_go_read_it() {
        for (no_proxy, url, direct) in [
            ("", "https://www.zohoapis.eu/", false),
            ("*", "https://www.zohoapis.eu/", true),
            ("zohoapis.eu", "https://www.zohoapis.eu/", true),
            (".zohoapis.eu", "https://www.zohoapis.eu/", true),
            ("*.zohoapis.eu", "https://www.zohoapis.eu/", true),
            ("ZohoAPIs.EU.", "https://www.zohoapis.eu/", true),
            ("apis.eu", "https://www.zohoapis.eu/", false),
            ("www.zohoapis.eu:443", "https://www.zohoapis.eu/", true),
            ("www.zohoapis.eu:8443", "https://www.zohoapis.eu/", false),
            (
                "a.example www.zohoapis.eu",
                "https://www.zohoapis.eu/",
                true,
            ),
            ("a.example, .zoho.eu ,b", "https://accounts.zoho.eu/", true),
            ("10.0.0.0/8", "https://10.1.2.3/", true),
            ("10.0.0.0/8", "https://11.1.2.3/", false),
            ("10.1.2.3", "https://10.1.2.3/", true),
            ("10.1.2.3:8443", "https://10.1.2.3/", false),
            ("2001:db8::/32", "https://[2001:db8::1]/", true),
            ("[2001:db8::1]", "https://[2001:db8::1]/", true),
            ("[2001:db8::1]:443", "https://[2001:db8::1]/", true),
            ("2001:db8::2", "https://[2001:db8::1]/", false),
            (",,  ,", "https://www.zohoapis.eu/", false),
        ] {
            assert_eq!(goes_direct(no_proxy, url), direct, "{no_proxy:?} {url}");
        }
    }

    #[test]
    fn an_address_of_a_proxy_that_can_not_be_meant_is_refused_without_its_text() {
        for good in [
            "proxy:3128",
            "http://proxy",
            " http://me:p%40ss@proxy:3128/ ",
            "https://proxy.example",
            "socks5h://127.0.0.1:1080",
            "http://[::1]:3128",
        ] {
            assert!(proxy_url(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://",
            "http://:3128",
            "proxy:port",
            "http://proxy:99999",
            "http:/canary:3128",
            "ftp://canary",
            "socks://canary:1080",
            "socks5://can\u{e4}ry",
            "\"http://canary:3128\"",
            "http://can ary:3128",
            "http://me:can#ary@proxy:3128",
            "http://proxy:3128/canary.pac",
        ] {
            let reason = proxy_url(wrong).expect_err(wrong);
            assert!(!reason.contains("canary"), "{reason}");
        }
    }
}
