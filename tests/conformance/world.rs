//! Two stacks and the link between them; the test delivers segments by hand or
//! lets time run. A = 10.0.0.1, B = 10.0.0.2.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::error::CallError;
use tcp::event::{Ended, Event, EventKind, SocketId};
use tcp::stack::{SendFlags, Stack};
use tcp::state::State;
use tcp::status::Status;
use tcp::time::{Duration, Instant};

use crate::bench::settings;
use crate::record;
use crate::segment::{Seg, datagram};

pub const A: usize = 0;
pub const B: usize = 1;

/// One way, unless a test says otherwise.
pub const LATENCY: Duration = Duration::from_millis(50);

struct Flight {
    at: Instant,
    to: usize,
    seg: Seg,
    bytes: Vec<u8>,
}

pub struct World {
    pub now: Instant,
    pub stacks: [Stack; 2],
    pub latency: Duration,
    flying: Vec<Flight>,
    /// `> S 100`, `< S. 300 ack 101`, in the order of sending; `x` in front of what was lost.
    pub ladder: Vec<String>,
    pub times: Vec<u64>,
    pub events: [Vec<Event>; 2],
    /// Lines of the ladder to lose, each once.
    lose: Vec<String>,
    /// Lose the n-th from now on.
    pub lose_next: Vec<(usize, usize)>,
}

pub fn at(host: usize, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, host as u8 + 1)), port)
}

impl World {
    /// Settings in text; the ISNs are 100 … at A and 300, 400 … at B unless said.
    pub fn new(a: &str, b: &str) -> World {
        let stack = |host: usize, text: &str, isn: &str| {
            let text = format!("isn listed {isn}; {text}");
            let secret = [host as u8 + 1; 16];
            Stack::new(&[at(host, 0).ip()], 1500, settings(&text), secret)
        };
        World {
            now: Instant(1_000_000),
            stacks: [stack(A, a, "100, 1000100"), stack(B, b, "300, 400")],
            latency: LATENCY,
            flying: Vec::new(),
            ladder: Vec::new(),
            times: Vec::new(),
            events: [Vec::new(), Vec::new()],
            lose: Vec::new(),
            lose_next: Vec::new(),
        }
    }

    pub fn both(text: &str) -> World {
        World::new(text, text)
    }

    /// The next segment that prints like this gets lost.
    pub fn lose(&mut self, line: &str) {
        self.lose.push(line.to_owned());
    }

    fn drain_events(&mut self, host: usize) {
        while let Some(event) = self.stacks[host].poll_event() {
            record::event(&event);
            self.events[host].push(event);
        }
    }

    pub fn drain(&mut self) {
        for host in [A, B] {
            loop {
                self.drain_events(host);
                let mut bytes = Vec::new();
                let Some(transmit) = self.stacks[host].poll_transmit(self.now, &mut bytes) else {
                    break;
                };
                record::transmit(&transmit);
                self.fly(host, bytes);
            }
            self.drain_events(host);
        }
    }

    fn fly(&mut self, host: usize, bytes: Vec<u8>) {
        let (seg, ..) = Seg::read(&bytes);
        let line = format!("{} {}", [">", "<"][host], seg.short());
        let mut lost = false;
        if let Some(at) = self.lose.iter().position(|l| *l == line) {
            self.lose.remove(at);
            lost = true;
        }
        for (_, left) in self.lose_next.iter_mut().filter(|(h, _)| *h == host) {
            lost |= *left == 0;
            *left = left.wrapping_sub(1);
        }
        self.times.push(self.now.0 / 1000);
        self.ladder
            .push(if lost { format!("x{line}") } else { line });
        if !lost {
            self.flying.push(Flight {
                at: self.now + self.latency,
                to: 1 - host,
                seg,
                bytes,
            });
        }
    }

    /// Delivers the oldest segment in flight that prints like this: `> S 100`.
    #[track_caller]
    pub fn deliver(&mut self, line: &str) {
        self.deliver_then(line, |_, _| ());
    }

    /// The same; the receiver's application acts before anything is sent.
    #[track_caller]
    pub fn deliver_then(&mut self, line: &str, then: impl FnOnce(&mut Stack, Instant)) {
        let found = self.flying.iter().position(|f| {
            let arrow = ["<", ">"][f.to];
            format!("{arrow} {}", f.seg.print_like(&line[2..])) == line
        });
        let Some(found) = found else {
            panic!("{line} is not in flight\n{}", self.ladder.join("\n"));
        };
        let flight = self.flying.remove(found);
        self.stacks[flight.to].handle_datagram(self.now, &flight.bytes);
        then(&mut self.stacks[flight.to], self.now);
        self.drain();
    }

    /// Nothing is on its way.
    #[track_caller]
    pub fn nothing_flies(&self) {
        let left: Vec<String> = self.flying.iter().map(|f| f.seg.short()).collect();
        assert!(left.is_empty(), "still in flight: {left:?}");
    }

    /// A segment nobody sent arrives at `to`, as if from port to port.
    pub fn old_duplicate(&mut self, to: usize, text: &str, from: SocketAddr, port: u16) {
        let bytes = datagram(text, from, at(to, port));
        self.stacks[to].handle_datagram(self.now, &bytes);
        self.drain();
    }

    /// Time and the link run until nothing is pending, or until then.
    pub fn run_until(&mut self, until: Instant) {
        self.drain();
        for _ in 0..1_000_000 {
            let landing = self.flying.iter().map(|f| f.at).min();
            let wake = |host: usize| self.stacks[host].poll_timeout().map(|t| t.0);
            let wakes = [wake(A), wake(B)];
            let Some(next) = wakes.iter().copied().flatten().chain(landing).min() else {
                break;
            };
            if next > until {
                break;
            }
            self.now = self.now.max(next);
            if landing == Some(next) {
                let first = self.flying.iter().position(|f| f.at == next);
                let flight = self.flying.remove(first.expect("it is there"));
                self.stacks[flight.to].handle_datagram(self.now, &flight.bytes);
            } else {
                let host = usize::from(wakes[A] != Some(next));
                self.stacks[host].handle_timeout(self.now);
            }
            self.drain();
        }
        if until != Instant::NEVER {
            self.now = until;
        }
    }

    pub fn run(&mut self) {
        self.run_until(Instant::NEVER);
    }

    pub fn run_ms(&mut self, ms: u64) {
        self.run_until(self.now + Duration::from_millis(ms));
    }

    // ---- calls

    /// A socket at `host`, bound to `port`.
    pub fn bound(&mut self, host: usize, port: u16) -> SocketId {
        let socket = self.stacks[host].socket();
        self.stacks[host]
            .bind(socket, at(host, port))
            .expect("the port is free");
        socket
    }

    /// The RFC's passive OPEN.
    pub fn open_passive(&mut self, host: usize, port: u16) -> SocketId {
        let socket = self.bound(host, port);
        self.stacks[host]
            .open_passive(self.now, socket, None)
            .expect("it is bound");
        self.drain();
        socket
    }

    pub fn connect(&mut self, host: usize, port: u16, remote: SocketAddr) -> SocketId {
        let socket = self.bound(host, port);
        self.connect_bound(host, socket, remote);
        socket
    }

    pub fn connect_bound(&mut self, host: usize, socket: SocketId, remote: SocketAddr) {
        self.stacks[host]
            .connect(self.now, socket, remote)
            .expect("it may be opened");
        self.drain();
    }

    /// A (port 5000) has opened to B's passive OPEN on 8080; the ladder is empty.
    pub fn established(&mut self) -> (SocketId, SocketId) {
        let b = self.open_passive(B, 8080);
        let a = self.connect(A, 5000, at(B, 8080));
        self.run_ms(400);
        self.are(a, State::Established, b, State::Established);
        self.ladder.clear();
        self.times.clear();
        (a, b)
    }

    pub fn send(&mut self, host: usize, socket: SocketId, len: usize) -> Result<usize, CallError> {
        let text: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
        let answer = self.stacks[host].send(self.now, socket, &text, SendFlags::default());
        self.drain();
        answer
    }

    pub fn receive(&mut self, host: usize, socket: SocketId) -> Result<Vec<u8>, CallError> {
        let mut into = Vec::new();
        let answer = self.stacks[host].receive(self.now, socket, &mut into, usize::MAX);
        self.drain();
        answer.map(|_| into)
    }

    pub fn close(&mut self, host: usize, socket: SocketId) -> Result<(), CallError> {
        let answer = self.stacks[host].close(self.now, socket);
        self.drain();
        answer
    }

    pub fn shutdown(&mut self, host: usize, socket: SocketId) -> Result<(), CallError> {
        let answer = self.stacks[host].shutdown(self.now, socket);
        self.drain();
        answer
    }

    // ---- what is so

    pub fn status(&self, host: usize, socket: SocketId) -> Status {
        self.stacks[host]
            .status(socket)
            .expect("the socket is there")
    }

    pub fn state(&self, host: usize, socket: SocketId) -> State {
        self.stacks[host]
            .status(socket)
            .map_or(State::Closed, |status| status.state)
    }

    /// Both ends are in these states.
    #[track_caller]
    pub fn are(&self, a: SocketId, in_a: State, b: SocketId, in_b: State) {
        let now = (self.state(A, a), self.state(B, b));
        assert_eq!(now, (in_a, in_b), "\n{}", self.ladder.join("\n"));
    }

    pub fn ended(&self, host: usize, socket: SocketId) -> Option<Ended> {
        let ends: Vec<Ended> = self.events[host]
            .iter()
            .filter(|e| e.socket == Some(socket))
            .filter_map(|e| match e.kind {
                EventKind::Ended { how, .. } => Some(how),
                _ => None,
            })
            .collect();
        assert!(ends.len() <= 1, "more than one end: {ends:?}");
        ends.first().copied()
    }

    pub fn said(&self, host: usize, id: &str) -> bool {
        self.events[host]
            .iter()
            .filter_map(record::reason_of)
            .any(|reason| reason.id() == id)
    }

    /// The segments so far, and forgets them.
    pub fn take_ladder(&mut self) -> Vec<String> {
        self.times.clear();
        std::mem::take(&mut self.ladder)
    }
}
