//! Segments that should not be believed, and RSTs (RFC 9293 3.10.7, RFC 5961).

use super::*;

/// An established pair; A's port. A: ISS 100, B: ISS 300.
fn pair(policy: Policy) -> (World, SocketId, SocketId, u16) {
    let mut world = World::new(policy);
    let (a, b) = world.established();
    let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
    world.numbers.clear();
    (world, a, b, port)
}

fn reply(world: &World) -> String {
    let words: Vec<&str> = world.last().split(' ').skip(1).collect();
    words.join(" ")
}

#[test]
fn resets_count_only_where_they_are_exact() {
    for (seq, challenge, outcome, said) in [
        (101, true, State::Closed, "rst-received"),
        (102, true, State::Established, "rst-not-exact"),
        (100, true, State::Established, "rst-outside-window"),
        (70_000, true, State::Established, "rst-outside-window"),
        (102, false, State::Closed, "rst-received"),
        (100, false, State::Established, "rst-outside-window"),
    ] {
        let (mut world, _, b, port) = pair(Policy::Rfc);
        let mut settings = world.stacks[1].settings().clone();
        settings.challenge_ack = challenge;
        world.stacks[1].configure(world.now, settings);
        world.forge(1, (port, 8080), "R", seq, 0, b"");
        assert_eq!(world.state(1, b), outcome, "{seq} {challenge}");
        assert!(world.said(1, said), "{:?}", world.reasons(1));
        let answered = said == "rst-not-exact";
        assert_eq!(world.numbers.len(), usize::from(answered));
        if answered {
            assert_eq!(reply(&world), "<. 301 ack 101 challenge-ack-for-rst");
        }
    }
}

#[test]
fn a_syn_on_a_connection_is_challenged_or_by_the_old_rule_fatal() {
    for seq in [50, 101, 5000, 1_000_000] {
        let (mut world, _, b, port) = pair(Policy::Rfc);
        world.forge(1, (port, 8080), "S", seq, 0, b"");
        assert_eq!(reply(&world), "<. 301 ack 101 challenge-ack-for-syn");
        assert_eq!(world.state(1, b), State::Established);
    }
    let (mut world, _, b, port) = pair(Policy::Rfc);
    let mut settings = world.stacks[1].settings().clone();
    settings.challenge_ack = false;
    world.stacks[1].configure(world.now, settings);
    world.forge(1, (port, 8080), "S", 5000, 0, b"");
    assert_eq!(reply(&world), "<R. 301 ack 101 rst-for-syn-in-window");
    assert_eq!(world.state(1, b), State::Closed);
}

#[test]
fn challenge_acks_are_limited() {
    let (mut world, _, _, port) = pair(Policy::Rfc);
    for _ in 0..150 {
        world.forge(1, (port, 8080), "S", 5000, 0, b"");
    }
    assert_eq!(world.numbers.len(), 100);
    assert!(world.said(1, "challenge-ack-limit"));
}

#[test]
fn blind_data_need_a_plausible_ack() {
    let (mut world, _, b, port) = pair(Policy::Rfc);
    world.forge(
        1,
        (port, 8080),
        ".",
        101,
        301_u32.wrapping_sub(100_000),
        b"evil",
    );
    assert!(world.said(1, "ack-too-old"));
    assert_eq!(world.receive(1, b), Err(CallError::WouldBlock));
    let mut settings = world.stacks[1].settings().clone();
    settings.blind_data_check = false;
    world.stacks[1].configure(world.now, settings);
    world.forge(
        1,
        (port, 8080),
        ".",
        101,
        301_u32.wrapping_sub(100_000),
        b"evil",
    );
    assert_eq!(world.receive(1, b).unwrap(), b"evil");
}

#[test]
fn unacceptable_segments_get_an_ack_and_nothing_else() {
    for (flags, seq, ack, said) in [
        ("P.", 90, 301, "segment-before-window"),
        ("P.", 101 + 70_000, 301, "segment-beyond-window"),
        ("P.", 101, 302, "ack-of-unsent"),
    ] {
        let (mut world, _, b, port) = pair(Policy::Rfc);
        world.forge(1, (port, 8080), flags, seq, ack, b"x");
        assert!(world.said(1, said), "{:?}", world.reasons(1));
        assert!(
            reply(&world).starts_with("<. 301 ack 101"),
            "{}",
            reply(&world)
        );
        assert_eq!(world.state(1, b), State::Established);
        assert_eq!(world.stacks[1].status(b).unwrap().receive_queue, 0);
    }
    let (mut world, _, b, port) = pair(Policy::Rfc);
    world.forge(1, (port, 8080), "P", 101, 0, b"x");
    assert!(world.said(1, "ack-missing"));
    assert!(world.numbers.is_empty());
    assert_eq!(world.stacks[1].status(b).unwrap().receive_queue, 0);
}

#[test]
fn two_ends_that_disagree_do_not_answer_each_other_for_ever() {
    let (mut world, _, _, port) = pair(Policy::Rfc);
    // Each believes the other to be far away from where it is.
    world.forge(1, (port, 8080), ".", 101 + 70_000, 301, b"");
    world.forge(1, (port, 8080), ".", 101 + 70_000, 301, b"");
    assert_eq!(world.numbers.len(), 1);
    assert!(world.said(1, "duplicate-ack-throttled"));
    let before = world.numbers.len();
    world.run_for(10_000);
    assert!(world.numbers.len() - before < 3, "{:?}", world.numbers);
}

#[test]
fn resets_for_closed_ports_have_the_right_numbers() {
    let mut world = World::new(Policy::Rfc);
    for (flags, expected) in [
        ("S", "<R. 0 ack 1001"),
        ("-", "<R. 0 ack 1000"),
        ("F", "<R. 0 ack 1001"),
        ("FPU", "<R. 0 ack 1001"),
        ("SF", "<R. 0 ack 1002"),
        ("S.", "<R 77"),
        (".", "<R 77"),
        ("F.", "<R 77"),
    ] {
        world.forge(1, (5, 6), flags, 1000, 77, b"");
        assert!(
            reply(&world).starts_with(expected),
            "{flags}: {}",
            reply(&world)
        );
    }
    let count = world.numbers.len();
    world.forge(1, (5, 6), "R", 1000, 0, b"");
    world.forge(1, (5, 6), "R.", 1000, 77, b"");
    assert_eq!(world.numbers.len(), count, "a RST never answers a RST");
    world.forge(1, (5, 6), "P", 1000, 0, b"four");
    assert!(reply(&world).starts_with("<R. 0 ack 1004"));
}

#[test]
fn listen_checks_rst_ack_syn_in_this_order() {
    let mut world = World::new(Policy::Rfc);
    world.listen();
    for (flags, answer, said) in [
        ("R", None, "rst-in-listen"),
        ("RS.", None, "rst-in-listen"),
        (".", Some("<R 77"), "ack-in-listen"),
        ("S.", Some("<R 77"), "ack-in-listen"),
        ("F", None, "neither-syn-nor-ack"),
        ("-", None, "neither-syn-nor-ack"),
        ("S", Some("<S. 300 ack 1001"), "syn-in-listen"),
    ] {
        world.numbers.clear();
        world.events[1].clear();
        world.forge(1, (5, 8080), flags, 1000, 77, b"");
        assert!(world.said(1, said), "{flags}");
        match answer {
            Some(answer) => assert!(
                reply(&world).starts_with(answer),
                "{flags}: {}",
                reply(&world)
            ),
            None => assert!(world.numbers.is_empty(), "{flags}"),
        }
    }
}

#[test]
fn syn_sent_checks_ack_rst_syn_in_this_order() {
    for (flags, ack, answer, state, said) in [
        (
            ".",
            90,
            Some(">R 90"),
            State::SynSent,
            "unacceptable-ack-in-syn-sent",
        ),
        (
            "S.",
            102,
            Some(">R 102"),
            State::SynSent,
            "unacceptable-ack-in-syn-sent",
        ),
        ("R.", 90, None, State::SynSent, "rst-with-bad-ack"),
        ("R", 0, None, State::SynSent, "rst-without-ack-in-syn-sent"),
        (".", 101, None, State::SynSent, "ack-without-syn"),
        ("F", 0, None, State::SynSent, "neither-syn-nor-rst"),
        ("R.", 101, None, State::Closed, "connection-refused"),
        (
            "S",
            0,
            Some(">S. 100 ack 501"),
            State::SynReceived,
            "syn-in-syn-sent",
        ),
        (
            "S.",
            101,
            Some(">. 101 ack 501"),
            State::Established,
            "syn-ack-in-syn-sent",
        ),
        (
            "SF.",
            101,
            Some(">. 101 ack 502"),
            State::CloseWait,
            "fin-received",
        ),
    ] {
        let mut world = World::new(Policy::Rfc);
        let a = world.connect();
        world.drain();
        let port = world.stacks[0].status(a).unwrap().local.unwrap().port();
        world.numbers.clear();
        world.forge(0, (8080, port), flags, 500, ack, b"");
        assert!(world.said(0, said), "{flags} {:?}", world.reasons(0));
        assert_eq!(world.state(0, a), state, "{flags} {ack}");
        match answer {
            Some(answer) => assert!(
                reply(&world).starts_with(answer),
                "{flags}: {}",
                reply(&world)
            ),
            None => assert!(world.numbers.is_empty(), "{flags}: {:?}", world.numbers),
        }
    }
}

#[test]
fn syn_received_of_a_passive_open() {
    for (flags, seq, ack, answer, over, said) in [
        ("R", 1001, 0, None, true, "rst-in-syn-received-passive"),
        (
            "R",
            1002,
            0,
            Some("<. 301 ack 1001"),
            false,
            "rst-not-exact",
        ),
        ("S", 1002, 0, None, true, "syn-in-syn-received-passive"),
        ("S", 1000, 0, Some("<. 301 ack 1001"), false, "repeated-syn"),
        (
            ".",
            1001,
            300,
            Some("<R 300"),
            false,
            "unacceptable-ack-in-syn-received",
        ),
        (
            ".",
            1001,
            302,
            Some("<R 302"),
            false,
            "unacceptable-ack-in-syn-received",
        ),
    ] {
        let mut world = World::new(Policy::Rfc);
        let listener = world.listen();
        world.forge(1, (5, 8080), "S", 1000, 0, b"");
        world.numbers.clear();
        world.forge(1, (5, 8080), flags, seq, ack, b"");
        assert!(world.said(1, said), "{flags} {:?}", world.reasons(1));
        assert_eq!(
            world.stacks[1].sockets().len(),
            if over { 1 } else { 2 },
            "{flags}"
        );
        assert_eq!(
            world.stacks[1].status(listener).unwrap().syn_queue,
            u32::from(!over)
        );
        match answer {
            Some(answer) => assert!(
                reply(&world).starts_with(answer),
                "{flags}: {}",
                reply(&world)
            ),
            None => assert!(world.numbers.is_empty(), "{flags}: {:?}", world.numbers),
        }
    }
}

#[test]
fn text_of_a_syn_waits_for_established() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    world.forge(1, (5, 8080), "S", 1000, 0, b"early");
    assert_eq!(reply(&world), "<S. 300 ack 1001 syn-ack-sent");
    world.forge(1, (5, 8080), ".", 1006, 301, b"");
    let b = world.stacks[1].accept(listener).unwrap();
    assert_eq!(world.receive(1, b).unwrap(), b"early");
    // And a FIN with it.
    world.forge(1, (6, 8080), "SF", 1000, 0, b"bye");
    assert!(
        reply(&world).starts_with("<S. 1000300 ack 1001"),
        "{}",
        reply(&world)
    );
    world.forge(1, (6, 8080), ".", 1004, 1_000_301, b"");
    let b = world.stacks[1].accept(listener).unwrap();
    assert_eq!(world.state(1, b), State::CloseWait);
    assert_eq!(world.receive(1, b).unwrap(), b"bye");
    assert_eq!(world.receive(1, b).unwrap(), b"");
    assert!(
        reply(&world).starts_with("<. 1000301 ack 1005"),
        "{}",
        reply(&world)
    );
}

#[test]
fn a_fin_ahead_of_its_data_waits() {
    let (mut world, _, b, port) = pair(Policy::Rfc);
    world.forge(1, (port, 8080), "F.", 104, 301, b"def");
    assert_eq!(world.state(1, b), State::Established);
    assert!(world.said(1, "fin-ahead-of-data"));
    world.forge(1, (port, 8080), ".", 101, 301, b"abc");
    assert_eq!(world.state(1, b), State::CloseWait);
    assert_eq!(world.receive(1, b).unwrap(), b"abcdef");
    assert_eq!(reply(&world), "<. 301 ack 108 ack-of-fin");
}

#[test]
fn a_reset_may_say_why() {
    let (mut world, _, b, port) = pair(Policy::Rfc);
    world.forge(1, (port, 8080), "R.", 101, 301, b"because");
    assert!(world.said(1, "rst-with-data"));
    assert_eq!(world.ended(1, b), [(Ended::Reset, "rst-received")]);
}

#[test]
fn damaged_and_misdirected_datagrams_are_refused_with_a_reason() {
    let mut world = World::new(Policy::Rfc);
    let good = segment(0, 1, (5, 6), "S", 1, 0, b"", &OptionSet::default(), 1000);
    let mut bad_checksum = good.clone();
    bad_checksum[36] ^= 1;
    let mut bad_header = good.clone();
    bad_header[8] ^= 1;
    let elsewhere = segment(0, 0, (5, 6), "S", 1, 0, b"", &OptionSet::default(), 1000);
    for (bytes, said) in [
        (&good[..10], "datagram-malformed"),
        (&bad_checksum, "checksum-wrong"),
        (&bad_header, "header-checksum-wrong"),
        (&elsewhere, "not-our-address"),
    ] {
        world.events[1].clear();
        world.give(1, bytes);
        assert_eq!(world.reasons(1), [said]);
    }
    assert!(world.numbers.is_empty());
}
