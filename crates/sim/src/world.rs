//! The world: two hosts, a link, a queue of events. One step is one event;
//! nothing outside the run is consulted, so a clone goes on exactly as the original does.

use alloc::collections::BTreeMap;
use core::net::IpAddr;

use tcp::event::SocketId;
use tcp::settings::Settings;
use tcp::time::{Duration, Instant};
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment};

use crate::craft;
use crate::flight::{self, End, Flight, Flights};
use crate::host::Host;
use crate::link::Line;
use crate::run::{Direction, HostId, HostKind, Run, SegmentAct, Unreachable};
use crate::trace::{
    Mark, NewRecord, NewSend, Place, RecordId, RecordKind, Trace, Why, WorldReason,
};

mod application;
mod attacker;
mod drain;
mod intervene;
mod script;

pub(crate) use attacker::Attacker;

/// Why a run cannot be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RunError {
    /// A host is a packetdrill script or a capture; this world plays only engines.
    HostKind(HostId),
    /// A host has addresses of which none fits the other's (IPv4 against IPv6).
    Addresses,
    /// A setting the engine does not know, or a value it refuses.
    Setting {
        /// Whose.
        host: HostId,
        /// The setting's name.
        name: String,
    },
}

impl RunError {
    /// The stable id: `host-kind`, `addresses`, `setting`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            RunError::HostKind(_) => "host-kind",
            RunError::Addresses => "addresses",
            RunError::Setting { .. } => "setting",
        }
    }
}

impl core::fmt::Display for RunError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            RunError::HostKind(host) => write!(f, "host {} is not played by the engine", host.id()),
            RunError::Addresses => {
                write!(f, "the hosts' first addresses are not of one IP version")
            }
            RunError::Setting { host, name } => {
                write!(f, "host {} does not take the setting «{name}»", host.id())
            }
        }
    }
}

impl core::error::Error for RunError {}

/// Why an action of the run had no effect where it stood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missed {
    /// No such segment is in flight: it arrived, was lost, or never was.
    NoSuchSegment,
    /// The host has no power.
    Unplugged,
    /// It is plugged in already.
    Plugged,
    /// The application has no socket of that name.
    NoSuchSocket,
    /// The attacker has not seen an ISN, or a host has no connection to refer to.
    NothingKnown,
    /// The bytes cannot be made so (not TCP, too large, two IP versions).
    Impossible,
    /// A setting was refused.
    Setting,
}

impl Missed {
    /// The stable id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Missed::NoSuchSegment => "no-such-segment",
            Missed::Unplugged => "unplugged",
            Missed::Plugged => "plugged",
            Missed::NoSuchSocket => "no-such-socket",
            Missed::NothingKnown => "nothing-known",
            Missed::Impossible => "impossible",
            Missed::Setting => "setting",
        }
    }
}

/// What is due at a moment.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A datagram's way ends.
    Flight(u32),
    /// A line of the script, so many times more.
    Script { line: u32, left: u32 },
    /// A reaction of the script.
    React {
        line: u32,
        host: HostId,
        boot: u32,
        socket: SocketId,
        cause: RecordId,
    },
    /// A listener's application takes a connection.
    Accept {
        host: HostId,
        boot: u32,
        listener: SocketId,
        cause: RecordId,
    },
    /// The attacker's next datagram.
    Attack {
        origin: Origin,
        done: u32,
        cause: Option<RecordId>,
    },
}

/// Where an action stands in the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    Script(u32),
    Intervention(u32),
}

/// What a step is given: the run, and where to write down what happens.
pub(crate) struct Context<'a> {
    pub run: &'a Run,
    pub trace: &'a mut Trace,
}

/// Buffers that are used again; a clone starts without.
#[derive(Debug, Default)]
pub(crate) struct Spare(Vec<Vec<u8>>);

impl Clone for Spare {
    fn clone(&self) -> Spare {
        Spare::default()
    }
}

/// The world at an instant.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub now: Instant,
    /// How many records it has made.
    pub records: u32,
    pub steps: u64,
    pub hosts: [Host; 2],
    pub lines: [Line; 2],
    pub flights: Flights,
    pub attacker: Attacker,
    /// How many of the run's interventions have happened.
    pub interventions: u32,
    /// How many datagrams the link (routers, copies) has put on itself.
    link_emitted: u32,
    /// Rules that have met their segment.
    rules_done: Vec<bool>,
    queue: BTreeMap<(Instant, u64), Task>,
    sequence: u64,
    spare: Spare,
}

impl World {
    /// The world before anything has happened.
    pub fn new(run: &Run) -> Result<World, RunError> {
        let scenario = &run.scenario;
        let mut settings = Vec::with_capacity(2);
        for host in HostId::ALL {
            let spec = &scenario.hosts[host.index()];
            if spec.kind != HostKind::Engine {
                return Err(RunError::HostKind(host));
            }
            let mut own = Settings::new(spec.policy);
            for (name, value) in &spec.settings {
                own.set(name, value).map_err(|_| RunError::Setting {
                    host,
                    name: name.clone(),
                })?;
            }
            settings.push(own);
        }
        let [a, b] = &scenario.hosts;
        match (a.addresses.first(), b.addresses.first()) {
            (Some(a), Some(b)) if a.is_ipv4() == b.is_ipv4() => {}
            _ => return Err(RunError::Addresses),
        }
        let mut settings = settings.into_iter();
        let hosts = HostId::ALL.map(|id| {
            let own = settings.next().unwrap_or_default();
            Host::new(id, &scenario.hosts[id.index()], own, run.seed)
        });
        let mut world = World {
            now: Instant::ZERO,
            records: 0,
            steps: 0,
            hosts,
            lines: Direction::ALL.map(|d| Line::new(d, scenario.link[d.index()].clone())),
            flights: Flights::default(),
            attacker: Attacker::default(),
            interventions: 0,
            link_emitted: 0,
            rules_done: vec![false; scenario.rules.len()],
            queue: BTreeMap::new(),
            sequence: 0,
            spare: Spare::default(),
        };
        world.plan_script(run);
        Ok(world)
    }

    // ---- the order of events ----

    /// Puts something into the queue; things of one moment come in the order in which they were put there.
    fn schedule(&mut self, time: Instant, task: Task) -> (Instant, u64) {
        let key = (time.max(self.now), self.sequence);
        self.sequence += 1;
        self.queue.insert(key, task);
        key
    }

    /// When the next event is, if there is one.
    pub fn next_time(&self, run: &Run) -> Option<Instant> {
        self.next(run).map(|(time, _)| time)
    }

    /// Of one moment: first the queue, then the timers of A and B, last what people did.
    fn next(&self, run: &Run) -> Option<(Instant, Source)> {
        let mut next = self
            .queue
            .first_key_value()
            .map(|((time, _), _)| (*time, Source::Queue));
        let mut offer = |time: Instant, source| {
            if next.is_none_or(|(earliest, _)| time < earliest) {
                next = Some((time, source));
            }
        };
        for host in &self.hosts {
            if let Some(deadline) = host.deadline {
                offer(deadline.max(self.now), Source::Timer(host.id));
            }
        }
        if let Some(intervention) = run.interventions.get(self.interventions as usize) {
            offer(intervention.time.max(self.now), Source::Intervention);
        }
        next
    }

    /// Lets the next event happen; false if there is none.
    pub fn step(&mut self, run: &Run, trace: &mut Trace) -> bool {
        let Some((time, source)) = self.next(run) else {
            return false;
        };
        self.now = time;
        self.steps += 1;
        let c = &mut Context { run, trace };
        match source {
            Source::Queue => {
                if let Some((_, task)) = self.queue.pop_first() {
                    self.perform(c, task);
                }
            }
            Source::Timer(host) => {
                self.hosts[host.index()].stack.handle_timeout(time);
                self.drain(c, host, None);
            }
            Source::Intervention => {
                let index = self.interventions;
                self.interventions += 1;
                self.intervene(c, Origin::Intervention(index), None);
            }
        }
        true
    }

    fn perform(&mut self, c: &mut Context<'_>, task: Task) {
        match task {
            Task::Flight(slot) => self.end_of_flight(c, slot),
            Task::Script { line, left } => self.script_line(c, line, left),
            Task::React {
                line,
                host,
                boot,
                socket,
                cause,
            } => {
                if self.hosts[host.index()].boot == boot {
                    self.react(c, line, host, socket, cause);
                }
            }
            Task::Accept {
                host,
                boot,
                listener,
                cause,
            } => {
                if self.hosts[host.index()].boot == boot {
                    self.accept_for(c, host, listener, cause);
                }
            }
            Task::Attack {
                origin,
                done,
                cause,
            } => self.attack_on(c, origin, done, cause),
        }
    }

    // ---- writing down ----

    /// The id of the record to be made next; whether the trace has it already (when the world runs a second time).
    fn claim(&mut self, c: &Context<'_>) -> (RecordId, bool) {
        let id = RecordId(self.records);
        self.records += 1;
        (id, (id.0 as usize) < c.trace.len())
    }

    fn note(
        &mut self,
        c: &mut Context<'_>,
        (place, socket): (Place, u32),
        cause: Option<RecordId>,
        kind: RecordKind,
    ) -> RecordId {
        let (id, known) = self.claim(c);
        if known {
            debug_assert_eq!(
                c.trace.record(id).map(|r| (r.time, r.kind)),
                Some((self.now, kind))
            );
        } else {
            c.trace.append(
                &NewRecord {
                    time: self.now,
                    place,
                    socket,
                    cause,
                    more: &[],
                },
                kind,
            );
        }
        id
    }

    fn note_end(
        &mut self,
        c: &mut Context<'_>,
        (place, socket): (Place, u32),
        flight: &Flight,
        kind: RecordKind,
        judgements: &[tcp::reason::Reason],
    ) -> RecordId {
        let (id, known) = self.claim(c);
        if !known {
            // What a person did to a datagram explains its end best; that it was sent goes without saying.
            let (cause, more) = match flight.cause {
                Some(cause) => (cause, [flight.send]),
                None => (flight.send, [flight.send]),
            };
            let new = NewRecord {
                time: self.now,
                place,
                socket,
                cause: Some(cause),
                more: &more,
            };
            let altered = flight.altered.then_some(&flight.bytes[..]);
            c.trace.append_end(&new, kind, judgements, altered);
        }
        id
    }

    // ---- datagrams ----

    /// Where an address is.
    fn whereabouts(&self, run: &Run, address: IpAddr) -> Place {
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

    fn attacker_latency(run: &Run) -> Duration {
        run.scenario
            .attacker
            .as_ref()
            .map_or(Duration::from_millis(30), |a| a.latency)
    }

    /// Puts a host's datagram on its way. `send` is its record.
    fn launch(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        send: RecordId,
        nth: u32,
        flags: Option<u8>,
        bytes: Vec<u8>,
        to: Place,
    ) {
        let direction = Direction::from(host);
        let mut flight = Flight {
            send,
            emitter: Some(host),
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
        let mut end = match to {
            Place::Attacker => {
                flight.direction = None;
                self.now + World::attacker_latency(c.run)
            }
            place if place == host.place() => {
                flight.direction = None;
                self.now + Duration(1)
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
        let mut held = false;
        for index in 0..self.rules_done.len() {
            let rule = &c.run.scenario.rules[index];
            let meant = rule.segment.host == host
                && match rule.segment.flags {
                    None => nth == rule.segment.nth,
                    // Another engine may emit it a little later.
                    Some(_) => nth >= rule.segment.nth && rule.segment.flags == flags,
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
                SegmentAct::Duplicate(time) => self.copy(c, &flight, end + *time, send),
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

    /// Lets a datagram end at `end`.
    fn fly(&mut self, mut flight: Flight, end: Instant) {
        flight.when = flight::When::Held {
            left: Duration::ZERO,
        };
        let slot = self.flights.insert(flight);
        self.schedule_flight(slot, end);
    }

    fn schedule_flight(&mut self, slot: u32, end: Instant) {
        let (end, sequence) = self.schedule(end, Task::Flight(slot));
        if let Some(flight) = self.flights.at(slot) {
            flight.when = flight::When::At(end, sequence);
        }
    }

    /// Takes a datagram's end out of the queue; answers when it would have been.
    fn unschedule_flight(&mut self, slot: u32) -> Option<Instant> {
        match self.flights.at(slot)?.when {
            flight::When::At(end, sequence) => {
                self.queue.remove(&(end, sequence));
                Some(end)
            }
            flight::When::Held { .. } => None,
        }
    }

    /// A second copy of a datagram, as it is now, that ends at `arrival`.
    fn copy(&mut self, c: &mut Context<'_>, original: &Flight, arrival: Instant, cause: RecordId) {
        let bytes = original.bytes.clone();
        let more = [original.send];
        let send = self.emit_other(
            c,
            Place::Link,
            WorldReason::Duplicated,
            original.to,
            &bytes,
            Some(cause),
            &more,
        );
        let copy = Flight {
            send,
            emitter: None,
            bytes,
            altered: false,
            sent: self.now,
            end: End::Arrives,
            cause: None,
            ..original.clone()
        };
        self.fly(copy, arrival);
    }

    /// Writes down a datagram that no host's TCP sends.
    fn emit_other(
        &mut self,
        c: &mut Context<'_>,
        place: Place,
        why: WorldReason,
        to: Place,
        bytes: &[u8],
        cause: Option<RecordId>,
        more: &[RecordId],
    ) -> RecordId {
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
        id
    }

    /// A datagram from beside the path (the attacker's, a router's) sets off to where its destination address is.
    fn emit_aside(
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
        let send = self.emit_other(c, place, why, to, &bytes, cause, &[]);
        let nowhere = to == Place::Link;
        let flight = Flight {
            send,
            emitter: None,
            nth: 0,
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
        self.fly(flight, end);
        send
    }

    fn end_of_flight(&mut self, c: &mut Context<'_>, slot: u32) {
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

    fn lose(
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

    fn recycle(&mut self, bytes: Vec<u8>) {
        if self.spare.0.len() < 64 {
            self.spare.0.push(bytes);
        }
    }

    fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = self.spare.0.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// Where the trace stands if this world has written all of it.
    pub fn mark(&self, trace: &Trace) -> Option<Mark> {
        let mark = trace.mark();
        (mark.records == self.records).then_some(mark)
    }
}

/// Who has the next event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Queue,
    Timer(HostId),
    Intervention,
}

/// The flags byte of a TCP datagram.
fn tcp_flags(bytes: &[u8]) -> Option<u8> {
    let datagram = Datagram::parse(bytes)
        .ok()
        .filter(|d| d.protocol == PROTOCOL_TCP)?;
    Segment::parse(datagram.payload).ok().map(|s| s.flags.0)
}
