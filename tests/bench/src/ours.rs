//! This project's engine at both ends.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::{EventKind, SocketId};
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, Stack};
use tcp::state::State;
use tcp::time::{Duration, Instant};

use crate::{Link, PATTERN, Work};

/// The options that smoltcp puts in its SYNs stand in ours too.
fn settings() -> Settings {
    let mut settings = Settings::new(Policy::Rfc);
    settings.window_scale = true;
    settings.sack = true;
    settings
}

/// What an application wants to know of the events it drained: bits, so that noting
/// one takes no branch that would have to be guessed.
#[derive(Default)]
struct Seen {
    /// The states gone into: 1 << [`State`].
    states: u32,
    noted: u32,
}

impl Seen {
    const PEER_CLOSED: u32 = 1;
    const ACCEPTABLE: u32 = 2;
    const ENDED: u32 = 4;

    #[inline(always)]
    fn note(&mut self, kind: &EventKind) {
        match kind {
            EventKind::State { to, .. } => self.states |= 1 << *to as u32,
            EventKind::PeerClosed => self.noted |= Seen::PEER_CLOSED,
            EventKind::Acceptable => self.noted |= Seen::ACCEPTABLE,
            EventKind::Ended { .. } => self.noted |= Seen::ENDED,
            _ => {}
        }
    }

    fn state(&self, state: State) -> bool {
        self.states & 1 << state as u32 != 0
    }

    fn noted(&self, what: u32) -> bool {
        self.noted & what != 0
    }
}

/// The place of a kind among its like. All that is asked of most events are two bits,
/// which no branch has to be guessed for.
#[inline(always)]
fn place(kind: &EventKind) -> u32 {
    match kind {
        EventKind::Judged { .. } => 0,
        EventKind::Refused { .. } => 1,
        EventKind::Begotten { .. } => 2,
        EventKind::State { .. } => 3,
        EventKind::TimerSet { .. } => 4,
        EventKind::TimerFired { .. } => 5,
        EventKind::TimerCancelled { .. } => 6,
        EventKind::Deliver { .. } => 7,
        EventKind::PeerClosed => 8,
        EventKind::Acceptable => 9,
        EventKind::Writable => 10,
        EventKind::Limit { .. } => 11,
        EventKind::Report { .. } => 12,
        EventKind::Ended { .. } => 13,
    }
}

/// The places of those that come with a reason.
const WITH_REASON: u32 = 0b11_1000_0101_1011;
/// Of those that the application here does something about.
const NOTED: u32 = 0b10_0011_0000_1000;

struct Host {
    stack: Stack,
    seen: Seen,
}

impl Host {
    fn new(side: u8) -> Host {
        Host {
            stack: Stack::new(
                &[IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1 + side))],
                1500,
                settings(),
                [side; 16],
            ),
            seen: Seen::default(),
        }
    }

    /// Takes every event, counts its reasons and notes what an application would.
    #[inline]
    fn drain(&mut self, work: &mut Work) {
        let seen = &mut self.seen;
        let mut reasons = 0;
        self.stack.drain_events(|event| {
            let bit = 1 << place(&event.kind);
            reasons += u64::from(bit & WITH_REASON != 0);
            if bit & NOTED != 0 {
                seen.note(&event.kind);
            }
        });
        work.reasons += reasons;
    }

    /// Takes every datagram that has arrived, then puts everything there is to send
    /// on the link, as smoltcp does when it is polled. What happened meanwhile is
    /// looked at afterwards: nobody here asks which input caused which event.
    fn poll(&mut self, now: Instant, from: &mut Link, to: &mut Link, work: &mut Work) {
        for datagram in from.datagrams() {
            self.stack.handle_datagram(now, datagram);
        }
        from.clear();
        loop {
            let buffer = to.free();
            buffer.clear();
            if self.stack.poll_transmit(now, buffer).is_none() {
                break;
            }
            to.put();
            work.segments += 1;
            work.reasons += 1;
        }
        self.drain(work);
    }

    /// The application's CLOSE.
    fn close(&mut self, now: Instant, socket: SocketId, work: &mut Work) {
        self.stack.close(now, socket).expect("it is open");
        self.drain(work);
    }
}

/// Two hosts and what is on its way to each.
struct Pair {
    a: Host,
    b: Host,
    to_a: Link,
    to_b: Link,
}

impl Pair {
    fn new() -> Pair {
        Pair {
            a: Host::new(0),
            b: Host::new(1),
            to_a: Link::default(),
            to_b: Link::default(),
        }
    }

    fn poll_a(&mut self, now: Instant, work: &mut Work) {
        self.a.poll(now, &mut self.to_a, &mut self.to_b, work);
    }

    fn poll_b(&mut self, now: Instant, work: &mut Work) {
        self.b.poll(now, &mut self.to_b, &mut self.to_a, work);
    }
}

fn timeouts(now: Instant, host: &mut Host, work: &mut Work) {
    while host.stack.poll_timeout().is_some_and(|(at, ..)| at <= now) {
        host.stack.handle_timeout(now);
        host.drain(work);
    }
}

const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 8080);

fn listener(host: &mut Host) -> SocketId {
    let listener = host.stack.socket();
    host.stack.bind(listener, SERVER).expect("the port is free");
    host.stack
        .listen(Instant::ZERO, listener, None)
        .expect("it is bound");
    listener
}

/// `count` connections, one after the other: opened by A, closed by A, then by B.
/// Who is polled when is as in [`crate::peer::connections`].
pub fn connections(count: u64) -> Work {
    let mut pair = Pair::new();
    let mut work = Work::default();
    let mut now = Instant::ZERO;
    let server = listener(&mut pair.b);
    for _ in 0..count {
        pair.a.seen = Seen::default();
        pair.b.seen = Seen::default();
        let client = pair.a.stack.socket();
        pair.a
            .stack
            .connect(now, client, SERVER)
            .expect("a port is free");
        pair.a.drain(&mut work);
        let (mut closing, mut child) = (false, None);
        loop {
            pair.poll_a(now, &mut work);
            if pair.a.seen.state(State::Established) && !closing {
                pair.a.close(now, client, &mut work);
                closing = true;
                pair.poll_a(now, &mut work);
            }
            pair.poll_b(now, &mut work);
            if pair.b.seen.noted(Seen::PEER_CLOSED) && child.is_none() {
                let accepted = pair.b.stack.accept(server).expect("it is acceptable");
                pair.b.close(now, accepted, &mut work);
                child = Some(accepted);
            }
            if pair.a.seen.state(State::TimeWait) && pair.b.seen.noted(Seen::ENDED) {
                break;
            }
        }
        // TIME-WAIT is 2 × 120 s here.
        now = now + Duration::from_secs(241);
        timeouts(now, &mut pair.a, &mut work);
        timeouts(now, &mut pair.b, &mut work);
        assert!(pair.a.seen.noted(Seen::ENDED));
        work.connections += 1;
    }
    work
}

/// `total` bytes from A to B over one connection.
pub fn bulk(total: u64) -> Work {
    let mut pair = Pair::new();
    let mut work = Work::default();
    let mut now = Instant::ZERO;
    let server = listener(&mut pair.b);
    let client = pair.a.stack.socket();
    pair.a
        .stack
        .connect(now, client, SERVER)
        .expect("a port is free");
    while !pair.b.seen.noted(Seen::ACCEPTABLE) {
        pair.poll_a(now, &mut work);
        pair.poll_b(now, &mut work);
    }
    let child = pair.b.stack.accept(server).expect("it is acceptable");
    let mut sent = 0u64;
    let mut taken: Vec<u8> = Vec::with_capacity(64 * 1024);
    while work.bytes < total {
        while sent < total {
            let offset = (sent % PATTERN.len() as u64) as usize;
            let wanted = (PATTERN.len() - offset).min((total - sent) as usize);
            let took = match pair.a.stack.send(
                now,
                client,
                &PATTERN[offset..offset + wanted],
                SendFlags::default(),
            ) {
                Ok(took) => took,
                Err(_) => break,
            };
            sent += took as u64;
            if took < wanted {
                break;
            }
        }
        pair.a.drain(&mut work);
        pair.poll_a(now, &mut work);
        pair.poll_b(now, &mut work);
        loop {
            taken.clear();
            match pair.b.stack.receive(now, child, &mut taken, 64 * 1024) {
                Ok(0) | Err(_) => break,
                Ok(count) => work.bytes += count as u64,
            }
        }
        pair.b.drain(&mut work);
        now = now + Duration::from_micros(100);
        timeouts(now, &mut pair.a, &mut work);
        timeouts(now, &mut pair.b, &mut work);
    }
    work.connections = 1;
    work
}
