//! Opening: OPEN in all its forms, addresses, ports, SYN-SENT and SYN-RECEIVED
//! (RFC 9293 3.4.3, 3.5, 3.9.1.1, 3.10.1, 3.10.7.2, 3.10.7.3).

use std::net::SocketAddr;

use tcp::error::CallError;
use tcp::event::Ended;
use tcp::stack::{SendFlags, SocketOption, Stack};
use tcp::state::State::{
    CloseWait, Closed, Established, FinWait1, Listen, SynReceived, SynSent, TimeWait,
};
use tcp::time::{Duration, Instant};
use tcp::wire::{IcmpKind, Unreachable};

use crate::bench::{Bench, settings};
use crate::record::{cases, shows};

#[test]
fn close_in_listen_and_in_syn_sent_deletes_the_tcb() {
    shows("arc 1, arc 2, arc 3, arc 6");
    let mut b = Bench::in_state(Listen, "");
    b.close().expect("open");
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::Closed, "close-in-listen")));
    let mut b = Bench::in_state(SynSent, "");
    b.close().expect("open");
    b.is(Closed);
    assert_eq!(b.ended(), Some((Ended::Closed, "close-in-syn-sent")));
    b.sends_nothing();
    // The SYN-ACK that comes too late finds nobody.
    b.arrives("S. 300 ack 101");
    b.sends("R 101");
    b.must_say("no-connection");
}

#[test]
fn send_and_active_open_in_listen() {
    shows("arc 5, arc 22");
    let mut b = Bench::new("");
    b.socket = b.bound();
    let (socket, peer) = (b.socket, b.peer);
    b.stack
        .open_passive(b.now, socket, Some(peer))
        .expect("it may");
    b.drain();
    b.send(5).expect("the remote is known");
    b.is(SynSent);
    b.must_say("send-in-listen");
    b.sends("S 100");
    b.arrives("S. 300 ack 101");
    b.sends("P. 101 ack 301 len 5");
    // Without a remote there is nobody to send to.
    let mut b = Bench::in_state(Listen, "");
    assert_eq!(b.send(5), Err(CallError::RemoteUnspecified));
    let (socket, peer) = (b.socket, b.peer);
    b.stack.connect(b.now, socket, peer).expect("it may");
    b.drain();
    b.is(SynSent);
    b.must_say("active-open");
    b.sends("S 100");
}

#[test]
fn a_passive_open_for_one_remote_takes_only_that_one() {
    shows("MUST-41, U4");
    let mut b = Bench::new("");
    b.socket = b.bound();
    let (socket, peer) = (b.socket, b.peer);
    b.stack
        .open_passive(b.now, socket, Some(peer))
        .expect("it may");
    b.drain();
    b.arrives_from("10.0.0.3:5000".parse().expect("an address"), "S 300");
    b.sends("R. 0 ack 301");
    b.arrives("S 300");
    b.sends("S. 100 ack 301");
}

#[test]
fn opens_to_nowhere_are_refused() {
    shows("MUST-46");
    for (remote, error) in [
        ("255.255.255.255:80", CallError::Illegal),
        ("224.0.0.1:80", CallError::Illegal),
        ("239.255.255.255:80", CallError::Illegal),
        ("[ff02::1]:80", CallError::Illegal),
        ("0.0.0.0:80", CallError::RemoteUnspecified),
        ("10.0.0.2:0", CallError::RemoteUnspecified),
        ("[fd00::2]:80", CallError::Unreachable),
    ] {
        let remote: SocketAddr = remote.parse().expect("an address");
        let mut b = Bench::new("");
        let socket = b.stack.socket();
        assert_eq!(
            b.stack.connect(b.now, socket, remote),
            Err(error),
            "{remote}"
        );
        b.drain();
        b.sends_nothing();
    }
    // Bound to one family, open to the other.
    let mut b = Bench::new("");
    let socket = b.bound();
    let v6 = "[fd00::2]:80".parse().expect("an address");
    assert_eq!(b.stack.connect(b.now, socket, v6), Err(CallError::Illegal));
    let other = "10.9.9.9:80".parse().expect("an address");
    let socket = b.stack.socket();
    assert_eq!(b.stack.bind(socket, other), Err(CallError::Illegal));
}

#[test]
fn a_syn_to_many_addresses_is_dropped_in_silence() {
    shows("MUST-57");
    let mut b = Bench::in_state(Listen, "");
    for to in ["255.255.255.255:8080", "224.0.0.1:8080"] {
        let to = to.parse().expect("an address");
        b.bytes(&crate::segment::datagram("S 300", b.peer, to));
    }
    b.must_say("sent-to-many-addresses");
    b.bytes(&crate::segment::datagram(
        "S 300",
        b.peer,
        "10.0.0.77:8080".parse().expect("an address"),
    ));
    b.must_say("not-our-address");
    b.sends_nothing();
    b.is(Listen);
}

/// OPEN's local address: given, or asked for before the first SYN and kept.
#[test]
fn the_local_address_is_given_or_chosen_and_then_kept() {
    shows("MUST-43, MUST-44, MUST-45");
    let addresses = ["10.0.0.1", "10.0.0.9", "fd00::1"].map(|a| a.parse().expect("an address"));
    let remote4: SocketAddr = "10.0.0.2:80".parse().expect("an address");
    let remote6: SocketAddr = "[fd00::2]:80".parse().expect("an address");
    let now = Instant(0);
    for (local, remote, expected) in [
        (None, remote4, "10.0.0.1"),
        (None, remote6, "fd00::1"),
        (Some("10.0.0.9:0"), remote4, "10.0.0.9"),
        (Some("0.0.0.0:0"), remote4, "10.0.0.1"),
    ] {
        let mut stack = Stack::new(&addresses, 1500, settings(""), [1; 16]);
        let socket = stack.socket();
        if let Some(local) = local {
            stack
                .bind(socket, local.parse().expect("an address"))
                .expect("it is ours");
        }
        stack.connect(now, socket, remote).expect("it may");
        let local = stack.status(socket).expect("there").local.expect("chosen");
        assert_eq!(local.ip().to_string(), expected);
        for at in [0, 1_000_000] {
            stack.handle_timeout(Instant(at));
            let mut out = Vec::new();
            stack
                .poll_transmit(Instant(at), &mut out)
                .expect("the SYN, and the SYN again");
            let (_, from, _) = crate::segment::Seg::read(&out);
            assert_eq!(from, local.ip());
            while let Some(event) = stack.poll_event() {
                crate::record::event(&event);
            }
        }
    }
}

#[test]
fn listening_beside_connections_on_the_same_port() {
    shows("MUST-41, MUST-42");
    for passive in [false, true] {
        let mut b = if passive {
            Bench::in_state(SynReceived, "")
        } else {
            Bench::in_state(SynSent, "")
        };
        let (first, before) = (b.socket, b.state());
        let second = b.bound();
        b.stack
            .open_passive(b.now, second, None)
            .expect("LISTEN is possible");
        b.drain();
        b.is(before);
        b.arrives_from("10.0.0.3:5000".parse().expect("an address"), "S 700");
        b.sends("S. 1000100 ack 701");
        assert_eq!(b.stack.status(first).expect("there").state, before);
        assert_eq!(b.stack.status(second).expect("there").state, SynReceived);
        b.arrives(if passive {
            ". 301 ack 101"
        } else {
            "S. 300 ack 101"
        });
        b.is(Established);
    }
}

#[test]
fn syn_sent_drops_or_resets_what_does_not_fit() {
    shows("arc 24, arc 25, arc 26, U5");
    let mut b = Bench::in_state(SynSent, "");
    for ack in [0, 99, 100, 102, 5_000_000] {
        for flags in [".", "S.", "F.", "P."] {
            b.arrives(&format!("{flags} 300 ack {ack}"));
            b.sends(&format!("R {ack}"));
        }
    }
    b.must_say("rst-for-unacceptable-ack");
    for text in [
        ". 300 ack 101",
        "P. 300 ack 101 len 4",
        "F. 300 ack 101",
        "F 300",
        "- 300",
        "U 300 up 1",
    ] {
        b.arrives(text);
    }
    b.must_say("ack-without-syn");
    b.must_say("neither-syn-nor-rst");
    b.sends_nothing();
    b.is(SynSent);
}

#[test]
fn a_syn_ack_with_text_and_fin_goes_on_to_the_later_checks() {
    shows("arc 27, arc 8, arc 13, U15");
    let mut b = Bench::in_state(SynSent, "delayed-ack off");
    b.arrives("S. 300 ack 101 len 10");
    b.is(Established);
    b.sends(". 101 ack 311");
    assert_eq!(b.receive(20).map(|t| t.len()), Ok(10));
    let mut b = Bench::in_state(SynSent, "delayed-ack off");
    b.arrives("SF. 300 ack 101 len 10");
    b.is(CloseWait);
    b.sends(". 101 ack 312");
    assert_eq!(b.receive(20).map(|t| t.len()), Ok(10));
    assert_eq!(b.receive(20), Ok(vec![]));
}

#[test]
fn text_on_a_syn_is_kept_until_established() {
    shows("U15, arc 10");
    let mut b = Bench::in_state(Listen, "delayed-ack off");
    b.arrives("S 300 len 10");
    assert_eq!(b.next().flags.to_string(), "S.");
    assert_eq!(b.receive(20), Err(CallError::WouldBlock));
    b.arrives(". 311 ack 101");
    b.is(Established);
    b.must_say("text-of-syn-delivered");
    assert_eq!(b.receive(20).map(|t| t.len()), Ok(10));
    // And where the other end sends it again.
    let mut b = Bench::in_state(Listen, "delayed-ack off");
    b.arrives("S 300 len 10");
    b.arrives("P. 301 ack 101 len 10");
    assert_eq!(b.receive(20).map(|t| t.len()), Ok(10));
    assert_eq!(b.status().rcv_nxt.0, 311);
    // A simultaneous open with text on both SYNs.
    let mut b = Bench::in_state(SynSent, "delayed-ack off");
    b.arrives("S 300 len 10");
    b.is(SynReceived);
    b.arrives("S. 300 ack 101");
    b.is(Established);
    assert_eq!(b.receive(20).map(|t| t.len()), Ok(10));
    // And where our direction is closed meanwhile (T8): neither before the handshake is done, nor twice.
    for again in [false, true] {
        let mut b = Bench::in_state(Listen, "delayed-ack off");
        b.arrives("S 300 len 10");
        b.shutdown().expect("nothing is queued");
        b.is(FinWait1);
        assert_eq!(b.receive(20), Err(CallError::WouldBlock));
        b.arrives(if again {
            "P. 301 ack 101 len 10"
        } else {
            ". 311 ack 101"
        });
        b.is(FinWait1);
        assert_eq!(b.receive(20).map(|t| t.len()), Ok(10), "{again}");
        assert_eq!(b.status().rcv_nxt.0, 311, "{again}");
    }
}

#[test]
fn a_hard_icmp_error_ends_syn_sent() {
    shows("arc 28, MUST-54, SHLD-26");
    for why in [Unreachable::Protocol, Unreachable::Port] {
        let mut b = Bench::in_state(SynSent, "");
        b.icmp(IcmpKind::Unreachable(why), 100);
        b.is(Closed);
        assert_eq!(b.ended(), Some((Ended::Unreachable, "icmp-hard-error")));
        assert_eq!(b.receive(1), Err(CallError::Unreachable));
    }
}

#[test]
fn syn_received_checks_the_ack() {
    shows("arc 10, arc 32, U9, U10");
    for mut b in [
        Bench::in_state(SynReceived, ""),
        Bench::in_active_syn_received(""),
    ] {
        for ack in [0, 99, 100, 102, 3_000_000_000u32] {
            b.arrives(&format!(". 301 ack {ack}"));
            b.sends(&format!("R {ack}"));
            b.is(SynReceived);
        }
        b.must_say("unacceptable-ack-in-syn-received");
        b.arrives("- 301");
        b.must_say("ack-missing");
        b.sends_nothing();
        b.arrives(". 301 ack 101");
        b.is(Established);
        b.must_say("ack-of-syn");
    }
}

#[test]
fn syn_received_goes_by_where_it_came_from() {
    shows("arc 9, arc 29, MUST-11");
    let mut b = Bench::in_state(SynReceived, "");
    b.arrives("R 301");
    b.is(Listen);
    b.must_say("rst-in-syn-received-passive");
    assert_eq!(b.ended(), None);
    let mut b = Bench::in_active_syn_received("");
    b.arrives("R 301");
    b.is(Closed);
    assert_eq!(
        b.ended(),
        Some((Ended::Refused, "rst-in-syn-received-active"))
    );
    // A listener's child: its listener goes on listening.
    let mut b = Bench::new("");
    let listener = b.listen(None);
    b.arrives("S 300");
    b.sends("S. 100 ack 301");
    b.arrives("R 301");
    assert_eq!(b.stack.status(listener).expect("there").syn_queue, 0);
    b.arrives("S 900");
    b.sends("S. 1000100 ack 901");
    b.arrives(". 901 ack 1000101");
    b.accept(listener);
    b.is(Established);
}

#[test]
fn a_fin_with_the_ack_of_the_syn() {
    shows("arc 33, arc 10, arc 13");
    let mut b = Bench::in_state(SynReceived, "");
    b.arrives("F. 301 ack 101");
    b.is(CloseWait);
    b.sends(". 101 ack 302");
}

#[test]
fn close_in_syn_received() {
    shows("arc 11, arc 34, T8");
    let mut b = Bench::in_state(SynReceived, "");
    b.close().expect("open");
    b.is(FinWait1);
    b.must_say("close-in-syn-received");
    // With data queued the CLOSE waits.
    let mut b = Bench::in_state(SynReceived, "");
    b.send(5).expect("room");
    b.shutdown().expect("open");
    b.is(SynReceived);
    b.sends_nothing();
    assert_eq!(b.send(1), Err(CallError::Closing));
    b.arrives(". 301 ack 101");
    b.is(FinWait1);
    b.must_say("close-waited");
    b.sends("FP. 101 ack 301 len 5");
}

#[test]
fn send_in_syn_sent_and_syn_received_waits_for_established() {
    shows("MUST-60, MUST-61");
    let mut b = Bench::in_state(SynSent, "");
    b.send(5).expect("room");
    b.sends_nothing();
    b.arrives("S. 300 ack 101");
    b.sends("P. 101 ack 301 len 5");
}

#[test]
fn quiet_time_after_a_start() {
    shows("setting quiet-time");
    let mut b = Bench::new("quiet-time on; msl 2s");
    b.connect();
    b.sends_nothing();
    b.must_say("quiet-time");
    b.wait_ms(1_999);
    b.sends_nothing();
    b.wait_ms(1);
    b.sends("S 100");
    let mut b = Bench::new("quiet-time on; msl 2s");
    b.open_passive();
    b.arrives("S 300");
    b.sends_nothing();
    b.wait_s(2);
    b.arrives("S 300");
    b.sends("S. 100 ack 301");
}

#[test]
fn ephemeral_ports_come_from_their_range_and_run_out() {
    shows("setting ephemeral-first, setting ephemeral-last");
    let mut b = Bench::new("ephemeral-first 40000; ephemeral-last 40002");
    let mut ports = Vec::new();
    for _ in 0..3 {
        let socket = b.stack.socket();
        b.stack.connect(b.now, socket, b.peer).expect("one is left");
        ports.push(
            b.stack
                .status(socket)
                .expect("there")
                .local
                .expect("chosen")
                .port(),
        );
    }
    ports.sort_unstable();
    assert_eq!(ports, [40_000, 40_001, 40_002]);
    let socket = b.stack.socket();
    assert_eq!(
        b.stack.connect(b.now, socket, b.peer),
        Err(CallError::NoPorts)
    );
    // To another end the same ports serve again.
    let other = "10.0.0.3:5000".parse().expect("an address");
    assert_eq!(b.stack.connect(b.now, socket, other), Ok(()));
    b.drain();
    assert_eq!(b.all_sent().len(), 4);
}

#[test]
fn misuse_is_answered_with_an_error() {
    shows("MUST-41");
    let mut b = Bench::in_state(Established, "");
    let (socket, peer, ours) = (b.socket, b.peer, b.ours);
    assert_eq!(
        b.stack.connect(b.now, socket, peer),
        Err(CallError::AlreadyExists)
    );
    assert_eq!(
        b.stack.open_passive(b.now, socket, None),
        Err(CallError::AlreadyExists)
    );
    assert_eq!(
        b.stack.listen(b.now, socket, None),
        Err(CallError::AlreadyExists)
    );
    assert_eq!(b.stack.bind(socket, ours), Err(CallError::Unsuitable));
    assert_eq!(b.stack.accept(socket), Err(CallError::Unsuitable));
    let nobody = tcp::event::SocketId(4711);
    assert_eq!(b.stack.close(b.now, nobody), Err(CallError::NoConnection));
    let second = b.stack.socket();
    assert_eq!(b.stack.bind(second, ours), Err(CallError::AddressInUse));
    let flags = SendFlags::default();
    assert_eq!(
        b.stack.send(b.now, second, b"x", flags),
        Err(CallError::NoConnection)
    );
    b.sends_nothing();
    b.is(Established);
}

/// Practice for the active side, leaning on RFC 7323 5; by the RFC the connection already exists (3.10.1). SO_REUSEADDR.
#[test]
fn an_open_takes_the_place_of_time_wait_where_timestamps_protect_it() {
    shows("reuse-address, setting time-wait-open");
    for (text, stamps, reused) in [
        ("timestamps on; time-wait-open on", true, true),
        ("timestamps off; time-wait-open on", false, false),
        ("timestamps on", true, false),
        ("policy linux", true, false),
    ] {
        let ts = |n: u32| {
            if stamps {
                format!(" <TS {n} 0>")
            } else {
                String::new()
            }
        };
        let mut b = Bench::new(text);
        b.established_with(&format!("win 10000{}", ts(500)));
        b.shutdown().expect("open");
        b.arrives(&format!(". 301 ack 102{}", ts(501)));
        b.arrives(&format!("F. 301 ack 102{}", ts(502)));
        b.is(TimeWait);
        b.sent.clear();
        let (ours, peer) = (b.ours, b.peer);
        let second = b.stack.socket();
        assert_eq!(b.stack.bind(second, ours), Err(CallError::AddressInUse));
        b.stack
            .set_option(b.now, second, SocketOption::ReuseAddress(true))
            .expect("fits");
        b.stack.bind(second, ours).expect("only TIME-WAIT holds it");
        assert_eq!(
            b.stack.connect(b.now, second, peer),
            Err(CallError::AddressInUse)
        );
        b.wait(Duration::from_secs(2));
        let answer = b.stack.connect(b.now, second, peer);
        b.drain();
        if reused {
            assert_eq!(answer, Ok(()));
            b.must_say("open-reuses-time-wait");
            b.sends("S 1000100");
            b.is(Closed);
        } else {
            assert_eq!(answer, Err(CallError::AddressInUse), "{text}");
            b.is(TimeWait);
        }
    }
}

cases![
    close_in_listen_and_in_syn_sent_deletes_the_tcb,
    send_and_active_open_in_listen,
    a_passive_open_for_one_remote_takes_only_that_one,
    opens_to_nowhere_are_refused,
    a_syn_to_many_addresses_is_dropped_in_silence,
    the_local_address_is_given_or_chosen_and_then_kept,
    listening_beside_connections_on_the_same_port,
    syn_sent_drops_or_resets_what_does_not_fit,
    a_syn_ack_with_text_and_fin_goes_on_to_the_later_checks,
    text_on_a_syn_is_kept_until_established,
    a_hard_icmp_error_ends_syn_sent,
    syn_received_checks_the_ack,
    syn_received_goes_by_where_it_came_from,
    a_fin_with_the_ack_of_the_syn,
    close_in_syn_received,
    send_in_syn_sent_and_syn_received_waits_for_established,
    quiet_time_after_a_start,
    ephemeral_ports_come_from_their_range_and_run_out,
    misuse_is_answered_with_an_error,
    an_open_takes_the_place_of_time_wait_where_timestamps_protect_it,
];
