//! ICMP error messages (RFC 792, RFC 1191, RFC 4443) with the segment they quote.

use alloc::vec::Vec;
use core::net::IpAddr;

use super::checksum::Sum;
use super::{
    BuildError, Datagram, Envelope, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, WireError, be16,
    be32,
};
use crate::seq::Seq;

/// Why a destination cannot be reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unreachable {
    /// IPv4 code 0, IPv6 code 0 «no route».
    Network,
    /// IPv4 code 1, IPv6 code 3 «address unreachable».
    Host,
    /// IPv4 code 2 (IPv6 says so with a parameter problem).
    Protocol,
    /// IPv4 code 3, IPv6 code 4.
    Port,
    /// IPv4 code 5.
    SourceRouteFailed,
    /// IPv4 codes 9, 10 and 13, IPv6 codes 1, 5 and 6: someone forbids it.
    Prohibited,
    /// Any other code.
    Other(u8),
}

/// What kind of error it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IcmpKind {
    /// Destination unreachable.
    Unreachable(Unreachable),
    /// The datagram is larger than the next link takes: IPv4 type 3 code 4, IPv6 type 2.
    /// `mtu` is 0 where an old router does not say.
    TooBig {
        /// In bytes.
        mtu: u32,
    },
    /// The hop limit ran out, or (with `reassembly`) fragments stayed away.
    TimeExceeded {
        /// Code 1 instead of 0.
        reassembly: bool,
    },
    /// The header could not be understood; `pointer` says where.
    ParameterProblem {
        /// Byte offset in the quoted datagram.
        pointer: u32,
    },
    /// IPv4 type 4, to be ignored (MUST-55, RFC 6633).
    SourceQuench,
}

impl IcmpKind {
    /// Whether RFC 9293 3.9.2.2 lets a connection be aborted for it (SHLD-26):
    /// protocol unreachable and port unreachable. «Too big» is path MTU
    /// discovery's business, all others are soft (SHLD-25, MUST-56).
    #[must_use]
    pub const fn is_hard(self) -> bool {
        matches!(
            self,
            IcmpKind::Unreachable(Unreachable::Protocol | Unreachable::Port)
        )
    }

    fn v4(kind: u8, code: u8, rest: u32) -> Option<IcmpKind> {
        Some(match (kind, code) {
            (3, 4) => IcmpKind::TooBig { mtu: rest & 0xffff },
            (3, _) => IcmpKind::Unreachable(match code {
                0 => Unreachable::Network,
                1 => Unreachable::Host,
                2 => Unreachable::Protocol,
                3 => Unreachable::Port,
                5 => Unreachable::SourceRouteFailed,
                9 | 10 | 13 => Unreachable::Prohibited,
                other => Unreachable::Other(other),
            }),
            (4, _) => IcmpKind::SourceQuench,
            (11, _) => IcmpKind::TimeExceeded {
                reassembly: code == 1,
            },
            (12, _) => IcmpKind::ParameterProblem {
                pointer: rest >> 24,
            },
            _ => return None,
        })
    }

    fn v6(kind: u8, code: u8, rest: u32) -> Option<IcmpKind> {
        Some(match (kind, code) {
            (1, _) => IcmpKind::Unreachable(match code {
                0 => Unreachable::Network,
                1 | 5 | 6 => Unreachable::Prohibited,
                3 => Unreachable::Host,
                4 => Unreachable::Port,
                other => Unreachable::Other(other),
            }),
            (2, _) => IcmpKind::TooBig { mtu: rest },
            (3, _) => IcmpKind::TimeExceeded {
                reassembly: code == 1,
            },
            // Code 1, «unrecognized next header», is how IPv6 says that a protocol is not there.
            (4, 1) => IcmpKind::Unreachable(Unreachable::Protocol),
            (4, _) => IcmpKind::ParameterProblem { pointer: rest },
            _ => return None,
        })
    }

    /// Type, code and the four bytes after the checksum.
    fn fields(self, v4: bool) -> (u8, u8, u32) {
        match (self, v4) {
            (IcmpKind::Unreachable(why), true) => {
                let code = match why {
                    Unreachable::Network => 0,
                    Unreachable::Host => 1,
                    Unreachable::Protocol => 2,
                    Unreachable::Port => 3,
                    Unreachable::SourceRouteFailed => 5,
                    Unreachable::Prohibited => 13,
                    Unreachable::Other(code) => code,
                };
                (3, code, 0)
            }
            // The offset of the next-header field in a header without extensions.
            (IcmpKind::Unreachable(Unreachable::Protocol), false) => (4, 1, 6),
            (IcmpKind::Unreachable(why), false) => {
                let code = match why {
                    Unreachable::Network | Unreachable::SourceRouteFailed => 0,
                    Unreachable::Prohibited => 1,
                    Unreachable::Host | Unreachable::Protocol => 3,
                    Unreachable::Port => 4,
                    Unreachable::Other(code) => code,
                };
                (1, code, 0)
            }
            (IcmpKind::TooBig { mtu }, true) => (3, 4, mtu.min(0xffff)),
            (IcmpKind::TooBig { mtu }, false) => (2, 0, mtu),
            (IcmpKind::TimeExceeded { reassembly }, true) => (11, u8::from(reassembly), 0),
            (IcmpKind::TimeExceeded { reassembly }, false) => (3, u8::from(reassembly), 0),
            (IcmpKind::ParameterProblem { pointer }, true) => (12, 0, pointer.min(255) << 24),
            (IcmpKind::ParameterProblem { pointer }, false) => (4, 0, pointer),
            (IcmpKind::SourceQuench, true) => (4, 0, 0),
            // There is none in IPv6; the nearest thing a router could complain of.
            (IcmpKind::SourceQuench, false) => (1, 1, 0),
        }
    }
}

/// What an ICMP error quotes of a TCP segment: enough to find the connection and
/// to see whether the segment can be one of ours (RFC 5927 4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// Our address, if the error is about a segment of ours.
    pub source: IpAddr,
    /// The other end's address.
    pub destination: IpAddr,
    /// Our port.
    pub source_port: u16,
    /// The other end's port.
    pub destination_port: u16,
    /// The segment's sequence number.
    pub seq: Seq,
}

/// An ICMP error message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IcmpMessage<'a> {
    /// What happened.
    pub kind: IcmpKind,
    /// The start of the datagram it is about.
    pub quote: &'a [u8],
    checksum_ok: bool,
}

impl<'a> IcmpMessage<'a> {
    /// Reads the ICMP error in a datagram.
    ///
    /// # Errors
    /// Not ICMP of the datagram's IP version, fewer than 8 bytes, or not an error message.
    pub fn parse(datagram: &Datagram<'a>) -> Result<IcmpMessage<'a>, WireError> {
        let v4 = datagram.source.is_ipv4();
        let expected = if v4 { PROTOCOL_ICMP } else { PROTOCOL_ICMPV6 };
        if datagram.protocol != expected {
            return Err(WireError::Protocol {
                found: datagram.protocol,
            });
        }
        let bytes = datagram.payload;
        let Some((&[kind, code, _, _, a, b, c, d], quote)) = bytes.split_first_chunk::<8>() else {
            return Err(WireError::Truncated {
                offset: bytes.len(),
                needed: 8,
            });
        };
        let rest = u32::from_be_bytes([a, b, c, d]);
        let read = if v4 {
            IcmpKind::v4(kind, code, rest)
        } else {
            IcmpKind::v6(kind, code, rest)
        };
        let mut sum = Sum::new();
        if !v4 {
            sum = Sum::pseudo_header(
                datagram.source,
                datagram.destination,
                PROTOCOL_ICMPV6,
                bytes.len(),
            );
        }
        sum.add(bytes);
        Ok(IcmpMessage {
            kind: read.ok_or(WireError::NotAnError { kind })?,
            quote,
            checksum_ok: sum.holds(),
        })
    }

    /// Whether the checksum is right.
    #[must_use]
    pub const fn checksum_ok(&self) -> bool {
        self.checksum_ok
    }

    /// The segment the message quotes. Eight bytes of it are enough.
    ///
    /// # Errors
    /// The quote is not the start of a TCP datagram.
    pub fn quoted(&self) -> Result<Quoted, WireError> {
        let datagram = Datagram::parse_quoted(self.quote)?;
        if datagram.protocol != PROTOCOL_TCP {
            return Err(WireError::Protocol {
                found: datagram.protocol,
            });
        }
        let segment = datagram.payload;
        if segment.len() < 8 {
            return Err(WireError::Truncated {
                offset: self.quote.len(),
                needed: datagram.header_len + 8,
            });
        }
        Ok(Quoted {
            source: datagram.source,
            destination: datagram.destination,
            source_port: be16(segment, 0),
            destination_port: be16(segment, 2),
            seq: Seq(be32(segment, 4)),
        })
    }
}

/// Appends a datagram with an ICMP error about `quoted`, of which as much is
/// quoted as keeps the whole within 576 (RFC 1812 4.3.2.3) or 1280 bytes (RFC 4443 2.4).
/// The envelope's IP version decides which ICMP it is.
///
/// # Errors
/// Addresses of two IP versions; `out` is as before then.
pub fn write_error(
    out: &mut Vec<u8>,
    envelope: &Envelope,
    kind: IcmpKind,
    quoted: &[u8],
) -> Result<(), BuildError> {
    let v4 = envelope.source.is_ipv4();
    let (limit, protocol) = if v4 {
        (576, PROTOCOL_ICMP)
    } else {
        (1280, PROTOCOL_ICMPV6)
    };
    let room = limit - envelope.header_len() - 8;
    let quote = quoted.get(..room).unwrap_or(quoted);
    let length = 8 + quote.len();
    envelope.write(out, protocol, length)?;
    let (kind, code, rest) = kind.fields(v4);
    let [a, b, c, d] = rest.to_be_bytes();
    let mut header = [kind, code, 0, 0, a, b, c, d];
    let mut sum = Sum::new();
    if !v4 {
        sum = Sum::pseudo_header(
            envelope.source,
            envelope.destination,
            PROTOCOL_ICMPV6,
            length,
        );
    }
    sum.add(&header);
    sum.add(quote);
    header[2..4].copy_from_slice(&sum.finish().to_be_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(quote);
    Ok(())
}
