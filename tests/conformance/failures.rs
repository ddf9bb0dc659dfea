//! When nobody answers: retransmission, R1 and R2, the SYN's three minutes, USER
//! TIMEOUT, keep-alive; and what ICMP says (RFC 9293 3.8.1-3.8.4, 3.9.2.2).

use tcp::error::CallError;
use tcp::event::{Ended, Report};
use tcp::stack::SocketOption;
use tcp::state::State::{Closed, Established, SynReceived, SynSent, TimeWait};
use tcp::time::Duration;
use tcp::wire::icmp::write_error;
use tcp::wire::{Envelope, IcmpKind, Unreachable};

use crate::bench::Bench;
use crate::record::{cases, shows};

#[test]
fn r1_is_told_and_r2_ends_it() {
    shows(
        "MUST-19, MUST-20, SHLD-9, SHLD-10, SHLD-11, MUST-47, arc 46, arc 51, setting r1, setting r2, setting error-reports",
    );
    let mut b = Bench::new("");
    b.established();
    let since = b.now;
    b.send(10).expect("room");
    b.wait_ms(6_999);
    assert!(!b.reported(Report::Retransmitting));
    b.wait_ms(1);
    assert!(b.reported(Report::Retransmitting));
    b.must_say("r1-reached");
    b.wait_ms(92_999);
    b.is(Established);
    b.wait_ms(1);
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::TimedOut, "r2-reached")));
    b.must_say("give-up-runs");
    assert_eq!(
        b.times_ms(since),
        [0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000]
    );
    assert_eq!(b.receive(1), Err(CallError::TimedOut));
    // R1 and R2 elsewhere, reports off.
    for (text, told, ends) in [
        ("r1 1", Some(1_000), 100_000),
        ("r2 30s", Some(7_000), 30_000),
        ("error-reports off", None, 100_000),
    ] {
        let mut b = Bench::new(text);
        b.established();
        b.send(10).expect("room");
        for ms in 1..=ends / 1_000 {
            b.wait_ms(1_000);
            assert_eq!(
                b.reported(Report::Retransmitting),
                told.is_some_and(|t| ms * 1_000 >= t),
                "{text} {ms}"
            );
            assert_eq!(b.state() == Closed, ms * 1_000 >= ends, "{text} {ms}");
        }
    }
    let mut b = Bench::new("r2 never; user-timeout never");
    b.established();
    b.send(10).expect("room");
    b.wait_s(100_000);
    b.is(Established);
}

#[test]
fn a_syn_is_tried_for_three_minutes() {
    shows(
        "MUST-22, MUST-23, setting syn-time-limit, setting syn-retries, setting syn-linear-timeouts, setting rto-initial",
    );
    let mut b = Bench::new("");
    b.connect();
    let since = b.now;
    b.wait_ms(179_999);
    b.is(SynSent);
    b.wait_ms(1);
    assert_eq!(b.ended(), Some((Ended::TimedOut, "syn-time-limit")));
    assert_eq!(
        b.times_ms(since),
        [0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000]
    );
    for (text, ms, reason) in [
        ("syn-time-limit 10s", 10_000, "syn-time-limit"),
        ("syn-retries 2", 7_000, "syn-retries-used-up"),
        ("policy linux", 131_000, "syn-retries-used-up"),
        (
            "policy linux; syn-linear-timeouts 0",
            127_000,
            "syn-retries-used-up",
        ),
        (
            "rto-initial 500ms; syn-retries 3",
            7_500,
            "syn-retries-used-up",
        ),
    ] {
        let mut b = Bench::new(text);
        b.connect();
        b.wait_ms(ms - 1);
        b.is(SynSent);
        b.wait_ms(1);
        assert_eq!(b.ended(), Some((Ended::TimedOut, reason)), "{text}");
    }
    // As Linux 6.5 and later send it.
    let mut b = Bench::new("policy linux");
    b.connect();
    let since = b.now;
    b.wait_s(131);
    assert_eq!(
        b.times_ms(since),
        [
            0, 1_000, 2_000, 3_000, 4_000, 5_000, 7_000, 11_000, 19_000, 35_000, 67_000
        ]
    );
}

#[test]
fn a_syn_ack_is_tried_so_often() {
    shows("setting syn-ack-retries, MUST-22");
    for (text, times) in [("", 6), ("syn-ack-retries 2", 3), ("syn-ack-retries 0", 1)] {
        let mut b = Bench::new(text);
        let listener = b.listen(None);
        b.arrives("S 300");
        b.wait_s(300);
        assert_eq!(b.all_sent(), vec!["S. 100 ack 301"; times]);
        b.must_say("syn-ack-retries-used-up");
        assert_eq!(b.stack.status(listener).expect("there").syn_queue, 0);
        assert_eq!(b.stack.sockets().len(), 1);
    }
}

#[test]
fn the_application_sets_its_own_limit() {
    shows("MUST-21, user timeout, setting user-timeout, arc 46");
    let mut b = Bench::in_state(Established, "");
    b.option(SocketOption::UserTimeout(Some(Duration::from_secs(2))));
    b.must_say("user-timeout-runs");
    b.wait_ms(1_999);
    b.is(Established);
    b.wait_ms(1);
    assert_eq!(b.ended(), Some((Ended::TimedOut, "user-timeout")));
    // Never.
    let mut b = Bench::in_state(Established, "");
    b.option(SocketOption::UserTimeout(None));
    b.wait_s(1_000_000);
    b.is(Established);
    b.arrives(". 301 ack 111");
    b.is(Established);
    // What an OPEN that names none gets; five minutes unless said, beside R2.
    for (text, ms) in [
        ("user-timeout 20s", 20_000),
        ("r2 never", 300_000),
        ("r2 never; policy rfc; user-timeout 300s; r2 never", 300_000),
    ] {
        let mut b = Bench::in_state(Established, text);
        b.wait_ms(ms - 1);
        b.is(Established);
        b.wait_ms(1);
        b.is(Closed);
    }
    // In SYN-RECEIVED and in closing states too.
    for state in [
        SynReceived,
        tcp::state::State::FinWait1,
        tcp::state::State::LastAck,
        tcp::state::State::Closing,
    ] {
        let mut b = Bench::in_state(state, "");
        b.option(SocketOption::UserTimeout(Some(Duration::from_millis(
            1_500,
        ))));
        b.wait_ms(1_500);
        b.is(Closed);
        assert_eq!(b.ended().map(|e| e.0), Some(Ended::TimedOut), "{state:?}");
    }
}

#[test]
fn each_state_retransmits_what_is_at_the_head() {
    shows("arc 51, MUST-22");
    use tcp::state::State::{CloseWait, Closing, FinWait1, LastAck};
    for (state, again) in [
        (SynSent, "S 100"),
        (SynReceived, "S. 100 ack 301"),
        (Established, "P. 101 ack 301 len 10"),
        (FinWait1, "FP. 101 ack 301 len 10"),
        (CloseWait, "P. 101 ack 302 len 10"),
        (Closing, "FP. 101 ack 302 len 10"),
        (LastAck, "FP. 101 ack 302 len 10"),
    ] {
        let mut b = Bench::in_state(state, "");
        b.wait_ms(1_000);
        b.sends(again);
        b.must_say("retransmission-timeout");
        b.wait_ms(2_000);
        b.sends(again);
        b.is(state);
    }
}

#[test]
fn keep_alive_is_off_unless_asked_for() {
    shows("MUST-24, MUST-25, MUST-28, MAY-5, setting keep-alive, setting keep-alive-interval");
    let mut b = Bench::new("");
    b.established();
    b.wait_s(1_000_000);
    b.sends_nothing();
    b.is(Established);
    let mut b = Bench::new("keep-alive on");
    b.established();
    b.must_say_soon("keep-alive-waits");
    b.wait_ms(7_199_999);
    b.sends_nothing();
    b.wait_ms(1);
    b.sends(". 100 ack 301");
    assert!(tcp::settings::Settings::default().keep_alive_interval >= Duration::from_secs(7_200));
    let mut b = Bench::new("keep-alive on; keep-alive-interval 60s");
    b.established();
    b.wait_s(60);
    b.sends(". 100 ack 301");
}

#[test]
fn keep_alive_probes_an_idle_connection() {
    shows(
        "MUST-26, MUST-27, MUST-29, SHLD-12, MAY-5, setting keep-alive-count, setting keep-alive-probe-interval",
    );
    let idle = SocketOption::KeepAlive(Some(Duration::from_secs(100)));
    let mut b = Bench::new("");
    b.established();
    b.option(idle);
    // Hearing something puts it off.
    b.wait_s(60);
    b.arrives("P. 301 ack 101 len 1");
    b.wait_s(99);
    b.sent.clear();
    b.wait_s(1);
    let probe = b.next();
    assert_eq!(probe.short(), ". 100 ack 302");
    b.must_say("keep-alive-probe");
    // An answer, and it waits again.
    b.arrives(". 302 ack 101");
    b.wait_s(99);
    b.sends_nothing();
    b.wait_s(1);
    b.sends(". 100 ack 302");
    // Eight more unanswered ones, 75 s apart, and it is given up.
    b.wait_s(75 * 8);
    assert_eq!(b.all_sent().len(), 8);
    b.is(Established);
    b.wait_s(75);
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::TimedOut, "keep-alive-unanswered")));
    assert_eq!(b.next().flags.to_string(), "R.");
    // Count and interval as set.
    let mut b = Bench::new("keep-alive-count 3; keep-alive-probe-interval 10s");
    b.established();
    b.option(idle);
    b.wait_ms(129_999);
    assert_eq!(b.all_sent().len(), 3);
    b.is(Established);
    b.wait_ms(1);
    b.is(Closed);
    // Not while something is outstanding.
    let mut b = Bench::new("r2 never; user-timeout never");
    b.established();
    b.option(SocketOption::KeepAlive(Some(Duration::from_secs(1))));
    b.send(10).expect("room");
    b.wait_s(500);
    assert!(b.all_sent().iter().all(|s| s.contains("len 10")));
    // And switched off in mid-life.
    let mut b = Bench::new("keep-alive on");
    b.established();
    b.option(SocketOption::KeepAlive(None));
    b.must_say("keep-alive-off");
    b.wait_s(20_000);
    b.sends_nothing();
}

#[test]
fn icmp_errors_reach_their_connection() {
    shows(
        "MUST-54, MUST-55, MUST-56, SHLD-25, SHLD-26, MUST-47, SHLD-20, setting icmp-errors, setting error-reports",
    );
    let port = IcmpKind::Unreachable(Unreachable::Port);
    let mut b = Bench::in_state(Established, "");
    b.icmp(IcmpKind::SourceQuench, 101);
    b.must_say("source-quench");
    b.is(Established);
    // Only about what is in flight.
    b.icmp(port, 99);
    b.icmp(port, 500);
    b.must_say("icmp-outside-flight");
    b.is(Established);
    b.icmp(IcmpKind::Unreachable(Unreachable::Host), 101);
    b.must_say("icmp-soft-error");
    assert!(b.reported(Report::SoftError));
    b.icmp(port, 101);
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::Unreachable, "icmp-hard-error")));
    let mut b = Bench::in_state(Established, "error-reports off");
    b.icmp(IcmpKind::TimeExceeded { reassembly: false }, 101);
    assert!(!b.reported(Report::SoftError));
    // Which errors end what is a setting.
    let prohibited = IcmpKind::Unreachable(Unreachable::Prohibited);
    let host = IcmpKind::Unreachable(Unreachable::Host);
    for (choice, kind, opening, established) in [
        ("hard", port, Closed, Closed),
        ("hard", host, SynSent, Established),
        ("hard-in-handshake", port, Closed, Established),
        ("all-in-handshake", host, Closed, Established),
        ("all-in-handshake", port, Closed, Established),
        ("wide-in-syn-sent", prohibited, Closed, Established),
        ("wide-in-syn-sent", host, SynSent, Established),
        ("none", port, SynSent, Established),
    ] {
        let text = format!("icmp-errors {choice}");
        let mut b = Bench::in_state(SynSent, &text);
        b.icmp(kind, 100);
        b.is(opening);
        if opening == Closed {
            // A soft error stays one, whatever is made of it.
            b.must_say(if kind.is_hard() {
                "icmp-hard-error"
            } else {
                "icmp-ends-attempt"
            });
        }
        let mut b = Bench::in_state(Established, &text);
        b.icmp(kind, 101);
        b.is(established);
    }
}

#[test]
fn icmp_that_concerns_nobody() {
    shows("MUST-54");
    let mut b = Bench::in_state(TimeWait, "");
    b.icmp(IcmpKind::Unreachable(Unreachable::Port), 111);
    b.must_say("icmp-in-time-wait");
    b.is(TimeWait);
    let mut b = Bench::new("");
    b.icmp(IcmpKind::Unreachable(Unreachable::Port), 100);
    b.must_say("icmp-for-no-connection");
    let router = Envelope::new(b.peer.ip(), b.ours.ip());
    let mut out = Vec::new();
    write_error(&mut out, &router, IcmpKind::SourceQuench, &[0x45, 0, 0, 1]).expect("one family");
    b.bytes(&out);
    b.must_say("icmp-quote-unreadable");
    // An echo request reports no error.
    let mut echo = Vec::new();
    router.write(&mut echo, 1, 8).expect("it fits");
    echo.extend([8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    b.bytes(&echo);
    b.must_say("icmp-not-an-error");
    b.sends_nothing();
}

#[test]
fn too_big_makes_segments_smaller() {
    shows("MUST-16, SHLD-6");
    let mut b = Bench::new("congestion none");
    b.established_with("win 10000 <mss 1460>");
    b.send(1460).expect("room");
    b.sends("P. 101 ack 301 len 1460");
    b.icmp(IcmpKind::TooBig { mtu: 1000 }, 101);
    b.must_say("path-mtu-lowered");
    assert_eq!(b.next().payload.len(), 960);
    assert_eq!(b.status().mss_effective, 960);
    b.icmp(IcmpKind::TooBig { mtu: 1400 }, 101);
    b.must_say("path-mtu-not-lower");
    assert_eq!(b.status().mss_effective, 960);
    // An old router that does not say: 576. And nobody makes it less than 68.
    b.icmp(IcmpKind::TooBig { mtu: 0 }, 101);
    assert_eq!(b.status().mss_effective, 536);
    b.icmp(IcmpKind::TooBig { mtu: 1 }, 101);
    assert_eq!(b.status().mss_effective, 28);
}

impl Bench {
    /// The reason was given at any time.
    #[track_caller]
    fn must_say_soon(&self, id: &str) {
        let all = self.events.iter().filter_map(crate::record::reason_of);
        assert!(all.into_iter().any(|r| r.id() == id), "{id}");
    }
}

cases![
    r1_is_told_and_r2_ends_it,
    a_syn_is_tried_for_three_minutes,
    a_syn_ack_is_tried_so_often,
    the_application_sets_its_own_limit,
    each_state_retransmits_what_is_at_the_head,
    keep_alive_is_off_unless_asked_for,
    keep_alive_probes_an_idle_connection,
    icmp_errors_reach_their_connection,
    icmp_that_concerns_nobody,
    too_big_makes_segments_smaller,
];
