//! The world at an instant, as the page shows it.

use core::net::IpAddr;

use tcp::event::{SocketId, Timer};
use tcp::settings::Settings;
use tcp::sorted::sort;
use tcp::status::Status;
use tcp::time::Instant;

use crate::flight::{End, When};
use crate::host::Host;
use crate::run::{Direction, HostId, LinkSpec, Run};
use crate::trace::RecordId;
use crate::world::World;

/// The world at an instant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    /// When: everything that happens at or before it has happened.
    pub time: Instant,
    /// How many records of the trace have been made.
    pub records: u32,
    /// A and B.
    pub hosts: [HostSnapshot; 2],
    /// What is between the hosts, in order of sending.
    pub in_flight: Vec<InFlight>,
    /// Both directions of the link as they are now: properties, firewall, cut.
    pub link: [LinkSpec; 2],
    /// Whether each direction is cut.
    pub cut: [bool; 2],
}

/// One host at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSnapshot {
    /// Which.
    pub host: HostId,
    /// Whether it has power.
    pub plugged: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its settings.
    pub settings: Settings,
    /// STATUS of every socket it has, by number (TIME-WAIT records too).
    pub statuses: Vec<Status>,
    /// What its application calls its sockets, oldest first (ended ones too).
    pub names: Vec<NamedSocket>,
    /// The record that set each timer which runs, by the socket's number in the trace.
    pub timers: Vec<((u32, Timer), RecordId)>,
    /// How many datagrams it has emitted.
    pub emitted: u32,
}

impl Default for HostSnapshot {
    fn default() -> HostSnapshot {
        HostSnapshot {
            host: HostId::A,
            plugged: true,
            addresses: Vec::new(),
            settings: Settings::default(),
            statuses: Vec::new(),
            names: Vec::new(),
            timers: Vec::new(),
            emitted: 0,
        }
    }
}

/// A socket and its name in the script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedSocket {
    /// `c1` of `A.c1`.
    pub name: String,
    /// Which of that name, from 1.
    pub instance: u32,
    /// Its number in the trace.
    pub socket: u32,
    /// Its host still knows it: not ended, and not forgotten in a reboot.
    pub alive: bool,
    /// Bytes the application has received in all.
    pub received: u64,
    /// Bytes that wait for the application to receive them.
    pub unread: u64,
    /// Bytes of its sends that TCP has not taken yet.
    pub unsent: u64,
    /// Its application reads whatever comes by itself.
    pub reading: bool,
    /// Its application closes by itself at end-of-file.
    pub closing: bool,
}

/// A datagram between the hosts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InFlight {
    /// The record of its sending.
    pub send: RecordId,
    /// Its way; `None` for the attacker's and a router's.
    pub direction: Option<Direction>,
    /// When it was sent.
    pub sent: Instant,
    /// When it ends (arrives, or is lost if `lost`); `None` while held.
    pub ends: Option<Instant>,
    /// Whether its end is a loss.
    pub lost: bool,
    /// It was edited or corrupted on the way.
    pub altered: bool,
}

pub(super) fn fill(world: &World, run: &Run, time: Instant, into: &mut Snapshot) {
    into.time = time;
    into.records = world.records;
    for (host, snapshot) in world.hosts.iter().zip(&mut into.hosts) {
        fill_host(host, run, snapshot);
    }
    into.in_flight.clear();
    into.in_flight
        .extend(world.flights.iter().map(|(_, flight)| InFlight {
            send: flight.send,
            direction: flight.direction,
            sent: flight.sent,
            ends: match flight.when {
                When::At(end, _) => Some(end),
                When::Held { .. } => None,
            },
            lost: matches!(flight.end, End::Lost(..)),
            altered: flight.altered,
        }));
    sort(&mut into.in_flight, |a, b| a.send < b.send);
    for (line, link) in world.lines.iter().zip(&mut into.link) {
        link.clone_from(&line.spec);
    }
    into.cut = [into.link[0].cut, into.link[1].cut];
}

fn fill_host(host: &Host, run: &Run, into: &mut HostSnapshot) {
    into.host = host.id;
    into.plugged = host.plugged;
    into.addresses
        .clone_from(&run.scenario.hosts[host.id.index()].addresses);
    into.settings.clone_from(host.stack.settings());
    into.statuses = if host.plugged {
        host.stack.sockets()
    } else {
        Vec::new()
    };
    for status in &mut into.statuses {
        status.socket = SocketId(status.socket.0 + host.base);
    }
    into.emitted = host.emitted;
    into.timers.clear();
    if host.plugged {
        let numbered = |(&(socket, timer), &set)| ((host.base + socket, timer), set);
        into.timers.extend(host.timers.iter().map(numbered));
    }
    into.names.clear();
    into.names.extend(host.names.iter().map(|name| {
        let known = (!name.gone)
            .then(|| host.sockets.get(&(name.socket - host.base)))
            .flatten();
        NamedSocket {
            name: name.name.clone(),
            instance: name.instance,
            socket: name.socket,
            alive: host.plugged && known.is_some_and(|s| !s.ended),
            received: known.map_or(0, |s| s.received),
            unread: known.map_or(0, |s| s.delivered.saturating_sub(s.received)),
            unsent: known.map_or(0, crate::host::Socket::unsent),
            reading: known.is_none_or(|s| s.reading),
            closing: known.is_some_and(|s| s.closing),
        }
    }));
}
