//! Feeds `properties/listing.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| backup_fetch::fuzz::listing(body));
