//! The program against object stores that nobody here wrote.

mod access;
mod addresses;
mod after;
mod clouds;
mod conditions;
mod copied;
mod damaged;
mod doctor;
mod download;
mod errors;
mod harness;
mod inspect;
mod killed;
mod killed_on_disk;
mod lease;
mod place;
mod prune;
mod publish;
mod room;
mod saved;
mod shown;
mod suite;
mod systemd;
mod trouble;
mod two_runs;
mod verify;
