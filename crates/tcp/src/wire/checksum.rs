//! The Internet checksum (RFC 1071, RFC 9293 3.1).

use core::net::IpAddr;

/// A one's-complement sum in the making. Slices of any length, odd ones too,
/// may be added one after another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    // Little-endian 16-bit columns, added up 32 bits at a time: RFC 1071 2(B)
    // lets the bytes be swapped once at the very end.
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
    pub fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> Sum {
        let mut sum = Sum::new();
        for address in [source, destination] {
            match address {
                IpAddr::V4(a) => sum.add(&a.octets()),
                IpAddr::V6(a) => sum.add(&a.octets()),
            }
        }
        sum.add(&(length as u32).to_be_bytes());
        sum.add(&[0, protocol]);
        sum
    }

    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        let part = sum_of(bytes);
        if self.odd {
            self.total += u64::from(fold(part).swap_bytes());
        } else {
            self.total += u64::from(fold(part));
        }
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

fn fold(mut total: u64) -> u16 {
    while total >> 16 != 0 {
        total = (total & 0xffff) + (total >> 16);
    }
    total as u16
}

fn sum_of(bytes: &[u8]) -> u64 {
    // Four independent lanes of 32-bit words in 64-bit sums: no carry can be
    // lost before 2³² words, and the compiler may use vectors.
    let mut lanes = [0u64; 4];
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let (words, _) = block.as_chunks::<4>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane += u64::from(u32::from_le_bytes(*word));
        }
    }
    let mut total = lanes[0] + lanes[1] + lanes[2] + lanes[3];
    let (pairs, last) = rest.as_chunks::<2>();
    for pair in pairs {
        total += u64::from(u16::from_le_bytes(*pair));
    }
    if let [byte] = last {
        total += u64::from(*byte);
    }
    total
}
