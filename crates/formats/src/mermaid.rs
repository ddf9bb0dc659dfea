//! A run as a Mermaid sequence diagram, for documents that draw those.

use std::fmt::Write as _;

use sim::trace::{Place, RecordKind, Trace};
use tcp::wire::Flags;

/// A trace as the text of a `sequenceDiagram`: an arrow a segment, in the order
/// of sending (a cross at its end if it was lost), a note a change of state.
/// Sequence numbers are absolute.
#[must_use]
pub fn of_trace(trace: &Trace) -> String {
    let mut out = String::from("sequenceDiagram\n  participant A\n  participant B\n");
    for record in trace.iter() {
        match record.kind {
            RecordKind::Send { .. } => arrow(&mut out, trace, record.id),
            RecordKind::State { from, to, .. } => {
                let (host, from, to) = (record.place.id(), from.name(), to.name());
                let _ = writeln!(out, "  Note over {host}: {from} → {to}");
            }
            _ => {}
        }
    }
    out
}

fn arrow(out: &mut String, trace: &Trace, id: sim::trace::RecordId) {
    let Some(sent) = trace.sent(id) else { return };
    let lost = sent
        .fate
        .and_then(|fate| trace.record(fate))
        .is_some_and(|fate| fate.place == Place::Link);
    let head = if lost { "-x" } else { "->>" };
    let to = match sent.to {
        // What goes to nobody still has to end somewhere in a diagram.
        Place::Link if sent.place == Place::A => Place::B,
        Place::Link => Place::A,
        place => place,
    };
    let _ = write!(out, "  {}{head}{}: ", sent.place.id(), to.id());
    if !sent.tcp {
        out.push_str("ICMP\n");
        return;
    }
    let flags = Flags(sent.flags);
    let _ = write!(out, "{} seq={}", crate::flag_names(flags), sent.seq);
    if flags.ack() {
        let _ = write!(out, " ack={}", sent.ack);
    }
    if sent.len > 0 {
        let _ = write!(out, " len={}", sent.len);
    }
    out.push('\n');
}
