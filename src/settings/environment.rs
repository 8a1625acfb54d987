//! The only place that reads the environment.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use url::Url;

use crate::http::{Proxies, proxy_url};
use crate::problem::Problem;
use crate::redaction::hide_login_of;
use crate::store::sys;
use crate::untrusted::safe_url;

/// The options that a variable can give, too, by their keys.
pub(super) const OUT: (&str, &str) = ("out", "BACKUP_FETCH_OUT");
pub(super) const HOSTS: [(&str, &str); 4] = [
    ("dc", "ZOHO_DC"),
    ("api_domain", "ZOHO_API_DOMAIN"),
    ("accounts_url", "ZOHO_ACCOUNTS_URL"),
    ("download_domain", "ZOHO_DOWNLOAD_DOMAIN"),
];

/// What else decides how the network is reached.
pub(super) const NETWORK: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// With which the variables of object stores begin, and of who hands out the credentials for them.
const CLOUDS: [&str; 7] = [
    "AWS_",
    "GOOGLE_",
    "GCE_METADATA_",
    "AZURE_",
    "AZURITE_",
    "IDENTITY_",
    "SERVICE_ACCOUNT",
];

/// With which a certificate begins in every store.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The environment variables. A variable that is empty counts as not set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: HashMap<String, String>,
    /// Names of variables that are no text.
    unreadable: BTreeSet<String>,
}

/// The first one that is set counts; that of all schemes where there is none for the scheme.
const HTTPS_PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const HTTP_PROXY: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

impl Environment {
    pub(crate) fn of_process() -> Environment {
        let mut environment = Environment::default();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            match value.into_string() {
                Ok(value) => {
                    let name = sys::variable(&name);
                    if name.to_ascii_lowercase().ends_with("_proxy") {
                        hide_login_of(&value);
                    }
                    environment.variables.insert(name, value);
                }
                Err(_) => {
                    environment.unreadable.insert(name);
                }
            }
        }
        environment
    }

    /// The variables of the clouds, for who asks their stores.
    pub(super) fn of_clouds(&self) -> HashMap<String, String> {
        let is_of_cloud = |name: &str| CLOUDS.iter().any(|prefix| name.starts_with(prefix));
        let all = self.variables.iter();
        all.filter(|(name, _)| is_of_cloud(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    pub(super) fn of(variables: HashMap<String, String>) -> Environment {
        Environment {
            variables,
            unreadable: BTreeSet::new(),
        }
    }

    pub(super) fn only(&self, name: &str) -> Environment {
        let variable = self.get(name).map(|value| (name.to_owned(), value));
        Environment::of(variable.into_iter().collect())
    }

    /// A variable of ours that is no text would silently count as not set.
    pub(super) fn refuse_unreadable(&self) -> Result<(), Problem> {
        let is_ours = |name: &&String| {
            ["ZOHO_", "BACKUP_FETCH_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
                || ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY"]
                    .contains(&name.as_str())
                || name.to_ascii_uppercase().ends_with("_PROXY")
        };
        match self.unreadable.iter().find(is_ours) {
            None => Ok(()),
            Some(name) => Err(Problem::configuration(
                format!("{name}: the variable is not valid UTF-8"),
                "set it again in UTF-8; a secret or a path in another encoding can also come from the profile",
            )),
        }
    }

    /// The output folder as a variable names it.
    pub(crate) fn out(&self) -> Option<PathBuf> {
        self.get(OUT.1).map(PathBuf::from)
    }

    /// Whether a window can show up where the user is.
    pub(crate) fn has_screen(&self) -> bool {
        let any = |names: &[&str]| names.iter().any(|name| self.get(name).is_some());
        if cfg!(any(target_os = "macos", windows)) {
            return !any(&["SSH_CONNECTION"]);
        }
        any(&["DISPLAY", "WAYLAND_DISPLAY"])
    }

    /// One that is no address of a proxy is named without its value, which may hold a password.
    pub(crate) fn proxies(&self) -> Result<Proxies, Problem> {
        Ok(Proxies::new(
            self.proxy(&HTTPS_PROXY)?,
            self.proxy(&HTTP_PROXY)?,
            &self.first(&NO_PROXY).unwrap_or_default().1,
        ))
    }

    /// The variables about proxies that are in force, without user and password.
    pub(crate) fn proxies_shown(&self) -> Vec<(&'static str, String)> {
        let [https, http] = [HTTPS_PROXY, HTTP_PROXY].map(|names| self.first(&names));
        let mut found: Vec<_> = https.into_iter().chain(http).collect();
        found.dedup();
        for (_, value) in &mut found {
            *value = proxy_url(value).map_or_else(
                |_| "not a valid proxy address".to_owned(),
                |url| safe_url(&url).trim_end_matches('/').to_owned(),
            );
        }
        found.extend(self.first(&NO_PROXY));
        found
    }

    /// A variable that names certificates and leads nowhere would leave no server to be trusted.
    pub(super) fn check_ca_store(&self) -> Result<(), Problem> {
        if !sys::ASKS_FOR_CA_STORE {
            return Ok(());
        }
        let (file, folders) = ("SSL_CERT_FILE", "SSL_CERT_DIR");
        let text = |variable| self.get(variable).unwrap_or_default();
        let holds_some = |folder: PathBuf| {
            std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
        };
        let file_is_good = std::fs::read(text(file))
            .is_ok_and(|bytes| bytes.windows(PEM.len()).any(|window| window == PEM));
        let one_is_good = file_is_good || std::env::split_paths(&text(folders)).any(holds_some);
        // Set to nothing counts here: so it does for who reads the certificates.
        let is_set =
            |name: &&str| self.variables.contains_key(*name) || self.unreadable.contains(*name);
        let variable = [file, folders].into_iter().find(is_set);
        match variable.filter(|_| !one_is_good) {
            None => Ok(()),
            Some(variable) => Err(Problem::configuration(
                format!(
                    "{variable}: there are no CA certificates at {:?}",
                    text(variable)
                ),
                "unset it to use the system's; or point it at certificates in PEM",
            )),
        }
    }

    fn proxy(&self, names: &[&'static str]) -> Result<Option<Url>, Problem> {
        let Some((name, value)) = self.first(names) else {
            return Ok(None);
        };
        proxy_url(&value).map(Some).map_err(|reason| {
            Problem::configuration(
                format!("{name}: not a valid proxy address: {reason}"),
                "write it like http://proxy.example:3128, or socks5h://…; special characters in a user name or password are written as %40 for @, %23 for #",
            )
        })
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    /// Whether the terminal shows UTF-8, by the rules of POSIX: the first of these that is set decides, and without any the
    /// locale is `C`.
    pub(crate) fn is_unicode(&self) -> bool {
        // Its console takes UTF-16, whatever the locale.
        if cfg!(windows) {
            return true;
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.get(name))
            .unwrap_or_default()
            .to_ascii_uppercase();
        locale.contains("UTF-8") || locale.contains("UTF8")
    }

    /// Whether this open file is the journal of systemd, which notes the time of each line by itself. The variable alone
    /// says little: a terminal in a session of systemd inherits it.
    pub(crate) fn is_journal(&self, stream: impl sys::AsStream) -> bool {
        let journal = self.get("JOURNAL_STREAM");
        journal.is_some() && journal == sys::journal_name(stream)
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let value = self.variables.get(name);
        value.filter(|value| !value.is_empty()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment::of(variables.iter().map(owned).collect())
    }

    #[test]
    #[cfg_attr(windows, ignore = "the console takes UTF-16")]
    fn the_first_variable_of_the_locale_that_is_set_decides() {
        for (variables, unicode) in [
            (&[][..], false),
            (&[("LANG", "C")], false),
            (&[("LANG", "de_DE.ISO-8859-1")], false),
            (&[("LANG", "de_DE.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "en_US.UTF-8"), ("LC_CTYPE", "C")], false),
            (&[("LC_CTYPE", "C"), ("LC_ALL", "en_US.UTF-8")], true),
            (&[("LC_ALL", ""), ("LC_CTYPE", "UTF-8")], true),
        ] {
            assert_eq!(with(variables).is_unicode(), unicode, "{variables:?}");
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "no systemd")]
    fn the_journal_is_known_by_the_file_and_not_by_the_variable_alone() {
        let file = tempfile::tempfile().unwrap();
        let name = sys::journal_name(&file).unwrap();
        assert!(with(&[("JOURNAL_STREAM", &name)]).is_journal(&file));
        assert!(!with(&[("JOURNAL_STREAM", "1:2")]).is_journal(&file));
        assert!(!with(&[]).is_journal(&file));
    }
}
