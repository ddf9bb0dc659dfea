//! Two engines and what is between them, for the targets that need a connection in some state.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::SocketId;
use tcp::seq::Seq;
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, SocketOption, Stack};
use tcp::time::{Duration, Instant};
use tcp::wire::{Envelope, Flags, OptionBuffer, SegmentHeader, write_datagram};

use super::judge::{Judge, setting};

/// Bytes of the header that [`Pair::brought`] takes.
pub const HEADER: usize = 40;
const MTU: u16 = 1500;
/// As many datagrams are on their way at most.
const WIRE_MAX: usize = 64;

/// Both ends.
pub struct Pair {
    pub stacks: [Stack; 2],
    judges: [Judge; 2],
    pub sockets: [SocketId; 2],
    pub wire: [Vec<Vec<u8>>; 2],
    pub now: Instant,
    /// The largest buffers any socket was ever given.
    buffers: [u32; 2],
}

/// The one address and port each side uses.
#[must_use]
pub fn address(side: usize) -> SocketAddr {
    SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1 + side as u8)),
        1000 + side as u16,
    )
}

impl Pair {
    /// Two hosts as the header says, in the state it asks for: 0 preset, 1 policies, 2 which setting to
    /// change of side 1 or both, 3 length of the script; six settings; the script.
    #[must_use]
    pub fn brought(header: &[u8; HEADER]) -> Pair {
        let &[preset, policy, both, length, ref rest @ ..] = header;
        let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
        let (picks, script) = rest.split_at(12);
        let mut buffers = [0; 2];
        let mut stacks = [0, 1].map(|side: usize| {
            let mut settings = Settings::new(policies[usize::from(policy >> (2 * side)) % 4]);
            for pick in picks.chunks(2).take(usize::from(both >> 5)) {
                if side == 1 || both & 1 == 0 {
                    let (name, value) = setting(pick[0], pick[1]);
                    settings
                        .set(name, &value)
                        .unwrap_or_else(|e| panic!("{name} {value}: {e}"));
                }
            }
            buffers[0] = buffers[0].max(settings.receive_buffer);
            buffers[1] = buffers[1].max(settings.send_buffer);
            Stack::new(&[address(side).ip()], MTU, settings, [side as u8; 16])
        });
        let sockets = [0, 1].map(|side: usize| {
            let socket = stacks[side].socket();
            stacks[side]
                .bind(socket, address(side))
                .expect("a fresh host");
            socket
        });
        let judges = [Judge::default(), Judge::default()];
        let now = Instant(1_000_000);
        let mut pair = Pair {
            stacks,
            judges,
            sockets,
            wire: [Vec::new(), Vec::new()],
            now,
            buffers,
        };
        pair.preset(preset);
        pair.follow(&script[..usize::from(length).min(script.len())]);
        pair
    }

    /// The states of figure 5, each reached by the shortest way; seen from side 1.
    fn preset(&mut self, preset: u8) {
        let open = |pair: &mut Pair| {
            pair.act(1, 2);
            pair.act(0, 0);
            pair.deliver_all();
            pair.act(1, 8);
        };
        match preset % 14 {
            0 => {}
            1 => self.act(1, 2),
            2 => self.act(1, 1),
            3 => self.act(1, 0),
            4 => {
                self.act(1, 1);
                self.act(0, 0);
                self.deliver(0, 0);
            }
            5 => {
                self.act(0, 0);
                self.act(1, 0);
                self.deliver_all();
            }
            6 => open(self),
            7 => {
                open(self);
                self.act(1, 5);
            }
            8 => {
                open(self);
                self.act(1, 4);
                self.deliver_all();
            }
            9 => {
                open(self);
                self.act(0, 4);
                self.deliver_all();
            }
            10 => {
                open(self);
                self.act(0, 4);
                self.act(1, 4);
                self.deliver(0, 0);
            }
            11 => {
                open(self);
                self.act(0, 5);
                self.deliver_all();
                self.act(1, 5);
            }
            12 => {
                open(self);
                self.act(1, 4);
                self.deliver_all();
                self.act(0, 5);
                self.deliver_all();
            }
            _ => {
                open(self);
                for _ in 0..8 {
                    self.act(0, 3);
                    self.act(1, 3);
                    self.deliver_all();
                }
            }
        }
    }

    /// Calls, deliveries, losses and time, a byte each.
    pub fn follow(&mut self, script: &[u8]) {
        for &byte in script {
            let side = usize::from(byte >> 4) & 1;
            match byte >> 4 {
                0..=7 => self.act(side, byte & 15),
                8..=11 => self.deliver(side, usize::from(byte & 15)),
                12 | 13 => self.deliver_all(),
                _ if !self.wire[side].is_empty() => {
                    let at = usize::from(byte & 15) % self.wire[side].len();
                    self.wire[side].remove(at);
                }
                _ => {}
            }
        }
    }

    /// The one loop every owner runs. What an input makes is bounded.
    fn drain(&mut self, side: usize) {
        let (stack, judge) = (&mut self.stacks[side], &mut self.judges[side]);
        for turn in 0.. {
            assert!(turn < 10_000, "it never stops sending");
            while let Some(event) = stack.poll_event() {
                judge.event(event);
            }
            let mut bytes = Vec::new();
            if stack.poll_transmit(self.now, &mut bytes).is_none() {
                break;
            }
            judge.sent(&bytes, usize::from(MTU));
            if self.wire[side].len() < WIRE_MAX {
                self.wire[side].push(bytes);
            }
        }
        judge.settled(stack, self.buffers[0], self.buffers[1]);
    }

    /// A datagram arrives.
    pub fn give(&mut self, side: usize, bytes: &[u8]) {
        self.judges[side].arrives(bytes);
        self.stacks[side].handle_datagram(self.now, bytes);
        self.drain(side);
        self.judges[side].arrived();
    }

    /// One of those that are on their way from a side arrives.
    pub fn deliver(&mut self, from: usize, at: usize) {
        if !self.wire[from].is_empty() {
            let at = at % self.wire[from].len();
            let bytes = self.wire[from].remove(at);
            self.give(1 - from, &bytes);
        }
    }

    /// So many of them arrive, in order, that the talk should be over.
    pub fn deliver_all(&mut self) {
        for _ in 0..20 {
            self.deliver(0, 0);
            self.deliver(1, 0);
        }
    }

    /// One of the things an application or the clock does.
    pub fn act(&mut self, side: usize, what: u8) {
        let (stack, socket, now) = (&mut self.stacks[side], self.sockets[side], self.now);
        match what % 16 {
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
            9 => self.wait(side),
            10 => drop(stack.send(
                now,
                socket,
                &[0x62; 40_000],
                SendFlags {
                    push: true,
                    urgent: false,
                    more: false,
                },
            )),
            11 => drop(stack.send(
                now,
                socket,
                b"!",
                SendFlags {
                    push: false,
                    urgent: true,
                    more: false,
                },
            )),
            12 => drop(stack.set_option(now, socket, SocketOption::NoDelay(true))),
            13 => drop(stack.set_option(
                now,
                socket,
                SocketOption::KeepAlive(Some(Duration::from_secs(2))),
            )),
            14 => drop(stack.set_option(now, socket, SocketOption::Linger(Some(Duration::ZERO)))),
            _ => {
                // The old one goes on by itself.
                let fresh = stack.socket();
                if stack.bind(fresh, address(side)).is_err() {
                    let _ = stack.close(now, fresh);
                } else {
                    self.sockets[side] = fresh;
                }
            }
        }
        self.drain(side);
    }

    /// Time passes until something is due.
    pub fn wait(&mut self, side: usize) {
        self.now = self.now + Duration::from_millis(7);
        if let Some((deadline, ..)) = self.stacks[side].poll_timeout() {
            self.now = self.now.max(deadline);
        }
        for turn in 0.. {
            assert!(turn < 1_000, "a timer that is always due");
            let due = self.stacks[side]
                .poll_timeout()
                .is_some_and(|(deadline, ..)| deadline <= self.now);
            if !due {
                break;
            }
            self.stacks[side].handle_timeout(self.now);
            self.drain(side);
        }
    }

    /// A segment from `1 - side` to `side`, with right checksums.
    pub fn forge(&mut self, side: usize, segment: &Forged<'_>) {
        let header = SegmentHeader {
            source_port: address(1 - side).port(),
            destination_port: address(side).port(),
            seq: segment.seq,
            ack: segment.ack,
            flags: Flags(segment.flags),
            window: segment.window,
            urgent_pointer: segment.urgent_pointer,
        };
        let envelope = Envelope::new(address(1 - side).ip(), address(side).ip());
        let mut bytes = Vec::new();
        write_datagram(
            &mut bytes,
            &envelope,
            &header,
            &segment.options,
            [segment.text, &[]],
        )
        .expect("it is short");
        self.give(side, &bytes);
    }

    /// Everybody lets go: then everything comes to an end by itself.
    pub fn finish(mut self) {
        for side in 0..2 {
            let stack = &mut self.stacks[side];
            // Without that limit FIN-WAIT-2 lasts for ever, and a listener's children wait as they like.
            if stack.settings().fin_wait_2_limit.is_none() {
                return;
            }
            for status in stack.sockets() {
                let limit = SocketOption::UserTimeout(Some(Duration::from_secs(10)));
                let _ = stack.set_option(self.now, status.socket, limit);
                let _ = stack.close(self.now, status.socket);
            }
            self.drain(side);
            for _ in 0..2_000 {
                if self.stacks[side].poll_timeout().is_none() {
                    break;
                }
                self.wait(side);
            }
            let left = self.stacks[side].sockets();
            assert!(left.is_empty(), "left over: {left:?}");
        }
    }
}

/// A segment made up from nothing.
pub struct Forged<'a> {
    pub seq: Seq,
    pub ack: Seq,
    pub flags: u8,
    pub window: u16,
    pub urgent_pointer: u16,
    pub options: OptionBuffer,
    pub text: &'a [u8],
}
