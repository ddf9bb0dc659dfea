//! A list of operations on a world. See `tcp_fuzz::operations`.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use tcp_fuzz::mutate::mutate;

fuzz_target!(|data: &[u8]| tcp_fuzz::operations::play(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // The fuzzer's own way knows what the program compares with.
    if seed % 4 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let target = tcp_fuzz::target("operations");
    mutate(data, size, max_size, seed, target.header, target.record)
});
