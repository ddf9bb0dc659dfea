//! Segments whose numbers lie near the edges of what is expected: six bytes each.
#![no_main]

mod pair;

use libfuzzer_sys::fuzz_target;
use pair::Pair;
use tcp::seq::Seq;

fuzz_target!(|data: &[u8]| {
    let Some((&[policy, length], rest)) = data.split_first_chunk() else { return };
    let mut pair = Pair::new(policy);
    let (script, bytes) = rest.split_at(usize::from(length & 31).min(rest.len()));
    pair.bring(script);
    for piece in bytes.chunks_exact(6).take(64) {
        let &[place, seq, ack, flags, window, text] = piece else { return };
        let side = usize::from(place & 1);
        let Ok(status) = pair.stacks[side].status(pair.sockets[side]) else { return };
        let near = |base: Seq, by: u8| base.add((i32::from(by as i8)) as u32);
        let bases = [status.rcv_nxt, status.rcv_nxt.add(status.rcv_wnd), status.irs, Seq(0)];
        let acks = [status.snd_una, status.snd_nxt, status.iss, status.snd_una.sub(status.snd_wnd)];
        let (seq, ack) =
            (near(bases[usize::from(place >> 1) & 3], seq), near(acks[usize::from(place >> 3) & 3], ack));
        let window = u16::from(window) << (place >> 5);
        pair.forge(side, seq, ack, flags, window, &vec![0x62; usize::from(text)]);
        if place & 0x20 != 0 {
            pair.deliver_all();
        }
        if window & 7 == 1 {
            pair.act(side, text);
        }
    }
});
