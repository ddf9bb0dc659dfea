//! The Internet checksum (RFC 1071, RFC 9293 3.1).

use core::net::IpAddr;

/// A one's-complement sum in the making. Slices of any length, odd ones too,
/// may be added one after another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    // Little-endian columns, added up 32 bits at a time: RFC 1071 2(B) lets the
    // bytes be swapped once at the very end.
    total: u64,
    odd: bool,
}

impl Sum {
    /// Nothing added yet.
    #[must_use]
    pub const fn new() -> Sum {
        Sum {
            total: 0,
            odd: false,
        }
    }

    /// The pseudo-header of RFC 9293 3.1 (IPv4) or RFC 8200 8.1 (IPv6). `length`
    /// is that of the upper-layer packet in bytes. Addresses of two versions
    /// simply add up; the builders refuse them.
    #[must_use]
    #[inline]
    pub fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> Sum {
        let mut sum = Sum::new();
        let part = |address| match address {
            IpAddr::V4(v4) => u64::from(v4.to_bits().swap_bytes()),
            IpAddr::V6(v6) => sum_of(&v6.octets()),
        };
        sum.total = part(source) + part(destination);
        sum.total += u64::from((length as u32).swap_bytes()) + (u64::from(protocol) << 8);
        sum
    }

    /// Adds what was summed up elsewhere, each word as the number it is on the
    /// wire. After an even number of bytes only.
    #[inline]
    pub(crate) const fn add_number(&mut self, sum: u64) {
        debug_assert!(!self.odd);
        self.total += fold(sum).swap_bytes() as u64;
    }

    /// Adds the twenty bytes of a header without options.
    #[inline]
    pub(crate) fn add_plain_header(&mut self, bytes: &[u8; 20]) {
        debug_assert!(!self.odd);
        let (words, _) = bytes.as_chunks::<4>();
        for word in words {
            self.total += u64::from(u32::from_le_bytes(*word));
        }
    }

    /// Adds bytes.
    #[inline(never)]
    pub fn add(&mut self, bytes: &[u8]) {
        let part = sum_of(bytes);
        self.total += if self.odd {
            u64::from(fold(part).swap_bytes())
        } else {
            (part >> 32) + (part & 0xffff_ffff)
        };
        self.odd ^= bytes.len() % 2 == 1;
    }

    /// The checksum: the complement of the sum, as a number whose big-endian
    /// form goes onto the wire.
    #[must_use]
    pub fn finish(self) -> u16 {
        !fold(self.total).swap_bytes()
    }

    /// Whether what was added, its checksum field included, is undamaged.
    #[must_use]
    #[inline]
    pub fn holds(self) -> bool {
        fold(self.total) == 0xffff
    }
}

/// The checksum of one slice.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = Sum::new();
    sum.add(bytes);
    sum.finish()
}

/// Sixteen bits with all carries added back in.
#[inline]
pub(crate) const fn fold(total: u64) -> u16 {
    // Added to itself with its halves exchanged, a number has the sum of both
    // in its upper half, the carry of the lower half included.
    let total = (total.wrapping_add(total.rotate_left(32)) >> 32) as u32;
    (total.wrapping_add(total.rotate_left(16)) >> 16) as u16
}

/// Sums of at most 2³² words, to be folded.
pub(crate) fn sum_of(bytes: &[u8]) -> u64 {
    // 32-bit words in 64-bit sums: no carry can be lost before 2³² of them. One
    // plain loop: small where size counts, vectors where speed does.
    let (mut low, mut high) = (0u64, 0u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        low += word & 0xffff_ffff;
        high += word >> 32;
    }
    let mut total = low + high;
    // Options end here mostly.
    let (words, rest) = rest.as_chunks::<4>();
    for word in words {
        total += u64::from(u32::from_le_bytes(*word));
    }
    let mut place = 0;
    for &byte in rest {
        total += u64::from(byte) << place;
        place ^= 8;
    }
    total
}
