//! The calls to Zoho CRM that a backup needs, in our nouns (`zoho-api.md`).

mod api;
mod body;
mod codes;
pub(crate) mod datacenter;
mod error;
mod error_reply;
mod wire;

pub(crate) use api::{Asked, Probe, ZohoApi};
pub(crate) use error::ZohoError;
#[cfg(fuzzing)]
pub(crate) use {error_reply::parse_error, wire::parse_listing};
