//! What can be typed after `login` and `logout`.

use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct LoginOptions {
    /// Print the refresh token instead of storing it, for a secret manager
    #[arg(long)]
    pub(crate) print: bool,

    /// Read the code from stdin, and ask no questions
    #[arg(long, conflicts_with = "browser")]
    pub(crate) code_stdin: bool,

    /// For server-based clients: open a browser, which brings the code back to a local port [default port: 8765]
    #[arg(long, value_name = "PORT", num_args = 0..=1)]
    pub(crate) browser: Option<Option<u16>>,

    /// Redirect URI as registered with the client [default: http://127.0.0.1:PORT/callback]
    #[arg(long, value_name = "URI", requires = "browser")]
    pub(crate) redirect_uri: Option<String>,

    /// What the token may do
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(crate) scope: Scope,

    /// Replace the token of a profile that is already logged in without asking
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Store the secrets in the system's keyring (in builds with the feature `keyring`)
    #[arg(long, conflicts_with = "print")]
    pub(crate) keyring: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LogoutOptions {
    /// Delete the token here even if Zoho does not revoke it
    #[arg(long)]
    pub(crate) forget: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Scope {
    /// List and download backups
    #[default]
    Fetch,
    /// Also request and schedule them
    All,
}

impl Scope {
    /// As Zoho's pages take them.
    pub(crate) fn names(self) -> &'static str {
        match self {
            Scope::Fetch => "ZohoCRM.bulk.backup.READ,ZohoFiles.files.ALL",
            Scope::All => "ZohoCRM.bulk.backup.ALL,ZohoFiles.files.ALL",
        }
    }
}
