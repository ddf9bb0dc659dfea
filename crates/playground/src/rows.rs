//! The run as lines: for each record its ids and numbers, for the page to make
//! sentences of; and the chain of causes behind one.

use sim::run::{Action, Call, Run, SegmentAct};
use sim::trace::{RecordId, RecordKind, Sent, Trace, Why};
use tcp::event::Report;
use tcp::reason::Reason;
use tcp::wire::Flags;
use view::score::{Arrow, NONE, Score};

use crate::data::Data;
use crate::events::Events;
use crate::tables::cited;

/// What rows are made from.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    /// The run: what interventions were.
    pub run: &'a Run,
    /// Its trace.
    pub trace: &'a Trace,
    /// The score of the trace: where sequence numbers begin, which segments are retransmissions.
    pub score: &'a Score,
    /// The events of the trace.
    pub events: &'a Events,
}

impl Book<'_> {
    /// `count` rows from record `from`; fewer at the end.
    #[must_use]
    pub fn rows(&self, from: u32, count: u32) -> Data {
        let end = from.saturating_add(count).min(self.trace.len() as u32);
        Data::List(
            (from..end)
                .filter_map(|id| self.row(RecordId(id)))
                .collect(),
        )
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: RecordId) -> Option<Data> {
        let record = self.trace.record(id)?;
        let (key, args) = self.key_and_args(record.kind, id);
        let mut row = Data::object()
            .with("id", id.0)
            .with("time_us", record.time.0)
            .with("place", record.place.id())
            .with("socket", record.socket)
            .with("kind", record.kind.id())
            .with("key", key)
            .with("args", args);
        if let Some(why) = record.kind.why() {
            row = because(row, why);
        }
        row.put("cause", record.cause.map(|cause| cause.0).into());
        row.put("event", self.events.of_record(id).into());
        Some(row)
    }

    /// The record, its cause, that one's cause … back to what somebody did.
    #[must_use]
    pub fn why(&self, id: RecordId) -> Data {
        let mut rows = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(row) = self.row(id) else { break };
            rows.push(row);
            // Causes come before what they cause, so that the chain ends.
            next = self
                .trace
                .record(id)
                .and_then(|record| record.cause)
                .filter(|cause| cause.0 < id.0);
        }
        Data::List(rows)
    }

    /// Records that have this one as their main cause.
    #[must_use]
    pub fn effects(&self, id: RecordId) -> Data {
        Data::List(self.trace.children(id).map(|id| id.0.into()).collect())
    }

    fn key_and_args(&self, kind: RecordKind, id: RecordId) -> (Data, Data) {
        let args = Data::object();
        match kind {
            RecordKind::Intervention { index, scripted } => {
                let action = if scripted {
                    self.run
                        .scenario
                        .script
                        .get(index as usize)
                        .map(|line| &line.action)
                } else {
                    self.run
                        .interventions
                        .get(index as usize)
                        .map(|intervention| &intervention.action)
                };
                let args = args.with("index", index).with("scripted", scripted);
                match action {
                    Some(action) => (
                        action_id(action).into(),
                        action_args(args, action).with(
                            "text",
                            printed(|text| sim::text::print_action(text, action)),
                        ),
                    ),
                    None => ("unknown".into(), args),
                }
            }
            RecordKind::Call { index } => match self.trace.call(index) {
                Some(call) => {
                    let args = args.with("name", call.name.clone()).with(
                        "text",
                        printed(|text| sim::text::print_call(text, &call.call)),
                    );
                    let args = call_args(args, &call.call);
                    let args = match call.result {
                        Ok(answer) => args.with("result", "ok").with("answer", answer),
                        Err(error) => args.with("result", error.id()),
                    };
                    (call_id(&call.call).into(), args)
                }
                None => ("unknown".into(), args),
            },
            RecordKind::Send { .. } | RecordKind::Arrive { .. } | RecordKind::Drop { .. } => {
                match self.trace.sent(id) {
                    Some(sent) => (
                        self.segment_key(&sent).into(),
                        self.segment_args(args, &sent),
                    ),
                    None => ("unknown".into(), args),
                }
            }
            RecordKind::State { from, to, .. } => (
                to.name().into(),
                args.with("from", from.name()).with("to", to.name()),
            ),
            RecordKind::TimerSet {
                timer, deadline, ..
            } => {
                let now = self.trace.record(id).map_or(deadline, |record| record.time);
                let args = args
                    .with("deadline_us", deadline.0)
                    .with("after_us", deadline.since(now).0);
                (timer.id().into(), args)
            }
            RecordKind::TimerFired { timer } | RecordKind::TimerCancelled { timer, .. } => {
                (timer.id().into(), args)
            }
            RecordKind::Deliver { len } => ("data".into(), args.with("len", len)),
            RecordKind::PeerClosed => ("end-of-file".into(), args),
            RecordKind::Limit { reason } => (reason.id().into(), args),
            RecordKind::Report { report, .. } => (report_id(report).into(), args),
            RecordKind::Ended { how, .. } => (how.id().into(), args),
        }
    }

    fn segment_key(&self, sent: &Sent) -> String {
        if sent.tcp {
            flags_text(sent.flags)
        } else {
            String::from("icmp")
        }
    }

    /// The arrow of a sending.
    #[must_use]
    pub fn arrow(&self, send: RecordId) -> Option<&Arrow> {
        self.score.arrows().get(self.score.arrow_of(send)? as usize)
    }

    fn segment_args(&self, args: Data, sent: &Sent) -> Data {
        let args = args
            .with("send", sent.send.0)
            .with("from", sent.place.id())
            .with("to", sent.to.id())
            .with("nth", sent.nth)
            .with("size", sent.datagram_len);
        if !sent.tcp {
            return args;
        }
        let arrow = self.arrow(sent.send);
        let args = args
            .with("flags", flags_text(sent.flags))
            .with("names", flag_names(sent.flags))
            .with("seq", sent.seq)
            .with("ack", sent.ack)
            .with("len", sent.len)
            .with("window", sent.window)
            .with("source_port", sent.source_port)
            .with("destination_port", sent.destination_port)
            .with(
                "seq_relative",
                arrow.and_then(|arrow| relative(sent.seq, arrow.seq_base)),
            )
            .with(
                "ack_relative",
                arrow.and_then(|arrow| relative(sent.ack, arrow.ack_base)),
            )
            .with("mss", arrow.map(|arrow| arrow.mss).filter(|mss| *mss != 0));
        args.with(
            "retransmission_of",
            self.original(sent).map(|original| original.0),
        )
    }

    /// What a sending repeats.
    #[must_use]
    pub fn original(&self, sent: &Sent) -> Option<RecordId> {
        sent.retransmission_of.or_else(|| {
            let original = self.arrow(sent.send)?.original;
            if original == NONE {
                return None;
            }
            self.score
                .arrows()
                .get(original as usize)
                .map(|arrow| arrow.send)
        })
    }
}

fn printed(print: impl FnOnce(&mut String)) -> String {
    let mut text = String::new();
    print(&mut text);
    text
}

/// Counted from the ISS; none where that is not known.
pub(crate) fn relative(number: u32, base: u32) -> Option<u32> {
    (base != 0).then(|| number.wrapping_sub(base))
}

/// Adds a reason and where it is written.
#[must_use]
pub fn because(row: Data, why: Why) -> Data {
    let row = row.with("reason", why.id());
    match why {
        Why::Engine(reason) => cited(row, reason.section()).with("level", reason.level().id()),
        Why::World(_) => row,
    }
}

/// A reason as a judgement of record `id`.
#[must_use]
pub fn judgement(reason: Reason, id: RecordId) -> Data {
    because(Data::object(), Why::Engine(reason)).with("id", id.0)
}

/// As packetdrill spells them.
#[must_use]
pub fn flags_text(flags: u8) -> String {
    Flags(flags).to_string()
}

/// `SYN-ACK`, `FIN-ACK`, `ACK`, `RST` …; the set flags' names with a hyphen between, ACK and PSH last.
#[must_use]
pub fn flag_names(flags: u8) -> String {
    let mut text = String::new();
    for (bit, name) in FLAG_NAMES {
        if flags & bit != 0 {
            if !text.is_empty() {
                text.push('-');
            }
            text.push_str(name);
        }
    }
    text
}

/// The control bits as people name them together: what opens or ends first.
pub(crate) const FLAG_NAMES: [(u8, &str); 8] = [
    (0x02, "SYN"),
    (0x01, "FIN"),
    (0x04, "RST"),
    (0x08, "PSH"),
    (0x20, "URG"),
    (0x40, "ECE"),
    (0x80, "CWR"),
    (0x10, "ACK"),
];

const fn report_id(report: Report) -> &'static str {
    match report {
        Report::Retransmitting => "retransmitting",
        Report::SoftError => "soft-error",
        Report::Urgent => "urgent",
    }
}

const fn call_id(call: &Call) -> &'static str {
    match call {
        Call::Bind(_) => "bind",
        Call::Listen { .. } => "listen",
        Call::PassiveOpen { .. } => "open-passive",
        Call::Connect { .. } => "connect",
        Call::Accept { .. } => "accept",
        Call::Send { .. } | Call::SendText { .. } => "send",
        Call::Receive(_) => "receive",
        Call::Reading(_) => "reading",
        Call::Shutdown => "shutdown",
        Call::Close => "close",
        Call::Abort => "abort",
        Call::Status => "status",
        Call::Linger(_)
        | Call::ReuseAddress(_)
        | Call::NoDelay(_)
        | Call::KeepAlive(_)
        | Call::UserTimeout(_)
        | Call::ReceiveBuffer(_)
        | Call::SendBuffer(_)
        | Call::MaximumSegmentSize(_) => "option",
    }
}

fn call_args(args: Data, call: &Call) -> Data {
    match call {
        Call::Bind(port) => args.with("port", *port),
        Call::Listen { port, .. } | Call::PassiveOpen { port, .. } => args.with("port", *port),
        Call::Send { bytes, .. } => args.with("bytes", *bytes),
        Call::SendText { text, .. } => args
            .with("bytes", text.len())
            .with("payload", String::from_utf8_lossy(text).into_owned()),
        Call::Reading(on) => args.with("on", *on),
        _ => args,
    }
}

/// What the page calls an action, in requests and in rows.
#[must_use]
pub const fn action_id(action: &Action) -> &'static str {
    match action {
        Action::Call { call, .. } => call_id(call),
        Action::Segment { act, .. } => match act {
            SegmentAct::Drop => "drop",
            SegmentAct::Delay(_) => "delay",
            SegmentAct::Hold => "hold",
            SegmentAct::Release => "release",
            SegmentAct::Duplicate(_) => "duplicate",
            SegmentAct::Corrupt(_) => "corrupt",
            SegmentAct::Edit(_) => "edit",
        },
        Action::Inject(_) => "inject",
        Action::Attack(_) => "attack",
        Action::Cut(_) => "cut",
        Action::Heal(_) => "heal",
        Action::Firewall(..) => "firewall",
        Action::Icmp { .. } => "unreachable",
        Action::Unplug(_) => "unplug",
        Action::Plug(_) => "plug",
        Action::Reboot(_) => "reboot",
        Action::Set { .. } => "set",
        Action::Link { .. } => "link",
    }
}

fn action_args(args: Data, action: &Action) -> Data {
    match action {
        Action::Call { socket, call, .. } => call_args(
            args.with("host", socket.host.id())
                .with("name", socket.name.clone()),
            call,
        ),
        Action::Segment { segment, act } => {
            let args = args
                .with("host", segment.host.id())
                .with("nth", segment.nth);
            let args = args.with("flags", segment.flags.map(flags_text));
            match act {
                SegmentAct::Delay(by) | SegmentAct::Duplicate(by) => args.with("by_us", by.0),
                SegmentAct::Corrupt(bit) => args.with("bit", *bit),
                _ => args,
            }
        }
        Action::Icmp { segment, .. } => args
            .with("host", segment.host.id())
            .with("nth", segment.nth),
        Action::Inject(forged) => args.with("flags", flags_text(forged.flags)),
        Action::Unplug(host) | Action::Plug(host) | Action::Reboot(host) => {
            args.with("host", host.id())
        }
        Action::Set { host, name, value } => args
            .with("host", host.map(|host| host.id()))
            .with("name", name.clone())
            .with("value", value.clone()),
        Action::Attack(_)
        | Action::Cut(_)
        | Action::Heal(_)
        | Action::Firewall(..)
        | Action::Link { .. } => args,
    }
}
