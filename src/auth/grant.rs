//! What a login brings, and what a logout leaves.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::cache::Cache;
use super::token::AccessToken;
use crate::exit::Exit;
use crate::http::{Authorize, BoxFuture};
use crate::problem::Problem;
use crate::zoho::datacenter::DataCenter;

/// What a code was good for.
pub(crate) struct Grant {
    /// Makes access tokens from now on.
    pub(crate) refresh_token: SecretString,
    /// What it opens, where Zoho says so.
    pub(crate) scopes: Option<Vec<String>>,
    /// The data centre that the reply names, where it is one of Zoho's.
    pub(crate) center: Option<&'static DataCenter>,
    /// The first one.
    pub(super) access_token: AccessToken,
}

impl Grant {
    /// Lets a client in with the first access token, and nothing in its place when that is refused.
    pub(crate) fn authorize(&self) -> Arc<dyn Authorize> {
        Arc::new(Fresh(self.access_token.secret.clone()))
    }

    /// Keeps the first access token for the next run, so that no second one is made.
    pub(crate) async fn keep(
        &self,
        folder: Option<PathBuf>,
        accounts: &Url,
        client_id: &str,
    ) -> Result<(), Problem> {
        let (Some(_), Some(folder)) = (self.access_token.expires, folder) else {
            return Ok(());
        };
        let cache = Cache::new(folder, accounts, client_id, &self.refresh_token);
        cache.lock().await?.write(&self.access_token)
    }
}

/// Takes the access token of these credentials out of the cache.
pub(crate) async fn forget_token(
    folder: Option<PathBuf>,
    accounts: &Url,
    client_id: &str,
    refresh_token: &SecretString,
) -> Result<(), Problem> {
    if let Some(folder) = folder.filter(|folder| folder.exists()) {
        let cache = Cache::new(folder, accounts, client_id, refresh_token);
        cache.lock().await?.forget();
    }
    Ok(())
}

/// The reply names another data centre than the one in use: there the token is worth nothing.
pub(crate) fn other_data_center(ours: &DataCenter, theirs: &DataCenter) -> Problem {
    let (ours, theirs) = (ours.code, theirs.code);
    let message =
        format!("the account is in the data centre {theirs}, not in {ours}: nothing was stored");
    Problem::new(Exit::Unauthorized, "other_data_centre", message)
        .hint(format!("run login again with a new code and --dc {theirs}"))
}

/// A token that was made a moment ago: when it is refused, another one will be, too.
struct Fresh(SecretString);

impl Authorize for Fresh {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, Problem>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn renew<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, Result<SecretString, Problem>> {
        let message = "the API refuses the token that Zoho has just issued; nothing was stored";
        let problem = Problem::new(Exit::Unauthorized, "token_refused", message).hint(
            "the account may be in another data centre: check --dc and --api-domain, and generate a new code",
        );
        Box::pin(async { Err(problem) })
    }

    fn forget<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}
