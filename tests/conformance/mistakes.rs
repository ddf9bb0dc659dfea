//! Mistakes that other stacks shipped, each by name: this engine does not make them.

use tcp::error::CallError;
use tcp::event::{Ended, EventKind, Timer};
use tcp::seq::Seq;
use tcp::settings::IsnGenerator;
use tcp::stack::SocketOption;
use tcp::state::State::{
    CloseWait, Closed, Closing, Established, FinWait1, LastAck, SynSent, TimeWait,
};
use tcp::time::{Duration, Instant};

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::world::{A, B, World, at};

/// smoltcp 279, 398: CLOSING with a FIN that was never sent, and never would be.
#[test]
fn closing_still_sends_the_fin_that_waited() {
    shows("T9, U14, arc 15");
    let mut b = Bench::new("");
    b.established_with("win 0");
    b.send(20).expect("room");
    b.shutdown().expect("open");
    b.is(FinWait1);
    b.sends_nothing();
    b.arrives("F. 301 ack 101 win 0");
    b.is(Closing);
    b.sends(". 101 ack 302");
    b.arrives(". 302 ack 101 win 5000");
    b.is(Closing);
    b.sends("FP. 101 ack 302 len 20");
    b.arrives(". 302 ack 122 win 5000");
    b.is(TimeWait);
}

/// smoltcp 338.
#[test]
fn no_rst_is_answered_with_anything_but_a_challenge() {
    shows("U3, arc 37");
    for state in tcp::state::State::ALL {
        for flags in ["R", "R."] {
            for seq in [0, 200, 300, 302, 4_000_000_000u32] {
                let mut b = Bench::in_state(state, "");
                b.arrives(&format!("{flags} {seq} ack 7"));
                for reply in b.all_sent() {
                    assert!(reply.starts_with(". "), "{state:?} {flags} {seq}: {reply}");
                }
            }
        }
        // Outside the window there is not even that.
        let mut b = Bench::in_state(state, "");
        b.arrives("R 200");
        b.sends_nothing();
        b.is(state);
    }
}

/// smoltcp 112.
#[test]
fn a_fin_ahead_of_its_data_waits_for_them() {
    shows("SHLD-31, arc 13");
    let mut b = Bench::new("delayed-ack off");
    b.established();
    b.arrives("F. 311 ack 101");
    b.is(Established);
    b.must_say("fin-ahead-of-data");
    b.sends(". 101 ack 301");
    b.arrives("P. 301 ack 101 len 10");
    b.is(CloseWait);
    b.sends(". 101 ack 312");
    assert_eq!(b.receive(100).map(|t| t.len()), Ok(10));
    assert_eq!(b.receive(100), Ok(vec![]));
}

/// smoltcp 21, and by its code: an in-window RST that is not exact, a SYN.
#[test]
fn challenge_acks_are_there() {
    shows("U7, U8, arc 37, arc 38, RFC 5961");
    let mut b = Bench::in_state(Established, "");
    b.arrives("R 302");
    b.sends(". 111 ack 301");
    b.must_say("rst-not-exact");
    b.arrives("S 301");
    b.sends(". 111 ack 301");
    b.must_say("syn-in-synchronized-state");
    b.is(Established);
}

/// smoltcp 489, 490, 1048, 1051.
#[test]
fn a_shrunk_window_does_not_confuse_the_arithmetic() {
    shows("MUST-34, SHLD-15, SHLD-16, SHLD-17");
    let mut b = Bench::new("congestion none");
    b.established_with("win 5000 <mss 1000>");
    b.send(4000).expect("room");
    assert_eq!(b.all_sent().len(), 4);
    // The right edge goes back behind what is in flight.
    b.arrives(". 301 ack 1101 win 500");
    assert_eq!(b.status().snd_wnd, 500);
    b.send(100).expect("room");
    b.sends_nothing();
    b.wait_ms(1_100);
    let again = b.next();
    assert_eq!((again.seq, again.payload.is_empty()), (1101, false));
    for (ack, window) in [(2101, 0), (3101, 1), (4101, 0), (4101, 3)] {
        b.arrives(&format!(". 301 ack {ack} win {window}"));
        b.wait_ms(300);
    }
    b.is(Established);
    b.arrives(". 301 ack 4104 win 4000");
    b.wait_ms(2_000);
    b.arrives(". 301 ack 4201 win 4000");
    assert_eq!(b.status().send_queue, 0);
}

/// smoltcp 323.
#[test]
fn the_user_timeout_holds_in_syn_sent_too() {
    shows("MUST-21, arc 46");
    let mut b = Bench::new("");
    b.socket = b.bound();
    b.option(SocketOption::UserTimeout(Some(Duration::from_secs(5))));
    let socket = b.socket;
    b.stack.connect(b.now, socket, b.peer).expect("it may");
    b.drain();
    b.wait_ms(4_999);
    b.is(SynSent);
    b.wait_ms(1);
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::TimedOut, "user-timeout")));
    assert_eq!(b.receive(1), Err(CallError::TimedOut));
}

/// smoltcp 1020, 1023: each time-out doubles the next, also after an old ACK.
#[test]
fn the_back_off_is_not_lost() {
    shows("MUST-19, RFC 6298");
    let mut b = Bench::new("nagle off");
    b.established();
    let since = b.now;
    b.send(10).expect("room");
    b.wait_s(4);
    b.arrives(". 301 ack 101");
    b.arrives(". 301 ack 100");
    b.wait_s(20);
    assert_eq!(b.times_ms(since), [0, 1_000, 3_000, 7_000, 15_000]);
}

/// smoltcp 1018: 6298 5.3.
#[test]
fn the_retransmission_timer_starts_anew_with_each_new_ack() {
    shows("MUST-18, RFC 6298, arc 51");
    let mut b = Bench::new("nagle off");
    b.established();
    b.send(10).expect("room");
    b.send(10).expect("room");
    b.wait_ms(900);
    b.arrives(". 301 ack 111");
    b.must_say("retransmission-restarted");
    let rto = b.status().rto;
    assert_eq!(b.timer(Timer::Retransmission), Some(b.now + rto));
    b.sent.clear();
    b.wait(rto - Duration(1));
    b.sends_nothing();
    b.wait(Duration(1));
    b.sends("P. 111 ack 301 len 10");
    b.arrives(". 301 ack 121");
    assert_eq!(b.timer(Timer::Retransmission), None);
    b.must_say("all-acknowledged");
}

/// smoltcp 1060, 1126.
#[test]
fn last_ack_challenges_what_it_does_not_understand() {
    shows("arc 40, arc 43, U11");
    let mut b = Bench::in_state(LastAck, "");
    b.arrives(". 302 ack 113");
    b.sends(". 112 ack 302");
    b.is(LastAck);
    b.arrives("S 302");
    b.sends(". 112 ack 302");
    b.arrives("R 303");
    b.sends(". 112 ack 302");
    b.arrives("F. 301 ack 101");
    b.sends(". 112 ack 302");
    b.arrives(". 302 ack 112");
    b.is(Closed);
}

/// smoltcp 1144.
#[test]
fn a_syn_from_nowhere_is_ignored() {
    shows("MUST-63");
    for from in [
        "0.0.0.0:5000",
        "255.255.255.255:5000",
        "224.0.0.5:5000",
        "239.1.2.3:0",
    ] {
        let mut b = Bench::in_state(tcp::state::State::Listen, "");
        b.arrives_from(from.parse().expect("an address"), "S 300");
        b.must_say("invalid-source-address");
        b.sends_nothing();
        b.is(tcp::state::State::Listen);
    }
}

/// smoltcp 349, 351: MUST-12.
#[test]
fn fin_and_rst_are_told_apart() {
    shows("MUST-12, arc 35");
    let mut b = Bench::in_state(Established, "");
    b.arrives("F. 301 ack 111");
    assert!(b.events.iter().any(|e| e.kind == EventKind::PeerClosed));
    assert_eq!(b.receive(10), Ok(vec![]));
    assert_eq!(b.ended(), None);
    let mut b = Bench::in_state(Established, "");
    b.arrives("R 301");
    assert_eq!(b.ended(), Some((Ended::Reset, "rst-received")));
    assert!(!b.events.iter().any(|e| e.kind == EventKind::PeerClosed));
    assert_eq!(b.receive(10), Err(CallError::Reset));
    assert_eq!(b.send(1), Err(CallError::Reset));
}

/// By smoltcp's code: a SYN in a synchronised state is dropped in silence.
#[test]
fn a_rebooted_peer_learns_that_it_has_rebooted() {
    shows("U8, arc 38, arc 25");
    let mut w = World::both("");
    let (a, b) = w.established();
    w.reboot(A, "isn listed 90000");
    assert_eq!(w.state(A, a), Closed);
    let a = w.connect(A, 5000, at(B, 8080));
    w.run_ms(150);
    assert_eq!(w.ended(B, b), Some(Ended::Reset));
    assert_eq!(w.state(A, a), SynSent);
}

/// By smoltcp's code: any in-window RST is believed.
#[test]
fn an_in_window_rst_that_is_not_exact_resets_nothing() {
    shows("U7, RFC 5961, setting challenge-ack");
    for (text, state) in [
        ("challenge-ack on", Established),
        ("challenge-ack off", Closed),
    ] {
        for seq in [302, 1_000, 60_000] {
            let mut b = Bench::in_state(Established, text);
            b.arrives(&format!("R {seq}"));
            b.is(state);
        }
    }
}

/// By smoltcp's code: the RST for a segment without ACK has no ACK field.
#[test]
fn fin_null_and_xmas_scans_get_a_rst_with_ack() {
    shows("U1, arc 49");
    let mut b = Bench::new("");
    b.arrives("F 700");
    b.sends("R. 0 ack 701 win 0");
    b.arrives("- 700");
    b.sends("R. 0 ack 700 win 0");
    b.arrives("FPU 700 len 5 up 1");
    b.sends("R. 0 ack 706 win 0");
    b.arrives("S 700 len 5");
    b.sends("R. 0 ack 706 win 0");
    b.arrives("S 4294967295");
    b.sends("R. 0 ack 0 win 0");
    b.must_say("rst-for-closed-port");
}

#[test]
fn close_with_unread_data_sends_a_rst() {
    shows("SHLD-3, MAY-1, setting reset-on-unread-data");
    let mut b = Bench::in_state(Established, "");
    b.arrives("P. 301 ack 111 len 7");
    b.sent.clear();
    b.close().expect("open");
    b.sends("R. 111 ack 308");
    b.must_say("rst-for-unread-data");
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::Aborted, "close-with-unread-data")));
    let mut b = Bench::in_state(Established, "reset-on-unread-data off");
    b.arrives("P. 301 ack 111 len 7");
    b.sent.clear();
    b.close().expect("open");
    b.sends("F. 111 ack 308");
    b.is(FinWait1);
}

#[test]
fn time_wait_lasts_as_long_as_it_is_set_to() {
    shows("MUST-13, setting msl");
    for (text, ms) in [
        ("", 240_000),
        ("msl 30s", 60_000),
        ("msl 5s", 10_000),
        ("msl 0s", 0),
    ] {
        let mut b = Bench::in_state(tcp::state::State::FinWait2, text);
        b.arrives("F. 301 ack 112");
        b.is(TimeWait);
        b.wait(Duration(ms * 1000 - u64::from(ms > 0)));
        b.is(if ms > 0 { TimeWait } else { Closed });
        b.wait(Duration(1));
        b.is(Closed);
    }
}

/// A plain random ISN has no clock: two incarnations of a connection may overlap.
#[test]
fn the_isn_has_a_clock_component() {
    shows("MUST-8, MUST-9, SHLD-1, setting isn");
    let (ours, peer) = (Bench::new("").ours, Bench::new("").peer);
    let draw = |key: u8, now: u64, generator: &IsnGenerator| {
        let mut state = tcp::isn::IsnState::default();
        state.next(generator, &[key; 16], Instant(now), ours, peer)
    };
    let good = IsnGenerator::Rfc9293;
    // One tick in 4 µs, for the same pair of ends.
    for (us, ticks) in [(4, 1), (1_000, 250), (1_000_000, 250_000)] {
        let start = 1 << 40;
        assert_eq!(draw(1, start + us, &good), draw(1, start, &good).add(ticks));
    }
    // Without the key nobody knows where it starts.
    assert_ne!(draw(1, 0, &good), draw(2, 0, &good));
    let other = |port: u16| {
        let mut state = tcp::isn::IsnState::default();
        let from = std::net::SocketAddr::new(peer.ip(), port);
        state.next(&good, &[1; 16], Instant(0), ours, from)
    };
    assert_ne!(
        other(5_000).since(other(5_001)),
        other(5_001).since(other(5_002))
    );
    // It is what a connection starts with, and so are the weak ones when asked for.
    for (text, iss) in [
        ("isn clock", Seq(250_000)),
        ("isn fixed 7", Seq(7)),
        ("isn counter 5", Seq(5)),
        ("isn listed 42, 43", Seq(42)),
        ("isn rfc9293", {
            let mut state = tcp::isn::IsnState::default();
            state.next(&good, &[7; 16], Instant(1_000_000), ours, peer)
        }),
    ] {
        let mut b = Bench::new(text);
        b.connect();
        assert_eq!(b.next().seq, iss.0, "{text}");
    }
    let random = |text: &str| {
        let mut b = Bench::new(text);
        b.connect();
        b.next().seq
    };
    assert_ne!(random("isn random"), random("isn rfc9293"));
}

/// gVisor 13393, 13401: «ACK == SND.NXT» taken for «our FIN is acknowledged».
#[test]
fn an_ack_of_everything_sent_is_not_an_ack_of_the_fin() {
    shows("T9");
    // The congestion window, not the peer's, keeps the FIN back here.
    let mut b = Bench::new("initial-window 1");
    b.established_with("win 60000 <mss 1000>");
    b.send(2500).expect("room");
    b.shutdown().expect("open");
    b.sends(". 101 ack 301 len 1000");
    b.sends_nothing();
    b.arrives("F. 301 ack 1101 win 60000");
    b.is(Closing);
    assert_eq!(b.status().snd_una.0, 1101);
    let sent = b.all_sent();
    assert!(sent.iter().all(|s| s.contains("ack 302")), "{sent:?}");
    b.arrives(". 302 ack 2601 win 60000");
    b.is(Closing);
    b.arrives(". 302 ack 2602 win 60000");
    b.is(TimeWait);
}

/// Windows and FreeBSD differ (RFC 2525 2.17): data that arrive after CLOSE.
#[test]
fn data_after_close_get_a_rst() {
    shows("SHLD-3, setting reset-on-data-after-close");
    for state in [FinWait1, tcp::state::State::FinWait2] {
        let mut b = Bench::new("");
        b.established();
        b.close().expect("open");
        b.sends("F. 101 ack 301");
        if state != FinWait1 {
            b.arrives(". 301 ack 102");
        }
        b.is(state);
        b.arrives("P. 301 ack 101 len 5");
        assert_eq!(b.next().flags.to_string(), "R.");
        b.is(Closed);
        b.must_say("rst-for-data-after-close");
    }
    let mut b = Bench::new("reset-on-data-after-close off; delayed-ack off");
    b.established();
    b.close().expect("open");
    b.sends("F. 101 ack 301");
    b.arrives("P. 301 ack 101 len 5");
    b.sends(". 102 ack 306");
    b.is(FinWait1);
}

/// What users of TCP libraries mix up most.
#[test]
fn close_abort_and_shutdown_are_three_things() {
    shows("MAY-1, MUST-12, setting fin-wait-2-limit");
    // shutdown: we can still read, and FIN-WAIT-2 has no limit.
    let mut b = Bench::new("delayed-ack off");
    b.established();
    b.shutdown().expect("open");
    b.sends("F. 101 ack 301");
    b.arrives(". 301 ack 102");
    assert_eq!(b.timer(Timer::FinWait2), None);
    b.wait_s(100_000);
    b.arrives("P. 301 ack 102 len 5");
    b.sends(". 102 ack 306");
    assert_eq!(b.receive(10).map(|t| t.len()), Ok(5));
    assert_eq!(b.send(1), Err(CallError::Closing));
    // close: nobody can read any more, and FIN-WAIT-2 is limited.
    let mut b = Bench::new("");
    b.established();
    b.close().expect("open");
    b.sends("F. 101 ack 301");
    assert_eq!(b.receive(10), Err(CallError::NoConnection));
    b.arrives(". 301 ack 102");
    assert_eq!(b.timer_ms(Timer::FinWait2), Some(60_000));
    b.wait_s(60);
    b.is(Closed);
    b.must_say("fin-wait-2-limit");
    // abort: a RST, at once.
    let mut b = Bench::new("");
    b.established();
    b.abort().expect("open");
    b.sends("R. 101 ack 301");
    b.is(Closed);
    // shutdown first, close later: the limit begins with the close.
    let mut b = Bench::in_state(tcp::state::State::FinWait2, "");
    b.wait_s(500);
    b.close().expect("open");
    assert_eq!(b.timer_ms(Timer::FinWait2), Some(60_000));
}

cases![
    closing_still_sends_the_fin_that_waited,
    no_rst_is_answered_with_anything_but_a_challenge,
    a_fin_ahead_of_its_data_waits_for_them,
    challenge_acks_are_there,
    a_shrunk_window_does_not_confuse_the_arithmetic,
    the_user_timeout_holds_in_syn_sent_too,
    the_back_off_is_not_lost,
    the_retransmission_timer_starts_anew_with_each_new_ack,
    last_ack_challenges_what_it_does_not_understand,
    a_syn_from_nowhere_is_ignored,
    fin_and_rst_are_told_apart,
    a_rebooted_peer_learns_that_it_has_rebooted,
    an_in_window_rst_that_is_not_exact_resets_nothing,
    fin_null_and_xmas_scans_get_a_rst_with_ack,
    close_with_unread_data_sends_a_rst,
    time_wait_lasts_as_long_as_it_is_set_to,
    the_isn_has_a_clock_component,
    an_ack_of_everything_sent_is_not_an_ack_of_the_fin,
    data_after_close_get_a_rst,
    close_abort_and_shutdown_are_three_things,
];
