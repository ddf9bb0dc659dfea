use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::checksum::{Sum, checksum};
use super::*;
use crate::seq::Seq;
use crate::settings::OptionOrder;

const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const B: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const A6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1));
const B6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2));

fn header(flags: Flags) -> SegmentHeader {
    SegmentHeader {
        source_port: 49152,
        destination_port: 8080,
        seq: Seq(100),
        ack: Seq(300),
        flags,
        window: 65535,
        urgent_pointer: 0,
    }
}

#[test]
fn rfc_1071_example() {
    // RFC 1071 3: 00 01 f2 03 f4 f5 f6 f7 sums to ddf2.
    let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    assert_eq!(checksum(&bytes), !0xddf2);
}

#[test]
fn checksum_agrees_with_the_plain_one_however_it_is_cut() {
    let bytes: Vec<u8> = (0..1500u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for len in [0, 1, 2, 3, 15, 16, 17, 31, 33, 64, 1459, 1460, 1500] {
        let bytes = &bytes[..len];
        let mut plain = 0u32;
        for pair in bytes.chunks(2) {
            plain += u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
        }
        while plain > 0xffff {
            plain = (plain & 0xffff) + (plain >> 16);
        }
        for cut in 0..=len {
            let mut sum = Sum::new();
            sum.add(&bytes[..cut]);
            sum.add(&bytes[cut..]);
            assert_eq!(sum.finish(), !(plain as u16), "{len} cut at {cut}");
        }
    }
}

#[test]
fn flags_print_as_packetdrill_does() {
    for (flags, text) in [
        (Flags::SYN, "S"),
        (Flags::SYN | Flags::ACK, "S."),
        (Flags::ACK, "."),
        (Flags::PSH | Flags::ACK, "P."),
        (Flags::FIN | Flags::ACK, "F."),
        (Flags::FIN | Flags::PSH | Flags::ACK, "FP."),
        (Flags::RST, "R"),
        (Flags::RST | Flags::ACK, "R."),
        (Flags::SYN | Flags::ECE | Flags::CWR, "SEW"),
        (Flags::NONE, "-"),
    ] {
        assert_eq!(format!("{flags}"), text);
        assert_eq!(Flags::from_text(text), Some(flags));
    }
    assert_eq!(Flags::from_text("SS"), None);
    assert_eq!(Flags::from_text("x"), None);
    assert_eq!(Flags::from_text(""), None);
    for bits in 0..=255 {
        assert_eq!(
            Flags::from_text(&format!("{}", Flags(bits))),
            Some(Flags(bits))
        );
    }
}

#[test]
fn a_syn_as_linux_writes_it() {
    let options = OptionBuffer::arranged(
        OptionOrder::Linux,
        &OptionSet {
            mss: Some(1460),
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some(Timestamps {
                value: 0x01020304,
                echo: 0,
            }),
            sack: SackBlocks::EMPTY,
        },
    );
    assert_eq!(
        options.as_slice(),
        [
            2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7
        ]
    );
    for (source, destination, header_len) in [(A, B, 20), (A6, B6, 40)] {
        let mut out = vec![0xee];
        write_datagram(
            &mut out,
            &Envelope::new(source, destination),
            &SegmentHeader {
                ack: Seq(0),
                ..header(Flags::SYN)
            },
            &options,
            [&[], &[]],
        )
        .unwrap();
        let datagram = Datagram::parse(&out[1..]).unwrap();
        assert_eq!(
            (datagram.source, datagram.destination),
            (source, destination)
        );
        assert_eq!(
            (datagram.protocol, datagram.hop_limit, datagram.header_len),
            (6, 64, header_len)
        );
        assert!(datagram.header_checksum_ok());
        let segment = Segment::parse(datagram.payload).unwrap();
        assert!(segment.checksum_ok(source, destination));
        assert_eq!(
            segment.checksum_right(source, destination),
            segment.checksum
        );
        assert!(!segment.checksum_ok(source, source));
        assert_eq!(
            (segment.seq, segment.flags, segment.length()),
            (Seq(100), Flags::SYN, 1)
        );
        let parsed = segment.parsed_options();
        assert_eq!(
            (parsed.mss, parsed.window_scale, parsed.sack_permitted),
            (Some(1460), Some(7), true)
        );
        assert_eq!(
            parsed.timestamps,
            Some(Timestamps {
                value: 0x01020304,
                echo: 0
            })
        );
        assert_eq!(parsed.illegal, None);
    }
}

#[test]
fn option_orders_without_some() {
    let set = |scale: bool, permitted: bool, timestamps: bool| OptionSet {
        mss: Some(536),
        window_scale: scale.then_some(2),
        sack_permitted: permitted,
        timestamps: timestamps.then_some(Timestamps { value: 1, echo: 2 }),
        sack: SackBlocks::EMPTY,
    };
    for order in OptionOrder::ALL {
        for bits in 0..8 {
            let set = set(bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
            let buffer = OptionBuffer::arranged(*order, &set);
            assert_eq!(buffer.len() % 4, 0);
            let parsed = ParsedOptions::parse(buffer.as_slice());
            assert_eq!(parsed.mss, set.mss);
            assert_eq!(parsed.window_scale, set.window_scale);
            assert_eq!(parsed.sack_permitted, set.sack_permitted);
            assert_eq!(parsed.timestamps, set.timestamps);
            assert_eq!(parsed.illegal, None);
            if let Some(at) = buffer.as_slice().windows(2).position(|w| w == [8, 10]) {
                assert_eq!(at % 4, 2, "timestamp values are aligned");
            }
        }
    }
    let linux = OptionBuffer::arranged(OptionOrder::Linux, &set(true, true, false));
    assert_eq!(linux.as_slice(), [2, 4, 2, 24, 1, 1, 4, 2, 1, 3, 3, 2]);
    let freebsd = OptionBuffer::arranged(OptionOrder::FreeBsd, &set(true, true, false));
    assert_eq!(freebsd.as_slice(), [2, 4, 2, 24, 1, 3, 3, 2, 4, 2, 0, 0]);
}

#[test]
fn sack_takes_the_room_that_is_left() {
    let block = |n: u32| SackBlock {
        left: Seq(n),
        right: Seq(n + 10),
    };
    let four = SackBlocks::new(&[block(100), block(200), block(300), block(400)]);
    let mut set = OptionSet {
        sack: four,
        ..OptionSet::default()
    };
    let buffer = OptionBuffer::arranged(OptionOrder::Rfc, &set);
    assert_eq!(buffer.len(), 36);
    assert_eq!(ParsedOptions::parse(buffer.as_slice()).sack, four);
    set.timestamps = Some(Timestamps { value: 1, echo: 2 });
    let buffer = OptionBuffer::arranged(OptionOrder::Rfc, &set);
    assert_eq!(buffer.len(), 40);
    assert_eq!(
        ParsedOptions::parse(buffer.as_slice()).sack.as_slice(),
        &four.as_slice()[..3]
    );
    assert_eq!(OptionBuffer::sack_room(OptionOrder::Rfc, &set), 3);
}

#[test]
fn unknown_options_are_kept_and_skipped() {
    let bytes = [253, 5, 1, 2, 3, 1, 2, 4, 5, 180, 0, 0];
    let all: Vec<_> = OptionIterator::new(&bytes).collect();
    assert_eq!(
        all,
        [
            TcpOption::Unknown {
                kind: 253,
                data: &[1, 2, 3]
            },
            TcpOption::NoOperation,
            TcpOption::MaximumSegmentSize(1460),
            TcpOption::EndOfList,
        ]
    );
}

#[test]
fn illegal_option_lengths_are_items() {
    let illegal = |kind, length, offset| {
        Some(IllegalOption {
            kind,
            length,
            offset,
        })
    };
    for (bytes, expected) in [
        (&[8u8, 0, 1, 1][..], illegal(8, 0, 0)),
        (&[1, 253, 1, 1], illegal(253, 1, 1)),
        (&[1, 1, 2, 5], illegal(2, 5, 2)),
        (&[1, 1, 1, 2], illegal(2, 0, 3)),
        (&[2, 3, 9, 1], illegal(2, 3, 0)),
        (&[5, 2, 1, 1], illegal(5, 2, 0)),
    ] {
        assert_eq!(ParsedOptions::parse(bytes).illegal, expected, "{bytes:?}");
    }
    // What follows a wrong but walkable length is still read.
    let parsed = ParsedOptions::parse(&[2, 3, 9, 3, 3, 7, 1, 1]);
    assert_eq!((parsed.mss, parsed.window_scale), (None, Some(7)));
}

#[test]
fn damaged_segments_are_refused_with_their_place() {
    assert_eq!(
        Segment::parse(&[0; 19]),
        Err(WireError::Truncated {
            offset: 19,
            needed: 20
        })
    );
    let mut bytes = [0u8; 20];
    bytes[12] = 0x40;
    assert_eq!(
        Segment::parse(&bytes),
        Err(WireError::DataOffset { found: 16 })
    );
    bytes[12] = 0x60;
    assert_eq!(
        Segment::parse(&bytes),
        Err(WireError::DataOffset { found: 24 })
    );
    // Reserved bits and the ninth flag are ignored.
    bytes[12] = 0x5f;
    assert_eq!(Segment::parse(&bytes).unwrap().flags, Flags::NONE);
}

#[test]
fn damaged_datagrams_are_refused_with_their_place() {
    let mut out = Vec::new();
    write_datagram(
        &mut out,
        &Envelope::new(A, B),
        &header(Flags::ACK),
        &OptionBuffer::EMPTY,
        [b"GET ", b"/"],
    )
    .unwrap();
    assert_eq!(out.len(), 45);
    let trailing = [&out[..], &[9; 7]].concat();
    let datagram = Datagram::parse(&trailing).unwrap();
    assert_eq!(
        Segment::parse(datagram.payload).unwrap().payload(),
        b"GET /"
    );
    assert_eq!(
        Datagram::parse(&[]),
        Err(WireError::Truncated {
            offset: 0,
            needed: 20
        })
    );
    assert_eq!(
        Datagram::parse(&out[..44]),
        Err(WireError::Truncated {
            offset: 44,
            needed: 45
        })
    );
    let with = |at: usize, byte: u8| {
        let mut bytes = out.clone();
        bytes[at] = byte;
        bytes
    };
    assert_eq!(
        Datagram::parse(&with(0, 0x55)),
        Err(WireError::Version { found: 5 })
    );
    assert_eq!(
        Datagram::parse(&with(0, 0x44)),
        Err(WireError::HeaderLength { found: 16 })
    );
    assert_eq!(
        Datagram::parse(&with(3, 19)),
        Err(WireError::TotalLength { found: 19 })
    );
    assert_eq!(
        Datagram::parse(&with(6, 0x20)),
        Err(WireError::Fragment { offset: 6 })
    );
    assert_eq!(
        Datagram::parse(&with(7, 1)),
        Err(WireError::Fragment { offset: 6 })
    );
    assert!(!Datagram::parse(&with(8, 63)).unwrap().header_checksum_ok());
    let mixed = write_datagram(
        &mut out,
        &Envelope::new(A, B6),
        &header(Flags::ACK),
        &OptionBuffer::EMPTY,
        [&[], &[]],
    );
    assert_eq!((mixed, out.len()), (Err(BuildError::MixedFamilies), 45));
}

fn v6_with(first: u8, extensions: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Envelope::new(A6, B6)
        .write(&mut out, first, extensions.len() + payload.len())
        .unwrap();
    out.extend_from_slice(extensions);
    out.extend_from_slice(payload);
    out
}

#[test]
fn extension_headers_are_skipped() {
    let chain = [
        [60, 0, 1, 4, 0, 0, 0, 0], // hop-by-hop
        [43, 0, 1, 4, 0, 0, 0, 0], // destination options
        [44, 0, 0, 0, 0, 0, 0, 0], // routing, no segments left
        [6, 0, 0, 0, 0, 0, 0, 7],  // a whole datagram in one fragment (RFC 6946)
    ]
    .concat();
    let bytes = v6_with(0, &chain, &[1, 2, 3]);
    let datagram = Datagram::parse(&bytes).unwrap();
    assert_eq!(
        (datagram.protocol, datagram.header_len, datagram.payload),
        (6, 72, &[1, 2, 3][..])
    );
    assert_eq!(
        Datagram::parse(&v6_with(44, &[6, 0, 0, 1, 0, 0, 0, 7], &[])),
        Err(WireError::Fragment { offset: 42 })
    );
    assert_eq!(
        Datagram::parse(&v6_with(43, &[6, 0, 0, 1, 0, 0, 0, 7], &[])),
        Err(WireError::SourceRoute { offset: 40 })
    );
    assert_eq!(
        Datagram::parse(&v6_with(
            60,
            &[0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0],
            &[]
        )),
        Err(WireError::ExtensionOrder { offset: 48 })
    );
    assert_eq!(
        Datagram::parse(&v6_with(60, &[6, 1, 1, 4, 0, 0, 0, 0], &[])),
        Err(WireError::Truncated {
            offset: 40,
            needed: 56
        })
    );
}

#[test]
fn icmp_errors_come_back_with_the_segment_they_quote() {
    let kinds = [
        IcmpKind::Unreachable(Unreachable::Network),
        IcmpKind::Unreachable(Unreachable::Host),
        IcmpKind::Unreachable(Unreachable::Protocol),
        IcmpKind::Unreachable(Unreachable::Port),
        IcmpKind::Unreachable(Unreachable::Prohibited),
        IcmpKind::TooBig { mtu: 1280 },
        IcmpKind::TimeExceeded { reassembly: false },
        IcmpKind::TimeExceeded { reassembly: true },
        IcmpKind::ParameterProblem { pointer: 9 },
        IcmpKind::SourceQuench,
    ];
    for (source, destination, limit) in [(A, B, 576), (A6, B6, 1280)] {
        let mut original = Vec::new();
        write_datagram(
            &mut original,
            &Envelope::new(source, destination),
            &header(Flags::ACK),
            &OptionBuffer::EMPTY,
            [&[7; 1400], &[]],
        )
        .unwrap();
        for kind in kinds {
            if source.is_ipv6() && kind == IcmpKind::SourceQuench {
                continue;
            }
            let mut out = Vec::new();
            icmp::write_error(
                &mut out,
                &Envelope::new(destination, source),
                kind,
                &original,
            )
            .unwrap();
            assert_eq!(out.len(), limit);
            let datagram = Datagram::parse(&out).unwrap();
            let message = IcmpMessage::parse(&datagram).unwrap();
            assert_eq!(message.kind, kind);
            assert!(message.checksum_ok());
            let quoted = message.quoted().unwrap();
            assert_eq!((quoted.source, quoted.destination), (source, destination));
            assert_eq!(
                (quoted.source_port, quoted.destination_port, quoted.seq),
                (49152, 8080, Seq(100))
            );
            let last = out.len() - 1;
            out[last] ^= 1;
            assert!(
                !IcmpMessage::parse(&Datagram::parse(&out).unwrap())
                    .unwrap()
                    .checksum_ok()
            );
        }
    }
    assert!(IcmpKind::Unreachable(Unreachable::Port).is_hard());
    assert!(!IcmpKind::Unreachable(Unreachable::Host).is_hard());
    // Eight bytes of the segment are all that old routers quote.
    let mut original = Vec::new();
    write_datagram(
        &mut original,
        &Envelope::new(A, B),
        &header(Flags::ACK),
        &OptionBuffer::EMPTY,
        [&[], &[]],
    )
    .unwrap();
    let mut out = Vec::new();
    icmp::write_error(
        &mut out,
        &Envelope::new(B, A),
        IcmpKind::TooBig { mtu: 576 },
        &original[..28],
    )
    .unwrap();
    let datagram = Datagram::parse(&out).unwrap();
    assert_eq!(
        IcmpMessage::parse(&datagram).unwrap().quoted().unwrap().seq,
        Seq(100)
    );
    // An echo request is no error.
    let mut echo = Vec::new();
    Envelope::new(A, B)
        .write(&mut echo, PROTOCOL_ICMP, 8)
        .unwrap();
    echo.extend_from_slice(&[8, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        IcmpMessage::parse(&Datagram::parse(&echo).unwrap()),
        Err(WireError::NotAnError { kind: 8 })
    );
}
