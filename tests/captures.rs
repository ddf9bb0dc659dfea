//! Every capture judged by tshark: checksums, malformed packets, segments,
//! acknowledgement numbers, MSS; and the states that go with them.

use sim::trace::{Place, RecordKind, Trace};
use tcp::wire::Flags;
use tests::played;
use tests::tshark::{Frame, frames};

/// What design and RFC say of a scenario.
struct Expected {
    id: &'static str,
    /// Every segment in the order of sending, `>` from A, flags as packetdrill has them.
    segments: &'static str,
    /// Whether segments cross, so that only the order within a direction is told.
    crossing: bool,
    /// The states A's connection goes through.
    a: &'static str,
    /// The states B's connection goes through.
    b: &'static str,
    /// What tshark says of how complete the first stream is (protocol.md §7's bits).
    completeness: u8,
    /// What tshark may remark: what the scenario is about.
    remarks: &'static [&'static str],
}

/// The usual beginning.
macro_rules! opened {
    ($segments:literal) => {
        concat!(">S <S. >. ", $segments)
    };
}
macro_rules! a_after {
    ($states:literal) => {
        concat!("CLOSED SYN-SENT ESTABLISHED ", $states)
    };
}
macro_rules! b_after {
    ($states:literal) => {
        concat!("LISTEN SYN-RECEIVED ESTABLISHED ", $states)
    };
}

const RETRANSMISSION: &str = "This frame is a (suspected) retransmission";
/// What tshark says of every orderly end.
const CLOSING: [&str; 2] = [
    "This frame initiates the connection closing",
    "This frame undergoes the connection closing",
];

const FIRST_LIGHT: &[Expected] = &[
    Expected {
        id: "three-way-handshake",
        segments: ">S <S. >.",
        crossing: false,
        a: "CLOSED SYN-SENT ESTABLISHED",
        b: "LISTEN SYN-RECEIVED ESTABLISHED",
        completeness: 7,
        remarks: &[],
    },
    Expected {
        id: "four-way-close",
        segments: opened!(">F. <. <F. >."),
        crossing: false,
        a: a_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        b: b_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        completeness: 23,
        remarks: &[],
    },
    Expected {
        id: "three-way-close",
        segments: opened!(">F. <F. >."),
        crossing: false,
        a: a_after!("FIN-WAIT-1 TIME-WAIT CLOSED"),
        b: b_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        completeness: 23,
        remarks: &[],
    },
    Expected {
        id: "server-closes-first",
        segments: opened!("<F. >. >F. <."),
        crossing: false,
        a: a_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        b: b_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        completeness: 23,
        remarks: &[],
    },
    Expected {
        id: "half-close",
        segments: opened!(">F. <. <P. >. <P. >. <F. >."),
        crossing: false,
        a: a_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        b: b_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        completeness: 31,
        remarks: &[],
    },
    Expected {
        id: "simultaneous-close",
        segments: opened!(">F. <F. >. <."),
        crossing: true,
        a: a_after!("FIN-WAIT-1 CLOSING TIME-WAIT CLOSED"),
        b: b_after!("FIN-WAIT-1 CLOSING TIME-WAIT CLOSED"),
        completeness: 23,
        remarks: &[],
    },
    Expected {
        id: "simultaneous-open",
        segments: ">S <S >S. <S.",
        crossing: true,
        a: "CLOSED SYN-SENT SYN-RECEIVED ESTABLISHED",
        b: "CLOSED SYN-SENT SYN-RECEIVED ESTABLISHED",
        // No segment is a bare ACK.
        completeness: 3,
        // The SYN in each SYN-ACK was sent before.
        remarks: &[RETRANSMISSION],
    },
    Expected {
        id: "connection-refused",
        segments: ">S <R.",
        crossing: false,
        a: "CLOSED SYN-SENT CLOSED",
        b: "",
        completeness: 37,
        remarks: &["Connection reset (RST)"],
    },
    Expected {
        id: "syn-lost",
        segments: ">S >S <S. >.",
        crossing: false,
        a: "CLOSED SYN-SENT ESTABLISHED",
        b: "LISTEN SYN-RECEIVED ESTABLISHED",
        completeness: 7,
        remarks: &[RETRANSMISSION],
    },
    Expected {
        id: "last-ack-lost",
        segments: opened!(">F. <. <F. >. <F. >."),
        crossing: false,
        a: a_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        b: b_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        completeness: 23,
        remarks: &[RETRANSMISSION, "Duplicate ACK"],
    },
    Expected {
        id: "time-wait",
        segments: opened!(">F. <. <F. >. >S <S. >."),
        crossing: false,
        a: a_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        b: b_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        completeness: 23,
        // The port is free again, and the scenario takes it.
        remarks: &["A new tcp session is started with the same ports"],
    },
    Expected {
        id: "mss-negotiation",
        segments: opened!(">. >. >P. <. <. <. <P. >. <F. >. >F. <."),
        crossing: true,
        a: a_after!("CLOSE-WAIT LAST-ACK CLOSED"),
        b: b_after!("FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"),
        completeness: 31,
        remarks: &[],
    },
];

/// The states a host's first connection goes through, in order.
fn states(trace: &Trace, place: Place) -> String {
    let mut socket = None;
    let mut words: Vec<&str> = Vec::new();
    for record in trace.iter().filter(|record| record.place == place) {
        let RecordKind::State { from, to, .. } = record.kind else {
            continue;
        };
        // A listener (CLOSED → LISTEN) is no connection.
        if (from, to) == (tcp::state::State::Closed, tcp::state::State::Listen) {
            continue;
        }
        if *socket.get_or_insert(record.socket) == record.socket {
            if words.is_empty() {
                words.push(from.name());
            }
            words.push(to.name());
        }
    }
    words.join(" ")
}

/// Every ACK names the end of something that the other end sent before: after a
/// SYN or FIN its number plus one.
fn acknowledgements_fit(id: &str, frames: &[Frame]) {
    for (index, frame) in frames.iter().enumerate() {
        let flags = Flags(frame.flags);
        if !flags.ack() {
            assert!(
                flags.syn(),
                "{id}: only the first SYN goes without ACK: {frame:?}"
            );
            assert_eq!(frame.ack, 0, "{id}: zero where it means nothing: {frame:?}");
            continue;
        }
        let sent_before = frames[..index].iter().any(|other| {
            other.interface != frame.interface
                && other.source_port == frame.destination_port
                && other.seq.wrapping_add(other.length()) == frame.ack
        });
        assert!(
            sent_before,
            "{id}: {frame:?} acknowledges what was never sent"
        );
    }
}

/// No segment is larger than what the other end announced.
fn announced_sizes_hold(id: &str, frames: &[Frame]) {
    for frame in frames {
        // RFC 9293 3.7.1: without the option, 536.
        let announced = frames
            .iter()
            .filter(|other| other.interface != frame.interface && Flags(other.flags).syn())
            .find_map(|other| other.mss);
        let most = u32::from(announced.unwrap_or(536));
        assert!(
            frame.len <= most,
            "{id}: {} bytes where {most} were announced",
            frame.len
        );
    }
}

#[test]
fn first_light_scenarios_hold_before_tshark() {
    for expected in FIRST_LIGHT {
        let id = expected.id;
        let history = played(id);
        assert_eq!(
            states(history.trace(), Place::A),
            expected.a,
            "{id}: states of A"
        );
        assert_eq!(
            states(history.trace(), Place::B),
            expected.b,
            "{id}: states of B"
        );
        let Some(frames) = frames(&formats::pcapng::of_trace(history.trace())) else {
            return;
        };
        let arrows: Vec<String> = frames.iter().map(Frame::arrow).collect();
        let wanted: Vec<&str> = expected.segments.split(' ').collect();
        if expected.crossing {
            for way in ['>', '<'] {
                let one = |list: &[&str]| {
                    list.iter()
                        .filter(|arrow| arrow.starts_with(way))
                        .map(|a| a.to_string())
                        .collect::<Vec<_>>()
                };
                let seen: Vec<&str> = arrows.iter().map(String::as_str).collect();
                assert_eq!(one(&seen), one(&wanted), "{id}: segments, {way}");
            }
        } else {
            assert_eq!(arrows, wanted, "{id}: segments");
        }
        for frame in &frames {
            assert!(frame.checksums_good, "{id}: checksums of {frame:?}");
            assert!(!frame.malformed, "{id}: malformed: {frame:?}");
            for remark in &frame.remarks {
                assert!(
                    expected
                        .remarks
                        .iter()
                        .chain(&CLOSING)
                        .any(|known| remark.contains(known)),
                    "{id}: tshark remarks «{remark}» of {frame:?}"
                );
            }
        }
        assert_eq!(
            frames[0].completeness, expected.completeness,
            "{id}: completeness"
        );
        acknowledgements_fit(id, &frames);
        announced_sizes_hold(id, &frames);
    }
}

#[test]
fn both_ends_of_the_mss_scenario_keep_to_536() {
    let history = played("mss-negotiation");
    let Some(frames) = frames(&formats::pcapng::of_trace(history.trace())) else {
        return;
    };
    let announced: Vec<Option<u16>> = frames[..2].iter().map(|frame| frame.mss).collect();
    assert_eq!(
        announced,
        [Some(1460), Some(536)],
        "each end announces what it can take"
    );
    for side in ["A", "B"] {
        let largest = frames
            .iter()
            .filter(|frame| frame.interface == side)
            .map(|frame| frame.len)
            .max();
        assert_eq!(
            largest,
            Some(536),
            "{side} sends full segments, and none larger"
        );
    }
}

#[test]
fn no_capture_of_the_catalogue_is_malformed() {
    for id in sim::catalogue::ids() {
        let history = played(id);
        let trace = history.trace();
        let Some(frames) = frames(&formats::pcapng::of_trace(trace)) else {
            return;
        };
        let sends: Vec<_> = formats::sends(trace).collect();
        assert_eq!(frames.len(), sends.len(), "{id}: every datagram once");
        for (frame, sent) in frames.iter().zip(sends) {
            assert_eq!(
                (frame.time_us, frame.interface.as_str()),
                (sent.time.0, sent.place.id()),
                "{id}"
            );
            assert!(!frame.malformed, "{id}: {frame:?}");
            if sent.tcp {
                assert_eq!(
                    (frame.seq, frame.ack, frame.flags),
                    (sent.seq, sent.ack, sent.flags),
                    "{id}"
                );
                assert_eq!(frame.len, sent.len, "{id}");
                assert!(frame.checksums_good, "{id}: {frame:?}");
            }
        }
    }
}
