use core::net::{IpAddr, Ipv4Addr};

use tcp::seq::Seq;
use tcp::wire::{Envelope, OptionBuffer, SegmentHeader, write_datagram};

use super::*;

fn datagram(flags: Flags, options: &OptionBuffer, payload: &[u8]) -> Vec<u8> {
    let address = |last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
    let header = SegmentHeader {
        source_port: 40_000,
        destination_port: 8080,
        seq: Seq(3_000_000_000),
        ack: Seq(77_001),
        flags,
        window: 65_535,
        urgent_pointer: 0,
    };
    let mut bytes = Vec::new();
    write_datagram(
        &mut bytes,
        &Envelope::new(address(1), address(2)),
        &header,
        options,
        [payload, &[]],
    )
    .unwrap();
    bytes
}

fn syn() -> Vec<u8> {
    let mut options = OptionBuffer::default();
    options.push(TcpOption::MaximumSegmentSize(1460));
    datagram(Flags::SYN, &options, &[])
}

#[test]
fn cells_cover_the_header_without_a_gap() {
    for bytes in [
        syn(),
        datagram(
            Flags::PSH.with(Flags::ACK),
            &OptionBuffer::default(),
            b"Hello, B!",
        ),
    ] {
        let picture = Picture {
            datagram: &bytes,
            bases: (3_000_000_000, 77_000),
            selection: None,
            hover: None,
        };
        let mut next = 0;
        for cell in cells(&picture, &Options::default()) {
            assert_eq!(cell.bit, next, "{}", cell.id);
            next += cell.bits;
        }
        assert_eq!(next as usize, (bytes.len() - 20) * 8);
    }
}

#[test]
fn what_is_no_segment_gives_no_cells() {
    for bytes in [&[][..], &[0x45; 7], &[0xff; 60]] {
        let picture = Picture {
            datagram: bytes,
            bases: (0, 0),
            selection: None,
            hover: None,
        };
        assert!(cells(&picture, &Options::default()).is_empty());
        let mut list = DisplayList::default();
        assert!(!header_picture_into(
            &picture,
            &Viewport::new(320.0, 200.0),
            &Options::default(),
            &mut list
        ));
    }
}

#[test]
fn pictures() {
    let bytes = datagram(
        Flags::PSH.with(Flags::ACK),
        &OptionBuffer::default(),
        b"Hello, B! This is a line of readable payload that goes on for a while.",
    );
    let picture = Picture {
        datagram: &bytes,
        bases: (3_000_000_000, 77_000),
        selection: Some(3),
        hover: None,
    };
    let mut list = DisplayList::default();
    header_picture_into(
        &picture,
        &Viewport::new(640.0, 300.0),
        &Options::default(),
        &mut list,
    );
    crate::testing::save("header", &list);
    let bytes = syn();
    let picture = Picture {
        datagram: &bytes,
        bases: (3_000_000_000, 0),
        selection: Some(17),
        hover: None,
    };
    header_picture_into(
        &picture,
        &Viewport::new(320.0, 300.0),
        &Options::default(),
        &mut list,
    );
    crate::testing::save("header-phone", &list);
}
