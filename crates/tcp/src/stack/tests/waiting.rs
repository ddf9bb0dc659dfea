//! TIME-WAIT, its protections and its ways out; ports.

use super::*;
use crate::settings::TimeWaitReuse;

/// A in TIME-WAIT towards B's port 8080, from its port 50 000. A: SND.NXT 102, RCV.NXT 302.
fn waiting(policy: Policy, change: impl Fn(&mut Settings)) -> (World, SocketId) {
    let mut a = settings(policy, 100);
    change(&mut a);
    let mut world = World::with(a, settings(policy, 300));
    let listener = world.listen();
    let a = world.stacks[0].socket();
    world.stacks[0].bind(a, at(0, 50_000)).unwrap();
    world.stacks[0].connect(world.now, a, at(1, 8080)).unwrap();
    world.run_for(200);
    let b = world.stacks[1].accept(listener).unwrap();
    world.close(0, a);
    world.run_for(200);
    world.close(1, b);
    world.run_for(200);
    assert_eq!(world.state(0, a), State::TimeWait);
    world.numbers.clear();
    (world, a)
}

#[test]
fn assassination_and_its_remedy() {
    let (mut world, a) = waiting(Policy::Rfc, |_| {});
    world.forge(0, (8080, 50_000), "R", 302, 0, b"");
    assert_eq!(
        world.ended(0, a),
        [(Ended::Closed, "time-wait-assassinated")]
    );
    for freebsd in [false, true] {
        let policy = if freebsd {
            Policy::FreeBsd
        } else {
            Policy::Rfc
        };
        let (mut world, a) = waiting(policy, |s| s.time_wait_protection = !freebsd);
        world.forge(0, (8080, 50_000), "R", 302, 0, b"");
        assert_eq!(world.state(0, a), State::TimeWait);
        assert!(world.said(0, "rst-ignored-in-time-wait"));
    }
}

#[test]
fn an_old_segment_is_answered_as_rfc_1337_tells() {
    let (mut world, a) = waiting(Policy::Rfc, |_| {});
    world.forge(0, (8080, 50_000), ".", 250, 102, b"old");
    assert!(
        world
            .last()
            .ends_with(">. 102 ack 302 ack-for-unacceptable")
    );
    world.run_for(1000);
    // B's host knows no such connection any more: its RST is the assassin.
    assert_eq!(
        world.ended(0, a),
        [(Ended::Closed, "time-wait-assassinated")]
    );
}

#[test]
fn a_fin_again_starts_over_but_not_by_the_letter() {
    for (policy, restarts) in [(Policy::Rfc, true), (Policy::Letter, false)] {
        let (mut world, a) = waiting(policy, |_| {});
        let before = world.stacks[0].status(a).unwrap().timers[Timer::TimeWait as usize].unwrap();
        world.run_for(10_000);
        world.forge(0, (8080, 50_000), "F.", 301, 102, b"");
        let after = world.stacks[0].status(a).unwrap().timers[Timer::TimeWait as usize].unwrap();
        assert_eq!(after > before, restarts);
        assert!(world.last().contains(">. 102 ack 302"));
    }
}

#[test]
fn a_new_syn_may_open_again() {
    // B closes first, so that TIME-WAIT is on the listener's side.
    for (reuse, seq, opens) in [
        (TimeWaitReuse::Off, 5000, false),
        (TimeWaitReuse::Sequence, 5000, true),
        (TimeWaitReuse::Sequence, 50, false),
        (TimeWaitReuse::Timestamps, 5000, true),
    ] {
        let mut b = settings(Policy::Rfc, 300);
        b.time_wait_reuse = reuse;
        b.isn = IsnGenerator::Fixed(Seq(300));
        let mut world = World::with(settings(Policy::Rfc, 100), b);
        let listener = world.listen();
        let a = world.stacks[0].socket();
        world.stacks[0].bind(a, at(0, 50_000)).unwrap();
        world.stacks[0].connect(world.now, a, at(1, 8080)).unwrap();
        world.run_for(200);
        let b = world.stacks[1].accept(listener).unwrap();
        world.close(1, b);
        world.run_for(200);
        world.close(0, a);
        world.run_for(200);
        assert_eq!(world.state(1, b), State::TimeWait);
        world.numbers.clear();
        world.forge(1, (50_000, 8080), "S", seq, 0, b"");
        if opens {
            // Its ISN lies above all the old connection ever used.
            assert!(
                world.last().contains(&format!("<S. 65839 ack {}", seq + 1)),
                "{}",
                world.last()
            );
            assert_eq!(
                world.ended(1, b),
                [(Ended::Closed, "syn-reopens-time-wait")]
            );
        } else {
            assert!(world.last().contains("<. 302 ack 102"), "{}", world.last());
            assert_eq!(world.state(1, b), State::TimeWait);
        }
    }
}

#[test]
fn a_port_in_time_wait_is_taken_unless_reuse_is_asked_for() {
    let (mut world, _) = waiting(Policy::Rfc, |_| {});
    let socket = world.stacks[0].socket();
    assert_eq!(
        world.stacks[0].bind(socket, at(0, 50_000)),
        Err(CallError::AddressInUse)
    );
    world.stacks[0]
        .set_option(world.now, socket, SocketOption::ReuseAddress(true))
        .unwrap();
    assert_eq!(
        world.stacks[0].bind(socket, at(0, 50_000)),
        Ok(at(0, 50_000))
    );
    // The very same connection is another matter.
    assert_eq!(
        world.stacks[0].connect(world.now, socket, at(1, 8080)),
        Err(CallError::AddressInUse)
    );
    world.run_for(300_000);
    world.stacks[0]
        .connect(world.now, socket, at(1, 8080))
        .unwrap();
}

#[test]
fn ephemeral_ports_run_out() {
    let mut a = settings(Policy::Rfc, 100);
    a.ephemeral_first = 50_000;
    a.ephemeral_last = 50_003;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    let listener = world.listen();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let a = world.connect();
        world.run_for(200);
        seen.push(world.stacks[0].status(a).unwrap().local.unwrap().port());
        let b = world.stacks[1].accept(listener).unwrap();
        world.close(0, a);
        world.run_for(200);
        world.close(1, b);
        world.run_for(200);
    }
    seen.sort_unstable();
    assert_eq!(seen, [50_000, 50_001, 50_002, 50_003]);
    let a = world.stacks[0].socket();
    assert_eq!(
        world.stacks[0].connect(world.now, a, at(1, 8080)),
        Err(CallError::NoPorts)
    );
    // Another remote end is another connection.
    world.stacks[0].connect(world.now, a, at(1, 8081)).unwrap();
    world.run();
    let b = world.stacks[0].socket();
    world.stacks[0].connect(world.now, b, at(1, 8080)).unwrap();
}

#[test]
fn a_full_table_ends_connections_at_once() {
    let mut a = settings(Policy::Rfc, 100);
    a.time_wait_records = 0;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    let (a, b) = world.established();
    world.ladder();
    world.close(0, a);
    world.run_for(200);
    world.close(1, b);
    world.run_for(200);
    assert_eq!(world.ladder(), ">F. <. <F. >.");
    assert_eq!(world.ended(0, a), [(Ended::Closed, "time-wait-table-full")]);
    assert_eq!(world.ended(1, b).len(), 1);
    assert_eq!(world.stacks[0].sockets().len(), 0);
}

#[test]
fn quiet_time_after_a_start() {
    let mut a = settings(Policy::Rfc, 100);
    a.quiet_time = true;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    world.listen();
    let a = world.connect();
    world.run_for(119_000);
    assert!(world.numbers.is_empty());
    world.run_for(2_000);
    assert_eq!(world.state(0, a), State::Established, "{:?}", world.numbers);
}
