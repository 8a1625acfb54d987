//! One test program: most of it runs the real binary against the stand-in and judges exit code, streams, disk, and the
//! requests that arrived.
//!
//! It runs on Unix. The program of another system is tested from there: `BACKUP_FETCH_BINARY` names what starts it.

#![cfg(unix)]

mod support;

mod auth;
mod certificates;
mod check;
mod completions;
mod config;
mod damaged;
mod doctor;
mod download;
mod events;
mod expiry;
mod faulty_disk;
mod found_damaged;
mod homeless;
mod inspect;
mod inspect_extract;
mod inspect_find;
mod integrity;
mod limits;
mod list;
mod list_saved;
mod login;
mod login_browser;
mod login_refused;
mod login_stores;
mod logout;
mod longrun;
mod man;
mod memory;
mod odd_disks;
mod packages;
mod profiles;
mod proxies;
mod prune;
mod ranges;
mod readme;
mod refusals;
mod remote_errors;
mod repair;
mod request;
mod require_mount;
mod resume;
mod sandbox;
mod saved;
mod schedule;
mod sdk;
mod secrets;
mod servers;
mod sizes;
mod standin;
mod status;
mod stopping;
mod stores;
mod systemd;
mod tell;
mod two_runs;
mod usage;
mod verify;
mod version;
mod waiting;
mod walls;
mod wire;
