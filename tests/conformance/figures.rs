//! The exchanges of RFC 9293's figures 6 to 13: line by line the states, flags
//! and numbers printed there, under policy `rfc`; under `letter` what the text
//! says where it says something else.

use tcp::event::Ended;
use tcp::state::State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
    SynSent, TimeWait,
};

use crate::record::{cases, shows};
use crate::world::{A, B, World, at};

#[test]
fn figure_6_basic_three_way_handshake() {
    shows("arc 1, arc 2, arc 4, arc 8, arc 10");
    for policy in ["rfc", "letter"] {
        let mut w = World::both(&format!("policy {policy}"));
        let b = w.open_passive(B, 8080);
        let a = w.connect(A, 5000, at(B, 8080));
        w.are(a, SynSent, b, Listen);
        w.deliver("> S 100");
        w.are(a, SynSent, b, SynReceived);
        w.deliver("< S. 300 ack 101");
        w.are(a, Established, b, SynReceived);
        w.deliver("> . 101 ack 301");
        w.are(a, Established, b, Established);
        w.send(A, a, 4).expect("established");
        w.deliver("> P. 101 ack 301 len 4");
        assert_eq!(w.status(B, b).rcv_nxt.0, 105);
        w.nothing_flies();
    }
}

#[test]
fn figure_7_simultaneous_open() {
    shows("arc 7, MUST-10, T3, setting crossing-syn-ack, policy rfc");
    let mut w = World::both("policy rfc");
    let a = w.connect_to_each_other().0;
    let b = w.connected_b();
    w.are(a, SynSent, b, SynSent);
    w.deliver("< S 300");
    w.are(a, SynReceived, b, SynSent);
    w.deliver("> S 100");
    w.are(a, SynReceived, b, SynReceived);
    w.deliver("< S. 300 ack 101");
    w.are(a, Established, b, SynReceived);
    w.deliver("> S. 100 ack 301");
    w.are(a, Established, b, Established);
    w.nothing_flies();
    assert_eq!(w.ladder.len(), 4);
    assert!(w.said(A, "crossing-syn-ack"));
}

/// By the text the crossing SYN-ACK is outside the window; the ACK that
/// answers it completes the open: six segments.
#[test]
fn figure_7_to_the_letter() {
    shows("MUST-10, T3, setting crossing-syn-ack, policy letter");
    let mut w = World::both("policy letter");
    let a = w.connect_to_each_other().0;
    let b = w.connected_b();
    for line in ["< S 300", "> S 100", "< S. 300 ack 101"] {
        w.deliver(line);
    }
    w.are(a, SynReceived, b, SynReceived);
    w.deliver("> S. 100 ack 301");
    w.are(a, SynReceived, b, SynReceived);
    w.deliver("> . 101 ack 301");
    w.are(a, SynReceived, b, Established);
    w.deliver("< . 301 ack 101");
    w.are(a, Established, b, Established);
    w.nothing_flies();
    assert_eq!(w.ladder.len(), 6);
}

/// Linux takes the ACK and sends one of its own as well.
#[test]
fn figure_7_as_linux_does() {
    shows("T3, setting crossing-syn-ack, policy linux");
    let mut w = World::both("crossing-syn-ack process-and-ack");
    let a = w.connect_to_each_other().0;
    let b = w.connected_b();
    w.run_ms(1_000);
    w.are(a, Established, b, Established);
    assert_eq!(w.ladder.len(), 6);
    assert!(w.said(A, "crossing-syn-ack"));
}

#[test]
fn figure_8_recovery_from_old_duplicate_syn() {
    shows("arc 9, arc 25, U5, MUST-11");
    for policy in ["rfc", "letter"] {
        let mut w = World::both(&format!("policy {policy}"));
        let b = w.open_passive(B, 8080);
        let a = w.connect(A, 5000, at(B, 8080));
        w.old_duplicate(B, "S 90", at(A, 5000), 8080);
        w.are(a, SynSent, b, SynReceived);
        w.deliver("< S. 300 ack 91");
        w.are(a, SynSent, b, SynReceived);
        w.deliver("> R 91");
        w.are(a, SynSent, b, Listen);
        w.deliver("> S 100");
        w.are(a, SynSent, b, SynReceived);
        w.deliver("< S. 400 ack 101");
        w.are(a, Established, b, SynReceived);
        w.deliver("> . 101 ack 401");
        w.are(a, Established, b, Established);
        w.nothing_flies();
    }
}

/// A has crashed and opens again with ISN 400; B stands at «send 300, receive 100».
#[test]
fn figure_9_half_open_connection_discovery() {
    shows("arc 25, arc 35, arc 38, U5, U8");
    for policy in ["rfc", "letter"] {
        let mut w = World::new(
            &format!("policy {policy}; isn listed 99"),
            &format!("policy {policy}; isn listed 299"),
        );
        let (_, b) = w.established();
        w.reboot(A, &format!("policy {policy}; isn listed 400"));
        let a = w.connect(A, 5000, at(B, 8080));
        w.are(a, SynSent, b, Established);
        w.deliver("> S 400");
        w.are(a, SynSent, b, Established);
        w.deliver("< . 300 ack 100");
        w.are(a, SynSent, b, Established);
        w.deliver("> R 100");
        w.are(a, SynSent, b, Closed);
        assert_eq!(w.ended(B, b), Some(Ended::Reset));
        w.nothing_flies();
        w.run_ms(1_100);
        assert_eq!(
            w.take_ladder().last().map(String::as_str),
            Some("< R. 0 ack 401")
        );
    }
}

#[test]
fn figure_10_active_side_causes_half_open_discovery() {
    shows("arc 35, arc 49, U2");
    let mut w = World::new("isn listed 99", "isn listed 299");
    let (_, b) = w.established();
    w.reboot(A, "isn listed 400");
    w.send(B, b, 10).expect("established");
    w.deliver("< P. 300 ack 100 len 10");
    w.deliver("> R 100");
    assert_eq!(w.state(B, b), Closed);
    assert_eq!(w.ended(B, b), Some(Ended::Reset));
    w.nothing_flies();
}

#[test]
fn figure_11_old_duplicate_syn_on_two_passive_sockets() {
    shows("arc 9, arc 50, U2, U4, MUST-11");
    for policy in ["rfc", "letter"] {
        let mut w = World::both(&format!("policy {policy}"));
        let (a, b) = (w.open_passive(A, 5000), w.open_passive(B, 8080));
        w.are(a, Listen, b, Listen);
        w.old_duplicate(B, "S 7000", at(A, 5000), 8080);
        w.are(a, Listen, b, SynReceived);
        w.deliver("< S. 300 ack 7001");
        w.are(a, Listen, b, SynReceived);
        w.deliver("> R 7001");
        w.are(a, Listen, b, Listen);
        w.nothing_flies();
    }
}

#[test]
fn figure_12_normal_close_sequence() {
    shows("arc 12, arc 13, arc 14, arc 16, arc 18, arc 19, arc 20, MUST-13, MUST-12");
    for policy in ["rfc", "letter"] {
        let mut w = World::new(
            &format!("policy {policy}; isn listed 99; delayed-ack off"),
            &format!("policy {policy}; isn listed 299; delayed-ack off"),
        );
        let (a, b) = w.established();
        w.close(A, a).expect("it is open");
        w.are(a, FinWait1, b, Established);
        w.deliver("> F. 100 ack 300");
        w.are(a, FinWait1, b, CloseWait);
        w.deliver("< . 300 ack 101");
        w.are(a, FinWait2, b, CloseWait);
        w.close(B, b).expect("it is open");
        w.are(a, FinWait2, b, LastAck);
        w.deliver("< F. 300 ack 101");
        w.are(a, TimeWait, b, LastAck);
        let since = w.now;
        w.deliver("> . 101 ack 301");
        w.are(a, TimeWait, b, Closed);
        w.nothing_flies();
        w.run();
        assert_eq!(w.now.since(since).0, 240_000_000, "2 MSL");
        w.are(a, Closed, b, Closed);
        assert_eq!(w.ended(A, a), Some(Ended::Closed));
        assert_eq!(w.ended(B, b), Some(Ended::Closed));
    }
}

#[test]
fn figure_13_simultaneous_close_sequence() {
    shows("arc 15, arc 17, arc 20, MUST-13");
    for policy in ["rfc", "letter"] {
        let mut w = World::new(
            &format!("policy {policy}; isn listed 99"),
            &format!("policy {policy}; isn listed 299"),
        );
        let (a, b) = w.established();
        w.close(A, a).expect("it is open");
        w.close(B, b).expect("it is open");
        w.are(a, FinWait1, b, FinWait1);
        w.deliver("< F. 300 ack 100");
        w.deliver("> F. 100 ack 300");
        w.are(a, Closing, b, Closing);
        w.deliver("< . 301 ack 101");
        w.deliver("> . 101 ack 301");
        w.are(a, TimeWait, b, TimeWait);
        w.nothing_flies();
        w.run();
        w.are(a, Closed, b, Closed);
        assert_eq!(w.ladder.len(), 4);
    }
}

impl World {
    /// Both ends open to each other at once: the sockets of A and B.
    pub fn connect_to_each_other(&mut self) -> (tcp::event::SocketId, tcp::event::SocketId) {
        let a = self.connect(A, 5000, at(B, 8080));
        let b = self.connect(B, 8080, at(A, 5000));
        (a, b)
    }

    /// B's socket of [`World::connect_to_each_other`]: its only one.
    fn connected_b(&self) -> tcp::event::SocketId {
        self.stacks[B].sockets()[0].socket
    }

    /// The host forgets everything.
    pub fn reboot(&mut self, host: usize, text: &str) {
        self.stacks[host] = tcp::stack::Stack::new(
            &[at(host, 0).ip()],
            1500,
            crate::bench::settings(text),
            [host as u8 + 1; 16],
        );
        self.ladder.clear();
    }
}

cases![
    figure_6_basic_three_way_handshake,
    figure_7_simultaneous_open,
    figure_7_to_the_letter,
    figure_7_as_linux_does,
    figure_8_recovery_from_old_duplicate_syn,
    figure_9_half_open_connection_discovery,
    figure_10_active_side_causes_half_open_discovery,
    figure_11_old_duplicate_syn_on_two_passive_sockets,
    figure_12_normal_close_sequence,
    figure_13_simultaneous_close_sequence,
];
