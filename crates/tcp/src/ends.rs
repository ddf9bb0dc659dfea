//! Both ends of a connection, as tables compare them and headers need them.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::num::NonZeroU64;

use crate::hash::{self, sip_hash};
use crate::wire::plain::Key;

/// Two addresses and two ports in five words that can be compared as they are:
/// `SocketAddr` has to look at versions, flow labels and scopes each time, and
/// every segment is compared with its connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Ends {
    local: [u64; 2],
    remote: [u64; 2],
    /// The local port, the remote port, which of the two addresses are IPv6 (so
    /// that none is taken for an IPv4 address of the same bits), above a bit that is always set.
    ports: NonZeroU64,
}

const LOCAL_V6: u64 = 1 << 62;
const REMOTE_V6: u64 = 1 << 61;

fn words(address: IpAddr, v6: u64) -> ([u64; 2], u64) {
    match address {
        IpAddr::V4(v4) => ([u64::from(v4.to_bits()), 0], 0),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            ([bits as u64, (bits >> 64) as u64], v6)
        }
    }
}

fn address(words: [u64; 2], is_v6: bool) -> IpAddr {
    if is_v6 {
        let bits = u128::from(words[1]) << 64 | u128::from(words[0]);
        IpAddr::V6(Ipv6Addr::from_bits(bits))
    } else {
        IpAddr::V4(Ipv4Addr::from_bits(words[0] as u32))
    }
}

fn ports(bits: u64, local: u16, remote: u16) -> NonZeroU64 {
    let ports = u64::from(local) << 16 | u64::from(remote);
    NonZeroU64::MIN | (bits | ports << 1)
}

impl Ends {
    pub(crate) fn new(local: SocketAddr, remote: SocketAddr) -> Ends {
        let (local_words, local_bit) = words(local.ip(), LOCAL_V6);
        let (remote_words, remote_bit) = words(remote.ip(), REMOTE_V6);
        Ends {
            local: local_words,
            remote: remote_words,
            ports: ports(local_bit | remote_bit, local.port(), remote.port()),
        }
    }

    /// The ends of an IPv4 segment: (address, port) of the local and of the remote one.
    #[inline]
    pub(crate) fn v4(local: (u32, u16), remote: (u32, u16)) -> Ends {
        Ends {
            local: [u64::from(local.0), 0],
            remote: [u64::from(remote.0), 0],
            ports: ports(0, local.1, remote.1),
        }
    }

    pub(crate) fn local(&self) -> SocketAddr {
        let ip = address(self.local, self.ports.get() & LOCAL_V6 != 0);
        SocketAddr::new(ip, self.local_port())
    }

    pub(crate) fn remote(&self) -> SocketAddr {
        let ip = address(self.remote, self.ports.get() & REMOTE_V6 != 0);
        SocketAddr::new(ip, self.remote_port())
    }

    #[inline]
    pub(crate) fn local_port(&self) -> u16 {
        (self.ports.get() >> 17) as u16
    }

    #[inline]
    pub(crate) fn remote_port(&self) -> u16 {
        (self.ports.get() >> 1) as u16
    }

    /// Whether the local address is open: 0.0.0.0 or ::.
    #[inline]
    pub(crate) fn local_is_unspecified(&self) -> bool {
        self.local == [0, 0]
    }

    #[inline]
    pub(crate) fn same_local_address(&self, other: &Ends) -> bool {
        let version = |ends: &Ends| ends.ports.get() & LOCAL_V6;
        self.local == other.local && version(self) == version(other)
    }

    /// Whether the remote address and port are the same.
    #[inline]
    pub(crate) fn same_remote(&self, other: &Ends) -> bool {
        const REMOTE: u64 = REMOTE_V6 | 0xffff << 1;
        let bits = |ends: &Ends| ends.ports.get() & REMOTE;
        self.remote == other.remote && bits(self) == bits(other)
    }

    /// Whether the local address is an IPv4 one.
    #[inline]
    pub(crate) fn is_v4(&self) -> bool {
        self.ports.get() & LOCAL_V6 == 0
    }

    /// The local and the remote IPv4 address; none where one is IPv6.
    #[inline]
    pub(crate) fn v4_addresses(&self) -> Option<(u32, u32)> {
        let v4 = self.ports.get() & (LOCAL_V6 | REMOTE_V6) == 0;
        v4.then_some((self.local[0] as u32, self.remote[0] as u32))
    }

    /// How an IPv4 segment looks that arrives here; none where an address is IPv6.
    pub(crate) fn key(&self) -> Option<Key> {
        let (local, remote) = self.v4_addresses()?;
        let [source, destination] = [remote, local].map(|word| u64::from(word.swap_bytes()));
        let [from, to] =
            [self.remote_port(), self.local_port()].map(|port| u32::from(port.swap_bytes()));
        Some(Key {
            addresses: destination << 32 | source,
            ports: to << 16 | from,
        })
    }

    /// The same, and another local port.
    pub(crate) fn with_local_port(&self, port: u16) -> Ends {
        let others = self.ports.get() & !(0xffff << 17);
        Ends {
            ports: NonZeroU64::MIN | (others | u64::from(port) << 17),
            ..*self
        }
    }

    /// The same local end, and another remote one.
    pub(crate) fn with_remote(&self, remote: SocketAddr) -> Ends {
        Ends::new(self.local(), remote)
    }

    /// A keyed hash, so that nobody can aim for collisions. It never leaves the
    /// table, so it need not be as strong as what goes onto the wire.
    #[inline]
    pub(crate) fn hash(&self, keys: &HashKeys) -> u32 {
        let ports = self.ports.get();
        let mut sum = keys.0[0]
            .wrapping_add(keys.0[1].wrapping_mul(ports >> 1 & 0xffff_ffff))
            .wrapping_add(keys.0[2].wrapping_mul(self.local[0] & 0xffff_ffff))
            .wrapping_add(keys.0[3].wrapping_mul(self.remote[0] & 0xffff_ffff));
        if ports & (LOCAL_V6 | REMOTE_V6) != 0 {
            let rest = [
                ports >> 61,
                self.local[0] >> 32,
                self.local[1],
                self.local[1] >> 32,
                self.remote[0] >> 32,
                self.remote[1],
                self.remote[1] >> 32,
            ];
            for (key, word) in keys.0[4..].iter().zip(rest) {
                sum = sum.wrapping_add(key.wrapping_mul(word & 0xffff_ffff));
            }
        }
        (sum >> 32) as u32
    }
}

/// The secrets of [`Ends::hash`]: a number to start from, and one for each half
/// word. The upper half of the sum of products is a universal hash: whoever does
/// not know the keys finds two ends that collide once in 2³² tries. Products of
/// 64 bits are enough for it, which is as much as WebAssembly has.
#[derive(Clone, Debug)]
pub(crate) struct HashKeys([u64; 11]);

impl HashKeys {
    pub(crate) fn new(secret: &hash::Key) -> HashKeys {
        HashKeys(core::array::from_fn(|at| sip_hash(secret, &[at as u8])))
    }
}

#[cfg(test)]
#[path = "ends_tests.rs"]
mod tests;
