//! This project's engine at both ends.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::{EventKind, SocketId};
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, Stack};
use tcp::state::State;
use tcp::time::{Duration, Instant};

use crate::{PATTERN, Pool, Work};

/// The options that smoltcp puts in its SYNs stand in ours too.
fn settings() -> Settings {
    let mut settings = Settings::new(Policy::Rfc);
    settings.window_scale = true;
    settings.sack = true;
    settings
}

/// What an application wants to know of the events it drained.
#[derive(Default)]
struct Seen {
    established: bool,
    peer_closed: bool,
    acceptable: bool,
    ended: bool,
    time_wait: bool,
}

struct Host {
    stack: Stack,
    inbox: VecDeque<Vec<u8>>,
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
            inbox: VecDeque::new(),
            seen: Seen::default(),
        }
    }

    /// Takes every event, counts its reasons and notes what an application would.
    fn drain(&mut self, work: &mut Work) {
        let seen = &mut self.seen;
        self.stack.drain_events(|event| match event.kind {
            EventKind::State { to, .. } => {
                work.reasons += 1;
                match to {
                    State::Established => seen.established = true,
                    State::TimeWait => seen.time_wait = true,
                    _ => {}
                }
            }
            EventKind::PeerClosed => seen.peer_closed = true,
            EventKind::Acceptable => seen.acceptable = true,
            EventKind::Ended { .. } => {
                work.reasons += 1;
                seen.ended = true;
            }
            EventKind::Judged { .. }
            | EventKind::Refused { .. }
            | EventKind::TimerSet { .. }
            | EventKind::TimerCancelled { .. }
            | EventKind::Limit { .. }
            | EventKind::Report { .. } => work.reasons += 1,
            _ => {}
        });
    }

    /// Puts everything there is to send on the link.
    fn transmit(
        &mut self,
        now: Instant,
        to: &mut VecDeque<Vec<u8>>,
        pool: &mut Pool,
        work: &mut Work,
    ) {
        self.drain(work);
        while self.stack.poll_transmit(now, pool.empty()).is_some() {
            work.segments += 1;
            work.reasons += 1;
            to.push_back(pool.take());
            self.drain(work);
        }
    }

    /// Takes every datagram that has arrived.
    fn take(&mut self, now: Instant, pool: &mut Pool, work: &mut Work) {
        while let Some(mut buffer) = self.inbox.pop_front() {
            self.stack.handle_datagram(now, &buffer);
            self.drain(work);
            buffer.clear();
            pool.give(buffer);
        }
    }
}

/// A's and B's turn, until the link is empty at both ends. A host takes all that
/// has arrived before it sends, as smoltcp does when it is polled.
fn settle(now: Instant, a: &mut Host, b: &mut Host, pool: &mut Pool, work: &mut Work) {
    a.transmit(now, &mut b.inbox, pool, work);
    b.transmit(now, &mut a.inbox, pool, work);
    loop {
        if b.inbox.is_empty() && a.inbox.is_empty() {
            return;
        }
        if !b.inbox.is_empty() {
            b.take(now, pool, work);
            b.transmit(now, &mut a.inbox, pool, work);
        }
        if !a.inbox.is_empty() {
            a.take(now, pool, work);
            a.transmit(now, &mut b.inbox, pool, work);
        }
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
pub fn connections(count: u64) -> Work {
    let (mut a, mut b, mut pool) = (Host::new(0), Host::new(1), Pool::default());
    let mut work = Work::default();
    let mut now = Instant::ZERO;
    let server = listener(&mut b);
    for _ in 0..count {
        a.seen = Seen::default();
        b.seen = Seen::default();
        let client = a.stack.socket();
        a.stack
            .connect(now, client, SERVER)
            .expect("a port is free");
        settle(now, &mut a, &mut b, &mut pool, &mut work);
        assert!(a.seen.established && b.seen.acceptable);
        let child = b.stack.accept(server).expect("it is acceptable");
        a.stack.close(now, client).expect("it is open");
        settle(now, &mut a, &mut b, &mut pool, &mut work);
        assert!(b.seen.peer_closed);
        b.stack.close(now, child).expect("it is open");
        settle(now, &mut a, &mut b, &mut pool, &mut work);
        assert!(a.seen.time_wait && b.seen.ended);
        // TIME-WAIT is 2 × 120 s here.
        now = now + Duration::from_secs(241);
        timeouts(now, &mut a, &mut work);
        timeouts(now, &mut b, &mut work);
        assert!(a.seen.ended);
        work.connections += 1;
    }
    work
}

/// `total` bytes from A to B over one connection.
pub fn bulk(total: u64) -> Work {
    let (mut a, mut b, mut pool) = (Host::new(0), Host::new(1), Pool::default());
    let mut work = Work::default();
    let mut now = Instant::ZERO;
    let server = listener(&mut b);
    let client = a.stack.socket();
    a.stack
        .connect(now, client, SERVER)
        .expect("a port is free");
    settle(now, &mut a, &mut b, &mut pool, &mut work);
    let child = b.stack.accept(server).expect("it is acceptable");
    let mut sent = 0u64;
    let mut taken: Vec<u8> = Vec::with_capacity(64 * 1024);
    while work.bytes < total {
        while sent < total {
            let offset = (sent % PATTERN.len() as u64) as usize;
            let wanted = (PATTERN.len() - offset).min((total - sent) as usize);
            let took = match a.stack.send(
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
        a.transmit(now, &mut b.inbox, &mut pool, &mut work);
        b.take(now, &mut pool, &mut work);
        loop {
            taken.clear();
            match b.stack.receive(now, child, &mut taken, 64 * 1024) {
                Ok(0) | Err(_) => break,
                Ok(count) => work.bytes += count as u64,
            }
        }
        b.transmit(now, &mut a.inbox, &mut pool, &mut work);
        a.take(now, &mut pool, &mut work);
        now = now + Duration::from_micros(100);
        timeouts(now, &mut a, &mut work);
        timeouts(now, &mut b, &mut work);
    }
    work.connections = 1;
    work
}
