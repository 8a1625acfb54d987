//! One test program: most of it runs the real binary against the stand-in and judges exit code, streams, disk, and the
//! requests that arrived.

mod support;

mod auth;
mod certificates;
mod completions;
mod config;
mod damaged;
mod doctor;
mod download;
mod events;
mod expiry;
mod faulty_disk;
mod homeless;
mod integrity;
mod limits;
mod list;
mod login;
mod login_browser;
mod login_refused;
mod login_stores;
mod logout;
mod longrun;
mod memory;
mod odd_disks;
mod profiles;
mod proxies;
mod ranges;
mod readme;
mod refusals;
mod remote_errors;
mod request;
mod resume;
mod sandbox;
mod saved;
mod schedule;
mod sdk;
mod secrets;
mod servers;
mod standin;
mod status;
mod stopping;
mod two_runs;
mod usage;
mod waiting;
mod wire;
