//! What the engine says about what it did. Events come in the order in which
//! things happened; the owner drains them after every single input and after
//! every transmitted datagram, so that each has one plain cause.

use crate::fifo::Fifo;
use crate::reason::Reason;
use crate::state::State;
use crate::time::Instant;

/// A socket of one host. Numbers start at 1 and are never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SocketId(pub u32);

/// The timers a connection has; one slot each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Timer {
    /// Retransmission (RFC 6298).
    Retransmission,
    /// Zero-window probe (RFC 9293 3.8.6.1).
    Persist,
    /// Delayed acknowledgement (RFC 9293 3.8.6.3).
    DelayedAck,
    /// Sender's silly-window override (RFC 9293 3.8.6.2.1).
    SwsOverride,
    /// Keep-alive (RFC 9293 3.8.4).
    KeepAlive,
    /// TIME-WAIT, 2 × MSL (RFC 9293 3.6.1).
    TimeWait,
    /// How long FIN-WAIT-2 may last after CLOSE (practice).
    FinWait2,
    /// USER TIMEOUT (RFC 9293 3.9.1.1), and R2.
    User,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Timer; 8] = [
        Timer::Retransmission,
        Timer::Persist,
        Timer::DelayedAck,
        Timer::SwsOverride,
        Timer::KeepAlive,
        Timer::TimeWait,
        Timer::FinWait2,
        Timer::User,
    ];

    /// The stable id: `retransmission`, `persist`, `delayed-ack`, `sws-override`,
    /// `keep-alive`, `2msl`, `fin-wait-2`, `user-timeout`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Timer::Retransmission => "retransmission",
            Timer::Persist => "persist",
            Timer::DelayedAck => "delayed-ack",
            Timer::SwsOverride => "sws-override",
            Timer::KeepAlive => "keep-alive",
            Timer::TimeWait => "2msl",
            Timer::FinWait2 => "fin-wait-2",
            Timer::User => "user-timeout",
        }
    }
}

/// What the application learns, asynchronously (RFC 9293 3.9.1.8, MUST-47).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Report {
    /// R1 was reached: the segment has been sent often, the other end may be gone (SHLD-9).
    Retransmitting,
    /// A soft ICMP error (MUST-56): told, not acted on.
    SoftError,
    /// Urgent data are ahead (MUST-32).
    Urgent,
}

/// How a connection ended; each connection says it exactly once (MUST-12).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ended {
    /// Both directions closed with FIN.
    Closed,
    /// The other end reset it.
    Reset,
    /// The other end refused it.
    Refused,
    /// Nobody answered for too long.
    TimedOut,
    /// A hard ICMP error, before anything else.
    Unreachable,
    /// This end aborted or deleted it.
    Aborted,
}

impl Ended {
    /// The stable id: `closed`, `reset`, `refused`, `timed-out`, `unreachable`, `aborted`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Ended::Closed => "closed",
            Ended::Reset => "reset",
            Ended::Refused => "refused",
            Ended::TimedOut => "timed-out",
            Ended::Unreachable => "unreachable",
            Ended::Aborted => "aborted",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// The socket it happened to; none for what concerns no socket (a RST from CLOSED, say).
    pub socket: Option<SocketId>,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of [`Event`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// A step in judging the datagram just given: accepted as far as this rule goes.
    Judged {
        /// The rule.
        reason: Reason,
    },
    /// The datagram just given was discarded (or only answered); nothing of it was used.
    Refused {
        /// The rule.
        reason: Reason,
    },
    /// `socket` was born of a listener by a SYN (or a SYN cookie's ACK).
    Begotten {
        /// Its listener.
        listener: SocketId,
    },
    /// The state changed. A listener's child begins with LISTEN → SYN-RECEIVED.
    State {
        /// Before.
        from: State,
        /// After.
        to: State,
        /// Why.
        reason: Reason,
    },
    /// A timer now runs until `deadline` (set anew if it ran already).
    TimerSet {
        /// Which.
        timer: Timer,
        /// Until when.
        deadline: Instant,
        /// Why.
        reason: Reason,
    },
    /// A timer ran out.
    TimerFired {
        /// Which.
        timer: Timer,
    },
    /// A timer was stopped.
    TimerCancelled {
        /// Which.
        timer: Timer,
        /// Why.
        reason: Reason,
    },
    /// `len` more bytes can be received by the application.
    Deliver {
        /// How many.
        len: u32,
        /// Whether the other end pushed them.
        push: bool,
    },
    /// The other end's FIN has been reached: nothing more will come.
    PeerClosed,
    /// A finished connection waits in the listener's accept queue (`socket` is the listener).
    Acceptable,
    /// There is room to send again after a SEND was cut short.
    Writable,
    /// A limit was reached.
    Limit {
        /// Which one, and what was done.
        reason: Reason,
    },
    /// Something the application is told of, though the connection lives on.
    Report {
        /// What.
        report: Report,
        /// Why.
        reason: Reason,
    },
    /// The connection is over; the last event of its socket.
    Ended {
        /// How.
        how: Ended,
        /// Why.
        reason: Reason,
    },
}

/// What has happened and was not yet asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events(Fifo<Event>);

impl Events {
    #[inline]
    pub(crate) fn push(&mut self, socket: SocketId, kind: EventKind) {
        self.0.push(Event {
            socket: Some(socket),
            kind,
        });
    }

    /// What concerns no socket.
    pub(crate) fn push_host(&mut self, kind: EventKind) {
        self.0.push(Event { socket: None, kind });
    }

    #[inline]
    pub(crate) fn judged(&mut self, socket: SocketId, reason: Reason) {
        self.push(socket, EventKind::Judged { reason });
    }

    pub(crate) fn refused(&mut self, socket: SocketId, reason: Reason) {
        self.push(socket, EventKind::Refused { reason });
    }

    #[inline]
    pub(crate) fn drain(&mut self, take: impl FnMut(Event)) {
        self.0.drain(take);
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.0.pop()
    }
}
