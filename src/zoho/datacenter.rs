//! Zoho's data centres (`zoho-api.md` section 4).

/// One data centre: where tokens, calls and files come from.
#[derive(Debug, PartialEq, Eq)]
pub struct DataCenter {
    /// As `--dc` takes it.
    pub code: &'static str,
    /// Host of the accounts server.
    pub accounts: &'static str,
    /// Host of the API.
    pub api: &'static str,
    /// Hosts that links may point to.
    pub downloads: [&'static str; 2],
    /// Host of the page where clients are made; not known for every one.
    pub console: Option<&'static str>,
}

macro_rules! data_center {
    ($code:literal, $domain:literal, $api:literal, $console:expr) => {
        DataCenter {
            code: $code,
            accounts: concat!("accounts.", $domain),
            api: concat!("www.zohoapis.", $api),
            downloads: [
                concat!("download-accl.", $domain),
                concat!("download.", $domain),
            ],
            console: $console,
        }
    };
}

/// All of them, the one used by default first.
static ALL: [DataCenter; 11] = [
    data_center!("us", "zoho.com", "com", Some("api-console.zoho.com")),
    data_center!("eu", "zoho.eu", "eu", Some("api-console.zoho.eu")),
    data_center!("in", "zoho.in", "in", Some("api-console.zoho.in")),
    data_center!(
        "au",
        "zoho.com.au",
        "com.au",
        Some("api-console.zoho.com.au")
    ),
    data_center!("jp", "zoho.jp", "jp", Some("api-console.zoho.jp")),
    data_center!("ca", "zohocloud.ca", "ca", Some("api-console.zohocloud.ca")),
    data_center!("sa", "zoho.sa", "sa", Some("api-console.zoho.sa")),
    data_center!(
        "cn",
        "zoho.com.cn",
        "com.cn",
        Some("api-console.zoho.com.cn")
    ),
    data_center!("uk", "zoho.uk", "uk", Some("api-console.zoho.uk")),
    data_center!("ae", "zoho.ae", "ae", Some("api-console.zoho.ae")),
    data_center!("sg", "zoho.sg", "sg", None),
];

impl DataCenter {
    /// All of them, the one used by default first.
    #[must_use]
    pub fn all() -> &'static [DataCenter] {
        &ALL
    }

    /// The one with this code.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static DataCenter> {
        ALL.iter()
            .find(|center| center.code.eq_ignore_ascii_case(code))
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
}
