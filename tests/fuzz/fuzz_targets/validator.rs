//! Feeds `properties/validator.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| backup_fetch::fuzz::validator(text));
