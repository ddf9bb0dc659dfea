//! The IPv4 and IPv6 envelopes (RFC 791 3.1, RFC 8200 3 and 4).

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::checksum::{Sum, fold};
use super::{BuildError, WireError, be16, be32, wire_bytes};

const V4_HEADER: usize = 20;
const V6_HEADER: usize = 40;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const DESTINATION_OPTIONS: u8 = 60;

/// An IP datagram, whole and unfragmented. Bytes after its end (as a link layer
/// may leave them) do not belong to it.
///
/// IPv6 hop-by-hop, routing, fragment and destination headers are skipped; any
/// other (IPsec's, mobility) is what `protocol` then says. IPv4 options are skipped too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// The protocol of the payload, extension headers skipped.
    pub protocol: u8,
    /// TTL or hop limit.
    pub hop_limit: u8,
    /// Bytes before the payload: options and extension headers included.
    pub header_len: usize,
    /// What it carries.
    pub payload: &'a [u8],
    header: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// Whatever keeps it from being a whole, unfragmented IPv4 or IPv6 datagram.
    /// The IPv4 header checksum is not looked at: see [`Datagram::header_checksum_ok`].
    pub fn parse(bytes: &'a [u8]) -> Result<Datagram<'a>, WireError> {
        Datagram::read(bytes, false)
    }

    /// Reads the datagram an ICMP message quotes, which may be cut short anywhere
    /// after its header, and may be a first fragment.
    pub(crate) fn parse_quoted(bytes: &'a [u8]) -> Result<Datagram<'a>, WireError> {
        Datagram::read(bytes, true)
    }

    fn read(bytes: &'a [u8], quoted: bool) -> Result<Datagram<'a>, WireError> {
        let first = *bytes.first().ok_or(WireError::Truncated {
            offset: 0,
            needed: V4_HEADER,
        })?;
        match first >> 4 {
            4 => Datagram::read_v4(bytes, quoted),
            6 => Datagram::read_v6(bytes, quoted),
            found => Err(WireError::Version { found }),
        }
    }

    fn read_v4(bytes: &'a [u8], quoted: bool) -> Result<Datagram<'a>, WireError> {
        let fixed: &[u8; V4_HEADER] = bytes.first_chunk().ok_or(WireError::Truncated {
            offset: bytes.len(),
            needed: V4_HEADER,
        })?;
        let header_len = usize::from(fixed[0] & 0x0f) * 4;
        if header_len < V4_HEADER {
            return Err(WireError::HeaderLength { found: header_len });
        }
        let total = usize::from(be16(fixed, 2));
        let Some((header, rest)) = bytes.split_at_checked(header_len) else {
            return Err(WireError::Truncated {
                offset: bytes.len(),
                needed: header_len,
            });
        };
        if total < header_len {
            return Err(WireError::TotalLength { found: total });
        }
        let length = total - header_len;
        let Some(payload) = rest.get(
            ..if quoted {
                length.min(rest.len())
            } else {
                length
            },
        ) else {
            return Err(WireError::Truncated {
                offset: bytes.len(),
                needed: total,
            });
        };
        let fragment = be16(fixed, 6);
        let parts = if quoted { 0x1fff } else { 0x3fff };
        if fragment & parts != 0 {
            return Err(WireError::Fragment { offset: 6 });
        }
        Ok(Datagram {
            source: IpAddr::V4(v4(fixed, 12)),
            destination: IpAddr::V4(v4(fixed, 16)),
            protocol: fixed[9],
            hop_limit: fixed[8],
            header_len,
            payload,
            header,
        })
    }

    fn read_v6(bytes: &'a [u8], quoted: bool) -> Result<Datagram<'a>, WireError> {
        let fixed: &[u8; V6_HEADER] = bytes.first_chunk().ok_or(WireError::Truncated {
            offset: bytes.len(),
            needed: V6_HEADER,
        })?;
        let total = V6_HEADER + usize::from(be16(fixed, 4));
        let end = if quoted {
            total.min(bytes.len())
        } else {
            total
        };
        let whole = bytes.get(..end).ok_or(WireError::Truncated {
            offset: bytes.len(),
            needed: total,
        })?;
        let mut protocol = fixed[6];
        let mut at = V6_HEADER;
        while matches!(
            protocol,
            HOP_BY_HOP | ROUTING | FRAGMENT | DESTINATION_OPTIONS
        ) {
            if protocol == HOP_BY_HOP && at != V6_HEADER {
                return Err(WireError::ExtensionOrder { offset: at });
            }
            let extension = whole.get(at..).unwrap_or(&[]);
            let truncated = |needed| WireError::Truncated { offset: at, needed };
            let Some(&[next, units, high, low, ..]) = extension.first_chunk::<8>() else {
                return Err(truncated(at + 8));
            };
            let length = if protocol == FRAGMENT {
                8
            } else {
                8 + 8 * usize::from(units)
            };
            if extension.len() < length {
                return Err(truncated(at + length));
            }
            if protocol == ROUTING && !quoted && low != 0 {
                return Err(WireError::SourceRoute { offset: at });
            }
            // A fragment header with offset 0 and no more to come is a whole
            // datagram (RFC 6946); a quote may be a first fragment.
            let parts = if quoted { 0xfff8 } else { 0xfff9 };
            if protocol == FRAGMENT && u16::from_be_bytes([high, low]) & parts != 0 {
                return Err(WireError::Fragment { offset: at + 2 });
            }
            protocol = next;
            at += length;
        }
        let (header, payload) = whole.split_at_checked(at).unwrap_or((whole, &[]));
        Ok(Datagram {
            source: IpAddr::V6(v6(fixed, 8)),
            destination: IpAddr::V6(v6(fixed, 24)),
            protocol,
            hop_limit: fixed[7],
            header_len: at,
            payload,
            header,
        })
    }

    /// Whether the IPv4 header is undamaged; IPv6 has no header checksum, so always `true` there.
    #[must_use]
    pub fn header_checksum_ok(&self) -> bool {
        match self.source {
            IpAddr::V4(_) => {
                let mut sum = Sum::new();
                match <&[u8; V4_HEADER]>::try_from(self.header) {
                    Ok(plain) => sum.add_plain_header(plain),
                    Err(_) => sum.add(self.header),
                }
                sum.holds()
            }
            IpAddr::V6(_) => true,
        }
    }

    /// The header's bytes, IPv4 options or IPv6 extension headers included.
    #[must_use]
    pub const fn header(&self) -> &'a [u8] {
        self.header
    }
}

#[inline(always)]
fn v4(bytes: &[u8], at: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(be32(bytes, at))
}

fn v6(bytes: &[u8], at: usize) -> Ipv6Addr {
    let mut octets = [0; 16];
    if let Some(from) = bytes.get(at..at + 16) {
        octets.copy_from_slice(from);
    }
    Ipv6Addr::from(octets)
}

/// What the envelope of a datagram is to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// Who sends.
    pub source: IpAddr,
    /// To whom; the same IP version as `source`.
    pub destination: IpAddr,
    /// TTL or hop limit.
    pub hop_limit: u8,
    /// IPv4 identification; IPv6 has none.
    pub identification: u16,
    /// IPv4 «don't fragment»; IPv6 routers never do.
    pub dont_fragment: bool,
}

impl Envelope {
    /// The usual one: hop limit 64, don't fragment, identification 0 (RFC 6864 4.1 lets an unfragmentable datagram do so).
    #[must_use]
    pub const fn new(source: IpAddr, destination: IpAddr) -> Envelope {
        Envelope {
            source,
            destination,
            hop_limit: 64,
            identification: 0,
            dont_fragment: true,
        }
    }

    /// The same as numbers, for IPv4.
    pub(crate) fn as_v4(&self) -> Option<V4Envelope> {
        match (self.source, self.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => Some(self.v4(source, destination)),
            _ => None,
        }
    }

    fn v4(&self, source: Ipv4Addr, destination: Ipv4Addr) -> V4Envelope {
        V4Envelope {
            source: source.to_bits(),
            destination: destination.to_bits(),
            hop_limit: self.hop_limit,
            identification: self.identification,
            dont_fragment: self.dont_fragment,
        }
    }

    /// Bytes its header takes: 20 or 40.
    #[must_use]
    pub const fn header_len(&self) -> usize {
        match self.source {
            IpAddr::V4(_) => V4_HEADER,
            IpAddr::V6(_) => V6_HEADER,
        }
    }

    /// Appends the header of a datagram with `payload_len` bytes of `protocol`.
    ///
    /// # Errors
    /// Two IP versions, or more than the length field can say; nothing is appended then.
    pub fn write(
        &self,
        out: &mut Vec<u8>,
        protocol: u8,
        payload_len: usize,
    ) -> Result<(), BuildError> {
        match (self.source, self.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let envelope = self.v4(source, destination);
                let words = envelope.words(protocol, payload_len)?;
                out.extend_from_slice(&wire_bytes::<5, 20>(&words));
                Ok(())
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                let length = u16::try_from(payload_len).map_err(|_| BuildError::TooLong)?;
                let mut header = [0u8; V6_HEADER];
                header[0] = 0x60;
                header[4..6].copy_from_slice(&length.to_be_bytes());
                header[6] = protocol;
                header[7] = self.hop_limit;
                header[8..24].copy_from_slice(&source.octets());
                header[24..40].copy_from_slice(&destination.octets());
                out.extend_from_slice(&header);
                Ok(())
            }
            _ => Err(BuildError::MixedFamilies),
        }
    }
}

/// What an IPv4 envelope is to say, as numbers.
pub(crate) struct V4Envelope {
    source: u32,
    destination: u32,
    hop_limit: u8,
    identification: u16,
    dont_fragment: bool,
}

impl V4Envelope {
    /// As [`Envelope::new`].
    #[inline]
    pub(crate) const fn new(source: u32, destination: u32) -> V4Envelope {
        V4Envelope {
            source,
            destination,
            hop_limit: 64,
            identification: 0,
            dont_fragment: true,
        }
    }

    /// The header of a datagram with `payload_len` bytes of `protocol`, its checksum in place.
    #[inline]
    pub(crate) fn words(&self, protocol: u8, payload_len: usize) -> Result<[u32; 5], BuildError> {
        let total = u16::try_from(V4_HEADER + payload_len).map_err(|_| BuildError::TooLong)?;
        let fragment: u32 = if self.dont_fragment { 0x4000 } else { 0 };
        let mut words = [
            0x4500_0000 | u32::from(total),
            u32::from(self.identification) << 16 | fragment,
            u32::from(self.hop_limit) << 24 | u32::from(protocol) << 16,
            self.source,
            self.destination,
        ];
        let sum = words.iter().map(|word| u64::from(*word)).sum();
        words[2] |= u32::from(!fold(sum));
        Ok(words)
    }
}
