//! The trace: append-only records, each with its causes.

use tcp::event::{Ended, Report, Timer};
use tcp::reason::Reason;
use tcp::state::State;
use tcp::time::Instant;

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

/// One record, as it is read; the store behind it is packed.
#[derive(Clone, Copy, PartialEq, Debug)]
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
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum RecordKind {
    /// A person or the scenario acted: index into the run's list.
    Intervention { index: u32 },
    /// An application call: index into the trace's table of calls (its text, its result).
    Call { index: u32 },
    /// A datagram is put on the link. Its bytes: `Trace::datagram(id)`.
    Send { reason: Reason, retransmission_of: Option<RecordId> },
    /// It reached a host. `reason` is the deciding judgement; all of them: `Trace::judgements(id)`.
    Arrive { send: RecordId, reason: Reason },
    /// It was lost on the link, or refused by a host.
    Drop { send: RecordId, reason: DropReason },
    /// A state changed.
    State { from: State, to: State, reason: Reason },
    /// A timer runs.
    TimerSet { timer: Timer, deadline: Instant, reason: Reason },
    /// A timer ran out.
    TimerFired { timer: Timer },
    /// A timer was stopped.
    TimerCancelled { timer: Timer, reason: Reason },
    /// Bytes became readable.
    Deliver { len: u32 },
    /// A limit was reached.
    Limit { reason: Reason },
    /// The application was told something.
    Report { report: Report, reason: Reason },
    /// A connection ended.
    Ended { how: Ended, reason: Reason },
}

/// Why a datagram got no further: the host's reason, or the link's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropReason {
    /// The receiving TCP refused it.
    Refused(Reason),
    /// The link lost it.
    Link(LinkReason),
}

/// What the link does to datagrams, and why. Ids as with `tcp::reason::Reason`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum LinkReason {
    RandomLoss,
    DroppedByPerson,
    RuleDropped,
    QueueFull,
    TooBig,
    Cut,
    Firewall,
    HostUnplugged,
    NoSuchHost,
}
