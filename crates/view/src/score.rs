//! The score: what a trace has to show, in the order in which it happens.
//!
//! Built once from the trace and then extended with it, one step per record.
//! Views ask it for what touches a stretch of time; the answer costs what is
//! seen, not what has been.

mod build;
mod rewind;
mod words;

use sim::run::{Action, HostKind, HostSpec, Rule, Run};
use sim::trace::{Place, RecordId, Sent};
use tcp::event::Timer;
use tcp::sorted::SortedMap;
use tcp::state::State;
use tcp::time::Duration;

use crate::spans::Spans;
use crate::time_map::{Moment, TimeMap};
use build::Slots;
use rewind::Waypoints;
pub use words::{action_word, call_word};

/// «Not known», «none», «not yet».
pub const NONE: u32 = u32::MAX;
/// An end that is not known.
pub const OPEN: u64 = u64::MAX;
/// The lane of sockets for which there is no lane.
pub const NO_LANE: u8 = u8::MAX;

/// How a segment ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Fate {
    /// It is under way, as far as is known.
    Unknown,
    /// It reached its host, which used it.
    Arrived,
    /// It reached its host, which refused it or only answered it.
    Refused,
    /// It was lost on the way.
    Lost,
}

/// What was done to a segment: a set of bits.
pub mod mark {
    #![allow(missing_docs)]
    pub const RETRANSMISSION: u8 = 1;
    pub const FORGED: u8 = 2;
    pub const EDITED: u8 = 4;
    pub const HELD: u8 = 8;
    pub const COPY: u8 = 16;
    pub const CORRUPTED: u8 = 32;
    pub const ICMP: u8 = 64;
    /// A second one that the link made: its own `send`, from the link.
    pub const DUPLICATE: u8 = 128;
}

/// One segment (or one copy of it) on its way.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Arrow {
    /// The record of its sending.
    pub send: RecordId,
    /// The record of its end, or [`NONE`].
    pub fate_record: u32,
    /// When and in which slot it was sent.
    pub sent: Moment,
    /// When and in which slot it ended; time [`OPEN`] while unknown.
    pub ended: Moment,
    /// Who put it on the link.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// How it ended.
    pub fate: Fate,
    /// Bits of [`mark`].
    pub marks: u8,
    /// The header's flags byte.
    pub flags: u8,
    /// SEQ.
    pub seq: u32,
    /// ACK.
    pub ack: u32,
    /// The ISS of the direction, 0 where none is known.
    pub seq_base: u32,
    /// The ISS of the other direction, 0 where none is known.
    pub ack_base: u32,
    /// Bytes of payload.
    pub len: u32,
    /// Window field.
    pub window: u16,
    /// The MSS option, 0 for none.
    pub mss: u16,
    /// By how many bits the window field is to be shifted (RFC 7323 2).
    pub window_shift: u8,
    /// The sender's socket, 0 for none.
    pub from_socket: u32,
    /// The receiver's socket, 0 for none or not yet.
    pub to_socket: u32,
    /// The arrow of the original of a retransmission, or [`NONE`].
    pub original: u32,
    /// The arrow of the transmission just before this retransmission (the original at first), or [`NONE`].
    pub before: u32,
}

/// A stretch of one state of one socket.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// The record that began it; [`NONE`] for the CLOSED before everything.
    pub record: u32,
    /// The record that ended it, or [`NONE`].
    pub end_record: u32,
    /// Whose.
    pub place: Place,
    /// Which lane of its host it is drawn in, or [`NO_LANE`].
    pub lane: u8,
    /// The socket.
    pub socket: u32,
    /// The state.
    pub state: State,
    /// Since when.
    pub start: Moment,
    /// Until when; time [`OPEN`] while it lasts.
    pub end: Moment,
}

/// How a run of a timer ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum TimerEnd {
    Running,
    Fired,
    Cancelled,
    /// Set anew before it ran out.
    SetAgain,
}

/// One run of a timer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimerRun {
    /// The record that set it.
    pub record: RecordId,
    /// The record that ended it, or [`NONE`].
    pub end_record: u32,
    /// Whose.
    pub place: Place,
    /// Its socket.
    pub socket: u32,
    /// Which timer.
    pub timer: Timer,
    /// Since when.
    pub start: Moment,
    /// When it ended; time [`OPEN`] while it runs.
    pub end: Moment,
    /// When it runs out.
    pub deadline: u64,
    /// How it ended.
    pub how: TimerEnd,
}

/// Something that happens at one point of a lifeline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mark {
    /// The record.
    pub record: RecordId,
    /// Where.
    pub place: Place,
    /// The socket, 0 for none.
    pub socket: u32,
    /// When.
    pub at: Moment,
    /// What.
    pub kind: MarkKind,
}

/// The kinds of [`Mark`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// A call of the application.
    Call {
        /// Index for `Trace::call`.
        index: u32,
        /// What was asked, in the run format's word.
        word: &'static str,
        /// Its number (a port, bytes), 0 for none.
        number: u32,
        /// Whether it was refused.
        failed: bool,
    },
    /// A person or the scenario acted on the world.
    Intervention {
        /// Index into the run's list or the scenario's script.
        index: u32,
        /// Which of the two.
        scripted: bool,
        /// What was done, in the run format's word; empty where the segment itself shows it.
        word: &'static str,
        /// The arrow of the segment it was done to; [`NONE`] if to none, or to one not sent yet.
        arrow: u32,
    },
    /// A limit was reached.
    Limit,
    /// The application was told something.
    Report,
    /// An engine sent something else than was recorded of it.
    Differs,
    /// The connection ended otherwise than by both FINs.
    Ended(tcp::event::Ended),
}

/// One change of a state.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Transition {
    /// The record.
    pub record: RecordId,
    /// Whose.
    pub place: Place,
    /// The socket.
    pub socket: u32,
    /// Before.
    pub from: State,
    /// After.
    pub to: State,
    /// When.
    pub time: u64,
    /// The one before it of the same socket, or of the listener that begot it; [`NONE`] for none.
    pub previous: u32,
}

/// One socket of a host.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SocketTrack {
    /// Whose.
    pub place: Place,
    /// Its number.
    pub socket: u32,
    /// Its lane.
    pub lane: u8,
    /// Its present band.
    pub band: u32,
    /// It is a listener with children.
    pub listener: bool,
    /// Its latest transition.
    pub transition: u32,
}

/// Where one 4-tuple's numbers begin, by direction and ports.
type BaseKey = (bool, u16, u16);

/// What a record alone does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extra<'a> {
    /// For a `send`: what was sent.
    pub sent: Option<Sent>,
    /// For a `send` with SYN: the MSS it announces, 0 for none.
    pub mss: u16,
    /// For a `send` with SYN: the window scale it offers.
    pub window_scale: Option<u8>,
    /// The scenario's rules.
    pub rules: &'a [Rule],
    /// For a `call`: see [`MarkKind::Call`].
    pub word: &'static str,
    #[allow(missing_docs)]
    pub number: u32,
    #[allow(missing_docs)]
    pub failed: bool,
    /// For an `intervention`: what was done.
    pub action: Option<&'a Action>,
}

/// What the next record meets: small, and another after each.
#[derive(Clone, Debug)]
struct Present {
    sockets: SortedMap<(Place, u32), SocketTrack>,
    /// Per host, the socket that has the lane (0: free) and the listener below it (0: none).
    lanes: [Vec<(u32, u32)>; 2],
    running: SortedMap<(Place, u32, Timer), u32>,
    /// ISS and offered window scale by direction and ports.
    bases: SortedMap<BaseKey, (u32, Option<u8>)>,
    /// The ISS that the receiver of a direction goes by: that of the latest SYN it used.
    heard: SortedMap<BaseKey, u32>,
    /// The latest retransmission of an original, by arrows.
    latest_of: SortedMap<u32, u32>,
    /// The directions of SYNs under way, by arrow.
    syns: SortedMap<u32, BaseKey>,
    /// What is expected of a direction: the latest whole flight, in microseconds.
    flight: [u64; 2],
    slots: [Slots; 2],
}

/// The score of a trace.
#[derive(Clone, Debug)]
pub struct Score {
    /// Time ↔ pixels.
    pub time: TimeMap,
    /// Whether A and B have states to show: of a script or a recording only segments are known.
    pub has_states: [bool; 2],
    arrows: Vec<Arrow>,
    arrow_spans: Spans,
    bands: Vec<Band>,
    band_spans: Spans,
    timers: Vec<TimerRun>,
    timer_spans: Spans,
    marks: Vec<Mark>,
    power_off: [Vec<(u64, u64)>; 2],
    transitions: Vec<Transition>,
    by_nth: [Vec<u32>; 4],
    /// For densities: arrow numbers and times of sending, per direction, in order.
    flow: [Vec<u64>; 2],
    lost: Vec<u64>,
    retransmitted: Vec<u64>,
    /// What was done on the way to a segment whose marks it changed: the arrow, and its marks before.
    acted: Vec<(u32, u8)>,
    present: Present,
    waypoints: Waypoints,
    seen: usize,
}

fn side(place: Place) -> Option<usize> {
    match place {
        Place::A => Some(0),
        Place::B => Some(1),
        Place::Link | Place::Attacker => None,
    }
}

impl Score {
    /// The score of nothing yet. `folding` as in [`TimeMap::new`].
    #[must_use]
    pub fn new(run: &Run, folding: bool) -> Score {
        let latency = [run.scenario.link[0].latency, run.scenario.link[1].latency];
        let mut score = Score::with_latency(latency, folding);
        let played = |spec: &HostSpec| spec.kind == HostKind::Engine;
        score.has_states = run.scenario.hosts.each_ref().map(played);
        score
    }

    /// The same, for latencies A→B and B→A.
    #[must_use]
    pub fn with_latency(latency: [Duration; 2], folding: bool) -> Score {
        let unit = latency[0].max(latency[1]).max(Duration(100));
        Score {
            time: TimeMap::new(unit, folding),
            has_states: [true; 2],
            arrows: Vec::new(),
            arrow_spans: Spans::default(),
            bands: Vec::new(),
            band_spans: Spans::default(),
            timers: Vec::new(),
            timer_spans: Spans::default(),
            marks: Vec::new(),
            power_off: [Vec::new(), Vec::new()],
            transitions: Vec::new(),
            by_nth: [const { Vec::new() }; 4],
            flow: [Vec::new(), Vec::new()],
            lost: Vec::new(),
            retransmitted: Vec::new(),
            acted: Vec::new(),
            present: Present {
                sockets: SortedMap::new(),
                lanes: [Vec::new(), Vec::new()],
                running: SortedMap::new(),
                bases: SortedMap::new(),
                heard: SortedMap::new(),
                syns: SortedMap::new(),
                latest_of: SortedMap::new(),
                flight: [latency[0].0.max(1), latency[1].0.max(1)],
                slots: [Slots::default(); 2],
            },
            waypoints: Waypoints::default(),
            seen: 0,
        }
    }

    /// How many records it has taken in.
    #[must_use]
    pub fn records(&self) -> usize {
        self.seen
    }

    /// The arrow of a `send` record.
    #[must_use]
    pub fn arrow_of(&self, send: RecordId) -> Option<u32> {
        // Arrows stand in the order of the records that made them; copies only repeat an earlier send.
        let mut at = self
            .arrows
            .partition_point(|arrow| arrow.made_by() < send.0);
        while at < self.arrows.len() && self.arrows[at].made_by() == send.0 {
            if self.arrows[at].send == send && self.arrows[at].marks & mark::COPY == 0 {
                return Some(at as u32);
            }
            at += 1;
        }
        None
    }

    /// Every arrow, in the order of the records that made them.
    #[must_use]
    pub fn arrows(&self) -> &[Arrow] {
        &self.arrows
    }

    /// Every band, in the order of their beginnings.
    #[must_use]
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    /// Every run of a timer, in the order of their beginnings.
    #[must_use]
    pub fn timers(&self) -> &[TimerRun] {
        &self.timers
    }

    /// Every mark, in order of time.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The stretches of time in which a host (0: A, 1: B) had no power.
    #[must_use]
    pub fn power_off(&self, side: usize) -> &[(u64, u64)] {
        &self.power_off[side]
    }

    /// Every change of a state, in order.
    #[must_use]
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// The latest transition of a host (or of one of its sockets) among the first `records` records: the index.
    #[must_use]
    pub fn latest_transition(
        &self,
        place: Place,
        socket: Option<u32>,
        records: u32,
    ) -> Option<u32> {
        let made = self
            .transitions
            .partition_point(|transition| transition.record.0 < records);
        if let Some(socket) = socket {
            let mut at = self.present.sockets.get(&(place, socket))?.transition;
            while at != NONE && at as usize >= made {
                at = self.transitions[at as usize].previous;
            }
            return (at != NONE && self.transitions[at as usize].socket == socket).then_some(at);
        }
        (0..made as u32)
            .rev()
            .find(|at| self.transitions[*at as usize].place == place)
    }

    /// The marks of a stretch of time.
    #[must_use]
    pub fn marks_in(&self, from: u64, to: u64) -> &[Mark] {
        let start = self.marks.partition_point(|mark| mark.at.time < from);
        let end = self.marks.partition_point(|mark| mark.at.time <= to);
        &self.marks[start..end]
    }

    /// Arrows on their way at some moment of `from..=to`, in order, `limit` at most.
    pub fn arrows_in(&self, from: u64, to: u64, limit: usize, into: &mut Vec<u32>) {
        self.arrow_spans.touching(from, to, limit, into);
    }

    /// Arrows on their way at some moment of `from..=to` and for `shortest` at least, in order, `limit` at most.
    pub fn long_arrows_in(
        &self,
        from: u64,
        to: u64,
        shortest: u64,
        limit: usize,
        into: &mut Vec<u32>,
    ) {
        self.arrow_spans.longer(from, to, shortest, limit, into);
    }

    /// Bands that touch `from..=to`, in order, `limit` at most.
    pub fn bands_in(&self, from: u64, to: u64, limit: usize, into: &mut Vec<u32>) {
        self.band_spans.touching(from, to, limit, into);
    }

    /// Timers that run at some moment of `from..=to` and for `shortest` at least, in order, `limit` at most.
    pub fn timers_in(&self, from: u64, to: u64, shortest: u64, limit: usize, into: &mut Vec<u32>) {
        self.timer_spans.longer(from, to, shortest, limit, into);
    }

    /// How many segments were sent toward B (0) or A (1) at `from..to`.
    #[must_use]
    pub fn sent_between(&self, direction: usize, from: u64, to: u64) -> usize {
        between(&self.flow[direction], from, to)
    }

    /// How many segments were lost at `from..to`.
    #[must_use]
    pub fn lost_between(&self, from: u64, to: u64) -> usize {
        between(&self.lost, from, to)
    }

    /// How many retransmissions were sent at `from..to`.
    #[must_use]
    pub fn retransmitted_between(&self, from: u64, to: u64) -> usize {
        between(&self.retransmitted, from, to)
    }

    /// How many lanes a host has used so far.
    #[must_use]
    pub fn lane_count(&self, place: Place) -> usize {
        side(place).map_or(0, |side| self.present.lanes[side].len())
    }

    /// A socket of a host.
    #[must_use]
    pub fn socket(&self, place: Place, socket: u32) -> Option<&SocketTrack> {
        self.present.sockets.get(&(place, socket))
    }

    /// How long a flight from a place is expected to take, in microseconds.
    #[must_use]
    pub fn expected_flight(&self, from: Place) -> u64 {
        match side(from) {
            Some(side) => self.present.flight[side],
            None => self.present.flight[0].min(self.present.flight[1]),
        }
    }
}

impl Arrow {
    /// The record that made this arrow: its sending, or for a copy its end.
    #[must_use]
    pub fn made_by(&self) -> u32 {
        if self.marks & mark::COPY != 0 {
            self.fate_record
        } else {
            self.send.0
        }
    }

    /// Whether a bit of [`mark`] is set.
    #[must_use]
    pub fn is(&self, mark: u8) -> bool {
        self.marks & mark != 0
    }

    /// Whether it goes from left to right.
    #[must_use]
    pub fn rightward(&self) -> bool {
        match (self.from, self.to) {
            (Place::A, _) | (_, Place::B) => self.from != Place::B,
            _ => false,
        }
    }
}

fn between(times: &[u64], from: u64, to: u64) -> usize {
    times.partition_point(|t| *t < to) - times.partition_point(|t| *t < from)
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
