//! Feeds `properties/manifest.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| backup_fetch::fuzz::manifest(content));
