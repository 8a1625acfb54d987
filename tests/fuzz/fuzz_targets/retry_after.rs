//! Feeds `properties/retry_after.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| backup_fetch::fuzz::retry_after(text));
