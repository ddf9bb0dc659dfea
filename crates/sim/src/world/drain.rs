//! The only loop that drains a host's TCP: one input, then everything that comes out of it.

use tcp::event::{Event, EventKind, SocketId};
use tcp::reason::Reason;
use tcp::stack::Transmit;
use tcp::state::State;
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment};

use super::intervene::has_engine;
use super::transit::Emission;
use super::{Context, Task, World};
use crate::flight::Flight;
use crate::host::Want;
use crate::run::{Happening, HostId};
use crate::trace::{NewRecord, NewSend, Place, RecordId, RecordKind, Why, WorldReason};

/// A script whose reactions set each other off would stop time; after so many in one moment they end.
const REACTIONS_MAX: u32 = 10_000;

impl World {
    /// A datagram reaches a host.
    pub(super) fn arrive(&mut self, c: &mut Context<'_>, host: HostId, flight: Flight) {
        if !self.hosts[host.index()].plugged {
            return self.lose(c, flight, WorldReason::HostUnplugged, None);
        }
        if !has_engine(c.run, host) {
            let why = Why::World(WorldReason::Delivered);
            let send = flight.send;
            self.note_end(
                c,
                (host.place(), 0),
                &flight,
                RecordKind::Arrive { send, why },
                &[],
            );
            return self.recycle(flight.bytes);
        }
        let h = &mut self.hosts[host.index()];
        h.stack.handle_datagram(self.now, &flight.bytes);
        // What became of it is known only after all of it was looked at, but its record comes before those of what it did.
        let mut events: Vec<Event> = Vec::new();
        let mut judgements: Vec<Reason> = Vec::new();
        let mut socket = None;
        let mut refused = None;
        while let Some(event) = h.stack.poll_event() {
            match event.kind {
                EventKind::Judged { reason } => judgements.push(reason),
                EventKind::Refused { reason } => {
                    judgements.push(reason);
                    refused = Some(reason);
                }
                _ => {
                    events.push(event);
                    continue;
                }
            }
            socket = socket.or(event.socket);
        }
        // Without a judgement of its own it belongs to whom it moved.
        let socket = socket.or_else(|| events.iter().find_map(|e| e.socket));
        let number = h.number(socket);
        let decided = judgements
            .last()
            .map_or(Why::World(WorldReason::Delivered), |r| Why::Engine(*r));
        let send = flight.send;
        let kind = match refused {
            Some(reason) => RecordKind::Drop {
                send,
                why: Why::Engine(reason),
            },
            None => RecordKind::Arrive { send, why: decided },
        };
        let arrival = self.note_end(c, (host.place(), number), &flight, kind, &judgements);
        let (sender, nth) = (flight.origin, flight.nth);
        self.recycle(flight.bytes);
        let mut cause = Some(arrival);
        for event in events {
            self.event(c, host, event, &mut cause);
        }
        self.arrived(c.run, host, sender, nth);
        self.drain(c, host, cause);
    }

    /// Takes out everything a host's TCP has to say and to send, and lets its application read, react and go on sending
    /// before TCP's answers leave. A call made meanwhile is drained here too: `cause` is then the call.
    pub(super) fn drain(&mut self, c: &mut Context<'_>, host: HostId, cause: Option<RecordId>) {
        self.hosts[host.index()].cause = cause;
        if core::mem::replace(&mut self.hosts[host.index()].draining, true) {
            return;
        }
        loop {
            let mut cause = self.hosts[host.index()].cause;
            while let Some(event) = self.hosts[host.index()].stack.poll_event() {
                self.event(c, host, event, &mut cause);
            }
            self.hosts[host.index()].cause = cause;
            if !self.hosts[host.index()].plugged {
                // Its own application pulled the plug: nothing leaves any more.
                break;
            }
            if let Some(socket) = self.hosts[host.index()].busy.pop_front() {
                self.application_goes_on(c, host, SocketId(socket), cause);
                continue;
            }
            if let Some(task) = self.hosts[host.index()].at_once.pop_front() {
                self.perform(c, task);
                continue;
            }
            let mut bytes = self.buffer();
            let Some(transmit) = self.hosts[host.index()]
                .stack
                .poll_transmit(self.now, &mut bytes)
            else {
                self.recycle(bytes);
                // What keeps TCP from sending (a small window, say) is news as well, and may set its application off.
                let mut quiet = true;
                while let Some(event) = self.hosts[host.index()].stack.poll_event() {
                    quiet = false;
                    self.event(c, host, event, &mut cause);
                }
                if quiet {
                    break;
                }
                continue;
            };
            let mut sent = Some(self.emit(c, host, bytes, transmit, cause));
            while let Some(event) = self.hosts[host.index()].stack.poll_event() {
                self.event(c, host, event, &mut sent);
            }
        }
        let h = &mut self.hosts[host.index()];
        h.draining = false;
        h.arm();
    }

    /// An application's reaction without delay: it comes before TCP sends, as far as one moment can hold.
    pub(super) fn at_once(&mut self, host: HostId, task: Task) {
        let h = &mut self.hosts[host.index()];
        if h.busy_at != self.now {
            h.busy_at = self.now;
            h.reactions = 0;
        }
        h.reactions += 1;
        if h.reactions <= REACTIONS_MAX {
            h.at_once.push_back(task);
        }
    }

    /// A host's TCP sends.
    fn emit(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        bytes: Vec<u8>,
        transmit: Transmit,
        cause: Option<RecordId>,
    ) -> RecordId {
        let h = &mut self.hosts[host.index()];
        h.emitted += 1;
        let nth = h.emitted;
        let number = h.number(transmit.socket);
        let datagram = Datagram::parse(&bytes).ok();
        let segment = datagram
            .as_ref()
            .filter(|d| d.protocol == PROTOCOL_TCP)
            .and_then(|d| Segment::parse(d.payload).ok());
        let mut more = [None; 2];
        let mut stream_offset = None;
        let mut flags = None;
        if let Some(segment) = &segment {
            flags = Some(segment.flags.0);
            let syn = segment.flags.contains(Flags::SYN);
            if let Some(id) = transmit.socket
                && let Some(socket) = h.sockets.get_mut(&id.0)
            {
                if syn {
                    socket.iss = Some(segment.seq);
                }
                if !segment.payload().is_empty() {
                    more[0] = socket.send_call;
                    if socket.iss.is_none() {
                        socket.iss = h.stack.status(id).ok().map(|s| s.iss);
                    }
                    stream_offset = socket.iss.map(|iss| {
                        segment
                            .seq
                            .since(iss)
                            .wrapping_sub(1)
                            .wrapping_add(u32::from(syn))
                    });
                }
                if segment.flags.contains(Flags::FIN) {
                    more[1] = socket.close_call;
                }
            }
        }
        let destination = datagram.as_ref().map(|d| d.destination);
        let to = destination.map_or(Place::Link, |address| self.whereabouts(c.run, address));
        let (id, known) = self.claim(c);
        if !known {
            let mut causes = [RecordId(0); 2];
            let mut count = 0;
            for extra in more
                .into_iter()
                .flatten()
                .filter(|extra| Some(*extra) != cause)
            {
                causes[count] = extra;
                count += 1;
            }
            let send = NewSend {
                why: Why::Engine(transmit.reason),
                nth,
                to,
                bytes: &bytes,
                stream_offset,
                retransmission: transmit.retransmission,
            };
            let new = NewRecord {
                time: self.now,
                place: host.place(),
                socket: number,
                cause,
                more: &causes[..count],
            };
            c.trace.append_send(&new, &send);
        }
        self.compare(c, (host, number), nth, &bytes, id);
        let emission = Emission {
            send: id,
            nth,
            flags,
            bytes,
            to,
        };
        self.launch(c, host, emission);
        id
    }

    /// One event of a host's TCP: write it down, and let the script react.
    fn event(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        event: Event,
        cause: &mut Option<RecordId>,
    ) {
        let number = self.hosts[host.index()].number(event.socket);
        let at = (host.place(), number);
        let socket = event.socket.unwrap_or(SocketId(0));
        match event.kind {
            // Only what arrives is judged, and `arrive` has taken those.
            EventKind::Judged { .. } | EventKind::Refused { .. } => {}
            EventKind::Begotten { .. } => {
                self.hosts[host.index()].socket(socket).state = State::Listen;
            }
            EventKind::State { from, to, reason } => {
                let id = self.note(c, at, *cause, RecordKind::State { from, to, reason });
                self.hosts[host.index()].socket(socket).state = to;
                self.happened(c, host, socket, Happening::State(to), id);
                if to == State::Established {
                    self.happened(c, host, socket, Happening::Established, id);
                }
            }
            EventKind::TimerSet {
                timer,
                deadline,
                reason,
            } => {
                let id = self.note(
                    c,
                    at,
                    *cause,
                    RecordKind::TimerSet {
                        timer,
                        deadline,
                        reason,
                    },
                );
                self.hosts[host.index()]
                    .timers
                    .insert((socket.0, timer), id);
            }
            EventKind::TimerFired { timer } => {
                let set = self.hosts[host.index()].timers.remove(&(socket.0, timer));
                *cause = Some(self.note(c, at, set.or(*cause), RecordKind::TimerFired { timer }));
            }
            EventKind::TimerCancelled { timer, reason } => {
                self.hosts[host.index()].timers.remove(&(socket.0, timer));
                self.note(c, at, *cause, RecordKind::TimerCancelled { timer, reason });
            }
            EventKind::Deliver { len, .. } => {
                let id = self.note(c, at, *cause, RecordKind::Deliver { len });
                let h = &mut self.hosts[host.index()];
                let known = h.socket(socket);
                known.delivered += u64::from(len);
                if known.reading {
                    h.busy.push_back(socket.0);
                }
                let delivered = u32::try_from(self.hosts[host.index()].socket(socket).delivered)
                    .unwrap_or(u32::MAX);
                self.happened(c, host, socket, Happening::Readable(delivered), id);
            }
            EventKind::PeerClosed => {
                let id = self.note(c, at, *cause, RecordKind::PeerClosed);
                let h = &mut self.hosts[host.index()];
                let known = h.socket(socket);
                known.peer_closed = true;
                if known.closing {
                    known.wants.push_back(Want::Close);
                    h.busy.push_back(socket.0);
                }
                self.happened(c, host, socket, Happening::PeerClosed, id);
            }
            EventKind::Acceptable => {
                let Some(cause) = *cause else { return };
                let h = &mut self.hosts[host.index()];
                if h.socket(socket).accept_as.is_some() {
                    let task = Task::Accept {
                        host,
                        boot: h.boot,
                        listener: socket,
                        cause,
                    };
                    self.at_once(host, task);
                }
                self.happened(c, host, socket, Happening::Acceptable, cause);
            }
            EventKind::Writable => self.hosts[host.index()].busy.push_back(socket.0),
            EventKind::Limit { reason } => {
                self.note(c, at, *cause, RecordKind::Limit { reason });
            }
            EventKind::Report { report, reason } => {
                self.note(c, at, *cause, RecordKind::Report { report, reason });
            }
            EventKind::Ended { how, reason } => {
                let id = self.note(c, at, *cause, RecordKind::Ended { how, reason });
                let known = self.hosts[host.index()].socket(socket);
                known.ended = true;
                known.wants.clear();
                self.happened(c, host, socket, Happening::Ended, id);
                self.hosts[host.index()].forget_if_nameless(socket);
            }
        }
    }
}
