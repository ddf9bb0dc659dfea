//! Packets as bytes, made and read here and not by the engine's own codec: a judge does not borrow the judged one's eyes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ast::{TcpOption, flag};
use super::parse_packet::encoded_length;

/// A TCP segment in wire numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Wire {
    pub source: (IpAddr, u16),
    pub destination: (IpAddr, u16),
    pub tos: u8,
    pub ttl: u8,
    /// See [`flag`].
    pub flags: u16,
    pub seq: u32,
    pub ack: u32,
    pub window: u16,
    pub urgent: u16,
    pub options: Vec<TcpOption>,
    pub payload: Vec<u8>,
}

/// The Internet checksum of some pieces, the first of even length.
fn checksum(pieces: &[&[u8]]) -> u16 {
    let mut sum = 0_u64;
    for piece in pieces {
        for pair in piece.chunks(2) {
            sum += u64::from(u16::from_be_bytes([
                pair[0],
                pair.get(1).copied().unwrap_or(0),
            ]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(40);
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            header.extend(source.octets());
            header.extend(destination.octets());
            header.extend([0, protocol]);
            header.extend((length as u16).to_be_bytes());
        }
        (source, destination) => {
            header.extend(six(source).octets());
            header.extend(six(destination).octets());
            header.extend((length as u32).to_be_bytes());
            header.extend([0, 0, 0, protocol]);
        }
    }
    header
}

fn six(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// An IP header and its payload.
fn datagram(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    tos: u8,
    ttl: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(40 + payload.len());
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            bytes.extend([0x45, tos]);
            bytes.extend(((20 + payload.len()) as u16).to_be_bytes());
            bytes.extend([0, 0, 0, 0, ttl, protocol, 0, 0]);
            bytes.extend(source.octets());
            bytes.extend(destination.octets());
            let sum = checksum(&[&bytes]);
            bytes[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        (source, destination) => {
            bytes.extend((0x6000_0000 | u32::from(tos) << 20).to_be_bytes());
            bytes.extend((payload.len() as u16).to_be_bytes());
            bytes.extend([protocol, ttl]);
            bytes.extend(six(source).octets());
            bytes.extend(six(destination).octets());
        }
    }
    bytes.extend(payload);
    bytes
}

/// The bytes of an option, appended.
fn put_option(option: &TcpOption, out: &mut Vec<u8>) {
    match option {
        TcpOption::EndOfList => out.push(0),
        TcpOption::NoOperation => out.push(1),
        TcpOption::MaximumSegmentSize(mss) => {
            out.extend([2, 4]);
            out.extend(mss.to_be_bytes());
        }
        TcpOption::WindowScale(shift) => out.extend([3, 3, *shift]),
        TcpOption::SackPermitted => out.extend([4, 2]),
        TcpOption::Sack(blocks) => {
            out.extend([5, 2 + 8 * blocks.len() as u8]);
            for (left, right) in blocks {
                out.extend(left.to_be_bytes());
                out.extend(right.to_be_bytes());
            }
        }
        TcpOption::Timestamps { value, echo } => {
            out.extend([8, 10]);
            out.extend(value.to_be_bytes());
            out.extend(echo.to_be_bytes());
        }
        TcpOption::Bytes(bytes) => out.extend(bytes),
    }
}

/// Reads a list of options; what has no name, or no legal length, stays bytes.
fn options(mut bytes: &[u8]) -> Vec<TcpOption> {
    let mut options = Vec::new();
    let word = |at: &[u8]| u32::from_be_bytes([at[0], at[1], at[2], at[3]]);
    while let Some((&kind, rest)) = bytes.split_first() {
        if kind <= 1 {
            options.push(if kind == 0 {
                TcpOption::EndOfList
            } else {
                TcpOption::NoOperation
            });
            bytes = rest;
            continue;
        }
        let length = rest.first().map_or(0, |length| usize::from(*length));
        if length < 2 || length > bytes.len() {
            options.push(TcpOption::Bytes(bytes.to_vec()));
            break;
        }
        let body = &bytes[2..length];
        options.push(match (kind, body.len()) {
            (2, 2) => TcpOption::MaximumSegmentSize(u16::from_be_bytes([body[0], body[1]])),
            (3, 1) => TcpOption::WindowScale(body[0]),
            (4, 0) => TcpOption::SackPermitted,
            (5, n) if n > 0 && n % 8 == 0 => TcpOption::Sack(
                body.chunks(8)
                    .map(|block| (word(block), word(&block[4..])))
                    .collect(),
            ),
            (8, 8) => TcpOption::Timestamps {
                value: word(body),
                echo: word(&body[4..]),
            },
            _ => TcpOption::Bytes(bytes[..length].to_vec()),
        });
        bytes = &bytes[length..];
    }
    options
}

impl Wire {
    /// The datagram. Options that do not fill a 32-bit word are padded with zeros.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let tcp = self.tcp_bytes();
        datagram(
            self.source.0,
            self.destination.0,
            6,
            self.tos,
            self.ttl,
            &tcp,
        )
    }

    fn tcp_bytes(&self) -> Vec<u8> {
        let length: usize = self.options.iter().map(encoded_length).sum();
        let offset = 5 + length.div_ceil(4);
        let mut tcp = Vec::with_capacity(offset * 4 + self.payload.len());
        tcp.extend(self.source.1.to_be_bytes());
        tcp.extend(self.destination.1.to_be_bytes());
        tcp.extend(self.seq.to_be_bytes());
        tcp.extend(self.ack.to_be_bytes());
        let ae = u8::from(self.flags & flag::AE != 0);
        tcp.extend([(offset as u8) << 4 | ae, self.flags as u8]);
        tcp.extend(self.window.to_be_bytes());
        tcp.extend([0, 0]);
        tcp.extend(self.urgent.to_be_bytes());
        for option in &self.options {
            put_option(option, &mut tcp);
        }
        tcp.resize(offset * 4, 0);
        tcp.extend(&self.payload);
        let pseudo = pseudo_header(self.source.0, self.destination.0, 6, tcp.len());
        let sum = checksum(&[&pseudo, &tcp]);
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        tcp
    }

    /// Reads a datagram the engine made.
    ///
    /// # Errors
    /// A sentence on what is wrong with it: not TCP, lengths that do not fit, a wrong checksum.
    pub fn read(bytes: &[u8]) -> Result<Wire, &'static str> {
        const SHORT: &str = "the datagram is too short";
        let (source, destination, protocol, tos, ttl, tcp): (IpAddr, IpAddr, u8, u8, u8, &[u8]) =
            match bytes.first().map(|b| b >> 4) {
                Some(4) if bytes.len() >= 20 => {
                    let header = usize::from(bytes[0] & 15) * 4;
                    let total = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                    if header < 20 || total < header || total != bytes.len() {
                        return Err("the lengths of the IP header do not fit");
                    }
                    if checksum(&[&bytes[..header]]) != 0 {
                        return Err("the IP header's checksum is wrong");
                    }
                    let at = |from: usize| {
                        Ipv4Addr::new(
                            bytes[from],
                            bytes[from + 1],
                            bytes[from + 2],
                            bytes[from + 3],
                        )
                    };
                    (
                        at(12).into(),
                        at(16).into(),
                        bytes[9],
                        bytes[1],
                        bytes[8],
                        &bytes[header..],
                    )
                }
                Some(6) if bytes.len() >= 40 => {
                    let at = |from: usize| {
                        let mut octets = [0; 16];
                        octets.copy_from_slice(&bytes[from..from + 16]);
                        IpAddr::from(octets)
                    };
                    if usize::from(u16::from_be_bytes([bytes[4], bytes[5]])) + 40 != bytes.len() {
                        return Err("the length of the IP header does not fit");
                    }
                    let tos = bytes[0] << 4 | bytes[1] >> 4;
                    (at(8), at(24), bytes[6], tos, bytes[7], &bytes[40..])
                }
                _ => return Err(SHORT),
            };
        if protocol != 6 {
            return Err("the datagram carries no TCP");
        }
        if tcp.len() < 20 {
            return Err(SHORT);
        }
        let offset = usize::from(tcp[12] >> 4) * 4;
        if offset < 20 || offset > tcp.len() {
            return Err("the data offset does not fit");
        }
        if checksum(&[&pseudo_header(source, destination, 6, tcp.len()), tcp]) != 0 {
            return Err("the TCP checksum is wrong");
        }
        let half = |at: usize| u16::from_be_bytes([tcp[at], tcp[at + 1]]);
        let word = |at: usize| u32::from(half(at)) << 16 | u32::from(half(at + 2));
        Ok(Wire {
            source: (source, half(0)),
            destination: (destination, half(2)),
            tos,
            ttl,
            flags: u16::from(tcp[13]) | u16::from(tcp[12] & 1) << 8,
            seq: word(4),
            ack: word(8),
            window: half(14),
            urgent: half(18),
            options: options(&tcp[20..offset]),
            payload: tcp[offset..].to_vec(),
        })
    }

    /// An ICMP message of type, code and rest-of-header that quotes this segment as far as eight bytes of TCP (IPv6: all of its header).
    #[must_use]
    pub fn quoted_in_icmp(&self, from: IpAddr, kind: u8, code: u8, rest: u32) -> Vec<u8> {
        let mut quoted = self.bytes();
        let six = self.source.0.is_ipv6();
        let header = if six { 40 } else { 20 };
        quoted.truncate(header + if six { 20 } else { 8 });
        let mut icmp = vec![kind, code, 0, 0];
        icmp.extend(rest.to_be_bytes());
        icmp.extend(quoted);
        let sum = if six {
            let pseudo = pseudo_header(from, self.source.0, 58, icmp.len());
            checksum(&[&pseudo, &icmp])
        } else {
            checksum(&[&icmp])
        };
        icmp[2..4].copy_from_slice(&sum.to_be_bytes());
        let protocol = if six { 58 } else { 1 };
        datagram(from, self.source.0, protocol, 0, 255, &icmp)
    }
}
