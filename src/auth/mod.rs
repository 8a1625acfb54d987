//! Where the access token comes from (`design.md` section 6), and how a login makes what makes it.

mod cache;
pub(crate) mod callback;
mod codes;
mod endpoint;
mod grant;
mod reply;
mod source;
mod token;

pub(crate) use endpoint::{Accounts, Code, RefreshCredentials};
pub(crate) use grant::{Grant, forget_token, other_data_center};
pub(crate) use source::{Credentials, InForce, Origin, TokenSource, no_credentials};
#[cfg(fuzzing)]
pub(crate) use {
    codes::REFRESH,
    reply::{Refused, parse_reply},
    token::AccessToken,
};
