//! The short way into the host: an undamaged TCP segment in an IPv4 datagram
//! without options, which is what nearly everything that arrives is.
//!
//! It is no second parser but a look ahead: whatever is out of the ordinary,
//! damage included, is left to the long way over [`Datagram`](super::Datagram)
//! and [`Segment`], which says what it is. And it reads no more than it must: most
//! segments are for a connection that waits for just them ([`crate::arrives::expected`]).

use super::checksum::{fold, sum_of};
use super::{Flags, PROTOCOL_TCP, Segment, be16, be32};
use crate::ends::Ends;
use crate::seq::Seq;

/// Source and destination address, and both ports, as they lie in an IPv4 datagram:
/// what its connection is found by, as long as nobody needs them as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Key {
    pub addresses: u64,
    pub ports: u32,
}

impl Key {
    pub(crate) fn source(self) -> u32 {
        (self.addresses as u32).swap_bytes()
    }

    pub(crate) fn destination(self) -> u32 {
        ((self.addresses >> 32) as u32).swap_bytes()
    }

    /// The two ends as the receiver sees them.
    pub(crate) fn ends(self) -> Ends {
        let from = (self.ports as u16).swap_bytes();
        let to = ((self.ports >> 16) as u16).swap_bytes();
        Ends::v4((self.destination(), to), (self.source(), from))
    }
}

/// A segment, looked at no more closely than its connection needs. Its checksums are
/// left to [`Plain::is_undamaged`].
pub(crate) struct Plain<'a> {
    pub key: Key,
    pub seq: Seq,
    pub ack: Seq,
    pub flags: Flags,
    pub window: u16,
    /// Whether the TCP header has no options either.
    pub bare: bool,
    /// What follows the fixed part of both headers: options and text.
    pub rest: &'a [u8],
    headers: &'a [u8; 2 * HEADER],
}

const HEADER: usize = 20;
/// IPv4, a header of five words.
const VERSION_AND_LENGTH: u8 = 0x45;
/// Version and header length, and the bits of the fragment field that are not to be set, in the first eight bytes.
const SHAPE_MASK: u64 = u64::from_le_bytes([0xff, 0, 0, 0, 0, 0, 0x3f, 0xff]);
const SHAPE: u64 = VERSION_AND_LENGTH as u64;
/// A data offset of five words.
const BARE: u8 = 0x50;

/// Reads `bytes`, if it is an IPv4 datagram without options and in one piece, with a
/// whole TCP header in it.
#[inline(always)]
pub(crate) fn read(bytes: &[u8]) -> Option<Plain<'_>> {
    let headers: &[u8; 2 * HEADER] = bytes.first_chunk()?;
    let rest = bytes.get(2 * HEADER..usize::from(be16(headers, 2)))?;
    let offset = headers[32] & 0xf0;
    let whole = offset == BARE || (offset > BARE && header_length(offset) - HEADER <= rest.len());
    if long(headers, 0) & SHAPE_MASK != SHAPE || headers[9] != PROTOCOL_TCP || !whole {
        return None;
    }
    Some(Plain {
        key: Key {
            addresses: long(headers, 12),
            ports: long(headers, 20) as u32,
        },
        seq: Seq(be32(headers, 24)),
        ack: Seq(be32(headers, 28)),
        flags: Flags(headers[33]),
        window: be16(headers, 34),
        bare: offset == BARE,
        rest,
        headers,
    })
}

/// The TCP header's bytes, from the four upper bits of its thirteenth.
const fn header_length(offset: u8) -> usize {
    (offset >> 2) as usize
}

impl<'a> Plain<'a> {
    /// Whether both checksums are right. The sums are taken of whole words of eight
    /// bytes as they lie, the carries added back in: one's complement minds neither.
    #[inline(always)]
    pub(crate) fn is_undamaged(&self) -> bool {
        let headers = self.headers;
        let addresses = self.key.addresses;
        let third = u64::from(long(headers, 8) as u32);
        let of_datagram = carried(carried(long(headers, 0), addresses), third);
        let length = (HEADER + self.rest.len()) as u16;
        let mut others = u64::from((long(headers, 32) >> 32) as u32);
        others += u64::from(PROTOCOL_TCP) << 8;
        others += u64::from(length.swap_bytes());
        if !self.rest.is_empty() {
            others += if self.bare {
                sum_of(self.rest)
            } else {
                self.short_sum()
            };
        }
        let words = carried(long(headers, 20), long(headers, 28));
        let of_segment = carried(carried(words, addresses), others);
        fold(of_datagram) == 0xffff && fold(of_segment) == 0xffff
    }

    /// The sum of options, and of text behind them: for few bytes, which is what options mostly come with.
    #[inline(never)]
    fn short_sum(&self) -> u64 {
        const FEW: usize = 40;
        if self.rest.len() > FEW {
            return sum_of(self.rest);
        }
        let (mut sum, mut rest) = (0, self.rest);
        while let Some((long, behind)) = rest.split_first_chunk::<8>() {
            sum = carried(sum, u64::from_le_bytes(*long));
            rest = behind;
        }
        if let Some((word, behind)) = rest.split_first_chunk::<4>() {
            sum = carried(sum, u64::from(u32::from_le_bytes(*word)));
            rest = behind;
        }
        let part = u64::from(fold(sum));
        if rest.is_empty() {
            part
        } else {
            part + sum_of(rest)
        }
    }

    /// All of it.
    pub(crate) fn segment(&self, bytes: &'a [u8]) -> Segment<'a> {
        let end = 2 * HEADER + self.rest.len();
        Segment::of_parts(
            bytes.get(HEADER..end).unwrap_or(&[]),
            self,
            header_length(self.headers[32] & 0xf0) as u8,
        )
    }

    /// The fields that only the long way looks at: checksum and urgent pointer.
    pub(crate) fn others(&self) -> (u16, u16) {
        (be16(self.headers, 36), be16(self.headers, 38))
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
