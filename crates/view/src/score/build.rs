//! How a score grows, record by record.

use sim::run::{Action, Call, HostId, Run, SegmentAct};
use sim::trace::{Place, Record, RecordId, RecordKind, Sent, Trace, Why, WorldReason};
use tcp::event::Timer;
use tcp::state::State;
use tcp::wire::Flags;

use super::words::{action_word, announced, call_word};
use super::{
    Arrow, Band, Extra, Fate, Mark, MarkKind, NO_LANE, NONE, OPEN, Score, SocketTrack, TimerEnd,
    TimerRun, Transition, mark, side,
};
use crate::time_map::Moment;

const LANES_MAX: u8 = 64;

#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(super) struct Slots {
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

impl Score {
    /// Takes in the records that have been added to the trace. The trace must be the same one, longer or as long.
    pub fn extend(&mut self, run: &Run, trace: &Trace) {
        self.extend_to(run, trace, trace.len());
    }

    /// The same, as far as the first `records` records.
    pub fn extend_to(&mut self, run: &Run, trace: &Trace, records: usize) {
        let mut bytes = Vec::new();
        while self.seen < trace.len().min(records) {
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

    /// Takes in the next record.
    pub fn push(&mut self, record: &Record, extra: &Extra) {
        let time = record.time.0;
        if time > self.time.last().0 || self.seen == 0 {
            self.pass_waypoint();
            self.time.push(time);
            self.present.slots = [Slots::default(); 2];
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
                self.present.running.insert(
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
                let mut arrow = NONE;
                match extra.action {
                    Some(Action::Segment { segment, act }) => {
                        arrow = self.act_on(segment.origin, segment.nth, act);
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
                    let word = match extra.action {
                        // What the scenario has planned for a segment before it was sent is no event.
                        Some(Action::Segment { .. }) if arrow == NONE => "",
                        Some(action) => action_word(action),
                        None => "",
                    };
                    self.mark(
                        record,
                        MarkKind::Intervention {
                            index,
                            scripted,
                            word,
                            arrow,
                        },
                    );
                }
            }
            RecordKind::Limit { .. } => self.mark(record, MarkKind::Limit),
            RecordKind::Report { .. } => self.mark(record, MarkKind::Report),
            RecordKind::Differs { .. } => self.mark(record, MarkKind::Differs),
            RecordKind::Ended { how, .. } => {
                if how != tcp::event::Ended::Closed {
                    self.mark(record, MarkKind::Ended(how));
                }
            }
            RecordKind::Deliver { .. } | RecordKind::PeerClosed => {}
        }
    }

    fn moment(&self, record: &Record) -> Moment {
        let slot = side(record.place).map_or(0, |side| self.present.slots[side].slot);
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
        let slot = self.present.slots[side].take(sending);
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
        if side(record.place).is_some() && Flags(sent.flags).syn() {
            self.present
                .bases
                .insert(key, (sent.seq, extra.window_scale));
        }
        let (place, nth) = (record.place as usize, sent.nth as usize);
        if self.by_nth[place].len() <= nth {
            self.by_nth[place].resize(nth + 1, NONE);
        }
        self.by_nth[place][nth] = index;
        let (ours, theirs) = (
            self.present.bases.get(&key).copied(),
            self.present.bases.get(&back).copied(),
        );
        // Who acknowledges counts from the SYN it has heard; a RST that answers an acknowledgement has its number, and so do
        // forgeries that aim at what the receiver knows.
        let heard_ack = self
            .present
            .heard
            .get(&back)
            .copied()
            .or(theirs.map(|base| base.0));
        let flags = Flags(sent.flags);
        let aimed = (flags.rst() && !flags.ack()) || side(record.place).is_none();
        let heard_seq = self
            .present
            .heard
            .get(&key)
            .copied()
            .filter(|_| aimed)
            .or(ours.map(|base| base.0));
        if flags.syn() {
            self.present.syns.insert(index, key);
        }
        // Scaling is in use when both SYNs offer it, and never in a SYN.
        let window_shift = match (ours, theirs) {
            (Some((_, Some(shift))), Some((_, Some(_)))) if !Flags(sent.flags).syn() => shift,
            _ => 0,
        };
        self.flow[usize::from(!to_b)].push(record.time.0);
        let original = retransmission_of.and_then(|id| self.arrow_of(id));
        let before = original.map(|original| {
            self.present
                .latest_of
                .insert(original, index)
                .unwrap_or(original)
        });
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
            if rule.segment.origin == record.place && rule.segment.nth == sent.nth {
                self.act_on(record.place, sent.nth, &rule.act);
            }
        }
    }

    /// Marks the arrow of the segment that is acted upon, and answers which it is; [`NONE`] if it is not sent yet.
    fn act_on(&mut self, origin: Place, nth: u32, act: &SegmentAct) -> u32 {
        let bit = match act {
            SegmentAct::Hold | SegmentAct::Delay(_) => mark::HELD,
            SegmentAct::Edit(_) => mark::EDITED,
            SegmentAct::Corrupt(_) => mark::CORRUPTED,
            SegmentAct::Drop | SegmentAct::Release | SegmentAct::Duplicate(_) => 0,
        };
        let Some(at) = self.by_nth[origin as usize].get(nth as usize).copied() else {
            return NONE;
        };
        match self.arrows.get_mut(at as usize) {
            Some(arrow) => {
                self.acted.push((at, arrow.marks));
                arrow.marks |= bit;
                at
            }
            None => NONE,
        }
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
                self.present.flight[side] = time - arrow.sent.time;
            }
        }
        let (fate, seq) = (arrow.fate, arrow.seq);
        if fate == Fate::Lost {
            self.lost.push(time);
        }
        if let Some(key) = self.present.syns.remove(&at)
            && fate == Fate::Arrived
        {
            self.present.heard.insert(key, seq);
        }
        self.arrow_spans.end(at, time);
    }

    fn end_timer(&mut self, record: &Record, timer: Timer, how: TimerEnd) {
        if let Some(at) = self
            .present
            .running
            .remove(&(record.place, record.socket, timer))
        {
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
        let known = self.present.sockets.get(&key).map(|track| track.transition);
        let transition = self.transitions.len() as u32;
        let lane = match self.present.sockets.get(&key) {
            Some(track) => {
                let (band, lane) = (track.band, track.lane);
                self.end_band(band, record, now);
                lane
            }
            None => self.take_lane(side, record.socket, from == State::Listen),
        };
        let below = self.present.lanes[side]
            .get(lane as usize)
            .map_or(0, |lane| lane.1);
        let listener = self.present.sockets.get(&(record.place, below));
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
        let listener_below = self.present.lanes[side]
            .get(lane as usize)
            .is_some_and(|lane| lane.1 != 0);
        let mut band = NONE;
        if ends && let Some(entry) = self.present.lanes[side].get_mut(lane as usize) {
            if entry.0 == record.socket {
                entry.0 = 0;
            }
            if entry.1 == record.socket {
                entry.1 = 0;
            }
        }
        if to == State::Listen
            && !ends
            && let Some(entry) = self.present.lanes[side].get_mut(lane as usize)
        {
            *entry = (0, record.socket);
        }
        if from == State::Listen
            && to != State::Closed
            && let Some(entry) = self.present.lanes[side].get_mut(lane as usize)
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
        self.present.sockets.insert(
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
            .present
            .sockets
            .iter()
            .filter(|(key, _)| key.0 == place)
            .map(|(key, track)| (key.1, track.band))
            .collect();
        for (socket, band) in tracks {
            self.end_band(band, record, now);
            self.present.sockets.remove(&(place, socket));
        }
        let running: Vec<_> = self
            .present
            .running
            .keys()
            .filter(|key| key.0 == place)
            .copied()
            .collect();
        for key in running {
            if let Some(at) = self.present.running.remove(&key) {
                let run = &mut self.timers[at as usize];
                (run.end, run.end_record, run.how) = (now, record.id.0, TimerEnd::Cancelled);
                self.timer_spans.end(at, now.time);
            }
        }
        self.present.lanes[host.index()].fill((0, 0));
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
        let lanes = &mut self.present.lanes[side];
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
}
