//! Feeds `properties/error_body.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| backup_fetch::fuzz::error_body(input));
