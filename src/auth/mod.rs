//! Where the access token comes from (`design.md` section 6), and how a login makes what makes it.

mod access_token;
mod cache;
pub(crate) mod callback;
mod endpoint;
mod grant;
mod refusals;
mod reply;
mod token;

pub(crate) use endpoint::{Accounts, Code, RefreshCredentials};
pub(crate) use grant::{Grant, forget_token, other_data_center};
pub(crate) use token::{Credentials, InForce, Origin, TokenSource, no_credentials};
#[cfg(fuzzing)]
pub(crate) use {
    access_token::AccessToken,
    refusals::REFRESH,
    reply::{Refused, parse_reply},
};
