//! Hosts, sockets, timers and link as tables, with what the latest event changed.

use sim::history::{HostSnapshot, Snapshot};
use sim::run::{Action, Direction, HostId, HostKind, LinkChange, LinkSpec, Run, When};
use sim::trace::{RecordId, Trace};
use tcp::event::Timer;
use tcp::seq::Seq;
use tcp::settings::Settings;
use tcp::sorted::sort_almost_sorted;
use tcp::status::{SocketKind, Status};
use tcp::time::Instant;

use crate::json::Json;
use crate::rows::{Book, flags_text};

/// Both hosts; `before` is the world before the latest event, if there was one.
#[must_use]
pub fn hosts(run: &Run, now: &Snapshot, before: Option<&Snapshot>, trace: &Trace) -> Json {
    let mut json = Json::list();
    for host in HostId::ALL {
        let before = before.map(|before| &before.hosts[host.index()]);
        json.item();
        let kind = match run.scenario.hosts[host.index()].kind {
            HostKind::Engine => "engine",
            HostKind::Script => "script",
            HostKind::Recording => "recording",
        };
        json.text("kind", kind);
        host_table(&mut json, &now.hosts[host.index()], before, trace);
        json.end();
    }
    json.end_list();
    json
}

fn host_table(json: &mut Json, host: &HostSnapshot, before: Option<&HostSnapshot>, trace: &Trace) {
    json.text("host", host.host.id());
    json.begin_list("addresses");
    for address in &host.addresses {
        json.item_text(&address.to_string());
    }
    json.end_list();
    json.text("power", if host.plugged { "on" } else { "off" });
    json.text("policy", host.settings.policy.id());
    json.number("emitted", host.emitted);
    json.begin("settings");
    for info in Settings::table() {
        json.some_text(info.name, host.settings.value(info.name).as_deref());
    }
    json.end();
    json.begin_list("sockets");
    for status in &host.statuses {
        json.item();
        if let Some(named) = host
            .names
            .iter()
            .find(|named| named.socket == status.socket.0)
        {
            json.text("name", &named.name);
            json.number("instance", named.instance);
            json.wide("received", named.received);
            json.wide("unsent", named.unsent);
        }
        let old = before.map(|before| {
            before
                .statuses
                .iter()
                .find(|old| old.socket == status.socket)
        });
        let timers = Timers {
            trace,
            running: &host.timers,
        };
        socket_table(json, status, old, timers);
        json.end();
    }
    json.end_list();
}

/// `old`: none if there was no earlier event, `Some(None)` if the socket was not there then.
fn socket_table(
    json: &mut Json,
    status: &Status,
    old: Option<Option<&Status>>,
    timers: Timers<'_>,
) {
    let known = old.flatten();
    json.number("socket", status.socket.0);
    let kind = match status.kind {
        SocketKind::Idle => "idle",
        SocketKind::Listener => "listener",
        SocketKind::Connection => "connection",
        SocketKind::TimeWait => "time-wait",
    };
    json.text("kind", kind);
    json.text("state", status.state.name());
    let previous = known.filter(|old| old.state != status.state);
    json.some_text("previous_state", previous.map(|old| old.state.name()));
    for (name, address) in [("local", status.local), ("remote", status.remote)] {
        if let Some(address) = address {
            json.shown(name, &address);
        }
    }
    json.flag("passive", status.passive);
    json.flag("attached", status.attached);
    json.flag(
        "changed",
        old.is_some() && (known.is_none() || previous.is_some()),
    );
    json.begin_list("values");
    let mut earlier = [None; VALUES_MAX];
    if let Some(old) = known {
        let mut index = 0;
        values(old, &mut |value| {
            earlier[index] = value.number;
            index += 1;
        });
    }
    let mut index = 0;
    values(status, &mut |value| {
        let previous = earlier[index];
        index += 1;
        if value.number.is_none() && previous.is_none() {
            return;
        }
        json.item();
        json.text("name", value.name);
        json.text("unit", value.unit);
        json.some_wide("value", value.number);
        json.some("relative", value.relative);
        json.some_wide("previous", previous);
        json.flag("changed", known.is_some() && previous != value.number);
        json.end();
    });
    json.end_list();
    json.begin_list("timers");
    for timer in Timer::ALL {
        let Some(deadline) = status.timers[timer as usize] else {
            continue;
        };
        json.item();
        json.text("timer", timer.id());
        json.wide("deadline_us", deadline.0);
        json.wide("started_us", timers.started(status, timer, deadline).0);
        let unchanged = known.is_none_or(|old| old.timers[timer as usize] == Some(deadline));
        json.flag("changed", !unchanged);
        json.end();
    }
    json.end_list();
}

#[derive(Clone, Copy)]
struct Timers<'a> {
    trace: &'a Trace,
    running: &'a [((u32, Timer), RecordId)],
}

impl Timers<'_> {
    /// When the present run of a timer began.
    fn started(self, status: &Status, timer: Timer, deadline: Instant) -> Instant {
        let key = (status.socket.0, timer);
        let set = self.running.iter().find(|(running, _)| *running == key);
        set.and_then(|(_, id)| self.trace.record(*id))
            .map_or(deadline, |record| record.time)
    }
}

struct Value {
    name: &'static str,
    unit: &'static str,
    number: Option<u64>,
    relative: Option<u32>,
}

/// At least as many as [`values`] gives.
const VALUES_MAX: usize = 32;

/// Every number of a socket under its RFC name, always the same names in the same order.
fn values(status: &Status, each: &mut dyn FnMut(Value)) {
    let connection = matches!(status.kind, SocketKind::Connection | SocketKind::TimeWait);
    let listener = status.kind == SocketKind::Listener;
    // Before anything was sent there is no ISS, and before the other end's SYN no IRS.
    let sending = connection && (status.iss.0 != 0 || status.snd_nxt.0 != 0);
    let receiving = connection && (status.irs.0 != 0 || status.rcv_nxt.0 != 0);
    let both = sending && receiving;
    let (iss, irs) = (status.iss, status.irs);
    let urgent = receiving && status.rcv_up.0 != 0 && status.rcv_up != status.rcv_nxt;
    let pending = sending && status.snd_up != status.snd_una;
    let numbered: [(&str, bool, Seq, Seq); 10] = [
        ("ISS", sending, iss, iss),
        ("SND.UNA", sending, status.snd_una, iss),
        ("SND.NXT", sending, status.snd_nxt, iss),
        ("SND.WL1", both, status.snd_wl1, irs),
        ("SND.WL2", both, status.snd_wl2, iss),
        ("SND.UP", pending, status.snd_up, iss),
        (
            "FIN.SEQ",
            status.fin_seq.is_some(),
            status.fin_seq.unwrap_or(iss),
            iss,
        ),
        ("IRS", receiving, irs, irs),
        ("RCV.NXT", receiving, status.rcv_nxt, irs),
        ("RCV.UP", urgent, status.rcv_up, irs),
    ];
    for (name, there, value, base) in numbered {
        each(Value {
            name,
            unit: "seq",
            number: there.then_some(value.0.into()),
            relative: there.then_some(value.0.wrapping_sub(base.0)),
        });
    }
    let scale = status.window_scale.unwrap_or_default();
    let scaled = status.window_scale.is_some();
    let measured = status.srtt.is_some();
    let slow = status.ssthresh != u32::MAX;
    let amounts = [
        ("SND.WND", "bytes", sending, u64::from(status.snd_wnd)),
        ("RCV.WND", "bytes", receiving, status.rcv_wnd.into()),
        ("send-queue", "bytes", connection, status.send_queue.into()),
        (
            "receive-queue",
            "bytes",
            connection,
            status.receive_queue.into(),
        ),
        (
            "reassembly-queue",
            "bytes",
            status.reassembly_queue > 0,
            status.reassembly_queue.into(),
        ),
        (
            "mss-announced",
            "bytes",
            sending,
            status.mss_announced.into(),
        ),
        ("mss-peer", "bytes", receiving, status.mss_peer.into()),
        (
            "mss-effective",
            "bytes",
            connection,
            status.mss_effective.into(),
        ),
        ("window-scale-send", "count", scaled, scale.1.into()),
        ("window-scale-receive", "count", scaled, scale.0.into()),
        ("timestamps", "flag", status.timestamps, 1),
        ("sack", "flag", status.sack, 1),
        ("rto", "us", connection, status.rto.0),
        ("srtt", "us", measured, status.srtt.unwrap_or_default().0),
        ("rttvar", "us", measured, status.rttvar.0),
        ("cwnd", "bytes", connection, status.cwnd.into()),
        (
            "ssthresh",
            "bytes",
            connection && slow,
            status.ssthresh.into(),
        ),
        (
            "retransmissions",
            "count",
            status.retransmissions > 0,
            status.retransmissions.into(),
        ),
        ("syn-queue", "count", listener, status.syn_queue.into()),
        (
            "accept-queue",
            "count",
            listener,
            status.accept_queue.into(),
        ),
        ("backlog", "count", listener, status.backlog.into()),
    ];
    for (name, unit, there, number) in amounts {
        each(Value {
            name,
            unit,
            number: there.then_some(number),
            relative: None,
        });
    }
}

/// The link now: its settings, and what is on its way.
#[must_use]
pub fn link(now: &Snapshot, book: Book<'_>) -> Json {
    let mut json = Json::object();
    json.begin("settings");
    for (name, direction) in [("a_to_b", Direction::AToB), ("b_to_a", Direction::BToA)] {
        let link = link_at(book.run, direction, now.time);
        json.begin(name);
        for (name, change) in LINK {
            json.text(name, &spelled(name, change(&link)));
        }
        json.end();
    }
    json.end();
    json.flag("cut", now.cut.contains(&true));
    json.begin_list("in_flight");
    for flight in &now.in_flight {
        let Some(sent) = book.trace.sent(flight.send) else {
            continue;
        };
        json.item();
        json.number("id", flight.send.0);
        json.text("from", sent.place.id());
        json.text("to", sent.to.id());
        json.wide("sent_us", flight.sent.0);
        json.some_wide("arrives_us", flight.ends.map(|ends| ends.0));
        json.flag("held", flight.ends.is_none());
        json.text("flags", &flags_text(sent.flags));
        json.number("seq", sent.seq);
        json.number("ack", sent.ack);
        json.number("len", sent.len);
        json.end();
    }
    json.end_list();
    json.end();
    json
}

/// A property's name, and how to read it off a link.
type Property = (&'static str, fn(&LinkSpec) -> LinkChange);

/// The properties of the link that have one value, by their names in the run format.
pub(crate) const LINK: [Property; 8] = [
    ("latency", |link| LinkChange::Latency(link.latency)),
    ("jitter", |link| LinkChange::Jitter(link.jitter)),
    ("bandwidth", |link| {
        LinkChange::Bandwidth(link.bandwidth_bps)
    }),
    ("queue", |link| LinkChange::Queue(link.queue)),
    ("loss", |link| LinkChange::Loss(link.loss)),
    ("duplicate", |link| LinkChange::Duplicate(link.duplicate)),
    ("corrupt", |link| LinkChange::Corrupt(link.corrupt)),
    ("mtu", |link| LinkChange::Mtu(link.mtu)),
];

/// A value as the run format writes it.
pub(crate) fn spelled(name: &str, change: LinkChange) -> String {
    let mut text = String::new();
    sim::text::print_action(
        &mut text,
        &Action::Link {
            direction: None,
            changes: vec![change],
        },
    );
    let value = text
        .strip_prefix("link ")
        .and_then(|text| text.strip_prefix(name));
    value.unwrap_or_default().trim_start().to_owned()
}

/// The link as the run, its script and people have made it by now.
fn link_at(run: &Run, direction: Direction, now: Instant) -> LinkSpec {
    let mut link = run.scenario.link[direction.index()].clone();
    let script = run
        .scenario
        .script
        .iter()
        .filter_map(|line| match line.when {
            When::At(time) => Some((time, &line.action)),
            _ => None,
        });
    let people = run
        .interventions
        .iter()
        .map(|intervention| (intervention.time, &intervention.action));
    let mut changes: Vec<(Instant, &Action)> = script
        .chain(people)
        .filter(|(time, _)| *time <= now)
        .collect();
    sort_almost_sorted(&mut changes, |a, b| a.0 < b.0);
    for (_, action) in changes {
        if let Action::Link {
            direction: of,
            changes,
        } = action
            && of.is_none_or(|of| of == direction)
        {
            for change in changes {
                link.change(*change);
            }
        }
    }
    link
}
