//! Boundaries and corners that mutation testing found unguarded: each test here
//! fails when one comparison, one operator or one condition of the engine is turned round.

use super::*;
use crate::permission::StateCall;
use crate::settings::SynCookies;
use crate::wire::icmp::write_error;
use crate::wire::{IcmpKind, Timestamps};

const CALLS: [StateCall; 6] = [
    StateCall::Accept,
    StateCall::Send,
    StateCall::Receive,
    StateCall::Shutdown,
    StateCall::Close,
    StateCall::Abort,
];

fn called(
    stack: &mut Stack,
    now: Instant,
    socket: SocketId,
    call: StateCall,
) -> Result<(), CallError> {
    match call {
        StateCall::Accept => stack.accept(socket).map(drop),
        StateCall::Send => stack
            .send(now, socket, b"x", SendFlags::default())
            .map(drop),
        StateCall::Receive => stack.receive(now, socket, &mut Vec::new(), 10).map(drop),
        StateCall::Shutdown => stack.shutdown(now, socket),
        StateCall::Close => stack.close(now, socket),
        StateCall::Abort => stack.abort(now, socket),
    }
}

/// What a host says it would answer is what it answers, in whatever state.
#[test]
fn a_call_is_refused_exactly_as_foretold() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    let a = world.connect();
    let mut moments = vec![world.stacks.clone()];
    let mut looked = |world: &World| moments.push(world.stacks.clone());
    world.drain();
    looked(&world);
    for step in 0..9 {
        match step {
            0 => world.run_for(60),
            1 => world.run_for(200),
            2 => drop(world.stacks[1].accept(listener)),
            3 => drop(world.send(0, a, b"text")),
            4 => world.run_for(1_000),
            5 => drop(world.stacks[0].shutdown(world.now, a)),
            6 => world.run_for(1_000),
            7 => {
                let b = world.stacks[1].sockets()[1].socket;
                world.stacks[1].shutdown(world.now, b).unwrap();
                world.drain();
            }
            _ => world.run_for(1_000),
        }
        looked(&world);
    }
    let mut idle = World::new(Policy::Rfc);
    let fresh = idle.stacks[0].socket();
    let passive = idle.stacks[1].socket();
    idle.stacks[1].bind(passive, at(1, 9)).unwrap();
    idle.stacks[1]
        .open_passive(idle.now, passive, None)
        .unwrap();
    looked(&idle);
    assert!(idle.stacks[0].status(fresh).is_ok());

    let mut seen = Vec::new();
    for stack in moments.iter().flatten() {
        for status in stack.sockets() {
            for call in CALLS {
                let answer = called(&mut stack.clone(), world.now, status.socket, call);
                if status.kind == SocketKind::Idle && answer != Err(CallError::NoConnection) {
                    // Without a TCB there is no state: what else may be said of a fresh socket is not asked here.
                    continue;
                }
                assert_eq!(
                    status.refusal(call),
                    answer.err(),
                    "{call:?} of {:?} {:?}, attached {}",
                    status.kind,
                    status.state,
                    status.attached
                );
                let what = (status.kind, status.state, status.attached);
                if !seen.contains(&what) {
                    seen.push(what);
                }
            }
        }
    }
    assert!(seen.len() >= 10, "{seen:?}");
}

/// The ACK that completes a handshake has a scaled window; that of a SYN has not.
#[test]
fn the_window_of_the_handshakes_last_ack_is_scaled() {
    let mut world = World::with(settings(Policy::Rfc, 100), settings(Policy::Linux, 300));
    let listener = world.listen();
    let options = OptionSet {
        mss: Some(1460),
        window_scale: Some(3),
        ..OptionSet::default()
    };
    world.forge_with(1, (5_000, 8080), "S", 700, 0, b"", &options, 1_000);
    let plain = OptionSet::default();
    world.forge_with(1, (5_000, 8080), ".", 701, 301, b"", &plain, 100);
    let b = world.stacks[1].accept(listener).unwrap();
    assert_eq!(world.stacks[1].status(b).unwrap().snd_wnd, 800);
}

/// Cookies that were given out while they were on are worth nothing once they are off.
#[test]
fn a_cookie_opens_nothing_when_cookies_are_off() {
    for off in [false, true] {
        let mut b = settings(Policy::Rfc, 300);
        b.syn_cookies = SynCookies::Always;
        let mut world = World::with(settings(Policy::Rfc, 100), b.clone());
        let listener = world.listen();
        world.forge(1, (5_000, 8080), "S", 700, 0, b"");
        let cookie: u32 = world.last().split(' ').nth(2).unwrap().parse().unwrap();
        if off {
            b.syn_cookies = SynCookies::Off;
            world.stacks[1].configure(world.now, b);
        }
        world.forge(1, (5_000, 8080), ".", 701, cookie.wrapping_add(1), b"");
        assert_eq!(world.stacks[1].accept(listener).is_err(), off);
        assert_eq!(world.said(1, "ack-in-listen"), off);
    }
}

/// Keep-alive counts from ESTABLISHED on, and is silent while a FIN is on its way (MUST-26).
#[test]
fn keep_alive_waits_for_its_interval_and_for_the_fin() {
    let mut a = settings(Policy::Rfc, 100);
    a.keep_alive = true;
    a.keep_alive_interval = Duration::from_secs(10);
    a.keep_alive_probe_interval = Duration::from_secs(1);
    a.keep_alive_count = 2;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    let (a, _) = world.established();
    let since = Instant(2 * LATENCY.0);
    let set: Vec<Instant> = world.events[0]
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::TimerSet {
                timer: Timer::KeepAlive,
                deadline,
                ..
            } => Some(deadline),
            _ => None,
        })
        .collect();
    assert_eq!(set, [since + Duration::from_secs(10)]);
    // B falls silent: our FIN is sent again and again, and nobody probes.
    world.lose = (0..40).map(|n| (0, world.sent[0] + n)).collect();
    world.stacks[0].shutdown(world.now, a).unwrap();
    world.numbers.clear();
    world.run_for(60_000);
    assert_eq!(world.state(0, a), State::FinWait1);
    assert!(world.numbers.len() > 3);
    for line in &world.numbers {
        assert!(line.contains(">F. 101"), "{line}");
    }
}

/// B's window is shut, and A has something to say.
fn shut(change: impl Fn(&mut Settings)) -> (World, SocketId, SocketId) {
    let (mut a, mut b) = (settings(Policy::Rfc, 100), settings(Policy::Rfc, 300));
    b.receive_buffer = 1_000;
    change(&mut a);
    let mut world = World::with(a, b);
    let (a, b) = world.established();
    world.send(0, a, &[7; 3_000]);
    world.run_for(30_000);
    assert_eq!(world.stacks[0].status(a).unwrap().snd_wnd, 0);
    (world, a, b)
}

/// Answered probes keep a connection for ever (MUST-37); unanswered ones do not (MUST-20).
#[test]
fn a_shut_window_is_borne_only_while_the_other_end_lives() {
    let (mut world, a, b) = shut(|_| {});
    world.run_for(900_000);
    assert_eq!(world.state(0, a), State::Established);
    // Then B is gone.
    world.stacks[1].abort(world.now, b).unwrap();
    world.stacks[1] = Stack::new(&[], 1_500, settings(Policy::Rfc, 300), [2; 16]);
    world.run_for(200_000);
    let ended = world.ended(0, a);
    assert_eq!(ended.len(), 1, "it is held for ever");
    assert_eq!(ended[0], (Ended::TimedOut, "probes-unanswered"));
}

/// The other end takes its window back over what is in flight, and says so again and again: nothing times out (SHLD-17).
#[test]
fn a_window_shut_over_what_is_in_flight_is_not_held_against_the_other_end() {
    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.lose = (0..10_000).map(|n| (0, world.sent[0] + n)).collect();
    world.send(0, a, &[7; 3_000]);
    let plain = OptionSet::default();
    for _ in 0..60 {
        world.forge_with(0, (8080, port), ".", 301, 101, b"", &plain, 0);
        world.run_for(5_000);
    }
    assert_eq!(world.state(0, a), State::Established);
    assert_eq!(world.ended(0, a), []);
}

/// A router's limit that lies above what is sent anyway makes nothing be sent again.
#[test]
fn a_path_mtu_above_the_segments_changes_nothing() {
    for (mtu, again) in [(1_400u16, false), (500, true)] {
        let mut world = World::new(Policy::Rfc);
        let (a, _) = world.established();
        let limit = SocketOption::MaximumSegmentSize(536);
        world.stacks[0].set_option(world.now, a, limit).unwrap();
        world.send(0, a, &[7; 536]);
        let status = world.stacks[0].status(a).unwrap();
        let ports = (status.local.unwrap().port(), 8080);
        let sent = segment(0, 1, ports, "P.", 101, 301, b"", &OptionSet::default(), 0);
        let mut message = Vec::new();
        let kind = IcmpKind::TooBig {
            mtu: u32::from(mtu),
        };
        write_error(&mut message, &Envelope::new(ip(1), ip(0)), kind, &sent).unwrap();
        let before = world.numbers.len();
        world.give(0, &message);
        assert!(world.said(0, "path-mtu-lowered"));
        assert_eq!(world.numbers.len() > before, again, "MTU {mtu}");
    }
}

/// In SYN-SENT there is nobody to be reset: linger zero or not, CLOSE deletes the TCB (arc 6).
#[test]
fn linger_zero_means_nothing_before_there_is_a_connection() {
    let mut world = World::new(Policy::Rfc);
    let a = world.connect();
    let linger = SocketOption::Linger(Some(Duration::ZERO));
    world.stacks[0].set_option(world.now, a, linger).unwrap();
    world.drain();
    world.close(0, a);
    assert_eq!(world.ladder(), ">S");
    let ended = world.ended(0, a);
    assert_ne!(ended[0].1, "linger-zero", "{ended:?}");
}

/// With several samples a round trip each one counts for its share only (RFC 7323 appendix G).
#[test]
fn of_many_samples_each_counts_for_its_share() {
    let mut world = World::with(settings(Policy::Linux, 100), settings(Policy::Linux, 300));
    world.now = Instant(5_000_000);
    let (a, _) = world.established();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.lose = (0..100).map(|n| (0, world.sent[0] + n)).collect();
    // Ten segments are out: five samples are expected of them.
    world.send(0, a, &[7; 14_480]);
    let before = world.stacks[0].status(a).unwrap();
    let stamp = (world.now.0 / 1_000) as u32;
    let options = OptionSet {
        timestamps: Some(Timestamps {
            value: stamp,
            echo: stamp - 200,
        }),
        ..OptionSet::default()
    };
    world.forge_with(0, (8080, port), ".", 301, 101 + 1_448, b"", &options, 500);
    let after = world.stacks[0].status(a).unwrap();
    let (old, new) = (before.srtt.unwrap().0, after.srtt.unwrap().0);
    // alpha is 1/8 divided by five samples.
    assert_eq!(new - old, (200_000 - old) / 40, "{old} {new}");
}

/// Text that goes with SACK blocks is shorter by as much as these need (MUST-16).
#[test]
fn text_beside_sack_blocks_fits_the_mtu() {
    let mut world = World::with(settings(Policy::Linux, 100), settings(Policy::Linux, 300));
    let (a, _) = world.established();
    let status = world.stacks[0].status(a).unwrap();
    let ports = (8080, status.local.unwrap().port());
    let options = OptionSet {
        timestamps: Some(Timestamps {
            value: 1_000,
            echo: 0,
        }),
        ..OptionSet::default()
    };
    for hole in [1, 3, 5] {
        let seq = 301 + hole * 100;
        world.forge_with(0, ports, ".", seq, 101, &[9; 100], &options, 500);
    }
    world.numbers.clear();
    world.send(0, a, &[7; 4_000]);
    // 1500 less 40 of headers, 12 of timestamps, and 28 of three blocks with their padding.
    let mut full = world.numbers.iter().filter(|line| line.contains(" len "));
    assert!(
        full.next().unwrap().contains("len 1420"),
        "{:?}",
        world.numbers
    );
}

/// A FIN right behind the window's last byte is beyond it (trap T11).
#[test]
fn a_fin_behind_a_full_window_has_to_come_again() {
    for (accept, state) in [(false, State::Established), (true, State::CloseWait)] {
        let mut b = settings(Policy::Rfc, 300);
        b.receive_buffer = 1_000;
        if accept {
            b.zero_window_fin = crate::settings::ZeroWindowFin::Accept;
        }
        let mut world = World::with(settings(Policy::Rfc, 100), b);
        let (a, b) = world.established();
        let ports = (
            world.stacks[0].status(a).unwrap().local.unwrap().port(),
            8080,
        );
        world.forge(1, ports, "F.", 101, 301, &[7; 1_000]);
        assert_eq!(world.state(1, b), state);
        assert_eq!(world.receive(1, b).unwrap().len(), 1_000);
        world.forge(1, ports, "F.", 1_101, 301, b"");
        assert_eq!(world.state(1, b), State::CloseWait);
    }
}

/// Linger zero resets what is synchronised; in SYN-RECEIVED CLOSE queues its FIN as ever (arc 11).
#[test]
fn linger_zero_lets_syn_received_close_as_ever() {
    let mut world = World::new(Policy::Rfc);
    let a = world.connect();
    let linger = SocketOption::Linger(Some(Duration::ZERO));
    world.stacks[0].set_option(world.now, a, linger).unwrap();
    world.drain();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.forge(0, (8080, port), "S", 300, 0, b"");
    assert_eq!(world.state(0, a), State::SynReceived);
    world.close(0, a);
    let status = world.stacks[0].status(a).unwrap();
    assert_eq!(status.timers[Timer::User as usize], None);
    assert_eq!(world.ended(0, a), []);
}

/// TS.Recent is believed for 24 days of silence, and not a moment longer (RFC 7323 5.5).
#[test]
fn old_timestamps_are_believed_again_after_24_days() {
    const DAYS: u64 = 24 * 86_400 * 1_000_000;
    for (silence, taken) in [(DAYS, false), (DAYS + 1, true)] {
        let mut world = World::with(settings(Policy::Linux, 100), settings(Policy::Linux, 300));
        world.now = Instant(5_000_000);
        let (a, b) = world.established();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        let stamp = |value| OptionSet {
            timestamps: Some(Timestamps { value, echo: 0 }),
            ..OptionSet::default()
        };
        world.forge_with(1, (port, 8080), "P.", 101, 301, b"new", &stamp(9_000), 500);
        world.now = world.now + Duration(silence);
        world.forge_with(1, (port, 8080), "P.", 104, 301, b"old", &stamp(8_999), 500);
        let queue = world.stacks[1].status(b).unwrap().receive_queue;
        assert_eq!(queue, if taken { 6 } else { 3 }, "after {silence} µs");
    }
}

/// TIME-WAIT answers segments without text twice a second at most.
#[test]
fn time_wait_answers_again_after_exactly_half_a_second() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.close(0, a);
    world.run_for(200);
    world.close(1, b);
    world.run_for(200);
    assert_eq!(world.state(0, a), State::TimeWait);
    let mut answers = |later: u64| {
        world.now = world.now + Duration(later);
        let before = world.numbers.len();
        world.forge(0, (8080, port), ".", 250, 102, b"");
        world.numbers.len() - before
    };
    assert_eq!(answers(0), 1);
    assert_eq!(answers(499_999), 0);
    assert_eq!(answers(1), 1);
}

/// An ICMP error about what was never sent is not believed.
#[test]
fn an_icmp_error_has_to_be_about_what_is_in_flight() {
    for (seq, believed) in [(100, false), (101, true), (104, true), (105, false)] {
        let mut world = World::new(Policy::Rfc);
        let (a, _) = world.established();
        world.send(0, a, b"four");
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        let plain = OptionSet::default();
        let sent = segment(0, 1, (port, 8080), "P.", seq, 301, b"", &plain, 0);
        let mut message = Vec::new();
        let kind = IcmpKind::TooBig { mtu: 1_000 };
        write_error(&mut message, &Envelope::new(ip(1), ip(0)), kind, &sent).unwrap();
        world.give(0, &message);
        assert_eq!(world.said(0, "path-mtu-lowered"), believed, "SEQ {seq}");
    }
}

/// Once timestamps are agreed on, a RST and what TIME-WAIT answers have them, too (RFC 7323 3.2).
#[test]
fn resets_and_time_wait_have_the_timestamps_that_were_agreed_on() {
    let with_timestamps = |stack: &mut Stack, now: Instant| {
        let mut out = Vec::new();
        stack.poll_transmit(now, &mut out).unwrap();
        let datagram = Datagram::parse(&out).unwrap();
        let segment = Segment::parse(datagram.payload).unwrap();
        segment.parsed_options().timestamps.is_some()
    };
    for agreed in [false, true] {
        let policy = if agreed { Policy::Linux } else { Policy::Rfc };
        let opened = || {
            let mut world = World::with(settings(policy, 100), settings(policy, 300));
            let (a, b) = world.established();
            (world, a, b)
        };
        let (mut world, a, _) = opened();
        world.stacks[0].abort(world.now, a).unwrap();
        assert_eq!(with_timestamps(&mut world.stacks[0], world.now), agreed);

        let (mut world, a, b) = opened();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        world.close(0, a);
        world.run_for(200);
        world.close(1, b);
        world.run_for(200);
        assert_eq!(world.state(0, a), State::TimeWait);
        let plain = OptionSet::default();
        let again = segment(1, 0, (8080, port), "F.", 301, 102, b"", &plain, 500);
        let now = world.now;
        world.stacks[0].handle_datagram(now, &again);
        assert_eq!(with_timestamps(&mut world.stacks[0], now), agreed);
    }
}
