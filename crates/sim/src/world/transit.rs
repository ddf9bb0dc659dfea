//! Datagrams on their way: who emits them, what the link and the rules do to them, how they end.

use core::net::IpAddr;

use tcp::time::{Duration, Instant};
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment};

use super::intervene::is_script;
use super::{Context, Task, World};
use crate::craft;
use crate::flight::{self, End, Flight};
use crate::recording::RecordedFate;
use crate::run::{Direction, HostId, Run, SegmentAct, Unreachable};
use crate::trace::{NewRecord, NewSend, Place, RecordId, RecordKind, Why, WorldReason};

/// What a host's TCP emits.
pub(super) struct Emission {
    pub send: RecordId,
    pub nth: u32,
    pub flags: Option<u8>,
    pub bytes: Vec<u8>,
    pub to: Place,
}

/// What a host without a TCP of ours sends, and why.
pub(super) struct Played<'a> {
    pub why: WorldReason,
    pub datagram: &'a [u8],
    /// Where its payload stands in the pattern, if it is one.
    pub stream_offset: Option<u32>,
}

/// Who else puts a datagram on the link, and why.
struct Other<'a> {
    place: Place,
    why: WorldReason,
    to: Place,
    cause: Option<RecordId>,
    more: &'a [RecordId],
}

impl World {
    /// Where an address is.
    pub(super) fn whereabouts(&self, run: &Run, address: IpAddr) -> Place {
        for host in HostId::ALL {
            if run.scenario.hosts[host.index()]
                .addresses
                .contains(&address)
            {
                return host.place();
            }
        }
        match &run.scenario.attacker {
            Some(attacker) if attacker.address == address => Place::Attacker,
            _ => Place::Link,
        }
    }

    pub(super) fn attacker_latency(run: &Run) -> Duration {
        run.scenario
            .attacker
            .as_ref()
            .map_or(Duration::from_millis(30), |a| a.latency)
    }

    /// Puts a host's datagram on its way. `send` is its record.
    pub(super) fn launch(&mut self, c: &mut Context<'_>, host: HostId, emission: Emission) {
        let Emission {
            send,
            nth,
            flags,
            bytes,
            to,
        } = emission;
        let direction = Direction::from(host);
        let mut flight = Flight {
            send,
            origin: host.place(),
            nth,
            flags,
            direction: Some(direction),
            to,
            bytes,
            altered: false,
            sent: self.now,
            end: End::Arrives,
            when: flight::When::Held {
                left: Duration::ZERO,
            },
            cause: None,
        };
        let end = match to {
            Place::Attacker => {
                flight.direction = None;
                self.now + World::attacker_latency(c.run)
            }
            place if place == host.place() => {
                flight.direction = None;
                self.now + Duration(1)
            }
            _ if let Some(fate) = self.recorded_way(c.run, host, nth) => {
                self.goes_as_recorded(c, &mut flight, fate)
            }
            _ => {
                let line = &mut self.lines[direction.index()];
                let verdict = line.pass(self.now, flight.bytes.len(), c.run.seed, nth);
                if let Some((why, answer)) = verdict.lost {
                    flight.end = End::Lost(why, answer);
                } else if to == Place::Link {
                    flight.end = End::Lost(WorldReason::NoSuchHost, None);
                }
                if let Some(arrival) = verdict.copy {
                    self.copy(c, &flight, arrival, send);
                }
                if let Some(bit) = verdict.corrupt {
                    craft::flip(&mut flight.bytes, bit);
                    flight.altered = true;
                }
                verdict.end
            }
        };
        self.rule(c, flight, end);
    }

    /// Lets a datagram go that would end at `end`, unless a rule of the scenario says otherwise.
    fn rule(&mut self, c: &mut Context<'_>, mut flight: Flight, mut end: Instant) {
        let mut held = false;
        for index in 0..self.rules_done.len() {
            let rule = &c.run.scenario.rules[index];
            let meant = rule.segment.origin == flight.origin
                && match rule.segment.flags {
                    None => flight.nth == rule.segment.nth,
                    // Another engine may emit it a little later.
                    Some(_) => flight.nth >= rule.segment.nth && rule.segment.flags == flight.flags,
                };
            if self.rules_done[index] || !meant {
                continue;
            }
            self.rules_done[index] = true;
            match &rule.act {
                SegmentAct::Drop => {
                    flight.end = End::Lost(WorldReason::DroppedByRule, None);
                    end = self.now + Duration(end.since(self.now).0 / 2);
                }
                SegmentAct::Delay(time) => end = end + *time,
                SegmentAct::Hold => held = true,
                SegmentAct::Release => {}
                SegmentAct::Duplicate(time) => self.copy(c, &flight, end + *time, flight.send),
                SegmentAct::Corrupt(bit) => {
                    craft::flip(&mut flight.bytes, u64::from(*bit));
                    flight.altered = true;
                }
                SegmentAct::Edit(edits) => {
                    if let Some(edited) =
                        craft::edit(&flight.bytes, edits, |n, own| self.number(n, own))
                    {
                        flight.bytes = edited;
                        flight.altered = true;
                    }
                }
            }
        }
        if held {
            flight.when = flight::When::Held {
                left: end.since(self.now),
            };
            self.flights.insert(flight);
        } else {
            self.fly(flight, end);
        }
    }

    /// What was recorded of a datagram's way, unless somebody stands in it now.
    fn recorded_way(&self, run: &Run, host: HostId, nth: u32) -> Option<RecordedFate> {
        let line = &self.lines[Direction::from(host).index()].spec;
        self.recorded_fate(run, host, nth)
            .filter(|_| !line.cut && line.firewall.is_off())
    }

    /// A datagram goes the way it went when it was recorded; answers when that ends.
    fn goes_as_recorded(
        &mut self,
        c: &mut Context<'_>,
        flight: &mut Flight,
        fate: RecordedFate,
    ) -> Instant {
        let RecordedFate::Arrives { at, corrupt, copy } = fate else {
            flight.end = End::Lost(WorldReason::RecordedLost, None);
            let way = flight.direction.map(|d| self.lines[d.index()].spec.latency);
            return self.now + Duration(way.map_or(0, |latency| latency.0 / 2));
        };
        if let Some(bit) = corrupt {
            craft::flip(&mut flight.bytes, bit.into());
            flight.altered = true;
        }
        if let Some(copy) = copy {
            let send = flight.send;
            self.copy(c, flight, copy.max(self.now), send);
        }
        at.max(self.now)
    }

    /// Lets a datagram end at `end`.
    fn fly(&mut self, mut flight: Flight, end: Instant) {
        flight.when = flight::When::Held {
            left: Duration::ZERO,
        };
        let slot = self.flights.insert(flight);
        self.schedule_flight(slot, end);
    }

    pub(super) fn schedule_flight(&mut self, slot: u32, end: Instant) {
        let (end, sequence) = self.schedule(end, Task::Flight(slot));
        if let Some(flight) = self.flights.at(slot) {
            flight.when = flight::When::At(end, sequence);
        }
    }

    /// Takes a datagram's end out of the queue; answers when it would have been.
    pub(super) fn unschedule_flight(&mut self, slot: u32) -> Option<Instant> {
        match self.flights.at(slot)?.when {
            flight::When::At(end, sequence) => {
                self.queue.remove(&(end, sequence));
                Some(end)
            }
            flight::When::Held { .. } => None,
        }
    }

    /// A second copy of a datagram, as it is now, that ends at `arrival`.
    pub(super) fn copy(
        &mut self,
        c: &mut Context<'_>,
        original: &Flight,
        arrival: Instant,
        cause: RecordId,
    ) {
        let bytes = original.bytes.clone();
        let more = [original.send];
        let (send, nth) = self.emit_other(
            c,
            &Other {
                place: Place::Link,
                why: WorldReason::Duplicated,
                to: original.to,
                cause: Some(cause),
                more: &more,
            },
            &bytes,
        );
        let copy = Flight {
            send,
            origin: Place::Link,
            nth,
            bytes,
            altered: false,
            sent: self.now,
            end: End::Arrives,
            cause: None,
            ..original.clone()
        };
        self.rule(c, copy, arrival);
    }

    /// Writes down a datagram that no host's TCP sends; answers its record and its number there.
    fn emit_other(
        &mut self,
        c: &mut Context<'_>,
        other: &Other<'_>,
        bytes: &[u8],
    ) -> (RecordId, u32) {
        let &Other {
            place,
            why,
            to,
            cause,
            more,
        } = other;
        let emitted = if place == Place::Attacker {
            &mut self.attacker.emitted
        } else {
            &mut self.link_emitted
        };
        *emitted += 1;
        let nth = *emitted;
        let (id, known) = self.claim(c);
        if !known {
            let send = NewSend {
                why: Why::World(why),
                nth,
                to,
                bytes,
                stream_offset: None,
                retransmission: false,
            };
            c.trace.append_send(
                &NewRecord {
                    time: self.now,
                    place,
                    socket: 0,
                    cause,
                    more,
                },
                &send,
            );
        }
        (id, nth)
    }

    /// A datagram from beside the path (the attacker's, a router's) sets off to where its destination address is.
    pub(super) fn emit_aside(
        &mut self,
        c: &mut Context<'_>,
        place: Place,
        why: WorldReason,
        bytes: Vec<u8>,
        latency: Duration,
        cause: Option<RecordId>,
    ) -> RecordId {
        let to =
            Datagram::parse(&bytes).map_or(Place::Link, |d| self.whereabouts(c.run, d.destination));
        let (send, nth) = self.emit_other(
            c,
            &Other {
                place,
                why,
                to,
                cause,
                more: &[],
            },
            &bytes,
        );
        let nowhere = to == Place::Link;
        let flight = Flight {
            send,
            origin: place,
            nth,
            flags: tcp_flags(&bytes),
            direction: None,
            to,
            bytes,
            altered: false,
            sent: self.now,
            end: if nowhere {
                End::Lost(WorldReason::NoSuchHost, None)
            } else {
                End::Arrives
            },
            when: flight::When::Held {
                left: Duration::ZERO,
            },
            cause: None,
        };
        let end = self.now + latency;
        self.rule(c, flight, end);
        send
    }

    /// A host that is a script sends a datagram; whom nobody plays sends nothing else.
    pub(super) fn emit_scripted(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        datagram: &[u8],
        cause: Option<RecordId>,
    ) {
        if is_script(c.run, host) {
            let played = Played {
                why: WorldReason::Scripted,
                datagram,
                stream_offset: None,
            };
            self.emit_played(c, host, &played, cause);
        }
    }

    /// A host without a TCP of ours sends what the run says.
    pub(super) fn emit_played(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        played: &Played<'_>,
        cause: Option<RecordId>,
    ) {
        if !self.hosts[host.index()].plugged {
            return;
        }
        let &Played {
            why,
            datagram,
            stream_offset,
        } = played;
        let to = Datagram::parse(datagram)
            .map_or(Place::Link, |d| self.whereabouts(c.run, d.destination));
        let h = &mut self.hosts[host.index()];
        h.emitted += 1;
        let nth = h.emitted;
        let (id, known) = self.claim(c);
        if !known {
            let send = NewSend {
                why: Why::World(why),
                nth,
                to,
                bytes: datagram,
                stream_offset,
                retransmission: false,
            };
            let new = NewRecord {
                time: self.now,
                place: host.place(),
                socket: 0,
                cause,
                more: &[],
            };
            c.trace.append_send(&new, &send);
        }
        let mut bytes = self.buffer();
        bytes.extend_from_slice(datagram);
        let emission = Emission {
            send: id,
            nth,
            flags: tcp_flags(datagram),
            bytes,
            to,
        };
        self.launch(c, host, emission);
    }

    pub(super) fn end_of_flight(&mut self, c: &mut Context<'_>, slot: u32) {
        let Some(flight) = self.flights.remove(slot) else {
            return;
        };
        match (flight.end, flight.to) {
            (End::Lost(why, answer), _) => self.lose(c, flight, why, answer),
            (End::Arrives, Place::Attacker) => self.attacker_receives(c, flight),
            (End::Arrives, Place::Link) => self.lose(c, flight, WorldReason::NoSuchHost, None),
            (End::Arrives, Place::A) => self.arrive(c, HostId::A, flight),
            (End::Arrives, Place::B) => self.arrive(c, HostId::B, flight),
        }
    }

    pub(super) fn lose(
        &mut self,
        c: &mut Context<'_>,
        flight: Flight,
        why: WorldReason,
        answer: Option<Unreachable>,
    ) {
        let kind = RecordKind::Drop {
            send: flight.send,
            why: Why::World(why),
        };
        let drop = self.note_end(c, (Place::Link, 0), &flight, kind, &[]);
        if let Some(message) = answer.and_then(|error| craft::icmp_error(error, &flight.bytes)) {
            // Back over the half of the way it had come.
            let back = Duration(self.now.since(flight.sent).0);
            self.emit_aside(
                c,
                Place::Link,
                WorldReason::RouterError,
                message,
                back,
                Some(drop),
            );
        }
        self.recycle(flight.bytes);
    }
}

/// The flags byte of a TCP datagram.
fn tcp_flags(bytes: &[u8]) -> Option<u8> {
    let datagram = Datagram::parse(bytes)
        .ok()
        .filter(|d| d.protocol == PROTOCOL_TCP)?;
    Segment::parse(datagram.payload).ok().map(|s| s.flags.0)
}
