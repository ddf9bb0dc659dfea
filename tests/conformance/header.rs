//! Header, options, checksum, MSS, urgent pointer, PUSH (RFC 9293 3.1, 3.2,
//! 3.7.1, 3.8.5), over IPv4 and IPv6.

use tcp::event::{Ended, EventKind, Report};
use tcp::stack::{SendFlags, SocketOption, Stack};
use tcp::state::State::{CloseWait, Closed, Established, Listen, SynReceived, TimeWait};
use tcp::wire::{Datagram, IcmpKind, Segment, Unreachable};

use crate::bench::{Bench, settings};
use crate::record::{cases, shows};
use crate::segment::datagram;

/// The datagram with its TCP bytes changed and the TCP checksum made right again (IPv4).
fn changed(mut bytes: Vec<u8>, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    change(&mut bytes[20..]);
    let read = Datagram::parse(&bytes).expect("whole");
    let sum = Segment::parse(read.payload)
        .expect("whole")
        .checksum_right(read.source, read.destination);
    bytes[36..38].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn checksums_are_made_and_checked() {
    shows("MUST-2, MUST-3, setting verify-checksums");
    for v6 in [false, true] {
        let header = if v6 { 40 } else { 20 };
        let fresh = |text: &str| {
            if v6 {
                Bench::v6(text)
            } else {
                Bench::new(text)
            }
        };
        // Every byte of header and text, one bit at a time. (Ports and addresses too: then it is not ours, or wrong.)
        let mut b = fresh("");
        b.open_passive();
        let good = datagram("S 300 len 3 <mss 1000>", b.peer, b.ours);
        for at in header..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            b.bytes(&bad);
        }
        b.is(Listen);
        b.sends_nothing();
        b.must_say("checksum-wrong");
        b.bytes(&good);
        // Bench::sends checks the sums of what it sent.
        b.sends(
            "S. 100 ack 301 <mss 1460>"
                .replace("1460", if v6 { "1440" } else { "1460" })
                .as_str(),
        );
        // Switched off, a damaged text gets in.
        let mut b = fresh("verify-checksums off");
        b.established();
        let mut bad = datagram("P. 301 ack 101 len 4", b.peer, b.ours);
        *bad.last_mut().expect("text") ^= 0xff;
        b.bytes(&bad);
        assert_eq!(b.receive(9).map(|t| t.len()), Ok(4));
    }
    let mut b = Bench::new("");
    b.established();
    let mut bad = datagram("P. 301 ack 101 len 4", b.peer, b.ours);
    bad[8] ^= 1;
    b.bytes(&bad);
    b.must_say("header-checksum-wrong");
}

#[test]
fn what_is_no_segment_is_refused_with_a_reason() {
    shows("MUST-50, U4");
    let mut b = Bench::new("");
    b.open_passive();
    let good = datagram("S 300 <mss 1000>", b.peer, b.ours);
    b.bytes(&[]);
    b.bytes(&good[..19]);
    b.must_say("datagram-malformed");
    let short = changed(good.clone(), |tcp| tcp[12] = 0x50);
    b.bytes(&short);
    b.is(SynReceived);
    for offset in [0x00u8, 0x10, 0x40, 0x90, 0xf0] {
        let mut b = Bench::new("");
        b.open_passive();
        let mut bad = good.clone();
        bad[32] = offset;
        b.bytes(&bad);
        b.must_say("segment-malformed");
    }
    let mut other = good.clone();
    other[9] = 17;
    let sum = 0u16;
    other[10..12].copy_from_slice(&sum.to_be_bytes());
    let mut total = other[..20]
        .chunks(2)
        .map(|c| u32::from(u16::from_be_bytes([c[0], c[1]])))
        .sum::<u32>();
    total = (total & 0xffff) + (total >> 16);
    other[10..12].copy_from_slice(&(!(total as u16)).to_be_bytes());
    b.bytes(&other);
    b.must_say("protocol-unknown");
    // IP options (record route, say) are skipped.
    let mut b = Bench::new("");
    b.open_passive();
    let mut with_options = good[..20].to_vec();
    with_options.extend([7, 7, 4, 0, 0, 0, 0, 0]);
    with_options.extend(&good[20..]);
    with_options[0] = 0x47;
    let length = with_options.len() as u16;
    with_options[2..4].copy_from_slice(&length.to_be_bytes());
    with_options[10..12].copy_from_slice(&[0, 0]);
    let mut total = with_options[..28]
        .chunks(2)
        .map(|c| u32::from(u16::from_be_bytes([c[0], c[1]])))
        .sum::<u32>();
    total = (total & 0xffff) + (total >> 16);
    with_options[10..12].copy_from_slice(&(!(total as u16)).to_be_bytes());
    b.bytes(&with_options);
    b.sends("S. 100 ack 301");
}

#[test]
fn reserved_bits_are_sent_as_zero_and_ignored() {
    shows("reserved bits");
    let mut b = Bench::new("");
    b.open_passive();
    let syn = datagram("S 300", b.peer, b.ours);
    let bytes = changed(syn, |tcp| tcp[12] |= 0x0f);
    b.stack.handle_datagram(b.now, &bytes);
    let mut out = Vec::new();
    b.stack.poll_transmit(b.now, &mut out).expect("the SYN-ACK");
    assert_eq!(out[32] & 0x0f, 0);
    b.is(SynReceived);
    // ECE and CWR are shown, never sent.
    let mut b = Bench::new("");
    b.open_passive();
    b.arrives("SEW 300");
    b.sends("S. 100 ack 301");
}

#[test]
fn options_at_any_place_and_alignment() {
    shows("MUST-4, MUST-5, MUST-6, MUST-64, MUST-68, MUST-14");
    for options in [
        "mss 700",
        "nop,mss 700",
        "nop,nop,nop,mss 700",
        "kind 200,mss 700",
        "nop,kind 99,nop,mss 700,kind 253",
        "mss 700,eol",
        "sackOK,nop,wscale 3,mss 700",
    ] {
        let mut b = Bench::in_state(Listen, "");
        b.arrives(&format!("S 300 <{options}>"));
        assert_eq!(b.status().mss_peer, 700, "{options}");
    }
    // What stands behind an end of list is not read.
    let mut b = Bench::in_state(Listen, "");
    b.arrives("S 300 <eol,mss 700>");
    assert_eq!(b.status().mss_peer, 536);
    // In any segment: known and unknown ones; MSS counts on a SYN only.
    let mut b = Bench::in_state(Established, "");
    for options in [
        "nop",
        "kind 77",
        "mss 300",
        "TS 5 5",
        "sack 1-2",
        "wscale 9,sackOK",
    ] {
        b.arrives(&format!(". 301 ack 101 <{options}>"));
        b.is(Established);
    }
    assert_eq!(b.status().mss_peer, 536);
    assert_eq!(b.status().window_scale, None);
}

#[test]
fn illegal_option_lengths_are_survived() {
    shows("MUST-7");
    for (kind, length) in [
        (2u8, 0u8),
        (2, 1),
        (2, 2),
        (2, 5),
        (2, 40),
        (77, 0),
        (77, 1),
        (77, 255),
        (3, 0),
        (8, 11),
        (5, 9),
        (4, 200),
    ] {
        let mut b = Bench::in_state(Listen, "");
        let syn = datagram("S 300 <mss 1000>", b.peer, b.ours);
        b.bytes(&changed(syn, |tcp| {
            tcp[20] = kind;
            tcp[21] = length;
        }));
        b.must_say("option-illegal");
        b.sends("S. 100 ack 301");
        assert_eq!(b.status().mss_peer, 536);
        let mut b = Bench::in_state(Established, "delayed-ack off");
        let text = datagram("P. 301 ack 101 len 3 <mss 1000>", b.peer, b.ours);
        b.bytes(&changed(text, |tcp| {
            tcp[20] = kind;
            tcp[21] = length;
        }));
        b.must_say("option-illegal");
        b.sends(". 111 ack 304");
    }
}

#[test]
fn what_is_sent_has_options_in_order_padded_with_zeros() {
    shows(
        "MUST-65, MUST-68, MUST-69, SHLD-5, MAY-3, setting option-order, setting sack, setting window-scale, setting window-scale-shift",
    );
    for (order, hex) in [
        (
            "rfc",
            "020405b4 01030305 01010402 0101080a 000003e8 00000000",
        ),
        ("linux", "020405b4 0402080a 000003e8 00000000 01030305"),
        ("freebsd", "020405b4 01030305 0402080a 000003e8 00000000"),
    ] {
        let mut b = Bench::new(&format!(
            "option-order {order}; sack on; timestamps on; window-scale on; window-scale-shift 5"
        ));
        let socket = b.bound();
        b.stack.connect(b.now, socket, b.peer).expect("it may");
        let mut out = Vec::new();
        b.stack.poll_transmit(b.now, &mut out).expect("the SYN");
        let printed: Vec<String> = out[40..]
            .chunks(4)
            .map(|c| c.iter().map(|x| format!("{x:02x}")).collect())
            .collect();
        assert_eq!(printed.join(" "), hex, "{order}");
    }
    // FreeBSD's order without timestamps needs padding: end of list and zeros.
    let mut b = Bench::new("option-order freebsd; sack on");
    let socket = b.bound();
    b.stack.connect(b.now, socket, b.peer).expect("it may");
    let mut out = Vec::new();
    b.stack.poll_transmit(b.now, &mut out).expect("the SYN");
    assert_eq!(out[44..], [4, 2, 0, 0]);
    assert_eq!(out.len(), 48);
    // MSS in SYNs of both kinds, and nowhere else.
    let mut b = Bench::new("");
    b.connect();
    b.sends("S 100 <mss 1460>");
    b.arrives("S 300");
    b.sends("S. 100 ack 301 <mss 1460>");
    b.arrives(". 301 ack 101");
    b.send(5).expect("room");
    b.sends("P. 101 ack 301 len 5 <>");
    b.shutdown().expect("open");
    b.sends("F. 106 ack 301 <>");
    // A SYN-ACK has only what was offered.
    let mut b = Bench::new("sack on; timestamps on; window-scale on");
    b.open_passive();
    b.arrives("S 300 <mss 900,sackOK>");
    b.sends("S. 100 ack 301 <mss 1460,sackOK>");
}

#[test]
fn the_mss_that_is_announced() {
    shows("MUST-67, SHLD-6, SHLD-5, setting mss, setting send-mss-option");
    for (text, mtu, expected) in [
        ("", 1500, Some(1460)),
        ("", 576, Some(536)),
        ("mss 900", 1500, Some(900)),
        ("mss 65495", 1500, Some(1460)),
        ("send-mss-option off", 1500, None),
    ] {
        let ours: std::net::SocketAddr = "10.0.0.1:8080".parse().expect("an address");
        let mut stack = Stack::new(&[ours.ip()], mtu, settings(text), [1; 16]);
        let socket = stack.socket();
        let remote = "10.0.0.2:80".parse().expect("an address");
        stack
            .connect(tcp::time::Instant(0), socket, remote)
            .expect("it may");
        let mut out = Vec::new();
        stack
            .poll_transmit(tcp::time::Instant(0), &mut out)
            .expect("the SYN");
        let (seg, ..) = crate::segment::Seg::read(&out);
        assert_eq!(
            seg.options,
            expected.map_or(String::new(), |mss| format!("mss {mss}"))
        );
    }
    let mut b = Bench::new("");
    b.socket = b.bound();
    b.option(SocketOption::MaximumSegmentSize(800));
    let socket = b.socket;
    b.stack.connect(b.now, socket, b.peer).expect("it may");
    b.drain();
    b.sends("S 100 <mss 800>");
}

#[test]
fn the_mss_that_is_used() {
    shows("MUST-14, MUST-15, MUST-16, SHLD-28");
    for (v6, options, timestamps, expected) in [
        (false, "<mss 1000>", false, 1000),
        (false, "", false, 536),
        (true, "", false, 1220),
        (true, "<mss 1000>", false, 1000),
        (false, "<mss 9000>", false, 1460),
        (true, "<mss 9000>", false, 1440),
        (false, "<mss 1000,TS 1 1>", true, 988),
        (false, "<mss 9000,TS 1 1>", true, 1448),
    ] {
        let text = if timestamps {
            "timestamps on; congestion none"
        } else {
            "congestion none"
        };
        let mut b = if v6 {
            Bench::v6(text)
        } else {
            Bench::new(text)
        };
        b.established_with(&format!("win 60000 {options}"));
        b.send(4 * expected).expect("room");
        let sizes: Vec<usize> = b.sent.iter().map(|(_, s)| s.payload.len()).collect();
        assert_eq!(sizes, [expected as usize; 4], "{v6} {options}");
    }
}

#[test]
fn windows_are_unsigned_and_kept_in_32_bits() {
    shows("MUST-1, REC-1, RFC 7323");
    let mut b = Bench::new("window-scale on; congestion none; send-buffer 200000");
    b.established_with("win 65535 <mss 1000,wscale 3>");
    assert_eq!(b.status().snd_wnd, 65_535);
    b.arrives(". 301 ack 101 win 65535");
    assert_eq!(b.status().snd_wnd, 65_535 << 3);
    b.send(150_000).expect("room");
    assert_eq!(b.sent.len(), 150);
    let mut b = Bench::new("congestion none");
    b.established_with("win 40000 <mss 1000>");
    b.send(50_000).expect("room");
    assert_eq!(b.sent.len(), 40);
}

#[test]
fn urgent_data_are_sent() {
    shows("MUST-30, MUST-31, MUST-62");
    let urgent = SendFlags {
        push: false,
        urgent: true,
        more: false,
    };
    let mut b = Bench::new("nagle off; send-buffer 200000; congestion none");
    b.established_with("win 60000 <mss 1000>");
    b.send(5).expect("room");
    b.sends("P. 101 ack 301 len 5");
    b.send_flags(3, urgent).expect("room");
    b.sends("P.U 106 ack 301 len 3 up 3");
    b.send(2).expect("room");
    b.sends("P. 109 ack 301 len 2");
    // As long as it likes: the pointer says how far as soon as it can.
    b.arrives(". 301 ack 111 win 60000");
    b.send_flags(70_000, urgent).expect("room");
    let first = b.next();
    assert_eq!((first.flags.urg(), first.urgent), (true, 65_535));
    let mut last = first;
    while last.seq.wrapping_add(last.payload.len() as u32) < 111 + 70_000 {
        match b.sent.pop_front() {
            Some((_, seg)) => last = seg,
            None => b.arrives(&format!(". 301 ack {} win 60000", b.status().snd_nxt.0)),
        }
    }
    assert_eq!(usize::from(last.urgent), last.payload.len());
}

#[test]
fn urgent_data_are_told_of() {
    shows("MUST-30, MUST-32, MUST-33, MUST-62, MUST-66");
    let mut b = Bench::new("receive-buffer 100");
    b.established();
    b.arrives("P.U 301 ack 101 len 10 up 30");
    assert!(b.reported(Report::Urgent));
    b.must_say("urgent-pointer");
    assert_eq!(b.status().rcv_up.0, 331);
    // 20 bytes are still to come; read up to it and there is nothing urgent left.
    assert_eq!(b.status().rcv_up.0 - b.status().rcv_nxt.0, 20);
    b.arrives("P. 311 ack 101 len 20");
    b.receive(30).expect("thirty bytes");
    assert_eq!(b.status().rcv_up, b.status().rcv_nxt);
    // At a closed window the pointer counts all the same.
    b.arrives("P. 331 ack 101 len 70");
    b.arrives("P. 401 ack 101 len 30");
    assert_eq!(b.status().rcv_wnd, 0);
    b.mark();
    b.arrives(".U 401 ack 101 len 1 up 50");
    assert!(b.reported(Report::Urgent));
}

#[test]
fn push_on_the_last_segment_of_what_is_queued() {
    shows("MUST-60, MUST-61, SHLD-27, SHLD-28, MAY-15, MAY-17");
    let mut b = Bench::new("congestion none");
    b.established_with("win 60000 <mss 1000>");
    b.send_flags(
        2500,
        SendFlags {
            push: true,
            urgent: false,
            more: false,
        },
    )
    .expect("room");
    assert_eq!(
        b.all_sent(),
        [". 101 ack 301 len 1000", ". 1101 ack 301 len 1000"],
        "Nagle keeps the rest back while something is out"
    );
    b.arrives(". 301 ack 2101 win 60000");
    b.sends("P. 2101 ack 301 len 500");
    // Several SENDs make one segment with one PSH.
    for _ in 0..3 {
        b.send(100).expect("room");
    }
    b.sends_nothing();
    b.arrives(". 301 ack 2601 win 60000");
    b.sends("P. 2601 ack 301 len 300");
    // And what arrives says whether it was pushed.
    for (flags, pushed) in [("P.", true), (".", false)] {
        let mut b = Bench::in_state(Established, "");
        b.arrives(&format!("{flags} 301 ack 111 len 5"));
        assert!(b.events.iter().any(|e| e.kind
            == EventKind::Deliver {
                len: 5,
                push: pushed
            }));
    }
}

#[test]
fn ipv6_from_the_handshake_to_the_end() {
    shows("IPv6, MUST-2, MUST-3, MUST-54");
    let mut b = Bench::v6("delayed-ack off");
    b.connect();
    b.sends("S 100 <mss 1440>");
    b.arrives("S. 300 ack 101 win 10000");
    b.sends(". 101 ack 301");
    b.send(20).expect("room");
    b.sends("P. 101 ack 301 len 20");
    b.arrives("P. 301 ack 121 len 30");
    b.sends(". 121 ack 331");
    b.arrives("R 340");
    b.sends(". 121 ack 331");
    b.icmp(IcmpKind::Unreachable(Unreachable::Host), 121);
    b.is(Established);
    b.arrives("F. 331 ack 121");
    b.sends(". 121 ack 332");
    b.is(CloseWait);
    assert_eq!(b.receive(50).map(|t| t.len()), Ok(30));
    b.shutdown().expect("open");
    b.sends("F. 121 ack 332");
    b.arrives(". 332 ack 122");
    b.is(Closed);
    assert_eq!(b.ended().map(|e| e.0), Some(Ended::Closed));
    // Active close, a refusal, a hard error, a stray segment.
    let mut b = Bench::v6("");
    b.established();
    b.shutdown().expect("open");
    b.arrives("F. 301 ack 102");
    b.is(TimeWait);
    for (text, ended) in [
        ("R. 0 ack 101", Some(Ended::Refused)),
        ("S. 300 ack 101", None),
    ] {
        let mut b = Bench::v6("");
        b.connect();
        b.arrives(text);
        assert_eq!(b.ended().map(|e| e.0), ended);
    }
    let mut b = Bench::v6("");
    b.connect();
    b.icmp(IcmpKind::Unreachable(Unreachable::Port), 100);
    assert_eq!(b.ended().map(|e| e.0), Some(Ended::Unreachable));
    let mut b = Bench::v6("");
    b.arrives("F 700");
    b.sends("R. 0 ack 701");
}

cases![
    checksums_are_made_and_checked,
    what_is_no_segment_is_refused_with_a_reason,
    reserved_bits_are_sent_as_zero_and_ignored,
    options_at_any_place_and_alignment,
    illegal_option_lengths_are_survived,
    what_is_sent_has_options_in_order_padded_with_zeros,
    the_mss_that_is_announced,
    the_mss_that_is_used,
    windows_are_unsigned_and_kept_in_32_bits,
    urgent_data_are_sent,
    urgent_data_are_told_of,
    push_on_the_last_segment_of_what_is_queued,
    ipv6_from_the_handshake_to_the_end,
];
