//! The trace: append-only records, each with its causes.
//!
//! Here are the records as they are read; `store` keeps them packed, `hash` sums
//! them up.

use tcp::event::{Ended, Report, Timer};
use tcp::reason::Reason;
use tcp::rfc::{Level, Section};
use tcp::state::State;
use tcp::time::Instant;

use crate::run::Call;

mod hash;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use store::Mark;
pub use store::{NewRecord, NewSend, Trace};

/// A record's place in its trace; ids are dense and start at 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordId(pub u32);

/// Where something happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Place {
    A,
    B,
    Link,
    Attacker,
}

impl Place {
    /// Every place.
    pub const ALL: [Place; 4] = [Place::A, Place::B, Place::Link, Place::Attacker];

    /// `A`, `B`, `link` or `attacker`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Place::A => "A",
            Place::B => "B",
            Place::Link => "link",
            Place::Attacker => "attacker",
        }
    }
}

/// One record, as it is read; the store behind it is packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The main cause (others through `Trace::causes`); none only for what a person or the scenario did.
    pub cause: Option<RecordId>,
    /// When, in virtual time.
    pub time: Instant,
    /// Where.
    pub place: Place,
    /// The host's socket it concerns, 0 for none.
    pub socket: u32,
    /// What.
    pub kind: RecordKind,
}

/// What a record says. The JSON kind names are design.md §3's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum RecordKind {
    /// A person or the scenario acted: index into `Run::interventions`, or (`scripted`) into `Scenario::script`.
    Intervention { index: u32, scripted: bool },
    /// An application call: index for `Trace::call`.
    Call { index: u32 },
    /// A datagram is put on the link. Its bytes: `Trace::datagram`.
    Send {
        why: Why,
        retransmission_of: Option<RecordId>,
    },
    /// It reached a host, which used it. `why` is the deciding judgement; all of them: `Trace::judgements`.
    Arrive { send: RecordId, why: Why },
    /// It was lost on the link (place `link`, and then `why` is a `Why::World`), or reached a host (place A or B) that
    /// refused it or only answered it. Every copy of a datagram ends in exactly one `Arrive` or `Drop`, or is still in flight.
    Drop { send: RecordId, why: Why },
    /// A state changed.
    State {
        from: State,
        to: State,
        reason: Reason,
    },
    /// A timer runs.
    TimerSet {
        timer: Timer,
        deadline: Instant,
        reason: Reason,
    },
    /// A timer ran out.
    TimerFired { timer: Timer },
    /// A timer was stopped.
    TimerCancelled { timer: Timer, reason: Reason },
    /// Bytes became readable.
    Deliver { len: u32 },
    /// The other end's FIN was reached: the application reads end-of-file.
    PeerClosed,
    /// A limit was reached.
    Limit { reason: Reason },
    /// The application was told something.
    Report { report: Report, reason: Reason },
    /// An engine sent something else than was recorded of it; only the first difference is written down. `nth` numbers what
    /// the host sent, from 1.
    Differs { nth: u32, why: WorldReason },
    /// A connection ended.
    Ended { how: Ended, reason: Reason },
}

impl RecordKind {
    /// The kind's name as in the JSON form: `send`, `arrive`, `state`, …
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            RecordKind::Intervention { .. } => "intervention",
            RecordKind::Call { .. } => "call",
            RecordKind::Send { .. } => "send",
            RecordKind::Arrive { .. } => "arrive",
            RecordKind::Drop { .. } => "drop",
            RecordKind::State { .. } => "state",
            RecordKind::TimerSet { .. } => "timer-set",
            RecordKind::TimerFired { .. } => "timer-fired",
            RecordKind::TimerCancelled { .. } => "timer-cancelled",
            RecordKind::Deliver { .. } | RecordKind::PeerClosed => "deliver",
            RecordKind::Limit { .. } => "limit",
            RecordKind::Report { .. } => "error",
            RecordKind::Differs { .. } => "differs",
            RecordKind::Ended { .. } => "ended",
        }
    }

    /// Why, for the kinds that have a reason.
    #[must_use]
    pub const fn why(self) -> Option<Why> {
        match self {
            RecordKind::Send { why, .. }
            | RecordKind::Arrive { why, .. }
            | RecordKind::Drop { why, .. } => Some(why),
            RecordKind::Differs { why, .. } => Some(Why::World(why)),
            RecordKind::State { reason, .. }
            | RecordKind::TimerSet { reason, .. }
            | RecordKind::TimerCancelled { reason, .. }
            | RecordKind::Limit { reason }
            | RecordKind::Report { reason, .. }
            | RecordKind::Ended { reason, .. } => Some(Why::Engine(reason)),
            RecordKind::Intervention { .. }
            | RecordKind::Call { .. }
            | RecordKind::TimerFired { .. }
            | RecordKind::Deliver { .. }
            | RecordKind::PeerClosed => None,
        }
    }
}

/// Why something happened: a rule of TCP, or of the world around it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Why {
    /// A host's TCP decided.
    Engine(Reason),
    /// The link, a router, a person or the attacker.
    World(WorldReason),
}

impl Why {
    /// The stable id; message keys are made from it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Why::Engine(reason) => reason.id(),
            Why::World(reason) => reason.id(),
        }
    }

    /// Where the rule is written, for those of TCP.
    #[must_use]
    pub const fn section(self) -> Option<Section> {
        match self {
            Why::Engine(reason) => Some(reason.section()),
            Why::World(_) => None,
        }
    }

    /// How strongly it binds, for those of TCP.
    #[must_use]
    pub const fn level(self) -> Option<Level> {
        match self {
            Why::Engine(reason) => Some(reason.level()),
            Why::World(_) => None,
        }
    }
}

macro_rules! world_reasons {
    ($($(#[$doc:meta])* $variant:ident = $id:literal;)*) => {
        /// What the world does to datagrams, and why.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum WorldReason { $($(#[$doc])* $variant),* }

        impl WorldReason {
            /// Every one.
            pub const ALL: &'static [WorldReason] = &[$(WorldReason::$variant),*];

            /// The stable id.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(WorldReason::$variant => $id),* }
            }
        }
    };
}

world_reasons! {
    /// Chance lost it.
    RandomLoss = "random-loss";
    /// A person dropped it.
    DroppedByPerson = "dropped-by-person";
    /// The scenario dropped it.
    DroppedByRule = "dropped-by-rule";
    /// The queue before the line was full.
    QueueFull = "queue-full";
    /// It is larger than the link's MTU.
    TooBig = "too-big";
    /// The link is cut.
    LinkCut = "link-cut";
    /// A firewall let it vanish.
    FirewallDropped = "firewall-dropped";
    /// A firewall or router refused it and said so.
    FirewallRejected = "firewall-rejected";
    /// The host it reached has no power.
    HostUnplugged = "host-unplugged";
    /// Nobody has this address.
    NoSuchHost = "no-such-host";
    /// A person or the attacker made it up.
    Forged = "forged";
    /// The attacker connects from their own address to see an ISN.
    AttackerSample = "attacker-sample";
    /// The attacker floods.
    AttackerFlood = "attacker-flood";
    /// It reached the attacker, whose address it bears.
    AttackerReceived = "attacker-received";
    /// A router's or firewall's ICMP message.
    RouterError = "router-error";
    /// A second copy made on the way.
    Duplicated = "duplicated";
    /// A host that is a script sends what the script says.
    Scripted = "scripted";
    /// A host that is a recording sends what was recorded.
    Recorded = "recorded";
    /// It did not arrive when this was recorded.
    RecordedLost = "recorded-lost";
    /// The engine sends another segment than was recorded of it.
    RecordedOther = "recorded-other";
    /// The engine sends what was recorded of it, at another moment.
    RecordedTime = "recorded-time";
    /// The engine has not sent what was recorded of it.
    RecordedMissing = "recorded-missing";
    /// The engine sends more than was recorded of it.
    RecordedNoMore = "recorded-no-more";
    /// It reached its destination, and no rule had anything to say.
    Delivered = "delivered";
}

/// A finished or refused application call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRecord {
    /// The script's name of the socket (`c1`), without its host.
    pub name: String,
    /// What was asked.
    pub call: Call,
    /// What it answered: bytes taken or given for `send` and `receive`, the new socket's number for `accept`, else 0.
    pub result: Result<u32, tcp::error::CallError>,
}

/// One whole datagram of the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The record of its sending.
    pub send: RecordId,
    /// When.
    pub time: Instant,
    /// Who put it on the link.
    pub place: Place,
    /// Number among what this place emitted, from 1 (`SegmentName::nth`).
    pub nth: u32,
    /// The record of its (first) end: an `Arrive` or a `Drop`; none while in flight.
    pub fate: Option<RecordId>,
    /// When it ends.
    pub fate_time: Option<Instant>,
    /// Where it goes: A, B, the attacker, or `link` for nowhere.
    pub to: Place,
    /// It is TCP and its header could be read; the fields below are zero otherwise.
    pub tcp: bool,
    /// TCP header fields.
    pub source_port: u16,
    #[allow(missing_docs)]
    pub destination_port: u16,
    #[allow(missing_docs)]
    pub seq: u32,
    #[allow(missing_docs)]
    pub ack: u32,
    /// The flags byte (CWR … FIN).
    pub flags: u8,
    #[allow(missing_docs)]
    pub window: u16,
    /// Bytes of payload.
    pub len: u32,
    /// Bytes of the whole datagram.
    pub datagram_len: u32,
    /// First sent as.
    pub retransmission_of: Option<RecordId>,
}
