//! Secrets in the system's keyring (Secret Service, Keychain), in builds with the feature `keyring`.
//!
//! An entry has the service `backup-fetch` and the user `PROFILE/KEY`.

use crate::problem::Problem;
use secrecy::SecretString;

#[cfg(feature = "keyring")]
pub(super) fn read(profile: &str, key: &str) -> Result<SecretString, Problem> {
    let entry = entry(profile, key)?;
    let secret = entry.get_password().map(SecretString::from);
    secret.map_err(|error| failed(profile, key, &error))
}

#[cfg(feature = "keyring")]
pub(super) fn write(profile: &str, key: &str, secret: &SecretString) -> Result<(), Problem> {
    use secrecy::ExposeSecret;

    let entry = entry(profile, key)?;
    let written = entry.set_password(secret.expose_secret());
    written.map_err(|error| failed(profile, key, &error))
}

/// Takes it away; nothing there is no failure.
#[cfg(feature = "keyring")]
pub(super) fn delete(profile: &str, key: &str) -> Result<(), Problem> {
    match entry(profile, key)?.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(failed(profile, key, &error)),
    }
}

/// Whether there is one, and open.
#[cfg(feature = "keyring")]
pub(super) fn check() -> Result<(), Problem> {
    entry("main", "refresh_token").map(|_| ())
}

#[cfg(feature = "keyring")]
fn entry(profile: &str, key: &str) -> Result<keyring::v1::Entry, Problem> {
    if let Err(error) = keyring::v1::Entry::store_status() {
        return Err(failed(profile, key, error));
    }
    let entry = keyring::v1::Entry::new("backup-fetch", &format!("{profile}/{key}"));
    entry.map_err(|error| failed(profile, key, &error))
}

/// The library's words never hold the secret, other than the value that comes with one of its errors.
#[cfg(feature = "keyring")]
fn failed(profile: &str, key: &str, error: &keyring::Error) -> Problem {
    let said = match error {
        keyring::Error::BadEncoding(_) => "it is not text".to_owned(),
        error => crate::untrusted::printable(&error.to_string()),
    };
    Problem::configuration(
        format!("{profile}/{key} in the keyring: {said}"),
        "the keyring must be available and unlocked for the user who runs backup-fetch; a cron job rarely has one: use { file = \"…\" } there",
    )
}

#[cfg(not(feature = "keyring"))]
pub(super) fn read(_: &str, _: &str) -> Result<SecretString, Problem> {
    Err(missing())
}

#[cfg(not(feature = "keyring"))]
pub(super) fn write(_: &str, _: &str, _: &SecretString) -> Result<(), Problem> {
    Err(missing())
}

#[cfg(not(feature = "keyring"))]
pub(super) fn delete(_: &str, _: &str) -> Result<(), Problem> {
    Err(missing())
}

#[cfg(not(feature = "keyring"))]
pub(super) fn check() -> Result<(), Problem> {
    Err(missing())
}

#[cfg(not(feature = "keyring"))]
fn missing() -> Problem {
    Problem::configuration(
        "this build has no keyring: it was built without the feature `keyring`",
        "install it with `cargo install --locked --path . --features keyring`, or use { file = \"…\" } or { command = [\"…\"] } instead",
    )
}
