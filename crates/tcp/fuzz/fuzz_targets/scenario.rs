//! Scenario text. See `tcp_fuzz::scenario`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| tcp_fuzz::scenario::play(data));
