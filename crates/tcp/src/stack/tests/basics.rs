//! Opening and closing: the ladders of the catalogue.

use super::*;

#[test]
fn three_way_handshake_has_the_numbers_of_the_book() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    assert_eq!(
        world.numbers,
        [
            "0 >S 100 syn-sent",
            "50 <S. 300 ack 101 syn-ack-sent",
            "100 >. 101 ack 301 ack-of-syn-ack",
        ]
    );
    assert_eq!(world.path(0, a), "CLOSED > SYN-SENT > ESTABLISHED");
    assert_eq!(world.path(1, b), "LISTEN > SYN-RECEIVED > ESTABLISHED");
}

#[test]
fn four_way_close() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.ladder();
    world.close(0, a);
    world.run_for(200);
    world.close(1, b);
    world.run();
    assert_eq!(world.ladder(), ">F. <. <F. >.");
    assert!(
        world
            .path(0, a)
            .ends_with("ESTABLISHED > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT > CLOSED")
    );
    assert!(
        world
            .path(1, b)
            .ends_with("ESTABLISHED > CLOSE-WAIT > LAST-ACK > CLOSED")
    );
    assert_eq!(world.ended(0, a), [(Ended::Closed, "time-wait-over")]);
    assert_eq!(world.ended(1, b), [(Ended::Closed, "ack-of-fin-received")]);
    // 2MSL after A's FIN met B's.
    assert_eq!(world.now.0, 200_000 + 200_000 + 50_000 + 240_000_000);
    assert_eq!(world.stacks[0].sockets().len(), 0);
    assert_eq!(world.stacks[1].sockets().len(), 1, "the listener");
}

#[test]
fn three_way_close_when_the_application_is_quick() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.ladder();
    world.stacks[0].close(world.now, a).unwrap();
    let mut out = Vec::new();
    let sent = world.stacks[0].poll_transmit(world.now, &mut out).unwrap();
    assert_eq!(sent.reason.id(), "fin-sent");
    // B's application closes before B's TCP is asked for segments.
    world.stacks[1].handle_datagram(world.now, &out);
    world.close(1, b);
    world.run();
    assert_eq!(world.ladder(), "<F. >.");
    assert!(
        world
            .path(0, a)
            .ends_with("FIN-WAIT-1 > TIME-WAIT > CLOSED")
    );
}

#[test]
fn simultaneous_close() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.ladder();
    world.stacks[0].close(world.now, a).unwrap();
    world.stacks[1].close(world.now, b).unwrap();
    world.run();
    assert_eq!(world.ladder(), ">F. <F. <. >.");
    for (host, socket) in [(0, a), (1, b)] {
        assert!(
            world
                .path(host, socket)
                .ends_with("FIN-WAIT-1 > CLOSING > TIME-WAIT > CLOSED")
        );
    }
}

fn open_both(policy: Policy) -> (World, SocketId, SocketId) {
    let mut world = World::new(policy);
    let mut sockets = Vec::new();
    for host in 0..2 {
        let socket = world.stacks[host].socket();
        world.stacks[host].bind(socket, at(host, 7000)).unwrap();
        sockets.push(socket);
    }
    world.stacks[0]
        .connect(world.now, sockets[0], at(1, 7000))
        .unwrap();
    world.stacks[1]
        .connect(world.now, sockets[1], at(0, 7000))
        .unwrap();
    world.run_for(1000);
    (world, sockets[0], sockets[1])
}

#[test]
fn simultaneous_open_takes_four_segments_as_in_figure_7() {
    let (mut world, a, b) = open_both(Policy::Rfc);
    assert_eq!(world.ladder(), ">S <S <S. >S.");
    for (host, socket) in [(0, a), (1, b)] {
        assert_eq!(
            world.path(host, socket),
            "CLOSED > SYN-SENT > SYN-RECEIVED > ESTABLISHED"
        );
    }
}

#[test]
fn simultaneous_open_takes_six_by_the_letter() {
    let (mut world, a, b) = open_both(Policy::Letter);
    assert_eq!(world.ladder(), ">S <S <S. >S. >. <.");
    for (host, socket) in [(0, a), (1, b)] {
        assert_eq!(world.state(host, socket), State::Established);
    }
}

#[test]
fn simultaneous_open_of_linux_sends_an_extra_ack() {
    let (mut world, ..) = open_both(Policy::Linux);
    assert_eq!(world.ladder(), ">S <S <S. >S. >. <.");
}

#[test]
fn a_closed_port_refuses() {
    let mut world = World::new(Policy::Rfc);
    let a = world.connect();
    world.run();
    assert_eq!(
        world.numbers,
        ["0 >S 100 syn-sent", "50 <R. 0 ack 101 rst-for-closed-port"]
    );
    assert_eq!(world.ended(0, a), [(Ended::Refused, "connection-refused")]);
    assert_eq!(world.receive(0, a), Err(CallError::Refused));
    world.close(0, a);
    assert_eq!(world.stacks[0].sockets().len(), 0);
}

#[test]
fn half_close_goes_on_receiving() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.ladder();
    world.stacks[0].shutdown(world.now, a).unwrap();
    world.run_for(100);
    assert_eq!(world.send(1, b, b"one"), 3);
    world.run_for(500);
    assert_eq!(world.receive(0, a).unwrap(), b"one");
    world.send(1, b, b"two");
    world.run_for(500);
    world.close(1, b);
    world.run_for(500);
    assert_eq!(world.receive(0, a).unwrap(), b"two");
    assert_eq!(world.receive(0, a).unwrap(), b"");
    assert_eq!(world.ladder(), ">F. <. <P. >. <P. >. <F. >.");
    assert_eq!(world.state(0, a), State::TimeWait);
    world.run();
    assert_eq!(
        world.stacks[0].sockets().len(),
        1,
        "still held by its application"
    );
    world.close(0, a);
    assert_eq!(world.stacks[0].sockets().len(), 0);
}

#[test]
fn a_lost_syn_is_sent_again_after_one_second() {
    let mut world = World::new(Policy::Rfc);
    world.lose.push((0, 0));
    world.established_late();
    assert_eq!(
        world.numbers[..4],
        [
            "0 >S 100 syn-sent",
            "1000 >S 100 retransmission-timeout",
            "1050 <S. 300 ack 101 syn-ack-sent",
            "1100 >. 101 ack 301 ack-of-syn-ack",
        ]
    );
}

impl World {
    fn established_late(&mut self) -> (SocketId, SocketId) {
        let listener = self.listen();
        let a = self.connect();
        self.run_for(10_000);
        (a, self.stacks[1].accept(listener).unwrap())
    }
}

#[test]
fn a_lost_syn_ack_is_sent_again() {
    let mut world = World::new(Policy::Rfc);
    world.lose.push((1, 0));
    let (a, b) = world.established_late();
    assert_eq!(world.state(0, a), State::Established);
    assert_eq!(world.state(1, b), State::Established);
    assert_eq!(
        world.ladder(),
        ">S <S.x >S <. <S. >.",
        "{:#?}",
        world.numbers
    );
}

#[test]
fn a_lost_handshake_ack_is_made_up_for_by_data() {
    let mut world = World::new(Policy::Rfc);
    world.lose.push((0, 1));
    let listener = world.listen();
    let a = world.connect();
    world.run_for(150);
    world.send(0, a, b"hello");
    world.run_for(60);
    let b = world.stacks[1].accept(listener).unwrap();
    assert_eq!(world.receive(1, b).unwrap(), b"hello");
}

#[test]
fn a_lost_last_ack_is_repeated_by_time_wait() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.ladder();
    world.lose.push((0, 3));
    world.close(0, a);
    world.run_for(200);
    world.close(1, b);
    world.run();
    assert_eq!(world.ladder(), ">F. <. <F. >.x <F. >.");
    assert!(world.said(0, "fin-again-in-time-wait"));
    assert_eq!(world.ended(1, b), [(Ended::Closed, "ack-of-fin-received")]);
}

#[test]
fn nobody_answers_for_three_minutes() {
    let mut world = World::new(Policy::Rfc);
    world.lose = (0..20).map(|n| (0, n)).collect();
    let a = world.connect();
    world.run();
    assert_eq!(world.now.0, 180_000_000);
    assert_eq!(world.ended(0, a), [(Ended::TimedOut, "syn-time-limit")]);
    let times: Vec<&str> = world
        .numbers
        .iter()
        .map(|n| n.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        times,
        [
            "0", "1000", "3000", "7000", "15000", "31000", "63000", "123000"
        ]
    );
}

#[test]
fn data_go_both_ways() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    let text: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
    let mut got = [Vec::new(), Vec::new()];
    let mut put = [0, 0];
    for _ in 0..2000 {
        for (host, socket) in [(0, a), (1, b)] {
            if put[host] < text.len() {
                let answer = world.stacks[host].send(
                    world.now,
                    socket,
                    &text[put[host]..],
                    SendFlags::default(),
                );
                put[host] += answer.unwrap_or(0);
            }
            if let Ok(bytes) = world.receive(host, socket) {
                got[host].extend(bytes);
            }
        }
        world.run_for(10);
    }
    assert!(
        got[0] == text && got[1] == text,
        "{} {}",
        got[0].len(),
        got[1].len()
    );
    world.close(0, a);
    world.close(1, b);
    world.run();
    assert_eq!(world.stacks[0].sockets().len(), 0);
}

#[test]
fn losses_of_all_kinds_are_mended() {
    for policy in [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter] {
        for seed in 0..40u32 {
            let mut world = World::new(policy);
            let mut x = seed.wrapping_mul(77_777) + 1;
            for n in 0..400 {
                for host in 0..2 {
                    x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    if x >> 24 < 20 {
                        world.lose.push((host, n));
                    }
                }
            }
            let listener = world.listen();
            let a = world.connect();
            let text: Vec<u8> = (0..60_000u32).map(|n| (n % 251) as u8).collect();
            let mut put = 0;
            let mut got = Vec::new();
            let mut b = None;
            let mut closed = [false, false];
            for _ in 0..3000 {
                b = b.or_else(|| world.stacks[1].accept(listener).ok());
                if put < text.len() {
                    put += world.stacks[0]
                        .send(world.now, a, &text[put..], SendFlags::default())
                        .unwrap_or(0);
                } else if !closed[0] && world.state(0, a).is_synchronized() {
                    closed[0] = true;
                    world.close(0, a);
                }
                if let Some(b) = b
                    && !closed[1]
                {
                    match world.receive(1, b) {
                        Ok(bytes) if bytes.is_empty() => {
                            closed[1] = true;
                            world.close(1, b);
                        }
                        Ok(bytes) => got.extend(bytes),
                        Err(_) => {}
                    }
                }
                world.run_for(100);
            }
            assert!(
                got == text,
                "{policy:?} {seed}: {} of {}\n{}",
                got.len(),
                text.len(),
                world.numbers.join("\n")
            );
            world.run();
            assert_eq!(world.stacks[0].sockets().len(), 0, "{policy:?} {seed}");
            assert_eq!(world.stacks[1].sockets().len(), 1, "{policy:?} {seed}");
            assert_eq!(world.ended(0, a).len(), 1);
        }
    }
}
