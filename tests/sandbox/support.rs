//! The parts of the tests' support that the stand-in consists of; the rest runs the program as a test does.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "the tests use more of it"
)]

#[path = "../it/support/backup/mod.rs"]
pub mod backup;
#[path = "../it/support/bytes.rs"]
pub mod bytes;
#[path = "../it/support/faults.rs"]
pub mod faults;
#[path = "../it/support/tls.rs"]
pub mod tls;
#[path = "../it/support/zips.rs"]
pub mod zips;
#[path = "../it/support/zoho/mod.rs"]
pub mod zoho;
