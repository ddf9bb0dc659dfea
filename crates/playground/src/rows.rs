//! The run as lines: for each record its ids and numbers, for the page to make
//! sentences of; and the chain of causes behind one.

use std::borrow::Cow;

use sim::run::{Action, AddressName, Attack, Call, Run, SegmentAct, SegmentName};
use sim::trace::{RecordId, RecordKind, Sent, Trace, Why};
use tcp::error::CallError;
use tcp::event::Report;
use tcp::reason::Reason;
use tcp::time::Instant;
use tcp::wire::Flags;
use view::score::{Arrow, NONE, Score};

use crate::events::Events;
use crate::json::Json;

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
    pub fn rows(&self, from: u32, count: u32) -> Json {
        let end = from.saturating_add(count).min(self.trace.len() as u32);
        let mut json = Json::list();
        for id in from..end {
            json.item();
            self.row(&mut json, RecordId(id));
            json.end();
        }
        json.end_list();
        json
    }

    /// Writes a row's fields; none of a record that is not there.
    pub fn row(&self, json: &mut Json, id: RecordId) {
        let Some(record) = self.trace.record(id) else {
            return;
        };
        json.number("id", id.0);
        json.wide("time_us", record.time.0);
        json.text("place", record.place.id());
        json.number("socket", record.socket);
        json.text("kind", record.kind.id());
        json.begin("args");
        let key = self.args(json, record.kind, record.time, id);
        json.end();
        json.text("key", &key);
        if let Some(why) = record.kind.why() {
            because(json, why);
        }
        json.some("cause", record.cause.map(|cause| cause.0));
        json.number("event", self.events.of_record(id) as u32);
    }

    /// The record, its cause, that one's cause … back to what somebody did.
    #[must_use]
    pub fn why(&self, id: RecordId) -> Json {
        let mut json = Json::list();
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(record) = self.trace.record(id) else {
                break;
            };
            json.item();
            self.row(&mut json, id);
            json.end();
            // Causes come before what they cause, so that the chain ends.
            next = record.cause.filter(|cause| cause.0 < id.0);
        }
        json.end_list();
        json
    }

    /// Records that have this one as their main cause.
    #[must_use]
    pub fn effects(&self, id: RecordId) -> Json {
        let mut json = Json::list();
        self.trace
            .children(id)
            .for_each(|id| json.item_number(id.0));
        json.end_list();
        json
    }

    /// Writes what is particular to a kind; answers its key.
    fn args(
        &self,
        json: &mut Json,
        kind: RecordKind,
        time: Instant,
        id: RecordId,
    ) -> Cow<'static, str> {
        let key = match kind {
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
                json.number("index", index);
                json.flag("scripted", scripted);
                match action {
                    Some(action) => {
                        action_args(json, action);
                        let mut text = String::new();
                        sim::text::print_action(&mut text, action);
                        json.text("text", &text);
                        action_id(action)
                    }
                    None => "unknown",
                }
            }
            RecordKind::Call { index } => match self.trace.call(index) {
                Some(call) => {
                    json.text("name", &call.name);
                    call_args(json, &call.call);
                    let mut text = String::new();
                    sim::text::print_call(&mut text, &call.call);
                    json.text("text", &text);
                    json.text("result", call.result.map_or_else(CallError::id, |_| "ok"));
                    json.some("answer", call.result.ok());
                    call_id(&call.call)
                }
                None => "unknown",
            },
            RecordKind::Send { .. } | RecordKind::Arrive { .. } | RecordKind::Drop { .. } => {
                match self.trace.sent(id) {
                    Some(sent) => {
                        self.segment_args(json, &sent);
                        if sent.tcp {
                            return Cow::Owned(flags_text(sent.flags));
                        }
                        "icmp"
                    }
                    None => "unknown",
                }
            }
            RecordKind::State { from, to, .. } => {
                json.text("from", from.name());
                json.text("to", to.name());
                to.name()
            }
            RecordKind::TimerSet {
                timer, deadline, ..
            } => {
                json.wide("deadline_us", deadline.0);
                json.wide("after_us", deadline.since(time).0);
                timer.id()
            }
            RecordKind::TimerFired { timer } | RecordKind::TimerCancelled { timer, .. } => {
                timer.id()
            }
            RecordKind::Deliver { len } => {
                json.number("len", len);
                "data"
            }
            RecordKind::PeerClosed => "end-of-file",
            RecordKind::Limit { reason } => reason.id(),
            RecordKind::Report { report, .. } => report_id(report),
            RecordKind::Differs { nth, why } => {
                json.number("nth", nth);
                why.id()
            }
            RecordKind::Ended { how, .. } => how.id(),
        };
        Cow::Borrowed(key)
    }

    /// The arrow of a sending.
    #[must_use]
    pub fn arrow(&self, send: RecordId) -> Option<&Arrow> {
        self.score.arrows().get(self.score.arrow_of(send)? as usize)
    }

    fn segment_args(&self, json: &mut Json, sent: &Sent) {
        json.number("send", sent.send.0);
        json.text("from", sent.place.id());
        json.text("to", sent.to.id());
        json.number("nth", sent.nth);
        json.number("size", sent.datagram_len);
        if !sent.tcp {
            return;
        }
        json.text("flags", &flags_text(sent.flags));
        json.number("seq", sent.seq);
        json.number("ack", sent.ack);
        json.number("len", sent.len);
        json.number("window", sent.window.into());
        json.number("source_port", sent.source_port.into());
        json.number("destination_port", sent.destination_port.into());
        if let Some(arrow) = self.arrow(sent.send) {
            json.some("seq_relative", relative(sent.seq, arrow.seq_base));
            json.some("ack_relative", relative(sent.ack, arrow.ack_base));
            if arrow.mss != 0 {
                json.number("mss", arrow.mss.into());
            }
        }
        json.some(
            "retransmission_of",
            self.original(sent).map(|original| original.0),
        );
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

/// Counted from the ISS; none where that is not known.
pub(crate) fn relative(number: u32, base: u32) -> Option<u32> {
    (base != 0).then(|| number.wrapping_sub(base))
}

/// Writes a reason, and where it is written down; a practice that stands in no RFC has no place.
pub fn because(json: &mut Json, why: Why) {
    json.text("reason", why.id());
    if let Why::Engine(reason) = why {
        cite(json, reason);
    }
}

/// Writes where a rule stands, and how strongly it binds.
pub(crate) fn cite(json: &mut Json, reason: Reason) {
    let section = reason.section();
    if section.rfc != 0 {
        json.number("rfc", section.rfc.into());
        json.text("section", section.section);
    }
    json.text("level", reason.level().id());
}

/// As packetdrill spells them.
#[must_use]
pub fn flags_text(flags: u8) -> String {
    Flags(flags).to_string()
}

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
        Call::Closing(_) => "closing",
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

fn call_args(json: &mut Json, call: &Call) {
    match call {
        Call::Bind(port) => json.number("port", (*port).into()),
        Call::Listen { port, .. } | Call::PassiveOpen { port, .. } => {
            json.some("port", port.map(u32::from))
        }
        Call::Send { bytes, .. } => json.number("bytes", *bytes),
        Call::SendText { text, .. } => {
            json.number("bytes", text.len() as u32);
            json.text("payload", &String::from_utf8_lossy(text));
        }
        Call::Reading(on) | Call::Closing(on) => json.flag("on", *on),
        _ => {}
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
        Action::Emit { .. } => "emit",
        Action::Attack(Attack::Sample { .. }) => "sample",
        Action::Attack(Attack::Sweep { .. }) => "sweep",
        Action::Attack(Attack::Flood { .. }) => "flood",
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

fn action_args(json: &mut Json, action: &Action) {
    match action {
        Action::Call { socket, call, .. } => {
            json.text("host", socket.host.id());
            json.text("name", &socket.name);
            call_args(json, call);
        }
        Action::Segment { segment, act } => {
            named(json, segment);
            match act {
                SegmentAct::Delay(by) | SegmentAct::Duplicate(by) => json.wide("by_us", by.0),
                SegmentAct::Corrupt(bit) => json.number("bit", *bit),
                _ => {}
            }
        }
        Action::Icmp { segment, .. } => named(json, segment),
        Action::Inject(forged) => json.text("flags", &flags_text(forged.flags)),
        Action::Unplug(host)
        | Action::Plug(host)
        | Action::Reboot(host)
        | Action::Emit { host, .. } => json.text("host", host.id()),
        Action::Set { host, name, value } => {
            json.some_text("host", host.map(|host| host.id()));
            json.text("name", name);
            json.text("value", value);
        }
        Action::Attack(attack) => attack_args(json, attack),
        Action::Cut(_) | Action::Heal(_) | Action::Firewall(..) | Action::Link { .. } => {}
    }
}

fn attack_args(json: &mut Json, attack: &Attack) {
    let (to, times) = match attack {
        Attack::Sample { target } => (target, None),
        Attack::Flood {
            target,
            count,
            interval,
        } => (target, Some((*count, *interval))),
        Attack::Sweep {
            forged,
            count,
            interval,
            ..
        } => {
            json.text("flags", &flags_text(forged.flags));
            (&forged.destination, Some((*count, *interval)))
        }
    };
    match to.address {
        AddressName::Host(host) => json.text("host", host.id()),
        AddressName::Attacker => json.text("host", "attacker"),
        AddressName::Ip(address) => json.shown("host", &address),
    }
    if let Some((count, interval)) = times {
        json.number("count", count);
        json.wide("every_us", interval.0);
    }
}

fn named(json: &mut Json, segment: &SegmentName) {
    json.text("host", segment.origin.id());
    json.number("nth", segment.nth);
    if let Some(flags) = segment.flags {
        json.text("flags", &flags_text(flags));
    }
}
