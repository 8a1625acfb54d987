//! Secrets in the system's keyring, in builds with the feature `keyring`.

use secrecy::SecretString;

use super::SettingsError;

/// Gets the secret of a profile.
pub(super) fn read(profile: &str, key: &str) -> Result<SecretString, SettingsError> {
    let _ = (profile, key);
    Err(missing())
}

/// Puts it there, or replaces it.
pub(super) fn write(profile: &str, key: &str, secret: &SecretString) -> Result<(), SettingsError> {
    let _ = (profile, key, secret);
    Err(missing())
}

/// Takes it away; nothing there is no failure.
pub(super) fn delete(profile: &str, key: &str) -> Result<(), SettingsError> {
    let _ = (profile, key);
    Err(missing())
}

/// Whether this build has one.
pub(super) fn check() -> Result<(), SettingsError> {
    Err(missing())
}

fn missing() -> SettingsError {
    SettingsError::new(
        "this build has no keyring: it was made without the feature `keyring`",
        "install it with `cargo install --locked --path . --features keyring`, or use { file = \"…\" } or { command = [\"…\"] } instead",
    )
}
