//! Sequence numbers run over 2³² in the handshake, in the data, in the close,
//! on either side: everything goes as it does elsewhere (RFC 9293 3.4).

use tcp::event::Ended;
use tcp::state::State::{Closed, Established, TimeWait};

use crate::record::{cases, shows};
use crate::world::{A, B, World};

/// The ladder of a whole connection with numbers counted from both ISNs, so that
/// runs with different ISNs can be compared.
fn relative(w: &World, isn: [u32; 2]) -> Vec<String> {
    w.ladder
        .iter()
        .map(|line| {
            let ours = usize::from(line.trim_start_matches('x').starts_with('<'));
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let seq: u32 = words[2].parse().expect("a number");
            words[2] = seq.wrapping_sub(isn[ours]).to_string();
            if let Some(at) = words.iter().position(|w| w == "ack") {
                let ack: u32 = words[at + 1].parse().expect("a number");
                words[at + 1] = ack.wrapping_sub(isn[1 - ours]).to_string();
            }
            words.join(" ")
        })
        .collect()
}

fn life(isn: [u32; 2], text: &str, simultaneous: bool, lose: bool) -> Vec<String> {
    let mut w = World::new(
        &format!("isn listed {}; {text}", isn[0]),
        &format!("isn listed {}; {text}", isn[1]),
    );
    let (a, b) = if simultaneous {
        let ends = w.connect_to_each_other();
        w.run_ms(400);
        ends
    } else {
        w.established()
    };
    w.are(a, Established, b, Established);
    if lose {
        w.lose_next = vec![(A, 1), (A, 4), (B, 2)];
    }
    for (host, socket) in [(A, a), (B, b)] {
        let sent = w.send(host, socket, 6_000).expect("room");
        assert_eq!(sent, 6_000);
    }
    w.run_ms(20_000);
    for (host, socket) in [(A, a), (B, b)] {
        assert_eq!(w.receive(host, socket).map(|t| t.len()), Ok(6_000));
    }
    w.close(A, a).expect("open");
    w.run_ms(1_000);
    w.close(B, b).expect("open");
    w.run_ms(1_000);
    w.are(a, TimeWait, b, Closed);
    w.run();
    assert_eq!(
        (w.ended(A, a), w.ended(B, b)),
        (Some(Ended::Closed), Some(Ended::Closed))
    );
    relative(&w, isn)
}

#[test]
fn a_connection_is_the_same_wherever_the_numbers_wrap() {
    shows("sequence wrap");
    const TOP: u32 = u32::MAX;
    let places = [
        TOP,
        TOP - 1,
        TOP - 2,
        TOP - 1_460,
        TOP - 3_000,
        TOP - 6_000,
        TOP - 6_001,
        TOP - 6_002,
        0,
        1 << 31,
        (1 << 31) - 3_000,
    ];
    for text in ["", "policy linux", "policy freebsd", "policy letter"] {
        for (simultaneous, lose) in [(false, false), (false, true), (true, false), (true, true)] {
            let plain = life([100_000, 200_000], text, simultaneous, lose);
            for (n, a) in places.into_iter().enumerate() {
                let b = places[(n * 7 + 3) % places.len()];
                let wrapped = life([a, b], text, simultaneous, lose);
                assert_eq!(wrapped, plain, "{text} ISNs {a} and {b}");
            }
        }
    }
}

#[test]
fn simultaneous_close_wraps_too() {
    shows("sequence wrap");
    for isn in [u32::MAX - 1, u32::MAX, 0] {
        let text = format!("isn listed {isn}");
        let mut w = World::new(&text, &text);
        let (a, b) = w.established();
        w.close(A, a).expect("open");
        w.close(B, b).expect("open");
        w.run_ms(200);
        w.are(a, TimeWait, b, TimeWait);
        assert_eq!(w.ladder.len(), 4);
    }
}

cases![
    a_connection_is_the_same_wherever_the_numbers_wrap,
    simultaneous_close_wraps_too
];
