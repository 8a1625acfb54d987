//! Finds what to be let in with: environment over profile, and whole or not at all.

use secrecy::{ExposeSecret, SecretString};

use super::environment::Environment;
use super::file::Profile;
use super::secrets::{
    self, CLIENT_ID, CLIENT_SECRET, ProfileSecrets, REFRESH_TOKEN, SECRETS, Secret,
};
use crate::auth::{Credentials, RefreshCredentials};
use crate::problem::Problem;

/// Where secrets are looked for.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    pub(super) environment: &'a Environment,
    pub(super) profile: Option<&'a Profile>,
    /// What the profile says of them.
    pub(super) secrets: ProfileSecrets,
}

/// A secret that is given, and whether it can be had.
#[derive(Debug)]
pub(crate) struct FoundSecret {
    pub(crate) secret: &'static Secret,
    /// Where it is, for people.
    pub(crate) origin: String,
    /// It is in a file, which nobody else can read.
    pub(crate) in_file: bool,
    pub(crate) outcome: Result<SecretString, Problem>,
}

impl Lookup<'_> {
    pub(super) fn find(&self, secret: &'static Secret) -> Option<FoundSecret> {
        let (origin, in_file) = self.origin(secret)?;
        Some(FoundSecret {
            secret,
            origin,
            in_file,
            // `origin` has said that there is one.
            outcome: self.read(secret).transpose()?,
        })
    }

    /// For a run, which nothing may be wrong for.
    pub(super) fn credentials(&self) -> Result<Credentials, Problem> {
        let mut found = Vec::new();
        for one in SECRETS.iter().filter_map(|secret| self.find(secret)) {
            let outcome = Ok(one.outcome?);
            found.push(FoundSecret { outcome, ..one });
        }
        let is_part =
            |found: &FoundSecret| [&CLIENT_SECRET, &REFRESH_TOKEN].contains(&found.secret);
        if !found.iter().any(is_part) && CLIENT_ID.set_in(self.environment).is_empty() {
            // What a logout leaves is no half of a set: nobody is logged in.
            found.retain(|found| found.secret != &CLIENT_ID);
        }
        credentials(&found)
    }

    pub(super) fn read(&self, secret: &Secret) -> Result<Option<SecretString>, Problem> {
        if let Some(found) = secrets::from_variable(secret.variable, self.environment)? {
            if *secret == CLIENT_ID {
                secrets::client_id(secret.variable, "the variable", found.expose_secret())?;
            }
            return Ok(Some(found));
        }
        let Some((profile, source)) = self.profile.zip(self.secrets.source(secret)) else {
            return Ok(None);
        };
        let found = source.read(&profile.name, secret.key, self.environment);
        if *secret != CLIENT_ID {
            return found.map(Some);
        }
        let is_id = |id: &SecretString| {
            secrets::client_id(secret.key, "the value", id.expose_secret()).map(|_| ())
        };
        let found = found.and_then(|id| is_id(&id).map(|()| id));
        found
            .map(Some)
            .map_err(|error| profile.at(secret.key, error))
    }

    fn origin(&self, secret: &Secret) -> Option<(String, bool)> {
        let [variable, of_file] = secret.variables();
        if let Some(path) = self.environment.get(&of_file) {
            return Some((format!("the file {path} ({of_file})"), true));
        }
        if self.environment.get(&variable).is_some() {
            return Some((format!("the variable {variable}"), false));
        }
        let source = self.secrets.source(secret)?;
        Some((source.place(), source.is_file()))
    }
}

/// Makes credentials of what was found. What could not be had counts as not given; what makes tokens must be whole, or not
/// there at all.
pub(crate) fn credentials(found: &[FoundSecret]) -> Result<Credentials, Problem> {
    let [client_id, client_secret, refresh_token, access_token] =
        SECRETS.each_ref().map(|secret| {
            let found = found.iter().find(|found| found.secret == secret)?;
            found.outcome.as_ref().ok().cloned()
        });
    let parts = [&client_id, &client_secret, &refresh_token];
    let named = |there: bool| {
        let parts = SECRETS
            .iter()
            .zip(parts)
            .filter(|(_, part)| part.is_some() == there);
        parts.map(|(secret, _)| secret.variable).collect::<Vec<_>>()
    };
    let (given, missing) = (named(true), named(false));
    let refresh = match (client_id, client_secret, refresh_token) {
        (Some(client_id), Some(client_secret), Some(refresh_token)) => Some(RefreshCredentials {
            client_id: client_id.expose_secret().to_owned(),
            client_secret,
            refresh_token,
        }),
        (None, None, None) => None,
        _ => {
            let are = if given.len() == 1 { "is" } else { "are" };
            return Err(Problem::configuration(
                format!(
                    "{} {are} given, but not {}",
                    given.join(" and "),
                    missing.join(" and ")
                ),
                "a refresh token works only with the id and the secret of its client; each may also be in the profile, where `backup-fetch login` puts them",
            ));
        }
    };
    Ok(Credentials {
        access_token,
        refresh,
    })
}
