//! One situation: two engines, what is on the way between them, and what their
//! applications know. A step gives the next one; the engines are cloned, never
//! imitated.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use sim::check::is_arc;
use tcp::event::{Ended, EventKind, SocketId, Timer};
use tcp::reason::Reason;
use tcp::seq::Seq;
use tcp::stack::{SendFlags, SocketOption, Stack, Transmit};
use tcp::state::State;
use tcp::status::{SocketKind, Status};
use tcp::time::{Duration, Instant};
use tcp::wire::{Datagram, Envelope, Flags, OptionBuffer, Segment, SegmentHeader, write_datagram};

use crate::config::{Call, Config, Opening};
use crate::watch::{Numbers, Rule, Violation, order};

/// Ports of A and B.
pub const PORTS: [u16; 2] = [5000, 8080];

/// A's or B's address and port.
#[must_use]
pub fn address(side: usize) -> SocketAddr {
    SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1 + side as u8)),
        PORTS[side],
    )
}

/// A datagram on the way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Flight {
    /// The connection it stems from, counted by OPENs.
    pub tag: u8,
    /// All of it.
    pub bytes: Arc<[u8]>,
}

impl Flight {
    /// What is in it.
    ///
    /// # Panics
    /// The engine made something that it cannot read.
    #[must_use]
    pub fn segment(&self) -> Segment<'_> {
        let datagram = Datagram::parse(&self.bytes).expect("the engine made it");
        Segment::parse(datagram.payload).expect("the engine made it")
    }
}

/// One thing that can happen next. Connections are counted as the end has them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// The n-th segment from that side arrives.
    Deliver(usize, usize),
    /// It arrives, and will once more.
    DeliverCopy(usize, usize),
    /// It is lost.
    Lose(usize, usize),
    /// A timer of that side's n-th connection runs out.
    Expire(usize, usize, Timer),
    /// That side's application does something.
    Call(usize, Call),
    /// The pause between two throttled ACKs is over.
    Wait(usize),
}

/// What an application and its watcher know of one connection.
#[derive(Clone, Hash, Debug)]
struct Connection {
    /// Its socket; left out of hashes, which count from the front.
    #[doc(hidden)]
    id: Unhashed,
    tag: u8,
    gave: Vec<u8>,
    got: Vec<u8>,
    peer_closed: bool,
    /// The application has let go of it, or never held it.
    released: bool,
    shut: bool,
    accepted: bool,
    numbers: Numbers,
    /// ISS and IRS, once it was synchronized.
    pair: Option<(u32, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Unhashed(SocketId);

impl Hash for Unhashed {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A connection that ended cleanly, until its other end has, too.
#[derive(Clone, Hash, Debug)]
struct Past {
    pair: (u32, u32),
    gave: Vec<u8>,
    got: Vec<u8>,
}

/// One host.
#[derive(Clone, Debug)]
pub struct End {
    stack: Stack,
    now: Instant,
    listener: Option<SocketId>,
    connections: Vec<Connection>,
    past: Vec<Past>,
    /// ISS and IRS of connections that are over.
    over: Vec<(u32, u32)>,
    opens: u8,
    reboots: u8,
    /// All of the above without clocks.
    digest: u64,
}

/// A situation.
#[derive(Clone, Debug)]
pub struct World {
    ends: [Arc<End>; 2],
    /// What is on the way from A and from B. A multiset where segments may
    /// overtake, a queue where not; a set where they may be duplicated.
    pub channels: [Vec<Flight>; 2],
    /// A host lost its memory, gave up, or a RST was lost: one end may know what the other cannot.
    pub excused: bool,
    /// Old duplicates have made a connection with the very numbers of one that is
    /// over (an end that aborts keeps no TIME-WAIT, and here ISNs come again).
    /// TCP cannot tell the two apart: nothing is searched beyond.
    pub revived: bool,
    /// What the last step broke.
    pub violation: Option<Violation>,
}

impl Hash for World {
    fn hash<H: Hasher>(&self, into: &mut H) {
        (self.ends[0].digest, self.ends[1].digest).hash(into);
        self.channels.hash(into);
        (self.excused, self.revived, self.violation.is_some()).hash(into);
    }
}

impl PartialEq for World {
    fn eq(&self, other: &World) -> bool {
        let mine = (self.ends[0].digest, self.ends[1].digest, self.excused);
        mine == (other.ends[0].digest, other.ends[1].digest, other.excused)
            && self.channels == other.channels
    }
}

/// What is being worked on in one step.
struct Step {
    side: usize,
    /// The flags and the tag of the segment that arrives, if one does.
    trigger: Option<(Flags, u8, u32, u32, u32)>,
    sent: Vec<Flight>,
    ended: Vec<(SocketId, Ended)>,
    wrong: Option<Violation>,
    unheard: bool,
    revived: bool,
    /// Somebody gave up before: then TIME-WAIT was not honoured.
    excused: bool,
}

impl Step {
    fn wrong(&mut self, rule: Rule, detail: String) {
        self.wrong.get_or_insert(Violation { rule, detail });
    }
}

impl World {
    /// How it begins.
    #[must_use]
    pub fn new(config: &Config) -> World {
        let mut world = World {
            ends: [0, 1].map(|side| Arc::new(End::new(config, side, Instant(1_000_000_000)))),
            channels: [Vec::new(), Vec::new()],
            excused: false,
            revived: false,
            violation: None,
        };
        for side in 0..2 {
            if config.openings[side] != Opening::Connect {
                world = world
                    .apply_always(config, &Action::Call(side, Call::Open))
                    .expect("it can listen");
            }
        }
        if config.old_syn {
            let mut bytes = Vec::new();
            let header = SegmentHeader {
                source_port: PORTS[0],
                destination_port: PORTS[1],
                seq: Seq(90),
                ack: Seq(0),
                flags: Flags::SYN,
                window: 65_535,
                urgent_pointer: 0,
            };
            let envelope = Envelope::new(address(0).ip(), address(1).ip());
            write_datagram(
                &mut bytes,
                &envelope,
                &header,
                &OptionBuffer::default(),
                [&[], &[]],
            )
            .expect("both addresses are of one kind");
            world.channels[0].push(Flight {
                tag: 0,
                bytes: bytes.into(),
            });
        }
        world
    }

    /// Everything that counts, as one number.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// STATUS of each connection that is not CLOSED.
    pub fn statuses(&self, side: usize) -> impl Iterator<Item = Status> + '_ {
        self.ends[side].statuses()
    }

    /// How many connections that side has.
    #[must_use]
    pub fn connections(&self, side: usize) -> usize {
        self.ends[side].connections.len()
    }

    /// That side's clock, and when a timer of its n-th connection will run out.
    #[must_use]
    pub fn deadline(&self, side: usize, at: usize, timer: Timer) -> Option<Instant> {
        let connection = self.ends[side].connections.get(at)?;
        let status = self.ends[side].stack.status(connection.id.0).ok()?;
        status.timers[timer as usize]
    }

    /// Sets both clocks forward.
    pub fn advance(&mut self, now: Instant) {
        for end in &mut self.ends {
            Arc::make_mut(end).now = now;
        }
    }

    /// Everything that can happen next.
    pub fn actions(&self, config: &Config, into: &mut Vec<Action>) {
        if self.violation.is_some() || self.revived {
            return;
        }
        for side in 0..2 {
            let reach = if config.reordering { usize::MAX } else { 1 };
            for at in 0..self.channels[side].len().min(reach) {
                into.push(Action::Deliver(side, at));
                if config.duplication {
                    into.push(Action::DeliverCopy(side, at));
                }
                if config.loss {
                    into.push(Action::Lose(side, at));
                }
            }
            let end = &self.ends[side];
            for (at, connection) in end.connections.iter().enumerate() {
                let Ok(status) = end.stack.status(connection.id.0) else {
                    continue;
                };
                for timer in Timer::ALL {
                    let runs = status.timers[timer as usize].is_some();
                    if runs && self.may_expire(config, connection.tag, timer) {
                        into.push(Action::Expire(side, at, timer));
                    }
                }
            }
            if end.throttled() {
                into.push(Action::Wait(side));
            }
            if end.opens < config.opens[side] && end.connections.iter().all(|c| c.released) {
                into.push(Action::Call(side, Call::Open));
            }
            if let Some(current) = end.current() {
                if current.gave.len() < usize::from(config.data[side]) && !current.shut {
                    into.push(Action::Call(side, Call::Send));
                }
                for &call in config.calls[side] {
                    if call != Call::Shutdown || !current.shut {
                        into.push(Action::Call(side, call));
                    }
                }
            }
            if end.reboots < config.reboots[side] {
                into.push(Action::Call(side, Call::Reboot));
            }
        }
    }

    fn may_expire(&self, config: &Config, tag: u8, timer: Timer) -> bool {
        let mut flights = self.channels.iter().flatten();
        timer != Timer::TimeWait || !config.quiet_time_wait || flights.all(|f| f.tag != tag)
    }

    /// What follows, if anything does.
    #[must_use]
    pub fn apply(&self, config: &Config, action: &Action) -> Option<World> {
        let next = self.apply_always(config, action)?;
        (next.violation.is_some() || next != *self).then_some(next)
    }

    /// The same, also when nothing has changed that counts.
    #[must_use]
    pub fn apply_always(&self, config: &Config, action: &Action) -> Option<World> {
        let mut next = self.clone();
        match *action {
            Action::Lose(side, at) => {
                let flight = next.channels[side].remove(at);
                next.excused |= flight.segment().flags.rst();
                return Some(next);
            }
            Action::Deliver(side, at) => {
                let flight = next.channels[side].remove(at);
                next.arrive(config, 1 - side, &flight);
            }
            Action::DeliverCopy(side, at) => {
                let flight = next.channels[side][at].clone();
                next.arrive(config, 1 - side, &flight);
            }
            Action::Wait(side) => {
                if !next.ends[side].throttled() {
                    return None;
                }
                let end = Arc::make_mut(&mut next.ends[side]);
                end.now = end.now + Stack::THROTTLE + Duration::from_millis(1);
                // The engine learns the time with its next input; this one is harmless.
                end.stack.handle_datagram(end.now, &[]);
                while end.stack.poll_event().is_some() {}
                end.seal();
            }
            Action::Expire(side, at, timer) => {
                let connection = next.ends[side].connections.get(at)?;
                let (id, tag) = (connection.id.0, connection.tag);
                let status = next.ends[side].stack.status(id).ok()?;
                if status.timers[timer as usize].is_none() || !self.may_expire(config, tag, timer) {
                    return None;
                }
                next.step(config, side, None, |end, now| {
                    end.stack.expire(now, id, timer);
                    true
                });
            }
            Action::Call(side, Call::Reboot) => {
                let mut end = End::new(config, side, next.ends[side].now);
                end.opens = next.ends[side].opens;
                end.reboots = next.ends[side].reboots + 1;
                // It does not know which numbers it gave out before; the clock does.
                for _ in 0..end.reboots {
                    end.skip_isn();
                }
                end.seal();
                next.ends[side] = Arc::new(end);
                next.excused = true;
                if config.openings[side] != Opening::Connect {
                    next.step(config, side, None, |end, now| end.open(config, side, now));
                }
            }
            Action::Call(side, call) => {
                let done = next.step(config, side, None, |end, now| {
                    end.call(config, side, call, now)
                });
                if !done {
                    return None;
                }
            }
        }
        Some(next)
    }

    fn arrive(&mut self, config: &Config, side: usize, flight: &Flight) {
        let segment = flight.segment();
        let trigger = (
            segment.flags,
            flight.tag,
            segment.seq.0,
            segment.ack.0,
            segment.length(),
        );
        self.step(config, side, Some(trigger), |end, now| {
            end.stack.handle_datagram(now, &flight.bytes);
            true
        });
    }

    /// One input and all that comes of it.
    fn step(
        &mut self,
        config: &Config,
        side: usize,
        trigger: Option<(Flags, u8, u32, u32, u32)>,
        input: impl FnOnce(&mut End, Instant) -> bool,
    ) -> bool {
        let mut step = Step {
            side,
            trigger,
            sent: Vec::new(),
            ended: Vec::new(),
            wrong: None,
            unheard: false,
            revived: false,
            excused: self.excused,
        };
        let before: Vec<(u8, Status)> = {
            let end = &self.ends[side];
            let status = |c: &Connection| Some((c.tag, end.stack.status(c.id.0).ok()?));
            end.connections.iter().filter_map(status).collect()
        };
        let end = Arc::make_mut(&mut self.ends[side]);
        let now = end.now;
        if !input(end, now) {
            return false;
        }
        end.drain(&mut step);
        end.compare(&before, &mut step);
        let reset = trigger.is_some_and(|trigger| trigger.0.rst());
        if reset && step.ended.is_empty() {
            // It was challenged or ignored, and will not come again.
            step.unheard = true;
        }
        for (id, how) in std::mem::take(&mut step.ended) {
            end.finish(id, how, &mut step);
        }
        end.seal();
        let (sent, unheard) = (std::mem::take(&mut step.sent), step.unheard);
        self.excused |= unheard;
        self.revived |= step.revived;
        for flight in sent {
            self.put(config, side, flight);
        }
        self.prefix(&mut step);
        if self.violation.is_none() {
            self.violation = step.wrong.or_else(|| self.disagreement());
        }
        true
    }

    fn put(&mut self, config: &Config, side: usize, flight: Flight) {
        let channel = &mut self.channels[side];
        if config.duplication && channel.contains(&flight) {
            return;
        }
        if channel.len() >= config.capacity {
            self.excused |= flight.segment().flags.rst();
            return;
        }
        channel.push(flight);
        if config.reordering {
            channel.sort();
        }
    }

    /// Q8: what each connection got against what its other end gave.
    fn prefix(&mut self, step: &mut Step) {
        for side in 0..2 {
            let (mine, other) = (&self.ends[side], &self.ends[1 - side]);
            for connection in &mine.connections {
                let Some((iss, irs)) = connection.pair else {
                    continue;
                };
                let live = other
                    .connections
                    .iter()
                    .filter(|c| c.pair == Some((irs, iss)));
                let past = other.past.iter().filter(|p| p.pair == (irs, iss));
                let mut gave = live
                    .map(|c| &c.gave)
                    .chain(past.map(|p| &p.gave))
                    .peekable();
                // With numbers given twice there may be two; the bytes of one of them must be these.
                if gave.peek().is_some() && !gave.any(|gave| gave.starts_with(&connection.got)) {
                    let got = String::from_utf8_lossy(&connection.got).into_owned();
                    step.wrong(
                        Rule::Prefix,
                        format!("{} received «{got}», which was not sent", ["A", "B"][side]),
                    );
                }
            }
        }
        let a = Arc::clone(&self.ends[0]);
        for past in &a.past {
            let (iss, irs) = past.pair;
            let b = Arc::clone(&self.ends[1]);
            if let Some(at) = b.past.iter().position(|other| other.pair == (irs, iss)) {
                let other = &b.past[at];
                if past.gave != other.got || past.got != other.gave {
                    step.wrong(
                        Rule::Prefix,
                        "both closed cleanly and some bytes are missing".into(),
                    );
                }
                for (side, pair) in [(0, (iss, irs)), (1, (irs, iss))] {
                    let end = Arc::make_mut(&mut self.ends[side]);
                    let at = end.past.iter().position(|past| past.pair == pair);
                    end.past.remove(at.expect("it was there"));
                    end.seal();
                }
                return;
            }
        }
    }

    /// Q4, and the weaker form of «no half-open»: nothing on the way, no timer
    /// that could find out, and yet the ends do not agree.
    #[must_use]
    pub fn disagreement(&self) -> Option<Violation> {
        if self.excused || self.revived || self.channels.iter().any(|channel| !channel.is_empty()) {
            return None;
        }
        let running = |status: &Status| {
            let waits = [Timer::TimeWait, Timer::KeepAlive, Timer::User];
            Timer::ALL
                .iter()
                .any(|timer| !waits.contains(timer) && status.timers[*timer as usize].is_some())
        };
        let statuses = [0, 1].map(|side| self.statuses(side).collect::<Vec<Status>>());
        if statuses.iter().flatten().any(running) {
            return None;
        }
        for side in 0..2 {
            for mine in statuses[side]
                .iter()
                .filter(|status| status.state == State::Established)
            {
                let agrees = |other: &Status| {
                    other.state == State::Established
                        && other.snd_nxt == mine.rcv_nxt
                        && other.rcv_nxt == mine.snd_nxt
                };
                if !statuses[1 - side].iter().any(agrees) {
                    let others: Vec<&str> =
                        statuses[1 - side].iter().map(|s| s.state.name()).collect();
                    let detail = format!(
                        "{} is in ESTABLISHED, the other end in {others:?}",
                        ["A", "B"][side]
                    );
                    return Some(Violation {
                        rule: Rule::Agreement,
                        detail,
                    });
                }
            }
        }
        None
    }
}

impl End {
    fn new(config: &Config, side: usize, now: Instant) -> End {
        let stack = Stack::new(
            &[address(side).ip()],
            1500,
            config.engine(side),
            [side as u8 + 1; 16],
        );
        let mut end = End {
            stack,
            now,
            listener: None,
            connections: Vec::new(),
            past: Vec::new(),
            over: Vec::new(),
            opens: 0,
            reboots: 0,
            digest: 0,
        };
        end.seal();
        end
    }

    /// Draws a number and throws it away.
    fn skip_isn(&mut self) {
        let socket = self.stack.socket();
        let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), 9);
        let drawn = self.stack.connect(self.now, socket, nowhere);
        drawn
            .and_then(|()| self.stack.abort(self.now, socket))
            .expect("a fresh host can open");
        while self.stack.poll_event().is_some() {}
        let mut out = Vec::new();
        while self.stack.poll_transmit(self.now, &mut out).is_some() {}
        while self.stack.poll_event().is_some() {}
    }

    /// Everything that counts, as one number.
    fn seal(&mut self) {
        let mut hasher = DefaultHasher::new();
        for connection in &self.connections {
            connection.hash(&mut hasher);
            self.stack.project(connection.id.0, &mut hasher);
        }
        if let Some(listener) = self.listener {
            self.stack.project(listener, &mut hasher);
        }
        self.stack.project_isn(&mut hasher);
        (&self.past, &self.over, self.opens, self.reboots).hash(&mut hasher);
        self.digest = hasher.finish();
    }

    fn throttled(&self) -> bool {
        self.connections
            .iter()
            .any(|c| self.stack.throttled(c.id.0))
    }

    fn statuses(&self) -> impl Iterator<Item = Status> + '_ {
        let status = |c: &Connection| self.stack.status(c.id.0).ok();
        self.connections
            .iter()
            .filter_map(status)
            .filter(|s| s.state != State::Closed)
    }

    /// The connection the application would mean.
    fn current(&self) -> Option<&Connection> {
        self.connections
            .iter()
            .rev()
            .find(|c| c.accepted && !c.released)
    }

    fn open(&mut self, config: &Config, side: usize, now: Instant) -> bool {
        let socket = self.stack.socket();
        let reuse = self
            .stack
            .set_option(now, socket, SocketOption::ReuseAddress(true));
        let bound = reuse.and_then(|()| self.stack.bind(socket, address(side)));
        let opened = bound.and_then(|_| match config.openings[side] {
            Opening::Listen => self.stack.listen(now, socket, None),
            Opening::Passive => self.stack.open_passive(now, socket, None),
            Opening::Connect => self.stack.connect(now, socket, address(1 - side)),
        });
        if opened.is_err() {
            return false;
        }
        self.opens += 1;
        if config.openings[side] == Opening::Listen {
            self.listener = Some(socket);
            return true;
        }
        let active = config.openings[side] == Opening::Connect;
        let tag = if active { self.opens } else { 0 };
        self.connections.push(Connection::new(socket, tag, true));
        true
    }

    fn call(&mut self, config: &Config, side: usize, call: Call, now: Instant) -> bool {
        if call == Call::Open {
            return self.open(config, side, now);
        }
        let Some(at) = self
            .connections
            .iter()
            .rposition(|c| c.accepted && !c.released)
        else {
            return false;
        };
        let connection = &mut self.connections[at];
        let id = connection.id.0;
        match call {
            Call::Send => {
                // Every byte tells who sent it, in which connection, and which it is.
                let byte = 0x41
                    + 0x20 * side as u8
                    + 5 * (connection.tag & 3)
                    + connection.gave.len() as u8;
                let sent = self.stack.send(now, id, &[byte], SendFlags::default());
                if sent == Ok(1) {
                    connection.gave.push(byte);
                }
                sent == Ok(1)
            }
            Call::Shutdown => {
                connection.shut = true;
                self.stack.shutdown(now, id).is_ok()
            }
            Call::Close => {
                (connection.released, connection.shut) = (true, true);
                let _ = self.stack.close(now, id);
                true
            }
            Call::Abort => {
                (connection.released, connection.shut) = (true, true);
                self.stack.abort(now, id).is_ok()
            }
            Call::Open | Call::Reboot => false,
        }
    }

    /// The one loop every owner of an engine runs.
    fn drain(&mut self, step: &mut Step) {
        let mut bytes = Vec::new();
        loop {
            while let Some(event) = self.stack.poll_event() {
                if let Some(socket) = event.socket {
                    self.event(socket, event.kind, step);
                }
            }
            bytes.clear();
            let Some(transmit) = self.stack.poll_transmit(self.now, &mut bytes) else {
                break;
            };
            self.sent(&transmit, &bytes, step);
        }
    }

    fn event(&mut self, socket: SocketId, kind: EventKind, step: &mut Step) {
        let at = self.connections.iter().position(|c| c.id.0 == socket);
        match kind {
            EventKind::Begotten { .. } => {
                let tag = step.trigger.map_or(0, |trigger| trigger.1);
                self.connections.push(Connection::new(socket, tag, false));
            }
            EventKind::State { from, to, .. } => {
                if !is_arc(from, to) {
                    step.wrong(Rule::Arcs, format!("{} to {}", from.name(), to.name()));
                }
                if step.ended.iter().any(|(id, _)| *id == socket) {
                    step.wrong(Rule::OneReport, "a change of state after the end".into());
                }
                let Some(at) = at else { return };
                let connection = &mut self.connections[at];
                if from == State::Listen && to == State::SynReceived {
                    connection.tag = step.trigger.map_or(0, |trigger| trigger.1);
                    (connection.numbers, connection.pair) = (Numbers::default(), None);
                }
                if to.is_synchronized()
                    && let Ok(status) = self.stack.status(socket)
                {
                    let pair = (status.iss.0, status.irs.0);
                    connection.pair = Some(pair);
                    // Old duplicates have brought a connection back whose numbers are given
                    // out again: no TIME-WAIT kept them away, and nobody can tell.
                    step.revived |= self.over.contains(&pair);
                }
                // A listener's child that went back to LISTEN tells its end next.
                // An old SYN can do that (arc 30) although the other end is connected already.
                step.unheard |= to == State::Listen && from == State::SynReceived;
                if to == State::Listen && connection.accepted {
                    connection.tag = 0;
                    (connection.numbers, connection.pair) = (Numbers::default(), None);
                }
            }
            EventKind::Acceptable => {
                if let Ok(id) = self.stack.accept(socket)
                    && let Some(connection) = self.connections.iter_mut().find(|c| c.id.0 == id)
                {
                    connection.accepted = true;
                }
            }
            EventKind::Deliver { .. } => {
                let Some(at) = at else { return };
                let connection = &mut self.connections[at];
                if connection.peer_closed {
                    step.wrong(Rule::SynFin, "text after the FIN".into());
                }
                let _ = self
                    .stack
                    .receive(self.now, socket, &mut connection.got, 16);
            }
            EventKind::PeerClosed => {
                let Some(at) = at else { return };
                if std::mem::replace(&mut self.connections[at].peer_closed, true) {
                    step.wrong(Rule::SynFin, "a FIN acted on twice".into());
                }
            }
            EventKind::Ended { how, .. } => {
                if step.ended.iter().any(|(id, _)| *id == socket)
                    || at.is_none() && self.listener != Some(socket)
                {
                    step.wrong(Rule::OneReport, format!("{how:?} after the end"));
                }
                step.ended.push((socket, how));
            }
            _ => {}
        }
    }

    /// Q2, Q3 and Q7 of a datagram that was just made.
    fn sent(&mut self, transmit: &Transmit, bytes: &[u8], step: &mut Step) {
        let flight = Flight {
            tag: 0,
            bytes: bytes.into(),
        };
        let segment = flight.segment();
        let (flags, seq, ack, text) = (
            segment.flags,
            segment.seq,
            segment.ack,
            segment.payload().len() as u32,
        );
        let owner = transmit
            .socket
            .and_then(|id| self.connections.iter_mut().find(|c| c.id.0 == id));
        let tag = owner
            .as_ref()
            .map(|c| c.tag)
            .or(step.trigger.map(|t| t.1))
            .unwrap_or(0);
        if let Some(connection) = owner
            && !flags.rst()
            && let Some(problem) = connection.numbers.sent(seq, flags.syn(), flags.fin(), text)
        {
            step.wrong(Rule::SynFin, problem.into());
        }
        if flags.rst() {
            if step.trigger.is_some_and(|trigger| trigger.0.rst()) {
                step.wrong(Rule::RstForRst, format!("{:?}", transmit.reason));
            }
            let answers = matches!(
                transmit.reason,
                Reason::RstForClosedPort
                    | Reason::RstForAckInListen
                    | Reason::RstForUnacceptableAck
            );
            if let Some((other, _, other_seq, other_ack, length)) = step.trigger.filter(|_| answers)
            {
                let right = if other.ack() {
                    flags == Flags::RST && seq.0 == other_ack
                } else {
                    flags == Flags::RST | Flags::ACK
                        && seq.0 == 0
                        && ack == Seq(other_seq).add(length)
                };
                if !right {
                    step.wrong(
                        Rule::Fields,
                        format!("RST {flags} seq {} ack {}", seq.0, ack.0),
                    );
                }
            } else if answers {
                step.wrong(Rule::Fields, "a RST answers nothing".into());
            }
        } else if let Some(status) = transmit.socket.and_then(|id| self.stack.status(id).ok()) {
            let synchronized =
                status.kind != SocketKind::Idle && status.kind != SocketKind::Listener;
            if synchronized && flags.ack() && ack != status.rcv_nxt {
                step.wrong(
                    Rule::Fields,
                    format!("ACK {} where RCV.NXT is {}", ack.0, status.rcv_nxt.0),
                );
            }
            let bare = flags.ack() && !flags.syn() && !flags.fin() && text == 0;
            if synchronized && bare && seq != status.snd_nxt {
                step.wrong(
                    Rule::Fields,
                    format!("an ACK at {} where SND.NXT is {}", seq.0, status.snd_nxt.0),
                );
            }
        }
        step.sent.push(Flight { tag, ..flight });
    }

    /// Q6 and Q10: each connection before and after.
    fn compare(&self, before: &[(u8, Status)], step: &mut Step) {
        for (tag, before) in before {
            let now = self.stack.status(before.socket);
            if let Ok(now) = &now
                && let Some(problem) = order(before, now)
            {
                step.wrong(Rule::Order, problem.into());
            }
            let Some((_, old, ..)) = step.trigger else {
                continue;
            };
            if old >= *tag {
                continue;
            }
            let touched = match &now {
                Ok(now) => {
                    (
                        now.state,
                        now.rcv_nxt,
                        now.snd_una,
                        now.receive_queue,
                        now.reassembly_queue,
                    ) != (
                        before.state,
                        before.rcv_nxt,
                        before.snd_una,
                        before.receive_queue,
                        before.reassembly_queue,
                    )
                }
                Err(_) => true,
            };
            if touched && !step.excused && before.state.is_synchronized() {
                let name = ["A", "B"][step.side];
                step.wrong(
                    Rule::OldIncarnation,
                    format!(
                        "{name}'s connection {tag} in {} took a segment of connection {old}",
                        before.state.name()
                    ),
                );
            }
        }
    }

    /// A connection has told its end: the application lets go, too.
    fn finish(&mut self, id: SocketId, how: Ended, step: &mut Step) {
        step.unheard |= how == Ended::TimedOut;
        if self.listener == Some(id) {
            self.listener = None;
            return;
        }
        let Some(at) = self.connections.iter().position(|c| c.id.0 == id) else {
            return;
        };
        let connection = self.connections.remove(at);
        if let Some(pair) = connection.pair
            && !self.over.contains(&pair)
        {
            self.over.push(pair);
            self.over.sort_unstable();
        }
        if let (Some(pair), Ended::Closed) = (connection.pair, how) {
            self.past.push(Past {
                pair,
                gave: connection.gave,
                got: connection.got,
            });
        }
        // What ended by itself is still held; what was closed is not there any more.
        let _ = self.stack.close(self.now, id);
        if self.stack.poll_event().is_some() {
            step.wrong(Rule::OneReport, "CLOSE after the end says something".into());
        }
    }
}

impl Connection {
    fn new(id: SocketId, tag: u8, accepted: bool) -> Connection {
        Connection {
            id: Unhashed(id),
            tag,
            gave: Vec::new(),
            got: Vec::new(),
            peer_closed: false,
            released: false,
            shut: false,
            accepted,
            numbers: Numbers::default(),
            pair: None,
        }
    }
}
