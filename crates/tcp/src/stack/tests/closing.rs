//! The ends of connections: CLOSE and ABORT in every state, limits, linger.

use super::*;

#[test]
fn abort_tells_whom_it_must_and_nobody_else() {
    // ESTABLISHED
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.numbers.clear();
    world.stacks[0].abort(world.now, a).unwrap();
    world.run();
    assert_eq!(world.numbers, ["200 >R. 101 ack 301 abort-call"]);
    assert_eq!(world.ended(0, a), [(Ended::Aborted, "abort-call")]);
    assert_eq!(world.ended(1, b), [(Ended::Reset, "rst-received")]);
    assert_eq!(world.receive(1, b), Err(CallError::Reset));
    // By the letter the RST is bare.
    let mut world = World::new(Policy::Letter);
    let (a, _) = world.established();
    world.numbers.clear();
    world.stacks[0].abort(world.now, a).unwrap();
    world.run();
    assert_eq!(world.numbers, ["200 >R 101 abort-call"]);
    // SYN-SENT says nothing.
    let mut world = World::new(Policy::Rfc);
    let a = world.connect();
    world.drain();
    world.numbers.clear();
    world.stacks[0].abort(world.now, a).unwrap();
    world.drain();
    assert!(world.numbers.is_empty());
}

#[test]
fn the_one_who_resets_may_linger_as_figure_5_note_3_has_it() {
    let mut a = settings(Policy::Rfc, 100);
    a.abort_issuer = crate::settings::AbortIssuer::TimeWait;
    let mut world = World::with(a, settings(Policy::Rfc, 300));
    let (a, _) = world.established();
    world.numbers.clear();
    world.stacks[0].abort(world.now, a).unwrap();
    world.run();
    assert_eq!(world.numbers.len(), 1);
    assert!(
        world
            .path(0, a)
            .ends_with("ESTABLISHED > TIME-WAIT > CLOSED")
    );
}

#[test]
fn close_with_unread_data_resets() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.send(0, a, b"unread");
    world.run_for(100);
    world.numbers.clear();
    world.close(1, b);
    world.run();
    assert_eq!(world.numbers, ["300 <R. 301 ack 107 rst-for-unread-data"]);
    assert_eq!(
        world.ended(1, b),
        [(Ended::Aborted, "close-with-unread-data")]
    );
    assert_eq!(world.ended(0, a), [(Ended::Reset, "rst-received")]);
}

#[test]
fn data_after_close_are_answered_with_a_reset() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.close(0, a);
    world.run_for(100);
    world.numbers.clear();
    world.send(1, b, b"too late");
    world.run();
    assert_eq!(
        world.numbers,
        [
            "300 <P. 301 ack 102 len 8 data-sent",
            "350 >R. 102 ack 301 rst-for-data-after-close"
        ]
    );
    assert_eq!(world.ended(0, a), [(Ended::Aborted, "data-after-close")]);
}

#[test]
fn fin_wait_2_is_limited_after_close_and_not_after_shutdown() {
    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.close(0, a);
    world.run();
    assert_eq!(world.ended(0, a), [(Ended::TimedOut, "fin-wait-2-limit")]);
    assert_eq!(world.now.0, 300_000 + 60_000_000);

    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.stacks[0].shutdown(world.now, a).unwrap();
    world.run();
    assert_eq!(world.state(0, a), State::FinWait2);
    world.close(0, a);
    world.run();
    assert_eq!(world.state(0, a), State::Closed);
}

#[test]
fn linger_zero_aborts_and_linger_waits() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.stacks[0]
        .set_option(world.now, a, SocketOption::Linger(Some(Duration::ZERO)))
        .unwrap();
    world.numbers.clear();
    world.close(0, a);
    world.run();
    assert_eq!(world.numbers, ["200 >R. 101 ack 301 linger-zero"]);
    assert_eq!(world.ended(1, b).len(), 1);

    let mut world = World::new(Policy::Rfc);
    let (a, _) = world.established();
    world.stacks[0]
        .set_option(
            world.now,
            a,
            SocketOption::Linger(Some(Duration::from_secs(5))),
        )
        .unwrap();
    world.lose = (2..40).map(|n| (0, n)).collect();
    world.send(0, a, b"never arrives");
    world.close(0, a);
    world.run_for(20_000);
    assert_eq!(world.ended(0, a), [(Ended::Aborted, "linger-timeout")]);
}

#[test]
fn linger_is_content_with_the_ack_of_the_fin() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    let five = SocketOption::Linger(Some(Duration::from_secs(5)));
    world.stacks[0].set_option(world.now, a, five).unwrap();
    world.send(0, a, b"arrives");
    world.close(0, a);
    world.run_for(20_000);
    assert_eq!(world.state(0, a), State::FinWait2);
    assert_eq!(world.receive(1, b).unwrap(), b"arrives");
    world.close(1, b);
    world.run();
    assert_eq!(world.ended(0, a), [(Ended::Closed, "time-wait-over")]);
}

#[test]
fn close_in_syn_received_keeps_the_syn_on_the_queue() {
    // T8: the SYN-ACK is lost and the application closes at once.
    let mut world = World::new(Policy::Rfc);
    let mut sockets = Vec::new();
    for host in 0..2 {
        let socket = world.stacks[host].socket();
        world.stacks[host].bind(socket, at(host, 7000)).unwrap();
        sockets.push(socket);
    }
    world.stacks[1]
        .open_passive(world.now, sockets[1], None)
        .unwrap();
    world.stacks[0]
        .connect(world.now, sockets[0], at(1, 7000))
        .unwrap();
    world.lose.push((1, 0));
    world.run_for(60);
    assert_eq!(world.state(1, sockets[1]), State::SynReceived);
    world.close(1, sockets[1]);
    assert_eq!(world.state(1, sockets[1]), State::FinWait1);
    world.run_for(20_000);
    assert_eq!(
        world.state(0, sockets[0]),
        State::CloseWait,
        "{}",
        world.numbers.join("\n")
    );
    world.close(0, sockets[0]);
    world.run();
    assert_eq!(
        world.ended(1, sockets[1]),
        [(Ended::Closed, "time-wait-over")],
        "{}",
        world.numbers.join("\n")
    );
    assert_eq!(
        world.ended(0, sockets[0]),
        [(Ended::Closed, "ack-of-fin-received")]
    );
}

#[test]
fn a_fin_behind_queued_data_is_not_acknowledged_by_them() {
    // T9: B's window is small; A has closed, its FIN waits.
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    world.stacks[1]
        .set_option(world.now, listener, SocketOption::ReceiveBuffer(1000))
        .unwrap();
    let a = world.connect();
    world.run_for(200);
    let b = world.stacks[1].accept(listener).unwrap();
    world.send(0, a, &[7; 1000]);
    world.close(0, a);
    assert_eq!(world.state(0, a), State::FinWait1);
    world.run_for(500);
    // All data are acknowledged, SND.UNA = SND.NXT, the FIN was never sent.
    let status = world.stacks[0].status(a).unwrap();
    assert_eq!(status.snd_una, status.snd_nxt);
    assert_eq!((status.state, status.fin_seq), (State::FinWait1, None));
    world.run_for(5_000);
    assert_eq!(world.state(0, a), State::FinWait1);
    assert!(
        world
            .numbers
            .iter()
            .any(|n| n.contains(">F.") && n.ends_with("zero-window-probe")),
        "{}",
        world.numbers.join("\n")
    );
    assert_eq!(world.receive(1, b).unwrap().len(), 1000);
    world.run_for(20_000);
    assert_eq!(
        world.state(1, b),
        State::CloseWait,
        "{}",
        world.numbers.join("\n")
    );
    world.close(1, b);
    world.run();
    assert_eq!(world.ended(0, a), [(Ended::Closed, "time-wait-over")]);
}

#[test]
fn a_close_that_waits_for_established() {
    let mut world = World::new(Policy::Rfc);
    let mut sockets = Vec::new();
    for host in 0..2 {
        let socket = world.stacks[host].socket();
        world.stacks[host].bind(socket, at(host, 7000)).unwrap();
        world.stacks[host]
            .connect(world.now, socket, at(1 - host, 7000))
            .unwrap();
        sockets.push(socket);
    }
    world.run_for(60);
    assert_eq!(world.state(0, sockets[0]), State::SynReceived);
    world.send(0, sockets[0], b"queued");
    world.close(0, sockets[0]);
    assert_eq!(world.state(0, sockets[0]), State::SynReceived);
    world.run_for(1000);
    assert_eq!(
        world.path(0, sockets[0]),
        "CLOSED > SYN-SENT > SYN-RECEIVED > ESTABLISHED > FIN-WAIT-1 > FIN-WAIT-2"
    );
    assert_eq!(world.receive(1, sockets[1]).unwrap(), b"queued");
}

#[test]
fn closing_a_listener_resets_what_nobody_accepted() {
    let mut world = World::new(Policy::Rfc);
    let listener = world.listen();
    let a = world.connect();
    world.run_for(200);
    world.forge(1, (5, 8080), "S", 1000, 0, b"");
    world.numbers.clear();
    world.close(1, listener);
    world.run_for(200);
    assert_eq!(world.stacks[1].sockets().len(), 0);
    assert_eq!(world.ended(0, a).len(), 1);
    assert!(
        world
            .numbers
            .iter()
            .filter(|n| n.contains('<'))
            .all(|n| n.contains("<R.")),
        "{:?}",
        world.numbers
    );
    let again = world.stacks[1].socket();
    world.stacks[1].bind(again, at(1, 8080)).unwrap();
}

#[test]
fn calls_on_closing_sockets() {
    let mut world = World::new(Policy::Rfc);
    let (a, b) = world.established();
    world.stacks[0].shutdown(world.now, a).unwrap();
    assert_eq!(
        world.stacks[0].shutdown(world.now, a),
        Err(CallError::Closing)
    );
    assert_eq!(
        world.stacks[0].send(world.now, a, b"x", SendFlags::default()),
        Err(CallError::Closing)
    );
    world.run_for(200);
    world.close(0, a);
    assert_eq!(
        world.stacks[0].close(world.now, a),
        Err(CallError::NoConnection)
    );
    world.close(1, b);
    world.run_for(1000);
    assert_eq!(world.state(0, a), State::TimeWait);
}
