//! What `login` and `logout` need of the configuration: a profile that may not be there yet, credentials that need not be
//! whole.

use secrecy::SecretString;

use super::secret::Source;
use super::{Environment, Place, Settings, SettingsError, Sources, Store, profile};
use crate::cli::Global;
use crate::untrusted::printable;
use crate::zoho::datacenter::DataCenter;

/// A profile to log in to or out of.
#[derive(Debug)]
pub(crate) struct Account {
    sources: Sources,
    store: Store,
    /// What the profile is called.
    pub(crate) name: String,
}

/// What a login found out, to be kept.
#[derive(Debug)]
pub(crate) struct NewCredentials<'a> {
    /// Of the client.
    pub(crate) client_id: &'a str,
    /// Of the client.
    pub(crate) client_secret: &'a SecretString,
    /// Made just now.
    pub(crate) refresh_token: &'a SecretString,
    /// The organisation of the links, where there are any.
    pub(crate) org: Option<&'a str>,
}

impl Account {
    /// Finds the profile; one that is not there is made by [`Store`].
    pub(crate) fn to_log_in(
        global: &Global,
        environment: Environment,
    ) -> Result<Account, SettingsError> {
        let place = Place::find(global, &environment)?;
        let chosen = profile::choose_or_new(place.config()?, place.profile.as_deref())?;
        Account::new(global, environment, place, chosen)
    }

    /// Finds the profile, which must be there.
    pub(crate) fn to_log_out(
        global: &Global,
        environment: Environment,
    ) -> Result<Account, SettingsError> {
        let place = Place::find(global, &environment)?;
        let chosen = profile::choose(place.config()?, place.named, place.profile.as_deref())?;
        Account::new(global, environment, place, chosen)
    }

    fn new(
        global: &Global,
        environment: Environment,
        place: Place,
        chosen: profile::Chosen,
    ) -> Result<Account, SettingsError> {
        let name = chosen.name.unwrap_or_default();
        Ok(Account {
            store: Store::new(place.config()?, &name)?,
            sources: Sources {
                global: global.clone(),
                environment,
                profile: chosen.profile,
                profile_name: name.clone(),
                file: chosen.path,
                lines: chosen.lines,
                state_folder: place.state_folder,
            },
            name,
        })
    }

    /// Whether something says where the account is: a data centre, or servers.
    pub(crate) fn knows_its_place(&self) -> bool {
        self.chosen_center().is_some()
            || self.accounts_url().is_some()
            || matches!(self.sources.center_of_hosts(None), Ok(Some(_)))
    }

    /// The account is in this data centre, whatever was said before.
    pub(crate) fn move_to(&mut self, center: &DataCenter) {
        self.sources.global.dc = Some(center.code.to_owned());
    }

    /// The data centre in force.
    pub(crate) fn data_center(&self) -> Result<&'static DataCenter, SettingsError> {
        self.sources.data_center()
    }

    /// An accounts server that was named.
    pub(crate) fn accounts_url(&self) -> Option<String> {
        let key = self.sources.profile.accounts_url.as_ref();
        let flag = self.sources.global.accounts_url.as_ref();
        let typed = self.sources.typed(flag, "ZOHO_ACCOUNTS_URL");
        typed.or_else(|| key.cloned())
    }

    /// How to reach Zoho, with nothing to be let in with.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        self.sources.without_credentials()
    }

    /// From the environment, or the profile.
    pub(crate) fn client_id(&self) -> Result<Option<String>, SettingsError> {
        self.sources.client_id()
    }

    /// From the environment, or the profile.
    pub(crate) fn client_secret(&self) -> Result<Option<SecretString>, SettingsError> {
        let source = self.sources.profile.client_secret.as_ref();
        // A file of ours that has gone is made anew.
        let gone = source.is_some_and(|source| self.store.is_missing(source, "client_secret"));
        let source = source.filter(|_| !gone);
        self.sources.secret("ZOHO_CLIENT_SECRET", source)
    }

    /// The code of the API console.
    pub(crate) fn code(&self) -> Result<Option<SecretString>, SettingsError> {
        self.sources.secret("ZOHO_GRANT_CODE", None)
    }

    /// The refresh token of the profile; that of the environment where the profile has none.
    pub(crate) fn refresh_token(&self) -> Result<Option<SecretString>, SettingsError> {
        match &self.sources.profile.refresh_token {
            Some(source) => self.sources.read(source, "refresh_token").map(Some),
            None => self.sources.secret("ZOHO_REFRESH_TOKEN", None),
        }
    }

    /// Whether the profile has a refresh token.
    pub(crate) fn has_token(&self) -> bool {
        self.sources.profile.refresh_token.is_some()
    }

    /// Who is logged in, in words, where somebody is.
    pub(crate) fn logged_in(&self) -> Option<String> {
        if !self.has_token() {
            return None;
        }
        let profile = &self.sources.profile;
        let parts = [
            ("organisation", profile.org.as_ref()),
            ("data centre", profile.dc.as_ref()),
            ("client", profile.client_id.as_ref()),
        ];
        let parts = parts
            .iter()
            .filter_map(|(what, value)| Some(format!("{what} {}", printable((*value)?))));
        let parts: Vec<String> = parts.collect();
        let name = printable(&self.name);
        Some(match parts.join(", ") {
            all if all.is_empty() => format!("the profile {name}"),
            all => format!("the profile {name} ({all})"),
        })
    }

    /// The secrets that the environment gives, and that go before those of the profile.
    pub(crate) fn overriding(&self) -> Vec<String> {
        let names = ["ZOHO_REFRESH_TOKEN", "ZOHO_ACCESS_TOKEN"];
        let with_files = names
            .iter()
            .flat_map(|name| [(*name).to_owned(), format!("{name}_FILE")]);
        with_files
            .filter(|name| self.sources.environment.get(name).is_some())
            .collect()
    }

    /// Checks that [`Store`] may write this profile, while the code is not spent yet.
    pub(crate) fn check_that_it_can_be_kept(&self, keyring: bool) -> Result<(), SettingsError> {
        let profile = &self.sources.profile;
        if let Some(source) = &profile.refresh_token
            && !self.store.owns(source, "refresh_token")
        {
            return Err(SettingsError::new(
                format!(
                    "the profile {} reads its refresh token from {}, which login does not write",
                    self.name,
                    source.place()
                ),
                "use --print, and store the token there yourself; or remove `refresh_token` from the profile, or choose another with --profile",
            ));
        }
        let secret_from_environment = ["ZOHO_CLIENT_SECRET", "ZOHO_CLIENT_SECRET_FILE"]
            .iter()
            .find(|name| self.sources.environment.get(name).is_some());
        if let Some(source) = &profile.client_secret
            && !self.store.owns(source, "client_secret")
            && let Some(variable) = secret_from_environment
        {
            return Err(SettingsError::new(
                format!(
                    "{variable} is set, but the profile {} reads its client secret from {}, which login does not write",
                    self.name,
                    source.place()
                ),
                "unset the variable, or use --print; or remove `client_secret` from the profile",
            ));
        }
        self.store.check(keyring)
    }

    /// Whether the profile names a place for its client secret that is not ours: it is used, and left as it is.
    pub(crate) fn has_secret_elsewhere(&self) -> bool {
        let source = self.sources.profile.client_secret.as_ref();
        source.is_some_and(|source| !self.store.owns(source, "client_secret"))
    }

    /// Where it is kept.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// What belongs into the profile besides the secrets: where the account is, and of which organisation.
    pub(crate) fn keys(&self, new: &NewCredentials<'_>) -> Vec<(&'static str, String)> {
        let sources = &self.sources;
        let given = |flag: Option<&String>, variable| sources.typed(flag, variable);
        let hosts = [
            (
                "api_domain",
                given(sources.global.api_domain.as_ref(), "ZOHO_API_DOMAIN"),
            ),
            (
                "accounts_url",
                given(sources.global.accounts_url.as_ref(), "ZOHO_ACCOUNTS_URL"),
            ),
        ];
        let hosts = hosts
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        let center = match self.chosen_center() {
            Some(text) => DataCenter::find(&text).map(|center| center.code.to_owned()),
            None => match self.sources.center_of_hosts(None) {
                Ok(Some(center)) => Some(center.code.to_owned()),
                // The default, written down: a profile should say where its account is.
                _ if self.accounts_url().is_none() => Some("us".to_owned()),
                _ => None,
            },
        };
        let mut keys: Vec<_> = center.map(|code| ("dc", code)).into_iter().collect();
        keys.extend(hosts);
        keys.push(("client_id", new.client_id.to_owned()));
        if let (None, Some(org)) = (&sources.profile.org, new.org) {
            keys.push(("org", org.to_owned()));
        }
        keys
    }

    /// Further download hosts that were given, other than by the profile.
    pub(crate) fn given_download_domains(&self) -> Vec<String> {
        self.sources.typed_download_domains().unwrap_or_default()
    }

    /// The secrets of the profile that are not ours to remove, with their places.
    pub(crate) fn secrets_elsewhere(&self) -> Vec<(&'static str, String)> {
        self.secrets()
            .filter(|(key, source)| !self.store.owns(source, key))
            .map(|(key, source)| (key, source.place()))
            .collect()
    }

    /// The secrets of the profile that login stored, and whether the keyring has them.
    pub(crate) fn secrets_of_ours(&self) -> Vec<(&'static str, bool)> {
        self.secrets()
            .filter(|(key, source)| self.store.owns(source, key))
            .map(|(key, source)| (key, source.is_keyring()))
            .collect()
    }

    fn secrets(&self) -> impl Iterator<Item = (&'static str, &Source)> {
        let profile = &self.sources.profile;
        let all = [
            ("client_secret", &profile.client_secret),
            ("refresh_token", &profile.refresh_token),
        ];
        all.into_iter()
            .filter_map(|(key, source)| Some((key, source.as_ref()?)))
    }

    fn chosen_center(&self) -> Option<String> {
        let sources = &self.sources;
        let typed = sources.typed(sources.global.dc.as_ref(), "ZOHO_DC");
        typed.or_else(|| sources.profile.dc.clone())
    }
}
