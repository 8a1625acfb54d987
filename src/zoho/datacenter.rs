//! Zoho's data centres (`zoho-api.md` section 4).

/// One data centre: the hosts that tokens, calls and files come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DataCenter {
    /// As `--dc` takes it.
    pub(crate) code: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) api: &'static str,
    /// Hosts that links may point to.
    pub(crate) downloads: &'static [&'static str],
    /// Host of the page where clients are made; not known for every one.
    pub(crate) console: Option<&'static str>,
}

macro_rules! data_center {
    ($code:literal, $domain:literal, $api:literal $(, $further:literal)*) => {
        DataCenter {
            code: $code,
            accounts: concat!("accounts.", $domain),
            api: concat!("www.zohoapis.", $api),
            downloads: &[
                concat!("download-accl.", $domain),
                concat!("download.", $domain),
                $($further),*
            ],
            console: Some(concat!("api-console.", $domain)),
        }
    };
}

/// All of them, the one used by default first.
static ALL: [DataCenter; 11] = [
    data_center!("us", "zoho.com", "com"),
    data_center!("eu", "zoho.eu", "eu"),
    data_center!("in", "zoho.in", "in"),
    data_center!("au", "zoho.com.au", "com.au"),
    data_center!("jp", "zoho.jp", "jp"),
    data_center!("ca", "zohocloud.ca", "ca"),
    // Zoho's page on downloads of WorkDrive, whose servers these are, and its SDKs name `files` for these two; that it has
    // an accelerated twin as all others do is a guess (`zoho-api.md`, "Added later").
    data_center!("sa", "zoho.sa", "sa", "files.zoho.sa", "files-accl.zoho.sa"),
    data_center!("cn", "zoho.com.cn", "com.cn"),
    data_center!("uk", "zoho.uk", "uk"),
    data_center!("ae", "zoho.ae", "ae", "files.zoho.ae", "files-accl.zoho.ae"),
    DataCenter {
        console: None,
        ..data_center!("sg", "zoho.sg", "sg")
    },
];

impl DataCenter {
    /// All of them, the one used by default first.
    pub(crate) fn all() -> &'static [DataCenter] {
        &ALL
    }

    pub(crate) fn codes() -> Vec<&'static str> {
        ALL.iter().map(|center| center.code).collect()
    }

    /// The one that is meant: by its code, the end of its addresses (`com`, `com.au`), or an address of Zoho there
    /// (`crm.zoho.eu`, a whole URL).
    pub(crate) fn find(text: &str) -> Option<&'static DataCenter> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(center) = ALL.iter().find(|center| center.code == text) {
            return Some(center);
        }
        let address = text
            .split_once("://")
            .map_or(&*text, |(_, address)| address);
        let host = address.split(['/', '?', '#', ':']).next()?;
        let host = host.trim_matches('.');
        let is_of = |domain: &str| {
            let above = host.strip_suffix(domain);
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        };
        ALL.iter().find(|center| {
            let domains = [
                center.accounts.strip_prefix("accounts."),
                center.api.strip_prefix("www."),
            ];
            let mut domains = domains.into_iter().flatten();
            domains.any(|domain| {
                is_of(domain) || domain.split_once('.').is_some_and(|(_, end)| end == host)
            })
        })
    }

    /// The one of an `api_domain` in any of Zoho's spellings: `https://www.zohoapis.eu`, `https://api.zoho.eu`,
    /// `https://zohoapis.eu`, and those of sandboxes.
    pub(crate) fn of_api(text: &str) -> Option<&'static DataCenter> {
        let host = text
            .strip_prefix("https://")
            .unwrap_or(text)
            .trim_end_matches('/');
        let domain = ["www.", "sandbox.", "developer."]
            .iter()
            .find_map(|prefix| host.strip_prefix(prefix))
            .unwrap_or(host);
        ALL.iter().find(|center| {
            center.api.strip_prefix("www.") == Some(domain)
                || host.strip_prefix("api.") == center.accounts.strip_prefix("accounts.")
        })
    }

    /// The one of an accounts server.
    pub(crate) fn of_accounts(text: &str) -> Option<&'static DataCenter> {
        let host = text.strip_prefix("https://")?.trim_end_matches('/');
        ALL.iter().find(|center| center.accounts == host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canada_breaks_the_pattern() {
        let canada = DataCenter::find("CA").unwrap();
        assert_eq!(canada.accounts, "accounts.zohocloud.ca");
        assert_eq!(canada.api, "www.zohoapis.ca");
        assert_eq!(canada.downloads[0], "download-accl.zohocloud.ca");
        assert!(DataCenter::find("mars").is_none());
    }

    #[test]
    fn a_data_centre_is_known_by_its_code_its_ending_and_its_addresses() {
        for (text, code) in [
            ("EU", "eu"),
            ("com", "us"),
            (".com", "us"),
            ("com.au", "au"),
            ("com.cn", "cn"),
            ("crm.zoho.eu", "eu"),
            ("zoho.in", "in"),
            ("https://crm.zoho.com.au/crm/org123/tab/Home?x=1#y", "au"),
            ("https://crm.zohocloud.ca", "ca"),
            ("https://www.zohoapis.jp", "jp"),
            ("accounts.zoho.sa:443", "sa"),
            (" crm.zoho.com ", "us"),
        ] {
            let found = DataCenter::find(text).map(|center| center.code);
            assert_eq!(found, Some(code), "{text}");
        }
        for text in [
            "",
            "mars",
            "evilzoho.eu",
            "zoho.eu.example",
            "https://",
            "zoho",
        ] {
            assert!(DataCenter::find(text).is_none(), "{text}");
        }
    }

    #[test]
    fn two_data_centres_have_hosts_of_another_name_besides() {
        for code in ["sa", "ae"] {
            let hosts = DataCenter::find(code).unwrap().downloads;
            for first in ["download-accl", "download", "files", "files-accl"] {
                assert!(hosts.contains(&&*format!("{first}.zoho.{code}")), "{first}");
            }
        }
        let others = DataCenter::all().iter();
        assert!(others.filter(|center| center.downloads.len() > 2).count() == 2);
    }

    #[test]
    fn an_api_domain_is_known_in_every_spelling_of_zoho() {
        let of = |text| DataCenter::of_api(text).map(|center| center.code);
        assert_eq!(of("https://www.zohoapis.eu"), Some("eu"));
        assert_eq!(of("https://api.zoho.com.au/"), Some("au"));
        assert_eq!(of("https://zohoapis.com"), Some("us"));
        assert_eq!(of("https://sandbox.zohoapis.ca"), Some("ca"));
        assert_eq!(of("https://api.zohocloud.ca"), Some("ca"));
        for strange in ["https://www.zohoapis.eu.example", "", "https://example.com"] {
            assert_eq!(of(strange), None, "{strange}");
        }
    }

    #[test]
    fn an_accounts_server_is_known_by_its_whole_name_only() {
        let of = |text| DataCenter::of_accounts(text).map(|center| center.code);
        assert_eq!(of("https://accounts.zoho.eu"), Some("eu"));
        for strange in [
            "http://accounts.zoho.eu",
            "https://accounts.zoho.eu.example",
            "https://accounts.zoho.eu:8443",
            "https://me@accounts.zoho.eu",
            "accounts.zoho.eu",
        ] {
            assert_eq!(of(strange), None, "{strange}");
        }
    }
}
