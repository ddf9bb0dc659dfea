//! RFC 9293's figures 8 to 11: old duplicates and half-open connections.

use super::*;

const A_PORT: u16 = 50_000;

fn connect_from(world: &mut World, port: u16) -> SocketId {
    let socket = world.stacks[0].socket();
    world.stacks[0].bind(socket, at(0, port)).unwrap();
    world.stacks[0]
        .connect(world.now, socket, at(1, 8080))
        .unwrap();
    socket
}

/// Without times and reasons.
fn bare(world: &World) -> Vec<String> {
    world
        .numbers
        .iter()
        .map(|line| line.split(' ').skip(1).collect::<Vec<_>>())
        .map(|mut words| {
            words.pop();
            words.join(" ")
        })
        .collect()
}

#[test]
fn figure_8_an_old_duplicate_syn() {
    let mut world = World::with(settings(Policy::Rfc, 100), settings(Policy::Rfc, 300));
    world.stacks[1].configure(world.now, {
        let mut b = settings(Policy::Rfc, 300);
        b.isn = IsnGenerator::Listed(vec![Seq(300), Seq(400)]);
        b
    });
    world.listen();
    let a = connect_from(&mut world, A_PORT);
    world.lose.push((0, 0));
    world.drain();
    // The old duplicate, SEQ = 90.
    world.forge(1, (A_PORT, 8080), "S", 90, 0, b"");
    world.run_for(60);
    // A does not know 91: RST.
    assert_eq!(
        world.last().split(' ').skip(1).take(2).collect::<Vec<_>>(),
        [">R", "91"]
    );
    world.run_for(60);
    assert_eq!(
        world.events[1]
            .iter()
            .filter(|e| matches!(
                e.kind,
                EventKind::State {
                    to: State::Listen,
                    ..
                }
            ))
            .count(),
        2
    );
    world.run_for(2000);
    assert_eq!(world.state(0, a), State::Established);
    assert_eq!(
        bare(&world),
        [
            ">S 100",
            "<S. 300 ack 91",
            ">R 91",
            ">S 100",
            "<S. 400 ack 101",
            ">. 101 ack 401"
        ]
    );
}

#[test]
fn figure_9_half_open_connection_discovery() {
    let mut world = World::new(Policy::Rfc);
    world.listen();
    let _ = connect_from(&mut world, A_PORT);
    world.run_for(200);
    world.numbers.clear();
    // A crashes and opens again with SEQ = 400.
    world.stacks[0] = Stack::new(&[ip(0)], 1500, settings(Policy::Rfc, 400), [1; 16]);
    let a = connect_from(&mut world, A_PORT);
    world.run_for(300);
    assert_eq!(bare(&world), [">S 400", "<. 301 ack 101", ">R 101"]);
    world.run_for(2000);
    assert_eq!(
        bare(&world)[3..],
        [">S 400", "<S. 1000300 ack 401", ">. 401 ack 1000301"]
    );
    assert_eq!(world.state(0, a), State::Established);
    assert!(world.said(1, "syn-in-synchronized-state"));
    assert!(world.said(1, "rst-received"));
}

#[test]
fn figure_10_active_side_causes_discovery() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    let _ = connect_from(&mut world, A_PORT);
    world.run_for(200);
    let b = world.stacks[1].accept(listener).unwrap();
    world.numbers.clear();
    world.stacks[0] = Stack::new(&[ip(0)], 1500, settings(Policy::Rfc, 400), [1; 16]);
    world.send(1, b, b"0123456789");
    world.run_for(300);
    assert_eq!(bare(&world), ["<P. 301 ack 101 len 10", ">R 101"]);
    assert_eq!(world.ended(1, b), [(Ended::Reset, "rst-received")]);
}

#[test]
fn figure_11_an_old_duplicate_syn_between_two_passive_ends() {
    let mut world = World::new(Policy::Rfc);
    let mut sockets = Vec::new();
    for host in 0..2 {
        let socket = world.stacks[host].socket();
        world.stacks[host].bind(socket, at(host, 7000)).unwrap();
        world.stacks[host]
            .open_passive(world.now, socket, None)
            .unwrap();
        sockets.push(socket);
    }
    world.forge(1, (7000, 7000), "S", 90, 0, b"");
    world.run_for(500);
    assert_eq!(bare(&world), ["<S. 300 ack 91", ">R 91"]);
    assert_eq!(world.state(0, sockets[0]), State::Listen);
    assert_eq!(world.state(1, sockets[1]), State::Listen);
    assert_eq!(
        world.path(1, sockets[1]),
        "CLOSED > LISTEN > SYN-RECEIVED > LISTEN"
    );
    // It listens still.
    let a = world.stacks[0].socket();
    world.stacks[0].connect(world.now, a, at(1, 7000)).unwrap();
    world.run_for(500);
    assert_eq!(world.state(1, sockets[1]), State::Established);
}

#[test]
fn two_bare_opens_by_send_and_by_connect() {
    let mut world = World::new(Policy::Rfc);
    world.listen();
    let a = world.stacks[0].socket();
    world.stacks[0]
        .open_passive(world.now, a, Some(at(1, 8080)))
        .unwrap();
    assert_eq!(world.send(0, a, b"hello"), 5);
    world.run_for(500);
    assert_eq!(world.path(0, a), "CLOSED > LISTEN > SYN-SENT > ESTABLISHED");
    let c = world.stacks[0].socket();
    world.stacks[0].open_passive(world.now, c, None).unwrap();
    let nothing = world.stacks[0].send(world.now, c, b"x", SendFlags::default());
    assert_eq!(nothing, Err(CallError::RemoteUnspecified));
    world.stacks[0].connect(world.now, c, at(1, 8080)).unwrap();
    world.run_for(500);
    assert_eq!(world.path(0, c), "CLOSED > LISTEN > SYN-SENT > ESTABLISHED");
    world.close(0, c);
    world.close(0, a);
}

#[test]
fn a_socket_may_connect_to_itself() {
    let mut world = World::new(Policy::Rfc);
    let a = world.stacks[0].socket();
    world.stacks[0].bind(a, at(0, 7000)).unwrap();
    world.stacks[0].connect(world.now, a, at(0, 7000)).unwrap();
    let mut out = Vec::new();
    for _ in 0..10 {
        while world.stacks[0].poll_event().is_some() {}
        out.clear();
        if world.stacks[0].poll_transmit(world.now, &mut out).is_none() {
            break;
        }
        world.stacks[0].handle_datagram(world.now, &out.clone());
    }
    assert_eq!(world.state(0, a), State::Established);
}
