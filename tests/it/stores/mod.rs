//! The program against object stores that nobody here wrote.

mod access;
mod copied;
mod doctor;
mod errors;
mod harness;
mod prune;
mod systemd;
mod verify;
