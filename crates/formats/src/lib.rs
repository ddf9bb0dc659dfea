//! What the page and the terminal both read and write.
//!
//! No I/O: bytes and text in, bytes and text out. What cannot be read is
//! refused with its place.
#![forbid(unsafe_code)]

pub mod json_lines;
pub mod link;
pub mod mermaid;
pub mod packetdrill;
pub mod pcapng;

use sim::trace::{RecordKind, Sent, Trace, Why, WorldReason};
use tcp::wire::Flags;

/// Every datagram once, when its sender or whoever made it up puts it on the
/// link; the copies that the link itself makes are left out.
pub fn sends(trace: &Trace) -> impl Iterator<Item = Sent> + '_ {
    let original = |sent: &Sent| {
        let why = trace.record(sent.send).map(|record| record.kind);
        !matches!(
            why,
            Some(RecordKind::Send {
                why: Why::World(WorldReason::Duplicated),
                ..
            })
        )
    };
    (0..trace.sent_count())
        .filter_map(|index| trace.nth_sent(index))
        .filter(original)
}

/// The flags' names as people join them, and as ladder and page do: `SYN-ACK`; `none` without any.
fn flag_names(flags: Flags) -> String {
    let set: Vec<&str> = flags.names().collect();
    if set.is_empty() {
        "none".into()
    } else {
        set.join("-")
    }
}

#[cfg(test)]
mod tests;
