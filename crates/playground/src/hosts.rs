//! Hosts, sockets, timers and link as tables, with what the latest event changed.

use core::net::SocketAddr;

use sim::history::{HostSnapshot, Snapshot};
use sim::run::{Action, Direction, HostId, LinkChange, LinkSpec, Run, When};
use sim::trace::{RecordId, RecordKind, Trace};
use tcp::event::Timer;
use tcp::seq::Seq;
use tcp::settings::Settings;
use tcp::status::{SocketKind, Status};
use tcp::time::Instant;

use crate::data::Data;
use crate::rows::{Book, flags_text};

/// Both hosts; `before` is the world before the latest event, if there was one.
#[must_use]
pub fn hosts(now: &Snapshot, before: Option<&Snapshot>, trace: &Trace) -> Data {
    Data::List(
        HostId::ALL
            .iter()
            .map(|host| {
                let before = before.map(|before| &before.hosts[host.index()]);
                host_table(&now.hosts[host.index()], before, trace, now.records)
            })
            .collect(),
    )
}

fn host_table(
    host: &HostSnapshot,
    before: Option<&HostSnapshot>,
    trace: &Trace,
    records: u32,
) -> Data {
    let settings = Settings::table()
        .iter()
        .filter_map(|info| Some((info.name, Data::from(host.settings.value(info.name)?))))
        .collect();
    let sockets = host.statuses.iter().map(|status| {
        let named = host
            .names
            .iter()
            .find(|named| named.socket == status.socket.0);
        let old = before.map(|before| {
            before
                .statuses
                .iter()
                .find(|old| old.socket == status.socket)
        });
        socket_table(host.host, status, old, trace, records)
            .with("name", named.map(|named| named.name.clone()))
            .with("instance", named.map(|named| named.instance))
            .with("received", named.map(|named| named.received))
            .with("unsent", named.map(|named| named.unsent))
    });
    Data::object()
        .with("host", host.host.id())
        .with(
            "addresses",
            Data::List(
                host.addresses
                    .iter()
                    .map(|ip| Data::from(ip.to_string()))
                    .collect(),
            ),
        )
        .with("power", if host.plugged { "on" } else { "off" })
        .with("policy", host.settings.policy.id())
        .with("settings", Data::Fields(settings))
        .with("emitted", host.emitted)
        .with("sockets", Data::List(sockets.collect()))
}

/// `old`: none if there was no earlier event, `Some(None)` if the socket was not there then.
fn socket_table(
    host: HostId,
    status: &Status,
    old: Option<Option<&Status>>,
    trace: &Trace,
    records: u32,
) -> Data {
    let kind = match status.kind {
        SocketKind::Idle => "idle",
        SocketKind::Listener => "listener",
        SocketKind::Connection => "connection",
        SocketKind::TimeWait => "time-wait",
    };
    let known = old.flatten();
    let mut values = Vec::new();
    let earlier = known.map(values_of);
    for (index, value) in values_of(status).into_iter().enumerate() {
        let previous = earlier
            .as_ref()
            .and_then(|earlier| earlier.get(index))
            .and_then(|old| old.value);
        if value.value.is_none() && previous.is_none() {
            continue;
        }
        values.push(
            Data::object()
                .with("name", value.name)
                .with("unit", value.unit)
                .with("value", value.value)
                .with("relative", value.relative)
                .with("previous", previous)
                .with("changed", known.is_some() && previous != value.value),
        );
    }
    let timers = Timer::ALL
        .iter()
        .zip(status.timers)
        .filter_map(|(timer, deadline)| {
            let deadline = deadline?;
            let earlier = known.and_then(|old| old.timers[*timer as usize]);
            Some(
                Data::object()
                    .with("timer", timer.id())
                    .with("deadline_us", deadline.0)
                    .with(
                        "started_us",
                        started(host, status, *timer, deadline, trace, records).0,
                    )
                    .with("changed", known.is_some() && earlier != Some(deadline)),
            )
        });
    Data::object()
        .with("socket", status.socket.0)
        .with("kind", kind)
        .with("state", status.state.name())
        .with(
            "previous_state",
            known
                .filter(|old| old.state != status.state)
                .map(|old| old.state.name()),
        )
        .with("local", endpoint(status.local))
        .with("remote", endpoint(status.remote))
        .with("passive", status.passive)
        .with("attached", status.attached)
        .with("values", Data::List(values))
        .with("timers", Data::List(timers.collect()))
        .with(
            "changed",
            old.is_some_and(|old| old.is_none_or(|old| old.state != status.state)),
        )
}

fn endpoint(address: Option<SocketAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}

/// When the present run of a timer began: the latest record that set it to this deadline.
fn started(
    host: HostId,
    status: &Status,
    timer: Timer,
    deadline: Instant,
    trace: &Trace,
    records: u32,
) -> Instant {
    let ids: &[RecordId] = trace.of_socket(host.place(), status.socket.0);
    let known = ids.partition_point(|id| id.0 < records);
    ids[..known]
        .iter()
        .rev()
        .filter_map(|id| trace.record(*id))
        .find(|record| {
            matches!(record.kind, RecordKind::TimerSet { timer: set, deadline: until, .. } if set == timer && until == deadline)
        })
        .map_or(deadline, |record| record.time)
}

struct Value {
    name: &'static str,
    unit: &'static str,
    value: Option<u64>,
    relative: Option<u32>,
}

/// Every number of a socket under its RFC name, always the same names in the same order.
fn values_of(status: &Status) -> Vec<Value> {
    let connection = matches!(status.kind, SocketKind::Connection | SocketKind::TimeWait);
    let listener = status.kind == SocketKind::Listener;
    let number = |name, unit, value: Option<u64>| Value {
        name,
        unit,
        value,
        relative: None,
    };
    let of = |there: bool, value: u32| there.then_some(u64::from(value));
    let seq = |name, there: bool, value: Seq, base: Seq| Value {
        name,
        unit: "seq",
        value: of(there, value.0),
        relative: there.then(|| value.0.wrapping_sub(base.0)),
    };
    // Before anything was sent there is no ISS, and before the other end's SYN no IRS.
    let sending = connection && (status.iss.0 != 0 || status.snd_nxt.0 != 0);
    let receiving = connection && (status.irs.0 != 0 || status.rcv_nxt.0 != 0);
    let (iss, irs) = (status.iss, status.irs);
    vec![
        seq("ISS", sending, iss, iss),
        seq("SND.UNA", sending, status.snd_una, iss),
        seq("SND.NXT", sending, status.snd_nxt, iss),
        number("SND.WND", "bytes", of(sending, status.snd_wnd)),
        seq("SND.WL1", sending && receiving, status.snd_wl1, irs),
        seq("SND.WL2", sending && receiving, status.snd_wl2, iss),
        seq(
            "SND.UP",
            sending && status.snd_up != status.snd_una,
            status.snd_up,
            iss,
        ),
        number("send-queue", "bytes", of(connection, status.send_queue)),
        seq(
            "FIN.SEQ",
            status.fin_seq.is_some(),
            status.fin_seq.unwrap_or(iss),
            iss,
        ),
        seq("IRS", receiving, irs, irs),
        seq("RCV.NXT", receiving, status.rcv_nxt, irs),
        number("RCV.WND", "bytes", of(receiving, status.rcv_wnd)),
        seq(
            "RCV.UP",
            receiving && status.rcv_up != status.rcv_nxt && status.rcv_up.0 != 0,
            status.rcv_up,
            irs,
        ),
        number(
            "receive-queue",
            "bytes",
            of(connection, status.receive_queue),
        ),
        number(
            "reassembly-queue",
            "bytes",
            of(
                connection && status.reassembly_queue > 0,
                status.reassembly_queue,
            ),
        ),
        number(
            "mss-announced",
            "bytes",
            of(sending, status.mss_announced.into()),
        ),
        number("mss-peer", "bytes", of(receiving, status.mss_peer.into())),
        number(
            "mss-effective",
            "bytes",
            of(connection, status.mss_effective.into()),
        ),
        number(
            "window-scale-send",
            "count",
            status.window_scale.map(|(_, theirs)| theirs.into()),
        ),
        number(
            "window-scale-receive",
            "count",
            status.window_scale.map(|(ours, _)| ours.into()),
        ),
        number("timestamps", "flag", of(status.timestamps, 1)),
        number("sack", "flag", of(status.sack, 1)),
        number("rto", "us", connection.then_some(status.rto.0)),
        number("srtt", "us", status.srtt.map(|srtt| srtt.0)),
        number("rttvar", "us", status.srtt.map(|_| status.rttvar.0)),
        number("cwnd", "bytes", of(connection, status.cwnd)),
        number(
            "ssthresh",
            "bytes",
            of(connection && status.ssthresh != u32::MAX, status.ssthresh),
        ),
        number(
            "retransmissions",
            "count",
            of(
                connection && status.retransmissions > 0,
                status.retransmissions,
            ),
        ),
        number("syn-queue", "count", of(listener, status.syn_queue)),
        number("accept-queue", "count", of(listener, status.accept_queue)),
        number("backlog", "count", of(listener, status.backlog)),
    ]
}

/// The link now: its settings as far as the run says them, and what is on its way.
#[must_use]
pub fn link(now: &Snapshot, book: Book<'_>) -> Data {
    let run: &Run = book.run;
    let flights = now.in_flight.iter().filter_map(|flight| {
        let sent = book.trace.sent(flight.send)?;
        Some(
            Data::object()
                .with("id", flight.send.0)
                .with("from", sent.place.id())
                .with("to", sent.to.id())
                .with("sent_us", flight.sent.0)
                .with("arrives_us", flight.ends.map(|ends| ends.0))
                .with("held", flight.ends.is_none())
                .with("flags", flags_text(sent.flags))
                .with("seq", sent.seq)
                .with("ack", sent.ack)
                .with("len", sent.len),
        )
    });
    let settings = |direction: Direction| {
        let link = link_at(run, direction, now.time);
        Data::Fields(
            LINK.iter()
                .map(|(name, change)| (*name, spelled(name, change(&link))))
                .collect(),
        )
    };
    let settings = Data::object()
        .with("a_to_b", settings(Direction::AToB))
        .with("b_to_a", settings(Direction::BToA));
    Data::object()
        .with("settings", settings)
        .with("cut", now.cut.contains(&true))
        .with("in_flight", Data::List(flights.collect()))
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
pub(crate) fn spelled(name: &str, change: LinkChange) -> Data {
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
    Data::from(value.unwrap_or_default().trim_start().to_owned())
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
    changes.sort_by_key(|(time, _)| *time);
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
