//! What `login` and `logout` need of the configuration: a profile that may not be there yet, credentials that need not be
//! whole.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::credential_files::{CredentialFiles, Kept};
use super::environment::Environment;
use super::file::Profile;
use super::hosts;
use super::location::Location;
use super::resolve::{Settings, Sources};
use super::secrets::{
    ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, GRANT_CODE, REFRESH_TOKEN, Secret, Source,
    from_variable,
};
use crate::cli::{Center, Global};
use crate::problem::Problem;
use crate::store::StorageError;
use crate::untrusted::printable;
use crate::zoho::datacenter::DataCenter;

/// A profile to log in to or out of.
#[derive(Debug)]
pub(crate) struct Account {
    sources: Sources,
    files: CredentialFiles,
    pub(crate) name: String,
    /// In the place of what is configured.
    center: Option<Center>,
}

/// What a login found out, to be kept.
#[derive(Debug)]
pub(crate) struct NewCredentials<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a SecretString,
    pub(crate) refresh_token: &'a SecretString,
    /// The organisation of the links, where there are any.
    pub(crate) org: Option<&'a str>,
}

impl Account {
    /// Finds the profile; one that is not there will be made.
    pub(crate) fn to_log_in(global: &Global, environment: Environment) -> Result<Account, Problem> {
        let place = Location::find(global, &environment)?;
        let (file, name) = place.profile_to_be()?;
        let profile = file.map(|file| Profile {
            file,
            name: name.clone(),
        });
        Account::new(global, environment, place, profile, name)
    }

    pub(crate) fn to_log_out(
        global: &Global,
        environment: Environment,
    ) -> Result<Account, Problem> {
        let place = Location::find(global, &environment)?;
        let profile = place.existing_profile()?;
        let name = profile.as_ref().map(|profile| profile.name.clone());
        Account::new(
            global,
            environment,
            place,
            profile,
            name.unwrap_or_default(),
        )
    }

    fn new(
        global: &Global,
        environment: Environment,
        place: Location,
        profile: Option<Profile>,
        name: String,
    ) -> Result<Account, Problem> {
        Ok(Account {
            files: CredentialFiles::new(place.config()?, &name)?,
            sources: Sources {
                flags: global.flags.clone(),
                environment,
                profile,
                state_folder: place.state_folder,
            },
            name,
            center: None,
        })
    }

    fn global(&self) -> Result<Global, Problem> {
        let global: Global = self.sources.options()?;
        Ok(Global {
            dc: self.center.or(global.dc),
            ..global
        })
    }

    /// Whether something says where the account is: a data centre, or servers. What says it wrongly is told later.
    pub(crate) fn knows_its_place(&self) -> bool {
        self.global().is_ok_and(|global| {
            global.dc.is_some()
                || global.accounts_url.is_some()
                || matches!(hosts::center_of_hosts(&global), Ok(Some(_)))
        })
    }

    /// The account is in this data centre, whatever was said before.
    pub(crate) fn move_to(&mut self, center: &'static DataCenter) {
        self.center = Some(Center(center));
    }

    pub(crate) fn data_center(&self) -> Result<&'static DataCenter, Problem> {
        hosts::center(&self.global()?)
    }

    pub(crate) fn accounts_url(&self) -> Option<String> {
        self.global().ok()?.accounts_url
    }

    /// How to reach Zoho, with nothing to be let in with.
    pub(crate) fn settings(&self) -> Result<Settings, Problem> {
        self.sources.settings_of(self.global()?)
    }

    pub(crate) fn client_id(&self) -> Result<Option<String>, Problem> {
        let id = self.sources.secret(&CLIENT_ID)?;
        Ok(id.map(|id| id.expose_secret().to_owned()))
    }

    pub(crate) fn client_secret(&self) -> Result<Option<SecretString>, Problem> {
        match self.source(&CLIENT_SECRET) {
            // A file of ours that has gone is made anew.
            Some(source) if self.files.lack(&source, &CLIENT_SECRET) => {
                from_variable(CLIENT_SECRET.variable, &self.sources.environment)
            }
            _ => self.sources.secret(&CLIENT_SECRET),
        }
    }

    pub(crate) fn code(&self) -> Result<Option<SecretString>, Problem> {
        from_variable(GRANT_CODE, &self.sources.environment)
    }

    /// The refresh token of the profile; that of the environment where the profile has none.
    pub(crate) fn refresh_token(&self) -> Result<Option<SecretString>, Problem> {
        let environment = &self.sources.environment;
        match self.source(&REFRESH_TOKEN) {
            Some(source) => source
                .read(&self.name, REFRESH_TOKEN.key, environment)
                .map(Some),
            None => from_variable(REFRESH_TOKEN.variable, environment),
        }
    }

    fn source(&self, secret: &Secret) -> Option<Source> {
        self.sources.profile_secrets().source(secret).cloned()
    }

    pub(crate) fn has_token(&self) -> bool {
        self.source(&REFRESH_TOKEN).is_some()
    }

    /// As it stands in the profile.
    fn text(&self, key: &str) -> Option<String> {
        let keys = self.sources.profile.as_ref()?.keys();
        Some(keys.get(key)?.get_ref().as_str()?.to_owned())
    }

    /// Who is logged in, in words, where somebody is.
    pub(crate) fn logged_in(&self) -> Option<String> {
        if !self.has_token() {
            return None;
        }
        let parts = [
            ("organisation", "org"),
            ("data centre", "dc"),
            ("client", "client_id"),
        ];
        let parts = parts
            .iter()
            .filter_map(|(what, key)| Some(format!("{what} {}", printable(&self.text(key)?))));
        let parts: Vec<String> = parts.collect();
        let name = printable(&self.name);
        Some(match parts.join(", ") {
            all if all.is_empty() => format!("the profile {name}"),
            all => format!("the profile {name} ({all})"),
        })
    }

    /// The variables with secrets that go before those of the profile.
    pub(crate) fn overriding(&self) -> Vec<String> {
        let environment = &self.sources.environment;
        let variables = [REFRESH_TOKEN, ACCESS_TOKEN].map(|secret| secret.set_in(environment));
        variables.concat()
    }

    /// Checks that the profile may be written, while the code is not spent yet.
    pub(crate) fn check_that_it_can_be_kept(&self, keyring: bool) -> Result<(), Problem> {
        let elsewhere = |secret| {
            self.source(secret)
                .filter(|source| !self.files.own(source, secret))
        };
        let name = &self.name;
        if let Some(source) = elsewhere(&REFRESH_TOKEN) {
            return Err(Problem::configuration(
                format!(
                    "the profile {name} reads its refresh token from {}, which login does not write",
                    source.place()
                ),
                "use --print, and store the token there yourself; or remove `refresh_token` from the profile, or choose another with --profile",
            ));
        }
        let variables = CLIENT_SECRET.set_in(&self.sources.environment);
        if let (Some(source), Some(variable)) = (elsewhere(&CLIENT_SECRET), variables.first()) {
            return Err(Problem::configuration(
                format!(
                    "{variable} is set, but the profile {name} reads its client secret from {}, which login does not write",
                    source.place()
                ),
                "unset the variable, or use --print; or remove `client_secret` from the profile",
            ));
        }
        self.files.check(keyring)
    }

    pub(crate) fn config(&self) -> &Path {
        self.files.config()
    }

    pub(crate) fn keep(&self, new: &NewCredentials<'_>, in_keyring: bool) -> anyhow::Result<Kept> {
        let mut secrets = vec![(REFRESH_TOKEN.key, new.refresh_token)];
        let source = self.source(&CLIENT_SECRET);
        // A place that is not ours is used, and left as it is.
        if source.is_none_or(|source| self.files.own(&source, &CLIENT_SECRET)) {
            secrets.push((CLIENT_SECRET.key, new.client_secret));
        }
        let typed = self.typed();
        let keys = self.keys(new, &typed);
        self.files
            .keep(&keys, &typed.download_domain, &secrets, in_keyring)
    }

    /// Removes what login stored. Gives back what went.
    pub(crate) fn forget(&self) -> Result<Vec<String>, StorageError> {
        self.files.forget(&self.secrets_of_ours())
    }

    /// What was given by flags and variables, whatever the profile says.
    fn typed(&self) -> Global {
        let sources = Sources {
            profile: None,
            ..self.sources.clone()
        };
        sources.valid_options()
    }

    /// The data centre as it is written into the profile, which should say where its account is: also the default.
    pub(crate) fn center_code(&self) -> Option<&'static str> {
        let global = self.global().unwrap_or_default();
        match (global.dc, hosts::center_of_hosts(&global)) {
            (Some(Center(center)), _) | (None, Ok(Some(center))) => Some(center.code),
            _ if global.accounts_url.is_none() => Some("us"),
            _ => None,
        }
    }

    /// What belongs into the profile besides the secrets: where the account is, and of which organisation.
    fn keys(&self, new: &NewCredentials<'_>, typed: &Global) -> Vec<(&'static str, String)> {
        let org = new.org.filter(|_| self.text("org").is_none());
        let keys = [
            ("dc", self.center_code()),
            ("api_domain", typed.api_domain.as_deref()),
            ("accounts_url", typed.accounts_url.as_deref()),
            ("client_id", Some(new.client_id)),
            ("org", org),
        ];
        let keys = keys.into_iter();
        keys.filter_map(|(key, value)| Some((key, value?.to_owned())))
            .collect()
    }

    /// The secrets of the profile that are not ours to remove, with their places.
    pub(crate) fn secrets_elsewhere(&self) -> Vec<(&'static str, String)> {
        let secrets = self
            .stored()
            .filter(|(secret, source)| !self.files.own(source, secret));
        secrets
            .map(|(secret, source)| (secret.key, source.place()))
            .collect()
    }

    /// The secrets of the profile that login stored, and whether the keyring has them.
    pub(crate) fn secrets_of_ours(&self) -> Vec<(&'static str, bool)> {
        let secrets = self
            .stored()
            .filter(|(secret, source)| self.files.own(source, secret));
        secrets
            .map(|(secret, source)| (secret.key, matches!(source, Source::Keyring)))
            .collect()
    }

    fn stored(&self) -> impl Iterator<Item = (&'static Secret, Source)> {
        let secrets = [&CLIENT_SECRET, &REFRESH_TOKEN].into_iter();
        secrets.filter_map(|secret| Some((secret, self.source(secret)?)))
    }
}
