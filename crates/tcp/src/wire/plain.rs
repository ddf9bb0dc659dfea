//! The short way into the host: an undamaged TCP segment in an IPv4 datagram
//! without options, which is what nearly everything that arrives is.
//!
//! It is no second parser but a look ahead: whatever is out of the ordinary,
//! damage included, is answered with `None`, and the long way over
//! [`Datagram`](super::Datagram) and [`Segment`] says what it is.

use super::checksum::{fold, sum_of};
use super::{Flags, PROTOCOL_TCP, Segment, be16, be32};
use crate::ends::Ends;
use crate::seq::Seq;

/// The two addresses, as numbers, and the segment.
pub(crate) struct Plain<'a> {
    pub source: u32,
    pub destination: u32,
    pub segment: Segment<'a>,
    pub key: Key,
}

/// Source and destination address, and both ports, as they lie in an IPv4 datagram:
/// what its connection is found by, as long as nobody needs them as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Key {
    pub addresses: u64,
    pub ports: u32,
}

impl Key {
    /// The two ends as the receiver sees them.
    pub(crate) fn ends(self) -> Ends {
        let [source, destination] = [self.addresses as u32, (self.addresses >> 32) as u32];
        let [from, to] = [self.ports as u16, (self.ports >> 16) as u16];
        let end = |address: u32, port: u16| (address.swap_bytes(), port.swap_bytes());
        Ends::v4(end(destination, to), end(source, from))
    }
}

/// IPv4, a header of five words.
const VERSION_AND_LENGTH: u8 = 0x45;
/// «More fragments», and the fragment's place.
const FRAGMENT: u16 = 0x3fff;
const HEADER: usize = 20;

/// Reads `bytes`, and with `verify` both checksums.
#[inline(always)]
pub(crate) fn read(bytes: &[u8], verify: bool) -> Option<Plain<'_>> {
    let headers: &[u8; 2 * HEADER] = bytes.first_chunk()?;
    if headers[0] != VERSION_AND_LENGTH
        || headers[9] != PROTOCOL_TCP
        || be16(headers, 6) & FRAGMENT != 0
    {
        return None;
    }
    let bytes = bytes.get(HEADER..usize::from(be16(headers, 2)))?;
    let segment = Segment::parse(bytes).ok()?;
    // As they lie in memory: one's complement does not mind the order of bytes.
    let (words, _) = headers.as_chunks::<4>();
    let words = words.first_chunk::<10>()?.map(u32::from_le_bytes);
    if verify {
        // Both sums in one pass, as they share the addresses.
        let [a, b, c, source, destination, d, e, f, g, h] = words.map(u64::from);
        let addresses = source + destination;
        let of_datagram = a + b + c + addresses;
        let mut of_segment = d + e + f + g + h + addresses;
        of_segment += u64::from(PROTOCOL_TCP) << 8;
        of_segment += u64::from((bytes.len() as u16).swap_bytes());
        let rest = bytes.get(HEADER..).unwrap_or(&[]);
        if !rest.is_empty() {
            of_segment += sum_of(rest);
        }
        if fold(of_datagram) != 0xffff || fold(of_segment) != 0xffff {
            return None;
        }
    }
    Some(Plain {
        source: words[3].swap_bytes(),
        destination: words[4].swap_bytes(),
        segment,
        key: Key {
            addresses: long(headers, 12),
            ports: words[5],
        },
    })
}

/// A segment without options, not yet looked at more closely than its connection needs.
pub(crate) struct Bare<'a> {
    pub key: Key,
    pub seq: Seq,
    pub ack: Seq,
    pub flags: Flags,
    pub window: u16,
    pub text: &'a [u8],
    headers: &'a [u8; 2 * HEADER],
}

/// Version and header length, and what the fragment field may not say, in the first eight bytes.
const SHAPE_MASK: u64 = u64::from_le_bytes([0xff, 0, 0, 0, 0, 0, 0x3f, 0xff]);
const SHAPE: u64 = VERSION_AND_LENGTH as u64;

/// Reads `bytes` if both headers are of five words. The checksums are left to [`Bare::is_undamaged`].
#[inline(always)]
pub(crate) fn read_bare(bytes: &[u8]) -> Option<Bare<'_>> {
    let headers: &[u8; 2 * HEADER] = bytes.first_chunk()?;
    let shape = long(headers, 0);
    if shape & SHAPE_MASK != SHAPE || headers[9] != PROTOCOL_TCP || headers[32] & 0xf0 != 0x50 {
        return None;
    }
    let text = bytes.get(2 * HEADER..usize::from(be16(headers, 2)))?;
    Some(Bare {
        key: Key {
            addresses: long(headers, 12),
            ports: long(headers, 20) as u32,
        },
        seq: Seq(be32(headers, 24)),
        ack: Seq(be32(headers, 28)),
        flags: Flags(headers[33]),
        window: be16(headers, 34),
        text,
        headers,
    })
}

impl Bare<'_> {
    /// Whether both checksums are right. The sums are taken of whole words of eight
    /// bytes as they lie, the carries added back in: one's complement minds neither.
    #[inline(always)]
    pub(crate) fn is_undamaged(&self) -> bool {
        let headers = self.headers;
        let addresses = self.key.addresses;
        let rest = u64::from(long(headers, 8) as u32);
        let of_datagram = carried(carried(long(headers, 0), addresses), rest);
        let length = (HEADER + self.text.len()) as u16;
        let mut rest = u64::from((long(headers, 32) >> 32) as u32);
        rest += u64::from(PROTOCOL_TCP) << 8;
        rest += u64::from(length.swap_bytes());
        if !self.text.is_empty() {
            rest += sum_of(self.text);
        }
        let words = carried(long(headers, 20), long(headers, 28));
        let of_segment = carried(carried(words, addresses), rest);
        fold(of_datagram) == 0xffff && fold(of_segment) == 0xffff
    }
}

/// Eight bytes as they lie.
#[inline(always)]
fn long(headers: &[u8; 2 * HEADER], at: usize) -> u64 {
    match headers.get(at..at + 8) {
        Some(&[a, b, c, d, e, f, g, h]) => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => 0,
    }
}

/// A sum whose carry comes back in at the other end.
#[inline(always)]
fn carried(a: u64, b: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(b);
    sum.wrapping_add(u64::from(carry))
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
