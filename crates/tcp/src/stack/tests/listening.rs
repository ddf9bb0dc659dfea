//! Listeners: queues, cookies, several sockets on a port; ICMP; IPv6.

use super::*;
use crate::settings::SynCookies;
use crate::wire::icmp::write_error;
use crate::wire::{IcmpKind, Timestamps, Unreachable};
use core::net::Ipv6Addr;

#[test]
fn a_full_syn_queue_turns_syns_away() {
    let mut b = settings(Policy::Rfc, 300);
    b.backlog = 2;
    let mut world = World::with(settings(Policy::Rfc, 100), b);
    let listener = world.listen();
    for port in 1..=3 {
        world.forge(1, (port, 8080), "S", 1000, 0, b"");
    }
    assert_eq!(world.numbers.len(), 2);
    assert_eq!(world.stacks[1].status(listener).unwrap().syn_queue, 2);
    assert!(world.said(1, "syn-queue-full"));
    // They are given up after five retries, and there is room again.
    world.lose = (2..20)
        .map(|n| (1, n))
        .chain((0..2).map(|n| (0, n)))
        .collect();
    world.run();
    assert_eq!(world.stacks[1].status(listener).unwrap().syn_queue, 0);
    assert_eq!(
        world.numbers.iter().filter(|n| n.contains("<S.")).count(),
        2 * 6
    );
}

#[test]
fn an_accept_queue_that_is_full_holds_the_handshake_up() {
    let mut b = settings(Policy::Rfc, 300);
    b.accept_backlog = 1;
    let mut world = World::with(settings(Policy::Rfc, 100), b);
    let listener = world.listen();
    let first = world.connect();
    world.run_for(200);
    let second = world.connect();
    world.run_for(200);
    assert_eq!(world.state(0, first), State::Established);
    assert_eq!(world.state(0, second), State::SynSent);
    assert!(world.said(1, "accept-queue-full"));
    world.stacks[1].accept(listener).unwrap();
    world.run_for(3000);
    assert_eq!(world.state(0, second), State::Established);
}

#[test]
fn cookies_keep_nothing_and_still_open() {
    for policy in [Policy::Rfc, Policy::Linux] {
        let mut b = settings(policy, 300);
        b.syn_cookies = SynCookies::Always;
        let mut world = World::with(settings(policy, 100), b);
        let listener = world.listen();
        let a = world.connect();
        world.run_for(60);
        assert_eq!(
            world.stacks[1].sockets().len(),
            1,
            "nothing but the listener"
        );
        world.run_for(200);
        let b = world.stacks[1].accept(listener).unwrap();
        let (at_a, at_b) = (
            world.stacks[0].status(a).unwrap(),
            world.stacks[1].status(b).unwrap(),
        );
        assert_eq!(at_b.state, State::Established);
        assert_eq!(at_b.mss_peer, 1460);
        let options = policy == Policy::Linux;
        assert_eq!(
            (at_b.timestamps, at_b.sack, at_b.window_scale.is_some()),
            (options, options, options)
        );
        assert_eq!((at_a.timestamps, at_a.sack), (options, options));
        world.send(0, a, b"hello");
        world.send(1, b, b"there");
        world.run_for(500);
        assert_eq!(world.receive(1, b).unwrap(), b"hello");
        assert_eq!(world.receive(0, a).unwrap(), b"there");
    }
}

#[test]
fn a_flood_is_survived_with_cookies_only() {
    for cookies in [SynCookies::Off, SynCookies::Overflow] {
        let mut b = settings(Policy::Rfc, 300);
        b.backlog = 16;
        b.syn_cookies = cookies;
        let mut world = World::with(settings(Policy::Rfc, 100), b);
        world.listen();
        for n in 0..200u16 {
            let bytes = segment(7, 1, (n, 8080), "S", 1, 0, b"", &OptionSet::default(), 1000);
            world.stacks[1].handle_datagram(world.now, &bytes);
        }
        // Nobody is at the forged address.
        let mut out = Vec::new();
        while world.stacks[1].poll_transmit(world.now, &mut out).is_some() {}
        let a = world.connect();
        world.run_for(300);
        let open = world.state(0, a) == State::Established;
        assert_eq!(open, cookies == SynCookies::Overflow);
        assert!(world.stacks[1].sockets().len() <= 18);
    }
}

#[test]
fn a_forged_cookie_gets_a_reset() {
    let mut b = settings(Policy::Rfc, 300);
    b.syn_cookies = SynCookies::Always;
    let mut world = World::with(settings(Policy::Rfc, 100), b);
    world.listen();
    for ack in 0..1000 {
        world.forge(1, (5, 8080), ".", 1, ack * 4_000_037, b"");
    }
    assert_eq!(world.stacks[1].sockets().len(), 1);
    assert!(world.last().contains("<R "));
}

#[test]
fn the_most_particular_listener_gets_the_syn() {
    let mut world = World::new(Policy::Rfc);
    let any = world.stacks[1].socket();
    world.stacks[1]
        .bind(
            any,
            SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8080),
        )
        .unwrap();
    world.stacks[1].listen(world.now, any, None).unwrap();
    let clash = world.stacks[1].socket();
    assert_eq!(
        world.stacks[1].bind(clash, at(1, 8080)),
        Err(CallError::AddressInUse)
    );
    let a = world.connect();
    world.run_for(200);
    assert_eq!(world.state(0, a), State::Established);
    let b = world.stacks[1].accept(any).unwrap();
    assert_eq!(world.stacks[1].status(b).unwrap().local, Some(at(1, 8080)));
}

/// An ICMP error from a router about A's segment with `seq`.
fn icmp(world: &World, socket: SocketId, kind: IcmpKind, seq: u32) -> Vec<u8> {
    let status = world.stacks[0].status(socket).unwrap();
    let ports = (status.local.unwrap().port(), 8080);
    let quoted = segment(0, 1, ports, "S", seq, 0, b"", &OptionSet::default(), 1000);
    let mut out = Vec::new();
    write_error(&mut out, &Envelope::new(ip(8), ip(0)), kind, &quoted).unwrap();
    out
}

#[test]
fn icmp_soft_and_hard() {
    for (policy, kind, ends) in [
        (Policy::Rfc, IcmpKind::Unreachable(Unreachable::Host), false),
        (Policy::Rfc, IcmpKind::Unreachable(Unreachable::Port), true),
        (
            Policy::Rfc,
            IcmpKind::TimeExceeded { reassembly: false },
            false,
        ),
        (Policy::Rfc, IcmpKind::SourceQuench, false),
        (
            Policy::Linux,
            IcmpKind::Unreachable(Unreachable::Host),
            true,
        ),
    ] {
        let mut world = World::new(policy);
        let a = world.connect();
        world.drain();
        let bytes = icmp(&world, a, kind, 100);
        world.give(0, &bytes);
        let expected = if ends {
            let reason = if kind.is_hard() {
                "icmp-hard-error"
            } else {
                "icmp-ends-attempt"
            };
            vec![(Ended::Unreachable, reason)]
        } else {
            vec![]
        };
        assert_eq!(world.ended(0, a), expected, "{kind:?}");
        // One that quotes what was never sent is not believed.
        let mut world = World::new(policy);
        let a = world.connect();
        world.drain();
        let bytes = icmp(&world, a, kind, 5000);
        world.give(0, &bytes);
        assert_eq!(world.reasons(0), ["icmp-outside-flight"]);
    }
}

#[test]
fn too_big_makes_segments_smaller() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.lose.push((0, 2));
    world.send(0, a, &[1; 3000]);
    let bytes = icmp(&world, a, IcmpKind::TooBig { mtu: 1000 }, 101);
    world.give(0, &bytes);
    assert_eq!(world.stacks[0].status(a).unwrap().mss_effective, 960);
    world.run_for(1000);
    assert_eq!(world.receive(1, b).unwrap().len(), 3000);
    assert!(
        world
            .numbers
            .iter()
            .any(|n| n.contains("len 960 path-mtu-lowered")),
        "{:?}",
        world.numbers
    );
}

#[test]
fn over_ipv6_too() {
    let host = |n: u16| IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n));
    let mut a = Stack::new(&[host(1)], 1500, settings(Policy::Linux, 100), [1; 16]);
    let mut b = Stack::new(&[host(2)], 1500, settings(Policy::Linux, 300), [2; 16]);
    let listener = b.socket();
    b.bind(listener, SocketAddr::new(host(2), 80)).unwrap();
    b.listen(Instant(0), listener, None).unwrap();
    let client = a.socket();
    a.connect(Instant(0), client, SocketAddr::new(host(2), 80))
        .unwrap();
    a.send(Instant(0), client, &[9; 5000], SendFlags::default())
        .unwrap();
    for _ in 0..20 {
        let mut out = Vec::new();
        while a.poll_transmit(Instant(0), &mut out).is_some() {
            b.handle_datagram(Instant(0), &out);
            out.clear();
        }
        while b.poll_transmit(Instant(0), &mut out).is_some() {
            a.handle_datagram(Instant(0), &out);
            out.clear();
        }
    }
    let server = b.accept(listener).unwrap();
    let status = a.status(client).unwrap();
    assert_eq!((status.mss_peer, status.mss_effective), (1440, 1428));
    let mut got = Vec::new();
    b.receive(Instant(0), server, &mut got, usize::MAX).unwrap();
    assert_eq!(got.len(), 5000);
}

#[test]
fn a_syn_with_every_option() {
    let mut world = World::new(Policy::Linux);
    world.listen();
    let options = OptionSet {
        mss: Some(1000),
        window_scale: Some(3),
        sack_permitted: true,
        timestamps: Some(Timestamps { value: 5, echo: 0 }),
        ..OptionSet::default()
    };
    world.forge_with(1, (5, 8080), "S", 1000, 0, b"", &options, 1000);
    let child = world.stacks[1].sockets().pop().unwrap();
    assert_eq!(
        (
            child.mss_peer,
            child.window_scale,
            child.sack,
            child.timestamps
        ),
        (1000, Some((7, 3)), true, true)
    );
    assert_eq!(child.mss_effective, 988);
}

#[test]
fn sockets_of_a_host_are_bounded_against_floods() {
    let mut b = settings(Policy::Rfc, 300);
    b.backlog = 10_000;
    b.half_open = 50;
    let mut world = World::with(settings(Policy::Rfc, 100), b);
    world.listen();
    for port in 0..200 {
        world.forge(1, (port, 8080), "S", 1000, 0, b"");
    }
    assert_eq!(world.stacks[1].sockets().len(), 51);
    assert!(world.said(1, "half-open-limit"));
}
