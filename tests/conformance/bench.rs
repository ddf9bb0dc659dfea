//! One stack on a bench: the other end is the test, with segments built by hand.
//!
//! The stack is 10.0.0.1:8080 with ISN 100 (then 1 000 100 …), the test
//! 10.0.0.2:5000, by custom with ISN 300. Time stands still unless told to go.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tcp::error::CallError;
use tcp::event::{Ended, Event, EventKind, Report, SocketId, Timer};
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, SocketOption, Stack};
use tcp::state::State;
use tcp::status::Status;
use tcp::time::{Duration, Instant};
use tcp::wire::icmp::write_error;
use tcp::wire::{Envelope, IcmpKind};

use crate::record;
use crate::segment::{Seg, datagram};

/// One stack, and what it said and sent.
#[derive(Clone)]
pub struct Bench {
    pub stack: Stack,
    pub now: Instant,
    /// The connection under test.
    pub socket: SocketId,
    pub ours: SocketAddr,
    pub peer: SocketAddr,
    pub sent: VecDeque<(Instant, Seg)>,
    pub events: Vec<Event>,
    /// Everything that went over the wire, for messages.
    pub log: Vec<String>,
    /// Why each of it was sent.
    why: Vec<&'static str>,
    /// Where `said` begins to look, among events and among what was sent.
    mark: (usize, usize),
}

/// Settings out of text: `policy letter; nagle off; isn listed 99`.
pub fn settings(text: &str) -> Settings {
    let mut settings = Settings::new(Policy::Rfc);
    settings
        .set("isn", "listed 100, 1000100, 2000100")
        .expect("a list");
    for item in text.split(';').map(str::trim).filter(|i| !i.is_empty()) {
        let (name, value) = item.split_once(' ').expect("a name and a value");
        let isn = settings.value("isn").expect("it exists");
        settings
            .set(name, value)
            .unwrap_or_else(|error| panic!("{item}: {error}"));
        if name == "policy" {
            settings.set("isn", &isn).expect("it was one");
        }
    }
    settings
}

impl Bench {
    /// A stack with these settings and nothing on it.
    pub fn new(text: &str) -> Bench {
        Bench::on(text, false)
    }

    /// The same over IPv6.
    pub fn v6(text: &str) -> Bench {
        Bench::on(text, true)
    }

    fn on(text: &str, v6: bool) -> Bench {
        let ip = |n: u8| match v6 {
            false => IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)),
            true => IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, u16::from(n))),
        };
        Bench {
            stack: Stack::new(&[ip(1)], 1500, settings(text), [7; 16]),
            now: Instant(1_000_000),
            socket: SocketId(0),
            ours: SocketAddr::new(ip(1), 8080),
            peer: SocketAddr::new(ip(2), 5000),
            sent: VecDeque::new(),
            events: Vec::new(),
            log: Vec::new(),
            why: Vec::new(),
            mark: (0, 0),
        }
    }

    // ---- the loop every owner runs

    fn drain_events(&mut self) {
        while let Some(event) = self.stack.poll_event() {
            record::event(&event);
            self.events.push(event);
        }
    }

    pub fn drain(&mut self) {
        loop {
            self.drain_events();
            let mut out = Vec::new();
            let Some(transmit) = self.stack.poll_transmit(self.now, &mut out) else {
                break;
            };
            record::transmit(&transmit);
            self.why.push(transmit.reason.id());
            // Replies may go to others than the one peer; the numbers count.
            let (seg, ..) = Seg::read(&out);
            self.log.push(format!(
                "{} > {}",
                self.now.0 / 1000,
                seg.print_like(" win <")
            ));
            self.sent.push_back((self.now, seg));
        }
        self.drain_events();
    }

    /// Bytes arrive.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.stack.handle_datagram(self.now, bytes);
        self.drain();
    }

    /// A segment of the peer arrives.
    pub fn arrives(&mut self, text: &str) {
        self.arrives_from(self.peer, text);
    }

    /// An ICMP error of a router about our segment that begins at `seq`.
    pub fn icmp(&mut self, kind: IcmpKind, seq: u32) {
        let quoted = datagram(&format!(". {seq} len 8"), self.ours, self.peer);
        let mut out = Vec::new();
        let router = Envelope::new(self.peer.ip(), self.ours.ip());
        write_error(&mut out, &router, kind, &quoted).expect("one family");
        self.log
            .push(format!("{} < {kind:?} {seq}", self.now.0 / 1000));
        self.bytes(&out);
    }

    /// The application was told of it.
    pub fn reported(&self, what: Report) -> bool {
        self.events[self.mark.0..]
            .iter()
            .any(|e| matches!(e.kind, EventKind::Report { report, .. } if report == what))
    }

    /// One from somebody else.
    pub fn arrives_from(&mut self, from: SocketAddr, text: &str) {
        self.log.push(format!("{} < {text}", self.now.0 / 1000));
        let bytes = datagram(text, from, self.ours);
        let before = self.events.len();
        self.bytes(&bytes);
        let judged = self.events[before..]
            .iter()
            .any(|e| matches!(e.kind, EventKind::Judged { .. } | EventKind::Refused { .. }));
        assert!(judged, "«{text}» arrived and nothing was said of it");
    }

    /// Time goes on, timers run out.
    pub fn wait(&mut self, duration: Duration) {
        let until = self.now + duration;
        self.drain();
        for _ in 0..100_000 {
            match self.stack.poll_timeout() {
                Some((at, ..)) if at <= until => {
                    self.now = self.now.max(at);
                    self.stack.handle_timeout(self.now);
                    self.drain();
                }
                _ => {
                    self.now = until;
                    return;
                }
            }
        }
        panic!("timers without end\n{}", self.log.join("\n"));
    }

    pub fn wait_ms(&mut self, ms: u64) {
        self.wait(Duration::from_millis(ms));
    }

    pub fn wait_s(&mut self, s: u64) {
        self.wait(Duration::from_secs(s));
    }

    // ---- what it must have sent

    /// The next segment it sent is this one: flags, SEQ, ACK and length, and
    /// what else the text mentions.
    #[track_caller]
    pub fn sends(&mut self, text: &str) -> Seg {
        let Some((_, seg)) = self.sent.pop_front() else {
            panic!("it sent nothing; {text} was due\n{}", self.log.join("\n"));
        };
        assert_eq!(seg.print_like(text), text, "\n{}", self.log.join("\n"));
        seg
    }

    /// The next segment it sent, whatever it is.
    #[track_caller]
    pub fn next(&mut self) -> Seg {
        self.sent.pop_front().expect("a segment").1
    }

    /// Nothing waits to be looked at.
    #[track_caller]
    pub fn sends_nothing(&mut self) {
        assert_eq!(
            self.sent.iter().map(|s| s.1.short()).collect::<Vec<_>>(),
            Vec::<String>::new(),
            "\n{}",
            self.log.join("\n")
        );
    }

    /// When each of what waits was sent, in ms after now, and it is forgotten.
    pub fn times_ms(&mut self, since: Instant) -> Vec<u64> {
        self.sent
            .drain(..)
            .map(|(at, _)| at.since(since).0 / 1000)
            .collect()
    }

    /// The texts of all that waits, and it is forgotten.
    pub fn all_sent(&mut self) -> Vec<String> {
        self.sent.drain(..).map(|(_, seg)| seg.short()).collect()
    }

    // ---- what it must have said

    /// `said` counts from here.
    pub fn mark(&mut self) {
        self.mark = (self.events.len(), self.why.len());
    }

    pub fn reasons(&self) -> Vec<&'static str> {
        self.events[self.mark.0..]
            .iter()
            .filter_map(record::reason_of)
            .map(|reason| reason.id())
            .chain(self.why[self.mark.1..].iter().copied())
            .collect()
    }

    pub fn said(&self, id: &str) -> bool {
        self.reasons().contains(&id)
    }

    #[track_caller]
    pub fn must_say(&self, id: &str) {
        assert!(
            tcp::reason::Reason::ALL.iter().any(|r| r.id() == id),
            "there is no reason {id}"
        );
        assert!(
            self.said(id),
            "{id} is not among {:?}\n{}",
            self.reasons(),
            self.log.join("\n")
        );
    }

    /// A limit was told of.
    #[track_caller]
    pub fn limited(&self, id: &str) {
        let limits: Vec<&str> = self.events[self.mark.0..]
            .iter()
            .filter_map(|e| match e.kind {
                EventKind::Limit { reason } => Some(reason.id()),
                _ => None,
            })
            .collect();
        assert!(limits.contains(&id), "{id} is not among {limits:?}");
    }

    /// How the connection ended; more than one final report fails.
    #[track_caller]
    pub fn ended(&self) -> Option<(Ended, &'static str)> {
        self.ended_of(self.socket)
    }

    #[track_caller]
    pub fn ended_of(&self, socket: SocketId) -> Option<(Ended, &'static str)> {
        let mut all = self.events.iter().filter(|e| e.socket == Some(socket));
        let ends: Vec<_> = all
            .by_ref()
            .filter_map(|e| match e.kind {
                EventKind::Ended { how, reason } => Some((how, reason.id())),
                _ => None,
            })
            .collect();
        assert!(ends.len() <= 1, "more than one end: {ends:?}");
        ends.first().copied()
    }

    pub fn status(&self) -> Status {
        self.stack.status(self.socket).expect("the socket is there")
    }

    pub fn state(&self) -> State {
        self.stack
            .status(self.socket)
            .map_or(State::Closed, |status| status.state)
    }

    #[track_caller]
    pub fn is(&self, state: State) {
        assert_eq!(self.state(), state, "\n{}", self.log.join("\n"));
    }

    /// When a timer of the connection will run out.
    pub fn timer(&self, timer: Timer) -> Option<Instant> {
        self.status().timers[timer as usize]
    }

    /// How long until then, in ms.
    pub fn timer_ms(&self, timer: Timer) -> Option<u64> {
        self.timer(timer).map(|at| at.since(self.now).0 / 1000)
    }

    // ---- calls

    /// A fresh socket, bound to our port.
    pub fn bound(&mut self) -> SocketId {
        let socket = self.stack.socket();
        self.stack
            .bind(socket, self.ours)
            .expect("the port is free");
        socket
    }

    /// Active OPEN to the peer.
    pub fn connect(&mut self) {
        self.socket = self.bound();
        self.stack
            .connect(self.now, self.socket, self.peer)
            .expect("it may be opened");
        self.drain();
    }

    /// The RFC's passive OPEN, remote unspecified.
    pub fn open_passive(&mut self) {
        self.socket = self.bound();
        self.stack
            .open_passive(self.now, self.socket, None)
            .expect("it may be opened");
        self.drain();
    }

    /// A listener; its child becomes `socket` with [`Bench::accept`].
    pub fn listen(&mut self, backlog: Option<u32>) -> SocketId {
        let listener = self.bound();
        self.stack
            .listen(self.now, listener, backlog)
            .expect("it is bound");
        self.drain();
        listener
    }

    pub fn accept(&mut self, listener: SocketId) -> SocketId {
        self.socket = self.stack.accept(listener).expect("one waits");
        self.socket
    }

    pub fn send(&mut self, len: u32) -> Result<usize, CallError> {
        self.send_flags(len, SendFlags::default())
    }

    pub fn send_flags(&mut self, len: u32, flags: SendFlags) -> Result<usize, CallError> {
        let bytes = vec![b'x'; len as usize];
        let answer = self.stack.send(self.now, self.socket, &bytes, flags);
        self.drain();
        answer
    }

    pub fn receive(&mut self, limit: usize) -> Result<Vec<u8>, CallError> {
        let mut into = Vec::new();
        let answer = self.stack.receive(self.now, self.socket, &mut into, limit);
        self.drain();
        answer.map(|_| into)
    }

    pub fn shutdown(&mut self) -> Result<(), CallError> {
        let answer = self.stack.shutdown(self.now, self.socket);
        self.drain();
        answer
    }

    pub fn close(&mut self) -> Result<(), CallError> {
        let answer = self.stack.close(self.now, self.socket);
        self.drain();
        answer
    }

    pub fn abort(&mut self) -> Result<(), CallError> {
        let answer = self.stack.abort(self.now, self.socket);
        self.drain();
        answer
    }

    #[track_caller]
    pub fn option(&mut self, option: SocketOption) {
        self.stack
            .set_option(self.now, self.socket, option)
            .expect("the option fits");
        self.drain();
    }

    /// Changes settings in mid-life.
    pub fn configure(&mut self, change: &str) {
        let mut settings = self.stack.settings().clone();
        for item in change.split(';').map(str::trim).filter(|i| !i.is_empty()) {
            let (name, value) = item.split_once(' ').expect("a name and a value");
            settings.set(name, value).expect("it takes that");
        }
        self.stack.configure(self.now, settings);
        self.drain();
    }

    // ---- the way into each state, by legal exchanges

    /// Active OPEN, SYN-ACK with `options` (text after the numbers), ACK.
    #[track_caller]
    pub fn established_with(&mut self, more: &str) {
        self.connect();
        let syn = self.next();
        assert_eq!(syn.flags.to_string(), "S");
        let una = syn.seq.wrapping_add(1);
        self.arrives(&format!("S. 300 ack {una} {more}"));
        assert_eq!(self.next().short(), format!(". {una} ack 301"));
        self.is(State::Established);
        self.mark();
    }

    #[track_caller]
    pub fn established(&mut self) {
        self.established_with("win 10000");
    }

    /// A bench in this state. From SYN-RECEIVED on: ISS 100, IRS 300, the
    /// peer's window 10 000. In ESTABLISHED, FIN-WAIT-1, CLOSE-WAIT, CLOSING
    /// and LAST-ACK ten bytes from 101 on are not acknowledged.
    #[track_caller]
    pub fn in_state(state: State, text: &str) -> Bench {
        let mut bench = Bench::new(text);
        bench.bring(state);
        bench.sent.clear();
        bench.mark();
        bench.is(state);
        bench
    }

    fn bring(&mut self, state: State) {
        match state {
            State::Closed => {}
            State::Listen => self.open_passive(),
            State::SynSent => self.connect(),
            State::SynReceived => {
                self.open_passive();
                self.arrives("S 300 win 10000");
                self.sends("S. 100 ack 301");
            }
            State::Established => {
                self.established();
                self.send(10).expect("there is room");
                self.sends("P. 101 ack 301 len 10");
            }
            State::CloseWait => {
                self.bring(State::Established);
                self.arrives("F. 301 ack 101");
                self.sends(". 111 ack 302");
            }
            State::FinWait1 => {
                self.bring(State::Established);
                self.shutdown().expect("it may");
                self.sends("F. 111 ack 301");
            }
            State::FinWait2 => {
                self.bring(State::FinWait1);
                self.arrives(". 301 ack 112");
            }
            State::Closing => {
                self.bring(State::FinWait1);
                self.arrives("F. 301 ack 101");
                assert_eq!(self.next().ack, 302);
            }
            State::LastAck => {
                self.bring(State::CloseWait);
                self.shutdown().expect("it may");
                self.sends("F. 111 ack 302");
            }
            State::TimeWait => {
                self.bring(State::FinWait2);
                self.arrives("F. 301 ack 112");
                self.sends(". 112 ack 302");
            }
        }
    }

    /// SYN-RECEIVED out of an active OPEN: the SYNs have crossed.
    #[track_caller]
    pub fn in_active_syn_received(text: &str) -> Bench {
        let mut bench = Bench::new(text);
        bench.connect();
        bench.arrives("S 300 win 10000");
        bench.sent.clear();
        bench.mark();
        bench.is(State::SynReceived);
        bench
    }
}
