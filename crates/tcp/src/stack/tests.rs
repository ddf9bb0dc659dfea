//! Two stacks on one wire, and what is said on it.

use super::*;
use crate::seq::Seq;
use crate::settings::{IsnGenerator, OptionOrder, Policy};
use crate::wire::{
    Datagram, Envelope, Flags, OptionBuffer, OptionSet, Segment, SegmentHeader, write_datagram,
};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use core::net::Ipv4Addr;

mod basics;
mod closing;
mod edges;
mod figures;
mod forged;
mod fuzz;
mod hardship;
mod listening;
mod options;
mod policies;
mod sending;
mod waiting;

pub(crate) const LATENCY: Duration = Duration::from_millis(50);

/// A = 10.0.0.1, B = 10.0.0.2, 50 ms apart.
pub(crate) struct World {
    pub now: Instant,
    pub stacks: [Stack; 2],
    flying: Vec<(Instant, usize, Vec<u8>)>,
    /// One line per segment: `>` from A, `<` from B, flags as packetdrill has them, `x` lost.
    pub ladder: Vec<String>,
    /// With numbers.
    pub numbers: Vec<String>,
    pub events: [Vec<Event>; 2],
    /// Segments to lose: (host, how many before it).
    pub lose: Vec<(usize, usize)>,
    pub sent: [usize; 2],
}

pub(crate) fn ip(host: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, host as u8 + 1))
}

pub(crate) fn at(host: usize, port: u16) -> SocketAddr {
    SocketAddr::new(ip(host), port)
}

pub(crate) fn settings(policy: Policy, iss: u32) -> Settings {
    let mut settings = Settings::new(policy);
    settings.isn = IsnGenerator::Listed(vec![Seq(iss), Seq(iss.wrapping_add(1_000_000))]);
    settings
}

impl World {
    pub fn new(policy: Policy) -> World {
        World::with(settings(policy, 100), settings(policy, 300))
    }

    pub fn with(a: Settings, b: Settings) -> World {
        World {
            now: Instant(0),
            stacks: [
                Stack::new(&[ip(0)], 1500, a, [1; 16]),
                Stack::new(&[ip(1)], 1500, b, [2; 16]),
            ],
            flying: Vec::new(),
            ladder: Vec::new(),
            numbers: Vec::new(),
            events: [Vec::new(), Vec::new()],
            lose: Vec::new(),
            sent: [0, 0],
        }
    }

    pub fn drain(&mut self) {
        for host in 0..2 {
            loop {
                while let Some(event) = self.stacks[host].poll_event() {
                    self.events[host].push(event);
                }
                let mut out = Vec::new();
                let Some(transmit) = self.stacks[host].poll_transmit(self.now, &mut out) else {
                    break;
                };
                self.fly(host, &out, transmit);
            }
            while let Some(event) = self.stacks[host].poll_event() {
                self.events[host].push(event);
            }
        }
    }

    fn fly(&mut self, host: usize, bytes: &[u8], transmit: Transmit) {
        assert!(bytes.len() <= 1500, "{} bytes", bytes.len());
        let datagram = Datagram::parse(bytes).unwrap();
        assert!(datagram.header_checksum_ok());
        let segment = Segment::parse(datagram.payload).unwrap();
        assert!(segment.checksum_ok(datagram.source, datagram.destination));
        let lost = self.lose.contains(&(host, self.sent[host]));
        self.sent[host] += 1;
        let arrow = if host == 0 { '>' } else { '<' };
        self.ladder.push(format!(
            "{arrow}{}{}",
            segment.flags,
            if lost { "x" } else { "" }
        ));
        let ack = if segment.flags.ack() {
            format!(" ack {}", segment.ack)
        } else {
            String::new()
        };
        let len = segment.payload().len();
        let len = if len > 0 {
            format!(" len {len}")
        } else {
            String::new()
        };
        self.numbers.push(format!(
            "{} {arrow}{} {}{ack}{len} {}",
            self.now.0 / 1000,
            segment.flags,
            segment.seq,
            transmit.reason.id()
        ));
        if !lost {
            self.flying
                .push((self.now + LATENCY, 1 - host, bytes.to_vec()));
        }
    }

    /// Puts bytes before a host, now.
    pub fn give(&mut self, host: usize, bytes: &[u8]) {
        arrives(&mut self.stacks[host], self.now, bytes);
        self.drain();
    }

    /// Runs until nothing is pending or `until` is reached.
    pub fn run_until(&mut self, until: Instant) {
        self.drain();
        for _ in 0..1_000_000 {
            let landing = self.flying.iter().map(|f| f.0).min();
            let wake = (0..2)
                .filter_map(|h| self.stacks[h].poll_timeout().map(|t| t.0))
                .min();
            let next = match (landing, wake) {
                (Some(a), Some(b)) => a.min(b),
                (Some(t), None) | (None, Some(t)) => t,
                (None, None) => break,
            };
            if next > until {
                break;
            }
            self.now = next;
            if landing == Some(next) {
                let place = self.flying.iter().position(|f| f.0 == next).unwrap();
                let (_, host, bytes) = self.flying.remove(place);
                let before = self.events[host].len();
                arrives(&mut self.stacks[host], next, &bytes);
                self.drain();
                let judged = self.events[host][before..]
                    .iter()
                    .filter(|e| {
                        matches!(e.kind, EventKind::Judged { .. } | EventKind::Refused { .. })
                    })
                    .count();
                assert!(judged > 0, "a datagram arrived and nothing was said of it");
            } else {
                let host = (0..2)
                    .find(|&h| self.stacks[h].poll_timeout().is_some_and(|t| t.0 == next))
                    .unwrap();
                self.stacks[host].handle_timeout(next);
                self.drain();
            }
        }
        if until != Instant::NEVER {
            self.now = until;
        }
    }

    pub fn run(&mut self) {
        self.run_until(Instant::NEVER);
    }

    pub fn run_for(&mut self, ms: u64) {
        self.run_until(self.now + Duration::from_millis(ms));
    }

    /// B listens on 8080.
    pub fn listen(&mut self) -> SocketId {
        let listener = self.stacks[1].socket();
        self.stacks[1].bind(listener, at(1, 8080)).unwrap();
        self.stacks[1].listen(self.now, listener, None).unwrap();
        listener
    }

    /// A opens to B.
    pub fn connect(&mut self) -> SocketId {
        let socket = self.stacks[0].socket();
        self.stacks[0]
            .connect(self.now, socket, at(1, 8080))
            .unwrap();
        socket
    }

    /// An established pair: A's and B's socket.
    pub fn established(&mut self) -> (SocketId, SocketId) {
        let listener = self.listen();
        let a = self.connect();
        self.run_for(200);
        let b = self.stacks[1].accept(listener).unwrap();
        assert_eq!(self.state(0, a), State::Established);
        assert_eq!(self.state(1, b), State::Established);
        (a, b)
    }

    pub fn state(&self, host: usize, socket: SocketId) -> State {
        self.stacks[host]
            .status(socket)
            .map_or(State::Closed, |s| s.state)
    }

    pub fn send(&mut self, host: usize, socket: SocketId, bytes: &[u8]) -> usize {
        let sent = self.stacks[host]
            .send(self.now, socket, bytes, SendFlags::default())
            .unwrap();
        self.drain();
        sent
    }

    pub fn close(&mut self, host: usize, socket: SocketId) {
        self.stacks[host].close(self.now, socket).unwrap();
        self.drain();
    }

    pub fn receive(&mut self, host: usize, socket: SocketId) -> Result<Vec<u8>, CallError> {
        let mut into = Vec::new();
        let answer = self.stacks[host].receive(self.now, socket, &mut into, usize::MAX);
        self.drain();
        answer.map(|_| into)
    }

    pub fn ladder(&mut self) -> String {
        core::mem::take(&mut self.ladder).join(" ")
    }

    /// The states a socket went through.
    pub fn path(&self, host: usize, socket: SocketId) -> String {
        let mut path = String::new();
        for event in &self.events[host] {
            if let (Some(id), EventKind::State { from, to, .. }) = (event.socket, event.kind)
                && id == socket
            {
                if path.is_empty() {
                    path.push_str(from.name());
                }
                path.push_str(" > ");
                path.push_str(to.name());
            }
        }
        path
    }

    pub fn ended(&self, host: usize, socket: SocketId) -> Vec<(Ended, &'static str)> {
        self.events[host]
            .iter()
            .filter(|e| e.socket == Some(socket))
            .filter_map(|e| match e.kind {
                EventKind::Ended { how, reason } => Some((how, reason.id())),
                _ => None,
            })
            .collect()
    }

    pub fn reasons(&self, host: usize) -> Vec<&'static str> {
        self.events[host]
            .iter()
            .filter_map(|e| match e.kind {
                EventKind::Judged { reason }
                | EventKind::Refused { reason }
                | EventKind::Limit { reason } => Some(reason.id()),
                _ => None,
            })
            .collect()
    }

    pub fn said(&self, host: usize, id: &str) -> bool {
        self.reasons(host).contains(&id)
    }

    /// A segment to `host`, as if from the other one: `flags` in packetdrill's letters.
    pub fn forge(
        &mut self,
        host: usize,
        ports: (u16, u16),
        flags: &str,
        seq: u32,
        ack: u32,
        text: &[u8],
    ) {
        self.forge_with(
            host,
            ports,
            flags,
            seq,
            ack,
            text,
            &OptionSet::default(),
            65_535,
        );
    }

    #[allow(clippy::too_many_arguments)]
    pub fn forge_with(
        &mut self,
        host: usize,
        ports: (u16, u16),
        flags: &str,
        seq: u32,
        ack: u32,
        text: &[u8],
        options: &OptionSet,
        window: u16,
    ) {
        let bytes = segment(
            1 - host,
            host,
            ports,
            flags,
            seq,
            ack,
            text,
            options,
            window,
        );
        self.give(host, &bytes);
    }

    /// The last segment that was put on the wire, as in `numbers`.
    pub fn last(&self) -> &str {
        self.numbers.last().map_or("", |line| line)
    }
}

/// A datagram arrives. Whatever short way it takes, the long way has to say and do just the same.
pub(crate) fn arrives(stack: &mut Stack, now: Instant, bytes: &[u8]) {
    let mut long = stack.clone();
    long.host.clock(now);
    long.anything_arrives(bytes);
    stack.handle_datagram(now, bytes);
    assert_eq!(outcome(stack.clone(), now), outcome(long, now));
}

/// All that a stack says and sends at once, and how its sockets stand then.
#[allow(clippy::type_complexity)]
fn outcome(
    mut stack: Stack,
    now: Instant,
) -> (
    Vec<Event>,
    Vec<(Transmit, Vec<u8>)>,
    Vec<Status>,
    Option<(Instant, SocketId, Timer)>,
) {
    let (mut events, mut sent) = (Vec::new(), Vec::new());
    loop {
        stack.drain_events(|event| events.push(event));
        let mut out = Vec::new();
        let Some(transmit) = stack.poll_transmit(now, &mut out) else {
            break;
        };
        sent.push((transmit, out));
    }
    (events, sent, stack.sockets(), stack.poll_timeout())
}

/// Bytes of a segment between two hosts of the world.
#[allow(clippy::too_many_arguments)]
pub(crate) fn segment(
    from: usize,
    to: usize,
    ports: (u16, u16),
    flags: &str,
    seq: u32,
    ack: u32,
    text: &[u8],
    options: &OptionSet,
    window: u16,
) -> Vec<u8> {
    let mut out = Vec::new();
    let header = SegmentHeader {
        source_port: ports.0,
        destination_port: ports.1,
        seq: Seq(seq),
        ack: Seq(ack),
        flags: Flags::from_text(flags).unwrap(),
        window,
        urgent_pointer: 0,
    };
    let buffer = OptionBuffer::arranged(OptionOrder::Rfc, options);
    write_datagram(
        &mut out,
        &Envelope::new(ip(from), ip(to)),
        &header,
        &buffer,
        [text, &[]],
    )
    .unwrap();
    out
}
