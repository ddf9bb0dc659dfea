//! The world: two hosts, a link, a queue of events. One step is one event;
//! nothing outside the run is consulted, so a clone goes on exactly as the original does.

use alloc::sync::Arc;

use tcp::event::SocketId;
use tcp::settings::Settings;
use tcp::sorted::SortedMap;
use tcp::time::Instant;

use crate::flight::{Flight, Flights};
use crate::host::Host;
use crate::link::Line;
use crate::run::{Direction, HostId, Run};
use crate::trace::{Mark, NewRecord, Place, RecordId, RecordKind, Trace};

mod application;
mod attacker;
mod drain;
mod intervene;
mod recording;
mod script;
mod transit;

pub(crate) use attacker::Attacker;

/// Why a run cannot be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RunError {
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
    /// The stable id: `addresses`, `setting`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            RunError::Addresses => "addresses",
            RunError::Setting { .. } => "setting",
        }
    }
}

impl core::fmt::Display for RunError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
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
    /// A recorded datagram's moment.
    Recorded { host: HostId, index: u32 },
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
    queue: SortedMap<(Instant, u64), Task>,
    sequence: u64,
    spare: Spare,
    /// Script lines that wait for an arrival.
    arrivals: Arc<[(Place, u32, u32)]>,
    /// An engine has sent something else than was recorded of it.
    deviated: bool,
    /// Applications keep what they send and receive, for `check`.
    pub keeps_bytes: bool,
}

impl World {
    /// The world before anything has happened.
    pub fn new(run: &Run) -> Result<World, RunError> {
        let scenario = &run.scenario;
        let mut settings = Vec::with_capacity(2);
        for host in HostId::ALL {
            let spec = &scenario.hosts[host.index()];
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
            queue: SortedMap::new(),
            sequence: 0,
            spare: Spare::default(),
            arrivals: recording::arrivals(&scenario.script).into(),
            deviated: false,
            keeps_bytes: false,
        };
        world.plan_script(run);
        world.plan_recordings(run);
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
            Task::Recorded { host, index } => self.recorded_is_due(c, host, index),
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

    // ---- keeping worlds ----

    /// A copy to be kept: what is on its way as it was sent leaves its bytes to the trace. It must `wake` before it goes on.
    pub fn at_rest(&mut self) -> World {
        let flights = core::mem::take(&mut self.flights);
        let mut copy = self.clone();
        copy.flights = flights.without_bytes();
        self.flights = flights;
        copy
    }

    /// Takes the bytes of what is on its way from the trace, which must have the records of this world.
    pub fn wake(&mut self, trace: &Trace) {
        self.flights.take_bytes(trace);
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
