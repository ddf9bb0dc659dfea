//! The short way into the host: an undamaged TCP segment in an IPv4 datagram
//! without options, which is what nearly everything that arrives is.
//!
//! It is no second parser but a look ahead: whatever is out of the ordinary,
//! damage included, is answered with `None`, and the long way over
//! [`Datagram`](super::Datagram) and [`Segment`] says what it is.

use super::checksum::{fold, sum_of};
use super::{PROTOCOL_TCP, Segment, be16};

/// The two addresses, as numbers, and the segment.
pub(crate) struct Plain<'a> {
    pub source: u32,
    pub destination: u32,
    pub segment: Segment<'a>,
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
    })
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
