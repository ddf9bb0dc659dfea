//! Settings that are a word out of a few.

use alloc::vec::Vec;

use crate::seq::Seq;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $id:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// Their words, in the same order.
            pub const IDS: &'static [&'static str] = &[$($id),*];

            /// The word.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $($name::$variant => $id),* }
            }

            /// The choice of a word.
            #[must_use]
            pub fn from_id(id: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|choice| choice.id() == id)
            }
        }
    )*};
}

choices! {
    /// Which way to read the RFC where stacks differ.
    Policy {
        /// The RFC with its errata, and with what makes its own figures come out.
        Rfc = "rfc",
        /// As Linux does.
        Linux = "linux",
        /// As FreeBSD does.
        FreeBsd = "freebsd",
        /// The text to the letter.
        Letter = "letter",
    }

    /// Trap T3: a SYN-ACK with SEQ = IRS in SYN-RECEIVED (RFC 9293 figure 7).
    CrossingSynAck {
        /// Its ACK is processed: the figure's four segments.
        Process = "process",
        /// Its ACK is processed and it is acknowledged as well.
        ProcessAndAck = "process-and-ack",
        /// It is outside the window: acknowledged and dropped; six segments.
        Ack = "ack",
    }

    /// Trap T4: what CLOSING answers to a FIN it has seen before.
    ClosingReply {
        /// A bare ACK, as in RFC 9293 figure 13.
        BareAck = "bare-ack",
        /// Its own FIN once more, with the old sequence number.
        Fin = "fin",
    }

    /// Trap T6: where ABORT leaves the one who calls it.
    AbortIssuer {
        /// RFC 9293 3.10.5.
        Closed = "closed",
        /// RFC 9293 3.5.2 and figure 5, note 3.
        TimeWait = "time-wait",
    }

    /// Trap T7: what SYN-RECEIVED answers to its SYN when that comes again.
    SynReceivedSyn {
        /// An ACK: the segment is not acceptable.
        Ack = "ack",
        /// The SYN-ACK once more.
        SynAck = "syn-ack",
    }

    /// Trap T10: a RST to TIME-WAIT.
    TimeWaitRst {
        /// It ends TIME-WAIT (RFC 9293 3.10.7.4; the hazard of RFC 1337).
        Assassinate = "assassinate",
        /// It is ignored.
        Ignore = "ignore",
    }

    /// Trap T11: a FIN at RCV.NXT when the receive window is closed.
    ZeroWindowFin {
        /// It is outside the window.
        Refuse = "refuse",
        /// It is taken: it needs no buffer.
        Accept = "accept",
    }

    /// In which order options stand, and how they are padded.
    OptionOrder {
        /// By kind number, each brought to four bytes by NOPs in front.
        Rfc = "rfc",
        /// MSS, SACK-permitted, timestamps, window scale.
        Linux = "linux",
        /// MSS, window scale, SACK-permitted, timestamps; an end of list and zeros pad.
        FreeBsd = "freebsd",
    }

    /// To what the window that is announced is rounded down.
    WindowRounding {
        /// To nothing but the scale.
        None = "none",
        /// To whole segments, as long as that does not shrink it.
        Segments = "segments",
        /// The buffer is rounded up to whole segments instead, once the MSS is known, and all of it is offered.
        Buffer = "buffer",
    }

    /// SYN cookies (RFC 4987 3.6).
    SynCookies {
        /// Never: a full backlog turns SYNs away.
        Off = "off",
        /// When the backlog is full.
        Overflow = "overflow",
        /// For each SYN.
        Always = "always",
    }

    /// Whether a SYN may open a connection anew out of TIME-WAIT.
    TimeWaitReuse {
        /// Never.
        Off = "off",
        /// When its sequence number is above the old ones (MAY-2).
        Sequence = "sequence",
        /// When its timestamp is newer, or else by its number (RFC 6191, SHLD-4).
        Timestamps = "timestamps",
    }

    /// Which ICMP errors end a connection (SHLD-26; RFC 5927 6).
    IcmpErrors {
        /// Hard ones in every state.
        Hard = "hard",
        /// Hard ones while it is being opened; established ones are only told.
        HardInHandshake = "hard-in-handshake",
        /// All of them in SYN-SENT, hard ones in SYN-RECEIVED.
        AllInHandshake = "all-in-handshake",
        /// In SYN-SENT alone hard ones, and «prohibited» and «time exceeded» too.
        WideInSynSent = "wide-in-syn-sent",
        /// None: they are told.
        None = "none",
    }

    /// What becomes of the text of a SYN (U15).
    SynText {
        /// It waits for ESTABLISHED.
        Keep = "keep",
        /// A passive open leaves it to be sent again.
        DropPassive = "drop-passive",
        /// It is always left to be sent again.
        Drop = "drop",
    }

    /// Congestion control.
    Congestion {
        /// RFC 5681.
        Reno = "reno",
        /// RFC 6582, and RFC 6675 where SACK is on.
        NewReno = "newreno",
        /// RFC 9438.
        Cubic = "cubic",
        /// None at all: the receiver's window only.
        None = "none",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro gives no variant a mark of its own"
)]
impl Default for Policy {
    fn default() -> Policy {
        Policy::Rfc
    }
}

/// Where initial sequence numbers come from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum IsnGenerator {
    /// A 4 µs clock plus a keyed hash of addresses and ports (RFC 9293 3.4.1, RFC 6528).
    Rfc9293,
    /// A keyed hash of everything and of a count: no clock to see.
    Random,
    /// The 4 µs clock alone, as in 1981 (RFC 793 3.3).
    Clock,
    /// 64 000 more for each connection, from here, as early BSDs did.
    Counter(Seq),
    /// Always this one.
    Fixed(Seq),
    /// These, one after another, then from the front again.
    Listed(Vec<Seq>),
}

impl IsnGenerator {
    /// The words, in the order of the variants.
    pub const IDS: &'static [&'static str] =
        &["rfc9293", "random", "clock", "counter", "fixed", "listed"];
}
