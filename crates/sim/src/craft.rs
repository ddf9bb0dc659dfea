//! Datagrams that no host's TCP made: forged, edited, damaged, or a router's.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tcp::seq::Seq;
use tcp::wire::{
    Datagram, Envelope, Flags, IcmpKind, OptionBuffer, PROTOCOL_TCP, Segment, SegmentHeader,
    TcpOption, icmp, write_datagram,
};

use crate::run::{Edit, Number, Unreachable};

/// Who signs ICMP errors of the path.
fn router(v4: bool) -> IpAddr {
    if v4 {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 254))
    } else {
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xfe))
    }
}

/// A router's ICMP error about a datagram; nothing if that cannot be read.
pub(crate) fn icmp_error(error: Unreachable, about: &[u8]) -> Option<Vec<u8>> {
    use tcp::wire::Unreachable as Wire;
    let datagram = Datagram::parse(about).ok()?;
    // RFC 1812 4.3.2.7: no error about an ICMP error.
    if datagram.protocol != PROTOCOL_TCP {
        return None;
    }
    let kind = match error {
        Unreachable::Network => IcmpKind::Unreachable(Wire::Network),
        Unreachable::Host => IcmpKind::Unreachable(Wire::Host),
        Unreachable::Protocol => IcmpKind::Unreachable(Wire::Protocol),
        Unreachable::Port => IcmpKind::Unreachable(Wire::Port),
        Unreachable::Prohibited => IcmpKind::Unreachable(Wire::Prohibited),
        Unreachable::TooBig(mtu) => IcmpKind::TooBig {
            mtu: u32::from(mtu),
        },
    };
    let mut out = Vec::new();
    let envelope = Envelope::new(router(datagram.source.is_ipv4()), datagram.source);
    icmp::write_error(&mut out, &envelope, kind, about).ok()?;
    Some(out)
}

/// A segment made up; nothing if the two addresses are of two kinds.
pub(crate) fn segment(
    source: (IpAddr, u16),
    destination: (IpAddr, u16),
    (flags, seq, ack, window): (u8, u32, u32, u16),
    mss: Option<u16>,
    payload: &[u8],
) -> Option<Vec<u8>> {
    let header = SegmentHeader {
        source_port: source.1,
        destination_port: destination.1,
        seq: Seq(seq),
        ack: Seq(ack),
        flags: Flags(flags),
        window,
        urgent_pointer: 0,
    };
    let mut options = OptionBuffer::EMPTY;
    if let Some(mss) = mss {
        options.push(TcpOption::MaximumSegmentSize(mss));
    }
    let mut out = Vec::new();
    let envelope = Envelope::new(source.0, destination.0);
    write_datagram(&mut out, &envelope, &header, &options, [payload, &[]]).ok()?;
    Some(out)
}

/// Flips one bit; 0 is the first byte's most significant.
pub(crate) fn flip(bytes: &mut [u8], bit: u64) {
    let bits = bytes.len() as u64 * 8;
    if bits > 0 {
        let bit = bit % bits;
        bytes[(bit / 8) as usize] ^= 0x80 >> (bit % 8);
    }
}

/// A segment with some fields changed; `number` resolves what is not simply a number. Nothing if it is no TCP segment, or gets too large.
pub(crate) fn edit(
    bytes: &[u8],
    edits: &[Edit],
    number: impl Fn(&Number, u32) -> Option<u32>,
) -> Option<Vec<u8>> {
    let datagram = Datagram::parse(bytes)
        .ok()
        .filter(|d| d.protocol == PROTOCOL_TCP)?;
    let segment = Segment::parse(datagram.payload).ok()?;
    let mut header = SegmentHeader {
        source_port: segment.source_port,
        destination_port: segment.destination_port,
        seq: segment.seq,
        ack: segment.ack,
        flags: segment.flags,
        window: segment.window,
        urgent_pointer: segment.urgent_pointer,
    };
    let mut payload = segment.payload();
    let mut new_mss = None;
    let mut keep_checksum = false;
    for edit in edits {
        match edit {
            Edit::Seq(n) => header.seq = Seq(number(n, header.seq.0)?),
            Edit::Ack(n) => header.ack = Seq(number(n, header.ack.0)?),
            Edit::Window(v) => header.window = *v,
            Edit::Flags(v) => header.flags = Flags(*v),
            Edit::Urgent(v) => header.urgent_pointer = *v,
            Edit::SourcePort(v) => header.source_port = *v,
            Edit::DestinationPort(v) => header.destination_port = *v,
            Edit::Mss(v) => new_mss = Some(*v),
            Edit::Payload(bytes) => payload = bytes,
            Edit::KeepChecksum => keep_checksum = true,
        }
    }
    let mut options = OptionBuffer::EMPTY;
    for option in segment.options() {
        options.push(match option {
            TcpOption::MaximumSegmentSize(old) => {
                TcpOption::MaximumSegmentSize(new_mss.take().unwrap_or(old))
            }
            other => other,
        });
    }
    if let Some(mss) = new_mss {
        options.push(TcpOption::MaximumSegmentSize(mss));
    }
    let mut envelope = Envelope::new(datagram.source, datagram.destination);
    envelope.hop_limit = datagram.hop_limit;
    let mut out = Vec::new();
    write_datagram(&mut out, &envelope, &header, &options, [payload, &[]]).ok()?;
    if keep_checksum {
        let at = envelope.header_len() + CHECKSUM_AT;
        out[at..at + 2].copy_from_slice(&segment.checksum.to_be_bytes());
    }
    Some(out)
}

/// Where the checksum stands in a TCP header (RFC 9293 3.1).
const CHECKSUM_AT: usize = 16;
