//! Round trips, congestion, loss: RFC 6298, 5681, 6582, 2018, 6675, 9438.

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::world::{A, B, World};

use tcp::stack::SendFlags;
use tcp::state::State::Established;
use tcp::time::Duration;

/// An established connection with MSS 1000 and `count` segments sent, cwnd allowing.
fn sending(text: &str, more: &str, count: u32) -> Bench {
    let mut b = Bench::new(&format!("initial-window 10; {text}"));
    b.established_with(&format!("win 60000 <mss 1000{more}>"));
    b.send(count * 1000).expect("room");
    b
}

#[test]
fn rto_by_the_numbers_of_rfc_6298() {
    shows("MUST-18, RFC 6298, setting rto-minimum, setting rto-maximum, setting rto-initial");
    // First sample R: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR = 3 R.
    let mut b = Bench::new("rto-minimum 1ms");
    b.connect();
    assert_eq!(b.status().rto, Duration::from_secs(1));
    b.wait_ms(100);
    b.arrives("S. 300 ack 101");
    let s = b.status();
    assert_eq!(
        (s.srtt, s.rttvar, s.rto),
        (Some(Duration(100_000)), Duration(50_000), Duration(300_000))
    );
    // R' = 200 ms: RTTVAR = 3/4 · 50 + 1/4 · |100 - 200| = 62.5; SRTT = 7/8 · 100 + 1/8 · 200 = 112.5; RTO = 362.5.
    b.send(10).expect("room");
    b.wait_ms(200);
    b.arrives(". 301 ack 111");
    let s = b.status();
    assert_eq!(
        (s.srtt, s.rttvar, s.rto),
        (Some(Duration(112_500)), Duration(62_500), Duration(362_500))
    );
    // At least the minimum, at most the maximum.
    for (text, rtt_ms, rto_ms) in [
        ("", 10, 1_000),
        ("rto-minimum 200ms", 10, 200),
        ("rto-maximum 2s; rto-initial 2s", 1_500, 2_000),
    ] {
        let mut b = Bench::new(text);
        b.connect();
        b.wait_ms(rtt_ms);
        b.arrives("S. 300 ack 101");
        assert_eq!(b.status().rto, Duration::from_millis(rto_ms), "{text}");
    }
}

#[test]
fn karns_rule_and_the_rto_after_a_lost_syn() {
    shows("MUST-18, MUST-22, RFC 6298");
    // What was sent twice is not measured; 5.7: three seconds for the data.
    let mut b = Bench::new("");
    b.connect();
    b.wait_ms(1_500);
    b.arrives("S. 300 ack 101");
    let s = b.status();
    assert_eq!((s.srtt, s.rto), (None, Duration::from_secs(3)));
    // With timestamps it is known which one was answered.
    let mut b = Bench::new("timestamps on");
    b.connect();
    let first = b.next().options;
    b.wait_ms(1_500);
    let second = b.next().options;
    assert_ne!(first, second);
    b.arrives("S. 300 ack 101 <TS 77 2000>");
    assert_eq!(b.status().srtt, Some(Duration::from_millis(500)));
    // An echo of zero is none: no round trip as long as the host has been up.
    let mut b = Bench::new("timestamps on");
    b.connect();
    b.wait_ms(100);
    b.arrives("S. 300 ack 101 <TS 77 0>");
    assert_eq!(b.status().srtt, Some(Duration::from_millis(100)));
}

#[test]
fn slow_start_and_congestion_avoidance() {
    shows(
        "MUST-19, RFC 5681, setting congestion, setting initial-window, setting slow-start-segments",
    );
    for (text, cwnd) in [
        ("", 11_000),
        ("slow-start-segments 2", 12_000),
        ("slow-start-segments 255", 14_000),
    ] {
        let mut b = sending(text, "", 60);
        b.arrives(". 301 ack 4101 win 60000");
        assert_eq!(b.status().cwnd, cwnd, "{text}");
        // What was used in this round trip counts, not what is still out.
        b.arrives(". 301 ack 4601 win 60000");
        assert_eq!(b.status().cwnd, cwnd + 500, "{text}");
    }
    for (text, segments) in [
        ("initial-window 1", 1),
        ("initial-window 3", 3),
        ("initial-window 10", 10),
    ] {
        let mut b = Bench::new(text);
        b.established_with("win 60000 <mss 1000>");
        b.send(30_000).expect("room");
        assert_eq!(b.all_sent().len(), segments);
    }
    let mut b = sending("initial-window 2; congestion reno", "", 60);
    assert_eq!(b.all_sent().len(), 2);
    b.arrives(". 301 ack 1101 win 60000");
    assert_eq!(b.status().cwnd, 3_000);
    b.arrives(". 301 ack 2101 win 60000");
    assert_eq!(b.status().cwnd, 4_000);
    // A time-out: ssthresh half the flight, cwnd one segment.
    b.wait_s(1);
    let s = b.status();
    assert_eq!((s.cwnd, s.ssthresh), (1_000, 2_000));
    b.must_say("retransmission-timeout");
    // Above ssthresh about one segment a round trip.
    b.arrives(". 301 ack 6101 win 60000");
    let cwnd = b.status().cwnd;
    assert!((2_000..=2_600).contains(&cwnd), "{cwnd}");
    let mut b = sending("congestion none; send-buffer 65536", "", 60);
    assert_eq!(b.all_sent().len(), 60);
}

#[test]
fn three_duplicates_mean_a_loss() {
    shows("RFC 5681, MUST-19");
    for congestion in ["reno", "newreno", "cubic"] {
        let mut b = sending(&format!("congestion {congestion}"), "", 10);
        assert_eq!(b.all_sent().len(), 10);
        b.arrives(". 301 ack 101 win 60000");
        b.arrives(". 301 ack 101 win 60000");
        b.must_say("duplicate-ack");
        b.sends_nothing();
        b.arrives(". 301 ack 101 win 60000");
        b.sends(". 101 ack 301 len 1000");
        b.must_say("third-duplicate-ack");
        b.must_say("fast-retransmit");
        let threshold = if congestion == "cubic" { 7_000 } else { 5_000 };
        assert_eq!(b.status().ssthresh, threshold);
        b.arrives(". 301 ack 10101 win 60000");
        b.must_say("recovery-complete");
        assert_eq!(b.status().send_queue, 0);
    }
}

#[test]
fn a_partial_ack_shows_the_next_hole() {
    shows("RFC 6582, setting congestion");
    let mut b = sending("congestion newreno", "", 10);
    b.sent.clear();
    for _ in 0..3 {
        b.arrives(". 301 ack 101 win 60000");
    }
    b.sends(". 101 ack 301 len 1000");
    b.arrives(". 301 ack 3101 win 60000");
    b.must_say("partial-ack");
    assert!(!b.said("recovery-complete"));
    b.sends(". 3101 ack 301 len 1000");
    b.arrives(". 301 ack 10101 win 60000");
    b.must_say("recovery-complete");
    // Plain Reno takes the first new ACK for the end.
    let mut b = sending("congestion reno", "", 10);
    for _ in 0..3 {
        b.arrives(". 301 ack 101 win 60000");
    }
    b.arrives(". 301 ack 3101 win 60000");
    assert!(!b.said("partial-ack"));
    b.must_say("recovery-complete");
}

#[test]
fn after_a_time_out_it_goes_back() {
    shows("RFC 5681, arc 51");
    let mut b = sending("", "", 5);
    b.sent.clear();
    b.wait_s(1);
    b.sends(". 101 ack 301 len 1000");
    b.arrives(". 301 ack 1101 win 60000");
    b.must_say("go-back-after-timeout");
    b.sends(". 1101 ack 301 len 1000");
    b.sends(". 2101 ack 301 len 1000");
    b.arrives(". 301 ack 5101 win 60000");
    b.wait_s(100);
    b.sends_nothing();
    b.is(Established);
}

/// RFC 2883's examples: below the acknowledgement, within what is held, filling more than the hole, cut off in front.
#[test]
fn what_arrives_twice_is_told_once() {
    shows("RFC 2883, setting duplicate-sack");
    for (text, told) in [("sack on", false), ("sack on; duplicate-sack on", true)] {
        let mut b = Bench::new(&format!("delayed-ack off; {text}"));
        b.established_with("win 10000 <sackOK>");
        let mut sends = |arrives: &str, with: &str, without: &str| {
            b.arrives(arrives);
            b.sends(if told { with } else { without });
        };
        sends(
            "P. 301 ack 101 len 10",
            ". 101 ack 311 <>",
            ". 101 ack 311 <>",
        );
        sends(
            "P. 301 ack 101 len 10",
            ". 101 ack 311 <sack 301-311>",
            ". 101 ack 311 <>",
        );
        sends(". 300 ack 101", ". 101 ack 311 <>", ". 101 ack 311 <>");
        let held = ". 101 ack 311 <sack 321-341>";
        sends("P. 321 ack 101 len 20", held, held);
        sends(
            "P. 331 ack 101 len 5",
            ". 101 ack 311 <sack 331-336 321-341>",
            held,
        );
        sends(
            "P. 311 ack 101 len 15",
            ". 101 ack 341 <sack 321-326>",
            ". 101 ack 341 <>",
        );
        sends(
            "P. 336 ack 101 len 10",
            ". 101 ack 346 <sack 336-341>",
            ". 101 ack 346 <>",
        );
    }
    // Without SACK there is no place for it.
    let mut b = Bench::new("sack off; duplicate-sack on; delayed-ack off");
    b.established_with("win 10000 <sackOK>");
    b.arrives("P. 301 ack 101 len 10");
    b.sends(". 101 ack 311 <>");
    b.arrives("P. 301 ack 101 len 10");
    b.sends(". 101 ack 311 <>");
}

/// «More is to follow»: PSH stands where the last of it ends, or with FIN.
#[test]
fn what_is_to_go_on_is_not_pushed() {
    shows("MUST-61");
    let mut b = Bench::new("nagle off");
    b.established();
    let more = SendFlags {
        more: true,
        ..SendFlags::default()
    };
    b.send_flags(10, more).expect("room");
    b.sends(". 101 ack 301 len 10");
    b.send(10).expect("room");
    b.sends("P. 111 ack 301 len 10");
}

#[test]
fn sack_blocks_tell_of_what_is_held() {
    shows("RFC 2018, setting sack");
    let mut b = Bench::new("sack on");
    b.established_with("win 10000 <sackOK>");
    assert!(b.status().sack);
    b.arrives("P. 321 ack 101 len 10");
    b.sends(". 101 ack 301 <sack 321-331>");
    b.arrives("P. 341 ack 101 len 10");
    b.sends(". 101 ack 301 <sack 341-351 321-331>");
    b.arrives("P. 331 ack 101 len 10");
    b.sends(". 101 ack 301 <sack 321-351>");
    b.arrives("P. 301 ack 101 len 20");
    b.sends(". 101 ack 351 <>");
    // Not offered: none.
    let mut b = Bench::new("sack on");
    b.established_with("win 10000");
    b.arrives("P. 321 ack 101 len 10");
    b.sends(". 101 ack 301 <>");
    let mut b = Bench::new("sack off");
    b.established_with("win 10000 <sackOK>");
    b.arrives("P. 321 ack 101 len 10");
    b.sends(". 101 ack 301 <>");
    // With timestamps there is room for three.
    let mut b = Bench::new("sack on; timestamps on");
    b.established_with("win 10000 <sackOK,TS 1 1>");
    for n in 0..5 {
        b.arrives(&format!("P. {} ack 101 len 10 <TS 2 1>", 321 + 20 * n));
    }
    assert_eq!(
        b.sent
            .back()
            .expect("an ACK")
            .1
            .options
            .matches('-')
            .count(),
        3
    );
}

#[test]
fn sack_shows_the_holes_to_fill() {
    shows("RFC 6675, RFC 2018");
    let mut b = sending("sack on", ",sackOK", 10);
    b.sent.clear();
    // 1 and 4 were lost.
    b.arrives(". 301 ack 101 win 60000 <sack 1101-2101>");
    b.arrives(". 301 ack 101 win 60000 <sack 1101-3101>");
    b.arrives(". 301 ack 101 win 60000 <sack 4101-5101 1101-3101>");
    b.sends(". 101 ack 301 len 1000");
    b.must_say("third-duplicate-ack");
    for to in [6101, 7101, 8101, 9101, 10101] {
        b.arrives(&format!(
            ". 301 ack 101 win 60000 <sack 4101-{to} 1101-3101>"
        ));
    }
    let again = b.all_sent();
    assert!(again.iter().any(|s| s.starts_with(". 3101 ")), "{again:?}");
    assert!(!again.iter().any(|s| s.starts_with(". 1101 ")), "{again:?}");
    b.must_say("sack-retransmission");
    b.arrives(". 301 ack 10101 win 60000");
    b.must_say("recovery-complete");
}

#[test]
fn with_sack_news_makes_a_duplicate() {
    shows("RFC 6675");
    // 2: whatever else the segment carries: text of its own, another window.
    let mut b = sending("sack on", ",sackOK", 10);
    b.sent.clear();
    b.arrives("P. 301 ack 101 len 10 win 60000 <sack 1101-2101>");
    b.arrives("P. 311 ack 101 len 10 win 59000 <sack 1101-3101>");
    b.must_say("duplicate-ack");
    b.arrives("P. 321 ack 101 len 10 win 58000 <sack 1101-4101>");
    b.must_say("third-duplicate-ack");
    let sent = b.all_sent();
    assert!(sent.iter().any(|s| s.starts_with(". 101 ")), "{sent:?}");
    // And what brings no news is none.
    let mut b = sending("sack on", ",sackOK", 10);
    b.sent.clear();
    for _ in 0..4 {
        b.arrives(". 301 ack 101 win 60000 <sack 1101-2101>");
    }
    b.sends_nothing();
    assert!(!b.said("third-duplicate-ack"));
}

#[test]
fn a_rescue_at_the_end_of_recovery() {
    shows("RFC 6675");
    let mut b = sending("sack on", ",sackOK", 10);
    b.sent.clear();
    // The first and the last two are lost; nothing new is there to send.
    for to in [2101, 3101, 4101, 5101, 6101, 7101, 8101] {
        b.arrives(&format!(". 301 ack 101 win 60000 <sack 1101-{to}>"));
    }
    b.arrives(". 301 ack 8101 win 60000");
    b.wait_ms(1);
    b.must_say("sack-rescue");
    let sent = b.all_sent();
    assert!(sent.iter().any(|s| s.contains(" 9101 ")), "{sent:?}");
    // NextSeg (4): HighRxt MUST NOT be updated. What lies before the rescued segment shows as a hole now, and is sent.
    b.arrives(". 301 ack 8101 win 60000 <sack 9101-10101>");
    b.wait_ms(1);
    let sent = b.all_sent();
    assert!(sent.iter().any(|s| s.contains(" 8101 ")), "{sent:?}");
}

#[test]
fn no_rescue_before_the_first_hole_is_mended() {
    shows("RFC 6675");
    // 5 (4.3): RescueRxt begins at the end of the fast retransmission. The first and the last two are lost.
    let mut b = sending("sack on", ",sackOK", 10);
    b.sent.clear();
    for to in [2101, 3101, 4101, 5101, 6101, 7101, 8101] {
        b.arrives(&format!(". 301 ack 101 win 60000 <sack 1101-{to}>"));
    }
    let sent = b.all_sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(!b.said("sack-rescue"));
}

#[test]
fn cubic_and_the_others_carry_a_lossy_transfer() {
    shows("MAY-18, RFC 9438, RFC 6582, RFC 5681, setting congestion");
    for congestion in ["reno", "newreno", "cubic", "none"] {
        for sack in ["on", "off"] {
            let mut w = World::both(&format!("congestion {congestion}; sack {sack}"));
            let (a, b) = w.established();
            w.lose_next = (0..12).map(|n| (A, 3 + n * 17)).chain([(B, 7)]).collect();
            let (mut put, mut got) = (0usize, Vec::new());
            let text: Vec<u8> = (0..400_000usize).map(|n| (n % 251) as u8).collect();
            for _ in 0..20_000 {
                if put < text.len() {
                    let room = &text[put..text.len().min(put + 30_000)];
                    let flags = SendFlags::default();
                    put += w.stacks[A].send(w.now, a, room, flags).unwrap_or(0);
                    w.drain();
                }
                got.extend(w.receive(B, b).unwrap_or_default());
                if got.len() == text.len() {
                    break;
                }
                w.run_ms(25);
            }
            assert!(got == text, "{congestion} {sack}: {} bytes", got.len());
        }
    }
}

cases![
    rto_by_the_numbers_of_rfc_6298,
    karns_rule_and_the_rto_after_a_lost_syn,
    slow_start_and_congestion_avoidance,
    three_duplicates_mean_a_loss,
    a_partial_ack_shows_the_next_hole,
    after_a_time_out_it_goes_back,
    what_arrives_twice_is_told_once,
    what_is_to_go_on_is_not_pushed,
    sack_blocks_tell_of_what_is_held,
    sack_shows_the_holes_to_fill,
    with_sack_news_makes_a_duplicate,
    a_rescue_at_the_end_of_recovery,
    no_rescue_before_the_first_hole_is_mended,
    cubic_and_the_others_carry_a_lossy_transfer,
];
