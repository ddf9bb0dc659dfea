//! Sequence numbers: 32 bits that wrap and never panic (RFC 9293 3.4).

use core::fmt;

/// A sequence number. It has no order of its own: 3 is before 4 and after
/// 4 294 967 295, so comparisons are only meaningful within a window of 2³¹
/// and go through the methods here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Seq(pub u32);

impl Seq {
    /// The number `count` places further on.
    #[must_use]
    pub const fn add(self, count: u32) -> Seq {
        Seq(self.0.wrapping_add(count))
    }

    /// The number `count` places back.
    #[must_use]
    pub const fn sub(self, count: u32) -> Seq {
        Seq(self.0.wrapping_sub(count))
    }

    /// How far it is from `earlier` to here, going forward.
    #[must_use]
    pub const fn since(self, earlier: Seq) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// `self < other` in the RFC's notation.
    #[must_use]
    pub const fn before(self, other: Seq) -> bool {
        (self.0.wrapping_sub(other.0) as i32) < 0
    }

    /// `self =< other` in the RFC's notation.
    #[must_use]
    pub const fn at_or_before(self, other: Seq) -> bool {
        !other.before(self)
    }

    /// `self > other`.
    #[must_use]
    pub const fn after(self, other: Seq) -> bool {
        other.before(self)
    }

    /// `self >= other`.
    #[must_use]
    pub const fn at_or_after(self, other: Seq) -> bool {
        !self.before(other)
    }

    /// Whether `start =< self < start + length`; an empty window holds nothing.
    #[must_use]
    pub const fn in_window(self, start: Seq, length: u32) -> bool {
        self.since(start) < length
    }

    /// The later of two numbers.
    #[must_use]
    pub const fn later(self, other: Seq) -> Seq {
        if self.before(other) { other } else { self }
    }
}

impl fmt::Debug for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
