//! Finds what to be let in with: environment over profile, and whole or not at all.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{SettingsError, Sources, keyring, secret};
use crate::auth::{Credentials, RefreshCredentials};

impl Sources {
    /// Environment over profile. What makes tokens must be whole.
    pub(super) fn credentials(&self) -> Result<Credentials, SettingsError> {
        let client_secret =
            self.secret("ZOHO_CLIENT_SECRET", self.profile.client_secret.as_ref())?;
        let refresh_token =
            self.secret("ZOHO_REFRESH_TOKEN", self.profile.refresh_token.as_ref())?;
        let access_token = self.secret("ZOHO_ACCESS_TOKEN", self.profile.access_token.as_ref())?;
        let mut client_id = self.client_id()?;
        let by_profile = ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_ID_FILE"]
            .iter()
            .all(|variable| self.environment.get(variable).is_none());
        if by_profile && client_secret.is_none() && refresh_token.is_none() {
            // What a logout leaves is no half of a set: nobody is logged in.
            client_id = None;
        }
        whole(client_id, client_secret, refresh_token, access_token)
    }

    /// Not a secret, but it comes along with two.
    pub(super) fn client_id(&self) -> Result<Option<String>, SettingsError> {
        let variable = "ZOHO_CLIENT_ID";
        if let Some(id) = self.secret(variable, None)? {
            return secret::client_id(variable, "the variable", id.expose_secret()).map(Some);
        }
        let given = self.profile.client_id.as_ref();
        let given = given.filter(|id| !id.is_empty());
        let checked = given.map(|id| secret::client_id("client_id", "the value", id));
        self.at("client_id", checked.transpose())
    }

    /// `NAME`, or the file that `NAME_FILE` names, or what the profile says.
    pub(super) fn secret(
        &self,
        variable: &str,
        source: Option<&secret::Source>,
    ) -> Result<Option<SecretString>, SettingsError> {
        let file_variable = format!("{variable}_FILE");
        match (
            self.environment.get(variable),
            self.environment.get(&file_variable),
            source,
        ) {
            (Some(_), Some(_), _) => Err(SettingsError::new(
                format!("both {variable} and {file_variable} are set"),
                "unset one of them",
            )),
            (Some(value), None, _) => secret::checked(variable, "the variable", &value).map(Some),
            (None, Some(path), _) => {
                secret::from_file(&file_variable, Path::new(&path), &self.environment).map(Some)
            }
            (None, None, Some(source)) => {
                let key = variable.trim_start_matches("ZOHO_").to_ascii_lowercase();
                self.read(source, &key).map(Some)
            }
            (None, None, None) => Ok(None),
        }
    }

    /// The secret of the profile; `key` is what it is called there.
    pub(super) fn read(
        &self,
        source: &secret::Source,
        key: &str,
    ) -> Result<SecretString, SettingsError> {
        if source.is_keyring() {
            return keyring::read(&self.profile_name, key);
        }
        source.read(key, &self.environment)
    }
}

/// What makes tokens must be whole, or not there at all.
pub(super) fn whole(
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    refresh_token: Option<SecretString>,
    access_token: Option<SecretString>,
) -> Result<Credentials, SettingsError> {
    let parts = [
        ("ZOHO_CLIENT_ID", client_id.is_some()),
        ("ZOHO_CLIENT_SECRET", client_secret.is_some()),
        ("ZOHO_REFRESH_TOKEN", refresh_token.is_some()),
    ];
    let refresh = match (client_id, client_secret, refresh_token) {
        (Some(client_id), Some(client_secret), Some(refresh_token)) => Some(RefreshCredentials {
            client_id,
            client_secret,
            refresh_token,
        }),
        (None, None, None) => None,
        _ => {
            let list = |there: bool| {
                let names: Vec<&str> = parts
                    .iter()
                    .filter(|part| part.1 == there)
                    .map(|part| part.0)
                    .collect();
                names.join(" and ")
            };
            let given = parts.iter().filter(|part| part.1).count();
            let are = if given == 1 { "is" } else { "are" };
            return Err(SettingsError::new(
                format!("{} {are} given, but not {}", list(true), list(false)),
                "a refresh token works only with the id and the secret of its client; each may also be in the profile, where `backup-fetch login` puts them",
            ));
        }
    };
    Ok(Credentials {
        access_token,
        refresh,
    })
}
