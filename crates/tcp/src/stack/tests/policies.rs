//! What stacks differ in, each member alone.

use super::*;
use crate::settings::{ClosingReply, SynReceivedSyn, WindowRounding, ZeroWindowFin};

fn one(change: impl Fn(&mut Settings)) -> World {
    let mut a = settings(Policy::Rfc, 100);
    let mut b = settings(Policy::Rfc, 300);
    change(&mut a);
    change(&mut b);
    World::with(a, b)
}

#[test]
fn closing_answers_a_fin_with_its_own_or_with_an_ack() {
    for (reply, expected) in [
        (ClosingReply::BareAck, ">. 102 ack 302"),
        (ClosingReply::Fin, ">F. 101 ack 302"),
    ] {
        let mut world = one(|s| s.closing_reply = reply);
        let (a, _) = world.established();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        world.stacks[0].close(world.now, a).unwrap();
        world.drain();
        world.forge(0, (8080, port), "F.", 301, 101, b"");
        assert_eq!(world.state(0, a), State::Closing);
        world.forge(0, (8080, port), "F.", 301, 101, b"");
        assert!(world.last().contains(expected), "{}", world.last());
    }
}

#[test]
fn a_syn_that_comes_again_gets_an_ack_or_the_syn_ack() {
    for (answer, expected) in [
        (SynReceivedSyn::Ack, "<. 301 ack 1001"),
        (SynReceivedSyn::SynAck, "<S. 300 ack 1001"),
    ] {
        let mut world = one(|s| s.syn_received_syn = answer);
        world.listen();
        world.forge(1, (5, 8080), "S", 1000, 0, b"");
        world.forge(1, (5, 8080), "S", 1000, 0, b"");
        assert!(world.last().contains(expected), "{}", world.last());
    }
}

#[test]
fn a_fin_at_a_closed_window_is_refused_or_taken() {
    for (choice, state) in [
        (ZeroWindowFin::Refuse, State::Established),
        (ZeroWindowFin::Accept, State::CloseWait),
    ] {
        let mut world = one(|s| s.zero_window_fin = choice);
        let listener = world.listen();
        let size = SocketOption::ReceiveBuffer(100);
        world.stacks[1]
            .set_option(world.now, listener, size)
            .unwrap();
        let a = world.connect();
        world.run_for(200);
        let b = world.stacks[1].accept(listener).unwrap();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        world.forge(1, (port, 8080), ".", 101, 301, &[0; 100]);
        assert_eq!(world.stacks[1].status(b).unwrap().rcv_wnd, 0);
        world.forge(1, (port, 8080), "F.", 201, 301, b"");
        assert_eq!(world.state(1, b), state);
        // A RST is heeded all the same (MUST-66).
        let exact = if state == State::CloseWait { 202 } else { 201 };
        world.forge(1, (port, 8080), "R", exact, 0, b"");
        assert_eq!(world.state(1, b), State::Closed);
    }
}

#[test]
fn windows_may_be_rounded_to_segments() {
    let mut world = one(|s| s.window_rounding = WindowRounding::Segments);
    let (a, b) = world.established();
    world.send(0, a, &[0; 20_000]);
    for _ in 0..10 {
        world.run_for(300);
        let _ = world.receive(1, b);
    }
    world.send(0, a, &[0; 20_000]);
    world.run_for(600);
    let status = world.stacks[1].status(b).unwrap();
    assert_eq!(status.rcv_nxt, Seq(40_101));
}

#[test]
fn linux_gives_a_syn_up_after_ten_retries() {
    let mut world = World::new(Policy::Linux);
    world.lose = (0..20).map(|n| (0, n)).collect();
    let a = world.connect();
    world.run();
    // Four at equal intervals, and six with back-off.
    assert_eq!(world.numbers.len(), 11);
    assert_eq!(
        world.ended(0, a),
        [(Ended::TimedOut, "syn-retries-used-up")]
    );
    assert_eq!(world.now.0, 131_000_000);
}

#[test]
fn each_policy_lays_its_options_out() {
    for (policy, options) in [
        (Policy::Linux, "020405b40402080a"),
        (Policy::FreeBsd, "020405b401030306"),
        (Policy::Rfc, "020405b4"),
    ] {
        let mut stack = Stack::new(&[ip(0)], 1500, settings(policy, 1), [0; 16]);
        let socket = stack.socket();
        stack.connect(Instant(0), socket, at(1, 80)).unwrap();
        let mut out = Vec::new();
        stack.poll_transmit(Instant(0), &mut out).unwrap();
        let hex: String = out[40..].iter().map(|b| format!("{b:02x}")).collect();
        assert!(hex.starts_with(options), "{policy:?} {hex}");
    }
}

#[test]
fn records_are_compact() {
    // Told rather than guessed: what a connection and a TIME-WAIT record cost.
    assert!(size_of::<crate::time_wait::TimeWait>() <= 200);
    assert!(
        size_of::<crate::tcb::Tcb>() <= 900,
        "{}",
        size_of::<crate::tcb::Tcb>()
    );
    assert!(size_of::<Slot>() <= 16);
}
