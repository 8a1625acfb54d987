//! Feeds `properties/content_range.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| backup_fetch::fuzz::content_range(text));
