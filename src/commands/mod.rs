//! One command each: what it does, top to bottom, ending in an `Outcome` that `run` prints.

mod ask;
mod check;
mod config;
mod context;
mod doctor;
mod download;
mod failure;
mod fault;
mod finished;
mod inspect;
mod links;
mod list;
mod lock;
mod login;
mod logout;
mod man;
mod outcome;
mod prune;
mod request;
mod run;
mod runtime;
mod saved;
mod schedule;
mod signals;
mod sizes;
mod status;
mod systemd;
mod tell;
mod verify;
mod version;
mod wait;

pub(crate) use check::unknown;
pub(crate) use run::run;
