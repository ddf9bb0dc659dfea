//! What goes into the store comes out again.

use core::net::IpAddr;

use tcp::event::Timer;
use tcp::reason::Reason;
use tcp::seq::Seq;
use tcp::state::State;
use tcp::time::Instant;
use tcp::wire::{Envelope, Flags, OptionBuffer, SegmentHeader, write_datagram};

use super::*;
use crate::payload;

fn new(time: u64, place: Place, socket: u32, cause: Option<u32>) -> NewRecord<'static> {
    NewRecord {
        time: Instant(time),
        place,
        socket,
        cause: cause.map(RecordId),
        more: &[],
    }
}

fn segment(seq: u32, flags: Flags, body: &[u8]) -> Vec<u8> {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let header = SegmentHeader {
        source_port: 4000,
        destination_port: 8080,
        seq: Seq(seq),
        ack: Seq(0),
        flags,
        window: 1000,
        urgent_pointer: 0,
    };
    let mut out = Vec::new();
    let envelope = Envelope::new(ip("192.0.2.1"), ip("192.0.2.2"));
    write_datagram(
        &mut out,
        &envelope,
        &header,
        &OptionBuffer::EMPTY,
        [body, &[]],
    )
    .unwrap();
    out
}

fn send<'a>(
    bytes: &'a [u8],
    nth: u32,
    stream_offset: Option<u32>,
    retransmission: bool,
) -> NewSend<'a> {
    let why = Why::Engine(Reason::ALL[0]);
    NewSend {
        why,
        nth,
        to: Place::B,
        bytes,
        stream_offset,
        retransmission,
    }
}

#[test]
fn datagrams_come_back_byte_for_byte() {
    let mut trace = Trace::default();
    let mut pattern = Vec::new();
    payload::pattern(Place::A, 1, 100, 700, &mut pattern);
    let generated = segment(101, Flags::ACK, &pattern);
    let explicit = segment(801, Flags::ACK, b"hello");
    let first = trace.append_send(
        &new(10, Place::A, 1, None),
        &send(&generated, 1, Some(100), false),
    );
    let used = trace.memory();
    let second = trace.append_send(
        &new(10, Place::A, 1, None),
        &send(&explicit, 2, Some(800), false),
    );
    let garbage = trace.append_send(
        &new(11, Place::A, 0, None),
        &send(&[1, 2, 3], 3, None, false),
    );
    assert!(used < 300, "the pattern is not kept: {used}");
    let mut bytes = Vec::new();
    for (id, sent) in [
        (first, &generated[..]),
        (second, &explicit),
        (garbage, &[1, 2, 3]),
    ] {
        assert!(trace.datagram(id, &mut bytes));
        assert_eq!(bytes, sent);
    }
    let sent = trace.sent(first).unwrap();
    assert_eq!(
        (
            sent.tcp,
            sent.seq,
            sent.len,
            sent.source_port,
            sent.datagram_len
        ),
        (true, 101, 700, 4000, 740)
    );
    assert!(!trace.sent(garbage).unwrap().tcp);
    // One bit of it was flipped on the way.
    let mut damaged = explicit.clone();
    damaged[44] ^= 1;
    let kind = RecordKind::Arrive {
        send: second,
        why: Why::World(WorldReason::RandomLoss),
    };
    let arrived = trace.append_end(&new(20, Place::B, 1, Some(1)), kind, &[], Some(&damaged));
    assert!(trace.datagram(arrived, &mut bytes) && bytes == damaged);
    assert!(trace.datagram(second, &mut bytes) && bytes == explicit);
}

#[test]
fn retransmissions_find_their_original() {
    let mut trace = Trace::default();
    let at = |t| new(t, Place::A, 3, None);
    let syn = trace.append_send(&at(0), &send(&segment(9, Flags::SYN, b""), 1, None, false));
    let data = trace.append_send(
        &at(1),
        &send(&segment(10, Flags::ACK, b"abcdef"), 2, Some(0), false),
    );
    let again = trace.append_send(
        &at(2),
        &send(&segment(13, Flags::ACK, b"def"), 3, Some(3), true),
    );
    let third = trace.append_send(
        &at(3),
        &send(&segment(13, Flags::ACK, b"def"), 4, Some(3), true),
    );
    let syn_again = trace.append_send(&at(4), &send(&segment(9, Flags::SYN, b""), 5, None, true));
    let original = |id| trace.sent(id).unwrap().retransmission_of;
    assert_eq!([syn, data].map(original), [None, None]);
    assert_eq!(
        [again, third, syn_again].map(original),
        [Some(data), Some(data), Some(syn)]
    );
}

#[test]
fn causes_children_times_and_judgements() {
    let mut trace = Trace::default();
    let root = trace.append(
        &new(5, Place::A, 0, None),
        RecordKind::Intervention {
            index: 3,
            scripted: true,
        },
    );
    let reason = Reason::ALL[1];
    let kinds = [
        RecordKind::State {
            from: State::Closed,
            to: State::TimeWait,
            reason,
        },
        RecordKind::TimerSet {
            timer: Timer::TimeWait,
            deadline: Instant(0x1_2345_6789_abcd),
            reason,
        },
        RecordKind::TimerFired { timer: Timer::User },
        RecordKind::Deliver { len: 77 },
        RecordKind::PeerClosed,
        RecordKind::Ended {
            how: Ended::TimedOut,
            reason,
        },
    ];
    let ids: Vec<RecordId> = (0..)
        .zip(kinds)
        .map(|(n, k)| trace.append(&new(6 + n, Place::B, 2, Some(0)), k))
        .collect();
    assert_eq!(trace.children(root).collect::<Vec<_>>(), ids);
    for (id, kind) in ids.iter().zip(kinds) {
        assert_eq!(trace.record(*id).unwrap().kind, kind);
        assert_eq!(trace.causes(*id), [root]);
    }
    assert_eq!(
        (
            trace.first_at_or_after(Instant(6)),
            trace.count_until(Instant(6))
        ),
        (1, 2)
    );

    let mut trace = Trace::default();
    let bytes = segment(1, Flags::ACK, b"");
    for n in 0..1000u64 {
        trace.append_send(
            &new(n * 10, Place::A, 1, None),
            &send(&bytes, n as u32 + 1, None, false),
        );
    }
    for n in 0..999u32 {
        let kind = RecordKind::Arrive {
            send: RecordId(n),
            why: Why::Engine(reason),
        };
        trace.append_end(
            &new(10_000 + u64::from(n), Place::B, 1, Some(n)),
            kind,
            &[reason, reason],
            None,
        );
    }
    assert_eq!(trace.judgements(RecordId(1000)).len(), 2);
}

#[test]
fn truncation_forgets_and_nothing_else() {
    let build = |n: u64, trace: &mut Trace| {
        for t in trace.len() as u64 / 2..n {
            let bytes = segment(t as u32, Flags::ACK, b"x");
            let parent = if t == 0 {
                None
            } else {
                Some((t as u32 / 2) * 2)
            };
            trace.append_send(
                &new(t, Place::A, 1, parent),
                &send(&bytes, t as u32 + 1, None, false),
            );
            let kind = RecordKind::Drop {
                send: RecordId(t as u32),
                why: Why::World(WorldReason::LinkCut),
            };
            trace.append_end(
                &new(t, Place::Link, 0, Some(t as u32)),
                kind,
                &[],
                Some(b"other"),
            );
        }
    };
    let mut whole = Trace::default();
    build(300, &mut whole);
    let mut part = Trace::default();
    build(150, &mut part);
    let mark = part.mark();
    assert_eq!(mark, part.mark());
    let mut cut = whole.clone();
    cut.truncate(&mark);
    for trace in [&mut cut, &mut part] {
        build(300, trace);
        assert_eq!(trace.hash(), whole.hash());
        assert!((0..600).all(|id| trace.record(RecordId(id)) == whole.record(RecordId(id))));
        assert!((0..600).all(|id| trace.sent(RecordId(id)) == whole.sent(RecordId(id))));
        assert!((0..600).all(|id| {
            trace
                .children(RecordId(id))
                .eq(whole.children(RecordId(id)))
        }));
    }
}
