//! Packets and failures as a person reads them.

use std::fmt::Write;

use tcp::reason::Reason;

use super::ast::{Place, Segment, TcpOption, flag};
use super::packet::Wire;
use super::wanted::Wanted;

/// What kind of thing went wrong, for those who tell it in another language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The script cannot be read, or asks for what the engine does not have.
    Script,
    /// The engine sent another packet than the script expects.
    Packet,
    /// The right packet, at another time.
    PacketTime,
    /// No packet came.
    NoPacket,
    /// A call gave something else back.
    Result,
    /// A call cannot be made as it is written.
    Call,
    /// A line came too early or too late for the engine.
    Time,
    /// An assertion does not hold.
    Assertion,
}

impl Kind {
    /// A stable name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Kind::Script => "script",
            Kind::Packet => "packet",
            Kind::PacketTime => "packet-time",
            Kind::NoPacket => "no-packet",
            Kind::Result => "result",
            Kind::Call => "call",
            Kind::Time => "time",
            Kind::Assertion => "assertion",
        }
    }
}

/// Why a script failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What kind of thing.
    pub kind: Kind,
    /// The place of the line.
    pub place: Place,
    /// What went wrong.
    pub message: String,
    /// What should have stood there, where the script cannot be read.
    pub wanted: Option<Box<Wanted>>,
    /// The expected and the actual packet, side by side, in script numbers.
    pub packets: Option<(String, String)>,
    /// Why the engine sent what it sent, where that is what differs.
    pub reason: Option<Reason>,
    /// What the engine did since the line before, and why: one line each.
    pub reasons: Vec<String>,
}

impl Failure {
    pub(super) fn new(kind: Kind, place: Place, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            place,
            message: message.into(),
            wanted: None,
            packets: None,
            reason: None,
            reasons: Vec::new(),
        }
    }

    /// The whole report of a failure in a file, without a newline at its end.
    #[must_use]
    pub fn text(&self, file: &str, explain: bool) -> String {
        let mut text = format!("{file}:{}: error {}", self.place, self.message);
        if let Some((script, actual)) = &self.packets {
            let _ = write!(text, "\nscript packet: {script}\nactual packet: {actual}");
        }
        if explain {
            for reason in &self.reasons {
                let _ = write!(text, "\n  {reason}");
            }
        }
        text
    }
}

/// Microseconds as seconds with six digits, nine characters wide.
#[must_use]
pub fn seconds(micros: u64) -> String {
    format!("{:>2}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// The flags as scripts write them.
#[must_use]
pub fn flags(bits: u16) -> String {
    let names = [
        (flag::FIN, 'F'),
        (flag::SYN, 'S'),
        (flag::RST, 'R'),
        (flag::PSH, 'P'),
        (flag::URG, 'U'),
        (flag::ECE, 'E'),
        (flag::CWR, 'W'),
        (flag::AE, 'A'),
        (flag::ACK, '.'),
    ];
    let text: String = names
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

/// A list of options as scripts write it.
#[must_use]
pub fn options(options: &[TcpOption]) -> String {
    let names: Vec<String> = options
        .iter()
        .map(|option| match option {
            TcpOption::EndOfList => "eol".to_owned(),
            TcpOption::NoOperation => "nop".to_owned(),
            TcpOption::MaximumSegmentSize(mss) => format!("mss {mss}"),
            TcpOption::WindowScale(shift) => format!("wscale {shift}"),
            TcpOption::SackPermitted => "sackOK".to_owned(),
            TcpOption::Sack(blocks) => blocks
                .iter()
                .fold("sack".to_owned(), |text, (left, right)| {
                    format!("{text} {left}:{right}")
                }),
            TcpOption::Timestamps { value, echo } => format!("TS val {value} ecr {echo}"),
            TcpOption::Bytes(bytes) => bytes
                .iter()
                .fold("hex ".to_owned(), |text, byte| format!("{text}{byte:02x}")),
        })
        .collect();
    names.join(",")
}

/// An expected segment.
#[must_use]
pub fn expected(segment: &Segment, time: &str) -> String {
    let mut text = format!("{time} {} ", flags(segment.flags));
    match segment.seq {
        Some(seq) => {
            let _ = write!(
                text,
                "{seq}:{}({})",
                seq.wrapping_add(u32::from(segment.len)),
                segment.len
            );
        }
        None => {
            let _ = write!(text, "...({})", segment.len);
        }
    }
    if let Some(ack) = segment.ack {
        let _ = write!(text, " ack {ack}");
    }
    if let Some(window) = segment.window {
        let _ = write!(text, " win {window}");
    }
    if let Some(urgent) = segment.urgent {
        let _ = write!(text, " urg {urgent}");
    }
    match &segment.options {
        None => text.push_str(" <...>"),
        Some(list) if list.is_empty() => {}
        Some(list) => {
            let _ = write!(text, " <{}>", options(list));
        }
    }
    text
}

/// A segment the engine sent, its numbers already the script's.
#[must_use]
pub fn actual(wire: &Wire, time: u64) -> String {
    let mut text = format!(
        "{} {} {}:{}({})",
        seconds(time),
        flags(wire.flags),
        wire.seq,
        wire.seq.wrapping_add(wire.payload.len() as u32),
        wire.payload.len()
    );
    if wire.flags & flag::ACK != 0 {
        let _ = write!(text, " ack {}", wire.ack);
    }
    let _ = write!(text, " win {}", wire.window);
    if wire.flags & flag::URG != 0 {
        let _ = write!(text, " urg {}", wire.urgent);
    }
    if !wire.options.is_empty() {
        let _ = write!(text, " <{}>", options(&wire.options));
    }
    text
}
