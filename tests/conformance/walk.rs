//! Random walks: segments around every edge, calls, time, ICMP and changes of
//! settings in any order, with any settings. Nothing panics (the gate of states
//! lets through RFC 9293's arcs only), and what must always hold does.

use std::collections::BTreeMap;

use tcp::event::{EventKind, SocketId};
use tcp::settings::{SettingKind, Settings};
use tcp::stack::{SendFlags, SocketOption};
use tcp::state::State;
use tcp::time::Duration;
use tcp::wire::{IcmpKind, Unreachable};

use crate::bench::Bench;
use crate::record::{cases, shows};

/// A small generator of its own, the same everywhere (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// A value the setting takes; small ones, where limits are near.
fn value(chance: &mut Chance, name: &str, kind: &SettingKind) -> Option<String> {
    Some(match *kind {
        SettingKind::Switch => chance.of(&["on", "off"]).to_owned(),
        SettingKind::Choice(words) => chance.of(words).to_owned(),
        SettingKind::Integer {
            minimum, maximum, ..
        } => {
            let n = match name {
                "sockets" => 20,
                "receive-buffer" | "send-buffer" => chance.of(&[1, 100, 3_000, 65_536, 1 << 20]),
                _ => chance.of(&[0, 1, 2, 3, 5, 17, 1_000, 40_000]),
            };
            n.clamp(minimum, maximum).to_string()
        }
        SettingKind::Time {
            minimum_us,
            maximum_us,
            never,
        } => {
            if never && chance.one_in(4) {
                return Some("never".to_owned());
            }
            let us: u64 = chance.of(&[0, 1_000, 40_000, 300_000, 1_000_000, 7_000_000]);
            format!("{}us", us.clamp(minimum_us, maximum_us))
        }
        SettingKind::Generator(_) => return None,
    })
}

fn random_settings(chance: &mut Chance) -> String {
    let policy = chance.of(&["rfc", "linux", "freebsd", "letter"]);
    let isn = chance.of(&["100", "4294967290", "2147483640", "4294960000"]);
    let mut text = format!("policy {policy}; isn listed {isn}, 5, 4294967000");
    for info in Settings::table() {
        if chance.one_in(8)
            && info.name != "quiet-time"
            && let Some(value) = value(chance, info.name, &info.kind)
        {
            text += &format!("; {} {value}", info.name);
        }
    }
    text
}

fn random_segment(chance: &mut Chance, b: &Bench) -> String {
    let status = b.stack.status(b.socket).ok();
    let (rcv_nxt, rcv_wnd, una, nxt) = status.map_or((300, 4_000, 100, 101), |s| {
        (s.rcv_nxt.0, s.rcv_wnd, s.snd_una.0, s.snd_nxt.0)
    });
    let flags = chance.of(&[
        ".", ".", ".", "P.", "P.", "F.", "FP.", "S", "S.", "R", "R.", "-", "F", "SF", "SF.", "P.U",
        "SR.", "FPU",
    ]);
    let near = |chance: &mut Chance| {
        chance.of(&[
            0u32,
            0,
            0,
            1,
            u32::MAX,
            2,
            u32::MAX - 1,
            10,
            u32::MAX - 9,
            1_460,
        ])
    };
    let seq = match chance.below(10) {
        0..=6 => rcv_nxt.wrapping_add(near(chance)),
        7 => rcv_nxt.wrapping_add(rcv_wnd / 2),
        8 => rcv_nxt
            .wrapping_add(rcv_wnd)
            .wrapping_sub(chance.below(3) as u32),
        _ => chance.next() as u32,
    };
    let ack = match chance.below(10) {
        0..=4 => nxt.wrapping_add(near(chance)),
        5..=7 => una.wrapping_add(near(chance)),
        8 => una.wrapping_add(nxt.wrapping_sub(una) / 2),
        _ => chance.next() as u32,
    };
    let len = chance.of(&[0u32, 0, 0, 1, 10, 536, 1_460, 3_000]);
    let window = chance.of(&[0u32, 1, 100, 10_000, 65_535]);
    let mut text = format!(
        "{flags} {seq} ack {ack} len {len} win {window} up {}",
        chance.of(&[0, 1, 10, 60_000])
    );
    let ticks = (b.now.0 / 1_000) as u32;
    text += &match chance.below(6) {
        0 => String::new(),
        1 => " <mss 1460,sackOK,TS 5 0,wscale 7>".to_owned(),
        2 => format!(" <mss {}>", chance.of(&[0, 1, 64, 536, 9_000])),
        3 => format!(
            " <sack {}-{} {}-{}>",
            una,
            nxt,
            una.wrapping_add(100),
            una.wrapping_add(50)
        ),
        _ => format!(
            " <TS {} {}>",
            chance.of(&[5, 6, ticks, u32::MAX]),
            chance.of(&[0, ticks, 1])
        ),
    };
    text
}

struct Walk {
    b: Bench,
    listener: Option<SocketId>,
    chance: Chance,
    seen: usize,
    ends: BTreeMap<SocketId, usize>,
    /// Right edges announced, by socket.
    edges: BTreeMap<SocketId, u32>,
}

impl Walk {
    fn new(seed: u64) -> (Walk, String) {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let text = random_settings(&mut chance);
        let mut walk = Walk {
            b: Bench::new(&text),
            listener: None,
            chance,
            seen: 0,
            ends: BTreeMap::new(),
            edges: BTreeMap::new(),
        };
        match walk.chance.below(3) {
            0 => walk.b.connect(),
            1 => walk.b.open_passive(),
            _ => walk.listener = Some(walk.b.listen(None)),
        }
        walk.check(None);
        (walk, text)
    }

    fn step(&mut self) {
        let mut given = None;
        match self.chance.below(24) {
            0..=11 => {
                let text = random_segment(&mut self.chance, &self.b);
                self.b.arrives(&text);
                given = Some(text);
            }
            12 | 13 => {
                let len = self.chance.of(&[1, 10, 1_460, 5_000, 70_000]);
                let urgent = self.chance.one_in(8);
                let flags = SendFlags {
                    push: true,
                    urgent,
                    more: false,
                };
                let _ = self.b.send_flags(len, flags);
            }
            14 | 15 => {
                let limit = self.chance.of(&[1, 100, 100_000]);
                let _ = self.b.receive(limit);
            }
            16 | 17 => {
                let ms = self.chance.of(&[1, 50, 200, 1_000, 5_000, 70_000]);
                self.b.wait(Duration::from_millis(ms));
            }
            18 => {
                if let Some(listener) = self.listener
                    && let Ok(socket) = self.b.stack.accept(listener)
                {
                    self.b.socket = socket;
                }
            }
            19 => {
                let kind = self.chance.of(&[
                    IcmpKind::SourceQuench,
                    IcmpKind::TooBig { mtu: 0 },
                    IcmpKind::TooBig { mtu: 600 },
                    IcmpKind::Unreachable(Unreachable::Host),
                    IcmpKind::Unreachable(Unreachable::Prohibited),
                ]);
                let una = self
                    .b
                    .stack
                    .status(self.b.socket)
                    .map_or(100, |s| s.snd_una.0);
                self.b.icmp(kind, una);
            }
            20 => {
                let option = self.chance.of(&[
                    SocketOption::NoDelay(true),
                    SocketOption::KeepAlive(Some(Duration::from_secs(2))),
                    SocketOption::KeepAlive(None),
                    SocketOption::Linger(Some(Duration::from_secs(1))),
                    SocketOption::UserTimeout(Some(Duration::from_secs(3))),
                    SocketOption::UserTimeout(None),
                    SocketOption::ReceiveBuffer(50),
                    SocketOption::SendBuffer(50),
                ]);
                let (now, socket) = (self.b.now, self.b.socket);
                let _ = self.b.stack.set_option(now, socket, option);
                self.b.drain();
            }
            21 => {
                let info = self.chance.of(Settings::table());
                // FreeBSD's window is wider inside than the field can say.
                if !matches!(info.name, "quiet-time" | "window-rounding")
                    && let Some(value) = value(&mut self.chance, info.name, &info.kind)
                {
                    self.b.configure(&format!("{} {value}", info.name));
                }
            }
            22 => {
                let _ = self.b.shutdown();
            }
            _ => {
                if self.chance.one_in(3) {
                    let _ = self.b.abort();
                } else if self.chance.one_in(2) {
                    let _ = self.b.close();
                }
            }
        }
        self.check(given.as_deref());
    }

    fn check(&mut self, given: Option<&str>) {
        let after_rst =
            given.is_some_and(|text| text.split(' ').next().is_some_and(|f| f.contains('R')));
        for event in &self.b.events[self.seen..] {
            let Some(socket) = event.socket else { continue };
            let ends = self.ends.entry(socket).or_default();
            if let EventKind::Ended { .. } = event.kind {
                *ends += 1;
                assert!(*ends == 1, "{socket:?} ended twice");
            } else {
                assert!(*ends == 0, "{socket:?}: {event:?} after its end");
            }
            if let EventKind::State {
                to: State::Listen | State::SynReceived,
                ..
            } = event.kind
            {
                self.edges.remove(&socket);
            }
        }
        self.seen = self.b.events.len();
        assert!(
            given.is_none() || self.b.sent.len() < 4_000,
            "{} segments for one",
            self.b.sent.len()
        );
        for (_, seg) in self.b.sent.drain(..) {
            assert!(
                !(after_rst && seg.flags.rst()),
                "a RST was answered with {}",
                seg.short()
            );
            assert!(
                seg.flags.ack() || seg.flags.syn() || seg.flags.rst(),
                "{} has no ACK",
                seg.short()
            );
            assert!(seg.payload.len() <= 1_460);
            assert!(!(seg.flags.syn() && seg.flags.fin()));
            assert!(!seg.options.contains("mss") || seg.flags.syn(), "MUST-65");
        }
        for status in self.b.stack.sockets() {
            if !status.state.is_synchronized() {
                continue;
            }
            assert!(status.snd_nxt.since(status.snd_una) < 1 << 31);
            let edge = status.rcv_nxt.0.wrapping_add(status.rcv_wnd);
            let before = self.edges.insert(status.socket, edge).unwrap_or(edge);
            // The FIN takes a number, not a place in the window.
            assert!(
                edge.wrapping_sub(before) < 1 << 31,
                "{:?}: the right edge went back from {before} to {edge}",
                status.socket
            );
        }
    }
}

#[test]
fn nothing_ever_breaks_what_must_always_hold() {
    shows("U3, SHLD-14, MUST-12, MUST-65, sequence wrap");
    for seed in 1..=walks() {
        let (mut walk, text) = Walk::new(seed);
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..120 {
                walk.step();
            }
        }));
        if told.is_err() {
            panic!("seed {seed}, settings {text}\n{}", walk.b.log.join("\n"));
        }
    }
}

/// `CONFORMANCE_WALKS=100000` looks longer.
fn walks() -> u64 {
    std::env::var("CONFORMANCE_WALKS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_500)
}

cases![nothing_ever_breaks_what_must_always_hold];
