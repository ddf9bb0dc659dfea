//! Window scale, timestamps, SACK, MSS.

use super::*;
use crate::wire::{SackBlock, SackBlocks, Timestamps};

#[test]
fn each_end_keeps_to_what_the_other_announced() {
    let mut world = World::new(Policy::Rfc);
    world.stacks[1] = Stack::new(&[ip(1)], 576, settings(Policy::Rfc, 300), [2; 16]);
    let (a, b) = world.established();
    let (at_a, at_b) = (
        world.stacks[0].status(a).unwrap(),
        world.stacks[1].status(b).unwrap(),
    );
    assert_eq!(
        (at_a.mss_announced, at_a.mss_peer, at_a.mss_effective),
        (1460, 536, 536)
    );
    assert_eq!(
        (at_b.mss_announced, at_b.mss_peer, at_b.mss_effective),
        (536, 1460, 536)
    );
    world.send(0, a, &[1; 2000]);
    world.send(1, b, &[1; 2000]);
    world.run_for(2000);
    assert!(world.numbers.iter().any(|n| n.contains("len 536")));
    assert!(!world.numbers.iter().any(|n| n.contains("len 14")));
}

#[test]
fn no_mss_option_means_536() {
    let mut a = settings(Policy::Rfc, 100);
    a.send_mss_option = false;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    let (_, b) = world.established();
    assert_eq!(world.stacks[1].status(b).unwrap().mss_effective, 536);
}

#[test]
fn options_are_used_only_when_both_ends_offer_them() {
    for (pa, pb) in [
        (Policy::Rfc, Policy::Linux),
        (Policy::Linux, Policy::Rfc),
        (Policy::Linux, Policy::FreeBsd),
    ] {
        let mut world = World::with(settings(pa, 100), settings(pb, 300));
        let (a, b) = world.established();
        let both = pa != Policy::Rfc && pb != Policy::Rfc;
        for (host, socket) in [(0, a), (1, b)] {
            let status = world.stacks[host].status(socket).unwrap();
            assert_eq!(
                (
                    status.sack,
                    status.timestamps,
                    status.window_scale.is_some()
                ),
                (both, both, both)
            );
        }
        if both {
            assert_eq!(
                world.stacks[0].status(a).unwrap().window_scale,
                Some((7, 6))
            );
        }
        world.send(0, a, &[1; 30_000]);
        world.run_for(2000);
        assert_eq!(world.receive(1, b).unwrap().len(), 30_000);
    }
}

#[test]
fn old_timestamps_are_old_duplicates() {
    for paws in [true, false] {
        let mut b = settings(Policy::Linux, 300);
        b.paws = paws;
        b.tolerate_missing_timestamps = false;
        let mut world = World::with(settings(Policy::Linux, 100), b);
        world.now = Instant(5_000_000);
        let (a, b) = world.established();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        let old = OptionSet {
            timestamps: Some(Timestamps { value: 10, echo: 0 }),
            ..OptionSet::default()
        };
        world.forge_with(1, (port, 8080), "P.", 101, 301, b"old", &old, 1000);
        assert_eq!(
            world.stacks[1].status(b).unwrap().receive_queue,
            if paws { 0 } else { 3 }
        );
        assert_eq!(world.said(1, "paws"), paws);
        world.forge(1, (port, 8080), "P.", 101, 301, b"none");
        assert!(world.said(1, "timestamps-missing"));
    }
}

/// RFC 7323 5.3: what lies outside the window is refused (R2) before its
/// timestamp is noted (R3). Else one forged segment from off the path, with any
/// old number and a timestamp of the future, would have PAWS drop all that is true.
#[test]
fn a_segment_outside_the_window_leaves_no_timestamp() {
    for seq in [101u32.wrapping_sub(50_000), 100, 101 + 200_000] {
        let mut world = World::new(Policy::Linux);
        world.now = Instant(5_000_000);
        let (a, b) = world.established();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        let future = OptionSet {
            timestamps: Some(Timestamps {
                value: 5_000 + 1_000_000,
                echo: 0,
            }),
            ..OptionSet::default()
        };
        world.forge_with(1, (port, 8080), ".", seq, 301, b"", &future, 1000);
        world.send(0, a, b"true");
        world.run_for(100);
        assert!(!world.said(1, "paws"), "{seq}");
        assert_eq!(world.receive(1, b).unwrap(), b"true", "{seq}");
    }
}

#[test]
fn holes_are_reported_and_only_they_are_sent_again() {
    for policy in [Policy::Linux, Policy::Rfc] {
        let mut world = World::new(policy);
        let (a, b) = world.established();
        world.ladder();
        world.numbers.clear();
        // Segments 2 and 4 of ten are lost.
        world.lose = vec![(0, 3), (0, 5)];
        world.send(0, a, &[1; 14_000]);
        world.run_for(900);
        assert_eq!(
            world.receive(1, b).unwrap().len(),
            14_000,
            "{policy:?} {}",
            world.numbers.join("\n")
        );
        let again = world
            .numbers
            .iter()
            .filter(|n| n.contains('>') && !n.contains("data-sent"))
            .count();
        assert_eq!(again, 2, "{policy:?} {}", world.numbers.join("\n"));
        assert!(world.said(0, "third-duplicate-ack"));
        assert!(world.said(0, "recovery-complete"));
        if policy == Policy::Linux {
            assert!(
                world
                    .numbers
                    .iter()
                    .any(|n| n.ends_with("sack-retransmission")),
                "{}",
                world.numbers.join("\n")
            );
        } else {
            assert!(world.numbers.iter().any(|n| n.ends_with("partial-ack")));
        }
    }
}

#[test]
fn sack_of_nonsense_does_no_harm() {
    let mut world = World::new(Policy::Linux);
    let (a, _) = world.established();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.send(0, a, &[1; 5000]);
    let mut x = 1u32;
    for n in 0..200 {
        let mut blocks = SackBlocks::EMPTY;
        for _ in 0..3 {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let left = Seq(x);
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            blocks.push(SackBlock {
                left,
                right: if n % 2 == 0 {
                    Seq(x)
                } else {
                    Seq(90).add(x % 6000)
                },
            });
        }
        let options = OptionSet {
            timestamps: Some(Timestamps {
                value: 1000 + n,
                echo: 1,
            }),
            sack: blocks,
            ..OptionSet::default()
        };
        world.forge_with(0, (8080, port), ".", 301, 101, b"", &options, 1000);
    }
    world.run_for(5000);
    assert_eq!(world.state(0, a), State::Established);
}
