//! Closing: half-close, both ends at once, RST, TIME-WAIT and what may end it,
//! linger (RFC 9293 3.5.2, 3.6, 3.10.4, 3.10.7.4; RFC 6191).

use tcp::error::CallError;
use tcp::event::{Ended, Timer};
use tcp::stack::SocketOption;
use tcp::state::State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, SynReceived, TimeWait,
};
use tcp::time::Duration;

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::world::{A, B, World, at};

#[test]
fn three_segments_close_when_the_fin_rides_on_the_ack() {
    shows("arc 21, arc 13, arc 18, arc 19, MUST-58");
    let mut w = World::both("");
    let (a, b) = w.established();
    w.close(A, a).expect("open");
    // B gets the FIN and closes before its ACK has gone.
    w.deliver_then("> F. 101 ack 301", |stack, now| {
        stack.close(now, b).expect("open")
    });
    w.run_ms(500);
    assert_eq!(
        w.take_ladder(),
        ["> F. 101 ack 301", "< F. 301 ack 102", "> . 102 ack 302"]
    );
    w.are(a, TimeWait, b, Closed);
    assert!(w.said(A, "fin-with-ack-of-ours"));
}

#[test]
fn half_close_lets_the_other_direction_go_on() {
    shows("MAY-1, arc 14, arc 16");
    let mut w = World::both("delayed-ack off");
    let (a, b) = w.established();
    w.shutdown(A, a).expect("open");
    w.run_ms(200);
    w.are(a, FinWait2, b, CloseWait);
    for _ in 0..3 {
        w.send(B, b, 500).expect("room");
        w.run_ms(200);
        assert_eq!(w.receive(A, a).map(|t| t.len()), Ok(500));
    }
    w.close(B, b).expect("open");
    w.run_ms(200);
    w.are(a, TimeWait, b, Closed);
    assert_eq!(w.receive(A, a), Ok(vec![]));
}

#[test]
fn rst_in_each_synchronized_state() {
    shows("arc 35, arc 36, U7, MUST-12");
    for (state, ended) in [
        (Established, Ended::Reset),
        (FinWait1, Ended::Reset),
        (FinWait2, Ended::Reset),
        (CloseWait, Ended::Reset),
        (Closing, Ended::Reset),
        (LastAck, Ended::Reset),
        (TimeWait, Ended::Closed),
    ] {
        let mut b = Bench::in_state(state, "");
        let rcv_nxt = b.status().rcv_nxt.0;
        b.arrives(&format!("R {rcv_nxt}"));
        b.is(Closed);
        assert_eq!(b.ended().map(|e| e.0), Some(ended), "{state:?}");
        b.sends_nothing();
    }
}

#[test]
fn a_rst_may_carry_data() {
    shows("SHLD-2");
    let mut b = Bench::in_state(Established, "");
    b.arrives("R. 301 ack 111 len 20");
    b.is(Closed);
    b.must_say("rst-with-data");
}

#[test]
fn before_rfc_5961_a_syn_in_the_window_resets() {
    shows("arc 39, setting challenge-ack, RFC 5961");
    for state in [
        Established,
        FinWait1,
        FinWait2,
        CloseWait,
        Closing,
        LastAck,
        TimeWait,
    ] {
        let mut b = Bench::in_state(state, "challenge-ack off");
        let (nxt, rcv) = (b.status().snd_nxt.0, b.status().rcv_nxt.0);
        b.arrives("S 400");
        if state == TimeWait {
            b.sends("R. 0 ack 401");
        } else {
            b.sends(&format!("R. {nxt} ack {rcv}"));
        }
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Reset, "syn-in-window")));
        b.must_say("rst-for-syn-in-window");
    }
}

#[test]
fn what_is_unacceptable_gets_an_empty_ack() {
    shows("arc 40, U6, U11");
    for (state, ack) in [
        (Established, ". 111 ack 301"),
        (CloseWait, ". 111 ack 302"),
        (TimeWait, ". 112 ack 302"),
    ] {
        for text in [
            "P. 200 ack 101 len 5",
            "P. 99999 ack 101 len 5",
            ". 302 ack 5000",
        ] {
            let mut b = Bench::in_state(state, "");
            b.arrives(text);
            b.sends(ack);
            b.is(state);
        }
    }
    let mut b = Bench::in_state(Established, "");
    b.arrives("P. 200 ack 101 len 5");
    b.must_say("segment-before-window");
    b.must_say("ack-for-unacceptable");
    b.arrives("P. 99999 ack 101 len 5");
    b.must_say("segment-beyond-window");
    b.arrives(". 302 ack 5000");
    b.must_say("ack-for-ack-of-unsent");
}

#[test]
fn the_fin_again_gets_its_ack_again() {
    shows("arc 41, arc 43, T5");
    for state in [CloseWait, Closing, LastAck, TimeWait] {
        let mut b = Bench::in_state(state, "");
        let nxt = b.status().snd_nxt.0;
        b.arrives("F. 301 ack 101");
        b.sends(&format!(". {nxt} ack 302"));
        b.is(state);
    }
    let mut b = Bench::in_state(TimeWait, "");
    b.arrives("F. 301 ack 112");
    b.must_say("ack-of-repeated-fin");
}

/// A listener's child in TIME-WAIT, its listener there.
fn served(text: &str, ts: &str) -> Bench {
    let mut b = Bench::new(text);
    let listener = b.listen(None);
    b.arrives(&format!("S 300 win 10000{ts}"));
    b.arrives(&format!(". 301 ack 101{ts}"));
    b.accept(listener);
    b.shutdown().expect("open");
    b.arrives(&format!(". 301 ack 102{ts}"));
    b.arrives(&format!("F. 301 ack 102{ts}"));
    b.is(TimeWait);
    b.sent.clear();
    b.mark();
    b
}

#[test]
fn a_syn_that_cannot_be_old_opens_out_of_time_wait() {
    shows("arc 42, MAY-2, setting time-wait-reuse");
    for (text, above, below) in [
        ("time-wait-reuse sequence", true, false),
        ("time-wait-reuse timestamps", true, false),
        ("time-wait-reuse off", false, false),
    ] {
        for (seq, reopens) in [(302, above), (900_000, above), (250, below)] {
            let mut b = served(text, "");
            b.arrives(&format!("S {seq}"));
            if reopens {
                // The new ISN lies above the old numbers.
                b.sends(&format!("S. 1000100 ack {}", seq + 1));
                b.must_say("syn-reopens-time-wait");
                b.is(Closed);
            } else {
                b.sends(". 102 ack 302");
                b.must_say("syn-in-time-wait");
                b.is(TimeWait);
            }
        }
    }
    // The ISN is lifted above the old space when the generator gave one below it.
    let mut b = served("isn listed 100, 50", "");
    b.arrives("S 900000");
    let syn_ack = b.next();
    assert!(
        syn_ack.seq.wrapping_sub(102) < 1 << 31,
        "{}",
        syn_ack.short()
    );
}

#[test]
fn timestamps_decide_whether_a_syn_is_new() {
    shows("SHLD-4, RFC 6191, setting time-wait-reuse, setting timestamps");
    for (seq, ts, reopens) in [
        (250, 600, true),
        (900_000, 499, false),
        (302, 500, true),
        (250, 500, false),
    ] {
        let mut b = served("timestamps on", " <TS 500 0>");
        b.arrives(&format!("S {seq} <TS {ts} 0>"));
        assert_eq!(b.next().flags.syn(), reopens, "{seq} {ts}");
    }
}

#[test]
fn close_again_changes_nothing() {
    shows("arc 47, arc 48");
    for state in [FinWait1, FinWait2, Closing, LastAck, TimeWait] {
        let mut b = Bench::in_state(state, "");
        assert_eq!(b.shutdown(), Err(CallError::Closing), "{state:?}");
        b.is(state);
        // CLOSE after SHUTDOWN lets go of the socket, no more.
        assert_eq!(b.close(), Ok(()));
        b.is(state);
        b.sends_nothing();
        assert_eq!(b.close(), Err(CallError::NoConnection));
    }
}

/// RFC 9293 3.10.4: «queue this request until all preceding SENDs have been segmentized; then send a FIN segment, enter
/// LAST-ACK». Until then ABORT still owes the other end a RST (3.10.5).
#[test]
fn last_ack_is_entered_when_the_fin_leaves() {
    shows("arc 18, U13, setting last-ack-at-close");
    for (text, meanwhile) in [("", CloseWait), ("last-ack-at-close on", LastAck)] {
        let mut b = Bench::new(text);
        b.established_with("win 30");
        b.arrives("F. 301 ack 101 win 30");
        b.sends(". 101 ack 302");
        b.send(50).expect("room");
        b.sends(". 101 ack 302 len 30");
        let mut aborted = b.clone();
        b.shutdown().expect("open");
        b.is(meanwhile);
        assert_eq!(b.shutdown(), Err(CallError::Closing));
        assert_eq!(b.send(1), Err(CallError::Closing));
        assert_eq!(b.close(), Ok(()));
        b.is(meanwhile);
        b.arrives(". 302 ack 131 win 30");
        b.sends("FP. 131 ack 302 len 20");
        b.is(LastAck);
        b.must_say("close-in-close-wait");
        b.arrives(". 302 ack 152 win 30");
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Closed, "ack-of-fin-received")));

        aborted.shutdown().expect("open");
        aborted.abort().expect("open");
        if meanwhile == CloseWait {
            aborted.sends("R. 131 ack 302");
        }
        aborted.sends_nothing();
        aborted.is(Closed);
    }
}

#[test]
fn fin_wait_2_ends_after_close_only() {
    shows("setting fin-wait-2-limit");
    for (text, after) in [
        ("", Some(60)),
        ("fin-wait-2-limit 5s", Some(5)),
        ("fin-wait-2-limit never", None),
    ] {
        let mut b = Bench::new(text);
        b.established();
        b.close().expect("open");
        b.arrives(". 301 ack 102");
        b.is(FinWait2);
        match after {
            Some(seconds) => {
                b.must_say("fin-wait-2-limited");
                b.wait_ms(seconds * 1000 - 1);
                b.is(FinWait2);
                b.wait_ms(1);
                b.is(Closed);
                assert_eq!(b.ended(), Some((Ended::TimedOut, "fin-wait-2-limit")));
            }
            None => {
                b.wait_s(1_000_000);
                b.is(FinWait2);
            }
        }
    }
}

#[test]
fn linger_waits_aborts_or_does_neither() {
    shows("linger, setting linger");
    // Zero: abort.
    let mut b = Bench::in_state(Established, "");
    b.option(SocketOption::Linger(Some(Duration::ZERO)));
    b.close().expect("open");
    b.sends("R. 111 ack 301");
    assert_eq!(b.ended(), Some((Ended::Aborted, "linger-zero")));
    // A while: until then the data may still arrive.
    let mut b = Bench::in_state(Established, "");
    b.option(SocketOption::Linger(Some(Duration::from_secs(5))));
    b.close().expect("open");
    b.must_say("linger-runs");
    b.wait_ms(4_999);
    assert_ne!(b.state(), Closed);
    b.sent.clear();
    b.wait_ms(1);
    assert_eq!(b.next().flags.to_string(), "R.");
    assert_eq!(b.ended(), Some((Ended::Aborted, "linger-timeout")));
    // In time.
    let mut b = Bench::in_state(Established, "linger 5s");
    b.close().expect("open");
    b.arrives(". 301 ack 112");
    assert_eq!(b.timer(Timer::User), None);
    b.wait_s(20);
    b.is(FinWait2);
    // Without it CLOSE returns at once and the data go in the background.
    let mut b = Bench::in_state(Established, "linger never");
    b.close().expect("open");
    b.wait_s(30);
    b.is(FinWait1);
    // The setting is what sockets start with.
    let mut b = Bench::in_state(Established, "linger 0s");
    b.close().expect("open");
    b.must_say("linger-zero");
}

#[test]
fn closing_a_listener_resets_what_nobody_accepted() {
    shows("arc 44");
    let mut b = Bench::new("");
    let listener = b.listen(None);
    b.arrives("S 300");
    b.arrives(". 301 ack 101");
    b.arrives_from("10.0.0.3:5000".parse().expect("an address"), "S 700");
    b.sent.clear();
    b.socket = listener;
    b.close().expect("open");
    b.must_say("listener-closed");
    let sent = b.all_sent();
    assert_eq!(sent, ["R. 101 ack 301", "R. 1000101 ack 701"]);
    assert_eq!(b.stack.sockets().len(), 0);
    b.arrives("S 900");
    b.sends("R. 0 ack 901");
}

#[test]
fn fin_with_its_data_and_the_text_after_it() {
    shows("arc 13, U15");
    let mut b = Bench::new("delayed-ack off");
    b.established();
    b.arrives("FP. 301 ack 101 len 10");
    b.is(CloseWait);
    b.sends(". 101 ack 312");
    b.arrives("P. 312 ack 101 len 5");
    b.must_say("text-after-fin");
    assert_eq!(b.receive(50).map(|t| t.len()), Ok(10));
    assert_eq!(b.receive(50), Ok(vec![]));
}

#[test]
fn both_ends_of_a_long_line_close_at_once_with_data() {
    shows("arc 15, arc 17");
    let mut w = World::both("");
    w.latency = Duration::from_millis(800);
    let b = w.open_passive(B, 8080);
    let a = w.connect(A, 5000, at(B, 8080));
    w.run_ms(6_000);
    w.are(a, Established, b, Established);
    for (host, socket) in [(A, a), (B, b)] {
        w.send(host, socket, 3_000).expect("room");
        w.shutdown(host, socket).expect("open");
    }
    w.run_ms(10_000);
    w.are(a, TimeWait, b, TimeWait);
    for (host, socket) in [(A, a), (B, b)] {
        assert_eq!(w.receive(host, socket).map(|t| t.len()), Ok(3_000));
    }
    assert!(w.said(A, "fin-crossed-ours"));
}

#[test]
fn syn_received_child_of_a_closed_listener_is_gone() {
    shows("U13");
    let mut b = Bench::new("");
    let listener = b.listen(None);
    b.arrives("S 300");
    b.sends("S. 100 ack 301");
    let child = b
        .stack
        .sockets()
        .into_iter()
        .find(|s| s.state == SynReceived);
    assert!(child.is_some());
    b.socket = listener;
    b.abort().expect("open");
    b.sends("R. 101 ack 301");
    assert_eq!(b.ended(), Some((Ended::Aborted, "abort-call")));
}

cases![
    three_segments_close_when_the_fin_rides_on_the_ack,
    half_close_lets_the_other_direction_go_on,
    rst_in_each_synchronized_state,
    a_rst_may_carry_data,
    before_rfc_5961_a_syn_in_the_window_resets,
    what_is_unacceptable_gets_an_empty_ack,
    the_fin_again_gets_its_ack_again,
    a_syn_that_cannot_be_old_opens_out_of_time_wait,
    timestamps_decide_whether_a_syn_is_new,
    close_again_changes_nothing,
    last_ack_is_entered_when_the_fin_leaves,
    fin_wait_2_ends_after_close_only,
    linger_waits_aborts_or_does_neither,
    closing_a_listener_resets_what_nobody_accepted,
    fin_with_its_data_and_the_text_after_it,
    both_ends_of_a_long_line_close_at_once_with_data,
    syn_received_child_of_a_closed_listener_is_gone,
];
