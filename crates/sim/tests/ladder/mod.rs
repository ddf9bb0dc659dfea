//! A trace as a ladder in text: sequence numbers as m and n (the ISNs of A and B) and what was added.

use std::collections::BTreeMap;
use std::fmt::Write;

use sim::run::Run;
use sim::text;
use sim::trace::{Place, Record, RecordKind, Sent, Trace};
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP};

/// The whole ladder.
pub fn of(run: &Run, trace: &Trace) -> String {
    let mut numbers = Numbers::default();
    let mut out = String::new();
    for record in trace.iter() {
        line(run, trace, &record, &mut numbers, &mut out);
    }
    writeln!(out, "{:>12} end", trace.end().0).unwrap();
    out
}

#[derive(Default)]
struct Numbers {
    /// The first ISN seen of each (sender's address and port, receiver's port).
    isn: BTreeMap<(String, u16, u16), u32>,
}

impl Numbers {
    /// `m+1`: relative to the first ISN of that direction.
    fn relative(&self, end: &(String, u16, u16), letter: &str, number: u32) -> String {
        let Some(isn) = self.isn.get(end) else {
            return number.to_string();
        };
        match number.wrapping_sub(*isn) {
            0 => letter.to_string(),
            ahead if ahead < 1 << 30 => format!("{letter}+{ahead}"),
            _ => number.to_string(),
        }
    }
}

fn line(run: &Run, trace: &Trace, record: &Record, numbers: &mut Numbers, out: &mut String) {
    let time = record.time.0;
    let place = record.place.id();
    match record.kind {
        RecordKind::Send {
            retransmission_of, ..
        } => {
            let sent = trace.sent(record.id).unwrap();
            write!(out, "{time:>12} {}", segment(trace, &sent, numbers)).unwrap();
            if retransmission_of.is_some() {
                out.push_str(" again");
            }
            if matches!(record.place, Place::Link | Place::Attacker) {
                write!(out, " ({})", record.kind.why().unwrap().id()).unwrap();
            }
            match sent
                .fate
                .and_then(|f| trace.record(f))
                .map(|f| (f.place, f.kind))
            {
                Some((Place::Link, RecordKind::Drop { why, .. })) => {
                    write!(out, " x {}", why.id()).unwrap()
                }
                Some((_, RecordKind::Drop { why, .. })) => {
                    write!(out, " refused {}", why.id()).unwrap()
                }
                Some(_) => {}
                None => out.push_str(" in flight"),
            }
            out.push('\n');
        }
        RecordKind::State { from, to, .. } => {
            writeln!(
                out,
                "{time:>12}   {place}.{} {} -> {}",
                record.socket,
                from.name(),
                to.name()
            )
            .unwrap();
        }
        RecordKind::Ended { how, .. } => {
            writeln!(
                out,
                "{time:>12}   {place}.{} ended {}",
                record.socket,
                how.id()
            )
            .unwrap();
        }
        RecordKind::Call { index } => {
            let call = trace.call(index).unwrap();
            let mut asked = String::new();
            text::print_call(&mut asked, &call.call);
            let failed = call
                .result
                .err()
                .map_or(String::new(), |e| format!(" = {}", e.id()));
            writeln!(
                out,
                "{time:>12}   {place}.{} {asked}{failed}",
                record.socket
            )
            .unwrap();
        }
        RecordKind::Intervention { index, scripted } => {
            let mut action = String::new();
            if scripted {
                text::print_action(&mut action, &run.scenario.script[index as usize].action);
            } else {
                text::print_action(&mut action, &run.interventions[index as usize].action);
            }
            writeln!(out, "{time:>12}   {place} * {action}").unwrap();
        }
        RecordKind::Limit { reason } | RecordKind::Report { reason, .. } => {
            writeln!(
                out,
                "{time:>12}   {place}.{} {}",
                record.socket,
                reason.id()
            )
            .unwrap();
        }
        RecordKind::Differs { nth, why } => {
            writeln!(out, "{time:>12}   {place}#{nth} {}", why.id()).unwrap();
        }
        RecordKind::Arrive { .. }
        | RecordKind::Drop { .. }
        | RecordKind::TimerSet { .. }
        | RecordKind::TimerFired { .. }
        | RecordKind::TimerCancelled { .. }
        | RecordKind::Deliver { .. }
        | RecordKind::PeerClosed => {}
    }
}

fn segment(trace: &Trace, sent: &Sent, numbers: &mut Numbers) -> String {
    let mut bytes = Vec::new();
    trace.datagram(sent.send, &mut bytes);
    let datagram = Datagram::parse(&bytes).expect("what was sent can be read");
    if datagram.protocol != PROTOCOL_TCP {
        return format!("{}>{} icmp", sent.place.id(), sent.to.id());
    }
    let from = (
        datagram.source.to_string(),
        sent.source_port,
        sent.destination_port,
    );
    let back = (
        datagram.destination.to_string(),
        sent.destination_port,
        sent.source_port,
    );
    let flags = Flags(sent.flags);
    if flags.syn() && sent.place != Place::Attacker {
        numbers.isn.entry(from.clone()).or_insert(sent.seq);
    }
    // The client's numbers are m, the server's n.
    let (mine, other) = if sent.source_port == 8080 {
        ("n", "m")
    } else {
        ("m", "n")
    };
    let mut text = format!(
        "{}>{} {flags} seq={}",
        sent.place.id(),
        sent.to.id(),
        numbers.relative(&from, mine, sent.seq)
    );
    if flags.ack() {
        write!(text, " ack={}", numbers.relative(&back, other, sent.ack)).unwrap();
    }
    write!(text, " win={}", sent.window).unwrap();
    if let Ok(segment) = tcp::wire::Segment::parse(datagram.payload) {
        if let Some(mss) = segment.parsed_options().mss {
            write!(text, " mss={mss}").unwrap();
        }
        for block in segment.parsed_options().sack.as_slice() {
            write!(
                text,
                " sack={}..{}",
                numbers.relative(&back, other, block.left.0),
                numbers.relative(&back, other, block.right.0)
            )
            .unwrap();
        }
    }
    if sent.len > 0 {
        write!(text, " len={}", sent.len).unwrap();
    }
    text
}
