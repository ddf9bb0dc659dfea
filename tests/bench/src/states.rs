//! What a connection takes in each state: many connections led through them side
//! by side, and each end's allocations counted apart.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::SocketId;
use tcp::settings::{Policy, Settings};
use tcp::stack::Stack;
use tcp::state::State;
use tcp::time::Instant;

use crate::counting::live_bytes;

/// A host, what it has allocated, and what it has put on the link.
struct End {
    stack: Stack,
    bytes: i64,
    out: VecDeque<Vec<u8>>,
}

impl End {
    fn new(side: u8) -> End {
        let mut settings = Settings::new(Policy::Rfc);
        settings.backlog = u32::MAX;
        settings.accept_backlog = u32::MAX;
        End {
            stack: Stack::new(&[address(side)], 1500, settings, [side; 16]),
            bytes: 0,
            out: VecDeque::new(),
        }
    }

    /// Does something to the stack and counts what it keeps of memory.
    fn counted<R>(&mut self, what: impl FnOnce(&mut Stack) -> R) -> R {
        let before = live_bytes();
        let answer = what(&mut self.stack);
        self.bytes += live_bytes() as i64 - before as i64;
        answer
    }

    /// Takes all events and all datagrams there are.
    fn drain(&mut self) {
        loop {
            while self.counted(|stack| stack.poll_event().is_some()) {}
            let mut buffer = Vec::with_capacity(2048);
            let sent = self.counted(|stack| stack.poll_transmit(Instant::ZERO, &mut buffer));
            if sent.is_none() {
                return;
            }
            self.out.push_back(buffer);
        }
    }

    fn take_all(&mut self, from: &mut End) {
        while let Some(datagram) = from.out.pop_front() {
            self.counted(|stack| stack.handle_datagram(Instant::ZERO, &datagram));
            self.drain();
        }
    }

    /// Bytes per connection, after checking that each is in the state it should be.
    fn each(&self, state: State, sockets: &[SocketId], count: usize) -> Taken {
        for socket in sockets {
            let status = self.stack.status(*socket).expect("it is still there");
            assert_eq!(status.state, state);
        }
        Taken {
            state,
            bytes: self.bytes as f64 / count as f64,
        }
    }
}

/// A state, and the bytes one connection in it takes: its block with its box and its share of every table.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// The state.
    pub state: State,
    /// Bytes, spare room of the tables included.
    pub bytes: f64,
}

fn address(side: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1 + side))
}

/// Leads `count` connections through the states of a client that closes first and of its server. The program's
/// allocator has to be [`crate::counting::Counting`].
///
/// # Panics
/// A connection is not where it should be.
#[must_use]
pub fn taken(count: usize) -> Vec<Taken> {
    let (mut a, mut b) = (End::new(0), End::new(1));
    let server = SocketAddr::new(address(1), 8080);
    let mut rows = Vec::new();

    let mut idle = End::new(1);
    let listeners: Vec<SocketId> = (0..count as u16)
        .map(|index| {
            idle.counted(|stack| {
                let socket = stack.socket();
                let local = SocketAddr::new(address(1), 1024 + index);
                stack.bind(socket, local).expect("the port is free");
                stack
                    .listen(Instant::ZERO, socket, None)
                    .expect("it is bound");
                socket
            })
        })
        .collect();
    idle.drain();
    rows.push(idle.each(State::Listen, &listeners, count));

    let listener = b.stack.socket();
    b.stack.bind(listener, server).expect("the port is free");
    b.stack
        .listen(Instant::ZERO, listener, None)
        .expect("it is bound");
    b.drain();
    b.bytes = 0;

    let clients: Vec<SocketId> = (0..count)
        .map(|_| {
            let client = a.counted(|stack| {
                let socket = stack.socket();
                stack
                    .connect(Instant::ZERO, socket, server)
                    .expect("a port is free");
                socket
            });
            a.drain();
            client
        })
        .collect();
    rows.push(a.each(State::SynSent, &clients, count));
    b.take_all(&mut a);
    let embryonic = b.stack.sockets();
    let embryonic: Vec<SocketId> = embryonic
        .iter()
        .filter(|status| status.state == State::SynReceived)
        .map(|status| status.socket)
        .collect();
    assert_eq!(embryonic.len(), count);
    rows.push(b.each(State::SynReceived, &embryonic, count));
    a.take_all(&mut b);
    rows.push(a.each(State::Established, &clients, count));
    b.take_all(&mut a);
    let children: Vec<SocketId> = (0..count)
        .map(|_| b.counted(|stack| stack.accept(listener).expect("it is acceptable")))
        .collect();
    for client in &clients {
        a.counted(|stack| stack.close(Instant::ZERO, *client).expect("it is open"));
        a.drain();
    }
    rows.push(a.each(State::FinWait1, &clients, count));
    b.take_all(&mut a);
    rows.push(b.each(State::CloseWait, &children, count));
    a.take_all(&mut b);
    rows.push(a.each(State::FinWait2, &clients, count));
    for child in &children {
        b.counted(|stack| stack.close(Instant::ZERO, *child).expect("it is open"));
        b.drain();
    }
    rows.push(b.each(State::LastAck, &children, count));
    a.take_all(&mut b);
    rows.push(a.each(State::TimeWait, &clients, count));
    b.take_all(&mut a);
    rows.push(b.each(State::Closed, &[], count));
    rows
}
