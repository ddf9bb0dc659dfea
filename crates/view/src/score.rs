//! The score: what a trace has to show, in the order in which it happens.
//!
//! Built once from the trace and then extended with it, one step per record.
//! Views ask it for what touches a stretch of time; the answer costs what is
//! seen, not what has been.

use sim::run::{Action, Attack, Call, HostId, Rule, Run, SegmentAct};
use sim::trace::{Place, Record, RecordId, RecordKind, Sent, Trace, Why, WorldReason};
use tcp::event::Timer;
use tcp::sorted::SortedMap;
use tcp::state::State;
use tcp::time::Duration;
use tcp::wire::{Datagram, Flags, Segment, TcpOption};

use crate::spans::Spans;
use crate::time_map::{Moment, TimeMap};

/// «Not known», «none», «not yet».
pub const NONE: u32 = u32::MAX;
/// An end that is not known.
pub const OPEN: u64 = u64::MAX;
/// The lane of sockets for which there is no lane.
pub const NO_LANE: u8 = u8::MAX;
const LANES_MAX: u8 = 64;

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
    },
    /// A limit was reached.
    Limit,
    /// The application was told something.
    Report,
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

#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Slots {
    slot: u16,
    sent: bool,
    arrived: bool,
}

impl Slots {
    /// The slot for one more end of an arrow: shared by one arrival and one sending.
    fn take(&mut self, sending: bool) -> u16 {
        let used = if sending {
            self.sent
        } else {
            self.arrived || self.sent
        };
        if used {
            *self = Slots {
                slot: self.slot.saturating_add(1),
                ..Slots::default()
            };
        }
        if sending {
            self.sent = true;
        } else {
            self.arrived = true;
        }
        self.slot
    }
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

/// The score of a trace.
#[derive(Clone, Debug)]
pub struct Score {
    /// Time ↔ pixels.
    pub time: TimeMap,
    arrows: Vec<Arrow>,
    arrow_spans: Spans,
    bands: Vec<Band>,
    band_spans: Spans,
    timers: Vec<TimerRun>,
    timer_spans: Spans,
    marks: Vec<Mark>,
    power_off: [Vec<(u64, u64)>; 2],
    transitions: Vec<Transition>,
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
    by_nth: [Vec<u32>; 2],
    /// For densities: arrow numbers and times of sending, per direction, in order.
    flow: [Vec<u64>; 2],
    lost: Vec<u64>,
    retransmitted: Vec<u64>,
    /// What is expected of a direction: the latest whole flight, in microseconds.
    flight: [u64; 2],
    slots: [Slots; 2],
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
        Score::with_latency(latency, folding)
    }

    /// The same, for latencies A→B and B→A.
    #[must_use]
    pub fn with_latency(latency: [Duration; 2], folding: bool) -> Score {
        let unit = latency[0].max(latency[1]).max(Duration(100));
        Score {
            time: TimeMap::new(unit, folding),
            arrows: Vec::new(),
            arrow_spans: Spans::default(),
            bands: Vec::new(),
            band_spans: Spans::default(),
            timers: Vec::new(),
            timer_spans: Spans::default(),
            marks: Vec::new(),
            power_off: [Vec::new(), Vec::new()],
            transitions: Vec::new(),
            sockets: SortedMap::new(),
            lanes: [Vec::new(), Vec::new()],
            running: SortedMap::new(),
            bases: SortedMap::new(),
            heard: SortedMap::new(),
            syns: SortedMap::new(),
            latest_of: SortedMap::new(),
            by_nth: [Vec::new(), Vec::new()],
            flow: [Vec::new(), Vec::new()],
            lost: Vec::new(),
            retransmitted: Vec::new(),
            flight: [latency[0].0.max(1), latency[1].0.max(1)],
            slots: [Slots::default(); 2],
            seen: 0,
        }
    }

    /// Takes in the records that have been added to the trace. The trace must be the same one, longer or as long.
    pub fn extend(&mut self, run: &Run, trace: &Trace) {
        let mut bytes = Vec::new();
        while self.seen < trace.len() {
            // Ids are dense: every number below the length is a record.
            let Some(record) = trace.record(RecordId(self.seen as u32)) else {
                break;
            };
            let mut extra = Extra {
                rules: &run.scenario.rules,
                ..Extra::default()
            };
            match record.kind {
                RecordKind::Send { .. } => {
                    extra.sent = trace.sent(record.id);
                    let syn = extra.sent.is_some_and(|sent| Flags(sent.flags).syn());
                    if syn && trace.datagram(record.id, &mut bytes) {
                        (extra.mss, extra.window_scale) = announced(&bytes);
                    }
                }
                RecordKind::Call { index } => {
                    if let Some(call) = trace.call(index) {
                        (extra.word, extra.number) = call_word(&call.call);
                        extra.failed = call.result.is_err();
                        if matches!(call.call, Call::Receive(_))
                            && let Ok(taken) = call.result
                        {
                            extra.number = taken;
                        }
                    }
                }
                RecordKind::Intervention { index, scripted } => {
                    extra.action = if scripted {
                        run.scenario
                            .script
                            .get(index as usize)
                            .map(|line| &line.action)
                    } else {
                        run.interventions
                            .get(index as usize)
                            .map(|intervention| &intervention.action)
                    };
                }
                _ => {}
            }
            self.push(&record, &extra);
        }
    }

    /// How many records it has taken in.
    #[must_use]
    pub fn records(&self) -> usize {
        self.seen
    }

    /// Takes in the next record.
    pub fn push(&mut self, record: &Record, extra: &Extra) {
        let time = record.time.0;
        if time > self.time.last().0 || self.seen == 0 {
            self.time.push(time);
            self.slots = [Slots::default(); 2];
        }
        self.seen += 1;
        match record.kind {
            RecordKind::Send {
                why,
                retransmission_of,
            } => {
                if let Some(sent) = &extra.sent {
                    self.send(record, why, retransmission_of, sent, extra);
                }
            }
            RecordKind::Arrive { send, .. } | RecordKind::Drop { send, .. } => {
                self.end_arrow(record, send)
            }
            RecordKind::State { from, to, .. } => self.state(record, from, to),
            RecordKind::TimerSet {
                timer, deadline, ..
            } => {
                self.end_timer(record, timer, TimerEnd::SetAgain);
                self.running.insert(
                    (record.place, record.socket, timer),
                    self.timers.len() as u32,
                );
                self.timers.push(TimerRun {
                    record: record.id,
                    end_record: NONE,
                    place: record.place,
                    socket: record.socket,
                    timer,
                    start: self.moment(record),
                    end: Moment {
                        time: OPEN,
                        slot: 0,
                    },
                    deadline: deadline.0,
                    how: TimerEnd::Running,
                });
                self.timer_spans.push(time, OPEN);
            }
            RecordKind::TimerFired { timer } => self.end_timer(record, timer, TimerEnd::Fired),
            RecordKind::TimerCancelled { timer, .. } => {
                self.end_timer(record, timer, TimerEnd::Cancelled)
            }
            RecordKind::Call { index } => {
                let Extra {
                    word,
                    number,
                    failed,
                    ..
                } = *extra;
                self.mark(
                    record,
                    MarkKind::Call {
                        index,
                        word,
                        number,
                        failed,
                    },
                );
            }
            RecordKind::Intervention { index, scripted } => {
                match extra.action {
                    Some(Action::Segment { segment, act }) => {
                        self.act_on(segment.host, segment.nth, act)
                    }
                    Some(Action::Reboot(host)) => self.forget(record, *host),
                    Some(Action::Unplug(host)) => {
                        self.forget(record, *host);
                        self.power_off[host.index()].push((time, OPEN));
                    }
                    Some(Action::Plug(host)) => {
                        if let Some(off) = self.power_off[host.index()].last_mut() {
                            off.1 = off.1.min(time);
                        }
                    }
                    _ => {}
                }
                if !matches!(extra.action, Some(Action::Call { .. })) {
                    let word = extra.action.map_or("", action_word);
                    self.mark(
                        record,
                        MarkKind::Intervention {
                            index,
                            scripted,
                            word,
                        },
                    );
                }
            }
            RecordKind::Limit { .. } => self.mark(record, MarkKind::Limit),
            RecordKind::Report { .. } => self.mark(record, MarkKind::Report),
            RecordKind::Ended { how, .. } => {
                if how != tcp::event::Ended::Closed {
                    self.mark(record, MarkKind::Ended(how));
                }
            }
            RecordKind::Deliver { .. } | RecordKind::PeerClosed => {}
        }
    }

    fn moment(&self, record: &Record) -> Moment {
        let slot = side(record.place).map_or(0, |side| self.slots[side].slot);
        Moment {
            time: record.time.0,
            slot,
        }
    }

    fn mark(&mut self, record: &Record, kind: MarkKind) {
        let at = self.moment(record);
        self.marks.push(Mark {
            record: record.id,
            place: record.place,
            socket: record.socket,
            at,
            kind,
        });
    }

    fn slot(&mut self, place: Place, sending: bool) -> u16 {
        let Some(side) = side(place) else { return 0 };
        let slot = self.slots[side].take(sending);
        self.time.stretch(u32::from(slot));
        slot
    }

    fn send(
        &mut self,
        record: &Record,
        why: Why,
        retransmission_of: Option<RecordId>,
        sent: &Sent,
        extra: &Extra,
    ) {
        let slot = self.slot(record.place, true);
        let index = self.arrows.len() as u32;
        let mut marks = 0;
        if retransmission_of.is_some() {
            marks |= mark::RETRANSMISSION;
            self.retransmitted.push(record.time.0);
        }
        if record.place == Place::Attacker || why == Why::World(WorldReason::Forged) {
            marks |= mark::FORGED;
        }
        if why == Why::World(WorldReason::Duplicated) {
            marks |= mark::DUPLICATE;
        }
        if !sent.tcp {
            marks |= mark::ICMP;
        }
        // Numbers count from the ISS of the claimed direction; only a host's own SYN says where that begins.
        let to_b = match record.place {
            Place::A => true,
            Place::B => false,
            Place::Link | Place::Attacker => sent.to == Place::B,
        };
        let key = (to_b, sent.source_port, sent.destination_port);
        let back = (!to_b, sent.destination_port, sent.source_port);
        if let Some(side) = side(record.place) {
            if Flags(sent.flags).syn() {
                self.bases.insert(key, (sent.seq, extra.window_scale));
            }
            let nth = sent.nth as usize;
            if self.by_nth[side].len() <= nth {
                self.by_nth[side].resize(nth + 1, NONE);
            }
            self.by_nth[side][nth] = index;
        }
        let (ours, theirs) = (
            self.bases.get(&key).copied(),
            self.bases.get(&back).copied(),
        );
        // Who acknowledges counts from the SYN it has heard; a RST that answers an acknowledgement has its number, and so do
        // forgeries that aim at what the receiver knows.
        let heard_ack = self.heard.get(&back).copied().or(theirs.map(|base| base.0));
        let flags = Flags(sent.flags);
        let aimed = (flags.rst() && !flags.ack()) || side(record.place).is_none();
        let heard_seq = self
            .heard
            .get(&key)
            .copied()
            .filter(|_| aimed)
            .or(ours.map(|base| base.0));
        if flags.syn() {
            self.syns.insert(index, key);
        }
        // Scaling is in use when both SYNs offer it, and never in a SYN.
        let window_shift = match (ours, theirs) {
            (Some((_, Some(shift))), Some((_, Some(_)))) if !Flags(sent.flags).syn() => shift,
            _ => 0,
        };
        self.flow[usize::from(!to_b)].push(record.time.0);
        let original = retransmission_of.and_then(|id| self.arrow_of(id));
        let before =
            original.map(|original| self.latest_of.insert(original, index).unwrap_or(original));
        self.arrows.push(Arrow {
            send: record.id,
            fate_record: NONE,
            sent: Moment {
                time: record.time.0,
                slot,
            },
            ended: Moment {
                time: OPEN,
                slot: 0,
            },
            from: record.place,
            to: sent.to,
            fate: Fate::Unknown,
            marks,
            flags: sent.flags,
            seq: sent.seq,
            ack: sent.ack,
            seq_base: heard_seq.unwrap_or(0),
            ack_base: heard_ack.unwrap_or(0),
            len: sent.len,
            window: sent.window,
            mss: extra.mss,
            window_shift,
            from_socket: record.socket,
            to_socket: 0,
            original: original.unwrap_or(NONE),
            before: before.unwrap_or(NONE),
        });
        self.arrow_spans.push(record.time.0, OPEN);
        for rule in extra.rules {
            if rule.segment.host.place() == record.place && rule.segment.nth == sent.nth {
                self.act_on(rule.segment.host, rule.segment.nth, &rule.act);
            }
        }
    }

    fn act_on(&mut self, host: HostId, nth: u32, act: &SegmentAct) {
        let bit = match act {
            SegmentAct::Hold | SegmentAct::Delay(_) => mark::HELD,
            SegmentAct::Edit(_) => mark::EDITED,
            SegmentAct::Corrupt(_) => mark::CORRUPTED,
            SegmentAct::Drop | SegmentAct::Release | SegmentAct::Duplicate(_) => return,
        };
        if let Some(arrow) = self.by_nth[host.index()]
            .get(nth as usize)
            .and_then(|at| self.arrows.get_mut(*at as usize))
        {
            arrow.marks |= bit;
        }
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

    fn end_arrow(&mut self, record: &Record, send: RecordId) {
        let reached = record.place != Place::Link;
        let Some(mut at) = self.arrow_of(send) else {
            return;
        };
        if self.arrows[at as usize].fate != Fate::Unknown {
            let mut copy = self.arrows[at as usize];
            copy.marks |= mark::COPY;
            copy.fate = Fate::Unknown;
            copy.fate_record = record.id.0;
            at = self.arrows.len() as u32;
            self.arrow_spans.push(copy.sent.time, OPEN);
            self.arrows.push(copy);
        }
        let time = record.time.0;
        let slot = if reached {
            self.slot(record.place, false)
        } else {
            0
        };
        let arrow = &mut self.arrows[at as usize];
        arrow.fate_record = record.id.0;
        arrow.ended = Moment { time, slot };
        arrow.fate = match record.kind {
            RecordKind::Arrive { .. } => Fate::Arrived,
            _ if reached => Fate::Refused,
            _ => Fate::Lost,
        };
        if reached {
            arrow.to = record.place;
            arrow.to_socket = record.socket;
            if arrow.marks & mark::HELD == 0
                && let Some(side) = side(arrow.from)
            {
                self.flight[side] = time - arrow.sent.time;
            }
        }
        let (fate, seq) = (arrow.fate, arrow.seq);
        if fate == Fate::Lost {
            self.lost.push(time);
        }
        if let Some(key) = self.syns.remove(&at)
            && fate == Fate::Arrived
        {
            self.heard.insert(key, seq);
        }
        self.arrow_spans.end(at, time);
    }

    fn end_timer(&mut self, record: &Record, timer: Timer, how: TimerEnd) {
        if let Some(at) = self.running.remove(&(record.place, record.socket, timer)) {
            let end = self.moment(record);
            let run = &mut self.timers[at as usize];
            run.end = end;
            run.end_record = record.id.0;
            run.how = how;
            self.timer_spans.end(at, end.time);
        }
    }

    fn state(&mut self, record: &Record, from: State, to: State) {
        let Some(side) = side(record.place) else {
            return;
        };
        let key = (record.place, record.socket);
        let now = self.moment(record);
        let known = self.sockets.get(&key).map(|track| track.transition);
        let transition = self.transitions.len() as u32;
        let lane = match self.sockets.get(&key) {
            Some(track) => {
                let (band, lane) = (track.band, track.lane);
                self.end_band(band, record, now);
                lane
            }
            None => self.take_lane(side, record.socket, from == State::Listen),
        };
        let below = self.lanes[side].get(lane as usize).map_or(0, |lane| lane.1);
        let listener = self.sockets.get(&(record.place, below));
        self.transitions.push(Transition {
            record: record.id,
            place: record.place,
            socket: record.socket,
            from,
            to,
            time: record.time.0,
            previous: match known {
                Some(previous) => previous,
                None if from == State::Listen => {
                    listener.map_or(NONE, |listener| listener.transition)
                }
                None => NONE,
            },
        });
        let ends = to == State::Closed || (to == State::Listen && from == State::SynReceived);
        let listener_below = self.lanes[side]
            .get(lane as usize)
            .is_some_and(|lane| lane.1 != 0);
        let mut band = NONE;
        if ends && let Some(entry) = self.lanes[side].get_mut(lane as usize) {
            if entry.0 == record.socket {
                entry.0 = 0;
            }
            if entry.1 == record.socket {
                entry.1 = 0;
            }
        }
        if to == State::Listen
            && !ends
            && let Some(entry) = self.lanes[side].get_mut(lane as usize)
        {
            *entry = (0, record.socket);
        }
        if from == State::Listen
            && to != State::Closed
            && let Some(entry) = self.lanes[side].get_mut(lane as usize)
            && entry.1 == record.socket
        {
            // A bare passive OPEN goes on as a connection of its own.
            *entry = (record.socket, 0);
        }
        if !(ends && listener_below) {
            band = self.bands.len() as u32;
            self.bands.push(Band {
                record: record.id.0,
                end_record: NONE,
                place: record.place,
                lane,
                socket: record.socket,
                state: to,
                start: now,
                end: Moment {
                    time: OPEN,
                    slot: 0,
                },
            });
            self.band_spans.push(now.time, OPEN);
        }
        let listener = to == State::Listen && !ends;
        self.sockets.insert(
            key,
            SocketTrack {
                place: record.place,
                socket: record.socket,
                lane,
                band,
                listener,
                transition,
            },
        );
    }

    /// A host's memory is gone: its sockets and timers are no more, though nobody said goodbye.
    fn forget(&mut self, record: &Record, host: HostId) {
        let (place, now) = (
            host.place(),
            Moment {
                time: record.time.0,
                slot: 0,
            },
        );
        let tracks: Vec<(u32, u32)> = self
            .sockets
            .iter()
            .filter(|(key, _)| key.0 == place)
            .map(|(key, track)| (key.1, track.band))
            .collect();
        for (socket, band) in tracks {
            self.end_band(band, record, now);
            self.sockets.remove(&(place, socket));
        }
        let running: Vec<_> = self
            .running
            .keys()
            .filter(|key| key.0 == place)
            .copied()
            .collect();
        for key in running {
            if let Some(at) = self.running.remove(&key) {
                let run = &mut self.timers[at as usize];
                (run.end, run.end_record, run.how) = (now, record.id.0, TimerEnd::Cancelled);
                self.timer_spans.end(at, now.time);
            }
        }
        self.lanes[host.index()].fill((0, 0));
    }

    fn end_band(&mut self, band: u32, record: &Record, now: Moment) {
        if let Some(old) = self.bands.get_mut(band as usize)
            && old.end.time == OPEN
        {
            old.end = now;
            old.end_record = record.id.0;
            self.band_spans.end(band, now.time);
        }
    }

    /// A lane for a new socket: over its listener when that has no other child just now, else the first free one.
    fn take_lane(&mut self, side: usize, socket: u32, begotten: bool) -> u8 {
        let lanes = &mut self.lanes[side];
        let free = if begotten {
            lanes
                .iter()
                .position(|lane| lane.0 == 0 && lane.1 != 0)
                .or_else(|| lanes.iter().position(|lane| *lane == (0, 0)))
        } else {
            lanes.iter().position(|lane| *lane == (0, 0))
        };
        let at = match free {
            Some(at) => at,
            None if lanes.len() < LANES_MAX as usize => {
                lanes.push((0, 0));
                lanes.len() - 1
            }
            None => return NO_LANE,
        };
        lanes[at].0 = socket;
        // The CLOSED that the lane's last socket left behind ends here.
        let place = HostId::ALL[side].place();
        for band in self.bands.iter_mut().rev().take(64) {
            if band.place == place
                && usize::from(band.lane) == at
                && band.state == State::Closed
                && band.end.time == OPEN
            {
                band.end = Moment {
                    time: self.time.last().0,
                    slot: 0,
                };
                break;
            }
        }
        at as u8
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
            let mut at = self.sockets.get(&(place, socket))?.transition;
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
        side(place).map_or(0, |side| self.lanes[side].len())
    }

    /// A socket of a host.
    #[must_use]
    pub fn socket(&self, place: Place, socket: u32) -> Option<&SocketTrack> {
        self.sockets.get(&(place, socket))
    }

    /// How long a flight from a place is expected to take, in microseconds.
    #[must_use]
    pub fn expected_flight(&self, from: Place) -> u64 {
        match side(from) {
            Some(side) => self.flight[side],
            None => self.flight[0].min(self.flight[1]),
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

/// The MSS (0 for none) and the window scale that a SYN announces.
fn announced(datagram: &[u8]) -> (u16, Option<u8>) {
    let mut found = (0, None);
    let Ok(datagram) = Datagram::parse(datagram) else {
        return found;
    };
    let Ok(segment) = Segment::parse(datagram.payload) else {
        return found;
    };
    for option in segment.options() {
        match option {
            TcpOption::MaximumSegmentSize(mss) => found.0 = mss,
            TcpOption::WindowScale(shift) => found.1 = Some(shift.min(14)),
            _ => {}
        }
    }
    found
}

/// A call's word in the run format, and the number that matters most about it.
#[must_use]
pub fn call_word(call: &Call) -> (&'static str, u32) {
    match call {
        Call::Bind(port) => ("bind", u32::from(*port)),
        Call::Listen { port, .. } => ("listen", u32::from(port.unwrap_or(0))),
        Call::PassiveOpen { port, .. } => ("passive-open", u32::from(port.unwrap_or(0))),
        Call::Connect { .. } => ("connect", 0),
        Call::Accept { .. } => ("accept", 0),
        Call::Send { bytes, .. } => ("send", *bytes),
        Call::SendText { text, .. } => ("send", text.len() as u32),
        Call::Receive(_) => ("receive", 0),
        Call::Reading(on) => (if *on { "reading on" } else { "reading off" }, 0),
        Call::Closing(on) => (if *on { "closing on" } else { "closing off" }, 0),
        Call::Shutdown => ("shutdown", 0),
        Call::Close => ("close", 0),
        Call::Abort => ("abort", 0),
        Call::Status => ("status", 0),
        Call::Linger(_) => ("linger", 0),
        Call::ReuseAddress(_) => ("reuse-address", 0),
        Call::NoDelay(_) => ("no-delay", 0),
        Call::KeepAlive(_) => ("keep-alive", 0),
        Call::UserTimeout(_) => ("user-timeout", 0),
        Call::ReceiveBuffer(bytes) => ("receive-buffer", *bytes),
        Call::SendBuffer(bytes) => ("send-buffer", *bytes),
        Call::MaximumSegmentSize(bytes) => ("mss", u32::from(*bytes)),
    }
}

/// An intervention's word in the run format; none for what is done to or with a segment, which shows it itself.
#[must_use]
pub const fn action_word(action: &Action) -> &'static str {
    match action {
        Action::Call { .. } | Action::Segment { .. } | Action::Inject(_) => "",
        Action::Attack(Attack::Sample { .. }) => "sample",
        Action::Attack(Attack::Sweep { .. }) => "sweep",
        Action::Attack(Attack::Flood { .. }) => "flood",
        Action::Cut(_) => "cut",
        Action::Heal(_) => "heal",
        Action::Firewall(..) => "firewall",
        Action::Icmp { .. } => "icmp",
        Action::Unplug(_) => "unplug",
        Action::Plug(_) => "plug",
        Action::Reboot(_) => "reboot",
        Action::Set { .. } => "set",
        Action::Link { .. } => "link",
    }
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
