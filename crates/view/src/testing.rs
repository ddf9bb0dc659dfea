//! Scores written by hand, for tests of the pictures.

use sim::run::Rule;
use sim::trace::{Place, Record, RecordId, RecordKind, Sent, Why, WorldReason};
use tcp::event::{Ended, Timer};
use tcp::reason::Reason;
use tcp::state::State;
use tcp::time::{Duration, Instant};
use tcp::wire::Flags;

use crate::score::{Extra, Score};

pub const LATENCY_US: u64 = 50_000;

/// A segment as tests write it.
#[derive(Clone, Copy)]
pub struct Seg {
    pub flags: Flags,
    pub seq: u32,
    pub ack: u32,
    pub len: u32,
}

pub const SYN: Flags = Flags::SYN;
pub const ACK: Flags = Flags::ACK;
pub const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);
pub const PSH_ACK: Flags = Flags(Flags::PSH.0 | Flags::ACK.0);
pub const FIN_ACK: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);
pub const RST: Flags = Flags::RST;

pub fn seg(flags: Flags, seq: u32, ack: u32, len: u32) -> Seg {
    Seg {
        flags,
        seq,
        ack,
        len,
    }
}

/// Puts records one after the other.
pub struct Pen {
    pub score: Score,
    next: u32,
    /// Which socket of A and of B segments concern.
    pub sockets: [u32; 2],
    nth: [u32; 4],
    reason: Reason,
}

impl Pen {
    pub fn new() -> Pen {
        Pen {
            score: Score::with_latency([Duration(LATENCY_US); 2], true),
            next: 0,
            sockets: [1, 1],
            nth: [0; 4],
            reason: Reason::ALL[0],
        }
    }

    pub fn record(
        &mut self,
        time: u64,
        place: Place,
        socket: u32,
        kind: RecordKind,
        extra: &Extra,
    ) -> RecordId {
        let id = RecordId(self.next);
        self.next += 1;
        self.score.push(
            &Record {
                id,
                cause: None,
                time: Instant(time),
                place,
                socket,
                kind,
            },
            extra,
        );
        id
    }

    pub fn call(&mut self, time: u64, place: Place, word: &'static str, number: u32) -> RecordId {
        let extra = Extra {
            word,
            number,
            ..Extra::default()
        };
        self.record(
            time,
            place,
            self.socket(place),
            RecordKind::Call { index: 0 },
            &extra,
        )
    }

    pub fn state(
        &mut self,
        time: u64,
        place: Place,
        socket: u32,
        from: State,
        to: State,
    ) -> RecordId {
        let reason = self.reason;
        self.record(
            time,
            place,
            socket,
            RecordKind::State { from, to, reason },
            &Extra::default(),
        )
    }

    pub fn send(&mut self, time: u64, place: Place, segment: Seg) -> RecordId {
        self.send_again(time, place, segment, None, &[])
    }

    pub fn send_again(
        &mut self,
        time: u64,
        place: Place,
        s: Seg,
        of: Option<RecordId>,
        rules: &[Rule],
    ) -> RecordId {
        let id = RecordId(self.next);
        self.nth[place as usize] += 1;
        let to = if place == Place::A {
            Place::B
        } else {
            Place::A
        };
        let (source_port, destination_port) = if place == Place::A {
            (40_000, 8080)
        } else {
            (8080, 40_000)
        };
        let sent = Sent {
            send: id,
            time: Instant(time),
            place,
            nth: self.nth[place as usize],
            fate: None,
            fate_time: None,
            to,
            tcp: true,
            source_port,
            destination_port,
            seq: s.seq,
            ack: s.ack,
            flags: s.flags.0,
            window: 65_535,
            len: s.len,
            datagram_len: 40 + s.len,
            retransmission_of: of,
        };
        let mss = if s.flags.syn() { 1460 } else { 0 };
        let extra = Extra {
            sent: Some(sent),
            mss,
            rules,
            ..Extra::default()
        };
        let why = if place == Place::Attacker {
            Why::World(WorldReason::Forged)
        } else {
            Why::Engine(self.reason)
        };
        self.record(
            time,
            place,
            self.socket(place),
            RecordKind::Send {
                why,
                retransmission_of: of,
            },
            &extra,
        )
    }

    fn socket(&self, place: Place) -> u32 {
        match place {
            Place::A => self.sockets[0],
            Place::B => self.sockets[1],
            Place::Link | Place::Attacker => 0,
        }
    }

    pub fn arrive(&mut self, time: u64, place: Place, send: RecordId) -> RecordId {
        let why = Why::Engine(self.reason);
        self.record(
            time,
            place,
            self.socket(place),
            RecordKind::Arrive { send, why },
            &Extra::default(),
        )
    }

    pub fn refuse(&mut self, time: u64, place: Place, send: RecordId) -> RecordId {
        let why = Why::Engine(self.reason);
        self.record(
            time,
            place,
            self.socket(place),
            RecordKind::Drop { send, why },
            &Extra::default(),
        )
    }

    pub fn lose(&mut self, time: u64, send: RecordId) -> RecordId {
        let why = Why::World(WorldReason::RandomLoss);
        self.record(
            time,
            Place::Link,
            0,
            RecordKind::Drop { send, why },
            &Extra::default(),
        )
    }

    pub fn set(&mut self, time: u64, place: Place, timer: Timer, deadline: u64) -> RecordId {
        let kind = RecordKind::TimerSet {
            timer,
            deadline: Instant(deadline),
            reason: self.reason,
        };
        self.record(time, place, self.socket(place), kind, &Extra::default())
    }

    pub fn fired(&mut self, time: u64, place: Place, timer: Timer) -> RecordId {
        self.record(
            time,
            place,
            self.socket(place),
            RecordKind::TimerFired { timer },
            &Extra::default(),
        )
    }

    pub fn cancelled(&mut self, time: u64, place: Place, timer: Timer) -> RecordId {
        let kind = RecordKind::TimerCancelled {
            timer,
            reason: self.reason,
        };
        self.record(time, place, self.socket(place), kind, &Extra::default())
    }

    pub fn ended(&mut self, time: u64, place: Place, how: Ended) -> RecordId {
        let kind = RecordKind::Ended {
            how,
            reason: self.reason,
        };
        self.record(time, place, self.socket(place), kind, &Extra::default())
    }
}

/// Handshake with a lost SYN, a little data, and a close with TIME-WAIT.
pub fn conversation() -> Score {
    use State::*;
    let mut p = Pen::new();
    let (a, b) = (Place::A, Place::B);
    let (iss, irs) = (3_000_000_000u32, 77_000u32);
    p.call(0, b, "listen", 8080);
    p.state(0, b, 1, Closed, Listen);
    p.sockets = [1, 2];
    p.call(20_000, a, "connect", 0);
    p.state(20_000, a, 1, Closed, SynSent);
    let first = p.send(20_000, a, seg(SYN, iss, 0, 0));
    p.set(20_000, a, Timer::Retransmission, 1_020_000);
    p.lose(48_000, first);
    p.fired(1_020_000, a, Timer::Retransmission);
    let again = p.send_again(1_020_000, a, seg(SYN, iss, 0, 0), Some(first), &[]);
    p.set(1_020_000, a, Timer::Retransmission, 3_020_000);
    p.arrive(1_070_000, b, again);
    p.state(1_070_000, b, 2, Listen, SynReceived);
    let syn_ack = p.send(1_070_000, b, seg(SYN_ACK, irs, iss.wrapping_add(1), 0));
    p.arrive(1_120_000, a, syn_ack);
    p.cancelled(1_120_000, a, Timer::Retransmission);
    p.state(1_120_000, a, 1, SynSent, Established);
    let ack = p.send(1_120_000, a, seg(ACK, iss + 1, irs + 1, 0));
    p.call(1_130_000, a, "send", 500);
    let data = p.send(1_130_000, a, seg(PSH_ACK, iss + 1, irs + 1, 500));
    p.arrive(1_170_000, b, ack);
    p.state(1_170_000, b, 2, SynReceived, Established);
    p.arrive(1_180_000, b, data);
    let ack = p.send(1_180_000, b, seg(ACK, irs + 1, iss + 501, 0));
    p.arrive(1_230_000, a, ack);
    p.call(1_300_000, a, "close", 0);
    p.state(1_300_000, a, 1, Established, FinWait1);
    let fin = p.send(1_300_000, a, seg(FIN_ACK, iss + 501, irs + 1, 0));
    p.arrive(1_350_000, b, fin);
    p.state(1_350_000, b, 2, Established, CloseWait);
    let ack = p.send(1_350_000, b, seg(ACK, irs + 1, iss + 502, 0));
    p.arrive(1_400_000, a, ack);
    p.state(1_400_000, a, 1, FinWait1, FinWait2);
    p.call(1_450_000, b, "close", 0);
    p.state(1_450_000, b, 2, CloseWait, LastAck);
    let fin = p.send(1_450_000, b, seg(FIN_ACK, irs + 1, iss + 502, 0));
    p.arrive(1_500_000, a, fin);
    p.state(1_500_000, a, 1, FinWait2, TimeWait);
    p.set(1_500_000, a, Timer::TimeWait, 241_500_000);
    let ack = p.send(1_500_000, a, seg(ACK, iss + 502, irs + 2, 0));
    p.arrive(1_550_000, b, ack);
    p.state(1_550_000, b, 2, LastAck, Closed);
    p.fired(241_500_000, a, Timer::TimeWait);
    p.state(241_500_000, a, 1, TimeWait, Closed);
    p.ended(241_500_000, a, Ended::Closed);
    p.score
}

/// Both ends connect at once, a forged reset, a duplicate, a refused segment.
pub fn troubles() -> Score {
    use State::*;
    let mut p = Pen::new();
    let (a, b) = (Place::A, Place::B);
    p.call(0, a, "connect", 0);
    p.state(0, a, 1, Closed, SynSent);
    let one = p.send(0, a, seg(SYN, 100, 0, 0));
    p.call(5_000, b, "connect", 0);
    p.state(5_000, b, 1, Closed, SynSent);
    let two = p.send(5_000, b, seg(SYN, 300, 0, 0));
    p.arrive(50_000, b, one);
    p.state(50_000, b, 1, SynSent, SynReceived);
    let three = p.send(50_000, b, seg(SYN_ACK, 300, 101, 0));
    p.arrive(55_000, a, two);
    p.state(55_000, a, 1, SynSent, SynReceived);
    let four = p.send(55_000, a, seg(SYN_ACK, 100, 301, 0));
    p.arrive(100_000, a, three);
    p.state(100_000, a, 1, SynReceived, Established);
    p.arrive(105_000, b, four);
    p.state(105_000, b, 1, SynReceived, Established);
    p.arrive(130_000, b, four);
    let sent: Vec<RecordId> = (0..6)
        .map(|i| p.send(160_000, a, seg(PSH_ACK, 101 + i * 1000, 301, 1000)))
        .collect();
    p.lose(190_000, sent[2]);
    for (i, data) in sent.into_iter().enumerate() {
        if i != 2 {
            p.arrive(210_000, b, data);
        }
    }
    let forged = p.send(230_000, Place::Attacker, seg(RST, 50_000, 0, 0));
    p.refuse(270_000, a, forged);
    let challenge = p.send(270_000, a, seg(ACK, 101, 301, 0));
    p.arrive(320_000, b, challenge);
    p.ended(330_000, a, Ended::Reset);
    p.state(330_000, a, 1, Established, Closed);
    p.score
}

/// A bulk transfer of so many segments, each acknowledged.
pub fn bulk(segments: u32) -> Score {
    let mut p = Pen::new();
    let (a, b) = (Place::A, Place::B);
    p.state(0, a, 1, State::Closed, State::Established);
    p.state(0, b, 1, State::Closed, State::Established);
    let step = 1_200;
    let mut sent = std::collections::VecDeque::new();
    let mut acks = std::collections::VecDeque::new();
    let mut time = 0;
    let mut next = 0;
    while next < segments || !sent.is_empty() || !acks.is_empty() {
        while sent.front().is_some_and(|(at, _)| *at <= time) {
            let (at, id) = sent.pop_front().unwrap();
            p.arrive(at, b, id);
            let ack = p.send(at, b, seg(ACK, 1, 1 + id.0 * 1460, 0));
            acks.push_back((at + LATENCY_US, ack));
        }
        while acks.front().is_some_and(|(at, _)| *at <= time) {
            let (at, id) = acks.pop_front().unwrap();
            p.arrive(at, a, id);
        }
        if next < segments {
            let id = p.send(time, a, seg(PSH_ACK, 1 + next * 1460, 1, 1460));
            next += 1;
            if next % 97 == 0 {
                p.lose(time, id);
            } else {
                sent.push_back((time + LATENCY_US, id));
            }
        }
        // Every event has an instant of its own, as the simulation would give it.
        let soonest = [sent.front().map(|s| s.0), acks.front().map(|s| s.0)]
            .into_iter()
            .flatten()
            .min();
        let paced = if next < segments {
            Some((time / step + 1) * step)
        } else {
            None
        };
        time = [soonest, paced].into_iter().flatten().min().unwrap_or(time);
    }
    p.score
}

/// Keeps a picture for the eye, when `VIEW_SVG` names a folder.
pub fn save(name: &str, list: &crate::display::DisplayList) {
    if let Ok(folder) = std::env::var("VIEW_SVG") {
        let words = crate::svg::Words {
            title: name,
            description: "",
            language: "en",
        };
        let text = crate::svg::svg(list, &words, &crate::svg::Colours::Auto);
        std::fs::write(format!("{folder}/{name}.svg"), text).expect("the folder is there");
    }
}
