use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use crate::seq::Seq;
use crate::wire::{
    Datagram, Envelope, Flags, OptionBuffer, OptionIterator, ParsedOptions, Segment, SegmentHeader,
    TcpOption, plain, write_datagram,
};

/// What the long way makes of it, if it is something for the short one.
fn long_way(bytes: &[u8], verify: bool) -> Option<(IpAddr, IpAddr, Segment<'_>)> {
    let datagram = Datagram::parse(bytes).ok()?;
    let segment = Segment::parse(datagram.payload).ok()?;
    let (source, destination) = (datagram.source, datagram.destination);
    let ordinary = datagram.header_len == 20 && datagram.protocol == 6;
    let undamaged = datagram.header_checksum_ok() && segment.checksum_ok(source, destination);
    (ordinary && (undamaged || !verify)).then_some((source, destination, segment))
}

fn short_way(bytes: &[u8], verify: bool) -> Option<(IpAddr, IpAddr, Segment<'_>)> {
    let plain = plain::read(bytes)?;
    if verify && !plain.is_undamaged() {
        return None;
    }
    let address = |bits| IpAddr::V4(Ipv4Addr::from_bits(bits));
    let (source, destination) = (plain.key.source(), plain.key.destination());
    let segment = plain.segment(bytes);
    assert_eq!(plain.bare, segment.header_len() == 20);
    Some((address(source), address(destination), segment))
}

fn datagram(options: usize, text: &[u8], trailer: usize) -> Vec<u8> {
    let envelope = Envelope::new(
        Ipv4Addr::new(192, 0, 2, 1).into(),
        Ipv4Addr::new(198, 51, 100, 200).into(),
    );
    let header = SegmentHeader {
        source_port: 49152,
        destination_port: 80,
        seq: Seq(0xfedc_ba98),
        ack: Seq(0x0123_4567),
        flags: Flags::ACK,
        window: 4096,
        urgent_pointer: 0,
    };
    let mut buffer = OptionBuffer::EMPTY;
    for _ in 0..options {
        buffer.push(TcpOption::WindowScale(7));
    }
    let mut out = Vec::new();
    write_datagram(&mut out, &envelope, &header, &buffer, [text, &[]]).unwrap();
    out.resize(out.len() + trailer, 0xaa);
    out
}

proptest! {
    #[test]
    fn the_short_way_takes_exactly_what_the_long_way_finds_ordinary(
        options in 0usize..5,
        text in prop::collection::vec(any::<u8>(), 0..50),
        trailer in 0usize..3,
        damage in prop::collection::vec((0usize..90, any::<u8>()), 0..3),
        cut in 0usize..120,
        verify: bool,
    ) {
        let mut bytes = datagram(options, &text, trailer);
        for (at, value) in damage {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        bytes.truncate(bytes.len().max(cut) - cut.min(bytes.len() / 2));
        prop_assert_eq!(short_way(&bytes, verify), long_way(&bytes, verify));
    }

    #[test]
    fn options_read_straight_off_are_those_of_the_iterator(
        bytes in prop::collection::vec(prop_oneof![0u8..11, any::<u8>()], 0..41),
    ) {
        let mut expected = ParsedOptions::default();
        for option in OptionIterator::new(&bytes) {
            match option {
                TcpOption::MaximumSegmentSize(mss) => expected.mss = Some(mss),
                TcpOption::WindowScale(shift) => expected.window_scale = Some(shift),
                TcpOption::SackPermitted => expected.sack_permitted = true,
                TcpOption::Sack(blocks) => expected.sack = blocks,
                TcpOption::Timestamps(timestamps) => expected.timestamps = Some(timestamps),
                TcpOption::Illegal(illegal) => {
                    expected.illegal.get_or_insert(illegal);
                }
                TcpOption::EndOfList | TcpOption::NoOperation | TcpOption::Unknown { .. } => {}
            }
        }
        prop_assert_eq!(ParsedOptions::parse(&bytes), expected);
    }
}
