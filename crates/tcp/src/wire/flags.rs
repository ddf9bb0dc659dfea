//! The control bits (RFC 9293 3.1).

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

/// The eight control bits as they stand in byte 13 of the header.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

const LETTERS: [(Flags, char); 8] = [
    (Flags::FIN, 'F'),
    (Flags::SYN, 'S'),
    (Flags::RST, 'R'),
    (Flags::PSH, 'P'),
    (Flags::ACK, '.'),
    (Flags::URG, 'U'),
    (Flags::ECE, 'E'),
    (Flags::CWR, 'W'),
];

impl Flags {
    /// No bit set.
    pub const NONE: Flags = Flags(0);
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x01);
    /// Synchronise sequence numbers.
    pub const SYN: Flags = Flags(0x02);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x04);
    /// Push.
    pub const PSH: Flags = Flags(0x08);
    /// The acknowledgement field is significant.
    pub const ACK: Flags = Flags(0x10);
    /// The urgent pointer is significant.
    pub const URG: Flags = Flags(0x20);
    /// ECN echo (RFC 3168); read and shown, never acted upon.
    pub const ECE: Flags = Flags(0x40);
    /// Congestion window reduced (RFC 3168); read and shown, never acted upon.
    pub const CWR: Flags = Flags(0x80);

    /// Names of the control bits (RFC 9293 3.1), in the order in which people say them together: SYN-ACK, FIN-ACK.
    pub const NAMES: [(Flags, &'static str); 8] = [
        (Flags::SYN, "SYN"),
        (Flags::FIN, "FIN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::ACK, "ACK"),
        (Flags::URG, "URG"),
        (Flags::ECE, "ECE"),
        (Flags::CWR, "CWR"),
    ];

    /// The names of the bits that are set, in that order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Flags::NAMES
            .into_iter()
            .filter(move |(bit, _)| self.contains(*bit))
            .map(|(_, name)| name)
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Without the bits of `other`.
    #[must_use]
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any bit of `other` is set.
    #[must_use]
    pub const fn intersects(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// FIN is set.
    #[must_use]
    pub const fn fin(self) -> bool {
        self.contains(Flags::FIN)
    }

    /// SYN is set.
    #[must_use]
    pub const fn syn(self) -> bool {
        self.contains(Flags::SYN)
    }

    /// RST is set.
    #[must_use]
    pub const fn rst(self) -> bool {
        self.contains(Flags::RST)
    }

    /// PSH is set.
    #[must_use]
    pub const fn psh(self) -> bool {
        self.contains(Flags::PSH)
    }

    /// ACK is set.
    #[must_use]
    pub const fn ack(self) -> bool {
        self.contains(Flags::ACK)
    }

    /// URG is set.
    #[must_use]
    pub const fn urg(self) -> bool {
        self.contains(Flags::URG)
    }

    /// How many sequence numbers SYN and FIN use up: 0, 1 or 2.
    #[must_use]
    pub const fn sequence_length(self) -> u32 {
        self.syn() as u32 + self.fin() as u32
    }

    /// Reads packetdrill's spelling, letters in any order, `-` for none; `None`
    /// for anything else, a letter given twice included.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Flags> {
        if text == "-" {
            return Some(Flags::NONE);
        }
        let mut flags = Flags::NONE;
        for letter in text.chars() {
            let &(flag, _) = LETTERS.iter().find(|(_, l)| *l == letter)?;
            if flags.contains(flag) {
                return None;
            }
            flags |= flag;
        }
        if text.is_empty() { None } else { Some(flags) }
    }
}

impl BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        self.with(other)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        *self = self.with(other);
    }
}

/// As packetdrill prints them: `S`, `S.`, `.`, `P.`, `F.`, `R`, `R.`; `-` for none.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("-");
        }
        for (flag, letter) in LETTERS {
            if self.contains(flag) {
                fmt::Write::write_char(f, letter)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
