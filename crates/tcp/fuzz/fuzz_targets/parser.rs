//! Any bytes into the parser. See `tcp_fuzz::parser`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| tcp_fuzz::parser::play(data));
