//! The eleven states (RFC 9293 3.3.2), the arcs between them, and the one gate
//! through which a connection goes along them.

use crate::event::{EventKind, Events, SocketId};
use crate::reason::Reason;

/// A connection's state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum State {
    #[default]
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl State {
    /// All of them, in the order of the RFC's section 3.3.2, CLOSED first.
    pub const ALL: [State; 11] = [
        State::Closed,
        State::Listen,
        State::SynSent,
        State::SynReceived,
        State::Established,
        State::FinWait1,
        State::FinWait2,
        State::CloseWait,
        State::Closing,
        State::LastAck,
        State::TimeWait,
    ];

    /// The name as RFC 9293 spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }

    /// Whether both ends have agreed on sequence numbers: ESTABLISHED and what
    /// comes after it (RFC 9293 3.5.2, third group).
    #[must_use]
    pub const fn is_synchronized(self) -> bool {
        !matches!(
            self,
            State::Closed | State::Listen | State::SynSent | State::SynReceived
        )
    }
}

/// Whether RFC 9293 has an arc from one state to the other: figure 5, its
/// notes, and the prose of 3.10. Nothing else ever happens.
#[must_use]
pub const fn arc_exists(from: State, to: State) -> bool {
    use State::*;
    match from {
        Closed => matches!(to, Listen | SynSent),
        Listen => matches!(to, Closed | SynSent | SynReceived),
        SynSent => matches!(to, Closed | SynReceived | Established),
        // TIME-WAIT from here, ESTABLISHED, FIN-WAIT-2 and CLOSE-WAIT only
        // where the issuer of a RST lingers (figure 5, note 3; trap T6).
        SynReceived => matches!(to, Closed | Listen | Established | FinWait1 | TimeWait),
        Established => matches!(to, Closed | FinWait1 | CloseWait | TimeWait),
        FinWait1 => matches!(to, Closed | FinWait2 | Closing | TimeWait),
        FinWait2 => matches!(to, Closed | TimeWait),
        CloseWait => matches!(to, Closed | LastAck | TimeWait),
        Closing => matches!(to, Closed | TimeWait),
        LastAck => matches!(to, Closed),
        TimeWait => matches!(to, Closed),
    }
}

/// The one gate through which states change: it checks the arc and records it.
pub(crate) fn change_state(
    state: &mut State,
    to: State,
    socket: SocketId,
    reason: Reason,
    events: &mut Events,
) {
    let from = *state;
    debug_assert!(
        arc_exists(from, to),
        "no arc from {} to {}",
        from.name(),
        to.name()
    );
    *state = to;
    events.push(socket, EventKind::State { from, to, reason });
}
