//! Words and numbers that calls, interventions and SYNs are shown by.

use sim::run::{Action, Attack, Call, SegmentAct};
use tcp::wire::{Datagram, Segment, TcpOption};

/// The MSS (0 for none) and the window scale that a SYN announces.
pub(super) fn announced(datagram: &[u8]) -> (u16, Option<u8>) {
    let mut found = (0, None);
    let Ok(datagram) = Datagram::parse(datagram) else {
        return found;
    };
    let Ok(segment) = Segment::parse(datagram.payload) else {
        return found;
    };
    for option in segment.options() {
        match option {
            TcpOption::MaximumSegmentSize(mss) => found.0 = mss,
            TcpOption::WindowScale(shift) => found.1 = Some(shift.min(14)),
            _ => {}
        }
    }
    found
}

/// A call's word in the run format, and the number that matters most about it.
#[must_use]
pub fn call_word(call: &Call) -> (&'static str, u32) {
    match call {
        Call::Bind(port) => ("bind", u32::from(*port)),
        Call::Listen { port, .. } => ("listen", u32::from(port.unwrap_or(0))),
        Call::PassiveOpen { port, .. } => ("passive-open", u32::from(port.unwrap_or(0))),
        Call::Connect { .. } => ("connect", 0),
        Call::Accept { .. } => ("accept", 0),
        Call::Send { bytes, .. } => ("send", *bytes),
        Call::SendText { text, .. } => ("send", text.len() as u32),
        Call::Receive(_) => ("receive", 0),
        Call::Reading(on) => (if *on { "reading on" } else { "reading off" }, 0),
        Call::Closing(on) => (if *on { "closing on" } else { "closing off" }, 0),
        Call::Shutdown => ("shutdown", 0),
        Call::Close => ("close", 0),
        Call::Abort => ("abort", 0),
        Call::Status => ("status", 0),
        Call::Linger(_) => ("linger", 0),
        Call::ReuseAddress(_) => ("reuse-address", 0),
        Call::NoDelay(_) => ("no-delay", 0),
        Call::KeepAlive(_) => ("keep-alive", 0),
        Call::UserTimeout(_) => ("user-timeout", 0),
        Call::ReceiveBuffer(bytes) => ("receive-buffer", *bytes),
        Call::SendBuffer(bytes) => ("send-buffer", *bytes),
        Call::MaximumSegmentSize(bytes) => ("mss", u32::from(*bytes)),
    }
}

/// An intervention's word in the run format; none for a segment that is sent or forged, which shows it itself.
#[must_use]
pub const fn action_word(action: &Action) -> &'static str {
    match action {
        Action::Call { .. } | Action::Inject(_) | Action::Emit { .. } => "",
        Action::Segment { act, .. } => match act {
            SegmentAct::Drop => "drop",
            SegmentAct::Delay(_) => "delay",
            SegmentAct::Hold => "hold",
            SegmentAct::Release => "release",
            SegmentAct::Duplicate(_) => "duplicate",
            SegmentAct::Corrupt(_) => "corrupt",
            SegmentAct::Edit(_) => "edit",
        },
        Action::Attack(Attack::Sample { .. }) => "sample",
        Action::Attack(Attack::Sweep { .. }) => "sweep",
        Action::Attack(Attack::Flood { .. }) => "flood",
        Action::Cut(_) => "cut",
        Action::Heal(_) => "heal",
        Action::Firewall(..) => "firewall",
        Action::Icmp { .. } => "icmp",
        Action::Unplug(_) => "unplug",
        Action::Plug(_) => "plug",
        Action::Reboot(_) => "reboot",
        Action::Set { .. } => "set",
        Action::Link { .. } => "link",
    }
}
