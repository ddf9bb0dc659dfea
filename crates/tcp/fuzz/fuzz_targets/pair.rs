//! Two engines and what is between them, for the targets that need a connection in some state.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::SocketId;
use tcp::seq::Seq;
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, Stack};
use tcp::time::{Duration, Instant};
use tcp::wire::{Envelope, Flags, OptionBuffer, SegmentHeader, write_datagram};

pub struct Pair {
    pub stacks: [Stack; 2],
    pub sockets: [SocketId; 2],
    pub wire: [Vec<Vec<u8>>; 2],
    pub now: Instant,
}

pub fn address(side: usize) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1 + side as u8)), 1000 + side as u16)
}

impl Pair {
    pub fn new(policy: u8) -> Pair {
        let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
        let settings = Settings::new(policies[usize::from(policy) % 4]);
        let mut stacks =
            [0, 1].map(|side| Stack::new(&[address(side).ip()], 1500, settings.clone(), [side as u8; 16]));
        let sockets = [0, 1].map(|side| {
            let socket = stacks[side].socket();
            stacks[side].bind(socket, address(side)).expect("a fresh host");
            socket
        });
        Pair { stacks, sockets, wire: [Vec::new(), Vec::new()], now: Instant(1_000_000) }
    }

    /// The one loop every owner runs. What an input makes is bounded.
    pub fn drain(&mut self, side: usize) {
        for turn in 0.. {
            assert!(turn < 10_000, "it never stops sending");
            while self.stacks[side].poll_event().is_some() {}
            let mut bytes = Vec::new();
            if self.stacks[side].poll_transmit(self.now, &mut bytes).is_none() {
                break;
            }
            if self.wire[side].len() < 64 {
                self.wire[side].push(bytes);
            }
        }
        if let Ok(status) = self.stacks[side].status(self.sockets[side]) {
            assert!(status.snd_una.at_or_before(status.snd_nxt));
            assert!(status.receive_queue + status.reassembly_queue <= 2 * 65_536 + 1_048_576 * 8);
        }
    }

    pub fn deliver(&mut self, from: usize, at: usize) {
        if self.wire[from].is_empty() {
            return;
        }
        let at = at % self.wire[from].len();
        let bytes = self.wire[from].remove(at);
        self.stacks[1 - from].handle_datagram(self.now, &bytes);
        self.drain(1 - from);
    }

    pub fn deliver_all(&mut self) {
        for _ in 0..20 {
            self.deliver(0, 0);
            self.deliver(1, 0);
        }
    }

    /// One of the things an application or the clock does.
    pub fn act(&mut self, side: usize, what: u8) {
        let (stack, socket, now) = (&mut self.stacks[side], self.sockets[side], self.now);
        match what % 10 {
            0 => drop(stack.connect(now, socket, address(1 - side))),
            1 => drop(stack.open_passive(now, socket, None)),
            2 => drop(stack.listen(now, socket, Some(2))),
            3 => drop(stack.send(now, socket, &[0x61; 700], SendFlags::default())),
            4 => drop(stack.shutdown(now, socket)),
            5 => drop(stack.close(now, socket)),
            6 => drop(stack.abort(now, socket)),
            7 => drop(stack.receive(now, socket, &mut Vec::new(), 1000)),
            8 => {
                if let Ok(child) = stack.accept(socket) {
                    self.sockets[side] = child;
                }
            }
            _ => {
                self.now = self.now + Duration::from_millis(700);
                if let Some((deadline, ..)) = self.stacks[side].poll_timeout() {
                    self.now = self.now.max(deadline);
                    self.stacks[side].handle_timeout(self.now);
                }
            }
        }
        self.drain(side);
    }

    /// Brings both ends into one of many states.
    pub fn bring(&mut self, script: &[u8]) {
        for &byte in script {
            match byte >> 4 {
                0..=7 => self.act(usize::from(byte >> 4) & 1, byte),
                8..=11 => self.deliver(usize::from(byte >> 4) & 1, usize::from(byte & 15)),
                12 | 13 => self.deliver_all(),
                _ => {
                    let side = usize::from(byte >> 4) & 1;
                    if !self.wire[side].is_empty() {
                        let at = usize::from(byte & 15) % self.wire[side].len();
                        self.wire[side].remove(at);
                    }
                }
            }
        }
    }

    /// A segment from `1 - side` to `side`, with right checksums.
    #[allow(dead_code)]
    pub fn forge(&mut self, side: usize, seq: Seq, ack: Seq, flags: u8, window: u16, text: &[u8]) {
        let header = SegmentHeader {
            source_port: address(1 - side).port(),
            destination_port: address(side).port(),
            seq,
            ack,
            flags: Flags(flags),
            window,
            urgent_pointer: window & 3,
        };
        let envelope = Envelope::new(address(1 - side).ip(), address(side).ip());
        let mut bytes = Vec::new();
        write_datagram(&mut bytes, &envelope, &header, &OptionBuffer::default(), [text, &[]]).expect("it is short");
        self.stacks[side].handle_datagram(self.now, &bytes);
        self.drain(side);
    }
}
