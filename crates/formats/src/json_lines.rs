//! A trace as JSON, an object a line, for other tools.
//!
//! The names of kinds and fields are public; new ones may come, old ones stay.

use std::fmt::Write as _;

use sim::run::Call;
use sim::trace::{RecordId, RecordKind, Trace, Why};
use tcp::event::Report;
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment, TcpOption};

/// Every record of a trace, in order.
#[must_use]
pub fn of_trace(trace: &Trace) -> String {
    let mut out = String::new();
    let mut datagram = Vec::new();
    for record in trace.iter() {
        record_line(&mut out, trace, record.id, &mut datagram);
    }
    out
}

fn record_line(out: &mut String, trace: &Trace, id: RecordId, datagram: &mut Vec<u8>) {
    let Some(record) = trace.record(id) else {
        return;
    };
    let causes: Vec<String> = trace
        .causes(id)
        .iter()
        .map(|cause| cause.0.to_string())
        .collect();
    let _ = write!(
        out,
        r#"{{"id":{},"cause":[{}],"t_us":{},"host":"{}""#,
        id.0,
        causes.join(","),
        record.time.0,
        record.place.id()
    );
    if record.socket != 0 {
        let _ = write!(out, r#","socket":{}"#, record.socket);
    }
    let _ = write!(out, r#","kind":"{}""#, record.kind.id());
    match record.kind {
        RecordKind::Intervention { index, scripted } => {
            let _ = write!(out, r#","index":{index},"scripted":{scripted}"#);
        }
        RecordKind::Call { index } => {
            if let Some(call) = trace.call(index) {
                field(out, "name", &call.name);
                field(out, "call", call_id(&call.call));
                match call.result {
                    Ok(result) => drop(write!(out, r#","result":{result}"#)),
                    Err(error) => field(out, "error", error.id()),
                }
            }
        }
        RecordKind::Send {
            retransmission_of, ..
        } => {
            if let Some(original) = retransmission_of {
                let _ = write!(out, r#","retransmission_of":{}"#, original.0);
            }
        }
        RecordKind::Arrive { send, .. } | RecordKind::Drop { send, .. } => {
            let _ = write!(out, r#","send":{}"#, send.0);
        }
        RecordKind::State { from, to, .. } => {
            field(out, "from", from.name());
            field(out, "to", to.name());
        }
        RecordKind::TimerSet {
            timer, deadline, ..
        } => {
            field(out, "timer", timer.id());
            let _ = write!(out, r#","deadline_us":{}"#, deadline.0);
        }
        RecordKind::TimerFired { timer } | RecordKind::TimerCancelled { timer, .. } => {
            field(out, "timer", timer.id());
        }
        RecordKind::Deliver { len } => drop(write!(out, r#","len":{len}"#)),
        RecordKind::PeerClosed => out.push_str(r#","len":0,"end_of_file":true"#),
        RecordKind::Limit { .. } => {}
        RecordKind::Report { report, .. } => field(out, "report", report_id(report)),
        RecordKind::Differs { nth, .. } => drop(write!(out, r#","nth":{nth}"#)),
        RecordKind::Ended { how, .. } => field(out, "how", how.id()),
    }
    if let Some(why) = record.kind.why() {
        reason(out, why);
    }
    let judgements = trace.judgements(id);
    if !judgements.is_empty() {
        let ids: Vec<String> = judgements
            .iter()
            .map(|rule| format!("\"{}\"", rule.id()))
            .collect();
        let _ = write!(out, r#","judgements":[{}]"#, ids.join(","));
    }
    if trace.datagram(id, datagram) {
        out.push_str(r#","segment":"#);
        segment(out, datagram);
    }
    out.push_str("}\n");
}

fn reason(out: &mut String, why: Why) {
    field(out, "reason", why.id());
    if let Some(section) = why.section() {
        // A practice stands in no RFC.
        match section.rfc {
            0 => field(out, "rfc", "practice"),
            rfc => field(out, "rfc", &format!("{rfc} {}", section.section)),
        }
    }
    if let Some(level) = why.level() {
        field(out, "level", level.id());
    }
}

/// A datagram's header fields, as far as they can be read, and its bytes.
fn segment(out: &mut String, bytes: &[u8]) {
    out.push('{');
    if let Ok(datagram) = Datagram::parse(bytes) {
        let _ = write!(
            out,
            r#""src_addr":"{}","dst_addr":"{}","#,
            datagram.source, datagram.destination
        );
        let tcp = (datagram.protocol == PROTOCOL_TCP)
            .then(|| Segment::parse(datagram.payload).ok())
            .flatten();
        match tcp {
            Some(segment) => header(out, &segment),
            None => drop(write!(out, r#""protocol":{},"#, datagram.protocol)),
        }
    }
    out.push_str(r#""bytes":""#);
    hex(out, bytes);
    out.push_str("\"}");
}

fn header(out: &mut String, segment: &Segment<'_>) {
    let _ = write!(
        out,
        r#""src_port":{},"dst_port":{},"seq":{},"ack":{},"flags":"{}","window":{},"options":["#,
        segment.source_port,
        segment.destination_port,
        segment.seq.0,
        segment.ack.0,
        flag_letters(segment.flags),
        segment.window
    );
    for (index, option) in segment.options().enumerate() {
        if index > 0 {
            out.push(',');
        }
        tcp_option(out, option);
    }
    let _ = write!(out, r#"],"len":{},"#, segment.payload().len());
}

/// The flags in the order of their bits: `S`, `SA`, `A`, `PA`, `FA`, `R`, `RA`.
fn flag_letters(flags: Flags) -> String {
    "FSRPAUEC"
        .chars()
        .enumerate()
        .filter(|(bit, _)| flags.0 & (1 << bit) != 0)
        .map(|(_, letter)| letter)
        .collect()
}

fn tcp_option(out: &mut String, option: TcpOption<'_>) {
    let _ = match option {
        TcpOption::EndOfList => write!(out, r#"{{"kind":0}}"#),
        TcpOption::NoOperation => write!(out, r#"{{"kind":1}}"#),
        TcpOption::MaximumSegmentSize(mss) => write!(out, r#"{{"kind":2,"mss":{mss}}}"#),
        TcpOption::WindowScale(shift) => write!(out, r#"{{"kind":3,"shift":{shift}}}"#),
        TcpOption::SackPermitted => write!(out, r#"{{"kind":4}}"#),
        TcpOption::Sack(blocks) => {
            let pairs: Vec<String> = blocks
                .as_slice()
                .iter()
                .map(|block| format!("[{},{}]", block.left.0, block.right.0))
                .collect();
            write!(out, r#"{{"kind":5,"blocks":[{}]}}"#, pairs.join(","))
        }
        TcpOption::Timestamps(stamps) => {
            write!(
                out,
                r#"{{"kind":8,"value":{},"echo":{}}}"#,
                stamps.value, stamps.echo
            )
        }
        TcpOption::Unknown { kind, data } => {
            let mut digits = String::new();
            hex(&mut digits, data);
            write!(out, r#"{{"kind":{kind},"data":"{digits}"}}"#)
        }
        TcpOption::Illegal(illegal) => {
            write!(
                out,
                r#"{{"kind":{},"illegal_length":{}}}"#,
                illegal.kind, illegal.length
            )
        }
    };
}

fn hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
}

/// `,"name":"value"`, escaped.
fn field(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, r#","{name}":""#);
    for character in value.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => drop(write!(out, "\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn report_id(report: Report) -> &'static str {
    match report {
        Report::Retransmitting => "retransmitting",
        Report::SoftError => "soft-error",
        Report::Urgent => "urgent",
    }
}

fn call_id(call: &Call) -> &'static str {
    match call {
        Call::Bind(_) => "bind",
        Call::Listen { .. } => "listen",
        Call::PassiveOpen { .. } => "passive-open",
        Call::Connect { .. } => "connect",
        Call::Accept { .. } => "accept",
        Call::Send { .. } | Call::SendText { .. } => "send",
        Call::Receive(_) => "receive",
        Call::Reading(_) => "reading",
        Call::Closing(_) => "closing",
        Call::Shutdown => "shutdown",
        Call::Close => "close",
        Call::Abort => "abort",
        Call::Status => "status",
        Call::Linger(_) => "linger",
        Call::ReuseAddress(_) => "reuse-address",
        Call::NoDelay(_) => "no-delay",
        Call::KeepAlive(_) => "keep-alive",
        Call::UserTimeout(_) => "user-timeout",
        Call::ReceiveBuffer(_) => "receive-buffer",
        Call::SendBuffer(_) => "send-buffer",
        Call::MaximumSegmentSize(_) => "maximum-segment-size",
    }
}
