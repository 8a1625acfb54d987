//! What will be done: flags over environment over profile over defaults (`design.md` section 6), and checked.
//!
//! `location` finds the configuration file and the profile, `file` reads it, `faults` is everything wrong
//! with it, `resolve` lays the sources of each option over one
//! another, `hosts` and `credentials` make of the result whom to ask and what to be let in with. `store` is what it takes
//! to reach an object store. `account` and `credential_files` are for who logs in, `check` for who wants to know everything that is wrong, `handover` for a service.

mod account;
mod check;
mod credential_files;
mod credentials;
mod environment;
mod faults;
mod file;
mod handover;
mod hosts;
mod keyring;
mod keys;
mod location;
mod resolve;
mod secrets;
mod several;
mod store;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use account::{Account, NewCredentials};
pub(crate) use check::{Finding, Verdict, check};
pub(crate) use credentials::credentials;
pub(crate) use environment::Environment;
pub(crate) use handover::Handover;
pub(crate) use location::{cache_folder, one_profile, state_folder};
pub(crate) use resolve::{Settings, Sources};
pub(crate) use secrets::{CLIENT_ID, SECRET_VARIABLES, checked as one_line, client_id};
pub(crate) use several::{profile_names, readable_profiles, several_profiles};
