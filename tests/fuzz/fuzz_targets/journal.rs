//! Feeds `properties/journal.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| backup_fetch::fuzz::journal(content));
