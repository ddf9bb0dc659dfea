//! The wire codec against etherparse, on well-formed, damaged and random bytes.
//!
//! Where the two differ on purpose the difference is spelled out:
//! - a fragment is refused here, etherparse marks it;
//! - an IPv6 datagram that has hops left in a routing header is refused here;
//! - an IPv6 payload length of 0 is an empty payload here (no jumbograms);
//! - an authentication header is the payload's protocol here, etherparse skips it;
//! - etherparse stops at an unknown TCP option, here it is an item like any other.

use std::net::IpAddr;

use etherparse::err::{LenError, ip};
use etherparse::{
    IpFragOffset, IpHeaders, IpNumber, IpSlice, Ipv4Header, Ipv6Header, LenSource, NetSlice,
    PacketBuilder, TcpHeader, TcpOptionElement, TcpOptionReadError, TcpOptionsIterator, TcpSlice,
    err,
};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use tcp::seq::Seq;
use tcp::wire::option::OptionIterator;
use tcp::wire::{
    Datagram, Envelope, Flags, IcmpKind, IcmpMessage, OptionBuffer, ParsedOptions, SackBlock,
    SackBlocks, Segment, SegmentHeader, TcpOption, Timestamps, Unreachable, WireError, icmp,
    write_datagram,
};

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/codec.regressions",
        ))),
        ..ProptestConfig::default()
    }
}

const AUTHENTICATION: u8 = 51;

// ---- the comparisons ----

/// The same answer from both about an IP envelope; gives the datagram if both took it.
fn compare_envelope(bytes: &[u8]) -> Option<Datagram<'_>> {
    let ours = Datagram::parse(bytes);
    let theirs = IpSlice::from_slice(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert!(
                ours.protocol == AUTHENTICATION || !theirs.is_fragmenting_payload(),
                "a fragment was taken: {ours:?}"
            );
            assert_eq!(
                (ours.source, ours.destination),
                (theirs.source_addr(), theirs.destination_addr())
            );
            let hop_limit = match &theirs {
                IpSlice::Ipv4(v4) => v4.header().ttl(),
                IpSlice::Ipv6(v6) => v6.header().hop_limit(),
            };
            assert_eq!(ours.hop_limit, hop_limit);
            // Their header forgets the reserved bit beside the fragment flags; the sum is over what was sent.
            if let IpSlice::Ipv4(v4) = &theirs
                && bytes[6] & 0x80 == 0
            {
                let right = v4.header().to_header().calc_header_checksum();
                let stored = v4.header().header_checksum();
                assert_eq!(ours.header_checksum_ok(), same_checksum(stored, right));
            }
            if ours.protocol == AUTHENTICATION {
                return Some(ours);
            }
            assert_eq!(ours.protocol, theirs.payload_ip_number().0);
            if jumbo(bytes) {
                assert!(ours.payload.is_empty());
            } else {
                assert_eq!(ours.payload, theirs.payload().payload);
            }
            Some(ours)
        }
        (Err(WireError::Fragment { .. }), Ok(theirs)) => {
            assert!(theirs.is_fragmenting_payload());
            None
        }
        (Err(WireError::SourceRoute { offset }), Ok(theirs)) => {
            let IpSlice::Ipv6(_) = theirs else {
                panic!("IPv4 has no routing header")
            };
            assert_ne!(bytes[offset + 3], 0);
            None
        }
        // Refused by both: we may have met the fragment or the route before what they complain of.
        (Err(WireError::Fragment { .. } | WireError::SourceRoute { .. }), Err(_)) => None,
        // Without a payload nothing can follow; they take what follows for a jumbogram's.
        (Err(WireError::Truncated { .. }), _) if jumbo(bytes) => None,
        // They look into the authentication header that we leave alone.
        (Ok(ours), Err(_)) if ours.protocol == AUTHENTICATION || jumbo(bytes) => None,
        (Err(ours), Err(theirs)) => {
            compare_refusals(bytes, ours, &theirs);
            None
        }
        (ours, theirs) => panic!("{ours:?} but {theirs:?}"),
    }
}

fn compare_refusals(bytes: &[u8], ours: WireError, theirs: &ip::SliceError) {
    use ip::HeaderError::{Ipv4HeaderLengthSmallerThanHeader, UnsupportedIpVersion};
    use ip::HeadersError::{Ip, Ipv6Ext};
    use ip::SliceError::{IpHeaders, Len};
    match (ours, theirs) {
        (WireError::Version { found }, IpHeaders(Ip(UnsupportedIpVersion { version_number }))) => {
            assert_eq!(found, *version_number);
        }
        (
            WireError::HeaderLength { found },
            IpHeaders(Ip(Ipv4HeaderLengthSmallerThanHeader { ihl })),
        ) => {
            assert_eq!(found, usize::from(*ihl) * 4);
        }
        // They look at the length nibble before they have 20 bytes.
        (WireError::Truncated { .. }, IpHeaders(Ip(Ipv4HeaderLengthSmallerThanHeader { .. }))) => {
            assert!(bytes.len() < 20);
        }
        (
            WireError::TotalLength { found },
            Len(LenError {
                len, len_source, ..
            }),
        ) => {
            assert_eq!((found, *len_source), (*len, LenSource::Ipv4HeaderTotalLen));
        }
        (
            WireError::ExtensionOrder { .. },
            IpHeaders(Ipv6Ext(err::ipv6_exts::HeaderError::HopByHopNotAtStart)),
        ) => {}
        (
            WireError::Truncated { needed, .. },
            Len(LenError {
                required_len,
                layer_start_offset,
                ..
            }),
        ) => {
            // Before the whole fixed header is there we ask for it at once.
            if bytes.len() >= 20 {
                assert_eq!(needed, required_len + layer_start_offset);
            }
        }
        (ours, theirs) => panic!("{ours:?} but {theirs:?}"),
    }
}

fn jumbo(bytes: &[u8]) -> bool {
    bytes.len() > 40 && bytes[0] >> 4 == 6 && bytes[4..6] == [0, 0]
}

/// In one's complement 0 and 0xffff are the same number.
fn same_checksum(stored: u16, right: u16) -> bool {
    stored == right || (stored == 0xffff && right == 0) || (stored == 0 && right == 0xffff)
}

/// The same answer from both about a segment between two addresses.
fn compare_segment(bytes: &[u8], source: IpAddr, destination: IpAddr) {
    match (Segment::parse(bytes), TcpSlice::from_slice(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.source_port, theirs.source_port());
            assert_eq!(ours.destination_port, theirs.destination_port());
            assert_eq!(
                (ours.seq.0, ours.ack.0),
                (theirs.sequence_number(), theirs.acknowledgment_number())
            );
            let flags = [
                (Flags::FIN, theirs.fin()),
                (Flags::SYN, theirs.syn()),
                (Flags::RST, theirs.rst()),
                (Flags::PSH, theirs.psh()),
                (Flags::ACK, theirs.ack()),
                (Flags::URG, theirs.urg()),
                (Flags::ECE, theirs.ece()),
                (Flags::CWR, theirs.cwr()),
            ];
            for (flag, set) in flags {
                assert_eq!(ours.flags.contains(flag), set, "{flag}");
            }
            assert_eq!(ours.window, theirs.window_size());
            assert_eq!(ours.urgent_pointer, theirs.urgent_pointer());
            assert_eq!(
                (ours.header(), ours.payload()),
                (theirs.header_slice(), theirs.payload())
            );
            let length =
                theirs.payload().len() as u32 + u32::from(theirs.syn()) + u32::from(theirs.fin());
            assert_eq!(ours.length(), length);
            let right = match (source, destination) {
                (IpAddr::V4(s), IpAddr::V4(d)) => theirs.calc_checksum_ipv4(s.octets(), d.octets()),
                (IpAddr::V6(s), IpAddr::V6(d)) => theirs.calc_checksum_ipv6(s.octets(), d.octets()),
                _ => panic!("two IP versions"),
            }
            .unwrap();
            assert!(same_checksum(
                ours.checksum_right(source, destination),
                right
            ));
            assert_eq!(
                ours.checksum_ok(source, destination),
                same_checksum(theirs.checksum(), right)
            );
            compare_options(theirs.options());
        }
        (
            Err(WireError::Truncated { needed, .. }),
            Err(err::tcp::HeaderSliceError::Len(theirs)),
        ) => {
            assert_eq!(needed, theirs.required_len);
        }
        (Err(WireError::DataOffset { found }), Err(theirs)) => match theirs {
            err::tcp::HeaderSliceError::Len(theirs) => assert_eq!(found, theirs.required_len),
            err::tcp::HeaderSliceError::Content(err::tcp::HeaderError::DataOffsetTooSmall {
                data_offset,
            }) => {
                assert_eq!(found, usize::from(data_offset) * 4);
            }
        },
        (ours, theirs) => panic!("{ours:?} but {theirs:?}"),
    }
}

/// Item by item, they from where we stand, since they give up after the first that they do not know.
fn compare_options(bytes: &[u8]) {
    let mut at = 0;
    let mut first_illegal = None;
    for ours in OptionIterator::new(bytes) {
        let theirs = TcpOptionsIterator::from_slice(&bytes[at..]).next();
        let length = bytes.get(at + 1).copied().map_or(0, usize::from);
        at += match (ours, theirs) {
            (TcpOption::EndOfList, None) => bytes.len() - at,
            (TcpOption::NoOperation, Some(Ok(TcpOptionElement::Noop))) => 1,
            (
                TcpOption::MaximumSegmentSize(a),
                Some(Ok(TcpOptionElement::MaximumSegmentSize(b))),
            ) if a == b => 4,
            (TcpOption::WindowScale(a), Some(Ok(TcpOptionElement::WindowScale(b)))) if a == b => 3,
            (
                TcpOption::SackPermitted,
                Some(Ok(TcpOptionElement::SelectiveAcknowledgementPermitted)),
            ) => 2,
            (TcpOption::Timestamps(ours), Some(Ok(TcpOptionElement::Timestamp(value, echo)))) => {
                assert_eq!(ours, Timestamps { value, echo });
                10
            }
            (
                TcpOption::Sack(ours),
                Some(Ok(TcpOptionElement::SelectiveAcknowledgement(first, more))),
            ) => {
                let theirs: Vec<_> = std::iter::once(first)
                    .chain(more.into_iter().flatten())
                    .collect();
                let ours: Vec<_> = ours
                    .as_slice()
                    .iter()
                    .map(|b| (b.left.0, b.right.0))
                    .collect();
                assert_eq!(ours, theirs);
                length
            }
            (TcpOption::Unknown { kind, data }, Some(Err(TcpOptionReadError::UnknownId(id)))) => {
                assert_eq!((kind, data), (id, &bytes[at + 2..at + length]));
                length
            }
            (TcpOption::Illegal(illegal), Some(Err(error))) => {
                assert_eq!((usize::from(illegal.offset), illegal.kind), (at, bytes[at]));
                first_illegal.get_or_insert(illegal);
                match error {
                    // They never look at an unknown one's length: it has to be impossible.
                    TcpOptionReadError::UnknownId(_) => {
                        assert!(length < 2 || at + length > bytes.len())
                    }
                    TcpOptionReadError::UnexpectedSize { size, .. } => {
                        assert_eq!(size, illegal.length)
                    }
                    TcpOptionReadError::UnexpectedEndOfSlice { actual_len, .. } => {
                        assert_eq!(actual_len, bytes.len() - at);
                    }
                }
                if length < 2 || at + length > bytes.len() {
                    bytes.len() - at
                } else {
                    length
                }
            }
            (ours, theirs) => panic!("{ours:?} but {theirs:?} at {at} of {bytes:?}"),
        };
    }
    assert_eq!(at, bytes.len());
    assert_eq!(ParsedOptions::parse(bytes).illegal, first_illegal);
}

/// Everything about some bytes.
fn compare(bytes: &[u8]) {
    if let Some(datagram) = compare_envelope(bytes)
        && datagram.protocol == 6
    {
        compare_segment(datagram.payload, datagram.source, datagram.destination);
    }
}

// ---- what is compared ----

fn option() -> impl Strategy<Value = Vec<u8>> {
    let known = |kind: u8, length: u8| {
        proptest::collection::vec(any::<u8>(), usize::from(length) - 2)
            .prop_map(move |data| [&[kind, length][..], &data].concat())
            .boxed()
    };
    prop_oneof![
        Just(vec![1]).boxed(),
        Just(vec![0]).boxed(),
        known(2, 4),
        known(3, 3),
        known(4, 2),
        known(5, 10),
        known(5, 18),
        known(5, 26),
        known(5, 34),
        known(8, 10),
        known(253, 7),
        (any::<u8>(), 0u8..12)
            .prop_map(|(kind, length)| vec![kind, length])
            .boxed(),
        (2u8..9, 0u8..12, any::<[u8; 3]>())
            .prop_map(|(kind, length, data)| [&[kind, length][..], &data].concat())
            .boxed(),
    ]
}

/// Option bytes of any kind, cut to 40 and padded.
fn options() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(option(), 0..8).prop_map(|options| {
        let mut bytes = options.concat();
        bytes.truncate(40);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    })
}

fn segment() -> impl Strategy<Value = Vec<u8>> {
    (
        any::<[u8; 20]>(),
        options(),
        proptest::collection::vec(any::<u8>(), 0..70),
        0u8..10,
    )
        .prop_map(|(mut fixed, options, payload, spoil)| {
            if spoil > 0 {
                fixed[12] = (((20 + options.len()) / 4) as u8) << 4 | fixed[12] & 0xf;
            }
            [&fixed[..], &options, &payload].concat()
        })
}

fn addresses() -> impl Strategy<Value = (IpAddr, IpAddr)> {
    prop_oneof![
        any::<([u8; 4], [u8; 4])>().prop_map(|(a, b)| (IpAddr::from(a), IpAddr::from(b))),
        any::<([u8; 16], [u8; 16])>().prop_map(|(a, b)| (IpAddr::from(a), IpAddr::from(b))),
    ]
}

/// Extension headers in front of TCP: the first next-header value and the bytes.
fn extensions() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let kind = prop_oneof![
        Just(0u8),
        Just(43),
        Just(44),
        Just(60),
        Just(AUTHENTICATION),
        Just(135)
    ];
    let body = (0u8..2, any::<[u8; 22]>(), 0u8..3);
    proptest::collection::vec((kind, body), 0..4).prop_map(|list| {
        let mut bytes = Vec::new();
        for (i, (kind, (units, body, whole))) in list.iter().enumerate() {
            let next = list.get(i + 1).map_or(6, |(next, _)| *next);
            let start = bytes.len();
            let length = if *kind == 44 {
                8
            } else {
                8 + 8 * usize::from(*units)
            };
            bytes.extend_from_slice(&[next, *units]);
            bytes.extend_from_slice(&body[..length - 2]);
            if *whole > 0 && matches!(*kind, 43 | 44) {
                // No hops left; or, in a fragment header, offset 0 and some or none to come.
                bytes[start + 2..start + 4].copy_from_slice(&[0, *whole - 1]);
            }
        }
        (list.first().map_or(6, |(first, _)| *first), bytes)
    })
}

fn datagram() -> impl Strategy<Value = Vec<u8>> {
    (
        addresses(),
        extensions(),
        segment(),
        any::<(u8, bool)>(),
        0usize..4,
    )
        .prop_map(
            |(
                (source, destination),
                (first, extensions),
                segment,
                (hop_limit, dont_fragment),
                trailing,
            )| {
                let envelope = Envelope {
                    hop_limit,
                    dont_fragment,
                    ..Envelope::new(source, destination)
                };
                let mut out = Vec::new();
                if source.is_ipv4() {
                    envelope.write(&mut out, 6, segment.len()).unwrap();
                } else {
                    envelope
                        .write(&mut out, first, extensions.len() + segment.len())
                        .unwrap();
                    out.extend_from_slice(&extensions);
                }
                out.extend_from_slice(&segment);
                out.resize(out.len() + trailing, 0xaa);
                out
            },
        )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn well_formed_datagrams_are_read_alike(bytes in datagram()) {
        compare(&bytes);
    }

    #[test]
    fn damaged_datagrams_are_read_alike(
        bytes in datagram(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = bytes;
        for (at, byte) in damage {
            let at = at.index(bytes.len().min(80));
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len() + 1));
        }
        compare(&bytes);
    }

    #[test]
    fn random_bytes_are_read_alike(mut bytes in proptest::collection::vec(any::<u8>(), 0..120), version in 0u8..8) {
        if let Some(first) = bytes.first_mut() {
            *first = match version { 4 => 0x45, 6 => 0x60, 5 => 0x46, _ => *first };
        }
        if bytes.len() > 5 && version >= 4 {
            // A length that may be right.
            let length = bytes.len() as u16 - if version == 6 { 40.min(bytes.len() as u16) } else { 0 };
            let at = if version == 6 { 4 } else { 2 };
            bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
        }
        compare(&bytes);
    }

    #[test]
    fn segments_are_read_alike((source, destination) in addresses(), bytes in segment()) {
        compare_segment(&bytes, source, destination);
    }

    #[test]
    fn random_options_are_read_alike(bytes in proptest::collection::vec(0u8..12, 0..=40)) {
        compare_options(&bytes);
    }

    /// Byte for byte, checksums included.
    #[test]
    fn datagrams_are_written_alike(
        (source, destination) in addresses(),
        fields in any::<(u16, u16, u32, u32, u8, u16, u16)>(),
        (mss, shift, timestamps, blocks) in (
            any::<Option<u16>>(),
            any::<Option<u8>>(),
            any::<Option<(u32, u32)>>(),
            proptest::collection::vec(any::<(u32, u32)>(), 0..3),
        ),
        payload in proptest::collection::vec(any::<u8>(), 0..300),
        cut in any::<prop::sample::Index>(),
        hop_limit: u8,
        identification: u16,
    ) {
        let (source_port, destination_port, seq, ack, flags, window, urgent_pointer) = fields;
        let mut options = OptionBuffer::EMPTY;
        let mut elements = Vec::new();
        if let Some(mss) = mss {
            options.push(TcpOption::MaximumSegmentSize(mss));
            elements.push(TcpOptionElement::MaximumSegmentSize(mss));
        }
        if let Some(shift) = shift {
            options.push(TcpOption::WindowScale(shift));
            elements.push(TcpOptionElement::WindowScale(shift));
        }
        if let Some((value, echo)) = timestamps {
            options.push(TcpOption::Timestamps(Timestamps { value, echo }));
            elements.push(TcpOptionElement::Timestamp(value, echo));
        }
        if let [first, more @ ..] = &blocks[..] {
            let ours: Vec<_> = blocks.iter().map(|&(l, r)| SackBlock { left: Seq(l), right: Seq(r) }).collect();
            prop_assert!(options.push(TcpOption::Sack(SackBlocks::new(&ours))));
            elements.push(TcpOptionElement::SelectiveAcknowledgement(*first, [more.first().copied(), None, None]));
        }
        let envelope = Envelope { source, destination, hop_limit, identification, dont_fragment: true };
        let header = SegmentHeader {
            source_port, destination_port, seq: Seq(seq), ack: Seq(ack), flags: Flags(flags), window, urgent_pointer,
        };
        let (front, back) = payload.split_at(cut.index(payload.len() + 1));
        let mut ours = Vec::new();
        write_datagram(&mut ours, &envelope, &header, &options, [front, back]).unwrap();

        let mut tcp = TcpHeader::new(source_port, destination_port, seq, window);
        tcp.acknowledgment_number = ack;
        tcp.urgent_pointer = urgent_pointer;
        let has = |flag: Flags| Flags(flags).contains(flag);
        (tcp.fin, tcp.syn, tcp.rst, tcp.psh) = (has(Flags::FIN), has(Flags::SYN), has(Flags::RST), has(Flags::PSH));
        (tcp.ack, tcp.urg, tcp.ece, tcp.cwr) = (has(Flags::ACK), has(Flags::URG), has(Flags::ECE), has(Flags::CWR));
        tcp.set_options(&elements).unwrap();
        let envelope = match (source, destination) {
            (IpAddr::V4(s), IpAddr::V4(d)) => IpHeaders::Ipv4(
                Ipv4Header {
                    identification,
                    dont_fragment: true,
                    fragment_offset: IpFragOffset::ZERO,
                    ..Ipv4Header::new(0, hop_limit, IpNumber::TCP, s.octets(), d.octets()).unwrap()
                },
                Default::default(),
            ),
            (IpAddr::V6(s), IpAddr::V6(d)) => IpHeaders::Ipv6(
                Ipv6Header { next_header: IpNumber::TCP, hop_limit, source: s.octets(), destination: d.octets(), ..Ipv6Header::default() },
                Default::default(),
            ),
            _ => unreachable!("one IP version"),
        };
        let mut theirs = Vec::new();
        PacketBuilder::ip(envelope).tcp_header(tcp).write(&mut theirs, &payload).unwrap();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn icmp_errors_are_read_alike((source, destination) in addresses(), which in 0usize..7, number: u16, quote in datagram()) {
        let kind = [
            IcmpKind::Unreachable(Unreachable::Network),
            IcmpKind::Unreachable(Unreachable::Host),
            IcmpKind::Unreachable(Unreachable::Port),
            IcmpKind::Unreachable(Unreachable::Prohibited),
            IcmpKind::TooBig { mtu: number.into() },
            IcmpKind::TimeExceeded { reassembly: false },
            IcmpKind::TimeExceeded { reassembly: true },
        ][which];
        let mut out = Vec::new();
        icmp::write_error(&mut out, &Envelope::new(source, destination), kind, &quote).unwrap();
        let datagram = compare_envelope(&out).unwrap();
        let message = IcmpMessage::parse(&datagram).unwrap();
        prop_assert_eq!((message.kind, message.checksum_ok()), (kind, true));
        let theirs = etherparse::SlicedPacket::from_ip(&out).unwrap();
        prop_assert!(matches!(theirs.net, Some(NetSlice::Ipv4(_) | NetSlice::Ipv6(_))));
        use etherparse::{Icmpv4Type, Icmpv6Type, TransportSlice, icmpv4, icmpv6};
        match theirs.transport {
            Some(TransportSlice::Icmpv4(theirs)) => {
                prop_assert_eq!(message.quote, theirs.payload());
                let expected = match which {
                    0 => Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Network),
                    1 => Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Host),
                    2 => Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Port),
                    3 => Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::FilterProhibited),
                    4 => Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::FragmentationNeeded {
                        next_hop_mtu: number,
                    }),
                    5 => Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::TtlExceededInTransit),
                    _ => Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::FragmentReassemblyTimeExceeded),
                };
                prop_assert_eq!(theirs.icmp_type(), expected);
            }
            Some(TransportSlice::Icmpv6(theirs)) => {
                let (IpAddr::V6(s), IpAddr::V6(d)) = (source, destination) else { panic!("ICMPv6 in IPv4") };
                prop_assert!(theirs.is_checksum_valid(s.octets(), d.octets()));
                let expected = match which {
                    0 => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::NoRoute),
                    1 => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Address),
                    2 => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Port),
                    3 => Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Prohibited),
                    4 => Icmpv6Type::PacketTooBig { mtu: number.into() },
                    5 => Icmpv6Type::TimeExceeded(icmpv6::TimeExceededCode::HopLimitExceeded),
                    _ => Icmpv6Type::TimeExceeded(icmpv6::TimeExceededCode::FragmentReassemblyTimeExceeded),
                };
                prop_assert_eq!(theirs.icmp_type(), expected);
            }
            other => panic!("{other:?}"),
        }
        // What is quoted is found again, whatever was cut.
        if let Ok(original) = Datagram::parse(&quote) && original.protocol == 6 && original.header_len + 8 <= 500 {
            let quoted = message.quoted().unwrap();
            prop_assert_eq!((quoted.source, quoted.destination), (original.source, original.destination));
            if let Ok(segment) = Segment::parse(original.payload) {
                prop_assert_eq!((quoted.source_port, quoted.destination_port), (segment.source_port, segment.destination_port));
                prop_assert_eq!(quoted.seq, segment.seq);
            }
        }
    }
}
