//! SipHash-2-4 (Aumasson and Bernstein 2012): the keyed hash that initial
//! sequence numbers and SYN cookies rest on (MUST-9, RFC 6528 3, RFC 4987 3.6).

use core::net::{IpAddr, SocketAddr, SocketAddrV4};

/// A secret of 128 bits.
pub type Key = [u8; 16];

/// The keyed hash of some bytes.
#[must_use]
#[inline]
pub fn sip_hash(key: &Key, bytes: &[u8]) -> u64 {
    let mut v = initial(key);
    let (blocks, rest) = bytes.as_chunks::<8>();
    for block in blocks {
        absorb(&mut v, u64::from_le_bytes(*block));
    }
    absorb(&mut v, word(rest) | (bytes.len() as u64) << 56);
    last(v)
}

#[inline]
fn initial(key: &Key) -> [u64; 4] {
    let whole = u128::from_le_bytes(*key);
    let (k0, k1) = (whole as u64, (whole >> 64) as u64);
    [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ]
}

#[inline]
fn last(mut v: [u64; 4]) -> u64 {
    v[2] ^= 0xff;
    for _ in 0..4 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline]
fn absorb(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    round(v);
    v[0] ^= word;
}

#[inline]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

/// Up to seven bytes, little-endian, the missing ones zero.
fn word(bytes: &[u8]) -> u64 {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    let (mut word, rest, mut place) = match bytes.split_first_chunk() {
        Some((first, rest)) => (half(first), rest, 32),
        None => (0, bytes, 0),
    };
    for &byte in rest {
        word |= u64::from(byte) << place;
        place += 8;
    }
    word
}

/// The keyed hash of a connection's addresses and ports, for one purpose. Two
/// different purposes never give away each other's values.
#[must_use]
pub fn connection_hash(
    key: &Key,
    purpose: Purpose,
    local: SocketAddr,
    remote: SocketAddr,
    more: u64,
) -> u64 {
    if let (SocketAddr::V4(local), SocketAddr::V4(remote)) = (local, remote) {
        return v4_connection_hash(key, purpose, local, remote, more);
    }
    let mut bytes = [0u8; LENGTH];
    bytes[0] = purpose as u8;
    for (at, end) in [(1, local), (19, remote)] {
        let address = match end.ip() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        bytes[at..at + 16].copy_from_slice(&address.octets());
        bytes[at + 16..at + 18].copy_from_slice(&end.port().to_be_bytes());
    }
    bytes[37..45].copy_from_slice(&more.to_be_bytes());
    sip_hash(key, &bytes)
}

/// How many bytes of a connection are hashed: purpose, both ends, `more`.
const LENGTH: usize = 45;

/// The same for IPv4, whose bytes are where they always are: the words that
/// SipHash takes in are put together at once. Every connection needs one.
fn v4_connection_hash(
    key: &Key,
    purpose: Purpose,
    local: SocketAddrV4,
    remote: SocketAddrV4,
    more: u64,
) -> u64 {
    let end = |end: SocketAddrV4| (end.ip().to_bits(), end.port());
    let words = v4_words(purpose, end(local), end(remote), more);
    let mut v = initial(key);
    for word in words {
        absorb(&mut v, word);
    }
    last(v)
}

/// An address is ::ffff:a.b.c.d there; all is little-endian to SipHash.
#[inline]
fn v4_words(purpose: Purpose, local: (u32, u16), remote: (u32, u16), more: u64) -> [u64; 6] {
    const MAPPED: u64 = 0xffff;
    let number = |address: u32| u64::from(address.swap_bytes());
    let port = |port: u16| u64::from(port.swap_bytes());
    let (here, there) = (number(local.0), number(remote.0));
    let more = more.swap_bytes();
    [
        purpose as u64,
        MAPPED << 24 | here << 40,
        here >> 24 | port(local.1) << 8,
        MAPPED << 40 | there << 56,
        there >> 8 | port(remote.1) << 24 | more << 40,
        more >> 24 | (LENGTH as u64) << 56,
    ]
}

/// [`connection_hash`] for one purpose over IPv4, again and again: what all the
/// connections of an address begin with is taken in once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct V4Hasher {
    purpose: Purpose,
    /// The second word, and the state after it.
    word: u64,
    state: [u64; 4],
}

impl V4Hasher {
    pub(crate) fn new(key: &Key, purpose: Purpose) -> V4Hasher {
        let mut hasher = V4Hasher {
            purpose,
            word: 0,
            state: [0; 4],
        };
        hasher.begin(key, 0);
        hasher
    }

    #[cold]
    #[inline(never)]
    fn begin(&mut self, key: &Key, word: u64) {
        let mut v = initial(key);
        absorb(&mut v, self.purpose as u64);
        absorb(&mut v, word);
        self.word = word;
        self.state = v;
    }

    pub(crate) fn hash(&mut self, key: &Key, local: (u32, u16), remote: (u32, u16)) -> u64 {
        let [_, word, rest @ ..] = v4_words(self.purpose, local, remote, 0);
        if self.word != word {
            self.begin(key, word);
        }
        let mut v = self.state;
        for word in rest {
            absorb(&mut v, word);
        }
        last(v)
    }
}

/// What a keyed hash is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// The offset of a connection's ISN.
    InitialSequence = 1,
    /// A random ISN.
    RandomSequence = 2,
    /// A SYN cookie.
    Cookie = 3,
    /// The offset of a connection's timestamp clock (RFC 7323 5.4).
    TimestampOffset = 4,
    /// Where to start the search for an ephemeral port (RFC 6056 3.3.3).
    EphemeralPort = 5,
}

#[cfg(test)]
mod tests;
