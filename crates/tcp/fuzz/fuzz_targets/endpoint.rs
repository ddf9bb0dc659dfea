//! An endpoint is brought to any state and then given any bytes.
#![no_main]

mod pair;

use libfuzzer_sys::fuzz_target;
use pair::Pair;

fuzz_target!(|data: &[u8]| {
    let Some((&[policy, length], rest)) = data.split_first_chunk() else { return };
    let mut pair = Pair::new(policy);
    let (script, bytes) = rest.split_at(usize::from(length & 31).min(rest.len()));
    pair.bring(script);
    // Half of them without checksums, so that what lies behind these is reached, too.
    if policy & 4 != 0 {
        for side in 0..2 {
            let mut settings = pair.stacks[side].settings().clone();
            settings.verify_checksums = false;
            pair.stacks[side].configure(pair.now, settings);
        }
    }
    for chunk in bytes.chunks(64) {
        pair.stacks[1].handle_datagram(pair.now, chunk);
        pair.drain(1);
        pair.deliver_all();
    }
    pair.act(1, 5);
    pair.act(1, 9);
});
