//! Feeds `properties/zip.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| backup_fetch::fuzz::zip(input));
