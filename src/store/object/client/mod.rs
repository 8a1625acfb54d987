//! The library that speaks to stores: set up, let in, its failures in our words.
//!
//! ```text
//! connect      a client for a store, made of all that was said about it
//! options      the settings of a store, KEY=VALUE
//! credentials, aws_files  what to be let in with at S3
//! http         how its requests are sent, by our client
//! received     whether what a store has received is what was sent
//! listed       a list without the keys that the library refuses
//! refusal      what a store answers when it does not do what it is asked
//! error        what goes wrong, as a person reads it
//! key          a key as the library takes it
//! by_hand      what is asked without the library
//! ```

mod aws_files;
pub(super) mod by_hand;
mod connect;
mod credentials;
pub(super) mod error;
mod http;
pub(super) mod key;
mod listed;
mod options;
mod received;
mod refusal;

pub(super) use connect::{Connected, connect};
pub(super) use http::Answered;
pub(crate) use options::{Refused, check_value, checked_key, is_secret};
