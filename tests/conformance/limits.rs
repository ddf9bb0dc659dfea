//! Every limit, reached: the reason is told, memory does not grow, and what
//! was there before goes on.

use std::net::SocketAddr;

use tcp::state::State::{Closed, Established, FinWait2, TimeWait};

use crate::bench::Bench;
use crate::record::{cases, shows};

fn client(n: u32) -> SocketAddr {
    format!("10.1.{}.{}:2000", n / 250, n % 250 + 1)
        .parse()
        .expect("an address")
}

#[test]
fn the_syn_queue_is_bounded() {
    shows("RFC 4987, setting backlog");
    for (text, backlog, most) in [
        ("backlog 3", None, 3),
        ("", Some(5), 5),
        ("backlog 0", None, 1),
    ] {
        let mut b = Bench::new(text);
        let listener = b.listen(backlog);
        for n in 0..10 {
            b.arrives_from(client(n), "S 300");
        }
        assert_eq!(b.all_sent().len(), most);
        b.limited("syn-queue-full");
        assert_eq!(
            b.stack.status(listener).expect("there").syn_queue,
            most as u32
        );
    }
}

#[test]
fn half_open_connections_of_the_host_are_bounded() {
    shows("RFC 4987, setting half-open");
    let mut b = Bench::new("half-open 4");
    b.listen(None);
    for n in 0..10 {
        b.arrives_from(client(n), "S 300");
    }
    assert_eq!(b.all_sent().len(), 4);
    b.limited("half-open-limit");
}

#[test]
fn the_accept_queue_is_bounded() {
    shows("setting accept-backlog");
    let mut b = Bench::new("accept-backlog 2");
    let listener = b.listen(None);
    for n in 0..4 {
        b.arrives_from(client(n), "S 300");
    }
    let answers: Vec<u32> = b.sent.drain(..).map(|(_, s)| s.seq + 1).collect();
    for (n, ack) in answers.iter().enumerate() {
        b.arrives_from(client(n as u32), &format!(". 301 ack {ack}"));
    }
    b.limited("accept-queue-full");
    assert_eq!(b.stack.status(listener).expect("there").accept_queue, 2);
    // One more SYN is not even taken.
    b.arrives_from(client(9), "S 300");
    b.sends_nothing();
    // Room, and the third gets in with its next segment.
    b.accept(listener);
    b.arrives_from(client(2), &format!(". 301 ack {}", answers[2]));
    assert_eq!(b.stack.status(listener).expect("there").accept_queue, 2);
}

#[test]
fn sockets_are_bounded() {
    shows("setting sockets");
    let mut b = Bench::new("sockets 3");
    b.listen(None);
    for n in 0..10 {
        b.arrives_from(client(n), "S 300");
    }
    b.limited("socket-limit");
    assert_eq!(b.stack.sockets().len(), 3);
}

#[test]
fn time_wait_records_are_bounded() {
    shows("setting time-wait-records");
    for (most, state) in [(0, Closed), (5, TimeWait)] {
        let mut b = Bench::in_state(FinWait2, &format!("time-wait-records {most}"));
        b.arrives("F. 301 ack 112");
        // The last ACK goes out all the same.
        b.sends(". 112 ack 302");
        b.is(state);
        assert_eq!(b.said("time-wait-table-full"), most == 0);
    }
}

#[test]
fn what_is_held_out_of_order_is_bounded() {
    shows("setting reassembly-segments, setting reassembly-bytes");
    for text in ["reassembly-segments 3", "reassembly-bytes 300"] {
        let mut b = Bench::new(text);
        b.established();
        for n in 1..20 {
            b.arrives(&format!("P. {} ack 101 len 100", 301 + n * 200));
        }
        b.limited("reassembly-full");
        assert_eq!(b.status().reassembly_queue, 300);
        // What is missing still gets in, and what was kept with it.
        b.arrives("P. 301 ack 101 len 200");
        assert_eq!(b.status().receive_queue, 300);
    }
}

#[test]
fn replies_are_bounded() {
    shows("setting out-queue");
    let mut b = Bench::new("out-queue 4");
    for n in 0..10 {
        let bytes = crate::segment::datagram("S 300", client(n), b.ours);
        b.stack.handle_datagram(b.now, &bytes);
    }
    b.drain();
    assert_eq!(b.all_sent().len(), 4);
    b.limited("reply-queue-full");
}

#[test]
fn what_holds_data_back_is_told_as_a_limit() {
    shows("SHLD-7, MUST-38");
    let mut b = Bench::in_state(Established, "");
    b.send(3).expect("room");
    b.limited("held-by-nagle");
    let mut b = Bench::new("");
    b.established_with("win 2000 <mss 1000>");
    b.arrives("P. 301 ack 101 win 100 len 1");
    b.send(5000).expect("room");
    b.limited("held-by-silly-window");
}

#[test]
fn a_hundred_thousand_stray_segments_leave_nothing_behind() {
    shows("U1, U2");
    let mut b = Bench::new("");
    b.listen(Some(8));
    for n in 0..100_000u32 {
        let flags = ["S", "F.", ".", "R", "P.", "SF", "S.", "-"][n as usize % 8];
        let bytes =
            crate::segment::datagram(&format!("{flags} {n} ack {n}"), client(n % 2_000), b.ours);
        b.stack.handle_datagram(b.now, &bytes);
        if n % 64 == 0 {
            b.drain();
            b.sent.clear();
            b.log.clear();
            b.events.clear();
        }
    }
    assert!(b.stack.sockets().len() <= 9);
}

cases![
    the_syn_queue_is_bounded,
    half_open_connections_of_the_host_are_bounded,
    the_accept_queue_is_bounded,
    sockets_are_bounded,
    time_wait_records_are_bounded,
    what_is_held_out_of_order_is_bounded,
    replies_are_bounded,
    what_holds_data_back_is_told_as_a_limit,
    a_hundred_thousand_stray_segments_leave_nothing_behind,
];
