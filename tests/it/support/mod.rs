//! What the tests stand on: a Zoho of our own to talk to, and a clean environment to run the binary in.
//!
//! ```ignore
//! let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 64 * 1024));
//! zoho.fault_for("Data_001.zip", Fault::CutAfter(20 * KIB));
//! let run = zoho.download([]);
//! assert_eq!(run.code, 0, "{run}");
//! assert_eq!(zoho.saved_bytes("Data_001.zip"), Some(zoho.bytes_of("Data_001.zip")));
//! assert_eq!(zoho.requests_for("Data_001.zip").len(), 2);
//! ```

// Not every test program uses all of it.
#![allow(dead_code, unreachable_pub)]
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "test code, called from tests"
)]

pub mod backup;
pub mod bytes;
pub mod elsewhere;
pub mod faults;
pub mod mount;
pub mod pty;
pub mod raw;
pub mod run;
pub mod servers;
pub mod stores;
pub mod strace;
pub mod tls;
pub mod tools;
pub mod zips;
pub mod zoho;
