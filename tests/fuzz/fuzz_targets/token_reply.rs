//! Feeds `properties/token_reply.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| backup_fetch::fuzz::token_reply(input));
