//! What is sent when: Nagle, delayed ACKs, windows, probes, keep-alive, limits, urgent data.

use super::*;
use crate::event::Report;

fn words(world: &World) -> Vec<String> {
    world
        .numbers
        .iter()
        .map(|n| n.split(' ').skip(1).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn nagle_and_delayed_acks_stall_small_writes() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.numbers.clear();
    world.send(0, a, b"one");
    world.send(0, a, b"two");
    world.run_for(1000);
    assert_eq!(
        world.numbers,
        [
            "200 >P. 101 ack 301 len 3 data-sent",
            "450 <. 301 ack 104 delayed-ack-timeout",
            "500 >P. 104 ack 301 len 3 data-sent",
            "750 <. 301 ack 107 delayed-ack-timeout",
        ]
    );
    assert!(world.said(0, "held-by-nagle"));
    assert_eq!(world.receive(1, b).unwrap(), b"onetwo");
    // Without Nagle both go at once.
    world.stacks[0]
        .set_option(world.now, a, SocketOption::NoDelay(true))
        .unwrap();
    world.numbers.clear();
    world.send(0, a, b"one");
    world.send(0, a, b"two");
    assert_eq!(world.numbers.len(), 2);
}

#[test]
fn every_second_full_segment_is_acknowledged_at_once() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.numbers.clear();
    world.send(0, a, &[0; 4 * 1460]);
    world.run_for(60);
    let acks = world
        .numbers
        .iter()
        .filter(|n| n.ends_with("ack-every-second-segment"))
        .count();
    assert_eq!(acks, 2);
    assert_eq!(world.receive(1, b).unwrap().len(), 4 * 1460);
}

#[test]
fn a_closed_window_is_probed_with_growing_intervals_and_never_given_up() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    world.stacks[1]
        .set_option(world.now, listener, SocketOption::ReceiveBuffer(1000))
        .unwrap();
    let a = world.connect();
    world.run_for(200);
    let b = world.stacks[1].accept(listener).unwrap();
    world.send(0, a, &[0; 3000]);
    world.run_for(3_600_000);
    let probes: Vec<u64> = world
        .numbers
        .iter()
        .filter(|n| n.ends_with("zero-window-probe"))
        .map(|n| n.split(' ').next().unwrap().parse().unwrap())
        .collect();
    let gaps: Vec<u64> = probes.windows(2).map(|p| (p[1] - p[0]) / 1000).collect();
    assert_eq!(gaps[..6], [2, 4, 8, 16, 32, 60], "{probes:?}");
    assert!(gaps[6..].iter().all(|&g| g == 60));
    assert_eq!(world.state(0, a), State::Established);
    assert!(world.said(1, "text-at-closed-window"));
    // The window opens: everything flows.
    world.numbers.clear();
    let mut got = world.receive(1, b).unwrap().len();
    for _ in 0..20 {
        world.run_for(1000);
        got += world.receive(1, b).map_or(0, |v| v.len());
    }
    assert_eq!(got, 3000, "{:#?}", world.numbers);
    assert!(words(&world)[0].contains("window-update-sent"));
}

#[test]
fn probes_that_nobody_answers_end_it() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    world.stacks[1]
        .set_option(world.now, listener, SocketOption::ReceiveBuffer(1000))
        .unwrap();
    let a = world.connect();
    world.run_for(200);
    world.send(0, a, &[0; 3000]);
    world.run_for(500);
    world.lose = (0..100).map(|n| (1, n)).collect();
    world.run_for(1_000_000);
    assert_eq!(world.ended(0, a), [(Ended::TimedOut, "probes-unanswered")]);
}

#[test]
fn a_dead_peer_is_given_up_at_r2_and_told_of_at_r1() {
    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.lose = (0..100).map(|n| (0, n)).collect();
    let start = world.now;
    world.send(0, a, b"hello?");
    world.run();
    assert_eq!(world.ended(0, a), [(Ended::TimedOut, "r2-reached")]);
    assert_eq!(
        world.events[0]
            .iter()
            .filter(|e| matches!(
                e.kind,
                EventKind::Report {
                    report: Report::Retransmitting,
                    ..
                }
            ))
            .count(),
        1
    );
    assert_eq!(world.now.since(start), Duration::from_secs(100));
}

#[test]
fn the_application_sets_its_own_limit_or_none() {
    for (limit, ms) in [(Some(300), 300), (Some(5_000), 5_000)] {
        let mut world = World::new(Policy::Rfc);
        let (a, _) = world.established();
        world.lose = (0..100).map(|n| (0, n)).collect();
        let option = SocketOption::UserTimeout(limit.map(Duration::from_millis));
        world.stacks[0].set_option(world.now, a, option).unwrap();
        let start = world.now;
        world.send(0, a, b"hello?");
        world.run();
        assert_eq!(world.ended(0, a), [(Ended::TimedOut, "user-timeout")]);
        assert_eq!(world.now.since(start), Duration::from_millis(ms));
    }
    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.lose = (0..1000).map(|n| (0, n)).collect();
    world.stacks[0]
        .set_option(world.now, a, SocketOption::UserTimeout(None))
        .unwrap();
    world.send(0, a, b"hello?");
    world.run_for(10_000_000);
    assert_eq!(world.state(0, a), State::Established);
}

#[test]
fn keep_alive_finds_the_dead_and_leaves_the_living() {
    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.stacks[0]
        .set_option(
            world.now,
            a,
            SocketOption::KeepAlive(Some(Duration::from_secs(60))),
        )
        .unwrap();
    world.numbers.clear();
    world.run_for(200_000);
    assert_eq!(
        words(&world)[..2],
        [
            ">. 100 ack 301 keep-alive-probe",
            "<. 301 ack 101 ack-for-unacceptable"
        ]
    );
    assert_eq!(world.numbers.len(), 6);
    world.lose = (0..100).map(|n| (1, n)).collect();
    world.numbers.clear();
    world.run_for(2_000_000);
    assert_eq!(
        world.ended(0, a),
        [(Ended::TimedOut, "keep-alive-unanswered")]
    );
    assert_eq!(
        world
            .numbers
            .iter()
            .filter(|n| n.ends_with("keep-alive-probe"))
            .count(),
        9
    );
    assert_eq!(
        world.numbers.iter().filter(|n| n.contains(">R.")).count(),
        1
    );
}

#[test]
fn urgent_data_are_announced() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.numbers.clear();
    world.stacks[0]
        .send(world.now, a, b"calm", SendFlags::default())
        .unwrap();
    world.stacks[0]
        .send(
            world.now,
            a,
            b"!!",
            SendFlags {
                urgent: true,
                push: true,
                more: false,
            },
        )
        .unwrap();
    world.run_for(100);
    assert_eq!(words(&world)[0], ">P.U 101 ack 301 len 6 data-sent");
    let status = world.stacks[1].status(b).unwrap();
    assert_eq!(status.rcv_up, Seq(107));
    assert_eq!(
        world.events[1]
            .iter()
            .filter(|e| matches!(
                e.kind,
                EventKind::Report {
                    report: Report::Urgent,
                    ..
                }
            ))
            .count(),
        1
    );
    assert_eq!(world.receive(1, b).unwrap(), b"calm!!");
    assert_eq!(world.stacks[1].status(b).unwrap().rcv_up, Seq(107));
}

#[test]
fn silly_windows_are_not_offered_and_not_used() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    world.stacks[1]
        .set_option(world.now, listener, SocketOption::ReceiveBuffer(4000))
        .unwrap();
    let a = world.connect();
    world.run_for(200);
    let b = world.stacks[1].accept(listener).unwrap();
    world.send(0, a, &[0; 8000]);
    world.run_for(1000);
    // The application reads in drops; the window opens in steps of a segment.
    for _ in 0..10 {
        let mut into = Vec::new();
        world.stacks[1]
            .receive(world.now, b, &mut into, 100)
            .unwrap();
        world.drain();
    }
    assert_eq!(world.stacks[1].status(b).unwrap().rcv_wnd, 0);
    let mut into = Vec::new();
    world.stacks[1]
        .receive(world.now, b, &mut into, 500)
        .unwrap();
    world.drain();
    assert_eq!(world.stacks[1].status(b).unwrap().rcv_wnd, 1500);
    assert!(world.last().ends_with("window-update-sent"));
}

#[test]
fn the_right_edge_of_the_window_never_moves_back() {
    for policy in [Policy::Rfc, Policy::Linux, Policy::FreeBsd] {
        let mut world = World::new(policy);
        let (a, b) = world.established();
        let mut edge = None;
        for n in 0..400u32 {
            let text = vec![0; (n as usize * 37) % 3000];
            let _ = world.stacks[0].send(world.now, a, &text, SendFlags::default());
            world.run_for(30);
            let status = world.stacks[1].status(b).unwrap();
            let now = status.rcv_nxt.add(status.rcv_wnd);
            assert!(edge.is_none_or(|e: Seq| now.at_or_after(e)), "{policy:?}");
            edge = Some(now);
            if n % 3 == 0 {
                let mut into = Vec::new();
                let _ = world.stacks[1].receive(world.now, b, &mut into, (n as usize * 91) % 5000);
            }
        }
    }
}

#[test]
fn sending_stops_when_the_buffer_is_full_and_says_when_not() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    assert_eq!(
        world.stacks[0].send(world.now, a, &[0; 100_000], SendFlags::default()),
        Ok(65_536)
    );
    assert_eq!(
        world.stacks[0].send(world.now, a, &[0; 1], SendFlags::default()),
        Err(CallError::WouldBlock)
    );
    for _ in 0..100 {
        world.run_for(100);
        let _ = world.receive(1, b);
    }
    assert!(
        world.events[0]
            .iter()
            .any(|e| e.kind == EventKind::Writable)
    );
}

#[test]
fn sequence_numbers_wrap_during_everything() {
    for iss in (0..40).map(|n| 0u32.wrapping_sub(n)) {
        let mut world = World::with(
            settings(Policy::Rfc, iss),
            settings(Policy::Rfc, iss.wrapping_add(7)),
        );
        let (a, b) = world.established();
        world.send(0, a, b"0123456789");
        world.send(1, b, b"0123456789");
        world.run_for(500);
        assert_eq!(world.receive(0, a).unwrap(), b"0123456789");
        assert_eq!(world.receive(1, b).unwrap(), b"0123456789");
        world.close(0, a);
        world.run_for(500);
        world.close(1, b);
        world.run();
        assert_eq!(world.ended(0, a), [(Ended::Closed, "time-wait-over")]);
        assert_eq!(world.ended(1, b), [(Ended::Closed, "ack-of-fin-received")]);
    }
}
