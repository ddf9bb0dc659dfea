//! What happens, as a trace of the same form as a simulated run's: the engine
//! is host A, the operating system host B.

use std::collections::BTreeMap;

use sim::trace::{
    CallRecord, NewRecord, NewSend, Place, RecordId, RecordKind, Trace, Why, WorldReason,
};
use tcp::event::{Event, EventKind};
use tcp::reason::Reason;
use tcp::stack::{Stack, Transmit};
use tcp::time::Instant;
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment};

/// Writes the trace.
#[derive(Default)]
pub struct Recorder {
    /// What was written.
    pub trace: Trace,
    emitted: [u32; 4],
    /// The record that set each running timer.
    timers: BTreeMap<(u32, &'static str), RecordId>,
}

/// What a datagram came to at the engine.
pub struct Arrival {
    /// All events but judgements, in their order.
    pub events: Vec<Event>,
    judgements: Vec<Reason>,
    refused: Option<Reason>,
    socket: u32,
}

impl Arrival {
    /// Takes the events of one arriving datagram apart.
    pub fn of(stack: &mut Stack) -> Arrival {
        let mut arrival = Arrival {
            events: Vec::new(),
            judgements: Vec::new(),
            refused: None,
            socket: 0,
        };
        while let Some(event) = stack.poll_event() {
            match event.kind {
                EventKind::Judged { reason } => arrival.judgements.push(reason),
                EventKind::Refused { reason } => {
                    arrival.judgements.push(reason);
                    arrival.refused = Some(reason);
                }
                _ => arrival.events.push(event),
            }
            if arrival.socket == 0 {
                arrival.socket = event.socket.map_or(0, |socket| socket.0);
            }
        }
        arrival
    }
}

fn at(time: Instant, place: Place, socket: u32, cause: Option<RecordId>) -> NewRecord<'static> {
    NewRecord {
        time,
        place,
        socket,
        cause,
        more: &[],
    }
}

impl Recorder {
    fn nth(&mut self, place: Place) -> u32 {
        let count = &mut self.emitted[place as usize];
        *count += 1;
        *count
    }

    /// The engine emits a datagram.
    pub fn sent(
        &mut self,
        now: Instant,
        stack: &Stack,
        transmit: &Transmit,
        bytes: &[u8],
        cause: Option<RecordId>,
    ) -> RecordId {
        let segment = Datagram::parse(bytes)
            .ok()
            .filter(|datagram| datagram.protocol == PROTOCOL_TCP)
            .and_then(|datagram| Segment::parse(datagram.payload).ok());
        let status = transmit
            .socket
            .filter(|_| segment.as_ref().is_some_and(|s| !s.payload().is_empty()))
            .and_then(|socket| stack.status(socket).ok());
        let stream_offset = segment.zip(status).map(|(segment, status)| {
            let offset = segment.seq.since(status.iss).wrapping_sub(1);
            offset.wrapping_add(u32::from(segment.flags.contains(Flags::SYN)))
        });
        let send = NewSend {
            why: Why::Engine(transmit.reason),
            nth: self.nth(Place::A),
            to: Place::B,
            bytes,
            stream_offset,
            retransmission: transmit.retransmission,
        };
        let socket = transmit.socket.map_or(0, |socket| socket.0);
        self.trace
            .append_send(&at(now, Place::A, socket, cause), &send)
    }

    /// Somebody else puts a datagram on the link: the operating system, or the line a second copy.
    pub fn sent_by(
        &mut self,
        now: Instant,
        place: Place,
        to: Place,
        bytes: &[u8],
        copy_of: Option<RecordId>,
    ) -> RecordId {
        let why = match copy_of {
            Some(_) => WorldReason::Duplicated,
            None => WorldReason::Delivered,
        };
        let send = NewSend {
            why: Why::World(why),
            nth: self.nth(place),
            to,
            bytes,
            stream_offset: None,
            retransmission: false,
        };
        self.trace.append_send(&at(now, place, 0, copy_of), &send)
    }

    /// A datagram was lost on the line.
    pub fn lost(&mut self, now: Instant, send: RecordId, by_rule: bool) {
        let why = Why::World(if by_rule {
            WorldReason::DroppedByRule
        } else {
            WorldReason::RandomLoss
        });
        let kind = RecordKind::Drop { send, why };
        self.trace
            .append_end(&at(now, Place::Link, 0, Some(send)), kind, &[], None);
    }

    /// A datagram was handed to the operating system.
    pub fn reached_other_end(&mut self, now: Instant, send: RecordId, altered: Option<&[u8]>) {
        let why = Why::World(WorldReason::Delivered);
        let kind = RecordKind::Arrive { send, why };
        self.trace
            .append_end(&at(now, Place::B, 0, Some(send)), kind, &[], altered);
    }

    /// A datagram reached the engine.
    pub fn arrived(
        &mut self,
        now: Instant,
        send: RecordId,
        arrival: &Arrival,
        altered: Option<&[u8]>,
    ) -> RecordId {
        let kind = match arrival.refused {
            Some(reason) => RecordKind::Drop {
                send,
                why: Why::Engine(reason),
            },
            None => RecordKind::Arrive {
                send,
                why: arrival
                    .judgements
                    .last()
                    .map_or(Why::World(WorldReason::Delivered), |reason| {
                        Why::Engine(*reason)
                    }),
            },
        };
        self.trace.append_end(
            &at(now, Place::A, arrival.socket, Some(send)),
            kind,
            &arrival.judgements,
            altered,
        )
    }

    /// The application called.
    pub fn called(&mut self, now: Instant, socket: u32, call: CallRecord) -> RecordId {
        self.trace
            .append_call(&at(now, Place::A, socket, None), call)
    }

    /// Anything else the engine says; a timer that ran out is the cause of what follows.
    pub fn event(&mut self, now: Instant, event: &Event, cause: &mut Option<RecordId>) {
        let socket = event.socket.map_or(0, |socket| socket.0);
        let kind = match event.kind {
            EventKind::State { from, to, reason } => RecordKind::State { from, to, reason },
            EventKind::TimerSet {
                timer,
                deadline,
                reason,
            } => RecordKind::TimerSet {
                timer,
                deadline,
                reason,
            },
            EventKind::TimerFired { timer } => RecordKind::TimerFired { timer },
            EventKind::TimerCancelled { timer, reason } => {
                RecordKind::TimerCancelled { timer, reason }
            }
            EventKind::Deliver { len, .. } => RecordKind::Deliver { len },
            EventKind::PeerClosed => RecordKind::PeerClosed,
            EventKind::Limit { reason } => RecordKind::Limit { reason },
            EventKind::Report { report, reason } => RecordKind::Report { report, reason },
            EventKind::Ended { how, reason } => RecordKind::Ended { how, reason },
            EventKind::Judged { .. }
            | EventKind::Refused { .. }
            | EventKind::Begotten { .. }
            | EventKind::Acceptable
            | EventKind::Writable => return,
        };
        match kind {
            RecordKind::TimerFired { timer } => {
                let set = self.timers.remove(&(socket, timer.id()));
                let new = at(now, Place::A, socket, set.or(*cause));
                *cause = Some(self.trace.append(&new, kind));
            }
            RecordKind::TimerSet { timer, .. } => {
                let id = self.trace.append(&at(now, Place::A, socket, *cause), kind);
                self.timers.insert((socket, timer.id()), id);
            }
            _ => {
                self.trace.append(&at(now, Place::A, socket, *cause), kind);
            }
        }
    }
}
