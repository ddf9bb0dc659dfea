//! Any bytes: datagram, segment, options and ICMP are read or refused, what was
//! read lies within the bytes, and what was read and written again reads alike.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tcp::wire::{
    Datagram, Envelope, IcmpMessage, OptionBuffer, Segment, SegmentHeader, TcpOption, WireError,
    write_datagram,
};

const ADDRESSES: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2)),
];

/// Plays an input.
pub fn play(bytes: &[u8]) {
    match Datagram::parse(bytes) {
        Ok(datagram) => {
            assert!(within(datagram.payload, bytes) && within(datagram.header(), bytes));
            let _ = datagram.header_checksum_ok();
            if let Ok(segment) = Segment::parse(datagram.payload) {
                let right = segment.checksum_right(datagram.source, datagram.destination);
                // 0 and 0xffff are one number in the complement's sum.
                let number = |sum: u16| if sum == 0xffff { 0 } else { sum };
                let same = number(segment.checksum) == number(right);
                assert_eq!(
                    segment.checksum_ok(datagram.source, datagram.destination),
                    same
                );
            }
            if let Ok(message) = IcmpMessage::parse(&datagram) {
                let _ = message.checksum_ok();
                if let Err(error) = message.quoted() {
                    place(error, bytes);
                }
            }
        }
        Err(error) => place(error, bytes),
    }
    match Segment::parse(bytes) {
        Ok(segment) => {
            assert_eq!(segment.header_len() + segment.payload().len(), bytes.len());
            assert_eq!(segment.header_len(), 20 + segment.option_bytes().len());
            assert!(segment.length() as usize <= segment.payload().len() + 2);
            again(&segment);
        }
        Err(error) => place(error, bytes),
    }
}

fn within(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}

/// A refusal names a place in the bytes, or right behind them.
fn place(error: WireError, bytes: &[u8]) {
    assert!(
        error.offset() <= bytes.len().max(12),
        "{error:?} in {} bytes",
        bytes.len()
    );
}

/// Writes what was read, and reads it.
fn again(segment: &Segment<'_>) {
    let mut buffer = OptionBuffer::default();
    let mut written = Vec::new();
    let mut legal = 0;
    for (n, option) in segment.options().enumerate() {
        assert!(n < 40, "an option takes a byte at least");
        match option {
            TcpOption::Illegal(illegal) => assert!(usize::from(illegal.offset) < 40),
            TcpOption::EndOfList => break,
            // A list of SACK blocks keeps as many as can ever be of use.
            option => {
                if buffer.push(option) {
                    written.push(option);
                    legal += 1;
                }
            }
        }
    }
    let reread: Vec<TcpOption<'_>> = tcp::wire::option::OptionIterator::new(buffer.as_slice())
        .take(legal)
        .collect();
    assert_eq!(reread, written);
    let header = SegmentHeader {
        source_port: segment.source_port,
        destination_port: segment.destination_port,
        seq: segment.seq,
        ack: segment.ack,
        flags: segment.flags,
        window: segment.window,
        urgent_pointer: segment.urgent_pointer,
    };
    for pair in ADDRESSES.chunks(2) {
        let mut out = Vec::new();
        let (front, back) = segment.payload().split_at(segment.payload().len() / 2);
        write_datagram(
            &mut out,
            &Envelope::new(pair[0], pair[1]),
            &header,
            &buffer,
            [front, back],
        )
        .expect("it is short and of one family");
        let datagram = Datagram::parse(&out).expect("we wrote it");
        assert!(datagram.header_checksum_ok());
        assert_eq!((datagram.source, datagram.destination), (pair[0], pair[1]));
        let copy = Segment::parse(datagram.payload).expect("we wrote it");
        assert!(copy.checksum_ok(datagram.source, datagram.destination));
        assert_eq!(copy.payload(), segment.payload());
        assert_eq!(
            (copy.seq, copy.ack, copy.window),
            (segment.seq, segment.ack, segment.window)
        );
        assert_eq!(copy.flags, segment.flags);
        assert_eq!(
            copy.parsed_options(),
            tcp::wire::ParsedOptions::parse(buffer.as_slice())
        );
    }
}
