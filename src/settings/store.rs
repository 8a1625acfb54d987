//! What it takes to reach an object store: its options, with their secrets, and the variables of the clouds.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::file::{Profile, read, unplaced};
use super::resolve::{Sources, retry_policy};
use super::secrets::{SECRET_VARIABLES, Source};
use crate::cli::{Global, StoreOptions, StoreValue, home};
use crate::http::hosts::TrustedHosts;
use crate::problem::Problem;
use crate::redaction;
use crate::store::object::{Access, is_secret};

impl Sources {
    pub(crate) fn store_access(&self) -> Result<Access, Problem> {
        let global: Global = self.options()?;
        if global.ca_cert.is_none() {
            self.environment.check_ca_store()?;
        }
        Ok(Access {
            options: self.store_options()?,
            variables: self.environment.of_clouds(),
            home: home(),
            client: self.client(&global, TrustedHosts::default())?,
            retry: retry_policy(&global),
            withheld: &SECRET_VARIABLES,
        })
    }

    fn store_options(&self) -> Result<BTreeMap<String, String>, Problem> {
        let options: StoreOptions = if self.flags.know(StoreOptions::FLAG) {
            self.options()?
        } else {
            self.options_without_flags()?
        };
        let mut all = BTreeMap::new();
        for (key, value) in options.all() {
            let value = match value {
                StoreValue::Plain(value) => value,
                StoreValue::Elsewhere => self.store_secret(&key)?,
            };
            if is_secret(&key) {
                redaction::hide(&value.as_str().into());
            }
            all.insert(key, value);
        }
        Ok(all)
    }

    /// Those that the profile keeps elsewhere.
    pub(super) fn store_secrets(&self) -> Result<Vec<(String, Source)>, Problem> {
        let Some(profile) = &self.profile else {
            return Ok(Vec::new());
        };
        let all = self.options_without_flags::<StoreOptions>()?.all();
        let keys = all.into_keys();
        let found = keys.filter_map(|key| source(profile, &key).map(|source| (key, source)));
        Ok(found.filter(|(key, _)| is_secret(key)).collect())
    }

    fn store_secret(&self, key: &str) -> Result<String, Problem> {
        let unclear = || super::secrets::unclear(key);
        let profile = self.profile.as_ref().ok_or_else(unclear)?;
        let source = source(profile, key).ok_or_else(unclear)?;
        let secret = source.read(&profile.name, key, &self.environment);
        let secret = secret.map_err(|error| profile.at(StoreOptions::KEY, error))?;
        Ok(secret.expose_secret().to_owned())
    }
}

/// Where the profile has the secret; the name of its key may be spelled in several ways.
fn source(profile: &Profile, key: &str) -> Option<Source> {
    #[derive(Deserialize)]
    struct One {
        secret: Source,
    }

    let keys = profile.keys();
    let DeValue::Table(table) = keys.get(StoreOptions::KEY)?.get_ref() else {
        return None;
    };
    let is_it = |name: &str| crate::store::object::checked_key(name).is_ok_and(|its| its == key);
    let (_, value) = table.iter().find(|(name, _)| is_it(name.get_ref()))?;
    let one: One = read(DeTable::from_iter([(
        unplaced("secret".into()),
        value.clone(),
    )]))
    .ok()?;
    Some(one.secret)
}
