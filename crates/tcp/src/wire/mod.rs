//! Bytes to segments and back (RFC 9293 3.1, RFC 791, RFC 8200, RFC 792, RFC 4443).
//!
//! Reading never copies: [`ip::Datagram`] and [`tcp::Segment`] borrow the bytes
//! they were made from. Writing appends whole datagrams to a `Vec<u8>`, checksums
//! included. Nothing here decides anything about a connection.

pub mod checksum;
mod flags;
pub mod icmp;
pub mod ip;
pub mod option;
pub(crate) mod plain;
pub mod tcp;

pub use flags::Flags;
pub use icmp::{IcmpKind, IcmpMessage, Quoted, Unreachable};
pub(crate) use ip::V4Envelope;
pub use ip::{Datagram, Envelope};
pub use option::{
    IllegalOption, OptionBuffer, OptionIterator, OptionSet, ParsedOptions, SackBlock, SackBlocks,
    TcpOption, Timestamps,
};
pub use tcp::{Segment, SegmentHeader, write_datagram};
pub(crate) use tcp::{write_bare_v4, write_optioned_v4, write_segment, write_v4};

/// Protocol number of TCP.
pub const PROTOCOL_TCP: u8 = 6;
/// Protocol number of ICMP for IPv4.
pub const PROTOCOL_ICMP: u8 = 1;
/// Protocol number of ICMP for IPv6.
pub const PROTOCOL_ICMPV6: u8 = 58;

/// Why bytes are not what they should be. `offset` is that of the offending
/// field, counted from the first byte of the slice that was parsed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WireError {
    /// The slice ends before the thing does.
    Truncated {
        /// Where the missing part starts.
        offset: usize,
        /// How many bytes there should have been in all.
        needed: usize,
    },
    /// Neither version 4 nor version 6.
    Version {
        /// What stands in its place.
        found: u8,
    },
    /// An IPv4 header shorter than 20 bytes.
    HeaderLength {
        /// In bytes.
        found: usize,
    },
    /// An IPv4 total length that does not even hold its header.
    TotalLength {
        /// In bytes.
        found: usize,
    },
    /// A part of a larger datagram (RFC 791 3.2, RFC 8200 4.5): nothing here reassembles.
    Fragment {
        /// Where the fragment field stands.
        offset: usize,
    },
    /// A hop-by-hop header that is not the first (RFC 8200 4.1).
    ExtensionOrder {
        /// Where it stands.
        offset: usize,
    },
    /// A routing header that has hops left: it is not for us (RFC 8200 4.4).
    SourceRoute {
        /// Where it stands.
        offset: usize,
    },
    /// The TCP data offset is below 5 or points past the segment.
    DataOffset {
        /// In bytes.
        found: usize,
    },
    /// An ICMP message that is not an error message.
    NotAnError {
        /// Its type.
        kind: u8,
    },
    /// The payload is of another protocol than the one asked for.
    Protocol {
        /// Its number.
        found: u8,
    },
}

impl WireError {
    /// Where in the slice the trouble is.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            WireError::Truncated { offset, .. }
            | WireError::Fragment { offset }
            | WireError::ExtensionOrder { offset }
            | WireError::SourceRoute { offset } => offset,
            WireError::Version { .. }
            | WireError::HeaderLength { .. }
            | WireError::NotAnError { .. } => 0,
            WireError::TotalLength { .. } => 2,
            WireError::DataOffset { .. } => 12,
            WireError::Protocol { .. } => 9,
        }
    }

    /// The stable id, in kebab case.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            WireError::Truncated { .. } => "truncated",
            WireError::Version { .. } => "version",
            WireError::HeaderLength { .. } => "header-length",
            WireError::TotalLength { .. } => "total-length",
            WireError::Fragment { .. } => "fragment",
            WireError::ExtensionOrder { .. } => "extension-order",
            WireError::SourceRoute { .. } => "source-route",
            WireError::DataOffset { .. } => "data-offset",
            WireError::NotAnError { .. } => "not-an-error",
            WireError::Protocol { .. } => "protocol",
        }
    }
}

/// Why a datagram could not be written. All of these are mistakes of the caller;
/// nothing has been appended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BuildError {
    /// Source and destination are not of one IP version.
    MixedFamilies,
    /// It would not fit a 16-bit length field.
    TooLong,
}

/// Two bytes in network order; zero past the end.
#[inline(always)]
pub(crate) fn be16(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 2) {
        Some(&[a, b]) => u16::from_be_bytes([a, b]),
        _ => 0,
    }
}

/// Words as the bytes of a header.
#[inline(always)]
pub(crate) fn wire_bytes<const WORDS: usize, const BYTES: usize>(
    words: &[u32; WORDS],
) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    let (places, _) = bytes.as_chunks_mut::<4>();
    for (place, word) in places.iter_mut().zip(words) {
        *place = word.to_be_bytes();
    }
    bytes
}

/// Four bytes in network order; zero past the end.
#[inline(always)]
pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
