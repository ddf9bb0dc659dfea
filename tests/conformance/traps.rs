//! The traps T1 to T11 in the text of RFC 9293 and its errata, each both ways
//! where there is a setting for it.

use tcp::error::CallError;
use tcp::event::{Ended, Timer};
use tcp::wire::{IcmpKind, Unreachable};

use tcp::state::State::{
    self, CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen,
    SynReceived, SynSent, TimeWait,
};

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::world::{A, B, World, at};

/// EID 8167: the exact-SEQ bullet for RST in SYN-SENT is deleted.
#[test]
fn t1_rst_in_syn_sent_counts_by_its_ack_alone() {
    shows("T1, arc 23, arc 24");
    for seq in [0u32, 1, 77_777, u32::MAX] {
        let mut b = Bench::in_state(SynSent, "");
        b.arrives(&format!("R. {seq} ack 101"));
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Refused, "connection-refused")));
        let mut b = Bench::in_state(SynSent, "");
        for ack in [100, 102] {
            b.arrives(&format!("R. {seq} ack {ack}"));
        }
        b.arrives(&format!("R {seq}"));
        b.is(SynSent);
        b.must_say("rst-with-bad-ack");
        b.must_say("rst-without-ack-in-syn-sent");
        b.sends_nothing();
    }
}

/// The figure's way, the text's way, Linux's way.
#[test]
fn t3_crossing_syn_ack_in_three_readings() {
    shows("T3, setting crossing-syn-ack");
    for (reading, state, replies) in [
        ("process", Established, &[][..]),
        ("process-and-ack", Established, &[". 101 ack 301"][..]),
        ("ack", SynReceived, &[". 101 ack 301"][..]),
    ] {
        let mut b = Bench::in_active_syn_received(&format!("crossing-syn-ack {reading}"));
        b.arrives("S. 300 ack 101");
        b.is(state);
        assert_eq!(b.all_sent(), replies, "{reading}");
        b.arrives(". 301 ack 101");
        b.is(Established);
    }
}

#[test]
fn t4_closing_answers_the_fin_again_with_an_ack_or_with_its_own_fin() {
    shows("T4, arc 43, setting closing-reply");
    let mut b = Bench::in_state(Closing, "");
    b.arrives("F. 301 ack 101");
    b.sends(". 112 ack 302");
    b.is(Closing);
    // With its own FIN already when they cross, and each time after.
    let mut b = Bench::new("closing-reply fin");
    b.established();
    b.shutdown().expect("open");
    b.sends("F. 101 ack 301");
    for _ in 0..2 {
        b.arrives("F. 301 ack 101");
        b.sends("F. 101 ack 302");
        b.sends_nothing();
        b.is(Closing);
    }
    b.must_say("fin-again");
    // And so both ends finish, whatever the other one's reading.
    for (one, other) in [("bare-ack", "fin"), ("fin", "bare-ack"), ("fin", "fin")] {
        let mut w = World::new(
            &format!("closing-reply {one}"),
            &format!("closing-reply {other}"),
        );
        let (a, b) = w.established();
        w.lose("> . 102 ack 302");
        w.close(A, a).expect("open");
        w.close(B, b).expect("open");
        w.run();
        assert_eq!(
            (w.ended(A, a), w.ended(B, b)),
            (Some(Ended::Closed), Some(Ended::Closed))
        );
    }
}

#[test]
fn t5_a_repeated_fin_starts_time_wait_over_or_does_not() {
    shows("T5, arc 41, setting time-wait-restart, MUST-13");
    for (setting, left) in [("on", 240_000), ("off", 140_000)] {
        let mut b = Bench::in_state(TimeWait, &format!("time-wait-restart {setting}"));
        assert_eq!(b.timer_ms(Timer::TimeWait), Some(240_000));
        b.wait_s(100);
        b.arrives("F. 301 ack 112");
        b.sends(". 112 ack 302");
        assert_eq!(b.timer_ms(Timer::TimeWait), Some(left), "{setting}");
        b.wait_ms(left);
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Closed, "time-wait-over")));
    }
}

#[test]
fn t6_abort_leaves_its_issuer_closed_or_in_time_wait() {
    shows("T6, U13, arc 44, setting abort-issuer");
    for state in [SynReceived, Established, FinWait1, FinWait2, CloseWait] {
        let mut b = Bench::in_state(state, "");
        b.abort().expect("open");
        assert_eq!(b.next().flags.to_string(), "R.");
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Aborted, "abort-call")));
        let mut b = Bench::in_state(state, "abort-issuer time-wait");
        b.abort().expect("open");
        assert_eq!(b.next().flags.to_string(), "R.");
        b.is(TimeWait);
        b.must_say("abort-lingers");
        b.wait_s(240);
        b.is(Closed);
        b.sends_nothing();
    }
}

#[test]
fn t7_the_syn_again_gets_an_ack_or_the_syn_ack_again() {
    shows("T7, setting syn-received-syn, MUST-11, arc 30, arc 31");
    let mut b = Bench::in_state(SynReceived, "");
    b.arrives("S 300 win 10000");
    b.sends(". 101 ack 301");
    b.must_say("repeated-syn");
    b.is(SynReceived);
    for text in [
        "syn-received-syn syn-ack",
        "policy linux; window-scale off; sack off; timestamps off",
    ] {
        let mut b = Bench::in_state(SynReceived, text);
        b.arrives("S 300 win 10000");
        b.sends("S. 100 ack 301");
        b.is(SynReceived);
    }
    // Another SYN in the window: back to LISTEN after a passive OPEN, a challenge after an active one.
    let mut b = Bench::in_state(SynReceived, "");
    b.arrives("S 900");
    b.is(Listen);
    b.must_say("syn-in-syn-received-passive");
    b.sends_nothing();
    b.arrives("S 900");
    b.sends("S. 1000100 ack 901");
    let mut b = Bench::in_active_syn_received("");
    b.arrives("S 900");
    b.is(SynReceived);
    b.sends(". 101 ack 301");
}

/// Han and Billington: CLOSE in SYN-RECEIVED while the SYN-ACK is lost.
#[test]
fn t8_close_in_syn_received_keeps_the_syn_on_the_queue() {
    shows("T8, arc 11");
    for lost in ["< S. 300 ack 101", "< F. 301 ack 101", "> . 101 ack 301"] {
        let mut w = World::both("");
        let b = w.open_passive(B, 8080);
        let a = w.connect(A, 5000, at(B, 8080));
        w.lose(lost);
        w.lose("< F. 301 ack 101");
        w.deliver("> S 100");
        assert_eq!(w.state(B, b), SynReceived);
        w.close(B, b).expect("open");
        assert_eq!(w.state(B, b), FinWait1);
        w.run_ms(20_000);
        assert_eq!(w.state(A, a), CloseWait, "{lost}\n{}", w.ladder.join("\n"));
        w.close(A, a).expect("open");
        w.run();
        assert_eq!(w.ended(A, a), Some(Ended::Closed));
        assert_eq!(w.ended(B, b), Some(Ended::Closed));
    }
}

/// FIN-WAIT-1, CLOSING and LAST-ACK with the FIN not yet sent: an ACK of all
/// that was sent is not an ACK of the FIN.
#[test]
fn t9_an_unsent_fin_is_not_acknowledged() {
    shows("T9, U14, arc 15, arc 17, arc 19");
    for (peer_closes, text, waiting) in [
        (false, "", FinWait1),
        (true, "", CloseWait),
        (true, "last-ack-at-close on", LastAck),
    ] {
        let mut b = Bench::new(text);
        b.established_with("win 100");
        if peer_closes {
            b.arrives("F. 301 ack 101 win 100");
            b.sends(". 101 ack 302");
        }
        b.send(150).expect("room");
        let nxt = if peer_closes { 302 } else { 301 };
        b.sends(&format!(". 101 ack {nxt} len 100"));
        b.shutdown().expect("open");
        b.sends_nothing();
        b.is(waiting);
        assert_eq!(b.status().fin_seq, None);
        // All that was sent is acknowledged; the window is shut.
        b.arrives(&format!(". {nxt} ack 201 win 0"));
        b.is(waiting);
        if !peer_closes {
            b.arrives("F. 301 ack 201 win 0");
            b.is(Closing);
            b.sends(". 201 ack 302");
            b.arrives(". 302 ack 201 win 0");
            b.is(Closing);
        }
        b.arrives(". 302 ack 201 win 1000");
        b.sends("FP. 201 ack 302 len 50");
        b.arrives(". 302 ack 251 win 1000");
        b.is(if peer_closes { LastAck } else { Closing });
        b.arrives(". 302 ack 252 win 1000");
        b.is(if peer_closes { Closed } else { TimeWait });
    }
}

#[test]
fn t10_rst_in_time_wait_assassinates_or_is_ignored() {
    shows("T10, arc 36, setting time-wait-rst, setting time-wait-protection, RFC 1337");
    let mut b = Bench::in_state(TimeWait, "");
    b.arrives("R 302");
    b.is(Closed);
    b.must_say("time-wait-assassinated");
    for text in [
        "time-wait-rst ignore",
        "time-wait-protection on",
        "policy freebsd; window-scale off; timestamps off; sack off",
    ] {
        let mut b = Bench::in_state(TimeWait, text);
        b.arrives("R 302");
        b.arrives("R. 302 ack 112");
        b.is(TimeWait);
        b.must_say("rst-ignored-in-time-wait");
        b.sends_nothing();
    }
}

/// RFC 1337's hazard as it happens: an old duplicate is answered, the answer
/// meets a host that knows nothing, and its RST ends TIME-WAIT.
#[test]
fn t10_time_wait_assassination_as_it_happens() {
    shows("RFC 1337, setting time-wait-protection");
    for (protection, state) in [("off", Closed), ("on", TimeWait)] {
        let mut w = World::new(&format!("time-wait-protection {protection}"), "");
        let (a, b) = w.established();
        w.send(B, b, 10).expect("established");
        w.run_ms(500);
        w.receive(A, a).expect("ten bytes");
        w.close(A, a).expect("open");
        w.run_ms(200);
        w.close(B, b).expect("open");
        w.run_ms(200);
        w.are(a, TimeWait, b, Closed);
        w.old_duplicate(A, ". 301 ack 101 len 10", at(B, 8080), 5000);
        w.run_ms(500);
        assert_eq!(w.state(A, a), state, "{protection}");
    }
}

#[test]
fn t11_fin_on_a_closed_window_is_refused_or_taken() {
    shows("T11, setting zero-window-fin");
    for (text, state) in [("refuse", Established), ("accept", CloseWait)] {
        let mut b = Bench::new(&format!(
            "receive-buffer 100; delayed-ack off; zero-window-fin {text}"
        ));
        b.established();
        b.arrives("P. 301 ack 101 len 100");
        b.sends(". 101 ack 401 win 0");
        b.arrives("F. 401 ack 101");
        b.is(state);
        b.sends(&format!(
            ". 101 ack {}",
            if state == CloseWait { 402 } else { 401 }
        ));
        // Refused, it is taken as soon as there is room.
        assert_eq!(b.receive(100).map(|t| t.len()), Ok(100));
        b.sent.clear();
        b.arrives("F. 401 ack 101");
        b.is(CloseWait);
    }
}

/// EID 8171: SHLD-25 is a SHOULD; soft errors are told and end nothing.
#[test]
fn t2_soft_errors_are_told_and_never_abort() {
    shows("T2, SHLD-25, MUST-56, setting error-reports");
    for (text, told) in [("error-reports on", true), ("error-reports off", false)] {
        let mut b = Bench::in_state(Established, text);
        for kind in [
            IcmpKind::Unreachable(Unreachable::Network),
            IcmpKind::Unreachable(Unreachable::Host),
            IcmpKind::Unreachable(Unreachable::SourceRouteFailed),
            IcmpKind::TimeExceeded { reassembly: false },
            IcmpKind::ParameterProblem { pointer: 1 },
        ] {
            b.icmp(kind, 101);
        }
        b.is(Established);
        b.must_say("icmp-soft-error");
        assert_eq!(b.reported(tcp::event::Report::SoftError), told);
    }
}

#[test]
fn u13_abort_in_each_of_the_eleven_states() {
    shows("U13, arc 44, arc 45, setting reset-with-ack");
    for state in State::ALL {
        for (text, with_ack) in [("reset-with-ack on", true), ("reset-with-ack off", false)] {
            let mut b = Bench::in_state(state, text);
            if state == Closed {
                b.socket = b.stack.socket();
                assert_eq!(b.abort(), Ok(()));
                assert_eq!(b.abort(), Err(CallError::NoConnection));
                continue;
            }
            let before = b.stack.status(b.socket).expect("it is there");
            b.abort().expect("it is open");
            b.is(Closed);
            let tells = matches!(
                state,
                SynReceived | Established | FinWait1 | FinWait2 | CloseWait
            );
            if !tells {
                b.sends_nothing();
            } else if with_ack {
                b.sends(&format!("R. {} ack {}", before.snd_nxt.0, before.rcv_nxt.0));
            } else {
                b.sends(&format!("R {}", before.snd_nxt.0));
            }
            b.sends_nothing();
            assert_eq!(b.ended().map(|e| e.0), Some(Ended::Aborted), "{state:?}");
        }
    }
}

cases![
    t1_rst_in_syn_sent_counts_by_its_ack_alone,
    t3_crossing_syn_ack_in_three_readings,
    t4_closing_answers_the_fin_again_with_an_ack_or_with_its_own_fin,
    t5_a_repeated_fin_starts_time_wait_over_or_does_not,
    t6_abort_leaves_its_issuer_closed_or_in_time_wait,
    t7_the_syn_again_gets_an_ack_or_the_syn_ack_again,
    t8_close_in_syn_received_keeps_the_syn_on_the_queue,
    t9_an_unsent_fin_is_not_acknowledged,
    t10_rst_in_time_wait_assassinates_or_is_ignored,
    t10_time_wait_assassination_as_it_happens,
    t11_fin_on_a_closed_window_is_refused_or_taken,
    t2_soft_errors_are_told_and_never_abort,
    u13_abort_in_each_of_the_eleven_states,
];
